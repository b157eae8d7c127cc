"""The unrolled network: its gradients against s^t and torch, its controls, and what wrong functions do to it."""

import numpy as np
import pytest
import torch
from widgets_10_rnn.figure import UnrolledNetwork
from widgets_10_rnn.numbers import INPUTS, MATRICES, UNITS, numbers
from widgets_10_rnn.scene import HIGH, LOW, written
from widgets_10_rnn.through_time import there_and_back

from course.figures.functions import Functions
from course.figures.reference import borrowed
from course.figures.scene import Blocks, Line, Points, Text
from course.figures.session import Session
from course.figures.static import draw, png

SEEDS = range(3, 13)
REFERENCE = borrowed(UnrolledNetwork())
WITHOUT_SOLUTIONS = {}
rnn_step, rnn_step_backward = REFERENCE["rnn_step"], REFERENCE["rnn_step_backward"]
clip_gradients, memory_span = REFERENCE["clip_gradients"], REFERENCE["memory_span"]


def session(namespace=None, reference=None, **state):
    return Session(UnrolledNetwork(), {} if namespace is None else namespace, reference, **state)


def functions(reference=REFERENCE):
    return Functions(UnrolledNetwork.uses, {}, reference)


def arrays(run):
    return run.figure.compute(run.state, run.functions)


def set_(name, value):
    return {"type": "set", "name": name, "value": value}


def norms(scale=None, **state):
    state = UnrolledNetwork().start(**state)
    return there_and_back(state, state["scale"] if scale is None else scale, functions()).norms


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def drawn(run):
    """The chart of the gradients as numbers: bars, lines and marks."""
    layers = panel(run, "gradients").layers
    return [getattr(layer, name) for layer in layers for name in ("boxes", "xy") if hasattr(layer, name)]


def looks_the_same(one, other):
    if [values.shape for values in one] != [values.shape for values in other]:
        return False
    return all(np.allclose(a, b, rtol=1e-3) for a, b in zip(one, other, strict=True))


def bars(run):
    return next(layer.boxes for layer in panel(run, "gradients").layers if isinstance(layer, Blocks))


def curve(run, series):
    """The height of the only curve of that series, by step."""
    (line,) = (
        layer
        for layer in panel(run, "gradients").layers
        if isinstance(layer, Line) and layer.series == series and len(layer.xy) > 1
    )
    return line.xy[::-1, 1]


# --- the numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.3, 0.9, 1.0, 1.1, 2.4])
@pytest.mark.parametrize("steps", [5, 50, 100])
def test_without_a_bend_an_orthogonal_network_leaves_s_to_the_t(scale, steps):
    run = session(scale=scale, steps=steps)
    expected = scale ** np.arange(steps, -1.0, -1)
    np.testing.assert_allclose(arrays(run)["run"].norms, expected, rtol=1e-9)
    np.testing.assert_allclose(arrays(run)["span"], scale ** np.arange(1.0, steps + 1), rtol=1e-9)


def by_torch(state, scale):
    """dL/dh at each step, and the gradients of the weights, of the same recurrence."""
    drawn = numbers(state["seed"])
    Wx, Wh = (torch.tensor(array, requires_grad=True) for array in (drawn.Wx, scale * drawn.matrices[state["matrix"]]))
    b = torch.zeros(UNITS, dtype=torch.float64, requires_grad=True)
    states = [torch.zeros(1, UNITS, dtype=torch.float64, requires_grad=True)]
    for x in torch.tensor(state["input"] * drawn.X[: state["steps"], None]):
        z = x @ Wx + states[-1] @ Wh + b
        states.append(torch.tanh(z) if state["bend"] == "tanh" else z)
    upstream = torch.tensor(drawn.upstream)
    loss = (states[state["loss"]] * upstream).sum()
    through = states[: state["loss"]]
    found = torch.autograd.grad(loss, [*through, Wx, Wh, b])
    values = torch.cat(states).detach().numpy()
    return values, [grad.norm().item() for grad in found[:-3]] + [1.0], [grad.numpy() for grad in found[-3:]]


