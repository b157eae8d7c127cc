"""Scenes: as a message, as a still picture, and as the one module the browser gets."""

import json
import shutil
import subprocess
from itertools import pairwise

import numpy as np
import pytest

from course.figures import bundle
from course.figures.encode import encode
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
from course.figures.static import draw, png

PICTURES = ["pad", "plot", "grid", "pad", "tiles", "tiles", "strip"]


def every_panel():
    square = (-1.0, 1.0)
    layers = [
        Field(np.arange(12.0).reshape(3, 4), square, square, low=0, high=11, contour=5.0),
        Points([[0, 0], [1, 1]], classes=[0, 1], marks=[1, 0]),
        Points([[0, 1], [1, 0]], values=[-0.5, 0.5], dark=True, things=["low", "high"]),
        Line([[0, 0], [1, np.nan]], label="loss", series=1),
        Arrow(0, 0, 1, 1, "w"),
        Text(0, 0, "here"),
        Hatch([[0.5, -1, 1, 1]]),
    ]
    return [
        Plot("plot", square, square, layers, [Thing("handle", 0, 0, "a handle")], xlabel="x"),
        Plot(
            "measured",
            (20, 1437),
            (1e-4, 1.0),
            [
                Whiskers([[20, 0.5, 0.7]]),
                Blocks([[30, 1e-4, 40, 0.1]], series=1),
                Field(np.eye(4), (20, 1437), (1e-4, 1.0), contour=(0.2, 0.8)),
            ],
            xlog=True,
            ylog=True,
        ),
        Net(
            "net",
            [Node("a", 0.1, 0.5, "x1", ("1.00",)), Node("b", 0.9, 0.5, dead=True)],
            [Edge("ab", "a", "b", -1.5)],
            column=1,
        ),
        Net(
            "graph",
            [Node("a", 0.1, 0.5, "a"), Node("b", 0.9, 0.5, "a*a", mark="now"), Node("c", 0.5, 0.9, "c", mark="wrong")],
            [
                Edge("ab", "a", "b", None, "1.00 × 4.00", arrow="source", double=True, strong=True),
                Edge("cb", "c", "b", None, arrow="target"),
            ],
            column=1,
        ),
        Maps(
            "maps",
            [["x1", "x2"], ["A1"], ["y"]],
            np.zeros((4, 5, 5), np.uint8),
            [np.nan, np.nan, 0.5, -1],
            [2, -0.5],
            off=["x2"],
            column=1,
        ),
        Pad("pad", np.eye(3), column=1),
        Plot(
            "image",
            (-0.5, 3.5),
            (-0.5, 1.5),
            [Field([[0, 1, 2, np.nan], [4, 5, 6, 7]], (0, 3), (0, 1), 0, 7, palette="grey", pixels=True)],
            [Thing("window", 1, 1, "a window", shape="none", box=(-0.5, -0.5, 1.5, 1.5))],
            axes=False,
            column=1,
        ),
        Grid("grid", [[-1, 0.25, 0], [2, 0, 0.5]], -2, 2, edits=(-4, 4, 0.5), column=1),
        Pad("pen", np.full((6, 6), 255, np.uint8), pen=20, column=1),
        Tiles(
            "tiles",
            np.zeros((3, 4, 5)),
            per_row=2,
            over=np.full((3, 4, 5), 200),
            captions=["a", "b", "c"],
            things=["one", "two", "three"],
            column=1,
        ),
        Tiles("filters", np.zeros((2, 3, 3)), palette="diverging", column=1),
        Strip("strip", "to be\nor", np.zeros((2, 8), np.uint8), ["c", "h"], [(-1, 1), (-1, 1)], "cursor", 3, split=6),
        Table("table", [["w", Cell("1.0", "blue")]], header=["name", "value"], column=2),
        Bars("bars", ["cat", "dog"], [0.2, 0.8], column=2),
    ]


