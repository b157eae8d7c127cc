"""What is asked of each exercise of lesson 01, and its hints."""

import numpy as np

from autograder import exercise, inputs_after, labels_right, reduced, with_warnings
from course.data import iris

# --- evidence (warm-up) -------------------------------------------------------------------------------------------

evidence = exercise(
    "evidence",
    stretch=True,
    returns="one number",
    hints=[
        "How did we work out the morning with the half dark sky? Which of the five names stands for which number there?",
        "z = x₁·w₁ + x₂·w₂ + b. In Python the sign for times is *.",
        "Multiply x1 by w1 and x2 by w2, add both products and b, and put `return` in front of it.",
    ],
)


@evidence.case
def the_half_dark_sky_with_rain_announced(evidence):
    """Inputs 0.5 and 1, weights 2 and 3, bias −2.5: by hand 1.5."""
    return evidence(0.5, 1, 2, 3, -2.5)


@evidence.case
def the_same_sky_with_a_dry_forecast(evidence):
    """Inputs 0.5 and 0: by hand −1.5."""
    return evidence(0.5, 0, 2, 3, -2.5)


@evidence.case
def another_decision(evidence):
    """Inputs 4 and 0.5, weights −1 and 6, bias 3: 4 · (−1) + 0.5 · 6 + 3 = 2."""
    return evidence(4, 0.5, -1, 6, 3)


# --- weighted_sum -------------------------------------------------------------------------------------------------

weighted_sum = exercise(
    "weighted_sum",
    points=2,
    passed="The figure now runs on your `weighted_sum`: drag the line.",
    returns="one number per sample: the last axis, the inputs, is summed away",
    hints=[
        "One sample first: what do you do with each input and its weight, and what with the results?",
        "z = x₁·w₁ + x₂·w₂ + … + b. The inputs lie along the last axis of x, so that is the axis to sum over.",
        "Multiply x by w entry by entry, add up along the last axis, then add b once. (The operator @ does the first "
        "two steps in one.)",
    ],
)

BATCH = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 0.5], [2.0, 0.25, -4.0], [-3.0, 1.5, 1.0]])
WEIGHTS = np.array([0.5, -1.0, 2.0])


@weighted_sum.case
def one_sample_gives_one_number(weighted_sum):
    """x = [1, 2, 3], w = [0.5, −1, 2], b = 0.25: by hand 0.5 − 2 + 6 + 0.25 = 4.75."""
    return weighted_sum(np.array([1.0, 2.0, 3.0]), WEIGHTS, 0.25)


@weighted_sum.case
def a_batch_gives_one_number_per_sample(weighted_sum):
    """x has 4 samples with 3 inputs each."""
    return weighted_sum(BATCH, WEIGHTS, 0.25)


@weighted_sum.case
def as_many_samples_as_inputs(weighted_sum):
    """x has 3 samples with 3 inputs each: here a mix-up of the two axes goes unnoticed by shapes."""
    return weighted_sum(BATCH[:3], WEIGHTS, -1.5)


@weighted_sum.case
def any_number_of_leading_axes(weighted_sum):
    """x has shape (2, 2, 3); the result has shape (2, 2)."""
    return weighted_sum(BATCH.reshape(2, 2, 3), WEIGHTS, 0.5)


# --- sigmoid ------------------------------------------------------------------------------------------------------

sigmoid = exercise(
    "sigmoid",
    parts={"values": 1, "no overflow": 1},
    returns="the same shape as z: each number is squashed by itself",
    hints=[
        "Which of the two forms is safe for negative z, and which for positive z? Which power of e occurs in both safe "
        "cases?",
        "For z ≥ 0 it is 1 / (1 + e^(−z)), for z < 0 it is e^z / (1 + e^z). With e = e^(−|z|) they read 1 / (1 + e) and "
        "e / (1 + e).",
        "Compute e = exp(−|z|) for the whole array: it can never overflow. Then let np.where choose, entry by entry, "
        "between 1 / (1 + e) and e / (1 + e).",
    ],
)


@sigmoid.case
def no_evidence_gives_one_half(sigmoid):
    """z = 0: neither yes nor no."""
    return sigmoid(np.array([0.0]))


@sigmoid.case
def a_few_numbers(sigmoid):
    """z = [−2, −0.5, 0.5, 2, 4]: the curve rises from left to right."""
    return sigmoid(np.array([-2.0, -0.5, 0.5, 2.0, 4.0]))


