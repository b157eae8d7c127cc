"""What is asked of each exercise of lesson 03, and its hints."""

import numpy as np

from autograder import between, exercise, inputs_after, labels_right
from course.data import breast_cancer

# --- mse ----------------------------------------------------------------------------------------------------------

mse = exercise(
    "mse",
    points=1,
    returns="one number for the whole table",
    hints=[
        "How wrong is a single prediction, if too much and too little shall count alike? And what makes one number out "
        "of many?",
        "mean of (ŷ − y)² over all entries, however many rows and columns there are.",
        "Subtract the two arrays, square every difference, and take the mean of all of them.",
    ],
)


@mse.case
def three_days(mse):
    """Predicted 2.5, 5 and 6, it became 3, 5 and 4: (0.25 + 0 + 4) / 3 ≈ 1.417."""
    return mse(np.array([2.5, 5.0, 6.0]), np.array([3.0, 5.0, 4.0]))


@mse.case
def a_table_of_predictions(mse):
    """Both arrays are (2, 3): the mean is over all six entries."""
    return mse(np.array([[1.0, -2.0, 0.5], [4.0, 0.0, 3.0]]), np.array([[0.5, 1.0, 0.5], [2.0, -1.0, 3.5]]))


@mse.case
def two_columns_of_whole_numbers(mse):
    """Both arrays are (4, 1) and hold whole numbers."""
    return mse(np.array([[3], [-1], [4], [1]]), np.array([[1], [-1], [0], [2]]))


# --- cross_entropy ------------------------------------------------------------------------------------------------

cross_entropy = exercise(
    "cross_entropy",
    parts={"values": 1, "stays finite": 1},
    returns="one number, the mean over the samples",
    hints=[
        "Which single number of each row does the loss look at? And what must it be 0 for?",
        "−(mean of ln pᵢ), where pᵢ is the probability that row i gives to the class labels[i]. No pᵢ may be below "
        "1e-12.",
        "Pick one entry per row with probs[np.arange(n), labels], lift what is below 1e-12 up to it in a new array, "
        "take the natural logarithm, then the mean, then the minus.",
    ],
)

PROBS_SEEN = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.25, 0.15, 0.6]])
PROBS_WIDE = np.array(
    [
        [0.1, 0.2, 0.3, 0.4],
        [0.55, 0.05, 0.25, 0.15],
        [0.35, 0.3, 0.15, 0.2],
        [0.05, 0.8, 0.05, 0.1],
        [0.4, 0.1, 0.2, 0.3],
    ]
)
SURE_AND_WRONG = np.array([[0.0, 1.0], [1.0, 0.0]])


@cross_entropy.case
def the_two_samples_of_the_text(cross_entropy):
    """The truth got 0.7 and 0.3: (0.357 + 1.204) / 2 ≈ 0.780."""
    return cross_entropy(np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), np.array([0, 1]))


@cross_entropy.case
def as_many_samples_as_classes(cross_entropy):
    """Three samples, three classes, labels 2, 0, 0: the truth got 0.3, 0.6 and 0.25."""
    return cross_entropy(PROBS_SEEN, np.array([2, 0, 0]))


@cross_entropy.case
def five_samples_and_four_classes(cross_entropy):
    """Labels 3, 1, 0, 2, 2: the truth got 0.4, 0.05, 0.35, 0.05 and 0.2."""
    return cross_entropy(PROBS_WIDE, np.array([3, 1, 0, 2, 2]))


@cross_entropy.case
def a_single_sample_that_is_certain_and_right(cross_entropy):
    """The truth got 1: that costs nothing."""
    return cross_entropy(np.array([[0.0, 0.0, 1.0]]), np.array([2]))


@cross_entropy.case(part="stays finite", judge=between(10, 40, "loss"))
def certain_and_wrong(cross_entropy):
    """The truth got 0 in both samples. A probability below 1e-12 counts as 1e-12, so the loss is about 27.6."""
    return {"loss": cross_entropy(SURE_AND_WRONG, np.array([0, 1]))}


