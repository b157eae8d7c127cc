"""What is asked of each exercise of lesson 02, and its hints."""

import numpy as np

from autograder import exercise, inputs_after, reduced, with_warnings

# --- dense --------------------------------------------------------------------------------------------------------

dense = exercise(
    "dense",
    points=2,
    returns="one row per sample, one column per neuron: shape (n, d_out)",
    hints=[
        "One neuron was x @ w + b. Here the weights of several neurons stand side by side, one per column of W. What "
        "does @ do with two tables?",
        "Shapes: X (n, d_in) times W (d_in, d_out) gives (n, d_out). b has one number per column.",
        "Multiply X by W with @, in this order and without turning either around, then add b: NumPy adds it to every "
        "row.",
    ],
)

X_SEEN = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0], [-2.0, 0.25, 1.5], [4.0, -3.0, 0.0]])
W_SEEN = np.array([[0.5, -1.0], [2.0, 0.25], [-1.5, 3.0]])
W_SQUARE = np.array([[1.0, 2.0, -1.0], [0.5, -3.0, 4.0], [2.5, 0.0, 1.5]])
B_SQUARE = np.array([10.0, 20.0, 30.0])


@dense.case
def four_samples_through_two_neurons(dense):
    """X is (4, 3), W is (3, 2), b = (0.5, −2)."""
    return dense(X_SEEN, W_SEEN, np.array([0.5, -2.0]))


@dense.case
def as_many_neurons_as_inputs(dense):
    """X is (4, 3), W is (3, 3) and not symmetric: a turned-around W would go unnoticed by shapes."""
    return dense(X_SEEN, W_SQUARE, B_SQUARE)


@dense.case
def as_many_samples_as_neurons(dense):
    """X is (3, 3), W is (3, 3), b = (10, 20, 30): each neuron, that is each column, has its own bias."""
    return dense(X_SEEN[:3], W_SQUARE, B_SQUARE)


@dense.case(after=["four_samples_through_two_neurons"])
def the_result_is_an_array(dense):
    """Not a list of lists: later functions need an array."""
    return "an array" if hasattr(dense(X_SEEN, W_SEEN, np.array([0.5, -2.0])), "shape") else "a list"


@dense.case
def a_single_sample(dense):
    """X is (1, 3): still a table, with one row."""
    return dense(X_SEEN[:1], W_SEEN, np.array([0.5, -2.0]))


# --- softmax ------------------------------------------------------------------------------------------------------

softmax = exercise(
    "softmax",
    parts={"values": 1, "no overflow": 1},
    returns="the shape of z: one probability per entry",
    hints=[
        "All numbers must become positive, and each row must then add up to 1. Which function makes every number "
        "positive, and which operation makes a row add up to 1?",
        "softmax(z) = e^z / (sum of e^z over the row). Subtracting the same number from a whole row changes nothing: "
        "which number makes the largest exponent 0?",
        "Subtract from each row its own maximum, take exp, divide by each row's own sum. keepdims=True keeps the "
        "summed axis, so that the division lines up with the rows.",
    ],
)


@softmax.case
def one_row(softmax):
    """z = (1, 2, 0) gives about (0.245, 0.665, 0.090)."""
    return softmax(np.array([[1.0, 2.0, 0.0]]))


@softmax.case
def each_row_by_itself(softmax):
    """Two samples, three classes: each row adds up to 1, whatever the other row holds."""
    return softmax(np.array([[1.0, 2.0, 0.0], [-1.0, 0.5, 3.0]]))


@softmax.case
def as_many_samples_as_classes(softmax):
    """z is (3, 3): here a mix-up of rows and columns goes unnoticed by shapes."""
    return softmax(np.array([[0.0, 1.0, 2.0], [3.0, -1.0, 0.5], [1.0, 1.0, 4.0]]))


@softmax.case(after=["one_row"])
def the_input_is_left_as_it_was(softmax):
    return inputs_after(softmax, np.array([[0.3, -0.7], [2.0, 1.0]]))


@softmax.case(part="no overflow")
def huge_logits(softmax):
    """Rows (1000, 999, 0) and (−1000, −1001, −1000): e^1000 is more than a float can hold."""
    return with_warnings(softmax, np.array([[1000.0, 999.0, 0.0], [-1000.0, -1001.0, -1000.0]]))


# --- init_dense ---------------------------------------------------------------------------------------------------

init_dense = exercise(
    "init_dense",
    points=2,
    labels=["W", "b"],
    returns="the pair (W, b): W (n_in, n_out), b (n_out,)",
    hints=[
        "The variance is the square of the spread. If rng draws numbers of spread 1, what must you multiply them with?",
        "W = standard normal numbers of shape (n_in, n_out), times √(2 / n_in). b = n_out zeros.",
        "Draw from the generator you were handed: rng.normal(0, spread, size=(n_in, n_out)) with spread √(2/n_in). "
        "Make no generator of your own.",
    ],
)

