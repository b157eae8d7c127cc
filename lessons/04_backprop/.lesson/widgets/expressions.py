"""From a line of Python such as (a*b + a)**2 to the steps that compute it, one function call each.

Several statements are possible: in `c = a*b; c*tanh(c)` the value c is used twice.
"""

import ast
from dataclasses import dataclass
from functools import lru_cache

MOST_STEPS, MOST_NAMES = 16, 6
FUNCTIONS = ("tanh", "exp")
EXAMPLE = "(a*b + a)**2"


class ExpressionError(ValueError):
    """The text can't be read; the message is one sentence for the learner."""


@dataclass(frozen=True)
class Made:
    """One value: a leaf (`op` "name" or "number") or what `op` makes of the earlier values `args`.

    `constant` is a name, a number, or the exponent of a power; `text` is how the value is written.
    """

    op: str
    text: str
    args: tuple[int, ...] = ()
    constant: str | float | None = None


@lru_cache(maxsize=64)
def parse(text):
    """The values of the expression, in an order in which they can be computed; the last is the result."""
    try:
        statements = ast.parse(text.strip()).body
    except (SyntaxError, ValueError) as error:
        raise ExpressionError(f"Python can't read this: {getattr(error, 'msg', error)}. Try {EXAMPLE}.") from error
    reader = _Reader()
    for statement in statements[:-1]:
        reader.assign(statement)
    if not statements or not isinstance(statements[-1], ast.Expr):
        raise ExpressionError(f"The line must end in an expression, such as {EXAMPLE}.")
    result = reader.read(statements[-1].value)
    if not reader.made[result].args:
        raise ExpressionError(f"There is nothing to compute yet. Try {EXAMPLE}.")
    if not reader.leaves:
        raise ExpressionError("Use at least one name, such as a: numbers alone have nothing to learn.")
    if len(reader.leaves) > MOST_NAMES or len(reader.made) > MOST_STEPS:
        raise ExpressionError(f"That is too much to draw: at most {MOST_NAMES} names and {MOST_STEPS} values.")
    return tuple(reader.made[: result + 1])


def names_in(made):
    """The names whose values can be set, in the order in which they appear."""
    return [one.constant for one in made if one.op == "name"]


def edges_in(made):
    """How many lines the graph has: one per value and each different value that it is made of."""
    return sum(len(set(one.args)) for one in made)


class _Reader:
    """Reads expressions; `made` grows by the values that they need."""

    def __init__(self):
        self.made = []
        self.leaves = {}
        self.assigned = {}

    def make(self, op, text, args=(), constant=None):
        self.made.append(Made(op, text, tuple(args), constant))
        return len(self.made) - 1

    def assign(self, statement):
        simple = isinstance(statement, ast.Assign) and len(statement.targets) == 1
        if not simple or not isinstance(statement.targets[0], ast.Name):
            raise ExpressionError("Before the last expression, only names can be given, as in c = a*b; c*c.")
        name = statement.targets[0].id
        if name in self.leaves or name in self.assigned or name in FUNCTIONS:
            raise ExpressionError(f"{name} has a meaning already: choose another name for the new value.")
        place = self.read(statement.value)
        made = self.made[place]
        if made.args:
            self.made[place] = Made(made.op, f"{name} = {made.text}", made.args, made.constant)
        self.assigned[name] = place

    def read(self, node):
        """The place of the value that this part of the expression stands for."""
        text = _written(node)
        if isinstance(node, ast.Name) and node.id not in FUNCTIONS:
            return self.name(node.id)
        if _number(node) is not None:
            return self.make("number", text, constant=_number(node))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self.negative(self.read(node.operand), text)
        if isinstance(node, ast.BinOp):
            return self.binary(node, text)
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        if called in FUNCTIONS and len(node.args) == 1 and not node.keywords:
            return self.make(called, text, [self.read(node.args[0])])
        if called in FUNCTIONS:
            raise ExpressionError(f"{called} takes one value, as in {called}(a).")
        raise ExpressionError(f"This figure reads + − * / ** and tanh(), exp(), but not {_short(text)}.")

    def name(self, name):
        if name in self.assigned:
            return self.assigned[name]
        if name not in self.leaves:
            self.leaves[name] = self.make("name", name, constant=name)
        return self.leaves[name]

    def negative(self, place, text):
        return self.make("multiply", text, [place, self.make("number", "-1", constant=-1.0)])

    def binary(self, node, text):
        if isinstance(node.op, ast.Pow):
            exponent = _number(node.right)
            if exponent is None:
                raise ExpressionError("The exponent must be a plain number, as in a**2: power(a, n) takes a number n.")
            return self.make("power", text, [self.read(node.left)], exponent)
        if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            raise ExpressionError(f"This figure reads + − * / ** and tanh(), exp(), but not {_short(text)}.")
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Sub):
            right = self.negative(right, f"-{_in_brackets(node.right)}")
        if isinstance(node.op, ast.Div):
            right = self.make("power", f"{_in_brackets(node.right)}**-1", [right], -1.0)
        op = "add" if isinstance(node.op, ast.Add | ast.Sub) else "multiply"
        return self.make(op, text, [left, right])


def _number(node):
    """The number that is written here, or None."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _number(node.operand)
        return None if number is None else -number
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)
    return None


def _written(node):
    text = ast.unparse(node)
    for sign in ("*", "/", "//", "**"):
        text = text.replace(f" {sign} ", sign)
    return text


def _in_brackets(node):
    text = _written(node)
    return f"({text})" if isinstance(node, ast.BinOp) else text


def _short(text):
    return text if len(text) <= 30 else text[:29] + "…"
