"""What stays with the author of lesson 01: held-out cases, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, labels_right, with_inputs, with_warnings
from course.data import iris

# --- weighted_sum -------------------------------------------------------------------------------------------------

weighted_sum = exercise("weighted_sum")


@weighted_sum.held_out
def a_random_batch_of_batches(weighted_sum):
    return weighted_sum(inputs("weighted sum x", (3, 5, 4)), inputs("weighted sum w", 4), 0.875)


@weighted_sum.held_out
def whole_numbers_and_inputs_left_alone(weighted_sum):
    return with_inputs(weighted_sum, np.array([[1, 2], [3, 4], [5, 7]]), np.array([2, -1]), 3)


@weighted_sum.mistake(
    "product-without-sum",
    "You multiplied but never added up. One neuron gives one number per sample: sum over the last axis, or use `@`.",
)
def only_products(x, w, b):
    return x * w + b


@weighted_sum.mistake("sum-over-batch", "You summed over the samples. Sum over the inputs: the last axis, `axis=-1`.")
def sum_over_the_samples(x, w, b):
    return (x * w).sum(axis=0) + b


@weighted_sum.mistake("sum-over-everything", "You added up all samples together. Each sample needs its own sum.")
def one_sum_for_all(x, w, b):
    return np.sum(x * w) + b


@weighted_sum.mistake(
    "operands-swapped", "`w @ x` sums over the samples instead of the inputs. Put the samples first: `x @ w`."
)
def weights_first(x, w, b):
    return w @ x + b


@weighted_sum.mistake(
    "bias-forgotten", "The bias is missing: without it the decision line always passes through the origin."
)
def no_bias(x, w, b):
    return x @ w


@weighted_sum.mistake(
    "bias-before-product",
    "The bias was added to the inputs, so it got multiplied by the weights too. Add it once, after the sum.",
)
def bias_on_the_inputs(x, w, b):
    return (x + b) @ w


@weighted_sum.mistake(
    "bias-to-each-product", "The bias went into every product before the sum, so it counts once per input. Add it once."
)
def bias_inside_the_sum(x, w, b):
    return (x * w + b).sum(axis=-1)


@weighted_sum.mistake(
    "bias-as-threshold", "You subtracted the bias. A bias is minus the threshold: it is added to the sum."
)
def bias_subtracted(x, w, b):
    return x @ w - b


@weighted_sum.mistake("mean-for-sum", "You took the mean of the products. A neuron adds its evidence up: use the sum.")
def mean_of_products(x, w, b):
    return (x * w).mean(axis=-1) + b


@weighted_sum.variant
def by_dot(x, w, b):
    return np.dot(x, w) + b


@weighted_sum.variant
def by_einsum(x, w, b):
    return b + np.einsum("...d,d->...", x, w)


@weighted_sum.variant
def by_a_loop_over_inputs(x, w, b):
    z = np.full(np.shape(x)[:-1], float(b))
    for i in range(len(w)):
        z = z + x[..., i] * w[i]
    return z


# --- sigmoid ------------------------------------------------------------------------------------------------------

sigmoid = exercise("sigmoid")


@sigmoid.held_out
def a_random_batch_keeps_its_shape(sigmoid):
    return with_inputs(sigmoid, inputs("sigmoid batch", (3, 4, 5), -6, 6))


@sigmoid.held_out(part="no overflow")
def very_negative_and_very_positive_numbers_together(sigmoid):
    return with_warnings(sigmoid, np.array([[-1000.0, 999.0], [-745.5, 710.0]]))


@sigmoid.mistake(
    "other-form-only",
    "e^z / (1 + e^z) is safe for negative z, but now large positive ones overflow (and ∞ / ∞ is nan). Each form is safe "
    "on one side only: use e^(−|z|).",
)
def negative_form_everywhere(z):
    return np.exp(z) / (1 + np.exp(z))


@sigmoid.mistake("sign-in-exp", "Your curve falls where it should rise. The exponent needs a minus: e^(−z).")
def falling(z):
    return 1 / (1 + np.exp(np.clip(z, -700, 700)))


@sigmoid.mistake(
    "minus-in-denominator", "The denominator is one plus e^(−z); with a minus it explodes at zero and turns negative."
)
def minus_below(z):
    return 1 / (1 - np.exp(-z))


@sigmoid.mistake(
    "overflow",
    "The values are right, but e^1000 is too large for a float. Each of the two forms is safe on one side only; the power e^(−|z|), which occurs in both safe cases, is never large.",
)
def plain(z):
    return 1 / (1 + np.exp(-z))


@sigmoid.mistake(
    "where-evaluates-both",
    "The values are right, but `np.where` computes both branches before it chooses, so one of them still overflows. "
    "Use e^(−|z|), which never can.",
)
def both_branches(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@sigmoid.mistake(
    "integer-output",
    "The result inherited the integer type of z, so its fractions were cut off. Make it a float array.",
)
def integers_stay_integers(z):
    out = np.empty_like(z)
    e = np.exp(-np.abs(z))
    out[...] = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    return out


@sigmoid.mistake("one-missing", "The 1 in the denominator is missing: 1 / e^(−z) is e^z, which grows without limit.")
def only_exp(z):
    return 1 / np.exp(-np.clip(z, -700, 700))


@sigmoid.mistake("tanh", "This is tanh, which runs from −1 to 1. The sigmoid runs from 0 to 1.")
def hyperbolic(z):
    return np.tanh(z)


@sigmoid.mistake(
    "negative-half-mirrored",
    "The left half of your curve mirrors the right one. For negative z the answer is e / (1 + e), with e = e^(−|z|).",
)
def mirrored(z):
    return 1 / (1 + np.exp(-np.abs(z)))


@sigmoid.variant
def by_tanh(z):
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


@sigmoid.variant
def by_logaddexp(z):
    return np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float)))


@sigmoid.variant
def by_mask(z):
    z = np.asarray(z, dtype=float)
    out = np.empty(z.shape)
    positive = z >= 0
    out[positive] = 1 / (1 + np.exp(-z[positive]))
    grown = np.exp(z[~positive])
    out[~positive] = grown / (1 + grown)
    return out


@sigmoid.variant
def by_clipping_the_exponent(z):
    return 1 / (1 + np.exp(-np.clip(z, -709, 709)))


sigmoid.equivalent("L3 comparison z >= 0→z > 0", "At z = 0 both branches give 1/2.")

# --- relu ---------------------------------------------------------------------------------------------------------

relu = exercise("relu")


@relu.held_out
def a_random_three_dimensional_array(relu):
    return relu(inputs("relu batch", (2, 3, 4), -5, 5))


@relu.held_out
def whole_numbers(relu):
    return with_inputs(relu, np.array([[-3, 4], [0, -1]]))


@relu.mistake("relu-abs", "Negative inputs came out positive. They must become exactly 0; the sign is not dropped.")
def absolute(z):
    return np.abs(z)


@relu.mistake("leaky", "A little of each negative input leaks through. (That is the leaky ReLU; here it must be 0.)")
def leaky(z):
    return np.maximum(0.01 * z, z)


@relu.mistake(
    "mask-only", "You return whether z is positive. Where it is, the number itself should come out: z, not 1."
)
def mask_only(z):
    return (z > 0).astype(float)


@relu.mistake(
    "max-for-maximum", "`np.max` finds the largest entry of one array; `np.maximum` compares two entry by entry."
)
def numpy_max(z):
    return np.max(0, z)


@relu.mistake(
    "decides-once",
    "Python's `max` and `if` decide once, for a single number. Every entry needs its own decision: `np.maximum`.",
)
def one_decision(z):
    return max(0, z)


@relu.mistake("input-changed", "Your function changed the array it was given. Work on a copy, or use `np.maximum`.")
def in_place(z):
    z[z < 0] = 0
    return z


@relu.mistake("minimum", "You kept the negative numbers and dropped the positive ones: it is the larger of z and 0.")
def minimum(z):
    return np.minimum(0, z)


@relu.mistake("capped", "Numbers above 1 were cut to 1. ReLU has no upper end: positive inputs stay as they are.")
def capped(z):
    return np.clip(z, 0, 1)


@relu.variant
def by_product(z):
    return z * (z > 0)


@relu.variant
def by_absolute_value(z):
    return (z + np.abs(z)) / 2


@relu.variant
def by_where(z):
    return np.where(z < 0, 0, z)


# --- neuron -------------------------------------------------------------------------------------------------------

neuron = exercise("neuron")


@neuron.held_out
def a_random_batch_with_a_wavy_activation(neuron):
    return neuron(inputs("neuron x", (6, 4)), inputs("neuron w", 4), -0.3, np.sin)


@neuron.held_out
def leading_axes_and_an_activation_that_keeps_the_sign(neuron):
    return neuron(inputs("neuron x2", (2, 3, 2)), inputs("neuron w2", 2), 0.6, lambda z: z**3)


@neuron.mistake("activation-missing", "You return z, the weighted sum. Hand it to the activation: activation(z).")
def without_activation(x, w, b, activation):
    return x @ w + b


@neuron.mistake("activation-twice", "The activation was applied twice. Once is enough: activation(z).")
def twice(x, w, b, activation):
    return activation(activation(x @ w + b))


@neuron.mistake(
    "sum-missing",
    "The sum is missing: x · w means multiply *and* add up. Your own `weighted_sum` does it, bias included.",
)
def products_only(x, w, b, activation):
    return activation(x * w + b)


@neuron.mistake("bias-forgotten", "The bias is missing in the sum that goes into the activation.")
def neuron_without_bias(x, w, b, activation):
    return activation(x @ w)


@neuron.mistake(
    "bias-after-activation", "The bias was added after the activation. It belongs inside: activation(x·w + b)."
)
def bias_outside(x, w, b, activation):
    return activation(x @ w) + b


@neuron.mistake(
    "activation-on-inputs", "You bent the inputs and then summed. First the weighted sum, then the activation."
)
def inputs_bent(x, w, b, activation):
    return activation(x) @ w + b


@neuron.mistake(
    "activation-ignored", "Your neuron always uses the sigmoid. Use the function that is passed in as `activation`."
)
def always_sigmoid(x, w, b, activation):
    return 1 / (1 + np.exp(-(x @ w + b)))


@neuron.mistake("activation-not-called", "You return the function itself. Call it with z: activation(z).")
def not_called(x, w, b, activation):
    return activation


@neuron.variant
def in_two_lines(x, w, b, activation):
    z = np.sum(x * w, axis=-1) + b
    return activation(z)


@neuron.variant
def bias_as_one_more_weight(x, w, b, activation):
    ones = np.ones((*np.shape(x)[:-1], 1))
    return activation(np.concatenate([x, ones], axis=-1) @ np.append(w, b))


# --- logic_gates --------------------------------------------------------------------------------------------------

logic_gates = exercise("logic_gates")


def is_a_pair(gates, name):
    """Whether the gate is (two weights, one bias)."""
    w, b = gates[name]
    return {"weights": np.size(w), "biases": np.size(b)}


@logic_gates.held_out(part="AND")
def and_is_two_weights_and_a_bias(logic_gates):
    return is_a_pair(logic_gates, "AND")


@logic_gates.held_out(part="OR")
def or_is_two_weights_and_a_bias(logic_gates):
    return is_a_pair(logic_gates, "OR")


@logic_gates.held_out(part="NAND")
def nand_is_two_weights_and_a_bias(logic_gates):
    return is_a_pair(logic_gates, "NAND")


logic_gates.mistake(
    "and-or-swapped",
    "AND and OR are exchanged: OR is the easy one, a single 1 is enough for it.",
    value={"AND": ((1, 1), -0.5), "OR": ((1, 1), -1.5), "NAND": ((-1, -1), 1.5)},
)
logic_gates.mistake(
    "threshold-for-bias",
    "You wrote a threshold. The bias is added, so it is minus the threshold: turn its sign around.",
    value={"AND": ((1, 1), 1.5), "OR": ((1, 1), 0.5), "NAND": ((-1, -1), -1.5)},
)
logic_gates.mistake(
    "nand-is-and",
    "Your NAND says what AND says. It should say the opposite everywhere: turn all its signs around.",
    value={"AND": ((1, 1), -1.5), "OR": ((1, 1), -0.5), "NAND": ((1, 1), -1.5)},
)
logic_gates.mistake(
    "nand-is-nor",
    "Your NAND is 0 as soon as one input is 1. It should be 0 only when both are.",
    value={"AND": ((1, 1), -1.5), "OR": ((1, 1), -0.5), "NAND": ((-1, -1), 0.5)},
)
logic_gates.mistake(
    "gate-on-the-line",
    "For some corners the sum is exactly 0, so the answer depends on how the step treats 0. Move each bias a little.",
    value={"AND": ((1, 1), -2), "OR": ((1, 1), -1), "NAND": ((-1, -1), 2)},
)
logic_gates.mistake(
    "nand-weights-positive",
    "For NAND a second 1 must make the answer smaller, so its weights are negative.",
    value={"AND": ((1, 1), -1.5), "OR": ((1, 1), -0.5), "NAND": ((1, 1), 1.5)},
)


logic_gates.mistake(
    "no-bias",
    "All biases are 0, so every line passes through the corner (0, 0). Use the bias to slide it.",
    value={"AND": ((1, 1), 0), "OR": ((1, 1), 0), "NAND": ((-1, -1), 0)},
)
logic_gates.variant(
    name="large and uneven weights",
    value={"AND": (np.array([3.0, 5.0]), -7.0), "OR": (np.array([20, 20]), -10), "NAND": ([-2, -2], 3)},
)
logic_gates.variant(
    name="arrays and other biases",
    value={
        "AND": [np.array([1.0, 1.0]), -1.2],
        "OR": [np.array([1.0, 1.0]), -0.9],
        "NAND": [np.array([-1.0, -1.0]), 1.9],
    },
)


logic_gates.equivalent("L3 constant 1.0→2.0", "OR with the weights (2, 1) and the bias −0.5 is another right OR.")
logic_gates.equivalent("L3 constant 1.0→2.0 #2", "OR with the weights (1, 2) and the bias −0.5 is another right OR.")

# --- perceptron_step ----------------------------------------------------------------------------------------------

perceptron_step = exercise("perceptron_step")


@perceptron_step.held_out
def several_samples_one_after_the_other(perceptron_step):
    w, b = inputs("perceptron w", 4), -0.2
    steps = []
    for x, y in zip(inputs("perceptron x", (6, 4)), [1, 0, 1, 1, 0, 0], strict=True):
        w, b = perceptron_step(x, y, w, b, 0.3)
        steps.append((w, b))
    return steps


@perceptron_step.held_out
def inputs_with_one_feature(perceptron_step):
    return [perceptron_step(np.array([x]), y, np.array([1.5]), -1.0, 0.25) for x in (-2.0, 2.0) for y in (0, 1)]


@perceptron_step.mistake(
    "update-sign", "The correction points the wrong way: use y − prediction, so that a missed 1 raises the sum."
)
def away(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return w - lr * error * x, b - lr * error


@perceptron_step.mistake(
    "half-the-errors",
    "A false alarm is an error too (−1), but you only correct missed ones. Let the error be y − prediction.",
)
def only_missed(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return (w + lr * x, b + lr) if error > 0 else (w, b)


@perceptron_step.mistake(
    "update-always", "The weights move even when the answer is right. Multiply by y − prediction, which is then 0."
)
def always(x, y, w, b, lr):
    return w + lr * y * x, b + lr * y


@perceptron_step.mistake(
    "error-without-sign",
    "Every mistake raises the sum, also a false alarm, which should lower it. The error has a sign: y − prediction.",
)
def always_up(x, y, w, b, lr):
    error = abs(y - (1 if x @ w + b > 0 else 0))
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "bias-times-input", "The bias was moved by lr · error · x, so it became an array. Times x is for the weights only."
)
def bias_moves_by_x(x, y, w, b, lr):
    error = y - (1 if x @ w + b > 0 else 0)
    return w + lr * error * x, b + lr * error * x


@perceptron_step.mistake(
    "repeats-until-right",
    "You correct until the sample is right. One call is one correction, even if that isn't enough yet.",
)
def until_right(x, y, w, b, lr):
    while (error := y - (1 if x @ w + b > 0 else 0)) != 0:
        w, b = w + lr * error * x, b + lr * error
    return w, b


@perceptron_step.mistake("bias-never-updated", "The bias learns too: b + lr · (y − prediction).")
def bias_stays(x, y, w, b, lr):
    return w + lr * (y - (x @ w + b > 0)) * x, b


@perceptron_step.mistake(
    "labels-plus-minus", "Your prediction is −1 or 1, but the labels are 0 and 1, so a right 0 counts as an error."
)
def plus_minus(x, y, w, b, lr):
    error = y - np.where(x @ w + b > 0, 1, -1)
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "no-step", "You compare y with the sum itself. The perceptron compares decisions: turn z into 0 or 1 first."
)
def without_step(x, y, w, b, lr):
    error = y - (x @ w + b)
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "sigmoid-not-step",
    "You compare y with a sigmoid. The perceptron compares decisions, not how sure it is: step first.",
)
def soft(x, y, w, b, lr):
    error = y - 1 / (1 + np.exp(-(x @ w + b)))
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "bias-not-in-decision", "The decision was made without the bias: z = x·w + b decides, not x·w alone."
)
def decides_without_bias(x, y, w, b, lr):
    error = y - int(x @ w > 0)
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "sum-missing", "z is one number for this sample: multiply x and w *and* add up. Your own `weighted_sum` does it."
)
def decides_per_input(x, y, w, b, lr):
    error = y - np.where(x * w + b > 0, 1, 0)
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake("rate-not-for-bias", "The bias moves by lr · error as well: you left out lr there.")
def bias_in_full_steps(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return w + lr * error * x, b + error


@perceptron_step.mistake("rate-forgotten", "The learning rate is missing: each correction is scaled by lr.")
def full_steps(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return w + error * x, b + error


@perceptron_step.mistake(
    "input-not-in-update", "Every weight moved by the same amount. Each one moves in proportion to its input: times x."
)
def same_for_all(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return w + lr * error, b + lr * error


@perceptron_step.mistake(
    "mutates-argument", "You changed the caller's array (`w += …` does). Make a new one: `w = w + …`."
)
def in_place_update(x, y, w, b, lr):
    error = y - int(x @ w + b > 0)
    w += lr * error * x
    return w, b + lr * error


@perceptron_step.variant
def with_two_ifs(x, y, w, b, lr):
    prediction = 1 if np.dot(w, x) + b >= 0 else 0
    if prediction == y:
        return w, b
    if y == 1:
        return w + lr * x, b + lr
    return w - lr * x, b - lr


@perceptron_step.variant
def by_margin(x, y, w, b, lr):
    sign = 2 * y - 1
    if sign * (x @ w + b) > 0:
        return w.copy(), b
    return w + lr * sign * x, b + lr * sign


perceptron_step.equivalent("L2 swapped arguments x, w→w, x", "For one sample x·w = w·x.")

# --- train_perceptron ---------------------------------------------------------------------------------------------

train_perceptron = exercise("train_perceptron")


@train_perceptron.held_out
def the_learning_rate_only_scales_the_weights(train_perceptron):
    X, y = inputs("perceptron train", (12, 3)), np.array([0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0])
    w, b = train_perceptron(X, y, 3, 1.0)
    half_w, half_b = train_perceptron(X, y, 3, 0.5)
    return {"w": np.asarray(w) - 2 * np.asarray(half_w), "b": b - 2 * half_b, "shape": np.shape(w)}


@train_perceptron.held_out(judge=labels_right((iris().y[::2] == 0).astype(int), at_least=0.97))
def the_other_half_of_the_flowers(train_perceptron):
    flowers = iris()
    X, y = flowers.X[1::2, 2:], (flowers.y[1::2] == 0).astype(int)
    w, b = train_perceptron(X, y, 10, 0.1)
    return (flowers.X[::2, 2:] @ np.asarray(w) + b > 0).astype(int)


FAR = inputs("perceptron far", (30, 2)) + np.array([6.0, 6.0])
IS_BEYOND = (FAR.sum(axis=1) > 12).astype(int)


@train_perceptron.held_out(judge=labels_right(IS_BEYOND, at_least=1.0))
def a_line_far_from_the_origin(train_perceptron):
    X = FAR + 0.4 * np.where(IS_BEYOND == 1, 1, -1)[:, None]
    w, b = train_perceptron(X, IS_BEYOND, 60, 1.0)
    return (X @ np.asarray(w) + b > 0).astype(int)


def step(x, y, w, b, lr):
    """A right perceptron step, for the mistakes below."""
    error = y - int(x @ w + b > 0)
    return w + lr * error * x, b + lr * error


def step_as_taught(x, y, w, b, lr):
    """The step as the lesson writes it: given a whole table it fails as a learner's own would."""
    error = y - np.where(x @ w + b > 0, 1.0, 0.0)
    return w + lr * error * x, b + lr * error


