"""The optimiser race: paths against torch.optim and closed forms, every event, and what wrong functions do to it."""

import numpy as np
import pytest
import torch
from widgets_06_optimisers.race import BEST, OWN, SHARED, OptimiserRace
from widgets_06_optimisers.rivals import FEW, RATES

from course.figures.reference import borrowed
from course.figures.scene import Line
from course.figures.session import Session
from course.figures.static import draw, png

REFERENCE = borrowed(OptimiserRace())
BOTH = pytest.mark.parametrize("reference", [None, {}], ids=["borrowed", "without solutions"])
RAVINE = {"surface": "ravine", "x1": 3.0, "x2": 1.0}


def session(namespace=None, reference=None, **state):
    return Session(OptimiserRace(), namespace if namespace is not None else {}, reference, **state)


def runners(run):
    found = run.figure.compute(run.state, run.functions)["runners"]
    return {runner["name"]: runner for runner in found}


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def rosenbrock(w):
    return (1 - w[0]) ** 2 + 10 * (w[1] - w[0] ** 2) ** 2


# --- the numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("SGD", lambda w: torch.optim.SGD([w], lr=0.01)),
        ("momentum", lambda w: torch.optim.SGD([w], lr=0.01, momentum=0.8)),
        ("Adam", lambda w: torch.optim.Adam([w], lr=0.01, betas=(0.7, 0.99))),
    ],
)
@BOTH
def test_each_runner_walks_as_torch_does(name, make, reference):
    found = runners(session(reference=reference, beta=0.8, beta1=0.7, beta2=0.99, steps=50))[name]
    w = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)
    optimiser = make(w)
    for place in found["path"]:
        np.testing.assert_allclose(place, w.detach().numpy(), rtol=1e-6, atol=1e-9)
        optimiser.zero_grad()
        rosenbrock(w).backward()
        optimiser.step()


@BOTH
def test_the_cosine_schedule_sets_each_steps_rate(reference):
    found = runners(session(reference=reference, **RAVINE, schedule="cosine", steps=100))["SGD"]
    k = np.arange(100)
    rates = 0.01 * np.where(k < 10, k / 10, 0.5 * (1 + np.cos(np.pi * (k - 10) / 90)))
    expected = 3 * np.cumprod(np.concatenate([[1.0], 1 - rates]))
    np.testing.assert_allclose(found["path"][:, 0], expected, rtol=1e-9)


@pytest.mark.parametrize("state", [{}, RAVINE, {"schedule": "cosine"}, {"noise": 0.4}])
@BOTH
def test_the_sweep_is_what_each_rate_gives_alone(state, reference):
    sweep = runners(session(reference=reference, **state, steps=60))
    for k in (0, 15, 28):
        alone = runners(session(reference=reference, **state, steps=60, lr=float(RATES[k])))
        for name in sweep:
            assert sweep[name]["finals"][k] == pytest.approx(alone[name]["losses"][-1], rel=1e-6)


def test_in_the_ravine_gradient_descent_is_lost_from_two_over_25_on():
    finals = runners(session(**RAVINE))["SGD"]["finals"]
    assert np.all(finals[RATES < 0.0799] < 17)
    assert np.all(finals[RATES > 0.0801] > 17)


def test_at_one_rate_momentum_wins_the_ravine_and_at_the_best_rates_all_are_close():
    losses = {name: runner["losses"][-1] for name, runner in runners(session(**RAVINE)).items()}
    assert losses["SGD"] == pytest.approx(0.0808, abs=1e-3)
    assert losses["Adam"] == pytest.approx(0.866, abs=1e-3)
    assert losses["momentum"] < 1e-8
    best = runners(session(**RAVINE, rates=BEST))
    assert all(runner["losses"][-1] < 2e-9 for runner in best.values())


def test_on_rosenbrock_memory_helps_even_at_the_best_rates():
    best = runners(session(rates=BEST))
    assert best["SGD"]["losses"][-1] > 1e3 * max(best["momentum"]["losses"][-1], best["Adam"]["losses"][-1])


