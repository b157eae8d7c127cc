"""Lesson 8: its reference solutions against torch, finite differences and brute force, and what its text claims."""

import contextlib
import functools
import io
import re
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from autograder import inputs
from autograder.cases.run import run_cases
from autograder.judging.answer_key import merge
from autograder.judging.verdicts import judge
from autograder.lesson.source import library_module
from course.datasets import fetch
from tests.lessons.conftest import opened

LESSON = "08_convolution"


def tensor(array):
    return torch.tensor(np.ascontiguousarray(array), dtype=torch.float64)


def leaf(array):
    return tensor(array).requires_grad_()


def same(got, expected):
    """Equal to 1e-10, shapes included."""
    expected = expected.detach().numpy() if isinstance(expected, torch.Tensor) else np.asarray(expected)
    return np.shape(got) == expected.shape and np.allclose(got, expected, rtol=1e-10, atol=1e-10)


# --- an independent oracle for each exercise ----------------------------------------------------------------------


@st.composite
def layers(draw):
    """X, W, b of any shapes that fit, a stride and a padding."""
    n, c_in, c_out, kh, kw = (draw(st.integers(1, most)) for most in (3, 4, 4, 4, 4))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    h, w = (max(1, k - 2 * padding) + draw(st.integers(0, 6)) for k in (kh, kw))
    X, W = inputs("oracle X", (n, c_in, h, w)), inputs("oracle W", (c_out, c_in, kh, kw))
    return X, W, inputs("oracle b", c_out), stride, padding


@st.composite
def maps(draw):
    """X, and a size and a stride of windows that fit."""
    size, stride = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    h, w = (size + draw(st.integers(0, 5)) for _ in range(2))
    return inputs("oracle maps", (draw(st.integers(1, 3)), draw(st.integers(1, 4)), h, w)), size, stride


@given(st.integers(1, 20), st.integers(1, 7), st.integers(1, 5), st.integers(0, 3))
def test_output_size_counts_the_windows_that_fit(solved, n, k, stride, padding):
    if k <= n + 2 * padding:
        starts = [start for start in range(n + 2 * padding) if start % stride == 0 and start + k <= n + 2 * padding]
        found = solved.output_size(n, k, stride, padding)
        assert type(found) is int and found == len(starts)


@given(layers(), st.integers(0, 4))
def test_pad_is_that_of_torch(solved, layer, p):
    padded = solved.pad(layer[0], p)
    assert np.array_equal(padded, F.pad(tensor(layer[0]), (p, p, p, p)))
    assert solved.pad(layer[0].astype(np.uint8), p).dtype == np.uint8


@given(layers())
def test_both_convolutions_are_that_of_torch(solved, layer):
    X, W, b, stride, padding = layer
    expected = F.conv2d(tensor(X), tensor(W), tensor(b), stride, padding)
    assert same(solved.conv2d_loops(*layer), expected)
    assert same(solved.conv2d(*layer), expected)


@given(layers())
def test_im2col_is_the_unfold_of_torch(solved, layer):
    X, W, _, stride, padding = layer
    kernel = W.shape[2:]
    expected = F.unfold(tensor(X), kernel, padding=padding, stride=stride)
    assert np.array_equal(solved.im2col(X, *kernel, stride, padding), expected)


@given(layers())
def test_conv2d_backward_is_that_of_torch_for_a_random_upstream_gradient(solved, layer):
    X, W, b, stride, padding = layer
    leaves = [leaf(array) for array in (X, W, b)]
    out = F.conv2d(*leaves, stride, padding)
    dout = inputs("oracle dout", tuple(out.shape))
    out.backward(tensor(dout))
    for got, expected in zip(solved.conv2d_backward(dout, *layer), leaves, strict=True):
        assert same(got, expected.grad)


