"""The playground's numbers against independent oracles: torch for gradients and whole trainings, NumPy for data."""

import numpy as np
import pytest
import torch
from widgets_05_training.data import changed, generated
from widgets_05_training.figure import Playground
from widgets_05_training.network import features, gradients, params_of, sizes
from widgets_05_training.training import towards_zero

from course.figures.functions import Functions
from course.figures.reference import borrowed
from course.figures.session import Session

REFERENCE = borrowed(Playground())
BENDS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "linear": lambda z: z}
TICK = {"type": "tick"}


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Each tick does its whole epoch, however busy the machine."""
    monkeypatch.setattr("widgets_05_training.training.BUDGET", 60)


def session(namespace=None, reference=None, **state):
    return Session(Playground(), namespace if namespace is not None else {}, reference, **({"more": True} | state))


def fresh(namespace=None, reference=None, **state):
    return session(namespace, reference, **({"weights": None, "epoch": 0} | state))


def data_of(run):
    return changed(run.state, run.figure.parts(run.state, run.functions))


def torch_loss(params, F, y, activation, classify):
    A = F
    for W, b in params[:-1]:
        A = BENDS[activation](A @ W + b)
    out = A @ params[-1][0] + params[-1][1]
    if classify:
        return torch.nn.functional.cross_entropy(out, y.long())
    return 0.5 * ((out[:, 0] - y) ** 2).mean()


def as_torch(params):
    return [tuple(torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in pair) for pair in params]


# --- gradients --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("activation", list(BENDS))
@pytest.mark.parametrize("layers", [[], [5], [4, 3, 2]])
def test_gradients_are_those_of_torch(task, activation, layers):
    run = fresh(task=task, data="circle" if task == "classification" else "plane", layers=layers, start="He")
    run.state |= {"activation": activation, "inputs": ["x1", "x2²", "sin x1"]}
    params, data = params_of(run.state), data_of(run)
    F, y = features(data.X_train, run.state["inputs"])[:40], data.y_train[:40]
    with Functions(Playground.uses, {}, REFERENCE).together() as quick:
        found = gradients(F, y.astype(int) if task == "classification" else y, params, run.state, None, quick)
    theirs = as_torch(params)
    torch_loss(theirs, torch.tensor(F), torch.tensor(y), activation, task == "classification").backward()
    for pair, expected in zip(found, theirs, strict=True):
        for part, tensor in zip(pair, expected, strict=True):
            np.testing.assert_allclose(part, tensor.grad.numpy(), atol=1e-10)


def test_gradients_with_dropout_are_those_of_the_kept_neurons():
    run = fresh(layers=[6], dropout=50)
    params, data = params_of(run.state), data_of(run)
    F, y = features(data.X_train, ["x1", "x2"])[:30], data.y_train[:30].astype(int)
    with Functions(Playground.uses, {}, REFERENCE).together() as quick:
        found = gradients(F, y, params, run.state, np.random.default_rng(3), quick)
    mask = torch.tensor((np.random.default_rng(3).random((30, 6)) >= 0.5) / 0.5)
    (W1, b1), (W2, b2) = theirs = as_torch(params)
    out = (torch.tanh(torch.tensor(F) @ W1 + b1) * mask) @ W2 + b2
    torch.nn.functional.cross_entropy(out, torch.tensor(y)).backward()
    for pair, expected in zip(found, theirs, strict=True):
        for part, tensor in zip(pair, expected, strict=True):
            np.testing.assert_allclose(part, tensor.grad.numpy(), atol=1e-10)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"activation": "relu"},
        {"task": "regression", "data": "multi-gauss"},
        {"penalty": "L2", "penalty_rate": 0.1},
        {"penalty": "L1", "penalty_rate": 0.1},
    ],
)
@pytest.mark.parametrize("reference", [None, {}], ids=["borrowed", "without solutions"])
def test_one_epoch_is_that_of_torch_on_the_same_batches(settings, reference):
    run = fresh(reference=reference, **settings)
    state, data = run.state, data_of(run)
    params, F = as_torch(params_of(state)), features(data.X_train, state["inputs"])
    for X, y in REFERENCE["minibatches"](F, data.y_train, 10, np.random.default_rng([1, 0, 4])):
        classify = state["task"] == "classification"
        loss = torch_loss(params, torch.tensor(X), torch.tensor(y), state["activation"], classify)
        if state["penalty"] == "L2":
            loss = loss + 0.1 * sum(0.5 * (W**2).sum() for W, _ in params)
        parts = [part for pair in params for part in pair]
        grads = torch.autograd.grad(loss, parts)
        moved = [(part - 0.03 * grad).detach().requires_grad_() for part, grad in zip(parts, grads, strict=True)]
        params = list(zip(moved[::2], moved[1::2], strict=True))
        if state["penalty"] == "L1":
            shrunk = [torch.nn.functional.softshrink(W, 0.003).detach().requires_grad_() for W, _ in params]
            params = [(W, b) for W, (_, b) in zip(shrunk, params, strict=True)]
    run.handle([TICK])
    expected = torch.cat([part.reshape(-1) for pair in params for part in pair]).detach().numpy()
    np.testing.assert_allclose(run.state["weights"], expected, atol=1e-9)


def test_l1_stops_at_zero():
    np.testing.assert_allclose(towards_zero(np.array([0.5, -0.5, 0.01, -0.01]), 0.1), [0.4, -0.4, 0, 0])


def test_losses_and_accuracies_are_those_of_torch():
    run = session()
    arrays, data = run.figure.compute(run.state, run.functions), data_of(run)
    for X, y, loss, accuracy in zip(
        (data.X_train, data.X_test), (data.y_train, data.y_test), arrays["losses"], arrays["accuracies"], strict=True
    ):
        params = as_torch(params_of(run.state))
        F, labels = torch.tensor(features(X, ["x1", "x2"])), torch.tensor(y)
        assert loss == pytest.approx(torch_loss(params, F, labels, "tanh", True).item())
        A = torch.tanh(torch.tanh(F @ params[0][0] + params[0][1]) @ params[1][0] + params[1][1])
        right = (A @ params[2][0] + params[2][1]).argmax(dim=1) == labels
        assert accuracy == pytest.approx(right.double().mean().item())


def test_the_field_is_the_difference_of_the_probabilities():
    run = session(activation="relu")
    field = run.figure.compute(run.state, run.functions)["field"]
    at = np.linspace(-6, 6, 60)
    for i, j in ((0, 0), (10, 45), (59, 3)):
        p = REFERENCE["forward"](np.array([[at[j], at[i]]]), params_of(run.state))[0]
        assert field[i, j] == pytest.approx(p[1] - p[0])


# --- the training as a whole ------------------------------------------------------------------------------


def test_two_runs_with_one_seed_are_identical():
    runs = [fresh(dropout=20, penalty="L1", data="xor") for _ in range(2)]
    for run in runs:
        run.handle([TICK] * 5)
    assert runs[0].state["weights"] == runs[1].state["weights"]
    other = fresh(dropout=20, penalty="L1", data="xor", seed=2)
    other.handle([TICK] * 5)
    assert other.state["weights"] != runs[0].state["weights"]


@pytest.mark.parametrize("reference", [None, {}], ids=["borrowed", "without solutions"])
def test_an_epoch_that_takes_too_long_is_finished_in_the_next_piece(reference, monkeypatch):
    whole, pieces = fresh(reference=reference), fresh(reference=reference)
    whole.handle([TICK])
    monkeypatch.setattr("widgets_05_training.training.BUDGET", -1)
    count = 0
    while pieces.state["epoch"] == 0:
        pieces.handle([TICK])
        count += 1
    assert count == 25  # one batch at a time
    np.testing.assert_array_equal(pieces.state["weights"], whole.state["weights"])


def test_the_shipped_start_is_what_the_default_settings_train():
    run = fresh()
    for _ in range(session().state["epoch"]):
        run.handle([TICK])
    np.testing.assert_allclose(run.state["weights"], session().state["weights"], atol=2e-4)
    assert run.frame.say == session().frame.say


def test_reader_and_seed_decide_about_the_data():
    X, y = generated("classification", "circle", 0, 1)
    np.testing.assert_array_equal(y == 1, np.hypot(*X.T) < 2.5)
    assert len(X) == 500 and np.abs(X).max() <= 6
    noisy_X, noisy_y = generated("classification", "circle", 50, 1)
    np.testing.assert_array_equal(noisy_X, X)  # the labels move, not the points
    assert (noisy_y != y).any()
    X, y = generated("classification", "xor", 0, 1)
    np.testing.assert_array_equal(y == 1, X[:, 0] * X[:, 1] > 0)
    spiral, labels = generated("classification", "spiral", 0, 1)
    np.testing.assert_allclose(spiral[labels == 1], -spiral[labels == 0], atol=1e-9)
    assert (generated("classification", "spiral", 50, 1)[0] != spiral).any()
    for noise, variance in ((0, 0.5), (50, 4.0)):
        X, y = generated("classification", "gauss", noise, 1)
        assert X[y == 1].mean(axis=0) == pytest.approx([2, 2], abs=0.4)
        spread = X[y == 1][:, 0].var()
        assert spread == pytest.approx(variance, rel=0.25)
    X, y = generated("regression", "plane", 0, 1)
    np.testing.assert_allclose(y, np.clip(X.sum(axis=1) / 10, -1, 1))
    X, y = generated("regression", "multi-gauss", 0, 1)
    assert len(X) == 1200
    near = np.hypot(X[:, 0], X[:, 1] - 2.5) < 0.5
    assert near.any() and (y[near] < -0.7).all()


@pytest.mark.parametrize("start", ["random", "He", "zeros", "too big"])
def test_weights_start_as_chosen(start):
    run = fresh(start=start, layers=[8, 8, 8, 8])
    params = params_of(run.state)
    W = params[2][0]
    assert [len(sizes(run.state)) - 1, W.shape] == [len(params), (8, 8)]
    spread = {"random": 1 / np.sqrt(12), "He": 0.5, "zeros": 0, "too big": 5}[start]
    assert W.std() == pytest.approx(spread, rel=0.3)
    assert np.all(params[2][1] == (0.1 if start == "random" else 0))
    if start == "random":
        assert np.abs(W).max() <= 0.5


# --- the learner's functions ------------------------------------------------------------------------------


def test_it_runs_on_the_learners_functions():
    called = set()

    def watched(name, function):
        def run(*args):
            called.add(name)
            return function(*args)

        return run

    yours = {name: watched(name, function) for name, function in REFERENCE.items()}
    run = fresh(yours)
    run.handle([TICK])
    composed = {"split", "minibatches", "sgd_step", "accuracy", "dense", "dense_backward", "softmax_cross_entropy"}
    assert composed <= called and "network_gradients" not in called
    for name in composed:
        assert f"your {name}" in run.frame.badge
    called.clear()
    run.handle([{"type": "set", "name": "activation", "value": "relu"}, TICK])
    assert {"network_gradients", "forward", "minibatches", "sgd_step"} <= called
    called.clear()
    run.handle([{"type": "set", "name": "dropout", "value": 10}, TICK])
    assert "relu_backward" in called and "network_gradients" not in called


def test_yours_and_ours_train_alike():
    yours = dict(REFERENCE)
    runs = [fresh(yours, activation="relu"), fresh(activation="relu")]
    for run in runs:
        run.handle([TICK] * 3)
    assert runs[0].state["weights"] == runs[1].state["weights"]
    assert " our " not in runs[0].frame.badge and " our " in runs[1].frame.badge


def test_sabotage_a_wrong_sign_of_the_learning_rate_lets_the_loss_rise():
    uphill = {"sgd_step": lambda params, grads, lr: REFERENCE["sgd_step"](params, grads, -lr)}
    run, right = fresh(uphill), fresh()
    before = run.figure.compute(run.state, run.functions)["losses"][0]
    for one in (run, right):
        one.handle([TICK] * 10)
    assert run.figure.compute(run.state, run.functions)["losses"][0] > before
    assert not np.array_equal(run.frame.panels[1].layers[0].values, right.frame.panels[1].layers[0].values)


def test_a_step_that_changes_the_weights_in_place_is_fine_and_spoils_no_earlier_state():
    def in_place(params, grads, lr):
        for (W, b), (dW, db) in zip(params, grads, strict=True):
            W -= lr * dW
            b -= lr * db
        return params

    run, right = fresh({"sgd_step": in_place}), fresh()
    for one in (run, right):
        one.handle([TICK])
        one.handle([{"type": "set", "name": "lr", "value": 0.1}, TICK])
    np.testing.assert_allclose(run.state["weights"], right.state["weights"])
    run.handle([{"type": "undo"}])
    right.handle([{"type": "undo"}])
    np.testing.assert_allclose(run.state["weights"], right.state["weights"])


def shuffled_apart(X, y, fraction, rng):
    n = round(fraction * len(X))
    a, b = rng.permutation(len(X)), rng.permutation(len(X))
    return X[a[n:]], X[a[:n]], y[b[n:]], y[b[:n]]


def endless(X, y, size, rng):
    while True:
        yield X, y


def stops(*args):
    return 1 / 0


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("split", shuffled_apart, "Your split shuffles X and y apart"),
        ("split", lambda X, y, f, rng: (X, X, y, y), "some points into both parts"),
        ("split", lambda X, y, f, rng: X, "Your split must return X_train, X_val, y_train, y_val"),
        ("sgd_step", lambda params, grads, lr: None, "Your sgd_step must return params"),
        ("sgd_step", stops, "Your sgd_step stopped: ZeroDivisionError"),
        ("minibatches", endless, "Your minibatches stopped: RuntimeError: it yielded 10000 times"),
        ("minibatches", stops, "Your minibatches stopped"),
        ("accuracy", lambda probs, labels: "good", "Your accuracy must return one number"),
        ("dense", lambda X, W, b: X @ W + b[0], None),
        ("dense", lambda X, W, b: (X @ W).T, "Your dense returned shape"),
        ("softmax_cross_entropy", lambda logits, labels: 3.0, "Your softmax_cross_entropy must return loss, dlogits"),
        (
            "dense_backward",
            lambda dout, X, W, b: (dout @ W.T, X.T @ dout),
            "Your dense_backward must return dX, dW, db",
        ),
        ("network_gradients", lambda X, labels, params: params[1:], "Your functions don't fit together"),
    ],
)
def test_wrong_functions_are_named_and_the_figure_stays(name, wrong, said):
    activation = "relu" if name == "network_gradients" else "tanh"
    run, right = fresh({name: wrong}, activation=activation), fresh()
    run.handle([{"type": "press", "name": "playing"}, TICK])
    right.handle([{"type": "press", "name": "playing"}, TICK])
    if said is None:
        assert run.state["weights"] != right.state["weights"]
    else:
        assert any(said in line for line in run.frame.strip)
    assert run.frame.panels


def test_functions_not_written_yet_are_the_references():
    def stub(*args):
        raise NotImplementedError

    run = fresh({name: stub for name in REFERENCE})
    run.handle([TICK])
    assert "your" not in run.frame.badge and run.frame.strip == []
    assert run.state["epoch"] == 1


# --- without solutions: the figure's own way --------------------------------------------------------------

STATES = [
    {},
    {"activation": "relu", "layers": []},
    {"activation": "relu", "start": "He", "train_share": 10},
    {"activation": "relu", "dropout": 30},
    {"activation": "relu", "task": "regression", "data": "multi-gauss"},
    {"activation": "linear", "task": "regression", "data": "plane", "penalty": "L2", "dropout": 50},
    {"penalty": "L1", "penalty_rate": 0.1, "dropout": 20, "data": "xor", "inputs": ["x1x2", "sin x2"]},
    {"preset": "deep sigmoid"},
    {"preset": "learnt by heart"},
    {"start": "too big", "data": "spiral", "layers": [8, 8]},
]
STEPS = ("minibatches", "sgd_step")


def compared(one, other):
    """Both runs show the same, to the last digits."""
    left, right = (run.figure.compute(run.state, run.functions) for run in (one, other))
    np.testing.assert_allclose(left["field"], right["field"], atol=1e-8)
    for name, pictures in left["pictures"].items():
        np.testing.assert_allclose(pictures.astype(float), right["pictures"][name].astype(float), atol=1)
    for key in ("losses", "accuracies"):
        assert right[key] == [None if value is None else pytest.approx(value, rel=1e-6) for value in left[key]]
    np.testing.assert_allclose(one.state["_curve"], other.state["_curve"], rtol=1e-6)
    assert one.frame.say == other.frame.say and other.frame.strip == []


@pytest.mark.parametrize("state", STATES)
def test_without_solutions_it_trains_and_shows_the_same(state):
    borrowing, alone = fresh(**state), fresh(reference={}, **state)
    mixed = fresh({name: REFERENCE[name] for name in STEPS}, {}, **state)
    for run in (borrowing, alone, mixed):
        run.handle([TICK] * 3)
    for run in (alone, mixed):
        np.testing.assert_allclose(run.state["weights"], borrowing.state["weights"], rtol=1e-7, atol=1e-7)
        compared(borrowing, run)
    assert "the figure's own code (until your split, minibatches, sgd_step" in alone.frame.badge
    assert " our " not in alone.frame.badge + mixed.frame.badge
    assert "your minibatches · your sgd_step · the figure's own code (until your split" in mixed.frame.badge


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_without_solutions_the_first_picture_is_the_same(activation):
    borrowing, alone = session(activation=activation), session(reference={}, activation=activation)
    compared(borrowing, alone)
    until = "dense, softmax" if activation == "tanh" else "dense, relu, forward"
    until = f"split, {until}, softmax_cross_entropy and accuracy"
    assert alone.frame.badge == f"running on: the figure's own code (until your {until} are written)"


def unwritten(*_):
    raise NotImplementedError


def test_without_solutions_each_function_takes_over_when_a_stage_has_what_it_needs():
    theirs = dict.fromkeys(REFERENCE, unwritten)
    run, expected = fresh(theirs, {}, activation="relu"), fresh(activation="relu")
    order = ["split", "accuracy", "minibatches", "sgd_step", "network_gradients", "forward", "dense", "relu"]
    for name in [*order, "softmax_cross_entropy"]:
        theirs[name] = REFERENCE[name]
        run.handle([TICK])
        expected.handle([TICK])
        compared(expected, run)
        used = {part.removeprefix("your ") for part in run.frame.badge.removeprefix("running on: ").split(" · ")}
        waits = {"minibatches": "sgd_step", "dense": "relu"}.get(name)
        assert (name in used) == (waits is None)
    assert "own" not in run.frame.badge and " our " not in run.frame.badge


def test_without_solutions_a_wrong_step_of_yours_changes_the_picture():
    uphill = {"minibatches": REFERENCE["minibatches"], "sgd_step": lambda p, g, lr: REFERENCE["sgd_step"](p, g, -lr)}
    run, right = fresh(uphill, {}), fresh(reference={})
    for one in (run, right):
        one.handle([TICK] * 10)
    assert run.state["_curve"][-1][1] > run.state["_curve"][0][1]
    assert not np.array_equal(run.frame.panels[1].layers[0].values, right.frame.panels[1].layers[0].values)


def test_without_solutions_batches_that_do_not_fit_are_said():
    theirs = {"minibatches": lambda X, y, size, rng: [(X[:4], y[:3])], "sgd_step": REFERENCE["sgd_step"]}
    run = fresh(theirs, {})
    run.handle([TICK])
    assert any("Your functions don't fit together" in line for line in run.frame.strip)


def test_torch_is_left_with_the_threads_that_it_had():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        fresh(reference={}).handle([TICK])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


# --- when it goes wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", [None, {}], ids=["borrowed", "without solutions"])
def test_divergence_is_a_word_and_restart_works(reference):
    task = {"task": "regression", "data": "plane", "inputs": ["x1²", "x2²"]}
    run = fresh(reference=reference, layers=[8], activation="linear", lr=10.0, **task)
    run.handle([{"type": "press", "name": "playing"}])
    for _ in range(5):
        run.handle([TICK | {"run": True}])
    assert "Diverged at epoch" in run.frame.say
    assert not run.frame.playing
    assert run.state["weights"] is None or np.isfinite(run.state["weights"]).all()
    run.handle([{"type": "press", "name": "restart"}, {"type": "set", "name": "lr", "value": 0.0001}, TICK])
    assert "Diverged" not in run.frame.say and run.state["epoch"] == 1


def test_gradients_that_are_no_numbers_break_nothing():
    run = fresh({"sgd_step": lambda params, grads, lr: [(W * np.nan, b) for W, b in params]})
    run.handle([{"type": "press", "name": "playing"}, TICK])
    assert "Diverged at epoch" in run.frame.say and not run.frame.playing


@pytest.mark.parametrize("reference", [None, {}], ids=["borrowed", "without solutions"])
def test_even_huge_weights_make_a_picture(reference):
    run = session(reference=reference, weights=[1e300] * 28)
    assert run.frame.panels[0].pictures.dtype == np.uint8
    run.handle([TICK])
    assert "Diverged" in run.frame.say


def test_training_stops_at_the_test_loss_asked_for():
    run = fresh(stop=0.3, lr=0.3)
    run.handle([{"type": "press", "name": "playing"}])
    for _ in range(300):
        if not run.frame.playing:
            break
        run.handle([TICK | {"run": True}])
    losses = run.figure.compute(run.state, run.functions)["losses"]
    assert losses[1] <= 0.3
    assert run.state["_curve"][-2][2] > 0.3
