"""Lesson 6: its reference solutions against torch and finite differences, and what its text claims."""

import contextlib
import functools
import io
import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import inputs
from autograder.cases.run import run_cases
from autograder.core.outcome import RETURNED
from autograder.judging.verdicts import judge
from tests.lessons.conftest import opened

LESSON = "06_optimisers"


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


def walked_by_torch(make_optimiser, start, gradients):
    """Where an optimiser of torch gets from `start` with these gradients, step by step."""
    w = tensor(start).requires_grad_()
    optimiser, path = make_optimiser([w]), []
    for g in gradients:
        w.grad = tensor(g)
        optimiser.step()
        path.append(w.detach().numpy().copy())
    return path


START, GRADIENTS = inputs("oracle w", (3, 2)), inputs("oracle g", (6, 3, 2))

# --- an independent oracle for each exercise ----------------------------------------------------------------------


def test_momentum_step_is_the_sgd_of_torch_with_momentum(solved):
    expected = walked_by_torch(lambda ps: torch.optim.SGD(ps, lr=0.3, momentum=0.7), START, GRADIENTS)
    w, v = START, np.zeros_like(START)
    for g, there in zip(GRADIENTS, expected, strict=True):
        w, v = solved.momentum_step(w, g, v, 0.3, 0.7)
        assert np.allclose(w, there, rtol=1e-12)


@pytest.mark.parametrize("eps", [1e-8, 0.1])
def test_adam_step_is_the_adam_of_torch(solved, eps):
    make = lambda ps: torch.optim.Adam(ps, lr=0.2, betas=(0.8, 0.95), eps=eps)  # noqa: E731
    w, m, v = START, np.zeros_like(START), np.zeros_like(START)
    for t, (g, there) in enumerate(zip(GRADIENTS, walked_by_torch(make, START, GRADIENTS), strict=True), start=1):
        w, m, v = solved.adam_step(w, g, m, v, t, 0.2, 0.8, 0.95, eps)
        assert np.allclose(w, there, rtol=1e-10)


def test_adamw_step_is_the_adamw_of_torch(solved):
    make = lambda ps: torch.optim.AdamW(ps, lr=0.2, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.3)  # noqa: E731
    w, m, v = START, np.zeros_like(START), np.zeros_like(START)
    for t, (g, there) in enumerate(zip(GRADIENTS, walked_by_torch(make, START, GRADIENTS), strict=True), start=1):
        w, m, v = solved.adamw_step(w, g, m, v, t, 0.2, 0.8, 0.95, 1e-6, 0.3)
        assert np.allclose(w, there, rtol=1e-10)


def test_cosine_schedule_is_that_of_torch_after_a_straight_warm_up(solved):
    total, warmup, peak = 40, 6, 0.3
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=peak)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=total - warmup)
    rates = []
    for _ in range(total - warmup + 1):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        falling.step()
    expected = [*np.linspace(0, peak, warmup + 1)[:-1], *rates]
    found = [solved.cosine_schedule(step, total, peak, warmup) for step in range(total + 1)]
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.floats(1e-5, 10), st.data())
def holds_between_0_and_the_peak(schedule, total, peak, data):
    warmup = data.draw(st.integers(0, total - 1))
    rates = np.array([schedule(step, total, peak, warmup) for step in range(total + 1)])
    assert np.all(rates >= -1e-12) and rates.max() == pytest.approx(peak) == rates[warmup]
    assert np.all(np.diff(rates[: warmup + 1]) > 0) and np.all(np.diff(rates[warmup:]) < 0)


def test_cosine_schedule_rises_to_the_peak_and_falls_to_0(solved):
    holds_between_0_and_the_peak(solved.cosine_schedule)


