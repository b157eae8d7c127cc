"""What a kept run still says after some cases changed: which are to be run, and old and new outcomes together.

The cells are run anew for them, since cases need what the cells define. When that went another way than before, or a
case did not end like any other, nothing is taken over and the whole submission is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.core import outcome

Sources = Mapping[str, Mapping[str, str]]  # of each case, by exercise and name, a hash of the source it depends on
_ORDINARY = (outcome.RETURNED, outcome.RAISED, outcome.MISSING)


def to_run(record: Mapping[str, Any], wanted: Sources) -> dict[str, set[str]]:
    """The cases whose outcome the record doesn't hold, by exercise.

    All of an exercise when something changed there and one of its cases ended the process, since those after it have
    not been run then.
    """
    outcomes, known = record["run"]["outcomes"], record["cases"]
    todo: dict[str, set[str]] = {}
    for exercise, sources in wanted.items():
        before = known.get(exercise, {})
        held = outcomes.get(exercise, {})
        changed = {name for name, source in sources.items() if before.get(name) != source or name not in held}
        if (changed or set(before) - set(sources)) and not all(map(_is_ordinary, held.values())):
            changed = set(sources)
        if changed:
            todo[exercise] = changed
    return todo


def joined(record: Mapping[str, Any], ran: Mapping[str, Any] | None, wanted: Sources) -> dict[str, Any] | None:
    """A run (in its JSON form) with the new outcomes of `ran` and the others of `record`; None when they don't agree.

    ran: None when no case had to be run.
    """
    old = record["run"]
    if ran is None:
        ran = {"cells": old["cells"], "outcomes": {}, "notes": []}
    new = ran["outcomes"]
    if ran["notes"] or list(map(_ending, ran["cells"])) != list(map(_ending, old["cells"])):
        return None
    for exercise, cases in new.items():
        if set(cases) != set(wanted[exercise]) and not all(map(_is_ordinary, cases.values())):
            return None
    outcomes = {
        exercise: {name: new.get(exercise, {}).get(name) or old["outcomes"][exercise][name] for name in sources}
        for exercise, sources in wanted.items()
    }
    return {"cells": ran["cells"], "outcomes": outcomes, "notes": old["notes"]}


def _is_ordinary(node: Mapping[str, Any]) -> bool:
    return node["kind"] in _ORDINARY or (node["kind"] == outcome.NOT_RUN and node["unwritten"] is True)


def _ending(cell: Mapping[str, Any]) -> tuple[str, str]:
    return cell["kind"], (cell["error"] or {}).get("type_name", "")
