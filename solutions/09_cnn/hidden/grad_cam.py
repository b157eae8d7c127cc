"""Held-out cases of `grad_cam`, known mistakes with their diagnosis, other right answers."""

import torch
from torch import nn
from torch.nn import functional as F

from autograder import exercise

from .shared import Branches, chosen, frames, with_numbers

grad_cam = exercise("grad_cam")


class Pooled(nn.Module):
    """Maps of another size than the picture, then means over all places, as in large networks for photographs."""

    def __init__(self):
        super().__init__()
        self.maps, self.out = nn.Conv2d(3, 5, (3, 2), stride=(2, 1)), nn.Linear(5, 4)

    def forward(self, X):
        return self.out(torch.tanh(self.maps(X)).mean(dim=(2, 3)))


@grad_cam.held_out
def of_a_network_that_ends_in_means(grad_cam):
    model, x = with_numbers(Pooled()), frames("pooled", (3, 3, 9, 5))
    return [grad_cam(model, x, 2, model.maps), grad_cam(model, x, torch.tensor([1, 3, 0]), model.maps)]


@grad_cam.held_out
def maps_larger_than_the_picture(grad_cam):
    layers = [nn.ConvTranspose2d(1, 3, 2, stride=2), nn.Tanh(), nn.Flatten(), nn.Linear(3 * 48, 2)]
    model = with_numbers(nn.Sequential(*layers))
    maps = grad_cam(model.float(), frames("larger", (2, 1, 3, 4)).float(), 1, model[0])
    return {"maps": maps, "type": str(maps.dtype)}


@grad_cam.held_out
def within_a_branch(grad_cam):
    model, x = with_numbers(Branches()), frames("branch", (2, 2, 4, 6))
    return grad_cam(model, x, 1, model.right)


def averaged(gradient):
    """The right weights: one per map and picture."""
    return gradient.mean(dim=(2, 3), keepdim=True)


def summed_up(maps, gradient, weigh=averaged):
    """The right sum of maps (n, 1, h', w')."""
    return (weigh(gradient) * maps).sum(dim=1, keepdim=True).relu()


def enlarged(cam, size):
    """The right enlargement."""
    return F.interpolate(cam, size=tuple(size), mode="bilinear", align_corners=False)


def by_its_maximum(cam):
    """The right scale."""
    largest = cam.amax(dim=(2, 3), keepdim=True)
    return (cam / torch.where(largest > 0, largest, 1.0))[:, 0]


def mapped(
    model, x, label, layer,
    pick=lambda scores, label: chosen(scores, label).sum(), add=summed_up, enlarge=enlarged, scale=by_its_maximum,
    hook_stays=False, mode_stays=False,
):  # fmt: skip
    """The right way, whose steps the mistakes below change one at a time."""
    heard, mode = [], model.training
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output))
    model.eval()
    try:
        scores = model(x.detach().clone().requires_grad_(True))
    finally:
        if not hook_stays:
            handle.remove()
        if not mode_stays:
            model.train(mode)
    (gradient,) = torch.autograd.grad(pick(scores, label), heard[-1])
    return scale(enlarge(add(heard[-1].detach(), gradient), x.shape[2:]))


@grad_cam.mistake(
    "relu-on-gradients",
    "You cut negative gradients off. Average first, keep negative weights; ReLU only the weighted sum.",
)
def positive_gradients(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g.relu()))


@grad_cam.mistake("negative-weights-cut", "Negative weights belong to the sum: such maps speak against the class.")
def positive_weights(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: averaged(g).relu()))


@grad_cam.mistake("weights-without-sign", "You take the absolute weights. Their sign says for or against the class.")
def absolute_weights(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: averaged(g).abs()))


@grad_cam.mistake("relu-missing", "What speaks against the class is still there: ReLU the weighted sum.")
def without_relu(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: (averaged(g) * A).sum(dim=1, keepdim=True))


