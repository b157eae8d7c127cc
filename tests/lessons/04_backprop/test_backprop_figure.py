"""Backprop, step by step: its gradients against finite differences and torch, and what wrong engines do to it."""

import math

import numpy as np
import pytest
import torch
from widgets_04_backprop.expressions import ExpressionError, names_in, parse
from widgets_04_backprop.scene import layout
from widgets_04_backprop.stepper import BackpropSteps

from course.figures.session import Session
from course.figures.static import draw, png

ALL = {"type": "press", "name": "all"}
TWICE = "c = a*b; d = c + 1; d*c"  # c is used by d and by the result

ENGINE = '''
import math

class Value:
    """A number that remembers how it was made."""
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.parents = tuple(parents)
        self.grad = 0.0
        self.local_backward = lambda: None

def add(a, b):
    out = Value(a.data + b.data, (a, b))
    def local():
        a.grad += out.grad
        b.grad += out.grad
    out.local_backward = local
    return out

def multiply(a, b):
    out = Value(a.data * b.data, (a, b))
    def local():
        a.grad += b.data * out.grad
        b.grad += a.data * out.grad
    out.local_backward = local
    return out

def power(a, n):
    out = Value(a.data**n, (a,))
    def local():
        a.grad += n * a.data ** (n - 1) * out.grad
    out.local_backward = local
    return out

def tanh(a):
    out = Value(math.tanh(a.data), (a,))
    def local():
        a.grad += (1 - out.data**2) * out.grad
    out.local_backward = local
    return out

def exp(a):
    out = Value(math.exp(a.data), (a,))
    def local():
        a.grad += out.data * out.grad
    out.local_backward = local
    return out

def sorted_graph(out):
    order, seen = [], set()
    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)
    visit(out)
    return order

def backward(out):
    order = sorted_graph(out)
    for node in order:
        node.grad = 0.0
    out.grad = 1.0
    for node in reversed(order):
        node.local_backward()
'''


def engine(old="", new=""):
    """The learner's notebook, with one piece of their code replaced."""
    namespace = {}
    assert old in ENGINE
    exec(ENGINE.replace(old, new, 1), namespace)
    return namespace


def session(namespace=None, reference=None, **state):
    return Session(BackpropSteps(), engine() if namespace is None else namespace, reference, **state)


def arrays(run):
    return run.figure.compute(run.state, run.functions)


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def node(run, label):
    return next(node for node in panel(run, "graph").nodes if node.label == label)


def lit(run):
    return [edge for edge in panel(run, "graph").edges if edge.strong]


def grads(run):
    found = arrays(run)
    return dict(zip(found["labels"], found["grads"], strict=True))


def press(run, *names):
    for name in names:
        run.handle([{"type": "press", "name": name}])


def enter(run, text):
    return run.handle([{"type": "set", "name": "expression", "value": text}])


# --- the numbers ------------------------------------------------------------------------------------------


def test_it_begins_before_the_first_step():
    run = session()
    assert run.state["step"] == 0 and not lit(run)
    assert run.frame.say.startswith("Forward done. Values: a data 3.00 grad 0.00, b data −0.50 grad 0.00, ")
    assert panel(run, "graph").title == "Forward: every value is known"
    press(run, "next")
    enter(run, "a*a*b")
    assert run.state["step"] == 0, "so does another expression"


def test_the_first_step_lights_one_line():
    run = session()
    press(run, "next")
    assert run.frame.say == (
        "Step 1 of 5, (a*b + a)**2 to a*b + a: 1.00 × 3.00 = 3.00. Values: a data 3.00 grad 0.00, "
        "b data −0.50 grad 0.00, a*b data −1.50 grad 0.00, a*b + a data 1.50 grad 3.00, "
        "(a*b + a)**2 data 2.25 grad 1.00."
    )
    assert run.frame.strip == []
    assert run.frame.badge.count("your") == 5
    assert [(edge.source, edge.target, edge.arrow) for edge in lit(run)] == [("v3", "v4", "source")]
    assert lit(run)[0].label == "1.00 × 3.00\n= 3.00"


EXPRESSIONS = [
    "(a*b + a)**2",
    "a*a",
    "-a**3 + 2*b",
    "(a - b)/(a*a + 1)",
    "tanh(a)*exp(-b)",
    "b**-2 / a",
    "exp(a*b) - 1.5",
    TWICE,
    "c = a*b; c*tanh(c)",
]


