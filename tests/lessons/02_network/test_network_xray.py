"""The network X-ray: its numbers against NumPy, every event, and what wrong functions do to it."""

from itertools import pairwise

import numpy as np
import pytest
from widgets_02_network.networks import CORNERS, held_out_digits, identity_network, part_names, random_network
from widgets_02_network.xray import NetworkXray

from course.digits_network import digits_network
from course.figures.session import Session
from course.figures.static import draw, png

START = (
    "Input (1.0, −1.0). Layer A: 1.00, dead, 2.00. Layer B: 3.00, 2.50, dead. "
    "Scores 1.00, 1.25. Class 1 with probability 0.56."
)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def dense(X, W, b):
    return X @ W + b


def forward(X, params):
    for W, b in params[:-1]:
        X = np.maximum(dense(X, W, b), 0)
    return softmax(dense(X, *params[-1]))


YOURS = {
    "dense": dense,
    "relu": lambda z: z * (z > 0),
    "softmax": softmax,
    "forward": forward,
    "collapse": lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2 + b2),
    "count_parameters": lambda sizes: sum(a * b + b for a, b in pairwise(sizes)),
}


def session(namespace=None, reference=None, **state):
    return Session(NetworkXray(), namespace if namespace is not None else {}, reference, **state)


def arrays(run):
    return run.figure.compute(run.state, run.functions)


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def node(run, name):
    return next(node for node in panel(run, "net").nodes if node.id == name)


def edge(run, name):
    return next(edge for edge in panel(run, "net").edges if edge.id == name)


def texts(table):
    return [[getattr(cell, "text", cell) for cell in row] for row in table.rows]


def shown(run, name):
    return next(value for control, value in run.frame.controls if control.name == name)


# --- the numbers ------------------------------------------------------------------------------------------


def test_the_first_frame_is_one_pass_with_all_numbers():
    run = session()
    assert run.frame.say == START
    assert run.frame.strip == []
    assert panel(run, "net").title == "29 weights and biases"


def test_all_numbers_are_those_of_a_pass_by_hand():
    found = arrays(session(x1=0.7, x2=2.1))
    below = np.array([0.7, 2.1])
    for layer, (W, b) in enumerate(random_network(59)):
        z = [sum(below[i] * W[i, j] for i in range(len(below))) + b[j] for j in range(len(b))]
        np.testing.assert_allclose(found["z"][layer], z, atol=1e-12)
        below = [max(value, 0.0) for value in z]
    e = np.exp(found["z"][-1])
    np.testing.assert_allclose(found["p"], e / e.sum(), atol=1e-12)


def test_one_step_of_an_input_changes_the_first_sums_by_its_weights():
    run = session()
    before = arrays(run)["z"][0]
    run.handle([{"type": "nudge", "thing": "input", "dx": 1, "dy": 0}])
    np.testing.assert_allclose(arrays(run)["z"][0] - before, 0.1 * random_network(59)[0][0][0], atol=1e-12)


def test_the_field_is_the_networks_answer_over_the_square():
    found = arrays(session())
    across = np.linspace(-3, 3, 41)
    X = np.array([[x1, x2] for x2 in across for x1 in across])
    np.testing.assert_allclose(found["field"].ravel(), forward(X, random_network(59))[:, 1], atol=1e-12)


def test_the_sum_of_the_selected_neuron_is_worked_out():
    run = session(selected="A2")
    W, b = random_network(59)[0]
    rows = texts(panel(run, "sum"))
    assert [row[0] for row in rows] == ["x₁", "x₂", "bias", "z, their sum", "a = relu(z)"]
    numbers = [float(row[2].replace("−", "-")) for row in rows]
    assert numbers[:3] == [W[0, 1], -W[1, 1], b[1]]
    assert sum(numbers[:3]) == numbers[3] == -0.5
    assert numbers[4] == 0


def test_the_selected_line_carries_its_product():
    run = session(selected="x1→A1")
    assert edge(run, "x1→A1").label == "W1[0, 0] · x₁ = 1.00 · 1.00 = 1.00"
    assert panel(run, "sum").title == "The sum of A1"


def test_probabilities_are_worked_out_too():
    rows = texts(panel(session(selected="p1"), "sum"))
    assert rows == [
        ["class 0", "1.00", "0.78", "0.44"],
        ["class 1", "1.25", "1.00", "0.56"],
        ["sum", "", "1.78", "1.00"],
    ]


