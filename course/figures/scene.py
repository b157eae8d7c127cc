"""What a figure draws, as data: panels made of layers. The browser and matplotlib draw the same scene.

Coordinates are the plot's own (data) units, y upwards. Arrays become float32, flags uint8.
Series 0, 1, 2 … differ in colour, dash and marker (Okabe-Ito); a negative sign is orange and dashed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

Range = tuple[float, float]


def _rows(values: Any, columns: int, owner: str) -> np.ndarray:
    array = np.asarray(values, dtype=np.float32)
    array = array.reshape(-1, columns) if array.size == 0 else array
    if array.ndim != 2 or array.shape[1] != columns:
        raise ValueError(f"{owner} needs an array of shape (n, {columns}); it got {array.shape}.")
    return array


# --- layers of a plot ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Field:
    """A heat map: `values[i, j]` is at `linspace(*x, w)[j]`, `linspace(*y, h)[i]` (row 0 at the bottom).

    `diverging` runs from orange (`low`) over white to blue (`high`), `signed` the same way to darker ends,
    which shows more where nothing lies on top, `magnitude` is cividis, `grey` from black to white, `none` draws
    nothing but the contour. `contour` draws the line where the values cross that level; several levels are
    drawn thin, as on a map. With `pixels` it is an image: row 0 on top (`values[0]` is at `y[1]`), squares
    instead of a smooth surface as soon as they are large enough to be told apart, and under the pointer row and
    column are read out. A value that is nan is drawn in flat grey.
    """

    values: np.ndarray
    x: Range
    y: Range
    low: float = -1.0
    high: float = 1.0
    contour: float | tuple[float, ...] | None = None
    palette: str = "diverging"
    label: str = "value"
    pixels: bool = False

    def __post_init__(self) -> None:
        array = np.asarray(self.values, dtype=np.float32)
        if array.ndim != 2:
            raise ValueError(f"Field needs values of shape (h, w); it got {array.shape}.")
        object.__setattr__(self, "values", array)


@dataclass(frozen=True, eq=False)
class Points:
    """Points `xy` (n, 2). `classes` (n,): 1 filled blue circle, 0 open orange triangle.

    `marks` (n,): 0 plain, 1 crossed out (wrong), 2 that too, flashing, 3 ringed (here). Without classes: dots of
    `series`. `values` (n,) from −1 to 1 fills each with the colour of a diverging field instead. `dark` gives them a
    dark rim instead of a light one. `things` (n) makes each point a thing of the plot, of that id: to be used for many
    points, since ids cost less than a `Thing` each; one arrow key moves it by `step`.
    """

    xy: np.ndarray
    classes: np.ndarray | None = None
    marks: np.ndarray | None = None
    series: int = 0
    size: float = 5.0
    values: np.ndarray | None = None
    dark: bool = False
    things: list[str] = field(default_factory=list)
    step: float = 0.1

    def __post_init__(self) -> None:
        object.__setattr__(self, "xy", _rows(self.xy, 2, "Points"))
        for name, kind in (("classes", np.uint8), ("marks", np.uint8), ("values", np.float32)):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind))


@dataclass(frozen=True, eq=False)
class Line:
    """A line through `xy` (n, 2), labelled at its end. `series` sets colour and dash; -1 is grey (target)."""

    xy: np.ndarray
    label: str = ""
    series: int = 0
    width: float = 2.0
    dash: bool | None = None
    marker: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "xy", _rows(self.xy, 2, "Line"))


@dataclass(frozen=True, eq=False)
class Blocks:
    """Filled rectangles `boxes` (n, 4): x0, y0, x1, y1; a bar chart, say. `series` sets the colour, a pale one."""

    boxes: np.ndarray
    series: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", _rows(self.boxes, 4, "Blocks"))


@dataclass(frozen=True, eq=False)
class Whiskers:
    """Vertical bars with end caps, `spans` (n, 3): x, lowest y, highest y. `series` sets the colour."""

    spans: np.ndarray
    series: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", _rows(self.spans, 3, "Whiskers"))


@dataclass(frozen=True, eq=False)
class Hatch:
    """Rectangles `boxes` (n, 4): x0, y0, x1, y1, hatched over what lies below (ruled out, not looked at)."""

    boxes: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", _rows(self.boxes, 4, "Hatch"))


@dataclass(frozen=True)
class Arrow:
    """An arrow from (x0, y0) to (x1, y1)."""

    x0: float
    y0: float
    x1: float
    y1: float
    label: str = ""


@dataclass(frozen=True)
class Text:
    """Words that begin at a place in the plot; moved as far as they must be to lie within it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Thing:
    """Something to select, drag and nudge. `line` (x0, y0, x1, y1) makes a whole line the handle; `box`
    (the same four: two opposite corners) makes it a frame, outlined, to be gripped anywhere inside.

    `shape` "ring" draws a handle, "none" leaves the drawing to a layer (a data point, an arrow's tip).
    `series` colours the ring. `step` is one arrow key in data units, on a logarithmic axis in decades.
    `axis` "x" or "y" keeps it on that axis.
    """

    id: str
    x: float
    y: float
    label: str
    step: float = 0.1
    shape: str = "ring"
    line: tuple[float, float, float, float] | None = None
    axis: str = "both"
    series: int | None = None
    box: tuple[float, float, float, float] | None = None


