"""The same scene as a still picture, drawn by matplotlib while the cell runs (never in a callback)."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullLocator

from course.figures.scene import (
    Arrow,
    Bars,
    Blocks,
    Cell,
    Edge,
    Field,
    Grid,
    Hatch,
    Line,
    Maps,
    Net,
    Node,
    Pad,
    Panel,
    Plot,
    Points,
    Strip,
    Table,
    Text,
    Thing,
    Tiles,
    Whiskers,
    number,
    wrapped,
)

BLUE, ORANGE, INK, MUTED = "#0072b2", "#d55e00", "#1d2330", "#5b6472"
SERIES = (BLUE, ORANGE, "#009e73", "#a8517f", "#8a6d00", "#56728f")
DASHES = ("-", (0, (5, 3)), ":", "-.", (0, (3, 1)), (0, (8, 2)))
DIVERGING = LinearSegmentedColormap.from_list("diverging", ["#efb55f", "#ffffff", "#67abd6"])
SIGNED = LinearSegmentedColormap.from_list("signed", ["#a84300", "#efb55f", "#ffffff", "#67abd6", "#00568a"])
PALETTES = {"diverging": DIVERGING, "signed": SIGNED, "magnitude": "cividis", "grey": "gray"}
UNKNOWN = "#bebebe"
OVER = LinearSegmentedColormap.from_list("over", ["#e69f00", "#e69f00"])
PIXELS = 100  # per inch
LABEL_HEIGHT = 12  # pixels
LETTER = 7.3  # pixels of a title, on average
CAPTION = 0.2  # room below a tile, as a share of its width


@style.context("default")  # whatever the notebook's own pictures look like
def draw(panels: list[Panel]) -> Figure:
    """A matplotlib figure of the scene: its columns side by side, the panels of a column stacked."""
    columns: dict[int, list[Panel]] = {}
    for panel in panels:
        columns.setdefault(panel.column, []).append(panel)
    widths = [max(panel.width for panel in stack) for _, stack in sorted(columns.items())]
    tallest = max(sum(_height(panel) for panel in stack) for stack in columns.values())
    figure = Figure(figsize=(sum(widths) / PIXELS, tallest / PIXELS), dpi=PIXELS, layout="constrained")
    FigureCanvasAgg(figure)
    outer = figure.add_gridspec(1, len(widths), width_ratios=widths)
    for place, (width, (_, stack)) in enumerate(zip(widths, sorted(columns.items()), strict=True)):
        heights = [_height(panel) for panel in stack]
        inner = outer[place].subgridspec(len(stack), 1, height_ratios=heights)
        for row, panel in enumerate(stack):
            axes = figure.add_subplot(inner[row])
            title = textwrap.fill(panel.title, max(12, int(width / LETTER)))
            axes.set_title(title, loc="left", fontsize=10, color=MUTED)
            _PANELS[type(panel)](axes, panel)
    return figure


def png(figure: Figure) -> bytes:
    """The figure as PNG."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _height(panel: Panel) -> int:
    if isinstance(panel, Plot | Net | Maps):
        return panel.height
    if isinstance(panel, Pad):
        return panel.width
    if isinstance(panel, Grid):
        return 24 + round(panel.width * panel.values.shape[0] / panel.values.shape[1])
    if isinstance(panel, Tiles):
        n, h, w = panel.pictures.shape
        across = panel.width / panel.per_row
        return round(30 + math.ceil(n / panel.per_row) * across * (h / w + (CAPTION if panel.captions else 0)))
    if isinstance(panel, Strip):
        return 40 + _line_height(panel) * len(wrapped(panel.text, _letters_across(panel)))
    return 40 + 24 * (len(panel.rows) if isinstance(panel, Table) else len(panel.labels))


def _plot(axes: Any, panel: Plot) -> None:
    for layer in panel.layers:
        _LAYERS[type(layer)](axes, layer)
    for thing in panel.things:
        if thing.shape == "ring":
            axes.plot(thing.x, thing.y, "o", mfc="white", mec=INK, mew=2, ms=9, zorder=5)
        if thing.box:
            _frame(axes, thing)
    axes.set(xlim=panel.x, ylim=panel.y, xlabel=panel.xlabel, ylabel=panel.ylabel)
    for axis, ends, log in ((axes.xaxis, panel.x, panel.xlog), (axes.yaxis, panel.y, panel.ylog)):
        if log:
            _logarithmic(axis, ends)
    _names_of_lines(axes, panel)
    axes.set_box_aspect(panel.height / panel.width)
    axes.set_anchor("N")
    axes.set_axis_on() if panel.axes else axes.set_axis_off()
    axes.tick_params(labelsize=9, colors=MUTED)