@grad_cam.mistake("relu-on-each-map", "ReLU comes after the sum of the weighted maps, not on each of them.")
def relu_before_the_sum(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: (averaged(g) * A).relu().sum(dim=1, keepdim=True))


@grad_cam.mistake("maps-cut", "You cut the maps themselves off at 0. ReLU comes after their weighted sum only.")
def relu_on_the_maps(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A.relu(), g))


@grad_cam.mistake("absolute-value", "You take the absolute value of the sum. Negative places become 0: ReLU.")
def absolute_sum(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: (averaged(g) * A).sum(dim=1, keepdim=True).abs())


@grad_cam.mistake("gradients-not-averaged", "Each map has one weight: the mean of its gradient over all its places.")
def place_by_place(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: g))


@grad_cam.mistake("averaged-over-one-axis", "You average along one axis only. The mean goes over both: dim=(2, 3).")
def over_the_columns(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: g.mean(dim=3, keepdim=True)))


@grad_cam.mistake(
    "weights-of-the-batch", "You average over the pictures, too. Each has weights of its own: dim=(2, 3)."
)
def one_weight_for_all(model, x, label, layer):
    return mapped(
        model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: g.mean(dim=(0, 2, 3), keepdim=True))
    )


@grad_cam.mistake(
    "weights-missing", "The maps are added up without weights. What each says of the class is in its gradient."
)
def unweighted(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: A.sum(dim=1, keepdim=True).relu())


@grad_cam.mistake("maps-missing", "You show the gradients. They are only the weights of the maps.")
def gradients_alone(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: g.sum(dim=1, keepdim=True).relu())


@grad_cam.mistake("gradient-of-loss", "That is the gradient of the loss. Differentiate the score of the class.")
def from_the_loss(model, x, label, layer):
    def pick(scores, label):
        return F.cross_entropy(scores, torch.as_tensor(label).expand(len(scores)))

    return mapped(model, x, label, layer, pick=pick)


@grad_cam.mistake("gradient-of-probability", "You differentiate a probability. Take the score, without softmax.")
def from_the_probability(model, x, label, layer):
    return mapped(model, x, label, layer, pick=lambda s, label: chosen(s.softmax(dim=1), label).sum())


@grad_cam.mistake("label-ignored", "You explain the prediction, not the class asked about: take the score at `label`.")
def for_the_prediction(model, x, label, layer):
    return mapped(model, x, label, layer, pick=lambda scores, label: scores.amax(dim=1).sum())


@grad_cam.mistake(
    "all-labels-for-all",
    "scores[:, label] takes all labels for every picture. One each: scores[torch.arange(n), label].",
)
def for_every_label(model, x, label, layer):
    return mapped(model, x, label, layer, pick=lambda scores, label: scores[:, label].sum())


@grad_cam.mistake("not-enlarged", "The map is as small as the layer's. Enlarge it to the size of the picture.")
def small(model, x, label, layer):
    return mapped(model, x, label, layer, enlarge=lambda cam, size: cam)


@grad_cam.mistake("nearest", 'You enlarge by repeating values: mode="bilinear", align_corners=False.')
def repeated(model, x, label, layer):
    return mapped(model, x, label, layer, enlarge=lambda cam, size: F.interpolate(cam, size=tuple(size)))


@grad_cam.mistake("corners-aligned", "Enlarge with align_corners=False.")
def with_aligned_corners(model, x, label, layer):
    def enlarge(cam, size):
        return F.interpolate(cam, size=tuple(size), mode="bilinear", align_corners=True)

    return mapped(model, x, label, layer, enlarge=enlarge)


@grad_cam.mistake("size-swapped", "Height and width are swapped: size=(h, w), as in x.shape[2:].")
def turned(model, x, label, layer):
    return mapped(model, x, label, layer, enlarge=lambda cam, size: enlarged(cam, size[::-1]))


@grad_cam.mistake("not-scaled", "The maps are right up to scale: divide each by its largest value.")
def as_it_comes(model, x, label, layer):
    return mapped(model, x, label, layer, scale=lambda cam: cam[:, 0])


