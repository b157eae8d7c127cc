"""The playground: a network that trains before your eyes, on your own functions, on points that you can move."""

from itertools import pairwise

import numpy as np

from course.figures import Button, Choice, Figure, Goal, LearnerError, More, Play, Scrub, Toggle

from .data import (
    CLASSIFICATION,
    SETS,
    changed,
    names,
    parted,
    place_of,
    sketch,
    untouched,
    with_added,
    with_point,
)
from .network import (
    ACTIVATIONS,
    INPUTS,
    STARTS,
    features,
    flat,
    loss_of,
    number_of_weights,
    params_of,
    part_names,
    place_in_weights,
    probabilities,
    square,
    through,
)
from .presets import NONE, PRESETS
from .scene import as_pictures, diverged, in_words, input_pictures, panels
from .start import EPOCHS, START
from .state import check_plain, fresh, resized, toggled
from .training import trained

GRID = 60  # points of each picture, along one side
RESTARTS = ("task", "data", "noise", "train_share", "start")  # set one of these and the training starts anew
OF_THE_START = (*RESTARTS, "seed", "inputs", "layers", "activation", "start_seed", "preset")
WEIGHT = Scrub("weight", "weight", -10, 10, 0.05, column=1)
# What a beginner needs (the two for layers are one); the others wait behind More.
SIX = ("playing", "restart", "fewer layers", "more layers", "activation", "data", "lr")
STROKE_GAP = 0.45  # between the points of a stroke


