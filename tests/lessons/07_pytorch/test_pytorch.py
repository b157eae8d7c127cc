"""Lesson 7: its reference solutions against independent oracles, and what its text says, worked out."""

import builtins
import re
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from autograder import inputs, integer_inputs
from autograder.cases.run import run_cases
from autograder.core.paths import solutions
from autograder.judging.answer_key import work_out
from autograder.judging.verdicts import judge
from autograder.lesson.build import Lesson, open_lesson
from autograder.lesson.source import library_module

LESSON = "07_pytorch"


@cache
def lesson_7() -> Lesson:
    return open_lesson(solutions() / LESSON)


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


def pairs(name, sizes):
    shapes = enumerate(pairwise(sizes))
    return [(inputs(f"{name} W{i}", shape), inputs(f"{name} b{i}", shape[1])) for i, shape in shapes]


# --- an independent oracle for each exercise ----------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (5,), (3, 2), (2, 3, 2)])
def test_numpy_gradient_agrees_with_finite_differences(solved, shape):
    x, up = inputs("oracle x", shape), tensor(inputs("oracle up", shape))

    def f(x):
        return (up * torch.sin(x) * x.exp()).sum() + x.square().sum() ** 2

    h, slopes = 1e-6, np.zeros(shape)
    for i in np.ndindex(shape):
        nudge = np.zeros(shape)
        nudge[i] = h
        slopes[i] = (f(tensor(x + nudge)) - f(tensor(x - nudge))).item() / (2 * h)
    assert np.allclose(solved.numpy_gradient(f, x), slopes, rtol=1e-6, atol=1e-7)


SIZES = st.lists(st.integers(0, 4), max_size=4).map(tuple)


@settings(max_examples=300, deadline=None)
@given(SIZES, SIZES)
def test_broadcast_shape_is_that_of_numpy(a, b):
    try:
        expected = np.broadcast_shapes(a, b)
    except ValueError:
        with pytest.raises(ValueError, match="don't fit"):
            lesson_7().reference["broadcast_shape"](a, b)
    else:
        assert lesson_7().reference["broadcast_shape"](a, b) == expected


@pytest.mark.parametrize("sizes", [[3, 2], [4, 5, 2], [3, 6, 4, 2]])
def test_the_mlp_does_what_its_weights_say_and_its_gradients_pass_pytorchs_referee(solved, sizes):
    model = solved.MLP(sizes, nn.Tanh, 0.3).double().eval()
    X = tensor(inputs("oracle MLP", (5, sizes[0])))
    state = list(model.parameters())
    by_hand = X
    for i, (weight, bias) in enumerate(zip(state[::2], state[1::2], strict=True)):
        by_hand = by_hand @ weight.T + bias
        by_hand = torch.tanh(by_hand) if 2 * i + 2 < len(state) else by_hand
    assert torch.allclose(model(X), by_hand, rtol=1e-12)
    names = [name for name, _ in model.named_parameters()]

    def scores(*values):
        return torch.func.functional_call(model, dict(zip(names, values, strict=True)), (X,))

    assert torch.autograd.gradcheck(scores, tuple(p.detach().requires_grad_() for p in state))


@pytest.mark.parametrize("sizes", [[3, 2], [4, 5, 2], [3, 6, 4, 2]])
def test_same_network_has_the_outputs_and_gradients_of_plain_numpy(solved, sizes):
    params, X = pairs("oracle same", sizes), inputs("oracle same X", (6, sizes[0]))
    labels = integer_inputs("oracle same y", 6, sizes[-1])
    network = solved.same_network(params)
    assert np.allclose(network(tensor(X)).detach(), solved.forward(X, params), rtol=1e-12, atol=1e-15)
    nn.NLLLoss()(torch.log(network(tensor(X))), torch.tensor(labels)).backward()
    theirs = [p.grad.numpy() for p in network.parameters()]
    ours = [g for dW, db in solved.network_gradients(X, labels, params) for g in (dW.T, db)]
    assert all(np.allclose(a, b, rtol=1e-9, atol=1e-12) for a, b in zip(theirs, ours, strict=True))


@settings(max_examples=40, deadline=None)
@given(array_shapes(min_dims=1, max_dims=3, max_side=5), st.sampled_from(["f8", "f4", "i4", "u1"]))
def test_table_dataset_hands_out_what_a_tensor_dataset_does(shape, kind):
    X = (10 * inputs("oracle table", shape, 0, 2)).astype(kind)
    y = integer_inputs("oracle labels", shape[0], 10).astype(kind)
    ours = lesson_7().reference["TableDataset"](X, y)
    theirs = TensorDataset(torch.as_tensor(X).float(), torch.as_tensor(y).long())
    assert len(ours) == len(theirs)
    assert torch.equal(ours.X, theirs.tensors[0]) and torch.equal(ours.y, theirs.tensors[1])
    for (a, b), (c, d) in zip((ours[i] for i in range(len(ours))), theirs, strict=True):
        assert torch.equal(a, c) and torch.equal(b, d) and (a.dtype, b.dtype) == (torch.float32, torch.int64)