def test_best_rates_are_the_lowest_points_of_the_curves():
    for runner in runners(session(rates=BEST)).values():
        assert runner["losses"][-1] == runner["finals"].min() == runner["best_loss"]
        assert runner["rate"] == runner["rates"][runner["finals"].argmin()]


# --- the picture and its words ----------------------------------------------------------------------------


def test_the_first_frame_tells_two_finishes():
    assert session().frame.say == (
        "Rosenbrock from (−1.50, 2.00), 200 steps. At the shared rate 0.01: momentum 9.68e−10, SGD 0.187, Adam 3.23. "
        "Best rates: momentum 6.72e−10 at 0.0079, Adam 9.65e−9 at 0.79, SGD 0.000183 at 0.02."
    )


def test_adams_first_step_is_as_long_as_its_rate():
    rows = {row[0]: [cell.text for cell in row[1:]] for row in panel(session(lr=0.02), "finish").rows}
    assert rows["rate"] == ["0.02", "0.02", "0.02"]
    assert rows["first Δx₁"][2] == "0.02" != rows["first Δx₁"][0]


@pytest.mark.parametrize(
    ("surface", "rates"), [("Rosenbrock", BEST), ("ravine", OWN), ("bowl", BEST), ("Rastrigin", SHARED)]
)
def test_every_surface_can_be_drawn(surface, rates):
    run = session(rates=rates)
    run.handle([{"type": "set", "name": "surface", "value": surface}])
    assert run.frame.strip == []
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


@BOTH
def test_a_rate_of_three_diverges_and_is_named(reference):
    run = session(reference=reference, lr=3.0)
    assert "SGD beyond all numbers" in run.frame.say
    texts = [getattr(layer, "text", "") for layer in panel(run, "map").layers]
    assert "SGD diverged at step 1" in texts
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


# --- events -----------------------------------------------------------------------------------------------


def test_a_handle_moves_the_path_and_the_loss_but_not_the_sweep():
    run = session()
    before = runners(run)
    run.handle([{"type": "drag", "thing": "lr_adam", "x": 0.1, "y": 1.0}])
    after = runners(run)
    assert run.state["lr"] == 0.1
    for name in before:
        assert not np.array_equal(after[name]["path"], before[name]["path"])
        np.testing.assert_allclose(after[name]["finals"], before[name]["finals"], rtol=1e-9)


def test_with_a_rate_for_each_a_handle_moves_one_alone():
    run = session()
    run.handle([{"type": "set", "name": "lr", "value": 0.02}, {"type": "set", "name": "rates", "value": OWN}])
    assert [run.state[key] for key in ("lr_sgd", "lr_momentum", "lr_adam")] == [0.02, 0.02, 0.02]
    run.handle([{"type": "nudge", "thing": "lr_adam", "dx": 10, "dy": 0}])
    assert run.state["lr_adam"] == pytest.approx(0.02 * 10**0.5, rel=1e-2)
    assert run.state["lr_sgd"] == 0.02


def test_at_the_best_rates_there_is_nothing_to_drag():
    assert panel(session(rates=BEST), "sweep").things == []


def test_the_start_is_dragged_stepped_and_put_by_a_double_click():
    run = session()
    for event, place in (
        ({"type": "drag", "thing": "start", "x": 0.52, "y": 1.52}, (0.5, 1.5)),
        ({"type": "nudge", "thing": "start", "dx": 1, "dy": 0}, (0.6, 1.5)),
        ({"type": "add", "panel": "map", "x": -1.0, "y": 0.0}, (-1.0, 0.0)),
        ({"type": "set", "name": "x2", "value": 2.0}, (-1.0, 2.0)),
    ):
        run.handle([event])
        assert all(runner["path"][0].tolist() == pytest.approx(place) for runner in runners(run).values())


