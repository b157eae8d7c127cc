"""Lesson 1: its reference solutions against torch and brute force, and every number worked by hand in its text."""

from itertools import product

import numpy as np
import pytest
import torch

from autograder import inputs
from autograder.cases.run import run_cases
from autograder.core.paths import lessons, solutions
from autograder.judging.verdicts import judge
from autograder.lesson.build import built
from tests.lessons.conftest import opened

LESSON = "01_neuron"
CORNERS = np.array(list(product([0.0, 1.0], repeat=2)))


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


# --- an independent oracle for each exercise ----------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 5, 3)])
def test_weighted_sum_is_a_linear_layer_of_torch(solved, shape):
    x, w = inputs("oracle x", shape), inputs("oracle w", 3)
    expected = torch.nn.functional.linear(tensor(x), tensor(w)[None], tensor([0.7]))[..., 0]
    assert np.allclose(solved.weighted_sum(x, w, 0.7), expected, rtol=1e-13)


def test_sigmoid_is_that_of_torch_also_far_out(solved):
    z = np.concatenate([inputs("oracle z", 50, -40, 40), [-1000.0, -745.0, 0.0, 710.0, 1000.0]])
    with np.errstate(all="raise", under="ignore"):
        assert np.allclose(solved.sigmoid(z), torch.sigmoid(tensor(z)), rtol=1e-13, atol=1e-300)


def test_relu_is_that_of_torch(solved):
    z = inputs("oracle relu", (4, 5), -3, 3)
    assert np.array_equal(solved.relu(z), torch.relu(tensor(z)))


@pytest.mark.parametrize("activation", [torch.sin, torch.tanh, torch.relu])
def test_neuron_is_the_activation_of_a_linear_layer(solved, activation):
    x, w = inputs("oracle neuron x", (6, 4)), inputs("oracle neuron w", 4)
    ours = solved.neuron(x, w, -0.3, lambda z: activation(tensor(z)).numpy())
    assert np.allclose(ours, activation(tensor(x) @ tensor(w) - 0.3), rtol=1e-13)


def test_the_gates_are_pythons_own_logic(solved):
    logic = {"AND": lambda p, q: p and q, "OR": lambda p, q: p or q, "NAND": lambda p, q: not (p and q)}
    for name, gate in logic.items():
        w, b = solved.logic_gates[name]
        assert [(x @ w + b > 0) for x in CORNERS] == [bool(gate(*map(bool, x))) for x in CORNERS]
        assert all(x @ w + b != 0 for x in CORNERS)


@pytest.mark.parametrize("y", [0, 1])
def test_a_perceptron_step_is_a_gradient_step_on_the_perceptron_loss(solved, y):
    """The loss max(0, −s·z) with s = ±1 has the gradient −s·x where the answer is wrong, and 0 elsewhere."""
    for x in inputs("oracle steps", (20, 3)):
        w, b = tensor(inputs("oracle start", 3)).requires_grad_(), tensor(0.2).requires_grad_()
        loss = torch.relu(-(2 * y - 1) * (tensor(x) @ w + b))
        loss.backward()
        new_w, new_b = solved.perceptron_step(x, y, w.detach().numpy(), 0.2, 0.3)
        assert np.allclose(new_w, (w - 0.3 * w.grad).detach(), rtol=1e-13)
        assert np.isclose(new_b, (b - 0.3 * b.grad).item(), rtol=1e-13)


def test_training_is_rosenblatts_rule_in_plain_python(solved):
    X, y = inputs("oracle X", (15, 2)), (inputs("oracle y", 15) > 0).astype(int)
    w, b = [0.0, 0.0], 0.0
    for _ in range(4):
        for (x1, x2), label in zip(X.tolist(), y.tolist(), strict=True):
            error = label - (1 if w[0] * x1 + w[1] * x2 + b > 0 else 0)
            w, b = [w[0] + 0.25 * error * x1, w[1] + 0.25 * error * x2], b + 0.25 * error
    ours = solved.train_perceptron(X, y, 4, 0.25)
    assert np.allclose(ours[0], w, rtol=1e-12) and np.isclose(ours[1], b, rtol=1e-12)


