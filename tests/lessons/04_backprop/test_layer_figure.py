"""Two layers, step by step: its numbers against torch, its rows and columns, and what wrong functions do to it."""

import numpy as np
import pytest
import torch
from widgets_04_backprop.layer_numbers import STEPS, drawn
from widgets_04_backprop.layers import LayerSteps

from course.figures.scene import Field, Text
from course.figures.session import Session
from course.figures.static import draw, png

NAMES = [step.name for step in STEPS]
THEIRS = {
    "dense": lambda X, W, b: X @ W + b,
    "relu": lambda z: np.maximum(z, 0),
    "dense_backward": lambda dout, X, W, b: (dout @ W.T, X.T @ dout, dout.sum(axis=0)),
    "relu_backward": lambda dout, z: dout * (z > 0),
}
NEXT = {"type": "press", "name": "next"}


def session(namespace=THEIRS, reference=None, **state):
    return Session(LayerSteps(), namespace, reference, **state)


def arrays(run):
    return run.figure.compute(run.state, run.functions)


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def table(run, name="entry"):
    return [[getattr(cell, "text", cell) for cell in row] for row in panel(run, name).rows]


def to(run, x, y):
    return run.handle([{"type": "drag", "thing": "entry", "x": x, "y": y}])


def by_torch(given):
    """Each array and each gradient, with a loss whose gradient about S is dS."""
    X, W1, b1, W2, b2, dS = (torch.tensor(given[n], requires_grad=True) for n in ("X", "W1", "b1", "W2", "b2", "dS"))
    Z = X @ W1 + b1
    A = torch.relu(Z)
    S = A @ W2 + b2
    leaves = {"X": X, "W1": W1, "b1": b1, "Z": Z, "A": A, "W2": W2, "b2": b2}
    slopes = torch.autograd.grad((dS.detach() * S).sum(), list(leaves.values()))
    found = {"d" + name: slope for name, slope in zip(leaves, slopes, strict=True)} | {"S": S}
    return {name: found[name].detach().numpy() for name in NAMES}


@pytest.mark.parametrize(
    ("namespace", "reference"), [(THEIRS, None), ({}, None), ({}, {})], ids=["theirs", "borrowed", "without solutions"]
)
@pytest.mark.parametrize(("seed", "samples"), [(4, 4), (5, 4), (6, 1)])
def test_each_step_shows_what_torch_computes(namespace, reference, seed, samples):
    run = session(namespace, reference, seed=seed, samples=samples)
    expected = by_torch(drawn(seed, samples))
    for name in NAMES:
        found = arrays(run)
        np.testing.assert_allclose(found["result"], expected[name], atol=1e-9)
        np.testing.assert_allclose(found["worked"], expected[name], atol=1e-9)
        assert name in panel(run, "product").title and "≠" not in str(table(run)) and run.frame.strip == []
        run.handle([NEXT])


def test_it_begins_forwards_and_neither_end_is_passed():
    run = session()
    assert run.frame.say.startswith("Forwards, S = A @ W2 + b2: (4, 3) @ (3, 2) → (4, 2).")
    run.handle([{"type": "press", "name": "back"}])
    assert run.state["step"] == 0
    run.handle([NEXT] * 20)
    assert run.frame.say.startswith("Step 7 of 7, dX = dZ @ W1ᵀ: (4, 3) @ (3, 5) → (4, 5).")


def test_no_two_sizes_are_equal_so_the_shapes_allow_one_product():
    given = drawn(4, 4)
    assert len({*given["X"].shape, *given["W1"].shape, *given["W2"].shape}) == 4


@pytest.mark.parametrize("seed", [4, 5, 6, 400])
def test_just_one_hidden_neuron_is_silent_whatever_the_numbers(seed):
    run = session(seed=seed, step=NAMES.index("dW1"))
    assert (arrays(run)["Z"] <= 0).all(axis=0).sum() == 1
    assert run.frame.goal.progress == 0.5
    silent = int((arrays(run)["Z"] <= 0).all(axis=0).argmax())
    assert to(run, silent, -2).goal.progress == 1 and not arrays(run)["result"][:, silent].any()


def test_an_entry_is_the_sum_over_its_row_and_its_column():
    run = session(step=1)
    to(run, 1, -2)
    found = arrays(run)
    products = found["A"][:, 2] * found["dS"][:, 1]
    rows = table(run)
    assert [row[0] for row in rows] == [
        "sample 0",
        "sample 1",
        "sample 2",
        "sample 3",
        "together",
        "your result",
    ]
    assert [float(row[2].replace("−", "-")) for row in rows] == [*products, products.sum(), products.sum()]
    assert panel(run, "entry").title == "dW2[2, 1]: row 2 of Aᵀ, column 1 of dS"
    boxes = [(layer.xy.min(axis=0).tolist(), layer.xy.max(axis=0).tolist()) for layer in outlines(run)]
    row, column = boxes
    assert (row[0][1], row[1][1]) == (-2.5, -1.5) and round(row[1][0] - row[0][0], 3) == 4
    assert (column[0][0], column[1][0]) == (0.5, 1.5) and round(column[1][1] - column[0][1], 3) == 4
    assert panel(run, "product").thing("entry").box == (0.5, -2.5, 1.5, -1.5)


