"""What stays with the author of lesson 02: held-out cases, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs, with_warnings

# --- dense --------------------------------------------------------------------------------------------------------

dense = exercise("dense")


@dense.held_out
def a_random_layer(dense):
    return with_inputs(dense, inputs("dense X", (5, 4)), inputs("dense W", (4, 7)), inputs("dense b", 7))


@dense.held_out
def one_neuron_and_whole_numbers(dense):
    return dense(np.array([[1, 2], [3, 4], [5, 6]]), np.array([[2], [-1]]), np.array([3]))


@dense.mistake("w-transposed", "W already has one column per neuron, shape (d_in, d_out): X @ W needs no transpose.")
def transposed(X, W, b):
    return X @ W.T + b


@dense.mistake(
    "elementwise-product", "`*` multiplies entry by entry. A layer needs the matrix product, which adds up: `@`."
)
def entry_by_entry(X, W, b):
    return X * W + b


@dense.mistake(
    "bias-per-row",
    "You added one bias to each row. The biases belong to the neurons, that is the columns: add b as it is.",
)
def bias_down_the_rows(X, W, b):
    return X @ W + b[:, None]


@dense.mistake("one-bias-for-all", "Every neuron has its own bias; your layer uses the first one for all of them.")
def first_bias_only(X, W, b):
    return X @ W + b[0]


@dense.mistake("bias-forgotten", "The biases are missing: add b after the product.")
def without_bias(X, W, b):
    return X @ W


@dense.mistake("bias-before-product", "The bias was added to W, so it got multiplied by the inputs. Add it to X @ W.")
def bias_into_weights(X, W, b):
    return X @ (W + b)


@dense.mistake(
    "relu-inside", "Your layer bends as well. `dense` is the weighted sums only; the ReLU comes in `forward`."
)
def bends(X, W, b):
    return np.maximum(0, X @ W + b)


@dense.mistake(
    "list-of-lists", "The numbers are right, but they are in a list of lists. Return an array: np.array(…), or use `@`."
)
def in_lists(X, W, b):
    return [[float(row @ column + c) for column, c in zip(W.T, b, strict=True)] for row in X]


@dense.mistake("operands-swapped", "The order of a matrix product matters: samples first, X @ W.")
def weights_first(X, W, b):
    return W @ X + b


@dense.variant
def by_einsum(X, W, b):
    return np.einsum("nd,dk->nk", X, W) + b


@dense.variant
def neuron_by_neuron(X, W, b):
    return np.stack([X @ W[:, j] + b[j] for j in range(W.shape[1])], axis=1)


@dense.variant
def with_a_bias_row(X, W, b):
    return np.dot(X, W) + np.reshape(b, (1, -1))


# --- softmax ------------------------------------------------------------------------------------------------------

softmax = exercise("softmax")


@softmax.held_out
def a_random_batch(softmax):
    return softmax(inputs("softmax z", (6, 4), -3, 3))


@softmax.held_out(part="no overflow")
def rows_very_far_apart(softmax):
    return with_warnings(softmax, np.array([[1000.0, 0.0, 998.0], [-1000.0, -999.0, -1000.0], [0.0, 1.0, 2.0]]))


@softmax.mistake(
    "softmax-axis-0",
    "Your columns add up to 1, but the rows should: each sample has its own probabilities. Sum over the last axis.",
)
def down_the_columns(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


@softmax.mistake(
    "softmax-whole", "You shared one total among all samples: everything adds up to 1. Each row needs its own."
)
def one_total(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum()


@softmax.mistake(
    "softmax-no-max",
    "The values are right, but e^1000 overflows. Subtract each row's maximum first: the result stays the same.",
)
def plain(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


@softmax.mistake(
    "softmax-global-max",
    "You subtracted one maximum for all rows, so a row far below it vanished into 0/0. Use each row's own maximum.",
)
def one_maximum(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=-1, keepdims=True)


@softmax.mistake(
    "keepdims-missing",
    "Your sums line up with the columns instead of the rows. Keep the summed axis: `sum(axis=-1, keepdims=True)`.",
)
def without_keepdims(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1)


@softmax.mistake(
    "keepdims-missing-in-max",
    "Your maxima line up with the columns instead of the rows. Keep the axis: `z.max(axis=-1, keepdims=True)`.",
)
def maximum_without_keepdims(z):
    e = np.exp(z - z.max(axis=-1))
    return e / e.sum(axis=-1, keepdims=True)


@softmax.mistake(
    "softmax-whole-plain",
    "You shared one total among all samples: everything adds up to 1. Each row needs its own sum.",
)
def one_total_of_plain_powers(z):
    e = np.exp(z)
    return e / e.sum()


@softmax.mistake(
    "keepdims-missing-plain",
    "Your sums line up with the columns, not with the rows. Keep the summed axis: `sum(axis=-1, keepdims=True)`.",
)
def plain_without_keepdims(z):
    e = np.exp(z)
    return e / e.sum(axis=-1)


@softmax.mistake("no-exp", "You divided the logits by their sum. They can be negative: take e^z first.")
def shares(z):
    return z / z.sum(axis=-1, keepdims=True)


@softmax.mistake("sigmoid", "That is a sigmoid for each entry. The classes compete: each row has to add up to 1.")
def one_by_one(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


@softmax.mistake(
    "divided-by-max", "You divided by the largest entry of each row. Divide by the row's sum, so that it adds up to 1."
)
def by_the_largest(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.max(axis=-1, keepdims=True)


@softmax.mistake("input-changed", "Your function changed z itself (`z -= …` does). Make a new array: `z = z - …`.")
def in_place(z):
    z -= z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


@softmax.variant
def by_logarithms(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return np.exp(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


@softmax.variant
def row_by_row(z):
    rows = []
    for row in z:
        e = np.exp(row - max(row))
        rows.append(e / sum(e))
    return np.array(rows)


@softmax.variant
def turned_around(z):
    e = np.exp(z.T - z.max(axis=1))
    return (e / e.sum(axis=0)).T


for line in (2, 3):
    softmax.equivalent(f"L{line} axis axis=-1→axis=1", "z has two axes: axis 1 is the last one.")

# --- init_dense ---------------------------------------------------------------------------------------------------

init_dense = exercise("init_dense")


@init_dense.held_out
def more_inputs_than_neurons(init_dense):
    W, b = init_dense(4000, 30, np.random.default_rng(5))
    ratio = float(np.var(W)) * 4000
    return {"W": np.shape(W), "b": b, "variance times n_in": round(ratio, 1), "centred": abs(float(W.mean())) < 1e-3}


@init_dense.held_out
def neurons_differ_and_both_signs_occur(init_dense):
    W, _ = init_dense(6, 40, np.random.default_rng(6))
    negative = float(np.mean(np.asarray(W) < 0))
    return {"columns differ": len({tuple(column) for column in np.asarray(W).T}), "mixed": 0.3 < negative < 0.7}


@init_dense.mistake(
    "variance-as-std", "2/n_in is the variance. The spread that rng wants is its square root: √(2/n_in)."
)
def spread_is_variance(n_in, n_out, rng):
    return rng.normal(0, 2 / n_in, (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "all-positive",
    "All your weights are positive. Draw from a normal distribution around 0: rng.normal, not rng.random.",
)
def positive(n_in, n_out, rng):
    return rng.random((n_in, n_out)) * np.sqrt(2 / n_in), np.zeros(n_out)


@init_dense.mistake("fan-out", "You divided by the number of neurons. It is the number of inputs that counts: 2/n_in.")
def by_outputs(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(2 / n_out), (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "spread-as-mean",
    "The first argument of rng.normal is the mean, the second the spread: rng.normal(0, spread, size=…).",
)
def spread_in_the_first_place(n_in, n_out, rng):
    return rng.normal(np.sqrt(2 / n_in), size=(n_in, n_out)), np.zeros(n_out)


@init_dense.mistake("one-over-n", "Your variance is 1/n_in. ReLU throws half of the signal away, hence the 2: 2/n_in.")
def without_the_two(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(1 / n_in), (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake("unit-variance", "Your weights have variance 1. Scale them by √(2/n_in), or deep layers explode.")
def unscaled(n_in, n_out, rng):
    return rng.normal(size=(n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "zeros",
    "All weights are 0, so all neurons are equal, and equal neurons learn the same for ever. Draw them at random.",
)
def all_zero(n_in, n_out, rng):
    return np.zeros((n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "global-random",
    "You drew from NumPy's own generator. Use the rng you were handed, or nobody can repeat your result.",
)
def somebody_elses(n_in, n_out, rng):
    return np.random.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake(
    "same-seed-every-call",
    "Two calls gave the same weights: you make a new generator inside. Use the rng you were handed.",
)
def always_the_same(n_in, n_out, rng):
    return np.random.default_rng(0).normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.zeros(n_out)


@init_dense.mistake("random-bias", "Your biases are random. They start at 0: only the weights have to differ.")
def random_bias(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.ones(n_out) * 0.1


@init_dense.mistake("shape-swapped", "W is turned around: one row per input, one column per neuron, (n_in, n_out).")
def turned(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(2 / n_in), (n_out, n_in)), np.zeros(n_out)


@init_dense.variant
def by_standard_normal(n_in, n_out, rng):
    return rng.standard_normal((n_in, n_out)) * (2 / n_in) ** 0.5, np.zeros(n_out)


@init_dense.variant
def uniform_with_the_same_variance(n_in, n_out, rng):
    limit = np.sqrt(6 / n_in)
    return rng.uniform(-limit, limit, size=(n_in, n_out)), np.zeros((n_out,))


# --- forward ------------------------------------------------------------------------------------------------------

forward = exercise("forward")


def random_layers(name, sizes):
    """Random parameters for a network of these sizes."""
    return [
        (inputs(f"{name} W{i}", (n_in, n_out), -1, 1), inputs(f"{name} b{i}", n_out, -1, 1))
        for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:], strict=False))
    ]


@forward.held_out
def four_layers_with_random_weights(forward):
    return forward(inputs("forward X", (6, 5)), random_layers("forward", [5, 8, 3, 6, 4]))


@forward.held_out
def parameters_as_a_tuple_of_lists(forward):
    return forward(inputs("forward X2", (3, 2)), tuple([W, b] for W, b in random_layers("forward 2", [2, 4, 3])))


def exact_softmax(z):
    """A right softmax, for the mistakes below."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def bend(z):
    """A right ReLU, for the mistakes below."""
    return np.maximum(z, 0)


