"""What is asked of each exercise of lesson 04, and its hints."""

import numpy as np

from autograder import between, exercise, inputs_after, reduced, with_warnings

# --- what the cases look at ---------------------------------------------------------------------------------------


def node(Value, out, upstream, **made_from):
    """What a learner's operation made: its number, its parents, and what it sends them when `upstream` arrives."""
    if not isinstance(out, Value):
        kind = "nothing" if out is None else f"a {type(out).__name__}"
        return {"returns": kind, "data": None, "parents": None, "local_backward": None, "grads": None}
    out.grad = upstream
    if callable(out.local_backward):
        out.local_backward()
    return {
        "returns": "a Value",
        "data": out.data,
        "parents": parents(out, made_from),
        "local_backward": local_backward(Value, out),
        "grads": {name: value.grad for name, value in made_from.items()},
    }


def parents(out, made_from):
    """The names of a node's parents, each once."""
    names = [name for name, value in made_from.items() if any(parent is value for parent in out.parents)]
    strange = [type(parent).__name__ for parent in out.parents if not hasattr(parent, "local_backward")]
    return names + strange


def local_backward(Value, out):
    """Whether the function for the way back was left with the node."""
    if not callable(out.local_backward):
        return "no function"
    code = getattr(out.local_backward, "__code__", None)
    return "never set" if code is Value(0).local_backward.__code__ else "set"


def passed_on(nodes, upstream, **values):
    """Let the nodes speak in this order, the first one with `upstream`: what has arrived at the values."""
    nodes[0].grad = upstream
    for made in nodes:
        made.local_backward()
    return {name: value.grad for name, value in values.items()}


SHARE = (
    "Make a Value of the new number with its parents, and leave in it a function that adds to each parent's grad its "
    "local slope times out.grad."
)

# --- add ----------------------------------------------------------------------------------------------------------

add = exercise(
    "add",
    points=1,
    hints=[
        "By how much does a + b change when a grows by a little? And when b does?",
        "The slope of a sum is 1 for both parts, so each of them gets out.grad added to its own grad.",
        f"{SHARE} For a sum both slopes are 1. Follow the example `double`.",
    ],
)


@add.case
def a_sum_and_its_two_messages(add, Value):
    """3 + (−1.5) = 1.5. When the message 2 arrives, it goes on to both parts."""
    a, b = Value(3), Value(-1.5)
    return node(Value, add(a, b), 2.0, a=a, b=b)


@add.case(after=["a_sum_and_its_two_messages"])
def messages_that_came_first_are_kept(add, Value):
    """a and b have the gradients 0.25 and −3 already. The message 0.5 is added."""
    a, b = Value(1), Value(4)
    a.grad, b.grad = 0.25, -3.0
    return node(Value, add(a, b), 0.5, a=a, b=b)


@add.case(after=["a_sum_and_its_two_messages"])
def a_value_plus_itself(add, Value):
    """a + a at 5: a is used twice, so the message 3 arrives twice."""
    a = Value(5)
    return node(Value, add(a, a), 3.0, a=a)


@add.case(after=["a_sum_and_its_two_messages"])
def a_sum_of_sums(add, Value):
    """s = a + b, r = s + a. The message −2 at r: a gets it on two ways, b on one."""
    a, b = Value(1.5), Value(-0.5)
    s = add(a, b)
    r = add(s, a)
    return passed_on([r, s], -2.0, s=s, a=a, b=b)


@add.case(after=["a_sum_and_its_two_messages"])
def forwards_nothing_else_changes(add, Value):
    """Adding makes a new Value; the numbers and gradients of a and b stay."""
    a, b = Value(2), Value(7)
    out = add(a, b)
    return {"a": (a.data, a.grad), "b": (b.data, b.grad), "new": out is not a and out is not b}


# --- multiply -----------------------------------------------------------------------------------------------------

multiply = exercise(
    "multiply",
    points=2,
    hints=[
        "With a = 2 and b = 0.5: by how much does the product grow when a grows by 0.001? Which of the two numbers "
        "decides that?",
        "The slope of a · b is b for a, and a for b. Each is multiplied by out.grad and added.",
        f"{SHARE} For a product the slope of each factor is the other factor's data.",
    ],
)