def loader(name, sizes, d=3, k=4):
    parts = [
        (tensor(inputs(f"{name} X{i}", (n, d))), integer_inputs(f"{name} y{i}", n, k)) for i, n in enumerate(sizes)
    ]
    return [(X, torch.tensor(y)) for X, y in parts]


def test_train_epoch_does_the_steps_of_plain_numpy(solved):
    params, batches = pairs("oracle train", [3, 5, 4]), loader("oracle train", [4, 4, 1])
    model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 4)).double()
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), (a for W, b in params for a in (W.T, b)), strict=True):
            parameter.copy_(tensor(value))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.3)
    for _ in range(2):
        losses = []
        for X, y in batches:
            losses += [solved.cross_entropy(solved.forward(X.numpy(), params), y.numpy())] * len(y)
            params = solved.sgd_step(params, solved.network_gradients(X.numpy(), y.numpy(), params), 0.3)
        assert solved.train_epoch(model, batches, optimiser, nn.CrossEntropyLoss()) == pytest.approx(np.mean(losses))
    expected = [a for W, b in params for a in (W.T, b)]
    assert all(np.allclose(p.detach(), a, rtol=1e-9) for p, a in zip(model.parameters(), expected, strict=True))


def test_evaluate_counts_sample_by_sample(solved):
    batches = loader("oracle evaluate", [5, 1, 3, 4], d=4)
    rows = [row for X, _ in batches for row in X.tolist()]
    labels = [label for _, y in batches for label in y.tolist()]
    right = [max(range(4), key=row.__getitem__) == label for row, label in zip(rows, labels, strict=True)]
    assert 0 < sum(right) < len(right)
    assert solved.evaluate(nn.Identity(), batches) == pytest.approx(sum(right) / len(right))


OPTIMISERS = {
    "momentum": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9),
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
}


@pytest.mark.parametrize("make", OPTIMISERS.values(), ids=OPTIMISERS)
def test_a_resumed_run_is_an_uninterrupted_one_bit_by_bit(solved, make, tmp_path):
    def new(lr):
        model = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 4)).double()
        return model, make(model.parameters(), lr)

    def epochs(model, optimiser, first, last):
        return [
            solved.train_epoch(model, loader(f"resumed {i}", [6, 5]), optimiser, nn.CrossEntropyLoss())
            for i in range(first, last)
        ]

    whole, its = new(0.02)
    model, optimiser = new(0.02)
    model.load_state_dict(whole.state_dict())
    losses = epochs(whole, its, 0, 5)
    first = epochs(model, optimiser, 0, 2)
    solved.save_checkpoint(tmp_path / "run.pt", model, optimiser, 2)
    model, optimiser = new(0.7)
    assert solved.load_checkpoint(tmp_path / "run.pt", model, optimiser) == 2
    assert first + epochs(model, optimiser, 2, 5) == losses
    assert all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), model.state_dict().values(), strict=True))


SAVING = {
    "a plain epoch": ("{'m': model.state_dict(), 'o': optimiser.state_dict(), 'e': epoch}", "Correct."),
    "no optimiser": ("{'m': model.state_dict(), 'o': {}, 'e': epoch}", "Something is missing in the file"),
    "the objects": ("{'m': model.state_dict(), 'o': optimiser, 'e': epoch}", "can't be read back"),
}
LOADING = """
def load_checkpoint(path, model, optimiser):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["m"])
    optimiser.load_state_dict(saved["o"])
    return saved["e"]
"""


@pytest.mark.parametrize("name", SAVING)
def test_load_checkpoint_is_judged_with_whatever_its_own_save_checkpoint_wrote(name):
    content, said = SAVING[name]
    namespace = dict(lesson_7().reference)
    exec(f"def save_checkpoint(path, model, optimiser, epoch):\n    torch.save({content}, path)\n{LOADING}", namespace)
    exercise = lesson_7().exercises["load_checkpoint"]
    answer = work_out(exercise, exercise.visible_cases, lesson_7().reference)
    outcomes = run_cases(exercise.visible_cases, exercise.name, namespace)
    assert said in judge(exercise, exercise.visible_cases, outcomes, answer).message


def test_own_relu_passes_pytorchs_referee(solved):
    z = tensor(inputs("oracle relu", (4, 3))).requires_grad_()
    assert torch.autograd.gradcheck(solved.OwnReLU.apply, (z,))
    assert torch.equal(solved.OwnReLU.apply(z), torch.relu(z))


# --- what the text works out --------------------------------------------------------------------------------------


def twice_backwards():
    a, b = torch.tensor(2.0, requires_grad=True), torch.tensor(0.5, requires_grad=True)
    grads = []
    for _ in range(2):
        ((a * b + a) ** 2).backward()
        grads += [a.grad.item(), b.grad.item()]
    return grads


