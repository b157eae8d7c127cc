"""The figure's own way to look inside a network: all its convolutions at once, and what speaks for one class in them.

Every call of torch.conv2d is noted while the network reads, whichever layer makes it.
"""

from contextlib import contextmanager

import numpy as np
import torch
from torch.nn.functional import interpolate
from torch.overrides import TorchFunctionMode


class Ear(TorchFunctionMode):
    """While it listens, what each convolution returns: {its weights: (a copy to show, the result itself)}."""

    def __init__(self):
        super().__init__()
        self.heard = {}

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if function is torch.conv2d:
            self.heard.setdefault(args[1], (result.detach().clone(), result))
        return result


@contextmanager
def in_evaluation_mode(model):
    """Evaluation mode, and afterwards the mode that each part of the model was in."""
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def heard_by(model, batch):
    """What the model's convolutions return for a batch, by their weights, as `Ear` notes it."""
    with in_evaluation_mode(model), torch.no_grad(), Ear() as ear:
        model(batch)
    return ear.heard


def looked_into(model, picture, label, kind, layer):
    """All that the figure shows of one reading: (maps of each convolution by its weights, what is laid over or None).

    picture: (28, 28); `kind` of what is laid over: "saliency", "Grad-CAM" of a layer, or "none". One pass through the
    network, and one back from the score of the label.
    """
    x = torch.from_numpy(np.array(picture, dtype=np.float32))[None, None].requires_grad_()
    with in_evaluation_mode(model), torch.enable_grad(), Ear() as ear:
        score = model(x)[0, label]
    maps = {weights: shown[0].numpy() for weights, (shown, _) in ear.heard.items()}
    if kind == "saliency":
        (slope,) = torch.autograd.grad(score, x)
        return maps, slope[0, 0].abs().numpy()
    if kind == "none" or layer is None or layer.weight not in ear.heard:
        return maps, None
    found = ear.heard[layer.weight][1]
    (slope,) = torch.autograd.grad(score, found)
    weighed = torch.einsum("chw,c->hw", found[0].detach(), slope[0].mean(dim=(1, 2)))
    spot = interpolate(weighed.clamp(min=0)[None, None], picture.shape, mode="bilinear", align_corners=False)
    return maps, (spot / spot.max().clamp(min=1e-12))[0, 0].numpy()
