"""A tiny course with one lesson, for tests of building, proving, checking and grading."""

import re
from pathlib import Path

SOURCE = '''---
jupyter:
  kernelspec:
    display_name: Python 3 (ipykernel)
    language: python
    name: python3
  ground_up:
    title: Tiny
    question: Does it work?
    minutes: 5
---

# Tiny

```python
import numpy as np

from autograder import check, hint, reset, solution
```

```python exercise="double" tags=["export"]
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
```

```python exercise="norm"
def norm(x):
    """The length of x, and of double(x)."""
    ### BEGIN SOLUTION
    return np.sqrt(np.sum(x * x)), np.sqrt(np.sum(double(x) * double(x)))
    ### END SOLUTION
```

```python exercise="limit"
### BEGIN SOLUTION
limit = 3.5
### END SOLUTION
```

<!-- #region question="why" points=2 -->
Because it does.
<!-- #endregion -->
'''

CHECKS = '''
import numpy as np
from autograder import exercise, with_inputs

HINTS = ["What is twice three?", "2·x", "Multiply x by 2."]
NUMBERS = np.array([1.0, -2.0, 0.5])

double = exercise("double", parts={"numbers": 2, "arrays": 1}, returns="an array like x", hints=HINTS)

@double.case
def one_number(double):
    """x = 3."""
    return double(3.0)

@double.case(part="arrays")
def an_array(double):
    return with_inputs(double, NUMBERS)

norm = exercise("norm", points=2, needs=["double"], returns="two numbers", hints=HINTS)

@norm.case
def of_three_numbers(norm):
    return norm(NUMBERS)

@norm.case(after=["of_three_numbers"])
def of_two_numbers(norm):
    return norm(np.array([3.0, 4.0]))

limit = exercise("limit", stretch=True, hints=HINTS)

@limit.case
def a_number(limit):
    return float(limit)

@limit.case
def twice_the_number(limit):
    return 2 * float(limit)
'''

HIDDEN = '''
# hidden/double.py
import numpy as np
from autograder import exercise, inputs

double = exercise("double")
SECRET = inputs("secret of the held-out case", 4)

def twisted(x):
    return x[::-1]

@double.held_out(part="arrays")
def a_batch(double):
    return double(twisted(SECRET))

@double.held_out
def a_large_number(double):
    return double(123456.0)

@double.mistake("squared", "That is the square.")
def squared(x):
    return x * x

@double.mistake("plus-two", "You added 2 instead of multiplying by it.")
def plus_two(x):
    return x + 2

@double.mistake("changes-input", "You changed the array you were given.")
def in_place(x):
    x *= 2
    return x

@double.mistake("tripled", "That is three times x.")
def tripled(x):
    return 3 * x

@double.variant
def by_adding(x):
    return x + x

@double.variant
def by_numpy(x):
    return np.multiply(x, 2)

# hidden/norm.py
import numpy as np
from autograder import exercise, inputs

norm = exercise("norm")

@norm.held_out
def of_many_numbers(norm):
    return norm(inputs("norm", 50))

@norm.held_out
def of_one_number(norm):
    return norm(np.array([-2.5]))

def reference_answer(x):
    """A helper of a variant, which must not leave this file."""
    return np.linalg.norm(x)

@norm.mistake("no-root", "The square root is missing.")
def no_root(x):
    return np.sum(x * x), 4 * np.sum(x * x)

@norm.mistake("sum-of-absolutes", "You added up the sizes; square them first.")
def absolutes(x):
    return np.sum(np.abs(x)), 2 * np.sum(np.abs(x))

@norm.mistake("mean", "You took the mean instead of the sum.")
def mean(x):
    return np.sqrt(np.mean(x * x)), 2 * np.sqrt(np.mean(x * x))

@norm.mistake("not-doubled", "The second number is the length of double(x).")
def not_doubled(x):
    return reference_answer(x), reference_answer(x)

@norm.variant
def by_linalg(x):
    return reference_answer(x), 2 * reference_answer(x)

@norm.variant
def as_a_list(x):
    return [np.linalg.norm(x), np.linalg.norm(2 * x)]

# hidden/limit.py
import numpy as np
from autograder import exercise

limit = exercise("limit")

@limit.held_out
def half_the_number(limit):
    return limit / 2

@limit.held_out
def its_negative(limit):
    return -limit

limit.mistake("four", "That is one too many.", value=4.0)
limit.mistake("three", "That is too little.", value=3)
limit.mistake("negative", "The sign is wrong.", value=-3.5)
limit.mistake("percent", "Not in per cent.", value=350)
limit.variant(name="a fraction", value=7 / 2)
limit.variant(name="a NumPy number", value=np.float64(3.5))
'''


def course(folder: Path, source: str = SOURCE, checks: str = CHECKS, hidden: str = HIDDEN) -> Path:
    """Write the course; its root. Edit the texts with `replaced` to plant a fault."""
    lesson = folder / "solutions" / "01_tiny"
    lesson.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text("")
    (lesson / "tiny.md").write_text(source, encoding="utf-8")
    (lesson / "checks.py").write_text(checks, encoding="utf-8")
    write_hidden(lesson, hidden)
    return folder


def write_hidden(lesson: Path, text: str) -> None:
    """Write the files of the lesson's hidden/. text: all of them, each below a line such as `# hidden/double.py`."""
    (lesson / "hidden").mkdir(exist_ok=True)
    for name, own in hidden_files(text).items():
        (lesson / "hidden" / name).write_text(own, encoding="utf-8")


def hidden_files(text: str) -> dict[str, str]:
    """The files of hidden/ that such a text holds, by name."""
    _, *parts = re.split(r"^# hidden/(\w+\.py)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def added(text: str, exercise: str, more: str) -> str:
    """The text with lines more at the head of an exercise's file, below the line that says which exercise it is."""
    line = f'\n{exercise} = exercise("{exercise}")\n'
    return replaced(text, line, f"{line}{more}\n")


def released(folder: Path, **texts: str) -> Path:
    """Write the course and release its lesson; its root."""
    from autograder.lesson.release import release

    root = course(folder, **texts)
    release(root / "solutions" / "01_tiny", root / "lessons")
    return root


def replaced(text: str, old: str, new: str) -> str:
    """The text with its one `old` replaced by `new`."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)
