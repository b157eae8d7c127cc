"""Held-out cases of `careful_step`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

careful_step = exercise("careful_step")


def square(x):
    return float(x @ x)


@careful_step.held_out
def exactly_fifty_halvings(careful_step):
    return careful_step(square, np.array([1.0]), np.array([2.0]), 1.5 * 2.0**49)


@careful_step.held_out
def a_valley_with_walls(careful_step):
    def valley(x):
        return float(np.abs(x).sum() + 0.1 * np.prod(np.cos(x)))

    x = inputs("careful x", 3)
    return with_inputs(lambda x, g: careful_step(valley, x, g, 40.0), x, np.sign(x))


@careful_step.held_out
def on_a_plain_no_step_leads_lower(careful_step):
    return careful_step(lambda x: 3.0, np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0.1)


def halve(f, x, gradient, lr, halvings=50):
    """A right careful step, for the mistakes below."""
    for k in range(halvings + 1):
        new = x - lr / 2**k * gradient
        if f(new) < f(x):
            return new
    return x.copy()


@careful_step.mistake("uphill", "You added the gradient, so the step leads up. Subtract it.")
def steps_up(f, x, gradient, lr):
    return halve(f, x, -gradient, lr)


@careful_step.mistake("never-halved", "You took the step whatever f says. Halve lr while f isn't smaller than at x.")
def careless(f, x, gradient, lr):
    return x - lr * gradient


@careful_step.mistake(
    "gives-up-at-once", "You stay at x when the first step fails. Halve lr and try again, up to 50 times."
)
def one_try(f, x, gradient, lr):
    return halve(f, x, gradient, lr, 0)


@careful_step.mistake("halved-once", "You halve once and take that step unseen. Go on until f is smaller than at x.")
def one_halving(f, x, gradient, lr):
    new = x - lr * gradient
    return new if f(new) < f(x) else x - lr / 2 * gradient


@careful_step.mistake(
    "equal-counts-as-lower", "You accept a step to a place that is just as high. f must be smaller there: `<`."
)
def or_equal(f, x, gradient, lr):
    for k in range(51):
        new = x - lr / 2**k * gradient
        if f(new) <= f(x):
            return new
    return x.copy()


@careful_step.mistake(
    "last-try-returned", "When no step leads lower, return a point equal to x, not the last one that was tried."
)
def ends_with_the_last_try(f, x, gradient, lr):
    for k in range(51):
        new = x - lr / 2**k * gradient
        if f(new) < f(x):
            break
    return new


@careful_step.mistake("tenth-for-half", "You shrink lr to a tenth. It should be halved each time.")
def divided_by_ten(f, x, gradient, lr):
    for k in range(51):
        new = x - lr / 10**k * gradient
        if f(new) < f(x):
            return new
    return x.copy()


@careful_step.mistake(
    "steps-pile-up", "Each try starts where the failed one ended. Start every try from x, with half the rate."
)
def from_where_it_failed(f, x, gradient, lr):
    new = x
    for k in range(51):
        new = new - lr / 2**k * gradient
        if f(new) < f(x):
            return new
    return x.copy()


@careful_step.mistake("rate-doubled", "You make lr larger when the step was too long. Halve it.")
def ever_longer(f, x, gradient, lr):
    for k in range(51):
        new = x - lr * 2**k * gradient
        if f(new) < f(x):
            return new
    return x.copy()


@careful_step.mistake("rate-returned", "You returned the learning rate that works. Return the new point.")
def the_rate(f, x, gradient, lr):
    for _ in range(51):
        if f(x - lr * gradient) < f(x):
            return lr
        lr /= 2
    return lr


@careful_step.mistake("x-changed", "You changed the caller's x (`x -= …` does). Make a new point: `new = x - …`.")
def moves_x(f, x, gradient, lr):
    x -= halve(f, x, gradient, lr) * 0 + x - halve(f, x, gradient, lr)
    return x


@careful_step.variant
def with_a_rate_that_shrinks(f, x, gradient, lr):
    here = f(x)
    for _ in range(51):
        new = x - lr * gradient
        if f(new) < here:
            return new
        lr = lr / 2
    return np.array(x)


@careful_step.variant
def with_a_while_loop(f, x, gradient, lr):
    new, halvings = x - lr * gradient, 0
    while not f(new) < f(x):
        if halvings == 50:
            return x + 0.0
        lr, halvings = lr * 0.5, halvings + 1
        new = x - lr * gradient
    return new


careful_step.equivalent("L6 dropped function x.copy()→x", "The result must equal x; it may be x itself.")
