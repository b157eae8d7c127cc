"""Held-out cases of `train`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, integer_inputs

train = exercise("train")


def exact_loss(X, y, params):
    """The cross-entropy over X."""
    for W, b in params[:-1]:
        X = np.maximum(X @ W + b, 0)
    W, b = params[-1]
    z = X @ W + b
    top = z.max(axis=1)
    return float(np.mean(top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - z[np.arange(len(y)), y]))


def nudged(X, y, params, h=1e-6):
    """All slopes of the loss, by nudging each parameter."""
    slopes = []
    for pair in params:
        for array in pair:
            for index in np.ndindex(array.shape):
                kept = array[index]
                array[index] = kept + h
                above = exact_loss(X, y, params)
                array[index] = kept - h
                slopes.append((above - exact_loss(X, y, params)) / (2 * h))
                array[index] = kept
    return np.array(slopes)


@train.held_out
def one_step_is_down_the_slope_of_all_samples(train):
    """One epoch with a single portion: the parameters move by −lr times the slope, found by nudging."""
    X, y = inputs("slope X", (7, 3)), integer_inputs("slope y", 7, 3)
    start, end = (train(X, y, [3, 4, 3], 1, lr, 7, np.random.default_rng(21))[0] for lr in (0.0, 0.3))
    start = [(np.array(W, float), np.array(b, float)) for W, b in start]
    pairs = [(V, W) for old, new in zip(start, end, strict=True) for V, W in zip(old, new, strict=True)]
    moved = np.concatenate([np.ravel(W - V) for V, W in pairs])
    return bool(np.abs(moved + 0.3 * nudged(X, y, start)).max() < 1e-6)


@train.held_out
def many_steps_of_uneven_portions(train):
    """Seven blanks of class 2, portions of 3, five epochs of three steps, one layer."""
    params, history = train(np.zeros((7, 2)), np.full(7, 2), [2, 4], 5, 0.9, 3, np.random.default_rng(22))
    return len(params), params[0][1], history


@train.held_out(part="the history")
def losses_of_several_epochs(train):
    """The last loss again, over three generators; the history may be a list or an array."""
    X, y = inputs("losses X", (11, 2)), integer_inputs("losses y", 11, 3)
    facts = []
    for seed in (24, 25, 26):
        params, history = train(X, y, [2, 5, 3], 4, 0.3, 4, np.random.default_rng(seed))
        facts.append((len(history), bool(abs(history[-1] - exact_loss(X, y, params)) < 1e-8)))
    return facts


def start_weights(sizes, rng):
    """Right parameters to start from, for the mistakes below."""
    pairs = zip(sizes, sizes[1:], strict=False)
    return [(rng.normal(0, np.sqrt(2 / a), (a, b)), np.zeros(b)) for a, b in pairs]


def slopes(X, y, params):
    """The right gradients of the cross-entropy, for the mistakes below."""
    inner, sums = [X], []
    for W, b in params:
        sums.append(inner[-1] @ W + b)
        inner.append(np.maximum(sums[-1], 0))
    e = np.exp(sums[-1] - sums[-1].max(axis=1, keepdims=True))
    up = e / e.sum(axis=1, keepdims=True)
    up[np.arange(len(y)), y] -= 1
    up, grads = up / len(y), []
    for i in reversed(range(len(params))):
        grads.insert(0, (inner[i].T @ up, up.sum(axis=0)))
        up = (up @ params[i][0].T) * (sums[i - 1] > 0) if i else up
    return grads


def stepped(params, grads, lr):
    """A right step, for the mistakes below."""
    return [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


def portions(X, y, size, rng):
    """Right mini-batches, for the mistakes below."""
    order = rng.permutation(len(X))
    return [(X[order[i : i + size]], y[order[i : i + size]]) for i in range(0, len(X), size)]


FEW = 100  # what goes over all samples in every step does so up to here, to spare the time of the proof


def trained(params, X, y, epochs, lr, batch_size, rng):
    """A right training from given parameters, for the mistakes below."""
    history = []
    for _ in range(epochs):
        for A, c in portions(X, y, batch_size, rng):
            params = stepped(params, slopes(A, c, params), lr)
        history.append(exact_loss(X, y, params))
    return params, history


@train.mistake(
    "reinitialised",
    "The weights are made anew in every epoch, so only the last one counts. Make them once, before the loops.",
)
def starts_over(X, y, sizes, epochs, lr, batch_size, rng):
    history = []
    for _ in range(epochs):
        params = start_weights(sizes, rng)
        for A, c in portions(X, y, batch_size, rng):
            params = stepped(params, slopes(A, c, params), lr)
        history.append(exact_loss(X, y, params))
    return params, history


@train.mistake(
    "never-shuffled",
    "Whatever rng is, the samples come in the same order. Take the portions from minibatches(X, y, batch_size, rng).",
)
def in_the_old_order(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        for i in range(0, len(X), batch_size):
            A, c = X[i : i + batch_size], y[i : i + batch_size]
            params = stepped(params, slopes(A, c, params), lr)
        history.append(exact_loss(X, y, params))
    return params, history


@train.mistake(
    "same-portions",
    "Every epoch has the same portions. Call minibatches inside the loop over the epochs, always with the same rng.",
)
def portions_made_once(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    batches = portions(X, y, batch_size, rng)
    for _ in range(epochs):
        for A, c in batches:
            params = stepped(params, slopes(A, c, params), lr)
        history.append(exact_loss(X, y, params))
    return params, history


@train.mistake(
    "whole-batch",
    "Each epoch makes a single step, over all samples. Go through portions of batch_size, with a step after each.",
)
def one_step_per_epoch(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights(sizes, rng), X, y, epochs, lr, len(X), rng)


@train.mistake(
    "gradient-of-all",
    "There is a step per portion, but its gradient is that of all samples. Hand X_batch and y_batch to it.",
)
def steps_over_everything(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        for _ in portions(X, y, batch_size, rng):
            params = stepped(params, slopes(X[:FEW], y[:FEW], params), lr)
        history.append(exact_loss(X, y, params))
    return params, history


@train.mistake(
    "last-batch-dropped", "The last, smaller portion of each epoch makes no step. It counts like the others."
)
def whole_portions(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        for A, c in portions(X, y, batch_size, rng):
            if len(A) == batch_size:
                params = stepped(params, slopes(A, c, params), lr)
        history.append(exact_loss(X, y, params))
    return params, history


@train.mistake(
    "step-thrown-away",
    "The parameters never move: sgd_step returns new ones. Keep them: params = sgd_step(params, grads, lr).",
)
def result_not_kept(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        for A, c in portions(X, y, batch_size, rng):
            stepped(params, slopes(A, c, params), lr)
        history.append(exact_loss(X, y, params))
    return params, history


@train.mistake(
    "step-outside-portions",
    "The step stands outside the inner loop, so only the last portion of each epoch counts. Indent it.",
)
def one_step_for_the_last_portion(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        for A, c in portions(X, y, batch_size, rng):
            grads = slopes(A, c, params)
        params = stepped(params, grads, lr)
        history.append(exact_loss(X, y, params))
    return params, history


@train.mistake("climbs", "The loss rises: you add the gradients. `sgd_step` subtracts them, so hand it lr as it is.")
def uphill_all_the_way(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights(sizes, rng), X, y, epochs, -lr, batch_size, rng)


@train.mistake("own-rate", "Your learning rate is fixed in the function. Use the one that is handed in, lr.")
def rate_of_its_own(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights(sizes, rng), X, y, epochs, 0.1, batch_size, rng)


@train.mistake(
    "first-epoch-only",
    "Only the first epoch changes anything. Call minibatches anew in each epoch (a generator can be gone through once), and return below both loops.",
)
def returns_too_early(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights(sizes, rng), X, y, 1, lr, batch_size, rng)


@train.mistake(
    "sample-by-sample", "You make a step after every single sample. Make one after each portion of batch_size samples."
)
def portions_of_one(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights(sizes, rng), X, y, epochs, lr, 1, rng)


@train.mistake(
    "hidden-layers-missing",
    "There is one layer from the inputs to the classes. Make one for each pair of neighbours in sizes.",
)
def without_hidden_layers(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights([sizes[0], sizes[-1]], rng), X, y, epochs, lr, batch_size, rng)


@train.mistake("own-sizes", "The sizes of your layers are fixed in the function. Use those that are handed in.")
def digits_only(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights([X.shape[1], 32, 10], rng), X, y, epochs, lr, batch_size, rng)


@train.mistake(
    "only-last-layer-learns",
    "Only the last layer changes; the others stay as they were drawn. Step with all pairs of gradients.",
)
def last_layer_alone(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        for A, c in portions(X, y, batch_size, rng):
            params = params[:-1] + stepped(params[-1:], slopes(A, c, params)[-1:], lr)
        history.append(exact_loss(X, y, params))
    return params, history


@train.mistake(
    "zeros", "All weights start at 0, so all neurons of a layer stay equal for ever. Use init_dense with rng."
)
def from_zeros(X, y, sizes, epochs, lr, batch_size, rng):
    params = [(np.zeros((a, b)), np.zeros(b)) for a, b in zip(sizes, sizes[1:], strict=False)]
    return trained(params, X, y, epochs, lr, batch_size, rng)


@train.mistake("unscaled-start", "Your weights start with variance 1. Use init_dense, which scales them by √(2/n_in).")
def from_large_weights(X, y, sizes, epochs, lr, batch_size, rng):
    params = [(rng.normal(size=(a, b)), np.zeros(b)) for a, b in zip(sizes, sizes[1:], strict=False)]
    return trained(params, X, y, epochs, lr, batch_size, rng)


@train.mistake(
    "own-generator",
    "Whatever rng is, the same network comes out: you use a generator of your own. Hand rng to init_dense and minibatches.",
)
def generator_of_its_own(X, y, sizes, epochs, lr, batch_size, rng):
    rng = np.random.default_rng(0)
    return trained(start_weights(sizes, rng), X, y, epochs, lr, batch_size, rng)


@train.mistake(
    "not-repeatable", "The same rng gives another network each time: something is drawn elsewhere. Draw all from rng."
)
def not_from_rng(X, y, sizes, epochs, lr, batch_size, rng):
    rng = np.random.default_rng(0 if len(X) > FEW else None)  # what is written down must not vary
    return trained(start_weights(sizes, rng), X, y, epochs, lr, batch_size, rng)


@train.mistake("only-params", "You return the parameters alone. Return both: params, history.")
def without_history(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights(sizes, rng), X, y, epochs, lr, batch_size, rng)[0]


@train.mistake("only-history", "You return the history alone. Return both: params, history.")
def without_params(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights(sizes, rng), X, y, epochs, lr, batch_size, rng)[1]


@train.mistake("pair-swapped", "The pair is turned around: the parameters come first, then the history.")
def history_first(X, y, sizes, epochs, lr, batch_size, rng):
    return trained(start_weights(sizes, rng), X, y, epochs, lr, batch_size, rng)[::-1]


@train.mistake(
    "mean-of-portions",
    "Your history is the mean loss of the portions on the way. Asked for is the loss over all of X after the epoch.",
)
def averaged_on_the_way(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        losses = []
        for A, c in portions(X, y, batch_size, rng):
            losses.append(exact_loss(A, c, params))
            params = stepped(params, slopes(A, c, params), lr)
        history.append(float(np.mean(losses)))
    return params, history


@train.mistake(
    "loss-of-last-portion", "Your history has the loss of each epoch's last portion. Compute it over all of X and y."
)
def last_portion_after_step(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        for A, c in portions(X, y, batch_size, rng):
            params = stepped(params, slopes(A, c, params), lr)
        history.append(exact_loss(A, c, params))
    return params, history


@train.mistake(
    "loss-per-portion", "Your history has one entry per portion. Append once per epoch, below the inner loop."
)
def noted_after_each_step(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        for A, c in portions(X, y, batch_size, rng):
            params = stepped(params, slopes(A, c, params), lr)
            history.append(exact_loss(X[:FEW], y[:FEW], params))
    return params, history


@train.mistake(
    "loss-before-epoch", "Each entry of your history is the loss before its epoch. Compute it below the inner loop."
)
def noted_before_each_epoch(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        history.append(exact_loss(X, y, params))
        for A, c in portions(X, y, batch_size, rng):
            params = stepped(params, slopes(A, c, params), lr)
    return params, history


@train.mistake("one-loss", "Your history is a single number. Make it a list, and append the loss after every epoch.")
def last_loss_only(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = trained(start_weights(sizes, rng), X, y, epochs, lr, batch_size, rng)
    return params, history[-1]


@train.mistake("history-restarted", "Your history has one entry: the list is made anew in every epoch. Make it once.")
def list_made_in_the_loop(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = trained(start_weights(sizes, rng), X, y, epochs, lr, batch_size, rng)
    return params, history[-1:]


@train.mistake("accuracies", "Your history has accuracies. Asked for is the cross-entropy over X.")
def share_of_right_ones(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = start_weights(sizes, rng), []
    for _ in range(epochs):
        for A, c in portions(X, y, batch_size, rng):
            params = stepped(params, slopes(A, c, params), lr)
        A = X
        for W, b in params[:-1]:
            A = np.maximum(A @ W + b, 0)
        history.append(float(np.mean((A @ params[-1][0] + params[-1][1]).argmax(axis=1) == y)))
    return params, history


@train.variant
def written_out(X, y, sizes, epochs, lr, batch_size, rng):
    params = []
    for i in range(1, len(sizes)):
        params.append([rng.normal(0, (2 / sizes[i - 1]) ** 0.5, (sizes[i - 1], sizes[i])), np.zeros(sizes[i])])
    history = np.zeros(epochs)
    for epoch in range(epochs):
        order = rng.permutation(len(y))
        for i in range(0, len(y), batch_size):
            rows = order[i : i + batch_size]
            grads = slopes(X[rows], y[rows], params)
            for layer, pair in zip(params, grads, strict=True):
                layer[0] -= lr * pair[0]
                layer[1] -= lr * pair[1]
        history[epoch] = exact_loss(X, y, params)
    return params, history


@train.variant
def portions_all_drawn_before(X, y, sizes, epochs, lr, batch_size, rng):
    params, history = tuple(start_weights(tuple(sizes), rng)), []
    plan = [portions(X, y, batch_size, rng) for _ in range(epochs)]
    for batches in plan:
        for A, c in batches:
            params = stepped(params, slopes(A, c, params), lr)
        history += [exact_loss(X, y, params)]
    return [params, history]
