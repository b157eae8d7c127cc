"""What stays with the author of lesson 07: held-out cases, known mistakes with their diagnosis, other right answers."""

import tempfile
import weakref
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import Dataset, TensorDataset

from autograder import exercise, inputs, integer_inputs, with_inputs

# --- numpy_gradient -----------------------------------------------------------------------------------------------

numpy_gradient = exercise("numpy_gradient")


@numpy_gradient.held_out
def three_axes_of_float32(numpy_gradient):
    x = inputs("gradient x", (2, 3, 2)).astype(np.float32)
    returned = numpy_gradient(lambda x: (x.exp() * x.sum(dim=1, keepdim=True)).sum(), x)
    return {"gradient": returned, "type": str(returned.dtype)}


@numpy_gradient.held_out
def a_single_number(numpy_gradient):
    return with_inputs(numpy_gradient, lambda x: torch.tanh(x) * x, np.array(0.7))


@numpy_gradient.held_out
def two_functions_of_one_array(numpy_gradient):
    x = inputs("gradient shared", 4)
    before = x.copy()
    first, second = numpy_gradient(lambda x: x.prod(), x), numpy_gradient(lambda x: (x**2).sum(), x)
    return {"first": first, "second": second, "unchanged": np.array_equal(x, before)}


def leaf(x):
    """A right tensor, for the mistakes below."""
    return torch.tensor(x, dtype=torch.float64, requires_grad=True)


@numpy_gradient.mistake(
    "grad-none-nonleaf",
    "No gradient arrives here: what .double() or another change makes is a new tensor. Ask for "
    "requires_grad last, on the tensor given to f.",
)
def changed_type_afterwards(f, x):
    tensor = torch.tensor(x, dtype=torch.float32, requires_grad=True).double()
    f(tensor).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake(
    "whole-numbers-refused",
    "Whole numbers can't have gradients. Say dtype=torch.float64 when you make the tensor.",
)
def type_as_it_comes(f, x):
    tensor = torch.tensor(x, requires_grad=True)
    f(tensor).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake(
    "requires-grad-forgotten", "The tensor doesn't remember anything: make it with requires_grad=True."
)
def forgetful(f, x):
    tensor = torch.tensor(x, dtype=torch.float64)
    f(tensor).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake("float32", "The tensor is float32, with 7 digits. f wants float64: dtype=torch.float64.")
def single_precision(f, x):
    tensor = torch.tensor(x, dtype=torch.float32, requires_grad=True)
    f(tensor).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake(
    "gradient-in-float32",
    "f gets float64, but the gradient you return is float32. Make the tensor float64 at once, and return its .grad as "
    "it is.",
)
def old_tensor(f, x):
    tensor = torch.tensor(x, dtype=torch.float32, requires_grad=True)
    f(tensor.double()).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake("tensor-returned", "That is a tensor. Return an array: tensor.grad.numpy().")
def as_a_tensor(f, x):
    tensor = leaf(x)
    f(tensor).backward()
    return tensor.grad


@numpy_gradient.mistake("return-missing", "The gradient is computed, but not returned: `return tensor.grad.numpy()`.")
def nothing_returned(f, x):
    tensor = leaf(x)
    f(tensor).backward()


@numpy_gradient.mistake("value-returned", "That is the value of f. The gradient is in tensor.grad, after backward().")
def the_value(f, x):
    return f(leaf(x)).detach().numpy()


@numpy_gradient.mistake(
    "grad-accumulates",
    "You go backwards twice, and .grad adds up. Call f and backward once, on a tensor made anew.",
)
def twice(f, x):
    tensor = leaf(x)
    f(tensor).backward()
    f(tensor).backward()
    return tensor.grad.numpy()


KEPT = weakref.WeakKeyDictionary()


@numpy_gradient.mistake(
    "tensor-kept",
    "The second call adds to the gradient of the first, since the tensor is still there. Make a new one each time.",
)
def kept_for_next_time(f, x):
    tensor = KEPT.setdefault(f, leaf(x))
    f(tensor).backward()
    return tensor.grad.numpy().copy()


@numpy_gradient.mistake(
    "nudging", "You nudge each entry, as in lesson 3. PyTorch does it at once: backward(), then tensor.grad."
)
def by_nudging(f, x):
    x, h = np.array(x, dtype=float), 1e-6
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i], down[i] = x[i] + h, x[i] - h
        grad[i] = (f(torch.tensor(up)) - f(torch.tensor(down))).item() / (2 * h)
    return grad


@numpy_gradient.mistake("x-changed", "You wrote the gradient into x, which must stay as it is. Return a new array.")
def into_x(f, x):
    tensor = leaf(x)
    f(tensor).backward()
    x[...] = tensor.grad.numpy()
    return x.astype(float)


@numpy_gradient.mistake("flattened", "The gradient has lost the shape of x: hand x over as it is, without flattening.")
def in_one_row(f, x):
    tensor = leaf(x)
    f(tensor).backward()
    return tensor.grad.numpy().ravel()


@numpy_gradient.variant
def by_autograd_grad(f, x):
    tensor = torch.from_numpy(np.array(x, dtype=np.float64)).requires_grad_()
    return torch.autograd.grad(f(tensor), tensor)[0].numpy()


@numpy_gradient.variant
def by_functional_grad(f, x):
    return torch.func.grad(f)(torch.as_tensor(x, dtype=torch.float64)).numpy()


@numpy_gradient.variant
def by_jacobian(f, x):
    return torch.autograd.functional.jacobian(f, torch.tensor(x).double()).numpy()


# --- broadcast_shape ----------------------------------------------------------------------------------------------

broadcast_shape = exercise("broadcast_shape")


def says_no(broadcast_shape, a, b):
    """Whether it raises ValueError."""
    try:
        broadcast_shape(a, b)
    except ValueError:
        return True
    return False


@broadcast_shape.held_out
def many_axes(broadcast_shape):
    return broadcast_shape((1, 6, 1, 2, 1), (7, 1, 3, 1, 5))


@broadcast_shape.held_out
def larger_than_any_memory(broadcast_shape):
    return broadcast_shape((10**9, 1, 10**9), (10**9, 1))


@broadcast_shape.held_out
def more_axes_than_numpy_knows(broadcast_shape):
    return len(broadcast_shape((2,) * 100, (1,) * 70))


@broadcast_shape.held_out
def what_does_not_fit_at_different_places(broadcast_shape):
    pairs = [((2, 3, 4), (2, 2, 4)), ((0, 2), (2, 2)), ((2,), (0,)), ((5, 4), (4, 5)), ((3, 1), (2, 3, 2, 3))]
    return [says_no(broadcast_shape, *pair) for pair in pairs]


@broadcast_shape.held_out
def zeros_and_ones(broadcast_shape):
    return [broadcast_shape((1, 1), (1,)), broadcast_shape((0, 1, 0), (3, 1)), broadcast_shape((), (0,))]


def aligned(a, b):
    """Both shapes equally long, with 1s in front, for the mistakes below."""
    length = max(len(a), len(b))
    return (1,) * (length - len(a)) + tuple(a), (1,) * (length - len(b)) + tuple(b)


def fits(m, n):
    """Whether two sizes go together, for the mistakes below."""
    return m == n or 1 in (m, n)


@broadcast_shape.mistake(
    "broadcast-from-left",
    "You align the shapes at the left. They are compared from the right: put the 1s in front of the shorter one.",
)
def from_the_left(a, b):
    length = max(len(a), len(b))
    a, b = a + (1,) * (length - len(a)), b + (1,) * (length - len(b))
    if not all(map(fits, a, b)):
        raise ValueError
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "broadcast-max-only",
    "You take the larger size, whatever the other one is. Sizes must be equal or one of them 1; otherwise raise "
    "ValueError.",
)
def only_the_larger(a, b):
    return tuple(map(max, *aligned(a, b)))