@multiply.case
def a_product_and_its_two_messages(multiply, Value):
    """3 · (−1.5) = −4.5. When the message 2 arrives, a gets −1.5 · 2 and b gets 3 · 2."""
    a, b = Value(3), Value(-1.5)
    return node(Value, multiply(a, b), 2.0, a=a, b=b)


@multiply.case(after=["a_product_and_its_two_messages"])
def messages_that_came_first_are_kept_by_factors(multiply, Value):
    """a = 4 and b = 0.5 have the gradients 0.25 and −3 already. The message −0.5 is multiplied and added."""
    a, b = Value(4), Value(0.5)
    a.grad, b.grad = 0.25, -3.0
    return node(Value, multiply(a, b), -0.5, a=a, b=b)


@multiply.case(after=["a_product_and_its_two_messages"])
def a_factor_of_0(multiply, Value):
    """0 · 7: the slope for the first factor is 7 all the same."""
    a, b = Value(0), Value(7)
    return node(Value, multiply(a, b), 3.0, a=a, b=b)


@multiply.case(after=["a_product_and_its_two_messages"])
def a_value_times_itself(multiply, Value):
    """a · a at 5: two messages, together 2 · 5 times what arrived."""
    a = Value(5)
    return node(Value, multiply(a, a), 3.0, a=a)


@multiply.case(after=["a_product_and_its_two_messages"])
def a_product_of_products(multiply, Value):
    """p = a · b, r = p · a. The message −2 at r reaches a on two ways."""
    a, b = Value(1.5), Value(-0.5)
    p = multiply(a, b)
    r = multiply(p, a)
    return {"data": (p.data, r.data), **passed_on([r, p], -2.0, p=p, a=a, b=b)}


# --- power --------------------------------------------------------------------------------------------------------

power = exercise(
    "power",
    points=1,
    hints=[
        "The slope of a² is 2a. What happened to the exponent, twice?",
        "The slope of aⁿ is n · aⁿ⁻¹: the exponent comes down as a factor, and is one less.",
        f"{SHARE} There is one parent, a; its slope is n times a.data to the power n − 1.",
    ],
)


@power.case
def a_square(power, Value):
    """3² = 9. When the message 2 arrives, a gets 6 · 2."""
    a = Value(3)
    return node(Value, power(a, 2), 2.0, a=a)


@power.case(after=["a_square"])
def one_over_a(power, Value):
    """2⁻¹ = 0.5 with the slope −0.25; a has the gradient 10 already, and the message is 4."""
    a = Value(2)
    a.grad = 10.0
    return node(Value, power(a, -1), 4.0, a=a)


@power.case(after=["a_square"])
def the_cube_of_a_negative_number(power, Value):
    """(−1.5)³, message −2."""
    a = Value(-1.5)
    return node(Value, power(a, 3), -2.0, a=a)


@power.case(after=["a_square"])
def a_square_at_0(power, Value):
    """0²: flat, so nothing is sent."""
    a = Value(0)
    return node(Value, power(a, 2), 5.0, a=a)


@power.case(after=["a_square"])
def a_root_of_a_cube(power, Value):
    """c = a³, r = c to the power 0.5, at 4. The message 3 at r."""
    a = Value(4)
    c = power(a, 3)
    r = power(c, 0.5)
    return {"data": (c.data, r.data), **passed_on([r, c], 3.0, c=c, a=a)}


# --- tanh ---------------------------------------------------------------------------------------------------------

tanh = exercise(
    "tanh",
    points=2,
    hints=[
        "Which number does the slope need, the one that went in or the one that came out?",
        "The slope is 1 − t², where t is the output: out.data.",
        f"{SHARE} The slope is 1 minus the square of out.data.",
    ],
)


@tanh.case
def a_bent_number(tanh, Value):
    """tanh(0.8) ≈ 0.664, with the slope 1 − 0.664² ≈ 0.559. The message is 2."""
    a = Value(0.8)
    return node(Value, tanh(a), 2.0, a=a)


