"""What stays with the author of lesson 10: held-out cases, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, integer_inputs

# --- build_vocabulary ---------------------------------------------------------------------------------------------

build_vocabulary = exercise("build_vocabulary")


@build_vocabulary.held_out
def texts_that_are_empty(build_vocabulary):
    return [build_vocabulary(["", "ba", ""]), build_vocabulary([""])]


@build_vocabulary.held_out
def signs_of_all_kinds(build_vocabulary):
    return build_vocabulary(["€uro → 5 ≤ 7", "Ärger, öfter; Übel\t", "aAbBzZ09 ~!"])


@build_vocabulary.held_out
def a_tuple_of_many_texts(build_vocabulary):
    return build_vocabulary(tuple(chr(200 - i) * (i + 1) for i in range(60)))


WRONG_VOCABULARIES = {
    "set-order": (
        "A set has no order you can rely on; next time the same numbers would mean other letters. Sort it.",
        lambda texts: list(set("".join(texts))),
    ),
    "not-unique": (
        "A character that occurs twice is in your list twice. A set keeps each once.",
        lambda texts: sorted("".join(texts)),
    ),
    "first-text-only": (
        "Only the first text is read. The vocabulary is made of the characters of all texts.",
        lambda texts: sorted(set(texts[0])),
    ),
    "last-text-only": (
        "Only the last text is read. Collect the characters of all texts, then sort once.",
        lambda texts: sorted(set(texts[-1])),
    ),
    "texts-for-characters": (
        "Your list holds whole texts. Join them first, then take the single characters.",
        lambda texts: sorted(set(texts)),
    ),
    "words-for-characters": (
        "Your list holds words. Here the pieces are single characters: leave out split.",
        lambda texts: sorted(set(" ".join(texts).split())),
    ),
    "made-small": (
        "Capital letters became small ones. A and a are two characters: leave out lower.",
        lambda texts: sorted(set("".join(texts).lower())),
    ),
    "letters-only": (
        "Only letters are kept. Spaces, digits and line breaks are characters, too.",
        lambda texts: sorted({c for c in "".join(texts) if c.isalpha()}),
    ),
    "spaces-left-out": (
        "Spaces and line breaks are missing. They are characters like all others: leave out strip, split and replace.",
        lambda texts: sorted({c for c in "".join(texts) if not c.isspace()}),
    ),
    "joined-with-a-space": (
        "You joined the texts with a space, which occurs in none of them. Join with nothing: ''.join.",
        lambda texts: sorted(set(" ".join(texts))),
    ),
    "joined-with-a-line-break": (
        "You joined the texts with a line break, which occurs in none of them. Join with nothing: ''.join.",
        lambda texts: sorted(set("\n".join(texts))),
    ),
    "alphabet-alone": (
        "Your list is the same whatever the texts are. It holds the characters that occur in them.",
        lambda texts: [chr(i) for i in range(97, 123)],
    ),
    "sorted-regardless-of-case": (
        "Small and capital letters are mixed. Plain sorted, without key, puts all capitals first.",
        lambda texts: sorted(set("".join(texts)), key=lambda c: (c.lower(), c)),
    ),
    "in-both-texts": (
        "Only characters that occur in every text are left. Take those that occur in any of them: |, not &.",
        lambda texts: sorted(set.intersection(*map(set, texts))),
    ),
    "set-returned": (
        "A set was returned. It has no positions: sorted makes a list of it.",
        lambda texts: set("".join(texts)),
    ),
    "string-returned": (
        "A str was returned. The vocabulary is a list: sorted alone gives one, without join around it.",
        lambda texts: "".join(sorted(set("".join(texts)))),
    ),
    "dictionary-returned": (
        "A dictionary was returned. The vocabulary is the sorted list itself: position and character belong together.",
        lambda texts: {c: i for i, c in enumerate(sorted(set("".join(texts))))},
    ),
    "sort-returns-none": (
        "list.sort() sorts in place and returns None. Use sorted(…), or return the list after sorting.",
        lambda texts: list(set("".join(texts))).sort(),
    ),
}

for name, (message, wrong) in WRONG_VOCABULARIES.items():
    build_vocabulary.mistake(name, message, value=wrong)


@build_vocabulary.variant
def by_dictionary(texts):
    seen = {}
    for text in texts:
        seen |= dict.fromkeys(text)
    return sorted(seen)


@build_vocabulary.variant
def by_appending(texts):
    vocabulary = []
    for text in texts:
        for character in text:
            if character not in vocabulary:
                vocabulary.append(character)
    vocabulary.sort()
    return vocabulary


@build_vocabulary.variant
def by_union(texts):
    return [*sorted(set().union(*texts))]


# --- encode -------------------------------------------------------------------------------------------------------

encode = exercise("encode")


@encode.held_out
def a_long_text(encode):
    vocabulary = [chr(i) for i in range(300, 100, -1)]
    return encode("".join(chr(101 + i * 37 % 200) for i in range(500)), vocabulary)


@encode.held_out
def unknown_at_the_end_and_alone(encode):
    found = []
    for text in ("abbaX", "X"):
        try:
            found.append(encode(text, ["b", "a"]))
        except ValueError as error:
            found.append("X" in str(error))
    return found


def positions(text, vocabulary):
    """encode, done right but for unknown characters, which are left out."""
    return np.array([vocabulary.index(c) for c in text if c in vocabulary], dtype=int)


def unknown_in(text, vocabulary):
    return [c for c in text if c not in vocabulary]


def or_raise(error):
    """encode, done right but for the error, which error(character, text) makes."""

    def encoded(text, vocabulary):
        if unknown := unknown_in(text, vocabulary):
            raise error(unknown[0], text)
        return positions(text, vocabulary)

    return encoded


def where_known(numbers):
    """encode with a mistake in the numbers; the error is right."""

    def encoded(text, vocabulary):
        if unknown := unknown_in(text, vocabulary):
            raise ValueError(f"{unknown[0]!r} is unknown")
        return numbers(text, vocabulary)

    return encoded


WRONG_CODES = {
    "unknown-dropped": (
        "A character that isn't in the vocabulary is left out in silence. Raise a ValueError that names it.",
        positions,
    ),
    "unknown-minus-one": (
        "An unknown character becomes −1, which is the last entry of the vocabulary to Python. Raise a ValueError.",
        lambda text, vocabulary: np.array([vocabulary.index(c) if c in vocabulary else -1 for c in text], dtype=int),
    ),
    "unknown-zero": (
        "An unknown character becomes 0, as if it were the first of the vocabulary. Raise a ValueError.",
        lambda text, vocabulary: np.array([vocabulary.index(c) if c in vocabulary else 0 for c in text], dtype=int),
    ),
    "key-error": (
        "An unknown character raises a KeyError. Ask whether it is in the vocabulary first, and raise a ValueError.",
        or_raise(lambda character, text: KeyError(character)),
    ),
    "character-not-named": (
        "Your ValueError doesn't say which character it is. Put it into the message with an f-string.",
        or_raise(lambda character, text: ValueError("unknown character")),
    ),
    "error-without-message": (
        "Your ValueError has no message. Say in it which character isn't in the vocabulary.",
        or_raise(lambda character, text: ValueError),
    ),
    "assertion": (
        "assert raises an AssertionError. The docstring asks for a ValueError: if …, raise ValueError(…).",
        or_raise(lambda character, text: AssertionError(character)),
    ),
    "error-returned": (
        "The ValueError is returned, not raised, so nobody hears of it. Write raise in place of return.",
        lambda text, vocabulary: (
            ValueError(unknown_in(text, vocabulary)[0]) if unknown_in(text, vocabulary) else positions(text, vocabulary)
        ),
    ),
    "message-returned": (
        "The message is returned as if it were the answer. Raise a ValueError with it.",
        lambda text, vocabulary: (
            f"{unknown_in(text, vocabulary)[0]} is unknown"
            if unknown_in(text, vocabulary)
            else positions(text, vocabulary)
        ),
    ),
    "none-for-unknown": (
        "With an unknown character your function ends without a word and returns None. Raise a ValueError.",
        lambda text, vocabulary: None if unknown_in(text, vocabulary) else positions(text, vocabulary),
    ),
    "always-refused": (
        "You raise the error for every text. Raise it only if a character isn't in the vocabulary.",
        lambda text, vocabulary: or_raise(lambda c, text: ValueError(f"{c!r} of {text!r}"))(text or "?", []),
    ),
    "own-sorted-vocabulary": (
        "You made a vocabulary of the text itself. The numbers are positions in the list that is given.",
        where_known(lambda text, vocabulary: np.array([sorted(set(text)).index(c) for c in text], dtype=int)),
    ),
    "vocabulary-sorted-again": (
        "You sorted the vocabulary again. The numbers are positions in it as it is given.",
        where_known(lambda text, vocabulary: positions(text, sorted(vocabulary))),
    ),
    "codes-of-unicode": (
        "ord gives a character's number in Unicode. Asked for is its position in the vocabulary.",
        where_known(lambda text, vocabulary: np.array([ord(c) for c in text], dtype=int)),
    ),
    "position-in-text": (
        "Your numbers are positions in the text. They are positions in the vocabulary: vocabulary.index(…).",
        where_known(lambda text, vocabulary: np.array([text.index(c) for c in text], dtype=int)),
    ),
    "counts-from-1": (
        "Your numbers begin with 1. Positions in a list begin with 0.",
        where_known(lambda text, vocabulary: positions(text, vocabulary) + 1),
    ),
    "one-hot": (
        "You made one-hot rows. encode gives the positions alone, one number per character.",
        where_known(lambda text, vocabulary: np.eye(len(vocabulary), dtype=int)[positions(text, vocabulary)]),
    ),
    "list-returned": (
        "A list was returned. Make an integer array of it: np.array(…, dtype=int).",
        where_known(lambda text, vocabulary: [vocabulary.index(c) for c in text]),
    ),
    "floats": (
        "Your numbers are floats, which can't be used as positions. Make the array with dtype=int.",
        where_known(lambda text, vocabulary: positions(text, vocabulary).astype(float)),
    ),
    "empty-is-floats": (
        "For the empty text your array holds floats: np.array([]) does. Say dtype=int.",
        where_known(lambda text, vocabulary: np.array([vocabulary.index(c) for c in text])),
    ),
    "each-once": (
        "Each character is there once only. A text of five characters has five numbers, repeated ones too.",
        where_known(lambda text, vocabulary: positions("".join(dict.fromkeys(text)), vocabulary)),
    ),
    "first-character-only": (
        "You return after the first character. Move return out of the loop.",
        where_known(lambda text, vocabulary: positions(text[:1], vocabulary)),
    ),
    "vocabulary-changed": (
        "You sorted the caller's vocabulary in place. Leave it as it is; its order gives the numbers.",
        where_known(lambda text, vocabulary: vocabulary.sort() or positions(text, vocabulary)),
    ),
    "vocabulary-grows": (
        "You append unknown characters to the caller's vocabulary. Raise a ValueError for them.",
        lambda text, vocabulary: vocabulary.extend(unknown_in(text, vocabulary)) or positions(text, vocabulary),
    ),
}

for name, (message, wrong) in WRONG_CODES.items():
    encode.mistake(name, message, value=wrong)


@encode.variant
def character_by_character(text, vocabulary):
    ids = np.zeros(len(text), dtype=np.int32)
    for i, character in enumerate(text):
        if character not in vocabulary:
            raise ValueError(f"unknown: {character}")
        ids[i] = vocabulary.index(character)
    return ids


@encode.variant
def by_key_error(text, vocabulary):
    position = dict(zip(vocabulary, range(len(vocabulary)), strict=True))
    try:
        return np.array([position[character] for character in text]).astype(int)
    except KeyError as error:
        raise ValueError(f"the vocabulary lacks {error}") from None


@encode.variant
def all_unknown_ones_named(text, vocabulary):
    if strangers := set(text) - set(vocabulary):
        raise ValueError("not in the vocabulary: " + ", ".join(sorted(strangers)))
    return np.fromiter((vocabulary.index(c) for c in text), dtype=np.int64)


# --- decode -------------------------------------------------------------------------------------------------------

decode = exercise("decode")


@decode.held_out
def all_numbers_twice(decode):
    vocabulary = [chr(i) for i in range(260, 160, -1)]
    return decode(np.array([*range(100), *range(99, -1, -1)]), vocabulary)


@decode.held_out
def small_and_unsigned_numbers(decode):
    return [decode(np.array([2, 0, 1], dtype=type_), [" ", "\n", "ß"]) for type_ in (np.uint8, np.int32)]


WRONG_TEXTS = {
    "list-of-characters": (
        "A list of characters was returned. ''.join makes one text of them.",
        lambda ids, vocabulary: [vocabulary[i] for i in ids],
    ),
    "array-of-characters": (
        "An array of characters was returned. ''.join makes one text of them.",
        lambda ids, vocabulary: np.array(vocabulary)[np.array(ids, dtype=int)],
    ),
    "joined-with-spaces": (
        "There are spaces between the characters. Join with nothing: ''.join.",
        lambda ids, vocabulary: " ".join(vocabulary[i] for i in ids),
    ),
    "list-as-text": (
        "str of a list writes brackets and commas as well. ''.join puts the characters together.",
        lambda ids, vocabulary: str([vocabulary[i] for i in ids]),
    ),
    "numbers-as-text": (
        "You joined the numbers. Look each up in the vocabulary first: vocabulary[i].",
        lambda ids, vocabulary: "".join(str(i) for i in ids),
    ),
    "of-unicode": (
        "chr takes a number of Unicode. These numbers are positions in the vocabulary: vocabulary[i].",
        lambda ids, vocabulary: "".join(chr(i) for i in ids),
    ),
    "counts-from-1": (
        "Each character is one place off. Positions begin with 0: vocabulary[i].",
        lambda ids, vocabulary: "".join(vocabulary[i - 1] for i in ids),
    ),
    "one-too-far": (
        "You look one place too far. Number i is vocabulary[i].",
        lambda ids, vocabulary: "".join(vocabulary[i + 1] for i in ids),
    ),
    "reversed": (
        "The text is backwards. Keep the order of the numbers.",
        lambda ids, vocabulary: "".join(vocabulary[i] for i in ids)[::-1],
    ),
    "vocabulary-sorted-again": (
        "You sorted the vocabulary again. The numbers are positions in it as it is given.",
        lambda ids, vocabulary: "".join(sorted(vocabulary)[i] for i in ids),
    ),
    "first-character-only": (
        "You return after the first character. Move return out of the loop.",
        lambda ids, vocabulary: "".join(vocabulary[i] for i in ids[:1]),
    ),
    "last-character-only": (
        "Only the last character is left: text = … overwrites it each time. Use text += ….",
        lambda ids, vocabulary: "".join(vocabulary[i] for i in ids[-1:]),
    ),
    "each-once": (
        "Each character is there once only. Every number gives a character, repeated ones too.",
        lambda ids, vocabulary: "".join(dict.fromkeys(vocabulary[i] for i in ids)),
    ),
    "vocabulary-changed": (
        "You sorted the caller's vocabulary in place. Leave it as it is; its order gives the characters.",
        lambda ids, vocabulary: vocabulary.sort() or "".join(vocabulary[i] for i in ids),
    ),
}

for name, (message, wrong) in WRONG_TEXTS.items():
    decode.mistake(name, message, value=wrong)


@decode.variant
def letter_by_letter(ids, vocabulary):
    text = ""
    for i in ids:
        text += vocabulary[int(i)]
    return text


@decode.variant
def by_array(ids, vocabulary):
    return "".join(np.array(vocabulary)[np.asarray(ids, dtype=int)])


# --- rnn_step -----------------------------------------------------------------------------------------------------

rnn_step = exercise("rnn_step")


def weights_of(name, d, hidden):
    """Wx, Wh, b."""
    return [inputs(f"{name} {i}", shape, -0.7, 0.7) for i, shape in enumerate([(d, hidden), (hidden, hidden), hidden])]


@rnn_step.held_out
def many_numbers_read(rnn_step):
    x, h = inputs("many x", (4, 7), -1, 1), inputs("many h", (4, 2), -0.9, 0.9)
    return rnn_step(x, h, *weights_of("many", 7, 2))[0]


@rnn_step.held_out
def five_steps_of_one_sample(rnn_step):
    h, weights = np.array([[0, 1, 0]]), weights_of("walk", 2, 3)
    walked = []
    for i in range(5):
        h, _ = rnn_step(inputs(f"walk x {i}", (1, 2)), h, *weights)
        walked.append(np.copy(h))
    return walked


def summed(x, h, Wx, Wh, b):
    """What goes into the tanh."""
    return x @ Wx + h @ Wh + b


def stepped(x, h, Wx, Wh, b):
    """rnn_step, done right."""
    new = np.tanh(summed(x, h, Wx, Wh, b))
    return new, (x, h, Wx, Wh, new)


def wrong_state(state):
    """A mistake in the state alone: state(x, h, Wx, Wh, b)."""

    def step(x, h, Wx, Wh, b):
        new = state(x, h, Wx, Wh, b)
        return new, (x, h, Wx, Wh, new)

    return step


WRONG_STATES = {
    "tanh-missing": ("The bend is missing: take np.tanh of the whole sum.", summed),
    "sigmoid-for-tanh": (
        "Your states lie between 0 and 1, as a sigmoid's do. A recurrent layer bends with np.tanh.",
        lambda *given: 1 / (1 + np.exp(-summed(*given))),
    ),
    "relu-for-tanh": (
        "Your bend cuts off what is negative. It is np.tanh here, between −1 and 1.",
        lambda *given: np.maximum(summed(*given), 0),
    ),
    "tan-for-tanh": ("np.tan belongs to angles. The bend is np.tanh.", lambda *given: np.tan(summed(*given))),
    "two-tanh": (
        "There is one tanh, around the whole sum: input, state and bias.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + b) + np.tanh(h @ Wh),
    ),
    "tanh-of-the-input-part": (
        "Only the part of x is bent. The state's part belongs inside the tanh, too.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + b) + h @ Wh,
    ),
    "bias-outside-tanh": (
        "The bias was added after the tanh. It belongs inside, to the sum.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h @ Wh) + b,
    ),
    "bias-forgotten": (
        "The bias is missing: add b to the sum, inside the tanh.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h @ Wh),
    ),
    "bias-twice": (
        "The bias was added to both products. Once is enough: x Wx + h Wh + b.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + b + h @ Wh + b),
    ),
    "state-forgotten": (
        "The state before isn't used: add h @ Wh inside the tanh, or the network has no memory.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + b),
    ),
    "input-forgotten": (
        "What is read isn't used: add x @ Wx inside the tanh.",
        lambda x, h, Wx, Wh, b: np.tanh(h @ Wh + b),
    ),
    "Wh-forgotten": (
        "The state is added as it is. Multiply it by Wh first: h @ Wh.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h + b),
    ),
    "state-added": (
        "You add the new state to the old one. The new one is the tanh alone and replaces it.",
        lambda x, h, *weights: h + np.tanh(summed(x, h, *weights)),
    ),
    "Wh-transposed": (
        "Wh was transposed. Here it is applied as it stands: h @ Wh. (PyTorch keeps it the other way round.)",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h @ Wh.T + b),
    ),
    "Wx-transposed": (
        "Wx was transposed. It is (d, hidden), applied as it stands: x @ Wx.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx.T + h @ Wh + b),
    ),
    "both-transposed": (
        "Both matrices were transposed. They are applied as they stand: x @ Wx and h @ Wh.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx.T + h @ Wh.T + b),
    ),
    "matrices-first": (
        "The samples are rows, so they stand before the matrices: x @ Wx and h @ Wh, not Wx @ x.",
        lambda x, h, Wx, Wh, b: np.tanh(Wx @ x + Wh @ h + b),
    ),
    "element-by-element": (
        "* multiplies number by number. Both products are matrix products: x @ Wx and h @ Wh.",
        lambda x, h, Wx, Wh, b: np.tanh(x * Wx + h * Wh + b),
    ),
    "tanh-by-exp": (
        "e to a large power overflows, and ∞/∞ is nan. np.tanh takes care of that.",
        lambda *given: (
            (np.exp(summed(*given)) - np.exp(-summed(*given))) / (np.exp(summed(*given)) + np.exp(-summed(*given)))
        ),
    ),
}

for name, (message, wrong) in WRONG_STATES.items():
    rnn_step.mistake(name, message, value=wrong_state(wrong))


@rnn_step.mistake("only-the-state", "You return the state alone. Return a pair: the new state, and the cache.")
def no_cache(x, h, Wx, Wh, b):
    return stepped(x, h, Wx, Wh, b)[0]


@rnn_step.mistake(
    "pair-swapped", "The cache comes first in your pair. It is (h, cache): the new state, then the cache."
)
def cache_first(x, h, Wx, Wh, b):
    return stepped(x, h, Wx, Wh, b)[::-1]


@rnn_step.mistake("old-state-returned", "You return the state you were given. Return the new one, the tanh of the sum.")
def nothing_new(x, h, Wx, Wh, b):
    return h, stepped(x, h, Wx, Wh, b)[1]


@rnn_step.mistake("nothing-returned", "Nothing is returned. Add a return with the pair: the new state, and the cache.")
def without_return(x, h, Wx, Wh, b):
    stepped(x, h, Wx, Wh, b)


@rnn_step.mistake("input-changed", "You wrote into the caller's h. Make a new array: new = np.tanh(…).")
def into_h(x, h, Wx, Wh, b):
    h[:] = np.tanh(summed(x, h, Wx, Wh, b))
    return h, (x, Wx, Wh)


@rnn_step.variant
def one_product(x, h, Wx, Wh, b):
    both = np.concatenate([x, h], axis=1)
    return np.tanh(both @ np.vstack([Wx, Wh]) + b), {"both": both, "Wx": Wx, "Wh": Wh}


@rnn_step.variant
def by_einsum(x, h, Wx, Wh, b):
    z = np.einsum("nd,dk->nk", x, Wx) + np.einsum("nj,jk->nk", h, Wh) + np.reshape(b, (1, -1))
    return [np.tanh(z), None]


@rnn_step.variant
def by_sigmoid_of_twice(x, h, Wx, Wh, b):
    """tanh(z) = 2 σ(2z) − 1, with an exponential that can't overflow."""
    z = x @ Wx + h @ Wh + b
    e = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - e) / (1 + e), (x, h)


