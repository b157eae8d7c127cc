"""The descent figure: paths against closed forms and torch, every event, and what wrong functions do to it."""

import numpy as np
import pytest
import torch
from widgets_03_descent.figure import Descent

from course.figures.reference import borrowed
from course.figures.scene import Arrow, Line, Text
from course.figures.session import Session
from course.figures.static import draw, png

REFERENCE = borrowed(Descent())


def session(namespace=None, reference=None, **state):
    return Session(Descent(), namespace if namespace is not None else {}, reference, **state)


def momentum_step(w, g, v, lr, beta):
    """As in lesson 06."""
    return w - lr * (beta * v + g), beta * v + g


def arrays(run):
    return run.figure.compute(run.state, run.functions)


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def words_on_the_map(run):
    return [layer.text for layer in panel(run, "map").layers if isinstance(layer, Text)]


def yours(**changed):
    return REFERENCE | changed


# --- the numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lr", [0.003, 0.04, 0.07, 0.0795])
def test_in_the_ravine_each_coordinate_shrinks_by_its_own_factor(lr):
    path = arrays(session(lr=lr))["path"]
    k = np.arange(61)
    np.testing.assert_allclose(path[:, 0], 3 * (1 - lr) ** k, rtol=1e-6)
    np.testing.assert_allclose(path[:, 1], (1 - 25 * lr) ** k, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize(("lr", "momentum"), [(0.02, 0.5), (0.1, 0.9), (0.15, 0.99)])
@pytest.mark.parametrize("surface", ["bowl", "ravine"])
def test_momentum_walks_as_torch_does(surface, lr, momentum):
    run = session(surface=surface, x1=3.0, x2=1.0, lr=lr, momentum=momentum, steps=30)
    w = torch.tensor([3.0, 1.0], dtype=torch.float64, requires_grad=True)
    curve = torch.tensor([1.0, 25.0 if surface == "ravine" else 1.0], dtype=torch.float64)
    optimiser = torch.optim.SGD([w], lr=lr, momentum=momentum)
    for place in arrays(run)["path"]:
        np.testing.assert_allclose(place, w.detach().numpy(), rtol=1e-5, atol=1e-6)
        optimiser.zero_grad()
        (0.5 * (curve * w**2).sum()).backward()
        optimiser.step()


def test_below_two_over_the_steepest_curvature_the_loss_falls_and_above_it_grows():
    for lr, falls in ((0.079, True), (0.081, False)):
        losses = arrays(session(lr=lr, steps=200))["losses"]
        assert (losses[-1] < losses[0]) == falls


def test_above_one_over_the_steepest_curvature_it_zigzags():
    assert "zigzag" not in session(lr=0.039, kept=None).frame.say
    assert "zigzag" in session(lr=0.041, kept=None).frame.say


@pytest.mark.parametrize("momentum", [0.3, 0.9])
def test_momentum_moves_the_limit_to_two_times_one_plus_beta_over_the_curvature(momentum):
    limit = 2 * (1 + momentum) / 25
    below, above = (arrays(session(lr=share * limit, momentum=momentum, steps=500))["losses"] for share in (0.99, 1.01))
    assert below[-1] < below[0] < above[-1]


def test_from_the_ridge_of_the_saddle_it_never_leaves_until_it_is_nudged():
    run = session(surface="saddle", x1=2.0, x2=0.0, lr=0.1, steps=500, kept=None)
    np.testing.assert_array_equal(arrays(run)["path"][:, 1], 0.0)
    assert "ran off" not in run.frame.say
    run.handle([{"type": "nudge", "thing": "start", "dx": 0, "dy": 1}])
    assert run.state["x2"] == 0.1
    np.testing.assert_allclose(arrays(run)["path"][:40, 1], 0.1 * 1.1 ** np.arange(40), rtol=1e-5)
    assert "ran off at step 36" in run.frame.say


def test_rastrigin_holds_it_in_the_nearest_dent():
    path = arrays(session(surface="Rastrigin", x1=1.8, x2=1.3, lr=0.002, steps=200))["path"]
    np.testing.assert_allclose(path[-1], [1.99, 0.995], atol=0.01)


def test_noise_is_the_same_until_new_is_asked_for():
    run = session(noise=0.5, kept=None)
    assert arrays(run)["path"].tolist() == arrays(session(noise=0.5))["path"].tolist()
    before = run.frame.say
    run.handle([{"type": "press", "name": "new"}])
    assert run.frame.say != before
    assert arrays(session(noise=0.0))["path"].tolist() != arrays(run)["path"].tolist()


# --- the picture and its words ----------------------------------------------------------------------------


def test_the_first_frame_shows_a_zigzag_beside_a_calm_path():
    say = session().frame.say
    assert say.startswith("Ravine from (3.00, 1.00), learning rate 0.01, no momentum: loss 17 → 1.35 after 60 steps.")
    assert say.endswith("Kept, learning rate 0.07, no momentum: loss 17 → 0.000743 after 60 steps, in a zigzag.")


def test_a_diverging_path_is_clipped_and_named():
    run = session(lr=0.1, kept=None)
    assert "it diverged at step 3" in run.frame.say  # y is 1, −1.5, 2.25, −3.375
    assert "diverged at step 3" in words_on_the_map(run)
    heads = [layer for layer in panel(run, "map").layers if isinstance(layer, Arrow)]
    assert any(head.y1 == pytest.approx(-3.0) for head in heads)
    lines = [layer for layer in panel(run, "map").layers if isinstance(layer, Line)]
    assert max(len(line.xy) for line in lines) == 4


@pytest.mark.parametrize("momentum", [0.0, 0.99])
def test_even_a_rate_of_one_for_500_steps_can_be_shown(momentum):
    run = session(lr=1.0, steps=500, momentum=momentum, kept=None)
    assert "it diverged at step 1" in run.frame.say
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


def test_the_arrow_points_down_the_slope_and_the_table_works_the_step_out():
    run = session(lr=0.02, kept=None)
    arrow = next(layer for layer in panel(run, "map").layers if isinstance(layer, Arrow))
    way = np.array([arrow.x1 - arrow.x0, arrow.y1 - arrow.y0])
    np.testing.assert_allclose(way / np.hypot(*way), -np.array([3, 25]) / np.hypot(3, 25), rtol=1e-6)
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in panel(run, "step").rows}
    assert rows == {
        "place": ["3.000", "1.000"],
        "gradient": ["3.000", "25.000"],
        "− lr · gradient": ["−0.060", "−0.500"],
        "next place": ["2.940", "0.500"],
    }


