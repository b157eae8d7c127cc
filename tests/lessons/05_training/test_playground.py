"""Everything that can be done in the playground, without a browser: what TensorFlow Playground has, and more."""

import numpy as np
import pytest
from widgets_05_training.data import changed, place_of, sketch
from widgets_05_training.figure import Playground
from widgets_05_training.network import INPUTS, place_in_weights
from widgets_05_training.presets import PRESETS

from course.figures import Choice, Scrub
from course.figures.session import Session
from course.figures.static import draw, png
from course.figures.widget import FigureWidget

TICK = {"type": "tick"}
SOLVED = "Circle, 250 points to train on. Inputs x1, x2; hidden layers 4-2; tanh. Epoch 120:"


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Each tick does its whole epoch, however busy the machine."""
    monkeypatch.setattr("widgets_05_training.training.BUDGET", 60)


def session(**state):
    return Session(Playground(), {}, **({"more": True} | state))


def set_to(name, value):
    return {"type": "set", "name": name, "value": value}


def press(name):
    return {"type": "press", "name": name}


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def data_of(run):
    return changed(run.state, run.figure.parts(run.state, run.functions))


def arrays_of(run):
    return run.figure.compute(run.state, run.functions)


def control(run, name):
    return next(control for control, _ in run.frame.controls if control.name == name)


# --- the first picture ------------------------------------------------------------------------------------


def test_the_first_picture_is_a_solved_circle():
    run = session()
    assert run.frame.say.startswith(SOLVED)
    assert arrays_of(run)["accuracies"] == [1.0, 1.0]
    assert len(panel(run, "curves").layers[0].xy) > 50
    maps = panel(run, "network")
    assert maps.pictures.shape == (7 + 4 + 2 + 2, 60, 60)
    assert all(np.ptp(picture) > 100 for picture in maps.pictures)


# --- row by row as in TensorFlow Playground ---------------------------------------------------------------


def test_row_1_a_regression_has_one_linear_output_half_the_squared_error_and_no_accuracy():
    run = session(task="regression", data="plane")
    arrays, data = arrays_of(run), data_of(run)
    assert arrays["params"][-1][0].shape[1] == 1
    assert arrays["accuracies"] == [None, None]
    assert "accuracy" not in run.frame.say
    flat = session(task="regression", data="plane", start="zeros")
    assert arrays_of(flat)["losses"][0] == pytest.approx(0.5 * np.mean(data.y_train**2))


def test_row_1_the_task_is_switched_and_back():
    run = session()
    run.handle([set_to("task", "regression")])
    assert (run.state["data"], run.state["epoch"]) == ("plane", 0)
    run.handle([set_to("task", "classification")])
    assert run.state["data"] == "circle" and "accuracy" in run.frame.say


@pytest.mark.parametrize(
    ("task", "name", "count"),
    [
        *(("classification", name, 500) for name in ("circle", "xor", "gauss", "spiral")),
        *(("regression", name, 1200) for name in ("plane", "multi-gauss")),
    ],
)
def test_row_2_each_data_set_has_its_points_and_a_picture_to_click(task, name, count):
    run = session(task=task, data=name)
    assert len(data_of(run).X) == count
    shown = control(run, "data")
    assert len(shown.sketches[shown.options.index(name)]) > 100
    run.handle([TICK])
    assert run.state["epoch"] == 1


def test_row_2_the_pictures_of_the_sets_show_their_points():
    dots = sketch("classification", "gauss")
    classes = {dots[i] for i in range(0, len(dots), 3)}
    blue = [int(dots[i + 1], 36) for i in range(0, len(dots), 3) if dots[i] == "1"]
    assert classes == {"0", "1"} and min(blue) > 17


def test_row_3_noise_starts_anew_with_other_points():
    run = session()
    before = data_of(run)
    run.handle([set_to("noise", 50)])
    assert (run.state["epoch"], run.state["weights"]) == (0, None)
    assert not np.array_equal(data_of(run).y_train, before.y_train)
    noise = control(run, "noise")
    assert (noise.low, noise.high, noise.step) == (0, 50, 5)


@pytest.mark.parametrize("share", [10, 50, 90])
def test_row_4_the_share_to_train_on(share):
    run = session()
    run.handle([set_to("train_share", share)])
    data = data_of(run)
    assert (len(data.y_train), len(data.y_test)) == (5 * share, 500 - 5 * share)
    assert run.state["epoch"] == 0


def test_row_5_the_batch_size_needs_no_new_start():
    run = session()
    run.handle([set_to("batch", 30)])
    assert run.state["epoch"] == 120
    sizes = []

    def watched(X, labels, params):
        sizes.append(len(X))
        return [(0 * W, 0 * b) for W, b in params]

    watching = Session(Playground(), {"network_gradients": watched}, activation="relu", batch=30)
    watching.handle([TICK])
    assert sizes == [30] * 8 + [10]  # 250 points: the last batch is smaller and counts


def test_row_6_new_data_keeps_the_weights():
    run = session()
    before, weights = data_of(run), run.state["weights"]
    run.handle([press("new data")])
    assert run.state["weights"] == weights and run.state["epoch"] == 120
    assert not np.array_equal(data_of(run).X, before.X)


@pytest.mark.parametrize("name", ["x1²", "x2²", "x1x2", "sin x1", "sin x2"])
def test_row_7_each_input_is_switched_on_and_off(name):
    run = session()
    run.handle([{"type": "flip", "thing": name}])
    assert set(run.state["inputs"]) == {"x1", "x2", name}
    assert arrays_of(run)["params"][0][0].shape == (3, 4)
    assert name not in panel(run, "network").off
    run.handle([{"type": "flip", "thing": name}])
    assert run.state["inputs"] == ["x1", "x2"]


def test_row_7_one_input_always_stays():
    run = session()
    run.handle([{"type": "flip", "thing": "x1"}, {"type": "flip", "thing": "x2"}])
    assert run.state["inputs"] == ["x2"]


def test_row_8_layers_and_neurons_within_their_limits():
    run = session()
    for _ in range(8):
        run.handle([press("more layers")])
    assert run.state["layers"] == [4, 2, 2, 2, 2, 2]
    for _ in range(6):
        run.handle([press("more 1"), press("fewer 2")])
    assert run.state["layers"] == [8, 1, 2, 2, 2, 2]
    run.handle([TICK])
    for _ in range(7):
        run.handle([press("fewer layers")])
    assert run.state["layers"] == []
    assert "no hidden layer" in run.frame.say
    run.handle([TICK])


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "linear"])
def test_row_9_each_activation_trains_and_needs_no_new_start(activation):
    run = session()
    run.handle([set_to("activation", activation)])
    assert run.state["epoch"] == 120
    run.handle([press("restart"), TICK, TICK])
    assert f"; {activation}. Epoch 2" in run.frame.say


def test_row_10_every_learning_rate_and_no_new_start():
    lr = control(session(), "lr")
    assert (lr.low, lr.high, lr.log) == (1e-5, 10, True)
    run = session()
    run.handle([set_to("lr", 3)])
    assert run.state["epoch"] == 120
    small, large = session(weights=None, epoch=0, lr=1e-5), session(weights=None, epoch=0, lr=0.03)
    moves = []
    for one in (small, large):
        before = np.array(one.figure.weights(one.state))
        one.handle([TICK])
        moves.append(np.abs(np.array(one.state["weights"]) - before).max())
    assert moves[0] < 0.01 * moves[1]


@pytest.mark.parametrize(("penalty", "share"), [("L1", 0.5), ("L2", 0.0)])
def test_row_11_penalties_shrink_weights_and_l1_makes_zeros(penalty, share):
    plain, shrunk = (session(weights=None, epoch=0, penalty=p, penalty_rate=0.05) for p in ("none", penalty))
    for run in (plain, shrunk):
        run.handle([TICK] * 30)
    size = [sum(np.abs(W).sum() for W, _ in arrays_of(run)["params"]) for run in (plain, shrunk)]
    assert size[1] < 0.7 * size[0]
    zeros = np.concatenate([W.ravel() == 0 for W, _ in arrays_of(shrunk)["params"]]).mean()
    assert zeros > share if penalty == "L1" else zeros == 0
    assert control(shrunk, "penalty_rate").high == 10
    assert all(c.name != "penalty_rate" for c, _ in plain.frame.controls)


def test_row_12_play_pause_step_restart_and_the_counter():
    run = session(pace=3)
    run.handle([press("restart")])
    assert "Epoch 0" in run.frame.say
    run.handle([TICK])
    assert "Epoch 1:" in run.frame.say  # Step is one epoch
    run.handle([press("playing"), TICK | {"run": True}])
    assert run.frame.playing and "Epoch 4:" in run.frame.say
    run.handle([press("playing")])
    assert not run.frame.playing


def test_row_13_both_losses_as_numbers_and_as_labelled_curves():
    run = session()
    cells = panel(run, "numbers").rows[0]
    losses = arrays_of(run)["losses"]
    assert cells == ["loss", f"{losses[0]:.4f}", f"{losses[1]:.4f}"]
    curves = panel(run, "curves")
    assert [layer.label for layer in curves.layers] == ["test", "train"]
    assert curves.ylog and curves.xlabel == "epoch"
    assert curves.layers[1].xy[-1] == pytest.approx([120, losses[0]], abs=1e-3)


def test_row_13_a_long_run_keeps_few_points_and_the_last():
    run = session(weights=None, epoch=0, train_share=10, batch=30)
    run.handle([TICK] * 700)
    xy = panel(run, "curves").layers[1].xy
    assert len(xy) <= 301 and xy[0, 0] == 0 and xy[-1, 0] == 700


def test_row_14_each_neuron_is_the_picture_of_its_values():
    run = session()
    maps, arrays = panel(run, "network"), arrays_of(run)
    at = [name for layer in maps.layers for name in layer].index("A3")
    W, b = arrays["params"][0]
    x = np.linspace(-6, 6, 60)
    for i, j in ((0, 0), (20, 41), (59, 30)):
        value = np.tanh(x[j] * W[0, 2] + x[i] * W[1, 2] + b[2])
        assert maps.pictures[at, i, j] == pytest.approx(128 + 127 * value, abs=1)


def test_rows_15_and_17_lines_and_bias_marks_are_the_weights():
    run = session()
    maps, params = panel(run, "network"), arrays_of(run)["params"]
    np.testing.assert_allclose(maps.weights, np.concatenate([W.ravel() for W, _ in params]), rtol=1e-6)
    biases = maps.biases[~np.isnan(maps.biases)]
    np.testing.assert_allclose(biases, np.concatenate([b for _, b in params]), rtol=1e-6)
    assert np.isnan(maps.biases[:7]).all()


@pytest.mark.parametrize("part", ["x1→A1", "A4→B2", "B1→blue", "A2", "orange"])
def test_row_16_weights_and_biases_are_set_by_number_and_by_keys(part):
    run = session()
    run.handle([{"type": "select", "thing": part}])
    assert control(run, "weight").label == f"{'weight' if '→' in part else 'bias'} {part}"
    before = arrays_of(run)["field"]
    run.handle([set_to("weight", -1.5)])
    assert run.state["weights"][place_in_weights(part, run.state)] == -1.5
    assert np.abs(arrays_of(run)["field"] - before).max() > 0.01
    run.handle([{"type": "nudge", "thing": part, "dx": 0, "dy": 2}])
    assert run.state["weights"][place_in_weights(part, run.state)] == pytest.approx(-1.3)
    assert run.state["epoch"] == 120


def test_row_18_the_output_has_axes_a_field_and_the_points_to_train_on():
    output = panel(session(), "output")
    field, points = output.layers
    assert field.values.shape == (60, 60) and output.axes and output.title == "Output over x₁ and x₂"
    assert field.values.min() >= -1 and field.values.max() <= 1
    assert (len(points.xy), points.classes.sum()) == (250, (data_of(session()).y_train == 1).sum())


def test_row_19_test_points_and_discrete_output():
    run = session()
    run.handle([set_to("show_test", True)])
    assert [len(layer.xy) for layer in panel(run, "output").layers[1:]] == [250, 250]
    assert panel(run, "output").layers[1].dark
    run.handle([set_to("discretise", True)])
    assert set(np.unique(panel(run, "output").layers[0].values)) == {-1.0, 1.0}


def test_row_20_a_legend_says_what_the_colours_mean():
    words = [layer.text for layer in panel(session(), "legend").layers[1:]]
    assert words == ["orange −1", "0", "blue +1"]


def test_row_21_a_copied_line_rebuilds_the_view():
    run = session(seed=4)
    events = [
        {"type": "flip", "thing": "x1x2"},
        press("more 1"),
        set_to("lr", 0.1),
        set_to("penalty", "L2"),
        *[TICK] * 3,
        {"type": "drag", "thing": "point 3", "x": 1.0, "y": -2.0},
        {"type": "flip", "thing": "point 5"},
        {"type": "delete", "thing": "point 8"},
        {"type": "add", "panel": "output", "x": 0.5, "y": 0.5},
    ]
    run.handle(events)
    given = eval(run.frame.code.replace("widgets.playground", "dict"))
    rebuilt = session(**given)
    assert rebuilt.frame.code == run.frame.code
    assert rebuilt.frame.say == run.frame.say
    np.testing.assert_allclose(
        panel(rebuilt, "output").layers[0].values, panel(run, "output").layers[0].values, atol=0.01
    )
    assert session().frame.code == "widgets.playground()"


def test_row_22_any_control_can_be_hidden():
    names = [control.name for control, _ in session().frame.controls]
    assert len(names) >= 22
    for name in names:
        assert name not in [control.name for control, _ in session(hide=[name]).frame.controls]
    plain = session(hide=["layers", "inputs"])
    assert not panel(plain, "network").grows and panel(plain, "network").layers[0] == ["x1", "x2"]
    plain.handle([press("more 1"), {"type": "flip", "thing": "x1²"}])
    assert (plain.state["layers"], plain.state["inputs"]) == ([4, 2], ["x1", "x2"])


@pytest.mark.parametrize(
    ("event", "anew"),
    [
        *((set_to(*change), True) for change in (("data", "xor"), ("noise", 5), ("train_share", 60), ("start", "He"))),
        *((event, True) for event in (press("more 1"), press("fewer layers"), {"type": "flip", "thing": "x1²"})),
        *((set_to(*change), False) for change in (("activation", "relu"), ("batch", 5), ("penalty", "L1"), ("lr", 1))),
        *((set_to(*change), False) for change in (("dropout", 20), ("discretise", True), ("pace", 5), ("stop", 0.1))),
        (press("new data"), False),
    ],
)
def test_row_23_what_starts_the_training_anew_and_what_does_not(event, anew):
    run = session()
    run.handle([press("playing"), event])
    assert (run.state["weights"] is None, run.state["epoch"]) == ((True, 0) if anew else (False, 120))
    assert run.frame.playing is not anew


# --- and more ---------------------------------------------------------------------------------------------


def test_dragging_a_point_across_the_boundary_changes_the_train_loss():
    run = session()
    before = arrays_of(run)["losses"]
    data = data_of(run)
    outside = data.train[int(np.argmin(data.y_train))]
    run.handle([{"type": "drag", "thing": outside, "x": 0.0, "y": 0.0}])
    after = arrays_of(run)["losses"]
    assert after[0] > 1.2 * before[0] and after[1] == before[1]
    assert arrays_of(run)["accuracies"][0] < 1


def test_points_are_moved_by_keys_flipped_and_removed():
    run = session(show_test=True)
    name = data_of(run).train[0]
    x, y, label = place_of(name, run.state)
    run.handle([{"type": "nudge", "thing": name, "dx": 1, "dy": -10}])
    assert place_of(name, run.state)[:2] == pytest.approx([x + 0.1, y - 1], abs=2e-3)
    run.handle([{"type": "flip", "thing": name}])
    assert place_of(name, run.state)[2] == 1 - label
    run.handle([{"type": "delete", "thing": name}])
    assert place_of(name, run.state) is None and len(data_of(run).y_train) == 249
    run.handle([{"type": "undo"}])
    assert len(data_of(run).y_train) == 250


def test_points_are_added_and_drawn():
    run = session(data="your own")
    assert "0 points of your own" in run.frame.say
    run.handle([press("playing"), TICK])
    assert not run.frame.playing and "no point to train on" in run.frame.strip[0]
    run.handle([{"type": "add", "panel": "output", "x": 1.0, "y": 2.0}])
    assert (run.state["added"], run.state["selected"]) == ([[1.0, 2.0, 1.0]], "added 0")
    run.handle([set_to("brush", "orange")])
    assert panel(run, "output").draws
    run.handle([{"type": "stroke", "panel": "output", "points": [[x / 10, -3.0] for x in range(-20, 21)]}])
    drawn = np.array(run.state["added"])[1:]
    assert 6 <= len(drawn) <= 10 and (drawn[:, 2] == 0).all()
    run.handle([TICK])
    assert run.state["epoch"] == 1 and np.isfinite(arrays_of(run)["losses"][0])
    run.handle([{"type": "delete", "thing": "added 0"}])
    assert len(run.state["added"]) == len(drawn)


def test_new_weights_are_others_and_restart_has_the_same():
    run = session()
    first = run.figure.weights(run.state | {"weights": None})
    run.handle([press("restart")])
    assert run.figure.weights(run.state) == first and run.state["epoch"] == 0
    run.handle([press("new weights")])
    assert run.figure.weights(run.state) != first


def test_undo_takes_back_a_whole_run_and_reset_returns_to_the_first_picture():
    run = session()
    run.handle([press("restart"), press("playing"), *[TICK | {"run": True}] * 4, press("playing")])
    assert run.state["epoch"] == 4
    run.handle([{"type": "undo"}])
    assert run.state["epoch"] == 0
    run.handle([{"type": "reset"}])
    assert run.frame.say.startswith(SOLVED)


@pytest.mark.parametrize("name", list(PRESETS))
def test_each_preset_says_what_to_look_for_and_trains(name):
    run = session()
    run.handle([set_to("preset", name)])
    assert panel(run, "network").title == PRESETS[name].comment
    assert len(PRESETS[name].comment.split()) <= 25
    run.handle([TICK])
    assert run.state["epoch"] == 1
    assert session(preset=name).state | {"epoch": 1} == run.state | {
        key: session(preset=name).state[key] for key in ("weights", "_curve")
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"layers": [9]}, "widths from 1 to 8"),
        ({"layers": [1] * 7}, "up to 6"),
        ({"inputs": []}, "at least one of"),
        ({"weights": [1.0]}, "28 numbers"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"lr": 20.0}, "lr must lie between"),
        ({"data": "moon"}, "data must be one of"),
        ({"added": [[1, 2]]}, "three numbers each"),
        ({"hide": "lr"}, "hide must be a list"),
        ({"preset": "magic"}, "preset must be one of"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(given, said):
    with pytest.raises(ValueError, match=said):
        session(**given)


def test_every_set_control_can_be_given_from_the_start():
    run = session()
    for one, _ in run.frame.controls:
        if isinstance(one, Choice):
            assert session(**{one.name: one.options[-1 if one.name != "task" else 0]}).frame.panels
        elif isinstance(one, Scrub) and one.name != "weight":
            assert session(**{one.name: one.check(one.high)}).state[one.name] == one.high


def test_all_is_drawn_as_a_still_picture():
    for run in (session(show_test=True), session(preset="six bumps"), session(layers=[], inputs=list(INPUTS))):
        assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


def test_frames_ahead_are_one_tick_apart_and_come_in_one_message(monkeypatch):
    monkeypatch.setattr("course.figures.widget.LONGEST", 60)
    widget = FigureWidget(Playground(), weights=None, epoch=0)
    sent = []
    monkeypatch.setattr(widget, "send", lambda message, buffers: sent.append(message))
    widget._on_message(None, {"kind": "events", "client": "a", "id": 1, "events": [press("playing")]}, None)
    tick = {"kind": "events", "client": "a", "id": 2, "events": [TICK | {"run": True}], "ahead": 3}
    widget._on_message(None, tick, None)
    frames = [message["frames"] for message in sent]
    assert [len(some) for some in frames] == [1, 4]
    said = [frame["say"] for some in frames for frame in some]
    assert [int(words.split("Epoch ")[1].split(":")[0]) for words in said] == [0, 1, 2, 3, 4]
    widget._on_message(None, tick, None)  # asked again: the same frame, no training
    assert [frame["say"] for frame in sent[-1]["frames"]] == said[-1:]
    pause = [press("playing")]
    widget._on_message(None, {"kind": "events", "client": "a", "id": 3, "events": pause, "ahead": 3}, None)
    assert [frame["playing"] for frame in sent[-1]["frames"]] == [False]


def test_a_beginner_sees_six_controls_and_a_setting_that_needs_another_opens_the_rest():
    plain = Session(Playground(), {})
    names = [control.name for control, _ in plain.frame.controls]
    assert names == ["playing", "restart", "activation", "fewer layers", "more layers", "more", "data", "lr"]
    assert not Session(Playground(), {}, preset="one line").state["more"]
    assert Session(Playground(), {}, preset="spiral").state["more"] and Session(Playground(), {}, noise=5).state["more"]
    opened = plain.handle([set_to("more", True), set_to("noise", 10), set_to("more", False)])
    assert len(opened.controls) == 8 and plain.state["noise"] == 10