@cross_entropy.case(part="stays finite")
def probabilities_and_labels_are_left_as_they_were(cross_entropy):
    """probs and labels, also where a probability is 0: lift a copy, not the caller's array."""
    probs, labels = SURE_AND_WRONG.copy(), np.array([1, 1])
    cross_entropy(probs, labels)
    untouched = np.array_equal(probs, SURE_AND_WRONG) and np.array_equal(labels, [1, 1])
    return "unchanged" if untouched else "changed"


# --- numerical_gradient -------------------------------------------------------------------------------------------

numerical_gradient = exercise(
    "numerical_gradient",
    points=3,
    returns="one slope per entry of x, in the shape of x",
    hints=[
        "How would you find the slope for one entry alone? What must the other entries do meanwhile?",
        "For each index: (f(right) − f(left)) / (2h), where right and left are x with h added to, and taken from, this "
        "one entry. The result has the shape of x.",
        "Make zeros of x's shape. For every index of np.ndindex(x.shape) make two copies of x as floats, move that "
        "entry by h in one and by −h in the other, and put the difference of f, divided by 2h, at that index.",
    ],
)


def tilted_bowl(x):
    """A function of two inputs that isn't symmetric."""
    return x[0] ** 2 + 3 * x[1]


def cubic(x):
    """Its entries have different slopes, and its third derivative isn't 0: h can be seen in the result."""
    return (np.arange(1, x.size + 1) * x.ravel() ** 3).sum() / 4 + x.ravel()[0] * x.ravel()[-1]


def wave(x):
    """A function without symmetry between its entries."""
    return np.sin(x).sum() + np.exp(0.5 * x.ravel()[0]) + 5


@numerical_gradient.case
def the_function_of_the_text(numerical_gradient):
    """f(x) = x₁² + 3x₂ at (2, 1), h = 1e-5: the gradient is (4, 3)."""
    return numerical_gradient(tilted_bowl, np.array([2.0, 1.0]), 1e-5)


@numerical_gradient.case
def a_large_h_to_both_sides(numerical_gradient):
    """f(x) = x³ at 2 with h = 0.5: (15.625 − 3.375) / 1 = 12.25."""
    return numerical_gradient(lambda x: x[0] ** 3, np.array([2.0]), 0.5)


@numerical_gradient.case
def three_entries_of_a_curved_function(numerical_gradient):
    """x has shape (3,), h = 0.1. Each entry has another slope."""
    return numerical_gradient(cubic, np.array([1.0, -0.5, 2.0]), 0.1)


@numerical_gradient.case
def a_table(numerical_gradient):
    """x has shape (2, 3), h = 0.01: six slopes in a table (2, 3)."""
    return numerical_gradient(cubic, np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -2.0]]), 0.01)


@numerical_gradient.case
def whole_numbers(numerical_gradient):
    """x = (3, 4) holds whole numbers, h = 0.001: the slopes are no whole numbers all the same."""
    return numerical_gradient(wave, np.array([3, 4]), 1e-3)


@numerical_gradient.case(after=["the_function_of_the_text"])
def x_is_left_as_it_was(numerical_gradient):
    """Move copies, not the caller's array."""
    return inputs_after(lambda x: numerical_gradient(wave, x, 0.1), np.array([[0.3, -0.7], [2.0, 1.0]]))


# --- gradient_descent ---------------------------------------------------------------------------------------------

gradient_descent = exercise(
    "gradient_descent",
    points=2,
    returns="one row per point: shape (steps + 1, d)",
    hints=[
        "Where does the path begin, and which point does each step start from?",
        "x ← x − lr · gradient(x), steps times. With the start that makes steps + 1 points.",
        "Keep a list that holds the start as floats. For every step take its last point, subtract lr times the gradient "
        "there, and append the new point. At the end turn the list into an array.",
    ],
)


def ravine(x):
    """The gradient of ½(x₁² + 25x₂²) and a little of both."""
    return np.array([1.0, 25.0]) * x