def _logarithmic(axis: Any, ends: tuple[float, float]) -> None:
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    if ends[1] < 100 * ends[0]:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_locator(NullLocator())
    axis.axes.set(**{f"{axis.axis_name}lim": ends})


def _frame(axes: Any, thing: Thing) -> None:
    assert thing.box is not None
    (x0, y0, x1, y1), colour = thing.box, INK if thing.series is None else _series(thing.series)
    for edge, width in (("white", 4.5), (colour, 2)):
        axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, ec=edge, lw=width, zorder=5))


def _field(axes: Any, layer: Field) -> None:
    h, w = layer.values.shape
    x, y = np.linspace(*layer.x, w), np.linspace(*layer.y, h)
    colours = PALETTES.get(layer.palette)
    if layer.pixels:
        half_x, half_y = ((end[1] - end[0]) / max(1, n - 1) / 2 for end, n in ((layer.x, w), (layer.y, h)))
        extent = (layer.x[0] - half_x, layer.x[1] + half_x, layer.y[0] - half_y, layer.y[1] + half_y)
        axes.set_facecolor(UNKNOWN)
        axes.imshow(layer.values, cmap=colours, vmin=layer.low, vmax=layer.high, extent=extent, aspect="auto")
    elif colours:
        axes.pcolormesh(x, y, layer.values, cmap=colours, vmin=layer.low, vmax=layer.high, shading="gouraud")
    levels = np.ravel([] if layer.contour is None else layer.contour).tolist()
    crossed = [level for level in sorted(levels) if np.nanmin(layer.values) < level < np.nanmax(layer.values)]
    if crossed:
        width, colour = (1.8, INK) if len(levels) == 1 else (0.8, MUTED)
        axes.contour(x, y, layer.values, levels=crossed, colors=colour, linewidths=width, linestyles="solid")


def _points(axes: Any, layer: Points) -> None:
    size = layer.size**2 * 1.6
    rim = INK if layer.dark else "white"
    if layer.values is not None:
        below = layer.values < 0
        for part, marker in ((below, "^"), (~below, "o")):
            colours = {"c": layer.values[part], "cmap": DIVERGING, "vmin": -1, "vmax": 1}
            edge = INK if layer.dark else MUTED
            axes.scatter(*layer.xy[part].T, s=size, marker=marker, edgecolor=edge, linewidth=0.6, zorder=4, **colours)
    elif layer.classes is None:
        axes.scatter(*layer.xy.T, s=size, color=_series(layer.series), zorder=4)
    else:
        one = layer.classes == 1
        axes.scatter(*layer.xy[one].T, s=size, color=BLUE, edgecolor=rim, zorder=4)
        axes.scatter(*layer.xy[~one].T, s=size, marker="^", color="white", edgecolor=ORANGE, linewidth=1.6, zorder=4)
    if layer.marks is not None:
        wrong, here = (layer.xy[np.isin(layer.marks, marks)].T for marks in ((1, 2), (3,)))
        axes.scatter(*wrong, s=3 * size, marker="x", color=INK, linewidth=1.6, zorder=4)
        axes.scatter(*here, s=5 * size, facecolor="none", edgecolor=INK, zorder=4)


def _line(axes: Any, layer: Line) -> None:
    dashed = layer.series > 0 if layer.dash is None else layer.dash
    style = DASHES[max(1, layer.series) % len(DASHES)] if dashed else "-"
    axes.plot(*layer.xy.T, color=_series(layer.series), ls=style, lw=layer.width * 0.8)


