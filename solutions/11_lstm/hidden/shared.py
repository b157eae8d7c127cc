"""What several exercises of lesson 11 use in their held-out cases, mistakes and other right answers."""

import numpy as np
import torch

from autograder import inputs


def sigma(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def parameters(name, d, hidden, blocks=4):
    width = blocks * hidden
    return inputs(f"{name} Wx", (d, width), -1, 1), inputs(f"{name} Wh", (hidden, width), -1, 1), inputs(name, width)


def cell(x, h, c, Wx, Wh, b, order="ifgo", bends=(sigma, sigma, np.tanh, sigma), mix=None, show=None, z=None):
    """A step with a choice of what is done differently, for the mistakes below."""
    z = x @ Wx + h @ Wh + b if z is None else z
    parts = dict(zip(order, np.split(z, 4, axis=1), strict=True))
    i, f, g, o = (bend(parts[name]) for bend, name in zip(bends, "ifgo", strict=True))
    new = f * c + i * g if mix is None else mix(i, f, g, o)
    shown = o * np.tanh(new) if show is None else show(o, new)
    return shown, new, (x, h, c, Wx, Wh, i, f, g, o, np.tanh(new))


def sequence(name, n, t, d, hidden):
    h0, c0 = inputs(f"{name} h", (n, hidden), -1, 1), inputs(f"{name} c", (n, hidden))
    return inputs(f"{name} X", (n, t, d)), h0, c0, *parameters(name, d, hidden)


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


def values_in(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            parameter.copy_(torch.tensor(inputs(f"held {name} {shape}", shape, -1, 1)))
    return model


CACHE = "The cache is the learner's own, and lstm_step_backward is judged together with it."