@tanh.case(after=["a_bent_number"])
def at_0_the_slope_is_1(tanh, Value):
    """a has the gradient −0.5 already; the message 3 is added as it is."""
    a = Value(0)
    a.grad = -0.5
    return node(Value, tanh(a), 3.0, a=a)


@tanh.case(after=["a_bent_number"])
def far_out_hardly_anything_gets_through(tanh, Value):
    """tanh(−3), message −100."""
    a = Value(-3)
    return node(Value, tanh(a), -100.0, a=a)


@tanh.case(after=["a_bent_number"])
def bent_twice(tanh, Value):
    """t = tanh(a), r = tanh(t). The message −2 at r goes through both slopes."""
    a = Value(1.2)
    t = tanh(a)
    r = tanh(t)
    return {"data": (t.data, r.data), **passed_on([r, t], -2.0, t=t, a=a)}


# --- exp ----------------------------------------------------------------------------------------------------------

exp = exercise(
    "exp",
    points=1,
    hints=[
        "Which function is its own slope? So where do you find the slope, once the value has been computed?",
        "The slope of e^a is e^a: out.data.",
        f"{SHARE} The slope is out.data.",
    ],
)


@exp.case
def a_growing_number(exp, Value):
    """e² ≈ 7.389, and so is the slope. The message is 3."""
    a = Value(2)
    return node(Value, exp(a), 3.0, a=a)


@exp.case(after=["a_growing_number"])
def e_to_a_negative_number(exp, Value):
    """e^(−1.5), message −2; a has the gradient 0.75 already."""
    a = Value(-1.5)
    a.grad = 0.75
    return node(Value, exp(a), -2.0, a=a)


@exp.case(after=["a_growing_number"])
def e_to_the_e_to_the_a(exp, Value):
    """f = e^a, r = e^f at 0.5. The message 0.1 at r goes through both slopes."""
    a = Value(0.5)
    f = exp(a)
    r = exp(f)
    return {"data": (f.data, r.data), **passed_on([r, f], 0.1, f=f, a=a)}


@exp.case(after=["a_growing_number"])
def at_0(exp, Value):
    """e⁰ = 1, slope 1."""
    a = Value(0)
    return node(Value, exp(a), 5.0, a=a)


# --- backward -----------------------------------------------------------------------------------------------------

backward = exercise(
    "backward",
    points=3,
    needs=["add", "multiply", "power"],
    hints=[
        "When may a node pass its message on? What must have happened at everybody who uses it?",
        "Topological order: parents before children, each node once. Set every grad to 0, out.grad to 1, then call "
        "local_backward in the reverse of that order.",
        "Write an inner function that visits a node: if it has been seen, do nothing; else note it, visit all its "
        "parents, and only then append it to the list. Visit out, reset all in the list, seed out, and go through the "
        "reversed list.",
    ],
)


def gradients(**values):
    return {name: value.grad for name, value in values.items()}


@backward.case
def the_calculation_of_the_text(backward, Value, add, multiply, power):
    """(a·b + a)² with a = 2, b = 0.5: 9 at a, 12 at b, 6 in between, 1 at the result."""
    a, b = Value(2), Value(0.5)
    m = multiply(a, b)
    s = add(m, a)
    r = power(s, 2)
    backward(r)
    return gradients(r=r, s=s, m=m, b=b, a=a)


@backward.case
def an_inner_node_that_is_used_twice(backward, Value, add, multiply):
    """s = a + b, p = s · c, r = s + p: s may speak only after r and p."""
    a, b, c = Value(2), Value(-3), Value(4)
    s = add(a, b)
    p = multiply(s, c)
    r = add(s, p)
    backward(r)
    return gradients(r=r, p=p, s=s, a=a, b=b, c=c)


@backward.case
def the_same_with_the_parts_in_the_other_order(backward, Value, add, multiply):
    """s = a + b, p = s · c, r = p + s."""
    a, b, c = Value(2), Value(-3), Value(4)
    s = add(a, b)
    p = multiply(s, c)
    r = add(p, s)
    backward(r)
    return gradients(r=r, p=p, s=s, a=a, b=b, c=c)


