"""The figure's own way: the whole network as one graph of torch's, asked for all its gradients at once.

It is taken without a bend, where there is nothing of the reader's to run (an rnn_step always bends), and in a copy of
the course without solutions until the reader's functions are written.
"""

import numpy as np
import torch

from .numbers import IDENTITY, STATE, UNITS, numbers

DOUBLE = {"dtype": torch.float64, "requires_grad": True}


def unrolled(state, scale, steps):
    """(states, weights) of a figure's state with Wh at that scale: steps + 1 tensors (1, units), and Wx, Wh, b."""
    drawn = numbers(state["seed"])
    Wx, Wh = (torch.tensor(values, **DOUBLE) for values in (drawn.Wx, scale * drawn.matrices[state["matrix"]]))
    b = torch.zeros(UNITS, **DOUBLE)
    states = [torch.zeros(STATE, **DOUBLE)]
    for x in torch.tensor(state["input"] * drawn.X[:steps, None]):
        if state["bend"] == IDENTITY:
            states.append(torch.addmm(torch.addmm(b, x, Wx), states[-1], Wh))
        else:
            states.append(torch.rnn_tanh_cell(x, states[-1], Wx.T, Wh.T, b, torch.zeros_like(b)))
    return states, [Wx, Wh, b]


def gradients(state, scale):
    """(states (steps + 1, units), lengths of dL/dh at step 0 … loss, gradients of Wx, Wh and b)."""
    states, weights = unrolled(state, scale, state["steps"])
    through = states[: state["loss"]]
    upstream = torch.tensor(numbers(state["seed"]).upstream)
    found = torch.autograd.grad(states[state["loss"]], [*through, *weights], upstream)
    lengths = [float(torch.linalg.norm(grad)) for grad in (*found[: len(through)], upstream)]
    return torch.cat(states).detach().numpy(), np.array(lengths), [grad.numpy() for grad in found[len(through) :]]


def reach(state):
    """The longest that a message of length 1 can become without a bend on its way back over 1, 2, … loss steps."""
    states, _ = unrolled(state | {"bend": IDENTITY}, state["scale"], state["loss"])
    messages = torch.eye(UNITS, dtype=torch.float64)[:, None]
    jacobians = torch.autograd.grad(states[-1], states[:-1], messages, is_grads_batched=True)
    return torch.linalg.matrix_norm(torch.cat(jacobians, dim=1), 2, dim=(0, 2)).numpy()[::-1]
