"""Held-out cases of `edge_kernels`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, reduced

edge_kernels = exercise("edge_kernels")

SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
RIGHT = {
    "vertical": SOBEL,
    "horizontal": SOBEL.T,
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1.0, 0], [-1, 5, -1], [0, -1, 0]]),
}
PREWITT, SCHARR = np.array([[-1, 0, 1]] * 3), np.array([[-3.0, 0, 3], [-10, 0, 10], [-3, 0, 3]])
GAUSS, GAUSS_5 = np.outer([1, 2, 1], [1, 2, 1]) / 16, np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
ONE = np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])


def in_floats(kernels):
    """The four kernels as arrays of floats."""
    return {name: np.asarray(kernels[name], dtype=float) for name in ("vertical", "horizontal", "blur", "sharpen")}


def is_table(kernel):
    """Whether this is a table of no more than 51 by 51 floats."""
    table = isinstance(kernel, np.ndarray) and kernel.dtype.kind == "f" and kernel.ndim == 2
    return table and kernel.size > 0 and max(kernel.shape) <= 51


def are_tables(kernels):
    return isinstance(kernels, dict) and all(is_table(kernels.get(name)) for name in RIGHT)


@np.errstate(all="ignore")
def each_to_its_own(kernels):
    """Whether each edge kernel answers to edges of its own kind."""
    if not are_tables(kernels):
        return "no kernels"
    found = {}
    for left, right in ((1.0, 0.0), (0.3, 0.8)):
        size = max(kernels["vertical"].shape + kernels["horizontal"].shape)
        edge = np.repeat([[left] * size + [right] * size], 2 * size, axis=0)
        for name in ("vertical", "horizontal"):
            views = [np.lib.stride_tricks.sliding_window_view(at, kernels[name].shape) for at in (edge, edge.T)]
            down, across = (float(np.abs(np.einsum("yxuv,uv->yx", view, kernels[name])).max()) for view in views)
            own, other = (down, across) if name == "vertical" else (across, down)
            found[f"{name} {left}"] = own > 1e-9 and own >= 3.999 * other
    return found


@np.errstate(all="ignore")
def sums_are_right(kernels):
    """Whether each kernel's weights sum to what its kind asks for, in the dark and in bright light."""
    if not are_tables(kernels):
        return "no kernels"
    wanted = {"vertical": 0, "horizontal": 0, "blur": 1, "sharpen": 1}
    off = {name: abs(float(kernels[name].sum()) - wanted[name]) for name in wanted}
    return {f"{name} {grey}": off[name] * grey < 1e-5 for name in wanted for grey in (0.05, 0.95)}


@edge_kernels.held_out(judge=reduced(each_to_its_own))
def from_bright_to_dark_and_from_grey_to_grey(edge_kernels):
    return in_floats(edge_kernels)


@edge_kernels.held_out(judge=reduced(sums_are_right))
def in_the_dark_and_in_bright_light(edge_kernels):
    return in_floats(edge_kernels)


