"""Held-out cases of `train_text`, known mistakes with their diagnosis, other right answers."""

import torch
from torch import nn

from autograder import exercise, integer_inputs

from .shared import values_in

train_text = exercise("train_text")


class Small(nn.Module):
    """A float64 model in the manner of CharLSTM with values from outside."""

    def __init__(self):
        super().__init__()
        self.vocabulary = list("abc")
        self.embedding, self.lstm = nn.Embedding(3, 2), nn.LSTM(2, 3, batch_first=True)
        self.head = nn.Linear(3, 3)
        values_in(self.double())

    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids), state)
        return self.head(H), state


def held_pieces(name, count, n, t):
    pairs = [
        (integer_inputs(f"{name} {i}", (n, t), 3), integer_inputs(f"{name} y{i}", (n, t), 3)) for i in range(count)
    ]
    return [(torch.tensor(x), torch.tensor(y)) for x, y in pairs]


@train_text.held_out
def two_passes_of_adam(train_text):
    model = Small()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.02, total_steps=8)
    losses = [train_text(model, held_pieces("adam", 4, 3, 2), optimiser, scheduler, 0.5) for _ in range(2)]
    return losses, list(model.parameters())


@train_text.held_out
def long_batches(train_text):
    model = Small().eval()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimiser, 2, 0.1)
    losses = train_text(model, held_pieces("long", 5, 1, 8), optimiser, scheduler, 0.2)
    return losses, list(model.parameters()), model.training


@train_text.held_out
def no_batches(train_text):
    model = Small()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.3)
    return train_text(model, [], optimiser, torch.optim.lr_scheduler.StepLR(optimiser, 1), 1.0)


def each_alone(parameters, max_norm):
    for parameter in parameters:
        nn.utils.clip_grad_norm_([parameter], max_norm)


def loop(
    model,
    batches,
    optimiser,
    scheduler,
    max_norm,
    keep="detached",
    zero="before",
    clip="before",
    schedule="after",
    target=lambda x, y: y,
    loss_of=None,
    mode="train",
    clipping=nn.utils.clip_grad_norm_,
    note=lambda loss: loss.item(),
):
    """train_text with a choice of what is done differently, for the mistakes below."""
    if mode:
        getattr(model, mode)()
    losses, state = [], None
    for x, y in batches:
        scores, new = model(x, state)
        state = tuple(part.detach() for part in new) if keep == "detached" else new if keep == "all" else None
        wanted = target(x, y)
        whole = loss_of or (lambda scores, y: nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten()))
        loss = whole(scores, wanted)
        if zero == "before":
            optimiser.zero_grad()
        loss.backward()
        if zero == "late":
            optimiser.zero_grad()
        if clip == "before":
            clipping(list(model.parameters()), max_norm)
        if schedule == "before":
            scheduler.step()
        optimiser.step()
        if clip == "after":
            clipping(list(model.parameters()), max_norm)
        if schedule == "after":
            scheduler.step()
        if zero == "after":
            optimiser.zero_grad()
        losses.append(note(loss))
    if schedule == "once":
        scheduler.step()
    return losses


@train_text.mistake("state-reset", "Each batch begins with zeros. Row i goes on where it stopped: hand the state over.")
def from_zeros(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, keep="none")


@train_text.mistake(
    "not-detached", "The state still has its history, so backward runs into batches that are over: detach h and c."
)
def with_history(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, keep="all")


@train_text.mistake(
    "zero-grad-missing", "Gradients add up over the batches: call optimiser.zero_grad() before backward."
)
def never_zero(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, zero="never")


@train_text.mistake("zero-grad-too-late", "You erase the gradient before the step uses it. Zero before backward.")
def zero_late(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, zero="late")


@train_text.mistake(
    "zero-grad-at-the-end", "The first batch meets what was left in .grad before. Call zero_grad before backward."
)
def zero_after(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, zero="after")


@train_text.mistake(
    "clipping-missing", "The step is taken with an unclipped gradient. Between backward and step: clip_grad_norm_."
)
def unclipped(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, clip="never")


@train_text.mistake("clipping-each", "You clip each parameter by itself, which turns the gradient. One norm over all.")
def clipped_alone(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, clipping=each_alone)


