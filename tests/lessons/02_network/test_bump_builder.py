"""The bump builder: its numbers against NumPy, every event, and what wrong functions do to it."""

import numpy as np
import pytest
from widgets_02_network.bumps import BumpBuilder
from widgets_02_network.kinks import DRAWN, X, target_at

from course.figures.session import Session
from course.figures.static import draw, png

START = "3 ramps with kinks at −1, 0, 1 add up to a triangle of height 1."
YOURS = {"dense": lambda X, W, b: X @ W + b, "relu": lambda z: z * (z > 0)}


def session(namespace=None, reference=None, **state):
    return Session(BumpBuilder(), namespace if namespace is not None else {}, reference, **state)


def arrays(run):
    return run.figure.compute(run.state, run.functions)


def sum_by_hand(kinks, weights, height, x=X):
    y = np.full(len(x), float(height))
    for kink, weight in zip(kinks, weights, strict=True):
        y += [weight * max(at - kink, 0) for at in x]
    return y


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


# --- the numbers ------------------------------------------------------------------------------------------


def test_the_first_frame_is_a_triangle_from_three_ramps():
    run = session()
    assert run.frame.say.startswith(START)
    np.testing.assert_allclose(arrays(run)["sum"], np.maximum(1 - np.abs(X), 0), atol=1e-12)


def test_the_sum_is_the_sum_of_the_ramps():
    kinks, weights = [-2.5, -0.3, 0.4, 2.0], [1.5, -3.0, 0.7, 4.0]
    found = arrays(session(n=4, kinks=kinks, weights=weights, height=-0.4))
    np.testing.assert_allclose(found["sum"], sum_by_hand(kinks, weights, -0.4), atol=1e-12)
    np.testing.assert_allclose(found["ramps"].sum(axis=1) - 0.4, found["sum"], atol=1e-12)


@pytest.mark.parametrize(("n", "error"), [(3, 1.15), (6, 0.44), (8, 0.23), (12, 0.12), (24, 0.03)])
def test_even_spacing_leaves_the_errors_that_the_lesson_names(n, error):
    ends = np.linspace(-3, 3, n + 1)
    expected = np.abs(np.interp(X, ends, np.sin(2 * ends)) - np.sin(2 * X)).max()
    found = arrays(session(n=n, place="even"))["error"]
    assert found == pytest.approx(expected, abs=1e-9)
    assert round(found, 2) == error


def test_twice_as_many_units_leave_about_a_quarter_of_the_error():
    errors = [arrays(session(n=n, place="even"))["error"] for n in (6, 12, 24)]
    assert 3 < errors[0] / errors[1] < 5
    assert 3 < errors[1] / errors[2] < 5


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "identity"])
def test_a_fit_has_the_smallest_squared_error(activation):
    run = session(n=5, place="fit", activation=activation)
    found = arrays(run)
    z = (4.0 if activation == "sigmoid" else 1.0) * (X[:, None] - np.linspace(-3, 3, 6)[:-1])
    H = {"relu": np.maximum(z, 0), "sigmoid": 1 / (1 + np.exp(-z)), "identity": z}[activation]
    H = np.column_stack([H, np.ones(len(X))])
    best = H @ np.linalg.pinv(H) @ np.sin(2 * X)
    np.testing.assert_allclose(found["sum"], best, atol=1e-6)


@pytest.mark.parametrize("n", [1, 5, 24])
@pytest.mark.parametrize("place", ["even", "fit"])
def test_without_a_bend_it_is_a_straight_line_however_many_units(n, place):
    run = session(n=n, place=place, activation="identity")
    np.testing.assert_allclose(np.diff(arrays(run)["sum"], 2), 0, atol=1e-9)
    assert "a straight line" in run.frame.say


def test_no_units_are_a_flat_line():
    run = session(n=0, height=0.5)
    assert np.all(arrays(run)["sum"] == 0.5)
    assert run.frame.say.startswith("No units: a flat line at height 0.50.")
    assert session(n=0, place="fit").frame.strip == []


def test_the_table_shows_the_weights_of_the_network():
    cells = [[getattr(cell, "text", cell) for cell in row] for row in panel(session(), "weights").rows]
    assert cells[1] == ["2", "0.00", "1", "0.00", "−2.00"]
    assert cells[0] == ["1", "−1.00", "1", "1.00", "1.00"]
    assert cells[-1][-1] == "0.00"


# --- events -----------------------------------------------------------------------------------------------


def test_a_kink_moved_right_changes_only_what_lies_beyond_it():
    run = session()
    before = arrays(run)["sum"]
    run.handle([{"type": "drag", "thing": "kink 1", "x": 1.0, "y": 0.7}])
    after = arrays(run)["sum"]
    assert run.state["kinks"] == [-1.0, 1.0, 1.0]
    np.testing.assert_array_equal(after[X <= 0], before[X <= 0])
    assert np.all(after[X > 0.01] != before[X > 0.01])