def twisted(x):
    """A gradient whose entries depend on each other: that of x₁²x₂ − x₃x₂ + x₃²/2."""
    return np.array([2 * x[0] * x[1], x[0] ** 2 - x[2], x[2] - x[1]])


@gradient_descent.case
def from_3_down_the_parabola(gradient_descent):
    """Gradient 2x, lr = 0.1, three steps: 3, 2.4, 1.92, 1.536."""
    return gradient_descent(lambda x: 2 * x, np.array([3.0]), 0.1, 3)


@gradient_descent.case
def two_steps_into_the_ravine(gradient_descent):
    """Gradient (x₁, 25x₂), start (2, 1), lr = 0.05: x₂ jumps to the other wall."""
    return gradient_descent(ravine, np.array([2.0, 1.0]), 0.05, 2)


@gradient_descent.case
def three_coordinates_that_depend_on_each_other(gradient_descent):
    """Two steps in three dimensions, lr = 0.2: the path is (3, 3)."""
    return gradient_descent(twisted, np.array([1.0, -0.5, 2.0]), 0.2, 2)


@gradient_descent.case
def a_start_of_whole_numbers(gradient_descent):
    """The start is (3, −2), in whole numbers. The path has fractions."""
    return gradient_descent(ravine, np.array([3, -2]), 0.01, 2)


@gradient_descent.case
def no_step_at_all(gradient_descent):
    """With steps = 0 the path is the start alone: shape (1, 2)."""
    return gradient_descent(ravine, np.array([0.5, -1.5]), 0.1, 0)


@gradient_descent.case(after=["from_3_down_the_parabola"])
def the_start_is_left_as_it_was(gradient_descent):
    """The array handed in belongs to the caller."""
    return inputs_after(lambda start: gradient_descent(ravine, start, 0.01, 3), np.array([1.0, -0.5]))


# --- standardise --------------------------------------------------------------------------------------------------

standardise = exercise(
    "standardise",
    points=2,
    labels=["train", "test"],
    returns="the pair (train, test), each in its own shape",
    hints=[
        "Which rows may decide what the ruler is? And which rows are measured with it?",
        "(value − mean) / standard deviation, column by column (axis=0). Both come from train; train and test are "
        "rescaled with them.",
        "Take mean and np.std of train along axis 0, put 1 where the standard deviation is 0, then subtract and divide "
        "in train and in test.",
    ],
)

TRAIN_SEEN = np.array([[1.0, 200.0, -3.0], [2.0, 500.0, 0.5], [4.0, 100.0, 1.0], [9.0, 400.0, 2.5]])
TEST_SEEN = np.array([[3.0, 250.0, 7.0], [-1.0, 900.0, 0.0]])


@standardise.case
def the_column_of_the_text(standardise):
    """Train 2, 4, 6 becomes −1.22, 0, 1.22; the new 8 becomes 2.45."""
    return standardise(np.array([[2.0], [4.0], [6.0]]), np.array([[8.0]]))


@standardise.case
def three_columns_of_different_scale(standardise):
    """train is (4, 3), test is (2, 3): each column has its own mean and standard deviation."""
    return standardise(TRAIN_SEEN, TEST_SEEN)


@standardise.case
def as_many_rows_as_columns(standardise):
    """train and test are both (3, 3): here a mix-up of rows and columns goes unnoticed by shapes."""
    return standardise(TRAIN_SEEN[:3], TRAIN_SEEN[1:] + 1)


@standardise.case
def a_column_that_never_varies(standardise):
    """The second column of train is always 7, so it is divided by 1: 7 becomes 0, and a new 9 becomes 2."""
    return standardise(np.array([[1.0, 7.0], [3.0, 7.0], [8.0, 7.0]]), np.array([[2.0, 9.0], [4.0, 7.0]]))


@standardise.case(after=["three_columns_of_different_scale"])
def both_tables_are_left_as_they_were(standardise):
    """train and test belong to the caller: return new arrays."""
    return inputs_after(standardise, TRAIN_SEEN.copy(), TEST_SEEN.copy())


# --- logistic_gradient --------------------------------------------------------------------------------------------

