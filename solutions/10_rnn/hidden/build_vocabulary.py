"""Held-out cases of `build_vocabulary`, known mistakes with their diagnosis, other right answers."""

from autograder import exercise

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
