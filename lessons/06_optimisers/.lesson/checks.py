"""What is asked of each exercise of lesson 06, and its hints."""

import numpy as np

from autograder import by_shape, exercise, inputs, inputs_after, reduced, shapes_of, with_warnings

# --- momentum_step ------------------------------------------------------------------------------------------------

momentum_step = exercise(
    "momentum_step",
    points=2,
    labels=["w", "v"],
    returns="the pair (w, v), both of the shape of w",
    hints=[
        "What does the velocity remember, and which of the two, gradient or velocity, moves the weights?",
        "First v = beta · v + g. Then w = w − lr · v, with the new v.",
        "Compute the new velocity from the old one and the gradient. Subtract lr times the new velocity from w. Return "
        "both, w first.",
    ],
)


@momentum_step.case
def one_step_by_hand(momentum_step):
    """w = 2, g = 3, v = 1, lr = 0.1, beta = 0.9: v becomes 3.9, w becomes 1.61."""
    return momentum_step(np.array([2.0]), np.array([3.0]), np.array([1.0]), 0.1, 0.9)


@momentum_step.case
def a_table_of_weights(momentum_step):
    """w, g and v of shape (2, 3), lr = 0.3, beta = 0.7."""
    w, g, v = (inputs(f"momentum {name}", (2, 3)) for name in "wgv")
    return momentum_step(w, g, v, 0.3, 0.7)


@momentum_step.case
def three_steps_in_a_row(momentum_step):
    """Each step goes on with the velocity that the one before returned."""
    w, v = np.array([1.0, -2.0]), np.zeros(2)
    for g in ([1.0, 3.0], [-2.0, 0.5], [0.5, 0.25]):
        w, v = momentum_step(w, np.array(g), v, 0.2, 0.8)
    return w, v


@momentum_step.case
def arrays_are_left_alone(momentum_step):
    """w, g and v of the caller."""
    return inputs_after(momentum_step, np.array([1.0, 2.0]), np.array([0.5, -1.0]), np.array([3.0, 0.25]), 0.1, 0.9)


# --- adam_step ----------------------------------------------------------------------------------------------------

adam_step = exercise(
    "adam_step",
    points=3,
    labels=["w", "m", "v"],
    returns="(w, m, v), all of the shape of w",
    hints=[
        "Which two averages are kept from step to step? And what is wrong with them in the first steps?",
        "m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g². For the step only: m / (1 − β₁ᵗ) and v / (1 − β₂ᵗ). The step is "
        "lr · m̂ / (√v̂ + ε).",
        "Compute the new m and v. From each make a corrected copy by dividing by 1 minus beta to the power t. Subtract "
        "lr times the first, divided by the root of the second plus eps, and return w with the uncorrected m and v.",
    ],
)


@adam_step.case
def the_first_step(adam_step):
    """From m = v = 0 with t = 1: each weight moves by about lr = 0.1, against the sign of its gradient."""
    return adam_step(np.array([1.0, 2.0]), np.array([0.5, -8.0]), np.zeros(2), np.zeros(2), 1, 0.1, 0.9, 0.999, 1e-8)


@adam_step.case
def in_the_middle_of_a_training(adam_step):
    """t = 3, with averages that aren't 0; w, g, m, v of shape (2, 3)."""
    w, g, m = (inputs(f"adam {name}", (2, 3)) for name in "wgm")
    return adam_step(w, g, m, inputs("adam v", (2, 3), 0.1, 2), 3, 0.2, 0.8, 0.95, 1e-8)


@adam_step.case
def a_large_eps(adam_step):
    """eps = 0.1 and small gradients: here it shows where eps is added."""
    g, m, v = np.array([0.2, -0.05]), np.array([0.1, 0.02]), np.array([0.01, 0.003])
    return adam_step(np.array([1.0, -1.0]), g, m, v, 2, 0.5, 0.7, 0.9, 0.1)


@adam_step.case
def three_adam_steps_in_a_row(adam_step):
    """Each step goes on with the averages that the one before returned."""
    w, m, v = np.array([1.0, -2.0]), np.zeros(2), np.zeros(2)
    for t, g in enumerate(([1.0, 3.0], [-2.0, 0.5], [0.5, 0.25]), start=1):
        w, m, v = adam_step(w, np.array(g), m, v, t, 0.1, 0.9, 0.99, 1e-8)
    return w, m, v


