"""The runners of the optimiser race, as plain numbers: one walk at many learning rates at once.

All rates of a sweep walk side by side: the places are an array (2, r) with one column per rate, and your functions
get the r rates as an array (r,). A function that can't do that (or gives something else than for one rate alone)
is asked rate by rate instead, for fewer rates. Where neither yours nor a reference is there, all three runners
walk at once, by one formula of the figure's own.
"""

import numpy as np

from course.figures import LearnerError, Scrub, Unwritten
from course.surfaces import SURFACES

NAMES = ("SGD", "momentum", "Adam")
STEPS = ("sgd_step", "momentum_step", "adam_step")
KEYS = ("lr_sgd", "lr_momentum", "lr_adam")
LOW, HIGH = 1e-4, 3.0  # of the learning rates
RATES = np.append(10 ** (np.arange(45) / 10 - 4), HIGH)  # ten per decade
FEW = RATES[::5]
EPS = 1e-8
NOISE_SLIDER = Scrub("noise", "noise", 0, 1, 0.05)
NOISE = 5.0  # spread of the gradient's noise when the slider is at 1
WARMUP = 0.1  # share of the steps over which the cosine schedule warms up
CHECKED = 12  # steps that are walked once more with single rates, to see that the columns agree
CONSTANT, COSINE = "none", "cosine"


# --- one step of each -----------------------------------------------------------------------------------


def start_of(name, w):
    """What a runner carries along: its velocity, or its two averages."""
    return {"SGD": (), "momentum": (0 * w,), "Adam": (0 * w, 0 * w)}[name]


def stepped(name, w, g, carried, t, lr, state, functions):
    """One step of a runner: places w (2,) or (2, r) → new places and what is carried along."""
    if name == "SGD":
        # The place is the weights of a layer; its bias stays where it is.
        W, dW = w.reshape(2, -1), g.reshape(2, -1)
        b = np.zeros(W.shape[1])
        ((moved, _),) = functions.call("sgd_step", [(W, b)], [(dW, b)], lr, shape=[[W.shape, b.shape]])
        return moved.reshape(w.shape), ()
    if name == "momentum":
        moved, v = functions.call("momentum_step", w, g, *carried, lr, state["beta"], shape=[w.shape] * 2)
        return moved, (v,)
    betas = state["beta1"], state["beta2"]
    moved, *carried = functions.call("adam_step", w, g, *carried, t, lr, *betas, EPS, shape=[w.shape] * 3)
    return moved, tuple(carried)


# --- walks ----------------------------------------------------------------------------------------------


def shares(state, functions):
    """The schedule: what share of its learning rate a runner uses at each step (steps,)."""
    steps = state["steps"]
    if state["schedule"] == CONSTANT:
        return np.ones(steps)
    warmup = max(1, round(WARMUP * steps)) if steps > 1 else 0
    if not functions.have("cosine_schedule"):
        functions.own("cosine_schedule")
        falling = np.hanning(2 * (steps - warmup) + 1)[steps - warmup : -1]
        return np.concatenate([np.linspace(0, 1, warmup, endpoint=False), falling])
    return np.array([functions.call("cosine_schedule", k, steps, 1.0, warmup, shape=()) for k in range(steps)])


def noise_of(state):
    """What is added to the slope at each step (steps, 2)."""
    return state["noise"] * NOISE * np.random.default_rng(state["seed"]).standard_normal((state["steps"], 2))


def walk(name, state, rates, schedule, functions, steps=None):
    """Paths (steps + 1, 2, r), or (steps + 1, 2) for a single number as rate."""
    surface, steps = SURFACES[state["surface"]], steps or state["steps"]
    start, noise = np.array([state["x1"], state["x2"]]), noise_of(state)
    w = np.repeat(start[:, None], len(rates), axis=1) if np.ndim(rates) else start
    noise = noise[:, :, None] if np.ndim(rates) else noise
    carried, path = start_of(name, w), [w]
    with np.errstate(all="ignore"):
        for k in range(steps):
            g = surface.slope(w.T).T
            g = g + noise[k] if state["noise"] else g
            w, carried = stepped(name, w, g, carried, k + 1, rates * schedule[k], state, functions)
            path.append(w)
    return np.array(path)


def race(name, state, rate, schedule, functions):
    """The rates of the sweep (r,), their paths (steps + 1, 2, r), and the path (steps + 1, 2) at `rate`."""
    alone = walk(name, state, rate, schedule, functions, min(CHECKED, state["steps"]))
    try:
        paths = walk(name, state, np.append(RATES, rate), schedule, functions)
        if np.allclose(paths[: len(alone), :, -1], alone, rtol=1e-6, atol=1e-9, equal_nan=True):
            return RATES, paths[:, :, :-1], paths[:, :, -1]
    except Unwritten:
        raise
    except LearnerError:
        pass  # a function for single rates only; its own errors were told by the walk above
    alone = walk(name, state, rate, schedule, functions)
    paths = np.stack([walk(name, state, float(lr), schedule, functions) for lr in FEW], axis=-1)
    return FEW, paths, alone


def races(state, rates, schedule, functions):
    """What `race` gives, for each of the three at its rate."""
    own = [step for step in STEPS if not functions.have(step)]
    functions.own(*own)
    paths = all_at_once(state, rates, schedule) if own else None
    return [
        (RATES, paths[:, i, :, :-1], paths[:, i, :, -1]) if step in own else race(name, state, rate, schedule, functions)
        for i, (name, step, rate) in enumerate(zip(NAMES, STEPS, rates, strict=True))
    ]


def all_at_once(state, rates, schedule):
    """The paths (steps + 1, 3, 2, r) of the three runners, at the rates of the sweep and each at its own of `rates`.

    One formula moves them all: a runner goes by a mean of slopes, of which SGD keeps nothing and momentum takes each
    slope in full, over a length, which is 1 for all but Adam.
    """
    surface, noise = SURFACES[state["surface"]], noise_of(state)
    rates = np.array([[np.append(RATES, rate)] for rate in rates])
    keep, take, adam = np.array(
        [[0, state["beta"], state["beta1"]], [1, 1, 1 - state["beta1"]], [False, False, True]]
    ).reshape(3, 3, 1, 1)
    w = np.ones((3, 2, rates.shape[-1])) * np.array([state["x1"], state["x2"]])[:, None]
    mean, squares, path = 0 * w, 0 * w, [w]
    with np.errstate(all="ignore"):
        for k, share in enumerate(schedule):
            slope = np.moveaxis(surface.slope(np.moveaxis(w, 1, -1)), -1, 1) + noise[k][:, None]
            mean, squares = keep * mean + take * slope, squares + (1 - state["beta2"]) * (slope**2 - squares)
            began = 1 - np.array([state["beta1"], state["beta2"]]) ** (k + 1)
            length = began[0] * (np.sqrt(squares / began[1]) + EPS)
            w = w - rates * share * mean / np.where(adam, length, 1)
            path.append(w)
    return np.array(path)


def losses_along(paths, surface):
    """Heights (steps + 1, …) along paths (steps + 1, 2, …); endless where there is no place any more."""
    with np.errstate(all="ignore"):
        heights = SURFACES[surface].height(np.moveaxis(paths, 1, -1))
    return np.where(np.isfinite(heights), heights, np.inf)
