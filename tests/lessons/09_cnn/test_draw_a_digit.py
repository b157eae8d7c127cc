"""Draw a digit: ink, what the network gets, whose functions it runs on, and what wrong ones do to the picture."""

import itertools
import os

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from widgets_09_cnn import looks as looks_module
from widgets_09_cnn.drawing import FINE, PAD, SIDE, STILL, Moved, coarse, picture, prepared
from widgets_09_cnn.drawn_digits import DRAWN, marks
from widgets_09_cnn.figure import DrawADigit
from widgets_09_cnn.looks import hooks
from widgets_09_cnn.reader import CHECKPOINT, convolutions, stored_network
from widgets_09_cnn.samples import known_digits

from course import data
from course.datasets import fetched, stand_ins
from course.figures.reference import borrowed
from course.figures.session import Session
from course.figures.static import draw, png

REFERENCE = borrowed(DrawADigit())
FEATURE_MAPS, SALIENCY, GRAD_CAM = (REFERENCE[name] for name in ("feature_maps", "saliency", "grad_cam"))
WITHOUT_SOLUTIONS = {}
FOOLING = [["pen", 20, [[120, 54], [146, 58], [172, 80]]], ["erase", 24, [[180, 142], [205, 138]]]]


@pytest.fixture(autouse=True)
def digits_without_a_network(monkeypatch):
    monkeypatch.setattr(data, "mnist", stand_ins.enlarged_digits)
    known_digits.cache_clear()
    yield
    known_digits.cache_clear()


def session(namespace=None, reference=None, **state):
    return Session(DrawADigit(), namespace if namespace is not None else {}, reference, **state)


def arrays(run):
    return run.figure.compute(run.state, run.functions)


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def stroke(*points, gesture="one"):
    return {"type": "stroke", "panel": "pad", "points": [list(point) for point in points], "gesture": gesture}


def set_(name, value):
    return {"type": "set", "name": name, "value": value}


def press(name):
    return {"type": "press", "name": name}


def weights():
    """The stored weights by name."""
    with np.load(CHECKPOINT) as stored:
        return {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files if name != "layers"}


def scores_by_hand(image):
    """What the stored weights make of an image, without any module."""
    w = weights()
    x = torch.from_numpy(image)[None, None]
    for conv, norm in ((0, 1), (4, 5)):
        x = F.conv2d(x, w[f"{conv}.weight"], w[f"{conv}.bias"], padding=1)
        mean, var = (w[f"{norm}.running_{part}"].view(-1, 1, 1) for part in ("mean", "var"))
        scale, shift = (w[f"{norm}.{part}"].view(-1, 1, 1) for part in ("weight", "bias"))
        x = F.max_pool2d(((x - mean) / (var + 1e-5).sqrt() * scale + shift).clamp(min=0), 2)
    return (x.flatten() @ w["9.weight"].T + w["9.bias"]).double()


# --- ink ------------------------------------------------------------------------------------------------


def test_a_dot_is_a_disc_as_wide_as_the_pen():
    ink = picture([["pen", 40, [[140, 140]]]], STILL)
    assert ink.shape == (FINE, FINE)
    assert ink.sum() * (PAD / FINE) ** 2 == pytest.approx(np.pi * 20**2, rel=0.01)
    assert ink[70, 70] == 1 and ink[70, 55] == 0


def test_the_eraser_takes_off_what_lies_under_it_and_later_ink_stays():
    line = ["pen", 20, [[40, 140], [240, 140]]]
    erased = picture([line, ["erase", 40, [[140, 140]]]], STILL)
    assert erased[70, 70] == 0 and erased[70, 30] == 1
    again = picture([line, ["erase", 40, [[140, 140]]], ["pen", 20, [[140, 140]]]], STILL)
    assert again[70, 70] == 1


def test_a_picture_drawn_stroke_by_stroke_is_the_picture_drawn_at_once():
    every = marks("4")
    for grown in range(1, len(every) + 1):
        picture(every[:grown], STILL)
    picture.__globals__["_inked"].cache_clear()
    at_once = picture(every, STILL)
    separate = np.maximum(picture(every[:1], STILL), picture(every[1:], STILL))
    assert np.allclose(at_once, separate)


