"""The kernel workbench: its numbers against torch, every event, and what wrong functions do to it."""

import itertools

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d as torch_conv2d
from torch.nn.functional import max_pool2d
from widgets_08_convolution.figure import KernelWorkbench
from widgets_08_convolution.images import IMAGES, drawn, image, photo
from widgets_08_convolution.kernels import HIDDEN, PRESETS, YOURS

from course.figures.reference import borrowed
from course.figures.scene import Field, Hatch
from course.figures.session import Session
from course.figures.static import draw, png

START = (
    "Photo 96 × 128, vertical kernel 3 × 3. Response 94 × 126, from −2.25 to 2.10. "
    "Window 57, 12: products and bias add up to −1.96. The cells add up to 0, so a flat patch answers the bias alone."
)
KERNELS = {
    "vertical": np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "horizontal": np.array([[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]]),
    "blur": np.full((5, 5), 0.04),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
}
REFERENCE = borrowed(KernelWorkbench())
conv2d, output_size = REFERENCE["conv2d"], REFERENCE["output_size"]
YOUR = REFERENCE | {"edge_kernels": KERNELS}
WITHOUT_SOLUTIONS = {}
WAYS = pytest.mark.parametrize("reference", [None, WITHOUT_SOLUTIONS], ids=["borrowed", "without solutions"])
TICK = {"type": "tick"}


def session(namespace=None, reference=None, **state):
    return Session(KernelWorkbench(), namespace if namespace is not None else {}, reference, **state)


def arrays(run):
    return run.figure.compute(run.state, run.functions)


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def picture(run, name="response"):
    return next(layer.values for layer in panel(run, name).layers if isinstance(layer, Field))


def rows(run):
    return [[getattr(cell, "text", cell) for cell in row] for row in panel(run, "sum").rows]


def set_(name, value):
    return {"type": "set", "name": name, "value": value}


def press(name):
    return {"type": "press", "name": name}


def cell(row, column, value):
    return {"type": "cell", "panel": "kernel", "thing": f"kernel {row} {column}", "value": value}


def nudge(thing, dx=0, dy=0):
    return {"type": "nudge", "thing": thing, "dx": dx, "dy": dy}


def drag(thing, x, y):
    return {"type": "drag", "thing": thing, "x": x, "y": y}


def oracle(X, kernel, bias=0.0, stride=1, padding=0, dilation=1):
    X, W = (torch.as_tensor(values.astype(float))[None, None] for values in (X, kernel))
    b = torch.tensor([bias], dtype=torch.float64)
    return torch_conv2d(X, W, b, stride=stride, padding=padding, dilation=dilation)[0, 0].numpy()


# --- the numbers ------------------------------------------------------------------------------------------


@WAYS
@pytest.mark.parametrize("size", ["1", "3", "5", "7"])
@pytest.mark.parametrize("flip", [False, True])
def test_every_setting_gives_what_torch_gives(size, flip, reference):
    for stride, padding, dilation in itertools.product((1, 2, 3, 4), (0, 1, 2, 3), (1, 2, 3)):
        how = {"stride": stride, "padding": padding, "dilation": dilation}
        numbers = arrays(session({}, reference, preset="random", size=size, seed=3, flip=flip, bias=0.3, **how))
        expected = oracle(photo(), numbers["kernel"], 0.3, **how)
        np.testing.assert_allclose(numbers["response"], expected, atol=1e-9)
        assert numbers["sum"] == pytest.approx(expected[numbers["row"], numbers["column"]])
        assert numbers["patch"].shape == numbers["products"].shape == numbers["kernel"].shape
        np.testing.assert_array_equal(numbers["padded"], np.pad(photo(), padding))


@WAYS
@pytest.mark.parametrize("name", IMAGES)
@pytest.mark.parametrize("relu", [False, True])
@pytest.mark.parametrize("pool", ["off", "2", "3"])
def test_relu_and_pooling_come_after_the_response_of_each_picture(name, relu, pool, reference):
    drawing = "00000000" * 8 + "00ffff00" * 4 + "00000000" * 12
    run = session({}, reference, image=name, relu=relu, pool=pool, preset="emboss", drawing=drawing)
    expected = oracle(image(run.state), arrays(run)["kernel"])
    expected = np.maximum(expected, 0) if relu else expected
    if pool != "off":
        expected = max_pool2d(torch.as_tensor(expected)[None, None], int(pool))[0, 0].numpy()
    np.testing.assert_allclose(picture(run), expected, atol=1e-6)
    assert f"{expected.shape[0]} × {expected.shape[1]}" in panel(run, "response").title


