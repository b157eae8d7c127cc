"""Lesson 3: its reference solutions against torch, calculus and brute force, and the numbers of its text."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from autograder import inputs, integer_inputs
from course.data import breast_cancer

LESSON = "03_descent"


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


def measured_tumours():
    """The measurements as they are, and 1 for malignant."""
    data = breast_cancer()
    return data.X, (data.y == data.classes.index("malignant")).astype(int)


def tumours():
    """Learning half and unseen half as the text divides them, on one scale, 1 for malignant."""
    X, y = measured_tumours()
    scaler = StandardScaler().fit(X[::2])
    return scaler.transform(X[::2]), y[::2], scaler.transform(X[1::2]), y[1::2]


# --- an independent oracle for each exercise ----------------------------------------------------------------------


@given(shape=array_shapes(max_dims=3, max_side=5))
def test_mse_is_that_of_torch(solved, shape):
    y_hat, y = inputs("oracle y_hat", shape), inputs("oracle y", shape)
    assert np.isclose(solved.mse(y_hat, y), torch.nn.functional.mse_loss(tensor(y_hat), tensor(y)), rtol=1e-13)


@given(n=st.integers(1, 7), k=st.integers(2, 6))
def test_cross_entropy_is_the_negative_log_likelihood_of_torch(solved, n, k):
    probs = torch.softmax(tensor(inputs("oracle logits", (n, k), -5, 5)), dim=1)
    labels = integer_inputs("oracle labels", n, k)
    expected = torch.nn.functional.nll_loss(torch.log(probs), torch.tensor(labels))
    assert np.isclose(solved.cross_entropy(probs.numpy(), labels), expected, rtol=1e-12)


def test_cross_entropy_of_no_chance_at_all_is_the_logarithm_of_the_smallest_probability(solved):
    probs = np.array([[0.0, 1.0], [1e-13, 1.0], [1e-11, 1.0]])
    expected = (2 * 12 + 11) * math.log(10) / 3
    assert np.isclose(solved.cross_entropy(probs, np.array([0, 0, 0])), expected, rtol=1e-12)


@given(shape=array_shapes(max_dims=3, max_side=4))
def test_numerical_gradient_is_that_of_torch(solved, shape):
    x, weights = inputs("oracle x", shape), tensor(inputs("oracle weights", shape))

    def f(x):
        return (weights * torch.sin(x)).sum() + torch.exp(x.mean())

    leaf = tensor(x).requires_grad_()
    f(leaf).backward()
    ours = solved.numerical_gradient(lambda x: f(tensor(x)).item(), x, 1e-5)
    assert np.allclose(ours, leaf.grad, rtol=0, atol=1e-8)


def test_numerical_gradient_of_a_cubic_is_off_by_h_squared(solved):
    """(x+h)³ − (x−h)³ = 2h · (3x² + h²), exactly."""
    x = np.array([[1, -2], [3, 0]])
    for h in (0.5, 0.125):
        assert np.allclose(solved.numerical_gradient(lambda x: (x**3).sum(), x, h), 3 * x**2 + h**2, rtol=1e-12)


@given(d=st.integers(1, 5), steps=st.integers(0, 6))
def test_gradient_descent_is_that_of_torch(solved, d, steps):
    curvature, start = tensor(inputs("oracle curvature", (d, d))), inputs("oracle start", d)
    x = tensor(start).requires_grad_()
    optimiser, path = torch.optim.SGD([x], lr=0.05), [start]
    for _ in range(steps):
        optimiser.zero_grad()
        ((curvature @ x) ** 2).sum().backward()
        optimiser.step()
        path.append(x.detach().numpy().copy())
    ours = solved.gradient_descent(lambda x: 2 * curvature.numpy().T @ curvature.numpy() @ x, start, 0.05, steps)
    assert np.allclose(ours, path, rtol=1e-10)


@given(n=st.integers(1, 8), m=st.integers(1, 4), d=st.integers(1, 5))
def test_standardise_is_the_scaler_of_scikit_learn(solved, n, m, d):
    train, test = inputs("oracle train", (n, d), -3, 40), inputs("oracle test", (m, d), -3, 40)
    train[:, 0] = 7  # never varies
    scaler = StandardScaler().fit(train)
    ours = solved.standardise(train, test)
    assert np.allclose(ours[0], scaler.transform(train), atol=1e-12)
    assert np.allclose(ours[1], scaler.transform(test), atol=1e-12)


def loss_of_torch(X, y, w, b):
    return torch.nn.functional.binary_cross_entropy_with_logits(tensor(X) @ w + b, tensor(y))


@given(n=st.integers(1, 8), d=st.integers(1, 5))
def test_logistic_gradient_is_that_of_torch(solved, n, d):
    X, y, start = inputs("oracle X", (n, d)), integer_inputs("oracle classes", n, 2), inputs("oracle w", d)
    w, b = tensor(start).requires_grad_(), tensor(-0.4).requires_grad_()
    loss_of_torch(X, y, w, b).backward()
    dw, db = solved.logistic_gradient(X, y, start, -0.4)
    assert np.allclose(dw, w.grad, rtol=1e-11, atol=1e-14) and np.isclose(db, b.grad, rtol=1e-11, atol=1e-14)


def test_train_logistic_is_gradient_descent_of_torch(solved):
    X, y = inputs("oracle training", (9, 4)), integer_inputs("oracle training classes", 9, 2)
    w, b = torch.zeros(4, dtype=torch.float64, requires_grad=True), tensor(0.0).requires_grad_()
    optimiser = torch.optim.SGD([w, b], lr=0.3)
    for _ in range(20):
        optimiser.zero_grad()
        loss_of_torch(X, y, w, b).backward()
        optimiser.step()
    ours = solved.train_logistic(X, y, 0.3, 20)
    assert np.allclose(ours[0], w.detach(), rtol=1e-10) and np.isclose(ours[1], b.item(), rtol=1e-10)


def test_train_logistic_comes_to_what_scikit_learn_finds(solved):
    """Labels of overlapping classes: without a penalty there is one best neuron."""
    X = inputs("oracle optimum", (40, 2))
    y = (X[:, 0] + 2 * inputs("oracle noise", 40) > 0).astype(int)
    best = LogisticRegression(C=np.inf, tol=1e-10).fit(X, y)
    w, b = solved.train_logistic(X, y, 1.0, 3000)
    assert np.allclose(w, best.coef_[0], atol=1e-4) and np.isclose(b, best.intercept_[0], atol=1e-4)


@given(power=st.integers(-3, 60), name=st.sampled_from("abcd"))
def test_careful_step_takes_the_first_rate_that_leads_lower(solved, power, name):
    x, curvature = inputs(f"oracle careful {name}", 3), np.array([0.5, 3.0, 20.0])

    def f(x):
        return float(np.sum(curvature * x**2))

    gradient, lr = 2 * curvature * x, 2.0**power
    rates = [lr / 2**k for k in range(51)]
    lower = [x - rate * gradient for rate in rates if f(x - rate * gradient) < f(x)]
    assert np.array_equal(solved.careful_step(f, x, gradient, lr), lower[0] if lower else x)


# --- numbers worked by hand in the text ---------------------------------------------------------------------------

BY_HAND = {
    "(0.25 + 0 + 4) / 3  ≈  1.417": (lambda s: s.mse(np.array([2.5, 5, 6]), np.array([3.0, 5, 4])), 1.417),
    "−ln 0.7 ≈ 0.357        −ln 0.3 ≈ 1.204        mean ≈ 0.780": (
        lambda s: [
            *-np.log([0.7, 0.3]),
            s.cross_entropy(np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), np.array([0, 1])),
        ],
        [0.357, 1.204, 0.780],
    ),
    "Half sure costs 0.69. One in a hundred costs 4.6.": (
        lambda s: [round(-math.log(0.5), 2), round(-math.log(0.01), 1)],
        [0.69, 4.6],
    ),
    "For ten digits that is 2.30.": (
        lambda s: s.cross_entropy(np.full((3, 10), 0.1), np.array([0, 4, 9])).round(2),
        2.30,
    ),
    "=  -----------  =  6": (lambda s: s.numerical_gradient(lambda x: x[0] ** 2, np.array([3.0]), 0.1), [6]),
    "(9.61 − 9) / 0.1 = 6.1": (lambda s: (3.1**2 - 3**2) / 0.1, 6.1),
    "The two together, (4, 3)": (
        lambda s: s.numerical_gradient(lambda x: x[0] ** 2 + 3 * x[1], np.array([2.0, 1.0]), 1e-5),
        [4, 3],
    ),
    "For the 1210 weights of the digit network that is 2420 forward passes": (
        lambda s: [65 * 16 + 17 * 10, 2 * 1210],
        [1210, 2420],
    ),
    "=  2.4  →  2.4 − 0.1 · 4.8  =  1.92  →  1.536": (
        lambda s: s.gradient_descent(lambda x: 2 * x, np.array([3.0]), 0.1, 3)[:, 0],
        [3, 2.4, 1.92, 1.536],
    ),
    "With lr = 0.04 that factor is 0": (lambda s: ravine(s, 0.04, 1)[-1][1], 0),
    "each jump is at least as long as the last": (lambda s: np.abs(np.diff(ravine(s, 0.08, 3)[:, 1])), [2, 2, 2]),
    "have the mean 4 and the standard deviation √((4 + 0 + 4) / 3) ≈ 1.633": (
        lambda s: [np.mean([2, 4, 6]), np.std([2, 4, 6])],
        [4, 1.633],
    ),
    "They become −1.22, 0 and 1.22.": (
        lambda s: s.standardise(COLUMN, np.array([[8.0]]))[0].ravel().round(2),
        [-1.22, 0, 1.22],
    ),
    "(8 − 4) / 1.633 ≈ 2.45": (lambda s: s.standardise(COLUMN, np.array([[8.0]]))[1].ravel().round(2), [2.45]),
    "If the neuron said 0.8 and the truth is 1, the error is −0.2": (lambda s: 0.8 - 1, -0.2),
    "mean           dw = (0.5, −0.5)      db = 0": (
        lambda s: np.append(*s.logistic_gradient(np.array([[1.0, 2], [3, 0]]), np.array([1, 0]), np.zeros(2), 0.0)),
        [0.5, -0.5, 0],
    ),
    "No: ln 100 ≈ 4.6": (lambda s: round(math.log(100), 1), 4.6),
}
COLUMN = np.array([[2.0], [4.0], [6.0]])
TWO_SAMPLES = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])


def ravine(solved, lr, steps):
    return solved.gradient_descent(lambda x: np.array([1, 25]) * x, np.array([1.0, 1.0]), lr, steps)


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=0, atol=5.1e-4)


# --- what the text says of real data and of what breaks -----------------------------------------------------------


def test_the_tumours_are_those_the_text_describes(solved):
    X, y, _, y_unseen = tumours()
    assert (len(y) + len(y_unseen), X.shape[1]) == (569, 30)
    measured, _ = measured_tumours()
    assert measured.max() == 4254 and round(measured.mean(axis=0).min(), 3) == 0.004
    for said in (
        "For each of the 569",
        "30 numbers per tumour",
        "30 measurements each: areas up to 4254, and ratios around 0.004",
    ):
        assert said in solved.source


def test_about_96_per_cent_of_the_unseen_tumours_are_right(solved):
    assert "One neuron, and about 96 %." in solved.source
    X, y, X_unseen, y_unseen = tumours()
    w, b = solved.train_logistic(X, y, 0.5, 200)
    accuracy = np.mean((X_unseen @ w + b > 0) == y_unseen)
    assert 0.955 <= accuracy < 0.965


def losses(solved, lr, steps):
    X, y, _, _ = tumours()
    seen = []
    for n in range(steps + 1):
        w, b = solved.train_logistic(X, y, lr, n)
        p = solved.sigmoid(solved.weighted_sum(X, w, b))
        seen.append(solved.cross_entropy(np.stack([1 - p, p], axis=1), y))
    return seen


def test_a_step_too_long_overshoots_and_comes_back(solved):
    assert "the loss jumps from 0.69 to 1.24. It doesn't explode" in solved.source
    long, good, short = (losses(solved, lr, 59) for lr in (50, 0.5, 0.05))
    assert np.allclose(long[:2], [0.69, 1.24], atol=0.005) and long[-1] < good[-1]
    assert np.all(np.diff(good) < 0) and np.all(np.diff(short) < 0) and short[-1] > 2 * good[-1]


def test_without_a_common_ruler_no_rate_of_the_text_comes_near(solved):
    assert "with a usual learning rate their weights are thrown to and fro by hundreds" in solved.source
    X, y = measured_tumours()
    weights = [solved.train_logistic(X[::2], y[::2], 0.5, n)[0] for n in range(12)]
    assert np.abs(np.diff(weights, axis=0)).max() > 100
    for lr in (0.5, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7):
        w, b = solved.train_logistic(X[::2], y[::2], lr, 200)
        assert np.mean((X[1::2] @ w + b > 0) == y[1::2]) < 0.92
    assert np.all(X[1::2] @ w + b > 0) and "it calls every tumour malignant" in solved.source


def test_the_loss_on_unseen_tumours_turns_round_while_the_other_falls(solved):
    assert "it turns round after some 70 steps" in solved.source
    X, y, X_unseen, y_unseen = tumours()
    learned, unseen = [], []
    for n in range(1, 301, 10):
        w, b = solved.train_logistic(X, y, 0.5, n)
        for table, labels, losses_ in ((X, y, learned), (X_unseen, y_unseen, unseen)):
            p = solved.sigmoid(solved.weighted_sum(table, w, b))
            losses_.append(solved.cross_entropy(np.stack([1 - p, p], axis=1), labels))
    assert np.all(np.diff(learned) < 0)
    assert 50 <= 1 + 10 * np.argmin(unseen) <= 90 and unseen[-1] > 1.05 * min(unseen)


def test_the_thrown_ball_is_found_as_by_least_squares(solved):
    t, measured = np.array([0.1, 0.3, 0.5, 0.7, 0.9]), np.array([2.49, 3.12, 3.30, 3.02, 2.57])

    def misfit(state):
        return solved.mse(state[0] + state[1] * t - 0.5 * 9.81 * t**2, measured)

    path = solved.gradient_descent(lambda s: solved.numerical_gradient(misfit, s, 1e-5), np.zeros(2), 0.3, 200)
    best = np.linalg.lstsq(np.stack([np.ones(5), t], axis=1), measured + 0.5 * 9.81 * t**2, rcond=None)[0]
    assert np.allclose(path[-1], best, atol=0.005)


def test_central_differences_gain_a_hundred_where_one_sided_ones_gain_ten(solved):
    def error(h):
        central = solved.numerical_gradient(lambda x: math.exp(x[0]), np.array([1.0]), h)[0]
        return abs(central - math.e), abs((math.exp(1 + h) - math.e) / h - math.e)

    (central, one_sided), (finer_central, finer_one_sided) = error(1e-2), error(1e-3)
    assert 99 < central / finer_central < 101 and 9.9 < one_sided / finer_one_sided < 10.1
    best, best_one_sided = (min(range(1, 15), key=lambda k: error(10.0**-k)[side]) for side in (0, 1))
    assert 5 <= best <= 7 and best_one_sided == 8
    assert "10⁻⁵ to 10⁻⁷ with both sides, about 10⁻⁸ with one" in solved.source