def by_index(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0
    for _ in range(epochs):
        for i in range(X.shape[0]):
            error = y[i] - (1 if X[i] @ w + b >= 0 else 0)
            w = w + lr * error * X[i]
            b = b + lr * error
    return w, b


train_perceptron.variant(by_index)


@train_perceptron.mistake(
    "one-pass-only", "Each sample got one chance only. Go over the data again, `epochs` times in all."
)
def one_pass(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for x, target in zip(X, y, strict=True):
        w, b = step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "starts-over", "w and b are set back to zero in every epoch, so only the last one counts. Set them once, before."
)
def starts_over(X, y, epochs, lr):
    for _ in range(epochs):
        w, b = np.zeros(X.shape[1]), 0.0
        for x, target in zip(X, y, strict=True):
            w, b = step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "returns-after-first-epoch", "You return after the first epoch: `return` belongs below both loops, not inside one."
)
def returns_too_early(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            w, b = step(x, target, w, b, lr)
        return w, b


@train_perceptron.mistake(
    "loops-swapped", "Your loops are swapped: each sample is repeated on its own. The epochs are the outer loop."
)
def epochs_inside(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for x, target in zip(X, y, strict=True):
        for _ in range(epochs):
            w, b = step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "epochs-as-samples",
    "You use the number of the epoch to choose a sample. Two loops: epochs outside, samples inside.",
)
def epoch_chooses_sample(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for i in range(epochs):
        w, b = step(X[i], y[i], w, b, lr)
    return w, b


@train_perceptron.mistake("bias-not-returned", "Return both, w and b: `return w, b`.")
def returns_w_only(X, y, epochs, lr):
    return by_index(X, y, epochs, lr)[0]


@train_perceptron.mistake(
    "whole-table-at-once",
    "`perceptron_step` takes one sample and its label, and you gave it the whole table. Loop over the rows of X and y.",
)
def all_at_once(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        w, b = step_as_taught(X, y, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "result-thrown-away",
    "`perceptron_step` returns the new w and b, but you don't keep them: w, b = perceptron_step(…).",
)
def thrown_away(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "bias-never-updated", "Only w is learned, the bias stays 0, so the line can't leave the origin. Keep both."
)
def keeps_no_bias(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            w, _ = step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "update-sign", "The line moves away from every mistake it makes: the correction inside has the wrong sign."
)
def learns_backwards(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            w, b = step(x, target, w, b, -lr)
    return w, b


@train_perceptron.mistake(
    "returns-inside-loop", "You return inside the loop, after the first sample. Move `return` out, below both loops."
)
def returns_at_once(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            return step(x, target, w, b, lr)
    return w, b


@train_perceptron.variant
def stops_when_all_are_right(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        if np.array_equal(X @ w + b > 0, y == 1):
            break
        for x, target in zip(X, y, strict=True):
            w, b = step(x, target, w, b, lr)
    return w, b


train_perceptron.equivalent("L2 constant 1→-1", "X has two axes: axis 1 is the last one.")

# --- xor_best_accuracy --------------------------------------------------------------------------------------------

xor_best_accuracy = exercise("xor_best_accuracy")


@xor_best_accuracy.held_out
def four_times_it_is_a_number_of_corners(xor_best_accuracy):
    return float(4 * xor_best_accuracy)


@xor_best_accuracy.held_out
def no_line_of_a_fine_grid_does_better(xor_best_accuracy):
    corners, labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    angles, offsets = np.meshgrid(np.linspace(0, 2 * np.pi, 73), np.linspace(-1.6, 1.6, 65))
    w = np.stack([np.cos(angles).ravel(), np.sin(angles).ravel()])
    right = ((corners @ w + offsets.ravel() > 0) == labels[:, None]).mean(axis=0)
    return float(right.max()) - float(xor_best_accuracy)


xor_best_accuracy.mistake(
    "half",
    "A line that leaves all corners on one side gets two right. Tilt it and cut off one corner alone.",
    value=0.5,
)
xor_best_accuracy.mistake(
    "one",
    "One straight line can't get all four: the two 1s lie across from each other, with a 0 on either side.",
    value=1.0,
)
xor_best_accuracy.mistake("percent", "Write the accuracy as a fraction between 0 and 1, not in per cent.", value=75)
xor_best_accuracy.mistake("count", "That is the number of corners. Divide by four to get the accuracy.", value=3)
xor_best_accuracy.mistake(
    "error-rate", "That is the share of wrong corners. The accuracy is the share of right ones.", value=0.25
)
xor_best_accuracy.variant(name="a NumPy number", value=np.float64(0.75))
xor_best_accuracy.variant(name="one minus a quarter", value=1 - 1 / 4)

# --- xor_from_gates -----------------------------------------------------------------------------------------------

xor_from_gates = exercise("xor_from_gates")


@xor_from_gates.held_out
def a_single_row(xor_from_gates):
    return [xor_from_gates(np.array([[1.0, 0.0]])), xor_from_gates(np.array([[1.0, 1.0]]))]


@xor_from_gates.held_out
def many_rows(xor_from_gates):
    return with_inputs(xor_from_gates, np.round(inputs("xor rows", (40, 2), 0, 1)))


@xor_from_gates.mistake("or-for-xor", "That is OR: it also says 1 when both inputs are 1. NAND must agree as well.")
def only_or(x):
    return (x.sum(axis=-1) > 0.5).astype(float)


@xor_from_gates.mistake(
    "nand-for-xor", "Your answers are NAND's: 1 also when both inputs are 0. Only OR tells that apart."
)
def only_nand(x):
    return (x.sum(axis=-1) < 1.5).astype(float)


@xor_from_gates.mistake(
    "and-for-xor", "That is AND of the inputs themselves. AND should see the answers of OR and NAND."
)
def only_and(x):
    return (x.sum(axis=-1) > 1.5).astype(float)


@xor_from_gates.mistake("or-at-the-end", "The last neuron must say AND: XOR holds when OR and NAND both do.")
def or_of_both(x):
    return np.ones(len(x))


@xor_from_gates.mistake(
    "answers-as-rows",
    "The two answers became two rows. They are the two inputs of the last neuron, so they must be two columns: "
    "np.stack([…, …], axis=-1).",
)
def rows_for_columns(x):
    total = x.sum(axis=-1)
    return np.where(np.array([total > 0.5, total < 1.5]).astype(float) @ np.array([1.0, 1.0]) - 1.5 > 0, 1.0, 0.0)


@xor_from_gates.mistake(
    "xnor", "Your answers are all turned around: 1 where both inputs agree. XOR is 1 where they differ."
)
def turned_around(x):
    return (x[..., 0] == x[..., 1]).astype(float)


@xor_from_gates.variant
def by_arithmetic(x):
    return x[:, 0] + x[:, 1] - 2 * x[:, 0] * x[:, 1]


@xor_from_gates.variant
def by_comparison(x):
    return (x[..., 0] != x[..., 1]).astype(int)


xor_from_gates.equivalent("L4 axis axis=-1→axis=1", "The answers have one axis, so the new last one is axis 1.")