@sigmoid.case
def any_shape_goes_in_and_comes_out(sigmoid):
    return {"(2, 3)": sigmoid(np.array([[-1.0, 0.0, 1.0], [2.0, -3.0, 0.25]])), "()": sigmoid(np.array(1.5))}


@sigmoid.case
def whole_numbers_as_input(sigmoid):
    """z is an array of integers; the result holds fractions all the same."""
    return sigmoid(np.array([-1, 0, 3]))


@sigmoid.case(part="no overflow")
def huge_inputs_give_0_and_1_without_a_warning(sigmoid):
    """z = [−1000, 0, 1000]. e^1000 is more than a float can hold; NumPy warns when that happens."""
    return with_warnings(sigmoid, np.array([-1000.0, 0.0, 1000.0]))


# --- relu ---------------------------------------------------------------------------------------------------------

relu = exercise(
    "relu",
    points=1,
    returns="the same shape as z",
    hints=[
        "What happens to −3, to 0 and to 3?",
        "relu(z) = z where z > 0, else 0: the larger of z and 0, entry by entry.",
        "NumPy has a function that takes two arguments and keeps the larger one, entry by entry (not the one that "
        "finds the largest entry of one array).",
    ],
)


@relu.case
def negative_becomes_0_and_positive_stays(relu):
    """z = [−2, −0.5, 0, 0.5, 3]."""
    return relu(np.array([-2.0, -0.5, 0.0, 0.5, 3.0]))


@relu.case
def any_shape(relu):
    return relu(np.array([[1.5, -1.5, 2.0], [-0.1, 0.1, -7.0]]))


@relu.case(after=["negative_becomes_0_and_positive_stays"])
def the_input_is_left_as_it_was(relu):
    """Somebody may still need the old z."""
    return inputs_after(relu, np.array([-1.0, 2.0, -3.0]))


# --- neuron -------------------------------------------------------------------------------------------------------

neuron = exercise(
    "neuron",
    points=2,
    passed="The figure now runs on your `neuron`, too.",
    needs=["weighted_sum"],
    returns="one number per sample",
    hints=[
        "You have both halves already. Which one comes first?",
        "a = activation(z) with z = x·w + b. `activation` is a function: call it with z.",
        "Compute the weighted sum of x, w and b with your own function, hand the result to `activation`, and return "
        "what that returns.",
    ],
)


@neuron.case
def with_an_activation_never_seen_before(neuron):
    """activation(z) = z² + 1, z = 4.75 for one sample."""
    return neuron(np.array([1.0, 2.0, 3.0]), WEIGHTS, 0.25, lambda z: z**2 + 1)


@neuron.case
def a_batch(neuron):
    """Four samples, activation(z) = 3z − 2."""
    return neuron(BATCH, WEIGHTS, -0.75, lambda z: 3 * z - 2)


@neuron.case
def the_same_neuron_with_two_activations(neuron):
    """Which activation is used is the caller's choice."""
    return {
        "tanh": neuron(BATCH, WEIGHTS, 0.5, np.tanh),
        "step": neuron(BATCH, WEIGHTS, 0.5, lambda z: np.where(z > 0, 1.0, 0.0)),
    }


# --- logic_gates --------------------------------------------------------------------------------------------------

logic_gates = exercise(
    "logic_gates",
    parts={"AND": 1, "OR": 1, "NAND": 1},
    independent=True,
    hints=[
        "In the figure, with the data set AND: where must the line pass so that only one of the four corners lies on "
        "its blue side?",
        "With w = (1, 1) the four sums are 0, 1, 1 and 2, before the bias. Which b leaves only the last one positive? "
        "Which one leaves the last three?",
        "Choose b halfway between the sums that should say no and those that should say yes, with a minus. For NAND "
        "turn AND around: all signs.",
    ],
)

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def sums(gates, name):
    """What the gate's neuron sums up at each corner."""
    w, b = gates[name]
    return CORNERS @ np.asarray(w, dtype=float) + b


def truth_table(z):
    """The gate's answer at each corner."""
    if not isinstance(z, np.ndarray) or z.shape != (4,) or z.dtype.kind != "f":
        return z
    answers = np.where(z == 0, "on the line", np.where(z > 0, "1", "0"))
    return {f"({x1:.0f}, {x2:.0f})": str(answer) for (x1, x2), answer in zip(CORNERS, answers, strict=True)}


@logic_gates.case(part="AND", judge=reduced(truth_table))
def and_is_1_only_when_both_are(logic_gates):
    """The answers should be 0, 0, 0, 1. A corner exactly on the line (z = 0) is undecided: move the bias a little."""
    return sums(logic_gates, "AND")