@backward.case
def who_speaks_and_how_often(backward, Value):
    """Six nodes, two of them used twice, with functions that only note that they were called: each once."""
    calls = []
    a = Value(1)
    b = Value(2, parents=(a,))
    c = Value(3, parents=(b, a))
    d = Value(4, parents=(b, c))
    e = Value(5, parents=(b,))
    r = Value(6, parents=(e, d, c))
    named = {"b": b, "c": c, "d": d, "e": e, "r": r}
    for name, value in named.items():
        value.local_backward = lambda name=name: calls.append(name)
    backward(r)
    users = {"e": "r", "d": "r", "c": "dr", "b": "cde"}
    early = sorted(n for n, by in users.items() if n in calls and any(u in calls[calls.index(n) :] for u in by))
    return {"calls": {name: calls.count(name) for name in named}, "before somebody who uses it": early}


@backward.case(after=["the_calculation_of_the_text"])
def a_second_call_gives_the_same(backward, Value, add, multiply):
    """m = a · b and r = m + a, `backward(r)` twice: nothing is left from the first call."""
    a, b = Value(3), Value(-2)
    m = multiply(a, b)
    r = add(m, a)
    backward(r)
    first = gradients(r=r, m=m, a=a, b=b)
    backward(r)
    return {"after the first call": first, "after the second": gradients(r=r, m=m, a=a, b=b)}


@backward.case(after=["the_calculation_of_the_text"])
def two_results_from_one_number(backward, Value, multiply, power):
    """q = a³ and r = a · b. After q, then r: the gradients are those of r."""
    a, b = Value(2), Value(5)
    q, r = power(a, 3), multiply(a, b)
    backward(q)
    first = a.grad
    backward(r)
    return {"after q": first, **gradients(r=r, a=a, b=b)}


@backward.case(after=["the_calculation_of_the_text"])
def equal_numbers_are_still_two(backward, Value, add, multiply):
    """m = 3 · 3 and s = 4 + 5 hold the same number, and so do the two 3. Each has a gradient of its own."""
    a, b, c, d = Value(3), Value(3), Value(4), Value(5)
    m, s = multiply(a, b), add(c, d)
    r = add(multiply(m, s), a)
    backward(r)
    return gradients(m=m, s=s, a=a, b=b, c=c, d=d)


# --- dense_backward -----------------------------------------------------------------------------------------------

dense_backward = exercise(
    "dense_backward",
    points=3,
    labels=["dX", "dW", "db"],
    returns="three arrays (dX, dW, db) of the shapes of X, W and b",
    hints=[
        "Which numbers did a weight meet on the way forward? Which neurons did an input reach?",
        "dX (n, d_in) from dout (n, d_out) and W (d_in, d_out); dW (d_in, d_out) from X (n, d_in) and dout; db (d_out,) "
        "from dout alone. Which of them has to be turned over?",
        "dX is dout times W turned over, dW is X turned over times dout, db is dout summed over the samples, axis 0.",
    ],
)

X_SEEN = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0], [-2.0, 0.25, 1.5], [4.0, -3.0, 0.0]])
W_SEEN = np.array([[0.5, -1.0], [2.0, 0.25], [-1.5, 3.0]])
DOUT_SEEN = np.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5], [0.1, 0.3]])
W_SQUARE = np.array([[1.0, 2.0, -1.0], [0.5, -3.0, 4.0], [2.5, 0.25, 1.5]])
DOUT_SQUARE = np.array([[0.3, -0.2, 1.0], [2.0, 0.7, -0.4], [-1.1, 0.6, 0.9]])


@dense_backward.case
def four_samples_three_inputs_two_neurons(dense_backward):
    """dout is (4, 2), X is (4, 3), W is (3, 2)."""
    return dense_backward(DOUT_SEEN, X_SEEN, W_SEEN, np.array([0.5, -2.0]))