def test_l2_penalty_and_its_gradients_are_those_of_autograd(solved):
    params = [(inputs(f"oracle l2 W{n}", (n, 3)), inputs(f"oracle l2 b{n}", 3)) for n in (2, 4)]
    leaves = [tensor(array).requires_grad_() for pair in params for array in pair]
    expected = 0.07 * sum((leaf**2).sum() for leaf in leaves if leaf.ndim == 2)
    expected.backward()
    loss, grads = solved.l2_penalty(params, 0.07)
    assert loss == pytest.approx(expected.item(), rel=1e-13)
    for found, leaf in zip([array for pair in grads for array in pair], leaves, strict=True):
        assert np.allclose(found, torch.zeros_like(leaf) if leaf.grad is None else leaf.grad, rtol=1e-13)
        assert found.shape == leaf.shape


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_dropout_drops_the_share_p_by_itself_and_keeps_the_average(solved, p):
    X = inputs("oracle dropout", (300, 400), 1, 3)
    out, mask = solved.dropout(X, p, np.random.default_rng(1), True)
    n = mask.size
    assert abs(np.mean(~mask) - p) < 5 * math.sqrt(p * (1 - p) / n)
    assert np.array_equal(out, np.where(mask, X / (1 - p), 0)) or np.allclose(out, np.where(mask, X / (1 - p), 0))
    assert abs(out.mean() / X.mean() - 1) < 5 * math.sqrt(1.1 * p / (1 - p) / n)
    together = np.mean(~mask[:, 1:] & ~mask[:, :-1])
    assert abs(together - p * p) < 5 * math.sqrt(p * p / n)


@pytest.mark.parametrize(("n", "d", "eps"), [(6, 3, 1e-5), (4, 4, 0.3), (2, 5, 1e-3)])
def test_batchnorm_and_its_way_back_are_those_of_torch(solved, n, d, eps):
    X, dout = inputs(f"oracle X {n}", (n, d)), inputs(f"oracle dout {n}", (n, d))
    gamma, beta = inputs(f"oracle gamma {n}", d), inputs(f"oracle beta {n}", d)
    leaves = [tensor(array).requires_grad_() for array in (X, gamma, beta)]
    expected = torch.nn.functional.batch_norm(leaves[0], None, None, leaves[1], leaves[2], training=True, eps=eps)
    expected.backward(tensor(dout))
    out, cache = solved.batchnorm(X, gamma, beta, eps)
    assert np.allclose(out, expected.detach(), rtol=1e-10)
    for found, leaf in zip(solved.batchnorm_backward(dout, cache), leaves, strict=True):
        assert np.allclose(found, leaf.grad, rtol=1e-8, atol=1e-10)


def test_batchnorm_backward_agrees_with_nudging(solved):
    X, dout, gamma, beta = (
        inputs(f"nudged {name}", s) for name, s in [("X", (5, 3)), ("d", (5, 3)), ("g", 3), ("b", 3)]
    )
    dX, dgamma, dbeta = solved.batchnorm_backward(dout, solved.batchnorm(X, gamma, beta, 0.01)[1])
    score = lambda A, g, b: np.sum(dout * solved.batchnorm(A, g, b, 0.01)[0])  # noqa: E731
    assert np.allclose(dX, solved.numerical_gradient(lambda A: score(A, gamma, beta), X, 1e-5), atol=1e-6)
    assert np.allclose(dgamma, solved.numerical_gradient(lambda g: score(X, g, beta), gamma, 1e-5), atol=1e-6)
    assert np.allclose(dbeta, solved.numerical_gradient(lambda b: score(X, gamma, b), beta, 1e-5), atol=1e-6)


def test_a_cache_of_another_kind_is_as_good(solved):
    """Whoever keeps X and works everything out again on the way back passes all cases of `batchnorm_backward`."""

    def forwards(X, gamma, beta, eps):
        out = gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta
        return out, {"X": X, "gamma": gamma, "eps": eps}

    def backwards(dout, cache):
        leaves = [tensor(cache["X"]).requires_grad_(), tensor(cache["gamma"]).requires_grad_()]
        spread = torch.sqrt(leaves[0].var(dim=0, unbiased=False) + cache["eps"])
        (leaves[1] * (leaves[0] - leaves[0].mean(dim=0)) / spread).backward(tensor(dout))
        return leaves[0].grad.numpy(), leaves[1].grad.numpy(), dout.sum(axis=0)

    lesson = opened(LESSON)
    exercise = lesson.exercises["batchnorm_backward"]
    own = {**lesson.reference, "batchnorm": forwards, "batchnorm_backward": backwards}
    found, expected = (run_cases(exercise.cases, exercise.name, names) for names in (own, lesson.reference))
    for case in exercise.cases:
        assert found[case.name].kind == RETURNED
        assert case.compare(found[case.name].value, expected[case.name].value) is None, case.name


# --- what a learner is told ---------------------------------------------------------------------------------------


@functools.cache
def answers():
    return opened(LESSON).visible_answers()


def told(name, **own):
    """The verdict on the visible cases of an exercise, with these functions in place of ours."""
    lesson = opened(LESSON)
    exercise = lesson.exercises[name]
    cases = exercise.visible_cases
    return judge(exercise, cases, run_cases(cases, name, lesson.reference | own), answers()[name])