def test_a_dead_neuron_is_hatched_and_its_outgoing_lines_fade():
    run = session()
    assert node(run, "A2").dead
    assert not node(run, "A1").dead
    assert all(one.faded == (one.source in ("A2", "B3")) for one in panel(run, "net").edges)


def test_every_random_network_has_something_to_show():
    X = np.array([[x1, x2] for x2 in np.linspace(-3, 3, 61) for x1 in np.linspace(-3, 3, 61)])
    for seed in range(59, 65):
        (W1, b1), (W2, b2), _ = params = random_network(seed)
        A = np.maximum(dense(X, W1, b1), 0)
        B = np.maximum(dense(A, W2, b2), 0)
        assert ((A > 0).sum(axis=1) + (B > 0).sum(axis=1) == 1).any()
        assert 0.1 < forward(X, params)[:, 1].mean() < 0.9


def test_the_identity_network_passes_positive_inputs_on():
    found = arrays(session(network="identity", x1=2.0, x2=0.5))
    np.testing.assert_allclose(found["z"][-1], [2.0, 0.5])
    assert forward(CORNERS, identity_network()).shape == (4, 2)


# --- events -----------------------------------------------------------------------------------------------


def test_the_input_is_dragged_in_steps_and_stays_in_the_square():
    run = session()
    run.handle([{"type": "drag", "thing": "input", "x": 1.234, "y": 9.0}])
    assert (run.state["x1"], run.state["x2"]) == (1.2, 3.0)


@pytest.mark.parametrize("name", ["x1", "x2"])
def test_inputs_are_set_by_their_sliders(name):
    run = session()
    run.handle([{"type": "set", "name": name, "value": 2.5}])
    assert arrays(run)["x"][int(name[1]) - 1] == 2.5


def test_a_selected_weight_is_set():
    run = session(selected="A3→B1")
    assert shown(run, "weight") == random_network(59)[1][0][2, 0]
    before = arrays(run)["z"][1]
    run.handle([{"type": "set", "name": "weight", "value": 2.0}])
    assert shown(run, "weight") == 2.0
    change = arrays(run)["z"][1] - before
    np.testing.assert_allclose(change, [(2.0 - random_network(59)[1][0][2, 0]) * 2.0, 0, 0])


def test_plus_and_minus_change_the_weight_of_a_line():
    run = session(selected="x1→A1")
    run.handle([{"type": "nudge", "thing": "x1→A1", "dx": 0, "dy": 1}])
    assert edge(run, "x1→A1").weight == pytest.approx(1.1)
    run.handle([{"type": "nudge", "thing": "x1→A1", "dx": 0, "dy": -3}])
    assert edge(run, "x1→A1").weight == pytest.approx(0.8)


@pytest.mark.parametrize("neuron", ["A1", "B2", "class 1"])
def test_a_bias_is_set_at_its_neuron(neuron):
    run = session(selected=neuron)
    before = shown(run, "weight")
    run.handle([{"type": "set", "name": "weight", "value": before + 1}])
    rows = {row[0]: row[2] for row in texts(panel(run, "sum"))}
    assert float(rows["bias"].replace("−", "-")) == before + 1


def test_a_bias_does_not_include_what_is_added_to_all_scores():
    run = session(selected="class 0", shift=5.0)
    assert shown(run, "weight") == random_network(59)[2][1][0]


def test_inputs_and_probabilities_have_nothing_to_set():
    for part in ("x1", "p0", "input", None):
        assert "weight" not in [control.name for control, _ in session(selected=part).frame.controls]


def test_adding_to_all_scores_leaves_the_probabilities():
    run = session()
    before = arrays(run)
    run.handle([{"type": "set", "name": "shift", "value": 5.0}])
    np.testing.assert_allclose(arrays(run)["z"][-1], before["z"][-1] + 5)
    np.testing.assert_allclose(arrays(run)["p"], before["p"], atol=1e-12)


@pytest.mark.parametrize("how", [{"type": "flip", "thing": "A1"}, {"type": "press", "name": "kill"}])
def test_a_killed_neuron_passes_nothing_on_and_can_be_revived(how):
    run = session()
    run.handle([how])
    assert run.state["killed"] == ["A1"]
    assert "Layer A: killed, dead, 2.00" in run.frame.say
    W, b = random_network(59)[1]
    np.testing.assert_allclose(arrays(run)["z"][1], np.array([0, 0, 2.0]) @ W + b)
    assert run.frame.strip == []
    run.handle([how])
    assert run.frame.say == START


