"""A network with every number in it: your dense, relu and softmax, one after the other, neuron by neuron.

What comes out at the end is compared with your forward, and the strip under the figure says so if they differ.
"""

import numpy as np

from course.figures import Button, Choice, Figure, Goal, Scrub, Toggle
from course.figures.figure import snap
from course.figures.scene import Bars, Pad, number

from .graph import at_once
from .networks import (
    CORNER_CLASSES,
    CORNERS,
    DIGIT,
    EDGE,
    IDENTITY,
    RANDOM,
    USES,
    XOR,
    by_functions,
    held_out_digits,
    network,
    part_names,
    place_of,
    square,
    with_edits,
)
from .xray_scene import net, pixel_picture, plane, sum_of

X1, X2 = Scrub("x1", "x₁", -EDGE, EDGE, 0.1), Scrub("x2", "x₂", -EDGE, EDGE, 0.1)
SHIFT = Scrub("shift", "all scores +", -10, 10, 0.5)
WEIGHT = Scrub("weight", "weight", -10, 10, 0.1)
FRESH = {"edits": {}, "killed": [], "collapsed": False, "selected": "A1"}


class NetworkXray(Figure):
    name = "network_xray"
    title = "Network X-ray"
    tries = (
        "Drag the input until another hidden neuron goes dead and its outgoing lines fade. What still changes from there on?",
        "Switch ReLU off and press Collapse. One layer gives the same probabilities everywhere. And with ReLU on?",
        "Add 5 to all scores. Predict first what the probabilities do.",
    )
    uses = USES

    def initial(self):
        return {
            "network": RANDOM,
            "seed": 59,
            "x1": 1.0,
            "x2": -1.0,
            "relu": True,
            "shift": 0.0,
            "edits": {},  # weights ("A1→B2") and biases ("A1") that you have set
            "killed": [],
            "collapsed": False,
            "digit": 0,  # which of the held-out digits, as long as nothing is drawn
            "pixels": None,
            "selected": "A1",
        }

    def controls(self, state):
        what = {RANDOM: [Button("new", "New weights", key="n")], DIGIT: [Button("new", "Next digit", key="n")]}
        controls = [
            Choice("network", "Network", (RANDOM, XOR, IDENTITY, DIGIT)),
            *what.get(state["network"], []),
            Toggle("relu", "ReLU"),
            Button("collapse", "Unfold" if state["collapsed"] else "Collapse", key="c"),
        ]
        chosen = state["selected"] or ""
        if is_hidden(chosen) and not state["collapsed"]:
            verb = "Revive" if chosen in state["killed"] else "Kill"
            controls.append(Button("kill", f"{verb} {chosen}", key="k"))
        if state["network"] == DIGIT:
            controls.append(Button("clear", "Clear the pad"))
        else:
            controls += [X1, X2]
        controls.append(SHIFT)
        if can_be_set(chosen) and not state["collapsed"]:
            label = chosen if "→" in chosen else f"bias of {chosen}"
            controls.append(Scrub("weight", label, WEIGHT.low, WEIGHT.high, WEIGHT.step))
        return controls

    def value(self, state, name, arrays):
        if name != "weight":
            return super().value(state, name, arrays)
        return parameter(state["selected"], arrays)

    def checked(self, state, given):
        for name in ("edits", "killed", "pixels", "seed", "digit"):
            if name in given:
                check_given(name, given[name])
        return super().checked(state, given)

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind, thing = event["type"], event.get("thing")
        if kind == "set" and event["name"] == "weight":
            return state | {"edits": state["edits"] | {state["selected"]: event["value"]}}
        if kind == "set" and event["name"] == "network":
            corner = {"x1": 1.0, "x2": 0.0} if event["value"] == XOR else {}
            return state | FRESH | corner | {"network": event["value"], "pixels": None}
        if kind == "nudge" and can_be_set(thing) and not state["collapsed"]:
            weight = snap(event["weight"] + WEIGHT.step * event["dy"], WEIGHT)
            return state | {"edits": state["edits"] | {thing: weight}}
        if kind == "drag" and thing == "input":
            return state | {"x1": snap(event["x"], X1), "x2": snap(event["y"], X2)}
        if kind in ("flip", "delete") and is_hidden(thing):
            return killed_or_revived(state, thing)
        if kind == "press":
            return self.press(state, event["name"])
        if kind == "ink":
            pixels = pixels_of(state).copy()
            for row, column in event["cells"]:
                pixels[8 * row + column] = event["value"]
            return state | {"pixels": [round(float(value), 4) for value in pixels]}
        return super().reduce(state, event) if kind in ("set", "select") else state

    def press(self, state, name):
        if name == "collapse":
            return state | {"collapsed": not state["collapsed"], "selected": "A1" if state["collapsed"] else "class 1"}
        if name == "kill":
            return killed_or_revived(state, state["selected"])
        if name == "clear":
            return state | {"pixels": [0.0] * 64}
        if state["network"] == DIGIT:
            return state | {"digit": (state["digit"] + 1) % len(held_out_digits()[1]), "pixels": None}
        return state | FRESH | {"seed": state["seed"] + 1}

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        digit = state["network"] == DIGIT
        params = network(state["network"], state["seed"], functions)
        sizes = [len(params[0][0]), *(W.shape[1] for W, _ in params)]
        names = part_names(sizes)
        params = with_edits(params, names, state["edits"], state["shift"])
        killed = [np.isin(layer, state["killed"]) for layer in names[1:-1]]

        X = (pixels_of(state) if digit else np.array([state["x1"], state["x2"]]))[None, :]
        across = functions.grid(41)
        probe = held_out_digits()[0] if digit else np.vstack([CORNERS, square(across)])

        asked = ["dense", *["relu"] * state["relu"], "softmax", *["collapse"] * state["collapsed"]]
        if functions.have(*asked):
            found = by_functions(state, params, killed, X, probe, functions)
        else:
            functions.own(*asked)
            found = at_once(state, params, killed, X, probe)
        everywhere = found["everywhere"]
        if not np.allclose(everywhere.sum(axis=1), 1, atol=1e-6):
            functions.note("Probabilities of one sample add up to 1. In some rows of your softmax they don't.")

        arrays = {
            "names": [names[0], names[-1]] if state["collapsed"] else names,
            "params": found["shown"],
            "shift": state["shift"],
            "count": parameters_in(params, sizes, functions),
            "killed": killed,
            "x": X[0],
            "z": found["z"],
            "a": found["a"],
            "p": found["p"],
            "difference": found["difference"],
            "whose": functions.whose("xor_network"),
        }
        if digit:
            return arrays | {"right": float((everywhere.argmax(axis=1) == held_out_digits()[1]).mean())}
        corners = everywhere[: len(CORNERS)].argmax(axis=1) == CORNER_CLASSES
        busy = [int((a[: len(CORNERS)] > 0).any(axis=0).sum()) for a in found["used"]]
        return arrays | {
            "field": everywhere[len(CORNERS) :, 1].reshape(across, across),
            "corners": corners,
            "busy": busy,
        }

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        if state["network"] != DIGIT:
            return [plane(state, arrays), sum_of(state, arrays, column=0), net(state, arrays, 520, 400, column=1)]
        best = int(np.argmax(arrays["p"]))
        return [
            Pad("pad", pixels_of(state).reshape(8, 8), title="Draw here", width=160),
            pixel_picture(state, arrays),
            net(state, arrays, 340, 500, column=1),
            Bars(
                "p", [str(i) for i in range(10)], arrays["p"], title="Probabilities", strong=best, width=250, column=2
            ),
            sum_of(state, arrays, column=2),
        ]

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        bend = "" if state["relu"] or state["collapsed"] else " ReLU is off."
        best = int(np.argmax(arrays["p"]))
        answer = f"Class {best} with probability {number(arrays['p'][best])}."
        if state["network"] == DIGIT:
            what = (
                "Your drawing"
                if state["pixels"] is not None
                else f"Held-out digit {held_out_digits()[1][state['digit']]}"
            )
            alive = "".join(f" {(a > 0).sum()} of {len(a)} hidden neurons are alive." for a in arrays["a"])
            return f"{what}.{alive}{bend} {answer} {in_unseen(arrays)}{self.folding(state, arrays)}"
        given = f"Input ({number(arrays['x'][0], 1)}, {number(arrays['x'][1], 1)})."
        layers = ""
        for layer, activations in zip(arrays["names"][1:], arrays["a"], strict=False):
            values = (off_or(number(a), a, name in state["killed"]) for a, name in zip(activations, layer, strict=True))
            layers += f" Layer {layer[0][0]}: {', '.join(values)}."
        scores = ", ".join(number(z) for z in arrays["z"][-1])
        return f"{given}{layers}{bend} Scores {scores}. {answer}{self.folding(state, arrays)}"

    def folding(self, state, arrays):
        if not state["collapsed"]:
            return ""
        where = "over the 360 digits" if state["network"] == DIGIT else "over the whole square"
        gap = arrays["difference"]
        if gap < 1e-6:
            return f" Collapsed into one layer: {where} its probabilities are those of the deep network."
        differ = f"its probabilities differ from the deep network's by up to {number(gap)}"
        return f" Collapsed into one layer: {where} {differ}."

    def conclusion(self, state, arrays):
        said = self.folding(state, arrays)
        if state["network"] == DIGIT:
            said = f"{in_unseen(arrays)}{said}"
        return said.strip()

    def goal(self, state, arrays):
        if state["network"] == DIGIT or state["collapsed"]:
            return None
        right = int(arrays["corners"].sum())
        if state["network"] == XOR:
            whose, theirs = arrays["whose"], arrays["whose"] == "Your"
            changed = ", changed by hand," if state["edits"] else ""
            text = f"{whose} xor_network{changed} gets {right} of the 4 corners right."
            return Goal(text if theirs else f"{text} Can yours?", right / 4 if theirs else 0.0, key=XOR)
        if state["network"] == RANDOM and not state["edits"]:
            alive = [
                name
                for layer, a in zip(arrays["names"][1:], arrays["a"], strict=False)
                for name in np.array(layer)[a > 0]
            ]
            if len(alive) == 1:
                return Goal(f"Only {alive[0]} is alive. Next: change weights until XOR is right.", 1.0, key=RANDOM)
            text = f"Goal: an input where exactly one hidden neuron is alive. Here: {len(alive)}."
            return Goal(text, 1 / len(alive) if alive else 0.0, key=RANDOM)
        busy = " and ".join(str(count) for count in arrays["busy"]) or "no"
        few = all(count <= 2 for count in arrays["busy"])
        done = right == 4 and few
        text = f"XOR: {right} of 4 corners right, with {busy} hidden neurons alive on them."
        more = "" if done else " Goal: all 4, with at most two in each hidden layer."
        return Goal(text + more, 1.0 if done else min(0.95, right / 4))


