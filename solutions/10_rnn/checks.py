"""What is asked of each exercise of lesson 10, and its hints."""

import numpy as np

from autograder import exercise, inputs, inputs_after, reduced

TORCHS_LAYERS = [
    "torch.nn.RNN",
    "torch.nn.RNNCell",
    "torch.rnn_tanh",
    "torch.rnn_tanh_cell",
]
TORCHS_GRADIENTS = [
    "torch.Tensor.backward",
    "torch.autograd.backward",
    "torch.autograd.grad",
    "torch.autograd.functional.vjp",
    "torch.autograd.functional.jacobian",
    "torch.func.grad",
    "torch.func.vjp",
    "torch.func.jacrev",
]


def kind(array):
    """What an array holds, in a word."""
    kinds = {"f": "floats", "i": "whole numbers", "u": "whole numbers", "b": "True and False"}
    return kinds.get(np.asarray(array).dtype.kind, "something else")


def first_of_two(result):
    """The first entry of a pair; anything else as it is."""
    return result[0] if isinstance(result, tuple | list) and len(result) == 2 else result


def is_pair(result):
    return isinstance(result, tuple | list) and len(result) == 2


# --- build_vocabulary ---------------------------------------------------------------------------------------------

build_vocabulary = exercise(
    "build_vocabulary",
    points=1,
    returns="a list of single characters",
    hints=[
        "How do you make each character count once, and how do you bring what is left into an order?",
        "A set keeps each of its members once and has no order; sorted makes an ordered list of it.",
        "Join all texts into one with ''.join, make a set of its characters, and return it sorted.",
    ],
)

NAMES = ["anna", "hans", "bodo", "emil", "fritz", "gustav"]


def listed(vocabulary):
    """What a vocabulary is, in words and without regard to the order of a set, which differs from run to run."""
    if not isinstance(vocabulary, list) or not all(isinstance(entry, str) for entry in vocabulary):
        return f"{type(vocabulary).__name__} in place of a list of characters"
    in_order = vocabulary == sorted(vocabulary)
    ignoring_case = [c.lower() for c in vocabulary] == sorted(c.lower() for c in vocabulary)
    return {
        "how many": len(vocabulary),
        "characters": "".join(sorted(set(vocabulary))),
        "order": "sorted" if in_order else "small and capital letters mixed" if ignoring_case else "not sorted",
    }


@build_vocabulary.case
def six_names(build_vocabulary):
    """anna, hans, bodo, emil, fritz and gustav: 17 different letters, from a to z."""
    return listed(build_vocabulary(NAMES))


@build_vocabulary.case
def one_text_of_many_characters(build_vocabulary):
    """A line break, spaces, digits, a comma and umlauts are characters, too."""
    return listed(build_vocabulary(["Zwölf Boxkämpfer jagen Viktor, 1\nüber den großen Sylter Deich 20."]))


@build_vocabulary.case
def capital_letters(build_vocabulary):
    """A and a are two characters. Python sorts all capital letters before all small ones: A, B, … a, b, …"""
    return listed(build_vocabulary(["Anna Berta Caesar Dora", "abcdefghij", "ABCDEFGH"]))


@build_vocabulary.case
def the_last_of_sorted_letters(build_vocabulary):
    """The texts zyxwvutsrq, ponml and kjihgfedcba come backwards; the list begins with a."""
    return listed(build_vocabulary(["zyxwvutsrq", "ponml", "kjihgfedcba"]))


# --- encode -------------------------------------------------------------------------------------------------------

encode = exercise(
    "encode",
    points=1,
    returns="an integer array with one number per character",
    hints=[
        "Where in the vocabulary does each character stand, and what if it stands nowhere?",
        "A dictionary {character: position} finds each position. Before you look one up, ask whether it is in there.",
        "Go through the text. If a character isn't in the vocabulary, raise a ValueError with an f-string that contains "
        "it. Otherwise keep its position. Make an integer array of them in the end.",
    ],
)

UNSORTED = list("nahs\ne")  # no text's own sorted characters, so that only positions in this list are right


def outcome(function, *arguments):
    """What a call raises and what it returns; one of the two is None."""
    try:
        return None, function(*arguments)
    except NotImplementedError:  # not written yet
        raise
    except Exception as error:  # whatever it is, the case says it in words
        return error, None