@adam_step.case
def what_is_handed_in_stays(adam_step):
    """w, g, m and v of the caller."""
    arrays = [np.array([1.0, 2.0]), np.array([0.5, -1.0]), np.array([0.3, 0.25]), np.array([0.1, 0.2])]
    return inputs_after(adam_step, *arrays, 2, 0.1, 0.9, 0.99, 1e-8)


# --- cosine_schedule ----------------------------------------------------------------------------------------------

cosine_schedule = exercise(
    "cosine_schedule",
    points=2,
    returns="one number",
    hints=[
        "Which of the two pieces does this step lie in? And how large a share of its piece is over?",
        "Before warmup: peak · step / warmup. From there on: peak · ½ · (1 + cos(π · share)), where share goes from 0 at "
        "warmup to 1 at total.",
        "If step is below warmup, return the straight line. Otherwise compute share as steps since the warm-up divided "
        "by steps after the warm-up in all, and return the half cosine.",
    ],
)


@cosine_schedule.case
def the_example_of_the_text(cosine_schedule):
    """total 100, peak 1, warmup 10, at the steps 0, 5, 10, 55 and 100: 0, 0.5, 1, 0.5 and 0."""
    return [cosine_schedule(step, 100, 1.0, 10) for step in (0, 5, 10, 55, 100)]


@cosine_schedule.case
def every_step(cosine_schedule):
    """total 12, peak 0.3, warmup 4, at each step from 0 to 12."""
    return [cosine_schedule(step, 12, 0.3, 4) for step in range(13)]


@cosine_schedule.case
def without_a_warm_up(cosine_schedule):
    """warmup 0: it starts at the peak, 2, and ends at 0 at step 8."""
    return [cosine_schedule(step, 8, 2.0, 0) for step in (0, 1, 4, 6, 8)]


# --- l2_penalty ---------------------------------------------------------------------------------------------------

l2_penalty = exercise(
    "l2_penalty",
    points=2,
    labels=["loss", "grads"],
    returns="the pair (loss, grads): a number, and a list of pairs (dW, db)",
    hints=[
        "Which of the parameters cost something? And what is the slope of w² at w?",
        "loss = lam · (sum of all W² over all layers); dW = 2 · lam · W; db = zeros of the shape of b.",
        "Add up the squares of the weights of every layer and multiply by lam. Then make a list with the pair (two lam "
        "W, zeros like b) for each layer. Return both.",
    ],
)


def layers(name, sizes):
    """A pair (W, b) per layer, the biases not 0."""
    pairs = enumerate(zip(sizes, sizes[1:], strict=False))
    return [(inputs(f"{name} W{i}", (a, b)), inputs(f"{name} b{i}", b)) for i, (a, b) in pairs]


@l2_penalty.case
def one_layer_by_hand(l2_penalty):
    """W = ((1, −2), (0, 3)), λ = 0.1: the loss is 1.4, dW = ((0.2, −0.4), (0, 0.6)). b = (5, −4) costs nothing."""
    return l2_penalty([(np.array([[1.0, -2.0], [0.0, 3.0]]), np.array([5.0, -4.0]))], 0.1)


@l2_penalty.case
def three_layers(l2_penalty):
    """3 → 4 → 4 → 2, λ = 0.3: the weights of all layers are added up."""
    return l2_penalty(layers("l2", [3, 4, 4, 2]), 0.3)


@l2_penalty.case
def parameters_stay(l2_penalty):
    """The W and b of the caller. `W *= …` changes them, `2 * lam * W` makes a new array."""
    return inputs_after(l2_penalty, layers("l2 kept", [2, 3, 2]), 0.2)


@l2_penalty.case(after=["parameters_stay"])
def the_gradient_belongs_to_the_loss(l2_penalty):
    """One weight is nudged by 1e-5 to both sides: the slope of your loss, minus your dW there. It should be 0."""
    (W, b), last = layers("l2 slope", [2, 3, 2])
    nudge = np.zeros_like(W)
    nudge[1, 2] = 1e-5
    above, below = (l2_penalty([(W + s * nudge, b), last], 0.7)[0] for s in (1, -1))
    return round(float((above - below) / 2e-5 - l2_penalty([(W, b), last], 0.7)[1][0][0][1, 2]), 6) + 0.0


# --- dropout ------------------------------------------------------------------------------------------------------

