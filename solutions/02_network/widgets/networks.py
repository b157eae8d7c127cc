"""The networks that the X-ray can show, running them on your functions, and the names of their parts.

A network is a list of (W, b), one pair per layer: W (d_in, d_out), b (d_out,).
"""

from functools import cache
from string import ascii_uppercase

import numpy as np

from course.data import digits
from course.digits_network import TRAINED_ON, digits_network
from course.figures import LearnerError, Unwritten
from course.figures.scene import number

from .graph import shows_something

RANDOM, XOR, IDENTITY, DIGIT = "random", "XOR", "identity", "Digit"
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
CORNER_CLASSES = np.array([0, 1, 1, 0])
EDGE = 3.0  # the square shows inputs from −3 to 3
MOST_NEURONS = 6  # in a layer of a network that is drawn box by box


USES = ("dense", "relu", "softmax", "forward", "collapse", "count_parameters", "xor_network")
OR = [(np.ones((2, 2)), np.zeros(2)), (np.array([[0.0, 4.0], [0.0, 0.0]]), np.array([0.0, -2.0]))]


# --- the networks ---------------------------------------------------------------------------------------


def network(name, seed, functions):
    """The network of that name, before anything was changed."""
    if name == XOR and not functions.have("xor_network"):
        functions.own("xor_network")
        return OR  # a start: three corners of four
    if name == XOR:
        return checked_network(functions.call("xor_network"), functions)
    if name == DIGIT:
        return digits_network()
    return identity_network() if name == IDENTITY else random_network(seed)


def identity_network():
    """2-3-3-2: two numbers pass unchanged wherever they are positive; the third neurons do nothing."""
    pass_on = np.eye(3)
    return [(pass_on[:2], np.zeros(3)), (pass_on, np.zeros(3)), (pass_on[:, :2], np.zeros(2))]


@cache
def random_network(seed):
    """2-3-3-2 with weights and biases in half steps, easy to follow by hand.

    Drawn again until it has something to show: both classes, and inputs that leave one hidden neuron alive.
    """
    rng = np.random.default_rng(seed)
    while True:
        params = [
            (rng.choice([-1.5, -1, -0.5, 0.5, 1, 1.5], (n_in, n_out)), rng.integers(-2, 3, n_out) / 2)
            for n_in, n_out in ((2, 3), (3, 3), (3, 2))
        ]
        if shows_something(params, square(25)):
            return params


def checked_network(params, functions):
    """The params if they are a network from 2 inputs to 2 classes that fits on the page."""
    whose = functions.whose("xor_network")
    try:
        params = [(np.array(W, dtype=float), np.array(b, dtype=float)) for W, b in params]
    except (TypeError, ValueError) as error:
        raise LearnerError(f"{whose} xor_network must return a list of pairs (W, b) of number arrays.") from error
    width = 2
    for layer, (W, b) in enumerate(params, start=1):
        if W.ndim != 2 or W.shape[0] != width or b.shape != W.shape[1:] or W.shape[1] > MOST_NEURONS:
            raise LearnerError(
                f"In layer {layer} {whose.lower()} xor_network has W of shape {W.shape} and b of shape {b.shape}; "
                f"W must be ({width}, k) and b (k,), with k at most {MOST_NEURONS}."
            )
        width = W.shape[1]
    if width != 2 or not 2 <= len(params) <= 3:
        raise LearnerError(f"{whose} xor_network must have one or two hidden layers and end in two classes.")
    return params


def square(points):
    """A grid of inputs over the square, (points², 2), row by row from below."""
    across = np.linspace(-EDGE, EDGE, points)
    return np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)


@cache
def held_out_digits():
    """Pixels 0..1 (360, 64) and labels (360,) of the digits that took no part in the training."""
    data = digits()
    return data.X[TRAINED_ON:] / 16, data.y[TRAINED_ON:]


# --- running the network --------------------------------------------------------------------------------


