"""Held-out cases of `train_cnn`, known mistakes with their diagnosis, other right answers."""

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from autograder import exercise, inputs, labels_right, reduced
from course.data import digits

from .shared import augmented, by_indices

train_cnn = exercise("train_cnn")


def zeros_and_ones():
    """scikit-learn's handwritten 0s and 1s in a frame, (n, 1, 12, 12), and labels: to learn from, and others."""
    data = digits()
    rows = np.flatnonzero(data.y < 2)
    images = np.pad(data.X[rows].reshape(-1, 1, 8, 8) / 16, ((0, 0), (0, 0), (2, 2), (2, 2))).astype(np.float32)
    return (images[:257], data.y[rows][:257]), (images[257:], data.y[rows][257:])


def digit_network():
    """A small network for 0s and 1s, with weights from outside."""
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6, momentum=0.3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
    )
    model.append(nn.Linear(216, 2))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            size = 1 / np.sqrt(max(1, np.prod(shape[1:])))
            parameter.copy_(torch.tensor(inputs(f"digits {name} {shape}", shape, -size, size)))
        model[1].weight.fill_(1.0)
    return model


@train_cnn.held_out(judge=labels_right(zeros_and_ones()[1][1], at_least=0.9, what="held-out accuracy"))
def it_learns_to_read_digits(train_cnn):
    (X, y), (X_unseen, y_unseen) = zeros_and_ones()
    model = digit_network()
    train_cnn(model, X, y, range(8), np.random.default_rng(20))
    with torch.no_grad():
        answers = model.eval()(torch.tensor(X_unseen)).argmax(dim=1).numpy()
    if (answers == y_unseen).mean() < 0.9:
        return {"problem": "After the training fewer than nine in ten unseen digits are read correctly."}
    return answers


@train_cnn.held_out
def batch_norm_learns_its_mean_in_training(train_cnn):
    model = nn.Sequential(nn.BatchNorm2d(1), nn.Flatten(), nn.Linear(20, 2)).eval()
    images = inputs("bright", (129, 1, 4, 5), 0.7, 0.9).astype(np.float32)
    train_cnn(model, images, np.arange(129) % 2, range(3), np.random.default_rng(21))
    return {"running mean has moved": bool(model[0].running_mean > 0.01), "left in training": model.training}


def is_finite(loss):
    """Whether a loss is a finite number."""
    loss = getattr(loss, "array", loss)
    try:
        return bool(np.isfinite(loss.item() if isinstance(loss, np.ndarray | np.generic) else float(loss)))
    except (TypeError, ValueError, OverflowError):
        return False


def are_finite(losses):
    """How many losses there are, and whether all are finite numbers."""
    return [len(losses), all(map(is_finite, losses))] if isinstance(losses, list) else "no list"


@train_cnn.held_out(part="the losses", judge=reduced(are_finite))
def a_single_epoch(train_cnn):
    images = inputs("single", (300, 1, 6, 4), 0, 1).astype(np.float32)
    model = nn.Sequential(nn.Flatten(), nn.Linear(24, 5))
    return train_cnn(model, images, np.arange(300) % 5, range(1), np.random.default_rng(22))


def shifted(images, rng, most=1, mirror=False):
    """Pictures moved by up to a pixel or so, for the trainings below."""
    return by_indices(images, rng, most, mirror)


def adam(parameters):
    """The optimiser of the trainings below."""
    return torch.optim.Adam(parameters, lr=0.003)


def trained(
    model, images, labels, epochs, rng,
    size=64, make=adam, order=None, rows_of_labels=None, prepare=shifted, begin=nn.Module.train, end=nn.Module.eval,
    zero=True, step=True, mean=None,
):  # fmt: skip
    """The right way, whose steps the mistakes below change one at a time."""
    optimiser, losses = make(model.parameters()), []
    labels = torch.tensor(labels, dtype=torch.int64)
    order = order or (lambda: rng.permutation(len(images)))
    begin(model)
    for _ in epochs:
        found, rows_left = [], order()
        for start in range(0, len(rows_left), size):
            rows = rows_left[start : start + size]
            theirs = rows_of_labels(start, len(rows)) if rows_of_labels else rows
            loss = F.cross_entropy(model(torch.tensor(prepare(images[rows], rng))), labels[theirs])
            if zero:
                optimiser.zero_grad()
            loss.backward()
            if step:
                optimiser.step()
            found.append((loss.item(), len(rows)))
        losses.append(mean(found) if mean else sum(loss * n for loss, n in found) / len(images))
    end(model)
    return losses


@train_cnn.mistake(
    "labels-in-another-order",
    "Pictures are shuffled, labels aren't: take labels[rows], the same rows as of the pictures.",
)
def labels_as_they_came(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, rows_of_labels=lambda start, n: np.arange(start, start + n))


@train_cnn.mistake(
    "zero-grad-missing", "Gradients of all steps add up: call optimiser.zero_grad() before each backward()."
)
def adds_gradients_up(model, images, labels, epochs, rng):
    def make(parameters):
        return torch.optim.SGD(parameters, lr=0.1, momentum=0.9)

    return trained(model, images, labels, epochs, rng, make=make, zero=False)