def _names_of_lines(axes: Any, panel: Plot) -> None:
    """Each line's name at its end; where another stands there, above or below it."""
    apart, taken = 1.5 * LABEL_HEIGHT / panel.height, list[float]()
    for layer in panel.layers:
        if isinstance(layer, Line) and layer.label and len(layer.xy) and np.isfinite(layer.xy[-1]).all():
            x, y = layer.xy[-1]
            wished = float(axes.transAxes.inverted().transform(axes.transData.transform((x, y)))[1])
            free = _nearest_free(wished, taken, apart)
            taken.append(free)
            style = {"color": _series(layer.series), "fontsize": 9, "va": "center"}
            place = {"xycoords": axes.get_xaxis_transform(), "xytext": (3, 0), "textcoords": "offset points"}
            axes.annotate(layer.label, (x, free), **place, **style)


def _nearest_free(wished: float, taken: list[float], apart: float) -> float:
    """The place nearest to the wished one that is so far from all that are taken."""
    beside = [other + way * apart for other in taken for way in (-1, 1)]
    free = [place for place in (wished, *beside) if all(abs(place - other) > 0.99 * apart for other in taken)]
    return min(free, key=lambda place: abs(place - wished))


def _whiskers(axes: Any, layer: Whiskers) -> None:
    x, low, high = layer.spans.T
    half = (high - low) / 2
    axes.errorbar(x, low + half, half, fmt="none", ecolor=_series(layer.series), elinewidth=1.2, capsize=3)


def _blocks(axes: Any, layer: Blocks) -> None:
    x0, y0, x1, y1 = layer.boxes.T
    corners = np.stack([np.stack(corner, axis=-1) for corner in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], axis=1)
    axes.add_collection(PolyCollection(list(corners), facecolor=_series(layer.series), alpha=0.45, linewidth=0))


def _arrow(axes: Any, layer: Arrow) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "lw": 2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (layer.x1, layer.y1), (layer.x0, layer.y0), arrowprops=style)
    if layer.label:
        axes.annotate(layer.label, (layer.x1, layer.y1), xytext=(6, 4), textcoords="offset points", weight="bold")


def _hatch(axes: Any, layer: Hatch) -> None:
    for x0, y0, x1, y1 in layer.boxes.tolist():
        size = x1 - x0, y1 - y0
        axes.add_patch(
            Rectangle((x0, y0), *size, facecolor=(1, 1, 1, 0.55), edgecolor=ORANGE, hatch="/////", linewidth=0)
        )


def _text(axes: Any, layer: Text) -> None:
    axes.text(layer.x, layer.y, layer.text, color=INK, fontsize=9)


def _net(axes: Any, panel: Net) -> None:
    boxes = {node.id: _node(axes, node) for node in panel.nodes}
    places = {node.id: node for node in panel.nodes}
    for edge in panel.edges:
        _edge(axes, edge, places[edge.source], places[edge.target], boxes)
    axes.set(xlim=(-0.02, 1.02), ylim=(1.02, -0.02))
    axes.set_axis_off()


def _node(axes: Any, node: Node) -> Any:
    """Draws a node; returns the patch of its box, where arrows end (None for a dot)."""
    if node.small:
        axes.plot(node.x, node.y, "o", color=MUTED, ms=3)
        return None
    colour, width, style = {"": (MUTED, 1, "-"), "now": (BLUE, 2, "-"), "wrong": (ORANGE, 2, "--")}[node.mark]
    box: dict[str, Any] = {"boxstyle": "round", "facecolor": "#e4e7eb" if node.dead else "white"}
    box |= {"edgecolor": colour, "linewidth": width, "linestyle": style}
    words = "\n".join([node.label, *node.lines])
    text = axes.text(node.x, node.y, words, ha="center", va="center", fontsize=8, color=INK, bbox=box)
    return text.get_bbox_patch()


def _edge(axes: Any, edge: Edge, a: Node, b: Node, boxes: dict[str, Any]) -> None:
    colour, width = (BLUE, 2.4) if edge.strong else (MUTED, 1.0)
    style: Any = "-"
    if edge.weight is not None:
        colour, style = (BLUE, "-") if edge.weight >= 0 else (ORANGE, (0, (5, 3)))
        width = min(6, 0.5 + 1.5 * abs(edge.weight))
    if not edge.arrow:
        alpha = 0.15 if edge.faded else 0.75
        axes.plot([a.x, b.x], [a.y, b.y], color=colour, ls=style, lw=width, alpha=alpha, zorder=1)
    else:
        start, end = (a, b) if edge.arrow == "target" else (b, a)
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": width, "patchA": boxes[start.id], "patchB": boxes[end.id]}
        axes.annotate("", (end.x, end.y), (start.x, start.y), arrowprops=arrow)
    if edge.double:
        axes.plot([a.x, b.x], [a.y, b.y], color="white", lw=width / 3, zorder=2)
    if edge.strong and edge.label:
        box = {"boxstyle": "round", "facecolor": "white", "edgecolor": MUTED}
        middle = ((a.x + b.x) / 2, (a.y + b.y) / 2)
        axes.text(*middle, edge.label, ha="center", va="center", fontsize=8, color=INK, bbox=box, zorder=6)


