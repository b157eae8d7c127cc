"""Held-out cases of `MLP`, known mistakes with their diagnosis, other right answers."""

import torch
from torch import nn
from torch.nn import functional as F

from autograder import exercise, inputs

from .shared import with_values

MLP = exercise("MLP")


class Shifted(nn.Module):
    """An activation nobody expects: it adds 1 and bends at 2."""

    def forward(self, x):
        return torch.minimum(x + 1, torch.full_like(x, 2.0))


def features(name, shape):
    """Features as float32."""
    return torch.tensor(inputs(name, shape), dtype=torch.float32)


@MLP.held_out
def three_hidden_layers_and_an_activation_of_ones_own(MLP):
    return with_values(MLP([4, 6, 5, 3, 2], Shifted, 0.0))(features("deep", (6, 4)))


@MLP.held_out
def sizes_as_a_tuple_and_one_sample(MLP):
    model = with_values(MLP((3, 5, 1), nn.Sigmoid, 0.25)).eval()
    return model(features("one", (1, 3)))


@MLP.held_out
def equal_widths(MLP):
    model = with_values(MLP([3, 3, 3, 3], nn.Tanh, 0.0))
    return {"parameters": sum(p.numel() for p in model.parameters()), "scores": model(features("equal", (3, 3)))}


@MLP.held_out
def back_in_training_it_drops_again(MLP):
    model = with_values(MLP([2, 400, 3], nn.ReLU, 0.5))
    X = features("again", (2, 2))
    model.eval()
    model.train()
    return {"two calls differ": not torch.equal(model(X), model(X)), "type": str(model(X).dtype)}


@MLP.held_out
def its_weights_fit_into_another_one(MLP):
    first, second = with_values(MLP([3, 4, 2], nn.ReLU, 0.1)), MLP([3, 4, 2], nn.ReLU, 0.1)
    second.load_state_dict(first.state_dict())
    return second.eval()(features("state", (4, 3)))


class Layered(nn.Module):
    """A right network, whose steps the mistakes below change one at a time."""

    def __init__(self, sizes, activation, dropout):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True))
        self.activation, self.drop = activation(), nn.Dropout(dropout)

    def hidden(self, X):
        return self.drop(self.activation(X))

    def last(self, X):
        return X

    def forward(self, X):
        for linear in self.linears[:-1]:
            X = self.hidden(linear(X))
        return self.last(self.linears[-1](X))


@MLP.mistake(
    "plain-list",
    "PyTorch sees no layers: not in a plain list, nor in something you don't keep. Assign an nn.Sequential or "
    "nn.ModuleList to self.",
)
class PlainList(nn.Module):
    def __init__(self, sizes, activation, dropout):
        super().__init__()
        self.layers = []
        for a, b in zip(sizes[:-2], sizes[1:-1], strict=True):
            self.layers += [nn.Linear(a, b), activation(), nn.Dropout(dropout)]
        self.layers.append(nn.Linear(sizes[-2], sizes[-1]))

    def forward(self, X):
        for layer in self.layers:
            X = layer(X)
        return X


@MLP.mistake(
    "only-the-last-layer-seen",
    "PyTorch sees one layer only; the others are in a Python list. Use nn.Sequential or nn.ModuleList.",
)
class HalfPlainList(nn.Module):
    def __init__(self, sizes, activation, dropout):
        super().__init__()
        self.layers = []
        for a, b in zip(sizes[:-2], sizes[1:-1], strict=True):
            self.layers += [nn.Linear(a, b), activation(), nn.Dropout(dropout)]
        self.out = nn.Linear(sizes[-2], sizes[-1])

    def forward(self, X):
        for layer in self.layers:
            X = layer(X)
        return self.out(X)


@MLP.mistake("super-missing", "nn.Module must be set up before it can hold layers: call super().__init__() first.")
class WithoutSuper(nn.Module):
    def __init__(self, sizes, activation, dropout):
        layers = [nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
        self.layers = nn.Sequential(*layers)


@MLP.mistake(
    "plain-list-without-super",
    "Two things: begin __init__ with super().__init__(), and keep the layers in an nn.Sequential or nn.ModuleList, not "
    "in a plain list.",
)
class PlainListWithoutSuper(PlainList):
    def __init__(self, sizes, activation, dropout):
        self.layers = []
        for a, b in zip(sizes[:-2], sizes[1:-1], strict=True):
            self.layers += [nn.Linear(a, b), activation(), nn.Dropout(dropout)]
        self.layers.append(nn.Linear(sizes[-2], sizes[-1]))


PlainListWithoutSuper.__name__ = "MLP"  # PyTorch's message names the learner's class


@MLP.mistake(
    "star-missing",
    "nn.Sequential takes layers one by one, not a list of them. A star unpacks the list: nn.Sequential(*layers).",
)
class ListInSequential(nn.Module):
    def __init__(self, sizes, activation, dropout):
        super().__init__()
        self.layers = nn.Sequential([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True)])