logistic_gradient = exercise(
    "logistic_gradient",
    points=3,
    labels=["dw", "db"],
    returns="the pair (dw, db): dw has the shape of w, db is one number",
    hints=[
        "How wrong is the neuron about each sample, as a number with a sign? What does this error have to do with each "
        "weight?",
        "errors = p − y, of shape (n,). dw is the mean over the samples of error · input, (d,); db is the mean of the "
        "errors.",
        "Compute p with sigmoid and weighted_sum, subtract y. Multiply the turned table X.T by the errors and divide "
        "by the number of samples; the mean of the errors is db.",
    ],
)

X_SEEN = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0], [-2.0, 0.25, 1.5], [4.0, -3.0, 0.0]])
Y_SEEN = np.array([1, 0, 0, 1])
W_SEEN = np.array([0.5, -0.25, 0.3])


@logistic_gradient.case
def two_samples_and_a_neuron_that_knows_nothing(logistic_gradient):
    """w = (0, 0), b = 0: the errors are −0.5 and 0.5, so dw = (0.5, −0.5) and db = 0."""
    return logistic_gradient(np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([1, 0]), np.zeros(2), 0.0)


@logistic_gradient.case
def four_samples_with_three_inputs(logistic_gradient):
    """X is (4, 3), w = (0.5, −0.25, 0.3), b = 0.7."""
    return logistic_gradient(X_SEEN, Y_SEEN, W_SEEN, 0.7)


@logistic_gradient.case
def as_many_samples_as_inputs(logistic_gradient):
    """X is (3, 3) and not symmetric: X and X.T go unnoticed by shapes."""
    return logistic_gradient(X_SEEN[:3], Y_SEEN[:3], W_SEEN, -0.4)


@logistic_gradient.case
def very_sure_and_wrong(logistic_gradient):
    """One sample with z = 30 and y = 0: the error is nearly 1, so dw is nearly x."""
    return logistic_gradient(np.array([[10.0, -5.0]]), np.array([0]), np.array([2.0, -1.0]), 5.0)


# --- train_logistic -----------------------------------------------------------------------------------------------

train_logistic = exercise(
    "train_logistic",
    points=3,
    labels=["w", "b"],
    returns="the pair (w, b): one weight per input, and one number",
    needs=["logistic_gradient"],
    hints=[
        "What changes from one step to the next, and what stays the same?",
        "Start with w = d zeros and b = 0. Each step: (dw, db) = the gradient at the present w and b; "
        "w ← w − lr · dw, b ← b − lr · db.",
        "In a loop over the steps call `logistic_gradient` with the w and b you have by now, and replace both by new "
        "ones. Return both after the loop.",
    ],
)


def tumours():
    """Breast tumours: each column on one scale, y = 1 for malignant; every other one to learn from."""
    data = breast_cancer()
    X, y = data.X, (data.y == data.classes.index("malignant")).astype(int)
    mean, spread = X[::2].mean(axis=0), X[::2].std(axis=0)
    return (X[::2] - mean) / spread, y[::2], (X[1::2] - mean) / spread, y[1::2]


def answers(learned, X):
    """What a trained neuron says about new samples: 1 where its sum is positive."""
    if not isinstance(learned, tuple | list) or len(learned) != 2:
        return {"problem": "Return both, w and b: `return w, b`."}
    w, b = learned
    if np.shape(w) != X.shape[1:] or np.ndim(b):
        return {
            "problem": f"w needs one weight per input, here shape ({X.shape[1]},), and b is one number; "
            f"yours have the shapes {np.shape(w)} and {np.shape(b)}."
        }
    return {"predictions": (X @ np.asarray(w) + b > 0).astype(int)}


@train_logistic.case
def a_single_step(train_logistic):
    """Four samples, lr = 0.5. The first step starts from zeros, where p is 0.5 for every sample."""
    return train_logistic(X_SEEN, Y_SEEN, 0.5, 1)


@train_logistic.case
def three_steps(train_logistic):
    """lr = 0.2: each step uses the gradient at the place where the last one ended."""
    return train_logistic(X_SEEN[:3], Y_SEEN[:3], 0.2, 3)