@forward.mistake(
    "layers-not-stacked", "Every layer reads the original input. Feed each layer with what the one before it returned."
)
def all_read_x(X, params):
    A = X
    for W, b in params[:-1]:
        A = bend(X @ W + b)
    W, b = params[-1]
    return exact_softmax(A @ W + b)


@forward.mistake(
    "result-not-handed-on",
    "The result of a layer gets another name than the next one reads, so every layer reads X. Use one name for both.",
)
def another_name(X, params):
    for W, b in params[:-1]:
        h = bend(X @ W + b)
    W, b = params[-1]
    return exact_softmax(h @ W + b)


@forward.mistake(
    "hidden-layers-unused", "The last layer reads the original input. Feed it with what the hidden layers returned."
)
def last_reads_x(X, params):
    W, b = params[-1]
    return exact_softmax(X @ W + b)


@forward.mistake(
    "relu-on-last-only", "The ReLU stands after the last layer, and none in between. It is the other way round."
)
def bent_at_the_end(X, params):
    for W, b in params:
        X = X @ W + b
    return exact_softmax(bend(X))


@forward.mistake(
    "returns-inside-loop", "You return inside the loop, after the first layer. `return` belongs below the loop."
)
def returns_after_the_first(X, params):
    for W, b in params[:-1]:
        return bend(X @ W + b)
    W, b = params[-1]
    return exact_softmax(X @ W + b)