# --- rnn_forward --------------------------------------------------------------------------------------------------

rnn_forward = exercise("rnn_forward")


@rnn_forward.held_out
def forty_steps_of_one_sample(rnn_forward):
    return rnn_forward(inputs("forty X", (1, 40, 2)), inputs("forty h0", (1, 3)), *weights_of("forty", 2, 3))[0]


@rnn_forward.held_out
def a_second_sequence_begins_anew(rnn_forward):
    weights = weights_of("anew", 2, 4)
    found = []
    for i in range(2):
        H, _ = rnn_forward(inputs(f"anew X {i}", (3, 5, 2)), inputs(f"anew h0 {i}", (3, 4)), *weights)
        found.append(np.copy(H))
    return found


def walked(X, h, Wx, Wh, b):
    """The states after each step as a list, and the caches, done right."""
    states, caches = [], []
    for t in range(X.shape[1]):
        h, cache = stepped(X[:, t], h, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return states, caches


def wrong_states(states):
    """A mistake in H alone: states(X, h0, Wx, Wh, b) makes it; the caches are right."""

    def forward(X, h0, *weights):
        return states(X, h0, *weights), walked(X, h0, *weights)[1]

    return forward


def H_of(X, h0, *weights):
    """H, done right."""
    return np.stack(walked(X, h0, *weights)[0], axis=1)


def each_from(state):
    """H where every step starts from state(h0)."""

    def states(X, h0, *weights):
        return np.stack([stepped(X[:, t], state(h0), *weights)[0] for t in range(X.shape[1])], axis=1)

    return states


def over_samples(X, h0, *weights):
    """A loop over axis 0, with one state for all rows of a sequence."""
    h, states = h0, []
    for i in range(len(X)):
        h = stepped(X[i], h, *weights)[0]
        states.append(h)
    return np.stack(states)


def in_place_of_zeros(X, h0, *weights):
    """H[:, t − 1] as the state before: at t = 0 that is the last column."""
    H = np.zeros((*X.shape[:2], h0.shape[1]))
    for t in range(X.shape[1]):
        H[:, t] = stepped(X[:, t], H[:, t - 1], *weights)[0]
    return H


def only_first_filled(X, h0, *weights):
    H = np.zeros((*X.shape[:2], h0.shape[1]))
    H[:, 0] = stepped(X[:, 0], h0, *weights)[0]
    return H


def last_not_filled(X, h0, *weights):
    H = H_of(X, h0, *weights)
    H[:, -1] = 0
    return H


def first_not_read(X, h0, *weights):
    H = np.zeros((*X.shape[:2], h0.shape[1]))
    if X.shape[1] > 1:
        H[:, 1:] = H_of(X[:, 1:], h0, *weights)
    return H


WRONG_H = {
    "h0-not-used": (
        "h0 never enters, so you begin with zeros (at t = 0, H[:, t − 1] is the last column). Begin with h = h0.",
        in_place_of_zeros,
    ),
    "h0-for-every-step": (
        "Every step starts from h0. Replace h by the new state, so that the next step gets it.",
        each_from(lambda h0: h0),
    ),
    "zeros-for-every-step": (
        "Every step starts from zeros. Begin with h0, and hand the new state on to the next step.",
        each_from(np.zeros_like),
    ),
    "state-before-each-step": (
        "Your H holds the state before each step, beginning with h0. Keep the state after each step.",
        lambda X, h0, *w: np.concatenate([h0[:, None], H_of(X, h0, *w)[:, :-1]], axis=1),
    ),
    "h0-kept-too": (
        "H has one state too many: h0 is in it. There is one state after each of the t steps.",
        lambda X, h0, *w: np.concatenate([h0[:, None], H_of(X, h0, *w)], axis=1),
    ),
    "only-last-state": (
        "You return the last state alone. H holds the state after every step: (n, t, hidden).",
        lambda X, h0, *w: H_of(X, h0, *w)[:, -1],
    ),
    "last-state-at-every-step": (
        "All states in your H are the last one: the same array is appended and overwritten. Append new ones.",
        lambda X, h0, *w: np.repeat(H_of(X, h0, *w)[:, -1:], X.shape[1], axis=1),
    ),
    "time-as-axis-0": (
        "Your H is (t, n, hidden). Stack the states along axis 1: (n, t, hidden).",
        lambda X, h0, *w: np.stack(walked(X, h0, *w)[0]),
    ),
    "reshaped-for-stacked": (
        "reshape doesn't exchange axes, so samples are mixed up. Stack the states along axis 1.",
        lambda X, h0, *w: np.array(walked(X, h0, *w)[0]).reshape(len(X), X.shape[1], -1),
    ),
    "joined-along-hidden": (
        "You joined the states along the hidden numbers. np.stack with axis=1 makes an axis for time.",
        lambda X, h0, *w: np.concatenate(walked(X, h0, *w)[0], axis=1),
    ),
    "read-backwards": (
        "You read the sequence from its end. Begin with X[:, 0].",
        lambda X, h0, *w: H_of(X[:, ::-1], h0, *w),
    ),
    "states-backwards": (
        "Your states are in reverse order. The state after step t is H[:, t]: append, don't put in front.",
        lambda X, h0, *w: H_of(X, h0, *w)[:, ::-1],
    ),
    "batch-for-time": (
        "Your loop steps through the samples. Time is axis 1: each step reads X[:, t].",
        over_samples,
    ),
    "first-input-at-every-step": (
        "Every step reads X[:, 0]. Step t reads X[:, t].",
        lambda X, h0, *w: H_of(np.repeat(X[:, :1], X.shape[1], axis=1), h0, *w),
    ),
    "returns-inside-loop": (
        "You return after the first step, so the others stay 0. Move return out of the loop.",
        only_first_filled,
    ),
    "only-first-state": (
        "H ends after the first step: return stands inside the loop. Move it to the left.",
        lambda X, h0, *w: H_of(X[:, :1], h0, *w),
    ),
    "last-step-missing": (
        "The last step isn't taken: the loop has to reach step t − 1, and range(t) does.",
        lambda X, h0, *w: H_of(X, h0, *w)[:, :-1] if X.shape[1] > 1 else np.zeros((len(X), 0, h0.shape[1])),
    ),
    "last-step-zero": ("The last step isn't taken and stays 0: range(t) ends with t − 1 already.", last_not_filled),
    "first-step-zero": (
        "The first step isn't taken and stays 0. Begin with t = 0, which reads X[:, 0].",
        first_not_read,
    ),
    "type-of-X": (
        "States were cut to whole numbers: zeros_like(X) or dtype=X.dtype takes over their type. Make H of floats.",
        lambda X, h0, *w: H_of(X, h0, *w).astype(X.dtype),
    ),
}

for name, (message, wrong) in WRONG_H.items():
    rnn_forward.mistake(name, message, value=wrong_states(wrong))


@rnn_forward.mistake("only-H", "You return H alone. Return a pair: H, and the caches for the way back.")
def no_caches(X, h0, Wx, Wh, b):
    return H_of(X, h0, Wx, Wh, b)


@rnn_forward.mistake("pair-swapped", "The caches come first in your pair. It is (H, caches).")
def caches_first(X, h0, Wx, Wh, b):
    return walked(X, h0, Wx, Wh, b)[1], H_of(X, h0, Wx, Wh, b)


@rnn_forward.mistake("nothing-returned", "Nothing is returned. Add a return with the pair: H, and the caches.")
def walks_only(X, h0, Wx, Wh, b):
    walked(X, h0, Wx, Wh, b)


@rnn_forward.mistake(
    "h0-changed", "You wrote into the caller's h0. Give the new state to the name h instead of h[:] = …."
)
def into_h0(X, h0, Wx, Wh, b):
    states, caches = walked(X, h0.copy(), Wx, Wh, b)
    h0[:] = states[-1]
    return np.stack(states, axis=1), caches


@rnn_forward.mistake(
    "cache-carried", "h is the pair that `rnn_step` returns. Unpack it: h, cache = rnn_step(…), and hand on h alone."
)
def pair_as_state(X, h0, Wx, Wh, b):
    h, states = h0, []
    for t in range(X.shape[1]):
        h = stepped(X[:, t], h, Wx, Wh, b)
        states.append(h)
    return np.stack(states, axis=1), None


@rnn_forward.variant
def with_a_slot_for_h0(X, h0, Wx, Wh, b):
    H, caches = np.zeros((len(X), X.shape[1] + 1, len(Wh))), []
    H[:, 0] = h0
    for t in range(X.shape[1]):
        H[:, t + 1], cache = stepped(X[:, t], H[:, t], Wx, Wh, b)
        caches.append(cache)
    return H[:, 1:], caches


@rnn_forward.variant
def inputs_first(X, h0, Wx, Wh, b):
    """All that is read is multiplied at once, and H is turned in the end."""
    read, h, H = X @ Wx + b, h0, []
    for z in read.swapaxes(0, 1):
        h = np.tanh(z + h @ Wh)
        H += [h]
    return np.array(H).transpose(1, 0, 2), (X, h0, Wx, Wh, H)


@rnn_forward.variant
def with_the_column_before(X, h0, Wx, Wh, b):
    H, caches = np.empty((X.shape[0], X.shape[1], h0.shape[1])), {}
    for t in range(X.shape[1]):
        H[:, t], caches[t] = stepped(X[:, t], H[:, t - 1] if t else h0, Wx, Wh, b)
    return [H, caches]


for order in ("h, x, Wx, Wh, new", "x, Wx, h, Wh, new", "x, h, Wh, Wx, new", "x, h, Wx, new, Wh"):
    rnn_step.equivalent(
        f"L3 swapped elements x, h, Wx, Wh, new→{order}", "What the cache holds, and where, is its author's business."
    )
rnn_forward.equivalent("L2 swapped elements h, H, caches→h, caches, H", "Both are empty lists at that moment.")
rnn_forward.equivalent(
    "L6 dropped statement caches.append(cache)→pass",
    "What the caches hold is their author's business; the cases of rnn_backward go back through them.",
)
rnn_forward.equivalent("L7 axis axis=1→axis=-2", "H has three axes: axis 1 is the last but one.")


# --- rnn_step_backward --------------------------------------------------------------------------------------------

rnn_step_backward = exercise("rnn_step_backward")


def slope(f, array, h=1e-5):
    """All slopes of f, by nudging each entry to both sides."""
    slopes = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        up, down = array.copy(), array.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes


def agrees_with_nudging(f, arrays, gradients):
    """For each array whether its gradient is the slope of f by nudging."""
    agree = []
    for i, gradient in enumerate(gradients):
        nudged = slope(lambda changed, i=i: f(*arrays[:i], changed, *arrays[i + 1 :]), arrays[i])
        agree.append(bool(np.shape(gradient) == nudged.shape and np.abs(gradient - nudged).max() < 1e-6))
    return agree


@rnn_step_backward.held_out
def as_nudging_says(rnn_step, rnn_step_backward):
    """The gradients against slopes found by nudging, with your own `rnn_step`."""
    x, h, dh = inputs("nudged x", (3, 5), -1, 1), inputs("nudged h", (3, 4), -0.9, 0.9), inputs("nudged dh", (3, 4))
    arrays = [x, h, *weights_of("nudged", 5, 4)]
    found = rnn_step_backward(dh, rnn_step(*arrays)[1])
    return agrees_with_nudging(lambda *given: np.sum(dh * rnn_step(*given)[0]), arrays, found)


@rnn_step_backward.held_out
def one_sample_and_whole_numbers(rnn_step, rnn_step_backward):
    x, h = np.array([[0, 1, 0]]), np.array([[0, 1]])
    return rnn_step_backward(np.array([[3, -2]]), rnn_step(x, h, *weights_of("whole", 3, 2))[1])


def sent_back(dz, cache):
    """What the three parts of the sum get, done right."""
    x, h, Wx, Wh, _ = cache
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def stepped_back(dh, cache):
    """rnn_step_backward, done right."""
    return sent_back(dh * (1 - cache[-1] ** 2), cache)


def pre_activation(cache):
    """What went into the tanh, from the reference's cache."""
    x, h, Wx, Wh, _ = cache
    return x @ Wx + h @ Wh + layer_bias(cache)


def layer_bias(cache):
    """The bias, which the reference's cache doesn't hold: found from the new state."""
    x, h, Wx, Wh, new = cache
    return (np.arctanh(new) - x @ Wx - h @ Wh).mean(axis=0)


def wrong_slope(bent):
    """A mistake in dz alone: bent(dh, cache)."""
    return lambda dh, cache: sent_back(bent(dh, cache), cache)


WRONG_SLOPES = {
    "slope-missing": (
        "The slope of tanh is missing: multiply dh by 1 − h² with the new state h.",
        lambda dh, cache: dh,
    ),
    "message-missing": (
        "dh isn't used: the slope has to be multiplied by the message that arrives.",
        lambda dh, cache: 1 - cache[-1] ** 2 + 0 * dh,
    ),
    "of-pre-activation": (
        "You squared z, the sum before the bend. The slope is 1 − tanh(z)², and tanh(z) is the new state.",
        lambda dh, cache: dh * (1 - pre_activation(cache) ** 2),
    ),
    "tanh-twice": (
        "The new state is tanh(z) already; you take its tanh once more. The slope is 1 − h².",
        lambda dh, cache: dh * (1 - np.tanh(cache[-1]) ** 2),
    ),
    "of-the-old-state": (
        "The slope was taken at the state before the step. Take it at the new state.",
        lambda dh, cache: dh * (1 - cache[1] ** 2),
    ),
    "sigmoid-slope": (
        "h(1 − h) is the slope of a sigmoid. That of tanh is 1 − h².",
        lambda dh, cache: dh * cache[-1] * (1 - cache[-1]),
    ),
    "not-squared": ("The square is missing: the slope of tanh is 1 − h².", lambda dh, cache: dh * (1 - cache[-1])),
    "tan-slope": ("1 + h² is the slope of tan. That of tanh is 1 − h².", lambda dh, cache: dh * (1 + cache[-1] ** 2)),
    "divided-by-slope": (
        "You divided by the slope. On the way back the message is multiplied by it.",
        lambda dh, cache: dh / (1 - cache[-1] ** 2),
    ),
    "brackets-missing": (
        "dh * 1 - h**2 multiplies first. Put the slope in brackets: dh * (1 - h**2).",
        lambda dh, cache: dh * 1 - cache[-1] ** 2,
    ),
    "minus-one": (
        "The sign is turned round: the slope is 1 − h², not h² − 1.",
        lambda dh, cache: dh * (cache[-1] ** 2 - 1),
    ),
    "root-of-slope": (
        "You took the root of the slope. It is 1 − h² as it stands.",
        lambda dh, cache: dh * np.sqrt(1 - cache[-1] ** 2),
    ),
    "square-outside": (
        "The square includes the 1: (1 − h)². Only h is squared: 1 − h².",
        lambda dh, cache: dh * (1 - cache[-1]) ** 2,
    ),
    "slope-twice": (
        "The slope was multiplied in twice. Once is enough: dz = dh · (1 − h²).",
        lambda dh, cache: dh * (1 - cache[-1] ** 2) ** 2,
    ),
    "tanh-of-message": (
        "The message went through tanh itself. On the way back it is multiplied by the slope, 1 − h².",
        lambda dh, cache: np.tanh(dh),
    ),
}

for name, (message, wrong) in WRONG_SLOPES.items():
    rnn_step_backward.mistake(name, message, value=wrong_slope(wrong))


def wrong_gradient(position, make):
    """A mistake in one of the five gradients: make(dz, dh, cache); the others are right."""

    def backward(dh, cache):
        parts = list(stepped_back(dh, cache))
        parts[position] = make(dh * (1 - cache[-1] ** 2), dh, cache)
        return tuple(parts)

    return backward


DX, DH_PREV, DWX, DWH, DB = range(5)
WRONG_GRADIENTS = {
    "Wx-not-transposed": (
        DX,
        "dx goes back through Wx transposed: dz @ Wx.T.",
        lambda dz, dh, cache: dz @ cache[2],
    ),
    "Wh-not-transposed": (
        DH_PREV,
        "dh_prev goes back through Wh transposed: dz @ Wh.T.",
        lambda dz, dh, cache: dz @ cache[3],
    ),
    "slope-missing-in-dx": (
        DX,
        "dx is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, c: dh @ c[2].T,
    ),
    "slope-missing-in-dh-prev": (
        DH_PREV,
        "dh_prev is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, cache: dh @ cache[3].T,
    ),
    "dh-prev-not-through-Wh": (
        DH_PREV,
        "dh_prev is dz itself. The old state was multiplied by Wh, so send dz back through it: dz @ Wh.T.",
        lambda dz, dh, cache: dz,
    ),
    "dWh-with-new-state": (
        DWH,
        "dWh pairs dz with the state that was multiplied by Wh, the one before the step. You took the new one.",
        lambda dz, dh, cache: cache[-1].T @ dz,
    ),
    "dWh-from-dh": (
        DWH,
        "dWh is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, cache: cache[1].T @ dh,
    ),
    "dWx-from-dh": (
        DWX,
        "dWx is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, cache: cache[0].T @ dh,
    ),
    "dWx-turned": (
        DWX,
        "dWx lies on its side. It has the shape of Wx: x transposed, times dz.",
        lambda dz, dh, cache: dz.T @ cache[0],
    ),
    "dWh-turned": (
        DWH,
        "dWh is transposed. It is the old state transposed, times dz: h.T @ dz.",
        lambda dz, dh, cache: dz.T @ cache[1],
    ),
    "db-from-dh": (
        DB,
        "db is made from dh. The bias is inside the tanh, so it gets dz, summed over the samples.",
        lambda dz, dh, cache: dh.sum(axis=0),
    ),
    "db-not-summed": (
        DB,
        "All samples share one bias: sum dz over them, with axis=0.",
        lambda dz, dh, cache: dz,
    ),
    "db-over-hidden": (
        DB,
        "You summed over the hidden numbers. db has one entry per hidden number: sum over the samples, axis=0.",
        lambda dz, dh, cache: dz.sum(axis=1),
    ),
    "db-over-everything": (
        DB,
        "Your db is a single number. Each hidden number has its own bias: sum over axis 0 only.",
        lambda dz, dh, cache: dz.sum(),
    ),
    "db-averaged": (
        DB,
        "db is a sum over the samples, not a mean: dh says already how much each counts.",
        lambda dz, dh, cache: dz.mean(axis=0),
    ),
}

for name, (position, message, wrong) in WRONG_GRADIENTS.items():
    rnn_step_backward.mistake(name, message, value=wrong_gradient(position, wrong))


@rnn_step_backward.mistake(
    "both-not-transposed", "dx and dh_prev go back through the matrices transposed: dz @ Wx.T and dz @ Wh.T."
)
def as_forwards(dh, cache):
    x, h, Wx, Wh, new = cache
    dz = dh * (1 - new**2)
    return dz @ Wx, dz @ Wh, x.T @ dz, h.T @ dz, dz.sum(axis=0)


@rnn_step_backward.mistake(
    "slope-only-for-states", "dWx, dWh and db are made from dh. All five get dz, the message behind the tanh."
)
def weights_from_dh(dh, cache):
    return *stepped_back(dh, cache)[:2], *sent_back(dh, cache)[2:]


@rnn_step_backward.mistake(
    "slope-only-for-weights", "dx and dh_prev are made from dh. All five get dz, the message behind the tanh."
)
def states_from_dh(dh, cache):
    return *sent_back(dh, cache)[:2], *stepped_back(dh, cache)[2:]


@rnn_step_backward.mistake(
    "divided-by-n",
    "You divided by the number of samples. The loss has done that, if it is a mean: dh holds it already.",
)
def means_of_samples(dh, cache):
    dx, dh_prev, *weights = stepped_back(dh, cache)
    return dx, dh_prev, *(part / len(dh) for part in weights)


@rnn_step_backward.mistake(
    "dx-and-dh-prev-swapped", "The first two are exchanged. The order is dx, dh_prev, dWx, dWh, db."
)
def states_swapped(dh, cache):
    dx, dh_prev, *weights = stepped_back(dh, cache)
    return dh_prev, dx, *weights


@rnn_step_backward.mistake("dWx-and-dWh-swapped", "dWx and dWh are exchanged. The order is dx, dh_prev, dWx, dWh, db.")
def matrices_swapped(dh, cache):
    dx, dh_prev, dWx, dWh, db = stepped_back(dh, cache)
    return dx, dh_prev, dWh, dWx, db


@rnn_step_backward.mistake(
    "pairs-of-parts", "The order of the five is dx, dh_prev, dWx, dWh, db; yours is dx, dWx, dh_prev, dWh, db."
)
def part_by_part(dh, cache):
    dx, dh_prev, dWx, dWh, db = stepped_back(dh, cache)
    return dx, dWx, dh_prev, dWh, db


@rnn_step_backward.mistake("nothing-returned", "Nothing is returned. Add a return with the five gradients.")
def returns_nothing(dh, cache):
    stepped_back(dh, cache)


@rnn_step_backward.mistake("dh-changed", "You changed the caller's dh (`*=` does). Make a new array: dz = dh * ….")
def dh_in_place(dh, cache):
    parts = stepped_back(dh, cache)
    dh *= 1 - cache[-1] ** 2
    return parts


EMPTY = "The cache is None: your `rnn_step` keeps nothing. Return (h, cache) there, with all that the way back needs."


@rnn_step_backward.mistake("cache-none", EMPTY)
def unpacks_nothing(dh, cache):
    x, h, Wx, Wh, new = None
    return stepped_back(dh, (x, h, Wx, Wh, new))


@rnn_step_backward.mistake("cache-none-indexed", EMPTY)
def looks_into_nothing(dh, cache):
    nothing = None
    return nothing[0]


@rnn_step_backward.variant
def bent_again(dh, cache):
    """The slope from z, worked out once more."""
    x, h, Wx, Wh, _ = cache
    dz = dh * (1 - np.tanh(pre_activation(cache)) ** 2)
    return [np.einsum("nk,dk->nd", dz, Wx), (Wh @ dz.T).T, (dz.T @ x).T, np.tensordot(h, dz, (0, 0)), sum(dz)]


@rnn_step_backward.variant
def as_one_matrix(dh, cache):
    x, h, Wx, Wh, new = cache
    dz = (1 + new) * (1 - new) * dh
    both = dz @ np.vstack([Wx, Wh]).T
    dW, d = np.hstack([x, h]).T @ dz, x.shape[1]
    return both[:, :d], both[:, d:], dW[:d], dW[d:], np.ones(len(dz)) @ dz


rnn_step_backward.equivalent("L4 axis axis=0→axis=-2", "dz has two axes: axis 0 is the last but one.")

# --- rnn_backward -------------------------------------------------------------------------------------------------

rnn_backward = exercise("rnn_backward")


@rnn_backward.held_out
def as_nudging_says_through_time(rnn_forward, rnn_backward):
    """The gradients against slopes found by nudging, with your own `rnn_forward`."""
    X, h0, dH = (
        inputs("nudged X", (2, 5, 3), -1, 1),
        inputs("nudged h0", (2, 4), -0.9, 0.9),
        inputs("nudged dH", (2, 5, 4)),
    )
    arrays = [X, h0, *weights_of("nudged", 3, 4)]
    found = rnn_backward(dH, rnn_forward(*arrays)[1])
    return agrees_with_nudging(lambda *given: np.sum(dH * rnn_forward(*given)[0]), arrays, found)


@rnn_backward.held_out
def two_sequences_at_a_time(rnn_forward, rnn_backward):
    """Both go forwards before either goes back."""
    weights = weights_of("two", 2, 3)
    caches = [
        rnn_forward(inputs(f"two X {t}", (2, t, 2), -1, 1), inputs(f"two h0 {t}", (2, 3), -1, 1), *weights)[1]
        for t in (6, 3)
    ]
    dHs = inputs("two dH 6", (2, 6, 3)), inputs("two dH 3", (2, 3, 3))
    return [rnn_backward(dHs[i], caches[i]) for i in (1, 0)]


@rnn_backward.held_out
def letters_and_a_message_of_whole_numbers(rnn_forward, rnn_backward):
    X, h0 = np.eye(4, dtype=int)[[[0, 3, 1, 2, 2]]], np.zeros((1, 3), dtype=int)
    dH = np.array([[[1, 0, -2], [0, 0, 0], [0, 3, 0], [1, 1, 1], [-1, 0, 2]]])
    return rnn_backward(dH, rnn_forward(X, h0, *weights_of("letters", 4, 3))[1])


def went_back(dH, caches, message=None, step=stepped_back):
    """rnn_backward, step by step; message(dH, t, from_later) may be another one than the right one."""
    dX, later, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        arrived = message(dH, t, later) if message else dH[:, t] + later
        dx, later, *shares = step(arrived, caches[t])
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), later, *weights


