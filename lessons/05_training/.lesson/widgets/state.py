"""Changes of the playground's state that need no function of yours, and checks of what was given by hand."""

import numpy as np

from .network import INPUTS, MOST_LAYERS, MOST_NEURONS, number_of_weights


def fresh():
    """Before training: weights of the start, epoch 0, no curves, paused."""
    return {"weights": None, "epoch": 0, "_curve": [], "_batches": 0, "_diverged": None, "playing": False}


def toggled(state, name):
    """An input switched on or off, the training started anew. One input always stays."""
    on = [one for one in INPUTS if (one in state["inputs"]) != (one == name)]
    return state | {"inputs": on, "preset": "none"} | fresh() if on else state


def resized(state, grow, layer):
    """One neuron more or less in a hidden layer, or (layer None) one layer; the training started anew."""
    layers = list(state["layers"])
    if layer is None:
        layers = [*layers, 2] if grow else layers[:-1]
    elif layer < len(layers):
        layers[layer] = int(np.clip(layers[layer] + (1 if grow else -1), 1, MOST_NEURONS))
    if layers == state["layers"] or len(layers) > MOST_LAYERS:
        return state
    return state | {"layers": layers, "preset": "none", "selected": None} | fresh()


def check_plain(state):
    """Raises ValueError with a clear sentence if a setting that isn't a control has no sense."""
    inputs, layers = state["inputs"], state["layers"]
    if not isinstance(inputs, list) or not inputs or any(name not in INPUTS for name in inputs):
        raise ValueError(f"inputs must be a list with at least one of {', '.join(INPUTS)}; you gave {inputs!r}.")
    if not isinstance(layers, list) or len(layers) > MOST_LAYERS or not all(whole(n, 1, MOST_NEURONS) for n in layers):
        raise ValueError(
            f"layers must be a list of up to {MOST_LAYERS} widths from 1 to {MOST_NEURONS}; you gave {layers!r}."
        )
    for name in ("seed", "start_seed", "epoch"):
        if not whole(state[name], 0, 10**9):
            raise ValueError(f"{name} must be a whole number from 0; you gave {state[name]!r}.")
    weights, count = state["weights"], number_of_weights(state)
    if weights is not None and not (isinstance(weights, list) and len(weights) == count and numbers(weights)):
        raise ValueError(f"weights must be None or a list of {count} numbers, as many as this network has.")
    places = [*state["moved"].values(), *state["added"]]
    if not all(len(place) == 3 and numbers(place) for place in places):
        raise ValueError("moved and added hold points [x1, x2, label], three numbers each.")
    if not isinstance(state["hide"], list | tuple):
        raise ValueError(f"hide must be a list of names of controls; you gave {state['hide']!r}.")


def whole(value, low, high):
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def numbers(values):
    return all(isinstance(value, int | float) and np.isfinite(value) for value in values)
