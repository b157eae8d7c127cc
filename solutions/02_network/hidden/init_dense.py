"""Held-out cases of `init_dense`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

init_dense = exercise("init_dense")


@init_dense.held_out
def more_inputs_than_neurons(init_dense):
    W, b = init_dense(4000, 30, np.random.default_rng(5))
    ratio = float(np.var(W)) * 4000
    return {"W": np.shape(W), "b": b, "variance times n_in": round(ratio, 1), "centred": abs(float(W.mean())) < 1e-3}


@init_dense.held_out
def neurons_differ_and_both_signs_occur(init_dense):
    W, _ = init_dense(6, 40, np.random.default_rng(6))
    negative = float(np.mean(np.asarray(W) < 0))
    return {"columns differ": len({tuple(column) for column in np.asarray(W).T}), "mixed": 0.3 < negative < 0.7}


@init_dense.mistake(
    "variance-as-std", "2/n_in is the variance. The spread that rng wants is its square root: √(2/n_in)."
)
def spread_is_variance(n_in, n_out, rng):
    return rng.normal(0, 2 / n_in, (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "all-positive",
    "All your weights are positive. Draw from a normal distribution around 0: rng.normal, not rng.random.",
)
def positive(n_in, n_out, rng):
    return rng.random((n_in, n_out)) * np.sqrt(2 / n_in), np.zeros(n_out)


@init_dense.mistake("fan-out", "You divided by the number of neurons. It is the number of inputs that counts: 2/n_in.")
def by_outputs(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(2 / n_out), (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "spread-as-mean",
    "The first argument of rng.normal is the mean, the second the spread: rng.normal(0, spread, size=…).",
)
def spread_in_the_first_place(n_in, n_out, rng):
    return rng.normal(np.sqrt(2 / n_in), size=(n_in, n_out)), np.zeros(n_out)


@init_dense.mistake("one-over-n", "Your variance is 1/n_in. ReLU throws half of the signal away, hence the 2: 2/n_in.")
def without_the_two(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(1 / n_in), (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake("unit-variance", "Your weights have variance 1. Scale them by √(2/n_in), or deep layers explode.")
def unscaled(n_in, n_out, rng):
    return rng.normal(size=(n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "zeros",
    "All weights are 0, so all neurons are equal, and equal neurons learn the same for ever. Draw them at random.",
)
def all_zero(n_in, n_out, rng):
    return np.zeros((n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "global-random",
    "You drew from NumPy's own generator. Use the rng you were handed, or nobody can repeat your result.",
)
def somebody_elses(n_in, n_out, rng):
    return np.random.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "same-seed-every-call",
    "Two calls gave the same weights: you make a new generator inside. Use the rng you were handed.",
)
def always_the_same(n_in, n_out, rng):
    return np.random.default_rng(0).normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake("random-bias", "Your biases are random. They start at 0: only the weights have to differ.")
def random_bias(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.ones(n_out) * 0.1


@init_dense.mistake("shape-swapped", "W is turned around: one row per input, one column per neuron, (n_in, n_out).")
def turned(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(2 / n_in), (n_out, n_in)), np.zeros(n_out)


@init_dense.variant
def by_standard_normal(n_in, n_out, rng):
    return rng.standard_normal((n_in, n_out)) * (2 / n_in) ** 0.5, np.zeros(n_out)


@init_dense.variant
def uniform_with_the_same_variance(n_in, n_out, rng):
    limit = np.sqrt(6 / n_in)
    return rng.uniform(-limit, limit, size=(n_in, n_out)), np.zeros((n_out,))