def messages(dH, caches):
    """What arrives at each step, and each step's five gradients, first step first; done right."""
    arrived, found, later = [], [], 0
    for t in reversed(range(len(caches))):
        arrived.insert(0, dH[:, t] + later)
        found.insert(0, stepped_back(arrived[0], caches[t]))
        later = found[0][1]
    return arrived, found


def from_parts(make):
    """A mistake made from what arrives at each step and its gradients: make(right, arrived, found, dH, caches)."""

    def backward(dH, caches):
        arrived, found = messages(dH, caches)
        return make(went_back(dH, caches), arrived, found, dH, caches)

    return backward


def forwards_in_time(dH, caches):
    later, dX, weights = 0, [], [0, 0, 0]
    for t in range(len(caches)):
        dx, later, *shares = stepped_back(dH[:, t] + later, caches[t])
        dX.append(dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), later, *weights


def piling_up(dH, caches):
    dX, carry, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, dh_prev, *shares = stepped_back(dH[:, t] + carry, caches[t])
        carry = carry + dh_prev
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), carry, *weights


def one_step_back(dH, caches):
    """Each step hears of the next step's own message only."""
    dX, from_next, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, _, *shares = stepped_back(dH[:, t] + from_next, caches[t])
        from_next = stepped_back(dH[:, t], caches[t])[1]
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), from_next, *weights