def value_error(error):
    """An error in words: a ValueError, one without a message, or which other one."""
    if not isinstance(error, ValueError):
        return f"{type(error).__name__} instead of ValueError"
    return "a ValueError" if str(error).strip() else "a ValueError without a message"


def names_the_character(encode, text, character):
    """What becomes of a text with a character that isn't in the vocabulary."""
    error, result = outcome(encode, text, list(UNSORTED))
    if error is None:
        return {"no error, but": type(result).__name__, "of": np.shape(result), "which is": str(result)}
    said = value_error(error)
    return (
        said
        if said != "a ValueError"
        else said + (" that names it" if character in str(error) else " with another text")
    )


@encode.case
def anna(encode):
    """The vocabulary of the text, a h n s: anna is 0 2 2 0."""
    return encode("anna", ["a", "h", "n", "s"])


@encode.case
def a_vocabulary_in_another_order(encode):
    """n a h s \\n e: a character's number is where it stands in this list, whatever the order."""
    return encode("\nhannes\n", list(UNSORTED))


@encode.case
def an_array_of_whole_numbers(encode):
    """Also of the empty text: an integer array of the shape (0,). np.array([]) alone would hold floats."""
    found = [encode(text, list(UNSORTED)) for text in ("sanne", "")]
    return [
        {"an array": isinstance(ids, np.ndarray), "shape": list(np.shape(ids)), "holds": kind(ids)} for ids in found
    ]


@encode.case
def a_character_that_is_unknown(encode):
    """hanß, where ß isn't in the vocabulary: a ValueError, and ß stands in its message."""
    return names_the_character(encode, "hanß", "ß")


@encode.case
def an_unknown_character_in_front(encode):
    """7annes, where 7 isn't in the vocabulary."""
    return names_the_character(encode, "7annes", "7")


@encode.case
def the_vocabulary_stays(encode):
    return inputs_after(encode, "hanna", list(UNSORTED))


# --- decode -------------------------------------------------------------------------------------------------------

decode = exercise(
    "decode",
    points=1,
    returns="a str",
    hints=[
        "Which character stands at a given place of the vocabulary, and how do many characters become one text?",
        "vocabulary[i] is the character number i, and ''.join(…) puts characters together with nothing in between.",
        "Take the character at each of the numbers, in order, and join them.",
    ],
)


@decode.case
def anna_again(decode):
    """The vocabulary a h n s: 0 2 2 0 is anna."""
    return decode(np.array([0, 2, 2, 0]), ["a", "h", "n", "s"])


@decode.case
def from_a_vocabulary_in_another_order(decode):
    """n a h s \\n e, and a list of numbers: every place of the vocabulary is used."""
    return decode([4, 2, 1, 0, 0, 5, 3], list(UNSORTED))


@decode.case
def one_character(decode):
    return decode(np.array([3]), list(UNSORTED))


@decode.case
def no_numbers(decode):
    """An empty array makes an empty text."""
    return decode(np.array([], dtype=int), list(UNSORTED))


@decode.case
def numbers_and_vocabulary_stay(decode):
    return inputs_after(decode, [5, 0, 3], list(UNSORTED))


# --- rnn_step -----------------------------------------------------------------------------------------------------

rnn_step = exercise(
    "rnn_step",
    points=2,
    returns="(h, cache), with h of the shape (n, hidden)",
    forbids=TORCHS_LAYERS,
    instead="Write the two products, the sum and the tanh.",
    hints=[
        "A dense layer with a bend has one input. What is added here before the bend?",
        "tanh(x Wx + h Wh + b): (n, d) @ (d, hidden) and (n, hidden) @ (hidden, hidden) are both (n, hidden).",
        "Multiply x by Wx and the old state by Wh, add both and the bias, and take np.tanh of the whole sum. Return it, "
        "and with it a tuple of whatever the way back needs.",
    ],
)


def layer(name, d, hidden):
    """Wx, Wh, b: none of them symmetric, none of them 0."""
    shapes = {"Wx": (d, hidden), "Wh": (hidden, hidden), "b": hidden}
    return [inputs(f"{name} {part}", shape, -0.7, 0.7) for part, shape in shapes.items()]


def step_inputs(name, n, d, hidden):
    """x, h, Wx, Wh, b for one step."""
    return [inputs(f"{name} x", (n, d), -1, 1), inputs(f"{name} h", (n, hidden), -0.9, 0.9), *layer(name, d, hidden)]


