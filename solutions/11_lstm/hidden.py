"""What stays with the author of lesson 11: held-out cases, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch
from torch import nn

from autograder import between, exercise, inputs, integer_inputs


def sigma(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def parameters(name, d, hidden, blocks=4):
    width = blocks * hidden
    return inputs(f"{name} Wx", (d, width), -1, 1), inputs(f"{name} Wh", (hidden, width), -1, 1), inputs(name, width)


# --- lstm_step ----------------------------------------------------------------------------------------------------

lstm_step = exercise("lstm_step")


@lstm_step.held_out
def two_steps_in_a_row(lstm_step):
    h, c = inputs("held h", (4, 3), -1, 1), inputs("held c", (4, 3))
    given = parameters("held", 2, 3)
    for t in range(2):
        h, c, _ = lstm_step(inputs(f"held x{t}", (4, 2)), h, c, *given)
    return h, c


@lstm_step.held_out
def one_unit_and_one_feature(lstm_step):
    return lstm_step(np.array([[0.5]]), np.array([[-0.25]]), np.array([[2.0]]), *parameters("tiny", 1, 1))[:2]


@lstm_step.held_out
def more_units_than_samples(lstm_step):
    h, c = inputs("wide h", (1, 7), -1, 1), inputs("wide c", (1, 7))
    return lstm_step(inputs("wide x", (1, 3)), h, c, *parameters("wide", 3, 7))[:2]


def cell(x, h, c, Wx, Wh, b, order="ifgo", bends=(sigma, sigma, np.tanh, sigma), mix=None, show=None, z=None):
    """A step with a choice of what is done differently, for the mistakes below."""
    z = x @ Wx + h @ Wh + b if z is None else z
    parts = dict(zip(order, np.split(z, 4, axis=1), strict=True))
    i, f, g, o = (bend(parts[name]) for bend, name in zip(bends, "ifgo", strict=True))
    new = f * c + i * g if mix is None else mix(i, f, g, o)
    shown = o * np.tanh(new) if show is None else show(o, new)
    return shown, new, (x, h, c, Wx, Wh, i, f, g, o, np.tanh(new))


@lstm_step.mistake("order-ifog", "You read the columns as i, f, o, g. Here they are i, f, g, o, as in torch.")
def ifog(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, order="ifog")


@lstm_step.mistake("input-and-forget-exchanged", "Input and forget gate are exchanged: c = f · c + i · g.")
def figo(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, order="figo")


@lstm_step.mistake("order-fiog", "You read the columns as f, i, o, g. Here they are i, f, g, o, as in torch.")
def fiog(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, order="fiog")


@lstm_step.mistake("order-gifo", "You read the columns as g, i, f, o. Here they are i, f, g, o, as in torch.")
def gifo(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, order="gifo")


@lstm_step.mistake("no-tanh-on-c", "h = o · tanh(c): the tanh around the new c is missing.")
def bare_c(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, show=lambda o, new: o * new)


@lstm_step.mistake("sigmoid-on-c", "What is shown is o · tanh(c); you put a sigmoid there.")
def sigmoid_of_c(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, show=lambda o, new: o * sigma(new))


@lstm_step.mistake("added-not-multiplied", "The input gate scales g: f · c + i · g, not f · c + i + g.")
def i_plus_g(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: f * c + i + g)


@lstm_step.mistake("input-gate-missing", "g is written down whole. The input gate says how much of it: i · g.")
def no_input_gate(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: f * c + g)


@lstm_step.mistake("forget-gate-missing", "The old c is kept whole. The forget gate says how much of it stays: f · c.")
def no_forget_gate(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: c + i * g)


@lstm_step.mistake("output-gate-missing", "The output gate is missing: h = o · tanh(c).")
def no_output_gate(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, show=lambda o, new: np.tanh(new))


@lstm_step.mistake("sigmoid-for-g", "g may be negative, or c could only grow: tanh, not sigmoid.")
def sigmoid_g(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, bends=(sigma, sigma, sigma, sigma))


@lstm_step.mistake("g-without-tanh", "The third block needs its bend: g = tanh(…).")
def straight_g(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, bends=(sigma, sigma, lambda z: z, sigma))


@lstm_step.mistake("tanh-for-gates", "Gates lie between 0 and 1: sigmoid for i, f and o. Only g gets a tanh.")
def tanh_everywhere(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, bends=(np.tanh,) * 4)


@lstm_step.mistake(
    "gates-without-sigmoid", "The gates are used as they come out of the product. Put sigmoid on i, f and o."
)
def straight_gates(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, bends=(lambda z: z, lambda z: z, np.tanh, lambda z: z))


@lstm_step.mistake("forget-inverted", "f says what stays: 1 keeps, 0 forgets. Multiply c by f, not by 1 − f.")
def inverted(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: (1 - f) * c + i * g)


@lstm_step.mistake("c-not-carried", "The old c is lost: the new one is f · c + i · g.")
def forgotten_c(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: i * g)


@lstm_step.mistake("coupled", "You take i = 1 − f. Here the input gate has a block of its own, the first.")
def coupled_gates(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: f * c + (1 - f) * g)


@lstm_step.mistake("h-for-c", "You carry h where c belongs: the new c is f · c + i · g.")
def h_carried(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: f * h + i * g)


@lstm_step.mistake("old-c-in-h", "h shows the new c, not the old one: o · tanh(new c).")
def old_c(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, show=lambda o, new: o * np.tanh(c))


@lstm_step.mistake(
    "gates-interleaved", "The gates are four blocks side by side, not alternating columns: split along axis 1."
)
def alternating(x, h, c, Wx, Wh, b):
    z = x @ Wx + h @ Wh + b
    apart = z.reshape(len(z), -1, 4).transpose(0, 2, 1).reshape(len(z), -1)
    return cell(x, h, c, Wx, Wh, b, z=apart)


@lstm_step.mistake("bias-missing", "The bias is missing: z = x Wx + h Wh + b.")
def no_bias(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, 0 * b)


@lstm_step.mistake("bias-twice", "The bias is added twice. Here there is one: z = x Wx + h Wh + b.")
def two_biases(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, 2 * b)


@lstm_step.mistake("h-not-used", "The hidden state before is missing: z = x Wx + h Wh + b.")
def blind_to_h(x, h, c, Wx, Wh, b):
    return cell(x, 0 * h, c, Wx, Wh, b)


@lstm_step.mistake("x-not-used", "What is read is missing: z = x Wx + h Wh + b.")
def blind_to_x(x, h, c, Wx, Wh, b):
    return cell(0 * x, h, c, Wx, Wh, b)


@lstm_step.mistake("c-in-place-of-h", "The products need h, what was shown, not c: z = x Wx + h Wh + b.")
def c_into_the_product(x, h, c, Wx, Wh, b):
    return cell(x, c, c, Wx, Wh, b)


@lstm_step.mistake("states-exchanged", "h and c are returned in the wrong order: (h, c, cache).")
def c_first(x, h, c, Wx, Wh, b):
    shown, new, cache = cell(x, h, c, Wx, Wh, b)
    return new, shown, cache


@lstm_step.mistake("old-c-returned", "You return the c that came in. The new one is f · c + i · g.")
def c_that_came(x, h, c, Wx, Wh, b):
    shown, _, cache = cell(x, h, c, Wx, Wh, b)
    return shown, c, cache


@lstm_step.mistake("cache-forgotten", "The cache is missing: return (h, c, cache).")
def no_cache(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b)[:2]


@lstm_step.mistake("return-missing", "The step is computed, but not returned.")
def silent_step(x, h, c, Wx, Wh, b):
    cell(x, h, c, Wx, Wh, b)


@lstm_step.mistake("c-changed", "Your step changes the caller's c. Make a new array: c = f * c + …, not c *= f.")
def in_place(x, h, c, Wx, Wh, b):
    shown, new, cache = cell(x, h, c.astype(float), Wx, Wh, b)
    if c.dtype.kind == "f":
        c[:] = new
    return shown, new, cache


@lstm_step.variant
def by_slices(x, h, c, Wx, Wh, b):
    k = h.shape[1]
    z = np.hstack([x, h]) @ np.vstack([Wx, Wh]) + b
    i, f, g, o = sigma(z[:, :k]), sigma(z[:, k : 2 * k]), np.tanh(z[:, 2 * k : 3 * k]), sigma(z[:, 3 * k :])
    new = c * f + g * i
    return np.tanh(new) * o, new, {"everything": (x, h, c, Wx, Wh, b)}


@lstm_step.variant
def four_products(x, h, c, Wx, Wh, b):
    zs = [x @ wx + h @ wh + part for wx, wh, part in zip(*(np.split(W, 4, axis=-1) for W in (Wx, Wh, b)), strict=True)]
    i, f, o = (0.5 * (1 + np.tanh(zs[k] / 2)) for k in (0, 1, 3))
    new = f * c + i * np.tanh(zs[2])
    return [o * np.tanh(new), new, None]


# --- lstm_forward -------------------------------------------------------------------------------------------------

lstm_forward = exercise("lstm_forward")


def sequence(name, n, t, d, hidden):
    h0, c0 = inputs(f"{name} h", (n, hidden), -1, 1), inputs(f"{name} c", (n, hidden))
    return inputs(f"{name} X", (n, t, d)), h0, c0, *parameters(name, d, hidden)


@lstm_forward.held_out
def many_steps(lstm_forward):
    return lstm_forward(*sequence("many", 3, 9, 2, 4))[0]


@lstm_forward.held_out
def more_samples_than_steps(lstm_forward):
    return lstm_forward(*sequence("broad", 6, 2, 1, 3))[0]


@lstm_forward.held_out
def whole_numbers_in_time(lstm_forward):
    _, h0, c0, *given = sequence("ints", 2, 3, 2, 2)
    return lstm_forward(integer_inputs("ints", (2, 3, 2), 4), h0, c0, *given)[0]


def unrolled(X, h0, c0, Wx, Wh, b, times=None, reset_h=False, reset_c=False):
    h, c, H, C, caches = h0, c0, [], [], []
    for t in range(X.shape[1]) if times is None else times:
        h, c, cache = cell(X[:, t], h0 if reset_h else h, c0 if reset_c else c, Wx, Wh, b)
        H.append(h)
        C.append(c)
        caches.append(cache)
    return H, C, caches


@lstm_forward.mistake("h0-not-used", "h0 never enters: start with h = h0, not with zeros.")
def zeros_for_h(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, 0 * h0, c0, Wx, Wh, b)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("c0-not-used", "c0 never enters: start with c = c0, not with zeros.")
def zeros_for_c(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, 0 * c0, Wx, Wh, b)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("no-start", "h0 and c0 never enter: start with h = h0 and c = c0, not with zeros.")
def zeros_for_both(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, 0 * h0, 0 * c0, Wx, Wh, b)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("states-not-carried", "Every step starts from h0 and c0: hand the new h and c on.")
def always_from_the_start(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, reset_h=True, reset_c=True)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("h-not-carried", "Every step gets h0: hand the new h on to the next step, as you do with c.")
def h0_each_time(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, reset_h=True)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("c-not-carried", "Every step gets c0: hand the new c on to the next step, as you do with h.")
def c0_each_time(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, reset_c=True)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("c-lost", "c starts again at 0 in every step. Hand the new c on to the next step.")
def zero_c_each_time(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, 0 * c0, Wx, Wh, b, reset_c=True)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("start-exchanged", "h0 and c0 are exchanged at the start.")
def c0_for_h0(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, c0, h0, Wx, Wh, b)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("states-exchanged", "h and c change places from step to step: lstm_step returns (h, c, cache).")
def swapped_on_the_way(X, h0, c0, Wx, Wh, b):
    h, c, H, caches = h0, c0, [], []
    for t in range(X.shape[1]):
        shown, new, cache = cell(X[:, t], h, c, Wx, Wh, b)
        h, c = new, shown
        H.append(shown)
        caches.append(cache)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("cell-states-collected", "H holds the cell states. The outside sees the hidden states h.")
def c_collected(X, h0, c0, Wx, Wh, b):
    _, C, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.stack(C, axis=1), caches


@lstm_forward.mistake("time-reversed", "H must hold the states in the order of time, the first step first.")
def last_first(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.stack(H[::-1], axis=1), caches


@lstm_forward.mistake("read-backwards", "You read the sequence from its end. Start with X[:, 0].")
def from_the_end(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, times=range(X.shape[1] - 1, -1, -1))
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("only-the-last", "Only the last state is returned. H holds the state after every step.")
def the_end_alone(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return H[-1], caches


@lstm_forward.mistake(
    "starts-with-h0", "H begins with h0 and lacks the last state. It holds the states after each step."
)
def one_too_early(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.stack([h0, *H[:-1]], axis=1), caches


@lstm_forward.mistake("time-in-front", "Time comes first in your H: (t, n, hidden). Stack along axis 1.")
def time_first(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.stack(H), caches


@lstm_forward.mistake(
    "side-by-side", "The states stand side by side in one long row. np.stack makes a new axis for time."
)
def concatenated(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.concatenate(H, axis=1), caches


@lstm_forward.mistake("first-input-only", "Every step reads the first element. Step t reads X[:, t].")
def x0_each_time(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, times=[0] * X.shape[1])
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("caches-forgotten", "The caches are missing: return (H, caches).")
def without_caches(X, h0, c0, Wx, Wh, b):
    return np.stack(unrolled(X, h0, c0, Wx, Wh, b)[0], axis=1)


@lstm_forward.mistake("return-missing", "H is computed, but not returned.")
def silent_forward(X, h0, c0, Wx, Wh, b):
    unrolled(X, h0, c0, Wx, Wh, b)


@lstm_forward.variant
def into_zeros(X, h0, c0, Wx, Wh, b):
    n, t, _ = X.shape
    H, caches = np.zeros((n, t, h0.shape[1])), {}
    for step in range(t):
        H[:, step], c0, caches[step] = cell(X[:, step], H[:, step - 1] if step else h0, c0, Wx, Wh, b)
    return H, caches


@lstm_forward.variant
def with_a_swapped_view(X, h0, c0, Wx, Wh, b):
    h, c, H = h0, c0, []
    for x in X.swapaxes(0, 1):
        h, c, _ = cell(x, h, c, Wx, Wh, b)
        H += [h]
    return np.array(H).swapaxes(0, 1), None


# --- lstm_step_backward -------------------------------------------------------------------------------------------

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


class Ways:
    """The numbers of a step's way back, read from the reference's cache; a mistake changes some of them."""

    def __init__(self, dh, dc, cache):
        self.dh, self.dc = dh, dc
        self.x, self.h, self.c, self.Wx, self.Wh, self.i, self.f, self.g, self.o, self.tanh_c = cache
        self.new = self.f * self.c + self.i * self.g
        self.slopes = [s * (1 - s) for s in (self.i, self.f)] + [1 - self.g**2, self.o * (1 - self.o)]
        self.d = dc + dh * self.o * (1 - self.tanh_c**2)
        self.gates()

    def gates(self):
        self.to = [self.d * self.g, self.d * self.c, self.d * self.i, self.dh * self.tanh_c]
        self.dc_prev = self.d * self.f
        return self

    def whole(self, d):
        self.d = d
        return self.gates()

    def blocks(self):
        return [message * slope for message, slope in zip(self.to, self.slopes, strict=True)]

    def result(self, dz=None):
        dz = np.concatenate(self.blocks(), axis=1) if dz is None else dz
        return dz @ self.Wx.T, dz @ self.Wh.T, self.dc_prev, self.x.T @ dz, self.h.T @ dz, dz.sum(axis=0)


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


# --- lstm_backward ------------------------------------------------------------------------------------------------

lstm_backward = exercise("lstm_backward")


def in_time(lstm_forward, lstm_backward, name, n, t, d, hidden):
    caches = lstm_forward(*sequence(name, n, t, d, hidden))[1]
    return lstm_backward(inputs(f"{name} dH", (n, t, hidden)), caches)


@lstm_backward.held_out
def many_steps_back(lstm_forward, lstm_backward):
    return in_time(lstm_forward, lstm_backward, "far", 3, 8, 2, 3)


@lstm_backward.held_out
def one_sequence_back(lstm_forward, lstm_backward):
    return in_time(lstm_forward, lstm_backward, "lonely", 1, 4, 3, 2)


@lstm_backward.held_out
def the_same_caches_twice(lstm_forward, lstm_backward):
    caches = lstm_forward(*sequence("again", 2, 3, 3, 2))[1]
    dH = inputs("again dH", (2, 3, 2))
    lstm_backward(dH, caches)
    return lstm_backward(dH, caches)


def walked_back(
    dH, caches, carry_h=True, carry_c=True, outside=True, pile_h=False, pile_c=False, weights="sum", forwards=False
):
    """The way back with a choice of what is done differently: (dX as a list in time, dh0, dc0, dWx, dWh, db)."""
    steps = range(len(caches))
    dX, dh, dc, total = {}, 0 * dH[:, 0], 0 * dH[:, 0], [0, 0, 0]
    for t in steps if forwards else reversed(steps):
        own = dH[:, t] if outside or t == len(caches) - 1 else 0
        dx, dh_new, dc_new, *shares = Ways(own + dh, dc, caches[t]).result()
        dX[t] = dx
        dh = dh + dh_new if pile_h else dh_new if carry_h else 0 * dh_new
        dc = dc + dc_new if pile_c else dc_new if carry_c else 0 * dc_new
        total = shares if weights == "last" else [a + b for a, b in zip(total, shares, strict=True)]
    if weights == "mean":
        total = [w / len(caches) for w in total]
    return [dX[t] for t in steps], dh_new, dc_new, *total


def stacked(dX, *rest):
    return np.stack(dX, axis=1), *rest


@lstm_backward.mistake("h-carry-dropped", "The message for h from step t + 1 is lost: hand dH[:, t] + dh to step t.")
def h_not_handed_on(dH, caches):
    return stacked(*walked_back(dH, caches, carry_h=False))


@lstm_backward.mistake("c-carry-dropped", "The message for c from step t + 1 is lost: hand dc on, from step to step.")
def c_not_handed_on(dH, caches):
    return stacked(*walked_back(dH, caches, carry_c=False))


@lstm_backward.mistake(
    "carries-never-updated", "Nothing travels through time: hand dh_prev and dc_prev on to the step before."
)
def each_step_alone(dH, caches):
    return stacked(*walked_back(dH, caches, carry_h=False, carry_c=False))


@lstm_backward.mistake(
    "outside-dropped", "Only the last step hears from outside. Every step's own output has a message: dH[:, t]."
)
def last_output_only(dH, caches):
    return stacked(*walked_back(dH, caches, outside=False))


@lstm_backward.mistake(
    "h-carry-piles-up", "dh_prev already holds what came from all later steps: replace dh, don't add to it."
)
def growing_dh(dH, caches):
    return stacked(*walked_back(dH, caches, pile_h=True))


@lstm_backward.mistake(
    "c-carry-piles-up", "dc_prev already holds what came from all later steps: replace dc, don't add to it."
)
def growing_dc(dH, caches):
    return stacked(*walked_back(dH, caches, pile_c=True))


@lstm_backward.mistake(
    "weights-overwritten", "The same weights act at every step: add up their gradients over the steps."
)
def first_step_only(dH, caches):
    return stacked(*walked_back(dH, caches, weights="last"))


@lstm_backward.mistake("weights-averaged", "The weights' gradients are added up over the steps, not averaged.")
def mean_over_time(dH, caches):
    return stacked(*walked_back(dH, caches, weights="mean"))


@lstm_backward.mistake("forward-order", "Go from the last step to the first: what step t needs comes from step t + 1.")
def from_the_first(dH, caches):
    return stacked(*walked_back(dH, caches, forwards=True))


@lstm_backward.mistake(
    "dc-starts-with-dH", "At the last step nothing comes from later for c: start with dc = 0, not with dH."
)
def dc_from_dH(dH, caches):
    dX, dh, dc, total = [], 0, dH[:, -1], [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, dh, dc, *shares = Ways(dH[:, t] + dh, dc, caches[t]).result()
        dX.insert(0, dx)
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return stacked(dX, dh, dc, *total)


@lstm_backward.mistake(
    "outside-into-c", "The message from outside belongs to h: hand over dH[:, t] + dh, and dc as it is."
)
def dH_for_c_too(dH, caches):
    dX, dh, dc, total = [], 0, 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, dh, dc, *shares = Ways(dH[:, t] + dh, dH[:, t] + dc, caches[t]).result()
        dX.insert(0, dx)
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return stacked(dX, dh, dc, *total)


@lstm_backward.mistake("dh0-zero", "What comes back from the first step is the message for h0. You return zeros.")
def zeros_for_h0(dH, caches):
    dX, dh, *rest = walked_back(dH, caches)
    return stacked(dX, 0 * dh, *rest)


@lstm_backward.mistake("dc0-zero", "What comes back from the first step is the message for c0. You return zeros.")
def zeros_for_c0(dH, caches):
    dX, dh, dc, *rest = walked_back(dH, caches)
    return stacked(dX, dh, 0 * dc, *rest)


@lstm_backward.mistake("start-exchanged", "The order is (dX, dh0, dc0, …); the messages for h0 and c0 are exchanged.")
def dc0_first(dH, caches):
    dX, dh, dc, *rest = walked_back(dH, caches)
    return stacked(dX, dc, dh, *rest)


@lstm_backward.mistake(
    "dX-reversed", "dX is in the order of your walk, the last step first. Put it in the order of time."
)
def as_walked(dH, caches):
    dX, *rest = walked_back(dH, caches)
    return stacked(dX[::-1], *rest)


@lstm_backward.mistake("dX-of-the-first-step", "Only one step's dx is returned. dX has one for each step: (n, t, d).")
def dx_alone(dH, caches):
    dX, *rest = walked_back(dH, caches)
    return dX[0], *rest


@lstm_backward.mistake("time-in-front", "Time comes first in your dX. Stack along axis 1: (n, t, d).")
def dX_time_first(dH, caches):
    dX, *rest = walked_back(dH, caches)
    return np.stack(dX), *rest


@lstm_backward.mistake("dH-changed", "You add to the caller's dH. Make a new array: dH[:, t] + dh.")
def written_into_dH(dH, caches):
    dX, dh, dc, total = [], 0, 0 * dH[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        dH[:, t] += dh
        dx, dh, dc, *shares = Ways(dH[:, t], dc, caches[t]).result()
        dX.insert(0, dx)
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return stacked(dX, dh, dc, *total)


@lstm_backward.mistake(
    "dc0-missing", "Six gradients are wanted; dc0, the one for the cell state at the start, is missing."
)
def without_dc0(dH, caches):
    dX, dh, _, *rest = walked_back(dH, caches)
    return stacked(dX, dh, *rest)


@lstm_backward.mistake("return-missing", "The gradients are computed, but not returned.")
def silent_in_time(dH, caches):
    walked_back(dH, caches)


@lstm_backward.variant
def into_zeros_backwards(dH, caches):
    n, steps, hidden = dH.shape
    d = caches[0][0].shape[1]
    dX, dh, dc = np.zeros((n, steps, d)), np.zeros((n, hidden)), np.zeros((n, hidden))
    dWx, dWh, db = np.zeros((d, 4 * hidden)), np.zeros((hidden, 4 * hidden)), np.zeros(4 * hidden)
    for t in range(steps - 1, -1, -1):
        dX[:, t], dh, dc, a, b, c = Ways(dh + dH[:, t], dc, caches[t]).result()
        dWx += a
        dWh += b
        db += c
    return dX, dh, dc, dWx, dWh, db


@lstm_backward.variant
def sums_at_the_end(dH, caches):
    dX, dh, dc, shares = [], 0, 0, []
    for message, cache in zip(dH.swapaxes(0, 1)[::-1], caches[::-1], strict=True):
        dx, dh, dc, *share = Ways(message + dh, dc + np.zeros_like(message), cache).result()
        dX.append(dx)
        shares.append(share)
    return [np.array(dX[::-1]).swapaxes(0, 1), dh, dc, *(sum(parts) for parts in zip(*shares, strict=True))]


# --- from_torch ---------------------------------------------------------------------------------------------------

from_torch = exercise("from_torch")


def values_in(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            parameter.copy_(torch.tensor(inputs(f"held {name} {shape}", shape, -1, 1)))
    return model


@from_torch.held_out
def a_wide_layer(from_torch):
    return from_torch(values_in(nn.LSTM(2, 5, dtype=torch.float64)))


@from_torch.held_out
def a_single_unit(from_torch):
    parts = from_torch(values_in(nn.LSTM(1, 1, batch_first=True)))
    return [np.asarray(part).tolist() for part in parts], [str(part.dtype) for part in parts]


@from_torch.held_out
def a_layer_without_gradients(from_torch):
    rnn = values_in(nn.RNN(3, 2, dtype=torch.float64)).requires_grad_(False)
    return from_torch(rnn)


def array(tensor):
    return tensor.detach().numpy().copy()


@from_torch.mistake("one-bias", "torch keeps two biases, which add up: bias_ih_l0 + bias_hh_l0.")
def bias_ih_alone(lstm):
    return array(lstm.weight_ih_l0.T), array(lstm.weight_hh_l0.T), array(lstm.bias_ih_l0)


@from_torch.mistake("the-other-bias", "You take bias_hh_l0 alone. The two biases add up: bias_ih_l0 + bias_hh_l0.")
def bias_hh_alone(lstm):
    return array(lstm.weight_ih_l0.T), array(lstm.weight_hh_l0.T), array(lstm.bias_hh_l0)


@from_torch.mistake("biases-averaged", "The two biases add up; you take their mean.")
def mean_bias(lstm):
    return array(lstm.weight_ih_l0.T), array(lstm.weight_hh_l0.T), array((lstm.bias_ih_l0 + lstm.bias_hh_l0) / 2)


@from_torch.mistake("not-transposed", "torch's matrices lie on their side, (4·hidden, d). Yours want .T.")
def lying(lstm):
    return array(lstm.weight_ih_l0), array(lstm.weight_hh_l0), array(lstm.bias_ih_l0 + lstm.bias_hh_l0)


@from_torch.mistake("wh-not-transposed", "Wh isn't transposed: weight_hh_l0 has the shape (4·hidden, hidden).")
def wh_lying(lstm):
    return array(lstm.weight_ih_l0.T), array(lstm.weight_hh_l0), array(lstm.bias_ih_l0 + lstm.bias_hh_l0)


@from_torch.mistake("reshaped", "reshape puts the numbers in another order. Turn the matrix with .T.")
def reshaped(lstm):
    ih, hh = lstm.weight_ih_l0, lstm.weight_hh_l0
    bias = array(lstm.bias_ih_l0 + lstm.bias_hh_l0)
    return array(ih.reshape(ih.shape[1], -1)), array(hh.reshape(hh.shape[1], -1)), bias


@from_torch.mistake(
    "keras-order", "You exchange the blocks of g and o. Both sides have the order i, f, g, o: leave it."
)
def other_order(lstm):
    def moved(A):
        parts = np.split(A, 4, axis=-1)
        return np.concatenate([parts[0], parts[1], parts[3], parts[2]], axis=-1)

    parts = lstm.weight_ih_l0.T, lstm.weight_hh_l0.T, lstm.bias_ih_l0 + lstm.bias_hh_l0
    return tuple(moved(array(part)) for part in parts) if isinstance(lstm, nn.LSTM) else tuple(map(array, parts))


@from_torch.mistake("wh-first", "The order is (Wx, Wh, b). weight_ih_l0 is the one for x.")
def exchanged_matrices(lstm):
    return array(lstm.weight_hh_l0.T), array(lstm.weight_ih_l0.T), array(lstm.bias_ih_l0 + lstm.bias_hh_l0)


@from_torch.mistake(
    "view-not-copy", "Your matrices share their memory with the layer and change with it. Copy them: .copy()."
)
def views(lstm):
    bias = (lstm.bias_ih_l0 + lstm.bias_hh_l0).detach().numpy()
    return lstm.weight_ih_l0.detach().numpy().T, lstm.weight_hh_l0.detach().numpy().T, bias


@from_torch.mistake("tensors-returned", "These are tensors. NumPy arrays are wanted: .detach().numpy().copy().")
def tensors(lstm):
    parts = lstm.weight_ih_l0.T, lstm.weight_hh_l0.T, lstm.bias_ih_l0 + lstm.bias_hh_l0
    return tuple(part.detach().clone() for part in parts)


@from_torch.mistake("another-type", "The arrays should have the layer's float type; yours are always float64.")
def always_double(lstm):
    parts = lstm.weight_ih_l0.T, lstm.weight_hh_l0.T, lstm.bias_ih_l0 + lstm.bias_hh_l0
    return tuple(array(part).astype(np.float64) for part in parts)


@from_torch.mistake("four-results", "Your functions know one bias: return (Wx, Wh, b) with b the sum of the two.")
def two_biases_returned(lstm):
    parts = lstm.weight_ih_l0.T, lstm.weight_hh_l0.T, lstm.bias_ih_l0, lstm.bias_hh_l0
    return tuple(array(part) for part in parts)


@from_torch.mistake("return-missing", "The arrays are made, but not returned.")
def silent_reader(lstm):
    array(lstm.weight_ih_l0)


@from_torch.variant
def from_the_state_dict(lstm):
    state = {name.split("_l0")[0]: np.array(value) for name, value in lstm.state_dict().items()}
    return [state["weight_ih"].T.copy(), state["weight_hh"].T.copy(), state["bias_ih"] + state["bias_hh"]]


@from_torch.variant
def by_swapaxes(lstm):
    Wx, Wh, b1, b2 = (parameter.data.clone().numpy() for parameter in lstm.parameters())
    return np.swapaxes(Wx, 0, 1), np.swapaxes(Wh, 0, 1), b1 + b2


# --- CharLSTM -----------------------------------------------------------------------------------------------------

CharLSTM = exercise("CharLSTM")


def weighted(CharLSTM, vocabulary, hidden):
    model = CharLSTM(vocabulary, hidden)
    with torch.no_grad():
        for parameter in model.parameters():
            shape = tuple(parameter.shape)
            parameter.copy_(torch.tensor(inputs(f"held char {shape}", shape, -0.5, 0.5)))
    return model


@CharLSTM.held_out
def another_vocabulary(CharLSTM):
    model = weighted(CharLSTM, list("\n abcxyz"), 3)
    scores, (h, c) = model(torch.tensor(integer_inputs("held ids", (4, 5), 8)))
    return scores, h, c


@CharLSTM.held_out
def a_given_state(CharLSTM):
    model = weighted(CharLSTM, list("abc"), 4)
    state = tuple(torch.tensor(inputs(name, (1, 2, 4), -1, 1), dtype=torch.float32) for name in ("sh", "sc"))
    return model(torch.tensor(integer_inputs("state ids", (2, 3), 3)), state)[0]


@CharLSTM.held_out
def the_forget_bias_of_a_larger_one(CharLSTM):
    model = CharLSTM(list("abc"), 20)
    (lstm,) = [part for part in model.modules() if isinstance(part, nn.LSTM)]
    return (lstm.bias_ih_l0 + lstm.bias_hh_l0).detach()[20:40]


class Base(nn.Module):
    """A right CharLSTM in methods that a mistake replaces one by one."""

    def __init__(self, vocabulary, hidden):
        super().__init__()
        self.vocabulary, self.hidden = vocabulary, hidden
        k = len(vocabulary)
        self.embedding, self.lstm, self.head = self.layers(k, hidden)
        with torch.no_grad():
            self.forget()

    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.LSTM(64, hidden, batch_first=True), nn.Linear(hidden, k)

    def forget(self):
        part = slice(self.hidden, 2 * self.hidden)
        self.lstm.bias_ih_l0[part], self.lstm.bias_hh_l0[part] = 1, 0

    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids), state)
        return self.head(H), state


@CharLSTM.mistake("batch-first-forgotten", "nn.LSTM takes time for the first axis unless you say batch_first=True.")
class TimeFirst(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.LSTM(64, hidden), nn.Linear(hidden, k)


@CharLSTM.mistake("softmax-at-the-end", "Scores are wanted, without softmax: the loss has it inside.")
class WithSoftmax(Base):
    def forward(self, ids, state=None):
        scores, state = super().forward(ids, state)
        return scores.softmax(dim=-1), state


@CharLSTM.mistake("log-softmax-at-the-end", "Scores are wanted, without log-softmax: the loss has it inside.")
class WithLogSoftmax(Base):
    def forward(self, ids, state=None):
        scores, state = super().forward(ids, state)
        return scores.log_softmax(dim=-1), state


@CharLSTM.mistake("state-ignored", "The state that is handed in isn't used: pass it on to the LSTM.")
class Forgetful(Base):
    def forward(self, ids, state=None):
        return super().forward(ids, None)


@CharLSTM.mistake("state-not-returned", "Return the pair (scores, state), so that one can go on where one has stopped.")
class OnlyScores(Base):
    def forward(self, ids, state=None):
        return super().forward(ids, state)[0]


@CharLSTM.mistake("pair-exchanged", "The order is (scores, state).")
class Exchanged(Base):
    def forward(self, ids, state=None):
        return super().forward(ids, state)[::-1]


@CharLSTM.mistake("only-h-returned", "The state of an LSTM is the pair (h, c). Return it as nn.LSTM gives it.")
class OnlyH(Base):
    def forward(self, ids, state=None):
        scores, state = super().forward(ids, state)
        return scores, state[0]


@CharLSTM.mistake(
    "old-state-returned", "You return the state that came in. The new one is the second result of the LSTM."
)
class OldState(Base):
    def forward(self, ids, state=None):
        return super().forward(ids, state)[0], state


@CharLSTM.mistake("only-the-last-step", "Scores are wanted after every step, (n, t, k), not after the last one alone.")
class LastStep(Base):
    def forward(self, ids, state=None):
        scores, state = super().forward(ids, state)
        return scores[:, -1], state


@CharLSTM.mistake("relu-in-between", "There is nothing between the LSTM and the linear layer, no activation.")
class WithReLU(Base):
    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids), state)
        return self.head(H.relu()), state


@CharLSTM.mistake("forget-bias-both", "The two biases add up: 1 in each makes 2. Set one to 1 and the other to 0.")
class BothOnes(Base):
    def forget(self):
        part = slice(self.hidden, 2 * self.hidden)
        self.lstm.bias_ih_l0[part], self.lstm.bias_hh_l0[part] = 1, 1


@CharLSTM.mistake(
    "forget-bias-missing", "The forget gates begin at random. Set their biases: 1 in bias_ih_l0, 0 in bias_hh_l0."
)
class NoForgetBias(Base):
    def forget(self):
        self.forgotten = True


@CharLSTM.mistake("forget-bias-half", "You set one of the two biases; the other one still is random. Set it to 0.")
class OneBiasOnly(Base):
    def forget(self):
        self.lstm.bias_ih_l0[self.hidden : 2 * self.hidden] = 1


@CharLSTM.mistake(
    "forget-bias-of-the-input-gate", "That is the first block, the input gate. f is the second: hidden to 2·hidden."
)
class WrongBlock(Base):
    def forget(self):
        self.lstm.bias_ih_l0[: self.hidden], self.lstm.bias_hh_l0[: self.hidden] = 1, 0


@CharLSTM.mistake(
    "all-biases", "You set the biases of all gates. Only the second block, hidden to 2·hidden, belongs to f."
)
class AllOnes(Base):
    def forget(self):
        self.lstm.bias_ih_l0[:], self.lstm.bias_hh_l0[:] = 1, 0


@CharLSTM.mistake("another-embedding", "The rows of the table have 64 numbers, whatever hidden is.")
class HiddenEmbedding(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, hidden), nn.LSTM(hidden, hidden, batch_first=True), nn.Linear(hidden, k)


@CharLSTM.mistake("two-layers", "One layer of LSTM is asked for; yours has two.")
class TwoLayers(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.LSTM(64, hidden, num_layers=2, batch_first=True), nn.Linear(hidden, k)


@CharLSTM.mistake("simple-layer", "That is an nn.RNN. The exercise wants an nn.LSTM, with gates.")
class Simple(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.RNN(64, hidden, batch_first=True), nn.Linear(hidden, k)

    def forget(self):
        pass


@CharLSTM.mistake("vocabulary-not-kept", "The model must keep its vocabulary: self.vocabulary = vocabulary.")
class WithoutVocabulary(Base):
    def __init__(self, vocabulary, hidden):
        super().__init__(vocabulary, hidden)
        del self.vocabulary


@CharLSTM.mistake("vocabulary-counted", "self.vocabulary is the list of characters, not how many there are.")
class CountOnly(Base):
    def __init__(self, vocabulary, hidden):
        super().__init__(vocabulary, hidden)
        self.vocabulary = len(vocabulary)


@CharLSTM.variant
class OtherNames(nn.Module):
    def __init__(self, vocabulary, hidden):
        super().__init__()
        self.vocabulary = vocabulary
        self.table = nn.Embedding(num_embeddings=len(vocabulary), embedding_dim=64)
        self.memory = nn.LSTM(64, hidden, batch_first=True)
        self.out = nn.Linear(hidden, len(vocabulary))
        for bias, value in ((self.memory.bias_ih_l0, 0.0), (self.memory.bias_hh_l0, 1.0)):
            nn.init.constant_(bias.data.chunk(4)[1], value)

    def forward(self, ids, state=None):
        if state is None:
            zeros = torch.zeros(1, len(ids), self.memory.hidden_size)
            state = zeros, zeros
        H, (h, c) = self.memory(self.table(ids), state)
        return self.out(H), (h, c)


@CharLSTM.variant
class TurnedRound(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.LSTM(64, hidden), nn.Linear(hidden, k)

    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids.T), state)
        return self.head(H).transpose(0, 1), state


# --- text_batches -------------------------------------------------------------------------------------------------

text_batches = exercise("text_batches")


@text_batches.held_out
def a_longer_text(text_batches):
    return [[x.tolist(), y.tolist()] for x, y in text_batches(integer_inputs("long text", 83, 60), 4, 5)]


@text_batches.held_out
def batches_of_one_step(text_batches):
    return [[x.tolist(), y.tolist()] for x, y in text_batches(np.arange(9), 2, 1)]


@text_batches.held_out
def shapes_and_types(text_batches):
    pairs = text_batches(np.arange(41), 3, 6)
    return [(tuple(x.shape), str(x.dtype), tuple(y.shape), str(y.dtype)) for x, y in pairs]


def strips_of(ids, n):
    length = len(ids) // n
    return torch.tensor(ids[: n * length], dtype=torch.int64).reshape(n, length)


@text_batches.mistake(
    "not-shifted", "y is x itself: the model would learn to repeat. The target is the next character."
)
def parrot(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a : a + t]) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake(
    "rolled", "The last target of each row is its own first character. Take t + 1 characters of the strip."
)
def rolled(ids, n, t):
    s = strips_of(ids, n)
    return [(x := s[:, a : a + t], torch.roll(x, -1, dims=1)) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake(
    "strangers", "Row i of the next batch doesn't continue row i of this one. Cut the text into n long strips first."
)
def cut_up_first(ids, n, t):
    length = len(ids) // n
    count = (length - 1) // t
    rows = [ids[k * t : k * t + t + 1] for k in range(count * n)]
    made = [torch.tensor(np.array(rows[k * n : (k + 1) * n]), dtype=torch.int64) for k in range(count)]
    return [(rows[:, :-1], rows[:, 1:]) for rows in made]


@text_batches.mistake(
    "interleaved", "Neighbouring characters land in different rows. Reshape to (n, length), not (length, n)."
)
def dealt_out(ids, n, t):
    length = len(ids) // n
    s = torch.tensor(ids[: n * length], dtype=torch.int64).reshape(length, n).T
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, length - t, t)]


@text_batches.mistake("overlapping", "Your batches overlap, by moving one character at a time. Move on by t.")
def one_at_a_time(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t)]


@text_batches.mistake(
    "one-skipped", "Between two batches a character is left out. The next x begins where this one ended: move on by t."
)
def gaps(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t, t + 1)]


@text_batches.mistake("last-one-dropped", "A last whole batch is missing. x may begin as long as a + t + 1 ≤ length.")
def too_careful(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t - 1, t)]


@text_batches.mistake("incomplete-kept", "Your last batch isn't whole: y has fewer than t characters. Leave it out.")
def with_the_rest(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1], t)]


@text_batches.mistake(
    "n-and-t-exchanged", "n is how many strips there are, t how many steps a batch has; yours are exchanged."
)
def exchanged_sizes(ids, n, t):
    s = strips_of(ids, t)
    return [(s[:, a : a + n], s[:, a + 1 : a + n + 1]) for a in range(0, s.shape[1] - n, n)]


@text_batches.mistake("time-in-front", "Your batches are (t, n). Each row is a strip: (n, t).")
def turned(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t].T, s[:, a + 1 : a + t + 1].T) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake(
    "pair-exchanged", "Your y comes before x in the text. y is what follows: x from column a on, y from a + 1 on."
)
def y_first(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a + 1 : a + t + 1], s[:, a : a + t]) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake("arrays-returned", "These are NumPy arrays. nn.Embedding wants int64 tensors.")
def arrays(ids, n, t):
    s = strips_of(ids, n).numpy()
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake(
    "another-type", "The tensors keep the type of ids. Make them int64: torch.tensor(…, dtype=torch.int64)."
)
def as_they_came(ids, n, t):
    length = len(ids) // n
    s = torch.tensor(ids[: n * length]).reshape(n, length)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, length - t, t)]


@text_batches.mistake(
    "generator", "A list is wanted, since a text is read several times, and a generator can be used once."
)
def used_once(ids, n, t):
    s = strips_of(ids, n)
    return ((s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t, t))


@text_batches.mistake("first-batch-only", "Only one batch is returned: return after the loop, not inside it.")
def returned_too_early(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, :t], s[:, 1 : t + 1])]


@text_batches.mistake("return-missing", "The batches are made, but not returned.")
def silent_batches(ids, n, t):
    strips_of(ids, n)


@text_batches.variant
def by_splitting(ids, n, t):
    length = len(ids) // n
    strips = np.asarray(ids)[: n * length].reshape(n, length).astype(np.int64)
    count = (length - 1) // t
    xs = np.split(strips[:, : count * t], count, axis=1)
    ys = np.split(strips[:, 1 : count * t + 1], count, axis=1)
    return [(torch.from_numpy(x.copy()), torch.from_numpy(y.copy())) for x, y in zip(xs, ys, strict=True)]


@text_batches.variant
def strip_by_strip(ids, n, t):
    length = len(ids) // n
    strips = [[int(k) for k in ids[row * length : (row + 1) * length]] for row in range(n)]
    made, a = [], 0
    while a + t + 1 <= length:
        made.append(
            [torch.tensor([s[a : a + t] for s in strips]), torch.tensor([s[a + 1 : a + t + 1] for s in strips])]
        )
        a += t
    return made


# --- train_text ---------------------------------------------------------------------------------------------------

train_text = exercise("train_text")


class Small(nn.Module):
    """A float64 model in the manner of CharLSTM with values from outside."""

    def __init__(self):
        super().__init__()
        self.vocabulary = list("abc")
        self.embedding, self.lstm = nn.Embedding(3, 2), nn.LSTM(2, 3, batch_first=True)
        self.head = nn.Linear(3, 3)
        values_in(self.double())

    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids), state)
        return self.head(H), state


def held_pieces(name, count, n, t):
    pairs = [
        (integer_inputs(f"{name} {i}", (n, t), 3), integer_inputs(f"{name} y{i}", (n, t), 3)) for i in range(count)
    ]
    return [(torch.tensor(x), torch.tensor(y)) for x, y in pairs]


@train_text.held_out
def two_passes_of_adam(train_text):
    model = Small()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.02, total_steps=8)
    losses = [train_text(model, held_pieces("adam", 4, 3, 2), optimiser, scheduler, 0.5) for _ in range(2)]
    return losses, list(model.parameters())


@train_text.held_out
def long_batches(train_text):
    model = Small().eval()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimiser, 2, 0.1)
    losses = train_text(model, held_pieces("long", 5, 1, 8), optimiser, scheduler, 0.2)
    return losses, list(model.parameters()), model.training


@train_text.held_out
def no_batches(train_text):
    model = Small()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.3)
    return train_text(model, [], optimiser, torch.optim.lr_scheduler.StepLR(optimiser, 1), 1.0)


def each_alone(parameters, max_norm):
    for parameter in parameters:
        nn.utils.clip_grad_norm_([parameter], max_norm)


def loop(
    model,
    batches,
    optimiser,
    scheduler,
    max_norm,
    keep="detached",
    zero="before",
    clip="before",
    schedule="after",
    target=lambda x, y: y,
    loss_of=None,
    mode="train",
    clipping=nn.utils.clip_grad_norm_,
    note=lambda loss: loss.item(),
):
    """train_text with a choice of what is done differently, for the mistakes below."""
    if mode:
        getattr(model, mode)()
    losses, state = [], None
    for x, y in batches:
        scores, new = model(x, state)
        state = tuple(part.detach() for part in new) if keep == "detached" else new if keep == "all" else None
        wanted = target(x, y)
        whole = loss_of or (lambda scores, y: nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten()))
        loss = whole(scores, wanted)
        if zero == "before":
            optimiser.zero_grad()
        loss.backward()
        if zero == "late":
            optimiser.zero_grad()
        if clip == "before":
            clipping(list(model.parameters()), max_norm)
        if schedule == "before":
            scheduler.step()
        optimiser.step()
        if clip == "after":
            clipping(list(model.parameters()), max_norm)
        if schedule == "after":
            scheduler.step()
        if zero == "after":
            optimiser.zero_grad()
        losses.append(note(loss))
    if schedule == "once":
        scheduler.step()
    return losses


@train_text.mistake("state-reset", "Each batch begins with zeros. Row i goes on where it stopped: hand the state over.")
def from_zeros(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, keep="none")


@train_text.mistake(
    "not-detached", "The state still has its history, so backward runs into batches that are over: detach h and c."
)
def with_history(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, keep="all")


@train_text.mistake(
    "zero-grad-missing", "Gradients add up over the batches: call optimiser.zero_grad() before backward."
)
def never_zero(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, zero="never")


@train_text.mistake("zero-grad-too-late", "You erase the gradient before the step uses it. Zero before backward.")
def zero_late(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, zero="late")


@train_text.mistake(
    "zero-grad-at-the-end", "The first batch meets what was left in .grad before. Call zero_grad before backward."
)
def zero_after(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, zero="after")


@train_text.mistake(
    "clipping-missing", "The step is taken with an unclipped gradient. Between backward and step: clip_grad_norm_."
)
def unclipped(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, clip="never")


@train_text.mistake("clipping-each", "You clip each parameter by itself, which turns the gradient. One norm over all.")
def clipped_alone(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, clipping=each_alone)


@train_text.mistake("clipping-numbers", "clip_grad_value_ cuts single numbers. clip_grad_norm_ shortens all together.")
def clipped_numbers(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, clipping=nn.utils.clip_grad_value_)


@train_text.mistake(
    "scheduler-forgotten", "The learning rate never changes: call scheduler.step() after optimiser.step()."
)
def no_schedule(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, schedule="never")


@train_text.mistake("scheduler-once", "The scheduler steps once per pass. It has to step after each batch.")
def schedule_per_pass(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, schedule="once")


@train_text.mistake(
    "scheduler-first", "scheduler.step() comes before optimiser.step(), so the first rate is skipped. Swap the two."
)
def schedule_before(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, schedule="before")


@train_text.mistake("step-missing", "The weights never move: call optimiser.step() after backward.")
def no_step(model, batches, optimiser, scheduler, max_norm):
    model.train()
    losses, state = [], None
    for x, y in batches:
        scores, state = model(x, state)
        state = tuple(part.detach() for part in state)
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten())
        optimiser.zero_grad()
        loss.backward()
        scheduler.step()
        losses.append(loss.item())
    return losses


@train_text.mistake("input-as-target", "You compare with x, so it learns to repeat. The targets are y.")
def x_as_target(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, target=lambda x, y: x)


@train_text.mistake(
    "last-step-only", "The loss looks at the last character of each row. It is the mean over all of them."
)
def last_character(model, batches, optimiser, scheduler, max_norm):
    return loop(
        model,
        batches,
        optimiser,
        scheduler,
        max_norm,
        loss_of=lambda s, y: nn.functional.cross_entropy(s[:, -1], y[:, -1]),
    )


@train_text.mistake(
    "sum-for-mean", "You add the losses of all characters up. The mean doesn't depend on the batch's size."
)
def summed(model, batches, optimiser, scheduler, max_norm):
    def total(scores, y):
        return nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten(), reduction="sum")

    return loop(model, batches, optimiser, scheduler, max_norm, loss_of=total)


@train_text.mistake("evaluation-mode", "The model is trained in evaluation mode: call model.train() first.")
def never_train(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, mode=None)


@train_text.mistake("tensors-kept", "The list holds tensors with their graphs. Keep numbers: loss.item().")
def graphs(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, note=lambda loss: loss)


@train_text.mistake("mean-returned", "One loss per batch is wanted, in a list; you return their mean.")
def one_number(model, batches, optimiser, scheduler, max_norm):
    losses = loop(model, batches, optimiser, scheduler, max_norm)
    return sum(losses) / len(losses)


@train_text.mistake("last-loss-returned", "One loss per batch is wanted, in a list; you return the last one.")
def the_last(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm)[-1]


@train_text.mistake("returned-too-early", "You return inside the loop, after the first batch.")
def first_only(model, batches, optimiser, scheduler, max_norm):
    return loop(model, [next(iter(batches))], optimiser, scheduler, max_norm)


@train_text.mistake("return-missing", "It trains, but the list of losses isn't returned.")
def silent_training(model, batches, optimiser, scheduler, max_norm):
    loop(model, batches, optimiser, scheduler, max_norm)


@train_text.variant
def with_transposed_scores(model, batches, optimiser, scheduler, max_norm):
    model.train()
    h = c = None
    losses = []
    for x, y in batches:
        scores, (h, c) = model(x) if h is None else model(x, (h.detach(), c.detach()))
        loss = nn.CrossEntropyLoss()(scores.transpose(1, 2), y)
        optimiser.zero_grad(set_to_none=False)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=max_norm)
        optimiser.step()
        scheduler.step()
        losses += [float(loss.detach())]
    return losses


@train_text.variant
def clipped_by_hand(model, batches, optimiser, scheduler, max_norm):
    model.train(True)
    losses, state = [], None
    for x, y in batches:
        optimiser.zero_grad()
        scores, state = model(x, state)
        state = [part.data for part in state]
        loss = nn.functional.nll_loss(scores.log_softmax(dim=2).reshape(-1, scores.shape[2]), y.reshape(-1))
        loss.backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
        for parameter in model.parameters():
            parameter.grad *= min(1.0, max_norm / (norm + 1e-6))
        optimiser.step()
        scheduler.step()
        losses.append(loss.item())
    return losses


# --- perplexity ---------------------------------------------------------------------------------------------------

perplexity = exercise("perplexity")


@perplexity.held_out
def many_losses(perplexity):
    return [perplexity(loss) for loss in (0.1, 0.7, 2.2, 3.35, 5.0)]


@perplexity.held_out
def a_number_of_numpy(perplexity):
    return float(perplexity(np.float32(1.25)))


@perplexity.mistake("base-2", "The loss is in nats: e to the power of it. 2 belongs to a loss in bits.")
def two_to_the(loss):
    return 2**loss


@perplexity.mistake("base-10", "The loss is measured with the natural logarithm: e to the power of it, not 10.")
def ten_to_the(loss):
    return 10**loss


@perplexity.mistake("square-root", "The perplexity is e to the power of the loss, not a root of it.")
def root(loss):
    return loss**0.5


@perplexity.mistake(
    "negative", "That is the probability of an average character. The perplexity is its inverse: exp(loss)."
)
def inverse(loss):
    return float(np.exp(-loss))


@perplexity.mistake("logarithm", "The loss is a logarithm already. Undo it: exp(loss).")
def log_of(loss):
    return float(np.log(loss + 1e-300))


@perplexity.mistake("loss-itself", "That is the loss, in nats. The perplexity is e to the power of it.")
def unchanged(loss):
    return loss


@perplexity.mistake("minus-one", "expm1 subtracts 1. The perplexity is exp(loss), and 1 at best.")
def less_one(loss):
    return float(np.expm1(loss))


@perplexity.mistake("return-missing", "The perplexity is computed, but not returned.")
def silent_number(loss):
    np.exp(loss)


@perplexity.variant
def by_power(loss):
    return np.e**loss


@perplexity.variant
def by_torch(loss):
    return torch.tensor(float(loss), dtype=torch.float64).exp().item()


# --- generate -----------------------------------------------------------------------------------------------------

generate = exercise("generate")


class Sure(nn.Module):
    """Sure of each next letter, which depends on all that it has read; notes what it was given."""

    def __init__(self, vocabulary):
        super().__init__()
        self.vocabulary = list(vocabulary)
        self.bias = nn.Parameter(torch.zeros(()))

    def forward(self, ids, state=None):
        k = len(self.vocabulary)
        total = torch.zeros(1, len(ids), 1) if state is None else state[1]
        scores = []
        for t in range(ids.shape[1]):
            total = (3 * total + ids[:, t].reshape(1, -1, 1) + 2) % 997
            scores.append(80.0 * nn.functional.one_hot(total[0, :, 0].long() % k, k))
        return torch.stack(scores, dim=1) + self.bias, (total, total)


@generate.held_out
def a_long_prompt(generate):
    return generate(Sure("abcdefghijk"), "hijackbadge", 25, 1.0, np.random.default_rng(5))


@generate.held_out
def punctuation_and_line_breaks(generate):
    return generate(Sure("\n .,abc"), "a b\nc.", 15, 0.5, np.random.default_rng(6))


class Even(nn.Module):
    """Three letters with fixed scores."""

    def __init__(self):
        super().__init__()
        self.vocabulary = ["x", "y", "z"]

    def forward(self, ids, state=None):
        nothing = torch.zeros(1, len(ids), 1)
        return torch.tensor([0.0, 1.0, 2.0]).expand(*ids.shape, 3), (nothing, nothing)


@generate.held_out(judge=between(0.44, 0.57, "the share of z"))
def twice_as_warm(generate):
    text = generate(Even(), "x", 1500, 2.0, np.random.default_rng(7))
    return text[1:].count("z") / 1500


@generate.held_out
def all_letters_occur_and_rng_decides(generate):
    text = generate(Even(), "x", 200, 1.0, np.random.default_rng(8))
    again = generate(Even(), "x", 200, 1.0, np.random.default_rng(8))
    other = generate(Even(), "x", 200, 1.0, np.random.default_rng(9))
    return sorted(set(text)), text == again, text == other


@generate.held_out
def an_unknown_character_at_the_end(generate):
    try:
        generate(Even(), "xyq", 2, 1.0, np.random.default_rng(0))
    except ValueError as error:
        return "q" in str(error)
    return "no ValueError"


def numbers_of(text, vocabulary):
    for character in text:
        if character not in vocabulary:
            raise ValueError(f"{character!r} isn't in the vocabulary")
    return [vocabulary.index(character) for character in text]


def draw(logits, temperature, rng):
    scores = np.asarray(logits, dtype=float) / temperature
    weights = np.exp(scores - scores.max())
    return int(rng.choice(len(weights), p=weights / weights.sum()))


def text_of(model, prompt, length, temperature, rng, pick=draw, first=lambda ids: ids, then=None, state_kept=True):
    """generate with a choice of what is done differently."""
    model.eval()
    ids = numbers_of(prompt, model.vocabulary)
    new, state = first(ids), None
    with torch.no_grad():
        for _ in range(length):
            scores, after = model(torch.tensor([new]), state)
            state = after if state_kept else None
            ids = [*ids, pick(scores[0, -1].numpy(), temperature, rng)]
            new = then(ids) if then else ids[-1:]
    return "".join(model.vocabulary[k] for k in ids)


@generate.mistake(
    "prompt-not-fed", "Only the last character of the prompt is read. Feed the whole prompt before you draw."
)
def last_character_only(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, first=lambda ids: ids[-1:])


@generate.mistake(
    "first-character-only", "Only the first character of the prompt is read. Feed the whole prompt before you draw."
)
def first_character_only(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, first=lambda ids: ids[:1])


@generate.mistake("prompt-off-by-one", "The first character is read twice and the last one never.")
def shifted_prompt(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, first=lambda ids: ids[:1] + ids[:-1])


@generate.mistake(
    "last-character-twice",
    "The last character of the prompt is read twice. Draw from the scores it gave the first time.",
)
def read_twice(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, first=lambda ids: ids + ids[-1:])


@generate.mistake("state-not-kept", "Each character is read with an empty memory. Hand the state on to the next call.")
def empty_memory(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, state_kept=False)


@generate.mistake(
    "all-read-again",
    "You feed the whole text again, with the state that knows it already. Feed the new character alone.",
)
def everything_again(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, then=lambda ids: ids)


@generate.mistake(
    "choice-not-fed-back", "The drawn character is never read: feed it, so that the next one depends on it."
)
def not_fed_back(model, prompt, length, temperature, rng):
    last = len(prompt) - 1
    return text_of(model, prompt, length, temperature, rng, then=lambda ids: [ids[last]])


@generate.mistake("argmax", "You always take the likeliest. Draw with the probabilities: sample(…).")
def likeliest(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, pick=lambda logits, *_: int(np.argmax(logits)))


@generate.mistake("temperature-ignored", "The temperature isn't used: hand it to sample.")
def always_one(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, 1.0, rng)


@generate.mistake("temperature-multiplied", "You multiply by the temperature. sample divides the scores by it.")
def multiplied(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, 1 / temperature, rng)


@generate.mistake(
    "softmax-before-sample", "sample wants scores. Probabilities in their place make all characters nearly alike."
)
def from_probabilities(model, prompt, length, temperature, rng):
    def pick(logits, temperature, rng):
        weights = np.exp(logits - logits.max())
        return draw(weights / weights.sum(), temperature, rng)

    return text_of(model, prompt, length, temperature, rng, pick=pick)


@generate.mistake(
    "first-scores", "You draw from the scores after the first character. The last ones know the prompt: scores[0, -1]."
)
def scores_of_the_first(model, prompt, length, temperature, rng):
    model.eval()
    ids = numbers_of(prompt, model.vocabulary)
    new, state = ids, None
    with torch.no_grad():
        for _ in range(length):
            scores, state = model(torch.tensor([new]), state)
            new = [draw(scores[0, 0].numpy(), temperature, rng)]
            ids = ids + new
    return "".join(model.vocabulary[k] for k in ids)


@generate.mistake("prompt-left-out", "The result begins with the prompt; yours has the new characters alone.")
def new_ones_alone(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng)[len(prompt) :]


@generate.mistake("prompt-counted", "length counts the new characters only; yours counts the prompt as well.")
def whole_length(model, prompt, length, temperature, rng):
    return text_of(model, prompt, max(0, length - len(prompt)), temperature, rng)


@generate.mistake("one-too-many", "There is one new character too many.")
def one_more(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length + 1, temperature, rng)


@generate.mistake("one-too-few", "There is one new character too few.")
def one_less(model, prompt, length, temperature, rng):
    return text_of(model, prompt, max(0, length - 1), temperature, rng)


@generate.mistake("numbers-returned", "A text is wanted: decode the numbers.")
def not_decoded(model, prompt, length, temperature, rng):
    return numbers_of(text_of(model, prompt, length, temperature, rng), model.vocabulary)


@generate.mistake(
    "unknown-dropped", "A character that the model doesn't know is left out in silence. Say which one it is."
)
def dropped(model, prompt, length, temperature, rng):
    known = "".join(character for character in prompt if character in model.vocabulary)
    return text_of(model, known, length, temperature, rng)


@generate.mistake("training-mode", "The model answers in training mode: call model.eval() first.")
def still_training(model, prompt, length, temperature, rng):
    ids = numbers_of(prompt, model.vocabulary)
    new, state = ids, None
    with torch.no_grad():
        for _ in range(length):
            scores, state = model(torch.tensor([new]), state)
            new = [draw(scores[0, -1].numpy(), temperature, rng)]
            ids = ids + new
    return "".join(model.vocabulary[k] for k in ids)


@generate.mistake("with-gradients", "PyTorch records every step for a way back that never comes: with torch.no_grad().")
def recorded(model, prompt, length, temperature, rng):
    model.eval()
    ids = numbers_of(prompt, model.vocabulary)
    new, state = ids, None
    for _ in range(length):
        scores, state = model(torch.tensor([new]), state)
        new = [draw(scores[0, -1].detach().numpy(), temperature, rng)]
        ids = ids + new
    return "".join(model.vocabulary[k] for k in ids)


@generate.mistake("return-missing", "The text is written, but not returned.")
def silent_writer(model, prompt, length, temperature, rng):
    text_of(model, prompt, length, temperature, rng)


@generate.variant
def character_by_character(model, prompt, length, temperature, rng):
    model.eval()
    text, state = prompt, None
    ids = numbers_of(prompt, model.vocabulary)
    with torch.no_grad():
        for k in ids:
            scores, state = model(torch.tensor([[k]]), state)
        for _ in range(length):
            k = draw(scores[0, 0].numpy(), temperature, rng)
            text += model.vocabulary[k]
            scores, state = model(torch.tensor([[k]]), state)
    return text


@generate.variant
def all_from_the_start_each_time(model, prompt, length, temperature, rng):
    model.eval()
    text = prompt
    numbers_of(prompt, model.vocabulary)
    for _ in range(length):
        with torch.inference_mode():
            scores = model(torch.tensor([numbers_of(text, model.vocabulary)]))[0]
        text = text + model.vocabulary[draw(scores[0, -1].numpy(), temperature, rng)]
    return text


# --- gru_step -----------------------------------------------------------------------------------------------------

gru_step = exercise("gru_step")


def gru_given(name, n, d, hidden):
    Wx, Wh, bx = parameters(name, d, hidden, blocks=3)
    return inputs(f"{name} x", (n, d)), inputs(f"{name} h", (n, hidden)), Wx, Wh, bx, inputs(f"{name} bh", 3 * hidden)


@gru_step.held_out
def a_wide_gru(gru_step):
    return gru_step(*gru_given("wide gru", 2, 3, 5))


@gru_step.held_out
def two_steps_of_a_gru(gru_step):
    x, h, *rest = gru_given("two gru", 4, 2, 2)
    return gru_step(x[::-1], gru_step(x, h, *rest), *rest)


def gru(x, h, Wx, Wh, bx, bh, order="rzn", inside=None, mix=None, bend=np.tanh, gate=sigma):
    xs = dict(zip(order, np.split(x @ Wx + bx, 3, axis=1), strict=True))
    hs = dict(zip(order, np.split(h @ Wh + bh, 3, axis=1), strict=True))
    r, z = gate(xs["r"] + hs["r"]), gate(xs["z"] + hs["z"])
    n = bend(xs["n"] + r * hs["n"] if inside is None else inside(r, xs["n"], hs["n"]))
    return (1 - z) * n + z * h if mix is None else mix(z, n)


@gru_step.mistake("reset-not-used", "The reset gate must scale the state's part of the candidate: r · (h Wh + bh).")
def no_reset(x, h, Wx, Wh, bx, bh):
    return gru(x, h, Wx, Wh, bx, bh, inside=lambda r, xn, hn: xn + hn)


@gru_step.mistake("reset-before-product", "torch multiplies r after the product: r · (h Wh + bh), not (r · h) Wh + bh.")
def reset_first(x, h, Wx, Wh, bx, bh):
    k = h.shape[1]
    return gru(x, h, Wx, Wh, bx, bh, inside=lambda r, xn, hn: xn + (r * h) @ Wh[:, 2 * k :] + bh[2 * k :])


@gru_step.mistake("reset-scales-all", "r scales the state's part alone: tanh(xn + r · hn), not tanh(r · (xn + hn)).")
def reset_everything(x, h, Wx, Wh, bx, bh):
    return gru(x, h, Wx, Wh, bx, bh, inside=lambda r, xn, hn: r * (xn + hn))


@gru_step.mistake("bias-outside", "r scales bh as well: r · (h Wh + bh). Your bias stands outside of the bracket.")
def bias_not_reset(x, h, Wx, Wh, bx, bh):
    k = h.shape[1]
    return gru(x, h, Wx, Wh, bx, bh, inside=lambda r, xn, hn: xn + r * (hn - bh[2 * k :]) + bh[2 * k :])


@gru_step.mistake("z-inverted", "Here z keeps the old state: (1 − z) · n + z · h.")
def mirrored(x, h, Wx, Wh, bx, bh):
    return gru(x, h, Wx, Wh, bx, bh, mix=lambda z, n: z * n + (1 - z) * h)


@gru_step.mistake("old-state-lost", "The old state is missing: (1 − z) · n + z · h.")
def new_alone(x, h, Wx, Wh, bx, bh):
    return gru(x, h, Wx, Wh, bx, bh, mix=lambda z, n: (1 - z) * n)


@gru_step.mistake("candidate-whole", "n is taken whole. Only 1 − z of it: (1 − z) · n + z · h.")
def n_plus_zh(x, h, Wx, Wh, bx, bh):
    return gru(x, h, Wx, Wh, bx, bh, mix=lambda z, n: n + z * h)


@gru_step.mistake("order-zrn", "You read the blocks as z, r, n. Here they are r, z, n, as in torch.")
def zrn(x, h, Wx, Wh, bx, bh):
    return gru(x, h, Wx, Wh, bx, bh, order="zrn")


@gru_step.mistake("one-bias", "bh isn't used. There are two biases, because one stands inside r · (…).")
def bx_alone(x, h, Wx, Wh, bx, bh):
    return gru(x, h, Wx, Wh, bx, 0 * bh)


@gru_step.mistake("sigmoid-for-n", "The candidate may be negative: tanh, not sigmoid.")
def sigmoid_n(x, h, Wx, Wh, bx, bh):
    return gru(x, h, Wx, Wh, bx, bh, bend=sigma)


@gru_step.mistake("tanh-for-gates", "r and z lie between 0 and 1: sigmoid, not tanh.")
def tanh_gates(x, h, Wx, Wh, bx, bh):
    return gru(x, h, Wx, Wh, bx, bh, gate=np.tanh)


@gru_step.mistake("return-missing", "The new state is computed, but not returned.")
def silent_gru(x, h, Wx, Wh, bx, bh):
    gru(x, h, Wx, Wh, bx, bh)


@gru_step.variant
def gru_by_slices(x, h, Wx, Wh, bx, bh):
    k = h.shape[1]
    a, s = x @ Wx + bx, h @ Wh + bh
    gates = sigma(a[:, : 2 * k] + s[:, : 2 * k])
    n = np.tanh(a[:, 2 * k :] + gates[:, :k] * s[:, 2 * k :])
    return n + gates[:, k:] * (h - n)


@gru_step.variant
def gru_block_by_block(x, h, Wx, Wh, bx, bh):
    def part(i):
        cut = slice(i * h.shape[1], (i + 1) * h.shape[1])
        return x @ Wx[:, cut] + bx[cut], h @ Wh[:, cut] + bh[cut]

    r, z = (0.5 + 0.5 * np.tanh(sum(part(i)) / 2) for i in (0, 1))
    n = np.tanh(part(2)[0] + r * part(2)[1])
    return z * h + (1 - z) * n


# --- the same thing, written differently ----------------------------------------------------------------------------

CACHE = "The cache is the learner's own, and lstm_step_backward is judged together with it."
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→h, x, c, Wx, Wh, i, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, c, h, Wx, Wh, i, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, Wx, c, Wh, i, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wh, Wx, i, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, i, Wh, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, Wh, f, i, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, Wh, i, g, f, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, Wh, i, f, o, g, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, Wh, i, f, g, tanh_c, o", CACHE
)
lstm_step.equivalent("L2 axis axis=1→axis=-1", "z has two axes.")
lstm_forward.equivalent("L2 swapped elements h, c, H, caches→h, c, caches, H", "Two empty lists.")
lstm_forward.equivalent("L6 dropped statement caches.append(cache)→pass", CACHE)
lstm_forward.equivalent("L7 axis axis=1→axis=-2", "Of three axes the second is the last but one.")
lstm_step_backward.equivalent("L9 axis axis=1→axis=-1", "Each block has two axes.")
lstm_step_backward.equivalent("L10 axis axis=0→axis=-2", "dz has two axes.")
lstm_backward.equivalent("L2 swapped elements dX, dh, dc, weights→dX, dc, dh, weights", "Both are 0 at the start.")
lstm_backward.equivalent(
    "L2 swapped elements [], 0, np.zeros_like(dH[:, 0]), [0, 0, 0]→[], np.zeros_like(dH[:, 0]), 0, [0, 0, 0]",
    "Both are 0 at the start.",
)
lstm_backward.equivalent("L6 swapped elements total, share→share, total", "A sum.")
lstm_backward.equivalent("L6 swapped arguments weights, shares→shares, weights", "A sum.")
lstm_backward.equivalent("L7 axis axis=1→axis=-2", "Of three axes the second is the last but one.")
CharLSTM.equivalent("L10 constant 2→-2", "The biases have the length 4·hidden: −2·hidden is 2·hidden.")
CharLSTM.equivalent("L11 constant 2→-2", "The biases have the length 4·hidden: −2·hidden is 2·hidden.")
generate.equivalent("L8 constant 0→-1", "There is one text in the batch.")
gru_step.equivalent("L2 axis axis=1→axis=-1", "The products have two axes.")
gru_step.equivalent("L3 axis axis=1→axis=-1", "The products have two axes.")
lstm_backward.equivalent("L2 constant 0→-1 #2", "Zeros of the same shape: each step has as many units.")
