"""Lesson 1: its reference solutions against torch and brute force, and every number worked by hand in its text."""

from itertools import product

import numpy as np
import pytest
import torch

from autograder import inputs

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