dropout = exercise(
    "dropout",
    points=3,
    labels=["out", "mask"],
    returns="the pair (out, mask), both of the shape of X",
    hints=[
        "For each entry a coin that says “drop” with probability p. How do you get such a coin from a number that is "
        "drawn evenly from 0 to 1?",
        "mask = (random numbers of the shape of X) ≥ p, which is True with probability 1 − p. In training out is "
        "X · mask / (1 − p); otherwise it is X, and the mask is all True.",
        "If not training, return X with a mask of True. Otherwise draw a random number for each entry from rng, keep "
        "those that are at least p, set the others to 0, and divide what is left by 1 − p. Return the mask as well.",
    ],
)

ONES = np.ones((200, 500))


def drawn(dropout, X, p, rng):
    """What dropout makes of X in training, as two arrays of its shape. Raises ValueError where it is none of that."""
    result = dropout(X.copy(), p, rng, True)
    fits = isinstance(result, tuple | list) and [np.shape(part) for part in result] == [X.shape, X.shape]
    if not fits:
        raise ValueError("no pair of arrays of the shape of X was returned")
    return np.asarray(result[0]), np.asarray(result[1])


@dropout.case(judge=by_shape)
def shapes_in_training(dropout):
    """X of shape (4, 3), p = 10⁻⁹, so that all are kept: out and mask have this shape too, an entry for each of X."""
    return shapes_of(dropout(inputs("dropout X", (4, 3)), 1e-9, np.random.default_rng(1), True), 2)


@dropout.case(judge=by_shape)
def shapes_in_use(dropout):
    """X of shape (4, 3), training = False: a pair of this shape as well."""
    return shapes_of(dropout(inputs("dropout X", (4, 3)), 0.5, np.random.default_rng(1), False), 2)


@dropout.case(after=["shapes_in_training", "shapes_in_use"])
def the_mask_is_boolean(dropout):
    """It holds True and False, as a comparison gives them, in training and in use."""
    X, rng = inputs("dropout X", (4, 3)), np.random.default_rng(1)
    masks = {"training": drawn(dropout, X, 0.5, rng)[1], "use": dropout(X, 0.5, rng, False)[1]}
    kinds = {when: np.asarray(mask).dtype.kind for when, mask in masks.items()}
    return {f"mask in {when}": {"b": "True and False"}.get(kind, "numbers") for when, kind in kinds.items()}


@dropout.case(after=["shapes_in_training"])
def p_is_the_share_that_is_dropped(dropout):
    """p = 0.1, 100 000 entries: a tenth is 0, and a tenth of the mask is False."""
    out, mask = drawn(dropout, ONES, 0.1, np.random.default_rng(2))
    return {"zeros": round(float(np.mean(out == 0)), 2), "False in the mask": round(float(np.mean(mask == 0)), 2)}


def are_arrays(arrays, shape, count):
    """Whether these are so many arrays of numbers, or of True and False, of this shape."""
    return (
        isinstance(arrays, list)
        and len(arrays) == count
        and all(isinstance(a, np.ndarray) and a.dtype.kind in "biuf" and a.shape == shape for a in arrays)
    )


def kept_and_rescaled(pair):
    """What becomes of the entries that are kept, and whether the mask says which they are."""
    X = inputs("dropout scale", (30, 20), 1, 3)
    if not are_arrays(pair, X.shape, 2):
        return pair
    out, mask = pair
    kept = out != 0
    ratios = sorted({round(float(ratio), 6) for ratio in (out / X)[kept]})
    return {"1 becomes": ratios[:3], "True where kept": bool(np.array_equal(mask != 0, kept))}


@dropout.case(judge=reduced(kept_and_rescaled), after=["shapes_in_training"])
def what_is_kept_is_rescaled(dropout):
    """p = 0.2: entries that are kept are divided by 0.8, so 1 becomes 1.25. The mask says which they are."""
    return list(drawn(dropout, inputs("dropout scale", (30, 20), 1, 3), 0.2, np.random.default_rng(3)))


@dropout.case(after=["shapes_in_training"])
def each_entry_by_itself(dropout):
    """p = 0.5: no row and no column is dropped as a whole, and the number of those dropped varies from call to call."""
    rng = np.random.default_rng(4)
    dropped = [drawn(dropout, ONES[:40, :30], 0.5, rng)[0] == 0 for _ in range(12)]
    return {
        "whole columns": bool(dropped[0].all(axis=0).any()),
        "whole rows": bool(dropped[0].all(axis=1).any()),
        "numbers vary": len({int(d.sum()) for d in dropped}) > 1,
    }