@forward.mistake(
    "params-changed", "You took layers out of the caller's list (`pop` does). Read them: params[:-1] and params[-1]."
)
def takes_layers_out(X, params):
    params = params if isinstance(params, list) else list(params)
    W, b = params.pop()
    for V, c in params:
        X = bend(X @ V + c)
    return exact_softmax(X @ W + b)


@forward.mistake(
    "relu-on-last", "The last layer must stay linear before softmax: a ReLU there removes every negative score."
)
def bent_to_the_end(X, params):
    for W, b in params:
        X = bend(X @ W + b)
    return exact_softmax(X)


@forward.mistake(
    "no-relu-between", "There is no bend between your layers, so together they are only one layer. Add ReLU."
)
def all_linear(X, params):
    for W, b in params:
        X = X @ W + b
    return exact_softmax(X)


@forward.mistake("softmax-missing", "You return the logits. Send the last layer's output through softmax.")
def logits_only(X, params):
    for W, b in params[:-1]:
        X = bend(X @ W + b)
    W, b = params[-1]
    return X @ W + b


@forward.mistake(
    "softmax-everywhere", "You used softmax after every layer. Between layers it is ReLU, softmax only at the end."
)
def competes_everywhere(X, params):
    for W, b in params:
        X = exact_softmax(X @ W + b)
    return X


