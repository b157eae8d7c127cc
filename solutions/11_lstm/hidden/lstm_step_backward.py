"""Held-out cases of `lstm_step_backward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import Ways, parameters, sigma

lstm_step_backward = exercise("lstm_step_backward")


def back(lstm_step, lstm_step_backward, name, n, d, hidden):
    h, c = inputs(f"{name} h", (n, hidden), -1, 1), inputs(f"{name} c", (n, hidden))
    cache = lstm_step(inputs(f"{name} x", (n, d)), h, c, *parameters(name, d, hidden))[-1]
    return lstm_step_backward(inputs(f"{name} dh", (n, hidden)), inputs(f"{name} dc", (n, hidden)), cache)


@lstm_step_backward.held_out
def five_samples_backwards(lstm_step, lstm_step_backward):
    return back(lstm_step, lstm_step_backward, "five", 5, 3, 2)


@lstm_step_backward.held_out
def one_sample_backwards(lstm_step, lstm_step_backward):
    return back(lstm_step, lstm_step_backward, "lone", 1, 2, 6)


@lstm_step_backward.held_out
def the_same_cache_twice(lstm_step, lstm_step_backward):
    h, c = inputs("twice h", (2, 3), -1, 1), inputs("twice c", (2, 3))
    cache = lstm_step(inputs("twice x", (2, 4)), h, c, *parameters("twice", 4, 3))[-1]
    dh, dc = inputs("twice dh", (2, 3)), inputs("twice dc", (2, 3))
    lstm_step_backward(dh, dc, cache)
    return lstm_step_backward(dh, dc, cache)


@lstm_step_backward.mistake(
    "incoming-dc-ignored", "c has two readers, h and the next step. The message dc of the next step is missing: add it."
)
def only_through_h(dh, dc, cache):
    return Ways(dh, 0 * dc, cache).result()


@lstm_step_backward.mistake(
    "dc-from-h-missing", "dh also reaches c, through o and the tanh: d = dc + dh · o · (1 − tanh²c)."
)
def only_from_later(dh, dc, cache):
    return Ways(dh, dc, cache).whole(dc).result()


@lstm_step_backward.mistake("tanh-slope-of-c-missing", "Between c and h there is a tanh: dh · o · (1 − tanh²c).")
def no_slope_of_c(dh, dc, cache):
    way = Ways(dh, dc, cache)
    return way.whole(dc + dh * way.o).result()


@lstm_step_backward.mistake("one-minus-c-squared", "The slope of tanh(c) is 1 − tanh²(c), not 1 − c².")
def c_squared(dh, dc, cache):
    way = Ways(dh, dc, cache)
    return way.whole(dc + dh * way.o * (1 - way.new**2)).result()


@lstm_step_backward.mistake("tanh-twice", "tanh(c) is a tanh already: the slope is 1 − tanh²(c), without another tanh.")
def tanh_of_tanh(dh, dc, cache):
    way = Ways(dh, dc, cache)
    return way.whole(dc + dh * way.o * (1 - np.tanh(way.tanh_c) ** 2)).result()


@lstm_step_backward.mistake("o-missing-in-d", "The part of dh that reaches c goes through the output gate: times o.")
def without_o(dh, dc, cache):
    way = Ways(dh, dc, cache)
    return way.whole(dc + dh * (1 - way.tanh_c**2)).result()


@lstm_step_backward.mistake(
    "activation-twice", "The gates are sigmoids already. Their slope is s · (1 − s), without another sigmoid."
)
def sigmoid_again(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.slopes = [sigma(s) * (1 - sigma(s)) for s in (way.i, way.f)] + [1 - np.tanh(way.g) ** 2]
    way.slopes += [sigma(way.o) * (1 - sigma(way.o))]
    return way.result()


@lstm_step_backward.mistake(
    "slopes-missing", "The messages to the gates still go through their bends: times each slope."
)
def no_slopes(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.slopes = [1.0] * 4
    return way.result()


@lstm_step_backward.mistake("forget-slope-missing", "f came out of a sigmoid: multiply its message by f · (1 − f).")
def no_slope_of_f(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.slopes[1] = 1.0
    return way.result()


@lstm_step_backward.mistake("s-for-slope", "You multiply by the gate in place of its slope: s · (1 − s).")
def gate_for_slope(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.slopes = [way.i, way.f, way.slopes[2], way.o]
    return way.result()


@lstm_step_backward.mistake("dg-like-sigmoid", "g is a tanh: its slope is 1 − g², not g · (1 − g).")
def sigmoid_slope_of_g(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.slopes[2] = way.g * (1 - way.g)
    return way.result()


@lstm_step_backward.mistake("gates-like-tanh", "i, f and o are sigmoids: their slope is s · (1 − s), not 1 − s².")
def tanh_slope_of_gates(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.slopes = [1 - s**2 for s in (way.i, way.f, way.g, way.o)]
    return way.result()


@lstm_step_backward.mistake("do-uses-c", "h = o · tanh(c), so o's message is dh · tanh(c), not dh · c.")
def o_gets_c(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.to[3] = dh * way.new
    return way.result()


@lstm_step_backward.mistake("do-uses-d", "o has no part in c: its message is dh · tanh(c), not the whole message of c.")
def o_gets_d(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.to[3] = way.d * way.tanh_c
    return way.result()


@lstm_step_backward.mistake("df-uses-new-c", "f was multiplied by the old c, so its message is d times the old c.")
def f_gets_new_c(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.to[1] = way.d * way.new
    return way.result()


@lstm_step_backward.mistake(
    "i-and-g-exchanged", "Each factor gets the other one: i's message is d · g, and g's is d · i."
)
def own_factor(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.to[0], way.to[2] = way.d * way.i, way.d * way.g
    return way.result()


@lstm_step_backward.mistake(
    "blocks-out-of-order", "The four parts of dz stand in the order i, f, g, o, as in the step."
)
def ifog_backwards(dh, dc, cache):
    way = Ways(dh, dc, cache)
    i, f, g, o = way.blocks()
    return way.result(np.concatenate([i, f, o, g], axis=1))


@lstm_step_backward.mistake("c-prev-without-f", "What goes back to the old c went through the forget gate: d · f.")
def whole_message(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.dc_prev = way.d
    return way.result()


@lstm_step_backward.mistake("c-prev-from-dc-only", "The old c gets the whole message of c times f, not only dc · f.")
def dc_times_f(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.dc_prev = dc * way.f
    return way.result()


@lstm_step_backward.mistake("c-prev-times-one-minus-f", "f says what stays: dc_prev = d · f.")
def kept_the_wrong_way(dh, dc, cache):
    way = Ways(dh, dc, cache)
    way.dc_prev = way.d * (1 - way.f)
    return way.result()


@lstm_step_backward.mistake("half-of-it", "Two ways add up, and nothing is halved: d = dc + dh · o · (1 − tanh²c).")
def halved(dh, dc, cache):
    way = Ways(dh, dc, cache)
    return way.whole(way.d / 2).result()


@lstm_step_backward.mistake(
    "mean-over-the-batch", "The weights' gradients are sums over the batch. The mean sits in the loss."
)
def means(dh, dc, cache):
    dx, dh_prev, dc_prev, *weights = Ways(dh, dc, cache).result()
    return dx, dh_prev, dc_prev, *(w / len(dh) for w in weights)


@lstm_step_backward.mistake("db-mean", "db is the sum over the samples, not their mean.")
def mean_of_b(dh, dc, cache):
    *rest, db = Ways(dh, dc, cache).result()
    return *rest, db / len(dh)


@lstm_step_backward.mistake(
    "dWh-with-new-state", "dWh pairs the message with the state that came in, not with the new one."
)
def new_h_in_dWh(dh, dc, cache):
    way = Ways(dh, dc, cache)
    dx, dh_prev, dc_prev, dWx, _, db = way.result()
    return dx, dh_prev, dc_prev, dWx, (way.o * way.tanh_c).T @ np.concatenate(way.blocks(), axis=1), db


@lstm_step_backward.mistake(
    "dx-and-dh-exchanged", "dx comes back through Wx and dh_prev through Wh; yours are exchanged."
)
def exchanged(dh, dc, cache):
    dx, dh_prev, *rest = Ways(dh, dc, cache).result()
    return dh_prev, dx, *rest


@lstm_step_backward.mistake(
    "dh-and-dc-exchanged", "The order is (dx, dh_prev, dc_prev, …); the two states are exchanged."
)
def states_exchanged(dh, dc, cache):
    dx, dh_prev, dc_prev, *rest = Ways(dh, dc, cache).result()
    return dx, dc_prev, dh_prev, *rest


@lstm_step_backward.mistake("dc-prev-missing", "Six gradients are wanted; dc_prev, the one for the old c, is missing.")
def five_results(dh, dc, cache):
    dx, dh_prev, _, *rest = Ways(dh, dc, cache).result()
    return dx, dh_prev, *rest


@lstm_step_backward.mistake("dh-changed", "You change the caller's dc. Make a new array: d = dc + …, not dc += ….")
def added_in_place(dh, dc, cache):
    way = Ways(dh, dc, cache)
    dc += way.d - dc
    return way.result()


@lstm_step_backward.mistake("return-missing", "The gradients are computed, but not returned.")
def silent_backward(dh, dc, cache):
    Ways(dh, dc, cache).result()


@lstm_step_backward.variant
def block_by_block(dh, dc, cache):
    way = Ways(dh, dc, cache)
    dx = dh_prev = 0
    for block, wx, wh in zip(way.blocks(), np.split(way.Wx, 4, axis=1), np.split(way.Wh, 4, axis=1), strict=True):
        dx, dh_prev = dx + block @ wx.T, dh_prev + block @ wh.T
    dz = np.hstack(way.blocks())
    return [dx, dh_prev, way.f * way.d, np.einsum("nd,nz->dz", way.x, dz), np.einsum("nk,nz->kz", way.h, dz), sum(dz)]


@lstm_step_backward.variant
def computed_again(dh, dc, cache):
    x, h, c, Wx, Wh, i, f, g, o, _ = cache
    new = f * c + i * g
    d = dc + dh * o / np.cosh(new) ** 2
    parts = d * g * (i - i**2), d * c * (f - f**2), d * i * (1 + g) * (1 - g), dh * np.tanh(new) * (o - o * o)
    dz = np.column_stack(parts)
    return (Wx @ dz.T).T, (Wh @ dz.T).T, d * f, (dz.T @ x).T, (dz.T @ h).T, np.ones(len(dz)) @ dz


lstm_step_backward.equivalent("L9 axis axis=1→axis=-1", "Each block has two axes.")
lstm_step_backward.equivalent("L10 axis axis=0→axis=-2", "dz has two axes.")