def test_inputs_and_classes_cannot_be_killed():
    run = session()
    run.handle(
        [{"type": "flip", "thing": "x1"}, {"type": "flip", "thing": "class 0"}, {"type": "delete", "thing": "p0"}]
    )
    assert run.state["killed"] == []


def test_without_relu_the_collapsed_network_answers_the_same_everywhere():
    run = session()
    run.handle([{"type": "set", "name": "relu", "value": False}])
    deep = arrays(run)
    run.handle([{"type": "press", "name": "collapse"}])
    one = arrays(run)
    (W1, b1), (W2, b2), (W3, b3) = random_network(59)
    np.testing.assert_allclose(one["params"][0][0], W1 @ W2 @ W3)
    np.testing.assert_allclose(one["params"][0][1], (b1 @ W2 + b2) @ W3 + b3)
    np.testing.assert_allclose(one["field"], deep["field"], atol=1e-9)
    assert "are those of the deep network" in run.frame.say
    run.handle([{"type": "press", "name": "collapse"}])
    assert "Layer A" in run.frame.say


def test_with_relu_the_collapsed_network_answers_otherwise():
    run = session()
    run.handle([{"type": "press", "name": "collapse"}])
    assert "differ from the deep network's by up to" in run.frame.say
    assert arrays(run)["difference"] > 0.1


def test_killed_neurons_are_missing_from_the_collapsed_network_too():
    run = session(relu=False, killed=["A1", "B3"])
    run.handle([{"type": "press", "name": "collapse"}])
    assert arrays(run)["difference"] < 1e-9


def test_new_weights_are_others_and_forget_what_was_changed():
    run = session(edits={"A1": 2.0}, killed=["B1"])
    run.handle([{"type": "press", "name": "new"}])
    assert (run.state["seed"], run.state["edits"], run.state["killed"]) == (60, {}, [])
    assert edge(run, "x1→A1").weight == random_network(60)[0][0][0, 0]


def test_undo_and_reset():
    run = session()
    run.handle([{"type": "flip", "thing": "A1"}])
    run.handle([{"type": "undo"}])
    assert run.frame.say == START
    run.handle([{"type": "set", "name": "network", "value": "Digit"}])
    run.handle([{"type": "reset"}])
    assert run.frame.say == START


def test_the_copied_line_rebuilds_the_view():
    run = session(selected="A3→B1")
    run.handle([{"type": "set", "name": "weight", "value": 2.0}, {"type": "flip", "thing": "A1"}])
    names = {"widgets": type("widgets", (), {"network_xray": staticmethod(lambda **state: session(**state))})}
    assert eval(run.frame.code, names).frame.say == run.frame.say


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"x1": 4}, "x1 must lie between -3 and 3"),
        ({"network": "big"}, "network must be one of"),
        ({"edits": [1]}, "edits must be a dict"),
        ({"edits": {"A1": "x"}}, "edits must hold numbers"),
        ({"killed": "A1"}, "killed must be a list"),
        ({"pixels": [0.0]}, "pixels must be a list of 64"),
        ({"digit": 360}, "digit must be a whole number from 0 to 359"),
        ({"seed": -1}, "seed must be a whole number from 0"),
    ],
)
def test_settings_that_cannot_be_are_named(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        session(**given)


# --- XOR and the goals ------------------------------------------------------------------------------------


def test_the_preset_xor_is_the_learners_network():
    def xor_network():
        return [
            (np.full((2, 2), 2.0), np.array([0.0, -2.0])),
            (np.array([[0.0, 2.0], [0.0, -4.0]]), np.array([0.0, -2.0])),
        ]

    run = session({"xor_network": xor_network}, network="XOR")
    assert "your xor_network" in run.frame.badge
    assert edge(run, "x2→A1").weight == 2.0
    assert run.frame.goal.progress == 1
    assert panel(run, "net").title == "12 weights and biases"


def test_our_xor_network_does_not_reach_the_learners_goal():
    goal = session(network="XOR").frame.goal
    assert (goal.text, goal.progress) == ("Our xor_network gets 4 of the 4 corners right. Can yours?", 0.0)


def test_a_network_that_says_or_gets_three_corners():
    params = [(np.eye(2), np.zeros(2)), (np.array([[0.0, 4.0], [0.0, 4.0]]), np.array([0.0, -2.0]))]
    run = session({"xor_network": lambda: params}, network="XOR")
    assert run.frame.goal.progress == 0.75
    marks = panel(run, "plane").layers[1].marks
    assert marks.tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (None, "must return a list of pairs"),
        ([(np.eye(2),)], "must return a list of pairs"),
        ([(np.eye(3), np.zeros(3))], "In layer 1 your xor_network has W of shape (3, 3)"),
        ([(np.eye(2), np.zeros((2, 1)))], "and b of shape (2, 1)"),
        ([(np.ones((2, 2)), np.zeros(2)), (np.ones((2, 1)), np.zeros(1))], "end in two classes"),
        ([(np.ones((2, 2)), np.zeros(2))], "one or two hidden layers"),
    ],
)
def test_an_xor_network_that_is_none_is_named_and_the_picture_stays(returned, sentence):
    run = session({"xor_network": lambda: returned})
    before = run.frame.panels
    run.handle([{"type": "set", "name": "network", "value": "XOR"}])
    assert sentence in run.frame.strip[0]
    assert run.frame.panels is before