def _maps(axes: Any, panel: Maps) -> None:
    deepest = max(7, *map(len, panel.layers))
    side = min(0.7 / deepest, 0.6 / len(panel.layers))
    places: dict[str, tuple[float, float]] = {}
    for column, layer in enumerate(panel.layers):
        across = column / max(1, len(panel.layers) - 1)
        for row, name in enumerate(layer):
            places[name] = (side + across * (1 - 2 * side), 0.5 + (row - (len(layer) - 1) / 2) * 0.94 / deepest)
    on = [[name for name in layer if name not in panel.off] for layer in panel.layers]
    ends = [(a, b) for one, other in pairwise(on) for a in one for b in other]
    for (a, b), weight in zip(ends, panel.weights.tolist(), strict=True):
        colour, style = (BLUE, "-") if weight >= 0 else (ORANGE, (0, (5, 3)))
        (x0, y0), (x1, y1) = places[a], places[b]
        width = min(5, 0.4 + abs(weight))
        axes.plot((x0, x1), (y0, y1), color=colour, ls=style, lw=width, alpha=0.75, zorder=1)
    for (name, (x, y)), picture in zip(places.items(), panel.pictures, strict=True):
        half_x, half_y = side / 2, side / 2 * panel.width / panel.height
        extent = (x - half_x, x + half_x, y + half_y, y - half_y)
        look = {"cmap": DIVERGING, "vmin": 0, "vmax": 255, "alpha": 0.3 if name in panel.off else 1}
        axes.imshow(picture[::-1], extent=extent, aspect="auto", zorder=2, **look)
        if name in panel.layers[0] or name in panel.layers[-1]:
            axes.text(x, y - half_y - 0.005, name, ha="center", va="bottom", fontsize=7, color=INK, zorder=3)
    axes.set(xlim=(-0.02, 1.02), ylim=(1.02, -0.02))
    axes.set_box_aspect(panel.height / panel.width)
    axes.set_anchor("N")
    axes.set_axis_off()


def _pad(axes: Any, panel: Pad) -> None:
    axes.imshow(panel.values, cmap="Greys", vmin=0, vmax=255 if panel.values.dtype == np.uint8 else 1)
    axes.set(xticks=[], yticks=[])
    axes.set_anchor("N")


def _tiles(axes: Any, panel: Tiles) -> None:
    _, h, w = panel.pictures.shape
    colours = {"ink": "gray", "diverging": DIVERGING, "magnitude": "cividis"}[panel.palette]
    gap = 0.06 * w
    down = h + (CAPTION * w if panel.captions else gap)
    for k, one in enumerate(panel.pictures):
        row, column = divmod(k, panel.per_row)
        left, top = column * (w + gap), row * down
        place = {"extent": (left, left + w, top + h, top), "interpolation": "nearest"}
        axes.imshow(one, cmap=colours, vmin=0, vmax=255, **place)
        if panel.over is not None:
            axes.imshow(np.full_like(one, 1), cmap=OVER, vmin=0, vmax=1, alpha=panel.over[k] / 255 * 0.8, **place)
        if panel.captions:
            axes.text(left + w / 2, top + h, panel.captions[k], ha="center", va="top", fontsize=8, color=INK)
    rows = math.ceil(len(panel.pictures) / panel.per_row)
    axes.set(xlim=(-gap, panel.per_row * (w + gap)), ylim=(rows * down, -gap))
    axes.set_anchor("NW")
    axes.set_axis_off()