def nudged(f, x, h=1e-5):
    """The slope of f at each entry of x, by central differences."""
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[i] = h
        slopes[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return slopes


@pytest.mark.parametrize("stride, padding", [(1, 0), (2, 1), (3, 0), (1, 2)])
def test_conv2d_backward_agrees_with_finite_differences_of_the_loops(solved, stride, padding):
    arrays = [inputs("nudged X", (2, 2, 5, 4)), inputs("nudged W", (3, 2, 3, 2)), inputs("nudged b", 3)]
    dout = inputs("nudged dout", solved.conv2d_loops(*arrays, stride, padding).shape)
    for position, got in enumerate(solved.conv2d_backward(dout, *arrays, stride, padding)):

        def f(array, position=position):
            changed = [array if i == position else other for i, other in enumerate(arrays)]
            return np.sum(dout * solved.conv2d_loops(*changed, stride, padding))

        assert np.allclose(got, nudged(f, arrays[position]), rtol=1e-7, atol=1e-7)


@given(maps())
def test_max_pool_and_its_way_back_are_those_of_torch(solved, windows):
    X, size, stride = windows
    x = leaf(X)
    out = F.max_pool2d(x, size, stride)
    dout = inputs("oracle pool dout", tuple(out.shape))
    out.backward(tensor(dout))
    assert np.array_equal(solved.max_pool(X, size, stride), out.detach())
    assert same(solved.max_pool_backward(dout, X, size, stride), x.grad)


@given(maps())
def test_where_pixels_are_equally_large_no_message_is_lost_or_doubled(solved, windows):
    X, size, stride = windows
    X = np.round(X / 2)
    dout = inputs("oracle tie dout", solved.max_pool(X, size, stride).shape)
    dX = solved.max_pool_backward(dout, X, size, stride)
    assert np.allclose(dX.sum(axis=(2, 3)), dout.sum(axis=(2, 3)))
    x = leaf(X)
    F.max_pool2d(x, size, stride).backward(tensor(dout))
    assert same(dX, x.grad)  # torch gives all of it to the first one, and so do we


@pytest.mark.parametrize("size, stride", [(3, 2), (2, 2), (2, 3)])
def test_max_pool_backward_agrees_with_finite_differences(solved, size, stride):
    X = inputs("nudged map", (2, 2, 7, 6))
    dout = inputs("nudged pool dout", solved.max_pool(X, size, stride).shape)
    slopes = nudged(lambda X: np.sum(dout * solved.max_pool(X, size, stride)), X)
    assert np.allclose(solved.max_pool_backward(dout, X, size, stride), slopes, atol=1e-7)


@given(layers(), st.integers(1, 4))
def test_a_dilated_kernel_does_what_torch_calls_dilation(solved, layer, dilation):
    _, W, b, stride, _ = layer
    X = inputs("oracle dilated", (2, W.shape[1], 14, 15))
    expected = F.conv2d(tensor(X), tensor(W), tensor(b), stride, 0, dilation)
    assert same(solved.conv2d(X, solved.dilate(W, dilation), b, stride, 0), expected)


def test_gradients_of_float32_are_as_good_as_float32_is(solved):
    arrays = [inputs("single X", (4, 3, 9, 8)), inputs("single W", (5, 3, 3, 2)), inputs("single b", 5)]
    dout = inputs("single dout", (4, 5, 9, 9))
    exact = solved.conv2d_backward(dout, *arrays, 1, 1)
    single = [array.astype(np.float32) for array in (dout, *arrays)]
    for got, expected in zip(solved.conv2d_backward(*single, 1, 1), exact, strict=True):
        assert np.allclose(got, expected, rtol=1e-4, atol=1e-4)


# --- kernels, judged by what they do ------------------------------------------------------------------------------


@functools.cache
def answers():
    lesson = opened(LESSON)
    with library_module(lesson.library):
        return merge(lesson.visible_answers(), lesson.held_out_answers())


def told(name, **own):
    """The verdict on all cases of an exercise, with these names in place of the reference's."""
    lesson = opened(LESSON)
    exercise = lesson.exercises[name]
    return judge(exercise, exercise.cases, run_cases(exercise.cases, name, lesson.reference | own), answers()[name])


SOBEL, PREWITT = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]), np.array([[-1, 0, 1]] * 3)
SCHARR = np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]])
ONE = np.pad([[1.0]], 1)
GAUSS, GAUSS_5 = (np.outer(row, row) / sum(row) ** 2 for row in ([1, 2, 1], [1, 4, 6, 4, 1]))
CROSS, BOX = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]) / 5, np.ones((3, 3)) / 9
USUAL = {
    "edge": [SOBEL, PREWITT, SCHARR, SCHARR / 16, np.pad([[-1, 0, 1]], ((1, 1), (0, 0)))],
    "blur": [BOX, np.ones((5, 5)) / 25, GAUSS, GAUSS_5, CROSS],
    "sharpen": [6 * ONE - 5 * CROSS, 10 * ONE - 9 * BOX, 2 * ONE - BOX, 2 * ONE - GAUSS, 3 * ONE - 2 * CROSS],
}