def keeps_x(X, gamma, beta, eps):
    """Batch norm with a cache unlike ours."""
    out = gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta
    return out, {"X": X, "gamma": gamma, "eps": eps}


def way_back(dX, standardised=lambda X, root: (X - X.mean(axis=0)) / root):
    """A way back from that cache whose dX is made from dx̂, x̂ and the root."""

    def backwards(dout, cache):
        root = np.sqrt(cache["X"].var(axis=0) + cache["eps"])
        X_hat = standardised(cache["X"], root)
        return dX(dout * cache["gamma"], X_hat, root), (dout * X_hat).sum(axis=0), dout.sum(axis=0)

    return backwards


def right_dX(d, x, root):
    return (d - d.mean(axis=0) - x * (d * x).mean(axis=0)) / root


MISTAKEN_WAYS_BACK = {
    "means-over-the-table": way_back(lambda d, x, root: (d - d.mean() - x * (d * x).mean()) / root),
    "x-hat-missing": way_back(lambda d, x, root: (d - d.mean(axis=0) - (d * x).mean(axis=0)) / root),
    "sums-for-means": way_back(lambda d, x, root: (d - d.sum(axis=0) - x * (d * x).sum(axis=0)) / root),
    "plus-in-variance-term": way_back(lambda d, x, root: (d - d.mean(axis=0) + x * (d * x).mean(axis=0)) / root),
    "multiplied-by-root": way_back(lambda d, x, root: right_dX(d, x, root) * root**2),
    "x-for-x-hat": way_back(right_dX, standardised=lambda X, root: X),
    "centred-for-x-hat": way_back(right_dX, standardised=lambda X, root: X - X.mean(axis=0)),
}


@pytest.mark.parametrize("name", MISTAKEN_WAYS_BACK)
def test_a_mistake_on_the_way_back_is_named_whatever_the_cache_holds(name):
    result = told("batchnorm_backward", batchnorm=keeps_x, batchnorm_backward=MISTAKEN_WAYS_BACK[name])
    assert result.mistake == name


def unpacks(dout, cache):
    X_hat, spread, gamma = cache
    return X_hat, spread, gamma


@pytest.mark.parametrize("backwards", [unpacks, lambda dout, cache: cache[0]])
def test_a_cache_that_is_none_is_said_to_be_none(backwards):
    result = told("batchnorm_backward", batchnorm=lambda X, *_: (X, None), batchnorm_backward=backwards)
    assert "cache is None" in result.diagnosis


UNNAMED_WAYS_BACK = {
    "each_column_of_dx_adds_up_to_0": way_back(lambda d, x, root: right_dX(d, x, root) + 0.37),
    "dx_has_no_part_along_x_hat": way_back(lambda d, x, root: right_dX(d, x, root) + 0.37 * x),
    "five_samples_three_columns": way_back(lambda d, x, root: right_dX(d, x, root) * 0.37),
}


@pytest.mark.parametrize("case", UNNAMED_WAYS_BACK)
def test_another_wrong_way_back_is_answered_by_what_dx_must_not_have(case):
    result = told("batchnorm_backward", batchnorm=keeps_x, batchnorm_backward=UNNAMED_WAYS_BACK[case])
    assert result.mistake is None and result.main.case.name == case


def test_dropout_in_place_is_named_and_none_of_our_warnings_is_shown_as_the_learners():
    def in_place(X, p, rng, training):
        if not training:
            return X, np.ones(X.shape, dtype=bool)
        mask = rng.random(X.shape) >= p
        X *= mask / (1 - p)
        return X, mask

    result = told("dropout", dropout=in_place)
    assert result.mistake == "input-changed"
    assert not any(case.outcome.printed for case in result.cases)


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (lambda X, mask: (X * mask[0], mask[0]), "`mask` has shape (3,), expected shape (4, 3)."),
        (lambda X, mask: (X[mask], mask), "`out` has shape (12,), expected shape (4, 3)."),
    ],
)
def test_a_part_of_dropout_of_another_shape_is_called_by_its_name(pair, said):
    def misshapen(X, p, rng, training):
        return pair(X, rng.random(X.shape) >= p) if training else (X, np.ones(X.shape, dtype=bool))

    result = told("dropout", dropout=misshapen)
    assert result.main.text.startswith(said)
    assert result.main.difference.got is None  # zeros that nobody computed aren't shown as "yours"


