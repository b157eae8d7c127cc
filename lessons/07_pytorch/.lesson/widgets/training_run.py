"""One training run, a few mini-batches at a time, with everything that the monitor shows measured on the way.

A run is a pure function of its plan (how it starts, what was changed when) and of your functions, so the
figure's state needs the plan and the number of ticks alone: undo and "Copy state" stay true. `Runs` keeps
what was worked out, as a memory only: what is missing, or was made by functions that you have since
changed, is worked out again from the start.

Between two ticks a run is plain data (weights, running statistics, gradients): each tick makes a model with
your `MLP`, fills it, and hands it to your `train_epoch` with a loader of a few batches. So a tick is short
whatever the kernel does, and nothing that you do in the notebook can change a model that the figure holds.
Where neither yours nor a reference is there, a tick has a network, a loop and a count of its own.
"""

import math
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from course.data import digits
from course.digits_network import TRAINED_ON
from course.figures import LearnerError

from .watching import WatchedLoss, WatchedSGD

SIZES = [64, 32, 32, 32, 10]
BATCH, PER_TICK = 32, 9  # samples in a mini-batch, mini-batches in a tick
BATCHES = -(-TRAINED_ON // BATCH)  # in an epoch; the last one is smaller
CHECKED = 360  # training images on which the accuracy is measured; the held-out ones are as many
KEPT = 1000  # ticks that are remembered, some 40 kB each
WORST = 1e4  # a loss above this counts as diverged
NAMES = ("MLP", "train_epoch", "evaluate")


@dataclass(frozen=True)
class Settings:
    """What holds while one tick is trained."""

    lr: float
    dropout: float
    forget: bool  # zero_grad does nothing
    stay: bool  # the model stays in evaluation mode


@dataclass(frozen=True)
class Plan:
    """How a run starts, and the settings of each tick: pairs (settings, number of ticks)."""

    seed: int
    init: float  # all weights are multiplied by this at the start
    batch_norm: bool
    spans: tuple

    @property
    def ticks(self):
        return sum(count for _, count in self.spans)

    def until(self, ticks):
        """The same plan, cut off after so many ticks."""
        spans, left = [], ticks
        for settings, count in self.spans:
            if left > 0:
                spans.append((settings, min(count, left)))
            left -= count
        return replace(self, spans=tuple(spans))


@dataclass(frozen=True)
class Row:
    """What was measured in one tick. Gradient norms and update/weight ratios: one per layer, at its last step."""

    step: int  # mini-batches so far
    loss: float  # as your train_epoch returned it
    mean_loss: float  # the mean over the samples, worked out beside it
    train: float
    held_out: float
    norms: tuple
    ratios: tuple
    steps: int  # how often optimiser.step was called
    unclean: bool  # whether a backward pass began with gradients left from the one before

    @property
    def diverged(self):
        return not math.isfinite(self.loss) or abs(self.loss) > WORST


@dataclass(frozen=True, eq=False)
class Moment:
    """A run after some ticks: its rows so far, and all numbers of the model."""

    rows: tuple
    weights: list
    buffers: list
    gradients: list
    used: dict  # whose functions it was made with
    own: tuple  # and in place of which the figure's own code


class Runs:
    """Runs by plan, remembered while your functions stay the same."""

    def __init__(self):
        self._kept = OrderedDict()

    def rows(self, plan, functions):
        """The rows of the plan, one per tick; fewer if the run diverged."""
        moment = self.moment(plan, functions)
        functions.used.update(moment.used)
        functions.own(*moment.own)
        return moment.rows

    def moment(self, plan, functions):
        made_with = tuple(find(name) for name in NAMES for find in (functions.theirs, functions.reference.get))
        ticks = plan.ticks
        while ticks and _key(plan.until(ticks), made_with) not in self._kept:
            ticks -= 1
        kept = self._kept.get(_key(plan.until(ticks), made_with))
        moment = kept[0] if kept else self._keep(plan.until(0), made_with, beginning(plan, functions))
        for tick in range(ticks, plan.ticks):
            if moment.rows and moment.rows[-1].diverged:
                break
            here = plan.until(tick + 1)
            moment = self._keep(here, made_with, one_tick_on(moment, here, functions))
        return moment

    def _keep(self, plan, made_with, moment):
        self._kept[_key(plan, made_with)] = moment, made_with  # while these are kept, their ids are theirs alone
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return moment


def _key(plan, made_with):
    return plan, tuple(id(function) for function in made_with)


# --- data -----------------------------------------------------------------------------------------------


class Images(Dataset):
    """Images with their labels; many are fetched in one go."""

    def __init__(self, X, y):
        self.X, self.y = X, y

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.X[i], self.y[i]

    def __getitems__(self, places):
        return self.X[places], self.y[places]


def loader_of(images, size):
    """A loader that keeps the order and draws nothing from the global random numbers."""
    return DataLoader(images, batch_size=size, collate_fn=_as_it_is, generator=torch.Generator())


def _as_it_is(batch):
    return batch


@cache
def pixels_and_labels():
    data = digits()
    return torch.tensor(data.X / 16, dtype=torch.float32), torch.tensor(data.y)


@cache
def checked_images():
    """(train, held out): the images on which the accuracy is measured."""
    X, y = pixels_and_labels()
    return Images(X[:CHECKED], y[:CHECKED]), Images(X[TRAINED_ON:], y[TRAINED_ON:])


def chunk(seed, first):
    """The next few mini-batches, as images in their order; shuffled anew each epoch, never across two."""
    X, y = pixels_and_labels()
    epoch, batch = divmod(first, BATCHES)
    order = torch.randperm(TRAINED_ON, generator=torch.Generator().manual_seed(1000 * seed + epoch))
    places = order[batch * BATCH : (batch + PER_TICK) * BATCH]
    return Images(X[places], y[places])


# --- a run ----------------------------------------------------------------------------------------------


@contextmanager
def apart(seed):
    """Torch on one thread with random numbers of its own; afterwards everything is as it was."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def beginning(plan, functions):
    """The run before its first tick."""
    with apart(plan.seed):
        model = new_model(plan, 0.0, functions)
        with torch.no_grad():
            for matrix in matrices_of(model):
                matrix.mul_(plan.init)
    return Moment((), *numbers_of(model), dict(functions.used), own_in_place_of(functions))


def own_in_place_of(functions):
    return tuple(name for name in NAMES if not functions.have(name))


def new_model(plan, dropout, functions):
    """Your MLP, with batch norm put behind each of its hidden linear layers if wanted."""
    if functions.have("MLP"):
        model = functions.call("MLP", list(SIZES), nn.ReLU, dropout)
    else:
        functions.own("MLP")
        model = nn.Sequential(
            *(nn.Linear(64, 32), nn.ReLU(), nn.Dropout(dropout)),
            *(nn.Linear(32, 32), nn.ReLU(), nn.Dropout(dropout)),
            *(nn.Linear(32, 32), nn.ReLU(), nn.Dropout(dropout)),
            nn.Linear(32, 10),
        )
    found = len(matrices_of(model)) if isinstance(model, nn.Module) else 0
    if found != len(SIZES) - 1:
        hint = " A plain list hides them." if not found else ""
        raise LearnerError(f"Your MLP should have {len(SIZES) - 1} linear layers here; torch finds {found}.{hint}")
    model = model.float()
    if plan.batch_norm:
        add_batch_norm(model)
    return model


def matrices_of(model):
    """The weight matrix of each layer, from input to output, whatever the order in which they were made."""
    matrices = [weight for weight in model.parameters() if weight.ndim == 2]
    return sorted(matrices, key=lambda matrix: (SIZES[0] not in matrix.shape) + (SIZES[-1] in matrix.shape))


def add_batch_norm(model):
    places = [
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent.named_children()
        if isinstance(child, nn.Linear) and child.out_features != SIZES[-1]
    ]
    if len(places) != len(SIZES) - 2:
        raise LearnerError("Batch norm needs each hidden layer of your MLP to be an nn.Linear of its own.")
    for parent, name, layer in places:
        setattr(parent, name, nn.Sequential(layer, nn.BatchNorm1d(layer.out_features)))


def numbers_of(model):
    """Copies of its weights, its running statistics and its gradients."""
    weights = [weight.detach().clone() for weight in model.parameters()]
    buffers = [buffer.clone() for buffer in model.buffers()]
    gradients = [None if weight.grad is None else weight.grad.clone() for weight in model.parameters()]
    return weights, buffers, gradients


def filled(model, moment):
    with torch.no_grad():
        for weight, kept, gradient in zip(model.parameters(), moment.weights, moment.gradients, strict=True):
            weight.copy_(kept)
            weight.grad = None if gradient is None else gradient.clone()
        for buffer, kept in zip(model.buffers(), moment.buffers, strict=True):
            buffer.copy_(kept)
    return model


def one_tick_on(moment, plan, functions):
    """The run a few mini-batches later: your train_epoch on a short loader, then your evaluate."""
    settings, first = plan.spans[-1][0], len(moment.rows) * PER_TICK
    with apart(1000 * plan.seed + len(moment.rows) + 1):
        model = filled(new_model(plan, settings.dropout, functions), moment)
        if settings.stay:
            model.eval()
            model.train = lambda mode=True: nn.Module.train(model, False)
        if settings.forget:
            model.zero_grad = lambda set_to_none=True: None
        images = chunk(plan.seed, first)
        batches = -(-len(images) // BATCH)
        optimiser = WatchedSGD(model, matrices_of(model), settings.lr, settings.forget, last=batches)
        loss_fn = WatchedLoss(model)
        loader = loader_of(images, BATCH)
        if functions.have("train_epoch"):
            loss = functions.call("train_epoch", model, loader, optimiser, loss_fn, shape=())
        else:
            functions.own("train_epoch")
            for batch, labels in loader:
                optimiser.zero_grad()
                loss_fn(model(batch), labels).backward()
                optimiser.step()
            loss = loss_fn.mean()
        if optimiser.steps < batches:
            optimiser.note_gradients()
        numbers = numbers_of(model)
        train, held_out = accuracies(model, functions)
    row = Row(
        first + batches,
        float(loss),
        loss_fn.mean(),
        train,
        held_out,
        tuple(optimiser.norms),
        tuple(optimiser.ratios),
        optimiser.steps,
        loss_fn.unclean,
    )
    return Moment((*moment.rows, row), *numbers, dict(functions.used), own_in_place_of(functions))


def accuracies(model, functions):
    """Your evaluate on images that were learnt from, and on held-out ones; without it, both in one go."""
    parts = checked_images()
    if functions.have("evaluate"):
        return [float(functions.call("evaluate", model, loader_of(part, CHECKED), shape=())) for part in parts]
    functions.own("evaluate")
    model.eval()
    with torch.no_grad():
        scores = model(torch.cat([part.X for part in parts]))
    right = scores.topk(1).indices[:, 0] == torch.cat([part.y for part in parts])
    return right.double().view(len(parts), CHECKED).mean(dim=1).tolist()
