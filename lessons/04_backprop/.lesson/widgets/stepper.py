"""Backprop, step by step: a graph of the reader's expression, run backward by the reader's engine."""

from course.figures import Button, Figure, Goal, LearnerError, Scrub, TextBox, Toggle

from .at_once import at_once
from .expressions import EXAMPLE, ExpressionError, edges_in, names_in, parse
from .scalar_engine import USES, agree, by_functions, needed
from .scene import check_table, label, net, overwritten, short, worked_out

LOW, HIGH, RATIO = -5.0, 5.0, 10.0
VALUES = {"a": 3.0, "b": -0.5}
OTHERS = (2.0, -1.0, 0.5, 1.0, -0.5, 1.5)  # for names that have no value yet


class BackpropSteps(Figure):
    name = "backprop_steps"
    title = "Backprop, step by step"
    tries = (
        "Before you press Next: which value hands on its gradient next, and to whom?",
        "Switch on “overwrite instead of add” and press All. Only a's gradient is wrong. Why a's?",
        "Type tanh(a) and set a to 3. How much of the message is left?",
        "Type c = a*b; c*tanh(c). Now c is used twice: what must have happened before c hands anything on?",
    )
    uses = USES

    def initial(self):
        return {
            "expression": EXAMPLE,
            "values": dict(VALUES),
            "step": 0,
            "overwrite": False,
            "_read": EXAMPLE,  # the last expression that could be read
        }

    def controls(self, state):
        return [
            TextBox("expression", "Expression", hint=EXAMPLE),
            Button("next", "Next", key="ArrowRight"),
            Button("back", "Back", key="ArrowLeft"),
            Button("all", "All", key="a"),
            Toggle("overwrite", "overwrite instead of add"),
            *(Scrub(f"leaf {name}", name, LOW, HIGH, 0.1) for name in names_in(parse(state["_read"]))),
        ]

    def value(self, state, name, arrays):
        leaf = name.removeprefix("leaf ")
        return state["values"][leaf] if leaf != name else super().value(state, name, arrays)

    def checked(self, state, given):
        state = super().checked(state, given)
        made = parse(state["expression"])
        check_values(state["values"])
        if type(state["step"]) is not int or state["step"] < 0:
            raise ValueError(f"step must be a whole number from 0, not {state['step']!r}.")
        return read_anew(state, made) | {"step": min(state["step"], edges_in(made))}

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        last = edges_in(parse(state["_read"]))
        if event["type"] == "press":
            to = {"next": state["step"] + 1, "back": state["step"] - 1, "all": last}[event["name"]]
            return state | {"step": min(max(to, 0), last)}
        if event["type"] == "set" and event["name"].startswith("leaf "):
            leaf = event["name"].removeprefix("leaf ")
            return state | {"values": state["values"] | {leaf: event["value"]}}
        state = super().reduce(state, event)
        if event["type"] == "set" and event["name"] == "expression":
            try:
                return read_anew(state, parse(state["expression"])) | {"step": 0, "selected": None}
            except ExpressionError:
                return state  # compute says what is wrong; the last picture stays
        return state

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        try:
            made = parse(state["expression"])
        except ExpressionError as error:
            raise LearnerError(str(error)) from error
        if functions.have(*needed(made)):
            worked = by_functions(made, state["values"], state["overwrite"], functions)
        else:
            functions.own(*needed(made))
            worked = at_once(made, state["values"], state["overwrite"])
        trace, by_hand = worked.trace, worked.by_hand
        messages = trace.messages
        if not messages:
            functions.note("Your backward called no node's local_backward, so nothing was handed on.")

        all_shown = state["step"] >= edges_in(made)
        step = len(messages) if all_shown else min(state["step"], len(messages))
        return {
            "parents": worked.parents,
            "ids": [one.constant if one and one.op == "name" else f"v{i}" for i, one in enumerate(worked.made)],
            "labels": [label(one) if one else "inside" for one in worked.made],
            "data": worked.data,
            "by_hand": by_hand,
            "step": step,
            "steps": len(messages),
            "grads": trace.gradients(step),
            "messages": messages[:step],
            "message": messages[step - 1] if step else None,
            "settled": [all(message.parent != i for message in messages[step:]) for i in range(len(by_hand))],
            **first_wrong(trace, by_hand, step),
        }

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        return [net(state, arrays), check_table(state, arrays)]

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        nodes = ", ".join(
            f"{name} data {short(data)} grad {short(grad)}"
            for name, data, grad in zip(arrays["labels"], arrays["data"], arrays["grads"], strict=True)
        )
        return f"{self.conclusion(state, arrays)} Values: {nodes}."

    def conclusion(self, state, arrays):
        labels, message = arrays["labels"], arrays["message"]
        happened = "Forward done."
        if message is not None:
            lost = f", which replaced {short(message.before)}" if overwritten(message) else ""
            who = f"{labels[message.node]} to {labels[message.parent]}"
            happened = f"Step {arrays['step']} of {arrays['steps']}, {who}: {worked_out(message)}{lost}."
        return f"{happened}{self.verdict(arrays)}"

    def verdict(self, arrays):
        wrong = arrays["wrong"]
        if wrong is not None:
            name, grad, by_hand = arrays["labels"][wrong], short(arrays["wrong_grad"]), short(arrays["by_hand"][wrong])
            if arrays["too_early"]:
                return f" {name} handed on {grad} before all of its gradient, {by_hand}, had arrived."
            return f" First wrong gradient: {name} has {grad}, finite differences say {by_hand}."
        if arrays["step"] == arrays["steps"]:
            return " All gradients agree with finite differences."
        return ""

    def goal(self, state, arrays):
        slopes = {
            name: slope for name, slope in zip(arrays["ids"], arrays["by_hand"], strict=True) if name in ("a", "b")
        }
        if len(slopes) < 2:
            return None
        text = "Goal: a place where b's gradient is ten times a's."
        if slopes["a"] == 0:
            return Goal(f"{text} Here a's is 0.", 0.0)
        ratio = slopes["b"] / slopes["a"]
        if abs(ratio - RATIO) < 0.05:
            return Goal("b's gradient is ten times a's. Why there?", 1.0)
        progress = min(ratio / RATIO, RATIO / ratio, 0.95) if ratio > 0 else 0.0
        return Goal(f"{text} Here {short(ratio)} times.", progress)


