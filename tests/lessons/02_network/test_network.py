"""Lesson 2: its reference solutions against torch and brute force, and the numbers worked by hand in its text."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from autograder import inputs

LESSON = "02_network"


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


def layers(name, sizes):
    shapes = enumerate(pairwise(sizes))
    return [(inputs(f"{name} W{i}", shape), inputs(f"{name} b{i}", shape[1])) for i, shape in shapes]


# --- an independent oracle for each exercise ----------------------------------------------------------------------


def test_dense_is_a_linear_layer_of_torch(solved):
    X, ((W, b),) = inputs("oracle X", (5, 4)), layers("oracle", [4, 3])
    assert np.allclose(solved.dense(X, W, b), torch.nn.functional.linear(tensor(X), tensor(W).T, tensor(b)), rtol=1e-13)


def test_softmax_is_that_of_torch_also_far_out(solved):
    z = np.concatenate([inputs("oracle z", (6, 4), -5, 5), [[1000.0, 0, -1000, 999], [-1000, -1000, -1001, -1000]]])
    with np.errstate(all="raise", under="ignore"):
        assert np.allclose(solved.softmax(z), torch.softmax(tensor(z), dim=-1), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("sizes", [[3, 2], [3, 5, 2], [4, 6, 3, 5, 2]])
def test_forward_is_a_sequence_of_torch_layers(solved, sizes):
    X, params = inputs("oracle forward", (7, sizes[0])), layers("oracle forward", sizes)
    modules = []
    for W, b in params:
        layer = torch.nn.Linear(*W.shape, dtype=torch.float64)
        layer.weight.data, layer.bias.data = tensor(W).T, tensor(b)
        modules += [layer, torch.nn.ReLU()]
    network = torch.nn.Sequential(*modules[:-1], torch.nn.Softmax(dim=-1))
    assert np.allclose(solved.forward(X, params), network(tensor(X)).detach(), rtol=1e-11)


def test_collapse_does_what_two_layers_of_torch_do(solved):
    (W1, b1), (W2, b2) = layers("oracle collapse", [3, 5, 2])
    first, second = torch.nn.Linear(3, 5, dtype=torch.float64), torch.nn.Linear(5, 2, dtype=torch.float64)
    first.weight.data, first.bias.data = tensor(W1).T, tensor(b1)
    second.weight.data, second.bias.data = tensor(W2).T, tensor(b2)
    W, b = solved.collapse(W1, b1, W2, b2)
    X = inputs("oracle collapse X", (6, 3))
    assert np.allclose(X @ W + b, second(first(tensor(X))).detach(), rtol=1e-12)


def test_the_xor_network_gets_all_corners_right_in_plain_python(solved):
    (W1, b1), (W2, b2) = (tuple(np.asarray(p).tolist() for p in layer) for layer in solved.xor_network())
    for p in (0, 1):
        for q in (0, 1):
            hidden = [max(0.0, p * W1[0][j] + q * W1[1][j] + b1[j]) for j in (0, 1)]
            no, yes = (hidden[0] * W2[0][k] + hidden[1] * W2[1][k] + b2[k] for k in (0, 1))
            assert (yes > no) == bool(p ^ q) and yes != no


def test_init_dense_has_the_mean_and_variance_it_promises(solved):
    W, b = solved.init_dense(200, 300, np.random.default_rng(3))
    n = W.size
    assert W.shape == (200, 300) and b.tolist() == [0.0] * 300
    assert abs(W.mean()) < 5 * np.sqrt(0.01 / n)
    assert abs(W.var() / 0.01 - 1) < 5 * np.sqrt(2 / n)


@pytest.mark.parametrize("sizes", [[2, 1], [64, 16, 10], [5, 4, 3, 2]])
def test_count_parameters_counts_those_of_torch(solved, sizes):
    network = torch.nn.Sequential(*(torch.nn.Linear(a, b) for a, b in pairwise(sizes)))
    assert solved.count_parameters(sizes) == sum(p.numel() for p in network.parameters())


def test_bump_is_a_triangle(solved):
    x = np.linspace(-4, 4, 81)
    assert np.allclose(solved.bump(x, 0.5, 1.5), np.interp(x, [-1, 0.5, 2], [0, 1, 0]), atol=1e-12)


# --- numbers worked by hand in the text ---------------------------------------------------------------------------

HIDDEN = np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([0.0, -1.0])
SCORES = np.array([[2.0, 0.0], [1.0, 3.0]]), np.array([0.0, 1.0])
SAMPLE = np.array([[1.0, 0.0]])

BY_HAND = {
    "e¹ ≈ 2.718, e² ≈ 7.389, e⁰ = 1. The sum is 11.107": (
        lambda s: [*np.exp([1, 2, 0]), np.exp([1, 2, 0]).sum()],
        [2.718, 7.389, 1, 11.107],
    ),
    "the probabilities are 0.245, 0.665 and 0.090": (
        lambda s: s.softmax(np.array([[1.0, 2.0, 0.0]])),
        [[0.245, 0.665, 0.090]],
    ),
    "=  (1, −2)": (lambda s: s.dense(SAMPLE, *HIDDEN), [[1, -2]]),
    "=  (2, 1)": (lambda s: s.dense(np.maximum(0, s.dense(SAMPLE, *HIDDEN)), *SCORES), [[2, 1]]),
    "=  (0.73, 0.27)": (lambda s: s.forward(SAMPLE, [HIDDEN, SCORES]).round(2), [[0.73, 0.27]]),
    "2 · (3x + 1) − 5 = 6x − 3": (
        lambda s: [float(p.item()) for p in s.collapse(*map(np.array, ([[3.0]], [1.0], [[2.0]], [-5.0])))],
        [6, -3],
    ),
    "For 8 inputs that is a variance of 0.25": (lambda s: 2 / 8, 0.25),
    "Half the size leaves about a thousandth": (lambda s: 0.5**10, 1 / 1000),
}


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=0, atol=5.1e-4)
