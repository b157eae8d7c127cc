"""What is asked of each exercise of lesson 05, and its hints."""

import numpy as np

from autograder import exercise, inputs, inputs_after, integer_inputs, labels_right, reduced
from course.data import digits

# --- samples that can be told apart -------------------------------------------------------------------------------

MANY = 60
LABELS = np.arange(MANY)
SAMPLES = np.stack([1.5 * LABELS, 100.0 - LABELS], axis=1)  # the row of label i is (1.5·i, 100 − i)


def numbers_of(X):
    """Which samples these rows are."""
    return [round(float(row[0]) / 1.5) for row in X]


def labels_fit(X, y):
    """Whether each row is one of SAMPLES and stands beside its own label."""
    X, y = np.asarray(X), np.asarray(y)
    return bool(len(X) == len(y) and np.array_equal(X, np.stack([1.5 * y, 100.0 - y], axis=1)))


def in_old_order(numbers):
    return all(a < b for a, b in zip(numbers, numbers[1:], strict=False))


def occur_twice(numbers):
    return len(set(numbers)) < len(numbers)


def are_samples(X):
    """Whether these are rows of two numbers that could be samples."""
    return is_array(X) and X.ndim == 2 and X.shape[1] == 2


def is_array(array):
    """Whether this is an array of numbers, none of them beyond all bounds."""
    return (
        isinstance(array, np.ndarray) and array.dtype.kind in "iuf" and bool(np.all(np.abs(array.astype(float)) < 1e9))
    )


# --- split --------------------------------------------------------------------------------------------------------

split = exercise(
    "split",
    points=2,
    labels=["X_train", "X_val", "y_train", "y_val"],
    returns="four arrays: X_train, X_val, y_train, y_val",
    hints=[
        "If you had the samples on numbered cards and their labels in a numbered list, what would you shuffle: the "
        "cards, the list, or something else?",
        "Let `order` be a random order of the numbers 0 … n−1 and `cut` = round(fraction · n). The first `cut` numbers "
        "of `order` are put aside.",
        "Draw one permutation of the row numbers from rng. Cut it in two at round(fraction · n). Pick rows from X and "
        "from y with the same two pieces, and return training and validation in the order that is asked for.",
    ],
)


PARTS = ("X_train", "X_val", "y_train", "y_val")


def sizes(parts):
    """How many samples each part holds, and what one sample looks like in it."""
    shapes = [np.shape(part) for part in parts]
    named = dict(zip(PARTS, shapes, strict=False))
    rows = {f"number of samples in {name}": shape[0] if shape else "not an array" for name, shape in named.items()}
    return {"number of parts": len(shapes), **rows, "shape of one sample": {n: shape[1:] for n, shape in named.items()}}


@split.case
def four_parts_of_the_right_sizes(split):
    """13 samples with 2 numbers each, and 0.3 of them put aside: round(3.9) = 4."""
    return sizes(split(SAMPLES[:13], LABELS[:13], 0.3, np.random.default_rng(1)))


@split.case
def nothing_put_aside(split):
    """5 samples, fraction 0: all of them are for training."""
    return sizes(split(SAMPLES[:5], LABELS[:5], 0, np.random.default_rng(2)))


def are_parts(parts):
    """Whether these are samples for training and validation, and labels for both."""
    four = isinstance(parts, list) and len(parts) == 4
    return four and all(map(are_samples, parts[:2])) and all(is_array(y) and y.ndim == 1 for y in parts[2:])


def whose_labels(parts):
    """Whether each sample is in one part, beside its own label."""
    if not are_parts(parts):
        return parts
    X_train, X_val, y_train, y_val = parts
    train, val = numbers_of(X_train), numbers_of(X_val)
    return {
        "none is missing": set(train) | set(val) == set(range(MANY)),
        "in both parts": bool(set(train) & set(val)),
        "twice in one part": occur_twice(train) or occur_twice(val),
        "each has its own label": labels_fit(X_train, y_train) and labels_fit(X_val, y_val),
    }