@train_cnn.mistake("step-missing", "The weights never change: call optimiser.step() after backward().")
def never_steps(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, step=False)


@train_cnn.mistake("last-layer-only", "Only some of the layers learn: hand all of model.parameters() to the optimiser.")
def only_the_last_layer(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, make=lambda parameters: adam(list(parameters)[-2:]))


@train_cnn.mistake("left-in-training", "The model is left in training mode. End with model.eval().")
def without_eval(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, end=lambda model: None)


@train_cnn.mistake("trained-in-evaluation", "The model learns in evaluation mode. Begin with model.train().")
def without_train(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, begin=lambda model: None)


@train_cnn.mistake(
    "modes-forgotten", "Both modes are missing: model.train() before the first epoch, model.eval() after the last one."
)
def mode_as_it_comes(model, images, labels, epochs, rng):
    return trained(
        model.train(model.training), images, labels, epochs, rng, begin=lambda m: m.eval(), end=lambda m: m.train()
    )


@train_cnn.mistake("copy-trained", "You train a copy. The model that was handed in must itself learn.")
def a_copy(model, images, labels, epochs, rng):
    return trained(copy.deepcopy(model), images, labels, epochs, rng)


@train_cnn.mistake("own-generator", "You make a generator of your own. Draw all that is random from rng.")
def its_own_rng(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, np.random.default_rng(0))


@train_cnn.mistake(
    "order-from-torch", "The order is drawn by PyTorch's own generator: take rng.permutation(len(images))."
)
def order_by_torch(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, order=lambda: torch.randperm(len(images)).numpy())


@train_cnn.mistake("loader-without-rng", "The DataLoader shuffles by PyTorch's own generator, not by rng.")
def by_a_loader_of_its_own(model, images, labels, epochs, rng):
    return trained(
        model, images, labels, epochs, rng, order=lambda: torch.randperm(len(images)).numpy(), prepare=lambda X, rng: X
    )