@pytest.mark.parametrize(
    ("namespace", "reference"),
    [(engine(), None), ({}, None), ({}, {})],
    ids=["theirs", "borrowed", "without solutions"],
)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_after_all_steps_the_gradients_are_torchs_and_those_of_finite_differences(expression, namespace, reference):
    run = session(namespace, reference, expression=expression, values={"a": 1.3, "b": -0.7})
    run.handle([ALL])
    known = {"tanh": torch.tanh, "exp": torch.exp}
    known |= {name: torch.tensor(at, dtype=torch.float64, requires_grad=True) for name, at in (("a", 1.3), ("b", -0.7))}
    *before, last = expression.split(";")
    exec(";".join(before), known)
    result = eval(last.strip(), known)
    result.backward()
    found = arrays(run)
    assert found["data"][-1] == pytest.approx(result.item())
    for name in ("a", "b"):
        if known[name].grad is not None:
            place = found["ids"].index(name)
            assert found["grads"][place] == pytest.approx(known[name].grad.item())
            assert found["by_hand"][place] == pytest.approx(known[name].grad.item(), rel=1e-5)
    assert "All gradients agree with finite differences." in run.frame.say
    assert run.frame.strip == []


def test_each_step_lights_one_line_and_adds_its_message():
    run = session(step=3)
    assert node(run, "a").lines == ("data 3.00", "grad 3.00", "= 0.00 + 3.00")
    press(run, "next")
    assert node(run, "a").lines == ("data 3.00", "grad 1.50", "= 3.00 − 1.50")
    assert node(run, "a").mark == "now"
    assert lit(run)[0].label == "3.00 × (−0.50)\n= −1.50"
    assert len(lit(run)) == 1


def test_a_line_keeps_what_it_has_carried():
    edges = {edge.id: edge.label for edge in panel(session(step=3), "graph").edges}
    assert edges == {
        "v3→v4": "1.00 × 3.00\n= 3.00", "v2→v3": "3.00 × 1.00\n= 3.00", "a→v3": "3.00 × 1.00\n= 3.00",
        "a→v2": "", "b→v2": "",
    }  # fmt: skip


def test_back_restores_and_neither_end_is_passed():
    run = session()
    first = run.frame.say
    press(run, "next", "next", "back", "back")
    assert run.frame.say == first
    press(run, "back", "back")
    assert run.frame.say == first
    assert set(grads(run).values()) == {0.0, 1.0}
    press(run, *["next"] * 9)
    assert "Step 5 of 5" in run.frame.say
    press(run, "back")
    assert "Step 4 of 5" in run.frame.say


def test_a_value_used_twice_by_one_node_has_one_double_line():
    run = session(expression="a*a")
    (edge,) = panel(run, "graph").edges
    assert edge.double
    press(run, "next")
    (edge,) = panel(run, "graph").edges
    assert edge.label == "1.00 × 6.00\n= 6.00"
    assert arrays(run)["steps"] == 1


def test_moving_a_leaf_moves_the_values_and_the_gradients():
    run = session(step=5)
    run.handle([{"type": "set", "name": "leaf b", "value": 2.0}])
    assert grads(run) == {"a": 54, "b": 54, "a*b": 18, "a*b + a": 18, "(a*b + a)**2": 1}


def test_where_tanh_is_flat_one_percent_of_the_message_is_left():
    run = session(expression="tanh(a)", values={"a": 3.0})
    press(run, "next")
    assert grads(run)["a"] == pytest.approx(1 - math.tanh(3) ** 2)
    assert lit(run)[0].label == "1.00 × 0.01\n= 0.01"


def test_the_order_is_that_of_the_learners_backward():
    swapped = engine("for parent in node.parents", "for parent in reversed(node.parents)")
    chain = "(a + 1)*(b + 2)"
    theirs, other = session(expression=chain), session(swapped, expression=chain)
    press(theirs, *["next"] * 3), press(other, *["next"] * 3)
    assert theirs.frame.say != other.frame.say
    assert lit(theirs)[0].target != lit(other)[0].target
    press(theirs, "all"), press(other, "all")
    assert grads(theirs) == grads(other)


