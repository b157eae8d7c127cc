"""Row 51: code that is nested more deeply than Python, IPython or a reader of ours can follow."""

VERDICTS = {}
DEEP = {
    "joined strings": "x = (" + " +\n".join(['"a line of text"'] * 3500) + ")",
    "fewer joined strings": "x = (" + " +\n".join(['"a line of text"'] * 2500) + ")",
    "plus signs": "x = " + "+" * 5000 + "1",
    "minus signs": "x = " + "-" * 45_000 + "1",
    "not": "x = " + "not " * 20_000 + "x",
    "elif": "y = 3\nif y == 0: pass\n" + "".join(f"elif y == {k}: z = {k}\n" for k in range(3000)),
    "elif that runs": "y = 3\nif y == 0: pass\n" + "".join(f"elif y == {k}: z = {k}\n" for k in range(900)),
    "attributes": "x = a" + ".b" * 20_000,
    "calls": "def f(): return f\nx = f" + "()" * 5_000,
    "lambdas": "x = " + "lambda: " * 15_000 + "1",
    "brackets": "(" * 40_000,
}


def variants(canary):
    """Each in a cell of its own, and several at once."""
    several = [DEEP[name] for name in ("plus signs", "calls", "elif that runs", "attributes")]
    return {**{name: {"cells": [cell]} for name, cell in DEEP.items()}, "several": {"cells": several}}


NOTES = {
    name: "RecursionError: maximum recursion depth exceeded"
    for name in ("joined strings", "fewer joined strings", "plus signs", "elif", "attributes", "calls", "several")
}
