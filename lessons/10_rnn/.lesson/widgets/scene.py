"""The picture of the unrolled network: eigenvalues, hidden states, and the gradient at each step."""

import math

import numpy as np

from course.figures.scene import Arrow, Blocks, Cell, Field, Line, Plot, Points, Table, Text, Thing, number

from .numbers import UNITS

LOW, HIGH = 1e-12, 1e6  # of the gradients shown, whatever they are
ROUND, WIDE = 1.5, 4.0  # how far the plane of the eigenvalues reaches, for small and for large ones
SIDE, ACROSS = 270, 600
LEFT = 46  # pixels left of the axes
NEAR, LINE = 2.0, 1.2  # decades: between two ends that leave no room for a name, and from name to name


def panels(state, arrays):
    return [
        _eigenvalues(arrays["eigenvalues"]),
        _numbers(state, arrays),
        _states(state, arrays),
        _gradients(state, arrays),
    ]


# --- left: Wh alone -------------------------------------------------------------------------------------


def _eigenvalues(values):
    reach = ROUND if np.abs(values).max() < 0.9 * ROUND else WIDE
    angle = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    inside = np.abs(values) <= 1 + 1e-9
    return Plot(
        "eigenvalues",
        (-reach, reach),
        (-reach, reach),
        [
            Line(circle, series=-1, width=2),
            Points(np.stack([values.real, values.imag], axis=-1), classes=inside, size=4.5),
        ],
        title="Eigenvalues of Wh, unit circle",
        xlabel="real part",
        ylabel="imaginary part",
        width=SIDE,
        height=SIDE - 14,
    )


def _numbers(state, arrays):
    start, norms = arrays["run"].norms[0], arrays["run"].norms
    rows = [
        ["largest singular value", written(arrays["stretch"])],
        ["mean slope of the bend", number(arrays["slope"])],
        ["each step back: ×", Cell(written(norms[0] ** (1 / state["loss"])), "strong")],
        [f"gradient at step {state['loss']}", written(norms[-1])],
        ["gradient at step 0", Cell(written(start), "strong")],
        ["memory_span says", written(arrays["span"][-1])],
    ]
    if arrays["clipped"]:
        rows += [
            ["gradient of the weights", written(arrays["clipped"].before)],
            ["after clipping", Cell(written(arrays["clipped"].after), "strong")],
        ]
    return Table("numbers", rows, "In numbers", rule=6 if arrays["clipped"] else None, width=SIDE)


# --- right: through time ------------------------------------------------------------------------------


def _time_axis(state):
    steps = state["steps"]
    return (-0.014 * steps - 0.4, steps * (1.14 if state["clip"] else 1.03))


def _states(state, arrays):
    states = np.clip(arrays["run"].states, -1, 1)
    return Plot(
        "states",
        _time_axis(state),
        (0.5, UNITS + 0.5),
        [Field(states.T, (0, len(states) - 1), (1, UNITS), label="h"), *_mark(state["loss"], 0.5, UNITS + 0.5)],
        title=f"Hidden states of {UNITS} units: orange −1, white 0, blue 1",
        left=LEFT,
        width=ACROSS,
        height=120,
        column=1,
    )


def _gradients(state, arrays):
    run, loss, clipped = arrays["run"], state["loss"], arrays["clipped"]
    steps = np.arange(loss + 1)
    curves = [(scale, norms, {"series": 5, "width": 1.6, "dash": False}) for scale, norms in arrays["others"]]
    curves.append((state["scale"], run.norms, {"series": 0, "width": 2.6}))
    dashes = f"dashed: {arrays['whose span']} memory_span" + (", dotted: clipped" if clipped else "")
    layers = [
        Blocks(np.stack([steps - 0.36, np.full(loss + 1, LOW), steps + 0.36, _within(run.norms)], axis=-1)),
        *(_backwards(norms, **style) for _, norms, style in curves),
        _backwards(np.append(arrays["span"][::-1], 1.0), series=1),
        *_mark(loss, LOW, HIGH),
        *(_clipping(state, clipped, run.norms) if clipped else []),
        *_names(curves),
        *([Text(loss + 0.03 * state["steps"], 1e-8, "no gradient here")] if loss <= 0.4 * state["steps"] else []),
    ]
    return Plot(
        "gradients",
        _time_axis(state),
        (LOW, HIGH),
        layers,
        [Thing("loss", loss, 1.0, "loss", step=1, line=(loss, LOW, loss, HIGH), axis="x")],
        title=f"Length of dL/dh ({dashes})",
        xlabel="step",
        ylog=True,
        width=ACROSS,
        height=350,
        column=1,
    )


def _backwards(values, **style):
    """A line from the loss back to step 0."""
    steps = np.arange(len(values))
    return Line(np.stack([steps, _within(values)], axis=-1)[::-1], **style)


def _names(curves):
    """The words above the end of each curve, drawn over everything: its scale, and what it leaves at step 0.

    Curves that end near each other have their names above all of them, in their order.
    """
    words = []
    curves = sorted(curves, key=lambda curve: -curve[1][0])
    ends = np.log10([_within(norms[0]) for _, norms, _ in curves])
    tops = np.log10([_within(norms[: 1 + len(norms) // 5]).max() for _, norms, _ in curves])
    if (-np.diff(ends) < NEAR).any():
        tops = tops.max() + LINE * np.arange(len(curves))[::-1]
    for (scale, norms, style), top in zip(curves, tops, strict=True):
        height = min(10 ** (top + 0.75), HIGH / 10)
        name = f"{number(scale, 1 if round(scale, 1) == scale else 2)}: {written(norms[0])}"
        words.append(Line([[0, height]], label=name, series=style["series"]))
    return words


def _mark(loss, low, high):
    return [Line([[loss, low], [loss, high]], series=-1, width=1.5)]


def _clipping(state, clipped, norms):
    """The curve times the factor of the clipping; right of the steps the weights' gradient, before (open) and after."""
    steps = state["steps"]
    before, after = np.clip(_within([clipped.before, clipped.after]), 3 * LOW, HIGH / 3)  # markers drawn whole
    arrow = [Arrow(1.08 * steps, before, 1.08 * steps, after)] if after < before else []
    marks = Points([[1.08 * steps, before], [1.08 * steps, after]], classes=[0, 1], size=6)
    words = Text(1.05 * steps, max(after / 1000, 10 * LOW), "dW")
    return [_backwards(norms * clipped.factor, series=2, width=2.4), *arrow, marks, words]


def _within(values):
    """As drawn: what leaves the axis runs along its edge."""
    return np.clip(np.nan_to_num(np.asarray(values, dtype=float), nan=LOW, posinf=HIGH), LOW, HIGH)


def written(value):
    """A number of any size in few characters."""
    if not math.isfinite(value):
        return "not finite"
    if value == 0 or 0.001 <= abs(value) < 1000:
        return number(value, 3 if 0 < abs(value) < 0.01 else 0 if abs(value) >= 100 else 2)
    return f"{value:.0e}".replace("e-0", "e−").replace("e+0", "e").replace("e+", "e").replace("e-", "e−")