# --- panels -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plot:
    """Layers over axes. Panels with the same `column` are stacked; columns wrap in a narrow window.

    `width` and `height` are what the panel would like, in CSS pixels; it shrinks, never grows past them.
    `left` is the least room left of the axes, in CSS pixels: given to stacked plots, it aligns their x axes.
    `adds` allows a double-click to add something, `draws` drawing freehand where no thing is: that sends
    {"type": "stroke", "panel", "points": [[x, y], …]}. `follows` is the id of a thing that comes to where the
    pointer is pressed on no other, and is dragged from there. `xlog` and `ylog` make an axis logarithmic: its range
    must then be positive, and what isn't positive lies beyond its lower end.
    """

    id: str
    x: Range
    y: Range
    layers: list[Any] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    xlog: bool = False
    ylog: bool = False
    width: int = 360
    height: int = 260
    column: int = 0
    adds: bool = False
    draws: bool = False
    follows: str | None = None
    axes: bool = True
    left: int = 0

    def thing(self, id: str) -> Thing | None:
        """The thing of that id: one of `things`, or a point of a layer whose points are things."""
        for one in self.things:
            if one.id == id:
                return one
        for layer in self.layers:
            if isinstance(layer, Points) and id in layer.things:
                x, y = layer.xy[layer.things.index(id)].tolist()
                return Thing(id, x, y, id, layer.step, shape="none")
        return None


@dataclass(frozen=True)
class Node:
    """A neuron: a box centred at (x, y), both 0..1 with y downwards. `lines` are short texts, one per row.

    `bar` -1..1 fills it (blue right, orange left); `dead` hatches it; `small` draws a dot without text.
    `mark` frames it: "now" (something happens here) or "wrong" (dashed).
    """

    id: str
    x: float
    y: float
    label: str = ""
    lines: tuple[str, ...] = ()
    bar: float | None = None
    dead: bool = False
    small: bool = False
    mark: str = ""


@dataclass(frozen=True)
class Edge:
    """A weight from node `source` to node `target`: sign by colour and dash, size by width.

    `label` is shown while the edge is selected; `faded` greys it (nothing flows). In a graph, where a line
    is no weight, `weight` is None; `arrow` names the end that has a head ("target" or "source"), `double`
    draws two lines (a value used twice), and a `strong` edge is lit and shows its label by itself.
    """

    id: str
    source: str
    target: str
    weight: float | None
    label: str = ""
    faded: bool = False
    arrow: str = ""
    double: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Net:
    """Nodes and edges. Clicking one (or walking there with the arrow keys) selects it, Enter flips it."""

    id: str
    nodes: list[Node]
    edges: list[Edge]
    title: str = ""
    captions: list[tuple[float, str]] = field(default_factory=list)
    width: int = 640
    height: int = 360
    column: int = 0