@pytest.mark.parametrize("i", range(5))
@pytest.mark.parametrize("sign", [1, -1])
def test_the_usual_kernels_are_right_answers(i, sign):
    kernels = {"vertical": sign * USUAL["edge"][i], "horizontal": -sign * USUAL["edge"][-i].T}
    kernels |= {name: USUAL[name][i] for name in ("blur", "sharpen")}
    assert told("edge_kernels", edge_kernels=kernels).verdict == "PASSED"


@pytest.fixture(scope="module")
def photograph(demo):
    return demo("load_sample_image")[1]["photo"]


def neighbours_differ(picture):
    return sum(np.abs(np.diff(picture, axis=axis)).mean() for axis in (0, 1))


def filtered(photograph, kernel):
    return F.conv2d(tensor(photograph)[None, None], tensor(kernel)[None, None])[0, 0].numpy()


def test_two_thirds_and_one_and_a_half_leave_room_for_every_usual_blur_and_sharpener(solved, photograph):
    assert "at most two thirds as large with the one, and at least one and a half times as large" in solved.source
    for name, low, high in (("blur", 0, 0.62), ("sharpen", 1.6, 20)):
        for kernel in USUAL[name]:
            margin = len(kernel) // 2
            inner = photograph[margin:-margin, margin:-margin]
            assert low < neighbours_differ(filtered(photograph, kernel)) / neighbours_differ(inner) < high


def test_the_four_kernels_of_the_text_do_what_it_says(solved, photograph):
    kernels = solved.edge_kernels
    sums = {name: round(float(kernel.sum()), 12) for name, kernel in kernels.items()}
    assert sums == {"vertical": 0, "horizontal": 0, "blur": 1, "sharpen": 1}
    step = np.repeat([[0.0] * 4 + [1.0] * 4], 8, axis=0)
    for name, edge in product(("vertical", "horizontal"), (step, step.T)):
        silent = (edge is step) != (name == "vertical")
        assert (np.abs(filtered(edge, kernels[name])).max() == 0) == silent


# --- wrong answers that many will give ----------------------------------------------------------------------------


def test_a_slow_conv2d_is_told_that_it_is_slow_and_that_its_numbers_are_right(solved):
    result = told("conv2d", conv2d=solved.conv2d_loops)
    assert (result.verdict, result.mistake) == ("FAILED", "still-loops")
    assert [case.case.name for case in result.cases if case.verdict != "PASSED"] == ["twenty_times_as_fast_as_loops"]


def test_loops_behind_a_cache_are_slow_however_often_they_are_checked(solved):
    seen = {}

    def cached(X, W, b, stride=1, padding=0):
        key = X.tobytes(), W.tobytes(), b.tobytes(), stride, padding
        if key not in seen:
            seen[key] = solved.conv2d_loops(X, W, b, stride, padding)
        return seen[key].copy()

    for _ in range(3):
        result = told("conv2d", conv2d=cached)
        assert (result.verdict, result.mistake) == ("FAILED", "still-loops")


def torch_conv2d(X, W, b, stride, padding):
    return F.conv2d(tensor(X), tensor(W), tensor(b), stride, padding).numpy()


