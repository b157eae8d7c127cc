"""Held-out cases of `same_network`, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder import exercise, inputs

same_network = exercise("same_network")


def random_pairs(name, sizes):
    """Parameters (W, b) for a network of these sizes."""
    return [
        (inputs(f"{name} W{i}", shape, -1, 1), inputs(f"{name} b{i}", shape[1], -1, 1))
        for i, shape in enumerate(zip(sizes[:-1], sizes[1:], strict=True))
    ]


@same_network.held_out
def a_wide_network_and_one_sample(same_network):
    return same_network(random_pairs("wide", [5, 16, 3, 7, 2]))(torch.tensor(inputs("wide X", (1, 5))))


@same_network.held_out
def as_many_samples_as_classes_and_features(same_network):
    return same_network(random_pairs("equal", [3, 3, 3]))(torch.tensor(inputs("equal X", (3, 3))))


@same_network.held_out
def two_networks_of_the_same_params_learn_apart(same_network):
    params = random_pairs("apart", [3, 2])
    first, second = same_network(params), same_network(params)
    with torch.no_grad():
        for parameter in first.parameters():
            parameter += 1.5
    W, b = params[0]
    return {"second": second(torch.tensor(inputs("apart X", (4, 3)))), "W": W, "b": b}


@same_network.held_out
def gradients_of_all_parameters(same_network):
    network = same_network(random_pairs("gradients", [3, 5, 4, 2]))
    (network(torch.tensor(inputs("gradients X", (6, 3)))) * torch.tensor(inputs("upstream", (6, 2)))).sum().backward()
    return sorted(float(parameter.grad.square().sum()) for parameter in network.parameters())


def linear(W, b, dtype=torch.float64):
    """A right layer, for the mistakes below."""
    layer = nn.Linear(*W.shape, dtype=dtype)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(W.T))
        layer.bias.copy_(torch.tensor(b))
    return layer


def sequence(layers, between=nn.ReLU, end=nn.Softmax):
    """Layers with a ReLU between them and softmax at the end, changed by the mistakes below."""
    modules = []
    for layer in layers[:-1]:
        modules += [layer, between()]
    return nn.Sequential(*modules, layers[-1], *([end(dim=1)] if end else []))


@same_network.mistake("linear-not-transposed", "nn.Linear keeps its weight as (n_out, n_in): copy W.T into it, not W.")
def not_turned(params):
    layers = [nn.Linear(*W.shape, dtype=torch.float64) for W, _ in params]
    with torch.no_grad():
        for layer, (W, b) in zip(layers, params, strict=True):
            layer.weight.copy_(torch.tensor(W))
            layer.bias.copy_(torch.tensor(b))
    return sequence(layers)


@same_network.mistake(
    "sizes-turned-too", "The layer's sizes are the wrong way round. It is nn.Linear(n_in, n_out), with the weight W.T."
)
def made_the_wrong_way(params):
    layers = []
    for W, b in params:
        layer = nn.Linear(*W.T.shape, dtype=torch.float64)
        layer.weight.data, layer.bias.data = torch.tensor(W), torch.tensor(b)
        layers.append(layer)
    return sequence(layers)


@same_network.mistake(
    "shares-memory",
    "Your arrays change when the network learns: they share their memory. Make copies with torch.tensor(…).",
)
def shared(params):
    layers = []
    for W, b in params:
        layer = nn.Linear(*W.shape, dtype=torch.float64)
        layer.weight.data, layer.bias.data = torch.from_numpy(W.T), torch.from_numpy(b)
        layers.append(layer)
    return sequence(layers)


@same_network.mistake(
    "float32", "The layers are float32, and the tensor is float64. Make them with dtype=torch.float64."
)
def single_precision_network(params):
    return sequence([linear(W, b, torch.float32) for W, b in params])


@same_network.mistake("through-float32", "Your weights went through float32: make the layer float64 before you copy.")
def double_afterwards(params):
    return sequence([linear(W, b, torch.float32).double() for W, b in params])


@same_network.mistake(
    "plain-tensor-assigned",
    "layer.weight is a parameter, which no plain tensor can replace. Copy into it: with torch.no_grad(): "
    "layer.weight.copy_(…).",
)
def assigned(params):
    layers = [nn.Linear(*W.shape, dtype=torch.float64) for W, _ in params]
    for layer, (W, b) in zip(layers, params, strict=True):
        layer.weight = torch.tensor(W.T)
        layer.bias = torch.tensor(b)
    return sequence(layers)


@same_network.mistake(
    "copied-while-recording",
    "PyTorch records what is done to a parameter, so it refuses to overwrite one. Put copy_ inside `with "
    "torch.no_grad():`.",
)
def copied_while_recording(params):
    layers = [nn.Linear(*W.shape, dtype=torch.float64) for W, _ in params]
    for layer, (W, b) in zip(layers, params, strict=True):
        layer.weight.copy_(torch.tensor(W.T))
        layer.bias.copy_(torch.tensor(b))
    return sequence(layers)


@same_network.mistake("softmax-missing", "These are scores. Put an nn.Softmax(dim=1) at the end.")
def scores_only(params):
    return sequence([linear(W, b) for W, b in params], end=None)


@same_network.mistake("softmax-axis", "softmax goes along each sample's own row: nn.Softmax(dim=1).")
def softmax_down(params):
    return nn.Sequential(sequence([linear(W, b) for W, b in params], end=None), nn.Softmax(dim=0))


@same_network.mistake("log-probabilities", "These are logarithms. `forward` returns probabilities: nn.Softmax(dim=1).")
def logarithms(params):
    return sequence([linear(W, b) for W, b in params], end=nn.LogSoftmax)


@same_network.mistake(
    "softmax-overflows",
    "e^1000 overflows in your softmax. Subtract each row's maximum first, or use nn.Softmax(dim=1).",
)
def own_softmax(params):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.scores = sequence([linear(W, b) for W, b in params], end=None)

        def forward(self, X):
            e = self.scores(X).exp()
            return e / e.sum(dim=1, keepdim=True)

    return Network()


@same_network.mistake("relu-on-last", "The last layer must stay linear before softmax: leave the last ReLU out.")
def bent_scores(params):
    return nn.Sequential(sequence([linear(W, b) for W, b in params], end=None), nn.ReLU(), nn.Softmax(dim=1))


@same_network.mistake(
    "relu-on-last-and-softmax-axis",
    "Two things: leave the ReLU after the last layer out, and let softmax go along each sample's row: nn.Softmax(dim=1).",
)
def bent_scores_and_down(params):
    return nn.Sequential(sequence([linear(W, b) for W, b in params], end=None), nn.ReLU(), nn.Softmax(dim=0))


@same_network.mistake("relu-missing", "There is no bend between your layers: put an nn.ReLU after each but the last.")
def unbent(params):
    return sequence([linear(W, b) for W, b in params], between=nn.Identity)


@same_network.mistake("sigmoid-between", "You bend with another function between the layers. `forward` has ReLU there.")
def soft_bends(params):
    return sequence([linear(W, b) for W, b in params], between=nn.Sigmoid)


@same_network.mistake("bias-forgotten", "The biases are missing: copy b into each layer's bias.")
def without_biases(params):
    return sequence([linear(W, np.zeros_like(b)) for W, b in params])


@same_network.mistake("still-random", "A part of your network is still random: copy both W and b into every layer.")
def biases_not_copied(params):
    layers = [nn.Linear(*W.shape, dtype=torch.float64) for W, _ in params]
    with torch.no_grad():
        for layer, (W, _) in zip(layers, params, strict=True):
            layer.weight.copy_(torch.tensor(W.T))
    return sequence(layers)


@same_network.mistake(
    "no-parameters",
    "Your weights are plain tensors, so there is nothing to train. Keep them in nn.Linear or nn.Parameter.",
)
def plain_tensors(params):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [(torch.tensor(W), torch.tensor(b)) for W, b in params]

        def forward(self, X):
            for W, b in self.layers[:-1]:
                X = torch.relu(X @ W + b)
            W, b = self.layers[-1]
            return torch.softmax(X @ W + b, dim=1)

    return Network()


@same_network.mistake("frozen", "Your parameters can't be trained: they don't require gradients. Leave that as it was.")
def untrainable(params):
    return sequence([linear(W, b) for W, b in params]).requires_grad_(False)


@same_network.mistake("last-layer-skipped", "The last pair in params isn't used: make a layer of every pair.")
def one_too_few(params):
    return sequence([linear(W, b) for W, b in params[: max(1, len(params) - 1)]])


@same_network.mistake("params-changed", "You took pairs out of the caller's list (`pop` does). Read them: params[-1].")
def takes_pairs_out(params):
    layers = [linear(*params.pop(0)) for _ in range(len(params))]
    return sequence(layers)


@same_network.mistake("return-missing", "The network is made, but not returned.")
def nothing_back(params):
    sequence([linear(W, b) for W, b in params])


@same_network.variant
def with_parameters_as_they_are(params):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.ParameterList(torch.tensor(W) for W, _ in params)
            self.biases = nn.ParameterList(torch.tensor(b) for _, b in params)

        def forward(self, X):
            for W, b in zip(self.weights[:-1], self.biases[:-1], strict=True):
                X = (X @ W + b).clamp(min=0)
            return F.softmax(X @ self.weights[-1] + self.biases[-1], dim=-1)

    return Network()


@same_network.variant
def as_double_with_new_parameters(params):
    modules = []
    for W, b in params:
        layer = nn.Linear(W.shape[0], W.shape[1]).double()
        layer.weight = nn.Parameter(torch.from_numpy(W.T.copy()))
        layer.bias = nn.Parameter(torch.from_numpy(b).clone())
        modules += [layer, nn.ReLU()]
    modules[-1] = nn.Softmax(dim=-1)
    return nn.Sequential(*modules)


@same_network.variant
def by_loading_a_state(params):
    network = sequence([nn.Linear(*W.shape, dtype=torch.float64) for W, _ in params])
    arrays = [array for W, b in params for array in (W.T, b)]
    network.load_state_dict({n: torch.as_tensor(a) for n, a in zip(network.state_dict(), arrays, strict=True)})
    return network


same_network.equivalent("L9 axis dim=1→dim=-1", "A table has two axes: axis 1 is the last one.")
same_network.equivalent("L9 dropped keyword dim=1", "For a table PyTorch takes axis 1, though it warns.")