@broadcast_shape.mistake(
    "zero-became-one", "A size of 0 with a 1 gives 0: the one that isn't 1 counts, not the larger one."
)
def larger_if_they_fit(a, b):
    a, b = aligned(a, b)
    if not all(map(fits, a, b)):
        raise ValueError
    return tuple(map(max, a, b))


@broadcast_shape.mistake("no-error", "Shapes that don't fit must raise ValueError: raise ValueError(…).")
def first_size_wins(a, b):
    return tuple(n if m == 1 else m for m, n in zip(*aligned(a, b), strict=True))


@broadcast_shape.mistake("none-for-an-error", "You return None when the shapes don't fit. Raise ValueError instead.")
def none_instead(a, b):
    a, b = aligned(a, b)
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True)) if all(map(fits, a, b)) else None


@broadcast_shape.mistake("error-returned", "You return the error. It must be raised: `raise ValueError(…)`.")
def returned_instead(a, b):
    a, b = aligned(a, b)
    if not all(map(fits, a, b)):
        return ValueError("they don't fit")
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "asserted", "An assert raises AssertionError. Ask with `if`, and raise ValueError where shapes don't fit."
)
def by_assertion(a, b):
    a, b = aligned(a, b)
    if not all(map(fits, a, b)):
        raise AssertionError
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "leading-axes-lost",
    "The axes that only the longer shape has are missing: fill up the shorter one with 1s in front.",
)
def only_common_axes(a, b):
    shape = []
    for m, n in zip(a[::-1], b[::-1], strict=False):
        if not fits(m, n):
            raise ValueError
        shape.append(n if m == 1 else m)
    return tuple(shape[::-1])


@broadcast_shape.mistake("reversed", "Your shape is turned around: you went from the right, so reverse it in the end.")
def not_turned_back(a, b):
    a, b = aligned(a, b)
    if not all(map(fits, a, b)):
        raise ValueError
    return tuple(n if m == 1 else m for m, n in zip(a[::-1], b[::-1], strict=True))


@broadcast_shape.mistake(
    "ones-not-stretched", "You refuse sizes that differ even where one of them is 1: a 1 is stretched to the other one."
)
def only_equal_sizes(a, b):
    length = max(len(a), len(b))
    front = a[: length - len(b)] + b[: length - len(a)]
    a, b = a[len(a) - min(len(a), len(b)) :], b[len(b) - min(len(a), len(b)) :]
    if a != b:
        raise ValueError
    return front + a


@broadcast_shape.mistake(
    "only-the-second-stretched", "A 1 in the first shape is stretched too, not only those in the second."
)
def second_only(a, b):
    a, b = aligned(a, b)
    if any(m != n and n != 1 for m, n in zip(a, b, strict=True)):
        raise ValueError
    return a


@broadcast_shape.mistake(
    "multiples-stretched", "Only a 1 is stretched: 2 doesn't fit 4, although 4 is a multiple of it."
)
def multiples(a, b):
    a, b = aligned(a, b)
    if not all(fits(m, n) or (m and n and (m % n == 0 or n % m == 0)) for m, n in zip(a, b, strict=True)):
        raise ValueError
    return tuple(max(m, n) if m and n else 0 for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "zero-as-wildcard", "0 is a size like any other: it fits 0 and 1, but not 3. Only 1 is stretched."
)
def zero_fits_all(a, b):
    a, b = aligned(a, b)
    if not all(fits(m, n) or 0 in (m, n) for m, n in zip(a, b, strict=True)):
        raise ValueError
    return tuple(0 if 0 in (m, n) else max(m, n) for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "return-inside-loop", "You return inside the loop, after the first column. `return` belongs below it."
)
def after_the_first(a, b):
    shape = []
    for m, n in zip(*aligned(a, b), strict=True):
        if not fits(m, n):
            raise ValueError
        shape.append(n if m == 1 else m)
        return tuple(shape)
    return ()


@broadcast_shape.variant
def column_by_column_from_the_right(a, b):
    shape = []
    for i in range(1, max(len(a), len(b)) + 1):
        m = a[-i] if i <= len(a) else 1
        n = b[-i] if i <= len(b) else 1
        if m == 1:
            shape.insert(0, n)
        elif n in (1, m):
            shape.insert(0, m)
        else:
            raise ValueError("they don't fit")
    return shape


@broadcast_shape.variant
def with_zip_longest(a, b):
    from itertools import zip_longest

    columns = [{m, n} - {1} for m, n in zip_longest(reversed(a), reversed(b), fillvalue=1)]
    if any(len(column) > 1 for column in columns):
        raise ValueError
    return torch.Size(column.pop() if column else 1 for column in columns[::-1])


@broadcast_shape.variant
def by_recursion(a, b):
    if not a or not b:
        return a or b
    if a[-1] != b[-1] and 1 not in (a[-1], b[-1]):
        raise ValueError
    return (*by_recursion(a[:-1], b[:-1]), b[-1] if a[-1] == 1 else a[-1])


broadcast_shape.equivalent("L6 swapped elements m, n→n, m", "Sizes that fit can be compared either way round.")
broadcast_shape.equivalent("L6 swapped arguments a, b→b, a", "Sizes that fit can be compared either way round.")


# --- MLP ----------------------------------------------------------------------------------------------------------

MLP = exercise("MLP")


class Shifted(nn.Module):
    """An activation nobody expects: it adds 1 and bends at 2."""

    def forward(self, x):
        return torch.minimum(x + 1, torch.full_like(x, 2.0))


