"""Training, a bounded piece at a time: the browser asks for the next piece when it has drawn the last."""

import time

import numpy as np

from course.figures import LearnerError

from .data import CLASSIFICATION
from .network import features, flat, gradients, loss_of, needed_for_gradients, params_of, through

BUDGET = 0.1  # seconds of training in one piece; what isn't done then comes in the next
TOO_LARGE = 1e6  # a weight beyond this has run away
CURVE = 300  # points kept of the loss curves


def trained(state, data, functions):
    """The state some epochs later (one, or `pace` while playing): weights, epoch, curves, and whether it goes on."""
    F = features(data.X_train, state["inputs"])
    y = data.y_train.astype(int) if state["task"] == CLASSIFICATION else data.y_train
    if len(y) == 0:
        functions.note("There is no point to train on. Double-click in the picture to add some.")
        return state | {"playing": False}
    params = [(W.copy(), b.copy()) for W, b in params_of(state)]
    epoch, done = state["epoch"], state["_batches"]
    until = time.perf_counter() + BUDGET
    for _ in range(int(state["pace"]) if state["playing"] else 1):
        now = state | {"epoch": epoch, "_batches": done}
        try:
            params, done = part_of_epoch(F, y, params, now, functions, until)
        except (TypeError, ValueError, IndexError, RuntimeError) as error:  # here: of shapes that come from theirs
            raise LearnerError(f"Your functions don't fit together: {error}") from error
        epoch += done == 0
        if done or time.perf_counter() > until or not finite(params):
            break
    if not finite(params):
        return state | {"playing": False, "_diverged": epoch}
    after = state | {"weights": flat(params), "epoch": epoch, "_batches": done, "_diverged": None}
    losses = losses_of(after, params, data, functions)
    curve = state["_curve"] or [(state["epoch"], *losses_of(state, params_of(state), data, functions))]
    if epoch > curve[-1][0]:
        after["_curve"] = thinned([*curve, (epoch, *losses)])
    reached = losses[1] is not None and losses[1] <= state["stop"]
    return after | {"playing": state["playing"] and not reached}


def part_of_epoch(F, y, params, state, functions, until):
    """One epoch, or the rest of one begun before, or what time allows: weights and batches done (0: all).

    The order of the batches follows from seed and epoch, so an epoch that is interrupted goes on as if it
    hadn't been.
    """
    seeds = [state["seed"], state["epoch"]]
    if not functions.have("minibatches", "sgd_step"):
        from . import own  # torch takes a second to load: not before it is needed

        functions.own("minibatches", "sgd_step")
        return own.part_of_epoch(F, y, params, state, until)
    by_autograd = not functions.have(*needed_for_gradients(state))
    if by_autograd:
        from . import own

        functions.own(*needed_for_gradients(state))
    with functions.together() as quick:
        batches = list(quick("minibatches")(F.copy(), y.copy(), state["batch"], np.random.default_rng([*seeds, 4])))
        step = quick("sgd_step")
        for done, batch in enumerate(batches):
            if done < state["_batches"]:
                continue
            if time.perf_counter() > until and done > state["_batches"]:
                return params, done
            F_batch, y_batch = batch
            rng = np.random.default_rng([*seeds, 5, done]) if state["dropout"] else None
            if by_autograd:
                grads = params_of(state | {"weights": own.slope(F_batch, y_batch, params, state, rng)})
            else:
                grads = gradients(F_batch, y_batch, params, state, rng, quick)
            if state["penalty"] == "L2":
                grads = [(dW + state["penalty_rate"] * W, db) for (dW, db), (W, _) in zip(grads, params, strict=True)]
            params = checked(step(params, grads, state["lr"]), params, functions)
            if state["penalty"] == "L1":
                params = [(towards_zero(W, state["lr"] * state["penalty_rate"]), b) for W, b in params]
    return params, 0


def towards_zero(W, size):
    """L1's step: each weight moves to 0 by `size` and stops there."""
    return np.sign(W) * np.maximum(np.abs(W) - size, 0)


def checked(params, before, functions):
    """The params that sgd_step returned, if they have the shapes of those before."""
    try:
        fits = all(W.shape == W0.shape and b.shape == b0.shape for (W, b), (W0, b0) in zip(params, before, strict=True))
    except (TypeError, ValueError, AttributeError):
        fits = False
    if not fits and functions.theirs("sgd_step") is None:
        raise LearnerError("Your functions don't fit together: there must be gradients (dW, db) for each (W, b).")
    if not fits:
        raise LearnerError("Your sgd_step must return params: a list of (W, b) with the shapes it was given.")
    return params


def losses_of(state, params, data, functions):
    """Train and test loss."""
    n = len(data.y_train)
    outputs = through(features(data.X, state["inputs"]), params, state["activation"], functions)[-1]
    return loss_of(outputs[:n], data.y_train, state, functions), loss_of(outputs[n:], data.y_test, state, functions)


def finite(params):
    return all(np.abs(part).max(initial=0) < TOO_LARGE for pair in params for part in pair)


def thinned(curve):
    """Every second point when there are too many; the last one stays."""
    return curve if len(curve) <= CURVE else [*curve[:-1:2], curve[-1]]