@split.case(judge=reduced(whose_labels), after=["four_parts_of_the_right_sizes"])
def each_sample_in_one_part_with_its_own_label(split):
    """60 samples, a quarter put aside. Both parts together are all samples, and none is in both."""
    return [np.asarray(part) for part in split(SAMPLES, LABELS, 0.25, np.random.default_rng(3))]


def by_chance(parts):
    """Which samples are put aside, and in which order they come."""
    if not are_parts(parts):
        return parts
    X_train, X_val, y_train, _ = parts
    train, aside = numbers_of(X_train), set(numbers_of(X_val))
    blocks = {"the first rows": set(range(len(aside))), "the last rows": set(range(MANY - len(aside), MANY))}
    return {
        "put aside": next((name for name, block in blocks.items() if aside == block), "drawn by lot"),
        "training part in the old order": in_old_order(train),
        "its labels in the old order": in_old_order(y_train.tolist()),
        "validation part in the old order": in_old_order(numbers_of(X_val)),
    }


@split.case(judge=reduced(by_chance), after=["four_parts_of_the_right_sizes"])
def left_to_chance(split):
    """Which samples are put aside is drawn by lot, and both parts are in random order."""
    return [np.asarray(part) for part in split(SAMPLES, LABELS, 0.25, np.random.default_rng(4))]


@split.case(after=["four_parts_of_the_right_sizes"])
def the_generator_decides(split):
    """The same state of rng gives the same parts; a second call with one rng gives others."""
    rng = np.random.default_rng(5)
    first, second, again = (
        numbers_of(split(SAMPLES, LABELS, 0.25, r)[1]) for r in (rng, rng, np.random.default_rng(5))
    )
    return {"repeatable": first == again, "a second call differs": first != second}


@split.case(after=["four_parts_of_the_right_sizes"])
def x_and_y_stay_as_they_are(split):
    return inputs_after(split, SAMPLES.copy(), LABELS.copy(), 0.25, np.random.default_rng(6))


# --- minibatches --------------------------------------------------------------------------------------------------

minibatches = exercise(
    "minibatches",
    points=2,
    returns="pairs (X_batch, y_batch), one per portion",
    hints=[
        "It begins like `split`. What is shuffled, and into how many pieces is it cut now?",
        "The portions of `order` start at 0, size, 2·size, … below n. A slice that reaches beyond the end simply stops "
        "there.",
        "Draw one order of the row numbers. Go through the starts with range(0, n, size); each time take the piece of "
        "the order from there on, `size` long, and yield the rows of X and of y that it names.",
    ],
)


@minibatches.case
def ten_samples_in_portions_of_four(minibatches):
    """Shapes of the pairs: 4, 4 and 2 samples with 2 numbers each, and as many labels."""
    batches = minibatches(SAMPLES[:10], LABELS[:10], 4, np.random.default_rng(1))
    return [(np.shape(X_batch), np.shape(y_batch)) for X_batch, y_batch in batches]


@minibatches.case
def eight_samples_in_portions_of_four(minibatches):
    """8 = 4 + 4: two portions, and no empty one."""
    batches = minibatches(SAMPLES[:8], LABELS[:8], 4, np.random.default_rng(2))
    return [(np.shape(X_batch), np.shape(y_batch)) for X_batch, y_batch in batches]


def is_portion(pair):
    """Whether this is a pair of samples and labels."""
    return (
        isinstance(pair, list) and len(pair) == 2 and are_samples(pair[0]) and is_array(pair[1]) and pair[1].ndim == 1
    )


def all_in_portions(batches):
    """Whether each sample is in one portion, beside its own label."""
    if not isinstance(batches, list) or not all(map(is_portion, batches)):
        return batches
    numbers = [numbers_of(X_batch) for X_batch, _ in batches]
    return {
        "none is missing": {i for portion in numbers for i in portion} == set(range(MANY)),
        "twice in one portion": any(map(occur_twice, numbers)),
        "samples in all": sum(map(len, numbers)),
        "each has its own label": all(labels_fit(X_batch, y_batch) for X_batch, y_batch in batches),
    }


