"""Held-out cases of `adamw_step`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import averages

adamw_step = exercise("adamw_step")


@adamw_step.held_out
def many_steps_with_decay(adamw_step):
    w, m, v = inputs("adamw bowl", (2, 3)), np.zeros((2, 3)), np.zeros((2, 3))
    for t in range(1, 6):
        w, m, v = adamw_step(w, np.cos(w), m, v, t, 0.2, 0.8, 0.9, 1e-6, 0.4)
    return w, m, v


@adamw_step.held_out
def no_decay_is_adam(adamw_step):
    w, g, m = (inputs(f"adamw none {name}", 4) for name in "wgm")
    return adamw_step(w, g, m, np.ones(4), 3, 0.1, 0.9, 0.99, 0.1, 0.0)


def adam(w, g, m, v, t, lr, beta1, beta2, eps):
    """A right step of Adam, for the mistakes below."""
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adamw_step.mistake(
    "decay-in-gradient", "You put the decay into the gradient, where Adam divides it. Shrink w itself, before the step."
)
def l2_in_the_gradient(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w, g + decay * w, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-after-step", "You shrink w after Adam's step. First the decay, then the step.")
def shrunk_afterwards(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    w, m, v = adam(w, g, m, v, t, lr, beta1, beta2, eps)
    return w - lr * decay * w, m, v


@adamw_step.mistake("rate-missing", "The decay is lr · decay · w: you left out lr.")
def decay_in_full(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w - decay * w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-forgotten", "That is Adam without decay. First w − lr · decay · w.")
def plain_adam(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("weights-grow", "Your weights grow: lr · decay · w is subtracted.")
def growing(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w + lr * decay * w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-only", "w shrinks, but Adam's step is missing.")
def shrunk_only(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return w - lr * decay * w, *adam(w, g, m, v, t, lr, beta1, beta2, eps)[1:]


@adamw_step.mistake("two-too-many", "The slope of w² has a 2, but the decay is just lr · decay · w.")
def with_the_two(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w - 2 * lr * decay * w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("arrays-changed", "You changed the caller's w (`-=` or `*=` does). Make a new array.")
def shrunk_in_place(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    w -= lr * decay * w
    return adam(w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.variant
def decay_of_the_old_weights(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    new, m, v = adam(w, g, m, v, t, lr, beta1, beta2, eps)
    return new - lr * decay * w, m, v


@adamw_step.variant
def by_a_factor(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return list(adam((1 - lr * decay) * w, g, m, v, t, lr, beta1, beta2, eps))