BY_HAND = [
    np.array([[1, 0]]),
    np.array([[0.2, -0.4]]),
    np.array([[0.5, -0.3], [0.1, 0.7]]),
    np.array([[0.6, 0.1], [-0.2, 0.5]]),
    np.array([0.1, 0]),
]
MIXED, EQUAL = step_inputs("step", 3, 2, 4), step_inputs("equal step", 3, 3, 3)


@rnn_step.case
def the_step_of_section_2(rnn_step):
    """x = (1, 0), h = (0.2, −0.4): the sums are 0.8 and −0.48, the new state is (0.664, −0.446)."""
    return first_of_two(rnn_step(*BY_HAND))


@rnn_step.case
def three_samples(rnn_step):
    """x (3, 2), h (3, 4): the new state has the shape (3, 4)."""
    return first_of_two(rnn_step(*MIXED))


@rnn_step.case
def all_sizes_equal(rnn_step):
    """3 samples, 3 numbers read, 3 hidden ones: here no shape gives a mix-up away."""
    return first_of_two(rnn_step(*EQUAL))


@rnn_step.case
def two_steps(rnn_step):
    """x (3, 2), twice the same; the second step begins with the state after the first."""
    x, h, *weights = MIXED
    return first_of_two(rnn_step(x, first_of_two(rnn_step(x, h, *weights)), *weights))


@rnn_step.case
def large_sums(rnn_step):
    """x = (1000, −1000) and weights of 1: the new state is (1, −1), as near to both as floats are."""
    x, Wx = np.array([[1000.0, -1000.0]]), np.eye(2)
    return first_of_two(rnn_step(x, np.array([[0.5, 0.5]]), Wx, np.eye(2), np.array([0.25, -0.25])))


@rnn_step.case
def a_pair_is_returned(rnn_step):
    """The new state and a cache. x, h, Wx, Wh and b of the caller stay as they are."""
    pair = is_pair(rnn_step(*MIXED))
    return {"a pair": pair, "what it was given": inputs_after(rnn_step, *(array.copy() for array in MIXED))}


# --- rnn_forward --------------------------------------------------------------------------------------------------

rnn_forward = exercise(
    "rnn_forward",
    points=2,
    needs=["rnn_step"],
    returns="(H, caches), with H of the shape (n, t, hidden): samples, steps, hidden numbers",
    forbids=TORCHS_LAYERS,
    instead="Take one step after another with your `rnn_step`.",
    hints=[
        "Which state goes into the first step, and which one into the second?",
        "For each step: h, cache = rnn_step(X[:, t], h, Wx, Wh, b), and h begins as h0. Time is axis 1, of X and of H.",
        "Let h be h0. Walk over axis 1 of X; in each step replace h by the new state, and append it and the cache to two "
        "lists. In the end stack the states along axis 1.",
    ],
)


def sequence(name, n, t, d, hidden):
    """X, h0, Wx, Wh, b for a sequence."""
    X, h0 = inputs(f"{name} X", (n, t, d), -1, 1), inputs(f"{name} h0", (n, hidden), -0.9, 0.9)
    return [X, h0, *layer(name, d, hidden)]


LONG, CUBE = sequence("sequence", 2, 4, 3, 5), sequence("cube", 3, 3, 3, 3)


@rnn_forward.case
def a_sequence_of_one_step(rnn_forward):
    """The numbers of section 2 with t = 1: H has the shape (1, 1, 2)."""
    x, h, *weights = BY_HAND
    return first_of_two(rnn_forward(x[:, None], h, *weights))


@rnn_forward.case
def four_steps(rnn_forward):
    """X (2, 4, 3), h0 (2, 5) and not 0: H has the shape (2, 4, 5)."""
    return first_of_two(rnn_forward(*LONG))


@rnn_forward.case
def four_steps_from_zeros(rnn_forward):
    """The same with h0 = 0. If only this passes, h0 isn't used, or not where it should be."""
    X, h0, *weights = LONG
    return first_of_two(rnn_forward(X, np.zeros_like(h0), *weights))


@rnn_forward.case
def more_samples_than_steps(rnn_forward):
    """X (5, 2, 3), h0 (5, 4): the loop runs over axis 1, which is time."""
    return first_of_two(rnn_forward(*sequence("wide", 5, 2, 3, 4)))