@dropout.case(after=["shapes_in_training"])
def a_zero_can_be_kept(dropout):
    """X of zeros, p = 0.5: about half of the mask is True, although all of out is 0."""
    out, mask = drawn(dropout, np.zeros((100, 100)), 0.5, np.random.default_rng(5))
    return {"True in the mask": round(float(np.mean(mask)), 1), "out": float(np.abs(out).max())}


@np.errstate(all="ignore")
def left_in_use(pair):
    """What out is beside X, and whether the mask is all True."""
    X = inputs("dropout use", (20, 10), 1, 2)
    if not isinstance(pair, list) or not are_arrays(pair[:1], X.shape, 1) or len(pair) != 2:
        return pair
    out, mask = pair
    known = {"X": X, "X · (1 − p)": 0.75 * X, "X / (1 − p)": X / 0.75}
    found = next((name for name, array in known.items() if np.allclose(out, array)), "something else")
    full = are_arrays([mask], X.shape, 1) and bool(np.all(mask))
    return {"out": "X with zeros in it" if np.any(out == 0) else found, "all True": full}


@dropout.case(judge=reduced(left_in_use), after=["shapes_in_use"])
def nothing_happens_in_use(dropout):
    """training = False, p = 0.25: out equals X and the mask is all True."""
    out, mask = dropout(inputs("dropout use", (20, 10), 1, 2), 0.25, np.random.default_rng(6), False)
    return [np.asarray(out), mask if mask is None else np.asarray(mask)]


def others_each_time(outs):
    """Whether a second call drops others, and the same state of rng the same ones."""
    if not are_arrays(outs, (10, 10), 3):
        return outs
    first, second, again = outs
    return {"a second call differs": not np.array_equal(first, second), "repeatable": np.array_equal(first, again)}


@dropout.case(judge=reduced(others_each_time), after=["shapes_in_training"])
def new_neurons_in_every_call(dropout):
    """A second call with one rng drops others; the same state of rng drops the same ones."""
    rng = np.random.default_rng(7)
    return [drawn(dropout, ONES[:10, :10], 0.5, r)[0] for r in (rng, rng, np.random.default_rng(7))]


@dropout.case(after=["shapes_in_training"])
def x_stays(dropout):
    """The X of the caller, in training. `X *= …` and `X[…] = 0` change it, `X * mask` makes a new array."""

    def dropped(X):
        dropout(X, 0.5, np.random.default_rng(8), True)

    return inputs_after(dropped, inputs("dropout kept", (6, 5)))


# --- batchnorm ----------------------------------------------------------------------------------------------------

batchnorm = exercise(
    "batchnorm",
    points=2,
    returns="the pair (out, cache), out of the shape of X",
    hints=[
        "You have standardised columns before. What is added under the root here, and what happens to the result?",
        "x̂ = (X − mean) / √(variance + eps), mean and variance over the samples, axis=0. out = gamma · x̂ + beta.",
        "Take mean and variance of each column. Subtract the mean, divide by the root of variance plus eps, multiply by "
        "gamma, add beta. Return that together with whatever the way back needs.",
    ],
)

BATCH = inputs("batchnorm X", (5, 3)) * np.array([1.0, 10.0, 0.1]) + np.array([0.0, 30.0, -2.0])
GAMMA, BETA = np.array([2.0, -0.5, 1.5]), np.array([0.3, 10.0, -4.0])


def first_of_two(result):
    """The first entry of a pair; anything else as it is."""
    return result[0] if isinstance(result, tuple | list) and len(result) == 2 else result


@batchnorm.case
def two_columns_by_hand(batchnorm):
    """X = ((1, 20), (5, 10)), gamma = (2, 3), beta = (5, −1), eps = 0: the columns become (3, 7) and (2, −4)."""
    X = np.array([[1.0, 20.0], [5.0, 10.0]])
    return first_of_two(batchnorm(X, np.array([2.0, 3.0]), np.array([5.0, -1.0]), 0.0))


@batchnorm.case
def three_columns_of_different_scales(batchnorm):
    """X is (5, 3), eps = 0.01: each column is measured by itself, and has its own gamma and beta."""
    return first_of_two(batchnorm(BATCH, GAMMA, BETA, 0.01))