def test_a_scene_travels_as_json_and_its_arrays_as_bytes():
    buffers = []
    message = json.loads(json.dumps(encode(every_panel(), buffers), allow_nan=False))
    assert [panel["kind"] for panel in message] == ["plot", "plot", "net", "net", "maps", *PICTURES, "table", "bars"]
    field = message[0]["layers"][0]
    assert field["values"] == {"buffer": 0, "dtype": "float32", "shape": [3, 4]}
    assert np.frombuffer(buffers[0], np.float32).tolist() == list(range(12))
    classes = message[0]["layers"][1]["classes"]
    assert np.frombuffer(buffers[classes["buffer"]], np.uint8).tolist() == [0, 1]


def test_a_network_of_pictures_travels_in_three_buffers():
    buffers = []
    message = encode(every_panel()[4], buffers)
    shapes = [message[name]["shape"] for name in ("pictures", "biases", "weights")]
    assert shapes == [[4, 5, 5], [4], [2]] and [len(buffer) for buffer in buffers] == [100, 16, 8]


def test_a_point_of_a_layer_is_a_thing_where_the_layer_says_so():
    plot = every_panel()[0]
    assert (plot.thing("high").x, plot.thing("high").y) == (1, 0)
    assert plot.thing("handle").label == "a handle"
    assert plot.thing("none") is None


def test_numbers_that_json_lacks_become_none():
    assert encode({"a": float("nan"), "b": np.float64("inf"), "c": np.int64(3)}, []) == {"a": None, "b": None, "c": 3}


def test_a_transposed_array_keeps_its_order():
    buffers = []
    encode(np.arange(6, dtype=np.float32).reshape(2, 3).T, buffers)
    assert np.frombuffer(buffers[0], np.float32).tolist() == [0, 3, 1, 4, 2, 5]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Field(np.ones(3), (0, 1), (0, 1)),
        lambda: Points(np.ones((2, 3))),
        lambda: Line(np.ones(4)),
        lambda: Whiskers(np.ones((2, 2))),
        lambda: Blocks(np.ones((2, 3))),
        lambda: Bars("b", ["a"], [1, 2]),
        lambda: Pad("p", np.ones(3)),
        lambda: Grid("g", np.ones(3)),
        lambda: Hatch(np.ones((2, 2))),
        lambda: Tiles("t", np.ones((3, 3))),
        lambda: Tiles("t", np.ones((0, 3, 3))),
        lambda: Tiles("t", np.ones((2, 3, 3)), over=np.ones((1, 3, 3))),
        lambda: Strip("s", "abc", np.zeros((1, 2)), ["c"], [(-1, 1)], "cursor"),
        lambda: Strip("s", "abc", np.zeros((1, 3)), ["c"], [(-1, 1)], "cursor", marked=[1]),
        lambda: Maps("m", [["a"], ["b"]], np.zeros((2, 3)), [0, 0], [1]),
        lambda: Maps("m", [["a"], ["b"]], np.zeros((2, 3, 3)), [0, 0], [1, 2]),
    ],
)
def test_arrays_of_the_wrong_shape_are_refused_when_the_scene_is_made(wrong):
    with pytest.raises(ValueError, match="shape"):
        wrong()


def test_tiles_have_a_caption_and_a_thing_for_each_picture_or_none():
    with pytest.raises(ValueError, match="2 pictures, but 1 captions"):
        Tiles("t", np.ones((2, 3, 3)), captions=["a"])
    with pytest.raises(ValueError, match="2 pictures, but 3 things"):
        Tiles("t", np.ones((2, 3, 3)), things=["a", "b", "c"])


def test_a_pads_bytes_travel_as_bytes():
    buffers = []
    assert encode(Pad("pad", np.full((2, 2), 255, np.uint8), pen=8), buffers)["values"]["dtype"] == "uint8"
    assert buffers == [b"\xff" * 4]


def test_every_panel_can_be_drawn_as_a_still_picture():
    picture = png(draw(every_panel()))
    assert picture.startswith(b"\x89PNG")
    assert len(draw(every_panel()).axes) == 14