def test_values_reach_the_learners_functions_as_they_are():
    given = []
    namespace = engine()
    own = namespace["multiply"]
    namespace["multiply"] = lambda a, b: given.append((a, b)) or own(a, b)
    run = session(namespace, expression="a*a")
    assert given[0][0] is given[0][1]
    assert type(given[0][0]) is namespace["Value"]
    assert run.frame.strip == []


def test_the_solutions_stand_in_on_the_learners_values():
    namespace = engine()
    del namespace["power"], namespace["backward"]
    run = session(namespace, step=5)
    assert "your Value" in run.frame.badge and "our power" in run.frame.badge and "our backward" in run.frame.badge
    assert grads(run)["b"] == pytest.approx(9)


def test_the_check_uses_the_learners_numerical_gradient():
    namespace = engine() | {"numerical_gradient": lambda f, x, h: np.array([f(x + h) - f(x - h)]) / h}
    run = session(namespace, step=5)
    assert "your numerical_gradient" in run.frame.badge
    assert "finite differences say 2.00" in run.frame.say


# --- the slip on a switch ---------------------------------------------------------------------------------


def test_overwriting_makes_only_the_gradient_of_a_wrong():
    run = session(step=5)
    right = grads(run)
    run.handle([{"type": "set", "name": "overwrite", "value": True}])
    wrong = grads(run)
    assert [name for name in right if not math.isclose(right[name], wrong[name])] == ["a"]
    assert "First wrong gradient: a has −1.50, finite differences say 1.50." in run.frame.say
    assert node(run, "a").mark == "wrong"
    press(run, "back")
    assert node(run, "a").lines[-1] == "3.00 was lost"
    assert "−1.50, which replaced 3.00." in run.frame.say


def test_overwriting_also_loses_half_of_a_value_times_itself():
    run = session(expression="a*a", overwrite=True, step=1)
    assert grads(run)["a"] == pytest.approx(3)
    assert "a has 3.00, finite differences say 6.00" in run.frame.say


# --- sabotage: wrong engines show -------------------------------------------------------------------------


def test_without_topological_order_the_first_wrong_node_is_flagged():
    breadth_first = engine(
        "order = sorted_graph(out)",
        """order, todo = [], [out]
    while todo:
        node = todo.pop(0)
        if node not in order:
            order.insert(0, node)
            todo += node.parents""",
    )
    run = session(breadth_first, expression="c = a*b; d = c + 1; c*d", step=2)
    assert not any(node.mark == "wrong" for node in panel(run, "graph").nodes)
    press(run, "next")
    assert "c = a*b handed on −0.50 before all of its gradient, −2.00, had arrived." in run.frame.say
    assert node(run, "c = a*b").mark == "wrong"
    press(run, "all")
    assert grads(run)["c = a*b"] == pytest.approx(-2), "its own gradient is right in the end"
    assert {row[0].text: row[2].text for row in panel(run, "check").rows} == {
        "c*d": "=", "d = c + 1": "=", "1": "=", "c = a*b": "≠", "b": "≠", "a": "≠",
    }  # fmt: skip


def test_an_upstream_gradient_that_is_ignored_shows_at_its_line():
    run = session(engine("a.grad += b.data * out.grad", "a.grad += b.data"), step=4)
    assert lit(run)[0].label == "3.00 × (−0.50)\n= −1.50,\nbut −0.50 was added"
    press(run, "all")
    assert "First wrong gradient: a has 2.50, finite differences say 1.50." in run.frame.say


def test_an_engine_that_overwrites_shows_what_was_lost():
    run = session(engine("a.grad += b.data * out.grad", "a.grad = b.data * out.grad"), step=4)
    assert node(run, "a").lines[-1] == "3.00 was lost"
    assert "which replaced 3.00" in run.frame.say


