"""One neuron, its line, and the points it has to part."""

import numpy as np
from scipy import special

from course.figures import Button, Choice, Figure, Goal, LearnerError, Play, Scrub
from course.figures.figure import snap
from course.figures.scene import Arrow, Cell, Field, Line, Plot, Points, Table, Thing, number

BLOBS, VERSICOLOR, SETOSA = "two blobs", "iris: versicolor or virginica", "iris: setosa or not"
GATES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}
AXES = {BLOBS: ("x₁", "x₂"), SETOSA: ("petal length", "petal width"), VERSICOLOR: ("petal length", "petal width")}
GRID = 50
CURVE = np.linspace(-10, 10, 201)  # the z at which the activation is drawn
LEARNING_RATE = 0.1
MOST_CORRECTIONS = 1000

W1 = Scrub("w1", "w₁", -5, 5, 0.1)
W2 = Scrub("w2", "w₂", -5, 5, 0.1)
B = Scrub("b", "b", -10, 10, 0.1)


# --- the data -------------------------------------------------------------------------------------------


def data_points(name, seed):
    """The points of a data set as rows [x1, x2, class]."""
    if name in GATES:
        return [[a, b, out] for (a, b), out in zip([(0, 0), (0, 1), (1, 0), (1, 1)], GATES[name], strict=True)]
    if name == BLOBS:
        return two_blobs(np.random.default_rng(seed))
    from sklearn.datasets import load_iris

    iris = load_iris()
    kept = iris.target > 0 if name == VERSICOLOR else np.full(len(iris.target), True)
    petals = iris.data[kept, 2:]
    petals = (petals - petals.mean(axis=0)) / petals.std(axis=0)
    labels = iris.target[kept] == (2 if name == VERSICOLOR else 0)
    return [[round(float(x), 3), round(float(y), 3), int(label)] for (x, y), label in zip(petals, labels, strict=True)]


def two_blobs(rng, each=20, gap=0.4):
    """Two clouds that a line can part: no point is nearer than `gap` to the line between them."""
    between, across = np.array([0.5, -0.7]), np.array([0.6, 0.8])
    rows = []
    for label in (1, 0):
        side = 1 if label else -1
        while len(rows) < each * (2 - label):
            x = rng.normal(between + side * 1.9 * across, 1.1)
            if side * (x - between) @ across > gap:
                rows.append([round(float(x[0]), 2), round(float(x[1]), 2), label])
    return rows


def frame_of(name):
    """The square of the plane that is shown."""
    return (-1.0, 2.0) if name in GATES else (-6.0, 6.0) if name == BLOBS else (-3.0, 3.0)


# --- the figure -----------------------------------------------------------------------------------------