@logic_gates.case(part="OR", judge=reduced(truth_table))
def or_is_1_when_at_least_one_is(logic_gates):
    """The answers should be 0, 1, 1, 1. A corner exactly on the line (z = 0) is undecided: move the bias a little."""
    return sums(logic_gates, "OR")


@logic_gates.case(part="NAND", judge=reduced(truth_table))
def nand_is_the_opposite_of_and(logic_gates):
    """The answers should be 1, 1, 1, 0. A corner exactly on the line (z = 0) is undecided: move the bias a little."""
    return sums(logic_gates, "NAND")


# --- perceptron_step ----------------------------------------------------------------------------------------------

perceptron_step = exercise(
    "perceptron_step",
    points=2,
    labels=["w", "b"],
    returns="the pair (w, b)",
    hints=[
        "When the answer is right, what should change? When a 1 was missed, should the sum for this x grow or shrink?",
        "error = y − prediction is 0, +1 or −1. w ← w + lr · error · x, and the bias is a weight whose input is always "
        "1.",
        "Compute z, turn it into 0 or 1, subtract that from y, and add lr times this error times x to w, and lr times "
        "the error to b. Make new arrays instead of changing the old ones.",
    ],
)

X_SEEN = np.array([1.0, -2.0, 0.5])
W_SEEN = np.array([-0.4, 0.3, 0.2])


@perceptron_step.case
def a_missed_1_raises_the_sum(perceptron_step):
    """z = −0.8, so the neuron says 0, but y = 1. With lr = 0.5 the weights move by half of x."""
    return perceptron_step(X_SEEN, 1, W_SEEN, 0.1, 0.5)


@perceptron_step.case
def a_false_alarm_lowers_the_sum(perceptron_step):
    """z = 1.2, so the neuron says 1, but y = 0."""
    return perceptron_step(X_SEEN, 0, -W_SEEN, 0.3, 0.5)


@perceptron_step.case
def one_small_correction_even_if_it_is_not_enough(perceptron_step):
    """z = −0.8 and y = 1. With lr = 0.1 the sum rises to −0.275 only: still wrong, and that is as it should be."""
    return perceptron_step(X_SEEN, 1, W_SEEN, 0.1, 0.1)


@perceptron_step.case
def a_right_1_changes_nothing(perceptron_step):
    """z = 1.0 and y = 1."""
    return perceptron_step(X_SEEN, 1, -W_SEEN, 0.1, 0.5)


@perceptron_step.case
def a_right_0_changes_nothing(perceptron_step):
    """z = −0.8 and y = 0."""
    return perceptron_step(X_SEEN, 0, W_SEEN, 0.1, 0.5)


@perceptron_step.case
def the_bias_takes_part_in_the_decision(perceptron_step):
    """x·w = −0.9, but b = 2 makes z = 1.1: the neuron says 1, which is right."""
    return perceptron_step(X_SEEN, 1, W_SEEN, 2.0, 0.5)


@perceptron_step.case(after=["a_missed_1_raises_the_sum"])
def the_arrays_handed_in_are_left_as_they_were(perceptron_step):
    """w and x belong to the caller: return new arrays."""
    return inputs_after(perceptron_step, X_SEEN.copy(), 1, W_SEEN.copy(), 0.1, 0.5)


# --- train_perceptron ---------------------------------------------------------------------------------------------

train_perceptron = exercise(
    "train_perceptron",
    points=3,
    labels=["w", "b"],
    returns="the pair (w, b)",
    needs=["perceptron_step"],
    hints=[
        "How often must each sample be looked at? What is remembered from one sample to the next?",
        "Two loops: over the epochs, and inside over the pairs of X and y. w starts as d zeros, b as 0.",
        "In the inner loop replace (w, b) by what your `perceptron_step` returns for this sample. Return both after "
        "the last epoch.",
    ],
)

AND_LABELS = np.array([0, 0, 0, 1])
THREE_POINTS = np.array([[2.0, 1.0], [-1.0, -3.0], [-2.0, -0.5]])
THREE_LABELS = np.array([1, 0, 0])
IS_SETOSA = (iris().y == 0).astype(int)