def with_values(model):
    """The model, with weights that only depend on the shapes of its parameters."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.tensor(inputs(f"held out {tuple(parameter.shape)}", tuple(parameter.shape))))
    return model


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


# --- same_network -------------------------------------------------------------------------------------------------

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


# --- TableDataset -------------------------------------------------------------------------------------------------

TableDataset = exercise("TableDataset")


@TableDataset.held_out
def pictures_with_three_axes(TableDataset):
    dataset = TableDataset(inputs("held-out pictures", (5, 3, 2, 4)), integer_inputs("held-out classes", 5, 9))
    return [len(dataset), dataset[4], dataset[2], dataset.X, dataset.y]


@TableDataset.held_out
def as_many_samples_as_features(TableDataset):
    dataset = TableDataset(np.arange(9).reshape(3, 3).astype(np.float32), np.array([5, 6, 7], dtype=np.uint8))
    sample, label = dataset[1]
    return {"features": sample, "label": label, "types": [str(sample.dtype), str(label.dtype)]}


@TableDataset.held_out
def one_number_per_sample(TableDataset):
    sample, label = TableDataset(np.array([4, 8, 15]), np.array([0.0, 2.0, 1.0]))[2]
    return {"features": sample, "label": label, "types": [str(sample.dtype), str(label.dtype)]}


@TableDataset.held_out
def the_arrays_stay_as_they_were(TableDataset):
    X, y = inputs("stay", (4, 2)), np.array([3, 1, 2, 0])
    dataset = TableDataset(X, y)
    return [dataset[0], X, y, str(X.dtype), str(y.dtype)]


class Rows(Dataset):
    """A right dataset, which the mistakes below change."""

    def __init__(self, X, y):
        self.X, self.y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.int64)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


@TableDataset.mistake(
    "dataset-double", "The features keep the type they came in, but PyTorch wants float32: say dtype=torch.float32."
)
class KeepsFeatures(Rows):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.X = torch.tensor(X)


@TableDataset.mistake(
    "labels-not-converted", "The labels keep the type they came in, but PyTorch wants int64: say dtype=torch.int64."
)
class KeepsLabels(Rows):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.y = torch.tensor(y)


@TableDataset.mistake(
    "nothing-converted", "Both keep the types they came in. Convert: features to float32, labels to int64."
)
class KeepsBoth(Rows):
    def __init__(self, X, y):
        self.X, self.y = torch.tensor(X), torch.tensor(y)


@TableDataset.mistake("labels-as-floats", "The labels are float32. Class numbers must be int64: dtype=torch.int64.")
class FloatLabels(Rows):
    def __getitem__(self, i):
        return self.X[i], self.y[i].float()


@TableDataset.mistake("label-in-a-row", "The label has the shape (1,). It is one number, of shape (): y[i].")
class LabelInARow(Rows):
    def __getitem__(self, i):
        return self.X[i], self.y[i : i + 1]


@TableDataset.mistake(
    "labels-in-a-column",
    "You keep the labels as a column, so each has the shape (1,). Keep them in one row, as y has them.",
)
class LabelsInAColumn(Rows):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.y = self.y.reshape(-1, 1)


@TableDataset.mistake("sample-in-a-row", "The features have one axis too many. Sample i is X[i], without a slice.")
class SampleInARow(Rows):
    def __getitem__(self, i):
        return self.X[i : i + 1], self.y[i]


@TableDataset.mistake("label-first", "The order is turned around: features first, then the label.")
class LabelFirst(Rows):
    def __getitem__(self, i):
        return self.y[i], self.X[i]


@TableDataset.mistake("features-only", "The label is missing: return the pair (features, label).")
class FeaturesOnly(Rows):
    def __getitem__(self, i):
        return self.X[i]


@TableDataset.mistake("columns-counted", "len is the number of features here. It should be the number of samples.")
class Columns(Rows):
    def __len__(self):
        return self.X.shape[1]


@TableDataset.mistake("numbers-counted", "len counts every number in X. It should count samples: len(X).")
class Numbers(Rows):
    def __len__(self):
        return self.X.numel()


@TableDataset.mistake("arrays-returned", "These are arrays of NumPy. Make tensors of them with torch.tensor.")
class Arrays(Rows):
    def __init__(self, X, y):
        self.X, self.y = np.asarray(X, dtype=np.float32), np.asarray(y, dtype=np.int64)


@TableDataset.mistake(
    "label-as-a-number", "The label is a plain number. Return a tensor of int64 with shape (): self.y[i]."
)
class PlainLabel(Rows):
    def __getitem__(self, i):
        return self.X[i], int(self.y[i])


@TableDataset.mistake(
    "labels-not-made-a-tensor",
    "The labels are no tensor, so a single one is a plain number. Make one: torch.tensor(y, dtype=torch.int64).",
)
class LabelsOfNumpy(Rows):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.y = y


@TableDataset.mistake("other-names", "Keep the two tensors as self.X and self.y: later cells use them.")
class OtherNames(Dataset):
    def __init__(self, X, y):
        self.features, self.labels = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.int64)

    def __len__(self):
        return len(self.features)

    def __getitem__(self, i):
        return self.features[i], self.labels[i]


@TableDataset.mistake(
    "converted-late",
    "Convert once, in __init__: self.X and self.y should be the two tensors, since later cells use them.",
)
class ConvertsLate(Rows):
    def __init__(self, X, y):
        self.X, self.y = X, y

    def __getitem__(self, i):
        return torch.as_tensor(self.X[i]).float(), torch.tensor(int(self.y[i]))


@TableDataset.mistake("always-the-first", "You return the first sample, whatever i is.")
class FirstRow(Rows):
    def __getitem__(self, i):
        return self.X[0], self.y[0]


@TableDataset.mistake("column-for-row", "You return a column. Sample i is the row X[i].")
class ColumnForRow(Rows):
    def __getitem__(self, i):
        return self.X[:, i], self.y[i]


@TableDataset.mistake("counted-from-one", "Samples are counted from 0: dataset[0] is the first one, so use i as it is.")
class FromOne(Rows):
    def __getitem__(self, i):
        return self.X[i - 1], self.y[i - 1]


@TableDataset.mistake("return-missing", "__getitem__ doesn't return anything: return X[i] and y[i].")
class NothingBack(Rows):
    def __getitem__(self, i):
        _ = self.X[i], self.y[i]


@TableDataset.variant
class NoDatasetOfTorch:
    def __init__(self, X, y):
        self.X, self.y = torch.as_tensor(X).float().clone(), torch.as_tensor(np.asarray(y)).long()

    def __len__(self):
        return self.X.shape[0]

    def __getitem__(self, i):
        return [self.X[i], torch.tensor(int(self.y[i]))]


@TableDataset.variant
class OnOneOfTorch(TensorDataset):
    def __init__(self, X, y):
        super().__init__(torch.from_numpy(X).float(), torch.from_numpy(y).long())
        self.X, self.y = self.tensors


@TableDataset.variant
class AListOfPairs(Dataset):
    def __init__(self, X, y):
        self.X = torch.tensor(X).to(torch.float32)
        self.y = torch.stack([torch.tensor(each).to(torch.long) for each in y])
        self.pairs = list(zip(self.X, self.y, strict=True))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, i):
        return self.pairs[i]


# --- train_epoch --------------------------------------------------------------------------------------------------

train_epoch = exercise("train_epoch")


def batches(name, sizes, d=4, k=3):
    """Batches (X, y) of these sizes: X (n, d) of float64, y (n,) of k classes."""
    made = []
    for i, n in enumerate(sizes):
        X, y = inputs(f"{name} X{i}", (n, d)), integer_inputs(f"{name} y{i}", n, k)
        made.append((torch.tensor(X), torch.tensor(y)))
    return made


class RunningMean(nn.Module):
    """Subtracts a mean that it collects in training: a buffer, such as batch norm's running mean."""

    def __init__(self, d):
        super().__init__()
        self.register_buffer("mean", torch.zeros(d))

    def forward(self, X):
        if self.training:
            self.mean.mul_(0.5).add_(0.5 * X.detach().mean(dim=0))
        return X - self.mean


def two_layers(d=4, k=3):
    """A network with a buffer, of float64, with weights from outside."""
    return with_values(nn.Sequential(nn.Linear(d, 5), RunningMean(5), nn.Tanh(), nn.Linear(5, k)).double())


def distance(outputs, y):
    """Mean over the samples of (first output − y)² + (sum of the outputs)²."""
    return ((outputs[:, 0] - y).square() + outputs.sum(dim=1).square()).mean()


@train_epoch.held_out
def three_epochs_of_adam_with_a_running_mean(train_epoch):
    model = two_layers().eval()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(3):
        train_epoch(model, batches("adam", [5, 3, 2]), optimiser, distance)
    return [*model.parameters(), model[1].mean]


@train_epoch.held_out
def a_single_batch_and_an_optimiser_with_memory(train_epoch):
    model = two_layers()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5, weight_decay=0.1)
    for epoch in range(2):
        train_epoch(model, batches(f"single {epoch}", [6]), optimiser, distance)
    return list(model.parameters())


