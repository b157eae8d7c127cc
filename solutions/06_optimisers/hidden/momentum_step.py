"""Held-out cases of `momentum_step`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

momentum_step = exercise("momentum_step")


@momentum_step.held_out
def many_steps_in_a_bowl(momentum_step):
    w, v = inputs("momentum bowl", (3, 4)), np.zeros((3, 4))
    for _ in range(6):
        w, v = momentum_step(w, w * np.arange(1.0, 5.0), v, 0.15, 0.6)
    return w, v


@momentum_step.held_out
def without_memory_and_with_single_numbers(momentum_step):
    arrays = [inputs(f"momentum plain {name}", 4) for name in "wgv"]
    return momentum_step(*arrays, 0.5, 0.0), momentum_step(2.0, -1.5, 0.5, 0.1, 0.99)


@momentum_step.mistake(
    "one-minus-beta", "You scale g by 1 − beta, which is another convention. Here it is v = beta · v + g."
)
def averaged(w, g, v, lr, beta):
    v = beta * v + (1 - beta) * g
    return w - lr * v, v


@momentum_step.mistake(
    "rate-in-velocity",
    "You put lr into the velocity, which is another convention. Here v = beta · v + g, and w moves by lr · v.",
)
def rate_inside(w, g, v, lr, beta):
    v = beta * v + lr * g
    return w - v, v


@momentum_step.mistake(
    "negative-velocity",
    "Your velocity points downhill and holds lr, another convention. Here v = beta · v + g, and w = w − lr · v.",
)
def downhill_velocity(w, g, v, lr, beta):
    v = beta * v - lr * g
    return w + v, v


@momentum_step.mistake(
    "velocity-sign",
    "The gradient is subtracted twice, so you climb: add g to the velocity, then subtract lr · v from w.",
)
def minus_twice(w, g, v, lr, beta):
    v = beta * v - g
    return w - lr * v, v


@momentum_step.mistake("ascent", "You climb: lr times the velocity is subtracted from w.")
def uphill(w, g, v, lr, beta):
    v = beta * v + g
    return w + lr * v, v


@momentum_step.mistake(
    "old-velocity", "w moved with the old velocity. First the new one, v = beta · v + g, then the step."
)
def with_the_old_one(w, g, v, lr, beta):
    return w - lr * v, beta * v + g


@momentum_step.mistake("velocity-unused", "w moved by lr · g, as without momentum. It is the velocity that moves it.")
def plain_step(w, g, v, lr, beta):
    return w - lr * g, beta * v + g


@momentum_step.mistake("beta-forgotten", "The velocity never fades: beta is missing. v = beta · v + g.")
def never_fades(w, g, v, lr, beta):
    v = v + g
    return w - lr * v, v


@momentum_step.mistake("beta-on-gradient", "You multiplied the gradient by beta. It is the old velocity that fades.")
def gradient_fades(w, g, v, lr, beta):
    v = v + beta * g
    return w - lr * v, v


@momentum_step.mistake(
    "velocity-not-handed-back", "You return the velocity that was handed in. Return the new one, or nothing piles up."
)
def old_velocity_returned(w, g, v, lr, beta):
    return w - lr * (beta * v + g), v


@momentum_step.mistake("only-w", "You return w alone. The velocity must be handed back too: return w, v.")
def weights_alone(w, g, v, lr, beta):
    return w - lr * (beta * v + g)


@momentum_step.mistake("pair-swapped", "The pair is turned around: w comes first, then v.")
def velocity_first(w, g, v, lr, beta):
    v = beta * v + g
    return v, w - lr * v


@momentum_step.mistake(
    "nesterov", "You look one step further ahead (Nesterov's method). Here w moves by lr · v, no more."
)
def looking_ahead(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * (g + beta * v), v


@momentum_step.mistake(
    "arrays-changed", "You changed the caller's arrays (`*=`, `+=`, `-=` do). Make new ones: v = beta * v + g."
)
def in_place(w, g, v, lr, beta):
    v *= beta
    v += g
    w -= lr * v
    return w, v


@momentum_step.variant
def in_new_arrays(w, g, v, lr, beta):
    new = np.multiply(beta, v)
    new = np.add(new, g)
    return [w + (-lr) * new, new]


@momentum_step.variant
def in_one_line(w, g, v, lr, beta):
    return w - lr * beta * v - lr * g, g + v * beta