@dataclass(frozen=True, eq=False)
class Maps:
    """A network layer by layer, every neuron as a picture of its values over the plane. Few, large arrays.

    `layers` are the ids of the neurons; those in `off` have no lines. `pictures` (neurons, h, w) uint8, in
    that order: 0 orange, 128 white, 255 blue, row 0 at the bottom. `biases` (neurons,), NaN where there is
    none. `weights`: those of the lines from layer to layer, source by source; the line from a to b has the
    id "a→b". A click on a neuron of the first layer flips it. `captions` stand over the layers. With `grows`
    a hidden layer has two buttons for its width, which send press("fewer 1"), press("more 1") for the first.
    """

    id: str
    layers: list[list[str]]
    pictures: np.ndarray
    biases: np.ndarray
    weights: np.ndarray
    off: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    grows: bool = True
    title: str = ""
    width: int = 460
    height: int = 400
    column: int = 0

    def __post_init__(self) -> None:
        count = sum(map(len, self.layers))
        active = [sum(name not in self.off for name in layer) for layer in self.layers]
        lines = sum(a * b for a, b in pairwise(active))
        for name, kind in (("pictures", np.uint8), ("biases", np.float32), ("weights", np.float32)):
            with np.errstate(over="ignore"):
                object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind))
        if self.pictures.ndim != 3 or len(self.pictures) != count or self.biases.shape != (count,):
            raise ValueError(
                f"Maps has {count} neurons, but pictures of shape {self.pictures.shape}, biases of {self.biases.shape}."
            )
        if self.weights.shape != (lines,):
            raise ValueError(f"Maps has {lines} lines, but weights of shape {self.weights.shape}.")


@dataclass(frozen=True, eq=False)
class Pad:
    """Cells (rows, columns) with values 0..1 (or uint8 0..255) to ink with mouse, finger or keys; sends `ink` events.

    With a `pen`, the width of its tip, one draws lines instead: that sends {"type": "stroke", "panel", "points":
    [[x, y], …], "gesture"}, in units of which the pad is `width` wide, y downwards. The picture may then be finer
    than the grid of `cursor` rows and columns in which the keys move the tip. `erases`: the tip is an eraser.
    """

    id: str
    values: np.ndarray
    title: str = ""
    width: int = 240
    column: int = 0
    pen: float | None = None
    cursor: int = 28
    erases: bool = False

    def __post_init__(self) -> None:
        array = np.asarray(self.values)
        array = array if array.dtype == np.uint8 else array.astype(np.float32)
        if array.ndim != 2:
            raise ValueError(f"Pad needs values of shape (rows, columns); it got {array.shape}.")
        object.__setattr__(self, "values", array)


@dataclass(frozen=True, eq=False)
class Grid:
    """Numbers in a grid (rows, columns), each written on the colour that it has between `low` and `high`.

    `palette` as of a `Field`. With `edits` (low, high, step) each cell is a thing with the id
    "<id> <row> <column>": dragged up or down, typed into, or stepped with plus and minus. It sends
    {"type": "cell", "thing", "panel", "row", "column", "value"}; what is typed need not lie on a step.
    """

    id: str
    values: np.ndarray
    low: float = -1.0
    high: float = 1.0
    palette: str = "diverging"
    digits: int = 2
    edits: tuple[float, float, float] | None = None
    title: str = ""
    width: int = 160
    column: int = 0

    def __post_init__(self) -> None:
        array = np.asarray(self.values, dtype=np.float32)
        if array.ndim != 2:
            raise ValueError(f"Grid needs values of shape (rows, columns); it got {array.shape}.")
        object.__setattr__(self, "values", array)

    def place(self, thing: str) -> tuple[int, int] | None:
        """Row and column of the cell with that id, if there is one that can be edited."""
        rows, columns = self.values.shape
        ids = [f"{self.id} {row} {column}" for row in range(rows) for column in range(columns)]
        return divmod(ids.index(thing), columns) if self.edits and thing in ids else None

    def stepped(self, thing: str, steps: int) -> float:
        """The value of a cell so many steps further; from between two steps the first goes to the next whole one."""
        where = self.place(thing)
        if self.edits is None or where is None:
            raise ValueError(f"{thing!r} is no cell of this grid that can be edited.")
        low, high, step = self.edits
        place = float(self.values[where]) / step
        whole = math.floor(place + 1e-6) if steps > 0 else math.ceil(place - 1e-6)
        return float(min(max(round((whole + steps) * step, 10), low), high))


