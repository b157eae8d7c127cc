"""Which network reads the drawing, and what it says."""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from course.figures.functions import LearnerError

from .listening import in_evaluation_mode

CHECKPOINT = Path(__file__).with_name("digit_reader.npz")


def stored_network(path):
    """The trained network that a file holds (layers by their names in torch.nn, then weights), in evaluation mode."""
    with np.load(path) as stored:
        layers = json.loads(str(stored["layers"]))
        weights = [torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files if name != "layers"]
    return filled(nn.Sequential(*(getattr(nn, kind)(**settings) for kind, settings in layers)), weights)


def filled(model, weights):
    """The model with these weights, in evaluation mode; None if its own have other shapes."""
    slots = weights_of(model)
    if [slot.shape for slot in slots] != [value.shape for value in weights]:
        return None
    for slot, value in zip(slots, weights, strict=True):
        slot.copy_(value)
    return model.eval()


def weights_of(model):
    """All numbers that a training made, batch norm's running means and variances among them."""
    return [value for value in model.state_dict().values() if value.is_floating_point()]


class Readers:
    """The network of each frame; one made from the reader's ConvNet is kept while that class stays the same."""

    def __init__(self):
        self._ours = None
        self._made = (None, None)  # their class, and what was made of it

    def model(self, functions):
        """(network, its name): your digit_reader; or ours, as your ConvNet if its weights fit that."""
        theirs = functions.theirs("digit_reader")
        if isinstance(theirs, nn.Module):
            functions.used["digit_reader"] = "your"
            return theirs, "digit_reader"
        functions.used["digit_reader"] = "our"
        if self._ours is None:
            self._ours = stored_network(CHECKPOINT)
        cls = functions.theirs("ConvNet")
        if cls is not None and self._made[0] is not cls:
            self._made = (cls, made_of_theirs(functions, self._ours))
        if cls is None or self._made[1] is None:
            functions.used.pop("ConvNet", None)
            return self._ours, "digit_reader"
        functions.used["ConvNet"] = "your"
        return self._made[1], "ConvNet"


def made_of_theirs(functions, ours):
    """Their ConvNet with our network's weights; None if these don't fit, or if it isn't written (nor its forward)."""
    if not functions.written("ConvNet"):
        return None
    made = functions.call("ConvNet")
    if not isinstance(made, nn.Module):
        raise LearnerError("Your ConvNet must be an nn.Module, so that torch finds its layers.")
    try:
        with torch.inference_mode():
            made.eval()(as_batch(np.zeros((28, 28))))
    except NotImplementedError:
        return None
    except Exception as error:
        raise LearnerError(f"Your ConvNet stopped: {type(error).__name__}: {error}") from error
    return filled(made, weights_of(ours))


def probabilities(model, name, image):
    """(10,) float64: what the network makes of one image (28, 28); its mode stays as it was."""
    try:
        with in_evaluation_mode(model), torch.inference_mode():
            scores = model(as_batch(image))
    except Exception as error:
        raise LearnerError(f"Your {name} stopped: {type(error).__name__}: {error}") from error
    if not isinstance(scores, torch.Tensor) or scores.shape != (1, 10):
        got = tuple(scores.shape) if isinstance(scores, torch.Tensor) else type(scores).__name__
        raise LearnerError(f"Your {name} must give scores of shape (1, 10) for one image; it gave {got}.")
    return scores[0].double().softmax(dim=0).numpy()


def as_batch(image):
    """One image (28, 28) as the tensor (1, 1, 28, 28) that a ConvNet takes."""
    return torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32))[None, None]


def convolutions(model):
    """All convolutions inside the model, in its order, by the names that the figure gives them."""
    return {f"conv {k + 1}": part for k, part in enumerate(m for m in model.modules() if isinstance(m, nn.Conv2d))}