@rnn_forward.case
def all_sizes_of_the_sequence_equal(rnn_forward):
    """3 samples, 3 steps, 3 numbers read, 3 hidden ones: here no shape gives a mix-up away."""
    return first_of_two(rnn_forward(*CUBE))


@rnn_forward.case
def letters_as_whole_numbers(rnn_forward):
    """X is one-hot, in int64, and so is h0: H holds floats all the same."""
    X, h0 = np.eye(3, dtype=int)[[[0, 2, 1, 1], [2, 2, 0, 1]]], np.array([[1, 0, -1, 0, 0], [0, 1, 0, 0, 0]])
    H = first_of_two(rnn_forward(X, h0, *LONG[2:]))
    return {"H": H, "holds": kind(H)}


@rnn_forward.case
def the_pair_of_states_and_caches(rnn_forward):
    """H and caches. X, h0, Wx, Wh and b of the caller stay as they are."""
    pair = is_pair(rnn_forward(*LONG))
    return {"a pair": pair, "what it was given": inputs_after(rnn_forward, *(array.copy() for array in LONG))}


# --- rnn_step_backward --------------------------------------------------------------------------------------------

rnn_step_backward = exercise(
    "rnn_step_backward",
    points=3,
    needs=["rnn_step"],
    labels=["dx", "dh_prev", "dWx", "dWh", "db"],
    returns="(dx, dh_prev, dWx, dWh, db), of the shapes of x, h, Wx, Wh and b",
    forbids=TORCHS_GRADIENTS,
    instead="Send the message back through the tanh and the sum yourself.",
    hints=[
        "What is the slope of tanh, written with the new state alone? And what does each part of a sum get?",
        "dz = dh · (1 − h²) with the new state h. Then dx = dz Wxᵀ, dh_prev = dz Whᵀ, dWx = xᵀ dz, dWh = h_prevᵀ dz, and "
        "db is dz summed over the samples.",
        "Let your cache hold x, the old state, both matrices and the new state. Multiply dh by the slope at the new "
        "state. Then send that back through two dense layers and a bias, as in lesson 4.",
    ],
)


def step_and_back(rnn_step, rnn_step_backward, arrays, dh):
    """Your own `rnn_step`, then your way back with its cache."""
    return rnn_step_backward(dh, rnn_step(*arrays)[1])


@rnn_step_backward.case
def the_step_of_section_4(rnn_step, rnn_step_backward):
    """The message (1, 0): dz is (0.559, 0), and dh_prev is (0.335, −0.112). The cache is your `rnn_step`'s."""
    return step_and_back(rnn_step, rnn_step_backward, BY_HAND, np.array([[1.0, 0.0]]))


@rnn_step_backward.case
def back_with_three_samples(rnn_step, rnn_step_backward):
    """x (3, 2), dh (3, 4): each gradient has the shape of what it belongs to."""
    return step_and_back(rnn_step, rnn_step_backward, MIXED, inputs("step dh", (3, 4)))


@rnn_step_backward.case
def back_with_all_sizes_equal(rnn_step, rnn_step_backward):
    """3 samples, 3 numbers read, 3 hidden ones: here no shape gives a mix-up away."""
    return step_and_back(rnn_step, rnn_step_backward, EQUAL, inputs("equal dh", (3, 3)))


@rnn_step_backward.case
def states_near_1(rnn_step, rnn_step_backward):
    """New states of up to 0.999999, where the slope is nearly 0. Two of four messages are a million times as large."""
    x, h, Wx, Wh, b = step_inputs("steep", 4, 2, 3)
    arrays = [np.sign(x), h, 3 * np.sign(Wx) + Wx, Wh, b]
    dh = inputs("steep dh", (4, 3)) * np.array([1e6, 1, 1e6, 1])[:, None]
    return step_and_back(rnn_step, rnn_step_backward, arrays, dh)


@rnn_step_backward.case
def two_caches_at_a_time(rnn_step, rnn_step_backward):
    """Two steps forwards, then back, the second first: each cache belongs to its own step."""
    x, h, *weights = MIXED
    h, first = rnn_step(x, h, *weights)
    _, second = rnn_step(-x, h, *weights)
    return [rnn_step_backward(inputs("step dh", (3, 4)), cache) for cache in (second, first)]