@WAYS
@pytest.mark.parametrize("run_on", ["conv2d", "conv2d_loops"])
def test_adding_one_to_a_cell_adds_the_shifted_picture(run_on, reference):
    run = session({}, reference, run=run_on, preset="horizontal", bias=-0.4)
    before = picture(run).copy()
    run.handle([cell(2, 1, 2.0)])
    np.testing.assert_allclose(picture(run) - before, photo()[2:96, 1:127], atol=1e-6)


def test_a_turned_kernel_is_a_convolution_and_its_cells_are_set_where_they_are_seen():
    run = session(preset="emboss")
    straight = picture(run).copy()
    run.handle([set_("flip", True)])
    assert panel(run, "kernel").values.tolist() == [[2, 1, 0], [1, 1, -1], [0, -1, -2]]
    np.testing.assert_allclose(
        picture(run), oracle(photo(), np.array([[2.0, 1, 0], [1, 1, -1], [0, -1, -2]])), atol=1e-6
    )
    assert np.abs(picture(run) - straight).max() > 1
    run.handle([cell(0, 2, 4.0)])
    assert panel(run, "kernel").values.tolist() == [[2, 1, 4], [1, 1, -1], [0, -1, -2]]
    run.handle([set_("flip", False)])
    assert panel(run, "kernel").values.tolist() == [[-2, -1, 0], [-1, 1, 1], [4, 1, 2]]


