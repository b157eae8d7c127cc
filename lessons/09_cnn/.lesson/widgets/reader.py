"""Which network reads the drawing, what it says, and which test digits excite one of its filters most."""

import contextlib
import io
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np
import torch
from torch import nn

from course import data
from course.figures.functions import LearnerError

from .reference import ConvNet

CHECKPOINT = Path(__file__).with_name("digit_reader.npz")
LOOKED_AT, SHOWN, AT_ONCE = 1000, 8, 250  # test digits that a filter is tried on, those shown, and per call
STRIDE = 1237  # from one sample to the next, so that they come mixed


@lru_cache(maxsize=1)
def checkpoint():
    """Our trained weights, as float32 tensors by name."""
    with np.load(CHECKPOINT) as stored:
        return {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files}


def filled(model):
    """The model with our weights, in evaluation mode; None if its parameters have other shapes than our network's."""
    ours = list(checkpoint().values())
    slots = [value for value in model.state_dict().values() if value.is_floating_point()]
    if [slot.shape for slot in slots] != [value.shape for value in ours]:
        return None
    for slot, value in zip(slots, ours, strict=True):
        slot.copy_(value)
    return model.eval()


class Readers:
    """The network of each frame; one made from the reader's ConvNet is kept while that class stays the same."""

    def __init__(self):
        self._ours = None
        self._made = (None, None)  # their class, and what was made of it

    def model(self, functions):
        """(network, its name): your digit_reader; or our weights, in your ConvNet if they fit, else in ours."""
        theirs = functions.theirs("digit_reader")
        if isinstance(theirs, nn.Module):
            functions.used["digit_reader"] = "your"
            return theirs, "digit_reader"
        functions.used["digit_reader"] = "our"
        cls = functions.theirs("ConvNet")
        if cls is not None and self._made[0] is not cls:
            self._made = (cls, made_of_theirs(functions))
        model = self._made[1] if cls is not None else None
        functions.used["ConvNet"] = "our" if model is None else "your"
        if self._ours is None:
            self._ours = filled(ConvNet())
        return model or self._ours, "ConvNet"


def made_of_theirs(functions):
    """Their ConvNet with our weights; None if these don't fit, or if it isn't written (its forward included)."""
    made = functions.call("ConvNet")
    if functions.used["ConvNet"] == "our":
        return None
    if not isinstance(made, nn.Module):
        raise LearnerError("Your ConvNet must be an nn.Module, so that torch finds its layers.")
    try:
        with torch.inference_mode():
            made.eval()(as_batch(np.zeros((28, 28))))
    except NotImplementedError:
        return None
    except Exception as error:
        raise LearnerError(f"Your ConvNet stopped: {type(error).__name__}: {error}") from error
    return filled(made)


def probabilities(model, name, image):
    """(10,) float64: what the network makes of one image (28, 28); its mode stays as it was."""
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            scores = model(as_batch(image))
    except Exception as error:
        raise LearnerError(f"Your {name} stopped: {type(error).__name__}: {error}") from error
    finally:
        for part, mode in modes:
            part.training = mode
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


def hooks(model):
    """How many hooks are on the model and its parts."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(part, kind)) for part in model.modules() for kind in kinds)


def asked(functions, name, model, *given):
    """What feature_maps, saliency or grad_cam returns, as float32; says so if hooks were left behind."""
    before = hooks(model)
    result = functions.call(name, model, *given)
    if hooks(model) > before:
        functions.note(f"Your {name} left a hook on the network: call its remove() when you have what you wanted.")
    if not isinstance(result, torch.Tensor):
        raise LearnerError(f"Your {name} must return a tensor; it returned {type(result).__name__}.")
    if result.requires_grad:
        raise LearnerError(f"Your {name} returned a tensor that still records gradients: detach() it.")
    return result.float().numpy()


# --- test digits ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def known_digits():
    """MNIST's test images, or what stands in for them, without the line that says so: the figure says it."""
    with contextlib.redirect_stdout(io.StringIO()):
        return data.mnist()


def sample_image(index):
    """(28, 28) float32, 0 … 1."""
    digits = known_digits()
    return digits.images[index % len(digits.images)].astype(np.float32) / 255


def next_sample(index, wanted=None):
    """The number of another test digit, of a wanted class if one is given."""
    labels = known_digits().labels
    steps = accumulate([0 if index is None else index] + [STRIDE] * len(labels), lambda a, b: (a + b) % len(labels))
    next(steps)
    return next(int(at) for at in steps if wanted is None or labels[at] == wanted)


class Excitement:
    """The strongest answer of each filter to each of the first test digits; kept while weights and code stay."""

    def __init__(self):
        self._known = {}

    def most(self, functions, model, layer, filter):
        """(numbers of the digits that excite the filter most, their largest answers), strongest first."""
        key = (id(model), functions.theirs("feature_maps"), id(layer), _fingerprint(model))
        if key not in self._known:
            digits = known_digits().images[:LOOKED_AT]
            parts = []
            for first in range(0, len(digits), AT_ONCE):
                batch = torch.from_numpy(digits[first : first + AT_ONCE].astype(np.float32) / 255)[:, None]
                parts.append(asked(functions, "feature_maps", model, batch, layer).max(axis=(2, 3)))
            self._known = {key: np.concatenate(parts)}
        answers = self._known[key][:, filter]
        best = np.argsort(-answers, kind="stable")[:SHOWN]
        return best, answers[best]


def _fingerprint(model):
    return tuple(float(value.sum()) for value in model.state_dict().values())