def test_the_weight_handle_is_as_high_as_the_weight():
    run = session()
    run.handle([{"type": "drag", "thing": "weight 0", "x": 0.0, "y": 2.5}])
    assert run.state["weights"] == [2.5, -2.0, 1.0]
    thing = next(thing for thing in panel(run, "ramps").things if thing.id == "weight 0")
    assert (thing.x, thing.y) == (0.0, 2.5)


def test_arrow_keys_move_kinks_and_weights_by_one_step():
    run = session()
    run.handle([{"type": "nudge", "thing": "kink 2", "dx": 1, "dy": 0}])
    run.handle([{"type": "nudge", "thing": "weight 2", "dx": 0, "dy": -3}])
    assert run.state["kinks"][2] == pytest.approx(1.05)
    assert run.state["weights"][2] == pytest.approx(0.7)


def test_the_target_is_pulled_at_its_handles_and_only_near_them():
    run = session()
    run.handle([{"type": "drag", "thing": "target 0", "x": 5.0, "y": 1.5}])
    heights = target_at(run.state, X)
    assert heights[0] == pytest.approx(1.5, abs=1e-3)
    far = X > -2
    np.testing.assert_allclose(heights[far], np.sin(2 * X[far]), atol=1e-12)
    run.handle([{"type": "nudge", "thing": "target 0", "dx": 0, "dy": 1}])
    assert target_at(run.state, X)[0] == pytest.approx(1.6, abs=1e-3)


def test_a_stroke_draws_the_target():
    run = session(draw=True)
    run.handle([{"type": "stroke", "panel": "sum", "points": [[-1.0, 2.0], [0.0, 2.0], [1.0, 1.0]]}])
    assert run.state["target"] == "your own"
    heights = target_at(run.state, DRAWN)
    np.testing.assert_allclose(heights[20:31], 2.0)
    np.testing.assert_allclose(heights[30:41], np.linspace(2, 1, 11), atol=1e-3)
    np.testing.assert_allclose(heights[:20], np.sin(2 * DRAWN[:20]), atol=1e-3)


def test_a_stroke_drawn_leftwards_is_the_same():
    there, back = session(), session()
    points = [[-1.0, 2.0], [0.5, 1.0]]
    there.handle([{"type": "stroke", "panel": "sum", "points": points}])
    back.handle([{"type": "stroke", "panel": "sum", "points": points[::-1]}])
    assert there.state["drawn"] == back.state["drawn"]


def test_while_drawing_the_targets_handles_are_out_of_the_way():
    run = session()
    assert len(panel(run, "sum").things) == 7
    run.handle([{"type": "set", "name": "draw", "value": True}])
    assert panel(run, "sum").things == []
    assert panel(run, "sum").draws


def test_choosing_a_target_forgets_what_was_drawn():
    run = session()
    run.handle([{"type": "stroke", "panel": "sum", "points": [[-1.0, 2.0], [0.0, 2.0]]}])
    run.handle([{"type": "set", "name": "target", "value": "triangle"}])
    assert run.state["drawn"] is None
    assert arrays(run)["error"] == pytest.approx(0, abs=1e-9)


def test_your_own_target_starts_as_the_one_before():
    run = session()
    run.handle([{"type": "set", "name": "target", "value": "your own"}])
    np.testing.assert_allclose(target_at(run.state, DRAWN), np.sin(2 * DRAWN), atol=1e-3)


def test_more_units_change_nothing_until_they_get_a_weight():
    run = session()
    before = arrays(run)["sum"]
    run.handle([{"type": "set", "name": "n", "value": 8}])
    assert len(arrays(run)["kinks"]) == 8
    np.testing.assert_allclose(arrays(run)["sum"], before, atol=1e-12)
    assert run.state["selected"] == "kink 7"


def test_fewer_units_keep_the_first():
    run = session()
    run.handle([{"type": "set", "name": "n", "value": 1}])
    assert (run.state["kinks"], run.state["weights"]) == ([-1.0], [1.0])


def test_a_double_click_adds_a_unit_and_delete_removes_it():
    run = session()
    run.handle([{"type": "add", "panel": "ramps", "x": 2.02, "y": -1.0}])
    assert (run.state["n"], run.state["kinks"][-1], run.state["weights"][-1]) == (4, 2.0, -1.0)
    run.handle([{"type": "delete", "thing": "weight 3"}])
    assert (run.state["n"], run.state["kinks"]) == (3, [-1.0, 0.0, 1.0])


