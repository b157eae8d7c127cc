"""The figure's own way, until your engine is written: the whole line is worked out anew for each nudge of a value.

Slopes are exact without a rule for any operation: nudge a value along the imaginary axis, by so little that nothing is
lost, and the slope is what turns imaginary (the complex step of Squire and Trapp, 1998).
"""

import cmath
import operator
from types import SimpleNamespace

from course.figures import LearnerError

from .scalar_engine import H, Message, Trace, Worked, in_order, whole

OPERATIONS = {"add": operator.add, "multiply": operator.mul, "power": operator.pow, "tanh": cmath.tanh, "exp": cmath.exp}
TINY = 1e-30j


def at_once(made, values, overwrite):
    """All numbers of the picture, as `by_functions` gives them."""
    plain = numbers_of(made, values)
    ends = [[numbers_of(made, values, k, by)[-1] for by in (H, -H)] for k in range(len(made))]
    boxes = [SimpleNamespace(place=i, parents=[]) for i in range(len(made))]
    for box, one in zip(boxes, made, strict=True):
        box.parents = [boxes[i] for i in one.args]
    reached = [box.place for box in in_order(boxes[-1:])]
    gradients = [0.0] * (len(made) - 1) + [1.0]
    trace = Trace(list(gradients), [], gradients)
    for run, i in enumerate(reversed(reached)):
        upstream, args = gradients[i], made[i].args
        for p in dict.fromkeys(args):
            used = [position for position, arg in enumerate(args) if arg == p]
            exact = sum(moved(made[i], plain, position, TINY).imag / TINY.imag for position in used)
            sides = [[real(made[i], moved(made[i], plain, position, by)) for by in (H, -H)] for position in used]
            slopes = [(right - left) / (2 * H) for right, left in sides]
            before = gradients[p]
            gradients[p] = upstream * exact + before * (not overwrite)
            if overwrite and len(used) > 1:
                gradients[p] = upstream * slopes[-1]
            trace.messages.append(Message(i, p, upstream, sum(slopes), before, gradients[p], run))
    by_hand = [(right - left) / (2 * H) for right, left in ends]
    return Worked(tuple(one.args for one in made), list(made), plain, by_hand, trace)


def numbers_of(made, values, nudged=None, by=0.0):
    """The number of each value of the expression, one of them nudged."""
    numbers = []
    for i, one in enumerate(made):
        if one.args:
            numbers.append(real(one, moved(one, numbers, None, 0)))
        else:
            numbers.append(float(values[one.constant] if one.op == "name" else one.constant))
        numbers[-1] += by * (i == nudged)
    return numbers


def moved(one, numbers, position, by):
    """What becomes of one value when what stands at a position of its operation is nudged."""
    args = [numbers[i] + by * (k == position) for k, i in enumerate(one.args)]
    try:
        return OPERATIONS[one.op](*args, *([] if one.constant is None else [whole(one.constant)]))
    except ArithmeticError as error:
        raise LearnerError(f"{one.text} has no value here: {error}. Move a leaf.") from error


def real(one, number):
    """That number, which must not be a complex one (a root of a negative number)."""
    number = complex(number)
    if number.imag or not cmath.isfinite(number):
        raise LearnerError(f"{one.text} has no value here. Move a leaf.")
    return number.real