@forward.mistake("sigmoid-between", "You bend with a sigmoid between the layers. Here it is ReLU.")
def soft_bends(X, params):
    for W, b in params[:-1]:
        X = 1 / (1 + np.exp(-(X @ W + b)))
    W, b = params[-1]
    return exact_softmax(X @ W + b)


@forward.mistake("last-layer-skipped", "The last pair in params isn't used: the loop ends one layer too early.")
def one_too_few(X, params):
    for W, b in params[:-1]:
        X = bend(X @ W + b)
    return exact_softmax(X)


@forward.mistake("relu-on-input", "The inputs themselves were bent. Start with X as it is.")
def input_bent(X, params):
    X = bend(X)
    for W, b in params[:-1]:
        X = bend(X @ W + b)
    W, b = params[-1]
    return exact_softmax(X @ W + b)


@forward.mistake("bias-forgotten", "The biases are not used: each layer is dense(A, W, b).")
def no_biases(X, params):
    for W, _ in params[:-1]:
        X = bend(X @ W)
    return exact_softmax(X @ params[-1][0])


@forward.variant
def with_an_index(X, params):
    A = X
    for i, (W, b) in enumerate(params):
        z = A @ W + b
        A = exact_softmax(z) if i == len(params) - 1 else z * (z > 0)
    return A


@forward.variant
def unpacked(X, params):
    *hidden, last = params
    for layer in hidden:
        X = bend(np.dot(X, layer[0]) + layer[1])
    return exact_softmax(np.dot(X, last[0]) + last[1])


# --- count_parameters ---------------------------------------------------------------------------------------------

count_parameters = exercise("count_parameters")


@count_parameters.held_out
def a_wide_network(count_parameters):
    return count_parameters([64, 100, 50, 10])


@count_parameters.held_out
def sizes_as_a_tuple_with_single_neurons(count_parameters):
    return count_parameters((2, 1, 1, 3, 1))


@count_parameters.mistake("count-no-bias", "The biases are missing: each neuron has one, so add n_out per layer.")
def weights_only(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:], strict=False))


@count_parameters.mistake(
    "count-input-layer",
    "You gave the inputs biases too. They have no parameters: one bias per neuron of the later layers.",
)
def biases_for_inputs(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:], strict=False)) + sum(sizes)


@count_parameters.mistake(
    "bias-per-input", "You counted one bias per input of each layer. It is one per neuron: add n_out, not n_in."
)
def bias_for_each_input(sizes):
    return sum(a * b + a for a, b in zip(sizes, sizes[1:], strict=False))


@count_parameters.mistake(
    "neurons-not-weights", "That is the number of neurons. Count what can be set: weights and biases."
)
def neurons(sizes):
    return sum(sizes[1:])


@count_parameters.mistake("one-bias-per-layer", "You counted one bias per layer. Every neuron has its own.")
def a_bias_per_layer(sizes):
    return sum(a * b + 1 for a, b in zip(sizes, sizes[1:], strict=False))


@count_parameters.mistake("first-layer-only", "You counted the first layer only: add up all pairs of neighbours.")
def the_first_layer(sizes):
    return sizes[0] * sizes[1] + sizes[1]