def by_autograd(dout, X, W, b, stride, padding):
    leaves = [leaf(array) for array in (X, W, b)]
    F.conv2d(*leaves, stride, padding).backward(tensor(dout))
    return tuple(part.grad.numpy() for part in leaves)


BOUGHT = {
    "conv2d_loops": torch_conv2d,
    "conv2d": torch_conv2d,
    "im2col": lambda X, kh, kw, stride, padding: F.unfold(tensor(X), (kh, kw), 1, padding, stride).numpy(),
    "conv2d_backward": by_autograd,
    "max_pool": lambda X, size, stride: F.max_pool2d(torch.as_tensor(X.copy()), size, stride).numpy(),
}


@pytest.mark.parametrize("name", BOUGHT)
def test_what_torch_has_ready_made_is_not_an_answer(name):
    result = told(name, **{name: BOUGHT[name]})
    assert (result.verdict, result.points, result.mistake) == ("FAILED", 0, "forbidden")


def test_nudging_is_no_way_back(solved):
    def by_nudging(dout, X, W, b, stride, padding):
        slopes = []
        for i, array in enumerate((X, W, b)):

            def f(changed, i=i):
                arrays = [changed if i == j else other for j, other in enumerate((X, W, b))]
                return np.sum(dout * solved.conv2d(*arrays, stride, padding))

            slopes.append(nudged(f, array * 1.0))
        return tuple(slopes)

    assert told("conv2d_backward", conv2d_backward=by_nudging).verdict == "FAILED"


# --- what the text says of learning -------------------------------------------------------------------------------


def numbers(line):
    return [float(number.replace(",", "")) for number in re.findall(r"-?[\d,]*\d\.?\d*(?:e-?\d+)?", line)]


def test_the_referee_finds_nothing(demo):
    differences = [numbers(line)[0] for line in demo("nudging")[0].splitlines()]
    assert len(differences) == 3 and max(differences) < 1e-7


def test_a_kernel_that_starts_at_0_finds_the_vertical_one_in_the_photograph(demo, photograph, solved):
    printed, names = demo("range(2001)")
    errors = [numbers(line)[1] for line in printed.splitlines() if line.startswith("step")]
    assert errors == sorted(errors, reverse=True) and errors[0] > 0.05 and errors[-1] < 1e-4
    assert np.allclose(names["W"][0, 0], solved.edge_kernels["vertical"], atol=0.05)


def test_descent_finds_a_kernel_of_five_by_five_as_well(demo, photograph):
    _, names = demo("load_sample_image")
    own = names["edge_kernels"]
    try:
        names["edge_kernels"] = own | {"vertical": np.array([[-2.0, -1, 0, 1, 2]] * 5)}
        errors = [numbers(line)[1] for line in demo("range(2001)")[0].splitlines() if line.startswith("step")]
        assert np.allclose(names["W"][0, 0], names["edge_kernels"]["vertical"], atol=0.1)
    finally:
        names["edge_kernels"] = own
    assert errors == sorted(errors, reverse=True) and errors[-1] < 1e-3 * errors[0]


def test_the_two_sides_of_the_tower_have_opposite_signs(demo, photograph):
    largest = filtered(photograph, SOBEL)
    assert largest.max() > 1.5 and largest.min() < -1.5


def test_padding_makes_the_strongest_edge_out_of_nothing_but_sky(demo):
    rows = [numbers(line) for line in demo("nothing but sky")[0].splitlines()]
    assert np.abs(rows[0]).min() >= 3 and np.abs(rows[-1]).min() >= 3
    assert not np.any(rows[1:-1])


def test_negative_answers_turn_bright_in_bytes(demo, photograph):
    _, names = demo("bytes_ =")
    negative = (names["true"] <= -1) & (names["true"] > -100)
    assert negative.sum() > 1000 and (names["wrapped"][negative] > 155).all()