@minibatches.case(judge=reduced(all_in_portions), after=["ten_samples_in_portions_of_four"])
def each_sample_once_with_its_own_label(minibatches):
    """60 samples in portions of 25."""
    batches = list(minibatches(SAMPLES, LABELS, 25, np.random.default_rng(3)))
    return [[np.asarray(X_batch), np.asarray(y_batch)] for X_batch, y_batch in batches]


def order_of_portion(pair):
    """In which order samples and labels of a portion come."""
    if not is_portion(pair) or not len(pair[0]):
        return pair
    numbers = sorted(numbers_of(pair[0]))
    return {
        "rows in the old order": in_old_order(numbers_of(pair[0])),
        "labels in the old order": in_old_order(pair[1].tolist()),
        "neighbours stay together": numbers == list(range(numbers[0], numbers[0] + len(numbers))),
    }


@minibatches.case(judge=reduced(order_of_portion), after=["ten_samples_in_portions_of_four"])
def shuffled(minibatches):
    """In the first portion samples from everywhere come in random order."""
    X_batch, y_batch = next(iter(minibatches(SAMPLES, LABELS, 25, np.random.default_rng(4))))
    return [np.asarray(X_batch), np.asarray(y_batch)]


@minibatches.case(after=["ten_samples_in_portions_of_four"])
def a_new_order_in_each_epoch(minibatches):
    """A second call with one rng gives other portions; the same state of rng gives the same ones."""
    rng = np.random.default_rng(5)
    epochs = [minibatches(SAMPLES, LABELS, 25, r) for r in (rng, rng, np.random.default_rng(5))]
    first, second, again = ([numbers_of(X_batch) for X_batch, _ in epoch] for epoch in epochs)
    return {"a second call differs": first != second, "repeatable": first == again}


@minibatches.case(after=["ten_samples_in_portions_of_four"])
def x_and_y_are_left_alone(minibatches):
    def one_epoch(X, y):
        list(minibatches(X, y, 25, np.random.default_rng(6)))

    return inputs_after(one_epoch, SAMPLES.copy(), LABELS.copy())


# --- sgd_step -----------------------------------------------------------------------------------------------------

sgd_step = exercise(
    "sgd_step",
    points=2,
    returns="a list of pairs (W, b)",
    hints=[
        "The gradient points uphill. What must happen to each W and each b, and where do the results go?",
        "W − lr · dW and b − lr · db, for each layer. zip(params, grads) goes through both lists at once.",
        "Start with an empty list. For each pair (W, b) with its pair (dW, db), append the pair of the two differences. "
        "Return the list after the loop.",
    ],
)


def layers(name, sizes):
    """A pair of arrays per layer, such as (W, b) or (dW, db)."""
    pairs = enumerate(zip(sizes, sizes[1:], strict=False))
    return [(inputs(f"{name} W{i}", (a, b)), inputs(f"{name} b{i}", b)) for i, (a, b) in pairs]


@sgd_step.case
def one_layer_by_hand(sgd_step):
    """W = [[1, 2]], dW = [[10, −4]], b = (3, −1), db = (1, 5), lr = 0.1: W becomes [[0, 2.4]], b (2.9, −1.5)."""
    params = [(np.array([[1.0, 2.0]]), np.array([3.0, -1.0]))]
    return sgd_step(params, [(np.array([[10.0, -4.0]]), np.array([1.0, 5.0]))], 0.1)


@sgd_step.case
def three_layers(sgd_step):
    """3 → 4 → 4 → 2, lr = 0.3."""
    return sgd_step(layers("sgd", [3, 4, 4, 2]), layers("sgd d", [3, 4, 4, 2]), 0.3)


@sgd_step.case
def layers_of_one_size(sgd_step):
    """3 → 3 → 3: each layer has its own gradients."""
    return sgd_step(layers("square", [3, 3, 3]), layers("square d", [3, 3, 3]), 0.5)


@sgd_step.case
def what_is_handed_in_stays(sgd_step):
    """The two lists, and the arrays in them."""
    params, grads = layers("kept", [2, 3, 2]), layers("kept d", [2, 3, 2])
    arrays = [array for pair in params + grads for array in pair]
    return {
        "arrays": inputs_after(lambda *_: sgd_step(params, grads, 0.2), arrays),
        "lists": "unchanged"
        if all(a is b for a, b in zip(arrays, sum(params + grads, ()), strict=True))
        else "changed",
    }