# --- small helpers --------------------------------------------------------------------------------------


def in_unseen(arrays):
    return f"{100 * arrays['right']:.1f} % of 360 unseen digits are right."


def parameters_in(params, sizes, functions):
    """How many weights and biases, by your count_parameters."""
    if functions.have("count_parameters"):
        return int(functions.call("count_parameters", sizes, shape=()))
    functions.own("count_parameters")
    return sum(part.size for pair in params for part in pair)


def is_hidden(part):
    return bool(part) and part[0].isupper() and part[1:].isdigit()


def can_be_set(part):
    """Whether a part is a weight or has a bias."""
    return bool(part) and ("→" in part or is_hidden(part) or part.startswith("class "))


def parameter(part, arrays):
    """The weight of a line, or the bias of a neuron, as it is now (without what is added to all scores)."""
    place = place_of(part, arrays.get("names", []))
    if place is None or not can_be_set(part):
        return 0.0
    if len(place) == 3:
        return float(arrays["params"][place[0]][0][place[1:]])
    added = arrays["shift"] if place[0] == len(arrays["params"]) else 0.0
    return float(arrays["params"][place[0] - 1][1][place[1]] - added)


def killed_or_revived(state, part):
    killed = state["killed"]
    return state | {"killed": [one for one in killed if one != part] if part in killed else [*killed, part]}