@rnn_step_backward.case
def dh_stays(rnn_step, rnn_step_backward):
    """The dh of the caller, and all that went in. A second call with the same cache gives the same."""
    arrays = [array.copy() for array in MIXED]
    cache, dh = rnn_step(*arrays)[1], inputs("step dh", (3, 4))
    first, second = ([np.copy(part) for part in rnn_step_backward(dh, cache)] for _ in range(2))
    kept = zip([dh, *arrays], [inputs("step dh", (3, 4)), *MIXED], strict=True)
    return {
        "what it was given": "unchanged" if all(np.array_equal(a, b) for a, b in kept) else "changed",
        "the same again": all(np.array_equal(a, b) for a, b in zip(first, second, strict=True)),
    }


# --- rnn_backward -------------------------------------------------------------------------------------------------

rnn_backward = exercise(
    "rnn_backward",
    points=3,
    needs=["rnn_forward", "rnn_step_backward"],
    labels=["dX", "dh0", "dWx", "dWh", "db"],
    returns="(dX, dh0, dWx, dWh, db), of the shapes of X, h0, Wx, Wh and b",
    forbids=[*TORCHS_LAYERS, *TORCHS_GRADIENTS],
    instead="Go back step by step with your `rnn_step_backward`.",
    hints=[
        "A state in the middle is read by two. Who are they, and what does each of them send back?",
        "From the last step to the first: the message is dH[:, t] + dh_prev of step t + 1, which is 0 at the end. dWx, dWh "
        "and db are sums over all steps, and the last dh_prev is dh0.",
        "Begin with nothing from later. Walk the steps backwards; add what came from later to dH[:, t], call "
        "`rnn_step_backward` with this step's cache, keep dx for its place in dX, keep dh_prev for the next round, add "
        "the three others up.",
    ],
)


def through_time(rnn_forward, rnn_backward, arrays, dH):
    """Your own `rnn_forward`, then your way back with its caches."""
    return rnn_backward(dH, rnn_forward(*arrays)[1])


def only_at(t):
    """A message to the four steps of LONG that is 0 but for step t."""
    dH = np.zeros((2, 4, 5))
    dH[:, t] = inputs("through time dH", (2, 4, 5))[:, t]
    return dH


@rnn_backward.case
def back_through_one_step(rnn_forward, rnn_backward):
    """The numbers of section 4 with t = 1: there is no later step."""
    x, h, *weights = BY_HAND
    return through_time(rnn_forward, rnn_backward, [x[:, None], h, *weights], np.array([[[1.0, 0.0]]]))


@rnn_backward.case
def a_message_at_the_first_step_alone(rnn_forward, rnn_backward):
    """X (2, 4, 3), and dH is 0 after the first step: later steps get nothing, h0 gets something."""
    return through_time(rnn_forward, rnn_backward, LONG, only_at(0))


@rnn_backward.case
def a_message_at_the_last_step_alone(rnn_forward, rnn_backward):
    """X (2, 4, 3), and dH is 0 before the last step: what arrives at earlier steps has come through time."""
    return through_time(rnn_forward, rnn_backward, LONG, only_at(3))


@rnn_backward.case
def a_message_at_every_step(rnn_forward, rnn_backward):
    """X (2, 4, 3), h0 (2, 5), dH (2, 4, 5), all of them not 0."""
    return through_time(rnn_forward, rnn_backward, LONG, inputs("through time dH", (2, 4, 5)))


@rnn_backward.case
def back_with_more_samples_than_steps(rnn_forward, rnn_backward):
    """X (5, 2, 3), dH (5, 2, 4): time is axis 1 of both."""
    arrays = sequence("wide", 5, 2, 3, 4)
    return through_time(rnn_forward, rnn_backward, arrays, inputs("wide dH", (5, 2, 4)))


@rnn_backward.case
def back_with_all_sizes_of_the_sequence_equal(rnn_forward, rnn_backward):
    """3 samples, 3 steps, 3 numbers read, 3 hidden ones: here no shape gives a mix-up away."""
    return through_time(rnn_forward, rnn_backward, CUBE, inputs("cube dH", (3, 3, 3)))


@rnn_backward.case
def messages_of_different_sizes(rnn_forward, rnn_backward):
    """X (2, 4, 3). The messages to the first sample are a million times as large as those to the second."""
    dH = inputs("through time dH", (2, 4, 5)) * np.array([1e6, 1])[:, None, None]
    return through_time(rnn_forward, rnn_backward, LONG, dH)