@pytest.mark.parametrize("reference", [REFERENCE, WITHOUT_SOLUTIONS], ids=["reference", "without solutions"])
@pytest.mark.parametrize("bend", ["tanh", "identity"])
@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize(("scale", "size", "steps", "loss"), [(0.9, 0.1, 50, 50), (1.7, 1.3, 30, 21), (3.0, 0.0, 9, 1)])
def test_states_and_gradients_are_those_of_torch(reference, bend, matrix, scale, size, steps, loss):
    state = UnrolledNetwork().start(bend=bend, matrix=matrix, input=size, steps=steps, loss=loss, seed=8)
    states, lengths, grads = by_torch(state, scale)
    run = there_and_back(state, scale, functions(reference))
    np.testing.assert_allclose(run.states, states, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(run.norms, lengths, rtol=1e-8)
    for ours, theirs in zip(run.grads, grads, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-12)


def test_memory_span_is_the_largest_singular_value_of_each_power():
    Wh = numbers(4).matrices["random"]
    expected = [np.linalg.svd(np.linalg.matrix_power(Wh, t), compute_uv=False)[0] for t in range(1, 8)]
    np.testing.assert_allclose(memory_span(Wh, 7), expected, rtol=1e-9)


def test_no_gradient_of_length_one_leaves_more_than_memory_span_allows():
    for matrix in MATRICES:
        run = arrays(session(matrix=matrix, scale=1.1))
        assert np.all(run["run"].norms[:-1] <= run["span"][::-1] * (1 + 1e-9))


def test_clipping_has_one_factor_for_all_arrays_and_only_shortens():
    grads = [np.array([[3.0, 0.0]]), np.array([4.0])]
    for clipped, expected in zip(clip_gradients(grads, 1.0), [[[0.6, 0.0]], [0.8]], strict=True):
        np.testing.assert_allclose(clipped, expected)
    assert [array.tolist() for array in clip_gradients(grads, 9.0)] == [[[3.0, 0.0]], [4.0]]
    assert clip_gradients([np.zeros(2)], 1.0)[0].tolist() == [0.0, 0.0]


# --- what surprises ---------------------------------------------------------------------------------------


def test_with_tanh_and_inputs_of_spread_one_scale_one_leaves_next_to_nothing():
    assert norms(1.0, bend="tanh", input=1.0)[0] == pytest.approx(2.9e-11, rel=0.1)
    assert all(1e-12 < norms(1.0, bend="tanh", input=1.0, seed=seed)[0] < 1e-8 for seed in SEEDS)


def test_it_lives_near_two_with_inputs_of_spread_one():
    assert 0.1 < norms(2.0, bend="tanh", input=1.0)[0] < 10
    assert 0.1 < np.median([norms(2.0, bend="tanh", input=1.0, seed=seed)[0] for seed in SEEDS]) < 10


@pytest.mark.parametrize("scale", [1.1, 1.2, 1.3])
def test_it_lives_from_1_1_to_1_3_with_small_inputs(scale):
    assert 0.1 < norms(scale, bend="tanh", input=0.1)[0] < 10
    assert 0.1 < np.median([norms(scale, bend="tanh", input=0.1, seed=seed)[0] for seed in SEEDS]) < 10


def test_without_inputs_the_tanh_network_stays_at_rest_and_obeys_s_to_the_t():
    np.testing.assert_allclose(norms(1.1, bend="tanh", input=0.0)[0], 1.1**50, rtol=1e-9)


# --- the figure -------------------------------------------------------------------------------------------


def test_the_first_frame_shows_three_scales_and_what_they_leave():
    run = session()
    assert run.frame.say == (
        "Without a bend, orthogonal Wh at scale 0.9, inputs of size 0.1: from step 50 back to step 0 the gradient "
        "fades, from 1 to 0.005. memory_span says 0.005. At 1.0: 1.00, 1.1: 117."
    )
    assert [layer.label for layer in panel(run, "gradients").layers if getattr(layer, "label", "")] == [
        "1.1: 117",
        "1.0: 1.00",
        "0.9: 0.005",
    ]
    assert run.frame.badge == "running on: the figure's own step without a bend · our memory_span"
    assert run.frame.strip == []
    np.testing.assert_allclose(bars(run)[:, 3], 0.9 ** np.arange(50, -1.0, -1), rtol=1e-5)
    assert bars(run)[:, 1].tolist() == pytest.approx([LOW] * 51)


def test_the_axis_of_the_gradients_never_changes():
    for state in ({}, {"scale": 3.0}, {"scale": 0.1, "bend": "tanh"}, {"steps": 100, "scale": 3.0, "clip": True}):
        run = session(**state)
        assert panel(run, "gradients").y == (LOW, HIGH) and panel(run, "gradients").ylog
        assert all(np.all((values[:, -1] >= LOW * 0.99) & (values[:, -1] <= HIGH * 10)) for values in drawn(run))
        assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


def test_a_larger_scale_raises_the_farthest_bar_without_a_bend():
    run = session()
    heights = [bars(run)[0, 3]]
    for scale in (0.95, 1.0, 1.05, 1.2):
        run.handle([set_("scale", scale)])
        heights.append(bars(run)[0, 3])
    assert heights == sorted(set(heights))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bend", "tanh"),
        ("matrix", "random"),
        ("matrix", "diagonal"),
        ("scale", 1.3),
        ("steps", 20),
        ("loss", 12),
        ("clip", True),
        ("compare", False),
    ],
)
def test_each_setting_changes_the_picture_and_the_words(name, value):
    run = session()
    before, said = drawn(run), run.frame.say
    run.handle([set_(name, value)])
    assert not looks_the_same(before, drawn(run)) and run.frame.say != said
    assert run.frame.code == f"widgets.unrolled_network({name}={value!r})" or name == "steps"
    run.handle([{"type": "undo"}])
    assert run.frame.say == said