# --- accuracy -----------------------------------------------------------------------------------------------------

accuracy = exercise(
    "accuracy",
    points=1,
    returns="one number",
    hints=[
        "Which column does a row choose, and how do you get that for all rows at once?",
        "probs.argmax(axis=1) has the number of the largest entry of each row. A comparison gives True and False, and "
        "their mean is a share.",
        "Take each row's most probable class, compare with the labels, and take the mean of the result.",
    ],
)

THREE_ANSWERS = np.array([[0.2, 0.7, 0.1], [0.45, 0.2, 0.35], [0.1, 0.3, 0.6]])


@accuracy.case
def three_samples(accuracy):
    """Most probable are the classes 1, 0, 2; true are 1, 2, 2. Two of three."""
    return accuracy(THREE_ANSWERS, np.array([1, 2, 2]))


@accuracy.case
def more_samples_than_classes(accuracy):
    """Five samples, two classes, three right."""
    probs = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7], [0.8, 0.2], [0.45, 0.55]])
    return accuracy(probs, np.array([0, 1, 0, 1, 1]))


@accuracy.case
def none_of_them_sure(accuracy):
    """(0.4, 0.3, 0.3) still answers class 0. Two samples, both right."""
    return accuracy(np.array([[0.4, 0.3, 0.3], [0.2, 0.35, 0.45]]), np.array([0, 2]))


@accuracy.case
def scores_instead_of_probabilities(accuracy):
    """Scores may be negative or large; the largest one in a row is the answer. One of four is right."""
    scores = np.array([[-3.0, -1.0, -2.0], [5.0, 9.0, 7.0], [-1.0, -8.0, -4.0], [2.0, 3.0, 4.0]])
    return accuracy(scores, np.array([2, 0, 0, 1]))


# --- train --------------------------------------------------------------------------------------------------------

train = exercise(
    "train",
    seconds=30,
    parts={"it trains": 2, "it reads digits": 1, "the history": 1},
    needs=["minibatches", "sgd_step"],
    returns="the pair (params, history)",
    hints=[
        "What happens once, what in every epoch, and what for every portion? Where does each of these three stand?",
        "Weights: one init_dense(n_in, n_out, rng) for each pair of neighbours in sizes. Then two loops: over the "
        "epochs, and inside over minibatches(X, y, batch_size, rng).",
        "For each portion, get the gradients at the current params and replace params by what sgd_step returns. After "
        "the inner loop append cross_entropy(forward(X, params), y) to the history. Return both after the outer loop.",
    ],
)

# With inputs of 0 nothing but the last bias can learn, and it starts at 0: what comes out then is the same for every rng.
TEN_BLANKS, ALL_ONE = np.zeros((10, 3)), np.ones(10, dtype=int)


def loss_of(X, y, params):
    """The cross-entropy over X, worked out here."""
    for W, b in params[:-1]:
        X = np.maximum(X @ W + b, 0)
    W, b = params[-1]
    z = X @ W + b
    top = z.max(axis=1)
    return float(np.mean(top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - z[np.arange(len(y)), y]))


def blob(name, n):
    """n samples with 3 numbers each, of 2 classes that lie a little apart."""
    y = integer_inputs(f"{name} y", n, 2)
    return inputs(f"{name} X", (n, 3), -1, 1) + 0.8 * y[:, None], y


@train.case
def the_shapes_of_the_parameters(train):
    """sizes = [3, 5, 4, 2]: three layers, W (3, 5), (5, 4) and (4, 2), each with its biases. The result is a pair."""
    result = train(*blob("shapes", 12), [3, 5, 4, 2], 2, 0.1, 5, np.random.default_rng(1))
    params, _ = result
    return {"results": len(result), "params": [(np.shape(W), np.shape(b)) for W, b in params]}


