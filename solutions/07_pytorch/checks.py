"""What is asked of each exercise of lesson 07, and its hints."""

import contextlib
import os
import pickle
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from autograder import Difference, clean, close, exercise, inputs, inputs_after, integer_inputs, reduced


def unless_told(got, expected):
    """Compares as usual, but where a case returns a sentence in place of its result, that is what is said."""
    if isinstance(got, str) and not isinstance(expected, str):
        return Difference("structure", "", clean(got[:200]), got, expected)
    return close()(got, expected)


# --- numpy_gradient -----------------------------------------------------------------------------------------------

numpy_gradient = exercise(
    "numpy_gradient",
    points=2,
    seconds=30,
    returns="an array of the shape of x: one slope per entry",
    hints=[
        "Which tensor must remember what was computed from it: the one you hand to f, or another one made from it?",
        "torch.tensor(x, dtype=…, requires_grad=True) makes it, backward() of f's result fills its .grad.",
        "Make one new float64 tensor from x that requires a gradient, send it through f, call backward on the result, "
        "and turn the tensor's .grad into an array.",
    ],
)

TABLE = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])


@numpy_gradient.case
def the_function_of_the_text(numpy_gradient):
    """f(x) = x₀² + 3·x₁ at (2, 1): the slopes are 4 and 3."""
    return numpy_gradient(lambda x: x[0] ** 2 + 3 * x[1], np.array([2.0, 1.0]))


@numpy_gradient.case
def a_table_that_is_used_twice(numpy_gradient):
    """x is (2, 3), and f multiplies its entries by their sines: each entry goes two ways into the result."""
    return numpy_gradient(lambda x: (x * torch.sin(x)).sum() + x[0, 1] * x[1, 2], TABLE)


@numpy_gradient.case
def whole_numbers(numpy_gradient):
    """x = (1, 2, −3), of whole numbers, f the sum of the cubes: slopes 3, 12 and 27."""
    return numpy_gradient(lambda x: (x**3).sum(), np.array([1, 2, -3]))


@numpy_gradient.case
def f_gets_float64(numpy_gradient):
    """The type of the tensor that f is given, and of the array that comes back."""
    given = []

    def f(x):
        given.append(str(x.dtype))
        return (x / 3).square().sum()

    returned = numpy_gradient(f, TABLE)
    return {"f is given": given[0], "returned": str(returned.dtype), "sum": float(returned.sum())}


@numpy_gradient.case
def a_second_call_gives_the_same(numpy_gradient):
    """The same f and the same x, asked twice: the gradients don't add up."""

    def f(x):
        return (x**2).sum()

    return [numpy_gradient(f, np.array([3.0, -1.0])), numpy_gradient(f, np.array([3.0, -1.0]))]


@numpy_gradient.case
def without_nudging(numpy_gradient):
    """f is asked about x itself, never about points beside it."""
    asked = []

    def f(x):
        asked.append(x.detach().clone())
        return (x**2).sum()

    numpy_gradient(f, TABLE)
    return {"points beside x": sum(not torch.equal(x, torch.tensor(TABLE, dtype=x.dtype)) for x in asked)}


@numpy_gradient.case
def x_is_left_as_it_was(numpy_gradient):
    return inputs_after(numpy_gradient, lambda x: (x**2).sum(), TABLE.copy())


# --- broadcast_shape ----------------------------------------------------------------------------------------------

broadcast_shape = exercise(
    "broadcast_shape",
    points=2,
    returns="a tuple of sizes",
    forbids=[
        "numpy.broadcast_shapes",
        "numpy.broadcast_arrays",
        "numpy.broadcast_to",
        "numpy.empty",
        "numpy.zeros",
        "numpy.ones",
        "numpy.full",
        "torch.broadcast_shapes",
        "torch.broadcast_tensors",
        "torch.broadcast_to",
        "torch.empty",
        "torch.zeros",
        "torch.ones",
        "torch.full",
        "torch.rand",
        "torch.randn",
    ],
    instead="Compare the sizes yourself, column by column.",
    hints=[
        "Which entry of (4, 1, 3) stands above which entry of (5, 1), when both are written aligned at the right?",
        "Put 1s in front of the shorter shape until both are equally long. In each column: equal sizes, or one of them "
        "is 1 and the other one counts.",
        "Fill up the shorter one in front with 1s. Go through the pairs: if they differ and neither is 1, raise "
        "ValueError; if the first is 1 take the second, otherwise the first.",
    ],
)


def shape_or_error(broadcast_shape, a, b):
    """What comes back, or the name of the error by which it says no."""
    try:
        return broadcast_shape(a, b)
    except (ValueError, AssertionError) as error:
        return type(error).__name__


@broadcast_shape.case
def a_table_and_a_row(broadcast_shape):
    """(5, 3) and (3,) give (5, 3), whichever comes first."""
    return [broadcast_shape((5, 3), (3,)), broadcast_shape((3,), (5, 3))]


@broadcast_shape.case
def both_are_stretched(broadcast_shape):
    """(4, 1, 3) and (5, 1) give (4, 5, 3)."""
    return broadcast_shape((4, 1, 3), (5, 1))


@broadcast_shape.case
def a_row_and_a_column(broadcast_shape):
    """(3,) and (3, 1) give (3, 3); so do (3, 1) and (1, 3)."""
    return [broadcast_shape((3,), (3, 1)), broadcast_shape((3, 1), (1, 3))]


@broadcast_shape.case
def a_row_of_the_wrong_length(broadcast_shape):
    """(2, 3) and (2,): the last columns hold 3 and 2, which don't fit. That is a ValueError."""
    return shape_or_error(broadcast_shape, (2, 3), (2,))


@broadcast_shape.case
def shapes_that_fit_from_the_left_only(broadcast_shape):
    """(3,) and (3, 4), then (4, 1, 3) and (4, 2): neither fits."""
    return [shape_or_error(broadcast_shape, *pair) for pair in [((3,), (3, 4)), ((4, 1, 3), (4, 2))]]


