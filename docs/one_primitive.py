"""The one primitive: a case is run, and what came of it is judged. Everything else is where, and on whose code.

python docs/one_primitive.py
"""

import numpy as np

from autograder import exercise
from autograder.authoring.exercise import collecting
from autograder.cases.run import run_cases
from autograder.core import wire
from autograder.judging import answer_key, verdicts

# An author writes an exercise: cases, which use the implementation and return plain data, and known mistakes.
with collecting({}):
    relu = exercise("relu", points=2, hints=["What becomes of a negative number?"])


@relu.case
def both_signs(relu):
    return relu(np.array([-1.0, 0.0, 2.0]))


@relu.case
def one_number(relu):
    return relu(-3.0)


@relu.mistake("relu-abs", "Negative inputs came out positive. They must become exactly 0.")
def absolute(z):
    return np.abs(z)


def told(names):
    """Run the cases on the names of a notebook, and judge what came of them."""
    outcomes = run_cases(relu.cases, "relu", names)  # the facts: returned this, raised that, was missing
    result = verdicts.judge(relu, relu.cases, outcomes, answers)  # the only place where a verdict is reached
    return f"{result.verdict} {result.points:g}/{result.max_points:g} {result.mistake or result.message}"


# Build: the cases on the reference give what is expected, on each known mistake its fingerprint.
answers = answer_key.work_out(relu, relu.cases, {"relu": lambda z: np.maximum(z, 0)})

# Notebook, grading, proof: the same cases on the learner's names, on a submission's in the sandbox, on mutants.
print("right     ", told({"relu": lambda z: np.where(z > 0, z, 0)}))
print("a mistake ", told({"relu": np.abs}))
print("wrong     ", told({"relu": lambda z: z}))
print("an error  ", told({"relu": lambda z: z.clip(0)}))
print("unwritten ", told({"relu": ...}))
print("missing   ", told({}))

# What leaves the process that ran a case is data, never an object: a tree and the bytes of its arrays.
sent = wire.encode(run_cases(relu.cases[:1], "relu", {"relu": np.abs})["both_signs"].value)
print("on the way", sent.tree, len(sent.buffers[0]), "bytes")