@train.case(after=["the_shapes_of_the_parameters"])
def every_step_counts(train):
    """Ten samples, all inputs 0, all of class 1; portions of 4, two epochs, lr = 0.5: three steps per epoch, six in all.
    Only the last biases can learn here. They start at 0, and each step moves class 1 up and class 0 down."""
    params, _ = train(TEN_BLANKS, ALL_ONE, [3, 4, 2], 2, 0.5, 4, np.random.default_rng(2))
    return params[-1][1]


def spread(W):
    """How the weights of a layer scatter, in words."""
    variance, n_in = float(np.var(W)), len(W)
    known = {"0": 0.0, "1": 1.0, "1/n_in": 1 / n_in, "2/n_in": 2 / n_in, "(2/n_in)²": (2 / n_in) ** 2}
    return next((name for name, v in known.items() if abs(variance - v) <= 0.15 * v), "something else")


@train.case(after=["the_shapes_of_the_parameters"])
def the_weights_at_the_start(train):
    """With lr = 0 the parameters stay what they were at the start: scattered with variance 2/n_in, biases 0."""
    X = inputs("wide", (4, 50))
    params, _ = train(X, np.array([0, 1, 2, 0]), [50, 600, 4], 1, 0.0, 4, np.random.default_rng(3))
    return [{"variance of W": spread(W), "largest bias": float(np.abs(b).max())} for W, b in params]


@train.case(after=["the_shapes_of_the_parameters"])
def every_layer_learns(train):
    """Which arrays differ from those at the start (from a run with lr = 0)."""
    start, end = (train(*blob("moved", 20), [3, 6, 5, 2], 1, lr, 6, np.random.default_rng(4))[0] for lr in (0.0, 0.5))
    pairs = zip(start, end, strict=True)
    return [(not np.array_equal(W, V), not np.array_equal(b, c)) for (W, b), (V, c) in pairs]


def end_after(targets, lr):
    """The first of two biases that start at 0, after a step towards each of these (probability of 0, of 1)."""
    b = np.zeros(2)
    for target in targets:
        e = np.exp(b)
        b = b - lr * (e / e.sum() - target)
    return round(float(b[0]), 9)


@train.case(after=["the_shapes_of_the_parameters"])
def the_portions_are_drawn_anew(train):
    """Three samples, inputs 0, classes 0, 0 and 1, portions of 1, two epochs: the order decides how it ends. There are
    three orders for each epoch, so over many generators there are nine ends."""
    X, y, generators = np.zeros((3, 1)), np.array([0, 0, 1]), map(np.random.default_rng, range(60))
    ends = {round(float(train(X, y, [1, 2], 2, 0.7, 1, rng)[0][-1][1][0]), 9) for rng in generators}
    in_order = np.eye(2)[[0, 0, 1]]
    if ends == {end_after([*in_order, *in_order], 0.7)}:
        return "always the end of the samples in their old order"
    if ends == {end_after([in_order.mean(axis=0)] * 6, 0.7)}:
        return "always the end of steps over all samples"
    return "1 end" if len(ends) == 1 else "3 ends" if len(ends) <= 3 else "more than 3 ends"


@train.case(after=["the_shapes_of_the_parameters"])
def every_epoch_counts(train):
    """Whether two epochs lead to other parameters than one."""
    one, two = (train(*blob("epochs", 9), [3, 4, 2], n, 0.3, 4, np.random.default_rng(11))[0] for n in (1, 2))
    return not all(np.array_equal(b, c) for (_, b), (_, c) in zip(one, two, strict=True))


@train.case(after=["the_shapes_of_the_parameters"])
def rng_decides(train):
    """The same state of rng gives the same network, another rng gives another one."""
    generators = [np.random.default_rng(s) for s in (5, 6, 5)]
    first, other, again = (train(*blob("rng", 8), [3, 4, 2], 1, 0.1, 3, rng)[0][0][0] for rng in generators)
    return {"repeatable": np.array_equal(first, again), "another rng differs": not np.array_equal(first, other)}


@train.case(after=["the_shapes_of_the_parameters"])
def nothing_is_changed(train):
    """X, y and sizes."""

    def short(X, y, sizes):
        train(X, y, sizes, 1, 0.1, 3, np.random.default_rng(7))

    return inputs_after(short, *blob("kept", 8), [3, 4, 2])