@batchnorm.case
def as_many_samples_as_columns(batchnorm):
    """X is (3, 3): here a mix-up of rows and columns goes unnoticed by shapes."""
    return first_of_two(batchnorm(BATCH[:3], GAMMA, BETA, 1e-5))


@batchnorm.case
def a_column_that_never_varies(batchnorm):
    """The second column is (4, 4, 4), eps = 1e-4: its variance is 0, and out is beta there."""
    X = np.array([[1.0, 4.0], [2.0, 4.0], [6.0, 4.0]])
    result = with_warnings(lambda: first_of_two(batchnorm(X, np.array([1.0, 3.0]), np.array([0.0, -1.0]), 1e-4)))
    return {"out": result["result"], "warnings": result["warnings"]}


@batchnorm.case
def a_pair_is_returned(batchnorm):
    """out and cache, and the caller's X, gamma and beta are left alone."""

    def forwards(X, gamma, beta):
        batchnorm(X, gamma, beta, 1e-5)

    result = batchnorm(BATCH, GAMMA, BETA, 1e-5)
    pair = isinstance(result, tuple | list) and len(result) == 2
    return {"a pair": pair, "inputs": inputs_after(forwards, BATCH.copy(), GAMMA.copy(), BETA.copy())}


# --- batchnorm_backward -------------------------------------------------------------------------------------------

batchnorm_backward = exercise(
    "batchnorm_backward",
    points=4,
    needs=["batchnorm"],
    labels=["dX", "dgamma", "dbeta"],
    returns="(dX, dgamma, dbeta) of the shapes (n, d), (d,), (d,)",
    hints=[
        "Three results. Which of them are sums over the samples, and which has one entry per entry of X? What does your "
        "cache have to hold for them?",
        "dgamma = Σ dout · x̂, dbeta = Σ dout, dx̂ = dout · gamma, and dX = (dx̂ − mean(dx̂) − x̂ · mean(dx̂ · x̂)) / "
        "√(variance + eps). Sums and means run over the samples, axis=0.",
        "Take x̂, the root and gamma out of the cache. Multiply dout by gamma. Subtract its column means, then x̂ times "
        "the column means of the product with x̂, and divide by the root. Sum dout · x̂ and dout down the columns.",
    ],
)

UPSTREAM = inputs("batchnorm dout", (5, 3))


def there_and_back(batchnorm, batchnorm_backward, X, gamma, beta, eps, dout):
    """Your own `batchnorm`, then your way back with its cache."""
    return batchnorm_backward(dout, batchnorm(X, gamma, beta, eps)[1])


@batchnorm_backward.case(judge=by_shape)
def three_shapes(batchnorm, batchnorm_backward):
    """X is (5, 3): so is dX, while dgamma and dbeta have one number per column. The cache is your `batchnorm`'s."""
    return shapes_of(there_and_back(batchnorm, batchnorm_backward, BATCH, GAMMA, BETA, 0.01, UPSTREAM), 3)


@batchnorm_backward.case(after=["three_shapes"])
def gamma_and_beta(batchnorm, batchnorm_backward):
    """dgamma is the sum of dout · x̂, dbeta the sum of dout, each over the 5 samples: axis=0."""
    _, dgamma, dbeta = there_and_back(batchnorm, batchnorm_backward, BATCH, GAMMA, BETA, 0.01, UPSTREAM)
    return {"dgamma": dgamma, "dbeta": dbeta}


@batchnorm_backward.case(after=["three_shapes"])
def each_column_of_dx_adds_up_to_0(batchnorm, batchnorm_backward):
    """The sums, rounded. A column that is shifted as a whole gives the same out: subtract mean(dx̂), column by column."""
    dX = there_and_back(batchnorm, batchnorm_backward, BATCH, GAMMA, BETA, 1e-5, UPSTREAM)[0]
    return {"sums of dX": np.round(np.sum(dX, axis=0), 6) + 0.0}


@batchnorm_backward.case(after=["three_shapes"])
def dx_has_no_part_along_x_hat(batchnorm, batchnorm_backward):
    """Σ dX · x̂ of each column, eps = 0. A stretched column gives the same out: subtract x̂ · mean(dx̂ · x̂)."""
    X_hat = (BATCH - BATCH.mean(axis=0)) / BATCH.std(axis=0)
    dX = there_and_back(batchnorm, batchnorm_backward, BATCH, GAMMA, BETA, 0.0, UPSTREAM)[0]
    return {"sums of dX · x̂": np.round(np.sum(dX * X_hat, axis=0), 6) + 0.0}