class Stream:
    """A loader that can only be gone through: no length, no dataset."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __iter__(self):
        return iter(self.pairs)


@train_epoch.held_out(part="the mean loss")
def a_loader_without_a_length(train_epoch):
    model = two_layers()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    return train_epoch(model, Stream(batches("stream", [2, 7, 4])), optimiser, distance)


@train_epoch.held_out(part="the mean loss")
def the_loss_is_a_float_of_python(train_epoch):
    model = two_layers()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = train_epoch(model, batches("float", [3, 2]), optimiser, distance)
    return isinstance(loss, float)


def run(model, loader, optimiser, loss_fn, order, mean="sum / count"):
    """Train for an epoch, doing the things in `order` per batch, for the mistakes below; then return a mean."""
    model.train()
    losses, sizes = [], []
    for X, y in loader:
        if order[0] != "zero" and order[-1] != "zero" and order == ("step", "backward"):
            optimiser.zero_grad()
        loss = loss_fn(model(X), y)
        for each in order:
            {"zero": optimiser.zero_grad, "backward": loss.backward, "step": optimiser.step}[each]()
        losses.append(loss.item())
        sizes.append(len(y))
    if mean == "sum / batches":
        return sum(losses) / len(losses)
    if mean == "sum":
        return sum(losses)
    if mean == "last":
        return losses[-1]
    if mean == "list":
        return losses
    if mean.startswith("weighted sum"):
        total = sum(a * n for a, n in zip(losses, sizes, strict=True))
        return total / len(losses) if mean == "weighted sum / batches" else total
    if mean == "first size":
        return sum(losses) * sizes[0] / sum(sizes)
    if mean == "sum / samples":
        return sum(losses) / sum(sizes)
    return sum(a * n for a, n in zip(losses, sizes, strict=True)) / sum(sizes)


RIGHT = ("zero", "backward", "step")


@train_epoch.mistake(
    "zero-grad-missing", "Gradients add up over the batches: call optimiser.zero_grad() before backward."
)
def never_zero(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, ("backward", "step"))


@train_epoch.mistake(
    "zero-grad-per-epoch",
    "You zero the gradients once per epoch, so they add up over its batches. Do it inside the loop.",
)
def zero_once(model, loader, optimiser, loss_fn):
    optimiser.zero_grad()
    return run(model, loader, optimiser, loss_fn, ("backward", "step"))


@train_epoch.mistake(
    "zero-grad-too-late", "You erase the gradient before the step uses it. The order is zero, backward, step."
)
def zero_too_late(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, ("backward", "zero", "step"))


@train_epoch.mistake(
    "zero-grad-at-the-end",
    "You zero after each step, so the first batch meets what was left in .grad before. Zero before backward.",
)
def zero_after_step(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, ("backward", "step", "zero"))


@train_epoch.mistake("step-missing", "The weights never move: call optimiser.step() after backward.")
def no_step(model, loader, optimiser, loss_fn):
    optimiser.zero_grad()
    return run(model, loader, optimiser, loss_fn, ("backward",))


@train_epoch.mistake(
    "step-before-backward", "The step comes before backward, with older gradients. Go backwards first."
)
def step_first(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, ("step", "zero", "backward"))


@train_epoch.mistake(
    "step-after-the-loop", "You make one step per epoch. Each batch has its own: call optimiser.step() inside the loop."
)
def one_step(model, loader, optimiser, loss_fn):
    loss = run(model, loader, optimiser, loss_fn, ("zero", "backward"))
    optimiser.step()
    return loss


@train_epoch.mistake(
    "return-inside-loop", "You return inside the loop, after the first batch. `return` belongs below it."
)
def first_batch_only(model, loader, optimiser, loss_fn):
    for batch in loader:
        return run(model, [batch], optimiser, loss_fn, RIGHT)


@train_epoch.mistake(
    "train-mode-missing", "The model stays in the mode in which it came: call model.train() at the start."
)
def mode_as_found(model, loader, optimiser, loss_fn):
    total, count = 0.0, 0
    for X, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimiser.step()
        total, count = total + loss.item() * len(y), count + len(y)
    return total / count


@train_epoch.mistake("left-in-eval", "You leave the model in evaluation mode. train_epoch ends in training mode.")
def evaluates_at_the_end(model, loader, optimiser, loss_fn):
    loss = run(model, loader, optimiser, loss_fn, RIGHT)
    model.eval()
    return loss


@train_epoch.mistake(
    "mode-restored", "You put the old mode back. That is what `evaluate` does; train_epoch ends in training mode."
)
def puts_mode_back(model, loader, optimiser, loss_fn):
    mode = model.training
    loss = run(model, loader, optimiser, loss_fn, RIGHT)
    model.train(mode)
    return loss


@train_epoch.mistake(
    "own-optimiser", "You make an optimiser of your own. Use the one you were handed: it has a memory."
)
def another_optimiser(model, loader, optimiser, loss_fn):
    return run(model, loader, torch.optim.SGD(model.parameters(), lr=0.01), loss_fn, RIGHT)


@train_epoch.mistake("own-loss", "The loss is always cross-entropy. Call loss_fn, which was handed in.")
def another_loss_function(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, lambda out, y: F.cross_entropy(out, y.squeeze(-1) if y.ndim > 1 else y), RIGHT)


@train_epoch.mistake("loss-arguments-swapped", "The outputs come first: loss_fn(model(X), y).")
def labels_first(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, lambda out, y: loss_fn(y, out), RIGHT)


@train_epoch.mistake(
    "double-softmax",
    "You put a softmax before the loss. CrossEntropyLoss contains it: hand the outputs over as they are.",
)
def softmax_first(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, lambda out, y: loss_fn(torch.softmax(out, dim=1), y), RIGHT)


@train_epoch.mistake(
    "outputs-squeezed",
    "You squeeze the outputs: (n,) against targets (n, 1) makes an n × n table. Hand them over as they are.",
)
def squeezed(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, lambda out, y: loss_fn(out.squeeze(1) if out.shape[1] == 1 else out, y), RIGHT)


@train_epoch.mistake(
    "mean-of-batch-means",
    "The last batch is smaller: weight each loss by its batch's size, then divide by all samples.",
)
def mean_of_means(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, RIGHT, "sum / batches")


@train_epoch.mistake(
    "losses-summed", "You add up the batches' losses. Weight them by batch size and divide by all samples."
)
def added_up(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, RIGHT, "sum")


@train_epoch.mistake("not-divided", "The sum over all samples is right; now divide it by the number of samples.")
def undivided(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, RIGHT, "weighted sum")


@train_epoch.mistake(
    "divided-by-batches",
    "The sum is right, but you divide it by the number of batches (len(loader)). Divide by the number of samples.",
)
def weighted_sum_by_batches(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, RIGHT, "weighted sum / batches")


@train_epoch.mistake(
    "means-divided-by-samples", "You add means, but divide by samples. Multiply each batch's loss by its size first."
)
def means_by_samples(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, RIGHT, "sum / samples")


@train_epoch.mistake(
    "nominal-batch-size", "You count every batch like the first. The last one is smaller: its own size is len(y)."
)
def one_size_for_all(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, RIGHT, "first size")


@train_epoch.mistake("last-loss-only", "That is the last batch's loss. The mean is over all samples of the epoch.")
def the_last_one(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, RIGHT, "last")


@train_epoch.mistake("list-of-losses", "That is a list of the batches' losses. Return one number, the mean per sample.")
def all_losses(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, RIGHT, "list")


@train_epoch.mistake("loss-tensor-kept", "You return a tensor, with its whole graph. Take the number out: loss.item().")
def tensor_returned(model, loader, optimiser, loss_fn):
    model.train()
    total, count = 0.0, 0
    for X, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimiser.step()
        total, count = total + loss * len(y), count + len(y)
    return total / count


@train_epoch.mistake("return-missing", "The mean loss isn't returned.")
def no_return(model, loader, optimiser, loss_fn):
    run(model, loader, optimiser, loss_fn, RIGHT)


@train_epoch.mistake(
    "dataset-length",
    "Not every sample of the dataset need come out of the loader, nor need it have one. Count those you see: len(y).",
)
def length_of_the_dataset(model, loader, optimiser, loss_fn):
    return run(model, loader, optimiser, loss_fn, RIGHT, "weighted sum") / len(loader.dataset)


@train_epoch.mistake(
    "loss-after-step", "You compute the loss anew after the step. Take the one that backward went through."
)
def computed_anew(model, loader, optimiser, loss_fn):
    model.train()
    total, count = 0.0, 0
    for X, y in loader:
        optimiser.zero_grad()
        loss_fn(model(X), y).backward()
        optimiser.step()
        total, count = total + loss_fn(model(X), y).item() * len(y), count + len(y)
    return total / count


@train_epoch.variant
def zero_between_forward_and_backward(model, loader, optimiser, loss_fn):
    model.train(True)
    losses, sizes = [], []
    for batch in loader:
        loss = loss_fn(model(batch[0]), batch[1])
        optimiser.zero_grad(set_to_none=False)
        loss.backward()
        optimiser.step()
        losses.append(loss.detach())
        sizes.append(batch[0].size(0))
    return float(np.average(torch.stack(losses).numpy(), weights=sizes))


@train_epoch.variant
def zero_on_the_model_before_and_after(model, loader, optimiser, loss_fn):
    model.train()
    model.zero_grad()
    total, count = 0, 0
    for X, y in loader:
        loss = loss_fn(model(X), y)
        loss.backward()
        optimiser.step()
        model.zero_grad()
        total += float(loss) * y.shape[0]
        count += y.shape[0]
    return total / count


@train_epoch.variant
def with_a_sum_kept_as_a_tensor(model, loader, optimiser, loss_fn):
    model.train()
    total, count = torch.zeros(()), 0
    for X, y in loader:
        optimiser.zero_grad()
        (loss := loss_fn(model(X), y)).backward()
        optimiser.step()
        total, count = total + loss.detach().double() * len(X), count + len(X)
    return (total / count).item()


train_epoch.equivalent("L3 swapped elements total, count→count, total", "Both start at 0.")
train_epoch.equivalent("L3 swapped elements 0.0, 0→0, 0.0", "Sums and quotient are the same, whichever 0 is a float.")


# --- evaluate -----------------------------------------------------------------------------------------------------

evaluate = exercise("evaluate")


def share(evaluate, model, loader):
    """What evaluate returns; PyTorch records again afterwards, whatever it has done."""
    try:
        return evaluate(model, loader)
    finally:
        torch.set_grad_enabled(True)


class Says(nn.Module):
    """Gives the scores it gets in evaluation, and random ones in training."""

    def forward(self, X):
        return torch.randn_like(X) if self.training else X


@evaluate.held_out
def batches_of_many_sizes(evaluate):
    return share(evaluate, Says(), batches("evaluate", [1, 6, 2, 5, 1], d=4, k=4))


@evaluate.held_out
def a_network_with_dropout_and_a_running_mean(evaluate):
    model = nn.Sequential(two_layers(), nn.Dropout(0.5)).train()
    accuracy = share(evaluate, model, batches("dropout", [9, 4], d=4, k=3))
    return {"accuracy": accuracy, "training": [module.training for module in model], "mean": model[0][1].mean}


@evaluate.held_out
def weights_and_gradients_stay(evaluate):
    model = two_layers()
    model(batches("before", [5])[0][0]).sum().backward()
    before = [parameter.grad.clone() for parameter in model.parameters()]
    accuracy = share(evaluate, model, batches("stay", [5, 3]))
    same = all(torch.equal(a, p.grad) for a, p in zip(before, model.parameters(), strict=True))
    return {"accuracy": accuracy, "gradients stay": same, "weights": list(model.parameters())}


@evaluate.held_out
def a_loader_that_has_no_length(evaluate):
    return [share(evaluate, Says(), Stream(batches("no length", [4, 3], d=3, k=3))) for _ in range(2)]


def rights_and_sizes(model, loader):
    """For each batch how many answers are right and of how many, for the mistakes below."""
    found = [((model(X).argmax(dim=1) == y).sum().item(), len(y)) for X, y in loader]
    return [right for right, _ in found], [size for _, size in found]


def counted(model, loader):
    """The right accuracy in the mode in which the model is, for the mistakes below."""
    rights, sizes = rights_and_sizes(model, loader)
    return sum(rights) / sum(sizes)


def looking(model, loader, count):
    """Evaluation as it should be, with another way to count."""
    mode = model.training
    model.eval()
    with torch.no_grad():
        found = count(model, loader)
    model.train(mode)
    return found


@evaluate.mistake("eval-missing", "The model answers in training mode, so dropout is on: call model.eval() first.")
def without_eval(model, loader):
    with torch.no_grad():
        return counted(model, loader)


@evaluate.mistake(
    "neither-switch", "Both switches are missing: model.eval() for the layers, torch.no_grad() for the graph."
)
def without_both(model, loader):
    return counted(model, loader)


@evaluate.mistake(
    "mode-not-restored",
    "You leave the model in evaluation mode. Remember model.training before, and set it again after.",
)
def left_in_evaluation(model, loader):
    model.eval()
    with torch.no_grad():
        return counted(model, loader)


@evaluate.mistake(
    "always-back-to-training", "You always end in training mode. Put back the mode you found: model.train(mode)."
)
def into_training(model, loader):
    model.eval()
    with torch.no_grad():
        found = counted(model, loader)
    model.train()
    return found


@evaluate.mistake(
    "eval-is-no-grad", "eval() doesn't stop PyTorch from recording: answer inside `with torch.no_grad():`, too."
)
def records(model, loader):
    mode = model.training
    model.eval()
    found = counted(model, loader)
    model.train(mode)
    return found


@evaluate.mistake(
    "recording-left-off", "Gradients stay switched off afterwards. Use `with torch.no_grad():`, which ends by itself."
)
def off_for_good(model, loader):
    mode = model.training
    model.eval()
    torch.set_grad_enabled(False)
    found = counted(model, loader)
    model.train(mode)
    return found


@evaluate.mistake(
    "mean-of-batch-accuracies", "The batches have different sizes: count right answers and samples over all of them."
)
def mean_of_shares(model, loader):
    return looking(
        model, loader, lambda m, b: float(np.mean([r / n for r, n in zip(*rights_and_sizes(m, b), strict=True)]))
    )


@evaluate.mistake("percent", "That is in percent. The share is a number from 0 to 1.")
def in_percent(model, loader):
    return looking(model, loader, lambda m, b: 100 * counted(m, b))


@evaluate.mistake("count-returned", "That is the number of right answers. Divide it by the number of samples.")
def how_many(model, loader):
    return looking(model, loader, lambda m, b: sum(rights_and_sizes(m, b)[0]))


@evaluate.mistake("error-rate", "That is the share of wrong answers. Count where argmax and y agree.")
def how_many_wrong(model, loader):
    return looking(model, loader, lambda m, b: 1 - counted(m, b))


@evaluate.mistake("argmax-axis", "argmax must look along each sample's own row: argmax(dim=1).")
def along_the_samples(model, loader):
    def count(model, loader):
        found = [((model(X).argmax(dim=0) == y).sum().item(), len(y)) for X, y in loader]
        return sum(right for right, _ in found) / sum(size for _, size in found)

    return looking(model, loader, count)


@evaluate.mistake(
    "argmax-without-axis",
    "argmax() without an axis gives one position in the whole table. Each row has its own answer: argmax(dim=1).",
)
def over_the_whole_table(model, loader):
    def count(model, loader):
        found = [((model(X).argmax() == y).sum().item(), len(y)) for X, y in loader]
        return sum(right for right, _ in found) / sum(size for _, size in found)

    return looking(model, loader, count)


@evaluate.mistake(
    "scores-compared", "You compare the highest score with the label. The class is its position: argmax(dim=1)."
)
def highest_scores(model, loader):
    def count(model, loader):
        found = [((model(X).max(dim=1).values == y).sum().item(), len(y)) for X, y in loader]
        return sum(right for right, _ in found) / sum(size for _, size in found)

    return looking(model, loader, count)


@evaluate.mistake("tensor-returned", "That is a tensor. Take the number out with .item().")
def a_tensor(model, loader):
    return looking(model, loader, lambda m, b: torch.tensor(counted(m, b)))


@evaluate.mistake("last-batch-only", "Only the last batch counts. Add up right answers and samples over all batches.")
def the_last_batch(model, loader):
    def count(model, loader):
        rights, sizes = rights_and_sizes(model, loader)
        return rights[-1] / sizes[-1]

    return looking(model, loader, count)


@evaluate.mistake("return-inside-loop", "You return inside the loop, after the first batch. `return` belongs below it.")
def the_first_batch(model, loader):
    def count(model, loader):
        rights, sizes = rights_and_sizes(model, loader)
        return rights[0] / sizes[0]

    return looking(model, loader, count)


@evaluate.mistake(
    "dataset-length",
    "Not every sample of the dataset need come out of the loader, nor need it have one. Count those you see: len(y).",
)
def length_of_dataset(model, loader):
    return looking(model, loader, lambda m, b: sum(rights_and_sizes(m, b)[0]) / len(b.dataset))


@evaluate.mistake("return-missing", "The accuracy isn't returned.")
def silent(model, loader):
    looking(model, loader, counted)


@evaluate.variant
def with_inference_mode(model, loader):
    was = model.training
    model.train(False)
    right, n = 0, 0
    with torch.inference_mode():
        for X, y in loader:
            _, answers = torch.max(torch.softmax(model(X), dim=-1), 1)
            right += int(torch.eq(answers, y).sum())
            n += y.numel()
    if was:
        model.train()
    return right / n


@evaluate.variant
def each_layer_put_back(model, loader):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            marks = [model(X).numpy().argmax(axis=1) == y.numpy() for X, y in loader]
    finally:
        for module, mode in modes.items():
            module.training = mode
    return np.concatenate(marks).mean()


@evaluate.variant
@torch.no_grad()
def as_a_decorator(model, loader):
    mode, marks = model.training, []
    model.eval()
    for X, y in loader:
        marks += (model(X).argmax(1) == y).tolist()
    model.train(mode)
    return sum(marks) / len(marks)


evaluate.equivalent("L4 swapped elements right, count→count, right", "Both start at 0.")
evaluate.equivalent("L7 axis dim=1→dim=-1", "A table has two axes: axis 1 is the last one.")


# --- save_checkpoint ----------------------------------------------------------------------------------------------

save_checkpoint = exercise("save_checkpoint")


def normed():
    """A small network with a buffer, weights from outside."""
    return two_layers(2, 4)


def empty():
    """The same with every parameter 1."""
    model = normed()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0)
    return model


def go_on(model, optimiser, first, last):
    """Train from step `first` to before step `last`, each with data of its own. Returns the losses."""
    losses = []
    for X, y in batches("go on", [5] * last, d=2, k=4)[first:]:
        optimiser.zero_grad()
        loss = distance(model(X), y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def values_in(content):
    """Every tensor and list of numbers in a file's content as one row, single numbers as rows of one."""
    if isinstance(content, torch.Tensor):
        return [content.detach().double().ravel().tolist()]
    if isinstance(content, int | float):
        return [[float(content)]]
    if isinstance(content, list | tuple) and content and all(isinstance(each, int | float) for each in content):
        return [[float(each) for each in content]]
    inside = content.values() if isinstance(content, dict) else content if isinstance(content, list | tuple) else ()
    return [row for each in inside for row in values_in(each)]