def test_moving_there_and_back_is_staying():
    moved = Moved(right=3, down=-2, turn=40, size=1.3)
    points = np.array([[10.0, 20.0], [200.0, 90.0]])
    assert np.allclose(moved.in_drawing(moved.on_pad(points)), points)
    assert np.allclose(Moved(turn=90).on_pad([[240, 140]]), [[140, 240]]), "clockwise, since y points down"
    assert np.allclose(Moved(right=1, down=2).on_pad([[0, 0]]), [[10, 20]])


def test_a_test_digit_is_moved_as_ink_is():
    sample = np.zeros((SIDE, SIDE), np.float32)
    sample[14, 20:24] = 1
    turned = picture([], Moved(turn=90), sample)
    rows, columns = np.nonzero(turned > 0.5)
    assert rows.min() > FINE * 0.65 and abs(columns.mean() - FINE / 2) < 5
    shifted = picture([], Moved(right=3), sample)
    assert np.allclose(shifted[:, 15:], picture([], STILL, sample)[:, :-15], atol=1e-5)


# --- what the network gets ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAWN)
def test_a_digit_is_made_as_mnist_made_it(name):
    got = prepared(picture(marks(name), STILL))
    rows, columns = np.flatnonzero(got.max(axis=1) > 0.05), np.flatnonzero(got.max(axis=0) > 0.05)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
    places = np.arange(SIDE)
    assert abs((got.sum(axis=1) * places).sum() / got.sum() - 14) <= 0.5
    assert abs((got.sum(axis=0) * places).sum() / got.sum() - 14) <= 0.5
    assert ((got > 0.1) & (got < 0.9)).any(), "its edges are soft"


def test_where_it_was_drawn_matters_only_without_preparation():
    there, away = (picture(marks("7"), moved) for moved in (STILL, Moved(right=-4, down=2)))
    assert np.allclose(prepared(there), prepared(away), atol=1e-4)
    assert np.allclose(coarse(away)[2:, :-4], coarse(there)[:-2, 4:], atol=1e-4)


def test_an_empty_pad_gives_an_empty_picture():
    run = session()
    run.handle([press("clear")])
    assert arrays(run)["got"].max() == 0
    assert run.frame.say.startswith("The pad is empty.")


def test_a_test_digit_that_nobody_touched_arrives_as_it_is():
    run = session()
    run.handle([press("another")])
    image = known_digits().images[run.state["sample"]] / 255
    assert np.allclose(arrays(run)["got"], image)
    run.handle([set_("right", 2)])
    assert not np.allclose(arrays(run)["got"], image)


# --- what it says ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAWN)
def test_the_bars_are_what_the_stored_weights_make_of_the_drawing(name):
    run = session(marks=marks(name))
    expected = scores_by_hand(arrays(run)["got"]).softmax(dim=0)
    assert np.allclose(panel(run, "says").values, expected, atol=1e-5)


def test_every_digit_is_read_in_at_least_one_way_of_writing_it():
    read = {name: int(scores_by_hand(prepared(picture(marks(name), STILL))).argmax()) for name in DRAWN}
    wrong = {name: digit for name, digit in read.items() if digit != DRAWN[name][0]}
    assert {DRAWN[name][0] for name in read if name not in wrong} == set(range(10))
    assert wrong == {"1 with an upstroke": 7}, "MNIST was written where a 1 is one stroke"


@pytest.mark.skipif("GROUNDUP_DATA" not in os.environ, reason="GROUNDUP_DATA is not set: MNIST isn't here")
def test_the_digits_that_it_did_not_learn_from_are_read():
    digits = fetched.mnist()
    images = torch.from_numpy(digits.images[8000:]).float().div(255)[:, None]
    with torch.inference_mode():
        found = stored_network(CHECKPOINT)(images).argmax(dim=1)
    assert (found.numpy() == digits.labels[8000:]).mean() > 0.985


def test_the_checkpoint_is_small():
    assert CHECKPOINT.stat().st_size < 60_000


# --- drawing --------------------------------------------------------------------------------------------


