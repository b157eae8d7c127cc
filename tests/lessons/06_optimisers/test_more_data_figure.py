"""More data, more compute, a bigger model: its trainings, its clock, the guess, and what wrong functions do to it."""

import numpy as np
import pytest
import torch
from widgets_06_optimisers import measuring
from widgets_06_optimisers.curves import HANDLES, ONE, SEVEN, THREE, MoreData
from widgets_06_optimisers.measuring import begun, continued, data, held_out_accuracy, labelled

from course.figures.functions import Functions
from course.figures.reference import borrowed
from course.figures.scene import Line, Points, Whiskers
from course.figures.session import Session
from course.figures.static import draw, png

REFERENCE = borrowed(MoreData())
GUESS = [60.0, 80.0, 90.0, 95.0, 98.0]
QUICK = {"updates": 100, "guess": GUESS}


def session(namespace=None, reference=None, **state):
    return Session(MoreData(), namespace if namespace is not None else {}, reference, **state)


def functions_with(reference=REFERENCE, **theirs):
    return Functions(MoreData.uses, theirs, reference)


def plot(run):
    return next(panel for panel in run.frame.panels if panel.id == "curves")


def layers(run, kind):
    return [layer for layer in plot(run).layers if isinstance(layer, kind)]


def run_through(run):
    """Press Run and let the clock tick until it stops; the number of ticks."""
    run.handle([{"type": "press", "name": "playing"}])
    ticks = 0
    while run.state["playing"]:
        run.handle([{"type": "tick"}])
        ticks += 1
    return ticks


# --- the trainings ----------------------------------------------------------------------------------------


def test_the_digits_are_parted_once_and_no_digit_is_on_both_sides():
    X, y, X_held_out, y_held_out = data()
    assert (X.shape, y.shape, X_held_out.shape, y_held_out.shape) == ((1437, 64), (1437,), (360, 64), (360,))
    assert not {row.tobytes() for row in X} & {row.tobytes() for row in X_held_out}
    assert (X.min(), X.max()) == (0, 1)


def test_a_larger_training_set_holds_the_smaller_one_of_its_seed():
    small, large = labelled(50, 2)[0], labelled(200, 2)[0]
    np.testing.assert_array_equal(large[:50], small)
    assert not np.array_equal(labelled(50, 3)[0], small)


@pytest.mark.parametrize("reference", [REFERENCE, {}], ids=["borrowed", "without solutions"])
def test_updates_go_down_the_slope_that_autograd_finds(reference):
    """Nine updates on 70 digits: a pass of three portions, three times."""
    training, (X, y) = begun(70, 5, 1), labelled(70, 1)
    found = continued(training, 9, functions_with(reference))["params"]
    parts = [torch.tensor(part, dtype=torch.float64) for pair in training["params"] for part in pair]
    rng = np.random.default_rng((1, 0))
    for _ in range(3):
        order = rng.permutation(70)
        for rows in (order[:32], order[32:64], order[64:]):
            W1, b1, W2, b2 = parts = [part.requires_grad_() for part in parts]
            hidden = torch.clamp(torch.tensor(X[rows]) @ W1 + b1, min=0)
            log_probs = torch.log_softmax(hidden @ W2 + b2, dim=1)
            slopes = torch.autograd.grad(-log_probs[range(len(rows)), y[rows]].mean(), parts)
            parts = [(part - 0.3 * slope).detach() for part, slope in zip(parts, slopes, strict=True)]
    for part, expected in zip((part for pair in found for part in pair), parts, strict=True):
        np.testing.assert_allclose(part, expected.numpy(), atol=1e-10)


def test_a_training_counts_its_updates_even_over_many_passes():
    counted = []

    def sgd_step(params, grads, lr):
        counted.append(lr)
        return REFERENCE["sgd_step"](params, grads, lr)

    functions = functions_with(sgd_step=sgd_step)
    training = continued(continued(begun(20, 4, 1), 50, functions), 30, functions)
    assert counted == [0.3] * 80
    assert training["updates"] == 80
    assert len(training["curve"]) == 2


def test_a_training_in_portions_is_the_same_each_time():
    functions = functions_with()
    once, again = (continued(continued(begun(100, 16, 2), 50, functions), 50, functions) for _ in range(2))
    assert once == again
    other = continued(begun(100, 16, 3), 50, functions)
    assert other["params"] != continued(begun(100, 16, 2), 50, functions)["params"]