def stands_in(rows, wanted):
    """Whether these values stand somewhere in a row, one after the other."""
    wanted = wanted.detach().double().ravel().tolist() if isinstance(wanted, torch.Tensor) else [wanted]
    return any(row[i : i + len(wanted)] == wanted for row in rows for i in range(len(row) - len(wanted) + 1))


def rows_of(path):
    """The values in a file as rows; a sentence when there is none."""
    return values_in(torch.load(path, weights_only=True)) if Path(path).exists() else "no file at the path"


@save_checkpoint.held_out
def momentum_and_a_path_given_as_text(save_checkpoint):
    model = normed()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.017, momentum=0.8)
    go_on(model, optimiser, 0, 4)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "without a suffix")
        save_checkpoint(path, model, optimiser, 23)
        rows = rows_of(path)
    velocities = [state["momentum_buffer"] for state in optimiser.state.values()]
    wanted = [*model.state_dict().values(), *velocities, 0.017, 0.8, 23.0]
    return rows if isinstance(rows, str) else [stands_in(rows, each) for each in wanted]


@save_checkpoint.held_out
def an_older_file_is_replaced_and_the_model_left_alone(save_checkpoint):
    model = normed()
    optimiser = torch.optim.Adam(model.parameters())
    go_on(model, optimiser, 0, 2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "twice.pt"
        save_checkpoint(path, model, optimiser, 41)
        go_on(model, optimiser, 0, 2)
        before = [value.clone() for value in model.state_dict().values()]
        save_checkpoint(path, model, optimiser, 43)
        same = all(torch.equal(a, b) for a, b in zip(before, model.state_dict().values(), strict=True))
        rows = rows_of(path)
    if isinstance(rows, str):
        return rows
    found = [stands_in(rows, each) for each in (*before, 43.0)]
    return {"found": found, "41": stands_in(rows, 41.0), "left alone": same and model.training}


def both_states(model, optimiser, epoch):
    """What belongs into the file, for the mistakes below."""
    return {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "epoch": int(epoch)}


@save_checkpoint.mistake(
    "optimiser-not-saved",
    "The optimiser's memory is missing, so Adam would start anew: save optimiser.state_dict(), too.",
)
def model_and_epoch(path, model, optimiser, epoch):
    torch.save({"model": model.state_dict(), "epoch": int(epoch)}, path)


@save_checkpoint.mistake(
    "weights-only", "Only the weights are in the file. Optimiser and epoch belong to it: a dictionary of all three."
)
def only_the_model(path, model, optimiser, epoch):
    torch.save(model.state_dict(), path)


@save_checkpoint.mistake("model-not-saved", "The model's weights are missing: save model.state_dict(), too.")
def optimiser_and_epoch(path, model, optimiser, epoch):
    torch.save({"optimiser": optimiser.state_dict(), "epoch": int(epoch)}, path)


@save_checkpoint.mistake("epoch-not-saved", "The epoch is missing in the file: put it in beside the two state_dicts.")
def both_without_epoch(path, model, optimiser, epoch):
    torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict()}, path)


