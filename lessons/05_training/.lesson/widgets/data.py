"""The playground's data: six sets as in TensorFlow Playground, changed by hand, parted by your `split`.

Points (n, 2) lie in the square from −6 to 6. A label is 1 (blue) or 0 (orange) in a classification, a
number from −1 to 1 in a regression.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course.figures import LearnerError

CLASSIFICATION, REGRESSION = "classification", "regression"
OWN = "your own"
EDGE = 6.0
MOST_ADDED = 400


# --- the sets -------------------------------------------------------------------------------------------


def circle(rng, noise):
    """A blue disc in an orange ring; noise moves the place that decides about the label."""
    inside, outside = rng.uniform(0, 2.5, 250), rng.uniform(3.5, 5, 250)
    r, angle = np.concatenate([inside, outside]), rng.uniform(0, 2 * np.pi, 500)
    X = np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)
    seen = X + noise * rng.uniform(-5, 5, X.shape)
    return X, (np.hypot(*seen.T) < 2.5).astype(float)


def xor(rng, noise):
    """Blue where both coordinates have the same sign, a gap along the axes."""
    X = rng.uniform(-5, 5, (500, 2))
    X += np.where(X > 0, 0.3, -0.3)
    seen = X + noise * rng.uniform(-5, 5, X.shape)
    return X, (seen.prod(axis=1) >= 0).astype(float)


def gauss(rng, noise):
    """Two round clouds; noise is their variance, from 0.5 to 4."""
    y = np.repeat([1.0, 0.0], 250)
    centres = np.where(y[:, None] == 1, 2.0, -2.0)
    return centres + rng.normal(0, np.sqrt(0.5 + 7 * noise), (500, 2)), y


def spiral(rng, noise):
    """Two arms; noise moves the points."""
    i = np.arange(250) / 250
    arms = []
    for turn in (0, np.pi):
        t = 1.75 * 2 * np.pi * i + turn
        arms.append(np.stack([5 * i * np.sin(t), 5 * i * np.cos(t)], axis=1))
    X = np.concatenate(arms)
    return X + noise * rng.uniform(-1, 1, X.shape), np.repeat([1.0, 0.0], 250)


def plane(rng, noise):
    """A slope: the sum of both coordinates, a tenth of it."""
    X = rng.uniform(-EDGE, EDGE, (1200, 2))
    seen = X + noise * rng.uniform(-EDGE, EDGE, X.shape)
    return X, seen.sum(axis=1) / 10


def multi_gauss(rng, noise):
    """Six bumps of radius 2, up and down in turn, on flat ground."""
    bumps = np.array([[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]])
    X = rng.uniform(-EDGE, EDGE, (1200, 2))
    seen = X + noise * rng.uniform(-EDGE, EDGE, X.shape)
    distance = np.linalg.norm(seen[:, None] - bumps[:, :2], axis=2)
    heights = bumps[:, 2] * np.clip(1 - distance / 2, 0, 1)
    return X, heights[np.arange(len(X)), np.abs(heights).argmax(axis=1)]


SETS = {
    CLASSIFICATION: {"circle": circle, "xor": xor, "gauss": gauss, "spiral": spiral},
    REGRESSION: {"plane": plane, "multi-gauss": multi_gauss},
}


def names(task):
    """The data sets of a task."""
    return (*SETS[task], OWN)


@cache
def generated(task, name, noise, seed):
    """X (n, 2) and y (n,) of a set before anything was changed; `noise` in percent."""
    if name == OWN:
        return np.zeros((0, 2)), np.zeros(0)
    X, y = SETS[task][name](np.random.default_rng([seed, 1]), noise / 100)
    X, y = np.clip(X, -EDGE, EDGE), np.clip(y, -1, 1)
    X.flags.writeable = y.flags.writeable = False
    return X, y


# --- parted and changed ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Data:
    """Points, labels and names (of the things to drag) of both parts."""

    X_train: np.ndarray
    X_test: np.ndarray
    y_train: np.ndarray
    y_test: np.ndarray
    train: list[str]
    test: list[str]

    @property
    def X(self):
        return np.concatenate([self.X_train, self.X_test])


def parted(state, functions):
    """Your split on the generated points: places (n, 2) and numbers (n,) of the train and of the test points."""
    X, _ = generated(state["task"], state["data"], state["noise"], state["seed"])
    if len(X) == 0:
        nothing = np.zeros(0, dtype=int)
        return X, X, nothing, nothing
    rng, put_aside = np.random.default_rng([state["seed"], 2]), 1 - state["train_share"] / 100
    if not functions.have("split"):
        functions.own("split")
        test, train = np.split(rng.permutation(len(X)), [round(put_aside * len(X))])
        return X[train], X[test], train, test
    parts = functions.call("split", X, np.arange(len(X)), put_aside, rng)
    whose = functions.whose("split")
    try:
        X_train, X_test, train, test = parts
        X_train, X_test = np.asarray(X_train, dtype=float), np.asarray(X_test, dtype=float)
        train, test = np.asarray(train).astype(int), np.asarray(test).astype(int)
    except (TypeError, ValueError) as error:
        raise LearnerError(f"{whose} split must return X_train, X_val, y_train, y_val.") from error
    if X_train.shape != (len(train), 2) or X_test.shape != (len(test), 2) or len(train) == 0:
        raise LearnerError(f"{whose} split returned {len(X_train)} points to train on and {len(train)} labels.")
    if np.intersect1d(train, test).size:
        functions.note(f"{whose} split puts some points into both parts: the test loss is no test any more.")
    if not (np.array_equal(X[train], X_train) and np.array_equal(X[test], X_test)):
        functions.note(f"{whose} split shuffles X and y apart: points and labels no longer belong together.")
    return X_train, X_test, train, test


def changed(state, parts):
    """The Data: parted points after what was moved, added and removed by hand. Added points are trained on."""
    _, y = generated(state["task"], state["data"], state["noise"], state["seed"])
    X_train, X_test, train, test = parts
    columns = []
    for X, numbers in ((X_train, train), (X_test, test)):
        X, labels = X.copy(), y[numbers]
        for number, (x1, x2, label) in state["moved"].items():
            X[numbers == number], labels[numbers == number] = (x1, x2), label
        keep = ~np.isin(numbers, state["removed"]) if state["removed"] else slice(None)
        columns.append((X[keep], labels[keep], [f"point {number}" for number in numbers[keep].tolist()]))
    (X_train, y_train, train), (X_test, y_test, test) = columns
    if state["added"]:
        added = np.array(state["added"], dtype=float)
        X_train, y_train = np.concatenate([X_train, added[:, :2]]), np.concatenate([y_train, added[:, 2]])
        train = [*train, *(f"added {i}" for i in range(len(added)))]
    return Data(X_train, X_test, y_train, y_test, train, test)


# --- by hand --------------------------------------------------------------------------------------------


def place_of(thing, state):
    """[x1, x2, label] of a point, or None if it is none."""
    kind, _, number = (thing or "").partition(" ")
    if kind not in ("point", "added") or not number.isdigit():
        return None
    i = int(number)
    if kind == "added":
        return state["added"][i] if i < len(state["added"]) else None
    X, y = generated(state["task"], state["data"], state["noise"], state["seed"])
    if i >= len(X) or i in state["removed"]:
        return None
    if i in state["moved"]:
        return state["moved"][i]
    return [float(X[i, 0]), float(X[i, 1]), float(y[i])]


def with_point(state, thing, place):
    """The state with a point at [x1, x2, label]; None removes it."""
    kind, _, number = thing.partition(" ")
    i = int(number)
    if kind == "point" and place is None:
        return state | {"removed": sorted([*state["removed"], i]), "selected": None}
    if kind == "point":
        return state | {"moved": state["moved"] | {i: place}}
    added = list(state["added"])
    added[i : i + 1] = [] if place is None else [place]
    return state | {"added": added} | ({"selected": None} if place is None else {})


def with_added(state, places):
    """The state with more points [x1, x2, label]."""
    room = MOST_ADDED - len(state["added"])
    return state | {"added": [*state["added"], *places[:room]]}


def untouched():
    """No point moved, added or removed."""
    return {"moved": {}, "added": [], "removed": []}


@cache
def sketch(task, name):
    """A set as a small picture: three characters per dot, its class and x, y in base 36 (y upwards)."""
    X, y = generated(task, name, 0, 0)
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    some = slice(None, None, max(1, len(X) // 60))
    cells = np.round((X[some] + EDGE) / (2 * EDGE) * 35).astype(int)
    middle = 0.5 if task == CLASSIFICATION else 0.0
    return "".join(f"{int(label > middle)}{digits[a]}{digits[b]}" for (a, b), label in zip(cells, y[some], strict=True))