def test_one_gesture_is_one_mark_and_one_undo():
    run = session(marks=[])
    run.handle([stroke((100, 100), (110, 110)), stroke((120, 120)), stroke((50, 50), gesture="two")])
    assert [mark[2] for mark in run.state["marks"]] == [[[100, 100], [110, 110], [120, 120]], [[50, 50]]]
    run.handle([{"type": "undo"}])
    run.handle([{"type": "undo"}])
    assert run.state["marks"] == []


def test_what_is_drawn_after_turning_lies_where_it_was_drawn():
    run = session(marks=[], turn=90, size=0.5, right=3)
    run.handle([stroke((60, 200))])
    ink = arrays(run)["ink"]
    assert ink[100, 30] == 1
    assert ink.sum() * (PAD / FINE) ** 2 == pytest.approx(np.pi * 10**2, rel=0.03), "as thick as the pen"


def test_the_eraser_and_the_width_hold_for_the_next_mark():
    run = session(marks=[])
    run.handle([set_("tool", "eraser"), set_("pen", 33), stroke((60, 60))])
    assert run.state["marks"] == [["erase", 33, [[60, 60]]]]
    assert panel(run, "pad").erases


def test_copy_state_rebuilds_the_drawing():
    run = session()
    run.handle([stroke((100, 100), (110, 110)), set_("turn", 20), set_("overlay", "saliency"), set_("label", "9")])
    given = eval(run.frame.code.replace("widgets.draw_a_digit", "dict"))
    assert session(**given).frame.say == run.frame.say


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"marks": [["brush", 3, [[0, 0]]]]}, "marks must list"),
        ({"marks": 5}, "marks must list"),
        ({"base": {"marks": []}}, "base must be a drawing with marks, sample"),
        ({"base": None}, "base must be a drawing"),
        ({"sample": -1}, "sample must be the number"),
        ({"pen": 99}, "pen must lie between"),
        ({"overlay": "x-ray"}, "overlay must be one of"),
    ],
)
def test_odd_settings_are_refused_with_a_sentence(given, message):
    with pytest.raises(ValueError, match=message):
        session(**given)


# --- whose network and functions ------------------------------------------------------------------------


class Theirs(nn.Module):
    """Another architecture: one convolution of five filters."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 5, 5)
        self.drop = nn.Dropout(0.5)
        self.out = nn.Linear(5 * 24 * 24, 10)

    def forward(self, x):
        return self.out(self.drop(self.conv(x).relu().flatten(1)))


def test_it_reads_with_the_learners_digit_reader_whatever_its_architecture():
    theirs = Theirs()
    run = session({"digit_reader": theirs})
    theirs.eval()
    expected = theirs(torch.from_numpy(arrays(run)["got"])[None, None])[0].softmax(dim=0).detach()
    theirs.train()
    run.handle([{"type": "select", "thing": "conv 1 filter 5"}])
    assert np.allclose(panel(run, "says").values, expected, atol=1e-6)
    assert "your digit_reader" in run.frame.badge and "Your digit_reader reads" in run.frame.say
    assert panel(run, "maps conv 1").pictures.shape == (5, 24, 24)
    assert theirs.training and hooks(theirs) == 0


class AsStored(nn.Module):
    """A learner's network that the stored weights fit."""

    def __init__(self):
        super().__init__()
        self.one, self.one_norm = nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16)
        self.two, self.two_norm = nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32)
        self.out = nn.Linear(32 * 7 * 7, 10)

    def forward(self, x):
        x = F.max_pool2d(self.one_norm(self.one(x)).relu(), 2)
        return self.out(F.max_pool2d(self.two_norm(self.two(x)).relu(), 2).flatten(1))


def test_our_weights_are_read_by_the_learners_convnet_if_they_fit():
    class ConvNet(AsStored):
        def forward(self, x):
            return -super().forward(x)

    run = session({"ConvNet": ConvNet})
    assert run.frame.badge.startswith("running on: your ConvNet · our digit_reader")
    expected = (-scores_by_hand(arrays(run)["got"])).softmax(dim=0)
    assert np.allclose(panel(run, "says").values, expected, atol=1e-5)


def test_a_convnet_that_our_weights_do_not_fit_waits_until_it_is_trained():
    run = session({"ConvNet": Theirs})
    assert run.frame.strip == [] and "ConvNet" not in run.frame.badge and "our digit_reader" in run.frame.badge
    assert panel(run, "says").values[4] > 0.9