@save_checkpoint.mistake(
    "whole-object-pickled",
    "You save the model itself, which weights_only=True refuses to read. Save model.state_dict(), and so for the "
    "optimiser.",
)
def the_objects(path, model, optimiser, epoch):
    torch.save({"model": model, "optimiser": optimiser, "epoch": int(epoch)}, path)


@save_checkpoint.mistake(
    "optimiser-object-pickled",
    "The optimiser itself is in the file, which weights_only=True refuses to read. Save optimiser.state_dict().",
)
def the_optimiser_object(path, model, optimiser, epoch):
    torch.save({"model": model.state_dict(), "optimiser": optimiser, "epoch": int(epoch)}, path)


@save_checkpoint.mistake(
    "no-optimiser-and-numpy-scalar",
    "The optimiser's memory is missing: save optimiser.state_dict(), too. And make the epoch a plain number: int(epoch).",
)
def model_and_epoch_as_it_comes(path, model, optimiser, epoch):
    torch.save({"model": model.state_dict(), "epoch": epoch}, path)


@save_checkpoint.mistake(
    "no-model-and-numpy-scalar",
    "The model's weights are missing: save model.state_dict(), too. And make the epoch a plain number: int(epoch).",
)
def optimiser_and_epoch_as_it_comes(path, model, optimiser, epoch):
    torch.save({"optimiser": optimiser.state_dict(), "epoch": epoch}, path)