def test_the_size_of_the_inputs_and_the_seed_matter_once_it_bends():
    run = session(bend="tanh")
    for event in (set_("input", 1.0), {"type": "press", "name": "new"}):
        before = drawn(run)
        run.handle([event])
        assert not looks_the_same(before, drawn(run))
    assert "seed=4" in run.frame.code


def test_the_loss_is_dragged_and_nudged_to_a_step_and_stays_within_the_sequence():
    run = session()
    run.handle([{"type": "drag", "thing": "loss", "x": 20.4, "y": 3.0}])
    assert run.state["loss"] == 20 and len(bars(run)) == 21
    assert "no gradient here" in [layer.text for layer in panel(run, "gradients").layers if isinstance(layer, Text)]
    run.handle([{"type": "nudge", "thing": "loss", "dx": -10, "dy": 0}])
    assert run.state["loss"] == 10
    run.handle([{"type": "drag", "thing": "loss", "x": -5.0, "y": 1.0}])
    assert run.state["loss"] == 1


def test_the_loss_stays_at_the_end_when_the_sequence_changes_or_where_it_was():
    run = session()
    run.handle([set_("steps", 80)])
    assert (run.state["steps"], run.state["loss"]) == (80, 80)
    run.handle([set_("loss", 60), set_("steps", 90)])
    assert run.state["loss"] == 60
    run.handle([set_("steps", 30)])
    assert run.state["loss"] == 30
    assert session(steps=20).state["loss"] == 20


def test_a_copied_line_rebuilds_the_view():
    run = session(bend="tanh", scale=1.4, steps=70, loss=33, clip=True, max_norm=2.0, seed=9)
    again = session(**eval(run.frame.code.replace("widgets.unrolled_network", "dict")))
    assert again.frame.say == run.frame.say