@broadcast_shape.case
def one_size_is_a_multiple_of_the_other(broadcast_shape):
    """(4,) and (2,), then (2, 6) and (2, 3): only a 1 is stretched."""
    return [shape_or_error(broadcast_shape, *pair) for pair in [((4,), (2,)), ((2, 6), (2, 3))]]


@broadcast_shape.case
def sizes_of_zero(broadcast_shape):
    """(0,) and (1,) give (0,), either way round; (2, 0) and (0,) give (2, 0)."""
    return [broadcast_shape((0,), (1,)), broadcast_shape((1,), (0,)), broadcast_shape((2, 0), (0,))]


@broadcast_shape.case
def zero_and_three_do_not_fit(broadcast_shape):
    """(0,) and (3,): the sizes differ, and neither of them is 1. That is a ValueError."""
    return shape_or_error(broadcast_shape, (0,), (3,))


@broadcast_shape.case
def empty_shapes(broadcast_shape):
    """A single number has the shape (): () and (2, 3) give (2, 3), () and () give ()."""
    return [broadcast_shape((), (2, 3)), broadcast_shape((2, 3), ()), broadcast_shape((), ())]


# --- MLP ----------------------------------------------------------------------------------------------------------

MLP = exercise(
    "MLP",
    points=3,
    returns="one row of scores per sample: (n, sizes[-1])",
    hints=[
        "Which three layers does PyTorch have for X @ W + b, for the bend and for dropping? And in which container of nn "
        "must they be, assigned to self, for PyTorch to see them?",
        "Between neighbours in sizes: nn.Linear(n_in, n_out), activation(), nn.Dropout(dropout). For the last pair "
        "nn.Linear alone. From a list, self.layers = nn.Sequential(*layers) makes one layer of them all.",
        "In __init__, after super().__init__(), collect the layers in a list, then hand them all to an nn.Sequential "
        "that you assign to self. forward sends X through it.",
    ],
)

UNFOUND = "The model's parameters aren't those of its layers."


def shapes(model):
    """The shapes of a model's parameters, sorted."""
    return sorted(tuple(parameter.shape) for parameter in model.parameters())


def filled(model):
    """The model, with weights that only depend on the shapes of its parameters."""
    with torch.no_grad():
        for parameter in model.parameters():
            values = inputs(f"weights {tuple(parameter.shape)}", tuple(parameter.shape), -1, 1)
            parameter.copy_(torch.tensor(values))
    return model


def with_layers(MLP, sizes, activation, dropout=0.0):
    """An MLP with weights from outside; None when its parameters aren't found."""
    model = MLP(sizes, activation, dropout)
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
    layers = sorted([(n_out, n_in) for n_in, n_out in pairs] + [(n_out,) for _, n_out in pairs])
    return filled(model) if shapes(model) == layers else None


def samples(n, d):
    """(n, d) features as float32."""
    return torch.tensor(inputs(f"features {n} {d}", (n, d)), dtype=torch.float32)


def scores(MLP, sizes, activation):
    """What an MLP with weights from outside says to seven samples."""
    model = with_layers(MLP, sizes, activation)
    return UNFOUND if model is None else model(samples(7, sizes[0]))


@MLP.case
def all_parameters_are_found(MLP):
    """The shapes of the parameters of MLP([5, 4, 3, 2], …): a weight (n_out, n_in) and a bias (n_out,) per layer."""
    return shapes(MLP([5, 4, 3, 2], nn.ReLU, 0.0))


@MLP.case(after=["all_parameters_are_found"], judge=unless_told)
def two_hidden_layers(MLP):
    """5 → 4 → 3 → 2 with ReLU, weights put in from outside."""
    return scores(MLP, [5, 4, 3, 2], nn.ReLU)


@MLP.case(after=["all_parameters_are_found"], judge=unless_told)
def another_activation(MLP):
    """3 → 4 → 2 with Tanh."""
    return scores(MLP, [3, 4, 2], nn.Tanh)


@MLP.case(after=["all_parameters_are_found"], judge=unless_told)
def no_hidden_layer(MLP):
    """3 → 2: a single dense layer. Nothing is bent and nothing dropped, although dropout is 0.5."""
    model = with_layers(MLP, [3, 2], nn.ReLU, 0.5)
    if model is None:
        return UNFOUND
    X = samples(7, 3)
    first, second = model(X), model(X)
    if isinstance(first, torch.Tensor) and isinstance(second, torch.Tensor) and not torch.equal(first, second):
        return "Two calls give different scores: there is no hidden layer, but something is dropped."
    return first


@MLP.case(after=["all_parameters_are_found"], judge=unless_told)
def gradients_reach_every_layer(MLP):
    """The gradients of Σ score² for 4 → 3 → 2 with Tanh, sorted by the shapes of the parameters."""
    model = with_layers(MLP, [4, 3, 2], nn.Tanh)
    if model is None:
        return UNFOUND
    model(samples(7, 4)).square().sum().backward()
    return [parameter.grad for parameter in sorted(model.parameters(), key=lambda p: tuple(p.shape))]


@MLP.case(after=["two_hidden_layers"], judge=unless_told)
def dropout_is_off_in_evaluation(MLP):
    """dropout = 0.5, after model.eval(): two calls agree, and with those of a network without dropout."""
    model, plain = (with_layers(MLP, [5, 4, 3, 2], nn.Tanh, dropout) for dropout in (0.5, 0.0))
    if model is None or plain is None:
        return UNFOUND
    model.eval()
    X = samples(40, 5)
    first, second = model(X), model(X)
    return {"two calls agree": torch.equal(first, second), "as without dropout": torch.allclose(first, plain(X))}