@rnn_backward.case
def dh_of_the_whole_sequence_stays(rnn_forward, rnn_backward):
    """The dH of the caller, and all that went in. A second call with the same caches gives the same."""
    arrays = [array.copy() for array in LONG]
    caches, dH = rnn_forward(*arrays)[1], inputs("through time dH", (2, 4, 5))
    first, second = ([np.copy(part) for part in rnn_backward(dH, caches)] for _ in range(2))
    kept = zip([dH, *arrays], [inputs("through time dH", (2, 4, 5)), *LONG], strict=True)
    return {
        "what it was given": "unchanged" if all(np.array_equal(a, b) for a, b in kept) else "changed",
        "the same again": all(np.array_equal(a, b) for a, b in zip(first, second, strict=True)),
    }


# --- clip_gradients -----------------------------------------------------------------------------------------------

clip_gradients = exercise(
    "clip_gradients",
    points=2,
    returns="a list of arrays, of the shapes of grads",
    forbids=["torch.nn.utils.clip_grad_norm_"],
    instead="Work out the norm and the factor yourself.",
    hints=[
        "How many norms are there, and how many factors?",
        "norm = √(sum of all squares of all arrays). The factor is max_norm / norm if norm > max_norm, otherwise 1.",
        "Sum the squares of each array, add these sums up, take the root. If it is above max_norm, multiply every array by "
        "max_norm / norm, else by 1. Return a new list.",
    ],
)

UNEVEN = [inputs("clip W", (3, 4), -5, 5), inputs("clip b", 4, -0.1, 0.1), inputs("clip V", (2, 1, 2), -1, 1)]


@clip_gradients.case
def three_and_four(clip_gradients):
    """(3, 0) and (0, 4), max_norm 1: the norm is 5, so they become (0.6, 0) and (0, 0.8)."""
    return clip_gradients([np.array([3, 0]), np.array([0, 4])], 1.0)


@clip_gradients.case
def a_large_array_and_small_ones(clip_gradients):
    """A matrix of numbers up to 5, a bias up to 0.1, an array of three axes; max_norm 2. All get one factor."""
    return clip_gradients(UNEVEN, 2.0)


@clip_gradients.case
def short_enough(clip_gradients):
    """The same, max_norm 1000: nothing changes."""
    return clip_gradients(UNEVEN, 1000.0)


@clip_gradients.case
def exactly_as_long(clip_gradients):
    """(3, 0) and (0, 4), max_norm 5: nothing changes. With max_norm 4.9 they are shortened a little."""
    return [clip_gradients([np.array([3.0, 0.0]), np.array([0.0, 4.0])], max_norm) for max_norm in (5.0, 4.9)]


@clip_gradients.case
def negative_numbers_alone(clip_gradients):
    """(−6, −8), max_norm 5: they become (−3, −4)."""
    return clip_gradients([np.array([-6.0, -8.0])], 5.0)


@clip_gradients.case
def all_zero(clip_gradients):
    """The norm is 0, and zeros they stay: don't divide by the norm where nothing is to be shortened."""
    return clip_gradients([np.zeros((2, 3)), np.zeros(3)], 1.0)


@clip_gradients.case
def new_arrays(clip_gradients):
    """Too long or not, the arrays of the caller stay, and the returned ones are others (g * 1.0 makes one)."""
    said = {}
    for what, max_norm in (("too long", 2.0), ("short enough", 1000.0)):
        grads = [array.copy() for array in UNEVEN]
        clipped = clip_gradients(grads, max_norm)
        kept = len(grads) == 3 and all(np.array_equal(a, b) for a, b in zip(grads, UNEVEN, strict=True))
        shared = any(np.shares_memory(a, b) for a, b in zip(clipped, grads, strict=False))
        said[what] = {"of the caller": "unchanged" if kept else "changed", "returned": "the same" if shared else "new"}
    return said


# --- memory_span --------------------------------------------------------------------------------------------------

memory_span = exercise(
    "memory_span",
    points=2,
    returns="an array (steps,)",
    hints=[
        "What is multiplied in each step, and what is measured of the product?",
        "The power t is the power t − 1 times Wh, with @. np.linalg.norm(power, 2) is its largest singular value.",
        "Begin with Wh itself. In each step keep the norm of the power, with 2 as second argument, then multiply the power "
        "by Wh once more.",
    ],
)

RANDOM, TURN = inputs("span Wh", (4, 4), -0.8, 0.8), 0.9 * np.array([[0.6, -0.8], [0.8, 0.6]])