def test_goal_one_hidden_neuron_alive():
    run = session()
    assert run.frame.goal.progress == 0.25
    X = np.array([[x1, x2] for x2 in np.linspace(-3, 3, 61) for x1 in np.linspace(-3, 3, 61)])
    (W1, b1), (W2, b2), _ = random_network(59)
    A = np.maximum(dense(X, W1, b1), 0)
    alive = (A > 0).sum(axis=1) + (np.maximum(dense(A, W2, b2), 0) > 0).sum(axis=1)
    x1, x2 = X[np.flatnonzero(alive == 1)[0]]
    run.handle([{"type": "drag", "thing": "input", "x": x1, "y": x2}])
    assert run.frame.goal.progress == 1


def test_goal_xor_by_hand_with_two_neurons():
    edits = {"x2→A1": 1.0, "x1→A2": 1.0, "A2": -1.0, "A1→class 0": 0.0, "B1→class 0": 0.0, "B1→class 1": 1.0}
    edits |= {"B2→class 1": -2.0, "class 0": 0.5}
    run = session(network="identity", edits=edits)
    assert run.frame.goal.progress == 1
    assert run.frame.goal.text == "XOR: 4 of 4 corners right, with 2 and 2 hidden neurons alive on them."
    assert session(network="identity").frame.goal.progress < 1


# --- digits -----------------------------------------------------------------------------------------------


def test_a_held_out_digit_goes_through_the_trained_network():
    run = session(network="Digit")
    pixels, labels = held_out_digits()
    expected = forward(pixels, digits_network())
    np.testing.assert_allclose(arrays(run)["p"], expected[0], atol=1e-12)
    right = 100 * np.mean(expected.argmax(axis=1) == labels)
    assert f"Held-out digit {labels[0]}." in run.frame.say
    assert f"{right:.1f} % of 360 unseen digits are right" in run.frame.say
    assert panel(run, "net").title == "1210 weights and biases"
    np.testing.assert_allclose(panel(run, "p").values, expected[0], atol=1e-6)


@pytest.mark.parametrize("chosen", ["A1", "class 2"])
def test_the_five_largest_contributions_are_listed(chosen):
    run = session(network="Digit", selected=chosen)
    found = arrays(run)
    layer, i = (0, 0) if chosen == "A1" else (1, 2)
    inputs = found["x"] if layer == 0 else found["a"][0]
    products = inputs * digits_network()[layer][0][:, i]
    largest = products[np.argsort(-np.abs(products))]
    rows = texts(panel(run, "sum"))
    listed = [float(row[2].replace("−", "-")) for row in rows[:6]]
    np.testing.assert_allclose(listed, [*largest[:5], largest[5:].sum()], atol=0.006)
    assert rows[5][0] == f"{len(products) - 5} others"


@pytest.mark.parametrize("relu", [True, False])
@pytest.mark.parametrize("chosen", ["A2", "class 7"])
def test_the_picture_of_contributions_adds_up_to_the_sum(chosen, relu):
    run = session(network="Digit", selected=chosen, relu=relu, killed=["A3"])
    found = arrays(run)
    share = panel(run, "pixels").layers[0].values.sum() / 16
    (_, b1), (W2, b2) = digits_network()
    if chosen == "A2":
        assert share == pytest.approx(found["z"][0][1] - b1[1], abs=1e-3)
    else:
        alive = ((found["z"][0] > 0) | (not relu)) & (np.arange(16) != 2)
        assert share == pytest.approx(found["z"][1][7] - b2[7] - (b1 * alive) @ W2[:, 7], abs=1e-3)


