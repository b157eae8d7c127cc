"""What stays with the author of lesson 05: held-out cases, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, inputs_after, integer_inputs

# --- split --------------------------------------------------------------------------------------------------------

split = exercise("split")


@split.held_out
def pictures_keep_their_labels(split):
    """X of shape (21, 2, 3), every entry of a picture its number; the sizes for three fractions."""
    y = np.arange(21)
    X = y[:, None, None] + np.zeros((21, 2, 3))
    facts = []
    for fraction in (0.1, 0.5, 1):
        X_train, X_val, y_train, y_val = split(X, y, fraction, np.random.default_rng(11))
        own = all(np.array_equal(A[:, 1, 2], b) for A, b in ((X_train, y_train), (X_val, y_val)))
        everything = sorted(np.concatenate([y_train, y_val]).tolist()) == list(range(21))
        facts.append((np.shape(X_train), np.shape(X_val), own, everything))
    return facts


@split.held_out
def chance_is_fair_to_every_row(split):
    """Over 400 splits each of five rows is put aside about as often as the others."""
    rng = np.random.default_rng(12)
    aside = np.concatenate([split(np.arange(5.0), np.arange(5), 0.4, rng)[3] for _ in range(400)])
    return bool(np.all(np.abs(np.bincount(aside, minlength=5) / 400 - 0.4) < 0.13))


@split.mistake(
    "shuffled-apart",
    "X and y were shuffled differently, so most samples have a wrong label. Make one permutation and index both with it.",
)
def shuffled_apart(X, y, fraction, rng):
    X, y, cut = X[rng.permutation(len(X))], y[rng.permutation(len(y))], round(fraction * len(X))
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.mistake(
    "labels-not-shuffled",
    "X was shuffled, y wasn't, so the labels belong to other samples. Index y with the same order.",
)
def labels_left_in_order(X, y, fraction, rng):
    X, cut = X[rng.permutation(len(X))], round(fraction * len(X))
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.mistake(
    "shuffle-returns-none",
    "rng.shuffle works in place and returns None, and X[None] only adds an axis. Use order = rng.permutation(len(X)).",
)
def shuffle_used_for_its_result(X, y, fraction, rng):
    order, cut = rng.shuffle(np.arange(len(X))), round(fraction * len(X))
    X, y = X[order], y[order]
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.mistake("not-shuffled", "The first rows are put aside, in the order of the table. Shuffle before you cut.")
def first_rows_aside(X, y, fraction, rng):
    cut = round(fraction * len(X))
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.mistake("not-shuffled-last", "The last rows are put aside, in the order of the table. Shuffle before you cut.")
def last_rows_aside(X, y, fraction, rng):
    kept = len(X) - round(fraction * len(X))
    return X[:kept], X[kept:], y[:kept], y[kept:]


@split.mistake(
    "shuffled-after-the-cut",
    "You cut first and then shuffle each part, so the same rows are always put aside. Shuffle before you cut.",
)
def cut_then_shuffled(X, y, fraction, rng):
    cut = round(fraction * len(X))
    aside, kept = rng.permutation(cut), cut + rng.permutation(len(X) - cut)
    return X[kept], X[aside], y[kept], y[aside]


@split.mistake(
    "with-replacement",
    "Rows were drawn with replacement: some come several times, others never. Use rng.permutation, which has each once.",
)
def drawn_with_replacement(X, y, fraction, rng):
    order, cut = rng.integers(0, len(X), len(X)), round(fraction * len(X))
    return X[order[cut:]], X[order[:cut]], y[order[cut:]], y[order[:cut]]


@split.mistake(
    "two-permutations",
    "Each part was cut from a permutation of its own, so they share samples. Cut one permutation in two.",
)
def two_orders(X, y, fraction, rng):
    cut = round(fraction * len(X))
    aside, kept = rng.permutation(len(X))[:cut], rng.permutation(len(X))[cut:]
    return X[kept], X[aside], y[kept], y[aside]


@split.mistake(
    "nothing-removed",
    "The samples put aside are still in the training part, so they are not unseen. Train only on the others.",
)
def training_keeps_all(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return X[order], X[order[:cut]], y[order], y[order[:cut]]


@split.mistake("fraction-swapped", "`fraction` is the share that is put aside; you gave it to the training part.")
def fraction_for_training(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return X[order[:cut]], X[order[cut:]], y[order[:cut]], y[order[cut:]]


@split.mistake("cut-off", "int() cuts 3.9 down to 3. The number put aside is round(fraction · n).")
def rounded_down(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), int(fraction * len(X))
    return X[order[cut:]], X[order[:cut]], y[order[cut:]], y[order[:cut]]


@split.mistake("wrong-order", "You return X_train, y_train, X_val, y_val. Asked for is X_train, X_val, y_train, y_val.")
def sample_and_label_together(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return X[order[cut:]], y[order[cut:]], X[order[:cut]], y[order[:cut]]


@split.mistake(
    "two-pairs", "You return two pairs. Return four arrays, with commas between: X_train, X_val, y_train, y_val."
)
def in_pairs(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return (X[order[cut:]], y[order[cut:]]), (X[order[:cut]], y[order[:cut]])


@split.mistake(
    "minus-zero",
    "If nothing is put aside, [-0:] is everything and [:-0] nothing. Count from the front: order[:cut] and order[cut:].",
)
def counted_from_the_end(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return X[order[:-cut]], X[order[-cut:]], y[order[:-cut]], y[order[-cut:]]


@split.mistake(
    "training-in-order",
    "Only the samples put aside are drawn by lot; the others stand in the old order. Shuffle all rows, then cut.",
)
def rest_in_old_order(X, y, fraction, rng):
    aside = rng.choice(len(X), round(fraction * len(X)), replace=False)
    return np.delete(X, aside, axis=0), X[aside], np.delete(y, aside, axis=0), y[aside]


@split.mistake(
    "same-seed-every-call",
    "Two calls put the same samples aside: you make a new generator inside. Use the rng you were handed.",
)
def own_generator(X, y, fraction, rng):
    order, cut = np.random.default_rng(0).permutation(len(X)), round(fraction * len(X))
    return X[order[cut:]], X[order[:cut]], y[order[cut:]], y[order[:cut]]


@split.mistake(
    "global-random",
    "You drew from another generator than rng, so nobody can repeat your split. Use rng.permutation.",
)
def somebody_elses(X, y, fraction, rng):
    order, cut = np.random.permutation(len(X)), round(fraction * len(X))
    return X[order[cut:]], X[order[:cut]], y[order[cut:]], y[order[:cut]]


@split.mistake(
    "input-changed",
    "You shuffled the caller's X and y themselves. Shuffle row numbers instead, and pick rows with them.",
)
def shuffled_in_place(X, y, fraction, rng):
    state = rng.bit_generator.state
    rng.shuffle(X)
    rng.bit_generator.state = state
    rng.shuffle(y)
    cut = round(fraction * len(X))
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.variant
def last_of_the_order_aside(X, y, fraction, rng):
    order = np.arange(len(X))
    rng.shuffle(order)
    kept = len(X) - round(fraction * len(X))
    return [X[order[:kept]].copy(), X[order[kept:]].copy(), y[order[:kept]], y[order[kept:]]]


@split.variant
def by_one_seed_for_both(X, y, fraction, rng):
    seed, cut = int(rng.integers(2**31)), round(fraction * len(X))
    X, y = np.random.default_rng(seed).permutation(X), np.random.default_rng(seed).permutation(y)
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.variant
def by_sorting_random_numbers(X, y, fraction, rng):
    order = np.argsort(rng.random(len(y)))
    parts = np.split(order, [round(fraction * len(y))])
    return np.take(X, parts[1], axis=0), np.take(X, parts[0], axis=0), y[parts[1]], y[parts[0]]


# --- minibatches --------------------------------------------------------------------------------------------------

minibatches = exercise("minibatches")


@minibatches.held_out
def sizes_of_all_kinds(minibatches):
    """Portions of 1, of all, and larger than all; pictures of shape (2, 3)."""
    X, y = np.arange(42.0).reshape(7, 2, 3), np.arange(7)
    facts = []
    for size in (1, 3, 7, 9):
        batches = list(minibatches(X, y, size, np.random.default_rng(11)))
        own = all(np.array_equal(np.asarray(A)[:, 0, 0], 6 * np.asarray(b)) for A, b in batches)
        everything = sorted(int(i) for _, b in batches for i in b) == list(range(7))
        facts.append(([np.shape(A) for A, _ in batches], own, everything))
    return facts


@minibatches.held_out
def every_sample_may_come_last(minibatches):
    """Over 300 epochs each of five samples is in the small last portion about equally often."""
    rng = np.random.default_rng(12)
    last = [int(list(minibatches(np.arange(5.0), np.arange(5), 2, rng))[-1][1][0]) for _ in range(300)]
    return bool(np.all(np.abs(np.bincount(last, minlength=5) / 300 - 0.2) < 0.12))


@minibatches.mistake(
    "last-batch-dropped",
    "The last samples are missing: what doesn't fill a whole portion counts too. The last portion is just smaller.",
)
def whole_portions_only(X, y, size, rng):
    order = rng.permutation(len(X))
    for i in range(len(X) // size):
        rows = order[i * size : (i + 1) * size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "empty-portion", "When the samples divide evenly, an empty portion comes last. Go over range(0, n, size) instead."
)
def one_portion_too_many(X, y, size, rng):
    order = rng.permutation(len(X))
    for i in range(len(X) // size + 1):
        rows = order[i * size : (i + 1) * size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "sliding-window", "Your portions overlap: the next one starts one sample later. Jump by `size`: range(0, n, size)."
)
def one_sample_further(X, y, size, rng):
    order = rng.permutation(len(X))
    for start in range(len(X)):
        rows = order[start : start + size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "only-the-first",
    "You give one portion and leave: `return` ends the function. Use `yield`, or collect pairs in a list.",
)
def returns_inside_the_loop(X, y, size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        return X[rows], y[rows]


@minibatches.mistake("not-shuffled", "The samples come in the order of the table. Shuffle the row numbers first.")
def in_table_order(X, y, size, rng):
    for start in range(0, len(X), size):
        yield X[start : start + size], y[start : start + size]


@minibatches.mistake(
    "only-portions-shuffled",
    "Neighbours in the table always share a portion: you shuffle the portions only. Shuffle the rows, then cut.",
)
def blocks_in_random_order(X, y, size, rng):
    starts = list(range(0, len(X), size))
    shortest_last = [*rng.permutation(starts[:-1]).tolist(), starts[-1]]
    for start in shortest_last:
        rows = rng.permutation(np.arange(start, min(start + size, len(X))))
        yield X[rows], y[rows]


@minibatches.mistake(
    "shuffled-apart",
    "X and y were shuffled differently, so most samples have a wrong label. Make one permutation and index both with it.",
)
def two_shuffles(X, y, size, rng):
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    for start in range(0, len(X), size):
        yield X[start : start + size], y[start : start + size]


@minibatches.mistake(
    "labels-not-shuffled",
    "X was shuffled, y wasn't, so the labels belong to other samples. Index y with the same rows.",
)
def labels_in_table_order(X, y, size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        yield X[order[start : start + size]], y[start : start + size]


@minibatches.mistake(
    "order-in-the-loop",
    "You draw a new order for each portion, so some samples come twice and others never. Draw it once, before the loop.",
)
def new_order_for_each_portion(X, y, size, rng):
    for start in range(0, len(X), size):
        rows = rng.permutation(len(X))[start : start + size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "with-replacement",
    "Each portion is drawn with replacement: some samples come several times, others never. Cut one permutation.",
)
def drawn_anew(X, y, size, rng):
    for start in range(0, len(X), size):
        rows = rng.integers(0, len(X), min(size, len(X) - start))
        yield X[rows], y[rows]


@minibatches.mistake(
    "with-replacement-whole-portions",
    "Every portion is drawn with replacement: some samples come several times, others never. Cut one permutation.",
)
def whole_portions_drawn_anew(X, y, size, rng):
    for _ in range(0, len(X), size):
        rows = rng.integers(0, len(X), size)
        yield X[rows], y[rows]


@minibatches.mistake("size-is-a-count", "You made `size` portions. `size` is the number of samples in each of them.")
def as_many_as_size(X, y, size, rng):
    for rows in np.array_split(rng.permutation(len(X)), size):
        yield X[rows], y[rows]


@minibatches.mistake(
    "cut-evenly", "You made the portions equally large. All have `size` samples, only the last one has fewer."
)
def equal_portions(X, y, size, rng):
    for rows in np.array_split(rng.permutation(len(X)), -(-len(X) // size)):
        yield X[rows], y[rows]


@minibatches.mistake(
    "same-order-each-epoch",
    "Every call gives the same order: you make a new generator inside. Use the rng you were handed.",
)
def own_generator_each_time(X, y, size, rng):
    order = np.random.default_rng(0).permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "global-random",
    "You drew from another generator than rng, so nobody can repeat your training. Use rng.permutation.",
)
def from_another_generator(X, y, size, rng):
    order = np.random.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "input-changed",
    "You shuffled the caller's X and y themselves. Shuffle row numbers instead, and pick rows with them.",
)
def both_shuffled_in_place(X, y, size, rng):
    state = rng.bit_generator.state
    rng.shuffle(X)
    rng.bit_generator.state = state
    rng.shuffle(y)
    for start in range(0, len(X), size):
        yield X[start : start + size].copy(), y[start : start + size].copy()


@minibatches.mistake(
    "shuffled-apart-in-place",
    "You shuffled the caller's X and y, each for itself, so labels are mixed up. Shuffle row numbers once, for both.",
)
def each_shuffled_in_place(X, y, size, rng):
    rng.shuffle(X)
    rng.shuffle(y)
    for start in range(0, len(X), size):
        yield X[start : start + size].copy(), y[start : start + size].copy()


@minibatches.mistake("pair-swapped", "Your pairs are turned around: X_batch comes first, then y_batch.")
def labels_first(X, y, size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        yield y[rows], X[rows]


@minibatches.variant
def as_a_list(X, y, size, rng):
    order, batches = rng.permutation(len(y)), []
    while len(order):
        batches.append((X[order[:size]], y[order[:size]]))
        order = order[size:]
    return batches


@minibatches.variant
def as_a_tuple_of_lists(X, y, size, rng):
    order = np.arange(len(X))
    rng.shuffle(order)
    X, y = X[order], y[order]
    return tuple([X[i : i + size], y[i : i + size]] for i in range(0, len(X), size))


@minibatches.variant
def by_cutting_at_multiples(X, y, size, rng):
    order = rng.permutation(len(X))
    pieces = np.split(order, range(size, len(X), size))
    return ((X[rows], y[rows]) for rows in pieces)


# --- sgd_step -----------------------------------------------------------------------------------------------------

sgd_step = exercise("sgd_step")


def arrays_of(name, sizes):
    """A pair of arrays per layer."""
    pairs = enumerate(zip(sizes, sizes[1:], strict=False))
    return [(inputs(f"{name} W{i}", (a, b)), inputs(f"{name} b{i}", b)) for i, (a, b) in pairs]


@sgd_step.held_out
def two_steps_one_after_the_other(sgd_step):
    params = arrays_of("two steps", [4, 2, 3])
    for lr in (0.25, 1.5):
        params = sgd_step(params, arrays_of(f"two steps {lr}", [4, 2, 3]), lr)
    return params


@sgd_step.held_out
def pairs_as_lists(sgd_step):
    params, grads = ([list(pair) for pair in arrays_of(name, [2, 3, 2])] for name in ("lists", "lists d"))
    return inputs_after(sgd_step, params, grads, 0.1), sgd_step(params, grads, 0.1)


@sgd_step.mistake("ascent", "You climb: the gradient points uphill, so lr times the gradient is subtracted.")
def uphill(params, grads, lr):
    return [(W + lr * dW, b + lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@sgd_step.mistake(
    "rebound-name",
    "`W = W - …` gives a new array the name W; the list still holds the old one. Collect the new pairs in a new list.",
)
def only_renamed(params, grads, lr):
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        W = W - lr * dW
        b = b - lr * db
    return params


@sgd_step.mistake(
    "tuple-plus-equals",
    "A pair is a tuple, and nothing in it can be replaced. Build a new list of new pairs instead.",
)
def assigned_into_the_pair(params, grads, lr):
    for i in range(len(params)):
        params[i][0] -= lr * grads[i][0]
        params[i][1] -= lr * grads[i][1]
    return params


@sgd_step.mistake(
    "arrays-changed", "`-=` changes the caller's arrays themselves. Make new ones: W - lr * dW, in a new list."
)
def in_place(params, grads, lr):
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        W -= lr * dW
        b -= lr * db
    return params


@sgd_step.mistake("list-changed", "You replaced the pairs in the caller's own list. Put the new pairs into a new list.")
def replaced_in_the_list(params, grads, lr):
    for i, ((W, b), (dW, db)) in enumerate(zip(params, grads, strict=True)):
        params[i] = (W - lr * dW, b - lr * db)
    return params


@sgd_step.mistake("rate-forgotten", "The learning rate is missing: a step is lr times the gradient.")
def full_steps(params, grads, lr):
    return [(W - dW, b - db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@sgd_step.mistake("rate-not-for-bias", "The biases move by the whole gradient: you left out lr there.")
def bias_in_full_steps(params, grads, lr):
    return [(W - lr * dW, b - db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@sgd_step.mistake("bias-stays", "The biases haven't moved. They learn too: b - lr * db.")
def weights_only(params, grads, lr):
    return [(W - lr * dW, b) for (W, b), (dW, _) in zip(params, grads, strict=True)]


@sgd_step.mistake(
    "returns-inside-loop", "You return inside the loop, after the first layer. `return` belongs below it."
)
def first_layer_only(params, grads, lr):
    new = []
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        new.append((W - lr * dW, b - lr * db))
        return new


@sgd_step.mistake(
    "list-made-in-loop", "Only the last layer is left: the new list is made inside the loop. Make it once, before."
)
def last_layer_only(params, grads, lr):
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        new = []
        new.append((W - lr * dW, b - lr * db))
    return new


@sgd_step.mistake("flat-list", "All arrays are in one long list. Keep them in pairs: append one (W, b) for each layer.")
def without_pairs(params, grads, lr):
    new = []
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        new += [W - lr * dW, b - lr * db]
    return new


@sgd_step.mistake("steps-returned", "You return lr times the gradients. Subtract that from the parameters.")
def the_steps_themselves(params, grads, lr):
    return [(lr * dW, lr * db) for dW, db in grads]


@sgd_step.mistake("subtraction-reversed", "You subtract the parameters from the step. It is W - lr * dW.")
def reversed_difference(params, grads, lr):
    return [(lr * dW - W, lr * db - b) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@sgd_step.variant
def by_index(params, grads, lr):
    new = []
    for i in range(len(params)):
        new.append([params[i][0] - lr * grads[i][0], params[i][1] - lr * grads[i][1]])
    return new


@sgd_step.variant
def copied_and_changed(params, grads, lr):
    new = [(np.copy(W), np.copy(b)) for W, b in params]
    for pair, slopes in zip(new, grads, strict=True):
        for array, slope in zip(pair, slopes, strict=True):
            array -= lr * slope
    return new


# --- accuracy -----------------------------------------------------------------------------------------------------

accuracy = exercise("accuracy")


@accuracy.held_out
def many_samples(accuracy):
    return accuracy(inputs("accuracy probs", (40, 4), 0, 1), integer_inputs("accuracy labels", 40, 4))


@accuracy.held_out
def all_right_and_all_wrong(accuracy):
    probs = np.eye(4)[[2, 0, 3]] * 0.7 + 0.05
    return (
        accuracy(probs, np.array([2, 0, 3])),
        accuracy(probs, np.array([1, 2, 0])),
        accuracy(probs[:1], np.array([2])),
    )


@accuracy.mistake(
    "accuracy-axis", "You took the largest entry of each column. Each row is a sample: argmax along axis=1."
)
def down_the_columns(probs, labels):
    return np.mean(probs.argmax(axis=0) == labels)


@accuracy.mistake(
    "argmax-of-all", "argmax without an axis looks at the whole table at once. Take it in each row: axis=1."
)
def one_for_all(probs, labels):
    return np.mean(probs.argmax() == labels)


@accuracy.mistake("counted", "That is how many are right. The share is asked for: divide by the number of samples.")
def how_many(probs, labels):
    return np.sum(probs.argmax(axis=1) == labels)


@accuracy.mistake("error-rate", "That is the share of wrong answers. Count those that are equal to the label.")
def wrong_share(probs, labels):
    return np.mean(probs.argmax(axis=1) != labels)


@accuracy.mistake("percent", "That is in percent. The share goes from 0 to 1.")
def in_percent(probs, labels):
    return 100 * np.mean(probs.argmax(axis=1) == labels)


@accuracy.mistake("one-by-one", "You return True or False for each sample. Their mean is the share of right answers.")
def each_by_itself(probs, labels):
    return probs.argmax(axis=1) == labels


@accuracy.mistake(
    "largest-entry-not-class",
    "You compare the largest probability with the label. Compare its column: argmax, not max.",
)
def by_value(probs, labels):
    return np.mean(probs.max(axis=1) == labels)


@accuracy.mistake(
    "every-pair",
    "You compared each prediction with each label, and divided by n. Both must have shape (n,): no keepdims here.",
)
def all_pairs(probs, labels):
    return np.sum(probs.argmax(axis=1)[:, None] == labels) / len(labels)


@accuracy.mistake(
    "every-pair-averaged", "You compared each prediction with each label. Both must have shape (n,): no keepdims here."
)
def mean_over_all_pairs(probs, labels):
    return np.mean(probs.argmax(axis=1, keepdims=True) == labels)


@accuracy.mistake(
    "divided-by-all-entries", "You divided by the number of entries in probs. Divide by the number of samples."
)
def over_all_entries(probs, labels):
    return np.sum(probs.argmax(axis=1) == labels) / probs.size


@accuracy.mistake(
    "more-than-half",
    "You ask for a probability above 0.5. The answer is the largest entry of the row, however small it is.",
)
def majority(probs, labels):
    return np.mean(probs[np.arange(len(labels)), labels] > 0.5)


@accuracy.mistake(
    "mean-probability",
    "That is the mean probability of the true class. Accuracy counts: an answer is right or wrong, however sure.",
)
def how_sure(probs, labels):
    return np.mean(probs[np.arange(len(labels)), labels])


@accuracy.mistake(
    "loss", "That is the cross-entropy. Accuracy is the share of rows whose largest entry is the label's."
)
def the_loss(probs, labels):
    return -np.mean(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@accuracy.mistake("smallest-entry", "You took the smallest entry of each row. The answer is the largest one: argmax.")
def least_probable(probs, labels):
    return np.mean(probs.argmin(axis=1) == labels)


@accuracy.variant
def by_loop(probs, labels):
    right = 0
    for row, label in zip(probs, labels, strict=True):
        if np.argmax(row) == label:
            right += 1
    return right / len(labels)


@accuracy.variant
def by_counting(probs, labels):
    return np.count_nonzero(np.argsort(probs, axis=-1)[:, -1] == labels) / probs.shape[0]


accuracy.equivalent("L2 axis axis=1→axis=-1", "probs has two axes: axis 1 is the last one.")

# --- train --------------------------------------------------------------------------------------------------------

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


# --- confusion_matrix ---------------------------------------------------------------------------------------------

confusion_matrix = exercise("confusion_matrix")


@confusion_matrix.held_out
def many_answers(confusion_matrix):
    return confusion_matrix(integer_inputs("matrix truth", 80, 5), integer_inputs("matrix said", 80, 5), 6)


@confusion_matrix.held_out
def a_second_call_starts_from_zero(confusion_matrix):
    labels, predictions = np.array([1, 1, 0]), np.array([0, 1, 0])
    first = confusion_matrix(labels, predictions, 2)
    return first, confusion_matrix(labels, predictions, 2), inputs_after(confusion_matrix, labels, predictions, 2)


@confusion_matrix.mistake(
    "matrix-transposed", "Truth belongs in the rows, predictions in the columns: yours is turned around."
)
def truth_in_columns(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    np.add.at(counts, (predictions, labels), 1)
    return counts


@confusion_matrix.mistake(
    "adds-only-once",
    "A pair that comes several times was counted once: `C[…] += 1` adds once per entry. Use np.add.at or a loop.",
)
def counted_once(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    counts[labels, predictions] += 1
    return counts


@confusion_matrix.mistake(
    "matrix-too-small", "The table has only the classes that occur. Make it (k, k), whatever occurs."
)
def only_what_occurs(labels, predictions, k):
    size = max(labels.max(), predictions.max()) + 1
    counts = np.zeros((size, size), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    return counts


@confusion_matrix.mistake("shares", "These are shares of each row. Asked for are counts.")
def shares_per_row(labels, predictions, k):
    counts = np.zeros((k, k))
    np.add.at(counts, (labels, predictions), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@confusion_matrix.mistake("shares-of-all", "These are shares of all samples. Asked for are counts.")
def shares_of_everything(labels, predictions, k):
    counts = np.zeros((k, k))
    np.add.at(counts, (labels, predictions), 1)
    return counts / len(labels)


@confusion_matrix.mistake("errors-only", "The diagonal is missing: right answers are counted too.")
def without_diagonal(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    for t, p in zip(labels, predictions, strict=True):
        if t != p:
            counts[t, p] += 1
    return counts


@confusion_matrix.mistake(
    "right-ones-only", "Only right answers are counted. Each sample adds 1, at (truth, prediction)."
)
def diagonal_only(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    for t, p in zip(labels, predictions, strict=True):
        if t == p:
            counts[t, p] += 1
    return counts


@confusion_matrix.mistake(
    "chained-index", "`C[labels][predictions]` first makes a copy and adds to that. Use one pair of brackets: C[t, p]."
)
def adds_to_a_copy(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    counts[labels][np.arange(len(labels)), predictions] += 1
    return counts


@confusion_matrix.mistake(
    "one-count-too-many", "Every entry is one too large: the counting starts at 1. Begin with zeros."
)
def starts_at_one(labels, predictions, k):
    counts = np.ones((k, k), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    return counts


@confusion_matrix.mistake(
    "returns-inside-loop", "You return inside the loop, after one sample. `return` belongs below it."
)
def after_one_sample(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    for t, p in zip(labels, predictions, strict=True):
        counts[t, p] += 1
        return counts


@confusion_matrix.mistake(
    "list-of-lists", "The counts are right, but in a list of lists. Return an array, so that counts[t, p] works."
)
def in_lists(labels, predictions, k):
    counts = [[0] * k for _ in range(k)]
    for t, p in zip(labels, predictions, strict=True):
        counts[t][p] += 1
    return counts


@confusion_matrix.mistake(
    "one-row-for-all", "All rows are the same list: `[[0] * k] * k` repeats one row. Use np.zeros."
)
def shared_rows(labels, predictions, k):
    counts = [[0] * k] * k
    for t, p in zip(labels, predictions, strict=True):
        counts[t][p] += 1
    return np.array(counts)


@confusion_matrix.variant
def by_loop_over_pairs(labels, predictions, k):
    counts = np.zeros((k, k))
    for t, p in zip(labels, predictions, strict=True):
        counts[t, p] += 1
    return counts


@confusion_matrix.variant
def by_bincount(labels, predictions, k):
    return np.bincount(k * labels + predictions, minlength=k * k).reshape(k, k)


@confusion_matrix.variant
def by_indicators(labels, predictions, k):
    return np.eye(k)[labels].T @ np.eye(k)[predictions]


confusion_matrix.equivalent("L2 dropped keyword dtype=int", "Counts may be floats: 2.0 is 2.")

# --- stop_epoch ---------------------------------------------------------------------------------------------------

stop_epoch = exercise("stop_epoch")


@stop_epoch.held_out
def a_wavering_curve_with_several_patiences(stop_epoch):
    losses = [3.0, 2.5, 2.7, 2.4, 2.6, 2.45, 2.5, 2.2, 2.3, 2.35, 2.25, 2.4, 2.1]
    return [stop_epoch(losses, patience) for patience in range(1, 7)]


@stop_epoch.held_out
def single_epochs_arrays_and_negative_losses(stop_epoch):
    return (
        stop_epoch([0.7], 1),
        stop_epoch(np.array([2.0, 3.0, 4.0]), 2),
        stop_epoch([-1.0, -2.0, -1.5, -3.0, -2.5, -2.6], 2),
        stop_epoch([5.0, 6.0], 1),
    )


@stop_epoch.held_out
def a_loss_that_starts_very_large(stop_epoch):
    """Losses of many thousands, then down."""
    return stop_epoch([5e6, 4e6, 4.5e6, 3e6, 3.5e6, 3.6e6, 1.0], 2)


@stop_epoch.mistake(
    "patience-never-reset", "The count goes on over the whole training. It is in a row: set it to 0 at each new best."
)
def counts_for_ever(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        if loss < best:
            best = loss
        else:
            waited += 1
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "compared-with-previous",
    "You compare with the epoch before. Compare with the best so far: that is what must be beaten.",
)
def against_the_last_one(val_losses, patience):
    waited = 0
    for epoch in range(1, len(val_losses)):
        waited = 0 if val_losses[epoch] < val_losses[epoch - 1] else waited + 1
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "best-never-updated", "Each loss is compared with the first one: the best isn't replaced when a new best comes."
)
def against_the_first_one(val_losses, patience):
    waited = 0
    for epoch, loss in enumerate(val_losses):
        waited = waited + 1 if epoch and loss >= val_losses[0] else 0
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "one-too-late", "You stop one epoch too late: with patience 2, the second epoch without a new best is the last."
)
def more_than_patience(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited > patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "one-too-early", "You stop one epoch too early: an epoch with a new best counts 0, the first without one counts 1."
)
def less_than_patience(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 1) if loss < best else (best, waited + 1)
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "number-not-index", "You count the epochs from 1. The index is asked for: the first epoch is number 0."
)
def counted_from_one(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses, start=1):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == patience:
            return epoch
    return len(val_losses)


@stop_epoch.mistake(
    "best-epoch", "That is the best epoch before the stop. Asked for is the epoch after which it stops."
)
def where_it_was_best(val_losses, patience):
    best, waited, best_epoch = float("inf"), 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < best:
            best, waited, best_epoch = loss, 0, epoch
        else:
            waited += 1
        if waited == patience:
            break
    return best_epoch


@stop_epoch.mistake(
    "looks-into-the-future",
    "You looked for the best of the whole curve. Training can't see later epochs: go through it from the start.",
)
def knows_the_end(val_losses, patience):
    return min(int(np.argmin(val_losses)) + patience, len(val_losses) - 1)


@stop_epoch.mistake("lowest-of-all", "That is the epoch with the lowest loss of all. Patience isn't used.")
def lowest(val_losses, patience):
    return int(np.argmin(val_losses))


@stop_epoch.mistake(
    "equal-is-a-new-best", "An equal loss counts as a new best in your code. It must be smaller: <, not <=."
)
def ties_win(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 0) if loss <= best else (best, waited + 1)
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "nothing-at-the-end", "When it never has to stop, your function returns None. Return the last index below the loop."
)
def forgets_the_end(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == patience:
            return epoch


@stop_epoch.mistake(
    "length-at-the-end", "When it never has to stop, you return the number of epochs. The last index is one less."
)
def one_beyond_the_end(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == patience:
            return epoch
    return len(val_losses)


@stop_epoch.mistake(
    "patience-from-the-start",
    "You stop after `patience` epochs, whatever the losses are. Count epochs without a new best.",
)
def after_so_many_epochs(val_losses, patience):
    return min(patience, len(val_losses) - 1)


@stop_epoch.mistake("loss-returned", "You return a loss. Return the index of the epoch.")
def its_loss(val_losses, patience):
    best, waited = float("inf"), 0
    for loss in val_losses:
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == patience:
            return loss
    return val_losses[-1]


@stop_epoch.variant
def by_the_best_epoch(val_losses, patience):
    best = 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] < val_losses[best]:
            best = epoch
        elif epoch - best >= patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.variant
def by_windows(val_losses, patience):
    for epoch in range(patience, len(val_losses)):
        if min(val_losses[epoch - patience + 1 : epoch + 1]) >= min(val_losses[: epoch - patience + 1]):
            return epoch
    return np.int64(len(val_losses) - 1)


for start in ("1", "-1"):
    stop_epoch.equivalent(
        f"L2 constant 0→{start}", "The first loss is smaller than infinity, which sets the count to 0."
    )

# --- k_folds ------------------------------------------------------------------------------------------------------

k_folds = exercise("k_folds")


@k_folds.held_out
def several_sizes(k_folds):
    facts = []
    for n, k in ((7, 1), (7, 7), (23, 5), (12, 3)):
        parts = k_folds(n, k, np.random.default_rng(11))
        numbers = sorted(int(i) for part in parts for i in part)
        facts.append((sorted(len(part) for part in parts), numbers == list(range(n))))
    return facts


@k_folds.held_out
def each_row_may_come_into_each_part(k_folds):
    rng = np.random.default_rng(12)
    seen = {(i, int(row)) for _ in range(150) for i, part in enumerate(k_folds(6, 3, rng)) for row in part}
    return len(seen)


@k_folds.mistake("not-shuffled", "The parts are runs of neighbours. Shuffle the row numbers before you cut.")
def runs_of_neighbours(n, k, rng):
    return np.array_split(np.arange(n), k)


@k_folds.mistake(
    "dealt-in-order", "The rows are dealt in their old order, so part 0 is every k-th row. Shuffle them first."
)
def every_kth(n, k, rng):
    return [np.arange(n)[i::k] for i in range(k)]


@k_folds.mistake("rest-in-last", "The last part takes all that is left over. Spread it: sizes differ by at most 1.")
def last_takes_the_rest(n, k, rng):
    order, size = rng.permutation(n), n // k
    return [order[i * size : (i + 1) * size] for i in range(k - 1)] + [order[(k - 1) * size :]]


@k_folds.mistake("rest-dropped", "What doesn't divide evenly got lost. Every row is in exactly one part.")
def leaves_out_the_rest(n, k, rng):
    order, size = rng.permutation(n), n // k
    return [order[i * size : (i + 1) * size] for i in range(k)]


@k_folds.mistake("parts-of-size-k", "You made parts of k rows. k is the number of parts.")
def k_rows_each(n, k, rng):
    order = rng.permutation(n)
    return [order[i : i + k] for i in range(0, n, k)]


@k_folds.mistake(
    "order-in-the-loop", "Each part is cut from an order of its own, so parts share rows. Draw one order, then cut it."
)
def new_order_for_each_part(n, k, rng):
    return [np.array_split(rng.permutation(n), k)[i] for i in range(k)]


@k_folds.mistake("others-returned", "You return what is left for training. Return the parts that are put aside.")
def training_rows(n, k, rng):
    order = rng.permutation(n)
    return [np.setdiff1d(order, part) for part in np.array_split(order, k)]


@k_folds.mistake(
    "same-seed-every-call", "Two calls give the same parts: use the rng you were handed, not one of your own."
)
def generator_inside(n, k, rng):
    return np.array_split(np.random.default_rng(0).permutation(n), k)


@k_folds.variant
def dealt_like_cards(n, k, rng):
    order = rng.permutation(n)
    return [order[i::k] for i in range(k)]


@k_folds.variant
def cut_at_rounded_places(n, k, rng):
    order = np.arange(n)
    rng.shuffle(order)
    cuts = [round(i * n / k) for i in range(k + 1)]
    return [order[a:b].tolist() for a, b in zip(cuts, cuts[1:], strict=False)]