class Playground(Figure):
    name = "playground"
    title = "Playground"
    tries = (
        "Press Restart, then Train. Which neuron's picture changes first, and which weight grows most?",
        "Take neurons away with the − over a layer. How few can still close a circle around the blue points?",
        "Choose the activation “linear” and Restart. Add layers. What never changes?",
        "Drag one orange point into the blue disc while it trains. How much does the boundary care?",
    )
    uses = (
        *("split", "minibatches", "sgd_step", "accuracy", "dense", "relu", "softmax", "forward"),
        *("dense_backward", "relu_backward", "softmax_cross_entropy", "network_gradients"),
    )

    def initial(self):
        return {
            "task": CLASSIFICATION,
            "data": "circle",
            "noise": 0,
            "train_share": 50,
            "batch": 10,
            "seed": 1,
            "inputs": ["x1", "x2"],
            "layers": [4, 2],
            "activation": "tanh",
            "lr": 0.03,
            "penalty": "none",
            "penalty_rate": 0.003,
            "dropout": 0,
            "start": "random",
            "start_seed": 1,
            "pace": 1,
            "stop": 0.0,
            "show_test": False,
            "discretise": False,
            "brush": "off",
            "preset": NONE,
            "more": False,
            "hide": [],
            "weights": START["weights"],  # all of them in one list; None: not trained yet
            "epoch": EPOCHS,
            **untouched(),
            "selected": None,
            "_curve": START["curve"],  # [epoch, train loss, test loss]
            "_batches": 0,  # done of an epoch that took too long for one piece
            "_diverged": None,
        }

    def start(self, **given):
        preset = given.get("preset", NONE)
        settings = PRESETS[preset].settings if preset in PRESETS else {}
        given = {"more": True} | settings | given if self.behind_more(settings | given) else settings | given
        if any(key in given for key in OF_THE_START) and "weights" not in given:
            given = {"weights": None, "epoch": 0} | given
        if "weights" in given or "epoch" in given:
            state = super().start(**given)
            return state | {"_curve": []}
        return super().start(**given)

    def behind_more(self, settings):
        """Whether one of these settings has a control that isn't among the six."""
        known = {"penalty_rate", *(control.name for control in self.all_controls(self.initial()))}
        return bool(known.difference(SIX, ["preset"]).intersection(settings))

    def controls(self, state):
        """The six, and the others once More was pressed; a selected weight always has its own."""
        shown = [control for control in self.all_controls(state) if control.name not in hidden_in(state)]
        if not state["more"]:
            shown = [control for control in shown if control.name in (*SIX, WEIGHT.name)]
        last = next((i for i, one in enumerate(shown) if getattr(one, "column", None) is not None), len(shown))
        return [*shown[:last], More(), *shown[last:]] if "more" not in state["hide"] else shown

    def all_controls(self, state):
        sets = names(state["task"])
        controls = [
            Play("Train", step="Step"),
            Button("restart", "Restart", key="0"),
            Button("new weights", "New weights", key="w"),
            Choice("preset", "Preset", (NONE, *PRESETS)),
            Choice("task", "Task", tuple(SETS)),
            Choice("activation", "Activation", tuple(ACTIVATIONS)),
            Choice("penalty", "Penalty", ("none", "L1", "L2")),
            Choice("start", "Start", STARTS),
            Button("fewer layers", "− layer"),
            Button("more layers", "+ layer"),
            Choice("data", "Data", sets, tuple(sketch(state["task"], name) for name in sets), column=0),
            Scrub("noise", "noise", 0, 50, 5, column=0),
            Scrub("train_share", "% to train on", 10, 90, 10, column=0),
            Scrub("batch", "batch", 1, 30, 1, column=0),
            Button("new data", "New data", key="n", column=0),
            Choice("brush", "Draw", ("off", "blue", "orange"), column=0),
            Scrub("lr", "learning rate", 1e-5, 10, log=True, column=1),
            Scrub("dropout", "dropout %", 0, 80, 5, column=1),
            Scrub("pace", "epochs a frame", 1, 25, 1, column=1),
            Scrub("stop", "stop at test loss", 0, 0.5, 0.01, column=1),
            Toggle("show_test", "Show test points", column=2),
            Toggle("discretise", "Discretise", column=2),
        ]
        if state["penalty"] != "none":
            controls.append(Scrub("penalty_rate", f"{state['penalty']} rate", 0.001, 10, log=True, column=1))
        if place_in_weights(state["selected"], state) is not None:
            kind = "weight" if "→" in state["selected"] else "bias"
            label = f"{kind} {state['selected']}"
            controls.append(Scrub(WEIGHT.name, label, WEIGHT.low, WEIGHT.high, WEIGHT.step, column=1))
        return controls

    def value(self, state, name, arrays):
        if name == "weight":
            return float(np.clip(self.weights(state)[place_in_weights(state["selected"], state)], -10, 10))
        return super().value(state, name, arrays)

    def checked(self, state, given):
        checked = super().checked(state | {"more": True}, given)
        state = checked | {"more": More().check(state["more"])}
        check_plain(state)
        return state

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind, thing = event["type"], event.get("thing") or ""
        if kind == "set":
            return self.set(state, event["name"], event["value"])
        if kind == "press":
            return self.press(state, event["name"])
        if kind == "add":
            return self.add(state, event)
        if kind == "stroke":
            return self.stroke(state, event["points"])
        if kind == "flip" and thing in INPUTS and "inputs" not in state["hide"]:
            return toggled(state, thing)
        if kind == "nudge" and place_in_weights(thing, state) is not None:
            return self.with_weight(
                state, thing, self.weights(state)[place_in_weights(thing, state)] + 0.1 * event["dy"]
            )
        place = place_of(thing, state)
        if place is not None and kind == "drag":
            return with_point(state, thing, [round(event["x"], 3), round(event["y"], 3), place[2]])
        if place is not None and kind == "flip":
            classify = state["task"] == CLASSIFICATION
            return with_point(state, thing, [*place[:2], 1 - place[2] if classify else -place[2]])
        if place is not None and kind == "delete":
            return with_point(state, thing, None)
        return super().reduce(state, event) if kind == "select" else state

    def set(self, state, name, value):
        if name == "preset":
            kept = {"hide": state["hide"], "preset": value, "selected": None, "playing": False}
            settings = PRESETS[value].settings if value in PRESETS else {}
            kept["more"] = state["more"] or self.behind_more(settings)
            return self.initial() | settings | fresh() | kept
        if name == "more":
            return state | {"more": value}
        if name == "weight":
            return self.with_weight(state, state["selected"], value)
        changed_state = state | {name: value, "preset": NONE}
        if name == "task":
            changed_state["data"] = names(value)[0]
            changed_state["selected"] = None
        if name in ("task", "data", "noise", "train_share"):
            changed_state |= untouched()
        return changed_state | (fresh() if name in RESTARTS else {})

    def press(self, state, name):
        if name == "restart":
            return state | fresh()
        if name == "new weights":
            return state | fresh() | {"start_seed": state["start_seed"] + 1}
        if name == "new data":
            return state | untouched() | {"seed": state["seed"] + 1, "_batches": 0}
        what, _, layer = name.partition(" ")
        if "layers" in state["hide"] or what not in ("more", "fewer"):
            return state
        return resized(state, what == "more", None if layer == "layers" else int(layer) - 1)

    def add(self, state, event):
        """A new point: blue, or orange while orange is drawn. It is selected, so Enter flips it."""
        label = 1.0 if state["brush"] != "orange" else 0.0 if state["task"] == CLASSIFICATION else -1.0
        added = with_added(state, [[round(event["x"], 3), round(event["y"], 3), label]])
        return added | {"selected": f"added {len(added['added']) - 1}"}

    def stroke(self, state, points):
        """Points along a stroke, at least a gap apart, however fast the hand is."""
        label = 1.0 if state["brush"] == "blue" else 0.0 if state["task"] == CLASSIFICATION else -1.0
        last = state["added"][-1][:2] if state["added"] else None
        new = []
        for start, end in pairwise(points):
            for share in np.linspace(
                0, 1, 1 + int(np.ceil(np.hypot(end[0] - start[0], end[1] - start[1]) / STROKE_GAP))
            ):
                at = [start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])]
                if last is None or np.hypot(at[0] - last[0], at[1] - last[1]) >= 0.99 * STROKE_GAP:
                    last = at
                    new.append([round(at[0], 3), round(at[1], 3), label])
        return with_added(state, new)

    def weights(self, state):
        return state["weights"] if state["weights"] is not None else flat(params_of(state))

    def with_weight(self, state, part, value):
        weights = list(self.weights(state))
        weights[place_in_weights(part, state)] = round(float(np.clip(value, -10, 10)), 4)
        return state | {"weights": weights, "selected": part, "_diverged": None}

    def step(self, state, functions):
        return trained(state, changed(state, self.parts(state, functions)), functions)

    # --- the numbers --------------------------------------------------------------------------------

    _parts = None

    def parts(self, state, functions):
        """Your split of the points, called again when it or the data have changed."""
        keys = [state[key] for key in ("task", "data", "noise", "seed", "train_share")]
        key = [*keys, functions.namespace.get("split")]
        if self._parts is None or self._parts[0] != key:
            before = list(functions.notes)
            parts = parted(state, functions)
            said = [note for note in functions.notes if note not in before]
            self._parts = (key, parts, said) if functions.used.get("split") == "your" else None
            return parts
        _, parts, said = self._parts
        functions.used["split"] = "your"
        for note in said:
            functions.note(note)
        return parts

    def compute(self, state, functions):
        data = changed(state, self.parts(state, functions))
        params, n = params_of(state), functions.grid(GRID)
        squares, n_train = n * n, len(data.y_train)
        F = features(np.concatenate([square(n), data.X]), state["inputs"])
        values = through(F, params, state["activation"], functions)
        outputs = values[-1]
        classify = state["task"] == CLASSIFICATION
        p = probabilities(F, outputs, params, state, functions) if classify else None
        answer = p[:, 1] - p[:, 0] if classify else outputs[:, 0]
        here, there = slice(squares, squares + n_train), slice(squares + n_train, None)
        labels = (data.y_train, data.y_test)
        pictures = {}
        for layer, layer_names in enumerate(part_names(state)[1:]):
            bounded = layer < len(values) - 1 and state["activation"] in ("tanh", "sigmoid")
            pictures |= zip(layer_names, as_pictures(values[layer][:squares], n, 1.0 if bounded else None), strict=True)
        preset = PRESETS.get(state["preset"])
        return {
            "data": data,
            "params": params,
            "field": answer[:squares].reshape(n, n),
            "pictures": pictures,
            "input_pictures": self.input_pictures(n),
            "losses": [
                loss_of(outputs[part], y, state, functions) for part, y in zip((here, there), labels, strict=True)
            ],
            "accuracies": [
                accuracy_of(p[part], y, functions) if classify else None
                for part, y in zip((here, there), labels, strict=True)
            ],
            "comment": preset.comment if preset else f"Network with {number_of_weights(state)} weights and biases",
        }

    _input_pictures = None

    def input_pictures(self, n):
        if self._input_pictures is None or self._input_pictures.shape[1] != n:
            self._input_pictures = input_pictures(n)
        return self._input_pictures

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        return panels(state, arrays)

    def describe(self, state, arrays):
        return in_words(state, arrays)

    def conclusion(self, state, arrays):
        return diverged(state)

    def goal(self, state, arrays):
        accuracy = arrays["accuracies"][1] or 0.0
        if state["data"] == "spiral":
            text = f"Goal: the spiral with at least 95 % on test points, with as few weights as you can ({number_of_weights(state)} now)."
            return Goal(text, min(1.0, accuracy / 0.95), key="spiral")
        if state["data"] == "circle":
            small = sum(state["layers"]) <= 3 and set(state["inputs"]) <= {"x1", "x2"}
            text = "Goal: the circle with 97 % on test points from x₁ and x₂, with no more than 3 hidden neurons."
            return Goal(text, min(1.0, accuracy / 0.97) if small and state["epoch"] else 0.0, key="circle")
        return None


def hidden_in(state):
    """The names of the controls that were left out when the figure was shown."""
    return [*state["hide"], *(["fewer layers", "more layers"] if "layers" in state["hide"] else [])]


def accuracy_of(p, y, functions):
    """Your accuracy; None without points."""
    if len(y) == 0:
        return None
    if not functions.have("accuracy"):
        functions.own("accuracy")
        return float(np.mean((p[:, 1] > 0.5) == (y == 1)))
    result = functions.call("accuracy", p, y.astype(int))
    try:
        return float(result)
    except (TypeError, ValueError) as error:
        raise LearnerError("Your accuracy must return one number.") from error
