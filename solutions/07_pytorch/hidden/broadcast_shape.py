"""Held-out cases of `broadcast_shape`, known mistakes with their diagnosis, other right answers."""

import torch

from autograder import exercise

broadcast_shape = exercise("broadcast_shape")


def says_no(broadcast_shape, a, b):
    """Whether it raises ValueError."""
    try:
        broadcast_shape(a, b)
    except ValueError:
        return True
    return False


@broadcast_shape.held_out
def many_axes(broadcast_shape):
    return broadcast_shape((1, 6, 1, 2, 1), (7, 1, 3, 1, 5))


@broadcast_shape.held_out
def larger_than_any_memory(broadcast_shape):
    return broadcast_shape((10**9, 1, 10**9), (10**9, 1))


@broadcast_shape.held_out
def more_axes_than_numpy_knows(broadcast_shape):
    return len(broadcast_shape((2,) * 100, (1,) * 70))


@broadcast_shape.held_out
def what_does_not_fit_at_different_places(broadcast_shape):
    pairs = [((2, 3, 4), (2, 2, 4)), ((0, 2), (2, 2)), ((2,), (0,)), ((5, 4), (4, 5)), ((3, 1), (2, 3, 2, 3))]
    return [says_no(broadcast_shape, *pair) for pair in pairs]


@broadcast_shape.held_out
def zeros_and_ones(broadcast_shape):
    return [broadcast_shape((1, 1), (1,)), broadcast_shape((0, 1, 0), (3, 1)), broadcast_shape((), (0,))]


def aligned(a, b):
    """Both shapes equally long, with 1s in front, for the mistakes below."""
    length = max(len(a), len(b))
    return (1,) * (length - len(a)) + tuple(a), (1,) * (length - len(b)) + tuple(b)


def fits(m, n):
    """Whether two sizes go together, for the mistakes below."""
    return m == n or 1 in (m, n)


@broadcast_shape.mistake(
    "broadcast-from-left",
    "You align the shapes at the left. They are compared from the right: put the 1s in front of the shorter one.",
)
def from_the_left(a, b):
    length = max(len(a), len(b))
    a, b = a + (1,) * (length - len(a)), b + (1,) * (length - len(b))
    if not all(map(fits, a, b)):
        raise ValueError
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "broadcast-max-only",
    "You take the larger size, whatever the other one is. Sizes must be equal or one of them 1; otherwise raise "
    "ValueError.",
)
def only_the_larger(a, b):
    return tuple(map(max, *aligned(a, b)))


@broadcast_shape.mistake(
    "zero-became-one", "A size of 0 with a 1 gives 0: the one that isn't 1 counts, not the larger one."
)
def larger_if_they_fit(a, b):
    a, b = aligned(a, b)
    if not all(map(fits, a, b)):
        raise ValueError
    return tuple(map(max, a, b))


@broadcast_shape.mistake("no-error", "Shapes that don't fit must raise ValueError: raise ValueError(…).")
def first_size_wins(a, b):
    return tuple(n if m == 1 else m for m, n in zip(*aligned(a, b), strict=True))


@broadcast_shape.mistake("none-for-an-error", "You return None when the shapes don't fit. Raise ValueError instead.")
def none_instead(a, b):
    a, b = aligned(a, b)
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True)) if all(map(fits, a, b)) else None


@broadcast_shape.mistake("error-returned", "You return the error. It must be raised: `raise ValueError(…)`.")
def returned_instead(a, b):
    a, b = aligned(a, b)
    if not all(map(fits, a, b)):
        return ValueError("they don't fit")
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "asserted", "An assert raises AssertionError. Ask with `if`, and raise ValueError where shapes don't fit."
)
def by_assertion(a, b):
    a, b = aligned(a, b)
    if not all(map(fits, a, b)):
        raise AssertionError
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "leading-axes-lost",
    "The axes that only the longer shape has are missing: fill up the shorter one with 1s in front.",
)
def only_common_axes(a, b):
    shape = []
    for m, n in zip(a[::-1], b[::-1], strict=False):
        if not fits(m, n):
            raise ValueError
        shape.append(n if m == 1 else m)
    return tuple(shape[::-1])


