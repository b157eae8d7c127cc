"""The neuron playground against NumPy by hand, every event, and wrong functions put in."""

import numpy as np
import pytest
from widgets_01_neuron import figure as widgets

from course.figures.functions import Functions
from course.figures.reference import borrowed
from course.figures.session import Session
from course.figures.static import draw, png

FIGURE = widgets.NeuronPlayground()
REFERENCE = borrowed(FIGURE)
ACTIVATIONS = ("step", "sigmoid", "relu")
DATA = ("two blobs", "AND", "XOR", "iris: setosa or not", "iris: versicolor or virginica")


def session(theirs=None, reference=None, **given):
    return Session(FIGURE, {} if theirs is None else theirs, reference, **given)


def computed(theirs=None, reference=REFERENCE, **given):
    return FIGURE.compute(FIGURE.start(**given), Functions(FIGURE.uses, theirs or {}, reference))


def by_hand(name, z):
    """The activations, written a second time and number by number."""
    one = {
        "step": lambda v: 1.0 if v > 0 else 0.0,
        "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
        "relu": lambda v: max(v, 0.0),
    }
    return np.array([one[name](v) for v in z.ravel()]).reshape(z.shape)


def test_other_data_find_a_line_in_sight():
    """Whoever has pushed it out of the picture would have nothing to drag."""
    pushed = session(b=7.9)
    pushed.handle([{"type": "set", "name": "data", "value": "two blobs"}])
    assert pushed.state["b"] == 7.9
    pushed.handle([{"type": "set", "name": "data", "value": "AND"}])
    assert [pushed.state[name] for name in ("w1", "w2", "b")] == [1.0, -1.0, 0.0]