def test_no_line_does_better_on_xor(solved):
    """Every way to cut four corners by a line is found among these: they cut between all pairs, at all angles."""
    xor = np.array([0, 1, 1, 0])
    best = 0.0
    for angle in np.linspace(0, 2 * np.pi, 721):
        sums = CORNERS @ [np.cos(angle), np.sin(angle)]
        for cut in [-9.0, *(sums[:, None] + sums).ravel() / 2 + 1e-9]:
            best = max(best, np.mean((sums > cut) == xor))
    assert solved.xor_best_accuracy == best


def test_xor_from_gates_is_pythons_own_xor(solved):
    expected = [int(p) ^ int(q) for p, q in CORNERS]
    assert solved.xor_from_gates(CORNERS).tolist() == expected


# --- what beginners typed, and what they are told -----------------------------------------------------------------

LOOP = "def weighted_sum(x, w, b):\n    z = 0\n    for i in range({}):\n        z += {}\n{}return z + b"
STEP = "def perceptron_step(x, y, w, b, lr):\n    e = y - ({})\n    return w + lr * e * x, b + lr * e\n"
TRAIN = (
    "def train_perceptron(X, y, epochs, lr):\n    w, b = np.zeros({}), 0\n    for _ in range(epochs):\n"
    "        for x, t in zip(X, y):\n            w, b = perceptron_step({}, w, b, lr)\n    return w, b"
)
BY_IF = STEP.format("1 if weighted_sum(x, w, b) > 0 else 0")
GIVEN = "neuron(x, *logic_gates[{!r}], step)"
SUM = "def weighted_sum(x, w, b):\n    return {}"
SIGMOID = "def sigmoid(z):\n    return {}"
NEURON = "def neuron(x, w, b, activation):\n    return {}"
XOR = "def xor_from_gates(x):\n    return {}"

TYPED = [
    ("evidence", "def evidence(x1, x2, w1, w2, b):\n    z = x1 * w1 + x2 * w2 + b", "nothing-returned"),
    ("weighted_sum", LOOP.format("len(w)", "x[i] * w[i]", "    "), "one-sample-only"),
    ("weighted_sum", SUM.format("x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + b"), "one-sample-only"),
    ("weighted_sum", SUM.format("sum(p * q for p, q in zip(x, w)) + b"), "one-sample-only-in-pairs"),
    ("weighted_sum", LOOP.format("len(x)", "x[i] * w[i]", "    "), "one-sample-only-as-long-as-x"),
    ("weighted_sum", LOOP.format("len(x)", "x[i] * w[i]", "        "), "returns-inside-loop"),
    ("weighted_sum", LOOP.format("len(w)", "x[..., i] * w[i]", "        "), "returns-inside-loop-over-inputs"),
    ("sigmoid", SIGMOID.format("1 / 1 + np.exp(-z)"), "denominator-without-brackets"),
    ("sigmoid", SIGMOID.format("1 / (1 + np.exp(-z))"), "overflow"),
    ("sigmoid", SIGMOID.format("(1 + np.e ** (-z)) ** -1"), "overflow-in-power"),
    ("neuron", NEURON.format("activation(weighted_sum)"), "function-for-its-result"),
    ("neuron", NEURON.format("activation(weighted_sum)(x, w, b)"), "function-for-its-result"),
    ("train_perceptron", TRAIN.format("len(X)", "x, t"), "weight-per-sample"),
    ("train_perceptron", BY_IF + TRAIN.format("len(X)", "x, t"), "weight-per-sample"),
    ("train_perceptron", TRAIN.format("X.shape[1]", "X, y"), "whole-table-at-once"),
    ("train_perceptron", BY_IF + TRAIN.format("X.shape[1]", "X, y"), "whole-table-to-an-if"),
    ("xor_from_gates", XOR.format("(x[:, 0] + x[:, 1]) % 2"), "without-the-gates"),
    ("xor_from_gates", XOR.format("np.logical_xor(x[:, 0], x[:, 1]).astype(int)"), "without-the-gates"),
    ("xor_from_gates", XOR.format(GIVEN.format("OR")), "or-for-xor"),
]


def told(name, code):
    """What becomes of an exercise's visible cases when this code is run in the solved lesson."""
    exercise, names = opened(LESSON).exercises[name], dict(opened(LESSON).reference)
    exec(code, names)
    answers = built(solutions() / LESSON, lessons() / LESSON, held_out=False).answers[name]
    return judge(exercise, exercise.visible_cases, run_cases(exercise.visible_cases, name, names), answers), names