def _grid(axes: Any, panel: Grid) -> None:
    axes.imshow(panel.values, cmap=PALETTES[panel.palette], vmin=panel.low, vmax=panel.high)
    dark = (
        panel.values < (panel.low + panel.high) / 2 if panel.palette in ("grey", "magnitude") else panel.values > np.inf
    )
    enough = (d for d in range(panel.digits) if np.allclose(panel.values, panel.values.round(d), rtol=0, atol=1e-6))
    digits = next(enough, panel.digits)
    for (i, j), value in np.ndenumerate(panel.values):
        text = number(value, digits if value % 1 else 0)
        axes.text(j, i, text, ha="center", va="center", fontsize=8, color="white" if dark[i, j] else INK)
    axes.set(xticks=[], yticks=[])
    axes.set_anchor("NW")


def _letters_across(panel: Strip) -> int:
    return max(8, (panel.width - 16) // 11)


def _line_height(panel: Strip) -> int:
    return 38 + 10 * len(_bands(panel))


def _bands(panel: Strip) -> list[str]:
    return panel.names if panel.bands else []


def _strip(axes: Any, panel: Strip) -> None:
    """In the browser's pixels: cells 11 wide, letters 24 high, bands 10."""
    below = 28 + 10 * len(_bands(panel))
    for line, (start, end) in enumerate(wrapped(panel.text, _letters_across(panel))):
        top, span = line * _line_height(panel), (16, 16 + 11 * (end - start))
        look = {"cmap": "cividis", "vmin": 0, "vmax": 255, "aspect": "auto", "interpolation": "nearest"}
        axes.imshow(panel.values[panel.row : panel.row + 1, start:end], extent=(*span, top + 24, top), **look)
        if panel.bands:
            axes.imshow(panel.values[:, start:end], extent=(*span, top + below, top + 28), **look)
        for row, name in enumerate(_bands(panel)):
            weight = "bold" if row == panel.row else "normal"
            axes.text(0, top + 33 + 10 * row, name, va="center", fontsize=7, color=INK, weight=weight)
        for k in range(start, end):
            x, ink = 16 + 11 * (k - start), "white" if panel.values[panel.row, k] < 140 else INK
            letter = {"\n": "⏎", " ": "·"}.get(panel.text[k], panel.text[k])
            axes.text(x + 5.5, top + 12, letter, ha="center", va="center", fontsize=8.5, family="monospace", color=ink)
            if panel.marked is not None and panel.marked[k]:
                axes.plot([x, x + 11], [top + 21, top + 21], color=ink, lw=1.6)
            if k == panel.split:
                axes.plot([x, x], [top, top + below], color=INK, lw=1)
            if k == panel.cursor:
                axes.plot([x, x + 11, x + 11, x, x], [top, top, top + below, top + below, top], color=ORANGE, lw=1.6)
    lines = len(wrapped(panel.text, _letters_across(panel)))
    axes.set(xlim=(0, panel.width), ylim=(max(1, lines) * _line_height(panel), 0))
    axes.set_axis_off()


def _table(axes: Any, panel: Table) -> None:
    axes.set_axis_off()
    rows = ([panel.header] if panel.header else []) + panel.rows
    texts = [[cell.text if isinstance(cell, Cell) else cell for cell in row] for row in rows]
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            x = 0 if j == 0 else (j + 0.9) / max(map(len, texts))
            axes.text(x, 1 - (i + 0.5) / len(texts), text, ha="left" if j == 0 else "right", va="center", fontsize=9)


def _bars(axes: Any, panel: Bars) -> None:
    places = np.arange(len(panel.labels))
    axes.barh(places, panel.values, color=[BLUE if value >= 0 else ORANGE for value in panel.values])
    axes.set_yticks(places, panel.labels)
    axes.invert_yaxis()
    axes.set_xlim(-panel.high if (panel.values < 0).any() else 0, panel.high)
    axes.locator_params(axis="x", nbins=5)


def _series(series: int) -> str:
    return "#8a8a8a" if series < 0 else SERIES[series % len(SERIES)]


_LAYERS: dict[type, Callable[[Any, Any], None]] = {
    Field: _field,
    Hatch: _hatch,
    Points: _points,
    Line: _line,
    Whiskers: _whiskers,
    Blocks: _blocks,
    Arrow: _arrow,
    Text: _text,
}
_PANELS: dict[type, Callable[[Any, Any], None]] = {
    Plot: _plot,
    Net: _net,
    Maps: _maps,
    Pad: _pad,
    Grid: _grid,
    Tiles: _tiles,
    Strip: _strip,
    Table: _table,
    Bars: _bars,
}