class NeuronPlayground(Figure):
    name = "neuron_playground"
    title = "Neuron playground"
    tries = (
        "Drag b from 0 to −8. Where does the line go, and what happens to the classes?",
        "Double w₁, w₂ and b. What changes, and what stays?",
        "Choose XOR. How many of the four corners can one line get right? Predict first.",
    )
    uses = ("weighted_sum", "sigmoid", "relu", "step", "neuron", "perceptron_step")

    def initial(self):
        return {
            "w1": 1.0,
            "w2": -1.0,
            "b": 0.0,
            "activation": "sigmoid",
            "data": BLOBS,
            "seed": 1,
            "points": None,  # rows [x1, x2, class] once you have changed them; None: as the data set has them
            "selected": "point 0",
            "_corrections": 0,
            "_flash": None,
        }

    def controls(self, state):
        return [
            Choice("data", "Data", (BLOBS, *GATES, SETOSA, VERSICOLOR)),
            Choice("activation", "Activation", ("step", "sigmoid", "relu")),
            Play("Learn", step="One correction", interval=0.15),
            Button("new", "New points", key="n"),
            W1,
            W2,
            B,
        ]

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind = event["type"]
        by_hand = {"_flash": None, "_corrections": 0}
        if kind == "set" and event["name"] == "data":
            fresh = {"points": None, "selected": "point 0", "playing": False}
            chosen = super().reduce(state, event) | by_hand | fresh
            return chosen if line_in_sight(chosen) else chosen | {key: self.initial()[key] for key in ("w1", "w2", "b")}
        if kind == "set":
            return super().reduce(state, event) | by_hand
        if kind == "press" and event["name"] == "new":
            return state | by_hand | {"seed": state["seed"] + 1, "points": None, "playing": False}
        if kind == "drag" and event["thing"] == "line":
            return state | by_hand | {"b": bias_through(state, event["x"], event["y"])}
        if kind == "drag" and event["thing"] == "arrow":
            return state | by_hand | weights_to(state, event["x"], event["y"])
        if kind in ("drag", "add", "delete", "flip"):
            return change_points(state, event) | {"_flash": None}
        return super().reduce(state, event)

    def step(self, state, functions):
        """One correction: your perceptron_step on the first point that is wrong."""
        points = points_of(state)
        arrays = self.compute(state, functions)
        wrong = np.flatnonzero(~arrays["right"])
        if len(wrong) == 0 or state["_corrections"] >= MOST_CORRECTIONS:
            return state | {"playing": False, "_flash": None}
        first = int(wrong[0])
        x, y = points[first, :2], int(points[first, 2])
        w, b = np.array([state["w1"], state["w2"]]), state["b"]
        if functions.have("perceptron_step"):
            new_w, new_b = functions.call("perceptron_step", x, y, w, b, LEARNING_RATE, shape=[(2,), ()])
        else:
            functions.own("perceptron_step")
            towards = LEARNING_RATE if y else -LEARNING_RATE  # this point is known to be wrong
            new_w, new_b = w + towards * x, b + towards
        if np.array_equal(new_w, w) and new_b == b:
            raise LearnerError(f"perceptron_step changed nothing, although point {first + 1} is wrong.")
        return state | {
            "w1": round(float(new_w[0]), 6),
            "w2": round(float(new_w[1]), 6),
            "b": round(float(new_b), 6),
            "selected": f"point {first}",
            "_flash": first,
            "_corrections": state["_corrections"] + 1,
        }

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        asked = ("weighted_sum", "neuron", state["activation"])
        n = functions.grid(GRID)
        if functions.have(*asked):
            z, a, point_z, point_a, curve_a = self.by_functions(state, n, functions)
        else:
            functions.own(*asked)
            z, a, point_z, point_a, curve_a = all_at_once(state, n)
        said_one = point_a > (0 if state["activation"] == "relu" else 0.5)
        return {
            "z": z.reshape(n, n),
            "a": a.reshape(n, n),
            "point_z": point_z,
            "point_a": point_a,
            "right": said_one == (points_of(state)[:, 2] == 1),
            "curve_z": CURVE,
            "curve_a": curve_a,
        }

    def by_functions(self, state, n, functions):
        """By your functions: z and a over the plane (n²,), z and a of the points, a along the curve."""
        points = points_of(state)
        across = np.linspace(*frame_of(state["data"]), n)
        grid = np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)
        w, b = np.array([state["w1"], state["w2"]]), state["b"]
        activation = functions.get(state["activation"])
        return (
            functions.call("weighted_sum", grid, w, b, shape=(n * n,)),
            functions.call("neuron", grid, w, b, activation, shape=(n * n,)),
            functions.call("weighted_sum", points[:, :2], w, b, shape=(len(points),)),
            functions.call("neuron", points[:, :2], w, b, activation, shape=(len(points),)),
            functions.call(state["activation"], CURVE, shape=CURVE.shape),
        )

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        return [self.plane(state, arrays), self.sum_table(state, arrays), self.curve(state, arrays)]

    def plane(self, state, arrays):
        low, high = frame_of(state["data"])
        points = points_of(state)
        marks = np.where(arrays["right"], 0, 1)
        if state["_flash"] is not None and state["_flash"] < len(points):
            marks[state["_flash"]] = 3 if arrays["right"][state["_flash"]] else 2
        top = 3.0 if state["activation"] == "relu" else 1.0
        bottom = -top if state["activation"] == "relu" else 0.0
        square = (low, high)
        layers = [
            Field(arrays["a"], square, square, low=bottom, high=top, label="a"),
            Field(arrays["z"], square, square, contour=0.0, palette="none"),
            Points(points[:, :2], classes=points[:, 2], marks=marks, size=5 if len(points) <= 60 else 4),
        ]
        step_size = (high - low) / 120
        things = [
            Thing(f"point {i}", x, y, f"point {i + 1}", step=step_size, shape="none")
            for i, (x, y) in enumerate(points[:, :2].tolist())
        ]
        line = line_of(arrays["z"], low, high)
        if line is not None:
            (x, y), ends = line
            things.append(Thing("line", x, y, "line z = 0", step=step_size, line=ends))
            tip = arrow_tip(state, x, y)
            layers.append(Arrow(x, y, *tip, label="w"))
            things.append(Thing("arrow", *tip, "arrow w", step=step_size, shape="none"))
        x_name, y_name = AXES.get(state["data"], ("x₁", "x₂"))
        return Plot(
            "plane", square, square, layers, things, xlabel=x_name, ylabel=y_name, width=430, height=430, adds=True
        )

    def sum_table(self, state, arrays):
        i = selected_point(state)
        if i is None:
            return Table(
                "sum", [[Cell("Select a point to see its sum.", "muted")]], title="The sum", column=1, width=340
            )
        x1, x2, label = points_of(state)[i]
        verdict = f"class {label:.0f}, {'right' if arrays['right'][i] else 'wrong'}"
        rows = [
            ["w₁ · x₁", f"{number(state['w1'])} · {number(x1)}", signed(state["w1"] * x1)],
            ["w₂ · x₂", f"{number(state['w2'])} · {number(x2)}", signed(state["w2"] * x2)],
            ["b", "", signed(state["b"])],
            [Cell("z, their sum", "strong"), "", signed(arrays["point_z"][i])],
            [Cell(f"a = {state['activation']}(z)", "strong"), "", Cell(number(arrays["point_a"][i]), "strong")],
        ]
        return Table("sum", rows, title=f"The sum for point {i + 1} ({verdict})", rule=3, column=1, width=340)

    def curve(self, state, arrays):
        top = 1.15 if state["activation"] != "relu" else 10.5
        layers = [Line(np.stack([arrays["curve_z"], arrays["curve_a"]], axis=-1))]
        i = selected_point(state)
        if i is not None:
            z, a = arrays["point_z"][i], arrays["point_a"][i]
            layers += [Line([[z, -0.1 * top], [z, a]], series=-1, width=1.5), Points([[z, a]], size=6)]
        title = f"Activation: {state['activation']}"
        return Plot(
            "curve", (-10, 10), (-0.1 * top, top), layers, title=title, xlabel="z", width=340, height=210, column=1
        )

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        n, right = len(arrays["right"]), int(arrays["right"].sum())
        blue = float((arrays["z"] > 0).mean())
        w = f"w = ({number(state['w1'], 1)}, {number(state['w2'], 1)})"
        where = "A line cuts the plane" if 0 < blue < 1 else f"No line in sight, all is {'blue' if blue else 'orange'}"
        return (
            f"{where}: {w} points to the blue side, b = {number(state['b'], 1)}. "
            f"{right} of {n} points right; {100 * blue:.0f} % of the plane is blue."
        )

    def goal(self, state, arrays):
        n, right = len(arrays["right"]), int(arrays["right"].sum())
        if n == 0:
            return Goal("Double-click the plane to add points.", 0.0)
        done = f"{right} of {n} right"
        if state["_corrections"]:
            count = state["_corrections"]
            done += f" after {count} correction{'s' if count > 1 else ''}"
            done += ". Can fewer do it?" if right == n else ""
        elif right == n:
            done += ", by hand. Now reset, and see how few corrections do it."
        else:
            done += ". Can any line get more than 3?" if state["data"] == "XOR" else f". Goal: all {n} by hand."
        return Goal(done, right / n, key=state["data"])