def test_what_is_hatched_is_what_no_window_reads():
    for stride, padding, dilation, size in itertools.product((1, 2, 3, 4), (0, 2), (1, 2), ("1", "3", "5")):
        how = {"stride": stride, "padding": padding, "dilation": dilation}
        run = session(size=size, **how)
        X = torch.zeros(1, 1, 96, 128, dtype=torch.float64, requires_grad=True)
        ones = torch.ones(1, 1, int(size), int(size), dtype=torch.float64)
        torch_conv2d(X, ones, **how).sum().backward()
        covered = np.zeros((96, 128), dtype=bool)
        for layer in panel(run, "input").layers:
            for x0, y0, x1, y1 in layer.boxes.tolist() if isinstance(layer, Hatch) else []:
                top, bottom, left, right = (round(edge) for edge in (95.5 - y1, 95.5 - y0, x0 + 0.5, x1 + 0.5))
                covered[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
        np.testing.assert_array_equal(covered, X.grad[0, 0].numpy() == 0)
        if padding == 0:
            assert ("hatched" in panel(run, "input").title) == ("Never seen" in run.frame.say) == covered.any()


def test_stride_3_leaves_two_columns_of_the_photo_unseen():
    run = session(stride=3)
    assert "Response 32 × 42" in run.frame.say
    assert run.frame.say.count("Never seen: 2 columns of the picture.") == 1


def test_the_sum_under_the_window_is_worked_out():
    run = session(bias=0.5)
    photo_patch = photo()[57:60, 12:15]
    np.testing.assert_allclose(panel(run, "patch").values, photo_patch, atol=1e-6)
    np.testing.assert_allclose(panel(run, "products").values, photo_patch * [-1, 0, 1], atol=1e-6)
    positive, negative = photo_patch[:, 2].sum(), photo_patch[:, 0].sum()
    assert rows(run)[:4] == [
        ["blue products", f"+{positive:.2f}"],
        ["orange products", f"−{negative:.2f}"],
        ["bias", "0.50"],
        ["sum: response[57, 12]", f"−{negative - positive - 0.5:.2f}"],
    ]
    run.handle([set_("relu", True), set_("pool", "2")])
    assert ["after ReLU", "0.00"] in rows(run)
    assert ["largest of its 2 × 2", f"{arrays(run)['shown'][28, 6]:.2f}"] in rows(run)


def test_a_flat_patch_answers_what_the_cells_add_up_to():
    run = session(at=[2, 3])
    assert abs(arrays(run)["sum"]) < 0.05
    run.handle([press("plus")])
    assert run.frame.say.endswith("The cells add up to 9, so a flat patch answers too.")
    assert arrays(run)["sum"] == pytest.approx(9 * photo()[2, 3], abs=0.1)


def test_the_two_sides_of_a_post_answer_with_opposite_signs():
    response = picture(session())
    assert response[57, 12] < -1.5 and response[57, 15] > 1.5
    sideways = picture(session(preset="horizontal"))
    assert abs(sideways[57, 12]) < 0.2 and np.abs(sideways).max() > 1.5


def test_the_response_is_drawn_on_a_scale_of_its_own_with_zero_in_the_middle():
    run = session(preset="blur", size="7")
    field = panel(run, "response").layers[0]
    assert -field.low == field.high == pytest.approx(np.abs(field.values).max())
    assert panel(run, "response").title.endswith(f"scale ±{field.high:.2f}")


# --- the cursor -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [{}, {"stride": 3, "padding": 2}, {"dilation": 3, "size": "5"}, {"pool": "2"}])
def test_both_pictures_have_one_cursor(how):
    run = session(**how)
    windows = arrays(run)["windows"]
    for thing, x, y in (("window", 70, 40), ("pixel", 30, 61), ("window", 0, 0), ("pixel", 127, 95)):
        run.handle([drag(thing, x, y)])
        row, column = arrays(run)["row"], arrays(run)["column"]
        reach = windows.stride / 2 + (windows.tall + 1) / 2  # the outermost window's middle is that far from the edge
        middle = windows.middle(row * windows.columns + column)
        assert abs(middle[0] - (95 - y)) <= reach and abs(middle[1] - x) <= reach
        box = panel(run, "input").thing("window").box
        assert (box[2] - box[0], box[1] - box[3]) == (windows.wide, windows.tall)
        assert ((box[0] + box[2]) / 2, 95 - (box[1] + box[3]) / 2) == pytest.approx((middle[1], middle[0]))
        pixel, pool = panel(run, "response").thing("pixel").box, arrays(run)["pool"]
        assert pixel[0] <= middle[1] <= pixel[2] or (column // pool) >= arrays(run)["shown"].shape[1]


@pytest.mark.parametrize(
    ("thing", "how", "by"), [("window", {"stride": 2}, 1), ("pixel", {}, 1), ("pixel", {"pool": "2"}, 2)]
)
def test_an_arrow_key_moves_the_cursor_by_one_pixel_of_the_response(thing, how, by):
    run = session(**how)
    run.handle([nudge(thing)])
    before = arrays(run)
    run.handle([nudge(thing, dx=1)])
    after = arrays(run)
    assert (after["row"], after["column"] - before["column"]) == (before["row"], by)
    run.handle([nudge(thing, dy=1)])
    assert arrays(run)["row"] == before["row"] - by


def test_a_changed_stride_keeps_the_window_where_it_is():
    run = session(at=[40, 70])
    run.handle([set_("stride", 4), set_("padding", 1)])
    windows, numbers = arrays(run)["windows"], arrays(run)
    middle = windows.middle(numbers["row"] * windows.columns + numbers["column"])
    assert np.abs(np.subtract(middle, (40, 70))).max() <= 2


# --- the slide --------------------------------------------------------------------------------------------


def test_a_step_shows_one_more_pixel_of_the_response():
    run = session()
    for count in (1, 2, 3):
        run.handle([TICK])
        assert np.isfinite(picture(run)).sum() == count
    assert np.isfinite(picture(run)[0, :3]).all()
    run.handle([drag("window", 50, 50)])
    assert np.isfinite(picture(run)).all()


@WAYS
def test_the_slide_ends_with_the_whole_response(reference):
    run = session({}, reference, stride=2)
    run.handle([press("playing")])
    seen = []
    while run.frame.playing:
        run.handle([TICK | {"run": True}])
        seen.append(int(np.isfinite(picture(run)).sum()))
    assert seen == sorted(seen) and 300 < len(seen) < 620 and seen[-1] == 47 * 63
    assert (arrays(run)["row"], arrays(run)["column"]) == (46, 62)


def test_a_pooled_pixel_appears_when_all_it_is_made_of_is_known():
    run = session(pool="2", growing=True, at=[2, 20])  # second row of windows, column 19
    assert np.isfinite(picture(run)).sum() == 10 == np.isfinite(picture(run)[0]).sum()


# --- kernels ----------------------------------------------------------------------------------------------


def test_each_preset_is_what_its_name_says():
    flat, edge = np.full((9, 9), 0.5), np.tile(np.repeat([0.0, 1.0], [5, 4]), (9, 1))
    for size in ("3", "5", "7"):
        kernels = {name: arrays(session(preset=name, size=size))["kernel"] for name in PRESETS}
        assert all(kernel.shape == (int(size), int(size)) for kernel in kernels.values())
        for name, on_flat in (("vertical", 0), ("horizontal", 0), ("blur", 0.5), ("sharpen", 0.5), ("identity", 0.5)):
            np.testing.assert_allclose(oracle(flat, kernels[name]), on_flat, atol=1e-9)
        assert np.abs(oracle(edge, kernels["vertical"])).max() > 1 and not oracle(edge, kernels["horizontal"]).any()
        assert oracle(edge.T, kernels["horizontal"]).max() > 1 and oracle(edge, kernels["sharpen"]).max() > 1


def test_a_kernel_of_one_cell_gives_the_picture_back():
    run = session(size="1")
    np.testing.assert_allclose(picture(run), photo(), atol=1e-6)
    assert run.frame.say.endswith("it can't see an edge.")


def test_cells_are_set_stepped_and_raised_together():
    run = session()
    run.handle([cell(0, 1, 0.3), nudge("kernel 0 1", dy=1), nudge("kernel 2 2", dy=-2)])
    assert panel(run, "kernel").values.tolist() == [[-1, 0.5, 1], [-1, 0, 1], [-1, 0, 0]]
    run.handle([press("plus"), cell(1, 1, -4)])
    assert panel(run, "kernel").values.tolist() == [[0, 1.5, 2], [0, -4, 2], [0, 1, 1]]
    assert "changed by hand" in run.frame.say
    run.handle([set_("size", "5")])
    assert panel(run, "kernel").values.shape == (5, 5) and "by hand" not in run.frame.say


def test_small_numbers_have_a_digit_more():
    digits = {size: panel(session(preset="blur", size=size), "products").digits for size in ("3", "5", "7")}
    assert digits == {"3": 2, "5": 3, "7": 3}


def test_new_random_numbers_are_other_numbers():
    run = session(preset="random")
    before = panel(run, "kernel").values.copy()
    run.handle([press("random")])
    assert (panel(run, "kernel").values != before).any()
    assert [any(control.name == "random" for control, _ in one.frame.controls) for one in (run, session())] == [
        True,
        False,
    ]


@pytest.mark.parametrize("name", YOURS)
def test_your_kernels_are_looked_up_in_each_frame(name):
    kernels = dict(KERNELS)
    run = session({"edge_kernels": kernels}, preset=name)
    key = name.removeprefix("your ")
    np.testing.assert_allclose(picture(run), oracle(photo(), KERNELS[key]), atol=1e-5)
    assert "your edge_kernels" in run.frame.badge
    kernels[key] = np.array([[0.0, 0, 2]])
    run.handle([{"type": "select", "thing": "pixel"}])
    np.testing.assert_allclose(picture(run), 2 * photo()[:, 2:], atol=1e-6)


@pytest.mark.parametrize(
    ("kernels", "message"),
    [
        (None, "Your edge_kernels isn't there yet"),
        ([1], "no kernel named 'blur'"),
        ({"blur": "soft"}, "must be an array of numbers"),
        ({"blur": np.ones(3)}, "has shape (3,)"),
        ({"blur": np.ones((9, 9))}, "at most 7 each"),
    ],
)
def test_kernels_of_yours_that_cannot_be_used_leave_the_last_picture_and_say_why(kernels, message):
    run = session({} if kernels is None else {"edge_kernels": kernels})
    good = run.frame.panels
    frame = run.handle([set_("preset", "your blur")])
    assert frame.panels is good and message in frame.strip[0]
    assert run.handle([set_("preset", "blur")]).strip == []


# --- your functions ---------------------------------------------------------------------------------------


def test_it_runs_on_yours_and_says_so():
    run = session(YOUR, padding=1, pool="2", preset="your vertical")
    for name in ("output_size", "pad", "conv2d", "max_pool", "edge_kernels"):
        assert f"your {name}" in run.frame.badge
    assert run.frame.strip == []
    assert "your conv2d_loops" in session(YOUR, run="conv2d_loops").frame.badge
    assert session().frame.badge == "running on: our output_size · our conv2d"


def unwritten(*given):
    raise NotImplementedError


STUBS = dict.fromkeys(KernelWorkbench.uses, unwritten)


@pytest.mark.parametrize("namespace", [{}, STUBS, dict.fromkeys(STUBS, lambda *given: ...)])
@pytest.mark.parametrize(
    "how", [{}, {"padding": 2, "pool": "3", "stride": 2, "dilation": 2, "bias": 0.3, "relu": True}]
)
def test_without_solutions_it_shows_the_same_on_code_of_its_own_and_says_so(namespace, how):
    own, borrowed_ = session(namespace, WITHOUT_SOLUTIONS, **how), session(**how)
    assert own.frame.say == borrowed_.frame.say and own.frame.strip == []
    assert own.frame.goal.text == borrowed_.frame.goal.text and rows(own)[:-1] == rows(borrowed_)[:-1]
    assert own.frame.goal.progress == pytest.approx(borrowed_.frame.goal.progress)
    for name in ("input", "response"):
        np.testing.assert_allclose(picture(own, name), picture(borrowed_, name), atol=1e-6)
    until = "output_size, pad, conv2d and max_pool are" if how else "output_size and conv2d are"
    assert own.frame.badge == f"running on: the figure's own code (until your {until} written)"
    assert rows(own)[-1][0] == "the figure's own code took"


@pytest.mark.parametrize("name", ["pad", "conv2d", "max_pool"])
def test_without_solutions_what_you_have_written_is_used_at_once(name):
    how = {"padding": 1, "pool": "2"}
    run = session({name: YOUR[name]}, WITHOUT_SOLUTIONS, **how)
    assert run.frame.badge.startswith(f"running on: your {name} · the figure's own code (until your output_size")
    assert f" {name} " not in run.frame.badge.partition("·")[2] and run.frame.strip == []
    np.testing.assert_allclose(picture(run), picture(session(**how)), atol=1e-6)
    wrong = session({name: lambda *given: YOUR[name](*given) + 1}, WITHOUT_SOLUTIONS, **how)
    assert any((a.layers[0].values != b.layers[0].values).any() for a, b in plots(wrong, run))


def plots(*runs):
    return zip(*([panel(run, name) for name in ("input", "response")] for run in runs), strict=True)


def test_without_solutions_a_wrong_pad_is_told_against_the_figures_own_code():
    run = session({"pad": lambda X, p: 2 * YOUR["pad"](X, p)}, WITHOUT_SOLUTIONS, padding=2, at=[0, 0])
    assert run.frame.strip[0].startswith("The figure's own code says ")


def sabotaged(name):
    def flipped(X, W, b, stride, padding):
        return conv2d(X, W[:, :, ::-1, ::-1], b, stride, padding)

    def stride_ignored(X, W, b, stride, padding):
        whole = conv2d(X, W, b, 1, padding)
        h, w = (output_size(n, k, stride, padding) for n, k in zip(X.shape[2:], W.shape[2:], strict=True))
        return whole[:, :, :h, :w]

    def bias_forgotten(X, W, b, stride, padding):
        return conv2d(X, W, 0 * b, stride, padding)

    def transposed(X, W, b, stride, padding):
        return conv2d(X, W.swapaxes(2, 3), b, stride, padding)

    def padded_with_ones(X, W, b, stride, padding):
        X = np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=1)
        return conv2d(X, W, b, stride, 0)

    def nothing(X, W, b, stride, padding):
        return 0 * conv2d(X, W, b, stride, padding)

    return locals()[name]


@pytest.mark.parametrize("run_on", ["conv2d", "conv2d_loops"])
@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("flipped", {}),
        ("stride_ignored", {"stride": 2}),
        ("bias_forgotten", {"bias": 0.5}),
        ("transposed", {}),
        ("padded_with_ones", {"padding": 2, "at": [0, 0]}),
        ("nothing", {}),
    ],
)
def test_a_wrong_convolution_shows_in_the_response_and_in_the_sum(name, state, run_on):
    wrong = session({run_on: sabotaged(name)}, run=run_on, **state)
    right = session(run=run_on, **state)
    assert np.abs(picture(wrong) - picture(right)).max() > 0.3
    assert wrong.frame.strip[0].startswith(f"Your {run_on} says ") and right.frame.strip == []
    assert f"but {run_on} says" in [row[0] for row in rows(wrong)]