def scores_when_dropping(MLP, p):
    """The scores, less their bias, of 10 000 equal samples in training; None when the parameters aren't found."""
    model = MLP([3, 1, 1, 2], nn.Sigmoid, p)
    if shapes(model) != [(1,), (1,), (1, 1), (1, 3), (2,), (2, 1)]:
        return None
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0 if parameter.shape == (2, 1) else 0.25)
        return model(torch.ones(10_000, 3)) - 0.25


@MLP.case(after=["two_hidden_layers"], judge=unless_told)
def dropout_is_on_in_training(MLP):
    """dropout = 0.3; two hidden layers of one neuron each, 10 000 equal samples. Each neuron is dropped or not, by
    itself. So three different scores occur: with the first neuron, without it, and, where the second one is dropped
    (in 30 % of the samples), the bias alone."""
    both = scores_when_dropping(MLP, 0.3)
    if both is None:
        return UNFOUND
    found = sorted({round(score, 3) + 0.0 for score in both[:, 0].tolist()})
    return {
        "how many different scores occur": len(found) if len(found) < 10 else "10 or more",
        "share of samples with the bias alone": round(float((both[:, 0].abs() < 1e-6).double().mean()), 1),
        "a sample's two scores are equal": bool((both[:, 0] == both[:, 1]).all()),
        "the scores, less the bias": found if len(found) < 10 else [],
    }


@MLP.case(after=["all_parameters_are_found"])
def sizes_stay_as_they_were(MLP):
    sizes = [3, 4, 2]
    MLP(sizes, nn.ReLU, 0.0)
    return sizes


# --- same_network -------------------------------------------------------------------------------------------------

same_network = exercise(
    "same_network",
    points=3,
    seconds=30,
    returns="an nn.Module that turns a float64 tensor (n, d) into probabilities (n, k)",
    hints=[
        "Your `forward` is a chain: X @ W + b, ReLU, and so on, softmax at the end. Which layer of nn does each of these "
        "steps? And how does nn.Linear keep what you call W?",
        "nn.Linear(*W.shape, dtype=torch.float64), nn.ReLU() and nn.Softmax(dim=1), put together by "
        "nn.Sequential(*layers). Inside torch.no_grad(), copy_ puts torch.tensor(W.T) into the weight and "
        "torch.tensor(b) into the bias.",
        "For each pair make a float64 Linear, copy W.T and b into it inside no_grad, and collect it with an nn.ReLU. "
        "Leave the last ReLU out, put nn.Softmax(dim=1) there, and hand all to nn.Sequential.",
    ],
)

RANDOM = "Two networks made of the same params differ: something in them is still random."


def pairs_for(name, sizes):
    """Parameters (W, b) for a network of these sizes."""
    return [
        (inputs(f"{name} W{i}", shape, -1, 1), inputs(f"{name} b{i}", shape[1], -1, 1))
        for i, shape in enumerate(zip(sizes[:-1], sizes[1:], strict=True))
    ]


def table(n, d):
    """(n, d) features as float64."""
    return torch.tensor(inputs(f"table {n} {d}", (n, d)))


def probabilities(same_network, params, X):
    """The network's answers, unless another one made of the same params says something else."""
    first, second = (same_network([(W.copy(), b.copy()) for W, b in params])(X) for _ in range(2))
    return first if torch.equal(first, second) else RANDOM


@same_network.case(judge=unless_told)
def three_layers(same_network):
    """Five samples through 4 → 3 → 6 → 2."""
    return probabilities(same_network, pairs_for("three", [4, 3, 6, 2]), table(5, 4))


@same_network.case(judge=unless_told)
def square_weights(same_network):
    """4 → 4 → 4 → 4: here a W that wasn't transposed goes unnoticed by shapes."""
    return probabilities(same_network, pairs_for("square", [4, 4, 4, 4]), table(5, 4))


@same_network.case(judge=unless_told)
def a_single_layer(same_network):
    """Three samples, three classes, no hidden layer."""
    return probabilities(same_network, pairs_for("single", [3, 3]), table(3, 3))


@same_network.case(judge=unless_told)
def huge_scores(same_network):
    """Weights times 1000: e^1000 is more than a float can hold."""
    params = [(1000 * W, b) for W, b in pairs_for("huge", [3, 4])]
    return probabilities(same_network, params, table(4, 3))


def in_float64(params, X):
    """The probabilities, computed step by step in float64."""
    for W, b in params[:-1]:
        X = np.maximum(X @ W + b, 0)
    W, b = params[-1]
    scores = X @ W + b
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@same_network.case(after=["three_layers"], judge=unless_told)
def agrees_to_12_digits(same_network):
    """Five samples through 4 → 3 → 6 → 2, beside the same steps in NumPy: no probability differs by 1e-12 or more."""
    params, X = pairs_for("three", [4, 3, 6, 2]), table(5, 4)
    found = probabilities(same_network, params, X)
    if isinstance(found, str):
        return found
    difference = np.abs(found.detach().numpy() - in_float64(params, X.numpy())).max()
    return {"every difference is below 1e-12": bool(difference < 1e-12)}


@same_network.case
def weights_and_biases_are_parameters(same_network):
    """4 → 3 → 2 has 23 numbers to train, all of them float64."""
    parameters = list(same_network(pairs_for("parameters", [4, 3, 2])).parameters())
    return {
        "numbers": sum(parameter.numel() for parameter in parameters),
        "types": sorted({str(parameter.dtype) for parameter in parameters}),
        "trained": all(parameter.requires_grad for parameter in parameters),
    }


@same_network.case
def params_are_left_as_they_were(same_network):
    """The list, and every array in it."""
    return inputs_after(same_network, pairs_for("left", [4, 3, 2]))