@broadcast_shape.mistake("reversed", "Your shape is turned around: you went from the right, so reverse it in the end.")
def not_turned_back(a, b):
    a, b = aligned(a, b)
    if not all(map(fits, a, b)):
        raise ValueError
    return tuple(n if m == 1 else m for m, n in zip(a[::-1], b[::-1], strict=True))


@broadcast_shape.mistake(
    "ones-not-stretched", "You refuse sizes that differ even where one of them is 1: a 1 is stretched to the other one."
)
def only_equal_sizes(a, b):
    length = max(len(a), len(b))
    front = a[: length - len(b)] + b[: length - len(a)]
    a, b = a[len(a) - min(len(a), len(b)) :], b[len(b) - min(len(a), len(b)) :]
    if a != b:
        raise ValueError
    return front + a


@broadcast_shape.mistake(
    "only-the-second-stretched", "A 1 in the first shape is stretched too, not only those in the second."
)
def second_only(a, b):
    a, b = aligned(a, b)
    if any(m != n and n != 1 for m, n in zip(a, b, strict=True)):
        raise ValueError
    return a


@broadcast_shape.mistake(
    "multiples-stretched", "Only a 1 is stretched: 2 doesn't fit 4, although 4 is a multiple of it."
)
def multiples(a, b):
    a, b = aligned(a, b)
    if not all(fits(m, n) or (m and n and (m % n == 0 or n % m == 0)) for m, n in zip(a, b, strict=True)):
        raise ValueError
    return tuple(max(m, n) if m and n else 0 for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "zero-as-wildcard", "0 is a size like any other: it fits 0 and 1, but not 3. Only 1 is stretched."
)
def zero_fits_all(a, b):
    a, b = aligned(a, b)
    if not all(fits(m, n) or 0 in (m, n) for m, n in zip(a, b, strict=True)):
        raise ValueError
    return tuple(0 if 0 in (m, n) else max(m, n) for m, n in zip(a, b, strict=True))


@broadcast_shape.mistake(
    "return-inside-loop", "You return inside the loop, after the first column. `return` belongs below it."
)
def after_the_first(a, b):
    shape = []
    for m, n in zip(*aligned(a, b), strict=True):
        if not fits(m, n):
            raise ValueError
        shape.append(n if m == 1 else m)
        return tuple(shape)
    return ()


@broadcast_shape.variant
def column_by_column_from_the_right(a, b):
    shape = []
    for i in range(1, max(len(a), len(b)) + 1):
        m = a[-i] if i <= len(a) else 1
        n = b[-i] if i <= len(b) else 1
        if m == 1:
            shape.insert(0, n)
        elif n in (1, m):
            shape.insert(0, m)
        else:
            raise ValueError("they don't fit")
    return shape


@broadcast_shape.variant
def with_zip_longest(a, b):
    from itertools import zip_longest

    columns = [{m, n} - {1} for m, n in zip_longest(reversed(a), reversed(b), fillvalue=1)]
    if any(len(column) > 1 for column in columns):
        raise ValueError
    return torch.Size(column.pop() if column else 1 for column in columns[::-1])


@broadcast_shape.variant
def by_recursion(a, b):
    if not a or not b:
        return a or b
    if a[-1] != b[-1] and 1 not in (a[-1], b[-1]):
        raise ValueError
    return (*by_recursion(a[:-1], b[:-1]), b[-1] if a[-1] == 1 else a[-1])


broadcast_shape.equivalent("L6 swapped elements m, n→n, m", "Sizes that fit can be compared either way round.")
broadcast_shape.equivalent("L6 swapped arguments a, b→b, a", "Sizes that fit can be compared either way round.")