def with_dx_carried(dH, caches):
    dX, later, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        later, _, *shares = stepped_back(dH[:, t] + later, caches[t])
        dX.insert(0, later)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), later, *weights


def first_step_left_out(dH, caches):
    """The loop ends before step 0."""
    found = messages(dH, caches)[1]
    dX = np.stack([np.zeros_like(found[0][0]), *(step[0] for step in found[1:])], axis=1)
    later = found[1][1] if len(found) > 1 else 0
    return dX, later, *(sum(step[i] for step in found[1:]) for i in (2, 3, 4))


def last_step_left_out(dH, caches):
    """The loop begins one step too early."""
    dX, later, *weights = went_back(dH, caches[:-1]) if len(caches) > 1 else (None, 0, 0, 0, 0)
    blank = np.zeros((len(dH), 1, caches[0][0].shape[1]))
    return blank if dX is None else np.concatenate([dX, blank], axis=1), later, *weights


def returned_inside_the_loop(dH, caches):
    """After the first round, which is the last step."""
    dx, *others = stepped_back(dH[:, -1], caches[-1])
    dX = np.zeros((len(dH), len(caches), dx.shape[1]))
    dX[:, -1] = dx
    return dX, *others


def with_zeros_as_h0(dH, caches):
    x, h0, *others = caches[0]
    return went_back(dH, [(x, np.zeros_like(h0), *others), *caches[1:]])


