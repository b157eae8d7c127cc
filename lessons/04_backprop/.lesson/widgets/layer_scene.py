"""What is drawn of two layers: the network with its arrays, a product with its row and column, and one entry's sum."""

import numpy as np

from course.figures.scene import Cell, Edge, Field, Line, Net, Node, Plot, Table, Text, Thing, number

from .layer_numbers import STEPS, same, shape

CELL = 30  # pixels of an entry
ACROSS, GAP = 0.4, 0.9  # entries between the result and the factors at its left and above, where names stand
X_RANGE, TALL = (-5.1, 4.7), 11.3  # of the picture, in entries: room for the largest of all steps
CHARACTER = 8.5 / CELL  # the width of one, in entries
PLACES = {
    "X": (0.08, 0.27), "W1": (0.2, 0.76), "b1": (0.38, 0.76), "Z": (0.38, 0.27), "A": (0.62, 0.27), "W2": (0.74, 0.76),
    "b2": (0.92, 0.76), "S": (0.92, 0.27),
}  # fmt: skip
LINES = (("X", "Z"), ("W1", "Z"), ("b1", "Z"), ("Z", "A"), ("A", "S"), ("W2", "S"), ("b2", "S"))


def network(step, arrays):
    """The arrays of the network with their shapes; the line that the message has just come along is lit."""
    now = STEPS[step].node
    known = {one.node for one in STEPS[1 : step + 1]}
    nodes = [
        Node(name, x, y, f"{name} ✓" if name in known else name, (own_shape(name, arrays),), mark="now" * (name == now))
        for name, (x, y) in PLACES.items()
    ]
    edges = [
        Edge(
            f"{a}→{b}",
            a,
            b,
            None,
            arrow="source" if a == now else "target",
            strong=a == now or (step == 0 and b == "S"),
        )
        for a, b in LINES
    ]
    title = "Forwards: every array is known" if step == 0 else f"Step {step} of {len(STEPS) - 1}: {STEPS[step].name}"
    return Net("network", nodes, edges, f"{title}. Click an array to go there", width=430, height=130)


def product_picture(step, row, column, arrays):
    """The factors at the left and above, the result where they meet: each entry in the row and column it is made of."""
    left, top, result = arrays["left"], arrays["top"], arrays["result"]
    high = 1.6 * max(1.0, *(float(np.abs(part).max()) for part in (left, top, result)))
    corners = ((-left.shape[1] - ACROSS, 0.0), (0.0, len(top) + GAP), (0.0, 0.0))
    layers = []
    named = list(zip((step.name, *step.names[::-1]), corners[::-1], (result, top, left), strict=True))
    named.sort(key=lambda one: 1 in one[2].shape)  # the readout is that of the first: not of one that is drawn twice
    layers += [coloured(part, x, y, high, label) for label, (x, y), part in named]
    layers += [Text(*place, words) for place, words in headings(step, left, top, result)]
    for (x, y), part in zip(corners, (left, top, result), strict=True):
        for (i, j), value in np.ndenumerate(part):
            words = written(float(value))
            layers.append(Text(x + j - CHARACTER * len(words) / 2, y - i - 0.13, words))
    layers += [
        Line(outline(*box), series=series, dash=False, width=2.5)
        for box, series in marked(step, row, column, corners, left, top)
    ]
    box = (column - 0.5, -row - 0.5, column + 0.5, -row + 0.5)
    entry = Thing("entry", column, -row, f"{step.name}[{row}, {column}]", step=1, shape="none", box=box)
    upper = len(top) + GAP + 1.3
    size = {"width": round(CELL * (X_RANGE[1] - X_RANGE[0])), "height": round(CELL * TALL)}
    title = f"{step.formula}: {step.fitting(arrays)}. {step.why}"
    return Plot("product", X_RANGE, (upper - TALL, upper), layers, [entry], title, axes=False, follows="entry", **size)


