"""Held-out cases of `from_torch`, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch
from torch import nn

from autograder import exercise

from .shared import values_in

from_torch = exercise("from_torch")


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
