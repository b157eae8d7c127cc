"""The walks of the descent figure, as plain numbers: what is stepped on, each step, and how a walk ended."""

import numpy as np

from course.figures import LearnerError
from course.surfaces import BOWL, RASTRIGIN, RAVINE, SADDLE, WIDE, heights

OWN = "your own f"
SURFACES = {surface.name: surface for surface in (BOWL, RAVINE, SADDLE, RASTRIGIN)}
X, Y = WIDE["x"], WIDE["y"]
H = 1e-5  # of the central difference
SIDES = H * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
NOISE = 5.0  # spread of the gradient's noise when the slider is at 1
OWN_GRID = 25  # points along each side where your f has to be asked one place at a time


# --- the surface ----------------------------------------------------------------------------------------


def height_of(surface, functions):
    """The function to walk on: a place (2,) → its height."""
    if surface == OWN:
        return lambda x: float(functions.call("f", x, shape=()))
    return SURFACES[surface].height


def map_heights(surface, functions):
    """The heights over the picture (n, n)."""
    if surface != OWN:
        return heights(SURFACES[surface])
    n = functions.grid(61)
    places = np.stack(np.meshgrid(np.linspace(*X, n), np.linspace(*Y, n)))  # (2, n, n)
    try:  # most functions of x[0] and x[1] take all places at once
        values = functions.call("f", places, shape=(n, n))
        probe = (0, n // 3, n // 2), (n // 2, 1, n - 2)
        one_by_one = [functions.call("f", places[:, i, j], shape=()) for i, j in zip(*probe, strict=True)]
        if np.allclose(values[probe], one_by_one, equal_nan=True):
            return values
    except LearnerError:
        pass  # a function that takes one place only: asked so below, where its own errors are told
    n = functions.grid(OWN_GRID)
    x, y = np.linspace(*X, n), np.linspace(*Y, n)
    return np.array([[functions.call("f", np.array([a, b]), shape=()) for a in x] for b in y])


# --- the walk -------------------------------------------------------------------------------------------


def walk(state, settings, functions):
    """The path (steps + 1, 2) from the start with these settings (a learning rate and a momentum)."""
    start, lr, steps = np.array([state["x1"], state["x2"]]), settings["lr"], state["steps"]
    rng = np.random.default_rng(state["seed"])

    def gradient(x):
        slope = slope_at(x, state["surface"], functions)
        return slope + state["noise"] * NOISE * rng.standard_normal(2) if state["noise"] else slope

    stepping = "momentum_step" if settings["momentum"] else "gradient_descent"
    if not functions.have(stepping):
        functions.own(stepping)
        if settings["momentum"]:
            functions.note("The momentum is the figure's own here: you write yours, momentum_step, in lesson 06.")
        return rolled(state, settings, functions)
    if settings["momentum"] == 0:
        return functions.call("gradient_descent", gradient, start, lr, steps, shape=(steps + 1, 2))
    path, velocity = [start], np.zeros(2)
    for _ in range(steps):
        given = path[-1], gradient(path[-1]), velocity, lr, settings["momentum"]
        place, velocity = functions.call("momentum_step", *given, shape=[(2,), (2,)])
        path.append(place)
    return np.array(path)


def rolled(state, settings, functions):
    """That path without a stepping function of yours: a ball that keeps a share of its last move, if there is momentum.

    This is Polyak's way to write it, without a velocity: the last move is the difference of the last two places.
    """
    push = state["noise"] * NOISE * np.random.default_rng(state["seed"]).standard_normal((state["steps"], 2))
    path = np.full((state["steps"] + 2, 2), (state["x1"], state["x2"]))  # two places to begin with: no move yet
    for k, place in enumerate(path[1:-1]):
        downhill = -settings["lr"] * (slope_at(place, state["surface"], functions) + push[k])
        path[k + 2] = place + downhill + settings["momentum"] * (place - path[k])
    return path[1:]


def slope_at(x, surface, functions):
    """The gradient at a place (2,): by your numerical_gradient, or from the heights to its four sides."""
    x, f = np.asarray(x, dtype=float), height_of(surface, functions)
    if functions.have("numerical_gradient"):
        return functions.call("numerical_gradient", f, x, H, shape=(2,))
    functions.own("numerical_gradient")
    east, west, north, south = [f(side) for side in x + SIDES] if surface == OWN else f(x + SIDES)
    return np.array([east - west, north - south]) / (2 * H)


def losses_along(path, surface, functions):
    """The height at each place of a path (steps + 1,); not a number from where it is no place any more."""
    with np.errstate(all="ignore"):
        if surface != OWN:
            return SURFACES[surface].height(path)
        f, losses = height_of(surface, functions), np.full(len(path), np.nan)
        for i, place in enumerate(path):
            if not np.isfinite(place).all():
                break
            losses[i] = f(place)
        return losses


# --- how it ended ---------------------------------------------------------------------------------------


def zigzags(path):
    """Whether x₁ or x₂ turned round at more than half of its steps (those too small to matter left out)."""
    for steps in np.diff(path[np.isfinite(path).all(axis=1)], axis=0).T:
        steps = steps[np.abs(steps) > 1e-6 * np.abs(steps).max(initial=0)]
        if len(steps) > 2 and (steps[1:] * steps[:-1] < 0).mean() > 0.5:
            return True
    return False


def first_below(losses, limit):
    """The first step with a loss below the limit, or None."""
    with np.errstate(invalid="ignore"):
        below = np.flatnonzero(losses < limit)
    return int(below[0]) if len(below) else None