def outlines(run):
    return [layer for layer in panel(run, "product").layers if type(layer).__name__ == "Line"]


def test_a_place_on_a_factor_chooses_its_row_or_its_column_alone():
    run = session(step=1, row=1, column=1)
    to(run, -3.0, -2.0)
    assert (run.state["row"], run.state["column"]) == (2, 1)
    to(run, 0.0, 3.0)
    assert (run.state["row"], run.state["column"]) == (2, 0)
    to(run, 40.0, -40.0)
    assert (run.state["row"], run.state["column"]) == (2, 1), "the last of each"


def test_arrow_keys_walk_from_entry_to_entry():
    run = session(step=1)
    run.handle([{"type": "nudge", "thing": "entry", "dx": 1, "dy": -1}])
    assert (run.state["row"], run.state["column"]) == (1, 1)


def test_an_array_of_the_network_leads_to_its_step():
    run = session()
    for step, name in enumerate(NAMES):
        run.handle([{"type": "select", "thing": name.removeprefix("d")}])
        assert run.state["step"] == step
        marked = [node.id for node in panel(run, "network").nodes if node.mark]
        assert marked == [name.removeprefix("d")] == [run.frame.selected]
    run.handle([NEXT, {"type": "press", "name": "back"}])
    assert run.frame.selected == "entry", "the arrow keys are its own again"


def test_fewer_samples_take_rows_from_some_gradients_and_none_from_others():
    many, few = session(step=7), session(step=7, samples=2)
    shapes = [dict(row for row in table(run, "shapes")) for run in (many, few)]
    for array, gradient in shapes[1].items():
        assert array.split(" ", 1)[1] == gradient.split(" ", 1)[1], "as its namesake"
    same = {gradient for gradient in shapes[0].values() if gradient in shapes[1].values()}
    assert {gradient.split()[0] for gradient in same} == {"dW1", "db1", "dW2", "db2"}


def test_a_selected_entry_stays_within_what_is_shown():
    run = session(step=3, row=3, column=2)
    run.handle([{"type": "set", "name": "samples", "value": 1}])
    assert run.state["row"] == 0 and run.frame.say


def test_names_and_numbers_stand_in_the_picture():
    for step in range(len(STEPS)):
        run = session(step=step)
        plot, found = panel(run, "product"), arrays(run)
        texts = [layer for layer in plot.layers if isinstance(layer, Text)]
        assert len(texts) == 3 + sum(found[part].size for part in ("left", "top", "result"))
        assert all(plot.x[0] <= text.x <= plot.x[1] and plot.y[0] <= text.y <= plot.y[1] for text in texts)
        fields = [layer for layer in plot.layers if isinstance(layer, Field)]
        assert all(field.x[0] < field.x[1] and field.y[0] < field.y[1] for field in fields), "none without an extent"


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        (
            "dense_backward",
            lambda dout, X, W, b: (dout @ W.T, X.T @ dout / len(X), dout.sum(axis=0)),
            "another dW2 than dW2 = Aᵀ @ dS",
        ),
        ("dense_backward", lambda dout, X, W, b: (dout @ W.T, X.T @ dout, dout.mean(axis=0)), "another db2"),
        (
            "dense_backward",
            lambda dout, X, W, b: (dout @ W.T, dout.T @ X, dout.sum(axis=0)),
            "returned shape (2, 3); this figure needs (3, 2)",
        ),
        (
            "relu_backward",
            lambda dout, z: dout * (dout > 0),
            "Your relu_backward gives another dZ than dZ = dA · (Z > 0)",
        ),
        ("dense_backward", lambda dout, X, W, b: (dout @ W.T, X.T @ dout), "must return 3 values"),
    ],
)
def test_what_is_wrong_is_said_at_its_step(name, wrong, said):
    run = session(step=7)
    run.functions._namespace = THEIRS | {name: wrong}
    assert any(said in line for line in run.handle([{"type": "select", "thing": None}]).strip)


def test_a_wrong_entry_stands_beside_the_sum_that_it_isn_t():
    twice = lambda dout, X, W, b: (dout @ W.T, 2 * X.T @ dout, dout.sum(axis=0))  # noqa: E731
    run = session(THEIRS | {"dense_backward": twice}, step=1)
    row, column = np.argwhere(arrays(run)["result"])[0]
    to(run, column, -row)
    assert table(run)[-1][:2] == ["your result", "≠"] and ", but the row and the column give " in run.frame.say


def test_copied_lines_rebuild_the_view_and_settings_are_checked():
    run = session()
    run.handle([NEXT, NEXT, {"type": "set", "name": "samples", "value": 2}, {"type": "press", "name": "new"}])
    again = session(**eval(run.frame.code.replace("widgets.layer_steps", "dict")))
    assert again.frame.say == run.frame.say
    for given in ({"step": 8}, {"row": -1}, {"seed": "x"}, {"samples": 9}):
        with pytest.raises(ValueError, match=next(iter(given))):
            session(**given)


def test_the_still_picture_can_be_drawn():
    assert png(draw(session(step=2).frame.panels)).startswith(b"\x89PNG")
