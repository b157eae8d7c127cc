"""What your functions are asked for at each frame, and what is said where they answer otherwise than they should."""

import numpy as np

from course.figures import LearnerError
from course.figures.scene import number

from .kernels import dilated, never_read
from .scene import agree


def with_padding(X, p, functions):
    """The picture with p zeros around, by your pad; without any it isn't asked."""
    if p == 0:
        return X
    shape = (1, 1, *(n + 2 * p for n in X.shape))
    return functions.call("pad", X[None, None], p, shape=shape)[0, 0]


def answer(state, X, kernel, windows, functions):
    """The response of the chosen function. A dilation is zeros between the kernel's cells."""
    W = dilated(kernel, windows.dilation)[None, None]
    b = np.array([state["bias"]])
    shape = (1, 1, windows.rows, windows.columns)
    return functions.call(state["run"], X[None, None], W, b, windows.stride, windows.padding, shape=shape)[0, 0]


def pooled(response, pool, functions):
    if pool == 1:
        return response
    shape = tuple((n - pool) // pool + 1 for n in response.shape)
    if 0 in shape:
        raise LearnerError(f"The response is too small for a pool of {pool} × {pool}: {response.shape}.")
    return functions.call("max_pool", response[None, None], pool, pool, shape=(1, 1, *shape))[0, 0]


def tell(state, arrays, functions):
    """Says so if the response isn't what the products under the window add up to."""
    whose = f"{functions.whose(state['run'])} {state['run']}"
    if not np.isfinite(arrays["raw"]).all():
        functions.note(f"{whose} gave values that aren't finite numbers.")
    elif not agree(arrays["said"], arrays["sum"]):
        functions.note(
            f"{whose} says {number(arrays['said'])} under this window; "
            f"patch × kernel + bias is {number(arrays['sum'])}."
        )


def check_sizes(windows, functions):
    """Says so where your output_size counts otherwise than the windows that fit."""
    for n, k, right in ((windows.h, windows.tall, windows.rows), (windows.w, windows.wide, windows.columns)):
        said = float(functions.call("output_size", n, k, windows.stride, windows.padding, shape=()))
        if said != right:
            functions.note(
                f"{functions.whose('output_size')} output_size({n}, {k}, {windows.stride}, {windows.padding}) "
                f"gives {said:g}; {right} windows fit."
            )


def unseen(windows):
    """(rows, columns) of the padded picture that no window reads, as booleans."""
    kh, kw, gap = windows.kh, windows.kw, windows.dilation
    return (
        never_read(windows.h + 2 * windows.padding, kh, windows.stride, gap, windows.rows),
        never_read(windows.w + 2 * windows.padding, kw, windows.stride, gap, windows.columns),
    )


def known(state, windows, shape, pool, row, column):
    """Which pixels of the shown response the window has made so far."""
    if not state["growing"]:
        return np.ones(shape, dtype=bool)
    rows, columns = np.indices(shape)
    last = (rows * pool + pool - 1) * windows.columns + columns * pool + pool - 1
    return last <= row * windows.columns + column
