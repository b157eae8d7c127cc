"""Kernels to put on the workbench, and what can be done to them. A kernel is an array (kh, kw)."""

import numpy as np

from course.figures import LearnerError

OWN, RANDOM = "by hand", "random"
CENTRED = {  # kernels of 3×3; a larger one has zeros around
    "sharpen": [[0.0, -0.5, 0.0], [-0.5, 3.0, -0.5], [0.0, -0.5, 0.0]],
    "emboss": [[-2.0, -1.0, 0.0], [-1.0, 1.0, 1.0], [0.0, 1.0, 2.0]],
    "identity": [[1.0]],
}
PRESETS = ("vertical", "horizontal", "blur", *CENTRED, RANDOM)
YOURS = tuple(f"your {name}" for name in ("vertical", "horizontal", "blur", "sharpen"))
HIDDEN = (  # what the goals ask for
    [[0.0, 1.0, 2.0], [-1.0, 0.0, 1.0], [-2.0, -1.0, 0.0]],
    [[1.0, -2.0, 1.0], [1.0, -2.0, 1.0], [1.0, -2.0, 1.0]],
    [[1.0, 0.0, -1.0], [0.0, 0.0, 0.0], [-1.0, 0.0, 1.0]],
)


def preset(name, size, seed):
    """The kernel of that name, size×size."""
    if name in CENTRED:
        return resized(np.array(CENTRED[name]), size)
    if name == RANDOM:
        return np.random.default_rng(seed).integers(-4, 5, (size, size)) / 2
    if name == "blur":
        return np.full((size, size), 1 / size**2)
    across = np.broadcast_to(np.sign(np.arange(size) - size // 2), (size, size)).astype(float)
    return across.copy() if name == "vertical" else across.T.copy()


def theirs(name, functions, largest):
    """The kernel of that name in the learner's edge_kernels; raises LearnerError if it can't be used."""
    kernels = functions.namespace.get("edge_kernels")
    if kernels is None or kernels is ...:
        raise LearnerError("Your edge_kernels isn't there yet: write it, run its cell, then come back.")
    if not isinstance(kernels, dict) or name not in kernels:
        raise LearnerError(f"Your edge_kernels has no kernel named {name!r}.")
    try:
        kernel = np.array(kernels[name], dtype=float)
    except (TypeError, ValueError) as error:
        raise LearnerError(f"Your edge_kernels[{name!r}] must be an array of numbers, (kh, kw).") from error
    if kernel.ndim != 2 or not 0 < max(kernel.shape) <= largest or not np.isfinite(kernel).all():
        raise LearnerError(
            f"Your edge_kernels[{name!r}] has shape {kernel.shape}; this figure needs (kh, kw), at most {largest} each."
        )
    functions.used["edge_kernels"] = "your"
    return kernel


def resized(kernel, size):
    """The middle of a kernel, size×size, with zeros around where it is too small."""
    out = np.zeros((size, size))
    rows, columns = (min(size, n) for n in kernel.shape)
    top, left = (size - rows) // 2, (size - columns) // 2
    from_top, from_left = (kernel.shape[0] - rows) // 2, (kernel.shape[1] - columns) // 2
    out[top : top + rows, left : left + columns] = kernel[from_top : from_top + rows, from_left : from_left + columns]
    return out


def turned(kernel):
    """The kernel turned by 180°: what a convolution uses, where cross-correlation takes it as it is."""
    return kernel[::-1, ::-1]


def never_read(n, k, stride, dilation, count):
    """Which of n pixels in a row no window reads: `count` windows of k cells. Boolean (n,)."""
    read = np.arange(count)[:, None] * stride + np.arange(k) * dilation
    unread = np.ones(n, dtype=bool)
    unread[read[read < n]] = False
    return unread
