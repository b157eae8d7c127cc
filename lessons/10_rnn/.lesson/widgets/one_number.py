"""One number multiplied by itself again and again: what the unrolled network does with a matrix."""

import numpy as np

from course.figures import Figure, Scrub
from course.figures.scene import Line, Plot, Points, Text

from .scene import written

TIMES = 50
LOW, HIGH = 1e-6, 1e6
W = Scrub("w", "w", 0.8, 1.2, 0.01)


class OneNumber(Figure):
    name = "one_number"
    title = "One number, again and again"
    tries = (
        "What is 0.9 multiplied by itself fifty times? And 1? And 1.1? Predict each before you set it.",
        "Which w leaves a tenth after fifty times? Which one makes ten times as much?",
    )
    uses = ("memory_span",)

    def initial(self):
        return {"w": 1.0}

    def controls(self, state):
        return [W]

    def compute(self, state, functions):
        if functions.have("memory_span"):  # a number is a matrix with one row and one column
            powers = functions.call("memory_span", np.array([[state["w"]]]), TIMES, shape=(TIMES,))
        else:
            functions.own("memory_span")
            powers = np.cumprod(np.full(TIMES, state["w"]))
        return {"powers": np.append(1.0, powers)}

    def scene(self, state, arrays):
        powers = arrays["powers"]
        last = float(powers[-1])
        height = last * 20 if last >= 1 else max(last / 50, 3 * LOW)
        curve = np.stack([np.arange(TIMES + 1), powers], axis=-1)
        layers = [
            Line([[0, 1], [TIMES, 1]], series=-1, width=1),
            Points(curve, size=3),
            Text(0.72 * TIMES, height, f"w⁵⁰ = {written(last)}"),
        ]
        return [
            Plot(
                "powers",
                (-1, TIMES + 1),
                (LOW, HIGH),
                layers,
                xlabel="times multiplied",
                ylog=True,
                width=520,
                height=260,
            )
        ]

    def describe(self, state, arrays):
        left = arrays["powers"][-1]
        what = "stays" if np.isclose(left, 1) else "vanishes" if left < 1 else "explodes"
        return f"{state['w']:.2f} multiplied by itself fifty times is {written(left)}: it {what}."

    def conclusion(self, state, arrays):
        return self.describe(state, arrays)