@batchnorm_backward.case(after=["three_shapes"])
def the_same_dout_for_all_samples(batchnorm, batchnorm_backward):
    """dout is (1, −2, 0.5) for each sample: it asks for a shift, which batch norm takes away. So dX is 0."""
    dout = np.tile([1.0, -2.0, 0.5], (5, 1))
    dX = there_and_back(batchnorm, batchnorm_backward, BATCH, GAMMA, BETA, 1e-5, dout)[0]
    return {"largest of dX": float(np.round(np.abs(dX).max(), 6))}


@batchnorm_backward.case(after=["three_shapes"])
def five_samples_three_columns(batchnorm, batchnorm_backward):
    """X is (5, 3), eps = 0.01. If the cases above pass, look at the factors: gamma in dx̂, and the root below all."""
    return there_and_back(batchnorm, batchnorm_backward, BATCH, GAMMA, BETA, 0.01, UPSTREAM)


@batchnorm_backward.case(after=["three_shapes"])
def as_many_samples_as_columns_on_the_way_back(batchnorm, batchnorm_backward):
    """X is (3, 3), eps = 1e-5: here a mix-up of rows and columns goes unnoticed by shapes."""
    return there_and_back(batchnorm, batchnorm_backward, BATCH[1:4], GAMMA, BETA, 1e-5, UPSTREAM[:3])


@batchnorm_backward.case(after=["three_shapes"])
def an_eps_that_counts(batchnorm, batchnorm_backward):
    """eps = 0.5, as large as the variance of some columns: the root is that of variance + eps, as on the way there."""
    X = inputs("batchnorm eps", (4, 2))
    gamma, beta = np.array([1.5, -2.0]), np.array([0.5, 1.0])
    return there_and_back(batchnorm, batchnorm_backward, X, gamma, beta, 0.5, UPSTREAM[:4, :2])


@batchnorm_backward.case(after=["five_samples_three_columns"])
def dout_stays(batchnorm, batchnorm_backward):
    """And a second call with the same cache gives the same."""
    cache, dout = batchnorm(BATCH, GAMMA, BETA, 1e-5)[1], UPSTREAM.copy()
    first, second = (batchnorm_backward(dout, cache) for _ in range(2))
    same = all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    return {"dout": "unchanged" if np.array_equal(dout, UPSTREAM) else "changed", "the same again": same}


# --- adamw_step (stretch) -----------------------------------------------------------------------------------------

adamw_step = exercise(
    "adamw_step",
    stretch=True,
    needs=["adam_step"],
    labels=["w", "m", "v"],
    returns="(w, m, v), all of the shape of w",
    hints=[
        "Where must the decay not go, so that Adam can't divide it by anything?",
        "First w − lr · decay · w. From there a step of Adam with the same g, m, v and t.",
        "Shrink w by lr times decay times itself, and hand the result to your adam_step with everything else unchanged.",
    ],
)


@adamw_step.case
def the_first_step_with_decay(adamw_step):
    """From m = v = 0, t = 1, lr = 0.1, decay = 0.5."""
    w, g = np.array([10.0, -2.0]), np.array([0.5, -8.0])
    return adamw_step(w, g, np.zeros(2), np.zeros(2), 1, 0.1, 0.9, 0.999, 1e-8, 0.5)


@adamw_step.case
def in_the_middle_with_decay(adamw_step):
    """t = 4, averages that aren't 0, w of shape (2, 3), lr = 0.2, decay = 0.3."""
    w, g, m = (inputs(f"adamw {name}", (2, 3)) for name in "wgm")
    return adamw_step(w, g, m, inputs("adamw v", (2, 3), 0.1, 2), 4, 0.2, 0.8, 0.95, 1e-8, 0.3)


@adamw_step.case
def nothing_of_the_caller_changes(adamw_step):
    arrays = [np.array([1.0, 2.0]), np.array([0.5, -1.0]), np.array([0.3, 0.25]), np.array([0.1, 0.2])]
    return inputs_after(adamw_step, *arrays, 2, 0.1, 0.9, 0.99, 1e-8, 0.1)