# --- small helpers --------------------------------------------------------------------------------------


def read_anew(state, made):
    """The state with a value for each name of the expression; those known before are kept."""
    values = {name: value for name, value in state["values"].items()}
    for name in names_in(made):
        values.setdefault(name, OTHERS[len(values) % len(OTHERS)])
    return state | {"values": values, "_read": state["expression"]}


def first_wrong(trace, by_hand, step):
    """The first node whose gradient can be seen to be wrong after so many messages.

    A node is wrong when it hands on a gradient that isn't the whole one, or when all is done and its own isn't.
    """
    for message in trace.messages[:step]:
        known = by_hand[message.node]
        if known is not None and not agree(message.upstream, known):
            early = agree(trace.end[message.node], known)
            return {"wrong": message.node, "wrong_grad": message.upstream, "too_early": early}
    for i in reversed(range(len(by_hand))) if step == len(trace.messages) else ():
        if by_hand[i] is not None and not agree(trace.end[i], by_hand[i]):
            return {"wrong": i, "wrong_grad": trace.end[i], "too_early": False}
    return {"wrong": None, "wrong_grad": 0.0, "too_early": False}


def check_values(values):
    """Raises ValueError with a clear sentence unless it is a dict of numbers in range."""
    fits = isinstance(values, dict) and all(
        isinstance(name, str) and type(value) in (int, float) and LOW <= value <= HIGH for name, value in values.items()
    )
    if not fits:
        raise ValueError(f"values must be a dict of numbers from −5 to 5, such as {{'a': 2.0}}, not {values!r}.")