def with_new_states(dH, caches):
    return went_back(dH, [(x, new, Wx, Wh, new) for x, _, Wx, Wh, new in caches])


def without_slope(dH, caches):
    return went_back(dH, caches, step=sent_back)


def zero_dh0(gradients):
    dX, dh0, *weights = gradients
    return dX, 0 * dh0, *weights


def samples_for_steps(dH, caches):
    """Step t gets the message of sample t."""
    return went_back(dH, caches, message=lambda dH, t, later: dH[t] + later)


ORDER = "The order of the five is dX, dh0, dWx, dWh, db."
WRONG_WAYS_BACK = {
    "carry-dropped": (
        "What comes back from step t + 1 is lost. The message of step t is dH[:, t] + dh_prev.",
        lambda dH, caches: went_back(dH, caches, message=lambda dH, t, later: dH[:, t]),
    ),
    "nothing-carried": (
        "Nothing travels from step to step. Add dh_prev to the message of the step before; the last one is dh0.",
        lambda dH, caches: zero_dh0(went_back(dH, caches, message=lambda dH, t, later: dH[:, t])),
    ),
    "output-gradient-dropped": (
        "dH is used at the last step only. Each step gets its own dH[:, t], and what comes back from the next.",
        lambda dH, caches: went_back(
            dH, caches, message=lambda dH, t, later: dH[:, t] if t == len(caches) - 1 else later
        ),
    ),
    "carry-piles-up": (
        "dh_prev holds all that comes from later already. Replace the carry by it, don't add it to the carry.",
        piling_up,
    ),
    "carry-subtracted": (
        "What comes back from the next step is subtracted. Messages that meet are added.",
        lambda dH, caches: went_back(dH, caches, message=lambda dH, t, later: dH[:, t] - later),
    ),
    "one-step-back": (
        "Your carry comes from dH of the next step alone. Send the whole message back: dH[:, t] and the carry.",
        one_step_back,
    ),
    "dx-carried": (
        "You hand dx on to the step before. It is dh_prev, the second of the five, that travels through time.",
        with_dx_carried,
    ),
    "weights-overwritten": (
        "dWx, dWh and db are those of the first step alone. Add the shares of all steps up.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *found[0][2:])),
    ),
    "weights-of-the-last-step": (
        "dWx, dWh and db are those of the last step alone. Add the shares of all steps up.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *found[-1][2:])),
    ),
    "db-overwritten": (
        "db is that of the first step alone. Add it up over all steps, like dWx and dWh.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:4], found[0][4])),
    ),
    "averaged-over-steps": (
        "You divided by the number of steps. The gradients of shared weights are sums over the steps.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *(w / len(caches) for w in right[2:]))),
    ),
    "divided-by-n": (
        "You divided by the number of samples. If the loss is a mean, dH holds that already.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *(w / len(dH) for w in right[2:]))),
    ),
    "forward-order": (
        "You go from the first step to the last. Go backwards: a step's message comes from the step after it.",
        forwards_in_time,
    ),
    "dh0-zero": (
        "dh0 is 0 in your answer. It is the dh_prev that comes back from the first step.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], np.zeros_like(right[1]), *right[2:])),
    ),
    "dh0-none": (
        "dh0 is None. It is the dh_prev that comes back from the first step.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], None, *right[2:])),
    ),
    "dh0-before-the-step": (
        "Your dh0 is the message that arrives at the first step. It has to go back through that step, too.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], arrived[0], *right[2:])),
    ),
    "dh0-of-the-last-step": (
        "Your dh0 is the dh_prev of the last step. It is what comes back from the first one.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], found[-1][1], *right[2:])),
    ),
    "dX-backwards": (
        "dX is in the order of the loop, the last step first. Put each dx in front, or at dX[:, t].",
        from_parts(lambda right, arrived, found, dH, caches: (right[0][:, ::-1], *right[1:])),
    ),
    "dX-time-first": (
        "Your dX is (t, n, d). Stack along axis 1: (n, t, d), like X.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0].swapaxes(0, 1), *right[1:])),
    ),
    "dX-of-the-first-step": (
        "Your dX is dx of the first step alone. X has t steps, and each has its own dx.",
        from_parts(lambda right, arrived, found, dH, caches: (found[0][0], *right[1:])),
    ),
    "dX-summed": (
        "You added the dx of all steps. Each belongs to an x of its own: keep them apart, only weights are shared.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0].sum(axis=1), *right[1:])),
    ),
    "first-step-left-out": (
        "The first step is left out: range(t − 1, 0, −1) ends at 1. Use reversed(range(t)).",
        first_step_left_out,
    ),
    "last-step-left-out": (
        "The last step is left out. Its number is t − 1, and the way back begins there.",
        last_step_left_out,
    ),
    "returns-inside-loop": (
        "You return after one step back, so the rest stays 0. Move return out of the loop.",
        returned_inside_the_loop,
    ),
    "samples-for-steps": (
        "Step t gets dH[t], the message of sample t. Time is axis 1: dH[:, t].",
        samples_for_steps,
    ),
    "h0-zero-in-dWh": (
        "dWh takes 0 as the state before the first step. It was h0.",
        with_zeros_as_h0,
    ),
    "dWh-with-new-state": (
        "dWh pairs each message with the state after the step. It was the state before it that met Wh.",
        with_new_states,
    ),
    "slope-missing": ("The slope of tanh is missing: on the way back each step multiplies by 1 − h².", without_slope),
    "steps-back-at-the-wrong-cache": (
        "Messages and caches don't match: with caches[t] goes dH[:, t], and both run backwards.",
        lambda dH, caches: went_back(dH, caches[::-1]),
    ),
    "dWx-and-dWh-swapped": (
        ORDER + " Yours has dWx and dWh exchanged.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], right[3], right[2], right[4])),
    ),
    "dX-and-dh0-swapped": (
        ORDER + " Yours has dX and dh0 exchanged.",
        from_parts(lambda right, arrived, found, dH, caches: (right[1], right[0], *right[2:])),
    ),
    "dh0-last": (
        ORDER + " Yours has dh0 at the end.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], *right[2:], right[1])),
    ),
    "dh0-left-out": (
        "Four gradients are returned, and dh0 isn't among them. " + ORDER,
        from_parts(lambda right, arrived, found, dH, caches: (right[0], *right[2:])),
    ),
    "nothing-returned": (
        "Nothing is returned. Add a return with the five gradients.",
        from_parts(lambda *parts: None),
    ),
}

