"""What the playground draws: the network as pictures, the plane with its points, losses as numbers and curves."""

import numpy as np

from course.figures.scene import Cell, Field, Line, Maps, Plot, Points, Table, Text, number

from .data import CLASSIFICATION, EDGE
from .network import INPUTS, part_names, place_in_weights, square

SPAN = (-EDGE, EDGE)


def panels(state, arrays):
    """All panels; the data's controls stand in a column of their own before them."""
    return [
        network(state, arrays),
        output(state, arrays),
        legend(state),
        numbers(state, arrays),
        curves(state),
    ]


def network(state, arrays):
    names = part_names(state)
    off = [name for name in names[0] if name not in state["inputs"]]
    if "inputs" in state["hide"]:
        names[0] = list(state["inputs"])
        off = []
    flat = np.concatenate([np.ravel(part) for pair in arrays["params"] for part in pair])
    shown = [*names[0], *(name for layer in names[1:] for name in layer)]
    pictures = {**dict(zip(INPUTS, arrays["input_pictures"], strict=True)), **arrays["pictures"]}
    places = [place_in_weights(name, state) for name in shown]
    return Maps(
        "network",
        names,
        np.stack([pictures[name] for name in shown]),
        [np.nan if place is None else flat[place] for place in places],
        np.concatenate([W.ravel() for W, _ in arrays["params"]]),
        off,
        captions=["inputs", *("" for _ in state["layers"]), "scores" if state["task"] == CLASSIFICATION else "output"],
        grows="layers" not in state["hide"],
        title=arrays["comment"],
        width=470,
        height=410,
        column=1,
    )


def output(state, arrays):
    """The answer over the plane, the contour where it changes sides, and the points."""
    values = np.sign(arrays["field"]) if state["discretise"] else arrays["field"]
    classify = state["task"] == CLASSIFICATION
    label = "p blue − p orange" if classify else "output"
    layers = [Field(values, SPAN, SPAN, contour=0.0 if classify else None, label=label)]
    data = arrays["data"]
    if state["show_test"]:
        layers.append(points(data.X_test, data.y_test, data.test, classify, size=3.4 if classify else 2.6, dark=True))
    layers.append(points(data.X_train, data.y_train, data.train, classify, size=4.0 if classify else 3.0, dark=False))
    return Plot(
        "output",
        SPAN,
        SPAN,
        layers,
        title="Output over x₁ and x₂",
        width=340,
        height=340,
        column=2,
        adds=True,
        draws=state["brush"] != "off",
    )


def points(X, y, names, classify, size, dark):
    how = {"classes": y > 0.5} if classify else {"values": y}
    return Points(X, size=size, dark=dark, things=names, **how)


def legend(state):
    """What the colours mean, from −1 to 1."""
    low, high = ("orange −1", "blue +1") if state["task"] == CLASSIFICATION else ("−1", "+1")
    layers = [
        Field(np.tile(np.linspace(-1, 1, 64), (2, 1)), (-1, 1), (0, 1)),
        Text(-0.96, 0.3, low),
        Text(-0.03, 0.3, "0"),
        Text(0.53 if len(high) > 2 else 0.8, 0.3, high),
    ]
    return Plot("legend", (-1, 1), (0, 1), layers, width=340, height=26, column=2, axes=False)


def numbers(state, arrays):
    """Losses and accuracies of both parts."""
    rows = [["loss", shown(arrays["losses"][0], 4), shown(arrays["losses"][1], 4)]]
    if state["task"] == CLASSIFICATION:
        rows.append(["accuracy", percent(arrays["accuracies"][0]), percent(arrays["accuracies"][1])])
    counts = (len(arrays["data"].y_train), len(arrays["data"].y_test))
    rows.append([Cell("points", "muted"), *(Cell(str(count), "muted") for count in counts)])
    header = [f"epoch {state['epoch']}", "train", "test"]
    return Table("numbers", rows, header=header, column=2, width=230)


def curves(state):
    """Both losses by epoch on a log axis that keeps still while they move along it."""
    curve = [(e, a, b) for e, a, b in state["_curve"] or [] if a is not None and np.isfinite(a)]
    table = np.array([(e, a, np.nan if b is None else b) for e, a, b in curve], dtype=float).reshape(-1, 3)
    losses = table[:, 1:][np.isfinite(table[:, 1:]) & (table[:, 1:] > 0)]
    low, high = (losses.min(), losses.max()) if losses.size else (0.1, 1.0)
    low, high = 10 ** np.floor(np.log10(low)), 10 ** np.ceil(np.log10(high) + 1e-9)
    layers = [
        Line(table[:, [0, 2]], label="test", series=1),
        Line(table[:, [0, 1]], label="train", series=0),
    ]
    end = rounded_up(table[-1, 0] if len(table) else 1)
    return Plot(
        "curves",
        (0, end),
        (float(max(low, 1e-8)), float(min(high, 1e8))),
        layers if len(table) > 1 else [],
        title="Loss by epoch, log scale",
        ylog=True,
        xlabel="epoch",
        width=340,
        height=150,
        column=2,
    )


def rounded_up(epochs):
    """The next of 10, 15, 20, 30, 50, 70, 100, …: the axis changes seldom."""
    power = 10.0
    while True:
        for factor in (1, 1.5, 2, 3, 5, 7):
            if epochs <= factor * power:
                return factor * power
        power *= 10


# --- pictures -------------------------------------------------------------------------------------------


def as_pictures(values, n, scale=None):
    """Values (n², k) of k neurons on the grid as uint8 pictures (k, n, n); each by its largest, or by `scale`."""
    values = np.nan_to_num(values.T, nan=0.0, posinf=1e6, neginf=-1e6)
    largest = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-9) if scale is None else scale
    return np.clip(values * (127 / largest) + 128, 0, 255).astype(np.uint8).reshape(-1, n, n)


def input_pictures(n):
    """Pictures of all seven inputs."""
    X = square(n)
    return as_pictures(np.stack([INPUTS[name](X[:, 0], X[:, 1]) for name in INPUTS], axis=1), n)


# --- words ----------------------------------------------------------------------------------------------


def shown(value, digits):
    if value is None or not np.isfinite(value):
        return "–"
    return number(value, digits) if abs(value) < 1e4 else f"{value:.1e}"


def percent(value):
    return "–" if value is None else f"{100 * value:.1f} %"


def diverged(state):
    """That it diverged, and what helps; "" if it did not."""
    if state["_diverged"] is None:
        return ""
    return f"Diverged at epoch {state['_diverged']}: the weights ran away. Lower the learning rate, then Restart."


def in_words(state, arrays):
    """The sentence that is read out."""
    if state["data"] != "your own":
        data = f"{state['data']}, {len(arrays['data'].y_train)} points to train on"
    else:
        data = f"{len(arrays['data'].y_train)} points of your own"
    if state["noise"]:
        data += f", noise {state['noise']}"
    inputs = ", ".join(state["inputs"])
    shape = f"hidden layers {'-'.join(map(str, state['layers']))}" if state["layers"] else "no hidden layer"
    text = f"{data[0].upper()}{data[1:]}. Inputs {inputs}; {shape}; {state['activation']}. "
    if state["_diverged"] is not None:
        return text + diverged(state)
    train, test = arrays["losses"]
    text += f"Epoch {state['epoch']}: train loss {shown(train, 4)}, test loss {shown(test, 4)}"
    if state["task"] == CLASSIFICATION:
        right, right_test = arrays["accuracies"]
        text += f"; accuracy {percent(right)} and {percent(right_test)}"
    return f"{text}."
