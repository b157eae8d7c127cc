"""The charts of the training monitor, on one time axis, and the numbers at the cursor."""

import math

import numpy as np

from course.figures.scene import Cell, Line, Plot, Table, Text, Thing, number

from .training_run import PER_TICK

LOSS, NORM, RATIO = (0.01, 100.0), (1e-8, 1e3), (1e-6, 10.0)  # what the logarithmic axes show, always the same
BAND = (1e-4, 1e-2)  # where the size of an update relative to the weights usually lies when training goes well
WIDTH, HEIGHT = 400, 120


def charts(state, arrays):
    grey = bool(arrays["healthy"])
    loss = "Loss, and of the healthy run (grey)" if grey else "Loss"
    accuracy = "Accuracy: training solid, held out dashed"
    norms = "Gradient norms (grey: layer 1 when healthy)" if grey else "Gradient norms"
    ratios = "Update / weight (usual: 1e−4 to 1e−2)"
    return [
        _chart("loss", state, arrays, LOSS, _loss_lines(arrays), loss, column=0, flags=True),
        _chart("accuracy", state, arrays, (0.0, 1.0), _accuracy_lines(arrays), accuracy, column=0, steps=True),
        _chart("norms", state, arrays, NORM, _layer_lines(arrays, "norms"), norms, column=1),
        _chart("ratios", state, arrays, RATIO, _ratio_lines(arrays), ratios, column=1, steps=True),
    ]


def _chart(name, state, arrays, y, lines, title, column, steps=False, flags=False):
    """One chart; `steps` names the axis below it, `flags` has the words of the events."""
    low, high = y
    log = name != "accuracy"
    layers = [*lines]
    for k, (step, words) in enumerate(arrays["events"]):
        layers.append(Line([[step, low], [step, high]], series=-1, width=1.2, dash=True))
        if flags:
            layers.append(Text(step, high / 2.2 / 3.2 ** (k % 3), words))
    things = []
    if arrays["rows"]:
        at = arrays["row"].step
        layers.append(Line([[at, low], [at, high]], series=-1, width=2))
        middle = math.sqrt(low * high) if log else (low + high) / 2
        line = (at, low, at, high)
        things = [Thing(f"cursor {name}", at, middle, "cursor", step=PER_TICK, shape="none", line=line, axis="x")]
    return Plot(
        name,
        (0, arrays["end"]),
        y,
        layers,
        things,
        title,
        xlabel="training steps" if steps else "",
        ylog=log,
        width=WIDTH,
        height=HEIGHT + (16 if steps else 0),
        column=column,
    )


def _line(rows, values, y=None, **style):
    """A line over the steps; with y, values outside are drawn at the edge."""
    steps = [row.step for row in rows]
    values = np.nan_to_num(np.array(values, dtype=float), nan=np.inf)
    values = values if y is None else np.clip(values, *y)
    return Line(np.stack([steps, values], axis=-1) if steps else [], marker=len(steps) == 1, **style)


def _loss_lines(arrays):
    rows, healthy = arrays["rows"], arrays["healthy"]
    return [
        _line(healthy, [row.loss for row in healthy], LOSS, series=-1, width=2.5),
        _line(rows, [row.loss for row in rows], LOSS, series=0),
    ]


def _accuracy_lines(arrays):
    rows, healthy = arrays["rows"], arrays["healthy"]
    return [
        _line(healthy, [row.held_out for row in healthy], series=-1, width=2.5),
        _line(rows, [row.train for row in rows], series=0),
        _line(rows, [row.held_out for row in rows], series=1),
    ]


def _layer_lines(arrays, name):
    rows, healthy = arrays["rows"], arrays["healthy"]
    y = NORM if name == "norms" else RATIO
    lines = []
    if healthy:
        first = [getattr(row, name)[0] for row in healthy]
        lines.append(_line(healthy, first, y, series=-1, width=2.5))
    for layer in range(len(rows[0].norms) if rows else 0):
        values = [getattr(row, name)[layer] for row in rows]
        lines.append(_line(rows, values, y, label=_end_label(arrays, name, layer, y), series=layer))
    return lines


def _end_label(arrays, name, layer, y):
    """The layer's number at the end of its line, unless the line of another layer ends in the same place."""
    low, high = (math.log10(edge) for edge in y)
    ends = [math.log10(min(max(value, y[0]), y[1])) for value in getattr(arrays["rows"][-1], name)]
    crowded = any(abs(ends[layer] - other) < (high - low) / 9 for other in ends[:layer])
    return "" if crowded else f"layer {layer + 1}" if layer == 0 else str(layer + 1)


def _ratio_lines(arrays):
    edges = [Line([[0, edge], [arrays["end"], edge]], series=-1, width=1, dash=True) for edge in BAND]
    return [*edges, *_layer_lines(arrays, "ratios")]


# --- numbers --------------------------------------------------------------------------------------------


def tables(state, arrays):
    if not arrays["rows"]:
        return [Table("now", [[Cell("Not trained yet: press Train.", "muted")]], "Step 0", width=WIDTH)]
    row = arrays["row"]
    healthy = arrays["healthy"][arrays["place"]] if arrays["place"] < len(arrays["healthy"]) else None
    numbers = [
        ["loss", written(row.loss), "" if healthy is None else Cell(written(healthy.loss), "muted")],
        ["train", number(row.train), "" if healthy is None else Cell(number(healthy.train), "muted")],
        ["held out", number(row.held_out), "" if healthy is None else Cell(number(healthy.held_out), "muted")],
    ]
    header = ["", "this run", "healthy" if healthy else ""]
    layers = []
    for layer, (norm, ratio) in enumerate(zip(row.norms, row.ratios, strict=True)):
        usual = BAND[0] <= ratio <= BAND[1]
        layers.append([f"layer {layer + 1}", written(norm), Cell(written(ratio), "" if usual else "orange")])
    return [
        Table("now", numbers, f"At step {row.step}", header, width=WIDTH),
        Table(
            "layers",
            layers,
            f"Each layer at step {row.step}",
            ["", "gradient norm", "update / weight"],
            column=1,
            width=WIDTH,
        ),
    ]


def written(value):
    """A number of any size in at most seven characters."""
    if not math.isfinite(value):
        return "not finite"
    if value == 0 or 0.01 <= abs(value) < 1000:
        return number(value)
    return f"{value:.0e}".replace("e-0", "e−").replace("e+0", "e").replace("e+", "e").replace("e-", "e−")