@grad_cam.mistake(
    "scaled-by-the-batch", "You divide by the largest value of all pictures. Each has a maximum of its own."
)
def by_one_maximum(model, x, label, layer):
    return mapped(model, x, label, layer, scale=lambda cam: (cam / torch.where(cam.max() > 0, cam.max(), 1.0))[:, 0])


@grad_cam.mistake(
    "divided-by-0", "Where nothing speaks for the class the maximum is 0, and 0/0 is no number: leave zeros there."
)
def careless(model, x, label, layer):
    return mapped(model, x, label, layer, scale=lambda cam: (cam / cam.amax(dim=(2, 3), keepdim=True))[:, 0])


@grad_cam.mistake("scaled-before-enlarging", "Divide by the largest value at the end: enlarging makes it smaller.")
def scale_first(model, x, label, layer):
    return mapped(
        model, x, label, layer,
        add=lambda A, g: by_its_maximum(summed_up(A, g))[:, None], scale=lambda cam: cam[:, 0],
    )  # fmt: skip


@grad_cam.mistake("relu-after-enlarging", "ReLU comes before the enlargement, as soon as the maps are added up.")
def relu_late(model, x, label, layer):
    return mapped(
        model, x, label, layer,
        add=lambda A, g: (averaged(g) * A).sum(dim=1, keepdim=True),
        enlarge=lambda cam, size: enlarged(cam, size).relu(),
    )  # fmt: skip


@grad_cam.mistake("least-subtracted", "You subtract the smallest value as well. Only divide by the largest.")
def from_0_to_1(model, x, label, layer):
    def scale(cam):
        low, high = cam.amin(dim=(2, 3), keepdim=True), cam.amax(dim=(2, 3), keepdim=True)
        return ((cam - low) / torch.where(high > low, high - low, 1.0))[:, 0]

    return mapped(model, x, label, layer, scale=scale)


@grad_cam.mistake("channel-axis-kept", "There is an axis too many: return (n, h, w).")
def with_one_channel(model, x, label, layer):
    return mapped(model, x, label, layer)[:, None]


@grad_cam.mistake("hook-left", "Your hook stays in the model: handle.remove().")
def its_hook_stays(model, x, label, layer):
    return mapped(model, x, label, layer, hook_stays=True)


@grad_cam.mistake(
    "mode-left", "You leave the model in evaluation mode. Put back the mode you found: model.train(mode)."
)
def its_mode_stays(model, x, label, layer):
    return mapped(model, x, label, layer, mode_stays=True)


@grad_cam.mistake("eval-missing", "The model answers in training mode, where dropout drops: call model.eval() first.")
def while_training(model, x, label, layer):
    heard = []
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output))
    scores = model(x.detach().clone().requires_grad_(True))
    handle.remove()
    (gradient,) = torch.autograd.grad(chosen(scores, label).sum(), heard[0])
    return by_its_maximum(enlarged(summed_up(heard[0].detach(), gradient), x.shape[2:]))


@grad_cam.mistake(
    "parameters-gradients-filled",
    "backward() also fills the parameters' .grad. Use torch.autograd.grad(score, maps).",
)
def with_backward(model, x, label, layer):
    def pick(scores, label):
        score = chosen(scores, label).sum()
        score.backward(retain_graph=True)
        return score

    return mapped(model, x, label, layer, pick=pick)


@grad_cam.mistake("graph-kept", "The map hangs on a graph: detach it.")
def on_its_graph(model, x, label, layer):
    return mapped(model, x, label, layer) + 0 * next(model.parameters()).sum()


@grad_cam.mistake(
    "detached", "What your hook keeps is detached, so the score has no gradient there. Keep the output as it is."
)
def hook_detaches(model, x, label, layer):
    heard = []
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output.detach().clone()))
    scores = model.eval()(x)
    handle.remove()
    torch.autograd.grad(chosen(scores, label).sum(), heard[0])