@memory_span.case
def to_and_fro(memory_span):
    """The matrix of section 7: 2, 1, 2, 1, 2."""
    return memory_span(np.array([[0, 2], [0.5, 0]]), 5)


@memory_span.case
def a_turn_that_shrinks(memory_span):
    """0.9 times a rotation: 0.9, 0.81, 0.729, …"""
    return memory_span(TURN, 6)


@memory_span.case
def four_hidden_numbers(memory_span):
    """Wh (4, 4), 8 steps."""
    return memory_span(RANDOM, 8)


@memory_span.case
def one_step(memory_span):
    """steps = 1: the largest singular value of Wh, and nothing else."""
    return memory_span(RANDOM, 1)


@memory_span.case
def what_is_soon_forgotten(memory_span):
    """Wh is 0 but for a 3 above the diagonal: 3, 0, 0. After two steps nothing is left."""
    return memory_span(np.array([[0.0, 3.0], [0.0, 0.0]]), 3)


@memory_span.case
def wh_stays(memory_span):
    return inputs_after(memory_span, RANDOM.copy(), 4)


# --- sample -------------------------------------------------------------------------------------------------------

sample = exercise(
    "sample",
    points=2,
    returns="an int",
    forbids=["torch.multinomial", "torch.distributions.Categorical"],
    instead="Draw with the rng that you are given.",
    hints=[
        "What is divided by the temperature, the scores or their probabilities? And what would T = 0 do?",
        "p = softmax(logits / T), with logits as one row, (1, k). Then rng.choice(k, p=p).",
        "Raise a ValueError if the temperature isn't above 0. Divide the scores by it, into a new array; make one row of "
        "them, send it through softmax, take its first row, and draw with rng.choice.",
    ],
)

DRAWS = 2000


def number_of(draw):
    """A draw as an int. Raises ValueError where it is none."""
    if isinstance(draw, int | np.integer) and not isinstance(draw, bool | np.bool_):
        return int(draw)
    shape = f" of the shape {draw.shape}" if isinstance(draw, np.ndarray) else ""
    raise ValueError(f"{type(draw).__name__}{shape} was returned in place of an int")


def softmax_of(scores):
    e = np.exp(scores - np.max(scores))
    return e / e.sum()


def drawn(sample, logits, temperature):
    """How often each number comes in 2000 draws: a row (number, times) for each."""
    rng, logits = np.random.default_rng(5), np.asarray(logits)
    draws = [number_of(sample(logits.copy(), temperature, rng)) for _ in range(DRAWS)]
    return np.stack(np.unique(draws, return_counts=True), axis=1)


def as_softmax_of(logits, temperature):
    """A judge of what `drawn` returns, by the first of these descriptions whose shares are met to within 0.06."""
    s, k = np.asarray(logits, dtype=float), len(logits)
    known = {
        "softmax(scores / T)": softmax_of(s / temperature),
        "always the largest": np.eye(k)[np.argmax(s)],
        "softmax(scores · T)": softmax_of(s * temperature),
        "softmax(scores), without T": softmax_of(s),
        "softmax(−scores / T)": softmax_of(-s / temperature),
        "all equally often": np.ones(k) / k,
    }

    def looks(rows):
        numbers, times = rows.T
        if numbers.min() < 0 or numbers.max() >= k or times.sum() != DRAWS:
            return f"numbers from {numbers.min()} to {numbers.max()}"
        shares = np.bincount(numbers, times, k) / DRAWS
        met = (name for name, p in known.items() if np.abs(shares - p).max() < 0.06)
        return next(met, "always the same one" if len(rows) == 1 else "none of those expected")

    return reduced(looks)


def refused(sample, temperature):
    """What becomes of a temperature that isn't above 0."""
    error, result = outcome(sample, np.array([2.0, 1.0, 0.0]), temperature, np.random.default_rng(5))
    if error is None:
        return f"no error, but {type(result).__name__}"
    said, message = value_error(error), str(error).lower()
    numpys = "probabilit" in message and "temp" not in message and "0" not in message  # it says this of nan, too
    return f"{said} of NumPy's: {error}" if numpys else said


@sample.case(judge=as_softmax_of([2.0, 1.0, 0.0], 0.5))
def a_cold_draw(sample):
    """Scores (2, 1, 0), T = 0.5, 2000 draws: the shares are 0.867, 0.117 and 0.016, each to within 0.06."""
    return drawn(sample, [2.0, 1.0, 0.0], 0.5)