def test_what_momentum_adds_has_a_row_of_its_own():
    run = session(lr=0.02, momentum=0.5, kept=None)
    run.handle([{"type": "tick"}])
    rows = {row[0].text: [float(cell.text.replace("−", "-")) for cell in row[1:]] for row in panel(run, "step").rows}
    assert rows["from momentum"] == [-0.03, -0.25]
    total = np.add(np.add(rows["place"], rows["− lr · gradient"]), rows["from momentum"])
    np.testing.assert_allclose(total, rows["next place"], atol=2e-3)


@pytest.mark.parametrize("surface", ["bowl", "ravine", "saddle", "Rastrigin"])
def test_every_surface_can_be_drawn(surface):
    run = session()
    run.handle([{"type": "set", "name": "surface", "value": surface}])
    assert run.frame.strip == []
    assert run.frame.say.startswith(surface.capitalize())
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


# --- events -----------------------------------------------------------------------------------------------


def test_the_start_is_dragged_stepped_and_put_by_a_double_click():
    run = session()
    for event, place in (
        ({"type": "drag", "thing": "start", "x": -2.02, "y": 1.52}, (-2.0, 1.5)),
        ({"type": "nudge", "thing": "start", "dx": 1, "dy": -10}, (-1.9, 0.5)),
        ({"type": "add", "panel": "map", "x": 0.5, "y": -2.0}, (0.5, -2.0)),
        ({"type": "set", "name": "x1", "value": 3.5}, (3.5, -2.0)),
    ):
        run.handle([event])
        assert arrays(run)["path"][0].tolist() == pytest.approx(place)
        assert (run.state["x1"], run.state["x2"]) == pytest.approx(place)