def pixels_of(state):
    """The digit that is shown, 64 values from 0 to 1."""
    return (
        np.array(state["pixels"], dtype=float) if state["pixels"] is not None else held_out_digits()[0][state["digit"]]
    )


def off_or(text, activation, killed):
    return "killed" if killed else "dead" if activation == 0 else text


def check_given(name, value):
    """Raises ValueError with a clear sentence unless the value fits."""
    numbers = value if name == "pixels" else value.values() if isinstance(value, dict) else []
    if name == "edits" and not isinstance(value, dict):
        raise ValueError(f"edits must be a dict such as {{'A1→B2': 0.5, 'A1': -1}}, not {value!r}.")
    if name == "killed" and not (
        isinstance(value, list) and all(isinstance(one, str) and is_hidden(one) for one in value)
    ):
        raise ValueError(f"killed must be a list of hidden neurons such as ['A1'], not {value!r}.")
    if name in ("seed", "digit") and not (type(value) is int and 0 <= value < (10**9 if name == "seed" else 360)):
        raise ValueError(f"{name} must be a whole number from 0{' to 359' if name == 'digit' else ''}, not {value!r}.")
    if name == "pixels" and value is not None and not (isinstance(value, list) and len(value) == 64):
        raise ValueError(f"pixels must be a list of 64 numbers from 0 to 1, not {value!r}.")
    if not all(isinstance(one, int | float) and np.isfinite(one) for one in numbers or []):
        raise ValueError(f"{name} must hold numbers only, not {value!r}.")