def by_functions(state, params, killed, X, probe, functions):
    """All numbers of the picture: those of the input X (1, d), and what comes of each row of `probe`."""
    Z, A, p = through(X, params, killed, state["relu"], functions)
    _, used, deep = through(probe, params, killed, state["relu"], functions)
    shown, everywhere = params, deep
    if state["collapsed"]:
        shown = [folded(without(killed, params), functions)]
        Z, A, p = through(X, shown, [], False, functions)
        _, used, everywhere = through(probe, shown, [], False, functions)
    elif state["relu"]:
        rows, answers = np.vstack([X, probe[::40]]), np.vstack([p, everywhere[::40]])
        compare_with_forward(rows, answers, without(killed, params), functions)
    return {
        "shown": shown,
        "z": [z[0] for z in Z],
        "a": [a[0] for a in A],
        "p": p[0],
        "everywhere": everywhere,
        "used": used,
        "difference": float(np.abs(everywhere - deep).max()),
    }


def through(X, params, killed, bend, functions):
    """All numbers on the way through: weighted sums per layer, activations per hidden layer, probabilities."""
    Z, A, below = [], [], X
    for layer, (W, b) in enumerate(params):
        z = functions.call("dense", below, W, b, shape=(len(X), W.shape[1]))
        Z.append(z)
        if layer < len(params) - 1:
            below = functions.call("relu", z, shape=z.shape) if bend else z
            below = np.where(killed[layer], 0.0, below)
            A.append(below)
    return Z, A, functions.call("softmax", Z[-1], shape=Z[-1].shape)


def folded(params, functions):
    """One layer for all: your collapse, two layers at a time."""
    W, b = params[0]
    for W2, b2 in params[1:]:
        W, b = functions.call("collapse", W, b, W2, b2, shape=[(len(W), W2.shape[1]), b2.shape])
    return W, b


def compare_with_forward(X, p, params, functions):
    """Says so if your forward and the picture don't agree."""
    if not functions.have("forward"):
        return
    try:
        theirs = functions.call("forward", X, params, shape=p.shape)
    except Unwritten:
        return
    except LearnerError as error:
        functions.note(str(error))
        return
    if functions.used.get("forward") != "your" or np.allclose(theirs, p, atol=1e-6):
        return
    gaps = np.abs(theirs - p)
    row = 0 if gaps[0].max() > 1e-6 else int(gaps.max(axis=1).argmax())
    best, where = int(gaps[row].argmax()), "here" if row == 0 else "for another input"
    functions.note(
        f"Your forward says {number(theirs[row, best])} for class {best} {where}; your dense, relu and softmax, "
        f"one after the other, give {number(p[row, best])}. The picture shows the latter."
    )


# --- names ----------------------------------------------------------------------------------------------


def part_names(sizes):
    """The names of all neurons, layer by layer: x1 x2, A1 A2 …, B1 …, then class 0, class 1 …"""
    first = [f"x{i + 1}" for i in range(sizes[0])]
    if sizes[0] == 64:
        first = [f"pixel {row},{column}" for row in range(8) for column in range(8)]
    hidden = [[f"{ascii_uppercase[k]}{i + 1}" for i in range(n)] for k, n in enumerate(sizes[1:-1])]
    return [first, *hidden, [f"class {i}" for i in range(sizes[-1])]]


def place_of(part, names):
    """Where a neuron (layer, index) or a line (layer, index of its source, of its target) is; None if nowhere."""
    source, arrow, target = (part or "").partition("→")
    if arrow:
        here, there = place_of(source, names), place_of(target, names)
        return (here[0], here[1], there[1]) if here and there and there[0] == here[0] + 1 else None
    for layer, layer_names in enumerate(names):
        if source in layer_names:
            return layer, layer_names.index(source)
    return None


def with_edits(params, names, edits, shift):
    """New params: single weights and biases set, and `shift` added to all scores."""
    params = [(W.copy(), b.copy()) for W, b in params]
    for part, value in edits.items():
        place = place_of(part, names)
        if place is not None and len(place) == 3:
            params[place[0]][0][place[1:]] = value
        elif place is not None and place[0] > 0:
            params[place[0] - 1][1][place[1]] = value
    params[-1][1][:] += shift
    return params


def without(killed, params):
    """New params in which the killed neurons (one array of flags per hidden layer) pass nothing on."""
    rest = [(np.where(flags[:, None], 0.0, W), b) for flags, (W, b) in zip(killed, params[1:], strict=True)]
    return [params[0], *rest]
