"""Held-out cases of `l2_penalty`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, inputs_after

l2_penalty = exercise("l2_penalty")


def arrays_of(name, sizes):
    """A pair of arrays per layer."""
    pairs = enumerate(zip(sizes, sizes[1:], strict=False))
    return [(inputs(f"{name} W{i}", (a, b)), inputs(f"{name} b{i}", b)) for i, (a, b) in pairs]


@l2_penalty.held_out
def four_layers_as_lists(l2_penalty):
    return l2_penalty([list(pair) for pair in arrays_of("l2 many", [5, 3, 3, 2, 4])], 0.013)


@l2_penalty.held_out
def nothing_to_pay(l2_penalty):
    params = arrays_of("l2 free", [2, 3])
    return l2_penalty(params, 0.0), inputs_after(l2_penalty, params, 1.5)


@l2_penalty.mistake(
    "half-convention", "You use ½ · lam, another convention. Here the loss is lam · ΣW², and its gradient 2 · lam · W."
)
def with_a_half(params, lam):
    return lam / 2 * sum(np.sum(W**2) for W, _ in params), [(lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("two-missing", "Your gradient doesn't belong to your loss: the slope of lam · W² is 2 · lam · W.")
def gradient_without_two(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [(lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "half-in-loss-only", "Your loss has a ½ that isn't asked for: it is lam times the sum of the squares."
)
def half_in_loss(params, lam):
    return lam / 2 * sum(np.sum(W**2) for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("l2-on-bias", "The biases cost nothing: only the weights W are squared, and db is zeros.")
def biases_pay(params, lam):
    loss = lam * sum(np.sum(W**2) + np.sum(b**2) for W, b in params)
    return loss, [(2 * lam * W, 2 * lam * b) for W, b in params]


@l2_penalty.mistake("bias-in-loss-only", "Your loss counts the biases too. Only the weights W cost something.")
def biases_in_loss(params, lam):
    loss = lam * sum(np.sum(W**2) + np.sum(b**2) for W, b in params)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("bias-in-gradient-only", "The biases cost nothing, so db is zeros of the shape of b.")
def biases_in_gradient(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [(2 * lam * W, 2 * lam * b) for W, b in params]


@l2_penalty.mistake("db-one-number", "db is the number 0. It needs the shape of b: np.zeros_like(b).")
def zero_for_zeros(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [(2 * lam * W, 0.0) for W, _ in params]


@l2_penalty.mistake("no-pairs", "grads has the dW alone. It is a list of pairs (dW, db), db being zeros like b.")
def weights_without_biases(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [2 * lam * W for W, _ in params]


@l2_penalty.mistake("absolute-values", "That is the sum of |W|, called L1. Here the weights are squared.")
def l1(params, lam):
    return lam * sum(np.sum(np.abs(W)) for W, _ in params), [(lam * np.sign(W), np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("mean-for-sum", "You took the mean of the squares. It is their sum.")
def by_the_mean(params, lam):
    loss = lam * sum(np.mean(W**2) for W, _ in params)
    return loss, [(2 * lam * W / W.size, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("mean-in-loss-only", "Your loss takes the mean of the squares. It is lam times their sum.")
def loss_by_the_mean(params, lam):
    return lam * sum(np.mean(W**2) for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "absolute-values-in-loss", "Your loss adds up |W|. The weights are squared: lam times the sum of W²."
)
def loss_by_l1(params, lam):
    loss = lam * sum(np.sum(np.abs(W)) for W, _ in params)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


SUMLESS = "A sum over the entries of W is missing: `W**2` is a table. Use np.sum(W**2), then add up the layers."


@l2_penalty.mistake("inner-sum-missing", SUMLESS)
def tables_added(params, lam):
    return lam * sum(W**2 for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("inner-sum-missing-in-loop", SUMLESS)
def tables_added_in_place(params, lam):
    loss = 0
    for W, _ in params:
        loss += lam * W**2
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


ROW_BY_ROW = "Python's `sum` adds up the rows of W, and leaves one number per column. Use np.sum(W**2)."


@l2_penalty.mistake("python-sum", ROW_BY_ROW)
def rows_added(params, lam):
    return lam * sum(sum(W**2) for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("python-sum-in-loop", ROW_BY_ROW)
def rows_added_in_place(params, lam):
    loss = 0
    for W, _ in params:
        loss += lam * sum(W**2)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "root-of-the-sum", "You took a root: the norm of the weights. Here it is the sum of the squares itself."
)
def by_the_norm(params, lam):
    loss = lam * sum(np.sqrt(np.sum(W**2)) for W, _ in params)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("last-layer-only", "The loss has the last layer's weights only: add up all layers (`loss += …`).")
def overwritten(params, lam):
    for W, _ in params:
        loss = lam * np.sum(W**2)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "first-layer-only", "Only the first layer is used, or the loop ends with its first round. Go through all of params."
)
def one_layer_alone(params, lam):
    W, b = params[0]
    return lam * np.sum(W**2), [(2 * lam * W, np.zeros_like(b))]


@l2_penalty.mistake(
    "first-layer-in-loss", "Your loss has the weights of the first layer only. Add up those of all layers in params."
)
def loss_of_one_layer(params, lam):
    return lam * np.sum(params[0][0] ** 2), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("price-not-in-gradient", "lam is missing in the gradient: dW = 2 · lam · W.")
def gradient_for_free(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [(2 * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("price-nowhere", "lam isn't used: the loss is lam times the sum of the squares, dW = 2 · lam · W.")
def all_for_free(params, lam):
    return sum(np.sum(W**2) for W, _ in params), [(2 * W, np.zeros_like(b)) for W, b in params]


CHANGED = "You changed the caller's parameters (`*=` does), so the network itself. Make a new array: 2 * lam * W."


def changing(which, loss_first=True):
    """A mistake that works in place on the weights (0) or the biases (1) of each layer."""

    def in_place_penalty(params, lam):
        loss, grads = 0, []
        for pair in params:
            squares = np.sum(pair[0] ** 2)
            gradient = 2 * lam * pair[0], np.zeros_like(pair[1])
            pair[which][:] = gradient[which]
            loss += lam * (squares if loss_first else np.sum(pair[0] ** 2))
            grads.append(gradient)
        return loss, grads

    return in_place_penalty


l2_penalty.mistake("weights-changed", CHANGED, value=changing(0))
l2_penalty.mistake("weights-changed-too-early", CHANGED, value=changing(0, loss_first=False))
l2_penalty.mistake(
    "biases-changed",
    "You changed the caller's biases (`b *= 0` or `b[:] = 0` do). Make new zeros: np.zeros_like(b).",
    value=changing(1),
)


@l2_penalty.mistake("price-not-in-loss", "lam is missing in the loss: it is lam times the sum of the squares.")
def loss_for_free(params, lam):
    return sum(np.sum(W**2) for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "same-for-all-weights", "Every weight got the same pull. Each one is pulled in proportion to itself: 2 · lam · W."
)
def shifted_alike(params, lam):
    grads = [(np.full_like(W, 2 * lam * np.sum(W)), np.zeros_like(b)) for W, b in params]
    return lam * sum(np.sum(W**2) for W, _ in params), grads


@l2_penalty.mistake("only-loss", "You return the loss alone. Return both: loss, grads.")
def without_gradients(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params)


@l2_penalty.mistake("pair-swapped", "The pair is turned around: the loss comes first, then the gradients.")
def gradients_first(params, lam):
    return [(2 * lam * W, np.zeros_like(b)) for W, b in params], lam * sum(np.sum(W**2) for W, _ in params)


@l2_penalty.variant
def by_dot_products(params, lam):
    loss, grads = 0.0, []
    for W, b in params:
        loss += lam * np.vdot(W, W)
        grads.append([lam * W + lam * W, 0 * b])
    return loss, grads


@l2_penalty.variant
def by_norms(params, lam):
    loss = np.sum([lam * np.linalg.norm(W) ** 2 for W, _ in params])
    return [loss, tuple((W * (2 * lam), np.zeros(b.shape)) for W, b in params)]