def test_a_wrong_slope_is_flagged_at_the_first_node_it_reaches():
    run = session(engine("n * a.data ** (n - 1)", "n * a.data ** n"), step=5)
    assert "First wrong gradient: a*b + a has 4.50, finite differences say 3.00." in run.frame.say
    assert node(run, "a*b + a").mark == "wrong"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("return out\n\ndef multiply", "return out.data\n\ndef multiply", "Your add must return a Value"),
        ("Value(a.data * b.data, (a, b))", "Value(a.data * b.data)", "Your multiply returns a Value that doesn't have"),
        ("        node.local_backward()", "        pass", "Your backward called no node's local_backward"),
        ("    return out\n\ndef multiply", "\ndef multiply", "Your add must return a Value; it returned NoneType"),
        ("    out.grad = 1.0", "    out.grad = one", "Your backward stopped: NameError"),
        ("self.parents = tuple(parents)", "self.parents = tuple(parents) + (self,)", "among its own parents"),
    ],
)
def test_what_breaks_in_the_learners_engine_is_said_in_a_sentence(old, new, message):
    run = session(step=5)
    run.functions._namespace = engine(old, new)
    assert any(message in line for line in run.handle([ALL]).strip)


def test_from_a_broken_engine_the_first_picture_is_that_of_the_solutions():
    run = session(engine("    out.grad = 1.0", "    out.grad = one"))
    assert "NameError" in run.frame.strip[0]
    assert run.frame.say.startswith("Forward done.")


# --- expressions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must end in an expression"),
        ("1 +", "Python can't read this"),
        ("a//b", "not a//b"),
        ("a**b", "plain number"),
        ("sin(a)", r"not sin\(a\)"),
        ("tanh(a, b)", "takes one value"),
        ("a.data", "not a.data"),
        ("a @ b", "not a @ b"),
        ("a < b", "not a < b"),
        ("a + True", "not True"),
        ("a + 'x'", "not 'x'"),
        ("2*3", "at least one name"),
        ("a", "nothing to compute"),
        ("b = a", "must end in an expression"),
        ("a.b = 1; a", "only names can be given"),
        ("a*a; a + 1", "only names can be given"),
        ("b = a*a; b = a; b + 1", "has a meaning already"),
        ("a+b+c+d+e+f+g", "at most 6 names"),
        ("a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a", "16 values"),
    ],
)
def test_what_can_t_be_read_is_said_and_the_last_picture_stays(text, message):
    with pytest.raises(ExpressionError, match=message) as error:
        parse(text)
    run = session()
    kept = run.frame.panels
    frame = enter(run, text)
    assert frame.panels is kept
    assert frame.strip == [str(error.value)]
    assert enter(run, "a*b").strip == []


def test_reading_runs_no_code():
    with pytest.raises(ExpressionError, match="not"):
        parse("__import__('os').getcwd()")


def test_a_new_expression_keeps_known_values_and_has_sliders_for_its_names():
    run = session()
    enter(run, "a*x + exp(y)")
    sliders = [control.label for control, _ in run.frame.controls if control.name.startswith("leaf ")]
    assert sliders == ["a", "x", "y"] == names_in(parse("a*x + exp(y)"))
    assert arrays(run)["data"][arrays(run)["ids"].index("a")] == 3.0


@pytest.mark.parametrize(
    ("namespace", "message"), [({}, "b**-1 has no value here"), (engine(), "Your power stopped: ZeroDivisionError")]
)
def test_a_place_without_a_value_is_said_and_left_again(namespace, message):
    run = session(namespace, expression="a/b")
    frame = run.handle([{"type": "set", "name": "leaf b", "value": 0.0}])
    assert message in frame.strip[0]
    assert run.handle([{"type": "set", "name": "leaf b", "value": 0.5}]).strip == []


def test_copied_lines_rebuild_the_view():
    run = session()
    enter(run, TWICE)
    run.handle([{"type": "set", "name": "overwrite", "value": True}, ALL])
    again = eval(run.frame.code.replace("widgets.backprop_steps", "dict"))
    assert session(**again).frame.say == run.frame.say


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"expression": "a//b"}, "not a//b"),
        ({"values": {"a": 9}}, "from −5 to 5"),
        ({"values": [1]}, "must be a dict"),
        ({"step": -1}, "whole number"),
    ],
)
def test_settings_that_don_t_fit_are_refused_clearly(given, message):
    with pytest.raises(ValueError, match=message):
        session(**given)


def test_the_goal_is_where_b_weighs_ten_times_a():
    run = session()
    assert run.frame.goal.progress == pytest.approx(0.6)
    run.handle([{"type": "set", "name": "leaf a", "value": 5.0}])
    assert run.frame.goal.progress == 1
    assert enter(run, "x*y").goal is None
    assert enter(run, "a + 0*b").goal.progress == 0