@pytest.mark.parametrize("reference", [REFERENCE, {}], ids=["borrowed", "without solutions"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("data", DATA)
def test_every_number_agrees_with_numpy_by_hand(activation, data, reference):
    arrays = computed(w1=1.3, w2=-0.7, b=0.4, activation=activation, data=data, reference=reference)
    low, high = widgets.frame_of(data)
    across = np.linspace(low, high, 50)
    z = np.array([[1.3 * x - 0.7 * y + 0.4 for x in across] for y in across])
    assert np.allclose(arrays["z"], z)
    assert np.allclose(arrays["a"], by_hand(activation, z))
    points = widgets.points_of(FIGURE.start(data=data))
    point_z = points[:, 0] * 1.3 - points[:, 1] * 0.7 + 0.4
    assert np.allclose(arrays["point_a"], by_hand(activation, point_z))
    assert (arrays["right"] == ((point_z > 0) == (points[:, 2] == 1))).all()


def test_the_description_counts_what_is_right():
    start = session()
    right = int(computed()["right"].sum())
    assert f"{right} of 40 points right" in start.frame.say
    assert 0 < right < 40


def test_a_large_bias_makes_the_plane_blue():
    assert (computed(b=10.0)["z"] > 0).mean() > 0.95
    assert "0 of 4" not in session(data="AND", b=-10.0).frame.say
    assert "all is orange" in session(data="AND", b=-10.0).frame.say


def test_doubling_everything_keeps_the_line_and_narrows_the_blur():
    one, two = computed(w1=1.0, w2=-1.0, b=0.5), computed(w1=2.0, w2=-2.0, b=1.0)
    assert ((one["z"] > 0) == (two["z"] > 0)).all()
    unsure = [((arrays["a"] > 0.2) & (arrays["a"] < 0.8)).mean() for arrays in (one, two)]
    assert unsure[1] < 0.6 * unsure[0]


def test_no_line_gets_all_of_xor():
    best = 0
    for w1 in (-2.0, -1.0, 1.0, 2.0):
        for w2 in (-2.0, -1.0, 1.0, 2.0):
            for b in np.arange(-3, 3.1, 0.5).tolist():
                best = max(best, int(computed(data="XOR", w1=w1, w2=w2, b=b)["right"].sum()))
    assert best == 3


@pytest.mark.parametrize("seed", range(1, 6))
def test_new_points_can_always_be_parted_by_hand(seed):
    assert session(seed=seed, w1=1.2, w2=1.6, b=0.5).frame.goal.progress == 1


def test_dragging_the_line_changes_only_b_by_the_length_of_w_times_the_distance():
    figure = session(w1=1.5, w2=2.0, b=0.0)
    (x, y), _ = widgets.line_of(computed(w1=1.5, w2=2.0, b=0.0)["z"], -6, 6)
    unit = np.array([1.5, 2.0]) / 2.5
    figure.handle([{"type": "drag", "thing": "line", "x": x + 2 * unit[0], "y": y + 2 * unit[1]}])
    assert (figure.state["w1"], figure.state["w2"]) == (1.5, 2.0)
    assert figure.state["b"] == pytest.approx(-2.5 * 2)


def test_dragging_the_arrows_tip_turns_w_and_the_line_still_passes_its_start():
    figure = session(w1=1.0, w2=-1.0, b=1.0)
    x, y = widgets.foot(figure.state)
    scale = widgets.arrow_scale(figure.state)
    figure.handle([{"type": "drag", "thing": "arrow", "x": x + 2 * scale, "y": y + 1 * scale}])
    assert (figure.state["w1"], figure.state["w2"]) == (2.0, 1.0)
    assert 2 * x + 1 * y + figure.state["b"] == pytest.approx(0, abs=0.06)


def test_points_are_dragged_flipped_added_and_deleted():
    figure = session(data="AND")
    figure.handle([{"type": "drag", "thing": "point 3", "x": 1.5, "y": 0.5}])
    assert figure.state["points"][3] == [1.5, 0.5, 1]
    figure.handle([{"type": "flip", "thing": "point 3"}])
    assert figure.state["points"][3][2] == 0
    frame = figure.handle([{"type": "add", "panel": "plane", "x": 0.25, "y": 0.75}])
    assert (len(figure.state["points"]), frame.selected) == (5, "point 4")
    frame = figure.handle([{"type": "delete", "thing": "point 4"}])
    assert (len(figure.state["points"]), frame.selected) == (4, "point 3")
    figure.handle([{"type": "delete", "thing": "line"}, {"type": "flip", "thing": "arrow"}])
    assert len(figure.state["points"]) == 4


def test_deleting_every_point_leaves_a_figure_that_says_how_to_go_on():
    figure = session(data="AND")
    for _ in range(4):
        frame = figure.handle([{"type": "delete", "thing": "point 0"}])
    assert "Double-click" in frame.goal.text
    assert frame.selected is None


def test_changing_the_data_or_asking_for_new_points_forgets_moved_ones():
    figure = session()
    figure.handle([{"type": "flip", "thing": "point 0"}, {"type": "set", "name": "data", "value": "OR"}])
    assert figure.state["points"] is None
    figure.handle([{"type": "set", "name": "data", "value": "two blobs"}])
    before = widgets.points_of(figure.state)
    figure.handle([{"type": "press", "name": "new"}])
    assert not np.array_equal(before, widgets.points_of(figure.state))


def test_the_selected_points_sum_is_written_out():
    frame = session(data="AND", w1=2.0, w2=3.0, b=-4.0, selected="point 3").frame
    texts = [[cell if isinstance(cell, str) else cell.text for cell in row] for row in frame.panels[1].rows]
    assert texts[0] == ["w₁ · x₁", "2.00 · 1.00", "2.00"]
    assert texts[3][-1] == "1.00"
    assert texts[4][-1] == "0.73"


def test_one_correction_moves_the_first_wrong_point_by_the_rule():
    figure = session(w1=1.0, w2=-1.0, b=0.0)
    points, right = widgets.points_of(figure.state), computed()["right"]
    first = int(np.flatnonzero(~right)[0])
    error = points[first, 2] - (points[first, 0] - points[first, 1] > 0)
    frame = figure.handle([{"type": "tick"}])
    assert figure.state["w1"] == pytest.approx(1.0 + 0.1 * error * points[first, 0])
    assert figure.state["b"] == pytest.approx(0.1 * error)
    assert frame.selected == f"point {first}"
    now_right = FIGURE.compute(figure.state, figure.functions)["right"][first]
    assert frame.panels[0].layers[2].marks[first] == (3 if now_right else 2)  # a ring, or still crossed out


def test_learning_ends_with_every_point_right_and_stops():
    figure = session()
    figure.handle([{"type": "press", "name": "playing"}])
    while figure.state["playing"]:
        figure.handle([{"type": "tick"}])
    assert figure.frame.goal.progress == 1
    assert "correction" in figure.frame.goal.text


def test_iris_setosa_is_learnt():
    figure = session(data="iris: setosa or not")
    for _ in range(200):
        figure.handle([{"type": "tick"}])
    assert figure.frame.goal.progress == 1


# --- sabotage: it must run on the learner's functions -------------------------------------------------


def test_with_a_forgotten_bias_b_moves_nothing():
    theirs = {"weighted_sum": lambda x, w, b: x @ w, "neuron": lambda x, w, b, activation: activation(x @ w)}
    pictures = [computed(theirs, b=b) for b in (0.0, 5.0)]
    assert np.array_equal(pictures[0]["a"], pictures[1]["a"])
    frames = [session(theirs, b=b).frame for b in (0.0, 5.0)]
    assert frames[0].panels[0].things[-2].line == frames[1].panels[0].things[-2].line
    assert "your weighted_sum" in frames[0].badge


def test_a_wrong_activation_changes_the_curve():
    curve = session({"relu": np.abs}, activation="relu").frame.panels[2].layers[0].xy
    assert curve[0].tolist() == [-10, 10]


def test_a_sum_over_the_wrong_axis_is_named_and_the_picture_stays():
    theirs = {}
    figure = session(theirs)
    good = figure.frame.panels
    theirs["weighted_sum"] = lambda x, w, b: (x * w).sum(axis=0) + b
    frame = figure.handle([{"type": "set", "name": "b", "value": 2.0}])
    assert frame.panels is good
    assert frame.strip == ["Your weighted_sum returned shape (2,); this figure needs (2500,)."]


def test_a_step_that_learns_nothing_stops_the_clock_and_says_so():
    figure = session({"perceptron_step": lambda x, y, w, b, lr: (w, b)})
    figure.handle([{"type": "press", "name": "playing"}])
    frame = figure.handle([{"type": "tick"}])
    assert "changed nothing" in frame.strip[0]
    assert not frame.playing


def test_a_step_with_the_wrong_sign_gets_further_away():
    wrong_way = session({"perceptron_step": lambda x, y, w, b, lr: (w - lr * (2 * y - 1) * x, b - lr * (2 * y - 1))})
    for _ in range(100):
        wrong_way.handle([{"type": "tick"}])
    assert wrong_way.frame.goal.progress < 1


# --- without solutions: the figure's own way ------------------------------------------------------------


def test_until_they_are_written_it_runs_on_the_solutions_and_says_so():
    assert set(FIGURE.uses) == set(REFERENCE)
    assert session().frame.badge == "running on: our weighted_sum · our neuron · our sigmoid"


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_without_solutions_it_shows_the_same_and_says_whose_code_it_is(activation):
    for data in DATA:
        for w1, w2, b in ((1.3, -0.7, 0.4), (0.0, 0.0, 0.0), (-5.0, 5.0, 10.0)):
            given = {"w1": w1, "w2": w2, "b": b, "activation": activation, "data": data}
            one, other = computed(**given), computed(reference={}, **given)
            assert one.keys() == other.keys()
            for name in one:
                np.testing.assert_allclose(one[name], other[name], rtol=1e-13, atol=1e-14)
    until = f"weighted_sum, neuron and {activation}"
    badge = f"running on: the figure's own code (until your {until} are written)"
    assert session(reference={}, activation=activation).frame.badge == badge


@pytest.mark.parametrize("data", ["two blobs", "XOR", "iris: versicolor or virginica"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_without_solutions_it_learns_in_the_same_steps(data, activation):
    runs = [session(reference=reference, data=data, activation=activation, b=-1.0) for reference in (None, {})]
    for _ in range(30):
        one, other = (run.handle([{"type": "tick"}]) for run in runs)
        assert runs[0].state == runs[1].state and one.say == other.say


def unwritten(*_):
    raise NotImplementedError


def test_without_solutions_yours_takes_over_when_all_that_a_picture_needs_is_written():
    theirs = dict.fromkeys(FIGURE.uses, unwritten)
    figure = session(theirs, {})
    theirs["weighted_sum"], theirs["sigmoid"] = (lambda x, w, b: x @ w + b + 100), (lambda z: 0.25 + 0 * z)
    frame = figure.handle([])
    assert frame.badge == "running on: the figure's own code (until your neuron is written)"
    assert frame.say == session().frame.say
    theirs["neuron"] = lambda x, w, b, activation: activation(x @ w)
    frame = figure.handle([])
    assert frame.badge.startswith("running on: your ") and "own" not in frame.badge
    assert "all is blue" in frame.say and "20 of 40 points right" in frame.say


def test_the_still_picture_shows_the_scene():
    assert len(png(draw(session().frame.panels))) > 10_000


def test_copy_state_rebuilds_moved_points():
    figure = session(data="AND")
    figure.handle([{"type": "drag", "thing": "point 0", "x": 0.4, "y": 0.4}])
    given = eval(figure.frame.code.replace("widgets.neuron_playground", "dict"))
    assert session(**given).frame.say == figure.frame.say
