"""Lesson 10: its reference solutions against torch, finite differences and brute force, and what its text claims."""

import functools
import itertools
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder import inputs
from autograder.cases.run import run_cases
from autograder.core.paths import lessons, solutions
from autograder.judging.verdicts import judge
from autograder.lesson.build import built
from tests.lessons.conftest import opened

LESSON = "10_rnn"


def tensor(array):
    return torch.tensor(np.ascontiguousarray(array), dtype=torch.float64)


def leaf(array):
    return tensor(array).requires_grad_()


def same(got, expected):
    """Equal to 1e-10, shapes included."""
    expected = expected.detach().numpy() if isinstance(expected, torch.Tensor) else np.asarray(expected)
    return np.shape(got) == expected.shape and np.allclose(got, expected, rtol=1e-10, atol=1e-10)


# --- an independent oracle for each exercise ----------------------------------------------------------------------


@given(st.lists(st.text(), min_size=1))
def test_a_vocabulary_is_strictly_increasing_and_holds_what_occurs(solved, texts):
    vocabulary = solved.build_vocabulary(texts)
    assert all(a < b for a, b in itertools.pairwise(vocabulary))
    assert all((c in vocabulary) == any(c in text for text in texts) for c in {*vocabulary, *"".join(texts), "a"})


@given(st.text(min_size=1), st.randoms())
def test_decode_undoes_encode_in_a_vocabulary_of_any_order(solved, text, random):
    vocabulary = sorted(set(text))
    random.shuffle(vocabulary)
    ids = solved.encode(text, vocabulary)
    assert ids.dtype.kind == "i" and [vocabulary[i] for i in ids] == list(text)
    assert solved.decode(ids, vocabulary) == solved.decode(list(ids), vocabulary) == text


@given(st.text(alphabet="abc"), st.text(alphabet="abc"), st.characters(exclude_characters="abc'\\"))
def test_an_unknown_character_is_refused_by_name(solved, before, after, character):
    with pytest.raises(ValueError) as refused:
        solved.encode(before + character + after, ["c", "a", "b"])
    assert repr(character) in str(refused.value)


@st.composite
def recurrent(draw):
    """X, h0, Wx, Wh, b of any shapes that fit, the initial state not 0."""
    n, t, d, hidden = (draw(st.integers(1, most)) for most in (4, 7, 5, 5))
    name, size = f"oracle {draw(st.integers(0, 9))}", draw(st.sampled_from([0.3, 1.0, 2.0]))
    shapes = {"X": (n, t, d), "h0": (n, hidden), "Wx": (d, hidden), "Wh": (hidden, hidden), "b": hidden}
    return [inputs(f"{name} {part}", shape, -size, size) for part, shape in shapes.items()]