@dense_backward.case
def the_sample_of_the_text(dense_backward):
    """x = (1, 2), dout = (0.5, −1): dX = (1.5, 0), dW = ((0.5, −1), (1, −2)), db = (0.5, −1)."""
    W = np.array([[1.0, -1.0], [2.0, 1.0]])
    return dense_backward(np.array([[0.5, -1.0]]), np.array([[1.0, 2.0]]), W, np.array([3.0, 4.0]))


@dense_backward.case
def everything_of_the_same_size(dense_backward):
    """dout, X and W are all (3, 3): here no shape complains."""
    return dense_backward(DOUT_SQUARE, X_SEEN[:3], W_SQUARE, np.array([10.0, 20.0, 30.0]))


# --- relu_backward ------------------------------------------------------------------------------------------------

relu_backward = exercise(
    "relu_backward",
    points=1,
    returns="an array of the shape of dout and z",
    hints=[
        "Which messages pass, and what decides: the message itself, or what went into the ReLU?",
        "dout where z > 0, and 0 elsewhere.",
        "Compare z with 0, and multiply dout by the result: True counts as 1, False as 0.",
    ],
)

Z_SEEN = np.array([[1.5, -0.5, 0.3], [-2.0, 4.0, -0.1]])
MESSAGE_SEEN = np.array([[0.2, 0.7, -1.3], [-0.6, 2.0, 0.4]])


@relu_backward.case
def messages_of_both_signs(relu_backward):
    """z and dout are (2, 3): dout passes where z is positive, whatever its own sign."""
    return relu_backward(MESSAGE_SEEN, Z_SEEN)


@relu_backward.case
def exactly_at_the_kink(relu_backward):
    """At z = 0 the slope is 0."""
    return relu_backward(np.array([3.0, -2.0, 5.0]), np.array([0.0, 1e-9, -1e-9]))


@relu_backward.case(after=["messages_of_both_signs"])
def what_was_handed_in_is_left_as_it_was(relu_backward):
    """dout and z belong to the caller."""
    return inputs_after(relu_backward, MESSAGE_SEEN.copy(), Z_SEEN.copy())


# --- softmax_cross_entropy ----------------------------------------------------------------------------------------

softmax_cross_entropy = exercise(
    "softmax_cross_entropy",
    parts={"loss and gradient": 2, "large logits": 1},
    labels=["loss", "dlogits"],
    returns="the pair (loss, dlogits): one number, and an array (n, k)",
    hints=[
        "Which two functions of the lessons before give you the loss? And by how much is each probability wrong?",
        "dlogits = (p − one-hot) / n: the probabilities, minus 1 at the true class of each row, divided by the number "
        "of samples.",
        "Take softmax of the logits and the cross-entropy of that. Copy the probabilities, subtract 1 at row i, column "
        "labels[i], and divide by n. Return both.",
    ],
)

LOGITS_SEEN = np.array([[1.0, 2.0, 0.0], [-1.0, 0.5, 3.0], [0.3, -0.7, 0.2]])
LOGITS_WIDE = np.array(
    [[0.5, -1.0, 2.0, 0.0], [1.5, 1.0, -0.5, 0.25], [-2.0, 0.75, 0.5, 1.0], [0.0, 3.0, 1.0, -1.0], [2.0, 0.1, 0.2, 0.4]]
)
LOGITS_LARGE = np.array([[1000.0, 999.0, 0.0], [-1000.0, -1001.0, -1000.0]])


@softmax_cross_entropy.case
def the_logits_of_the_text(softmax_cross_entropy):
    """Logits (1, 2, 0), true class 1: the gradient is (0.245, −0.335, 0.090)."""
    return softmax_cross_entropy(np.array([[1.0, 2.0, 0.0]]), np.array([1]))


@softmax_cross_entropy.case
def five_samples_and_four_classes(softmax_cross_entropy):
    """Labels 3, 1, 0, 2, 2. The loss is a mean, and so is the gradient."""
    return softmax_cross_entropy(LOGITS_WIDE, np.array([3, 1, 0, 2, 2]))