MANY = 50_000


@init_dense.case
def shapes_and_a_zero_bias(init_dense):
    """n_in = 5, n_out = 3."""
    W, b = init_dense(5, 3, np.random.default_rng(1))
    return {"W": np.shape(W), "b": b}


@init_dense.case
def the_weights_scatter_around_0_with_variance_2_over_n_in(init_dense):
    """n_in = 8 and very many neurons: the variance of all weights, times n_in, is 2; their mean is 0."""
    W, _ = init_dense(8, MANY, np.random.default_rng(2))
    return {"variance times n_in": round(float(np.var(W)) * 8, 1), "mean": round(float(np.mean(W)), 2) + 0.0}


@init_dense.case
def another_number_of_inputs(init_dense):
    """n_in = 32."""
    W, _ = init_dense(32, MANY // 4, np.random.default_rng(3))
    return {"variance times n_in": round(float(np.var(W)) * 32, 1), "mean": round(float(np.mean(W)), 2) + 0.0}


@init_dense.case
def the_generator_decides(init_dense):
    """The same generator state gives the same weights; a second call on one generator gives others."""
    rng = np.random.default_rng(4)
    first, second = init_dense(3, 4, rng)[0], init_dense(3, 4, rng)[0]
    again = init_dense(3, 4, np.random.default_rng(4))[0]
    return {"a second call differs": not np.array_equal(first, second), "repeatable": np.array_equal(first, again)}


# --- forward ------------------------------------------------------------------------------------------------------

forward = exercise(
    "forward",
    points=3,
    needs=["dense", "softmax"],
    returns="one row of class probabilities per sample: (n, k)",
    hints=[
        "What goes into the first layer, and what into the second? Which layer is treated differently from the others?",
        "For every layer but the last: A = relu(dense(A, W, b)), starting with A = X. The last one: "
        "softmax(dense(A, W, b)).",
        "Loop over params[:-1], replacing A each time by the ReLU of the dense layer of A; after the loop send A "
        "through the last pair and through softmax.",
    ],
)


def layer(n_in, n_out, shift):
    """Weights and biases with regular, distinct numbers of both signs."""
    W = np.sin(1.7 * np.arange(n_in * n_out) + shift).reshape(n_in, n_out)
    return W, np.cos(2.3 * np.arange(n_out) + shift)


TWO_LAYERS = [layer(3, 4, 0.3), layer(4, 2, 1.1)]
THREE_LAYERS = [layer(3, 3, 0.5), layer(3, 3, 2.0), layer(3, 3, 0.9)]


@forward.case
def two_layers(forward):
    """X (4, 3) → 4 hidden units → 2 classes."""
    return forward(X_SEEN, TWO_LAYERS)


@forward.case
def three_layers_of_equal_width(forward):
    """3 → 3 → 3 → 3: each layer takes what the one before it returned."""
    return forward(X_SEEN, THREE_LAYERS)


@forward.case
def a_single_layer(forward):
    """Without hidden layers there is no ReLU, only the last layer and softmax."""
    return forward(X_SEEN, [layer(3, 3, 1.4)])


@forward.case(after=["two_layers"])
def what_was_handed_in_is_left_as_it_was(forward):
    """X, and the list of parameters with everything in it."""
    return inputs_after(forward, X_SEEN[:2].copy(), [layer(3, 3, 0.2), layer(3, 2, 0.7)])


# --- count_parameters ---------------------------------------------------------------------------------------------

count_parameters = exercise(
    "count_parameters",
    points=1,
    hints=[
        "Between a layer of 3 and a layer of 4 neurons, how many lines can you draw? What else does each of the 4 own?",
        "A layer from n_in to n_out has n_in · n_out weights and n_out biases. The inputs themselves have neither.",
        "Go over the pairs of neighbours in sizes (zip(sizes, sizes[1:])) and add up n_in · n_out + n_out.",
    ],
)


@count_parameters.case
def a_small_network(count_parameters):
    """3 → 4 → 2 has 26: 16 in the first layer, 10 in the second."""
    return count_parameters([3, 4, 2])


@count_parameters.case
def three_layers(count_parameters):
    """3 → 3 → 4 → 2 has 38."""
    return count_parameters([3, 3, 4, 2])


@count_parameters.case
def one_layer(count_parameters):
    """64 → 10: one layer of weights."""
    return count_parameters([64, 10])


# --- collapse -----------------------------------------------------------------------------------------------------

collapse = exercise(
    "collapse",
    points=2,
    labels=["W", "b"],
    returns="the pair (W, b) of the one layer: W (d_in, d_out), b (d_out,)",
    hints=[
        "Write the second layer's output with the first one put in: (X @ W1 + b1) @ W2 + b2. What do you get when you "
        "multiply out?",
        "X @ (W1 @ W2) + (b1 @ W2 + b2): what stands behind X is the new W, the rest the new b.",
        "W is W1 @ W2, in this order. The first bias travels through the second layer too: multiply it by W2, then add "
        "b2.",
    ],
)


@collapse.case
def from_three_over_four_to_two(collapse):
    """W1 (3, 4), W2 (4, 2)."""
    (W1, b1), (W2, b2) = TWO_LAYERS
    return collapse(W1, b1, W2, b2)


@collapse.case
def all_of_the_same_size(collapse):
    """W1 and W2 are both (3, 3): the order matters, but no shape complains."""
    (W1, b1), (W2, b2), _ = THREE_LAYERS
    return collapse(W1, b1, W2, b2)


@collapse.case
def the_one_layer_answers_like_the_two(collapse):
    """The largest difference between the two layers and your one, over four samples."""
    (W1, b1), (W2, b2) = layer(3, 5, 0.7), layer(5, 2, 1.9)
    W, b = collapse(W1, b1, W2, b2)
    return float(np.abs((X_SEEN @ W1 + b1) @ W2 + b2 - (X_SEEN @ W + b)).max())


# --- xor_network --------------------------------------------------------------------------------------------------

xor_network = exercise(
    "xor_network",
    points=3,
    needs=["forward"],
    hints=[
        "The sum x₁ + x₂ is 0, 1, 1 or 2. XOR wants a hill: low, high, low. What does the bump builder need to make one?",
        "Two hidden units: h₁ = relu(x₁ + x₂) and h₂ = relu(x₁ + x₂ − 1). Tabulate both for the sums 0, 1 and 2: which "
        "combination of them is 0, 1, 0?",
        "h₁ − 2·h₂ is 0, 1, 0. Let this be the score of class 1, and let class 0 have the constant score 0.5 (weights 0, "
        "bias 0.5), which lies between low and high. Write both as the columns of W2 and the entries of b2.",
    ],
)

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@xor_network.case
def two_layers_of_the_right_shapes(xor_network):
    """W1 (2, 2), b1 (2,), W2 (2, 2), b2 (2,)."""
    return [(np.shape(W), np.shape(b)) for W, b in xor_network()]


def alike(layer):
    """Whether both hidden units have the same weights and the same bias."""
    fits = isinstance(layer, list) and all(
        isinstance(array, np.ndarray) and array.dtype.kind in "iuf" for array in layer
    )
    if not fits or [array.shape for array in layer] != [(2, 2), (2,)]:
        return layer
    W1, b1 = layer
    same = np.allclose(W1[:, 0], W1[:, 1]) and np.isclose(*b1)
    return {"both hidden units do the same": bool(same)}


@xor_network.case(judge=reduced(alike))
def the_two_hidden_units_differ(xor_network):
    """Two units that do the same are worth one."""
    (W1, b1), _ = xor_network()
    return [np.asarray(W1), np.asarray(b1)]


def classes(yes):
    """The class at each corner, from the probability of class 1."""
    if not isinstance(yes, np.ndarray) or yes.shape != (4,) or yes.dtype.kind != "f":
        return yes
    answers = np.where(np.isclose(yes, 0.5), "undecided", np.where(yes > 0.5, "1", "0"))
    return {f"({x1:.0f}, {x2:.0f})": str(answer) for (x1, x2), answer in zip(CORNERS, answers, strict=True)}


@xor_network.case(judge=reduced(classes))
def the_four_corners(xor_network, forward):
    """(0,0), (0,1), (1,0), (1,1) belong to the classes 0, 1, 1, 0. Equal probabilities are no answer."""
    return forward(CORNERS, xor_network())[:, 1]


# --- bump (stretch) -----------------------------------------------------------------------------------------------

bump = exercise(
    "bump",
    stretch=True,
    returns="the shape of x",
    hints=[
        "How does the slope of a triangle change at its left foot, at its tip and at its right foot?",
        "Each ReLU adds one kink: the slope changes by +1 at the left foot, by −2 at the tip, by +1 at the right foot.",
        "Add relu of (x − left foot), minus twice relu of (x − centre), plus relu of (x − right foot); then divide by "
        "what the height has become.",
    ],
)


@bump.case
def height_1_at_the_centre_and_0_outside(bump):
    """centre 0, width 1, at x = −2, −1, −0.5, 0, 0.5, 1, 2."""
    return bump(np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]), 0.0, 1.0)


@bump.case
def elsewhere_and_wider(bump):
    """centre 3, width 4: still of height 1."""
    return bump(np.array([[-2.0, 0.0, 2.0], [3.0, 5.0, 8.0]]), 3.0, 4.0)