def step_of(same_network, params, X, labels):
    """Answers after a step of gradient descent, and whether the arrays have moved with the network."""
    before = [(W.copy(), b.copy()) for W, b in params]
    network = same_network(params)
    if not list(network.parameters()):
        return "The network has no parameters, so there is nothing to train."
    optimiser = torch.optim.SGD(network.parameters(), lr=0.5)
    nn.NLLLoss()(torch.log(network(X)), labels).backward()
    optimiser.step()
    same = all(
        np.array_equal(a, b) for old, new in zip(before, params, strict=True) for a, b in zip(old, new, strict=True)
    )
    after = network(X)
    again = same_network(before)(X)
    if not torch.equal(again, same_network(before)(X)):
        return RANDOM
    return {"arrays": "unchanged" if same else "changed", "answers": after}


@same_network.case(judge=unless_told)
def a_step_of_training(same_network):
    """4 → 4 → 3, one step with learning rate 0.5: the network learns, your arrays stay."""
    labels = torch.tensor([0, 2, 1, 1, 0])
    return step_of(same_network, pairs_for("step", [4, 4, 3]), table(5, 4), labels)


# --- TableDataset -------------------------------------------------------------------------------------------------

TableDataset = exercise(
    "TableDataset",
    points=2,
    returns="the pair (features, label)",
    hints=[
        "What does torch.tensor make of an array of float64, if you don't say otherwise? And what do PyTorch's layers "
        "and losses want?",
        "Features float32, labels int64. dataset[i] is the pair (row i of the features, label i).",
        "Convert both arrays once in __init__ with torch.tensor and a dtype, and keep them. __len__ is the number of "
        "rows, __getitem__ returns both at position i.",
    ],
)

FEATURES = np.array([[1.5, -2.0], [0.25, 4.0], [-1.0, 3.5]])
CLASSES = np.array([2, 0, 7])


class NoPair(Exception):
    """A sample that isn't a pair of tensors; the message says why."""


def sample(dataset, i):
    """Features and label of a sample. Raises NoPair, with a sentence, when it isn't a pair of tensors."""
    pair = dataset[i]
    if pair is None:
        raise NoPair(f"dataset[{i}] is None: does __getitem__ return anything?")
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise NoPair(f"dataset[{i}] should be a pair: the features and the label.")
    for name, part, kind in zip(("features", "label"), pair, ("float32", "int64"), strict=True):
        if not isinstance(part, torch.Tensor):
            raise NoPair(
                f"The {name} of dataset[{i}] should be a tensor: make it with torch.tensor and dtype=torch.{kind}."
            )
    if pair[1].numel() == 1 and pair[1].ndim:
        shape = tuple(pair[1].shape)
        raise NoPair(f"The label of dataset[{i}] has the shape {shape}. It should be one number, of shape ().")
    return pair


def named(dataset, *positions):
    """Features and labels of these samples by name, or what keeps one of them from being a pair of tensors."""
    try:
        pairs = [(i, sample(dataset, i)) for i in positions]
    except NoPair as why:
        return str(why)
    return {
        f"{name} of dataset[{i}]": part
        for i, pair in pairs
        for name, part in zip(("features", "label"), pair, strict=True)
    }


def kinds(dataset, i):
    """Types and shapes of a sample's two parts."""
    parts = named(dataset, i)
    if isinstance(parts, str):
        return parts
    types = {f"type of the {name}": str(part.dtype) for name, part in parts.items()}
    return types | {f"shape of the {name}": tuple(part.shape) for name, part in parts.items()}


@TableDataset.case
def its_length(TableDataset):
    """Three samples of two features."""
    return len(TableDataset(FEATURES, CLASSES))


@TableDataset.case(judge=unless_told)
def each_sample(TableDataset):
    """dataset[0], dataset[1] and dataset[2]."""
    return named(TableDataset(FEATURES, CLASSES), 0, 1, 2)


@TableDataset.case(judge=unless_told)
def a_sample_by_itself(TableDataset):
    """dataset[1] of a table of pictures: X is (4, 2, 3)."""
    return named(TableDataset(inputs("pictures", (4, 2, 3)), np.array([3, 1, 0, 2])), 1)


@TableDataset.case(after=["each_sample"], judge=unless_told)
def types_of_float64_and_int32(TableDataset):
    """Features of float64 become float32, labels of int32 become int64; a label has the shape ()."""
    return kinds(TableDataset(FEATURES, CLASSES.astype(np.int32)), 1)


@TableDataset.case(after=["each_sample"], judge=unless_told)
def types_of_bytes_and_floats(TableDataset):
    """Features of uint8 (brightnesses), labels of float64."""
    return kinds(TableDataset(np.array([[0, 255], [17, 3]], dtype=np.uint8), np.array([1.0, 0.0])), 0)


@TableDataset.case(after=["types_of_float64_and_int32"], judge=unless_told)
def in_batches(TableDataset):
    """Through a DataLoader in batches of 2, into a layer and its loss, as in a training."""
    dataset = TableDataset(FEATURES, CLASSES)
    if isinstance(problem := named(dataset, 0), str):
        return problem
    layer = filled(nn.Linear(2, 8))
    return [nn.CrossEntropyLoss()(layer(X), y).item() for X, y in DataLoader(dataset, batch_size=2)]


@TableDataset.case(after=["each_sample"], judge=unless_told)
def kept_as_X_and_y(TableDataset):
    """The two whole tensors, as dataset.X and dataset.y: later cells use them."""
    dataset = TableDataset(FEATURES, CLASSES)
    if not (hasattr(dataset, "X") and hasattr(dataset, "y")):
        return "Keep the two tensors as self.X and self.y: later cells use them."
    kept = {"self.X": dataset.X, "self.y": dataset.y}
    for name, part in kept.items():
        if not isinstance(part, torch.Tensor):
            return f"{name} is no tensor. Convert once, in __init__: later cells use self.X and self.y."
    return kept | {f"type of {name}": str(part.dtype) for name, part in kept.items()}