@softmax_cross_entropy.case
def as_many_samples_as_classes(softmax_cross_entropy):
    """Three samples, three classes, labels 2, 0, 0."""
    return softmax_cross_entropy(LOGITS_SEEN, np.array([2, 0, 0]))


@softmax_cross_entropy.case(after=["five_samples_and_four_classes"])
def the_logits_are_left_as_they_were(softmax_cross_entropy):
    return inputs_after(softmax_cross_entropy, LOGITS_SEEN.copy(), np.array([0, 1, 2]))


@softmax_cross_entropy.case(part="large logits")
def logits_of_a_thousand(softmax_cross_entropy):
    """Rows (1000, 999, 0) and (−1000, −1001, −1000), labels 1 and 0."""
    return with_warnings(softmax_cross_entropy, LOGITS_LARGE, np.array([1, 0]))


@softmax_cross_entropy.case(part="large logits", judge=between(10, 2000, "loss"), after=["the_logits_of_the_text"])
def certain_and_wrong(softmax_cross_entropy):
    """Logits (1000, 0), true class 1: the loss is large, but finite."""
    loss, _ = softmax_cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))
    return {"loss": loss}


# --- network_gradients --------------------------------------------------------------------------------------------

network_gradients = exercise(
    "network_gradients",
    points=4,
    needs=["dense_backward", "relu_backward", "softmax_cross_entropy"],
    returns="a list of pairs (dW, db), one per layer, the first layer first",
    hints=[
        "What does dense_backward need of each layer, and what does relu_backward need? When do you have these numbers?",
        "Forwards keep for each layer what went in, and z. Backwards: dlogits, then dense_backward of the last layer; "
        "its dX goes through relu_backward with the z of the layer before, and so on.",
        "Loop forwards and append each layer's input and z to two lists. Start the message with softmax_cross_entropy "
        "of the last z. Loop backwards over the layers: dense_backward gives the gradients to keep, at the front of a "
        "list, and dX; unless it is the first layer, send dX through relu_backward with the z before.",
    ],
)


def layer(n_in, n_out, shift):
    """Weights and biases with regular, distinct numbers of both signs."""
    W = np.sin(1.7 * np.arange(n_in * n_out) + shift).reshape(n_in, n_out)
    return W, np.cos(2.3 * np.arange(n_out) + shift)


TWO_LAYERS = [layer(3, 4, 0.3), layer(4, 2, 1.1)]
THREE_LAYERS = [layer(3, 3, 0.5), layer(3, 3, 2.0), layer(3, 3, 0.9)]
LABELS_SEEN = np.array([1, 0, 1, 1])


@network_gradients.case
def a_single_layer(network_gradients):
    """X (4, 3) → 2 classes: no hidden layer, no ReLU."""
    return network_gradients(X_SEEN, LABELS_SEEN, [layer(3, 2, 1.4)])


@network_gradients.case
def two_layers(network_gradients):
    """X (4, 3) → 4 hidden units → 2 classes."""
    return network_gradients(X_SEEN, LABELS_SEEN, TWO_LAYERS)


@network_gradients.case
def three_layers_of_equal_width(network_gradients):
    """3 → 3 → 3 → 3: no shape complains when layers are mixed up."""
    return network_gradients(X_SEEN, np.array([2, 0, 0, 1]), THREE_LAYERS)


@network_gradients.case(after=["two_layers"])
def nothing_that_was_handed_in_has_changed(network_gradients):
    """X, the labels, and the list of parameters with everything in it."""
    return inputs_after(network_gradients, X_SEEN[:2].copy(), np.array([0, 1]), [layer(3, 3, 0.2), layer(3, 2, 0.7)])


# --- gradient_check -----------------------------------------------------------------------------------------------

gradient_check = exercise(
    "gradient_check",
    points=2,
    returns="one number, the largest relative error",
    hints=[
        "Where do you get a gradient that doesn't come from the same formulas? And when is a difference large?",
        "|a − n| / max(|a| + |n|, 1e-8) for each entry, with n from `numerical_gradient` and h = 1e-5; then the largest.",
        "Compute the numerical gradient. Divide the absolute difference by the sum of the absolute values, no smaller "
        "than 1e-8 (np.maximum), entry by entry. Return the maximum.",
    ],
)


