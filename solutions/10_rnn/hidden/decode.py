"""Held-out cases of `decode`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

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