@count_parameters.variant
def by_index(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += (sizes[i - 1] + 1) * sizes[i]
    return total


@count_parameters.variant
def by_making_them(sizes):
    arrays = [np.zeros((a + 1, b)) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    return np.sum([array.size for array in arrays])


# --- collapse -----------------------------------------------------------------------------------------------------

collapse = exercise("collapse")


@collapse.held_out
def random_layers_of_other_sizes(collapse):
    (W1, b1), (W2, b2) = random_layers("collapse", [5, 2, 6])
    return collapse(W1, b1, W2, b2)


@collapse.held_out
def inputs_left_alone(collapse):
    (W1, b1), (W2, b2) = random_layers("collapse 2", [2, 3, 2])
    return with_inputs(collapse, W1, b1, W2, b2)


@collapse.mistake(
    "bias-not-through-second-layer",
    "You added the two biases. But what the first layer adds, b1, passes through the second layer too.",
)
def biases_added(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


@collapse.mistake(
    "first-bias-forgotten",
    "The first bias got lost. It passes through the second layer, and what comes out of there counts.",
)
def second_bias_only(W1, b1, W2, b2):
    return W1 @ W2, b2


@collapse.mistake("second-bias-forgotten", "The second bias got lost: add b2 at the end.")
def without_second_bias(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


@collapse.mistake("collapse-order", "Samples are rows here, so the first layer stands first: W1 @ W2.")
def other_order(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


@collapse.mistake(
    "everything-in-the-other-order",
    "Samples are rows here, so the first layer stands first, in the weights and in the bias.",
)
def second_layer_first(W1, b1, W2, b2):
    return W2 @ W1, b2 @ W1 + b1


@collapse.mistake(
    "bias-times-weights", "`*` multiplies entry by entry. The bias passes through the layer: matrix product, `@`."
)
def bias_entry_by_entry(W1, b1, W2, b2):
    return W1 @ W2, b1 * W2 + b2


@collapse.mistake(
    "bias-through-first-layer", "b1 went through the first layer, but it comes after it: multiply b1 by W2."
)
def wrong_layer(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W1 + b2


@collapse.mistake(
    "sum-for-pair", "You added weights and biases into one. Return two things, with a comma: the new W, and the new b."
)
def one_sum(W1, b1, W2, b2):
    return W1 @ W2 + b1 @ W2 + b2


@collapse.mistake(
    "weights-added", "The weights of the two layers were added. One after the other means product: W1 @ W2."
)
def sums(W1, b1, W2, b2):
    return W1 + W2, b1 @ W2 + b2


@collapse.variant
def by_probing(W1, b1, W2, b2):
    def two_layers(X):
        return (X @ W1 + b1) @ W2 + b2

    b = two_layers(np.zeros((1, W1.shape[0])))[0]
    return two_layers(np.eye(W1.shape[0])) - b, b


@collapse.variant
def with_an_extra_row(W1, b1, W2, b2):
    both = np.vstack([W1, b1]) @ W2
    return both[:-1], both[-1] + b2


# --- xor_network --------------------------------------------------------------------------------------------------

xor_network = exercise("xor_network")

SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@xor_network.held_out
def near_the_corners_too(xor_network, forward):
    pushed = np.concatenate([SQUARE + 0.001, SQUARE - 0.001])
    return np.argmax(forward(pushed, xor_network()), axis=1)


@xor_network.held_out
def a_second_call_gives_the_same(xor_network, forward):
    first = [np.array(W) for W, _ in xor_network()]
    second = [np.array(W) for W, _ in xor_network()]
    same = all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    return {"same": same, "answers": np.argmax(forward(SQUARE[::-1], xor_network()), axis=1)}


def network(W1, b1, W2, b2):
    """Parameters from nested lists."""
    return [(np.array(W1, float), np.array(b1, float)), (np.array(W2, float), np.array(b2, float))]


@xor_network.mistake(
    "xor-same-units", "Your two hidden units do the same, so they count as one. Let the second one start later."
)
def same_units():
    return network([[1, 1], [1, 1]], [0, 0], [[0, 4], [0, -4]], [0, -1])


@xor_network.mistake(
    "or-network", "That network says OR: it is also sure of (1, 1). The second unit must pull it down there."
)
def only_or():
    return network([[1, 1], [1, 1]], [0, -1], [[0, 4], [0, 0]], [0, -2])


@xor_network.mistake("and-network", "That network says AND: it says yes only at (1, 1), where XOR says no.")
def only_and():
    return network([[1, 1], [1, 1]], [0, -1], [[0, 0], [0, 4]], [0, -2])


@xor_network.mistake(
    "columns-swapped", "Everything is turned around: column 1 is the probability that exactly one input is 1."
)
def swapped():
    return network([[1, 1], [1, 1]], [0, -1], [[4, 0], [-8, 0]], [-2, 0])


@xor_network.mistake(
    "one-output",
    "Your last layer has one output. softmax of a single number is always 1: use two columns, one per class.",
)
def one_output():
    return network([[1, 1], [1, 1]], [0, -1], [[4], [-8]], [-2])


@xor_network.mistake(
    "tie",
    "Where XOR says no, your probabilities are equal, so there is no answer. Lower the score for yes with a bias.",
)
def undecided():
    return network([[1, 1], [1, 1]], [0, -1], [[0, 4], [0, -8]], [0, 0])


@xor_network.mistake(
    "always-no",
    "Your network says no at every corner. Is the hill high enough, and does row i of W2 hold the weights of hidden unit i?",
)
def never():
    return network([[1, 1], [1, 1]], [0, -1], [[0, 1], [0, -2]], [0, -2])


@xor_network.variant
def by_differences():
    return network([[1, -1], [-1, 1]], [0, 0], [[-1, 3], [-1, 3]], [0.5, -0.5])


@xor_network.variant
def by_or_and_and():
    return [([[2.0, 1.0], [2.0, 1.0]], [-1.0, -1.5]), ([[0.0, 5.0], [0.0, -40.0]], [0.0, -2.0])]


# The weights of XOR aren't unique: each of these is another network that gets the four corners right.
for change in (
    "0.0→1.0",
    "4.0→3.0",
    "0.0→1.0 #2",
    "0.0→-1.0 #2",
    "-8.0→-7.0",
    "-8.0→-9.0",
    "0.0→1.0 #3",
    "0.0→-1.0 #3",
    "-2.0→-1.0",
    "-2.0→-3.0",
):
    xor_network.equivalent(f"L3 constant {change}", "Another right network: the corners keep their classes.")

# --- bump ---------------------------------------------------------------------------------------------------------

bump = exercise("bump")


@bump.held_out
def narrow_and_shifted(bump):
    return with_inputs(bump, np.linspace(-1.3, 0.9, 12), -0.35, 0.25)


@bump.held_out
def many_points(bump):
    return bump(inputs("bump x", (4, 5), -3, 3), 0.6, 1.75)


@bump.mistake(
    "tip-not-doubled", "After the tip your curve stays flat: the slope must turn from +1 to −1, a change of −2."
)
def plateau(x, centre, width):
    return (bend(x - centre + width) - bend(x - centre)) / width


@bump.mistake("end-missing", "After the right foot your curve falls for ever. A third ReLU there turns it flat again.")
def falls_for_ever(x, centre, width):
    return (bend(x - centre + width) - 2 * bend(x - centre)) / width


@bump.mistake("height-not-1", "The height is the width here. Divide by the width, so that the tip is at 1.")
def too_high(x, centre, width):
    return bend(x - centre + width) - 2 * bend(x - centre) + bend(x - centre - width)


@bump.mistake("half-width", "The feet are at centre ± width/2. They should be at centre ± width.")
def half_as_wide(x, centre, width):
    half = width / 2
    return (bend(x - centre + half) - 2 * bend(x - centre) + bend(x - centre - half)) / half


@bump.mistake("centre-ignored", "Your bump always stands at 0. Shift x by the centre.")
def at_zero(x, centre, width):
    return (bend(x + width) - 2 * bend(x) + bend(x - width)) / width


@bump.mistake("negative-outside", "Outside the feet your curve is negative. It should be 0 there: bend it.")
def tent(x, centre, width):
    return 1 - np.abs(x - centre) / width


@bump.variant
def by_absolute_value(x, centre, width):
    return bend(1 - np.abs(x - centre) / width)


@bump.variant
def by_clipping(x, centre, width):
    return np.clip(np.minimum(x - centre + width, centre + width - x) / width, 0, 1)