def test_an_image_has_its_first_row_on_top_and_its_frame_is_outlined():
    image = draw([every_panel()[6]]).axes[0]
    assert image.images[0].get_array()[0].tolist()[:3] == [0, 1, 2]
    assert (image.images[0].origin, image.images[0].get_extent()) == ("upper", [-0.5, 3.5, -0.5, 1.5])
    assert {patch.get_bbox().bounds for patch in image.patches} == {(-0.5, -0.5, 2, 2)}


def test_a_grid_writes_as_many_digits_as_its_numbers_need_and_knows_its_cells():
    grid = every_panel()[7]
    assert [text.get_text() for text in draw([grid]).axes[0].texts] == ["−1", "0.25", "0", "2", "0", "0.50"]
    assert grid.place("grid 1 2") == (1, 2)
    assert (grid.place("grid 2 0"), Grid("grid", [[1]]).place("grid 0 0")) == (None, None)


def test_a_cell_is_stepped_to_a_whole_step_and_stays_in_range():
    grid = every_panel()[7]
    assert [grid.stepped("grid 0 1", steps) for steps in (1, -1, 100)] == [0.5, 0, 4]
    assert [grid.stepped("grid 0 0", steps) for steps in (1, -1, -100)] == [-0.5, -1.5, -4]


def test_blocks_fill_their_rectangles():
    (blocks,) = draw([Plot("bars", (0, 4), (0, 2), [Blocks([[1, 0, 2, 1], [3, 0, 4, 2]])])]).axes[0].collections
    assert [path.get_extents().bounds for path in blocks.get_paths()] == [(1, 0, 1, 1), (3, 0, 1, 2)]


def test_logarithmic_axes_end_where_the_panel_says_and_short_ones_name_more_than_powers_of_ten():
    axes = draw([every_panel()[1]]).axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlim() == (20, 1437)
    assert axes.get_ylim() == (1e-4, 1.0)
    ticks = [tick for tick in axes.get_xticks() if 20 <= tick <= 1437]
    assert ticks == [20, 50, 100, 200, 500, 1000]


