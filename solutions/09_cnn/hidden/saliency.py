"""Held-out cases of `saliency`, known mistakes with their diagnosis, other right answers."""

import torch
from torch import nn
from torch.nn import functional as F

from autograder import exercise

from .shared import Branches, chosen, frames, with_numbers

saliency = exercise("saliency")


@saliency.held_out
def of_a_network_with_branches(saliency):
    model, x = with_numbers(Branches()), frames("branches saliency", (3, 2, 4, 6))
    return [saliency(model, x, 3), saliency(model, x, torch.tensor([0, 2, 1]))]


@saliency.held_out
def of_float32_pictures_in_one_channel(saliency):
    model = with_numbers(nn.Sequential(nn.Conv2d(1, 2, 2), nn.Tanh(), nn.Flatten(), nn.Linear(24, 3))).float()
    maps = saliency(model, frames("float32", (2, 1, 4, 5)).float(), torch.tensor([2, 0]))
    return {"maps": maps, "type": str(maps.dtype)}


@saliency.held_out
def of_three_channels_with_opposite_signs(saliency):
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, 1)).double()
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([[-3.0, 0.5, 1.0, -2.0, 2.0, 1.0]]))
    return saliency(model, frames("opposite", (1, 3, 1, 2)), 0)


def of_channels(gradient):
    """The right way to sum up the channels."""
    return gradient.abs().amax(dim=1)


def felt(model, x, label, pick=lambda scores, label: chosen(scores, label).sum(), sum_up=of_channels, stay=False):
    """The right way, whose steps the mistakes below change one at a time."""
    mode = model.training
    model.eval()
    x = x.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(pick(model(x), label), x)
    if not stay:
        model.train(mode)
    return sum_up(gradient)


@saliency.mistake(
    "gradient-of-loss",
    "That is the gradient of the loss, which fades where the network is sure. Differentiate the score.",
)
def of_the_loss(model, x, label):
    def pick(scores, label):
        labels = torch.as_tensor(label).expand(len(scores))
        return F.cross_entropy(scores, labels, reduction="sum")

    return felt(model, x, label, pick)


@saliency.mistake(
    "gradient-of-mean-loss", "That is the gradient of the mean loss. Differentiate the score of the class asked about."
)
def of_the_mean_loss(model, x, label):
    return felt(model, x, label, lambda s, label: F.cross_entropy(s, torch.as_tensor(label).expand(len(s))))


@saliency.mistake(
    "gradient-of-probability",
    "After softmax, other classes and saturation mix in. Take the score itself, without softmax.",
)
def of_the_probability(model, x, label):
    return felt(model, x, label, lambda scores, label: chosen(scores.softmax(dim=1), label).sum())


@saliency.mistake("label-ignored", "You explain the prediction, not the class asked about: take the score at `label`.")
def of_the_prediction(model, x, label):
    return felt(model, x, label, lambda scores, label: scores.amax(dim=1).sum())


@saliency.mistake("all-scores", "You add up the scores of all classes. Only those of the class asked about count.")
def of_all_scores(model, x, label):
    return felt(model, x, label, lambda scores, label: scores.sum())


@saliency.mistake(
    "all-labels-for-all",
    "scores[:, label] takes all labels for every picture. One each: scores[torch.arange(n), label].",
)
def of_every_label(model, x, label):
    return felt(model, x, label, lambda scores, label: scores[:, label].sum())


@saliency.mistake("row-for-column", "scores[label] is a picture's row. The classes are the columns: scores[:, label].")
def of_a_row(model, x, label):
    return felt(model, x, label, lambda scores, label: scores[torch.as_tensor(label) % len(scores)].sum())


@saliency.mistake("batch-mean", "The mean divides each picture's gradient by n. Add the scores up.")
def of_the_mean(model, x, label):
    return felt(model, x, label, lambda scores, label: chosen(scores, label).mean())


@saliency.mistake(
    "sign-kept", "Some values are negative. A pixel that speaks against it matters, too: absolute values."
)
def signed(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.amax(dim=1))


@saliency.mistake(
    "absolute-after-maximum",
    "First the absolute value, then the largest of the channels: a strong negative one counts.",
)
def maximum_first(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.amax(dim=1).abs())


@saliency.mistake("negatives-cut", "You cut negative values off. A pixel that speaks against it matters, too: abs().")
def positive_only(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.relu().amax(dim=1))


@saliency.mistake("channels-summed", "You add the channels up. Take the largest of them: amax(dim=1).")
def sum_of_channels(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.abs().sum(dim=1))


@saliency.mistake("channels-averaged", "You take the mean of the channels. Take the largest: amax(dim=1).")
def mean_of_channels(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.abs().mean(dim=1))


@saliency.mistake("first-channel-only", "You look at the first channel only. Take the largest of all: amax(dim=1).")
def first_channel(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.abs()[:, 0])


@saliency.mistake("channel-axis-kept", "The axis of the channels is still there: amax(dim=1) without keepdim.")
def with_an_axis_more(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.abs().amax(dim=1, keepdim=True))