@pytest.mark.parametrize(
    "wrong", [{"seed": -1}, {"seed": 1.5}, {"steps": 4}, {"loss": 60}, {"bend": "relu"}, {"cut": 1}]
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises((ValueError, TypeError), match=r"must|has no setting"):
        session(**wrong)


# --- clipping ---------------------------------------------------------------------------------------------


def test_clipping_tames_the_explosion_by_one_factor():
    run = session(scale=1.5, clip=True)
    before, after = arrays(run)["clipped"].before, arrays(run)["clipped"].after
    assert before > 1e8 and after == pytest.approx(1.0)
    np.testing.assert_allclose(curve(run, 2), np.maximum(arrays(run)["run"].norms * after / before, LOW), rtol=1e-4)
    (marks,) = (layer for layer in panel(run, "gradients").layers if isinstance(layer, Points))
    assert marks.xy[0, 1] > 1e5 and marks.xy[1, 1] == pytest.approx(1.0)
    assert "clipped to 1.00" in run.frame.say


def test_clipping_does_not_bring_vanished_gradients_back():
    run = session(scale=0.5, clip=True, max_norm=10.0)
    np.testing.assert_allclose(curve(run, 2), curve(run, 0))
    assert run.frame.say.endswith("clipping changes nothing, and what vanished stays so.")
    run.handle([set_("max_norm", 0.1)])
    assert np.all(curve(run, 2) <= curve(run, 0))
    assert run.frame.say.endswith("What vanished is not brought back.")


# --- the goal ---------------------------------------------------------------------------------------------


def test_the_goal_is_reached_near_one_and_a_half_and_other_numbers_may_lose_it():
    run = session(bend="tanh", input=0.5, scale=1.0)
    far = run.frame.goal.progress
    run.handle([set_("scale", 1.3)])
    assert far < run.frame.goal.progress < 1
    run.handle([set_("scale", 1.5)])
    assert run.frame.goal.progress == 1 and "press n" in run.frame.goal.text
    reached = []
    for _ in range(10):
        run.handle([{"type": "press", "name": "new"}])
        reached.append(run.frame.goal.progress == 1)
    assert any(reached) and not all(reached)


def test_the_goal_asks_for_tanh_these_inputs_and_all_fifty_steps():
    for state in ({}, {"input": 0.4, "bend": "tanh"}, {"input": 0.5, "bend": "tanh", "loss": 10}):
        assert session(scale=1.5, **state).frame.goal.progress == 0


# --- whose functions --------------------------------------------------------------------------------------


def unwritten(*args):
    raise NotImplementedError


def their_step(x, h, Wx, Wh, b):
    out = np.tanh(x @ Wx + h @ Wh + b)
    return out, {"entered": (x, h), "weights": (Wx, Wh), "out": out}


def their_backward(dh, cache):
    (x, h), (Wx, Wh) = cache["entered"], cache["weights"]
    dz = dh * (1 - cache["out"] ** 2)
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h.T @ dz, dz.sum(axis=0)


THEIRS = {"rnn_step": their_step, "rnn_step_backward": their_backward}
BENT = {"bend": "tanh", "scale": 1.2, "input": 0.6}


@pytest.mark.parametrize(
    ("theirs", "badge"),
    [
        (THEIRS, "your rnn_step · your rnn_step_backward · our memory_span"),
        ({"rnn_step": their_step}, "your rnn_step · our memory_span · our rnn_step_backward"),
        (THEIRS | {"rnn_step_backward": unwritten}, "your rnn_step · our memory_span · our rnn_step_backward"),
        (THEIRS | {"rnn_step": unwritten}, "our rnn_step · our rnn_step_backward · our memory_span"),
        ({"rnn_step_backward": their_backward}, "our rnn_step · our rnn_step_backward · our memory_span"),
    ],
)
def test_a_cache_is_read_by_whoever_wrote_it(theirs, badge):
    run = session(theirs, **BENT)
    assert run.frame.strip == []
    assert sorted(run.frame.badge.removeprefix("running on: ").split(" · ")) == sorted(badge.split(" · "))
    assert looks_the_same(drawn(run), drawn(session(**BENT)))


def test_without_a_bend_the_step_is_the_figures_own_and_memory_span_yours():
    run = session(THEIRS | {"memory_span": memory_span})
    assert run.frame.badge == "running on: your memory_span · the figure's own step without a bend"
    assert panel(run, "gradients").title.endswith("(dashed: your memory_span)")


def at_the_pre_activation(dh, cache):
    x, h, Wx, Wh, out = cache
    dz = dh * (1 - np.arctanh(out) ** 2)
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def not_transposed(dh, cache):
    x, h, Wx, Wh, out = cache
    dz = dh * (1 - out**2)
    return dz @ Wx.T, dz @ Wh, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def elementwise_power(Wh, steps):
    return np.array([np.linalg.norm(Wh**t, 2) for t in range(1, steps + 1)])


def without_the_state(x, h, Wx, Wh, b):
    return rnn_step(x, 0 * h, Wx, Wh, b)


def clipped_one_by_one(grads, max_norm):
    return [array * min(1, max_norm / np.linalg.norm(array)) for array in grads]


def not_clipped(grads, max_norm):
    return grads


@pytest.mark.parametrize(
    "theirs",
    [
        {"rnn_step": rnn_step, "rnn_step_backward": at_the_pre_activation},
        {"rnn_step": rnn_step, "rnn_step_backward": not_transposed},
        {"rnn_step": without_the_state, "rnn_step_backward": rnn_step_backward},
        {"memory_span": elementwise_power},
        {"clip_gradients": clipped_one_by_one},
        {"clip_gradients": not_clipped},
    ],
)
def test_a_wrong_function_changes_the_picture(theirs):
    state = BENT | {"clip": True, "max_norm": 0.5, "scale": 2.0}
    assert not looks_the_same(drawn(session(**state)), drawn(session(theirs, **state)))


def test_an_elementwise_power_falls_from_the_line_of_the_gradient_in_the_first_frame():
    run = session({"memory_span": elementwise_power})
    assert curve(run, 1)[0] < 1e-3 * curve(run, 0)[0]
    right = session(matrix="diagonal")
    assert looks_the_same(drawn(right), drawn(session({"memory_span": elementwise_power}, matrix="diagonal")))


def test_clipping_that_turns_the_gradient_is_said():
    run = session({"clip_gradients": clipped_one_by_one}, scale=1.5, clip=True)
    assert run.frame.strip == [
        "Your clip_gradients turned the gradient. One factor for all arrays keeps its direction."
    ]


def changes_its_weights(x, h, Wx, Wh, b):
    Wh *= 0.99
    return rnn_step(x, h, Wx, Wh, b)


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"rnn_step": changes_its_weights}, "changed the weights it was given; work on copies instead."),
        ({"rnn_step": lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h @ Wh + b)}, "must return 2 values"),
        (
            {"rnn_step": lambda x, h, Wx, Wh, b: (np.ones(UNITS), None)},
            "returned shape (16,); this figure needs (1, 16)",
        ),
        ({"rnn_step": rnn_step, "rnn_step_backward": lambda dh, cache: dh}, "must return 5 values"),
        ({"rnn_step": rnn_step, "rnn_step_backward": lambda dh, cache: 1 / 0}, "stopped: ZeroDivisionError"),
        ({"memory_span": lambda Wh, steps: np.ones(steps + 1)}, "returned shape (51,); this figure needs (50,)"),
    ],
)
def test_what_is_wrong_with_a_function_is_said_and_there_is_a_picture(theirs, said):
    run = session(theirs, bend="tanh")
    assert said in run.frame.strip[0]
    assert len(run.frame.panels) == 4


