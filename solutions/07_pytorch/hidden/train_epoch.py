"""Held-out cases of `train_epoch`, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch
from torch.nn import functional as F

from autograder import exercise

from .shared import Stream, batches, distance, two_layers

train_epoch = exercise("train_epoch")


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
