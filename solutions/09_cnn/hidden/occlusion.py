"""Held-out cases of `occlusion`, known mistakes with their diagnosis, other right answers."""

import torch
from torch import nn

from autograder import exercise, with_inputs

from .shared import Branches, chosen, frames, with_numbers

occlusion = exercise("occlusion")


@occlusion.held_out
def of_branches(occlusion):
    model, x = with_numbers(Branches()), frames("occluded", (2, 2, 3, 5))
    return [occlusion(model, x, 2, 3), occlusion(model, x, torch.tensor([3, 0]), 2)]


@occlusion.held_out
def weights_and_pictures_stay(occlusion):
    model = with_numbers(Branches())
    return with_inputs(lambda x: occlusion(model, x, 1, 2), frames("unchanged", (2, 2, 3, 3)))


@occlusion.held_out
def float32_of_one_channel(occlusion):
    model = with_numbers(nn.Sequential(nn.Conv2d(1, 2, 2), nn.Tanh(), nn.Flatten(), nn.Linear(12, 3))).float()
    falls = occlusion(model, frames("small", (2, 1, 3, 4)).float(), 2, 2)
    return {"falls": falls, "type": str(falls.dtype)}


def black(picture, top, left, size):
    """A copy with a black window, for the mistakes below."""
    covered = picture.clone()
    covered[:, :, top : top + size, left : left + size] = 0
    return covered


def fall(model, x, label, size, cover=black, score=chosen, compare=torch.sub, places=None, graph=False, stay=False):
    """The right way, whose steps the mistakes below change one at a time."""
    mode = model.training
    model.eval()
    h, w = x.shape[2:]
    down, across = places or (h - size + 1, w - size + 1)
    with torch.set_grad_enabled(graph):
        whole = score(model(x), label)
        rows = [[compare(whole, score(model(cover(x, i, j, size)), label)) for j in range(across)] for i in range(down)]
    if not stay:
        model.train(mode)
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=1)


@occlusion.mistake("sign-turned", "A fall is positive: the whole picture's score minus the covered one's.")
def turned_around(model, x, label, size):
    return fall(model, x, label, size, compare=lambda whole, covered: covered - whole)


@occlusion.mistake("absolute", "You take absolute values. Where the score rises, the fall is negative.")
def without_sign(model, x, label, size):
    return fall(model, x, label, size, compare=lambda whole, covered: (whole - covered).abs())


@occlusion.mistake("scores-returned", "These are the covered pictures' scores. How far have they fallen?")
def scores_only(model, x, label, size):
    return fall(model, x, label, size, compare=lambda whole, covered: covered)


@occlusion.mistake("first-channel-only", "The window must be black in all channels: covered[:, :, …].")
def one_channel(model, x, label, size):
    def cover(picture, top, left, size):
        covered = picture.clone()
        covered[:, 0, top : top + size, left : left + size] = 0
        return covered

    return fall(model, x, label, size, cover)


@occlusion.mistake("mean-for-black", "The window is filled with the picture's mean. Fill it with 0.")
def grey(model, x, label, size):
    def cover(picture, top, left, size):
        covered = picture.clone()
        covered[:, :, top : top + size, left : left + size] = picture.mean()
        return covered

    return fall(model, x, label, size, cover)


@occlusion.mistake("windows-add-up", "Earlier windows stay black: cover a fresh copy of x each time.")
def all_the_way(model, x, label, size):
    dark = x.clone()

    def cover(picture, top, left, size):
        dark[:, :, top : top + size, left : left + size] = 0
        return dark

    return fall(model, x, label, size, cover)


@occlusion.mistake("x-changed", "You black out x itself. Cover a copy: x.clone().")
def on_the_original(model, x, label, size):
    def cover(picture, top, left, size):
        picture[:, :, top : top + size, left : left + size] = 0
        return picture

    return fall(model, x, label, size, cover)