def coloured(part, x, y, high, label):
    """The colours of an array whose first entry is at (x, y). A single row or column is drawn as two narrow ones."""
    rows, columns = part.shape
    xs = (x, x + columns - 1) if columns > 1 else (x - 0.25, x + 0.25)
    ys = (y - rows + 1, y) if rows > 1 else (y - 0.25, y + 0.25)
    shown = part.repeat(2 if rows == 1 else 1, axis=0).repeat(2 if columns == 1 else 1, axis=1)
    return Field(shown, xs, ys, -high, high, label=label, pixels=True)


def headings(step, left, top, result):
    """Where the name and the shape of each of the three stand."""
    names = [f"{name} {shape(part)}" for name, part in zip((*step.names, step.name), (left, top, result), strict=True)]
    return (
        ((-left.shape[1] - ACROSS - 0.5, 0.62), names[0]),
        ((-0.5, len(top) + GAP + 0.62), names[1]),
        ((-0.5, -len(result) - 0.1), names[2]),
    )


def marked(step, row, column, corners, left, top):
    """Boxes around the row and the column that make the entry (of a product entry by entry, around the two entries)."""
    (x, _), (_, y) = corners[:2]
    if step.entrywise:
        at = (x + column - 0.5, -row - 0.5, x + column + 0.5, -row + 0.5)
        return ((at, 0), ((column - 0.5, y - row - 0.5, column + 0.5, y - row + 0.5), 1))
    across = (x - 0.5, -row - 0.5, x + left.shape[1] - 0.5, -row + 0.5)
    return ((across, 0), ((column - 0.5, y - len(top) + 0.5, column + 0.5, y + 0.5), 1))


def outline(x0, y0, x1, y1):
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]


def entry_table(step, row, column, arrays):
    """The sum that makes the chosen entry, product by product."""
    left, top, worked = arrays["left"], arrays["top"], float(arrays["worked"][row, column])
    value = float(arrays["result"][row, column])
    if step.entrywise:
        pairs, along = [(left[row, column], top[row, column])], ["entry"]
    else:
        pairs = list(zip(left[row], top[:, column], strict=True))
        along = [f"{step.along} {k}" for k in range(len(pairs))]
    rows = [
        [name, f"{written(float(a))} · {bracketed(float(b))}", signed(float(a * b))]
        for name, (a, b) in zip(along, pairs, strict=True)
    ]
    if step.name == "S":
        rows.append(["bias", "", signed(float(step.added(arrays)[0, column]))])
    rule = len(rows)
    rows.append([Cell("together", "strong"), "", Cell(written(worked), "strong")])
    right = same(value, worked)
    whose = {"Your": "your result", "Our": "our result"}.get(arrays["whose"], "the figure's")
    rows.append([Cell(whose, "muted" if right else "orange"), "=" if right else "≠", written(value)])
    left_name, top_name = step.names
    title = f"{step.name}[{row}, {column}]"
    title += "" if step.entrywise else f": row {row} of {left_name}, column {column} of {top_name}"
    return Table("entry", rows, title, ["", f"{left_name} · {top_name}", "adds"], rule=rule, column=1, width=260)


def shapes_table(step, arrays):
    """Every array beside its gradient, which has its shape; those that haven't come yet are left out."""
    known = {one.node: one.name for one in STEPS[1 : step + 1]} | {"S": "dS"}
    rows = []
    for name in ("S", "W2", "b2", "A", "Z", "W1", "b1", "X"):
        now = STEPS[step].node == name
        gradient = f"{known[name]} {own_shape(known[name], arrays)}" if name in known else ""
        rows.append(
            [Cell(f"{name} {own_shape(name, arrays)}", "strong" if now else ""), Cell(gradient, "strong" if now else "")]
        )
    return Table("shapes", rows, "Each gradient has the shape of its array", ["array", "gradient"], column=1, width=260)


def own_shape(name, arrays):
    """The shape that the array of this name has in the reader's functions, where a bias is no row of a table."""
    array = arrays[name]
    return f"({array.shape[1]},)" if name.removeprefix("d") in ("b1", "b2") else shape(array)


def written(value):
    """A whole number without a point, others with two digits."""
    return number(value, 0) if abs(value - round(value)) < 1e-9 else number(value)


def bracketed(value):
    return f"({written(value)})" if value < 0 else written(value)


def signed(value):
    return Cell(written(value), "blue" if value >= 0 else "orange")