def size(error):
    """The size of a relative error in words: what matters is its order, not its digits."""
    error = getattr(error, "array", error)  # of a tensor
    if np.ndim(error) or isinstance(error, bool | np.bool_ | tuple | list | str) or error is None:
        return f"no number but a {type(error).__name__}"
    if not np.isfinite(error):
        return "not finite"
    bounds = [
        (0.0, "negative"),
        (1e-6, "below 1e-6: right"),
        (1e-2, "between 1e-6 and 0.01"),
        (2.5, "0.01 or more: wrong"),
    ]
    return next((words for bound, words in bounds if error < bound), "far above 1, where no relative error can be")


def curved(x):
    """A function whose gradient is 3x² + cos of the entry before, with slopes of very different size."""
    return float((x**3).sum() + np.sin(x.ravel()[:-1]).sum())


def slopes_of_curved(x):
    flat = x.ravel()
    return (3 * flat**2 + np.append(np.cos(flat[:-1]), 0.0)).reshape(x.shape)


POINT = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -2.0]])


@gradient_check.case(judge=reduced(size))
def a_right_gradient(gradient_check):
    """x is (2, 3), the function is curved, all six slopes are right: below 1e-6."""
    return gradient_check(curved, POINT, slopes_of_curved(POINT))


@gradient_check.case(judge=reduced(size))
def one_entry_of_six_is_wrong(gradient_check):
    """It is a tenth too large: the relative error is about 0.05."""
    wrong = slopes_of_curved(POINT)
    wrong[1, 1] *= 1.1
    return gradient_check(curved, POINT, wrong)


@gradient_check.case(judge=reduced(size))
def only_the_first_entry_is_wrong(gradient_check):
    """f = x₁² + x₂² near the bottom: the first slope is said to be 1 instead of 0.2."""
    return gradient_check(lambda x: float(x @ x), np.array([0.1, -0.2]), np.array([1.0, -0.4]))


@gradient_check.case(judge=reduced(size))
def near_the_bottom_of_a_parabola(gradient_check):
    """The same with the right slopes, 0.2 and −0.4, which are small compared with how fast they change."""
    return gradient_check(lambda x: float(x @ x), np.array([0.1, -0.2]), np.array([0.2, -0.4]))


@gradient_check.case(judge=reduced(size))
def the_sign_is_wrong(gradient_check):
    """Every entry has the wrong sign: the relative error is 1."""
    return gradient_check(curved, POINT, -slopes_of_curved(POINT))


@gradient_check.case(judge=reduced(size))
def a_slope_that_is_0_and_is_said_to_be_0(gradient_check):
    """f = x₁² doesn't depend on x₂. Both say 0, and that is agreement, not 0/0."""
    return gradient_check(lambda x: float(x[0] ** 2), np.array([3.0, 5.0]), np.array([6.0, 0.0]))


@gradient_check.case(judge=reduced(size))
def a_slope_that_was_forgotten(gradient_check):
    """f = x₁² + x₂², but the second slope is said to be 0: the relative error is 1."""
    return gradient_check(lambda x: float(x @ x), np.array([3.0, 5.0]), np.array([6.0, 0.0]))


@gradient_check.case(judge=reduced(size))
def a_slope_that_is_not_there(gradient_check):
    """f = x₁², but the second slope is said to be 4: the relative error is 1."""
    return gradient_check(lambda x: float(x[0] ** 2), np.array([3.0, 5.0]), np.array([6.0, 4.0]))


@gradient_check.case(judge=reduced(size))
def tiny_slopes_twice_too_large(gradient_check):
    """f = x² / 1000000: the slope is tiny, and its double is as wrong as with large slopes."""
    return gradient_check(lambda x: 1e-6 * float(x @ x), np.array([1.0, 2.0]), np.array([4e-6, 8e-6]))