@occlusion.mistake("last-place-missing", "A window fits at h − size + 1 places, one more than you take.")
def one_too_few(model, x, label, size):
    places = (max(1, x.shape[2] - size), max(1, x.shape[3] - size))
    return fall(model, x, label, size, places=places)


@occlusion.mistake("sticks-out", "Your windows stick out of the picture: the last one starts at h − size.")
def at_every_pixel(model, x, label, size):
    return fall(model, x, label, size, places=tuple(x.shape[2:]))


@occlusion.mistake("label-ignored", "You follow the highest score. Take that of the class asked about.")
def of_the_highest(model, x, label, size):
    return fall(model, x, label, size, score=lambda scores, label: scores.amax(dim=1))


@occlusion.mistake("probabilities", "You compare probabilities. Compare scores, without softmax.")
def of_probabilities(model, x, label, size):
    return fall(model, x, label, size, score=lambda scores, label: chosen(scores.softmax(dim=1), label))


@occlusion.mistake("rows-and-columns-swapped", "The first of the two places is the row: falls[:, top, left].")
def transposed(model, x, label, size):
    return fall(model, x, label, size).transpose(1, 2)


@occlusion.mistake(
    "mode-left", "You leave the model in evaluation mode. Put back the mode you found: model.train(mode)."
)
def mode_stays(model, x, label, size):
    return fall(model, x, label, size, stay=True)


@occlusion.mistake("graph-kept", "The result hangs on a graph: ask inside `with torch.no_grad():`.")
def graph_stays(model, x, label, size):
    return fall(model, x, label, size, graph=True)


@occlusion.mistake("eval-missing", "The model answers in training mode: call model.eval() first.")
def in_the_mode_it_has(model, x, label, size):
    with torch.no_grad():
        h, w = x.shape[2] - size + 1, x.shape[3] - size + 1
        whole = chosen(model(x), label)
        rows = [[whole - chosen(model(black(x, i, j, size)), label) for j in range(w)] for i in range(h)]
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=1)


@occlusion.mistake("return-missing", "The falls are computed, but not returned.")
def without_result(model, x, label, size):
    fall(model, x, label, size)


@occlusion.variant
def by_masks(model, x, label, size):
    was = model.training
    model.eval()
    n, _, h, w = x.shape
    labels = torch.full((n,), label) if isinstance(label, int) else label
    result = torch.empty(n, h - size + 1, w - size + 1, dtype=x.dtype)
    for i in range(result.shape[1]):
        for j in range(result.shape[2]):
            y, z = torch.arange(h)[:, None], torch.arange(w)
            inside = (y >= i) & (y < i + size) & (z >= j) & (z < j + size)
            falls = model(x.detach()) - model(torch.where(inside, torch.zeros_like(x), x.detach()))
            result[:, i, j] = falls.gather(1, labels[:, None])[:, 0].detach()
    model.train(was)
    return result


@occlusion.variant
def all_windows_at_once(model, x, label, size):
    was, (n, _, h, w) = model.training, x.shape
    down, across = h - size + 1, w - size + 1
    with torch.inference_mode():
        model.eval()
        many = x.repeat(down * across, 1, 1, 1)
        for place in range(down * across):
            top, left = divmod(place, across)
            many[place * n : (place + 1) * n, :, top : top + size, left : left + size] = 0
        labels = torch.as_tensor(label).expand(n)
        whole = model(x)[torch.arange(n), labels]
        covered = model(many)[torch.arange(len(many)), labels.repeat(down * across)]
    model.train(was)
    return (whole - covered.reshape(down * across, n)).T.reshape(n, down, across).clone()


occlusion.equivalent(
    "L5 dropped statement label = torch.as_tensor(label).expand(len(x))→pass",
    "A single number goes with every row: indexing stretches it by itself.",
)
occlusion.equivalent("L8 constant 2→-2", "Of four axes, axis 2 is the last but one.")
occlusion.equivalent("L9 dropped keyword dtype=whole.dtype", "The docstring leaves the type of the result open.")
occlusion.equivalent("L9 sibling function torch.zeros→torch.ones", "Every place is overwritten.")