def test_a_convolution_of_the_wrong_shape_leaves_the_last_good_picture():
    namespace = dict(YOUR)
    run = session(namespace)
    good = run.frame.panels
    namespace["conv2d"] = lambda X, W, b, stride, padding: conv2d(X, W, b, 1, padding)
    frame = run.handle([set_("stride", 2)])
    assert frame.panels is good
    assert frame.strip == ["Your conv2d returned shape (1, 1, 94, 126); this figure needs (1, 1, 47, 63)."]
    assert run.handle([set_("stride", 1)]).strip == []


@WAYS
def test_a_convolution_that_stops_is_named_with_its_error(reference):
    def stops(X, W, b, stride, padding):
        raise IndexError("too far")

    run = session({"conv2d": stops}, reference)
    assert run.frame.strip == ["Your conv2d stopped: IndexError: too far"]
    assert run.frame.say == START


def test_values_that_are_not_finite_are_named_and_drawn():
    run = session({"conv2d": lambda *given: conv2d(*given) / np.array(0.0)})
    assert run.frame.strip == ["Your conv2d gave values that aren't finite numbers."]
    assert png(draw(run.frame.panels))


def test_a_wrong_padding_shows_in_the_picture():
    def ones(X, p):
        return np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=1)

    wrong, right = session({"pad": ones}, padding=2, at=[0, 0]), session(padding=2, at=[0, 0])
    assert picture(right, "input")[0].max() == 0 and picture(wrong, "input")[0].min() == 1
    assert wrong.frame.strip[0].startswith("Our conv2d says")
    assert (
        session({"pad": lambda X, p: X}, padding=2).frame.strip[0].startswith("Your pad returned shape (1, 1, 96, 128)")
    )