@MLP.mistake(
    "class-as-every-layer",
    "activation is a class, no layer yet: activation() makes one. After the last nn.Linear comes none.",
)
class NotMadeAnywhere(nn.Module):
    def __init__(self, sizes, activation, dropout):
        super().__init__()
        layers = []
        for a, b in zip(sizes[:-1], sizes[1:], strict=True):
            layers += [nn.Linear(a, b), activation, nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers)


@MLP.mistake(
    "class-called-with-data",
    "activation is a class: activation(X) makes a layer with X as an option. Make it once, activation(), then call that.",
)
class CalledWithData(Layered):
    def __init__(self, sizes, activation, dropout):
        super().__init__(sizes, nn.Identity, dropout)
        self.kind = activation

    def hidden(self, X):
        return self.drop(self.kind(X))


@MLP.mistake("class-as-layer", "activation is a class, no layer yet. activation() makes one.")
class NotMade(nn.Module):
    def __init__(self, sizes, activation, dropout):
        super().__init__()
        layers = []
        for a, b in zip(sizes[:-2], sizes[1:-1], strict=True):
            layers += [nn.Linear(a, b), activation, nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))

    def forward(self, X):
        return self.layers(X)


@MLP.mistake(
    "dropout-made-in-forward",
    "eval() doesn't switch your dropout off. Make nn.Dropout in __init__, or give torch.nn.functional.dropout "
    "training=self.training.",
)
class MadeInForward(Layered):
    def __init__(self, sizes, activation, dropout):
        super().__init__(sizes, activation, dropout)
        self.p = dropout

    def hidden(self, X):
        return nn.Dropout(self.p)(self.activation(X))


@MLP.mistake(
    "double-softmax",
    "Your network ends in a softmax, and CrossEntropyLoss contains one too. Return the scores.",
)
class EndsInSoftmax(Layered):
    def last(self, X):
        return torch.softmax(X, dim=1)


@MLP.mistake("log-softmax", "Your network ends in a log-softmax. Return the scores; the loss does the rest.")
class EndsInLogSoftmax(Layered):
    def last(self, X):
        return torch.log_softmax(X, dim=1)


@MLP.mistake("activation-on-last", "The last layer is bent, too. Its scores must stay as they are.")
class BentAtTheEnd(Layered):
    def last(self, X):
        return self.activation(X)


@MLP.mistake(
    "last-as-the-others", "The last layer is treated like the others. After it comes no activation and no dropout."
)
class TheSameAtTheEnd(Layered):
    def last(self, X):
        return self.hidden(X)


@MLP.mistake("dropout-on-last", "You drop scores as well. Dropout belongs behind the hidden activations only.")
class DropsScores(Layered):
    def last(self, X):
        return self.drop(X)


@MLP.mistake(
    "dropout-on-last-only",
    "You drop scores, but no hidden values. Dropout belongs behind each hidden activation, and not after the last layer.",
)
class DropsOnlyScores(Layered):
    def hidden(self, X):
        return self.activation(X)

    def last(self, X):
        return self.drop(X)


@MLP.mistake(
    "dropout-on-input-only", "You drop inputs, but no hidden values. Dropout belongs behind each hidden activation."
)
class DropsOnlyInputs(Layered):
    def hidden(self, X):
        return self.activation(X)

    def forward(self, X):
        return super().forward(self.drop(X))


@MLP.mistake("no-activation", "There is no bend between your layers, so together they are one. Add activation().")
class Unbent(Layered):
    def hidden(self, X):
        return self.drop(X)


@MLP.mistake("activation-fixed", "The activation is always ReLU. Use the class that was handed in.")
class AlwaysRelu(Layered):
    def __init__(self, sizes, activation, dropout):
        super().__init__(sizes, nn.ReLU, dropout)


@MLP.mistake("dropout-missing", "Nothing is dropped in training: add nn.Dropout(dropout) after each hidden activation.")
class NeverDrops(Layered):
    def hidden(self, X):
        return self.activation(X)


@MLP.mistake("dropout-fixed", "You drop half of the values, whatever was asked for. Use nn.Dropout(dropout).")
class DropsHalf(Layered):
    def __init__(self, sizes, activation, dropout):
        super().__init__(sizes, activation, 0.5 if dropout else 0.0)


