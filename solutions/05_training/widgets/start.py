"""The network of the first picture: the default settings after some epochs of training with the reference.

In the lesson's folder under solutions/ this writes the numbers anew:  python -m widgets.start
"""

import json
from pathlib import Path

EPOCHS = 120
FILE = Path(__file__).with_name("start.json")
START = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"weights": None, "curve": []}


def make():
    """Train as the figure does, and keep weights and curves to four decimals."""
    from course.figures.session import Session

    from .figure import Playground

    session = Session(Playground(), {}, weights=None, epoch=0)
    while session.state["epoch"] < EPOCHS:
        session.handle([{"type": "tick"}])
    weights = [round(weight, 4) for weight in session.state["weights"]]
    curve = [[epoch, round(train, 5), round(test, 5)] for epoch, train, test in session.state["_curve"]]
    FILE.write_text(json.dumps({"weights": weights, "curve": curve}) + "\n", encoding="utf-8")
    print(session.frame.say)


if __name__ == "__main__":
    make()