def test_a_network_learns_too_where_messages_are_overwritten(demo):
    plus, careless = (numbers(line)[0] for line in demo("careless_backward")[0].splitlines())
    assert plus > 88 and careless > 85 and plus != careless


def test_with_the_stand_in_the_dense_layers_are_ahead_in_order_and_the_text_says_so(solved, monkeypatch):
    """The half of the long demo that tells; all of it, with either data, is run for the lesson's claims."""

    def nothing(file):
        raise fetch.Unavailable("there is no network in this test")

    monkeypatch.setattr(fetch, "content", nothing)
    lesson = opened(LESSON)
    (cell,) = (cell.source for cell in lesson.source.cells if "wandering" in cell.source and "demo" in cell.tags)
    halved = cell.replace(', ("shuffled", shuffle)]', "]")
    assert halved != cell
    names, printed = dict(lesson.reference), io.StringIO()
    with library_module(lesson.library), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        exec(halved, names)
    cnn, dense = numbers(printed.getvalue().splitlines()[-1])
    assert dense > cnn + 5 and "and the dense layers are ahead even in order" in solved.source
    assert len(names["learn"]) == 1198 and "The stand-in has 1198 digits to learn from" in solved.source


def test_the_shapes_of_the_small_cnn_are_those_of_its_table(solved):
    z = solved.conv2d(np.ones((50, 1, 28, 28)), np.ones((8, 1, 5, 5)), np.zeros(8), 1, 2)
    pooled = solved.max_pool(z, 4, 4)
    assert z.shape == (50, 8, 28, 28) and pooled.shape == (50, 8, 7, 7)
    assert pooled.reshape(50, -1).shape == (50, 392)


def test_the_table_of_cheques_is_that_of_the_shares_in_the_text(demo, solved):
    assert "82 % were read correctly, 1 % wrongly, and with 17 % the machine said" in solved.source
    right, wrong, to_a_person = (numbers(line)[0] for line in demo("cheques")[0].splitlines())
    assert (right, wrong, to_a_person) == (2_460_000, 30_000, 510_000)
    assert right + wrong + to_a_person == 3_000_000


# --- numbers worked by hand in the text ---------------------------------------------------------------------------

PICTURE, KERNEL = np.array([[[[1, 2, 0, 1], [0, 3, 1, 2], [2, 1, 0, 4]]]]), np.array([[[[1, -1], [0, 2]]]])
WINDOWS = np.array([[[[1, 2], [0, 1]], [[3, 0], [1, 1]]]]), np.array([[[[1, 0], [0, -1]], [[0, 2], [1, 0]]]])
MAP = np.array([[[[1, 3, 0, 2], [4, 2, 1, 1], [0, 1, 5, 0], [1, 0, 2, 3]]]])
ROW = np.array([[[[1.0, 2, 0, 1]]]]), np.array([[[[3.0, -1]]]]), np.zeros(1), 1, 0


def of_picture(s):
    return s.conv2d_loops(PICTURE, KERNEL, np.zeros(1), 1, 0)[0, 0]


def row_back(s, part):
    return s.conv2d_backward(np.array([[[[1.0, 0.5, 2]]]]), *ROW)[part].ravel()


def large(s):
    return s.conv2d(np.ones((1, 3, 64, 48)), np.ones((16, 3, 5, 5)), np.zeros(16), 2, 2)