def test_a_wrong_pool_shows_in_the_response():
    def mean_pool(X, size, stride):
        return X[:, :, : X.shape[2] // size * size : stride, : X.shape[3] // size * size : stride]

    assert np.abs(picture(session({"max_pool": mean_pool}, pool="2")) - picture(session(pool="2"))).max() > 0.5


def test_a_wrong_output_size_is_told_with_the_count_of_the_windows():
    def ceiling(n, k, stride, padding):
        return -(-(n + 2 * padding - k) // stride) + 1

    assert session({"output_size": ceiling}).frame.strip == []
    assert session({"output_size": ceiling}, stride=3).frame.strip == [
        "Your output_size(128, 3, 3, 0) gives 43; 42 windows fit."
    ]


def test_what_the_picture_cost_is_shown_for_loops_too():
    for run_on in ("conv2d", "conv2d_loops"):
        run = session(YOUR, run=run_on)
        words, time = rows(run)[-1]
        assert words == f"{run_on} took" and time.endswith("ms")
        assert not run.frame.strip and run.functions.detail == 1


# --- the goal ---------------------------------------------------------------------------------------------


def test_no_preset_reaches_a_goal_but_the_hidden_kernel_does_at_any_setting():
    for which, kernel in enumerate(HIDDEN):
        for name in PRESETS:
            assert session(round=which, preset=name).frame.goal.progress < 0.9
        edits = {f"{row} {column}": 0.5 * value for (row, column), value in np.ndenumerate(kernel)}
        for how in ({}, {"stride": 2, "padding": 1, "dilation": 2, "bias": 1.0, "relu": True}):
            found = session(round=which, edits=edits, **how)
            assert found.frame.goal.progress == 1 and found.frame.goal.text.startswith("Found")


def test_the_goal_can_be_reached_cell_by_cell():
    run = session()
    for (row, column), value in np.ndenumerate(HIDDEN[0]):
        run.handle([cell(row, column, value)])
    assert run.frame.goal.progress == 1
    run.handle([press("goal")])
    assert run.frame.goal.progress < 0.5


def test_a_goal_that_cannot_be_compared_says_what_it_takes():
    assert "square kernel of 3 × 3" in session(size="1").frame.goal.text
    assert session(image="digit").frame.goal is None


# --- drawing ----------------------------------------------------------------------------------------------


def test_strokes_and_keys_draw_and_can_be_taken_back():
    run = session(image="draw")
    run.handle([{"type": "stroke", "panel": "input", "points": [[4, 20], [12, 20]]}])
    pixels = drawn(run.state["drawing"])
    assert pixels[3, 4:13].all() and pixels.sum() == 9
    assert picture(run).any()
    run.handle([drag("window", 20, 10), {"type": "flip", "thing": "window"}])
    assert drawn(run.state["drawing"])[13, 20] == 1
    run.handle([{"type": "flip", "thing": "window"}])
    assert drawn(run.state["drawing"]).sum() == 9
    run.handle([press("clear")])
    assert not drawn(run.state["drawing"]).any()
    run.handle([{"type": "undo"}])
    assert drawn(run.state["drawing"]).sum() == 9


def test_only_the_sheet_can_be_drawn_on():
    run = session()
    run.handle(
        [{"type": "stroke", "panel": "input", "points": [[4, 20], [12, 20]]}, {"type": "flip", "thing": "window"}]
    )
    assert run.frame.say == START and not panel(run, "input").draws and panel(session(image="draw"), "input").draws


def test_the_next_digit_is_another_one():
    run = session(image="digit")
    before = picture(run, "input").copy()
    run.handle([press("digit")])
    assert (picture(run, "input") != before).any()


# --- the frame --------------------------------------------------------------------------------------------


def test_the_first_frame_works_out_one_window_at_the_edge_of_a_post():
    run = session()
    assert run.frame.say == START
    assert [panel.id for panel in run.frame.panels] == [
        "input",
        "patch",
        "kernel",
        "products",
        "response",
        "sum",
        "target",
    ]


@pytest.mark.parametrize("name", IMAGES)
@pytest.mark.parametrize("how", [{}, {"size": "7", "stride": 4, "padding": 3, "dilation": 3}, {"growing": True}])
def test_every_view_can_be_drawn_as_a_still_picture(name, how):
    assert png(draw(session(image=name, **how).frame.panels))


def test_a_response_too_small_for_its_pool_says_so():
    run = session(image="checker", size="7", dilation=3, stride=4)
    frame = run.handle([set_("pool", "3")])
    assert frame.strip == ["The response is too small for a pool of 3 × 3: (2, 4)."]


def test_copy_state_rebuilds_the_view():
    run = session()
    run.handle([set_("image", "digit"), press("digit"), set_("stride", 2), cell(0, 0, 1.5), press("plus")])
    run.handle([drag("pixel", 20, 12), set_("pool", "2")])
    again = session(**eval(run.frame.code.replace("widgets.kernel_workbench", "dict")))
    assert again.frame.say == run.frame.say
    assert (picture(again) == picture(run)).all()
    assert session(image="checker").frame.code == "widgets.kernel_workbench(image='checker')"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"size": "4"}, "size must be one of"),
        ({"stride": 5}, "stride must lie between"),
        ({"at": [1]}, "at must be the window's middle"),
        ({"edits": {"a": 1}}, "edits must be a dict"),
        ({"edits": {"0 0": float("nan")}}, "edits must be a dict"),
        ({"added": "1"}, "added must be a number"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"round": 3}, "round must be a whole number from 0 to 2"),
        ({"growing": 1}, "growing must be True or False"),
        ({"drawing": "zz"}, "drawing must be what Copy state writes"),
    ],
)
def test_settings_that_do_not_fit_are_refused_clearly(given, message):
    with pytest.raises(ValueError, match=message):
        session(**given)