# --- train_epoch --------------------------------------------------------------------------------------------------

train_epoch = exercise(
    "train_epoch",
    parts={"the steps": 3, "the mean loss": 1},
    returns="the mean loss per sample, one float",
    hints=[
        "A batch must step with its own gradients: what has to happen to .grad before backward() fills it, and who uses "
        "it afterwards? And for how many samples does the mean loss of a batch stand?",
        "model.train(). Per batch: optimiser.zero_grad(), loss = loss_fn(model(X), y), loss.backward(), "
        "optimiser.step(). In the end: (sum of loss.item() · len(y)) / (number of samples).",
        "Switch to training mode. For each batch zero the gradients, compute the loss, call backward and step, and add "
        "loss.item() times the batch's size to a total. Divide it by the samples counted.",
    ],
)


class Watched(nn.Module):
    """Passes on what another module says, and notes in which mode it was asked and whether PyTorch was recording."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.modes, self.recording = set(), set()

    def forward(self, X):
        self.modes.add("training" if self.training else "evaluation")
        self.recording.add(torch.is_grad_enabled())
        return self.inner(X)


def portions(X, y, *sizes):
    """The batches of these sizes, in order."""
    return list(zip(torch.split(X, sizes), torch.split(y, sizes), strict=True))


def classes_442():
    """Ten samples of three features with two classes, in batches of 4, 4 and 2."""
    return portions(table(10, 3), torch.tensor(integer_inputs("classes 10", 10, 2)), 4, 4, 2)


def dense_layer(n_in=3, n_out=2):
    """A layer of float64 with weights from outside."""
    return filled(nn.Linear(n_in, n_out, dtype=torch.float64))


def squared_error(outputs, y):
    """Mean over the samples of (sum of the outputs − y)²."""
    return (outputs.sum(dim=1) - y).square().mean()


@train_epoch.case
def weights_after_three_batches(train_epoch):
    """Batches of 4, 4 and 2, one step each with learning rate 0.3."""
    model = dense_layer()
    train_epoch(model, classes_442(), torch.optim.SGD(model.parameters(), lr=0.3), nn.CrossEntropyLoss())
    return list(model.parameters())


@train_epoch.case
def gradients_left_over_from_before(train_epoch):
    """Somebody has called backward on this model before: what is left in .grad must not take part."""
    model = dense_layer()
    (7 * model(table(10, 3))).sum().backward()
    train_epoch(model, classes_442(), torch.optim.SGD(model.parameters(), lr=0.3), squared_error)
    return list(model.parameters())


@train_epoch.case
def two_epochs_with_momentum(train_epoch):
    """The optimiser keeps its velocity from the first epoch to the second."""
    model = dense_layer()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(2):
        train_epoch(model, classes_442(), optimiser, squared_error)
    return list(model.parameters())


@train_epoch.case
def another_loss(train_epoch):
    """The mean squared error of outputs (n, 1) and targets (n, 1), in batches of 3 and 2."""
    model = dense_layer(3, 1)
    loader = portions(table(5, 3), torch.tensor(inputs("targets", (5, 1))), 3, 2)
    train_epoch(model, loader, torch.optim.SGD(model.parameters(), lr=0.2), nn.MSELoss())
    return list(model.parameters())


@train_epoch.case
def one_step_per_batch(train_epoch):
    """How often the optimiser is told to step, for three batches."""
    model, steps = dense_layer(), []
    optimiser = torch.optim.SGD(model.parameters(), lr=0.3)
    optimiser.register_step_pre_hook(lambda *_: steps.append(1))
    train_epoch(model, classes_442(), optimiser, squared_error)
    return len(steps)


@train_epoch.case
def the_mode_of_the_model(train_epoch):
    """In which modes it is asked, and in which it is left, once it comes in training and once in evaluation mode."""
    found = {}
    for name, came in (("came in training", True), ("came in evaluation", False)):
        model = Watched(dense_layer()).train(came)
        train_epoch(model, classes_442(), torch.optim.SGD(model.parameters(), lr=0.3), squared_error)
        left = "training" if model.training else "evaluation"
        found[name] = {"asked in": sorted(model.modes), "left in": left}
    return found


@train_epoch.case(part="the mean loss")
def the_mean_of_the_text(train_epoch):
    """Batches of 4, 4 and 2 with the losses 1, 2 and 6: (4·1 + 4·2 + 2·6) / 10 = 2.4."""
    model = dense_layer()
    targets = torch.tensor([1.0] * 4 + [2.0] * 4 + [6.0] * 2, dtype=torch.float64)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    return train_epoch(
        model, portions(table(10, 3), targets, 4, 4, 2), optimiser, lambda out, y: (0 * out).sum() + y.mean()
    )


@train_epoch.case(part="the mean loss")
def the_loss_of_a_second_epoch(train_epoch):
    """Of each batch that counts which was found before its step. Batches of 4, 4 and 2, twice."""
    model = dense_layer()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05)
    return [train_epoch(model, classes_442(), optimiser, squared_error) for _ in range(2)]


@train_epoch.case(part="the mean loss")
def a_loader_that_leaves_samples_out(train_epoch):
    """Seven samples in batches of 3, the incomplete last batch dropped: six were seen."""
    model = dense_layer()
    data = TensorDataset(table(7, 3), torch.tensor([0, 1, 1, 0, 1, 0, 0]))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    return train_epoch(model, DataLoader(data, batch_size=3, drop_last=True), optimiser, squared_error)


# --- evaluate -----------------------------------------------------------------------------------------------------

evaluate = exercise(
    "evaluate",
    points=3,
    returns="the share of right answers, one float from 0 to 1",
    hints=[
        "Two switches have to be set, one for the layers and one for the recording. Which of them must be put back?",
        "right answers: argmax along the classes (dim=1) equals y. Accuracy: all right answers / all samples.",
        "Remember model.training and switch to evaluation. Inside torch.no_grad() count right answers and samples batch "
        "by batch. Put the old mode back, then divide.",
    ],
)


def scores_442():
    """Scores of ten samples for three classes with their labels, in batches of 4, 4 and 2: 4, 1 and 0 are right."""
    X = table(10, 3)
    best = X.argmax(dim=1)
    shift = torch.tensor([0, 0, 0, 0, 1, 2, 0, 1, 2, 1])
    return portions(X, (best + shift) % 3, 4, 4, 2)


def share(evaluate, model, loader):
    """What evaluate returns; PyTorch records again afterwards, whatever it has done."""
    try:
        return evaluate(model, loader)
    finally:
        torch.set_grad_enabled(True)


class OtherInTraining(nn.Module):
    """Says in training the opposite of what it says in evaluation."""

    def forward(self, X):
        return -X if self.training else X


@evaluate.case
def batches_of_4_4_and_2(evaluate):
    """4, 1 and 0 answers are right: 5 of 10."""
    return share(evaluate, nn.Identity(), scores_442())


@evaluate.case
def as_many_samples_as_classes(evaluate):
    """Three samples, three classes: here a mix-up of rows and columns goes unnoticed by shapes."""
    X = torch.tensor([[1.0, 5.0, 0.0], [2.0, 3.0, 1.0], [4.0, 9.0, 8.0]])
    return share(evaluate, nn.Identity(), [(X, torch.tensor([1, 1, 2]))])


@evaluate.case
def all_right_and_all_wrong(evaluate):
    """Two samples in batches of one."""
    X = torch.tensor([[3.0, -1.0], [0.5, 2.0]])
    return [share(evaluate, nn.Identity(), portions(X, torch.tensor(y), 1, 1)) for y in ([0, 1], [1, 0])]


@evaluate.case
def a_model_that_answers_differently_in_training(evaluate):
    """It comes in training mode, but is evaluated in evaluation mode."""
    model = Watched(OtherInTraining()).train()
    return {"accuracy": share(evaluate, model, scores_442()), "asked in": sorted(model.modes)}


@evaluate.case
def the_mode_is_put_back(evaluate):
    """Once a model comes in training mode, once in evaluation mode."""
    modes = {}
    for name, came in (("came in training", True), ("came in evaluation", False)):
        model = nn.Identity().train(came)
        share(evaluate, model, scores_442())
        modes[name] = "left in training" if model.training else "left in evaluation"
    return modes


@evaluate.case
def nothing_is_recorded(evaluate):
    """Whether PyTorch records gradients while the model answers, and again afterwards."""
    model = Watched(dense_layer(3, 3))
    try:
        evaluate(model, scores_442())
        return {"while it answers": sorted(model.recording), "afterwards": torch.is_grad_enabled()}
    finally:
        torch.set_grad_enabled(True)


@evaluate.case
def six_of_seven_samples_are_seen(evaluate):
    """Seven samples in batches of 3, the incomplete last batch dropped: six were seen, four are right."""
    X = table(7, 3)
    y = (X.argmax(dim=1) + torch.tensor([0, 0, 1, 0, 2, 0, 0])) % 3
    return share(evaluate, nn.Identity(), DataLoader(TensorDataset(X, y), batch_size=3, drop_last=True))


# --- save_checkpoint ----------------------------------------------------------------------------------------------

save_checkpoint = exercise(
    "save_checkpoint",
    points=2,
    hints=[
        "Besides the weights, who else remembers something from one step to the next?",
        "One dictionary with three entries: model.state_dict(), optimiser.state_dict() and the epoch as a plain int.",
        "Put both state_dicts and int(epoch) into a dictionary and write it with torch.save to the path as it is given.",
    ],
)


class Centred(nn.Module):
    """Subtracts a running mean, which it collects in training: a buffer, such as batch norm's running mean."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(2))

    def forward(self, X):
        if self.training:
            self.mean.mul_(0.75).add_(0.25 * X.detach().mean(dim=0))
        return X - self.mean


