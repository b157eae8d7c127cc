"""Row 52: more code than anybody writes, which takes long to take apart: what is too much is left out and named."""

VERDICTS = {}
TOO_MUCH = {
    "f-strings": ["s = f'" + "{1}" * 43_000 + "'"] * 8,
    "different f-strings": ["s = f'" + f"{{{n}}}" * 43_000 + "'" for n in range(8)],
    "statements": ["a = 1\n" + "a;" * 90_000],
    "small cells": ["x = 1"] * 20_000,
    "small cells of their own": [f"x{n} = abs({n})" for n in range(20_000)],
    "cells that stop": ["1 / 0"] * 20_000,
    "numbers": ["data = [" + ", ".join(map(str, range(60_000))) + "]"],
    "no Python": ["a ? b " * 30_000],
}
LONG = {
    "blank lines": ["x = 1" + "\n" * 20_000 + "y = 2"],
    "blank lines and a command": ["%time 1\nx = 1" + "\n" * 20_000 + "y = 2"],
    "a long string": ["x = '" + "a" * 1_000_000 + "'"],
    "a long comment": ["# " + "a" * 1_000_000],
    "spaces": ["!true\n" + " " * 150_000 + "x"],
}


def variants(canary):
    """Cells beside right answers."""
    return {name: {"cells": cells} for name, cells in {**TOO_MUCH, **LONG}.items()}


NOTES = {name: "Left out, because the notebook has more than" for name in TOO_MUCH}
