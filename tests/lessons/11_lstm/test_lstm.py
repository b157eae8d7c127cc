"""Lesson 11: its reference solutions against torch, finite differences and brute force, and what its text claims."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from autograder import inputs
from tests.lessons.conftest import opened

LESSON = "11_lstm"


def tensor(array):
    return torch.tensor(np.ascontiguousarray(array), dtype=torch.float64)


def same(got, expected):
    """Equal to 1e-10, shapes included."""
    expected = expected.detach().numpy() if isinstance(expected, torch.Tensor) else np.asarray(expected)
    return np.shape(got) == expected.shape and np.allclose(got, expected, rtol=1e-10, atol=1e-10)


# --- an independent oracle for each exercise ----------------------------------------------------------------------


@st.composite
def sequences(draw):
    """X, h0, c0, none of them 0, Wx, Wh, b and dH of any shapes that fit."""
    n, t, d, hidden = (draw(st.integers(1, most)) for most in (4, 6, 4, 5))
    return (
        inputs("oracle X", (n, t, d)),
        inputs("oracle h0", (n, hidden)),
        inputs("oracle c0", (n, hidden)),
        inputs("oracle Wx", (d, 4 * hidden)),
        inputs("oracle Wh", (hidden, 4 * hidden)),
        inputs("oracle b", 4 * hidden),
        inputs("oracle dH", (n, t, hidden)),
    )


def torchs(X, h0, c0, Wx, Wh, b):
    """nn.LSTM with these parameters, in float64: the layer, its leaves and its outputs."""
    layer = nn.LSTM(X.shape[2], h0.shape[1], batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0[:], layer.weight_hh_l0[:] = tensor(Wx.T), tensor(Wh.T)
        layer.bias_ih_l0[:], layer.bias_hh_l0[:] = tensor(b), 0
    leaves = [tensor(X).requires_grad_(), tensor(h0[None]).requires_grad_(), tensor(c0[None]).requires_grad_()]
    return layer, leaves, layer(leaves[0], (leaves[1], leaves[2]))


@given(sequences())
def test_forwards_and_backwards_are_those_of_torch_and_gradients_reach_h0_and_c0(solved, given_sequence):
    *given_inputs, dH = given_sequence
    H, caches = solved.lstm_forward(*given_inputs)
    layer, (X, h0, c0), (theirs, _) = torchs(*given_inputs)
    assert same(H, theirs)
    theirs.backward(tensor(dH))
    dX, dh0, dc0, dWx, dWh, db = solved.lstm_backward(dH, caches)
    assert same(dX, X.grad) and same(dh0, h0.grad[0]) and same(dc0, c0.grad[0])
    assert same(dWx, layer.weight_ih_l0.grad.T) and same(dWh, layer.weight_hh_l0.grad.T)
    assert same(db, layer.bias_ih_l0.grad)
    assert np.abs(dh0).max() > 0 and np.abs(dc0).max() > 0


@given(sequences())
def test_a_step_is_that_of_torchs_cell(solved, given_sequence):
    X, h0, c0, Wx, Wh, b, dH = given_sequence
    h, c, cache = solved.lstm_step(X[:, 0], h0, c0, Wx, Wh, b)
    cell = nn.LSTMCell(X.shape[2], h0.shape[1], dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih[:], cell.weight_hh[:] = tensor(Wx.T), tensor(Wh.T)
        cell.bias_ih[:], cell.bias_hh[:] = tensor(b), 0
    x, before, held = (tensor(array).requires_grad_() for array in (X[:, 0], h0, c0))
    new_h, new_c = cell(x, (before, held))
    assert same(h, new_h) and same(c, new_c)
    dh, dc = dH[:, 0], dH[:, -1] * 0.5 + 1
    grads = torch.autograd.grad([new_h, new_c], [x, before, held, *cell.parameters()], [tensor(dh), tensor(dc)])
    dx, dh_prev, dc_prev, dWx, dWh, db = solved.lstm_step_backward(dh, dc, cache)
    for got, expected in zip((dx, dh_prev, dc_prev, dWx.T, dWh.T, db), grads, strict=False):
        assert same(got, expected)


def test_the_way_back_agrees_with_nudging(solved):
    given_inputs = dict(
        X=inputs("nudge X", (2, 3, 2)),
        h0=inputs("nudge h", (2, 3)),
        c0=inputs("nudge c", (2, 3)),
        Wx=inputs("nudge Wx", (2, 12)),
        Wh=inputs("nudge Wh", (3, 12)),
        b=inputs("nudge b", 12),
    )
    dH, step = inputs("nudge dH", (2, 3, 3)), 1e-6
    analytic = solved.lstm_backward(dH, solved.lstm_forward(**given_inputs)[1])
    for (name, value), gradient in zip(given_inputs.items(), analytic, strict=True):
        for index in np.ndindex(value.shape):
            nudged = {sign: value.copy() for sign in (1, -1)}
            for sign, array in nudged.items():
                array[index] += sign * step
            up, down = (np.sum(dH * solved.lstm_forward(**(given_inputs | {name: nudged[s]}))[0]) for s in (1, -1))
            assert math.isclose((up - down) / (2 * step), gradient[index], rel_tol=1e-5, abs_tol=1e-7), (name, index)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.RNN])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_is_read_from_torch_gives_equal_outputs(solved, kind, dtype):
    layer = kind(3, 4, batch_first=True, dtype=dtype)
    Wx, Wh, b = solved.from_torch(layer)
    X = inputs("read X", (2, 5, 3)).astype(Wx.dtype)
    theirs, _ = layer(torch.tensor(X))
    zeros = np.zeros((2, 4), Wx.dtype)
    if kind is nn.LSTM:
        H, _ = solved.lstm_forward(X, zeros, zeros, Wx, Wh, b)
    else:
        H, h = [], zeros
        for t in range(5):
            h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
            H.append(h)
        H = np.stack(H, axis=1)
    assert np.allclose(H, theirs.detach().numpy(), rtol=1e-5 if dtype is torch.float32 else 1e-10, atol=1e-6)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5))
def test_gru_step_is_that_of_torchs_cell(solved, n, d, hidden):
    cell = nn.GRUCell(d, hidden, dtype=torch.float64)
    x, h = inputs("gru x", (n, d)), inputs("gru h", (n, hidden))
    Wx, Wh, bx, bh = (parameter.detach().numpy().T for parameter in cell.parameters())
    assert same(solved.gru_step(x, h, Wx, Wh, bx, bh), cell(tensor(x), tensor(h)))


@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 60))
def test_batches_are_the_text_read_along_its_strips(solved, n, t, more):
    ids = np.arange(n * (t + 1) + more)
    batches = solved.text_batches(ids, n, t)
    length = len(ids) // n
    assert len(batches) == (length - 1) // t
    for row in range(n):
        read = [int(k) for x, _ in batches for k in x[row]]
        assert read == list(range(row * length, row * length + len(read)))
        assert [int(k) for _, y in batches for k in y[row]] == [k + 1 for k in read]


def test_perplexity_of_equal_chances_is_how_many_there_are(solved):
    for k in (1, 2, 27, 65):
        scores = torch.zeros(3, k, dtype=torch.float64)
        assert math.isclose(solved.perplexity(nn.functional.cross_entropy(scores, torch.zeros(3).long()).item()), k)


def test_a_new_writer_keeps_with_one_and_draws_the_rest(solved):
    model = solved.CharLSTM(list("abc"), 7)
    total = (model.lstm.bias_ih_l0 + model.lstm.bias_hh_l0).detach()
    assert total[7:14].tolist() == [1.0] * 7
    assert sum(parameter.numel() for parameter in nn.LSTM(64, 256).parameters()) == 329_728


def test_training_carries_numbers_and_no_history(solved):
    torch.manual_seed(0)
    model = solved.CharLSTM(list("abcd"), 8)
    batches = solved.text_batches(np.arange(200) % 4, 2, 5)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    scheduler = torch.optim.lr_scheduler.ConstantLR(optimiser, factor=1.0)
    losses = solved.train_text(model, batches * 4, optimiser, scheduler, 1.0)
    assert losses[-1] < 0.1 < 1 < losses[0]
    assert solved.generate(model, "abc", 8, 0.3, np.random.default_rng(0)) == "abcdabcdabc"


def test_generate_draws_with_the_models_probabilities(solved):
    torch.manual_seed(1)
    model = solved.CharLSTM(list("ab"), 4)
    rng = np.random.default_rng(2)
    seen = [solved.generate(model, "ab", 1, 0.5, rng)[-1] for _ in range(2000)]
    with torch.no_grad():
        scores, _ = model(torch.tensor([[0, 1]]))
    wanted = torch.softmax(scores[0, -1].double() / 0.5, dim=0)[1].item()
    assert abs(np.mean([letter == "b" for letter in seen]) - wanted) < 4 * math.sqrt(wanted * (1 - wanted) / 2000)


# --- what the text works out by hand ------------------------------------------------------------------------------


def one_cell(s, z=(0.0, 2.0, 1.0, -1.0), c=0.5):
    zeros = np.zeros((1, 1))
    return s.lstm_step(zeros, zeros, np.array([[c]]), np.zeros((1, 4)), np.zeros((1, 4)), np.array(z))


def one_cell_back(s, dh=1.0, dc=0.5):
    return s.lstm_step_backward(np.array([[dh]]), np.array([[dc]]), one_cell(s)[2])


def sigma(z):
    return 1 / (1 + math.exp(-z))


BY_HAND = {
    "i = σ(0) = 0.5     f = σ(2) = 0.881     g = tanh(1) = 0.762     o = σ(−1) = 0.269": (
        lambda s: [sigma(0), sigma(2), math.tanh(1), sigma(-1)],
        [0.5, 0.881, 0.762, 0.269],
    ),
    "c = 0.881 · 0.5 + 0.5 · 0.762 = 0.821": (lambda s: one_cell(s)[1].item(), 0.821),
    "h = 0.269 · tanh(0.821) = 0.182": (lambda s: one_cell(s)[0].item(), 0.182),
    "d = 0.5 + 1 · 0.269 · (1 − 0.676²) = 0.646": (
        lambda s: 0.5 + sigma(-1) * (1 - math.tanh(one_cell(s)[1].item()) ** 2),
        0.646,
    ),
    "To the old c goes 0.646 · 0.881 = 0.569": (lambda s: one_cell_back(s)[2].item(), 0.569),
    "To f: 0.646 · 0.5 = 0.323, and on to z: 0.323 · 0.881 · 0.119 = 0.034": (
        lambda s: one_cell_back(s)[5][1],
        0.034,
    ),
    "f           0.5      0.731    0.953    0.993": (
        lambda s: [sigma(b) for b in (0, 1, 3, 5)],
        [0.5, 0.731, 0.953, 0.993],
    ),
    "f to the 60 9e−19    7e−9     0.054    0.669": (
        lambda s: (
            [float(f"{sigma(b) ** 60 * scale:.0e}") for b, scale in ((0, 1e19), (1, 1e9))]
            + [sigma(b) ** 60 for b in (3, 5)]
        ),
        [9, 7, 0.054, 0.669],
    ),
    "64 · 256 + 256 · 256, and two biases of 4 · 256: 65 536 + 262 144 + 2048 = 329 728": (
        lambda s: 4 * (64 * 256 + 256 * 256) + 2 * 4 * 256,
        329_728,
    ),
    "e to the 1.6 is about 5": (lambda s: round(s.perplexity(1.6)), 5),
    "so it is 2.3 bits": (lambda s: round(1.6 / math.log(2), 1), 2.3),
    "0.9933 to the 500 is about 0.035": (lambda s: round(sigma(5) ** 500, 3), 0.035),
}


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=1e-3, atol=5e-4)


def test_the_strips_of_the_example(solved):
    batches = solved.text_batches(np.arange(11), 2, 2)
    letters = [["".join("abcdefghijk"[k] for k in row) for row in part] for pair in batches for part in pair]
    assert letters == [["ab", "fg"], ["bc", "gh"], ["cd", "hi"], ["de", "ij"]]
    assert "first batch      x = ab   y = bc        second batch     x = cd   y = de" in solved.source


# --- what its demos show ------------------------------------------------------------------------------------------


def test_both_kinds_of_layers_agree_with_torch(demo):
    nudged = re.findall(r"\de[-+]\d+", demo("largest relative difference")[0])
    assert len(nudged) == 6 and max(map(float, nudged)) < 1e-6
    compared = re.findall(r"\de[-+]\d+", demo("largest difference {there")[0])
    assert len(compared) == 4 and max(map(float, compared)) < 1e-12


@pytest.fixture(scope="module")
def task(solved):
    """The names that the demo cells of the memory task share, its trainings left out."""
    names, threads = vars(solved) | {"np": np, "torch": torch, "nn": nn}, torch.get_num_threads()
    exec(cell("def memory_batch").split("started, threads")[0], names)
    torch.set_num_threads(1)
    yield names
    torch.set_num_threads(threads)


def cell(text):
    return next(each.source for each in opened(LESSON).source.cells if "demo" in each.tags and text in each.source)


def test_a_small_forget_bias_fails_at_sixty_and_nothing_fails_at_five(task):
    right_after = task["right_after"]
    assert right_after(nn.LSTM, [60] * 500, 0, 1.0) < 0.4
    assert right_after(nn.RNN, [5] * 500, 0) > 0.99 and right_after(nn.LSTM, [5] * 500, 0, 1.0) > 0.99


def test_the_longest_copy_is_the_longest_part_that_stands_in_the_source():
    names = {}
    exec(cell("def longest_copy").split("source = plays.text")[0], names)
    for text, known in [("xxabcdyy", "zabcdz"), ("abc", "xyz"), ("banana", "ananas"), ("aab", "ab")]:
        parts = [text[i:j] for i in range(len(text)) for j in range(i, len(text) + 1) if text[i:j] in known]
        assert len(names["longest_copy"](text, known)) == max(map(len, parts))
        assert names["longest_copy"](text, known) in known
