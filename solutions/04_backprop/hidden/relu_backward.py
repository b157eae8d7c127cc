"""Held-out cases of `relu_backward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

relu_backward = exercise("relu_backward")


@relu_backward.held_out
def three_axes(relu_backward):
    return with_inputs(relu_backward, inputs("relu dout", (2, 3, 4)), inputs("relu z", (2, 3, 4)))


@relu_backward.held_out
def whole_numbers_in_a_row(relu_backward):
    return relu_backward(np.array([5, -6, 7, -8, 9]), np.array([-2, 3, 0, 1, 4]))


@relu_backward.mistake(
    "mask-from-dout", "The sign of the message decides in your code. It is z, what went into the ReLU, that decides."
)
def by_the_message(dout, z):
    return dout * (dout > 0)


@relu_backward.mistake("mask-inverted", "You let pass what should stop: messages pass where z is positive.")
def the_other_half(dout, z):
    return dout * (z <= 0)


@relu_backward.mistake("no-mask", "Every message passes. Where z isn't positive, it must become 0.")
def all_pass(dout, z):
    return dout * 1.0


@relu_backward.mistake("sign-for-slope", "np.sign gives −1 on the left. The slope of the ReLU there is 0.")
def by_sign(dout, z):
    return dout * np.sign(z)


@relu_backward.mistake("slope-1-at-0", "At exactly 0 the slope is 0 here: compare with z > 0, not z >= 0.")
def at_zero_too(dout, z):
    return dout * (z >= 0)


@relu_backward.mistake("upstream-ignored", "Those are the slopes alone. Multiply them by the message, dout.")
def slopes_only(dout, z):
    return (z > 0) * 1.0


@relu_backward.mistake("relu-for-slope", "You multiplied by relu(z). The slope is 1 where z is positive, not z itself.")
def by_the_output(dout, z):
    return dout * np.maximum(z, 0)


@relu_backward.mistake("leaky", "A little gets through on the left. The slope of the ReLU there is exactly 0.")
def leaks(dout, z):
    return dout * np.where(z > 0, 1, 0.01)


@relu_backward.mistake("message-changed", "You wrote into the caller's dout. Make a new array: dout * (z > 0).")
def in_place(dout, z):
    dout[z <= 0] = 0
    return dout


@relu_backward.mistake("both-positive", "A negative message passes too when z is positive: only z decides.")
def both_must_be_positive(dout, z):
    return np.where((z > 0) & (dout > 0), dout, 0)


@relu_backward.mistake(
    "arguments-swapped", "You let z pass where dout is positive. It is dout that passes, where z is positive."
)
def the_wrong_way_round(dout, z):
    return z * (dout > 0)


@relu_backward.variant
def by_where(dout, z):
    return np.where(z > 0, dout, 0)


@relu_backward.variant
def by_writing_zeros(dout, z):
    dz = np.array(dout)
    dz[z <= 0] = 0
    return dz


@relu_backward.variant
def by_the_mask_of_the_output(dout, z):
    return dout * (np.maximum(z, 0) > 0).astype(float)