@save_checkpoint.mistake(
    "numpy-scalar", "A whole number of NumPy can't be read with weights_only=True. Make a plain one: int(epoch)."
)
def epoch_as_it_comes(path, model, optimiser, epoch):
    torch.save({**both_states(model, optimiser, 0), "epoch": epoch}, path)


@save_checkpoint.mistake(
    "buffers-missing",
    "You save the parameters only. Buffers, such as batch norm's running mean, belong to the model, too: state_dict().",
)
def parameters_only(path, model, optimiser, epoch):
    torch.save({**both_states(model, optimiser, epoch), "model": dict(model.named_parameters())}, path)


@save_checkpoint.mistake(
    "settings-missing", "The optimiser's settings, such as its learning rate, are missing: save its whole state_dict()."
)
def memory_only(path, model, optimiser, epoch):
    torch.save({**both_states(model, optimiser, epoch), "optimiser": optimiser.state_dict()["state"]}, path)


@save_checkpoint.mistake(
    "memory-missing", "You save the optimiser's settings, but not what it remembers: save its whole state_dict()."
)
def settings_only(path, model, optimiser, epoch):
    torch.save({**both_states(model, optimiser, epoch), "optimiser": optimiser.state_dict()["param_groups"]}, path)


@save_checkpoint.mistake("path-extended", "You changed the path. Write to the very path you were given.")
def with_a_suffix(path, model, optimiser, epoch):
    torch.save(both_states(model, optimiser, epoch), f"{path}.pth")


@save_checkpoint.mistake("nothing-written", "No file was written: hand the dictionary and the path to torch.save.")
def only_returned(path, model, optimiser, epoch):
    return both_states(model, optimiser, epoch)


@save_checkpoint.mistake(
    "arguments-swapped", "torch.save takes what is to be saved first, then the path: torch.save(object, path)."
)
def path_first(path, model, optimiser, epoch):
    torch.save(path, both_states(model, optimiser, epoch))


@save_checkpoint.variant
def as_a_list(path, model, optimiser, epoch):
    torch.save([torch.tensor(int(epoch)), optimiser.state_dict(), model.state_dict()], str(path))


@save_checkpoint.variant
def with_an_open_file(path, model, optimiser, epoch):
    content = {"where": {"epoch": int(epoch), "note": "after an epoch"}, "opt": optimiser.state_dict()}
    content |= {f"model.{name}": value.clone() for name, value in model.state_dict().items()}
    with open(path, "wb") as file:
        torch.save(content, file)


# --- load_checkpoint ----------------------------------------------------------------------------------------------

load_checkpoint = exercise("load_checkpoint")


def step_by_step(save_checkpoint, load_checkpoint, make, at):
    """How far a run that was interrupted after `at` of 6 steps is from one that wasn't, and what came back."""
    whole = normed()
    losses = go_on(whole, make(whole.parameters(), lr=0.03), 0, 6)
    with tempfile.TemporaryDirectory() as folder:
        model, fresh = normed(), empty()
        optimiser, fresh_optimiser = make(model.parameters(), lr=0.03), make(fresh.parameters(), lr=0.5)
        first = go_on(model, optimiser, 0, at)
        save_checkpoint(str(Path(folder) / "run"), model, optimiser, at)
        go_on(model, optimiser, at, 6)
        epoch = load_checkpoint(str(Path(folder) / "run"), fresh, fresh_optimiser)
        resumed = first + go_on(fresh, fresh_optimiser, at, 6)
    steps_alike = [a == b for a, b in zip(losses, resumed, strict=True)]
    same = all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), fresh.state_dict().values(), strict=True))
    return {"steps alike": steps_alike, "end alike": same, "epoch": epoch, "is an int": isinstance(epoch, int)}


@load_checkpoint.held_out
def as_if_uninterrupted_with_adamw(save_checkpoint, load_checkpoint):
    return step_by_step(save_checkpoint, load_checkpoint, torch.optim.AdamW, 4)


def nesterov(parameters, lr):
    """Gradient descent with Nesterov's momentum."""
    return torch.optim.SGD(parameters, lr=lr, momentum=0.7, nesterov=True, weight_decay=0.01)


@load_checkpoint.held_out
def as_if_uninterrupted_with_nesterov(save_checkpoint, load_checkpoint):
    return step_by_step(save_checkpoint, load_checkpoint, nesterov, 2)


@load_checkpoint.held_out
def saved_before_the_first_step(save_checkpoint, load_checkpoint):
    return step_by_step(save_checkpoint, load_checkpoint, torch.optim.Adam, 0)


@load_checkpoint.held_out
def loaded_twice_from_one_file(save_checkpoint, load_checkpoint):
    model = normed()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    go_on(model, optimiser, 0, 2)
    losses = []
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(Path(folder) / "run.pt", model, optimiser, 2)
        for _ in range(2):
            load_checkpoint(Path(folder) / "run.pt", model, optimiser)
            losses.append(go_on(model, optimiser, 2, 4))
    return losses


def restored(path, model, optimiser, weights_only=True):
    """What the file holds, after both have taken their part, for the mistakes below."""
    content = torch.load(path, weights_only=weights_only)
    if model is not None:
        model.load_state_dict(content["model"])
    if optimiser is not None:
        optimiser.load_state_dict(content["optimiser"])
    return content


@load_checkpoint.mistake(
    "optimiser-not-restored",
    "The optimiser you were handed starts anew. Load its state into it with load_state_dict, without making another.",
)
def optimiser_forgotten(path, model, optimiser):
    return restored(path, model, None)["epoch"]


@load_checkpoint.mistake(
    "own-adam",
    "You load into an Adam of your own. Load into the optimiser you were handed, whatever its kind: "
    "optimiser.load_state_dict(…).",
)
def into_an_adam_of_ones_own(path, model, optimiser):
    return restored(path, model, torch.optim.Adam(model.parameters()))["epoch"]


@load_checkpoint.mistake(
    "model-not-restored",
    "The model you were handed keeps its own weights: load its state into it, without making another.",
)
def model_forgotten(path, model, optimiser):
    return restored(path, None, optimiser)["epoch"]


@load_checkpoint.mistake(
    "nothing-restored", "Neither model nor optimiser takes over anything: both have load_state_dict(…)."
)
def only_read(path, model, optimiser):
    return restored(path, None, None)["epoch"]


@load_checkpoint.mistake(
    "code-may-run", "Your load runs programs hidden in the file. Read with torch.load(path, weights_only=True)."
)
def trusting(path, model, optimiser):
    return restored(path, model, optimiser, weights_only=False)["epoch"]


@load_checkpoint.mistake(
    "epoch-plus-1", "Return the epoch that was saved. Whoever goes on starts with the next one by himself."
)
def the_next_epoch(path, model, optimiser):
    return restored(path, model, optimiser)["epoch"] + 1


@load_checkpoint.mistake("return-missing", "Everything is restored. Return the epoch, too.")
def no_epoch(path, model, optimiser):
    restored(path, model, optimiser)