def test_no_more_than_24_units_can_be_added():
    run = session(n=24, place="even")
    run.handle([{"type": "add", "panel": "ramps", "x": 0.0, "y": 1.0}])
    assert run.state["n"] == 24


def test_all_units_can_be_deleted():
    run = session()
    for _ in range(3):
        run.handle([{"type": "delete", "thing": run.state["selected"]}])
    assert (run.state["n"], run.state["selected"]) == (0, None)


def test_enter_turns_a_weight_round():
    run = session()
    run.handle([{"type": "flip", "thing": "kink 1"}])
    assert run.state["weights"] == [1.0, 2.0, 1.0]


@pytest.mark.parametrize(("name", "value"), [("kink", 0.5), ("weight", -3.0), ("height", 1.0)])
def test_the_numbers_of_the_selected_unit_can_be_set(name, value):
    run = session(selected="weight 1")
    run.handle([{"type": "set", "name": name, "value": value}])
    shown = {control.name: value for control, value in run.frame.controls}
    assert shown[name] == value
    expected = {"kink": [-1.0, 0.0, 1.0], "weight": [1.0, -2.0, 1.0], "height": 0.0}
    kinks, weights = list(expected["kink"]), list(expected["weight"])
    if name != "height":
        {"kink": kinks, "weight": weights}[name][1] = value
    height = value if name == "height" else 0.0
    np.testing.assert_allclose(arrays(run)["sum"], sum_by_hand(kinks, weights, height), atol=1e-12)


@pytest.mark.parametrize("place", ["even", "fit"])
def test_moving_an_even_or_fitted_kink_starts_from_where_it_was(place):
    run = session(n=6, place=place)
    before = arrays(run)["sum"]
    run.handle([{"type": "drag", "thing": "kink 5", "x": 2.0, "y": 0}])
    assert run.state["place"] == "by hand"
    np.testing.assert_allclose(arrays(run)["sum"], before, atol=1e-9)


def test_learning_makes_the_error_smaller_and_can_be_paused():
    run = session(n=8, place="even")
    run.handle([{"type": "set", "name": "place", "value": "learn"}])
    assert run.frame.playing
    before = np.mean((arrays(run)["sum"] - arrays(run)["target"]) ** 2)
    for _ in range(30):
        run.handle([{"type": "tick", "run": True}])
    assert np.mean((arrays(run)["sum"] - arrays(run)["target"]) ** 2) < before / 2
    run.handle([{"type": "press", "name": "playing"}])
    assert not run.frame.playing


def test_one_step_learns_once_without_starting_the_clock():
    run = session()
    run.handle([{"type": "tick"}])
    assert (run.state["place"], run.frame.playing) == ("learn", False)
    assert run.state["kinks"] != [-1.0, 0.0, 1.0]


def test_learning_stops_by_itself():
    run = session(n=1, place="learn")
    run.handle([{"type": "press", "name": "playing"}])
    ticks = 0
    while run.frame.playing:
        run.handle([{"type": "tick", "run": True}])
        ticks += 1
    assert ticks == 300


def test_undo_and_reset():
    run = session()
    run.handle([{"type": "drag", "thing": "kink 0", "x": -2.0, "y": 0}])
    run.handle([{"type": "undo"}])
    assert run.frame.say.startswith(START)
    run.handle([{"type": "set", "name": "n", "value": 9}, {"type": "reset"}])
    assert run.frame.say.startswith(START)