@saliency.mistake("squared", "You square the gradient. Its absolute value is asked for.")
def squares(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: (gradient**2).amax(dim=1))


@saliency.mistake("scaled", "You divide by the largest value. Here it stays as it is.")
def scaled(model, x, label):
    def sum_up(gradient):
        maps = of_channels(gradient)
        return maps / maps.amax(dim=(1, 2), keepdim=True)

    return felt(model, x, label, sum_up=sum_up)


@saliency.mistake("times-the-picture", "You multiply by the picture. The saliency is the gradient alone.")
def times_x(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: of_channels(gradient * x.detach()))


@saliency.mistake(
    "mode-left", "You leave the model in evaluation mode. Put back the mode you found: model.train(mode)."
)
def stays_in_evaluation(model, x, label):
    return felt(model, x, label, stay=True)


@saliency.mistake("always-back-to-training", "You always end in training mode. Put back the mode you found.")
def ends_in_training(model, x, label):
    maps = felt(model, x, label)
    model.train()
    return maps


@saliency.mistake(
    "eval-missing", "The model answers in training mode, where pictures have an influence on each other: eval()."
)
def in_whatever_mode(model, x, label):
    x = x.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(chosen(model(x), label).sum(), x)
    return of_channels(gradient)


@saliency.mistake(
    "parameters-gradients-filled", "backward() also fills the parameters' .grad. Use torch.autograd.grad(score, x)."
)
def by_backward(model, x, label):
    mode = model.training
    model.eval()
    x = x.detach().clone().requires_grad_(True)
    chosen(model(x), label).sum().backward()
    model.train(mode)
    return of_channels(x.grad)


@saliency.mistake(
    "stale-gradient", "x.grad of the last call is still there, and the new one is added. Work on x.detach().clone()."
)
def on_x_itself(model, x, label):
    mode = model.training
    model.eval()
    x.requires_grad_(True)
    chosen(model(x), label).sum().backward()
    model.train(mode)
    return of_channels(x.grad)


@saliency.mistake("x-changed", "You change x: from now on it requires a gradient. Work on a copy, x.detach().clone().")
def x_requires_a_gradient(model, x, label):
    mode = model.training
    model.eval()
    x.requires_grad_(True)
    (gradient,) = torch.autograd.grad(chosen(model(x), label).sum(), x)
    model.train(mode)
    return of_channels(gradient)


@saliency.mistake("graph-kept", "The map hangs on a graph: detach it.")
def with_its_graph(model, x, label):
    mode = model.training
    model.eval()
    x = x.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(chosen(model(x), label).sum(), x, create_graph=True)
    model.train(mode)
    return of_channels(gradient + 0 * x)


@saliency.mistake("not-required", "x doesn't remember anything: x.detach().clone().requires_grad_(True).")
def forgetful(model, x, label):
    (gradient,) = torch.autograd.grad(chosen(model.eval()(x), label).sum(), x)
    return of_channels(gradient)


@saliency.mistake("return-missing", "The map is computed, but not returned.")
def no_map(model, x, label):
    felt(model, x, label)


@saliency.variant
def picture_by_picture(model, x, label):
    was = model.training
    model.eval()
    labels = [label] * len(x) if isinstance(label, int) else label.tolist()
    maps = []
    for picture, number in zip(x.detach(), labels, strict=True):
        one = picture[None].clone().requires_grad_()
        maps.append(torch.autograd.grad(model(one)[0, number], one)[0].abs().max(dim=1).values)
    model.train(was)
    return torch.cat(maps)


@saliency.variant
def by_one_hot_scores(model, x, label):
    was = model.training
    model.train(False)
    pixels = x.clone().detach()
    pixels.requires_grad = True
    scores = model(pixels)
    wanted = torch.zeros_like(scores)
    wanted[range(len(x)), label] = 1
    gradient = torch.autograd.grad(scores, pixels, grad_outputs=wanted)[0]
    model.train(was)
    return torch.linalg.vector_norm(gradient, float("inf"), dim=1)


@saliency.variant
def with_frozen_parameters(model, x, label):
    was, kept = model.training, [parameter.requires_grad for parameter in model.parameters()]
    model.eval().requires_grad_(False)
    pixels = x.detach().clone().requires_grad_(True)
    scores = model(pixels)
    scores.gather(1, torch.as_tensor(label).expand(len(x)).reshape(-1, 1)).sum().backward()
    for parameter, needed in zip(model.parameters(), kept, strict=True):
        parameter.requires_grad_(needed)
    model.train(was)
    return pixels.grad.abs().max(1)[0]


saliency.equivalent(
    "L4 dropped function x.detach().clone()→x.detach()", "A detached tensor may require a gradient without x doing so."
)
saliency.equivalent("L4 dropped function x.detach()→x", "The gradient is asked for where the graph passes the clone.")
saliency.equivalent(
    "L6 dropped statement label = torch.as_tensor(label).expand(len(x))→pass",
    "A single number goes with every row: indexing stretches it by itself.",
)