@load_checkpoint.mistake("everything-returned", "You return all that the file holds. Return the epoch only.")
def whole_content(path, model, optimiser):
    restored(path, model, optimiser)
    return {"epoch": torch.load(path, weights_only=True)["epoch"]}


@load_checkpoint.mistake("objects-returned", "Return the epoch alone: model and optimiser were changed in place.")
def as_a_triple(path, model, optimiser):
    epoch = restored(path, model, optimiser)["epoch"]
    return "model", "optimiser", epoch


@load_checkpoint.mistake(
    "memory-lost", "The settings of the optimiser come back, but not its memory: use optimiser.load_state_dict."
)
def settings_restored(path, model, optimiser):
    content = restored(path, model, None)
    optimiser.load_state_dict({**content["optimiser"], "state": {}})
    return content["epoch"]


@load_checkpoint.mistake(
    "settings-lost", "The optimiser's memory comes back, but not its learning rate: use optimiser.load_state_dict."
)
def memory_restored(path, model, optimiser):
    rates = [group["lr"] for group in optimiser.param_groups]
    content = restored(path, model, optimiser)
    for group, rate in zip(optimiser.param_groups, rates, strict=True):
        group["lr"] = rate
    return content["epoch"]


@load_checkpoint.mistake(
    "buffers-lost",
    "Only the parameters come back, not the buffers, such as batch norm's running mean: use model.load_state_dict.",
)
def parameters_restored(path, model, optimiser):
    content = restored(path, None, optimiser)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(content["model"][name])
    return content["epoch"]


@load_checkpoint.mistake("epoch-as-text", "The epoch comes back as a text. Return the number as it is.")
def as_text(path, model, optimiser):
    return str(restored(path, model, optimiser)["epoch"])


@load_checkpoint.mistake("epoch-counted-anew", "You return 0. The epoch is in the file.")
def from_zero(path, model, optimiser):
    restored(path, model, optimiser)
    return 0


@load_checkpoint.variant
def optimiser_first(path, model, optimiser):
    with open(path, "rb") as file:
        kept = torch.load(file, map_location="cpu", weights_only=True)
    optimiser.load_state_dict(kept["optimiser"])
    model.load_state_dict(kept["model"], strict=True)
    return int(kept["epoch"])


@load_checkpoint.variant
def entry_by_entry(path, model, optimiser):
    kept = torch.load(str(path), weights_only=True)
    own = model.state_dict()
    for name, value in kept["model"].items():
        own[name].copy_(value)
    optimiser.load_state_dict(kept.pop("optimiser"))
    return kept.pop("epoch")


load_checkpoint.equivalent("L2 dropped keyword weights_only=True", "It is the default from PyTorch 2.6 on.")


# --- OwnReLU ------------------------------------------------------------------------------------------------------

OwnReLU = exercise("OwnReLU")


@OwnReLU.held_out
def pytorchs_own_referee(OwnReLU):
    z = torch.tensor(inputs("referee", (3, 2, 4)), requires_grad=True)
    return torch.autograd.gradcheck(OwnReLU.apply, (z,))


@OwnReLU.held_out
def a_single_number_of_float32(OwnReLU):
    z = torch.tensor(1.5, requires_grad=True)
    out = OwnReLU.apply(z)
    (out * -3).backward()
    return {"output": out, "gradient": z.grad, "type": str(out.dtype)}


@OwnReLU.held_out
def one_after_the_other(OwnReLU):
    z = torch.tensor(inputs("chain", (4, 3)), requires_grad=True)
    (OwnReLU.apply(1 - OwnReLU.apply(z)) * torch.tensor(inputs("chain up", (4, 3)))).sum().backward()
    return z.grad


class Right(torch.autograd.Function):
    """A right one, whose methods the mistakes below change."""

    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z * (z > 0)

    @staticmethod
    def backward(ctx, dout):
        return dout * (ctx.saved_tensors[0] > 0)


@OwnReLU.mistake("upstream-ignored", "The upstream gradient is missing: multiply it by the slope.")
class SlopeOnly(Right):
    @staticmethod
    def backward(ctx, dout):
        return (ctx.saved_tensors[0] > 0).to(dout.dtype)


@OwnReLU.mistake("not-masked", "The gradient passes everywhere. Where z is negative, it must become 0.")
class PassesAll(Right):
    @staticmethod
    def backward(ctx, dout):
        return 1 * dout


@OwnReLU.mistake("slope-at-0", "At 0 the slope is 0 here: the mask is z > 0, not z >= 0.")
class SlopeOneAtZero(Right):
    @staticmethod
    def backward(ctx, dout):
        return dout * (ctx.saved_tensors[0] >= 0)


@OwnReLU.mistake("upstream-masked", "You look at the sign of the upstream gradient. It is the sign of z that decides.")
class MaskedByUpstream(Right):
    @staticmethod
    def backward(ctx, dout):
        return dout * (dout > 0)


@OwnReLU.mistake("times-z", "You multiply by z. The slope of the ReLU is 1 where z is positive.")
class TimesZ(Right):
    @staticmethod
    def backward(ctx, dout):
        (z,) = ctx.saved_tensors
        return dout * z * (z > 0)


@OwnReLU.mistake("mask-turned", "The gradient passes where z is negative. It is the other way round.")
class Turned(Right):
    @staticmethod
    def backward(ctx, dout):
        return dout * (ctx.saved_tensors[0] <= 0)


@OwnReLU.mistake("in-place", "forward writes into z itself. Return a new tensor.")
class InPlace(Right):
    @staticmethod
    def forward(ctx, z):
        mask = (z > 0).to(z.dtype)
        ctx.save_for_backward(mask)
        z.detach().mul_(mask)
        return z.clone()


@OwnReLU.mistake("mask-returned", "forward returns where z is positive. Return z there, and 0 elsewhere.")
class MaskOnly(Right):
    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return (z > 0).to(z.dtype)


@OwnReLU.mistake("size-for-relu", "Negative entries change their sign. They must become 0.")
class AbsoluteValue(Right):
    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z.abs()


@OwnReLU.mistake("nothing-saved", "backward finds nothing: keep z in forward with ctx.save_for_backward(z).")
class NothingSaved(Right):
    @staticmethod
    def forward(ctx, z):
        return z * (z > 0)

    @staticmethod
    def backward(ctx, dout):
        (z,) = ctx.saved_tensors
        return dout * (z > 0)


@OwnReLU.mistake(
    "saved-tensors-not-unpacked",
    "ctx.saved_tensors is a tuple, even of one tensor. Take it out: (z,) = ctx.saved_tensors.",
)
class NotUnpacked(Right):
    @staticmethod
    def backward(ctx, dout):
        z = ctx.saved_tensors
        return dout * (z > 0)


@OwnReLU.mistake("backward-without-return", "backward computes the gradient but doesn't return it.")
class NoGradient(Right):
    @staticmethod
    def backward(ctx, dout):
        _ = dout * (ctx.saved_tensors[0] > 0)


@OwnReLU.variant
class KeepsTheOutput(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        out = torch.where(z > 0, z, torch.zeros_like(z))
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, dout):
        dz = dout.clone()
        dz[ctx.saved_tensors[0] == 0] = 0
        return dz


@OwnReLU.variant
class KeepsTheMask(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        ctx.mask = z > 0
        return torch.maximum(z, torch.tensor(0.0, dtype=z.dtype))

    @staticmethod
    def backward(ctx, dout):
        return torch.where(ctx.mask, dout, 0.0)


OwnReLU.equivalent("L6 comparison z > 0→z >= 0", "At 0 both give 0.")