@gradient_check.case(judge=reduced(size))
def huge_slopes_that_are_right(gradient_check):
    """f = 1000000 · x³: a difference of 0.001 is nothing there."""
    return gradient_check(lambda x: 1e6 * float((x**3).sum()), np.array([1.0, 2.0]), np.array([3e6, 12e6]))


@gradient_check.case(after=["a_right_gradient"])
def x_and_the_gradient_are_left_as_they_were(gradient_check):
    return inputs_after(lambda x, g: gradient_check(curved, x, g), POINT.copy(), slopes_of_curved(POINT))


# --- directional_check (stretch) ----------------------------------------------------------------------------------

directional_check = exercise(
    "directional_check",
    stretch=True,
    returns="one number, the relative error along the direction",
    hints=[
        "If you walk a tiny step along a direction, how much should f change, going by the gradient?",
        "claimed = the sum of analytic · direction; numerical = (f(x + h·v) − f(x − h·v)) / (2h) with h = 1e-5. Then the "
        "formula of `gradient_check` for these two numbers.",
        "Move x by h times the direction to both sides, and divide the difference of f by 2h. Compare with the sum of "
        "the products, relative to the sum of the two sizes, no smaller than 1e-8.",
    ],
)

WAY = np.array([[0.3, -0.8, 0.5], [1.0, 0.4, -0.6]])


@directional_check.case(judge=reduced(size))
def a_right_gradient_along_a_direction(directional_check):
    """x, gradient and direction are (2, 3): below 1e-6."""
    return directional_check(curved, POINT, slopes_of_curved(POINT), WAY)


@directional_check.case(judge=reduced(size))
def an_array_with_one_entry(directional_check):
    """f = x³ at 2, where the slope is 12."""
    return directional_check(lambda x: float(x[0] ** 3), np.array([2.0]), np.array([12.0]), np.array([0.5]))


@directional_check.case(judge=reduced(size))
def one_wrong_entry_shows(directional_check):
    """One of the six slopes has the wrong sign."""
    wrong = slopes_of_curved(POINT)
    wrong[0, 2] *= -1
    return directional_check(curved, POINT, wrong, WAY)


@directional_check.case(judge=reduced(size))
def a_wrong_entry_where_the_direction_is_0(directional_check):
    """The only wrong slope is one that the direction doesn't touch: along it, all is right."""
    wrong, way = slopes_of_curved(POINT), WAY.copy()
    wrong[0, 2], way[0, 2] = 99.0, 0.0
    return directional_check(curved, POINT, wrong, way)


@directional_check.case(judge=reduced(size))
def no_slope_along_the_direction(directional_check):
    """f = x₁² along (0, 1): claimed 0, measured 0. That is agreement, not 0/0."""
    x, way = np.array([3.0, 5.0]), np.array([0.0, 1.0])
    return directional_check(lambda x: float(x[0] ** 2), x, np.array([6.0, 0.0]), way)


@directional_check.case(judge=reduced(size))
def tiny_slopes_of_the_wrong_size(directional_check):
    """f = x² / 1000000, and the gradient is twice too large."""
    x, way = np.array([1.0, 2.0]), np.array([0.5, 0.25])
    return directional_check(lambda x: 1e-6 * float(x @ x), x, np.array([4e-6, 8e-6]), way)


@directional_check.case(judge=reduced(size))
def the_sign_of_all_slopes_is_wrong(directional_check):
    """The relative error is 1."""
    return directional_check(curved, POINT, -slopes_of_curved(POINT), WAY)


@directional_check.case
def f_is_called_twice(directional_check):
    """However many entries x has."""
    calls = []

    def counted(x):
        calls.append(1)
        return curved(x)

    directional_check(counted, POINT, slopes_of_curved(POINT), WAY)
    return len(calls)


@directional_check.case(after=["a_right_gradient_along_a_direction"])
def all_three_arrays_are_left_as_they_were(directional_check):
    return inputs_after(
        lambda x, g, v: directional_check(curved, x, g, v), POINT.copy(), slopes_of_curved(POINT), WAY.copy()
    )