class WithoutLayers(nn.Module):
    def __init__(self):
        raise NotImplementedError


class WithoutForward(nn.Module):
    def forward(self, x):
        raise NotImplementedError


@pytest.mark.parametrize("unwritten", [WithoutLayers, WithoutForward])
def test_an_unwritten_convnet_is_replaced_by_ours(unwritten):
    run = session({"ConvNet": unwritten})
    run.handle([set_("label", "3")])
    assert run.frame.strip == [] and "ConvNet" not in run.frame.badge and "our digit_reader" in run.frame.badge


def test_the_learners_functions_are_used_and_leave_no_hooks():
    model = stored_network(CHECKPOINT)
    run = session(REFERENCE | {"digit_reader": model})
    run.handle([set_("overlay", "saliency"), {"type": "select", "thing": "conv 2 filter 7"}])
    run.handle([set_("overlay", "Grad-CAM")])
    assert all(f"your {name}" in run.frame.badge for name in ("feature_maps", "grad_cam"))
    assert hooks(model) == 0 and run.frame.strip == ["MNIST isn't here: the test digits are scikit-learn's, enlarged."]


def test_a_slow_function_is_not_said_to_make_the_picture_coarser(monkeypatch):
    run = session({"feature_maps": FEATURE_MAPS})
    monkeypatch.setattr("time.perf_counter", itertools.count().__next__)  # each call seems to take a second or more
    run.handle([{"type": "select", "thing": "conv 2 filter 1"}])
    assert "your feature_maps" in run.frame.badge and run.functions.detail == 1


def test_a_hook_left_behind_is_noted():
    def feature_maps(model, x, layer):
        kept = []
        layer.register_forward_hook(lambda module, given, output: kept.append(output.detach()))
        model(x)
        return kept[0]

    run = session({"feature_maps": feature_maps})
    assert run.frame.strip[0].startswith("Your feature_maps left a hook")


class Broken(Theirs):
    def forward(self, x):
        raise RuntimeError("shapes differ")


class Few(Theirs):
    def forward(self, x):
        return super().forward(x)[:, :3]


@pytest.mark.parametrize(
    ("namespace", "message"),
    [
        ({"digit_reader": Broken()}, "Your digit_reader stopped: RuntimeError: shapes differ"),
        ({"ConvNet": Broken}, "Your ConvNet stopped: RuntimeError: shapes differ"),
        ({"ConvNet": dict}, "Your ConvNet must be an nn.Module, so that torch finds its layers."),
        ({"digit_reader": Few()}, "Your digit_reader must give scores of shape (1, 10) for one image; it gave (1, 3)."),
        (
            {"feature_maps": lambda model, x, layer: None},
            "Your feature_maps must return a tensor; it returned NoneType.",
        ),
        ({"feature_maps": lambda model, x, layer: x[0]}, "Your feature_maps must return (n, channels, h, w)"),
        ({"grad_cam": lambda model, x, label, layer: x}, "Your grad_cam must return (n, h, w), here (1, 28, 28)"),
        ({"grad_cam": lambda *given: 1 / 0}, "Your grad_cam stopped: ZeroDivisionError"),
        (
            {"feature_maps": lambda model, x, layer: layer(x if layer.in_channels == 1 else x.expand(-1, 16, -1, -1))},
            "Your feature_maps returned a tensor that still records gradients: detach() it.",
        ),
    ],
)
@pytest.mark.parametrize("reference", [None, WITHOUT_SOLUTIONS], ids=["borrowed", "without solutions"])
def test_what_breaks_is_said_and_ours_draws_the_first_picture(namespace, message, reference):
    run = session(namespace, reference)
    assert run.frame.strip[0].startswith(message)
    assert panel(run, "says").values[4] > 0.9


# --- wrong functions change the picture -----------------------------------------------------------------


def of_the_loss(model, x, label):
    image = x.clone().requires_grad_()
    loss = F.cross_entropy(model(image), torch.as_tensor(label).expand(len(image)))
    return torch.autograd.grad(loss, image)[0].abs().amax(dim=1)