@pytest.mark.parametrize(("name", "code", "mistake"), TYPED)
def test_a_mistake_is_called_by_its_name_as_beginners_type_it(name, code, mistake):
    assert told(name, code)[0].mistake == mistake


def test_a_right_formula_that_overflows_is_called_right_first():
    result, _ = told("sigmoid", SIGMOID.format("1 / (1 + np.exp(-z))"))
    assert result.points == 1 and result.message.startswith("Your formula is right.")


def test_xor_may_be_made_of_the_gates_in_any_way_and_leaves_them_as_they_were():
    either, not_both = GIVEN.format("OR"), GIVEN.format("NAND")
    result, names = told("xor_from_gates", XOR.format(f"{either} * {not_both}"))
    assert result.verdict == "PASSED"
    assert names["logic_gates"] is opened(LESSON).reference["logic_gates"]


# --- numbers worked by hand in the text ---------------------------------------------------------------------------

UMBRELLA = np.array([2, 3]), -2.5
X, W = np.array([1, -2, 0.5]), np.array([-0.4, 0.3, 0.2])

BY_HAND = {
    "0.5 · 2  +  1 · 3  −  2.5  =  1.5": (lambda s: s.weighted_sum(np.array([0.5, 1]), *UMBRELLA), 1.5),
    "0.5 · 2 + 0 · 3 − 2.5 = −1.5": (lambda s: s.weighted_sum(np.array([0.5, 0]), *UMBRELLA), -1.5),
    "σ(0) = 1 / (1 + 1) = 0.5": (lambda s: s.sigmoid(np.array(0.0)), 0.5),
    "σ(2) ≈ 0.88": (lambda s: s.sigmoid(np.array(2.0)).round(2), 0.88),
    "σ(−2) ≈ 0.12": (lambda s: s.sigmoid(np.array(-2.0)).round(2), 0.12),
    "That number has 435 digits": (lambda s: np.floor(1000 / np.log(10)) + 1, 435),
    "relu(3) = 3, relu(0.5) = 0.5, relu(−2) = 0": (lambda s: s.relu(np.array([3, 0.5, -2])), [3, 0.5, 0]),
    "z = 1.5 gives σ(1.5) ≈ 0.82": (
        lambda s: s.neuron(np.array([0.5, 1]), *UMBRELLA, s.sigmoid).round(2),
        0.82,
    ),
    "| 0 | 1 | 0 | 1 | 1 |": (lambda s: gates_at(s, 0, 1), [0, 1, 1]),
    "| 0 | 0 | 0 | 0 | 1 |": (lambda s: gates_at(s, 0, 0), [0, 0, 1]),
    "| 1 | 0 | 0 | 1 | 1 |": (lambda s: gates_at(s, 1, 0), [0, 1, 1]),
    "| 1 | 1 | 1 | 1 | 0 |": (lambda s: gates_at(s, 1, 1), [1, 1, 0]),
    "−0.4 − 0.6 + 0.1 + 0.1  =  −0.8": (lambda s: s.weighted_sum(X, W, 0.1), -0.8),
    "+ 0.5 · (1, −2, 0.5)  =  (0.1, −0.7, 0.45)": (
        lambda s: s.perceptron_step(X, 1, W, 0.1, 0.5)[0],
        [0.1, -0.7, 0.45],
    ),
    "0.1 + 0.5  =  0.6": (lambda s: s.perceptron_step(X, 1, W, 0.1, 0.5)[1], 0.6),
    "0.1 + 1.4 + 0.225 + 0.6  =  2.325": (
        lambda s: s.weighted_sum(X, *s.perceptron_step(X, 1, W, 0.1, 0.5)),
        2.325,
    ),
    "measurements of 150 irises": (lambda s: iris_rows(), 150),
    "learning from 75 real flowers": (lambda s: len(range(0, iris_rows(), 2)), 75),
    "(0, 0), (0, 1), (1, 0), (1, 1) it is 0, 1, 1, 0": (lambda s: s.xor_from_gates(CORNERS), [0, 1, 1, 0]),
}


def gates_at(solved, x1, x2):
    x = np.array([x1, x2])
    return [solved.neuron(x, *solved.logic_gates[name], solved.step) for name in ("AND", "OR", "NAND")]


def iris_rows():
    from course.data import iris

    return len(iris().X)


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=0, atol=1e-12)
