"""What your functions are asked for at each frame, and what is said where they answer otherwise than they should."""

import numpy as np

from course.figures import LearnerError
from course.figures.scene import number

from .kernels import never_read
from .scene import agree
from .spectra import by_spectra


def with_padding(X, kernel, windows, functions):
    """The picture with zeros around, by your pad; without any it isn't asked."""
    p = windows.padding
    if p == 0:
        return X
    if functions.have("pad"):
        return functions.call("pad", X[None, None], p, shape=(1, 1, *(n + 2 * p for n in X.shape)))[0, 0]
    functions.own("pad")
    return by_spectra(X, kernel, windows)[0]


def answer(state, X, kernel, windows, functions):
    """The response of the chosen function. A dilation is zeros between the kernel's cells."""
    run, gap = state["run"], windows.dilation
    if not functions.have(run):
        functions.own(run)
        return by_spectra(X, kernel, windows)[1] + state["bias"]
    W = np.zeros((1, 1, windows.tall, windows.wide))
    W[0, 0, ::gap, ::gap] = kernel
    b, shape = np.array([state["bias"]]), (1, 1, windows.rows, windows.columns)
    return functions.call(run, X[None, None], W, b, windows.stride, windows.padding, shape=shape)[0, 0]


def pooled(response, pool, functions):
    """The largest number of each pool of the response, by your max_pool."""
    if pool == 1:
        return response
    rows, columns = (n // pool for n in response.shape)
    if not rows or not columns:
        raise LearnerError(f"The response is too small for a pool of {pool} × {pool}: {response.shape}.")
    if functions.have("max_pool"):
        return functions.call("max_pool", response[None, None], pool, pool, shape=(1, 1, rows, columns))[0, 0]
    functions.own("max_pool")
    blocks = response[: rows * pool, : columns * pool].reshape(rows, pool, columns, pool)
    return blocks.max(axis=(1, 3))


def tell(state, arrays, functions):
    """Says so if the response isn't what the products under the window add up to."""
    whose = f"{functions.whose(state['run'])} {'code' if arrays['own'] else state['run']}"
    if not np.isfinite(arrays["raw"]).all():
        functions.note(f"{whose} gave values that aren't finite numbers.")
    elif not agree(arrays["said"], arrays["sum"]):
        functions.note(
            f"{whose} says {number(arrays['said'])} under this window; "
            f"patch × kernel + bias is {number(arrays['sum'])}."
        )


def check_sizes(windows, functions):
    """Says so where your output_size counts otherwise than the windows that fit."""
    if not functions.have("output_size"):
        functions.own("output_size")
        return
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