PIXELS, DIGITS = digits().X / 16, digits().y
ASIDE = np.arange(len(DIGITS)) % 5 == 3


def answers(X, params):
    """The class with the highest score for each sample, worked out here."""
    for W, b in params[:-1]:
        X = np.maximum(X @ W + b, 0)
    W, b = params[-1]
    return (X @ W + b).argmax(axis=1)


@train.case(
    part="it reads digits",
    judge=labels_right(DIGITS[ASIDE], at_least=0.95),
    after=["the_shapes_of_the_parameters"],
)
def it_reads_digits(train):
    """Every fifth of the 1797 digits is put aside; 64 → 32 → 10, 30 epochs, lr = 0.2, portions of 32. Then it reads
    those put aside."""
    params, _ = train(PIXELS[~ASIDE], DIGITS[~ASIDE], [64, 32, 10], 30, 0.2, 32, np.random.default_rng(8))
    return answers(PIXELS[ASIDE], params)


@train.case(part="the history")
def one_loss_per_epoch(train):
    """Ten samples, inputs 0, all of class 1, portions of 4, three epochs, lr = 0.5: the loss over all ten after each."""
    _, history = train(TEN_BLANKS, ALL_ONE, [3, 4, 2], 3, 0.5, 4, np.random.default_rng(9))
    return history


@train.case(part="the history")
def the_last_loss_is_that_of_the_parameters(train):
    """13 samples, portions of 5. The difference between the last entry and the cross-entropy over X with params."""
    X, y = blob("history", 13)
    params, history = train(X, y, [3, 4, 2], 2, 0.4, 5, np.random.default_rng(10))
    return bool(abs(history[-1] - loss_of(X, y, params)) < 1e-8)


# --- confusion_matrix ---------------------------------------------------------------------------------------------

confusion_matrix = exercise(
    "confusion_matrix",
    points=2,
    returns="an array (k, k): row = true class, column = predicted class",
    hints=[
        "Each sample adds 1 to one entry of a table of zeros. Which row, which column?",
        "Row = true class, column = predicted class, shape (k, k). If a pair comes three times, its entry is 3.",
        "Make a (k, k) array of zeros. Go through labels and predictions together and add 1 at the entry of each pair, "
        "by a loop or by np.add.at.",
    ],
)

FIVE_TRUE, FIVE_SAID = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0])


@confusion_matrix.case
def five_samples(confusion_matrix):
    """Truth (0, 0, 1, 2, 2), predictions (0, 1, 1, 2, 0), as in the text."""
    return confusion_matrix(FIVE_TRUE, FIVE_SAID, 3)


@confusion_matrix.case
def the_same_mistake_three_times(confusion_matrix):
    """Truth (0, 0, 0, 1, 1), predictions (1, 1, 1, 1, 0): class 0 was taken for 1 three times."""
    return confusion_matrix(np.array([0, 0, 0, 1, 1]), np.array([1, 1, 1, 1, 0]), 2)


@confusion_matrix.case
def classes_that_do_not_occur(confusion_matrix):
    """k = 4, but neither truth nor predictions hold a 3: its row and column are 0."""
    return confusion_matrix(np.array([2, 0, 2, 1]), np.array([2, 0, 1, 2]), 4)


@confusion_matrix.case(after=["five_samples"])
def the_result_is_an_array(confusion_matrix):
    """Not a list of lists: counts[t, p] should work."""
    return "an array" if hasattr(confusion_matrix(FIVE_TRUE, FIVE_SAID, 3), "shape") else "no array"


# --- stop_epoch ---------------------------------------------------------------------------------------------------

stop_epoch = exercise(
    "stop_epoch",
    points=2,
    returns="the index of an epoch, a whole number",
    hints=[
        "Go through the example by hand, with a finger on the losses. Which two things must you remember from one epoch "
        "to the next?",
        "Remember the best loss so far and how many epochs in a row brought no new best. A new best sets the second "
        "back to 0.",
        "For each epoch: if its loss is smaller than the best, it becomes the best and the count 0; otherwise the count "
        "goes up by 1. When the count reaches patience, return this epoch. After the loop return the last index.",
    ],
)