WRONG_KERNELS = {
    "direction-swapped": (
        "The two directions are exchanged. A vertical edge lies between left and right: compare columns there.",
        {"vertical": SOBEL.T, "horizontal": SOBEL},
    ),
    "twice-vertical": (
        "Both edge kernels answer to vertical edges. The horizontal one compares above with below: transpose one.",
        {"horizontal": SOBEL},
    ),
    "twice-horizontal": (
        "Both edge kernels answer to horizontal edges. The vertical one compares left with right: transpose one.",
        {"vertical": SOBEL.T},
    ),
    "edges-in-all-directions": (
        "Your edge kernels answer to edges of both kinds. Let one compare columns only, the other rows only.",
        dict.fromkeys(("vertical", "horizontal"), np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]])),
    ),
    "edges-not-zero-sum": (
        "Both edge kernels answer where nothing happens. Their weights must sum to 0: the two sides cancel.",
        {"vertical": np.array([[-1.0, 0, 2]] * 3), "horizontal": np.array([[-1.0, 0, 2]] * 3).T},
    ),
    "vertical-not-zero-sum": (
        "The vertical kernel answers where nothing happens. Its weights must sum to 0: left and right cancel.",
        {"vertical": np.array([[0.0, 0, 1]] * 3)},
    ),
    "horizontal-not-zero-sum": (
        "The horizontal kernel answers where nothing happens. Its weights must sum to 0: above and below cancel.",
        {"horizontal": np.array([[0.0, 0, 1]] * 3).T},
    ),
    "silent-edges": (
        "Your edge kernels answer to no edge at all. One side must count positive, the other negative.",
        dict.fromkeys(("vertical", "horizontal"), np.zeros((3, 3))),
    ),
    "blur-not-normalised": (
        "Your blur makes the picture brighter: its weights sum to more than 1. Divide by their sum, as a mean does.",
        {"blur": np.ones((3, 3))},
    ),
    "blur-too-dark": (
        "Your blur makes the picture darker: its weights sum to less than 1. Divide by their sum, nine ones by 9.",
        {"blur": np.full((3, 3), 0.1)},
    ),
    "blur-of-nothing": (
        "The weights of your blur sum to 0, so it forgets the brightness. A mean has positive weights that sum to 1.",
        {"blur": np.zeros((3, 3))},
    ),
    "blur-too-weak": (
        "Your blur hardly blurs: the middle counts too much. Let the neighbours count as much as the middle.",
        {"blur": 0.8 * ONE + 0.2 * RIGHT["blur"]},
    ),
    "sharpen-without-picture": (
        "You kept the edges and lost the picture: the weights sum to 0. Add 1 to the middle one, the picture itself.",
        {"sharpen": np.array([[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]])},
    ),
    "sharpen-too-bright": (
        "Sharpening makes the picture brighter: its weights sum to more than 1. Make the middle one smaller.",
        {"sharpen": np.array([[0.0, -1, 0], [-1, 9, -1], [0, -1, 0]])},
    ),
    "sharpen-too-dark": (
        "Sharpening makes the picture darker: its weights sum to less than 1. Make the middle one larger.",
        {"sharpen": np.array([[-1.0, -1, -1], [-1, 5, -1], [-1, -1, -1]])},
    ),
    "sharpen-too-weak": (
        "Sharpening changes too little. Subtract more from the neighbours, and add as much to the middle.",
        {"sharpen": 1.2 * ONE - 0.2 * RIGHT["blur"]},
    ),
    "blur-and-sharpen-exchanged": (
        "Blur and sharpen are exchanged: the mean of the neighbourhood blurs.",
        {"blur": RIGHT["sharpen"], "sharpen": RIGHT["blur"]},
    ),
    "even-size": (
        "The edge kernels have an even size, so they have no middle. Make them 3 by 3.",
        {"vertical": np.array([[-1.0, 1], [-1, 1]]), "horizontal": np.array([[-1.0, -1], [1, 1]])},
    ),
    "single-row": (
        "Your edge kernels are one row and one column. Both sizes must be at least 3: repeat it three times.",
        {"vertical": np.array([[-1.0, 0, 1]]), "horizontal": np.array([[-1.0], [0], [1]])},
    ),
    "flat": (
        "Your kernels have a single axis. Each is a table: np.array of a list of rows.",
        {name: kernel.ravel() for name, kernel in RIGHT.items()},
    ),
    "four-axes": (
        "Your kernels have four axes already. Here each is a table (kh, kw); the demo adds the other two.",
        {name: kernel[None, None] for name, kernel in RIGHT.items()},
    ),
    "lists": (
        "Your kernels are lists. Put np.array(…) around each.",
        {name: kernel.tolist() for name, kernel in RIGHT.items()},
    ),
}
for wrong, (message, changed) in WRONG_KERNELS.items():
    edge_kernels.mistake(wrong, message, value=RIGHT | changed)

for other, kernels in {
    "prewitt, a gaussian and eight neighbours": {
        "vertical": PREWITT,
        "horizontal": -PREWITT.T,
        "blur": GAUSS,
        "sharpen": 9 * ONE - (np.ones((3, 3)) - ONE),
    },
    "scharr, the other sign, five by five": {
        "vertical": -SCHARR,
        "horizontal": SCHARR.T / 16,
        "blur": GAUSS_5,
        "sharpen": 2 * np.pad(ONE, 1) - GAUSS_5,
    },
    "one row of weights, a cross, away from the mean": {
        "vertical": np.array([[0, 0, 0], [-1, 1, 0], [0, 0, 0]]),
        "horizontal": np.array([[0, 1, 0], [0, 0, 0], [0, -1, 0]]),
        "blur": np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]) / 5,
        "sharpen": 2 * ONE - RIGHT["blur"],
    },
    "oblong kernels": {
        "vertical": np.array([[-2.0, -1, 0, 1, 2]] * 3),
        "horizontal": np.array([[-2.0, -1, 0, 1, 2]] * 7).T,
        "blur": np.full((3, 5), 1 / 15),
        "sharpen": 3 * ONE - 2 * GAUSS,
    },
    "slightly bent": {
        "vertical": SOBEL + 0.2 * SOBEL.T,
        "horizontal": SOBEL.T - 0.2 * SOBEL,
        "blur": np.full((5, 5), 1 / 25),
        "sharpen": 2 * ONE - GAUSS,
    },
}.items():
    edge_kernels.variant(name=other, value=kernels)