# --- the picture ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expression", [*EXPRESSIONS, "tanh(w1*x1 + w2*x2 + b)", "(x - y)/(z*exp(-x)) + 3*a"])
def test_boxes_stand_apart_and_lines_lead_to_the_right(expression):
    run = session(expression=expression)
    places, columns, rows = layout(arrays(run)["parents"])
    height = panel(run, "graph").height
    for i, (x, y) in enumerate(places):
        assert 0.1 < x < 0.9 and 0.05 < y < 0.95
        for other in places[:i]:
            assert abs(other[0] - x) > 0.05 or abs(other[1] - y) * height >= 75
    for i, used in enumerate(arrays(run)["parents"]):
        assert all(places[parent][0] < places[i][0] for parent in used)
    assert rows <= 6 and columns <= 9


def test_the_still_picture_can_be_drawn():
    assert png(draw(session(expression="a*a + a", overwrite=True, step=3).frame.panels)).startswith(b"\x89PNG")


# --- without solutions: the figure's own way --------------------------------------------------------------

MORE = ["a**0.5 + b", "a*a*a*b", "x = a*b; y = exp(a); y + x", "c = a*b; a + 1", "tanh(w1*x1 + w2*x2 + b)", "-(-a)"]


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("expression", [*EXPRESSIONS, *MORE])
def test_without_solutions_it_shows_the_same_messages(expression, overwrite):
    given = {"expression": expression, "values": {"a": 1.3, "b": -0.7}, "overwrite": overwrite}
    borrowed, own = session({}, **given), session({}, {}, **given)
    for step in range(20):
        one, other = arrays(borrowed), arrays(own)
        assert one.keys() == other.keys()
        for name in one:
            if name in ("message", "messages"):
                pairs = zip(one["messages"], other["messages"], strict=True)
                for message, its in pairs:
                    assert vars(its) == pytest.approx(vars(message), rel=1e-8, abs=1e-8)
            elif name in ("data", "by_hand", "grads", "wrong_grad"):
                assert other[name] == pytest.approx(one[name], rel=1e-9, abs=1e-9)
            else:
                assert one[name] == other[name]
        assert own.frame.say == borrowed.frame.say and own.frame.strip == []
        if one["step"] == one["steps"] and step:
            break
        press(borrowed, "next"), press(own, "next")
    assert "our backward" in borrowed.frame.badge and "own code" not in borrowed.frame.badge
    assert own.frame.badge.startswith("running on: the figure's own code (until your Value, ")


@pytest.mark.parametrize("reference", [None, {}], ids=["borrowed", "without solutions"])
@pytest.mark.parametrize(
    ("expression", "a", "message"),
    [
        ("b/a", 0.0, "a**-1 has no value here"),
        ("a**0.5", -1.0, "a**0.5 has no value here"),
        ("exp(exp(exp(a)))", 5.0, "exp(exp(exp(a))) has no value here"),
    ],
)
def test_a_place_without_a_value_is_said_whosever_code_it_is(expression, a, message, reference):
    run = session({}, reference, expression=expression, values={"a": 1.0})
    assert run.frame.strip == []
    assert message in run.handle([{"type": "set", "name": "leaf a", "value": a}]).strip[0]
    assert run.handle([{"type": "set", "name": "leaf a", "value": 1.0}]).strip == []


def test_a_place_without_a_slope_is_said_too():
    run = session({}, expression="a**0 + a")
    assert "has no slope here" in run.handle([{"type": "set", "name": "leaf a", "value": 0.0}]).strip[0]


def test_without_solutions_yours_takes_over_when_all_that_the_line_needs_is_written():
    namespace = engine() | {"numerical_gradient": lambda f, x, h: np.array([f(x + h) - f(x - h)]) / (2 * h)}
    written = namespace.pop("backward")
    run = session(namespace, {}, step=5)
    assert run.frame.badge == "running on: the figure's own code (until your backward is written)"
    assert grads(run)["b"] == pytest.approx(9)
    namespace["backward"] = lambda out: ...
    assert run.handle([]).badge == "running on: the figure's own code (until your backward is written)"
    namespace["backward"] = written
    namespace["add"] = lambda a, b: namespace["multiply"](a, b)
    frame = run.handle([])
    assert "own code" not in frame.badge and "your add" in frame.badge
    assert grads(run)["b"] != pytest.approx(9)
