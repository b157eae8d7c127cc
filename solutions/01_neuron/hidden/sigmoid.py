"""Held-out cases of `sigmoid`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs, with_warnings

sigmoid = exercise("sigmoid")


@sigmoid.held_out
def a_random_batch_keeps_its_shape(sigmoid):
    return with_inputs(sigmoid, inputs("sigmoid batch", (3, 4, 5), -6, 6))


@sigmoid.held_out(part="no overflow")
def very_negative_and_very_positive_numbers_together(sigmoid):
    return with_warnings(sigmoid, np.array([[-1000.0, 999.0], [-745.5, 710.0]]))


@sigmoid.mistake(
    "other-form-only",
    "Your formula is right, and safe for negative z. What is left is z = 1000: there e^1000 is too large for a float, "
    "and ∞ / ∞ is nan. Each form is safe on one side only: use e^(−|z|).",
)
def negative_form_everywhere(z):
    return np.exp(z) / (1 + np.exp(z))


@sigmoid.mistake("sign-in-exp", "Your curve falls where it should rise. The exponent needs a minus: e^(−z).")
def falling(z):
    return 1 / (1 + np.exp(np.clip(z, -700, 700)))


@sigmoid.mistake(
    "minus-in-denominator", "The denominator is one plus e^(−z); with a minus it explodes at zero and turns negative."
)
def minus_below(z):
    return 1 / (1 - np.exp(-z))


@sigmoid.mistake(
    "denominator-without-brackets",
    "Python divides before it adds, so 1 / 1 + e^(−z) is (1 / 1) + e^(−z). Put brackets around the whole denominator: "
    "1 / (1 + …).",
)
def no_brackets(z):
    return 1 / 1 + np.exp(-z)


@sigmoid.mistake(
    "overflow",
    "Your formula is right. What is left is z = −1000: there it asks for e^1000, which is too large for a float, and "
    "NumPy warns of it. Each of the two forms is safe on one side only; the power e^(−|z|), which occurs in both safe "
    "cases, is never large.",
)
def plain(z):
    return 1 / (1 + np.exp(-z))


@sigmoid.mistake(
    "overflow-in-power",
    "Your formula is right. What is left is z = −1000: there it asks for e^1000, which is too large for a float, and "
    "NumPy warns of it. Each of the two forms is safe on one side only; the power e^(−|z|), which occurs in both safe "
    "cases, is never large. (For e to the power of z there is `np.exp(z)`.)",
)
def plain_as_a_power(z):
    return 1 / (1 + np.e**-z)


@sigmoid.mistake(
    "where-evaluates-both",
    "Both of your formulas are right, each on its side. But `np.where` is handed both complete before it chooses, so "
    "at |z| = 1000 the other one has already overflowed. Use e^(−|z|), which never can.",
)
def both_branches(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@sigmoid.mistake(
    "integer-output",
    "The result inherited the integer type of z, so its fractions were cut off. Make it a float array.",
)
def integers_stay_integers(z):
    out = np.empty_like(z)
    e = np.exp(-np.abs(z))
    out[...] = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    return out


@sigmoid.mistake("one-missing", "The 1 in the denominator is missing: 1 / e^(−z) is e^z, which grows without limit.")
def only_exp(z):
    return 1 / np.exp(-np.clip(z, -700, 700))


@sigmoid.mistake("tanh", "This is tanh, which runs from −1 to 1. The sigmoid runs from 0 to 1.")
def hyperbolic(z):
    return np.tanh(z)


@sigmoid.mistake(
    "negative-half-mirrored",
    "The left half of your curve mirrors the right one. For negative z the answer is e / (1 + e), with e = e^(−|z|).",
)
def mirrored(z):
    return 1 / (1 + np.exp(-np.abs(z)))


@sigmoid.variant
def by_tanh(z):
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


@sigmoid.variant
def by_logaddexp(z):
    return np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float)))


@sigmoid.variant
def by_mask(z):
    z = np.asarray(z, dtype=float)
    out = np.empty(z.shape)
    positive = z >= 0
    out[positive] = 1 / (1 + np.exp(-z[positive]))
    grown = np.exp(z[~positive])
    out[~positive] = grown / (1 + grown)
    return out


@sigmoid.variant
def by_clipping_the_exponent(z):
    return 1 / (1 + np.exp(-np.clip(z, -709, 709)))


sigmoid.equivalent("L3 comparison z >= 0→z > 0", "At z = 0 both branches give 1/2.")