def test_numbers_that_are_not_finite_are_drawn_and_said():
    def overflows(dh, cache):
        return tuple(np.inf * part for part in rnn_step_backward(dh, cache))

    run = session({"rnn_step": rnn_step, "rnn_step_backward": overflows}, bend="tanh", clip=True)
    assert "not finite" in run.frame.say and run.frame.strip == []
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


def test_a_slow_function_draws_fewer_lines_and_says_so():
    run = session()
    run.functions.detail = 0.5
    run.functions.keep_up = lambda: None
    run.handle([])
    assert arrays(run)["others"] == []


def test_inputs_and_units_differ_in_number_so_that_a_swap_shows():
    assert INPUTS != UNITS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (117.39, "117"),
        (0.00515, "0.005"),
        (1.0, "1.00"),
        (0.0, "0.00"),
        (6.4e8, "6e8"),
        (2e-11, "2e−11"),
        (float("inf"), "not finite"),
        (0.0004, "4e−4"),
    ],
)
def test_numbers_of_any_size_are_short(value, text):
    assert written(value) == text


# --- without solutions ------------------------------------------------------------------------------------

STATES = [
    {},
    BENT,
    {"bend": "tanh", "matrix": "random", "scale": 1.6, "input": 1.1, "steps": 37, "loss": 22, "clip": True},
    {"matrix": "random", "scale": 1.4, "steps": 80, "loss": 63, "clip": True, "max_norm": 0.3},
    {"matrix": "diagonal", "scale": 0.4, "steps": 5, "loss": 1, "clip": True, "max_norm": 10.0},
    {"bend": "tanh", "scale": 3.0, "input": 0.0, "steps": 100, "compare": False},
]