def test_weights_changed_in_place_are_told_before_the_slope_that_this_spoils():
    def in_place(params, lam):
        loss, grads = 0.0, []
        for W, b in params:
            loss += lam * np.sum(W**2)
            W *= 2 * lam
            grads.append((W, np.zeros_like(b)))
        return loss, grads

    result = told("l2_penalty", l2_penalty=in_place)
    assert result.mistake == "weights-changed" and result.main.case.name == "parameters_stay"


# --- what the text says of real data ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo():
    """Runs the demo cell that holds a text, and gives what it printed and the names defined so far."""
    lesson = opened(LESSON)
    names, cells = dict(lesson.reference), [cell.source for cell in lesson.source.cells if "demo" in cell.tags]

    def run(text):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            exec(next(cell for cell in cells if text in cell), names)
        return printed.getvalue(), names

    run("def train_with")
    return run


def percentages(line):
    return [int(number) / 100 for number in re.findall(r"(\d+)%", line)]


def test_adam_has_the_broad_good_region_and_the_best_of_each_are_a_few_points_apart(demo):
    table, _ = demo("def train_with")
    sgd, momentum, adam = map(percentages, table.splitlines()[1:])
    assert adam[0] > 0.6 and sgd[0] < 0.2
    assert max(map(max, (sgd, momentum, adam))) - min(map(max, (sgd, momentum, adam))) < 0.08
    assert sum(rate > 0.9 for rate in adam) >= 3


def test_a_tenth_of_the_rate_is_enough_for_momentum(demo):
    table, _ = demo("def train_with")
    sgd, momentum, _ = map(percentages, table.splitlines()[1:])
    assert sgd[4] == pytest.approx(momentum[2], abs=0.02)


def test_a_plan_saves_a_training_whose_first_steps_are_too_long(demo):
    printed, names = demo("def train_planned")
    at_once, planned = (percentages(line[20:]) for line in printed.splitlines())
    assert len(at_once) == len(planned) == 3
    assert max(at_once) < 0.4 and min(planned) > max(at_once) + 0.1 and max(planned) > 0.7
    at_home = [names["train_planned"](0.3, warmup, 5) for warmup in (None, 20)]
    assert min(at_home) > 0.9 and abs(at_home[0] - at_home[1]) < 0.02


def test_without_a_plan_the_first_long_steps_silence_hidden_neurons_for_good(demo):
    _, names = demo("def train_planned")
    rng, params, alive = np.random.default_rng(5), names["start"], []
    for _ in range(2):
        for X_batch, y_batch in names["minibatches"](names["X_train"], names["y_train"], 32, rng):
            params = names["sgd_step"](params, names["network_gradients"](X_batch, y_batch, params), 1.5)
        (W, b), _ = params
        alive.append(int(np.any(names["X_train"] @ W + b > 0, axis=0).sum()))
    assert alive[0] < 32 / 2 and alive[1] <= alive[0]


def test_a_penalty_and_dropout_know_fewer_wrong_labels_and_more_of_the_truth(demo):
    lines = demo("def train_noisy")[0].splitlines()
    assert [line.split(":")[0] for line in lines] == ["nothing", "lambda = 0.01", "p = 0.5", "lambda = 0.03"]
    nothing, penalty, dropped, too_much = (percentages(line.split(":", 1)[1]) for line in lines)
    for learned, unseen in (penalty, dropped):
        assert learned < nothing[0] - 0.05 and unseen > nothing[1] + 0.04
    assert too_much[1] == pytest.approx(nothing[1], abs=0.03)


def test_the_penalty_makes_the_weights_small(demo):
    lines = demo("def train_noisy")[0].splitlines()
    nothing, penalty, dropped, more = (int(line.split("sum of squared weights ")[1]) for line in lines)
    assert more < penalty < nothing / 5 and dropped < nothing


def test_nine_layers_learn_from_every_start_with_batch_norm_and_from_one_without(demo):
    printed, _ = demo("def train_deep")
    rows = [re.search(r"times +(\S+): +(\S+) without, +(\S+) with", line).groups() for line in printed.splitlines()]
    assert [row[0] for row in rows] == ["0.3", "1", "2", "3"]
    without, with_it = ([float(row[i]) for row in rows] for i in (1, 2))
    assert max(with_it) < 0.5 and max(with_it) - min(with_it) < 0.2
    assert without[1] < 1 and all(loss > 2 for i, loss in enumerate(without) if i != 1)
    assert all(with_norm < bare for bare, with_norm in zip(without, with_it, strict=True))