def test_labels_of_lines_stand_apart_where_there_is_room(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    (tmp_path / "module.mjs").write_text(
        bundle.module()
        + """
        const scale = makeScale({ x: [0, 1], y: [0, 1], axes: true, left: 60 }, 200, 220);
        const wished = [70, 72, 75, 71, -40, 500, 73];
        const places = wished.map((y) => freeHeight(scale, y));
        console.log(JSON.stringify({ box: scale.box, places }));""",
        encoding="utf-8",
    )
    said = json.loads(subprocess.run([node, tmp_path / "module.mjs"], check=True, capture_output=True).stdout)
    assert said["box"]["x"] == 60
    places = sorted(said["places"])
    assert all(b - a >= 15 for a, b in pairwise(places)), places
    assert said["box"]["y"] < places[0] and places[-1] < said["box"]["y"] + said["box"]["h"]


def test_in_a_still_picture_names_of_lines_stand_apart_too():
    ends = {"one": 0.1, "two": 0.102, "three": 0.099, "far": 0.9, "lost": np.nan}
    lines = [Line([[0, 0.5], [1, end]], label=name) for name, end in ends.items()]
    figure = draw([Plot("plot", (0, 2), (0.01, 1), [*lines, Line([], label="empty")], ylog=True, height=150)])
    figure.canvas.draw()
    boxes = {text.get_text(): text.get_window_extent() for text in figure.axes[0].texts}
    assert set(boxes) == {"one", "two", "three", "far"}
    heights = sorted(boxes.values(), key=lambda box: box.y0)
    assert all(above.y0 - below.y0 >= 10 for below, above in pairwise(heights))
    middle = figure.axes[0].transData.transform((1, 0.1))[1]
    assert boxes["one"].y0 < middle < boxes["one"].y1


def test_numbers_are_written_with_a_true_minus_and_no_negative_zero():
    assert number(-1.239) == "−1.24"
    assert number(-0.001) == "0.00"


def test_the_browser_module_is_one_valid_module(tmp_path):
    module = bundle.module()
    assert 'from "./' not in module
    assert module.count("export ") == 1
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    (tmp_path / "figure.mjs").write_text(module, encoding="utf-8")
    subprocess.run([node, "--check", tmp_path / "figure.mjs"], check=True)


def test_who_works_on_the_browsers_files_gets_them_apart_and_unchanged(tmp_path, monkeypatch):
    monkeypatch.setenv(bundle.SWITCH, "1")
    module = bundle.module()
    assert all(json.dumps(path.read_text(encoding="utf-8")) in module for path in bundle.STATIC.glob("*.js"))
    monkeypatch.setenv(bundle.SWITCH, "0")
    assert bundle.module() != module
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    (tmp_path / "figure.mjs").write_text(module, encoding="utf-8")
    subprocess.run([node, "--check", tmp_path / "figure.mjs"], check=True)


def test_the_browser_scales_a_logarithmic_axis_as_it_does_the_static_picture(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    shutil.copy(bundle.STATIC / "scale.js", tmp_path / "scale.mjs")
    (tmp_path / "ask.mjs").write_text(
        """import { makeScale, tick } from "./scale.mjs";
        const scale = makeScale({ x: [20, 1437], y: [1e-4, 1], xlog: true, ylog: true, axes: true, left: 0 }, 448, 232);
        const middle = Math.sqrt(20 * 1437);
        console.log(JSON.stringify({
          share: (scale.x(middle) - scale.box.x) / scale.box.w,
          back: scale.dataX(scale.x(300)),
          up: scale.dataY(scale.y(0.02)),
          x: scale.xTicks,
          y: scale.yTicks.map((value) => tick(value, true)),
          under: scale.y(0) > scale.box.y + scale.box.h }));"""
    )
    said = json.loads(subprocess.run([node, tmp_path / "ask.mjs"], check=True, capture_output=True).stdout)
    assert said["share"] == pytest.approx(0.5)
    assert said["back"] == pytest.approx(300)
    assert said["up"] == pytest.approx(0.02)
    assert said["x"] == [20, 50, 100, 200, 500, 1000]
    assert said["y"] == ["1e−4", "1e−3", "0.01", "0.1", "1"]
    assert said["under"]


TEXTS = (
    "",
    "a",
    "to be or not to be\nthat is\n\nthe question\n",
    "abcdefghijklmnopqrstuvw",
    "ab cd ef gh ij",
    " \n  x",
)


@pytest.mark.parametrize("text", TEXTS)
def test_the_lines_of_a_strip_hold_every_letter_once_and_none_is_too_long(text):
    lines = wrapped(text, 9)
    assert "".join(text[start:end] for start, end in lines) == text
    assert all(0 < end - start <= 9 for start, end in lines)


def test_a_line_of_a_strip_ends_after_a_line_break_or_a_space_where_there_is_one():
    lines = [TEXTS[2][start:end] for start, end in wrapped(TEXTS[2], 9)]
    assert lines[:4] == ["to be or ", "not to ", "be\n", "that is\n"]


def test_the_browser_breaks_the_lines_of_a_strip_where_the_static_picture_does(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    shutil.copytree(bundle.STATIC, tmp_path, dirs_exist_ok=True)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "ask.js").write_text(
        f"""import {{ wrapped }} from "./strip.js";
        console.log(JSON.stringify({json.dumps(TEXTS)}.map((text) => wrapped([...text], 9))));"""
    )
    said = json.loads(subprocess.run([node, tmp_path / "ask.js"], check=True, capture_output=True).stdout)
    assert said == [[list(line) for line in wrapped(text, 9)] for text in TEXTS]


def test_every_static_module_is_in_the_bundle():
    assert {path.stem for path in bundle.STATIC.glob("*.js")} == set(bundle.ORDER)