def test_playing_moves_only_the_marker():
    run = session(steps=3)
    path = arrays(run)["path"].tolist()
    run.handle([{"type": "press", "name": "playing"}])
    for at in (1, 2, 3):
        assert run.state["playing"]
        run.handle([{"type": "tick"}])
        assert run.state["_at"] == at
        assert f"The marker is at step {at}" in run.frame.say
        assert arrays(run)["path"].tolist() == path
    assert not run.state["playing"]
    assert panel(run, "step").title == "Step 3, worked out"
    run.handle([{"type": "tick"}])
    assert run.state["_at"] == 1
    run.handle([{"type": "set", "name": "lr", "value": 0.02}])
    assert run.state["_at"] == 0


def test_a_path_is_kept_for_comparison_and_dropped():
    run = session(lr=0.05)
    run.handle([{"type": "press", "name": "keep"}])
    assert run.state["kept"] is None
    assert "Kept" not in run.frame.say
    run.handle([{"type": "press", "name": "keep"}, {"type": "set", "name": "lr", "value": 0.001}])
    assert run.state["kept"] == {"lr": 0.05, "momentum": 0.0}
    assert "Kept, learning rate 0.05" in run.frame.say


def test_copied_code_rebuilds_the_view():
    run = session(surface="bowl", x1=-1.0, lr=0.3, momentum=0.5, kept={"lr": 0.1, "momentum": 0.2})
    given = eval(run.frame.code.replace("widgets.descent", "dict"))
    assert session(**given).frame.say == run.frame.say


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"surface": "hill"}, "surface must be one of bowl, ravine, saddle, Rastrigin, your own f"),
        ({"lr": 2.0}, "lr must lie between 0.0001 and 1"),
        ({"kept": {"lr": 0.1}}, "kept must be None or a dict with lr and momentum"),
    ],
)
def test_settings_that_cannot_be_are_named(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        session(**given)


# --- the goal ---------------------------------------------------------------------------------------------


def test_without_momentum_54_steps_are_the_fewest_and_reach_the_goal():
    x, y = 3.0, 1.0
    rates = np.arange(0.05, 0.08, 0.0001)[:, None] * np.ones((1, 201))
    k = np.arange(201)
    losses = 0.5 * ((x * (1 - rates) ** k) ** 2 + 25 * (y * (1 - 25 * rates) ** k) ** 2)
    assert (losses < 1e-3).argmax(axis=1)[(losses < 1e-3).any(axis=1)].min() == 54
    assert session(lr=0.075, steps=100).frame.goal.text.startswith("Below 0.001 after 54 steps. Reached.")
    assert session(lr=0.075).frame.goal.progress == 1
    assert 0 < session(lr=0.05, steps=100).frame.goal.progress < 1
    assert session(lr=0.107, momentum=0.44, steps=30).frame.goal.progress == 1
    assert session(lr=0.107, momentum=0.44, steps=30, x1=2.5).frame.goal.progress == 0


# --- your functions ---------------------------------------------------------------------------------------


def test_it_runs_on_your_functions():
    run = session(yours())
    assert run.frame.badge == "running on: your numerical_gradient · your gradient_descent"
    assert run.frame.say == session().frame.say


def test_momentum_is_the_figures_own_and_says_so_until_yours_is_there():
    run = session(yours(), momentum=0.5)
    assert run.frame.strip == ["The momentum is the figure's own here: you write yours, momentum_step, in lesson 06."]
    assert run.frame.badge.endswith("the figure's own code (until your momentum_step is written)")
    own = arrays(run)["path"]
    theirs = session(yours(momentum_step=momentum_step), momentum=0.5)
    assert theirs.frame.strip == [] and "your momentum_step" in theirs.frame.badge
    np.testing.assert_allclose(arrays(theirs)["path"], own, rtol=1e-9, atol=1e-12)
    still = session(yours(momentum_step=lambda w, g, v, lr, beta: (w, v)), momentum=0.5)
    assert np.ptp(arrays(still)["path"], axis=0).tolist() == [0, 0]


def test_a_wrong_gradient_shows_in_walks_with_momentum_too():
    run = session(yours(numerical_gradient=lambda f, x, h: np.zeros(2)), momentum=0.5, kept=None)
    assert "loss 17 → 17 after" in run.frame.say


def test_uphill_steps_run_out_of_the_picture():
    def uphill(gradient, start, lr, steps):
        return REFERENCE["gradient_descent"](lambda x: -gradient(x), start, lr, steps)

    assert "diverged at step" in session(yours(gradient_descent=uphill), kept=None).frame.say


def test_a_gradient_divided_in_the_wrong_order_does_not_move():
    def misplaced_brackets(f, x, h):
        return REFERENCE["numerical_gradient"](f, x, h) * h * h

    assert "loss 17 → 17 after" in session(yours(numerical_gradient=misplaced_brackets), kept=None).frame.say


def test_a_path_without_its_start_is_named_with_its_shape_and_the_picture_stays():
    namespace = yours()
    run = session(namespace)
    before = run.frame.panels
    namespace["gradient_descent"] = lambda *given: REFERENCE["gradient_descent"](*given)[1:]
    run.handle([{"type": "set", "name": "lr", "value": 0.02}])
    assert run.frame.strip == ["Your gradient_descent returned shape (60, 2); this figure needs (61, 2)."]
    assert run.frame.panels is before


def test_your_own_f_is_walked_on():
    run = session(yours(f=lambda x: (x[0] - 1) ** 2 + x[1] ** 2), surface="your own f", lr=0.3, kept=None)
    np.testing.assert_allclose(arrays(run)["path"][-1], [1, 0], atol=1e-6)
    assert "your f" in run.frame.badge
    run.functions.detail = 1.0  # on a busy machine the first frame may have lowered it
    assert arrays(run)["heights"].shape == (61, 61)


def test_an_f_that_takes_one_place_only_has_a_coarser_map():
    run = session(yours(f=lambda x: float(x[0]) ** 2 + (1.0 if x[1] > 0 else 2.0)), surface="your own f", kept=None)
    run.functions.detail = 1.0
    assert arrays(run)["heights"].shape == (25, 25)


def test_without_an_f_the_figure_asks_for_it():
    run = session(yours())
    run.handle([{"type": "set", "name": "surface", "value": "your own f"}])
    assert run.frame.strip == ["This figure needs your f: write it above, run its cell, then come back."]


# --- without solutions: the figure's own way --------------------------------------------------------------


@pytest.mark.parametrize("surface", ["bowl", "ravine", "saddle", "Rastrigin", "your own f"])
@pytest.mark.parametrize("settings", [{}, {"momentum": 0.9}, {"noise": 0.4, "steps": 200}, {"lr": 1.0, "steps": 500}])
def test_without_solutions_it_shows_the_same(surface, settings):
    f = {"f": lambda x: (x[0] ** 2 - 1) ** 2 + np.cosh(x[1] / 2)}
    borrowed, own = (session(f, reference, surface=surface, **settings) for reference in (None, {}))
    for run in (borrowed, own):
        run.functions.detail = 1.0  # on a busy machine the first frame may have lowered it
    one, other = arrays(borrowed), arrays(own)
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_allclose(one[name], other[name], rtol=1e-6, atol=1e-8)
    assert borrowed.frame.say == own.frame.say
    assert "own code" not in borrowed.frame.badge or "momentum" in settings
    assert "figure's own code (until your " in own.frame.badge and " our " not in own.frame.badge


def test_without_solutions_the_badge_says_until_what_is_written():
    until = "gradient_descent and numerical_gradient are"
    assert session(reference={}).frame.badge == f"running on: the figure's own code (until your {until} written)"
    slope = {"numerical_gradient": REFERENCE["numerical_gradient"]}
    badge = "running on: your numerical_gradient · the figure's own code (until your gradient_descent is written)"
    assert session(slope, {}).frame.badge == badge


def test_without_solutions_yours_takes_over_as_soon_as_it_is_written():
    def unwritten(*_):
        raise NotImplementedError

    namespace = {"numerical_gradient": unwritten, "gradient_descent": unwritten}
    run = session(namespace, {}, kept=None)
    assert run.frame.say == session(kept=None).frame.say and run.frame.strip == []
    namespace["gradient_descent"] = REFERENCE["gradient_descent"]
    assert run.handle([]).badge.startswith("running on: your gradient_descent · the figure's own code (until your num")
    namespace["numerical_gradient"] = lambda f, x, h: -REFERENCE["numerical_gradient"](f, x, h)
    assert "diverged at step" in run.handle([]).say and "own" not in run.frame.badge
