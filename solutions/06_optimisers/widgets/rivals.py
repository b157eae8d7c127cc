"""The runners of the optimiser race, as plain numbers: one walk at many learning rates at once.

All rates of a sweep walk side by side: the places are an array (2, r) with one column per rate, and your functions
get the r rates as an array (r,). A function that can't do that (or gives something else than for one rate alone)
is asked rate by rate instead, for fewer rates.
"""

import numpy as np

from course.figures import LearnerError, Scrub
from course.surfaces import SURFACES

NAMES = ("SGD", "momentum", "Adam")
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


# --- our versions of your functions ---------------------------------------------------------------------


def sgd_step(params, grads, lr):
    return [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


def momentum_step(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * v, v


def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    step = (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w - lr * step, m, v


def cosine_schedule(step, total, peak, warmup):
    if step < warmup:
        return peak * step / warmup
    return 0.5 * peak * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))


OURS = {
    "sgd_step": sgd_step,
    "momentum_step": momentum_step,
    "adam_step": adam_step,
    "cosine_schedule": cosine_schedule,
}


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
    return np.array([functions.call("cosine_schedule", k, steps, 1.0, warmup, shape=()) for k in range(steps)])


def walk(name, state, rates, schedule, functions, steps=None):
    """Paths (steps + 1, 2, r), or (steps + 1, 2) for a single number as rate."""
    surface, steps = SURFACES[state["surface"]], steps or state["steps"]
    start = np.array([state["x1"], state["x2"]])
    w = np.repeat(start[:, None], len(rates), axis=1) if np.ndim(rates) else start
    noise = state["noise"] * NOISE * np.random.default_rng(state["seed"]).standard_normal((state["steps"], 2))
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
    except LearnerError:
        pass  # a function for single rates only; its own errors were told by the walk above
    alone = walk(name, state, rate, schedule, functions)
    paths = np.stack([walk(name, state, float(lr), schedule, functions) for lr in FEW], axis=-1)
    return FEW, paths, alone


def losses_along(paths, surface):
    """Heights (steps + 1, …) along paths (steps + 1, 2, …); endless where there is no place any more."""
    with np.errstate(all="ignore"):
        heights = SURFACES[surface].height(np.moveaxis(paths, 1, -1))
    return np.where(np.isfinite(heights), heights, np.inf)
