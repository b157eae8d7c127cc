"""Held-out cases of `edit_distance`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, integer_inputs

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