def answers_after_training(train_perceptron, X, y, epochs, lr, X_new):
    """Train, then answer for new samples."""
    learned = train_perceptron(X, y, epochs, lr)
    if not isinstance(learned, tuple | list) or len(learned) != 2:
        return {"problem": "Return both, w and b: `return w, b`."}
    w, b = learned
    if np.shape(w) != X.shape[1:] or np.ndim(b):
        return {
            "problem": f"w needs one weight per input, here shape ({X.shape[1]},), and b is one number; "
            f"yours have the shapes {np.shape(w)} and {np.shape(b)}."
        }
    return {"predictions": (X_new @ np.asarray(w) + b > 0).astype(int)}


@train_perceptron.case(judge=labels_right(THREE_LABELS, at_least=1.0))
def one_epoch_is_enough_for_three_points(train_perceptron):
    """The points (2, 1) with label 1, (−1, −3) and (−2, −0.5) with label 0."""
    return answers_after_training(train_perceptron, THREE_POINTS, THREE_LABELS, 1, 1.0, THREE_POINTS)


@train_perceptron.case(judge=labels_right(AND_LABELS, at_least=1.0))
def it_learns_the_gate_AND(train_perceptron):
    """The four corners of AND, 25 epochs, lr = 0.2."""
    return answers_after_training(train_perceptron, CORNERS, AND_LABELS, 25, 0.2, CORNERS)


@train_perceptron.case
def no_epoch_means_nothing_learned(train_perceptron):
    """With epochs = 0 the weights are still the zeros they started as."""
    return train_perceptron(CORNERS, AND_LABELS, 0, 0.2)


@train_perceptron.case(judge=labels_right(IS_SETOSA[1::2], at_least=0.97))
def it_tells_setosa_from_the_others(train_perceptron):
    """Real flowers: petal length and width of every other iris to learn from, the rest to be tested on."""
    X = iris().X[:, 2:]
    return answers_after_training(train_perceptron, X[::2], IS_SETOSA[::2], 10, 0.1, X[1::2])


# --- xor_best_accuracy --------------------------------------------------------------------------------------------

xor_best_accuracy = exercise(
    "xor_best_accuracy",
    points=1,
    hints=[
        "Choose the data set XOR in the figure and try. How many of the four corners can you get right at once?",
        "Accuracy is a fraction: corners right, divided by corners in all.",
        "Two opposite corners should be 1, the other two 0; a straight line can always cut off one corner alone, so "
        "count what that gets right.",
    ],
)


@xor_best_accuracy.case
def it_is_a_fraction(xor_best_accuracy):
    """An accuracy lies between 0 (all wrong) and 1 (all right)."""
    return "from 0 to 1" if 0 <= xor_best_accuracy <= 1 else "outside of 0 to 1"


@xor_best_accuracy.case(reveals=False)
def it_is_what_the_best_line_reaches(xor_best_accuracy):
    """How many of the four corners does the best line get right?"""
    return float(xor_best_accuracy)


# --- xor_from_gates (stretch) -------------------------------------------------------------------------------------

xor_from_gates = exercise(
    "xor_from_gates",
    stretch=True,
    needs=["neuron", "logic_gates"],
    returns="one 0 or 1 per row of x",
    hints=[
        "XOR is 1 when at least one input is 1, but not both. Which two gates say those two halves?",
        "XOR(x) = AND(OR(x), NAND(x)): the outputs of two neurons are the inputs of a third.",
        "Ask your neuron with OR's weights and with NAND's, make the two answers the two columns of a new table "
        "(np.stack([…, …], axis=-1)), and ask it with AND's weights.",
    ],
)


SILENT = dict.fromkeys(("AND", "OR", "NAND"), (np.zeros(2), -1.0))  # gates that say 0, whatever they are asked


@xor_from_gates.case
def the_four_corners(xor_from_gates):
    """(0,0), (0,1), (1,0), (1,1) should give 0, 1, 1, 0."""
    return xor_from_gates(CORNERS)


@xor_from_gates.case
def in_another_order_and_number(xor_from_gates):
    """(1,0), (1,0), (0,0), (1,1), (0,1)."""
    return xor_from_gates(CORNERS[[2, 2, 0, 3, 1]])


@xor_from_gates.case(after=["the_four_corners"])
def made_of_the_gates(xor_from_gates):
    """For a moment all three gates say 0 everywhere. What is made of them then says 0 everywhere too."""
    names = getattr(xor_from_gates, "__globals__", {})
    there = {name: names[name] for name in ("logic_gates",) if name in names}
    names.update(dict.fromkeys(there, SILENT))
    try:
        return xor_from_gates(CORNERS)
    finally:
        names.update(there)