def test_the_copied_line_rebuilds_the_view():
    run = session()
    run.handle([{"type": "set", "name": "n", "value": 4}, {"type": "drag", "thing": "weight 3", "x": 1, "y": 0.5}])
    run.handle([{"type": "stroke", "panel": "sum", "points": [[-1.0, 2.0], [0.0, 2.0]]}])
    again = eval(
        run.frame.code, {"widgets": type("widgets", (), {"bump_builder": staticmethod(lambda **s: session(**s))})}
    )
    assert again.frame.say == run.frame.say


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"n": 25}, "n must lie between 0 and 24"),
        ({"kinks": [0.0]}, "kinks must be a list of 3 numbers"),
        ({"kinks": [0.0], "weights": ["a"]}, "weights must be a list of 1 numbers"),
        ({"drawn": "up"}, "drawn must be a list of 61 numbers"),
        ({"place": "somewhere"}, "place must be one of"),
    ],
)
def test_settings_that_cannot_be_are_named(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        session(**given)


# --- the goal ---------------------------------------------------------------------------------------------


def test_the_goal_is_reached_by_hand_only():
    good = {"n": 8, "place": "fit"}
    kinks, weights, height = (arrays(session(**good))[name] for name in ("kinks", "weights", "height"))
    assert session(**good).frame.goal.progress == 0
    assert session(n=8, kinks=kinks, weights=weights, height=height).frame.goal.progress == 1
    assert session(n=8, kinks=kinks, weights=weights, height=height, target="step").frame.goal.progress == 0
    run = session(**good)
    run.handle([{"type": "drag", "thing": "kink 7", "x": 2.3, "y": 0}])
    assert run.frame.goal.progress == 0


def test_even_kinks_moved_by_hand_count():
    run = session(n=8, place="even")
    run.handle([{"type": "set", "name": "height", "value": 0.3}])
    assert 0 < run.frame.goal.progress < 1


# --- your functions ---------------------------------------------------------------------------------------


def test_it_runs_on_your_functions():
    run = session(YOURS)
    assert run.frame.badge == "running on: your dense · your relu"
    assert run.frame.say.startswith(START)


def test_with_another_relu_the_picture_is_another():
    run = session(YOURS | {"relu": np.abs})
    assert not run.frame.say.startswith(START)
    assert "a triangle of height 2" in run.frame.say  # |x + 1| − 2 |x| + |x − 1|
    assert session(YOURS | {"relu": lambda z: z}).frame.say.startswith(
        "3 ramps with kinks at −1, 0, 1 add up to a curve"
    )


def test_with_a_forgotten_bias_all_kinks_are_at_zero():
    run = session(YOURS | {"dense": lambda X, W, b: X @ W})
    before = run.frame.say
    run.handle([{"type": "drag", "thing": "kink 0", "x": -2.0, "y": 0}])
    assert arrays(run)["sum"][0] == 0
    np.testing.assert_allclose(arrays(run)["sum"], 0, atol=1e-12)
    assert before.split("Largest")[1] == run.frame.say.split("Largest")[1]


def test_a_transposed_layer_is_named_with_its_shapes_and_the_picture_stays():
    namespace = dict(YOURS)
    run = session(namespace)
    before = run.frame.panels
    namespace["dense"] = lambda X, W, b: X @ W.T + b
    run.handle([{"type": "drag", "thing": "kink 0", "x": -2.0, "y": 0}])
    assert "Your dense stopped: ValueError" in run.frame.strip[0]
    assert "3" in run.frame.strip[0]
    assert run.frame.panels is before
    namespace["dense"] = YOURS["dense"]
    run.handle([{"type": "select", "thing": "kink 0"}])
    assert run.frame.strip == []


def test_unwritten_functions_are_stood_in_for():
    def relu(z):
        raise NotImplementedError

    assert session({"relu": relu}).frame.badge == "running on: our dense · our relu"


def test_learning_runs_on_your_functions():
    run = session(YOURS | {"relu": lambda z: 0 * z})
    run.handle([{"type": "tick"}])
    assert run.state["weights"] == [1.0, -2.0, 1.0]
    assert run.state["height"] != 0.0


def test_the_still_picture_can_be_drawn():
    for state in ({}, {"n": 24, "place": "even"}, {"n": 0}, {"activation": "sigmoid", "target": "step"}):
        assert png(draw(session(**state).frame.panels)).startswith(b"\x89PNG")


# --- without solutions: the figure's own way --------------------------------------------------------------


@pytest.mark.parametrize("place", ["by hand", "even", "fit"])
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "identity"])
@pytest.mark.parametrize("n", [0, 1, 7])
def test_without_solutions_it_shows_the_same(n, activation, place):
    given = {"n": n, "activation": activation, "place": place, "height": 0.3}
    borrowed, own = session(**given), session(reference={}, **given)
    one, other = arrays(borrowed), arrays(own)
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_allclose(one[name], other[name], rtol=1e-12, atol=1e-12)
    assert borrowed.frame.say == own.frame.say
    until = "dense is" if activation == "identity" else f"dense and {activation} are"
    assert own.frame.badge == (f"running on: the figure's own code (until your {until} written)" if n else "")


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_without_solutions_it_learns_in_the_same_way(activation):
    runs = [session(reference=reference, n=6, activation=activation) for reference in (None, {})]
    for run in runs:
        run.handle([{"type": "set", "name": "place", "value": "learn"}, *[{"type": "tick"}] * 20])
    np.testing.assert_allclose(runs[0].state["kinks"], runs[1].state["kinks"], atol=1e-3)
    np.testing.assert_allclose(runs[0].state["weights"], runs[1].state["weights"], atol=1e-3)


def test_without_solutions_yours_takes_over_as_soon_as_it_is_written():
    namespace = {"dense": lambda X, W, b: ..., "relu": YOURS["relu"]}
    run = session(namespace, {})
    assert run.frame.say.startswith(START)
    assert run.frame.badge == "running on: the figure's own code (until your dense is written)"
    namespace["dense"] = lambda X, W, b: X @ W
    assert run.handle([]).badge == "running on: your dense · your relu"
    assert not run.frame.say.startswith(START)
