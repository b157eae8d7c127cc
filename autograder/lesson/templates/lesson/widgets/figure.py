"""Two numbers on a line, and how far apart they are."""

import numpy as np

from course.figures import Figure, Scrub
from course.figures.figure import snap
from course.figures.scene import Line, Plot, Points, Thing, number

A = Scrub("a", "a", -10, 10, 0.5)
B = Scrub("b", "b", -10, 10, 0.5)


class TwoNumbers(Figure):
    name = "two_numbers"
    title = "Two numbers"
    tries = ("Drag a past b. Does the distance ever become negative?",)
    uses = ("distance",)

    def initial(self):
        return {"a": 3.0, "b": 5.0}

    def controls(self, state):
        return [A, B]

    def reduce(self, state, event):
        if event["type"] == "drag":
            return state | {event["thing"]: snap(event["x"], A)}
        return super().reduce(state, event)

    def compute(self, state, functions):
        if functions.have("distance"):
            apart = functions.call("distance", np.array([state["a"]]), np.array([state["b"]]), shape=(1,))
            return {"apart": float(apart[0])}
        functions.own("distance")  # a copy without solutions: the figure moves all the same
        return {"apart": float(np.ptp([state["a"], state["b"]]))}

    def scene(self, state, arrays):
        ends = [[state["a"], 0.0], [state["b"], 0.0]]
        things = [Thing(name, state[name], 0.0, name, step=0.5, shape="none") for name in ("a", "b")]
        title = f"{number(arrays['apart'])} apart"
        return [Plot("line", (-11, 11), (-1, 1), [Line(ends), Points(ends, size=7)], things, title=title, height=160)]

    def describe(self, state, arrays):
        return f"{number(state['a'])} and {number(state['b'])} are {number(arrays['apart'])} apart."
