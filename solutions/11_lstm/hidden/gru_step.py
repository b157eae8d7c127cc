"""Held-out cases of `gru_step`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import parameters, sigma

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


gru_step.equivalent("L2 axis axis=1→axis=-1", "The products have two axes.")
gru_step.equivalent("L3 axis axis=1→axis=-1", "The products have two axes.")