def epoch_losses(train_epoch):
    layer = nn.Linear(1, 1)
    batches = [(torch.ones(n, 1), torch.full((n,), loss)) for n, loss in ((4, 1.0), (4, 2.0), (2, 6.0))]
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.1)
    return train_epoch(layer, batches, optimiser, lambda out, y: y.mean() + 0 * out.sum())


def floor_of_two_softmaxes():
    y = torch.arange(10)
    return nn.CrossEntropyLoss()(torch.softmax(100.0 * nn.functional.one_hot(y, 10), dim=1), y).item()


BY_HAND = {
    "9 and 12: the numbers of lesson 4": (lambda s: twice_backwards()[:2], [9, 12]),
    "18 and 24: the new gradients were added to the old ones": (lambda s: twice_backwards()[2:], [18, 24]),
    "(4, 3), as in lesson 3": (
        lambda s: s.numpy_gradient(lambda x: x[0] ** 2 + 3 * x[1], np.array([2.0, 1.0])),
        [4, 3],
    ),
    "(5, 3)           (4, 5, 3)        (3, 3)             error": (
        lambda s: [
            *s.broadcast_shape((5, 3), (3,)),
            *s.broadcast_shape((4, 1, 3), (5, 1)),
            *s.broadcast_shape((3,), (3, 1)),
        ],
        [5, 3, 4, 5, 3, 3, 3],
    ),
    "(4·1 + 4·2 + 2·6) / 10 = 2.4": (lambda s: epoch_losses(s.train_epoch), 2.4),
    "the mean of the three means would be 3": (lambda s: (1 + 2 + 6) / 3, 3),
    "ln(1 + 9/e) ≈ 1.461": (lambda s: [np.log(1 + 9 / np.e), floor_of_two_softmaxes()], [1.461, 1.461]),
    "the shape (32, 1), y has (32,)": (lambda s: s.broadcast_shape((32, 1), (32,)), [32, 32]),
}


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=0, atol=5.1e-4)


def test_shapes_that_the_text_calls_an_error_are_one(solved):
    with pytest.raises(ValueError, match="don't fit"):
        solved.broadcast_shape((2, 3), (2,))


def test_a_checkpoint_with_adam_is_three_times_as_large_as_the_parameters(solved, tmp_path):
    assert "three times as large as the parameters" in solved.source
    model = solved.MLP([784, 128, 10], nn.ReLU, 0.2)
    optimiser = torch.optim.Adam(model.parameters())
    data = DataLoader(solved.TableDataset(inputs("size", (8, 784)), integer_inputs("size", 8, 10)), batch_size=4)
    solved.train_epoch(model, data, optimiser, nn.CrossEntropyLoss())
    solved.save_checkpoint(tmp_path / "size.pt", model, optimiser, 1)
    size = sum(4 * parameter.numel() for parameter in model.parameters())
    assert (tmp_path / "size.pt").stat().st_size / size == pytest.approx(3, abs=0.1)


# --- three ways to say the same: the notebook's own cells ---------------------------------------------------------


def cell(marker):
    """The source of the one cell of the lesson that holds a text."""
    (found,) = [c.source for c in lesson_7().source.cells if c.kind == "code" and marker in c.source]
    return found


@pytest.fixture
def side_by_side(capsys):
    """The names after the cell that trains with NumPy and PyTorch, and the losses that it printed."""
    names = dict(lesson_7().reference)
    with library_module(lesson_7().library):
        exec(compile(cell("# 2. PyTorch"), "<numpy and pytorch>", "exec"), names)
    return names, capsys.readouterr().out


def printed_losses(text):
    return [float(number) for number in re.findall(r"loss (\d+\.\d+)", text)]


def test_numpy_and_pytorch_reach_the_same_loss_from_the_same_weights(side_by_side):
    names, printed = side_by_side
    ours, theirs = printed_losses(printed)
    assert ours == pytest.approx(theirs, abs=2e-6)
    assert abs(names["pytorchs"] - names["yours"]).max() < 1e-5


def test_keras_reaches_the_same_loss_from_the_same_weights(side_by_side, monkeypatch, capsys):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    pytest.importorskip("keras", reason="Keras is no part of the course's installation")
    names, printed = side_by_side
    exec(compile(cell("# 3. Keras"), "<keras>", "exec"), names)
    (kerass,) = printed_losses(capsys.readouterr().out)
    assert kerass == pytest.approx(printed_losses(printed)[0], abs=2e-6)
    assert abs(names["keras_probs"] - names["yours"]).max() < 1e-5


def test_without_keras_its_cell_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    importing = builtins.__import__

    def without_keras(name, *arguments, **options):
        if name.partition(".")[0] == "keras":
            raise ModuleNotFoundError("No module named 'keras'", name="keras")
        return importing(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without_keras)
    names = {}
    exec(compile(cell("# 3. Keras"), "<keras>", "exec"), names)
    assert names["keras"] is None
    assert "pip install keras" in capsys.readouterr().out
