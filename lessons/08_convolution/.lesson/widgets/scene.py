"""What the kernel workbench draws: two pictures with the same cursor, and the numbers under the window."""

import numpy as np

from course.figures.scene import Cell, Field, Grid, Hatch, Line, Plot, Points, Table, Thing, number

from .images import CHECKER, DIGIT, DRAW, PHOTO

WIDTH, MIDDLE, SMALL = 264, 200, 128  # of the pictures, of the kernel, of the goal's picture
MARGIN = 8  # of a plot without axes, both sides together
SIDE = {1: 64, 2: 100, 3: 135, 4: 172, 5: 200, 6: 212, 7: 245}  # of a grid of numbers with so many columns


def input_picture(state, arrays):
    """The picture with its padding, the window on it, and what no window ever reads."""
    (h, w), p, windows = arrays["X"].shape, state["padding"], arrays["windows"]
    padded = arrays["padded"]
    x, y = (-p, w - 1.0 + p), (-p, h - 1.0 + p)
    top, left = (corner(arrays, axis) for axis in (0, 1))
    layers = [Field(padded, x, y, 0.0, 1.0, palette="grey", label="brightness", pixels=True)]
    if p:
        ends = [(-0.5, -0.5), (w - 0.5, -0.5), (w - 0.5, h - 0.5), (-0.5, h - 0.5), (-0.5, -0.5)]
        layers.append(Line(ends, series=0, width=1.5))
    boxes = hatched(arrays["unseen"], h, w, p)
    if boxes:
        layers.append(Hatch(boxes))
    if state["dilation"] > 1:
        rows, columns = np.indices((windows.kh, windows.kw)) * state["dilation"]
        layers.append(
            Points(np.stack([left + columns.ravel(), h - 1 - top - rows.ravel()], axis=-1), series=1, size=1.7)
        )
    box = (left - 0.5, h - 0.5 - top, left + windows.wide - 0.5, h - 0.5 - top - windows.tall)
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    window = Thing("window", *middle, "window", step=state["stride"], shape="none", box=box)
    words = {PHOTO: "Photo", DIGIT: "Digit", CHECKER: "Checkerboard", DRAW: "Draw here,"}[state["image"]]
    title = f"{words} {h} × {w}"
    title += f", padded by {p}" if p else ""
    title += ", unseen hatched" if boxes else ""
    return Plot("input", *outer(x, y), layers, [window], title, **picture_size(padded.shape), **plain(state))


