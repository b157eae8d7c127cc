"""Held-out cases of `adam_step`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import averages

adam_step = exercise("adam_step")


@adam_step.held_out
def many_adam_steps(adam_step):
    w, m, v = inputs("adam bowl", (2, 3)), np.zeros((2, 3)), np.zeros((2, 3))
    for t in range(1, 8):
        w, m, v = adam_step(w, w * np.array([0.01, 1.0, 100.0]), m, v, t, 0.3, 0.85, 0.97, 1e-6)
    return w, m, v


@adam_step.held_out
def zero_gradients_and_a_late_step(adam_step):
    w, m = inputs("adam late w", 3), inputs("adam late m", 3)
    zero = np.zeros(3)
    return adam_step(w, zero, zero, zero, 1, 0.1, 0.9, 0.999, 1e-8), adam_step(
        w, -w, m, np.array([0.5, 1.0, 2.0]), 200, 0.05, 0.9, 0.99, 1e-3
    )


@adam_step.mistake(
    "no-correction",
    "m and v start at 0 and are too small at first. For the step divide them by 1 − beta to the power t.",
)
def uncorrected(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (np.sqrt(v) + eps), m, v


@adam_step.mistake("only-m-corrected", "Only m was corrected. v is too small at first as well: v / (1 − β₂ᵗ).")
def first_moment_only(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), m, v


@adam_step.mistake("only-v-corrected", "Only v was corrected. m is too small at first as well: m / (1 − β₁ᵗ).")
def second_moment_only(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake(
    "corrected-returned",
    "You return the corrected averages. They are for this step only; hand back m and v as they are kept.",
)
def feeds_back(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - lr * m / (np.sqrt(v) + eps), m, v


@adam_step.mistake("counted-from-0", "t is counted from 1 already; you took one off, and 1 − β⁰ is 0. Use t as it is.")
def one_step_behind(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    with np.errstate(all="ignore"):
        step = (m / (1 - beta1 ** (t - 1))) / (np.sqrt(v / (1 - beta2 ** (t - 1))) + eps)
    return w - lr * step, m, v


@adam_step.mistake("counted-from-2", "t is counted from 1 already; you added one. Use t as it is.")
def one_step_ahead(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1 ** (t + 1)) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps), m, v


@adam_step.mistake("times-t", "You multiplied beta by t. The correction has a power: 1 − beta**t.")
def product_for_power(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    with np.errstate(all="ignore"):
        return w - lr * m / (1 - beta1 * t) / (np.sqrt(v / (1 - beta2 * t)) + eps), m, v


@adam_step.mistake("times-t-in-m", "You multiplied β₁ by t. The correction has a power: 1 − beta1**t.")
def product_for_power_in_m(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    with np.errstate(all="ignore"):
        return w - lr * m / (1 - beta1 * t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake(
    "power-of-the-bracket", "Your power takes in the bracket: (1 − beta)**t. Only beta has it: 1 − beta**t."
)
def bracket_to_the_power(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1) ** t / (np.sqrt(v / (1 - beta2) ** t) + eps), m, v


@adam_step.mistake("correction-without-t", "You divide by 1 − beta in every step. It is 1 − beta to the power t.")
def always_the_first(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1) / (np.sqrt(v / (1 - beta2)) + eps), m, v


@adam_step.mistake("eps-in-root", "eps stands under the root in your code. Add it after the root: √v̂ + eps.")
def eps_under_the_root(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps), m, v


@adam_step.mistake(
    "eps-corrected-too", "Your correction scales eps as well. First correct v, then take the root, then add eps."
)
def eps_scaled(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps), m, v


@adam_step.mistake(
    "eps-outside-the-quotient", "eps was added to w, not to the root: a bracket is missing. m̂ / (√v̂ + eps)."
)
def eps_added_to_w(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)) + eps, m, v


@adam_step.mistake(
    "eps-added-to-the-step", "eps was added to the step, not to the root: a bracket is missing. m̂ / (√v̂ + eps)."
)
def eps_added_to_the_step(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - (lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("eps-times-rate", "eps was added to m̂ / √v̂, not to the root: a bracket is missing. m̂ / (√v̂ + eps).")
def eps_added_to_the_quotient(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * (m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("eps-forgotten", "eps is missing: with gradients of 0 the step would be 0/0. Add it to the root.")
def without_eps(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    with np.errstate(all="ignore"):
        return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)), m, v


@adam_step.mistake("eps-accumulates", "eps slipped into the v that you return, and piles up. Add it for the step only.")
def eps_kept(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    v = v + eps
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)), m, v


@adam_step.mistake("g-not-squared", "v averages the squares of the gradients: (1 − β₂) · g².")
def average_of_g(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g
    with np.errstate(all="ignore"):
        return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("no-root", "The root is missing: divide by √v̂ + eps. v holds squares, and the step needs a size.")
def without_root(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (v / (1 - beta2**t) + eps), m, v


@adam_step.mistake("ascent", "You climb: the step is subtracted from w.")
def adam_uphill(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w + lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake(
    "gradient-for-m", "The step uses the gradient itself. Use the corrected average of the gradients, m̂."
)
def gradient_over_root(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * g / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("betas-swapped", "The betas are exchanged: beta1 belongs to m, beta2 to v.")
def other_betas(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta2, beta1)
    return w - lr * m / (1 - beta2**t) / (np.sqrt(v / (1 - beta1**t)) + eps), m, v


@adam_step.mistake(
    "shares-missing", "You add g and g² in full. In an average the new one counts 1 − beta: beta · m + (1 − beta) · g."
)
def sums_for_averages(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + g, beta2 * v + g**2
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("only-w", "You return w alone. The averages must be handed back too: return w, m, v.")
def only_the_weights(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)


@adam_step.mistake("old-averages-returned", "You return the averages that were handed in. Return the new m and v.")
def nothing_kept(w, g, m, v, t, lr, beta1, beta2, eps):
    a, b = averages(g, m, v, beta1, beta2)
    return w - lr * a / (1 - beta1**t) / (np.sqrt(b / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("arrays-changed", "You changed the caller's arrays (`*=`, `+=`, `-=` do). Make new ones.")
def adam_in_place(w, g, m, v, t, lr, beta1, beta2, eps):
    m *= beta1
    m += (1 - beta1) * g
    v *= beta2
    v += (1 - beta2) * g**2
    w -= lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w, m, v


@adam_step.variant
def towards_the_new(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (g * g - v)
    root = np.sqrt(v) / np.sqrt(1 - beta2**t)
    return w - lr / (1 - beta1**t) * m / (root + eps), m, v


@adam_step.variant
def by_powers(w, g, m, v, t, lr, beta1, beta2, eps):
    m = np.multiply(beta1, m) + np.multiply(1 - beta1, g)
    v = np.multiply(beta2, v) + np.multiply(1 - beta2, np.square(g))
    step = m / (1 - np.power(beta1, float(t))) / ((v / (1 - np.power(beta2, float(t)))) ** 0.5 + eps)
    return [w - lr * step, m, v]