def torchs(X, h0, Wx, Wh, b):
    """nn.RNN with these weights: H, and the leaves that get gradients, in the order of ours."""
    layer = torch.nn.RNN(Wx.shape[0], Wx.shape[1], batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(layer.parameters(), (Wx.T, Wh.T, b, 0 * b), strict=True):
            parameter.copy_(tensor(value))
    x, start = leaf(X), leaf(h0[None])
    H, _ = layer(x, start)
    return H, (x, start, layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0)


@given(recurrent())
def test_forwards_and_backwards_through_time_are_those_of_torch(solved, arrays):
    expected, (x, start, Wx, Wh, b) = torchs(*arrays)
    H, caches = solved.rnn_forward(*arrays)
    assert same(H, expected)
    dH = inputs("oracle dH", H.shape)
    expected.backward(tensor(dH))
    wanted = x.grad, start.grad[0], Wx.grad.T, Wh.grad.T, b.grad
    assert torch.any(start.grad != 0)
    for got, gradient in zip(solved.rnn_backward(dH, caches), wanted, strict=True):
        assert same(got, gradient)


@given(recurrent())
def test_a_step_and_its_way_back_are_those_of_autograd(solved, arrays):
    step = [arrays[0][:, 0], *arrays[1:]]
    leaves = x, h, Wx, Wh, b = [leaf(array) for array in step]
    expected = torch.tanh(x @ Wx + h @ Wh + b)
    new, cache = solved.rnn_step(*step)
    assert same(new, expected)
    dh = inputs("oracle dh", new.shape)
    expected.backward(tensor(dh))
    for got, part in zip(solved.rnn_step_backward(dh, cache), leaves, strict=True):
        assert same(got, part.grad)


def nudged(f, x, h=1e-5):
    """The slope of f at each entry of x, by central differences."""
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[i] = h
        slopes[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return slopes


def example(n=3, t=4, d=2, hidden=5):
    shapes = {"X": (n, t, d), "h0": (n, hidden), "Wx": (d, hidden), "Wh": (hidden, hidden), "b": hidden}
    return [inputs(f"example {part}", shape, -0.8, 0.8) for part, shape in shapes.items()]


def by_nudging(f, arrays):
    return tuple(
        nudged(lambda changed, i=i: f(*arrays[:i], changed, *arrays[i + 1 :]), array * 1.0)
        for i, array in enumerate(arrays)
    )


def test_both_ways_back_agree_with_finite_differences(solved):
    arrays, dH = example(), inputs("example dH", (3, 4, 5))
    step, dh = [arrays[0][:, 1], *arrays[1:]], dH[:, 0]
    of_step = by_nudging(lambda *given: np.sum(dh * solved.rnn_step(*given)[0]), step)
    through_time = by_nudging(lambda *given: np.sum(dH * solved.rnn_forward(*given)[0]), arrays)
    for got, expected in zip(solved.rnn_step_backward(dh, solved.rnn_step(*step)[1]), of_step, strict=True):
        assert np.allclose(got, expected, rtol=1e-7, atol=1e-7)
    for got, expected in zip(solved.rnn_backward(dH, solved.rnn_forward(*arrays)[1]), through_time, strict=True):
        assert np.allclose(got, expected, rtol=1e-7, atol=1e-7)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.sampled_from([1e-3, 0.5, 2.0, 8.0, 1e3]))
def test_clipping_is_that_of_torch_and_keeps_the_direction(solved, sizes, max_norm):
    grads = [inputs(f"oracle grads {i}", (size, 2)) for i, size in enumerate(sizes)]
    before = [g.copy() for g in grads]
    clipped = solved.clip_gradients(grads, max_norm)
    parameters = [torch.nn.Parameter(tensor(g)) for g in grads]
    for parameter, g in zip(parameters, grads, strict=True):
        parameter.grad = tensor(g)
    torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    for got, parameter, kept, g in zip(clipped, parameters, before, grads, strict=True):
        assert np.allclose(got, parameter.grad, rtol=1e-5) and np.array_equal(kept, g)
    one, other = (np.concatenate([np.ravel(g) for g in each]) for each in (grads, clipped))
    assert np.linalg.norm(other) == pytest.approx(min(np.linalg.norm(one), max_norm))
    assert one @ other == pytest.approx(np.linalg.norm(one) * np.linalg.norm(other))


@given(st.integers(1, 5), st.integers(1, 8))
def test_memory_span_is_the_most_that_a_row_is_lengthened_by(solved, hidden, steps):
    Wh = inputs(f"oracle span {hidden}", (hidden, hidden), -0.9, 0.9)
    spans = solved.memory_span(Wh, steps)
    assert spans.shape == (steps,)
    rows = inputs("oracle rows", (300, hidden))
    for t, span in enumerate(spans, start=1):
        power = np.linalg.matrix_power(Wh, t)
        lengthened = np.linalg.norm(rows @ power, axis=1) / np.linalg.norm(rows, axis=1)
        assert lengthened.max() <= span * (1 + 1e-9) and span == pytest.approx(
            np.sqrt(np.linalg.eigvalsh(power @ power.T).max())
        )


@pytest.mark.parametrize("temperature", [0.3, 1.0, 3.0])
def test_sample_draws_with_the_probabilities_of_torch(solved, temperature):
    logits, rng = inputs("oracle logits", 6), np.random.default_rng(0)
    draws = [solved.sample(logits, temperature, rng) for _ in range(20_000)]
    assert {type(draw) for draw in draws} == {int}
    p = torch.softmax(tensor(logits) / temperature, dim=0).numpy()
    spread = np.sqrt(p * (1 - p) / len(draws))
    assert np.all(np.abs(np.bincount(draws, minlength=6) / len(draws) - p) < 5 * spread + 1e-4)


@pytest.mark.parametrize("temperature", [0, 0.0, -1e-6, -2])
def test_a_temperature_that_makes_no_sense_is_refused_by_name(solved, temperature):
    with pytest.raises(ValueError, match="temperature"):
        solved.sample(np.zeros(3), temperature, np.random.default_rng(0))


def neighbours(word):
    """All words one change away, over the letters a and b."""
    for i in range(len(word) + 1):
        yield from (word[:i] + c + word[i:] for c in "ab")
        if i < len(word):
            yield word[:i] + word[i + 1 :]
            yield from (word[:i] + c + word[i + 1 :] for c in "ab")


def test_edit_distance_is_the_number_of_changes_of_a_search(solved):
    words = ["".join(letters) for n in range(5) for letters in itertools.product("ab", repeat=n)]
    for start in words:
        distances, edge = {start: 0}, [start]
        while edge:
            edge = [w for w in {n for word in edge for n in neighbours(word)} if len(w) <= 5 and w not in distances]
            distances |= dict.fromkeys(edge, max(distances.values()) + 1)
        assert all(solved.edit_distance(start, word) == distances[word] for word in words)


# --- what the cache holds is its author's business ----------------------------------------------------------------


@functools.cache
def answers():
    return built(solutions() / LESSON, lessons() / LESSON, held_out=True).answers


def told(name, **own):
    """The verdict on all cases of an exercise, with these functions in place of the reference's."""
    lesson = opened(LESSON)
    exercise = lesson.exercises[name]
    return judge(exercise, exercise.cases, run_cases(exercise.cases, name, lesson.reference | own), answers()[name])


def keeping_z(x, h, Wx, Wh, b, kept=lambda old, new: old):
    """A step with a cache unlike ours: a dictionary with the sum before the bend."""
    z = x @ Wx + h @ Wh + b
    return np.tanh(z), {"both": np.hstack([x, kept(h, np.tanh(z))]), "W": np.vstack([Wx, Wh]), "z": z, "d": len(Wx)}


def from_z(dh, cache, slope=lambda z: 1 - np.tanh(z) ** 2):
    dz = dh * slope(cache["z"])
    dboth, dW, d = dz @ cache["W"].T, cache["both"].T @ dz, cache["d"]
    return dboth[:, :d], dboth[:, d:], dW[:d], dW[d:], dz.sum(axis=0)


def in_one_cache(X, h0, Wx, Wh, b):
    """A sequence whose caches are one tuple of arrays, the initial state being in its last one."""
    states = [h0]
    for t in range(X.shape[1]):
        states.append(np.tanh(X[:, t] @ Wx + states[-1] @ Wh + b))
    H = np.stack(states, axis=1)
    return H[:, 1:], (X, Wx, Wh, H)


def from_one_cache(dH, caches, carry=lambda arrived, dz, Wh: dz @ Wh.T):
    X, Wx, Wh, H = caches
    dZ, later = np.zeros(dH.shape), 0
    for t in range(dH.shape[1] - 1, -1, -1):
        arrived = dH[:, t] + later
        dZ[:, t] = arrived * (1 - H[:, t + 1] ** 2)
        later = carry(arrived, dZ[:, t], Wh)
    dWx, dWh = (np.einsum("ntd,ntk->dk", part, dZ) for part in (X, H[:, :-1]))
    return dZ @ Wx.T, later + np.zeros(H[:, 0].shape), dWx, dWh, dZ.sum(axis=(0, 1))


def test_caches_of_another_kind_are_as_good():
    for name in ("rnn_step", "rnn_step_backward"):
        assert told(name, rnn_step=keeping_z, rnn_step_backward=from_z).verdict == "PASSED"
    for name in ("rnn_forward", "rnn_backward"):
        assert told(name, rnn_forward=in_one_cache, rnn_backward=from_one_cache).verdict == "PASSED"


WRONG_SLOPES = {
    "of-pre-activation": lambda z: 1 - z**2,
    "tanh-twice": lambda z: 1 - np.tanh(np.tanh(z)) ** 2,
    "sigmoid-slope": lambda z: np.tanh(z) * (1 - np.tanh(z)),
    "slope-missing": lambda z: 1,
    "tan-slope": lambda z: 1 + np.tanh(z) ** 2,
}


@pytest.mark.parametrize("name", WRONG_SLOPES)
def test_a_wrong_slope_is_named_whatever_the_cache_holds(name):
    backward = functools.partial(from_z, slope=WRONG_SLOPES[name])
    result = told("rnn_step_backward", rnn_step=keeping_z, rnn_step_backward=backward)
    assert (result.verdict, result.mistake) == ("FAILED", name)


def test_a_cache_that_holds_the_new_state_in_place_of_the_old_one_is_named_on_the_way_back():
    step = functools.partial(keeping_z, kept=lambda old, new: new)
    assert told("rnn_step", rnn_step=step).verdict == "PASSED"
    result = told("rnn_step_backward", rnn_step=step, rnn_step_backward=from_z)
    assert (result.verdict, result.mistake) == ("FAILED", "dWh-with-new-state")


def test_what_comes_from_the_next_step_being_dropped_is_named_whatever_the_caches_hold():
    backward = functools.partial(from_one_cache, carry=lambda arrived, dz, Wh: 0 * dz)
    result = told("rnn_backward", rnn_forward=in_one_cache, rnn_backward=backward)
    assert (result.verdict, result.mistake) == ("FAILED", "nothing-carried")


def unpacks(dh, cache):
    x, h, new = cache
    return x, h, new


@pytest.mark.parametrize("look", [lambda dh, cache: cache[0], unpacks])
def test_a_cache_that_is_none_is_said_to_be_none(look):
    forward = lambda *given: (keeping_z(*given)[0], None)  # noqa: E731
    assert "cache is None" in told("rnn_step_backward", rnn_step=forward, rnn_step_backward=look).diagnosis


# --- wrong answers that many will give ----------------------------------------------------------------------------


def torchs_forward(X, h0, Wx, Wh, b):
    H, leaves = torchs(X, h0, Wx, Wh, b)
    return H.detach().numpy(), (H, leaves)


def torchs_backward(dH, caches):
    H, (x, start, Wx, Wh, b) = caches
    H.backward(tensor(dH), retain_graph=True)
    return x.grad.numpy(), start.grad[0].numpy(), Wx.grad.T.numpy(), Wh.grad.T.numpy(), b.grad.numpy()


def torchs_step(x, h, Wx, Wh, b):
    weights = [tensor(part) for part in (Wx.T, Wh.T, b, 0 * b)]
    return torch.rnn_tanh_cell(tensor(x), tensor(h), *weights).numpy(), None


@pytest.mark.parametrize(
    "name, own",
    [
        ("rnn_step", {"rnn_step": torchs_step}),
        ("rnn_forward", {"rnn_forward": torchs_forward}),
        ("rnn_backward", {"rnn_forward": torchs_forward, "rnn_backward": torchs_backward}),
    ],
)
def test_what_torch_has_ready_made_is_not_an_answer(name, own):
    result = told(name, **own)
    assert (result.verdict, result.points, result.mistake) == ("FAILED", 0, "forbidden")


def test_states_near_1_are_near_1(solved):
    """The case that says so."""
    seen = []

    def watched(*given):
        seen.append(solved.rnn_step(*given))
        return seen[-1]

    case = next(c for c in opened(LESSON).exercises["rnn_step_backward"].cases if c.name == "states_near_1")
    case.function(watched, solved.rnn_step_backward)
    assert 5e-7 < 1 - np.abs(seen[0][0]).max() < 1.5e-6


def test_nudging_is_no_way_back(solved):
    keeps = {
        name: lambda *arrays, f=f: (f(*arrays)[0], arrays)
        for name, f in (("rnn_step", solved.rnn_step), ("rnn_forward", solved.rnn_forward))
    }
    for forward, backward in (("rnn_step", "rnn_step_backward"), ("rnn_forward", "rnn_backward")):
        f = getattr(solved, forward)
        back = lambda d, arrays, f=f: by_nudging(lambda *given: np.sum(d * f(*given)[0]), arrays)  # noqa: E731
        assert told(backward, **{forward: keeps[forward], backward: back}).verdict == "FAILED"


def test_a_list_index_is_an_answer_only_where_its_error_names_the_character():
    """What list.index says differs between versions of Python, and the docstring asks for the character alone."""

    def by_index(text, vocabulary):
        return np.array([vocabulary.index(character) for character in text], dtype=int)

    try:
        ["a"].index("ß")
    except ValueError as error:
        named = "ß" in str(error)
    assert (told("encode", encode=by_index).verdict == "PASSED") == named


@pytest.mark.parametrize("message", ["T muss größer als 0 sein", "temperature too low", "nothing can be divided by it"])
def test_a_refused_temperature_may_be_explained_in_any_words(solved, message):
    def own(logits, temperature, rng):
        if temperature <= 0:
            raise ValueError(message)
        return solved.sample(logits, temperature, rng)

    assert told("sample", sample=own).verdict == "PASSED"


@pytest.mark.parametrize("seed", range(5))
def test_the_shares_have_room_for_every_right_draw(solved, seed):
    """Whatever stream a right answer uses, it passes: here the one of another generator."""

    def own(logits, temperature, rng):
        return solved.sample(logits, temperature, np.random.default_rng(rng.integers(2**32) + seed))

    assert told("sample", sample=own).verdict == "PASSED"


# --- what the text says of networks that run ----------------------------------------------------------------------


def numbers(line):
    return [float(number.replace(",", "")) for number in re.findall(r"-?[\d,]*\d\.?\d*(?:e-?\d+)?", line)]


def test_the_state_remembers_the_first_letter_and_it_fades(demo):
    demo("vocabulary = build_vocabulary")
    differences = numbers(demo("annahans")[0])
    assert len(differences) == 8 and differences == sorted(differences, reverse=True)
    assert differences[0] > 0.5 > 0.2 > differences[-1] > 0.01


def test_the_referee_and_pytorch_agree(demo):
    *nudged_lines, H, h0 = demo("layer = torch.nn.RNN")[0].splitlines()
    assert len(nudged_lines) == 5 and all(numbers(line)[-1] < 1e-6 for line in nudged_lines)
    assert max(numbers(H)[-1], numbers(h0)[-1]) < 1e-12


def test_the_draws_have_the_shares_of_the_table(demo):
    for line, shares in zip(demo("np.bincount(draws")[0].splitlines(), TABLE.values(), strict=True):
        assert np.allclose(numbers(line)[1:], shares, atol=0.05)


def test_a_letter_is_known_ten_letters_later_and_forgotten_after_forty(demo):
    right = [numbers(line)[1] for line in demo("def memory_batch")[0].splitlines()]
    assert min(right[:3]) >= 99 and 25 < right[3] < 90 and right[4] == pytest.approx(25, abs=6)


def test_there_are_weights_that_know_the_letter_after_forty_others(solved):
    """With Wx that hears only A to D, and a Wh that holds what it holds."""
    X = np.eye(8)[[[first, *(4 + (i * 7 + first) % 4 for i in range(40))] for first in range(4)]]
    Wx, Wh = np.zeros((8, 4)), 3 * np.eye(4)
    Wx[:4] = 6 * np.eye(4) - 3
    H, _ = solved.rnn_forward(X, np.zeros((4, 4)), Wx, Wh, np.zeros(4))
    assert list(H[:, -1].argmax(axis=1)) == [0, 1, 2, 3] and np.ptp(H[:, -1], axis=1).min() > 1.9


# --- numbers worked by hand in the text ---------------------------------------------------------------------------

STEP = [
    np.array([[1, 0]]),
    np.array([[0.2, -0.4]]),
    np.array([[0.5, -0.3], [9.0, 9.0]]),
    np.array([[0.6, 0.1], [-0.2, 0.5]]),
    np.array([0.1, 0]),
]
TO_AND_FRO = np.array([[0, 2], [0.5, 0]])
TABLE = {1: [0.665, 0.245, 0.090], 0.5: [0.867, 0.117, 0.016], 2: [0.506, 0.307, 0.186]}


def back(s):
    return s.rnn_step_backward(np.array([[1, 0]]), s.rnn_step(*STEP)[1])


def shares(temperature):
    return torch.softmax(tensor([2, 1, 0]) / temperature, dim=0)


def parameters(d, hidden):
    return d * hidden + hidden * hidden + hidden


BY_HAND = {
    "0.9⁵⁰ is about 0.005": (lambda s: s.memory_span(0.9 * np.eye(2), 50)[-1].round(3), 0.005),
    "1.1⁵⁰ is about 117": (lambda s: s.memory_span(1.1 * np.eye(2), 50)[-1].round(), 117),
    "h Wh      0.2·0.6 + (−0.4)·(−0.2) = 0.2   0.2·0.1 + (−0.4)·0.5 = −0.18": (
        lambda s: STEP[1] @ STEP[3],
        [[0.2, -0.18]],
    ),
    "x Wx      0.5                            −0.3": (lambda s: STEP[0] @ STEP[2], [[0.5, -0.3]]),
    "sum + b   0.8                            −0.48": (
        lambda s: STEP[0] @ STEP[2] + STEP[1] @ STEP[3] + STEP[4],
        [[0.8, -0.48]],
    ),
    "tanh      0.664                          −0.446": (lambda s: s.rnn_step(*STEP)[0], [[0.664, -0.446]]),
    "Slope of the first: 1 − 0.664² = 0.559. So dz = (0.559, 0)": (lambda s: back(s)[4], [0.559, 0]),
    "0.559 · (0.6, −0.2) = (0.335, −0.112)": (lambda s: back(s)[1], [[0.335, -0.112]]),
    "The norm is √(9 + 16) = 5. With a `max_norm` of 1 the factor is 1/5, and they become (0.6, 0) and (0, 0.8)": (
        lambda s: s.clip_gradients([np.array([3, 0]), np.array([0, 4])], 1),
        [[0.6, 0], [0, 0.8]],
    ),
    "Wh²  =  1    0        largest singular value 1": (lambda s: TO_AND_FRO @ TO_AND_FRO, np.eye(2)),
    "Then Wh³ is Wh again: 2, 1, 2, 1, …": (lambda s: s.memory_span(TO_AND_FRO, 4), [2, 1, 2, 1]),
    "T = 1      0.665   0.245   0.090": (lambda s: shares(1), TABLE[1]),
    "T = 0.5    0.867   0.117   0.016": (lambda s: shares(0.5), TABLE[0.5]),
    "T = 2      0.506   0.307   0.186": (lambda s: shares(2), TABLE[2]),
    "*anna* to *hanna* is 1, *kitten* to *sitting* is 3": (
        lambda s: [s.edit_distance("anna", "hanna"), s.edit_distance("kitten", "sitting")],
        [1, 3],
    ),
    "27 · 128 + 128 · 128 + 128 = 19 968": (lambda s: parameters(27, 128), 19_968),
    "0.5¹⁰ ≈ 0.001": (lambda s: s.memory_span(0.5 * np.eye(3), 10)[-1], 0.001),
    "its first guess was right in 16.4 % of all cases": (lambda s: round(1 / 0.164, 1), 6.1),
    "Five times of six the first suggestion is wrong": (lambda s: round(6 * (1 - 0.164)), 5),
}


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=0, atol=5.1e-4)