def unfilled():
    """A small network with a buffer and random weights."""
    return nn.Sequential(nn.Linear(3, 2), Centred(), nn.Tanh(), nn.Linear(2, 1)).double()


def network():
    """The same with weights from outside."""
    return filled(unfilled())


def steps(model, optimiser, first, last):
    """Train from step `first` to before step `last`, each with data of its own. Returns the losses."""
    losses = []
    for step in range(first, last):
        X = torch.tensor(inputs(f"step {step}", (6, 3)))
        loss = squared_error(model(X), torch.tensor(inputs(f"target {step}", 6)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


OBJECT = "The model itself can't be written to a file: save its state_dict()."
REFUSED = (
    "torch.load(path, weights_only=True) refuses the file: something in it is neither tensor nor number nor text, nor a "
    "list or dict of these."
)


def saved(save_checkpoint, model, optimiser, epoch):
    """What the file holds after saving, read with weights_only=True; a sentence when it can't be read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.pt"
        try:
            save_checkpoint(path, model, optimiser, epoch)
        except pickle.PicklingError:
            return OBJECT
        if not path.exists():
            others = "but another one beside it: use path as it is" if list(Path(folder).iterdir()) else "nor elsewhere"
            return f"There is no file at the path that was given, {others}."
        try:
            return [torch.load(path, weights_only=True)]
        except pickle.UnpicklingError:
            return REFUSED


def numbers_in(content):
    """All numbers in a file's content, in order, with a gap (NaN) after each leaf."""
    if isinstance(content, dict):
        return np.concatenate([np.empty(0), *map(numbers_in, content.values())])
    if isinstance(content, list | tuple):
        if content and all(isinstance(item, int | float) for item in content):
            return np.array([*content, np.nan], dtype=float)
        return np.concatenate([np.empty(0), *map(numbers_in, content)])
    if isinstance(content, torch.Tensor):
        return np.append(content.detach().double().numpy().ravel(), np.nan)
    return np.array([content, np.nan], dtype=float) if isinstance(content, int | float) else np.empty(0)


def holds(numbers, wanted):
    """Whether these values stand somewhere in a row of numbers, one after the other."""
    wanted = np.ravel(wanted.detach().double().numpy() if isinstance(wanted, torch.Tensor) else wanted)
    if len(numbers) < len(wanted):
        return False
    return bool((np.lib.stride_tricks.sliding_window_view(numbers, len(wanted)) == wanted).all(axis=1).any())


SHAPES = [(2, 3), (2,), (1, 2), (1,)]


def known(what, shape):
    """What stands in a network or an optimiser in the end: numbers that the judge knows, too."""
    return inputs(f"known {what} {shape}", shape, 0.1, 0.9)


def trained_with_adam():
    """A network after 11 steps of Adam with an unusual learning rate, and then with numbers that are known."""
    model = network()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.0123)
    steps(model, optimiser, 0, 11)
    with torch.no_grad():
        model[1].mean.copy_(torch.tensor(known("buffer", 2)))
        for parameter in model.parameters():
            shape, state = tuple(parameter.shape), optimiser.state[parameter]
            parameter.copy_(torch.tensor(known("weights", shape)))
            for name in ("exp_avg", "exp_avg_sq"):
                state[name].copy_(torch.tensor(known(name, shape)))
    return model, optimiser


def content(save_checkpoint, epoch):
    """All numbers in the file of a network trained with Adam; a sentence when it can't be read."""
    found = saved(save_checkpoint, *trained_with_adam(), epoch)
    return found if isinstance(found, str) else numbers_in(found)


def judged_by(meaning):
    """A judge of the numbers in a file, by what `meaning` makes of them. A sentence in their place is what is said."""

    def of_numbers(found):
        is_row = isinstance(found, np.ndarray) and found.ndim == 1 and found.dtype.kind == "f"
        return meaning(found) if is_row else found

    return reduced(of_numbers, judge=unless_told)


@judged_by
def readable(numbers):
    return {"it can be read": True}


@judged_by
def with_the_model(numbers):
    return {
        "weights and biases are in the file": all(holds(numbers, known("weights", shape)) for shape in SHAPES),
        "the buffer is in the file": holds(numbers, known("buffer", 2)),
    }


@judged_by
def with_the_optimiser(numbers):
    return {
        "Adam's averages are in the file": all(
            holds(numbers, known(name, shape)) for name in ("exp_avg", "exp_avg_sq") for shape in SHAPES
        ),
        "its step count is in the file": holds(numbers, 11.0),
        "its learning rate is in the file": holds(numbers, 0.0123),
    }


def with_the_number(epoch):
    return judged_by(lambda numbers: {f"the number {epoch} is in the file": holds(numbers, float(epoch))})


@save_checkpoint.case(judge=readable)
def the_file_can_be_read(save_checkpoint):
    """With torch.load(path, weights_only=True), at the very path that was given."""
    return content(save_checkpoint, 37)


@save_checkpoint.case(after=["the_file_can_be_read"], judge=with_the_model)
def the_model_is_in_it(save_checkpoint):
    """Every weight and bias, and a buffer, such as batch norm's running mean."""
    return content(save_checkpoint, 37)


@save_checkpoint.case(after=["the_file_can_be_read"], judge=with_the_optimiser)
def the_optimiser_is_in_it(save_checkpoint):
    """Adam's two averages for every parameter, its step count (11) and its learning rate (0.0123)."""
    return content(save_checkpoint, 37)


@save_checkpoint.case(after=["the_file_can_be_read"], judge=with_the_number(37))
def the_epoch_is_in_it(save_checkpoint):
    """The epoch is 37."""
    return content(save_checkpoint, 37)


@save_checkpoint.case(
    after=["the_file_can_be_read", "the_model_is_in_it", "the_optimiser_is_in_it", "the_epoch_is_in_it"],
    judge=with_the_number(5),
)
def an_epoch_counted_by_numpy(save_checkpoint):
    """The epoch is np.int64(5), a whole number of NumPy: the file must hold a plain one, which weights_only=True reads."""
    return content(save_checkpoint, np.int64(5))


# --- load_checkpoint ----------------------------------------------------------------------------------------------

load_checkpoint = exercise(
    "load_checkpoint",
    points=2,
    returns="the epoch that was saved, an int",
    hints=[
        "Who wrote something into the file, and how does each of them take its part back?",
        "torch.load(path, weights_only=True) gives the dictionary; model and optimiser have load_state_dict.",
        "Read the file with weights_only=True, hand each state_dict to the object it came from, and return the epoch.",
    ],
)


def lacking(save_checkpoint, path, model, optimiser, epoch):
    """Saves. What keeps the file from being of use to load_checkpoint, in a sentence; empty when nothing does."""
    try:
        save_checkpoint(path, model, optimiser, epoch)
        numbers = numbers_in(torch.load(path, weights_only=True))
    except (OSError, TypeError, pickle.PickleError):
        return "The file that your save_checkpoint wrote can't be read back: finish that one first."
    memory = [value for state in optimiser.state.values() for value in state.values()]
    rates = [group["lr"] for group in optimiser.param_groups]
    if all(holds(numbers, value) for value in (*model.state_dict().values(), *memory, *rates, epoch)):
        return ""
    return "Something is missing in the file that your save_checkpoint wrote: finish that one first."


def resumed(save_checkpoint, load_checkpoint, make_optimiser):
    """The losses of six steps, saved and loaded into something new after three; and the epoch that came back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.pt"
        model = network()
        optimiser = make_optimiser(model.parameters(), lr=0.05)
        steps(model, optimiser, 0, 3)
        if problem := lacking(save_checkpoint, path, model, optimiser, 3):
            return problem
        fresh = unfilled()
        with torch.no_grad():
            for parameter in fresh.parameters():
                parameter.fill_(0.5)
        fresh_optimiser = make_optimiser(fresh.parameters(), lr=0.9)
        epoch = load_checkpoint(path, fresh, fresh_optimiser)
        return {"losses": steps(fresh, fresh_optimiser, 3, 6), "epoch": epoch}


def momentum(parameters, lr):
    """Gradient descent with momentum."""
    return torch.optim.SGD(parameters, lr=lr, momentum=0.9)


@load_checkpoint.case(judge=unless_told)
def training_goes_on_with_momentum(save_checkpoint, load_checkpoint):
    """The losses of steps 4 to 6 after loading, as if there had been no interruption; the epoch is 3."""
    return resumed(save_checkpoint, load_checkpoint, momentum)


@load_checkpoint.case(judge=unless_told)
def training_goes_on_with_adam(save_checkpoint, load_checkpoint):
    """The same with Adam. The new optimiser was made with another learning rate: the saved one counts."""
    return resumed(save_checkpoint, load_checkpoint, torch.optim.Adam)


@load_checkpoint.case(judge=unless_told)
def the_model_answers_as_before(save_checkpoint, load_checkpoint):
    """Outputs in evaluation mode: they depend on a buffer, too, such as batch norm's running mean."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.pt"
        if problem := lacking(save_checkpoint, path, *trained_with_adam(), 1):
            return problem
        model = network()
        load_checkpoint(path, model, torch.optim.Adam(model.parameters(), lr=0.1))
    return model.eval()(table(4, 3))


@load_checkpoint.case(judge=unless_told)
def the_epoch_comes_back(save_checkpoint, load_checkpoint):
    """37, and also 0."""
    epochs = []
    with tempfile.TemporaryDirectory() as folder:
        for number, epoch in enumerate([37, 0]):
            path, (model, optimiser) = Path(folder) / f"{number}.pt", trained_with_adam()
            if problem := lacking(save_checkpoint, path, model, optimiser, epoch):
                return problem
            epochs.append(load_checkpoint(path, model, optimiser))
    return epochs


class MakesFolder:
    """What a stranger may put into a file: reading it makes a folder, unless weights_only=True forbids it."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (self.folder,)


@load_checkpoint.case(judge=unless_told)
def a_program_in_the_file_is_not_run(save_checkpoint, load_checkpoint):
    """Somebody has added a program to your file. weights_only=True refuses to read it."""
    with tempfile.TemporaryDirectory() as folder:
        path, trace = Path(folder) / "checkpoint.pt", os.path.join(folder, "it was run")
        model, optimiser = trained_with_adam()
        if problem := lacking(save_checkpoint, path, model, optimiser, 1):
            return problem
        content = torch.load(path, weights_only=True)
        more = {"more": MakesFolder(trace)}
        torch.save({**content, **more} if isinstance(content, dict) else [content, more], path)
        with contextlib.suppress(pickle.UnpicklingError):
            load_checkpoint(path, model, optimiser)
        return {"the program was run": os.path.exists(trace)}


# --- OwnReLU (stretch) --------------------------------------------------------------------------------------------

OwnReLU = exercise(
    "OwnReLU",
    stretch=True,
    returns="a tensor of the shape of z",
    forbids=[
        "torch.relu",
        "torch.relu_",
        "torch.nn.functional.relu",
        "torch.nn.ReLU",
        "torch.clamp",
        "torch.clamp_",
        "torch.clamp_min",
        "torch.clamp_min_",
        "torch.clip",
        "torch.clip_",
        "torch.Tensor.relu",
        "torch.Tensor.relu_",
        "torch.Tensor.clamp",
        "torch.Tensor.clamp_",
        "torch.Tensor.clamp_min",
        "torch.Tensor.clamp_min_",
        "torch.Tensor.clip",
        "torch.Tensor.clip_",
    ],
    instead="Compare z with 0 yourself.",
    hints=[
        "What must backward know of z that only forward has seen?",
        "forward: z where z > 0, else 0. backward: the upstream gradient where z > 0, else 0.",
        "In forward keep z with ctx.save_for_backward and return z times the mask z > 0. In backward take z back and "
        "return the upstream gradient times the same mask.",
    ],
)


def relu_and_gradient(OwnReLU, z, dout):
    """The output, and the gradient of z for an upstream gradient."""
    z = torch.tensor(z, requires_grad=True)
    out = OwnReLU.apply(z)
    out.backward(torch.tensor(dout))
    return {"output": out, "gradient": z.grad}


@OwnReLU.case
def a_table(OwnReLU):
    """Entries of both signs."""
    return OwnReLU.apply(torch.tensor(TABLE))


@OwnReLU.case(after=["a_table"])
def the_gradient(OwnReLU):
    """The upstream gradient passes where z is positive."""
    return relu_and_gradient(OwnReLU, TABLE, inputs("dout", (2, 3)))


@OwnReLU.case(after=["a_table"])
def the_slope_at_0(OwnReLU):
    """z = (−1, 0, 2), upstream gradient (5, 7, −3): the slope at 0 is 0."""
    return relu_and_gradient(OwnReLU, np.array([-1.0, 0.0, 2.0]), np.array([5.0, 7.0, -3.0]))


@OwnReLU.case(after=["a_table"])
def inside_a_larger_graph(OwnReLU):
    """The gradient of Σ (relu(z)² + 3z·relu(−z)): the ReLU is used twice, and z four times."""
    z = torch.tensor(TABLE, requires_grad=True)
    (OwnReLU.apply(z).square() + 3 * z * OwnReLU.apply(-z)).sum().backward()
    return z.grad


@OwnReLU.case(after=["a_table"])
def z_is_left_as_it_was(OwnReLU):
    return inputs_after(OwnReLU.apply, torch.tensor(TABLE))
