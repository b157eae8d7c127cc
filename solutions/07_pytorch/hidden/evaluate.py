"""Held-out cases of `evaluate`, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch
from torch import nn

from autograder import exercise

from .shared import Stream, batches, two_layers

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