@MLP.mistake(
    "dropout-kept-for-dropped", "You drop as many as should stay. nn.Dropout takes the probability to drop: dropout."
)
class DropsTheOthers(Layered):
    def __init__(self, sizes, activation, dropout):
        super().__init__(sizes, activation, 1 - dropout if dropout else 0.0)


@MLP.mistake(
    "dropout-before-activation", "You drop before the activation. It comes after it: activation first, then dropout."
)
class DropsFirst(Layered):
    def hidden(self, X):
        return self.activation(self.drop(X))


@MLP.mistake("dropout-on-input", "You drop inputs, too. Dropout comes after each hidden activation only.")
class DropsInputs(Layered):
    def forward(self, X):
        return super().forward(self.drop(X))


@MLP.mistake("dropout-once", "Only the last hidden layer drops. Each hidden activation is followed by a dropout.")
class DropsOnce(Layered):
    def forward(self, X):
        for linear in self.linears[:-1]:
            X = self.activation(linear(X))
        return self.linears[-1](self.drop(X) if len(self.linears) > 1 else X)


@MLP.mistake("forward-without-return", "forward computes the scores but doesn't return them.")
class NoReturn(Layered):
    def forward(self, X):
        super().forward(X)


@MLP.mistake("return-inside-loop", "forward returns inside its loop, after the first layer. `return` belongs below it.")
class FirstOnly(Layered):
    def forward(self, X):
        for linear in self.linears[:-1]:
            return self.hidden(linear(X))
        return self.linears[-1](X)


@MLP.mistake(
    "hidden-layers-missing", "Your network has no hidden layers: make one Linear per pair of neighbours in sizes."
)
class FirstToLast(Layered):
    def __init__(self, sizes, activation, dropout):
        super().__init__([sizes[0], sizes[-1]], activation, dropout)


@MLP.mistake("bias-missing", "Your layers have no biases: leave bias=False out.")
class WithoutBias(Layered):
    def __init__(self, sizes, activation, dropout):
        super().__init__(sizes, activation, dropout)
        pairs = zip(sizes[:-1], sizes[1:], strict=True)
        self.linears = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in pairs)


@MLP.mistake("sizes-changed", "You took numbers out of the caller's list (`pop` does). Read them: sizes[i].")
class TakesSizesOut(Layered):
    def __init__(self, sizes, activation, dropout):
        super().__init__(list(sizes), activation, dropout)
        if isinstance(sizes, list):
            sizes.pop()


@MLP.mistake("gradient-cut", "No gradients reach your layers: forward must not detach tensors or run inside no_grad.")
class Detached(Layered):
    def hidden(self, X):
        return super().hidden(X).detach()


MLP.variant(Layered)


@MLP.variant
class LastLayerFirst(nn.Module):
    def __init__(self, sizes, activation, dropout):
        super().__init__()
        self.p, self.count = dropout, len(sizes) - 2
        self.out = nn.Linear(sizes[-2], sizes[-1])
        for i in range(self.count):
            setattr(self, f"layer{i}", nn.Linear(sizes[i], sizes[i + 1]))
            self.add_module(f"bend{i}", activation())

    def forward(self, X):
        for i in range(self.count):
            X = getattr(self, f"bend{i}")(getattr(self, f"layer{i}")(X))
            X = F.dropout(X, self.p, training=self.training)
        return self.out(X)


@MLP.variant
class OwnParameters(nn.Module):
    def __init__(self, sizes, activation, dropout):
        super().__init__()
        blocks = []
        for a, b in zip(sizes[:-2], sizes[1:-1], strict=True):
            blocks.append(nn.Sequential(nn.Linear(a, b), activation(), nn.Dropout(p=dropout)))
        self.blocks = nn.ModuleList(blocks)
        self.weight = nn.Parameter(torch.randn(sizes[-1], sizes[-2]) / sizes[-2] ** 0.5)
        self.bias = nn.Parameter(torch.zeros(sizes[-1]))

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return F.linear(X, self.weight, self.bias)


@MLP.variant
def by_a_function(sizes, activation, dropout):
    network = nn.Sequential()
    for i, (a, b) in enumerate(zip(sizes, sizes[1:], strict=False)):
        if i:
            network.append(activation())
            network.append(nn.Dropout(dropout))
        network.append(nn.Linear(a, b))
    return network


MLP.equivalent("L6 constant -2→-1", "zip ends with the shorter list, sizes[1:-1].")