@train_logistic.case
def no_step_means_nothing_learned(train_logistic):
    """With steps = 0 the weights are still the zeros they started as."""
    return train_logistic(X_SEEN, Y_SEEN, 0.5, 0)


@train_logistic.case(judge=labels_right(tumours()[3], 0.95))
def tumours_it_has_not_seen(train_logistic):
    """285 real tumours to learn from, 200 steps with lr = 0.5; judged by its answers about the other 284."""
    X, y, X_unseen, _ = tumours()
    return answers(train_logistic(X, y, 0.5, 200), X_unseen)


@train_logistic.case(after=["a_single_step"])
def the_samples_are_left_as_they_were(train_logistic):
    """X and y belong to the caller."""
    return inputs_after(lambda X, y: train_logistic(X, y, 0.5, 2), X_SEEN.copy(), Y_SEEN.copy())


# --- careful_step (stretch) ---------------------------------------------------------------------------------------

careful_step = exercise(
    "careful_step",
    stretch=True,
    returns="the new point, in the shape of x",
    hints=[
        "How do you notice that a step was too long, without looking at the landscape?",
        "Try x − lr · gradient, then with lr/2, lr/4, … up to lr/2⁵⁰: the first one with f smaller than f(x) is it.",
        "Loop over 0 to 50 halvings. Compute the point, compare f there with f at x, and return the point as soon as it "
        "lies lower. After the loop return a copy of x.",
    ],
)


def parabola(x):
    """x₁² + 3x₂², for instance."""
    return x[0] ** 2 + 3 * x[1] ** 2


AT = np.array([1.0, -2.0])
SLOPE = np.array([2.0, -12.0])


@careful_step.case
def a_step_that_leads_lower_is_taken_as_it_is(careful_step):
    """f = x₁² + 3x₂² at (1, −2), lr = 0.1."""
    return careful_step(parabola, AT, SLOPE, 0.1)


@careful_step.case
def a_step_that_is_too_long_is_halved_until_it_leads_lower(careful_step):
    """The same with lr = 3: the first halvings that lead lower give lr = 0.1875."""
    return careful_step(parabola, AT, SLOPE, 3.0)


@careful_step.case
def just_as_high_is_not_lower(careful_step):
    """f = x² at 1 with lr = 1: the step lands on −1, where f is the same. Half of it lands on 0."""
    return careful_step(lambda x: float(x[0] ** 2), np.array([1.0]), np.array([2.0]), 1.0)


@careful_step.case
def hills_and_hollows(careful_step):
    """A wave with f(0) = 0, lr = 1: the steps of 1 and 1/2 end on hills, that of 1/4 in a hollow."""
    return careful_step(lambda x: float(np.sin(3.2 * np.pi * x[0])), np.array([0.0]), np.array([1.0]), 1.0)


@careful_step.case
def fifty_halvings_are_not_enough(careful_step):
    """f = x² at 1 with lr = 1.5 · 2⁵⁰: after 50 halvings the step is still too long, so the result equals x."""
    return careful_step(lambda x: float(x[0] ** 2), np.array([1.0]), np.array([2.0]), 1.5 * 2.0**50)


@careful_step.case
def at_the_bottom_it_stays(careful_step):
    """The gradient is 0, so no step leads lower: the result equals x."""
    return careful_step(lambda x: float(x @ x), np.array([0.0, 0.0]), np.array([0.0, 0.0]), 0.5)


@careful_step.case
def a_gradient_that_points_the_wrong_way(careful_step):
    """With minus the gradient every step leads up: after 50 halvings the result equals x."""
    return careful_step(parabola, AT, -SLOPE, 0.1)


@careful_step.case(after=["a_step_that_leads_lower_is_taken_as_it_is"])
def what_was_handed_in_is_left_as_it_was(careful_step):
    """x and the gradient belong to the caller."""
    return inputs_after(lambda x, g: careful_step(parabola, x, g, 3.0), AT.copy(), SLOPE.copy())