@pytest.mark.parametrize("state", STATES)
def test_without_solutions_the_figure_shows_the_same(state):
    run, borrowing = session(reference=WITHOUT_SOLUTIONS, **state), session(**state)
    own, ours = arrays(run), arrays(borrowing)
    np.testing.assert_allclose(own["run"].states, ours["run"].states, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(own["run"].norms, ours["run"].norms, rtol=1e-8)
    np.testing.assert_allclose(own["span"], ours["span"], rtol=1e-8)
    if state.get("clip"):
        np.testing.assert_allclose(own["clipped"].before, ours["clipped"].before, rtol=1e-8)
        np.testing.assert_allclose(own["clipped"].after, ours["clipped"].after, rtol=1e-8)
    assert looks_the_same(drawn(run), drawn(borrowing)) and run.frame.say == borrowing.frame.say
    assert run.frame.strip == []


def test_without_solutions_it_moves_and_says_that_it_runs_on_code_of_its_own():
    run = session(reference=WITHOUT_SOLUTIONS)
    assert run.frame.badge == (
        "running on: the figure's own step without a bend · the figure's own code (until your memory_span is written)"
    )
    before = drawn(run)
    run.handle([set_("bend", "tanh"), set_("clip", True)])
    assert not looks_the_same(before, drawn(run))
    assert run.frame.badge == (
        "running on: the figure's own code "
        "(until your rnn_step, rnn_step_backward, clip_gradients and memory_span are written)"
    )
    assert panel(run, "gradients").title == "Length of dL/dh (dashed: the figure's own memory_span, dotted: clipped)"
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


UNTIL = "the figure's own code (until your {} written)"


@pytest.mark.parametrize(
    ("theirs", "badge"),
    [
        (THEIRS, "your rnn_step · your rnn_step_backward · " + UNTIL.format("memory_span is")),
        ({"rnn_step": their_step}, "your rnn_step · " + UNTIL.format("rnn_step_backward and memory_span are")),
        (
            THEIRS | {"rnn_step_backward": unwritten},
            "your rnn_step · " + UNTIL.format("rnn_step_backward and memory_span are"),
        ),
        (THEIRS | {"rnn_step": unwritten}, UNTIL.format("rnn_step and memory_span are")),
        ({"rnn_step_backward": their_backward}, UNTIL.format("rnn_step and memory_span are")),
        (
            {"memory_span": unwritten, "rnn_step": unwritten, "rnn_step_backward": unwritten},
            UNTIL.format("rnn_step, rnn_step_backward and memory_span are"),
        ),
        ({"memory_span": memory_span}, "your memory_span · " + UNTIL.format("rnn_step and rnn_step_backward are")),
    ],
)
def test_without_solutions_it_runs_on_what_is_written(theirs, badge):
    run = session(theirs, WITHOUT_SOLUTIONS, **BENT)
    assert run.frame.badge == f"running on: {badge}" and run.frame.strip == []
    assert looks_the_same(drawn(run), drawn(session(**BENT)))


@pytest.mark.parametrize(
    "theirs",
    [
        {"rnn_step": rnn_step, "rnn_step_backward": not_transposed},
        {"memory_span": elementwise_power},
        {"clip_gradients": not_clipped},
    ],
)
def test_a_wrong_function_changes_the_picture_without_solutions_too(theirs):
    state = BENT | {"clip": True, "max_norm": 0.5, "scale": 2.0}
    run = session(theirs, WITHOUT_SOLUTIONS, **state)
    assert not looks_the_same(drawn(run), drawn(session(reference=WITHOUT_SOLUTIONS, **state)))


def test_a_wrong_step_alone_shows_in_the_states_without_solutions():
    run = session({"rnn_step": without_the_state}, WITHOUT_SOLUTIONS, **BENT)
    assert not np.allclose(arrays(run)["run"].states, arrays(session(**BENT))["run"].states)