def test_the_gradient_of_the_loss_draws_another_saliency():
    right, wrong = session(overlay="saliency"), session({"saliency": of_the_loss}, overlay="saliency")
    assert (panel(right, "got").over != panel(wrong, "got").over).any()


def test_another_layers_maps_draw_other_maps():
    def behind(model, x, layer):
        found = FEATURE_MAPS(model, x, layer)
        return found.clamp(min=0)

    def other(model, x, layer):
        return FEATURE_MAPS(model, x, model[0])

    right = session()
    assert (
        panel(session({"feature_maps": behind}), "maps conv 2").pictures != panel(right, "maps conv 2").pictures
    ).any()
    run = session({"feature_maps": other})
    assert panel(run, "maps conv 2").pictures.shape != panel(right, "maps conv 2").pictures.shape
    assert run.frame.strip[0].startswith("Your feature_maps gave 16 maps of a layer with 32 filters.")


# --- what stands in until they are written ---------------------------------------------------------------


def unwritten(*given):
    raise NotImplementedError


STUBS = {"ConvNet": WithoutLayers, **dict.fromkeys(("feature_maps", "saliency", "grad_cam"), unwritten)}


class InPlace(Theirs):
    """Another architecture, which changes what its convolution has returned."""

    def forward(self, x):
        return self.out(F.relu(self.conv(x), inplace=True).flatten(1))


NETWORKS = {"ours": None, "theirs": Theirs, "in place": InPlace}


@pytest.mark.parametrize("stubs", [{}, STUBS], ids=["nothing there", "stubs"])
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"overlay": "saliency", "label": "7", "prepare": False, "turn": 40},
        {"overlay": "none"},
        {"layer": "conv 1", "label": "9", "sample": 5, "marks": []},
        {"marks": [], "label": "2"},
    ],
)
def test_without_solutions_it_shows_the_same_on_code_of_its_own_and_says_so(how, network, stubs, monkeypatch):
    monkeypatch.setattr(looks_module, "LOOKED_AT", 50)
    torch.manual_seed(1)
    theirs = {} if NETWORKS[network] is None else {"digit_reader": NETWORKS[network]()}
    select = {"type": "select", "thing": "conv 1 filter 4"}
    own, lent = session(stubs | theirs, WITHOUT_SOLUTIONS, **how), session(theirs, **how)
    own.handle([select])
    lent.handle([select])
    assert own.frame.say == lent.frame.say and own.frame.strip == lent.frame.strip and own.frame.goal == lent.frame.goal
    got, wanted = arrays(own), arrays(lent)
    assert got["maps"].keys() == wanted["maps"].keys()
    for name in wanted["maps"]:
        np.testing.assert_allclose(got["maps"][name], wanted["maps"][name], atol=1e-5)
    np.testing.assert_allclose(got["chosen"]["answers"], wanted["chosen"]["answers"], atol=1e-5)
    assert (got["over"] is None) == (wanted["over"] is None)
    if wanted["over"] is not None:
        np.testing.assert_allclose(got["over"], wanted["over"], atol=1e-4)
    needed = {"saliency": " and saliency are", "none": " is"}.get(how.get("overlay"), " and grad_cam are")
    whose = "your" if theirs else "our"
    own_code = f"the figure's own code (until your feature_maps{needed} written)"
    assert own.frame.badge == f"running on: {whose} digit_reader · {own_code}"
    if theirs:
        assert theirs["digit_reader"].training and hooks(theirs["digit_reader"]) == 0


@pytest.mark.parametrize(
    ("name", "wrong", "what"),
    [
        ("feature_maps", lambda *given: -FEATURE_MAPS(*given), "maps conv 2"),
        ("grad_cam", lambda *given: 1 - GRAD_CAM(*given), "got"),
        ("saliency", lambda *given: 1 / (1e-6 + SALIENCY(*given)), "got"),
    ],
)
def test_without_solutions_what_you_have_written_is_used_at_once(name, wrong, what):
    how = {"overlay": "saliency" if name == "saliency" else "Grad-CAM"}
    run, other = (session({name: function}, WITHOUT_SOLUTIONS, **how) for function in (REFERENCE[name], wrong))
    assert f"your {name} ·" in run.frame.badge and name not in run.frame.badge.partition("until")[2]
    shown = [panel(each, what) for each in (run, session({}, **how), other)]
    right, lent, sabotaged = (each.pictures if name == "feature_maps" else each.over for each in shown)
    np.testing.assert_allclose(right.astype(int), lent.astype(int), atol=1)
    assert (right != sabotaged).any()