@stop_epoch.case
def the_example_of_the_text(stop_epoch):
    """1.0, 0.8, 0.9, 0.7, 0.75, 0.72, 0.6 with patience 2: stops after epoch 5."""
    return stop_epoch([1.0, 0.8, 0.9, 0.7, 0.75, 0.72, 0.6], 2)


@stop_epoch.case
def patience_1(stop_epoch):
    """3, 2, 2.5, 2.4, 3.5, 1, 1.5 with patience 1: stops after epoch 2."""
    return stop_epoch([3.0, 2.0, 2.5, 2.4, 3.5, 1.0, 1.5], 1)


@stop_epoch.case
def a_bump_and_then_better(stop_epoch):
    """5, 4, 4.5, 4.2, 3, 3.5, 3.2, 3.1, 2 with patience 3: the three bad epochs in a row are 5, 6 and 7."""
    return stop_epoch([5.0, 4.0, 4.5, 4.2, 3.0, 3.5, 3.2, 3.1, 2.0], 3)


@stop_epoch.case
def it_falls_to_the_end(stop_epoch):
    """2, 1.5, 1.2, 1.1 with patience 2: it never has to stop, so the last index, 3."""
    return stop_epoch([2.0, 1.5, 1.2, 1.1], 2)


@stop_epoch.case
def standing_still_is_no_new_best(stop_epoch):
    """1, 0.5, 0.5, 0.5, 0.4 with patience 2: 0.5 again is not smaller. Stops after epoch 3."""
    return stop_epoch([1.0, 0.5, 0.5, 0.5, 0.4], 2)


# --- k_folds (stretch) --------------------------------------------------------------------------------------------

k_folds = exercise(
    "k_folds",
    stretch=True,
    returns="a list of k arrays of row numbers",
    hints=[
        "Again a shuffled order of the row numbers. How do you cut 10 cards into 4 piles as evenly as possible?",
        "10 into 4: piles of 3, 3, 2 and 2. Deal the cards one by one to k piles, or look up np.array_split.",
        "Draw a permutation of n row numbers from rng and cut it into k pieces whose sizes differ by at most 1.",
    ],
)


@k_folds.case
def ten_rows_in_four_parts(k_folds):
    """The sizes, sorted: 2, 2, 3, 3."""
    return sorted(len(part) for part in k_folds(10, 4, np.random.default_rng(1)))


def rows_of(part):
    """The row numbers in a part, sorted; none where it is no array of numbers."""
    return sorted(int(i) for i in part.ravel()) if is_array(part) else []


def rows_of_all(parts):
    return sorted(row for part in parts for row in rows_of(part)) if isinstance(parts, list) else parts


@k_folds.case(judge=reduced(rows_of_all))
def each_row_in_exactly_one_part(k_folds):
    """40 rows in 5 parts: all row numbers, sorted."""
    return [np.asarray(part) for part in k_folds(40, 5, np.random.default_rng(2))]


def how_drawn(part):
    """In which way the rows of a part were taken."""
    if not is_array(part) or not part.size:
        return part
    rows = rows_of(part)
    gaps = {b - a for a, b in zip(rows, rows[1:], strict=False)}
    return {frozenset({1}): "a run of neighbours", frozenset({5}): "every fifth row"}.get(
        frozenset(gaps), "drawn by lot"
    )


@k_folds.case(judge=reduced(how_drawn))
def drawn_by_lot(k_folds):
    """40 rows in 5 parts: the first part is neither a run of neighbours nor every fifth row."""
    return np.asarray(k_folds(40, 5, np.random.default_rng(3))[0])


@k_folds.case
def repeatable_and_new_each_time(k_folds):
    """The same state of rng gives the same parts; a second call with one rng gives others."""
    rng = np.random.default_rng(4)
    folds = [k_folds(30, 3, r) for r in (rng, rng, np.random.default_rng(4))]
    first, second, again = ([[int(i) for i in part] for part in parts] for parts in folds)
    return {"repeatable": first == again, "a second call differs": first != second}
