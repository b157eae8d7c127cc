"""Held-out cases of `clip_gradients`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

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