def test_dropout_left_on_is_worse_and_each_time_by_another_amount(demo):
    printed, _ = demo("for training in [True] * 5")
    rows = [re.fullmatch(r"dropout (on |off): (\S+)% of the unseen digits right", s) for s in printed.splitlines()]
    rights = {"on": [], "off": []}
    for row in rows:
        rights[row[1].strip()].append(float(row[2]))
    assert len(rights["on"]) == 5 and len(set(rights["on"])) > 2
    assert rights["off"][0] > max(rights["on"]) + 2


def test_the_first_step_without_correction_is_about_three_times_too_long(demo):
    right, wrong = (float(line.split()[-1]) for line in demo("10**6")[0].splitlines())
    assert right == pytest.approx(-0.01) and wrong / right == pytest.approx(3, abs=0.3)


def test_with_a_batch_of_one_only_beta_comes_out(demo):
    lines = demo("[-300.0, 7.0]")[0].splitlines()
    assert [line.split("→")[1].split() for line in lines] == [["[[", "0.5", "-0.5]]"]] * 2


# --- numbers worked by hand in the text ---------------------------------------------------------------------------


def velocities(solved, steps, beta=0.9):
    v, seen = np.zeros(1), []
    for _ in range(steps):
        v = solved.momentum_step(np.zeros(1), np.ones(1), v, 0.1, beta)[1]
        seen.append(v.item())
    return seen


def first_adam_step(solved, g=0.5, t=1):
    zero = np.zeros(1)
    return [a.item() for a in solved.adam_step(zero, np.array([g]), zero, zero, t, 1.0, 0.9, 0.999, 1e-8)]


def rates(solved):
    return [solved.cosine_schedule(step, 100, 1.0, 10) for step in (5, 10, 55, 100)]


PRICED = [(np.array([[1.0, -2.0], [0.0, 3.0]]), np.zeros(2))]
TO_BATCH = np.array([[1.0], [5.0]]), np.array([2.0]), np.array([5.0]), 0.0

BY_HAND = {
    "then 0.9 · 1 + 1 = 1.9,  then 0.9 · 1.9 + 1 = 2.71": (lambda s: velocities(s, 3), [1, 1.9, 2.71]),
    "in the end 1 / (1 − 0.9) = 10": (lambda s: velocities(s, 150)[-1], 10),
    "v = 0.9 · 1 + 3 = 3.9, then w = 2 − 0.1 · 3.9 = 1.61": (
        lambda s: [float(a) for a in s.momentum_step(2.0, 3.0, 1.0, 0.1, 0.9)],
        [1.61, 3.9],
    ),
    "m = 0.1 · 0.5     = 0.05": (lambda s: first_adam_step(s)[1], 0.05),
    "v = 0.001 · 0.25  = 0.00025": (lambda s: 1000 * first_adam_step(s)[2], 0.25),
    "with g = 0.0005 it would be the same": (lambda s: [first_adam_step(s, g)[0] for g in (0.5, 0.0005)], [-1, -1]),
    "about three times too *long*": (lambda s: round(-first_adam_step(s, t=10**6)[0]), 3),
    "at step 5 it is 0.5, at 10 it is 1": (rates, [0.5, 1, 0.5, 0]),
    "the sum of squares is 14, the penalty 1.4": (lambda s: s.l2_penalty(PRICED, 0.1)[0], 1.4),
    "0.2 · W = ((0.2, −0.4), (0, 0.6))": (lambda s: s.l2_penalty(PRICED, 0.1)[1][0][0], [[0.2, -0.4], [0, 0.6]]),
    "mean 3, variance 4, root 2": (lambda s: [f(TO_BATCH[0]) for f in (np.mean, np.var, np.std)], [3, 4, 2]),
    "so x̂ = (−1, 1)": (lambda s: s.batchnorm(TO_BATCH[0], np.ones(1), np.zeros(1), 0.0)[0], [[-1], [1]]),
    "With γ = 2 and β = 5: (3, 7)": (lambda s: s.batchnorm(*TO_BATCH)[0], [[3], [7]]),
    "√v is only about a thirtieth": (lambda s: round(0.5 / math.sqrt(first_adam_step(s)[2]), -1), 30),
    "1 / (1 − 0.99) = 100 times": (lambda s: velocities(s, 3000, 0.99)[-1], 100),
    "after 100 steps it is 63 times": (lambda s: round(velocities(s, 100, 0.99)[-1]), 63),
}


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=0, atol=5.1e-4)