# --- without your functions -----------------------------------------------------------------------------


def all_at_once(state, n):
    """The whole picture in one go: z and a over the plane (n²,), z and a of the points, a along the curve."""
    across, points = np.linspace(*frame_of(state["data"]), n), points_of(state)
    plane = (state["w1"] * across + state["w2"] * across[:, None] + state["b"]).ravel()
    z = np.concatenate([plane, points[:, :2] @ (state["w1"], state["w2"]) + state["b"], CURVE])
    a = {"step": z > 0, "sigmoid": special.expit(z), "relu": z.clip(0)}[state["activation"]].astype(float)
    ends = [n * n, n * n + len(points)]
    (z_plane, z_points, _), (a_plane, a_points, a_curve) = np.split(z, ends), np.split(a, ends)
    return z_plane, a_plane, z_points, a_points, a_curve


# --- small helpers --------------------------------------------------------------------------------------


def line_in_sight(state):
    """Whether the line crosses the picture: somewhere in it z is positive, and somewhere negative."""
    low, high = frame_of(state["data"])
    z = [state["w1"] * x + state["w2"] * y + state["b"] for x in (low, high) for y in (low, high)]
    return min(z) < 0 < max(z)


def points_of(state):
    """The points (n, 3): x1, x2, class."""
    points = data_points(state["data"], state["seed"]) if state["points"] is None else state["points"]
    return np.array(points, dtype=float).reshape(-1, 3)