def test_the_pad_is_inked_and_cleared():
    run = session(network="Digit")
    run.handle([{"type": "press", "name": "clear"}])
    assert not panel(run, "pad").values.any()
    run.handle([{"type": "ink", "panel": "pad", "cells": [[0, 1], [7, 7]], "value": 1}])
    assert np.flatnonzero(panel(run, "pad").values).tolist() == [1, 63]
    run.handle([{"type": "ink", "panel": "pad", "cells": [[7, 7]], "value": 0}])
    assert run.frame.say.startswith("Your drawing.")
    assert np.flatnonzero(panel(run, "pad").values).tolist() == [1]


def test_inking_starts_from_the_digit_that_is_shown():
    run = session(network="Digit")
    run.handle([{"type": "ink", "panel": "pad", "cells": [[0, 0]], "value": 1}])
    np.testing.assert_allclose(np.ravel(panel(run, "pad").values)[1:], held_out_digits()[0][0][1:], atol=1e-4)


def test_next_digit_goes_round():
    run = session(network="Digit", digit=359)
    run.handle([{"type": "press", "name": "new"}])
    assert run.state["digit"] == 0


def test_the_digit_network_collapses_without_relu():
    run = session(network="Digit", relu=False)
    run.handle([{"type": "press", "name": "collapse"}])
    assert arrays(run)["difference"] < 1e-9
    assert "over the 360 digits its probabilities are those" in run.frame.say


def test_killing_neurons_costs_digits():
    run = session(network="Digit")
    before = arrays(run)["right"]
    killed = session(network="Digit", killed=[f"A{i}" for i in range(1, 13)])
    assert arrays(killed)["right"] < before - 0.2


def test_names_of_the_parts():
    assert part_names([2, 3, 2]) == [["x1", "x2"], ["A1", "A2", "A3"], ["class 0", "class 1"]]
    assert part_names([64, 16, 10])[0][9] == "pixel 1,1"


# --- your functions ---------------------------------------------------------------------------------------


def test_it_runs_on_your_functions_and_agrees_with_your_forward():
    run = session(YOURS)
    assert run.frame.say == START
    assert set(run.frame.badge.removeprefix("running on: ").split(" · ")) == {
        f"your {name}" for name in ("dense", "relu", "softmax", "forward", "count_parameters")
    }
    assert run.frame.strip == []


def test_a_transposed_layer_is_named_with_its_shapes_and_the_picture_stays():
    namespace = dict(YOURS)
    run = session(namespace)
    before = run.frame.panels
    namespace["dense"] = lambda X, W, b: X @ W.T + b
    run.handle([{"type": "drag", "thing": "input", "x": 0, "y": 0}])
    assert "Your dense stopped: ValueError" in run.frame.strip[0]
    assert "2" in run.frame.strip[0]
    assert "3" in run.frame.strip[0]
    assert run.frame.panels is before


def test_a_layer_of_the_wrong_shape_is_named():
    run = session(YOURS | {"dense": lambda X, W, b: (X @ W + b).sum(axis=1)})
    assert run.frame.strip[0] == "Your dense returned shape (1,); this figure needs (1, 3)."
    assert run.frame.say == START


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("dense", lambda X, W, b: X @ W),
        ("relu", np.abs),
        ("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=0)),
    ],
)
def test_a_wrong_function_changes_the_picture(name, wrong):
    run = session(YOURS | {name: wrong})
    assert run.frame.say != START


