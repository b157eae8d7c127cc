"""Lesson 5: its reference solutions against torch, scikit-learn and brute force, and what its text claims."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score
from sklearn.metrics import confusion_matrix as table_of_sklearn

from autograder import inputs, integer_inputs
from course.data import digits

LESSON = "05_training"
ONCE = settings(max_examples=60, deadline=None)


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


def scored(logits, labels):
    return torch.nn.functional.cross_entropy(logits, torch.tensor(labels))


# --- an independent oracle for each exercise ----------------------------------------------------------------------


def test_split_deals_every_sample_to_one_part_with_its_label(solved):
    @ONCE
    @given(st.integers(1, 50), st.floats(0, 1), st.integers(0, 9))
    def holds(n, fraction, seed):
        y = 3 * np.arange(n)
        X = np.stack([y / 3, -y], axis=1)
        X_train, X_val, y_train, y_val = solved.split(X, y, fraction, np.random.default_rng(seed))
        assert len(y_val) == round(fraction * n)
        assert sorted([*y_train, *y_val]) == y.tolist()
        for A, b in ((X_train, y_train), (X_val, y_val)):
            assert np.array_equal(A, np.stack([b / 3, -b], axis=1))

    holds()


def test_minibatches_give_every_sample_once_in_full_portions_but_the_last(solved):
    @ONCE
    @given(st.integers(1, 40), st.integers(1, 45), st.integers(0, 9))
    def holds(n, size, seed):
        X = np.arange(n * 2.0).reshape(n, 2)
        batches = list(solved.minibatches(X, X[:, 1], size, np.random.default_rng(seed)))
        sizes = [len(y_batch) for _, y_batch in batches]
        assert all(s == size for s in sizes[:-1]) and 1 <= sizes[-1] <= size
        rows = np.concatenate([X_batch for X_batch, _ in batches])
        assert np.array_equal(rows[np.argsort(rows[:, 0])], X)
        assert all(np.array_equal(X_batch[:, 1], y_batch) for X_batch, y_batch in batches)

    holds()


def test_sgd_step_is_that_of_torch(solved):
    params = [(inputs("oracle W", (3, 4)), inputs("oracle b", 4)), (inputs("oracle V", (4, 2)), inputs("oracle c", 2))]
    grads = [tuple(np.cos(3 * array) for array in pair) for pair in params]
    leaves = [tensor(array).requires_grad_() for pair in params for array in pair]
    for leaf, slope in zip(leaves, [array for pair in grads for array in pair], strict=True):
        leaf.grad = tensor(slope)
    torch.optim.SGD(leaves, lr=0.37).step()
    new = [array for pair in solved.sgd_step(params, grads, 0.37) for array in pair]
    assert all(np.allclose(a, b.detach(), rtol=1e-13) for a, b in zip(new, leaves, strict=True))


def test_accuracy_is_that_of_scikit_learn(solved):
    probs, labels = inputs("oracle probs", (50, 6)), integer_inputs("oracle labels", 50, 6)
    assert solved.accuracy(probs, labels) == pytest.approx(accuracy_score(labels, probs.argmax(axis=1)))


@pytest.mark.parametrize("sizes", [[4, 3], [4, 6, 5, 3]])
def test_train_ends_where_autograd_ends_on_the_same_portions(solved, sizes):
    X, y = inputs("oracle train", (11, 4)), integer_inputs("oracle train y", 11, 3)
    params, history = solved.train(X, y, sizes, 3, 0.2, 4, np.random.default_rng(7))

    rng = np.random.default_rng(7)
    leaves = [tensor(a).requires_grad_() for n in pairwise(sizes) for a in solved.init_dense(*n, rng)]

    def logits(A):
        for i in range(0, len(leaves), 2):
            A = A @ leaves[i] + leaves[i + 1]
            A = torch.relu(A) if i < len(leaves) - 2 else A
        return A

    optimiser, losses = torch.optim.SGD(leaves, lr=0.2), []
    for _ in range(3):
        for X_batch, y_batch in solved.minibatches(X, y, 4, rng):
            optimiser.zero_grad()
            scored(logits(tensor(X_batch)), y_batch).backward()
            optimiser.step()
        losses.append(scored(logits(tensor(X)), y).item())
    assert np.allclose(history, losses, rtol=1e-10)
    arrays = [array for pair in params for array in pair]
    assert all(np.allclose(a, b.detach(), rtol=1e-9, atol=1e-12) for a, b in zip(arrays, leaves, strict=True))


def test_confusion_matrix_is_that_of_scikit_learn(solved):
    @ONCE
    @given(st.integers(2, 6), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30))
    def holds(k, pairs):
        truth, said = (np.array(pairs) % k).T
        expected = table_of_sklearn(truth, said, labels=range(k))
        assert np.array_equal(solved.confusion_matrix(truth, said, k), expected)

    holds()


def stops_after(losses, epoch, patience):
    """Whether the `patience` epochs up to this one brought nothing smaller than all before them."""
    before, last = losses[: epoch + 1 - patience], losses[epoch + 1 - patience : epoch + 1]
    return bool(before) and min(last) >= min(before)


def test_stop_epoch_is_the_first_that_ends_a_run_without_a_new_best(solved):
    @ONCE
    @given(st.lists(st.integers(0, 6), min_size=1, max_size=15), st.integers(1, 5))
    def holds(losses, patience):
        found = [e for e in range(patience, len(losses)) if stops_after(losses, e, patience)]
        assert solved.stop_epoch(losses, patience) == (found[0] if found else len(losses) - 1)

    holds()


def test_k_folds_hold_each_row_once_in_parts_of_nearly_one_size(solved):
    @ONCE
    @given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.integers(0, 9))
    def holds(both, seed):
        n, k = both
        parts = solved.k_folds(n, k, np.random.default_rng(seed))
        assert len(parts) == k and sorted(np.concatenate(parts).tolist()) == list(range(n))
        assert max(map(len, parts)) - min(map(len, parts)) <= 1

    holds()


# --- what the text says of real data ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts():
    return digits().X / 16, digits().y


def unseen(solved, parts, rng):
    X_train, X_val, y_train, y_val = parts
    params, _ = solved.train(X_train, y_train, [64, 32, 10], 30, 0.3, 32, rng)
    return solved.accuracy(solved.forward(X_val, params), y_val)


def test_it_reads_more_than_95_of_100_unseen_digits(solved, parts):
    rng = np.random.default_rng(0)
    assert unseen(solved, solved.split(*parts, 0.2, rng), rng) > 0.95


def test_the_last_fifth_of_the_table_is_about_five_points_harder_than_a_random_one(solved, parts):
    X, y = parts
    rng = np.random.default_rng(3)
    by_lot = unseen(solved, solved.split(X, y, 0.2, rng), rng)
    as_collected = unseen(solved, (X[:1437], X[1437:], y[:1437], y[1437:]), rng)
    assert 0.035 < by_lot - as_collected < 0.065


def test_it_learns_shuffled_labels_by_heart_and_nothing_else(solved, parts):
    X_train, X_val, y_train, y_val = solved.split(*parts, 0.2, np.random.default_rng(0))
    rng = np.random.default_rng(2)
    nonsense = rng.permutation(y_train[:500])
    params, _ = solved.train(X_train[:500], nonsense, [64, 128, 10], 150, 0.3, 25, rng)
    assert solved.accuracy(solved.forward(X_train[:500], params), nonsense) > 0.95
    assert solved.accuracy(solved.forward(X_val, params), y_val) < 0.25


def test_with_labels_drawn_by_lot_the_loss_on_unseen_digits_turns_and_the_other_goes_on_falling(solved, parts):
    X_train, X_val, y_train, y_val = solved.split(*parts, 0.2, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    X_few, y_few = X_train[:300], y_train[:300].copy()
    by_lot = rng.random(300) < 0.4
    y_few[by_lot] = rng.integers(0, 10, by_lot.sum())
    params = [solved.init_dense(64, 64, rng), solved.init_dense(64, 10, rng)]
    train_losses, val_losses, val_accuracies = [], [], []
    for _ in range(150):
        for X_batch, y_batch in solved.minibatches(X_few, y_few, 10, rng):
            params = solved.sgd_step(params, solved.network_gradients(X_batch, y_batch, params), 0.05)
        train_losses.append(solved.cross_entropy(solved.forward(X_few, params), y_few))
        val_losses.append(solved.cross_entropy(solved.forward(X_val, params), y_val))
        val_accuracies.append(solved.accuracy(solved.forward(X_val, params), y_val))
    best = int(np.argmin(val_losses))
    assert "From about epoch 30 on" in solved.source and 20 < best < 45
    assert val_losses[-1] > 1.25 * val_losses[best] and train_losses[-1] < 0.5 * train_losses[best]
    assert val_losses[10] < train_losses[10]
    assert val_accuracies[best] > 0.8 and val_accuracies[-1] < 0.7
    assert best < solved.stop_epoch(val_losses, 10) < 60 and solved.stop_epoch(val_losses, 1) < best


def test_one_step_per_pass_needs_ten_times_as_many_passes(solved, parts):
    assert "it takes 300 passes over these digits to get as far as 30 do here" in solved.source
    rng = np.random.default_rng(0)
    X_train, X_val, y_train, y_val = solved.split(*parts, 0.2, rng)
    small, _ = solved.train(X_train, y_train, [64, 32, 10], 30, 0.3, 32, rng)
    reached = []
    for passes in (30, 300):
        whole, _ = solved.train(X_train, y_train, [64, 32, 10], passes, 0.3, len(X_train), np.random.default_rng(0))
        reached.append(solved.accuracy(solved.forward(X_val, whole), y_val))
    in_portions = solved.accuracy(solved.forward(X_val, small), y_val)
    assert reached[0] < in_portions - 0.05 and abs(reached[1] - in_portions) < 0.015


def test_half_of_the_mistakes_take_something_for_a_1(solved, parts):
    assert "Half of the mistakes are in one column: this network takes too many things for a 1" in solved.source
    rng = np.random.default_rng(0)
    X_train, X_val, y_train, y_val = solved.split(*parts, 0.2, rng)
    params, _ = solved.train(X_train, y_train, [64, 32, 10], 30, 0.3, 32, rng)
    counts = solved.confusion_matrix(y_val, solved.forward(X_val, params).argmax(axis=1), 10)
    mistakes = counts - np.diag(np.diag(counts))
    assert mistakes.sum(axis=0).argmax() == 1 and 2 * mistakes[:, 1].sum() >= mistakes.sum()


def test_a_learning_rate_of_3_silences_every_hidden_neuron(solved, parts):
    assert "Try `lr=3` in section 5." in solved.source
    rng = np.random.default_rng(0)
    X_train, _, y_train, _ = solved.split(*parts, 0.2, rng)
    ((W, b), _), history = solved.train(X_train, y_train, [64, 32, 10], 30, 3, 32, rng)
    assert abs(history[-1] - np.log(10)) < 0.1 and np.all(X_train @ W + b <= 0)


# --- numbers worked by hand in the text ---------------------------------------------------------------------------

THREE = np.array([[0.2, 0.7, 0.1], [0.6, 0.2, 0.2], [0.1, 0.2, 0.7]])
CURVE = [1.0, 0.8, 0.9, 0.7, 0.75, 0.72, 0.6]


def sizes(solved, n, size):
    X = np.arange(float(n))
    return [len(y_batch) for _, y_batch in solved.minibatches(X, X, size, np.random.default_rng(0))]


BY_HAND = {
    "then come 4, 4 and 2": (lambda s: sizes(s, 10, 4), [4, 4, 2]),
    "then makes 45 steps instead of one": (lambda s: len(sizes(s, 1437, 32)), 45),
    "accuracy 2/3": (lambda s: s.accuracy(THREE, np.array([1, 2, 2])), 2 / 3),
    "    true 0      1  1  0\n    true 1      0  1  0\n    true 2      1  0  1": (
        lambda s: s.confusion_matrix(np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0]), 3),
        [[1, 1, 0], [0, 1, 0], [1, 0, 1]],
    ),
    "stop after epoch 5": (lambda s: s.stop_epoch(CURVE, 2), 5),
    "the best epoch, here 3": (lambda s: np.argmin(CURVE[:6]), 3),
    "ln 10 ≈ 2.3 is guessing": (lambda s: round(np.log(10), 1), 2.3),
    "15 portions of 64 are 960, and the last one has 40": (lambda s: sizes(s, 1000, 64), [64] * 15 + [40]),
    "Of 1838 pictures, 21 % were refused": (lambda s: round(0.21 * 1838), 386),
}


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=0, atol=5.1e-4)
