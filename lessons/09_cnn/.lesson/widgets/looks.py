"""What the figure sees inside the network: by your feature_maps, saliency and grad_cam, or on a way of its own."""

import numpy as np
import torch

from course.figures.functions import LearnerError

from .listening import heard_by, looked_into
from .reader import as_batch
from .samples import known_digits
from .scene import strong

LOOKED_AT, SHOWN, AT_ONCE = 1000, 8, 250  # test digits that a filter is tried on, those shown, and per call


def looks(functions, model, got, label, kind, layers, at):
    """What is seen inside the network: its maps by layer, and what is laid over its input, (28, 28) or None."""
    own, x = None, as_batch(got)
    needed = {"saliency": "saliency", "Grad-CAM": "grad_cam"}.get(kind)
    missing = [name for name in ("feature_maps", needed) if name and not functions.have(name)]
    if missing:
        functions.own(*missing)
        own = looked_into(model, got, label, kind, layers.get(at))
    if "feature_maps" in missing:
        maps = {one: np.nan_to_num(own[0][layer.weight]) for one, layer in layers.items() if layer.weight in own[0]}
    else:
        maps = {one: maps_of(functions, model, x, layer) for one, layer in layers.items()}
    if needed in missing:
        return maps, None if own[1] is None else laid_over(own[1], kind)
    return maps, overlay(functions, kind, model, x, label, layers.get(at))


def maps_of(functions, model, x, layer):
    """(channels, h, w): what your feature_maps says this layer returns."""
    maps = asked(functions, "feature_maps", model, x, layer)
    if maps.ndim != 4 or len(maps) != 1:
        raise LearnerError(f"Your feature_maps must return (n, channels, h, w); for one image it gave {maps.shape}.")
    if maps.shape[1] != layer.out_channels:
        functions.note(
            f"Your feature_maps gave {maps.shape[1]} maps of a layer with {layer.out_channels} filters. Which layer was it?"
        )
    return np.nan_to_num(maps[0])


def overlay(functions, kind, model, x, label, layer):
    """(28, 28), 0 … 1: saliency relative to its maximum, or Grad-CAM; None if nothing is to be laid over."""
    if kind == "none" or (kind == "Grad-CAM" and layer is None):
        return None
    given = (model, x, label) if kind == "saliency" else (model, x, label, layer)
    name = "saliency" if kind == "saliency" else "grad_cam"
    over = asked(functions, name, *given)
    if over.shape != (1, *x.shape[2:]):
        raise LearnerError(f"Your {name} must return (n, h, w), here (1, 28, 28); it returned {over.shape}.")
    return laid_over(over[0], kind)


def laid_over(over, kind):
    """(28, 28), 0 … 1: saliency relative to its maximum, Grad-CAM as it is."""
    over = np.nan_to_num(over)
    return over / max(float(over.max()), 1e-12) if kind == "saliency" else over.clip(0, 1)


def chosen(state, functions, model, layers, maps):
    """All about the selected filter; None without one."""
    layer_name, _, place = (state["selected"] or "").partition(" filter ")
    if layer_name not in maps or not place.isdigit():
        return None
    layer, k = layers[layer_name], int(place) - 1
    if not 0 <= k < min(len(maps[layer_name]), layer.out_channels):
        return None
    best, answers = EXCITEMENT.most(functions, model, layer, k)
    digits = known_digits()
    if digits.stand_in:
        functions.note("MNIST isn't here: the test digits are scikit-learn's, enlarged.")
    return {
        "name": state["selected"],
        "map": maps[layer_name][k],
        "scale": strong(maps[layer_name]),
        "kernel": layer.weight.detach()[k].float().numpy(),
        "images": digits.images[best],
        "labels": digits.labels[best],
        "answers": answers,
    }


# --- your functions, and what they leave behind ----------------------------------------------------------


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


class Excitement:
    """The strongest answer of each filter to each of the first test digits; kept while weights and code stay."""

    def __init__(self):
        self._known = {}

    def most(self, functions, model, layer, filter):
        """(numbers of the digits that excite the filter most, their largest answers), strongest first."""
        asks, theirs = functions.have("feature_maps"), functions.theirs("feature_maps")
        key = (id(model), asks, theirs, id(layer), _fingerprint(model))
        if key not in self._known:
            digits = known_digits().images[:LOOKED_AT]
            parts = []
            for first in range(0, len(digits), AT_ONCE):
                batch = torch.from_numpy(digits[first : first + AT_ONCE].astype(np.float32) / 255)[:, None]
                if asks:
                    maps = asked(functions, "feature_maps", model, batch, layer)
                else:
                    maps = heard_by(model, batch)[layer.weight][0].numpy()
                parts.append(maps.max(axis=(2, 3)))
            self._known = {key: np.concatenate(parts)}
        answers = self._known[key][:, filter]
        best = np.argsort(-answers, kind="stable")[:SHOWN]
        return best, answers[best]


def _fingerprint(model):
    return tuple(float(value.sum()) for value in model.state_dict().values())


EXCITEMENT = Excitement()