def test_a_softmax_over_the_wrong_axis_is_noticed():
    run = session({"softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=0)})
    assert any("add up to 1" in line for line in run.frame.strip)


def test_a_forward_that_differs_is_noticed_and_the_picture_stays():
    def no_bend(X, params):
        for W, b in params[:-1]:
            X = X @ W + b
        return softmax(dense(X, *params[-1]))

    run = session(YOURS | {"forward": no_bend})
    assert run.frame.say == START
    assert run.frame.strip[0].startswith("Your forward says ")
    assert "one after the other, give" in run.frame.strip[0]


def test_a_forward_that_stops_is_named_and_the_picture_goes_on():
    def broken(X, params):
        raise IndexError("no such layer")

    run = session(YOURS | {"forward": broken})
    run.handle([{"type": "drag", "thing": "input", "x": 2, "y": 1}])
    assert run.frame.strip == ["Your forward stopped: IndexError: no such layer"]
    assert run.frame.say.startswith("Input (2.0, 1.0).")


def test_forward_agrees_when_neurons_are_killed_and_scores_shifted():
    run = session(YOURS, killed=["A1", "B2"], shift=3.0)
    assert run.frame.strip == []


def test_a_wrong_collapse_shows_in_the_difference():
    run = session(YOURS | {"collapse": lambda W1, b1, W2, b2: (W1 @ W2, b2)}, relu=False)
    run.handle([{"type": "press", "name": "collapse"}])
    assert "differ from the deep network's" in run.frame.say


def test_a_wrong_count_is_shown():
    run = session(YOURS | {"count_parameters": lambda sizes: sum(a * b for a, b in pairwise(sizes))})
    assert panel(run, "net").title == "21 weights and biases"


def test_unwritten_functions_are_stood_in_for():
    def unwritten(*_):
        raise NotImplementedError

    run = session(dict.fromkeys(YOURS, unwritten))
    assert run.frame.say == START
    assert "your" not in run.frame.badge


# --- without solutions: the figure's own way --------------------------------------------------------------

STATES = [
    {},
    {"relu": False},
    {"x1": -2.3, "x2": 0.4, "killed": ["A1", "B3"], "shift": 2.5, "edits": {"A3→B2": 4.0, "class 0": -1.0}},
    {"collapsed": True},
    {"collapsed": True, "relu": False, "killed": ["A3"], "shift": -1.0},
    {"network": "identity", "killed": ["A1", "A2", "A3"]},
    {"network": "Digit", "digit": 7},
    {"network": "Digit", "killed": ["A3", "A9"], "relu": False},
    {"network": "Digit", "collapsed": True},
    {"seed": 61},
]


@pytest.mark.parametrize("state", STATES)
def test_without_solutions_it_shows_the_same(state):
    borrowed, own = session(**state), session(reference={}, **state)
    one, other = arrays(borrowed), arrays(own)
    assert one.keys() == other.keys()
    for name in one:
        if name in ("names", "count", "whose"):
            assert one[name] == other[name]
        elif name == "params":
            for pair, its in zip(one[name], other[name], strict=True):
                for part, same in zip(pair, its, strict=True):
                    np.testing.assert_allclose(part, same, rtol=0, atol=1e-12)
        elif name in ("z", "a", "killed"):
            for part, same in zip(one[name], other[name], strict=True):
                np.testing.assert_allclose(part, same, rtol=1e-12, atol=1e-12)
        else:
            np.testing.assert_allclose(one[name], other[name], rtol=1e-9, atol=1e-12)
    assert borrowed.frame.say == own.frame.say and own.frame.strip == []
    assert "your" not in borrowed.frame.badge and "own code" not in borrowed.frame.badge
    assert own.frame.badge.startswith("running on: the figure's own code (until your dense, ")


def test_without_solutions_the_badge_names_what_is_still_to_be_written():
    badge = session({"dense": dense, "softmax": softmax, "collapse": YOURS["collapse"]}, {}).frame.badge
    assert badge == "running on: the figure's own code (until your relu and count_parameters are written)"
    assert session({"dense": dense, "softmax": softmax}, {}, relu=False).frame.badge.startswith("running on: your")


def test_without_solutions_the_preset_xor_is_a_start_that_gets_three_corners():
    run = session(reference={}, network="XOR")
    text = "The figure's own xor_network gets 3 of the 4 corners right. Can yours?"
    assert (run.frame.goal.text, run.frame.goal.progress) == (text, 0.0)
    assert "xor_network" in run.frame.badge
    assert session(YOURS, {}, network="XOR").frame.goal.text == text


def test_without_solutions_yours_takes_over_as_soon_as_it_is_written():
    def unwritten(*_):
        raise NotImplementedError

    namespace = dict.fromkeys(NetworkXray.uses, unwritten)
    run = session(namespace, {})
    assert run.frame.say == START and run.frame.strip == []
    namespace |= YOURS | {"relu": np.abs}
    frame = run.handle([])
    assert frame.say != START and "own" not in frame.badge and "your relu" in frame.badge
    namespace["forward"] = unwritten
    assert run.handle([]).strip == []


@pytest.mark.parametrize(
    "state", [{}, {"network": "XOR"}, {"network": "Digit"}, {"network": "Digit", "collapsed": True}]
)
def test_the_still_picture_can_be_drawn(state):
    assert png(draw(session(**state).frame.panels)).startswith(b"\x89PNG")