@pytest.mark.parametrize(
    ("name", "value", "moved"),
    [
        ("beta", 0.5, {"momentum"}),
        ("beta1", 0.5, {"Adam"}),
        ("beta2", 0.9, {"Adam"}),
        ("noise", 0.5, {"SGD", "momentum", "Adam"}),
        ("schedule", "cosine", {"SGD", "momentum", "Adam"}),
    ],
)
def test_each_setting_moves_those_it_concerns(name, value, moved):
    before, after = runners(session()), runners(session(**{name: value}))
    assert {who for who in before if not np.allclose(before[who]["path"], after[who]["path"])} == moved


def test_noise_is_the_same_until_new_is_asked_for():
    run = session(noise=0.5)
    before = run.frame.say
    assert session(noise=0.5).frame.say == before
    run.handle([{"type": "press", "name": "new"}])
    assert run.frame.say != before


def test_a_race_runs_to_its_end_and_a_change_stops_it():
    run = session(steps=10)
    run.handle([{"type": "press", "name": "playing"}])
    for at in range(1, 10):
        run.handle([{"type": "tick"}])
        assert f"The race is at step {at}." in run.frame.say
        lines = [layer for layer in panel(run, "loss").layers if isinstance(layer, Line)]
        assert [len(line.xy) for line in lines] == [at + 1] * 3
    run.handle([{"type": "tick"}])
    assert not run.state["playing"]
    run.handle([{"type": "press", "name": "playing"}, {"type": "tick"}])
    assert run.state["_at"] == 1
    run.handle([{"type": "set", "name": "lr", "value": 0.02}])
    assert run.state["_at"] is None


def test_copied_code_rebuilds_the_view():
    run = session(**RAVINE, rates=OWN, lr_adam=0.5, schedule="cosine", steps=90)
    given = eval(run.frame.code.replace("widgets.optimiser_race", "dict"))
    assert session(**given).frame.say == run.frame.say


# --- the goal ---------------------------------------------------------------------------------------------


def test_each_of_the_three_can_win_at_shared_or_best_rates():
    run = session()
    settings = [
        {"surface": "Rosenbrock", "rates": SHARED},
        {"surface": "ravine", "rates": BEST},
        {"surface": "Rastrigin", "rates": SHARED},
    ]
    for count, changes in enumerate(settings, start=1):
        run.handle([{"type": "set", "name": name, "value": value} for name, value in changes.items()])
        run.state = run.state | {"_at": run.state["steps"] - 1}
        run.handle([{"type": "tick"}])
        assert run.frame.goal.progress == pytest.approx(count / 3)
    assert run.state["_won"] == ["momentum", "SGD", "Adam"]


def test_rates_of_their_own_do_not_count():
    run = session(rates=OWN, steps=10)
    for _ in range(10):
        run.handle([{"type": "tick"}])
    assert run.state["_at"] == 10
    assert run.frame.goal.progress == 0


# --- your functions ---------------------------------------------------------------------------------------


def test_it_runs_on_your_functions_and_stands_in_for_what_lesson_5_wrote():
    written = {name: REFERENCE[name] for name in ("momentum_step", "adam_step", "cosine_schedule")}
    run = session(written, schedule="cosine")
    assert run.frame.badge == "running on: your cosine_schedule · your momentum_step · your adam_step · our sgd_step"
    assert "your sgd_step" in session(REFERENCE).frame.badge
    assert session(REFERENCE).frame.say == session().frame.say


def test_without_bias_correction_adams_first_step_is_not_its_rate():
    def uncorrected(w, g, m, v, t, lr, beta1, beta2, eps):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        return w - lr * m / (np.sqrt(v) + eps), m, v

    run = session({"adam_step": uncorrected})
    path = runners(run)["Adam"]["path"]
    assert abs(path[1] - path[0])[0] == pytest.approx(0.01 * 0.1 / 0.001**0.5, rel=1e-4)
    assert run.frame.say != session().frame.say


def test_a_velocity_with_the_wrong_sign_climbs():
    def uphill(w, g, v, lr, beta):
        v = beta * v - g
        return w - lr * v, v

    assert "momentum beyond all numbers" in session({"momentum_step": uphill}, steps=500).frame.say


