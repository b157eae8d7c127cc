"""What several exercises of lesson 04 use in their held-out cases, mistakes and other right answers."""

import functools

import numpy as np


def operation(
    compute, slopes, *, passed_on=lambda old, slope, upstream: old + slope * upstream, keep=None, listed=True
):
    """An operation on Values, right unless told otherwise.

    compute: the numbers that go in → the new number; slopes: the same → one local slope per parent; passed_on: what a
    parent's grad becomes; keep: what to leave as local_backward, made of the right function; listed: whether the
    parents are said.
    """

    def operate(*arguments):
        values = [a for a in arguments if hasattr(a, "local_backward")]
        numbers = [getattr(a, "data", a) for a in arguments]
        out = type(values[0])(compute(*numbers), values if listed else ())

        def local_backward():
            for value, slope in zip(values, slopes(*numbers), strict=True):
                value.grad = passed_on(value.grad, slope, out.grad)

        out.local_backward = keep(local_backward, out) if keep else local_backward
        return out

    return operate


def has_the_mistakes_of_any_operation(asked, compute, slopes):
    """Register what can go wrong whatever the operation computes."""
    make = functools.partial(operation, compute, slopes)
    asked.mistake(
        "overwritten",
        "A value may be used in several places, and their messages add up: `a.grad += …`, not `a.grad = …`.",
        make(passed_on=lambda old, slope, upstream: slope * upstream),
    )
    asked.mistake(
        "parents-missing",
        "The new Value doesn't say what it was made from: hand over its parents, as `double` does.",
        make(listed=False),
    )
    asked.mistake(
        "local-backward-missing",
        "Nothing is left for the way back: put your inner function into `out.local_backward`.",
        make(keep=lambda function, out: out.local_backward),
    )
    asked.mistake(
        "local-backward-called",
        "You called the inner function instead of keeping it: write `out.local_backward = local_backward`, without ().",
        make(keep=lambda function, out: function()),
    )
    asked.mistake(
        "sent-twice",
        "The message is passed on twice. Each parent gets its slope times out.grad once per use.",
        make(passed_on=lambda old, slope, upstream: old + 2 * slope * upstream),
    )
    asked.mistake(
        "own-gradient-passed-on",
        "You multiplied the slope by the parent's own grad. The message is out.grad.",
        make(passed_on=lambda old, slope, upstream: old + slope * old),
    )
    asked.mistake(
        "gradient-subtracted",
        "You subtracted the message. It is added to the parent's grad: `+=`.",
        make(passed_on=lambda old, slope, upstream: old - slope * upstream),
    )
    asked.mistake(
        "plain-number",
        "You returned a plain number, which can't remember how it was made. Return a Value.",
        lambda *arguments: compute(*(getattr(a, "data", a) for a in arguments)),
    )

    def forgets_to_return(*arguments):
        make()(*arguments)

    asked.mistake("return-missing", "The function returns nothing. End it with `return out`.", forgets_to_return)


def takes_a_bare_parent(asked, compute):
    """For operations with one parent: what looks like a pair of brackets makes no tuple."""
    asked.mistake(
        "parents-not-a-tuple",
        "`(a)` is just a in brackets. The parents are a tuple, which needs a comma: `(a,)`.",
        lambda a, *more: type(a)(compute(a.data, *more), a),
    )


def hands_over_parents_one_by_one(asked, compute):
    asked.mistake(
        "parents-not-a-tuple",
        "Value takes a number and one tuple of parents: put both parents in brackets, `(a, b)`.",
        lambda a, b: type(a)(compute(a.data, b.data), a, b),
    )


def ignores_the_message(asked, compute, slopes):
    asked.mistake(
        "upstream-ignored",
        "You added the local slope alone. Multiply it by the message that has arrived, out.grad.",
        operation(compute, slopes, passed_on=lambda old, slope, upstream: old + slope),
    )


def two_deep(first, second, upstream, values):
    """Both nodes speak, the last one first: all numbers."""
    second.grad = upstream
    second.local_backward()
    first.local_backward()
    return {"data": [first.data, second.data], "grads": [v.grad for v in (first, *values)]}


def plus(a, b):
    return a + b


def times(a, b):
    return a * b


def probabilities(logits):
    """A right softmax, for mistakes."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def one_hot(probs, labels):
    return np.eye(probs.shape[1])[labels]


def magnitude(error):
    """The size of a relative error: what matters is its order, not its digits."""
    error = getattr(error, "array", error)  # of a tensor
    if np.ndim(error) or isinstance(error, bool | np.bool_ | tuple | list | str) or error is None:
        return "no number"
    if not np.isfinite(error) or error < 0:
        return "not finite or negative"
    return "right" if error < 1e-6 else "wrong" if 1e-2 < error < 2.5 else "neither"


def magnitudes(errors):
    return [magnitude(error) for error in errors] if isinstance(errors, list) else magnitude(errors)


def winding(x):
    """A function of an array of any shape, with its own gradient below."""
    return float(np.sin(2 * x).sum() + np.exp(x.mean()))


def slopes_of_winding(x):
    return 2 * np.cos(2 * x) + np.exp(x.mean()) / x.size


def nudged(f, x, h=1e-5):
    """A right numerical gradient, for mistakes."""
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right, left = x.astype(float), x.astype(float)
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient
