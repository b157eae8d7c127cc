"""Mutants of a cell: which ones each family makes, and what holds for all of them."""

import ast
import statistics
import textwrap
from dataclasses import FrozenInstanceError
from inspect import getsource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.proof.mutation import mutants

SOFTMAX = '''import numpy as np

def softmax(logits: "array of shape (4, 3)", axis: int = -1) -> np.ndarray:
    """Rows that sum to 1, from 2 or more logits."""
    ### BEGIN SOLUTION
    shifted = logits - np.max(logits, axis=-1, keepdims=True)  # é: no overflow
    e = np.exp(shifted)
    if logits.ndim < 1 and not logits.size:
        return e, 0.5
    return e / np.sum(
        e,
        axis=-1, keepdims=True,
    )
    ### END SOLUTION
'''


def changed(source, operator):
    """(before, after) of every mutant of one family."""
    return [(m.before, m.after) for m in mutants(textwrap.dedent(source)) if m.operator == operator]


@pytest.mark.parametrize(
    ("source", "operator", "expected"),
    [
        ("y = a + b", "arithmetic operator", [("a + b", "a - b"), ("a + b", "a * b")]),
        ("y = a - b", "arithmetic operator", [("a - b", "a + b")]),
        ("y = a * b", "arithmetic operator", [("a * b", "a / b"), ("a * b", "a + b")]),
        ("y = a / b", "arithmetic operator", [("a / b", "a * b"), ("a / b", "a // b")]),
        ("y = a // b", "arithmetic operator", [("a // b", "a / b"), ("a // b", "a * b")]),
        ("y = a % b", "arithmetic operator", [("a % b", "a // b"), ("a % b", "a * b")]),
        ("y = a ** b", "arithmetic operator", [("a ** b", "a * b")]),
        ("y = a @ b", "arithmetic operator", [("a @ b", "a * b")]),
        ("y = 'got %s' % b", "arithmetic operator", []),
        ("y = -a", "unary minus", [("-a", "a")]),
        ("y = -1", "unary minus", []),
        ("y = a < b", "comparison", [("a < b", "a <= b"), ("a < b", "a >= b")]),
        ("y = a >= b", "comparison", [("a >= b", "a > b"), ("a >= b", "a < b")]),
        ("y = a == b", "comparison", [("a == b", "a != b")]),
        ("y = a is None", "comparison", [("a is None", "a is not None")]),
        ("y = k in d", "comparison", [("k in d", "k not in d")]),
        ("y = a and b", "boolean operator", [("a and b", "a or b")]),
        ("y = not a", "boolean operator", [("not a", "a")]),
        ("y = a & ~b", "boolean operator", [("a & ~b", "a | ~b"), ("~b", "b")]),
        ("y = 2", "constant", [("2", "3"), ("2", "1"), ("2", "-2"), ("2", "0")]),
        ("y = 0", "constant", [("0", "1"), ("0", "-1")]),
        ("y = -1", "constant", [("-1", "0"), ("-1", "-2"), ("-1", "1")]),
        ("y = 0.5", "constant", [("0.5", "1.5"), ("0.5", "-0.5"), ("0.5", "0.0")]),
        ("y = True", "constant", [("True", "False")]),
        ("y = {'w': 0}", "constant", [("0", "1"), ("0", "-1")]),
        ("def f(x, k=0): return x", "constant", [("0", "1"), ("0", "-1")]),
        ("def f(x, *, fast=False): return x", "constant", [("False", "True")]),
        ("y = f(x, axis=1)", "axis", [("axis=1", "axis=-2"), ("axis=1", "axis=-1"), ("axis=1", "axis=0")]),
        ("y = f(x, dim=-1)", "axis", [("dim=-1", "dim=-2"), ("dim=-1", "dim=0"), ("dim=-1", "dim=1")]),
        ("y = f(x, axis=k)", "axis", [("axis=k", f"axis={v}") for v in (-2, -1, 0, 1)]),
        ("y = f(x, axis=(0, 2))", "axis", [("axis=(0, 2)", "axis=(2,)"), ("axis=(0, 2)", "axis=(0,)")]),
        ("y = f(x, axis=1)", "constant", []),
        ("y = f(x, keepdims=True)", "axis", [("keepdims=True", "keepdims=False")]),
        ("y = f(x, keepdims=True)", "dropped keyword", []),
        ("y = f(x, axis=k)", "dropped keyword", [("axis=k", "")]),
        ("y = x[i]", "off by one", [("x[i]", "x[i + 1]"), ("x[i]", "x[i - 1]")]),
        ("y = x[n - 1]", "off by one", []),
        ("y = x['w']", "off by one", []),
        (
            "y = x[:n]",
            "off by one",
            [("x[:n]", "x[1:n]"), ("x[:n]", "x[:n + 1]"), ("x[:n]", "x[:n - 1]")],
        ),
        ("y = x[:, 0]", "off by one", [("x[:, 0]", "x[1:, 0]"), ("x[:, 0]", "x[:-1, 0]")]),
        (
            "y = range(n)",
            "off by one",
            [("range(n)", "range(n + 1)"), ("range(n)", "range(n - 1)"), ("range(n)", "range(1, n)")],
        ),
        ("y = range(3)", "off by one", [("range(3)", "range(1, 3)")]),
        ("y = f(a, b, c)", "swapped arguments", [("a, b", "b, a"), ("b, c", "c, b")]),
        ("y = np.maximum(a, b)", "swapped arguments", []),
        ("y = f(*a, b)", "swapped arguments", []),
        ("y = a - b", "swapped operands", [("a - b", "b - a")]),
        ("y = a @ b", "swapped operands", [("a @ b", "b @ a")]),
        ("y = a + b", "swapped operands", []),
        ("y = x - x", "swapped operands", []),
        ("y = a + b", "dropped operand", [("a + b", "a"), ("a + b", "b")]),
        ("y = a - b", "dropped operand", [("a - b", "a")]),
        ("y = a or b", "dropped operand", [("a or b", "b"), ("a or b", "a")]),
        ("y = np.maximum(0, z)", "sibling function", [("np.maximum", "np.minimum")]),
        ("y = x.sum()", "sibling function", [("x.sum", "x.mean")]),
        ("y = np.exp(np.log(x))", "sibling function", [("np.exp", "np.log"), ("np.log", "np.exp")]),
        ("y = max(xs)", "sibling function", [("max", "min")]),
        ("y = torch.zeros(2)", "sibling function", [("torch.zeros", "torch.ones")]),
        ("y = x.argmax(1)", "sibling function", [("x.argmax", "x.argmin")]),
        ("y = np.sqrt(x)", "dropped function", [("np.sqrt(x)", "x")]),
        ("y = abs(x)", "dropped function", [("abs(x)", "x")]),
        ("y = x.abs()", "dropped function", [("x.abs()", "x")]),
        ("y = reversed(range(3))", "dropped function", [("reversed(range(3))", "range(3)")]),
        ("y = w.T @ x", "dropped transpose", [("w.T", "w")]),
        ("def f(): return a, b", "swapped elements", [("a, b", "b, a")]),
        ("def f(): return a, b", "dropped result", [("a, b", "b"), ("a, b", "a")]),
        ("H, W = x.shape", "swapped elements", [("H, W", "W, H")]),
        ("y = np.zeros((H, W))", "swapped elements", [("H, W", "W, H")]),
        ("y = x[i, :]", "swapped elements", [("i, :", ":, i")]),
        ("def f():\n if a: b()", "condition", [("a", "True"), ("a", "False")]),
        ("y = a if c else b", "condition", [("c", "True"), ("c", "False")]),
        ("while a: b()", "condition", [("a", "False")]),
        ("while True: b()", "condition", []),
        ("y = [a for a in b if a]", "condition", [("a", "True")]),
        ("x += y", "augmented assignment", [("x += y", "x -= y"), ("x += y", "x = y")]),
        ("x *= y", "augmented assignment", [("x *= y", "x /= y"), ("x *= y", "x = y")]),
        ("for i in x: break", "loop control", [("break", "continue"), ("break", "pass")]),
        ("for i in x: continue", "loop control", [("continue", "break"), ("continue", "pass")]),
    ],
)
def test_a_family_makes_these_changes_and_no_others(source, operator, expected):
    assert changed(source, operator) == expected


def test_each_simple_statement_of_a_function_is_dropped_but_text_and_bare_annotations_are_not():
    source = '''
    import numpy as np
    scale = f(x)
    class Layer:
        size = n
        def forward(self, x):
            """Text."""
            import math
            y: float
            "more text"
            self.x = x
            for row in x:
                self.total += row
            return x
    '''
    dropped = ["self.x = x", "self.total += row", "return x"]
    assert changed(source, "dropped statement") == [(statement, "pass") for statement in dropped]


def test_text_annotations_imports_decorators_and_base_classes_are_left_alone():
    source = '''
    from numpy import max as top
    @register(1)
    class Layer(make(1)):
        def f(self, x: Shape[1, 2] = None, *rest: 3) -> Shape[4]:
            """Adds 1 + 1."""
            y: Shape[5] = x
            return f"{y + 1:.3f}"
    '''
    assert {m.operator for m in mutants(textwrap.dedent(source))} == {"dropped statement"}


def test_a_change_keeps_the_rest_of_the_text_and_names_its_line():
    by_id = {m.id: m for m in mutants(SOFTMAX)}
    mutant = by_id["L5 sibling function np.max→np.min"]
    assert mutant.source == SOFTMAX.replace("np.max", "np.min")
    assert (mutant.line, mutant.before, mutant.after) == (6, "np.max", "np.min")
    assert by_id["L11 axis axis=-1→axis=0"].source == SOFTMAX.replace("        axis=-1", "        axis=0")
    assert by_id["L7 boolean operator not logits.size→logits.size"].source == SOFTMAX.replace("not ", "")


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("y = (a + b) * c\n", "L1 dropped operand (a + b) * c→c", "y = c\n"),
        ("y = c * (a + b)\n", "L1 arithmetic operator a + b→a * b", "y = c * (a * b)\n"),
        ("y = c - a * b\n", "L1 arithmetic operator a * b→a + b", "y = c - (a + b)\n"),
        ("y = 2 ** x\n", "L1 constant 2→-2", "y = (-2) ** x\n"),
        ("y = f((a, b))\n", "L1 swapped elements a, b→b, a", "y = f((b, a))\n"),
    ],
)
def test_a_change_never_regroups_the_expression_around_it(source, name, expected):
    assert {m.id: m.source for m in mutants(source)}[name] == expected


def test_equal_changes_on_one_line_are_numbered():
    ids = [m.id for m in mutants("y = x[1] + z[1]") if (m.before, m.after) == ("1", "2")]
    assert ids == ["L1 constant 1→2", "L1 constant 1→2 #2"]


def test_mutants_of_values_classes_and_top_level_await_are_made():
    assert mutants("weights = {'w': np.array([1.0, -2.0]), 'b': 0.5}")
    assert mutants("class Net(nn.Module):\n    def forward(self, x):\n        return self.out(x.relu())")
    assert mutants("y = await f(1)")
    assert mutants("y = ...") == []
    assert mutants("") == []


def test_a_cell_that_is_not_python_is_refused():
    with pytest.raises(SyntaxError):
        mutants("%matplotlib inline")


def test_a_mutant_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        mutants("y = 1")[0].line = 2


def assert_sound(source):
    """What holds for the mutants of any cell."""
    found = mutants(source)
    trees = [ast.dump(ast.parse(m.source)) for m in found]
    assert len({*trees, ast.dump(ast.parse(source))}) == len(trees) + 1
    assert len({m.id for m in found}) == len(found)
    assert [m.line for m in found] == sorted(m.line for m in found)
    assert all(1 <= m.line <= source.count("\n") + 1 and m.before != m.after for m in found)
    for mutant in found:
        compile(mutant.source, mutant.id, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert mutants(source) == found
    return found


@pytest.mark.parametrize(
    "source",
    [SOFTMAX, SOFTMAX.replace("\n", "\r\n"), getsource(statistics.linear_regression), getsource(statistics.NormalDist)],
    ids=["softmax", "softmax with CRLF", "a function of the standard library", "a class of the standard library"],
)
def test_mutants_are_distinct_named_apart_ordered_repeatable_and_compile(source):
    assert len(assert_sound(source)) > 40


NAMES = st.sampled_from(["a", "b", "é", "np.pi", "1", "-2", "0.5", "True", "None", "'s'", "w.T"])
OPERATORS = st.sampled_from(["+", "-", "*", "/", "**", "//", "%", "@", "<", "==", "and", "or", "&"])
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds(
            "{} {} {}".format,
            inner,
            OPERATORS,
            inner,
        ),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("np.sum({}, {}, axis={}, keepdims=True)".format, inner, inner, inner),
        st.builds("({}, {})".format, inner, inner),
        st.builds("a[{}, :, {}:]".format, inner, inner),
        st.builds("(({})\\\n if ({}) else ({}))".format, inner, inner, inner),
        st.builds("[({}) for b in ({}) if ({})]".format, inner, inner, inner),
        st.builds("(lambda é=({}): {})".format, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS, EXPRESSIONS)
def test_any_expression_has_sound_mutants(first, second):
    assert_sound(f"def f(a, b):\n    for é in ({first}):\n        a += {second}\n    return {first}\n")