def selected_point(state):
    """The index of the selected point, or None."""
    chosen = state["selected"] or ""
    return int(chosen.split()[1]) if chosen.startswith("point ") else None


def change_points(state, event):
    """The state with a point moved, added, removed or of the other class."""
    points = [list(point) for point in points_of(state).tolist()]
    if event["type"] == "add":
        near = selected_point(state)
        label = points[near][2] if near is not None else 1.0
        points.append([round(event["x"], 2), round(event["y"], 2), label])
        return state | {"points": points, "selected": f"point {len(points) - 1}"}
    if not event["thing"].startswith("point "):
        return state
    i = int(event["thing"].split()[1])
    if event["type"] == "drag":
        points[i][:2] = round(event["x"], 3), round(event["y"], 3)
    elif event["type"] == "flip":
        points[i][2] = 1 - points[i][2]
    else:
        del points[i]
        return state | {"points": points, "selected": f"point {min(i, len(points) - 1)}" if points else None}
    return state | {"points": points}


def bias_through(state, x, y):
    """The b that brings the line through (x, y)."""
    return snap(-(state["w1"] * x + state["w2"] * y), B)


def foot(state):
    """The point of the line z = 0 that is nearest to the middle of the plane."""
    low, high = frame_of(state["data"])
    middle = (low + high) / 2
    size = state["w1"] ** 2 + state["w2"] ** 2
    z = (state["w1"] + state["w2"]) * middle + state["b"]
    return (middle - z * state["w1"] / size, middle - z * state["w2"] / size) if size else (middle, middle)


def arrow_scale(state):
    """How long the arrow is drawn for |w| = 1, in units of the plane."""
    low, high = frame_of(state["data"])
    return (high - low) / 12


def arrow_tip(state, x, y):
    scale = arrow_scale(state)
    return x + scale * state["w1"], y + scale * state["w2"]


def weights_to(state, x, y):
    """The w whose arrow ends at (x, y), and the b that keeps the arrow's start where it is."""
    start, scale = foot(state), arrow_scale(state)
    w1, w2 = snap((x - start[0]) / scale, W1), snap((y - start[1]) / scale, W2)
    moved = state | {"w1": w1, "w2": w2}
    return {"w1": w1, "w2": w2, "b": bias_through(moved, *start)}


def line_of(z, low, high):
    """Where the values z (n, n) over the square cross zero: the point nearest the middle, and the two ends.

    None if they don't. Taken from the values, so that it is the line of your function.
    """
    span, middle = high - low, (low + high) / 2
    w1, w2 = (z[0, -1] - z[0, 0]) / span, (z[-1, 0] - z[0, 0]) / span
    size = np.hypot(w1, w2)
    if not (z.min() < 0 < z.max()) or not size > 1e-9:
        return None
    z_middle = z[0, 0] + (w1 + w2) * span / 2
    x, y = middle - z_middle * w1 / size**2, middle - z_middle * w2 / size**2
    along = np.array([-w2, w1]) / size * 2 * span
    return (float(x), float(y)), (float(x - along[0]), float(y - along[1]), float(x + along[0]), float(y + along[1]))


def signed(value):
    """A number in the colour of its sign."""
    return Cell(number(value), "blue" if value >= 0 else "orange")