@dataclass(frozen=True, eq=False)
class Tiles:
    """Small pictures (n, h, w) uint8 in rows of `per_row`; row 0 of each picture at the top.

    `palette`: "ink" is black to white, "diverging" orange over white (128) to blue, "magnitude" cividis.
    `over` (n, h, w) uint8 is laid on them in orange, as strongly as it says. `captions` (n) stand below them.
    `things` (n ids) makes each one to be selected, by click, or with the arrow keys from one that is.
    """

    id: str
    pictures: np.ndarray
    per_row: int = 8
    palette: str = "ink"
    over: np.ndarray | None = None
    captions: list[str] = field(default_factory=list)
    things: list[str] = field(default_factory=list)
    title: str = ""
    width: int = 360
    column: int = 0

    def __post_init__(self) -> None:
        for name in ("pictures", "over"):
            array = getattr(self, name)
            if array is not None:
                object.__setattr__(self, name, np.asarray(array, dtype=np.uint8))
        if self.pictures.ndim != 3 or len(self.pictures) == 0:
            raise ValueError(f"Tiles needs pictures of shape (n, h, w), n ≥ 1; it got {self.pictures.shape}.")
        if self.over is not None and self.over.shape != self.pictures.shape:
            raise ValueError(f"Tiles has pictures of shape {self.pictures.shape}, but over of {self.over.shape}.")
        for name in ("captions", "things"):
            if getattr(self, name) and len(getattr(self, name)) != len(self.pictures):
                raise ValueError(f"Tiles has {len(self.pictures)} pictures, but {len(getattr(self, name))} {name}.")


@dataclass(frozen=True, eq=False)
class Strip:
    """A text whose letters are coloured cells: `values` (rows, letters) uint8, 0 dark to 255 light (cividis).

    Row `row` is the ground of the letters; under each line of the text all rows follow as thin bands, with their
    `names` before them. `ranges` says for each row which numbers 0 and 255 stand for (shown under the pointer).
    `marked` (letters,) underlines those letters, `split` draws a rule before that letter. The letter `cursor` is
    framed; a click, a drag or an arrow key moves it: that sends set(name) for the number control named `control`.
    Without `bands` there is the text alone.
    """

    id: str
    text: str
    values: np.ndarray
    names: list[str]
    ranges: list[Range]
    control: str
    cursor: int = 0
    row: int = 0
    marked: np.ndarray | None = None
    split: int | None = None
    title: str = ""
    width: int = 640
    column: int = 0
    bands: bool = True

    def __post_init__(self) -> None:
        shape = (len(self.names), len(self.text))
        marked = np.zeros(len(self.text), np.uint8) if self.marked is None else np.asarray(self.marked, np.uint8)
        object.__setattr__(self, "values", np.asarray(self.values, dtype=np.uint8))
        object.__setattr__(self, "marked", marked)
        if self.values.shape != shape or marked.shape != shape[1:] or len(self.ranges) != len(self.names):
            raise ValueError(f"Strip needs values of shape {shape} and as many ranges; it got {self.values.shape}.")


def wrapped(text: str, columns: int) -> list[tuple[int, int]]:
    """Where the lines of a strip begin and end: after a line break, else after the last space that still fits."""
    lines, start = [], 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        if end - start > columns:
            space = text.rfind(" ", start, start + columns)
            end = space + 1 if space > start else start + columns
        lines.append((start, end))
        start = end
    return lines


@dataclass(frozen=True)
class Cell:
    """One cell of a table. `tone`: "" | "blue" | "orange" | "muted" | "strong"."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """Numbers as text: rows of cells (a string is a plain cell). `rule` draws a line above that row."""

    id: str
    rows: list[list[Cell | str]]
    title: str = ""
    header: list[str] = field(default_factory=list)
    rule: int | None = None
    width: int = 300
    column: int = 0


@dataclass(frozen=True, eq=False)
class Bars:
    """Labelled bars from 0 to `high` (negative values: orange, to the left), numbers beside them."""

    id: str
    labels: list[str]
    values: np.ndarray
    title: str = ""
    high: float = 1.0
    digits: int = 2
    strong: int | None = None
    width: int = 260
    column: int = 0

    def __post_init__(self) -> None:
        array = np.asarray(self.values, dtype=np.float32)
        if array.shape != (len(self.labels),):
            raise ValueError(f"Bars has {len(self.labels)} labels but values of shape {array.shape}.")
        object.__setattr__(self, "values", array)


Panel = Plot | Net | Maps | Pad | Grid | Tiles | Strip | Table | Bars


def number(value: float, digits: int = 2) -> str:
    """A number for the reader: fixed digits, a true minus sign, no negative zero."""
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")