def test_functions_for_single_rates_only_are_asked_rate_by_rate():
    def single(w, g, v, lr, beta):
        v = beta * v + g
        return w - float(lr) * v, v

    run = session({"momentum_step": single}, steps=20)
    assert run.frame.strip == []
    found, ours = runners(run)["momentum"], runners(session(steps=20))["momentum"]
    assert found["rates"].tolist() == FEW.tolist()
    np.testing.assert_allclose(found["finals"], ours["finals"][::5])
    np.testing.assert_allclose(found["path"], ours["path"])


def test_functions_that_treat_many_rates_otherwise_are_asked_rate_by_rate():
    def normalised(w, g, v, lr, beta):
        return w - lr * g / np.linalg.norm(g), v

    run = session({"momentum_step": normalised}, steps=20)
    found = runners(run)["momentum"]
    assert len(found["rates"]) == len(FEW)
    steps = np.hypot(*np.diff(found["path"], axis=0).T)
    np.testing.assert_allclose(steps, 0.01)


def test_a_wrong_shape_is_named_and_the_picture_stays():
    namespace = dict(REFERENCE)
    run = session(namespace)
    before = run.frame.panels
    namespace["momentum_step"] = lambda w, g, v, lr, beta: w - lr * g
    run.handle([{"type": "set", "name": "lr", "value": 0.02}])
    assert run.frame.strip == ["Your momentum_step must return 2 values; it returned an array of shape (2,)."]
    assert run.frame.panels is before


# --- without solutions: the figure's own way --------------------------------------------------------------


STATES = [
    {},
    RAVINE | {"rates": BEST},
    {"schedule": "cosine", "steps": 10},
    {"noise": 0.4, "seed": 2, "surface": "bowl", "beta": 0.0, "beta1": 0.5, "beta2": 0.9},
    {"rates": OWN, "lr_sgd": 0.02, "lr_momentum": 0.005, "lr_adam": 0.5, "schedule": "cosine"},
    {"lr": 3.0},
]


@pytest.mark.parametrize("state", STATES)
def test_without_solutions_all_three_walk_the_same_and_the_badge_says_whose_code_it_is(state):
    borrowing, alone = session(**state), session(reference={}, **state)
    for one, other in zip(runners(borrowing).values(), runners(alone).values(), strict=True):
        before_it_left = np.isfinite(one["path"]).all(axis=1)
        np.testing.assert_array_equal(np.isfinite(other["path"]).all(axis=1), before_it_left)
        np.testing.assert_allclose(other["path"][before_it_left], one["path"][before_it_left], rtol=1e-6, atol=1e-9)
        for key in ("losses", "finals"):
            np.testing.assert_allclose(other[key], one[key], rtol=1e-5, atol=1e-12)
        assert (other["rate"], other["best_rate"]) == (one["rate"], one["best_rate"])
    assert alone.frame.say == borrowing.frame.say
    schedule = "cosine_schedule, " if "schedule" in state else ""
    until = f"{schedule}sgd_step, momentum_step and adam_step"
    assert alone.frame.badge == f"running on: the figure's own code (until your {until} are written)"


def unwritten(*_):
    raise NotImplementedError


def test_without_solutions_each_runner_is_yours_as_soon_as_its_step_is_written():
    theirs = dict.fromkeys(REFERENCE, unwritten)
    run = session(theirs, {}, schedule="cosine")
    for name in ("momentum_step", "cosine_schedule", "adam_step", "sgd_step"):
        theirs[name] = REFERENCE[name]
        assert f"your {name}" in run.handle([]).badge
        assert run.frame.say == session(schedule="cosine").frame.say
    assert "own" not in run.frame.badge and " our " not in run.frame.badge


def test_without_solutions_a_wrong_velocity_still_climbs():
    def uphill(w, g, v, lr, beta):
        v = beta * v - g
        return w - lr * v, v

    run = session({"momentum_step": uphill}, {}, steps=500)
    assert "momentum beyond all numbers" in run.frame.say
    assert (
        run.frame.badge
        == "running on: your momentum_step · the figure's own code (until your sgd_step and adam_step are written)"
    )