@sample.case(judge=as_softmax_of([2.0, 1.0, 0.0], 2.0))
def a_hot_draw(sample):
    """Scores (2, 1, 0), T = 2, 2000 draws: the shares are 0.506, 0.307 and 0.186, each to within 0.06."""
    return drawn(sample, [2.0, 1.0, 0.0], 2.0)


@sample.case(judge=as_softmax_of([0, -1, 2, 1, 1], 1.5))
def five_scores_in_any_order(sample):
    """Scores (0, −1, 2, 1, 1), whole numbers, T = 1.5, 2000 draws."""
    return drawn(sample, [0, -1, 2, 1, 1], 1.5)


@sample.case(judge=as_softmax_of([-1000.0, 1000.0, 999.9], 0.1))
def large_scores(sample):
    """Scores (−1000, 1000, 999.9), T = 0.1: the last two come as 73 to 27, and nothing overflows."""
    return drawn(sample, [-1000.0, 1000.0, 999.9], 0.1)


@sample.case
def one_class(sample):
    """A single score: 0 is all there is to draw."""
    return number_of(sample(np.array([0.3]), 0.7, np.random.default_rng(1)))


@sample.case
def the_same_rng_draws_the_same(sample):
    """Two rng in the same state draw the same 20; and the 20 draws of one rng differ among themselves."""
    logits = np.zeros(50)
    one, again = (
        [number_of(sample(logits, 1.0, rng)) for _ in range(20)] for rng in map(np.random.default_rng, (3, 3))
    )
    return {"the same again": one == again, "they differ": len(set(one)) > 5}


@sample.case
def temperatures_that_make_no_sense(sample):
    """T = 0 and T = −0.5: a ValueError whose message says what is wrong with the temperature."""
    return {"0": refused(sample, 0), "-0.5": refused(sample, -0.5)}


@sample.case
def the_scores_stay(sample):
    """`logits /= temperature` would change the caller's scores, and the next draw would be colder still."""
    return inputs_after(lambda logits: sample(logits, 0.5, np.random.default_rng(2)), np.array([2.0, 1.0, 0.0]))


# --- edit_distance (stretch) --------------------------------------------------------------------------------------

edit_distance = exercise(
    "edit_distance",
    stretch=True,
    returns="one whole number",
    hints=[
        "What is the distance from the first i letters to nothing, and from nothing to the first j?",
        "D[i, j] is the smallest of D[i−1, j] + 1, D[i, j−1] + 1 and D[i−1, j−1] + (0 if the two letters are equal, else "
        "1).",
        "Make a table one row and one column larger than the words. Fill the edges with 0, 1, 2, … Fill the rest row by "
        "row from its three neighbours. The answer stands at the bottom right.",
    ],
)


@edit_distance.case
def the_pairs_of_the_text(edit_distance):
    """anna and hanna: 1. kitten and sitting: 3."""
    return [edit_distance("anna", "hanna"), edit_distance("kitten", "sitting")]


@edit_distance.case
def nothing_and_something(edit_distance):
    """To nothing: delete all. From nothing: insert all. From nothing to nothing: 0."""
    return [edit_distance("emil", ""), edit_distance("", "fritz"), edit_distance("", "")]


@edit_distance.case
def equal_words(edit_distance):
    """bodo and bodo: 0."""
    return edit_distance("bodo", "bodo")


@edit_distance.case
def two_letters_exchanged(edit_distance):
    """ab and ba: 2, since an exchange isn't one of the three changes."""
    return edit_distance("ab", "ba")


@edit_distance.case
def a_letter_cut_off_in_front_and_added_behind(edit_distance):
    """abcdef and bcdefg: 2, though no letter stands where it stood."""
    return [edit_distance("abcdef", "bcdefg"), edit_distance("bcdefg", "abcdef")]


@edit_distance.case
def words_with_nothing_in_common(edit_distance):
    """abc and defgh: 3 replaced, 2 inserted."""
    return [edit_distance("abc", "defgh"), edit_distance("defgh", "abc")]


@edit_distance.case
def two_long_words(edit_distance):
    """intergalaktisch and interkontinental: whoever tries out all ways one by one doesn't get to an end."""
    return edit_distance("intergalaktisch", "interkontinental")