@grad_cam.mistake("return-missing", "The map is computed, but not returned.")
def keeps_quiet(model, x, label, layer):
    mapped(model, x, label, layer)


@grad_cam.variant
def with_hooks_for_both_ways(model, x, label, layer):
    was, kept = model.training, {}
    model.eval()
    handles = [layer.register_forward_hook(lambda layer, given, output: kept.update(maps=output))]
    try:
        pixels = x.detach().clone().requires_grad_()
        scores = model(pixels)
        kept["maps"].register_hook(lambda gradient: kept.update(gradient=gradient))
        torch.autograd.grad(scores[range(len(x)), label].sum(), pixels)
    finally:
        for handle in handles:
            handle.remove()
    model.train(was)
    weights = kept["gradient"].sum(dim=[2, 3])
    cam = torch.einsum("nc,nchw->nhw", weights, kept["maps"].detach()).clamp(min=0)
    cam = F.interpolate(cam.unsqueeze(1), tuple(x.shape[-2:]), mode="bilinear").squeeze(1)
    highest = cam.flatten(1).max(dim=1).values
    return torch.nan_to_num(cam / highest[:, None, None], nan=0.0)


@grad_cam.variant
def each_by_itself(model, x, label, layer):
    was = model.training
    maps = []
    for i, picture in enumerate(x.detach()):
        heard = []
        handle = layer.register_forward_hook(lambda layer, given, output, heard=heard: heard.append(output))
        score = model.eval()(picture[None].clone().requires_grad_())[0, label if isinstance(label, int) else label[i]]
        handle.remove()
        gradient = torch.autograd.grad(score, heard[0])[0][0]
        cam = sum(g.mean() * A for g, A in zip(gradient, heard[0].detach()[0], strict=True))
        cam = nn.Upsample(size=picture.shape[1:], mode="bilinear")(torch.clamp(cam, 0)[None, None])[0, 0]
        maps.append(cam / cam.max() if cam.max() > 0 else torch.zeros_like(cam))
    model.train(was)
    return torch.stack(maps)


grad_cam.equivalent(
    "L6 dropped function x.detach().clone()→x.detach()", "A detached tensor may require a gradient without x doing so."
)
grad_cam.equivalent("L6 dropped function x.detach()→x", "The gradient is asked for where the graph passes the clone.")
grad_cam.equivalent(
    "L10 dropped statement label = torch.as_tensor(label).expand(len(x))→pass",
    "A single number goes with every row: indexing stretches it by itself.",
)
grad_cam.equivalent(
    "L12 sibling function asked.sum→asked.mean", "A constant factor, which the division by the maximum removes."
)
grad_cam.equivalent(
    "L13 sibling function gradient.mean→gradient.sum", "A constant factor, which the division by the maximum removes."
)
grad_cam.equivalent(
    "L14 sibling function (weights * heard[0]).sum→(weights * heard[0]).mean",
    "A constant factor, which the division by the maximum removes.",
)
grad_cam.equivalent("L12 constant 0→-1", "A layer that is called once is heard once.")
grad_cam.equivalent("L14 constant 0→-1", "A layer that is called once is heard once.")
grad_cam.equivalent("L13 constant 2→-2", "Of four axes, axis 2 is the last but one.")
grad_cam.equivalent("L15 constant 2→-2", "Of four axes, axis 2 is the last but one.")
grad_cam.equivalent("L17 constant 2→-2", "Of four axes, axis 2 is the last but one.")
grad_cam.equivalent("L16 dropped keyword align_corners=False", "It is what PyTorch does unless told otherwise.")
grad_cam.equivalent("L18 constant 1.0→2.0", "There the map is 0, whatever it is divided by.")
grad_cam.equivalent("L18 constant 1.0→-1.0", "There the map is 0, whatever it is divided by.")
grad_cam.equivalent("L18 constant 0→-1 #2", "There is one channel: the first is the last.")
