"""The walks of the descent figure, as plain numbers: what is stepped on, each step, and how a walk ended."""

import numpy as np

from course.figures import LearnerError
from course.surfaces import BOWL, RASTRIGIN, RAVINE, SADDLE, WIDE, heights

OWN = "your own f"
SURFACES = {surface.name: surface for surface in (BOWL, RAVINE, SADDLE, RASTRIGIN)}
X, Y = WIDE["x"], WIDE["y"]
H = 1e-5  # of the central difference
NOISE = 5.0  # spread of the gradient's noise when the slider is at 1
OWN_GRID = 25  # points along each side where your f has to be asked one place at a time


# --- our versions of your functions ---------------------------------------------------------------------


def numerical_gradient(f, x, h):
    gradient = np.zeros_like(x, dtype=float)
    for i in np.ndindex(x.shape):
        nudge = np.zeros_like(gradient)
        nudge[i] = h
        gradient[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient


def gradient_descent(gradient, start, lr, steps):
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.array(path)


def momentum_step(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * v, v


OURS = {
    "numerical_gradient": numerical_gradient,
    "gradient_descent": gradient_descent,
    "momentum_step": momentum_step,
}


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
    f = height_of(state["surface"], functions)
    start, lr, steps = np.array([state["x1"], state["x2"]]), settings["lr"], state["steps"]
    rng = np.random.default_rng(state["seed"])

    def gradient(x):
        slope = functions.call("numerical_gradient", f, np.asarray(x, dtype=float), H, shape=(2,))
        return slope + state["noise"] * NOISE * rng.standard_normal(2) if state["noise"] else slope

    if settings["momentum"] == 0:
        return functions.call("gradient_descent", gradient, start, lr, steps, shape=(steps + 1, 2))
    path, velocity = [start], np.zeros(2)
    for _ in range(steps):
        given = path[-1], gradient(path[-1]), velocity, lr, settings["momentum"]
        place, velocity = functions.call("momentum_step", *given, shape=[(2,), (2,)])
        path.append(place)
    if functions.used.get("momentum_step") == "our":
        functions.note("The momentum is ours here: you write yours, momentum_step, in lesson 06.")
    return np.array(path)


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