for name, (message, wrong) in WRONG_WAYS_BACK.items():
    rnn_backward.mistake(name, message, value=wrong)


@rnn_backward.mistake("dH-changed", "You added to the caller's dH (`+=` does). Add to a new array: dH[:, t] + carry.")
def into_dH(dH, caches):
    found = went_back(dH, caches)
    dH[:] = np.stack(messages(dH, caches)[0], axis=1)
    return found


CACHES_EMPTY = "The caches are None: your `rnn_forward` keeps nothing. Return (H, caches) there, one cache per step."


@rnn_backward.mistake("caches-none", CACHES_EMPTY)
def counts_nothing(dH, caches):
    return went_back(dH, None)


@rnn_backward.mistake("caches-none-indexed", CACHES_EMPTY)
def looks_into_no_caches(dH, caches):
    nothing = None
    return nothing[0]


@rnn_backward.variant
def with_arrays_prepared(dH, caches):
    x, h, Wx, Wh, _ = caches[0]
    dX, dWx, dWh, db = np.zeros((*dH.shape[:2], x.shape[1])), np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(Wh))
    carry = np.zeros(h.shape)
    for t in range(dH.shape[1] - 1, -1, -1):
        dX[:, t], carry, dWx_t, dWh_t, db_t = stepped_back(dH[:, t] + carry, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dX, carry, dWx, dWh, db


@rnn_backward.variant
def weights_at_once(dH, caches):
    """First all messages, then one product over samples and steps."""
    dZ, later = np.array(dH, dtype=float), 0
    for t in reversed(range(dH.shape[1])):
        dZ[:, t] = (dZ[:, t] + later) * (1 - caches[t][4] ** 2)
        later = dZ[:, t] @ caches[t][3].T
    X, before = (np.stack([cache[i] for cache in caches], axis=1) for i in (0, 1))
    dWx, dWh = np.einsum("ntd,ntk->dk", X, dZ), np.einsum("ntj,ntk->jk", before, dZ)
    return [dZ @ caches[0][2].T, later, dWx, dWh, dZ.sum(axis=(0, 1))]


@rnn_backward.variant
def on_a_copy_of_the_messages(dH, caches):
    waiting, dX, weights = dH.astype(float), [], np.zeros(3, dtype=object)
    for t, cache in reversed(list(enumerate(caches))):
        dx, dh_prev, *shares = stepped_back(waiting[:, t], cache)
        if t > 0:
            waiting[:, t - 1] += dh_prev
        dX.append(dx)
        for i, share in enumerate(shares):
            weights[i] = weights[i] + share
    return np.stack(dX[::-1], axis=1), dh_prev, *weights


rnn_backward.equivalent("L6 swapped elements total, share→share, total", "They are added, in whatever order.")
rnn_backward.equivalent("L6 swapped arguments weights, shares→shares, weights", "They are added, in whatever order.")
rnn_backward.equivalent("L7 axis axis=1→axis=-2", "dX has three axes: axis 1 is the last but one.")

# --- clip_gradients -----------------------------------------------------------------------------------------------

clip_gradients = exercise("clip_gradients")


@clip_gradients.held_out
def many_arrays(clip_gradients):
    grads = [inputs(f"many clipped {i}", (2, i + 1), -3, 3) for i in range(6)]
    return [clip_gradients(grads, max_norm) for max_norm in (0.5, 3.0, 12.0, np.inf)]


@clip_gradients.held_out
def one_array_of_float32(clip_gradients):
    return clip_gradients([inputs("clipped float32", (5, 2)).astype(np.float32)], 0.75)


@clip_gradients.held_out
def a_second_call_with_what_came_out(clip_gradients):
    grads = clip_gradients([inputs("clipped twice", 30), inputs("clipped twice, too", (3, 3))], 2.0)
    return clip_gradients(grads, 1.0)


def norm_of(grads):
    return np.sqrt(sum(np.sum(np.square(g, dtype=float)) for g in grads))


def by_factor(factor):
    """All arrays times factor(grads, max_norm)."""
    return lambda grads, max_norm: [g * factor(grads, max_norm) for g in grads]


def by_norm(norm):
    """A mistake in the norm alone."""

    def clipped(grads, max_norm):
        length = norm(grads)
        return [g * (max_norm / length if length > max_norm else 1.0) for g in grads]

    return clipped


def all_numbers(grads):
    return np.concatenate([np.ravel(g) for g in grads])


def in_place(grads, max_norm):
    factor = max_norm / norm_of(grads) if norm_of(grads) > max_norm else 1.0
    for i, g in enumerate(grads):
        grads[i] = g * factor
    return grads


def into_the_arrays(grads, max_norm):
    factor = max_norm / norm_of(grads) if norm_of(grads) > max_norm else 1.0
    found = [g * factor for g in grads]
    for g, clipped in zip(grads, found, strict=True):
        g[...] = clipped
    return found


def shortened(grads, max_norm):
    """clip_gradients, done right."""
    return by_norm(norm_of)(grads, max_norm)


WRONG_CLIPS = {
    "per-array": (
        "Each array got a norm and a factor of its own, so the direction changes. One norm over all, one factor.",
        lambda grads, max_norm: [shortened([g], max_norm)[0] for g in grads],
    ),
    "per-number": (
        "np.clip cuts single numbers, so the direction changes. Multiply all arrays by max_norm / norm.",
        lambda grads, max_norm: [np.clip(g, -max_norm, max_norm) for g in grads],
    ),
    "scales-up": (
        "Short gradients are made longer. If the norm is at most max_norm, nothing changes: the factor is 1.",
        by_factor(lambda grads, max_norm: max_norm / norm_of(grads) if norm_of(grads) else 1.0),
    ),
    "always-divided": (
        "You always multiply by max_norm / norm: short gradients grow, and a norm of 0 makes nan. Ask first.",
        by_factor(lambda grads, max_norm: max_norm / norm_of(grads)),
    ),
    "condition-reversed": (
        "The condition is the wrong way round: shorten if norm > max_norm.",
        by_factor(lambda grads, max_norm: 1.0 if norm_of(grads) > max_norm else max_norm / norm_of(grads)),
    ),
    "norms-added": (
        "You added the norms of the arrays. Add up the squares of all numbers, then take one root.",
        by_norm(lambda grads: sum(np.sqrt(np.sum(g**2.0)) for g in grads)),
    ),
    "largest-norm": (
        "You took the norm of the longest array. All arrays together have one: √ of the sum of all squares.",
        by_norm(lambda grads: max(np.sqrt(np.sum(g**2.0)) for g in grads)),
    ),
    "first-array-only": (
        "Your norm is that of the first array. All numbers of all arrays go into it.",
        by_norm(lambda grads: norm_of(grads[:1])),
    ),
    "last-array-only": (
        "Your norm is that of the last array. Add up the squares of all arrays before you take the root.",
        by_norm(lambda grads: norm_of(grads[-1:])),
    ),
    "root-forgotten": (
        "The root is missing: the norm is √ of the sum of squares.",
        by_norm(lambda grads: norm_of(grads) ** 2),
    ),
    "root-mean-square": (
        "You took the mean of the squares. The norm is the root of their sum.",
        by_norm(lambda grads: np.sqrt(np.mean(all_numbers(grads) ** 2.0))),
    ),
    "sum-of-sizes": (
        "You added the sizes of the numbers. The norm is √ of the sum of their squares.",
        by_norm(lambda grads: np.abs(all_numbers(grads)).sum()),
    ),
    "sum-of-numbers": (
        "You added the numbers themselves, so that plus and minus cancel. Square them first.",
        by_norm(lambda grads: all_numbers(grads).sum()),
    ),
    "largest-number": (
        "You measure the largest number. The norm is √ of the sum of all squares.",
        by_norm(lambda grads: np.abs(all_numbers(grads)).max()),
    ),
    "singular-values-of-matrices": (
        "np.linalg.norm(g, 2) of a matrix is its largest singular value. Sum the squares of all numbers instead.",
        by_norm(lambda grads: np.sqrt(sum(np.linalg.norm(g if g.ndim < 3 else np.ravel(g), 2) ** 2 for g in grads))),
    ),
    "factor-inverted": (
        "The factor is upside down: max_norm / norm is below 1 and shortens.",
        by_factor(lambda grads, max_norm: norm_of(grads) / max_norm if norm_of(grads) > max_norm else 1.0),
    ),
    "max-norm-forgotten": (
        "You divide by the norm alone, which makes the length 1. It shall be max_norm: multiply by max_norm / norm.",
        by_factor(lambda grads, max_norm: 1 / norm_of(grads) if norm_of(grads) > max_norm else 1.0),
    ),
    "set-to-zero": (
        "Gradients that are too long became 0. Shorten them: multiply by max_norm / norm.",
        by_factor(lambda grads, max_norm: 0.0 if norm_of(grads) > max_norm else 1.0),
    ),
    "subtracted": (
        "You subtract what is too much from every number. Multiply every array by max_norm / norm.",
        lambda grads, max_norm: [g - max(norm_of(grads) - max_norm, 0) for g in grads],
    ),
    "no-effect": (
        "Your function changes nothing. Multiply by max_norm / norm and return the new arrays.",
        lambda grads, max_norm: [g * 1.0 for g in grads],
    ),
    "unchanged-list-returned": (
        "What you computed was thrown away, and the caller's list comes back. Return the list of new arrays.",
        lambda grads, max_norm: grads,
    ),
    "one-array": (
        "All arrays were joined into one. Return a list with an array for each, in its own shape.",
        lambda grads, max_norm: all_numbers(shortened(grads, max_norm)),
    ),
    "returns-inside-loop": (
        "Only the first array is returned. Move return out of the loop.",
        lambda grads, max_norm: shortened(grads, max_norm)[:1],
    ),
    "first-array-alone-returned": (
        "One array is returned, not a list. Collect all in a list and return that.",
        lambda grads, max_norm: shortened(grads, max_norm)[0],
    ),
    "factor-returned-too": (
        "You return the norm as well. Asked for is the list of arrays alone.",
        lambda grads, max_norm: (shortened(grads, max_norm), norm_of(grads)),
    ),
    "list-changed": (
        "You put the new arrays into the caller's list. Make a new list.",
        in_place,
    ),
    "arrays-changed": (
        "You changed the caller's arrays (`*=` does). Make new ones: g * factor.",
        into_the_arrays,
    ),
    "same-arrays-returned": (
        "If nothing is to be shortened you return the caller's own arrays. New ones are asked for: g * 1.0.",
        lambda grads, max_norm: shortened(grads, max_norm) if norm_of(grads) > max_norm else list(grads),
    ),
    "nothing-if-short": (
        "If nothing is to be shortened, your function returns None. Return copies of the arrays then.",
        lambda grads, max_norm: shortened(grads, max_norm) if norm_of(grads) > max_norm else None,
    ),
}

for name, (message, wrong) in WRONG_CLIPS.items():
    clip_gradients.mistake(name, message, value=wrong)


@clip_gradients.variant
def as_torch_does(grads, max_norm):
    """With a millionth in the denominator, so that nothing is divided by 0."""
    total = 0.0
    for g in grads:
        total += (np.asarray(g, dtype=float) ** 2).sum()
    factor = min(1.0, max_norm / (total**0.5 + 1e-6))
    return tuple(factor * g for g in grads)


@clip_gradients.variant
def by_norm_of_norms(grads, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    if norm <= max_norm:
        return [np.array(g) for g in grads]
    return [g / norm * max_norm for g in grads]


@clip_gradients.variant
def by_one_long_row(grads, max_norm):
    row = np.concatenate([np.ravel(g) for g in grads])
    return [g / max(1.0, np.sqrt(row @ row) / max_norm) for g in grads]


clip_gradients.equivalent(
    "L3 comparison norm > max_norm→norm >= max_norm", "Where both are equal, the factor max_norm / norm is 1."
)

# --- memory_span --------------------------------------------------------------------------------------------------

memory_span = exercise("memory_span")


@memory_span.held_out
def sixty_steps(memory_span):
    return [memory_span(scale * np.array([[0.0, -1.0], [1.0, 0.0]]), 60) for scale in (0.9, 1.1)]


@memory_span.held_out
def three_matrices(memory_span):
    return [memory_span(inputs(f"span {size}", (size, size), -0.9, 0.9), 4) for size in (1, 2, 7)]


@memory_span.held_out
def a_matrix_that_is_0(memory_span):
    return memory_span(np.zeros((3, 3)), 2)


def powers(Wh, steps):
    """Wh, Wh @ Wh, …"""
    return [np.linalg.matrix_power(Wh, t) for t in range(1, steps + 1)]


def measured(measure):
    """A mistake in what is measured of each power."""
    return lambda Wh, steps: np.array([measure(power) for power in powers(Wh, steps)])


def singular(matrix, which=0):
    return np.linalg.svd(matrix, compute_uv=False)[which]


def spans(Wh, steps):
    """memory_span, done right."""
    return measured(singular)(Wh, steps)


def squared_each_time(Wh, steps):
    power, found = Wh, []
    for _ in range(steps):
        found.append(singular(power))
        power = power @ power
    return np.array(found)


def wh_in_place(Wh, steps):
    found, first = [], Wh.copy()
    for _ in range(steps):
        found.append(singular(Wh))
        Wh[...] = Wh @ first
    return np.array(found)


WRONG_SPANS = {
    "elementwise-power": (
        "** and * work number by number. A power of a matrix needs @: Wh @ Wh @ ….",
        lambda Wh, steps: np.array([singular(Wh ** float(t)) for t in range(1, steps + 1)]),
    ),
    "norm-power": (
        "Your entries are powers of the first. Multiply the matrix by itself first, untransposed, then take the norm.",
        lambda Wh, steps: singular(Wh) ** np.arange(1.0, steps + 1),
    ),
    "eigenvalues": (
        "You took the largest eigenvalue. A row can be lengthened by more: np.linalg.norm(power, 2).",
        measured(lambda power: np.abs(np.linalg.eigvals(power)).max()),
    ),
    "frobenius": (
        "np.linalg.norm without a second argument is the root of all squares. np.linalg.norm(power, 2) is asked for.",
        measured(np.linalg.norm),
    ),
    "squared-singular-value": (
        "That is the largest eigenvalue of powerᵀ @ power, the singular value squared. Take its root.",
        measured(lambda power: singular(power) ** 2),
    ),
    "column-sums": (
        "ord=1 is the largest sum of a column. The largest singular value is ord=2.",
        measured(lambda power: np.linalg.norm(power, 1)),
    ),
    "row-sums": (
        "ord=np.inf is the largest sum of a row. The largest singular value is ord=2.",
        measured(lambda power: np.linalg.norm(power, np.inf)),
    ),
    "largest-entry": (
        "You took the largest number of the power. Its largest singular value is np.linalg.norm(power, 2).",
        measured(lambda power: np.abs(power).max()),
    ),
    "smallest-singular-value": (
        "You took the smallest singular value. How much can be left at most is the largest one.",
        measured(lambda power: singular(power, -1)),
    ),
    "all-singular-values": (
        "All singular values of each power are there. Only the largest counts: svd gives it first.",
        lambda Wh, steps: np.array([np.linalg.svd(power, compute_uv=False) for power in powers(Wh, steps)]),
    ),
    "determinant": (
        "The determinant is the product of all stretches. The most by which a row is lengthened is norm(power, 2).",
        measured(lambda power: abs(np.linalg.det(power))),
    ),
    "step-0-counted": (
        "You begin with the identity, before any step. The first entry belongs to Wh itself.",
        lambda Wh, steps: np.array([1.0, *spans(Wh, steps)[:-1]]),
    ),
    "step-0-too": (
        "There is one entry too many, that of step 0. The steps are 1, …, steps.",
        lambda Wh, steps: np.array([1.0, *spans(Wh, steps)]),
    ),
    "one-step-ahead": (
        "Your first entry belongs to Wh @ Wh. Measure first, then multiply.",
        lambda Wh, steps: spans(Wh, steps + 1)[1:],
    ),
    "last-step-missing": (
        "The last step is missing: range(1, steps) ends at steps − 1.",
        lambda Wh, steps: spans(Wh, steps)[:-1],
    ),
    "last-only": (
        "Only the last power is measured. One number per step is asked for: append inside the loop.",
        lambda Wh, steps: spans(Wh, steps)[-1],
    ),
    "returns-inside-loop": (
        "You return after the first step. Move return out of the loop.",
        lambda Wh, steps: spans(Wh, steps)[:1],
    ),
    "squared-each-time": (
        "power @ power doubles the number of steps each time: 1, 2, 4, 8. Multiply by Wh: power @ Wh.",
        squared_each_time,
    ),
    "never-multiplied": (
        "All your entries are those of Wh. What power @ Wh gives has to replace power.",
        lambda Wh, steps: np.full(steps, singular(Wh)),
    ),
    "times-t": (
        "You multiplied Wh by t. Going back t steps multiplies t times by Wh: that is the power t.",
        lambda Wh, steps: singular(Wh) * np.arange(1, steps + 1),
    ),
    "matrices-returned": (
        "You return the powers themselves. Measure each: np.linalg.norm(power, 2).",
        lambda Wh, steps: np.array(powers(Wh, steps)),
    ),
    "wh-changed": (
        "You changed the caller's Wh (`@=` or `[:] =` does). Give the product to a new name: power = power @ Wh.",
        wh_in_place,
    ),
}

for name, (message, wrong) in WRONG_SPANS.items():
    memory_span.mistake(name, message, value=wrong)


@memory_span.variant
def by_matrix_power_of_the_transpose(Wh, steps):
    return np.array([np.linalg.norm(np.linalg.matrix_power(Wh.T, t), ord=2) for t in range(1, steps + 1)])


@memory_span.variant
def by_svd(Wh, steps):
    power, found = np.eye(len(Wh)), np.zeros(steps)
    for t in range(steps):
        power = Wh @ power
        found[t] = np.linalg.svd(power)[1][0]
    return found


memory_span.equivalent(
    "L5 swapped operands power @ Wh→Wh @ power", "A power of Wh and Wh can be exchanged: both are Wh t + 1 times."
)


# --- sample -------------------------------------------------------------------------------------------------------

sample = exercise("sample")


def shares_met(sample, logits, temperature):
    """Whether each of 3000 draws' shares is that of softmax(logits / temperature) to within 0.06."""
    rng, logits = np.random.default_rng(11), np.asarray(logits)
    draws = [int(sample(logits.copy(), temperature, rng)) for _ in range(3000)]
    e = np.exp((logits - logits.max()) / temperature)
    return bool(np.abs(np.bincount(draws, minlength=len(logits)) / 3000 - e / e.sum()).max() < 0.06)


@sample.held_out
def many_classes(sample):
    return shares_met(sample, inputs("drawn logits", 12, -3, 3), 0.8)


@sample.held_out
def very_hot_and_very_cold(sample):
    logits = np.array([0.0, 3.0, -2.0, 2.5])
    return [shares_met(sample, logits, temperature) for temperature in (0.05, 40.0)]


@sample.held_out
def scores_of_float32_and_below_zero(sample):
    return shares_met(sample, np.array([-700.5, -701.0, -702.0], dtype=np.float32), 0.7)


@sample.held_out
def other_temperatures_that_make_no_sense(sample):
    found = []
    for temperature in (0.0, -1e-9, -3):
        try:
            found.append(int(sample(np.array([1.0, 2.0]), temperature, np.random.default_rng(0))))
        except ValueError:
            found.append("refused")
    return found


def softmax_row(scores):
    """Probabilities of one row of scores."""
    e = np.exp(scores - np.max(scores))
    return e / e.sum()


def checked(temperature):
    if temperature <= 0:
        raise ValueError("the temperature must be above 0")


def drawn_from(probabilities):
    """sample, done right but for the probabilities, made by probabilities(logits, temperature)."""

    def draw(logits, temperature, rng):
        checked(temperature)
        p = probabilities(np.asarray(logits, dtype=float), temperature)
        return int(rng.choice(len(p), p=p))

    return draw


def right_draw(logits, temperature, rng):
    return drawn_from(lambda s, T: softmax_row(s / T))(logits, temperature, rng)


def unchecked(logits, temperature, rng):
    with np.errstate(all="ignore"):
        p = softmax_row(np.asarray(logits, dtype=float) / temperature)
    return int(rng.choice(len(p), p=p))


def with_overflow(scores):
    with np.errstate(all="ignore"):
        return np.exp(scores) / np.exp(scores).sum()


def refuses(wrong):
    """sample, done right but for a temperature that makes no sense: then wrong(logits, temperature, rng)."""

    def draw(logits, temperature, rng):
        return wrong(logits, temperature, rng) if temperature <= 0 else right_draw(logits, temperature, rng)

    return draw


def raises(error):
    def wrong(logits, temperature, rng):
        raise error

    return refuses(wrong)


def colder_each_time(logits, temperature, rng):
    checked(temperature)
    if logits.dtype.kind == "f":
        logits /= temperature
        return int(rng.choice(len(logits), p=softmax_row(logits)))
    return right_draw(logits, temperature, rng)


def largest(logits, temperature, rng):
    checked(temperature)
    return int(np.argmax(logits))


def not_from_rng(logits, temperature, rng):
    checked(temperature)
    return int(np.random.choice(len(logits), p=softmax_row(logits / temperature)))


def same_seed_each_time(logits, temperature, rng):
    return right_draw(logits, temperature, np.random.default_rng(0))


def one_hot_draw(logits, temperature, rng):
    checked(temperature)
    return rng.multinomial(1, softmax_row(logits / temperature))


def in_an_array(logits, temperature, rng):
    return np.array([right_draw(logits, temperature, rng)])


WRONG_DRAWS = {
    "temperature-multiplied": (
        "You multiplied by the temperature. Divide: a high one makes all alike, a low one sharpens.",
        drawn_from(lambda s, T: softmax_row(s * T)),
    ),
    "temperature-without-effect": (
        "The temperature changes nothing. Divide the scores by it before softmax; dividing probabilities cancels out.",
        drawn_from(lambda s, T: softmax_row(s)),
    ),
    "argmax": (
        "That is always the likeliest one. Draw with the probabilities: rng.choice(k, p=p).",
        largest,
    ),
    "uniform": (
        "All are drawn equally often. Hand the probabilities to choice: rng.choice(k, p=p).",
        drawn_from(lambda s, T: np.ones(len(s)) / len(s)),
    ),
    "negative-scores": (
        "The least likely comes most often: a minus is too much. softmax(scores / T).",
        drawn_from(lambda s, T: softmax_row(-s / T)),
    ),
    "divided-twice": (
        "You divided by the temperature twice. Once is enough.",
        drawn_from(lambda s, T: softmax_row(s / T**2)),
    ),
    "probabilities-for-scores": (
        "Softmax is applied twice, the second time to probabilities. Divide the scores by T and apply it once.",
        drawn_from(lambda s, T: softmax_row(softmax_row(s) / T)),
    ),
    "classes-backwards": (
        "The probabilities are in another order than the scores. Don't sort or turn them.",
        drawn_from(lambda s, T: softmax_row(s / T)[::-1]),
    ),
    "scores-as-probabilities": (
        "You divided the scores by their sum. Probabilities are made by softmax.",
        drawn_from(lambda s, T: (s / T) / np.sum(s / T)),
    ),
    "not-summing-to-1": (
        "Your probabilities don't sum to 1. Give softmax one row, scores[None]: a column makes ones, and exp alone isn't enough.",
        drawn_from(lambda s, T: np.exp((s - s.max()) / T)),
    ),
    "row-not-unpacked": (
        "p is still a table of one row, (1, k). Take its first row, p[0], before you draw.",
        drawn_from(lambda s, T: np.stack([softmax_row(s / T)])),
    ),
    "overflow": (
        "e to a large score is infinite, and ∞/∞ is nan. Your softmax subtracts the largest score first: use it.",
        drawn_from(lambda s, T: with_overflow(s / T)),
    ),
    "temperature-compounds": (
        "You divide the caller's scores in place, so they get colder with each call. Make a new array.",
        colder_each_time,
    ),
    "rng-ignored": (
        "You draw from NumPy's own generator. Draw from the rng you are given: rng.choice.",
        not_from_rng,
    ),
    "rng-made-anew": (
        "You make a new generator in each call, so the draw is always the same. Use the rng you are given.",
        same_seed_each_time,
    ),
    "one-hot": (
        "A row with a single 1 was returned. The number of the class is where it stands: argmax of that row.",
        one_hot_draw,
    ),
    "array-returned": (
        "An array of one number was returned (size=1 makes one). Return the int in it.",
        in_an_array,
    ),
    "counts-from-1": (
        "Your classes are 1 to k. They begin with 0.",
        lambda logits, temperature, rng: right_draw(logits, temperature, rng) + 1,
    ),
    "probability-returned": (
        "You return the probability of what was drawn. Return its number.",
        lambda logits, temperature, rng: float(softmax_row(logits / temperature)[right_draw(logits, temperature, rng)]),
    ),
    "zero-not-refused": (
        "T = 0 isn't refused by you, and NumPy complains of nan. Raise a ValueError that names the temperature.",
        unchecked,
    ),
    "zero-as-largest": (
        "A temperature of 0 or below gets an answer. It makes no sense here: raise a ValueError.",
        refuses(lambda logits, temperature, rng: int(np.argmax(logits))),
    ),
    "negative-not-refused": (
        "A negative temperature turns likely and unlikely round. Refuse it like 0: if temperature <= 0.",
        lambda logits, temperature, rng: (
            unchecked(logits, temperature, rng) if temperature < 0 else right_draw(logits, temperature, rng)
        ),
    ),
    "only-negative-refused": (
        "T = 0 gets through. The temperature must be above 0: refuse it with <=, not with <.",
        lambda logits, temperature, rng: (
            unchecked(logits, temperature, rng) if temperature == 0 else right_draw(logits, temperature, rng)
        ),
    ),
    "assertion": (
        "assert raises an AssertionError. The docstring asks for a ValueError: if …, raise ValueError(…).",
        raises(AssertionError("the temperature must be above 0")),
    ),
    "division-error": (
        "T = 0 ends in a ZeroDivisionError. Check the temperature first, and raise a ValueError.",
        raises(ZeroDivisionError("float division by zero")),
    ),
    "error-without-message": (
        "Your ValueError is empty. Say in its message what is wrong with the temperature.",
        raises(ValueError()),
    ),
    "none-for-zero": (
        "With T = 0 your function returns None, perhaps after a print. Raise a ValueError.",
        refuses(lambda *given: None),
    ),
    "message-returned": (
        "The message is returned as if it were a class. Raise a ValueError with it.",
        refuses(lambda *given: "the temperature must be above 0"),
    ),
}

for name, (message, wrong) in WRONG_DRAWS.items():
    sample.mistake(name, message, value=wrong)


@sample.variant
def by_cumulative_sum(logits, temperature, rng):
    if not temperature > 0:
        raise ValueError(f"T = {temperature} makes no sense")
    edges = np.cumsum(softmax_row(logits / temperature))
    return min(int(np.searchsorted(edges, rng.random())), len(logits) - 1)


@sample.variant
def by_gumbel(logits, temperature, rng):
    """The largest of scores with noise of the right kind."""
    checked(temperature)
    return np.argmax(logits / temperature + rng.gumbel(size=len(logits)))


@sample.variant
def by_multinomial(logits, temperature, rng):
    checked(temperature)
    p = softmax_row(np.array(logits, dtype=float)) ** (1 / temperature)
    return int(rng.multinomial(1, p / p.sum()).argmax())


sample.equivalent(
    "L4 dropped keyword dtype=float", "Dividing makes floats of whole numbers, and rng.choice takes float32 as well."
)
sample.equivalent("L5 constant 0→-1", "The table has one row: the first is the last.")

# --- edit_distance (stretch) --------------------------------------------------------------------------------------

edit_distance = exercise("edit_distance")


def words(i):
    """Two words of the letters a, b, c."""
    lengths = integer_inputs(f"word lengths {i}", 2, 9)
    return ["".join("abc"[j] for j in integer_inputs(f"word {i} {k}", int(n), 3)) for k, n in enumerate(lengths)]


@edit_distance.held_out
def thirty_pairs_of_words(edit_distance):
    return [edit_distance(*words(i)) for i in range(30)]


@edit_distance.held_out
def capitals_spaces_and_line_breaks(edit_distance):
    pairs = [("Anna", "anna"), ("an na", "anna"), ("\nanna\n", "anna"), ("öl", "ol")]
    return [edit_distance(*pair) for pair in pairs]


def table(a, b, replaced=lambda x, y: int(x != y), delete=1, insert=1, pick=min, edges=True):
    """The table of distances, with costs and choice that may be wrong."""
    D = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    if edges:
        D[:, 0], D[0] = np.arange(len(a) + 1), np.arange(len(b) + 1)
    for i in range(len(a)):
        for j in range(len(b)):
            D[i + 1, j + 1] = pick([D[i, j + 1] + delete, D[i + 1, j] + insert, D[i, j] + replaced(a[i], b[j])])
    return D


def answer(**wrong):
    return lambda a, b: int(table(a, b, **wrong)[-1, -1])


def with_exchange(a, b):
    """Two neighbours exchanged count as one change."""
    D = table(a, b)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            D[i, j] = min(D[i - 1, j] + 1, D[i, j - 1] + 1, D[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and (a[i - 1], a[i - 2]) == (b[j - 2], b[j - 1]):
                D[i, j] = min(D[i, j], D[i - 2, j - 2] + 1)
    return int(D[-1, -1])


def place_by_place(a, b):
    return sum(x != y for x, y in zip(a, b, strict=False))


NEVER = 10**6
WRONG_DISTANCES = {
    "place-by-place": (
        "You compare letters at the same place. After an insertion everything has moved: fill the table.",
        lambda a, b: place_by_place(a, b) + abs(len(a) - len(b)),
    ),
    "common-length-only": (
        "zip ends with the shorter word, so what is left over isn't counted. Fill the table instead.",
        place_by_place,
    ),
    "lengths-only": (
        "That is the difference of the lengths. Letters can differ, too, and replacing one costs 1.",
        lambda a, b: abs(len(a) - len(b)),
    ),
    "replacing-costs-2": (
        "A replaced letter counts 2 here, as if it were deleted and inserted. It is one change.",
        answer(replaced=lambda x, y: 2 * (x != y)),
    ),
    "equal-letters-cost": (
        "Equal letters facing each other cost 1 in your table. They cost 0.",
        answer(replaced=lambda x, y: 1),
    ),
    "no-insertion": (
        "Insertions are missing: D[i, j − 1] + 1 is one of the three neighbours.",
        answer(insert=NEVER),
    ),
    "no-deletion": (
        "Deletions are missing: D[i − 1, j] + 1 is one of the three neighbours.",
        answer(delete=NEVER),
    ),
    "edges-zero": (
        "The edges of your table are 0. To nothing all i letters are deleted: D[i, 0] = i, and D[0, j] = j.",
        answer(edges=False),
    ),
    "largest-for-smallest": (
        "You take the largest of the three neighbours. The fewest changes are the smallest: min.",
        answer(pick=max),
    ),
    "exchange-counts-1": (
        "Two exchanged neighbours count as one change in yours. Only insert, delete and replace are there.",
        with_exchange,
    ),
    "one-cell-early": (
        "The last letters are left out. The answer stands at the very bottom right: D[len(a), len(b)].",
        lambda a, b: int(table(a[:-1], b[:-1])[-1, -1]),
    ),
    "table-returned": ("You return the whole table. The answer is its last entry, D[-1, -1].", table),
    "sets-of-letters": (
        "Sets forget the order and how often a letter occurs. Fill the table.",
        lambda a, b: len(set(a) ^ set(b)),
    ),
}

for name, (message, wrong) in WRONG_DISTANCES.items():
    edit_distance.mistake(name, message, value=wrong)


@edit_distance.variant
def with_two_rows(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        above, row = row, [i]
        for j, y in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return row[-1]


@edit_distance.variant
def by_recursion_that_remembers(a, b):
    known = {}

    def distance(i, j):
        if i == 0 or j == 0:
            return i + j
        if (i, j) not in known:
            replaced = distance(i - 1, j - 1) + (a[i - 1] != b[j - 1])
            known[i, j] = min(distance(i - 1, j) + 1, distance(i, j - 1) + 1, replaced)
        return known[i, j]

    return distance(len(a), len(b))


edit_distance.equivalent("L2 dropped keyword dtype=int", "Floats count as exactly, and int(…) ends it.")
edit_distance.equivalent(
    "L2 sibling function np.zeros→np.ones", "Every entry of the table is written before it is read."
)