def test_saliency_is_how_fast_the_score_changes_with_a_pixel():
    model = stored_network(CHECKPOINT).double()
    x = torch.from_numpy(prepared(picture(marks("3"), STILL))).double()[None, None]
    found = SALIENCY(model, x, 3)
    for row, column in ((8, 12), (14, 15), (20, 10)):
        step = torch.zeros_like(x)
        step[..., row, column] = 1e-6
        with torch.no_grad():
            slope = (model(x + step) - model(x - step))[0, 3] / 2e-6
        assert found[0, row, column].item() == pytest.approx(abs(slope.item()), rel=1e-4)


def test_grad_cam_is_scaled_per_image_and_zero_where_nothing_speaks_for_the_class():
    model = stored_network(CHECKPOINT)
    x = torch.from_numpy(np.stack([prepared(picture(marks(name), STILL)) for name in ("3", "8")]))[:, None]
    cams = GRAD_CAM(model, x, torch.tensor([3, 8]), model[4])
    assert cams.shape == (2, 28, 28) and cams.amax(dim=(1, 2)).tolist() == [1, 1] and cams.min() >= 0
    with torch.no_grad():
        model[9].weight[5].zero_()
    assert GRAD_CAM(model, x, 5, model[4]).abs().max() == 0
    assert hooks(model) == 0


def test_a_filters_most_exciting_digits_are_those_of_its_largest_answers():
    run = session()
    run.handle([{"type": "select", "thing": "conv 1 filter 3"}])
    images = torch.from_numpy(known_digits().images[:1000] / 255).float()[:, None]
    first = weights()
    answers = F.conv2d(images, first["0.weight"], first["0.bias"], padding=1)[:, 2].amax(dim=(1, 2))
    about = arrays(run)["chosen"]
    assert np.allclose(about["answers"], answers.sort(descending=True).values[:8], atol=1e-5)
    assert [panel.id for panel in run.frame.panels][-3:] == ["large", "kernel", "exciting"]
    assert run.frame.strip == ["MNIST isn't here: the test digits are scikit-learn's, enlarged."]


def test_the_class_and_the_layer_asked_about_change_what_is_laid_over():
    seen = {panel(session(label=label), "got").over.tobytes() for label in ("predicted", "9", "1")}
    assert len(seen) == 3
    run = session()
    before = panel(run, "got").over
    run.handle([set_("layer", "conv 1")])
    assert (panel(run, "got").over != before).any() and "at conv 1" in run.frame.say
    run.handle([set_("overlay", "none")])
    assert panel(run, "got").over is None


def test_the_convolutions_are_found_wherever_they_are():
    assert list(convolutions(Theirs())) == ["conv 1"]
    assert list(convolutions(nn.Sequential(nn.Sequential(nn.Conv2d(1, 2, 3)), nn.Conv2d(2, 3, 3)))) == [
        "conv 1",
        "conv 2",
    ]


# --- the goal -------------------------------------------------------------------------------------------


def test_a_four_is_made_a_nine_by_a_little_ink():
    run = session(marks=[*marks("4"), *FOOLING])
    assert run.frame.goal.progress == 1 and run.frame.goal.text.startswith("Fooled. Now 94 % for 9, with 22 %")


def test_another_digit_than_the_kept_one_does_not_count():
    run = session(marks=marks("9"))
    assert run.frame.goal.progress == 0 and "too much" in run.frame.goal.text
    run.handle([press("keep")])
    assert run.frame.goal.progress == 0 and "First draw a 4" in run.frame.goal.text


def test_a_test_digit_four_can_be_the_start():
    run = session()
    run.handle([press("four")])
    assert known_digits().labels[run.state["sample"]] == 4
    assert run.state["base"]["sample"] == run.state["sample"] and arrays(run)["changed"] == 0


def test_the_still_picture_is_drawn_with_and_without_a_filter():
    run = session()
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")
    run.handle([{"type": "select", "thing": "conv 2 filter 32"}])
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")