def response_picture(state, arrays):
    """The response, or what pooling leaves of it; its places are those of the windows' middles on the picture."""
    windows, pool, h = arrays["windows"], arrays["pool"], arrays["X"].shape[0]
    shown = np.where(arrays["known"], arrays["shown"], np.nan)
    rows, columns = shown.shape
    step = windows.stride * pool
    first_row, first_column = (start + (pool - 1) / 2 * windows.stride for start in windows.first)
    x = (first_column, first_column + (columns - 1) * step)
    y = (h - 1 - first_row - (rows - 1) * step, h - 1 - first_row)
    high = scale_of(arrays["shown"])
    field = Field(shown, x, y, -high, high, palette="signed", label="response", pixels=True)
    row, column = min(arrays["row"] // pool, rows - 1), min(arrays["column"] // pool, columns - 1)
    at = (x[0] + column * step, y[1] - row * step)
    half = step / 2
    box = (at[0] - half, at[1] - half, at[0] + half, at[1] + half)
    pixel = Thing("pixel", *at, "response", step=step, shape="none", box=box)
    name = "Response" if pool == 1 else f"Pooled {pool} × {pool}:"
    title = f"{name} {rows} × {columns}, scale ±{number(high)}"
    edge = edge_of(*outer(x, y, half))
    return Plot(
        "response",
        *outer(x, y, half),
        [field, edge],
        [pixel],
        title,
        **picture_size(shown.shape),
        column=2,
        axes=False,
        follows="pixel",
    )


def target_picture(arrays):
    """The hidden response of the goal."""
    h, w = arrays["target"].shape
    high = scale_of(arrays["target"])
    field = Field(arrays["target"], (0, w - 1), (0, h - 1), -high, high, palette="signed", label="goal", pixels=True)
    x, y = outer((0, w - 1), (0, h - 1))
    size = picture_size((h, w), SMALL)
    title = "Goal: make this response"
    return Plot("target", x, y, [field, edge_of(x, y)], [], title, **size, column=2, axes=False)


def grids(state, arrays, edits):
    """The kernel to edit, the patch under the window, and their products."""
    kernel, windows = arrays["kernel"], arrays["windows"]
    kh, kw = kernel.shape
    spread = f" spread over {windows.tall} × {windows.wide}" if state["dilation"] > 1 and kernel.size > 1 else ""
    title = f"{'Turned kernel' if state['flip'] else 'Kernel'} {kh} × {kw}{spread}, sum {added_up(kernel)}"
    high = max(1.0, float(np.abs(kernel).max()))
    most = max(0.1, float(np.abs(arrays["products"]).max()))
    digits = 3 if np.abs(kernel).max() < 0.1 else 2  # a large blur has small numbers
    products = {"digits": digits, "title": "Patch × kernel = products", "column": 1}
    width = SIDE[max(kh, kw)] * kw // max(kh, kw)
    cells = {"digits": digits, "edits": edits, "title": title, "width": MIDDLE * kw // max(kh, kw), "column": 1}
    return [
        Grid("patch", arrays["patch"], 0.0, 1.0, "grey", title=patch_title(state), width=width),
        Grid("kernel", kernel, -high, high, **cells),
        Grid("products", arrays["products"], -most, most, width=width, **products),
    ]


def sum_table(state, arrays):
    """The products' sum, and what becomes of it."""
    products, row, column = arrays["products"], arrays["row"], arrays["column"]
    positive, negative = float(products[products > 0].sum()), float(products[products < 0].sum())
    rows = [
        ["blue products", Cell(f"+{number(positive)}", "blue")],
        ["orange products", Cell(number(negative) if negative else "0.00", "orange")],
        ["bias", number(state["bias"])],
        [Cell(f"sum: response[{row}, {column}]", "strong"), Cell(number(arrays["sum"]), "strong")],
    ]
    if not agree(arrays["said"], arrays["sum"]):
        rows.append([Cell(f"but {state['run']} says", "orange"), Cell(number(arrays["said"]), "orange")])
    if state["relu"]:
        rows.append(["after ReLU", number(float(arrays["response"][row, column]))])
    pool = arrays["pool"]
    at = (row // pool, column // pool)
    if pool > 1 and all(i < n for i, n in zip(at, arrays["shown"].shape, strict=True)):
        rows.append([f"largest of its {pool} × {pool}", number(float(arrays["shown"][at]))])
    runner = "the figure's own code" if arrays["own"] else state["run"]
    rows.append([Cell(f"{runner} took", "muted"), Cell(duration(arrays["took"]), "muted")])
    return Table("sum", rows, "Products + bias = one pixel", rule=3, width=WIDTH + 24, column=2)


# --- places and words -----------------------------------------------------------------------------------


def corner(arrays, axis):
    """The first row (axis 0) or column (1) of the window, on the picture without padding."""
    windows = arrays["windows"]
    return (arrays["row"], arrays["column"])[axis] * windows.stride - windows.padding


def outer(x, y, half=0.5):
    """The ranges of a plot around the middles of the outermost pixels."""
    return (x[0] - half, x[1] + half), (y[0] - half, y[1] + half)


def edge_of(x, y):
    """A line around a picture that is white where it is 0, as the page may be."""
    return Line([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1]), (x[0], y[0])], series=-1, width=1.5)


def picture_size(shape, width=WIDTH):
    """Width and height of a plot without axes whose pixels are squares, not higher than a photo."""
    h, w = shape
    across = min(width - MARGIN, round((0.75 * width - MARGIN) * w / h))
    return {"width": across + MARGIN, "height": round(across * h / w) + MARGIN}


def plain(state):
    draws = state["image"] == DRAW
    return {"axes": False, "draws": draws, "follows": None if draws else "window"}


def hatched(unseen, h, w, p):
    """Boxes over the rows and columns of the padded picture that no window reads."""
    rows, columns = unseen
    boxes = [(-p - 0.5, h - 0.5 + p - end, w - 0.5 + p, h - 0.5 + p - start) for start, end in runs(rows)]
    return boxes + [(start - p - 0.5, -p - 0.5, end - p - 0.5, h - 0.5 + p) for start, end in runs(columns)]


def runs(flags):
    """(start, end) of each run of True, end excluded."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def agree(said, worked_out):
    """Whether two sums are one, but for rounding (float32's too)."""
    return bool(np.isclose(said, worked_out, rtol=1e-4, atol=1e-4))


def patch_title(state):
    return {1: "Patch under the window", 2: "Patch: every 2nd pixel", 3: "Patch: every 3rd pixel"}[state["dilation"]]


def added_up(kernel):
    """The sum of a kernel's cells as it is written."""
    total = float(kernel.sum())
    return number(total, 0 if abs(total - round(total)) < 1e-9 else 2)


def scale_of(values):
    """The largest absolute value, for a scale with 0 in its middle."""
    return max(1e-6, float(np.abs(values[np.isfinite(values)]).max(initial=0.0)))


def duration(seconds):
    """How long something took, in milliseconds, with no more digits than mean something."""
    milliseconds = 1000 * seconds
    return "under 1 ms" if milliseconds < 1 else f"{milliseconds:.0f} ms"