@train_cnn.mistake(
    "last-portion-dropped", "The smaller portion at the end is left out. All pictures are to be learned from."
)
def full_portions_only(model, images, labels, epochs, rng):
    def order():
        return rng.permutation(len(images))[: len(images) // min(16, len(images)) * min(16, len(images))]

    return trained(model, images, labels, epochs, rng, size=16, order=order)


@train_cnn.mistake(
    "drawn-with-replacement", "Some pictures come twice, others never: shuffle with rng.permutation, don't draw."
)
def drawn(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, order=lambda: rng.integers(0, len(images), len(images)))


@train_cnn.mistake(
    "part-kept-aside", "You keep pictures aside. Learn from all that were handed in; others are held out by the caller."
)
def a_part_only(model, images, labels, epochs, rng):
    many = max(1, len(images) * 4 // 5)
    return trained(model, images[:many], labels[:many], epochs, rng)


@train_cnn.mistake(
    "mirrored", "You mirror pictures. Where left and right matter, as in digits, that makes labels false."
)
def with_mirrors(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, prepare=lambda X, rng: shifted(X, rng, 1, True))


@train_cnn.mistake("moved-too-far", "Pictures are moved so far that little is left of them: a pixel or two is enough.")
def far_away(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, prepare=lambda X, rng: shifted(X, rng, min(X.shape[2:]) - 1))


@train_cnn.mistake(
    "pictures-changed", "You write the moved pictures into the array that was handed in. Leave it as it is."
)
def into_the_pictures(model, images, labels, epochs, rng):
    images[...] = shifted(images, rng)
    return trained(model, images, labels, epochs, rng, prepare=lambda X, rng: X)


@train_cnn.mistake(
    "labels-as-they-come", "cross_entropy wants int64: torch.tensor(labels, dtype=torch.int64), or .long()."
)
def type_as_it_comes(model, images, labels, epochs, rng):
    F.cross_entropy(torch.zeros(1, 300), torch.tensor(labels)[:1])
    return trained(model, images, labels, epochs, rng)


@train_cnn.mistake(
    "epochs-taken-for-a-number", "`epochs` isn't a number, but what to loop over: `for epoch in epochs`."
)
def epochs_as_a_number(model, images, labels, epochs, rng):
    return trained(model, images, labels, range(epochs), rng)


@train_cnn.mistake(
    "epochs-only-counted",
    "You count the epochs, but a progress bar moves only if you loop over it: `for epoch in epochs`.",
)
def by_their_number(model, images, labels, epochs, rng):
    return trained(model, images, labels, range(len(epochs)), rng)


@train_cnn.mistake(
    "portions-rounded-down",
    "The smaller portion at the end counts too: total_steps is the number of portions rounded up, times the epochs.",
)
def schedule_too_short(model, images, labels, epochs, rng):
    optimiser = torch.optim.Adam(model.parameters())
    steps = len(epochs) * (len(images) // 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, total_steps=max(steps, 1))
    model.train()
    losses = []
    for _ in epochs:
        order = rng.permutation(len(images))
        for start in range(0, len(images), 64):
            rows = order[start : start + 64]
            X = torch.tensor(augmented(images[rows], rng, 1, False))
            loss = F.cross_entropy(model(X), torch.tensor(labels[rows]).long())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        losses.append(loss.item())
    model.eval()
    return losses


@train_cnn.mistake(
    "schedule-per-epoch-only",
    "One epoch only is planned: total_steps counts the portions of all epochs, so times len(epochs).",
)
def schedule_of_one_epoch(model, images, labels, epochs, rng):
    optimiser = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, total_steps=-(-len(images) // 64))
    for _ in epochs:
        for _ in range(0, len(images), 64):
            optimiser.step()
            schedule.step()
    return [0.0] * len(epochs)


@train_cnn.mistake("losses-added-up", "These are sums over portions. The mean loss is that of a picture: divide.")
def sums(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, mean=lambda found: sum(loss for loss, _ in found))


@train_cnn.mistake(
    "mean-of-means-divided-twice",
    "The losses are too small: loss.item() is a portion's mean; multiply by its size first.",
)
def divided_twice(model, images, labels, epochs, rng):
    many = len(images)
    return trained(model, images, labels, epochs, rng, mean=lambda found: sum(loss for loss, _ in found) / many)


@train_cnn.mistake("losses-of-portions", "That is a loss for each portion. One number per epoch: their mean.")
def a_loss_per_portion(model, images, labels, epochs, rng):
    found = []
    trained(model, images, labels, epochs, rng, size=16, mean=lambda each: found.extend(loss for loss, _ in each))
    return found


@train_cnn.mistake("tensors-kept", "The losses are tensors. Take the number out: loss.item().")
def as_tensors(model, images, labels, epochs, rng):
    return [torch.tensor(loss) for loss in trained(model, images, labels, epochs, rng)]


@train_cnn.mistake("one-loss", "That is one number. Return a list with a loss for each epoch.")
def the_last_loss(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng)[-1]


@train_cnn.mistake("return-missing", "The model is trained, but the losses aren't returned.")
def silent(model, images, labels, epochs, rng):
    trained(model, images, labels, epochs, rng)


@train_cnn.mistake("model-returned", "You return the model. It is trained itself; return the list of losses.")
def the_model(model, images, labels, epochs, rng):
    trained(model, images, labels, epochs, rng)
    return model


@train_cnn.mistake(
    "return-inside-loop", "You return inside the loop, after the first epoch. `return` belongs below it."
)
def after_one_epoch(model, images, labels, epochs, rng):
    return trained(model, images, labels, [*epochs][:1], rng, size=257)


train_cnn.variant(trained)


@train_cnn.variant
def by_a_data_loader(model, images, labels, epochs, rng):
    chance = torch.Generator().manual_seed(int(rng.integers(2**31)))
    data = TensorDataset(torch.from_numpy(images), torch.as_tensor(labels).long())
    loader = DataLoader(data, batch_size=32, shuffle=True, generator=chance)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in epochs:
        model.train()
        total = 0.0
        for X, y in loader:
            optimiser.zero_grad(set_to_none=False)
            loss = nn.CrossEntropyLoss()(model(X), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(y)
        losses.append(total / len(data))
    model.train(False)
    return losses


@train_cnn.variant
def with_adamw_and_large_portions(model, images, labels, epochs, rng):
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    model.train()
    history = []
    for _epoch in epochs:
        order, losses = rng.permutation(len(labels)), []
        for rows in np.array_split(order, -(-len(order) // 128)):
            X = torch.as_tensor(by_indices(images[rows], rng, 2, False))
            log_probs = torch.log_softmax(model(X), dim=1)
            loss = F.nll_loss(log_probs, torch.from_numpy(labels[rows].astype(np.int64)))
            for parameter in model.parameters():
                parameter.grad = None
            loss.backward()
            optimiser.step()
            losses.append(loss.detach().item())
        history += [sum(losses) / len(losses)]
    model.eval()
    return history


@train_cnn.variant
def with_a_falling_rate_and_the_loss_afterwards(model, images, labels, epochs, rng):
    optimiser = torch.optim.Adam(model.parameters(), lr=0.005)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.9)
    X_all, y_all = torch.tensor(images), torch.tensor(np.asarray(labels, dtype=int))
    losses = []
    for _ in epochs:
        model.train()
        order = np.arange(len(images))
        rng.shuffle(order)
        for rows in torch.split(torch.from_numpy(order), 16):
            loss = F.cross_entropy(model(X_all[rows]), y_all[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        schedule.step()
        model.eval()
        with torch.no_grad():
            losses.append(F.cross_entropy(model(X_all), y_all).item())
    return losses


train_cnn.equivalent("L2 constant 64→65", "The size of the portions is free.")
train_cnn.equivalent("L2 constant 64→63", "The size of the portions is free.")
train_cnn.equivalent("L12 constant 1→2", "How much is augmented is free.")
train_cnn.equivalent("L12 constant 1→0", "How much is augmented is free.")