@train_text.mistake("clipping-numbers", "clip_grad_value_ cuts single numbers. clip_grad_norm_ shortens all together.")
def clipped_numbers(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, clipping=nn.utils.clip_grad_value_)


@train_text.mistake(
    "scheduler-forgotten", "The learning rate never changes: call scheduler.step() after optimiser.step()."
)
def no_schedule(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, schedule="never")


@train_text.mistake("scheduler-once", "The scheduler steps once per pass. It has to step after each batch.")
def schedule_per_pass(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, schedule="once")


@train_text.mistake(
    "scheduler-first", "scheduler.step() comes before optimiser.step(), so the first rate is skipped. Swap the two."
)
def schedule_before(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, schedule="before")


@train_text.mistake("step-missing", "The weights never move: call optimiser.step() after backward.")
def no_step(model, batches, optimiser, scheduler, max_norm):
    model.train()
    losses, state = [], None
    for x, y in batches:
        scores, state = model(x, state)
        state = tuple(part.detach() for part in state)
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten())
        optimiser.zero_grad()
        loss.backward()
        scheduler.step()
        losses.append(loss.item())
    return losses


@train_text.mistake("input-as-target", "You compare with x, so it learns to repeat. The targets are y.")
def x_as_target(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, target=lambda x, y: x)


@train_text.mistake(
    "last-step-only", "The loss looks at the last character of each row. It is the mean over all of them."
)
def last_character(model, batches, optimiser, scheduler, max_norm):
    return loop(
        model,
        batches,
        optimiser,
        scheduler,
        max_norm,
        loss_of=lambda s, y: nn.functional.cross_entropy(s[:, -1], y[:, -1]),
    )


@train_text.mistake(
    "sum-for-mean", "You add the losses of all characters up. The mean doesn't depend on the batch's size."
)
def summed(model, batches, optimiser, scheduler, max_norm):
    def total(scores, y):
        return nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten(), reduction="sum")

    return loop(model, batches, optimiser, scheduler, max_norm, loss_of=total)


@train_text.mistake("evaluation-mode", "The model is trained in evaluation mode: call model.train() first.")
def never_train(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, mode=None)


@train_text.mistake("tensors-kept", "The list holds tensors with their graphs. Keep numbers: loss.item().")
def graphs(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm, note=lambda loss: loss)


@train_text.mistake("mean-returned", "One loss per batch is wanted, in a list; you return their mean.")
def one_number(model, batches, optimiser, scheduler, max_norm):
    losses = loop(model, batches, optimiser, scheduler, max_norm)
    return sum(losses) / len(losses)


@train_text.mistake("last-loss-returned", "One loss per batch is wanted, in a list; you return the last one.")
def the_last(model, batches, optimiser, scheduler, max_norm):
    return loop(model, batches, optimiser, scheduler, max_norm)[-1]


@train_text.mistake("returned-too-early", "You return inside the loop, after the first batch.")
def first_only(model, batches, optimiser, scheduler, max_norm):
    return loop(model, [next(iter(batches))], optimiser, scheduler, max_norm)


@train_text.mistake("return-missing", "It trains, but the list of losses isn't returned.")
def silent_training(model, batches, optimiser, scheduler, max_norm):
    loop(model, batches, optimiser, scheduler, max_norm)


@train_text.variant
def with_transposed_scores(model, batches, optimiser, scheduler, max_norm):
    model.train()
    h = c = None
    losses = []
    for x, y in batches:
        scores, (h, c) = model(x) if h is None else model(x, (h.detach(), c.detach()))
        loss = nn.CrossEntropyLoss()(scores.transpose(1, 2), y)
        optimiser.zero_grad(set_to_none=False)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=max_norm)
        optimiser.step()
        scheduler.step()
        losses += [float(loss.detach())]
    return losses


@train_text.variant
def clipped_by_hand(model, batches, optimiser, scheduler, max_norm):
    model.train(True)
    losses, state = [], None
    for x, y in batches:
        optimiser.zero_grad()
        scores, state = model(x, state)
        state = [part.data for part in state]
        loss = nn.functional.nll_loss(scores.log_softmax(dim=2).reshape(-1, scores.shape[2]), y.reshape(-1))
        loss.backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
        for parameter in model.parameters():
            parameter.grad *= min(1.0, max_norm / (norm + 1e-6))
        optimiser.step()
        scheduler.step()
        losses.append(loss.item())
    return losses