@pytest.mark.parametrize("k", [0, 3, 6])
def test_our_measured_curve_is_what_is_measured(k):
    functions = functions_with()
    found = []
    for seed in measuring.MEASURED_SEEDS:
        training = begun(measuring.SIZES[k], measuring.MEASURED_WIDTH, seed)
        for _ in range(measuring.MEASURED_UPDATES // 50):
            training = continued(training, 50, functions)
        found.append(100 * training["curve"][-1])
    assert np.mean(found) == pytest.approx(measuring.MEASURED[k], abs=1.0)  # other BLAS, other last digits


def test_accuracy_is_of_the_held_out_digits():
    seen = []
    functions = functions_with(accuracy=lambda probs, labels: seen.append((probs.shape, labels.tolist())) or 0.5)
    params = [(np.array(W), np.array(b)) for W, b in begun(20, 4, 1)["params"]]
    assert held_out_accuracy(params, functions) == 0.5
    assert seen == [((360, 10), data()[3].tolist())]


# --- the clock --------------------------------------------------------------------------------------------


def test_run_adds_a_dot_for_each_of_63_trainings():
    run = session(**QUICK)
    ticks = run_through(run)
    assert ticks == 63 * 2
    assert sum(len(dots.xy) for dots in layers(run, Points)) == 63
    assert sum(len(spans.spans) for spans in layers(run, Whiskers)) == 21
    assert run.frame.say.startswith("63 of 63 trainings, 100 updates each.")
    run.handle([{"type": "press", "name": "playing"}, {"type": "tick"}])
    assert not run.state["playing"]
    assert sum(len(dots.xy) for dots in layers(run, Points)) == 63


def test_pause_stops_within_one_tick_and_run_goes_on_from_there():
    run = session(guess=GUESS)
    run.handle([{"type": "press", "name": "playing"}, {"type": "tick"}, {"type": "press", "name": "playing"}])
    assert not run.state["playing"]
    assert plot(run).title == "Training 1 of 63: width 4, 20 digits, seed 1, update 50 of 1500"
    run.handle([{"type": "tick"}])
    assert "update 100 of 1500" in plot(run).title


def test_the_last_portion_is_as_small_as_it_must_be():
    run = session(guess=GUESS, updates=100, sizes=ONE, size=40, seeds=1, w4=False, w64=False)
    run.state = run.state | {"updates": 120}
    assert run_through(run) == 3
    assert run.state["_results"][0]["updates"] == 120


@pytest.mark.parametrize(
    ("given", "trainings"),
    [
        ({"sizes": THREE}, 27),
        ({"sizes": ONE, "size": 77}, 9),
        ({"sizes": THREE, "seeds": 1}, 9),
        ({"sizes": THREE, "seeds": 1, "w4": False}, 6),
        ({"w4": False, "w16": False, "w64": False}, 0),
    ],
)
def test_settings_say_how_many_trainings_there_are(given, trainings):
    run = session(**QUICK, **given)
    assert run_through(run) == (2 * trainings or 1)
    assert sum(len(dots.xy) for dots in layers(run, Points)) == trainings


def test_other_settings_keep_what_was_measured():
    run = session(**QUICK, sizes=THREE, seeds=1)
    run_through(run)
    before = run.frame.say
    run.handle([{"type": "set", "name": "updates", "value": 200}])
    assert run.frame.say.startswith("Our measurement")
    run.handle([{"type": "set", "name": "updates", "value": 100}])
    assert run.frame.say == before
    run.handle([{"type": "press", "name": "clear"}])
    assert run.state["_results"] == []


def test_a_training_under_way_is_dropped_when_it_is_no_longer_wanted():
    run = session(guess=GUESS)
    run.handle([{"type": "tick"}])
    run.handle([{"type": "set", "name": "w64", "value": False}])
    assert run.state["_training"] is not None
    run.handle([{"type": "set", "name": "w4", "value": False}])
    assert run.state["_training"] is None


# --- the guess --------------------------------------------------------------------------------------------


def test_nothing_runs_before_a_guess_is_drawn():
    run = session()
    assert run_through(run) == 1
    assert run.frame.strip == ["First draw your guess: pull the five handles to where you expect the curve. Then run."]
    assert run.state["_training"] is None


def test_the_guess_is_pulled_by_its_handles_and_kept_once_there_are_dots():
    run = session(updates=100, sizes=THREE, seeds=1)
    run.handle([{"type": "drag", "thing": "guess 4", "x": 900, "y": 97.31}])
    assert run.state["guess"] == [50, 50, 50, 50, 97.3]
    run.handle([{"type": "nudge", "thing": "guess 0", "dx": 0, "dy": 10}])
    assert run.state["guess"] == [60, 50, 50, 50, 97.3]
    assert run.frame.say.endswith("Your guess for width 64: 60, 50, 50, 50, 97 %.")
    run_through(run)
    assert plot(run).things == []
    run.handle([{"type": "drag", "thing": "guess 0", "x": 20, "y": 10}])
    assert run.state["guess"] == [60, 50, 50, 50, 97.3]


def test_the_guess_is_compared_with_what_was_measured():
    run = session(**QUICK, sizes=THREE)
    run_through(run)
    means = run.figure.compute(run.state, run.functions)["means"]
    guessed = np.interp(np.log([20, 200, 1437]), np.log(HANDLES), GUESS)
    off = np.abs(guessed - [means[size, 64][0] for size in (20, 200, 1437)]).mean()
    assert f"It was off by {off:.1f} points on average." in run.frame.say


# --- the picture and its words ----------------------------------------------------------------------------


def test_the_first_frame_shows_our_curve_and_its_date():
    run = session()
    assert run.frame.say.startswith(
        "Our measurement of 25 November 2026, width 16, 1500 updates: 66 % with 20, 92 % with 200, 97 % with 1437"
    )
    curve = layers(run, Line)[0]
    np.testing.assert_allclose(curve.xy, np.stack([measuring.SIZES, measuring.MEASURED], axis=-1), rtol=1e-6)


def test_each_axis_shows_the_same_trainings():
    run = session(**QUICK, sizes=THREE, seeds=2)
    run_through(run)
    means = run.figure.compute(run.state, run.functions)["means"]
    run.handle([{"type": "set", "name": "axis", "value": "parameters"}])
    lines = layers(run, Line)
    assert [len(line.xy) for line in lines] == [3, 3, 3]
    np.testing.assert_allclose(lines[1].xy[:, 0], [310, 1210, 4810])
    np.testing.assert_allclose(lines[1].xy[:, 1], [means[200, width][0] for width in (4, 16, 64)], rtol=1e-6)
    run.handle([{"type": "set", "name": "axis", "value": "updates"}])
    lines = layers(run, Line)
    assert [line.xy[:, 0].tolist() for line in lines] == [[50, 100]] * 3
    np.testing.assert_allclose(lines[2].xy[1, 1], means[1437, 64][0], rtol=1e-6)
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


def test_whiskers_reach_from_the_worst_to_the_best_seed():
    run = session(**QUICK, sizes=ONE, size=60, w4=False, w64=False)
    run_through(run)
    found = [100 * result["curve"][-1] for result in run.state["_results"]]
    assert layers(run, Whiskers)[0].spans[0, 1:].tolist() == pytest.approx([min(found), max(found)])


def test_copied_code_rebuilds_the_view():
    run = session(updates=300, sizes=THREE, w4=False, guess=GUESS, axis="updates")
    given = eval(run.frame.code.replace("widgets.more_data", "dict"))
    again = session(**given)
    assert again.frame.say == run.frame.say
    assert again.state["axis"] == "updates"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"guess": [1, 2]}, "guess must be None or a list of 5 numbers from 0 to 100"),
        ({"guess": [1, 2, 3, 4, "5"]}, "guess must be None or a list of 5 numbers"),
        ({"sizes": "many"}, "sizes must be one of"),
        ({"updates": 5000}, "updates must lie between 100 and 3000"),
    ],
)
def test_settings_that_cannot_be_are_named(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        session(**given)


# --- the goal ---------------------------------------------------------------------------------------------


def test_the_goal_names_the_smallest_set_that_reached_95_percent():
    run = session(guess=GUESS, sizes=SEVEN)
    assert run.frame.goal.progress == 0
    results = [
        {"size": size, "width": 16, "seed": 1, "updates": 1500, "curve": [accuracy]}
        for size, accuracy in ((100, 0.90), (400, 0.951), (800, 0.97))
    ]
    run.state = run.state | {"_results": results[:1]}
    run.handle([])
    assert run.frame.goal.progress == pytest.approx(0.9)
    run.state = run.state | {"_results": results}
    run.handle([])
    assert run.frame.goal.progress == 1
    assert run.frame.goal.text == "95 % with 400 labelled digits, at width 16. Can fewer do it?"


# --- your functions ---------------------------------------------------------------------------------------


def test_it_runs_on_your_functions():
    assert session(dict(REFERENCE)).frame.badge == (
        "running on: your minibatches · your network_gradients · your sgd_step · your accuracy"
    )
    assert session().frame.badge.count("our ") == 4


@pytest.mark.parametrize("as_generator", [False, True])
def test_labels_shuffled_apart_from_their_digits_end_near_chance(as_generator):
    def apart(X, y, size, rng):
        X, y = rng.permutation(X), rng.permutation(y)
        for start in range(0, len(X), size):
            yield X[start : start + size], y[start : start + size]

    wrong = apart if as_generator else lambda *given: list(apart(*given))
    settings = {"guess": GUESS, "updates": 300, "sizes": ONE, "size": 1437, "seeds": 2, "w4": False, "w16": False}
    run, right = session({"minibatches": wrong}, **settings), session(**settings)
    run_through(run), run_through(right)
    wrong_mean, right_mean = (
        one.figure.compute(one.state, one.functions)["means"][1437, 64][0] for one in (run, right)
    )
    assert wrong_mean < 25  # chance is 10
    assert right_mean > 90


def test_steps_uphill_learn_nothing():
    settings = {"guess": GUESS, "updates": 100, "sizes": ONE, "size": 400, "seeds": 1, "w4": False, "w64": False}
    wrong = {"sgd_step": lambda params, grads, lr: REFERENCE["sgd_step"](params, grads, -lr)}
    run = session(wrong, **settings)
    run_through(run)
    assert run.figure.compute(run.state, run.functions)["means"][400, 16][0] < 30


@pytest.mark.parametrize(
    ("name", "wrong", "sentence"),
    [
        ("minibatches", lambda X, y, size, rng: [X[:4]], "Each batch of your minibatches must be a pair (X, y)."),
        ("minibatches", lambda X, y, size, rng: [], "Your minibatches gave no batch; every sample must be in one."),
        ("minibatches", lambda X, y, size, rng: [(X[:4], y[:3])], "A batch of your minibatches has shapes (4, 64) and"),
        (
            "network_gradients",
            lambda X, labels, params: REFERENCE["network_gradients"](X, labels, params)[::-1],
            "Your network_gradients returned shape (4, 10); this figure needs (64, 4).",
        ),
        ("sgd_step", lambda params, grads, lr: None, "Your sgd_step must return 2 values; it returned NoneType."),
        (
            "accuracy",
            lambda probs, labels: probs.argmax(axis=1) == labels,
            "Your accuracy returned shape (360,); this figure needs ().",
        ),
    ],
)
def test_what_cannot_be_used_is_named_at_once_and_the_picture_stays(name, wrong, sentence):
    namespace = dict(REFERENCE)
    run = session(namespace, guess=GUESS)
    before = run.frame.panels
    namespace[name] = wrong
    run.handle([{"type": "tick"}])
    assert run.frame.strip[0].startswith(sentence)
    assert run.frame.panels is before
    assert not run.state["playing"]


# --- without solutions: the figure's own way --------------------------------------------------------------


def test_without_solutions_it_measures_the_same_and_says_whose_code_it_is():
    settings = {"guess": GUESS, "updates": 100, "sizes": THREE, "seeds": 1}
    borrowing, alone = session(**settings), session(reference={}, **settings)
    assert run_through(borrowing) == run_through(alone) == 18
    for one, other in zip(borrowing.state["_results"], alone.state["_results"], strict=True):
        assert other["curve"] == pytest.approx(one["curve"], abs=1 / 360)  # a digit between two classes
    until = "minibatches, network_gradients, sgd_step and accuracy"
    assert alone.frame.badge == f"running on: the figure's own code (until your {until} are written)"


@pytest.mark.parametrize("reference", [REFERENCE, {}], ids=["borrowed", "without solutions"])
def test_held_out_accuracy_is_the_share_of_right_digits(reference):
    params = [(np.array(W), np.array(b)) for W, b in continued(begun(400, 16, 1), 50, functions_with())["params"]]
    _, _, X, y = data()
    right = [np.argmax(np.clip(x @ params[0][0], 0, None) @ params[1][0] + params[1][1]) for x in X]
    params = [(params[0][0], 0 * params[0][1]), params[1]]
    assert held_out_accuracy(params, functions_with(reference)) == pytest.approx(np.mean(np.array(right) == y))


def unwritten(*_):
    raise NotImplementedError


def test_without_solutions_your_training_takes_over_when_all_three_are_written():
    theirs = dict.fromkeys(REFERENCE, unwritten) | {"accuracy": lambda probs, labels: 0.25}
    run = session(theirs, {}, guess=GUESS)
    own = "running on: your accuracy · the figure's own code (until your {} is written)"
    assert run.frame.badge == own.format("minibatches")  # the first that is met
    run.handle([{"type": "tick"}])
    assert run.state["_training"]["curve"] == [0.25]
    for name, missing in (("minibatches", "network_gradients"), ("network_gradients", "sgd_step")):
        theirs[name] = REFERENCE[name]
        assert run.handle([]).badge == own.format(missing)
    theirs["sgd_step"] = lambda params, grads, lr: [(0 * W, 0 * b) for W, b in params]
    run.handle([{"type": "tick"}])
    assert "own" not in run.frame.badge and run.frame.badge.count("your ") == 4
    assert not np.any(run.state["_training"]["params"][0][0])
