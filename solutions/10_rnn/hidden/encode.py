"""Held-out cases of `encode`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

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
