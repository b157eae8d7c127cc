"""The playground's own way to train, where neither your functions nor a reference is there: torch's autograd.

All weights and biases lie in one vector, in the order of the state's list; its slope is a vector, too.
"""

import time
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import torch
from torch.nn.functional import cross_entropy, mse_loss, softshrink

from .data import CLASSIFICATION
from .network import flat, kept, params_of, sizes

BENDS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "linear": torch.nn.Identity()}


@contextmanager
def one_thread():
    """For arrays as small as these a second one takes ten times as long."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@one_thread()
def part_of_epoch(F, y, params, state, until):
    """What `training.part_of_epoch` does, in one piece: the same batches, the same steps."""
    seeds = [state["seed"], state["epoch"]]
    F, y, at = torch.from_numpy(F), torch.from_numpy(y), vector(params)
    is_weight = vector([(np.ones_like(W), np.zeros_like(b)) for W, b in params])
    order = torch.from_numpy(np.random.default_rng([*seeds, 4]).permutation(len(F)))
    for done, rows in enumerate(order.split(state["batch"])):
        if done < state["_batches"]:
            continue
        if time.perf_counter() > until and done > state["_batches"]:
            return params_of(state | {"weights": at.numpy()}), done
        rng = np.random.default_rng([*seeds, 5, done]) if state["dropout"] else None
        downhill = -slope_at(at, F[rows], y[rows], state, rng)
        if state["penalty"] == "L2":
            downhill -= state["penalty_rate"] * is_weight * at
        at = at.add(downhill, alpha=state["lr"])
        if state["penalty"] == "L1":
            at = torch.where(is_weight > 0, softshrink(at, state["lr"] * state["penalty_rate"]), at)
    return params_of(state | {"weights": at.numpy()}), 0


@one_thread()
def slope(F, y, params, state, rng):
    """The loss's slope by all weights, for the samples of one batch: an array like the state's list of weights."""
    F = torch.from_numpy(np.array(F, dtype=float))
    y = torch.from_numpy(np.array(y, dtype=int if state["task"] == CLASSIFICATION else float))
    return slope_at(vector(params), F, y, state, rng).numpy()


def vector(params):
    return torch.tensor(flat(params), dtype=torch.float64)


def slope_at(at, F, y, state, rng):
    """The same from tensors to a tensor. `rng` draws what dropout drops."""
    at = at.detach().requires_grad_()
    pieces = [piece for n_in, n_out in pairwise(sizes(state)) for piece in (n_in * n_out, n_out)]
    parts = at.split(pieces)
    values = F
    for layer, (W, b) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        values = torch.addmm(b, values, W.view(-1, len(b)))
        if layer < len(state["layers"]):
            values = BENDS[state["activation"]](values)
            if state["dropout"]:
                values = values * torch.from_numpy(kept(values.shape, state["dropout"], rng))
    classify = state["task"] == CLASSIFICATION
    loss = cross_entropy(values, y) if classify else 0.5 * mse_loss(values[:, 0], y)
    return torch.autograd.grad(loss, at)[0]