BY_HAND = {
    "5   4   3\n    0  3  1  2        0   2       −1   2   7": (of_picture, [[5, 4, 3], [-1, 2, 7]]),
    "1·1 + 2·(−1) + 0·0 + 3·2 = 5": (lambda s: of_picture(s)[0, 0], 5),
    "2·1 + 0·(−1) + 3·0 + 1·2 = 4": (lambda s: of_picture(s)[0, 1], 4),
    "0·1 + 3·(−1) + 2·0 + 1·2 = −1": (lambda s: of_picture(s)[1, 0], -1),
    "n = 7, k = 3, s = 2: it starts at 0, 2 and 4": (lambda s: s.output_size(7, 3, 2, 0), 3),
    "it is ⌊5/2⌋ + 1 = 3": (lambda s: s.output_size(8, 3, 2, 0), 3),
    "With a kernel of 3 and a padding of 1 the result is as large": (lambda s: s.output_size(9, 3, 1, 1), 9),
    "For 5 one needs 2: in general (k − 1)/2": (lambda s: [s.output_size(9, k, 1, (k - 1) // 2) for k in (5, 7)], 9),
    "The first slice gives 1 − 1 = 0, the second 1, together 1, and with the bias 1.5": (
        lambda s: s.conv2d_loops(*WINDOWS, np.array([0.5]), 1, 0).item(),
        1.5,
    ),
    "covers 27 numbers": (lambda s: s.im2col(np.ones((1, 3, 3, 3)), 3, 3, 1, 0).shape, [1, 27, 1]),
    "top left        1   2   0   0   3   1\n    top right       2   0   1   3   1   2\n"
    "    bottom left     0   3   1   2   1   0\n    bottom right    3   1   2   1   0   4": (
        lambda s: s.im2col(PICTURE, 2, 2, 1, 0)[0],
        [[1, 2, 0, 0, 3, 1], [2, 0, 1, 3, 1, 2], [0, 3, 1, 2, 1, 0], [3, 1, 2, 1, 0, 4]],
    ),
    "(1, −1, 0, 2) times this matrix:  (5, 4, 3, −1, 2, 7)": (
        lambda s: KERNEL.ravel() @ s.im2col(PICTURE, 2, 2, 1, 0)[0],
        [5, 4, 3, -1, 2, 7],
    ),
    "784 · 784 weights, more than 600 000": (lambda s: round(784 * 784, -5), 600_000),
    "dx₁ = w₁·dy₀ + w₀·dy₁ = −1 + 1.5 = 0.5": (lambda s: row_back(s, 0)[1], 0.5),
    "All together dx = (3, 0.5, 5.5, −2)": (lambda s: row_back(s, 0), [3, 0.5, 5.5, -2]),
    "dw₀ = x₀·dy₀ + x₁·dy₁ + x₂·dy₂ = 1 + 1 + 0 = 2, and in the same way dw₁ = 2 + 0 + 2 = 4": (
        lambda s: row_back(s, 1),
        [2, 4],
    ),
    "db = 1 + 0.5 + 2 = 3.5": (lambda s: row_back(s, 2), 3.5),
    "4  2  1  1     →     4  2\n    0  1  5  0           1  5": (
        lambda s: s.max_pool(MAP, 2, 2)[0, 0],
        [[4, 2], [1, 5]],
    ),
    "a map of 28 by 28 becomes 14 by 14": (lambda s: s.max_pool(np.ones((1, 1, 28, 28)), 2, 2).shape, [1, 1, 14, 14]),
    "8 · 25 + 8 = 208": (lambda s: 8 * 25 + 8, 208),
    "392 · 10 + 10 = 3930": (lambda s: 8 * 7 * 7 * 10 + 10, 3930),
    "that type has no negative numbers: 3 − 5 is 254": (
        lambda s: np.array([3], np.uint8) - np.array([5], np.uint8),
        254,
    ),
    "covers 5 by 5 pixels and still has nine weights": (
        lambda s: [*s.dilate(np.ones((1, 1, 3, 3)), 2).shape[2:], s.dilate(np.ones((1, 1, 3, 3)), 2).sum()],
        [5, 5, 9],
    ),
    "⌊(64 + 4 − 5)/2⌋ + 1 = 32 and ⌊(48 + 4 − 5)/2⌋ + 1 = 24: (32, 16, 32, 24)": (
        lambda s: large(s).shape[1:],
        [16, 32, 24],
    ),
    "16 · (3 · 5 · 5) + 16 = 1216": (lambda s: 16 * (3 * 5 * 5) + 16, 1216),
    "3 × 3 × 3 = 27 weights": (lambda s: 3 * 3 * 3, 27),
}


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=0, atol=5.1e-4)
