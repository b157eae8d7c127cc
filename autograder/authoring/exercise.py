"""How an author writes an exercise: cases, held-out cases, mistakes and variants.

A case is a small named function that uses the implementation under test and returns plain data. Its parameters are
names looked up in the notebook, as pytest looks up fixtures. A case never judges: `autograder.judging.verdicts`
compares what it returns with what the reference solution returned.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from autograder.authoring.compare import Compare, close


class AuthoringError(ValueError):
    """A lesson's source is wrong; the message says where and what to do."""


@dataclass(frozen=True)
class Case:
    """One question asked of an implementation."""

    name: str
    function: Callable[..., Any]
    held_out: bool
    part: str
    compare: Compare
    after: tuple[str, ...]
    reveals: bool = True
    forbids: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name as a sentence."""
        return self.name.replace("_", " ")

    @property
    def explanation(self) -> str:
        """What the author says to someone who fails this case (its docstring), or nothing."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def by_property(self) -> bool:
        """Whether only a property of what it returns is judged, which may come from a training.

        How a training goes in detail depends on how a processor rounds, so its results differ between machines.
        """
        return getattr(self.compare, "by_property", False)

    @property
    def is_measured(self) -> bool:
        """Whether what it returns is another at each run, such as a time; then `by_property` holds as well."""
        return getattr(self.compare, "is_measured", False)

    def meaning(self, value: Any) -> Any:
        """What of a result is judged: all of it, unless the judge reduces it, whose errors come through."""
        return getattr(self.compare, "meaning", lambda value: value)(value)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names it looks up in the notebook."""
        return tuple(inspect.signature(self.function).parameters)


@dataclass(frozen=True)
class Implementation:
    """A wrong or another right way: `value` stands in the exercise's place when cases run."""

    name: str
    value: Any
    message: str = ""
    needs_held_out: bool = False


@dataclass
class Exercise:
    """One exercise of a lesson.

    parts: points per part; a part counts only when all its cases pass. The first one is the core: the others count
    only when it is right, unless the parts are independent. needs: exercises whose answers this one calls; when one
    of them is wrong, the learner is sent there first. returns: what the axes of the result mean, said when a shape is
    wrong. forbids: library functions that it asks to write oneself, by their full names; instead: what to do instead.
    seconds: how long a check in the notebook may take, where it needs more than the usual time. passed: a sentence said
    when it is right.
    """

    name: str
    points: float = 1
    hints: tuple[str, ...] = ()
    parts: dict[str, float] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    returns: str = ""
    stretch: bool = False
    independent: bool = False
    labels: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    instead: str = ""
    seconds: float | None = None
    passed: str = ""
    cases: list[Case] = field(default_factory=list)
    mistakes: list[Implementation] = field(default_factory=list)
    variants: list[Implementation] = field(default_factory=list)
    equivalent_mutants: dict[str, str] = field(default_factory=dict)

    def case(self, function: Callable | None = None, **options: Any) -> Callable:
        """Register a case that learners may see.

        Options: part, judge, after (names of cases that must pass first), reveals (False: the expected result, being
        the answer itself, is not shown).
        """
        return self._register(function, False, options)

    def held_out(self, function: Callable | None = None, **options: Any) -> Callable:
        """Register a case that is run only when grading (same options as `case`)."""
        return self._register(function, True, options)

    def mistake(self, name: str, message: str, value: Any = None, needs_held_out: bool = False) -> Callable | None:
        """Register a wrong implementation with its diagnosis: a decorator, or directly with `value=`.

        needs_held_out: it can be recognised only with the held-out cases.
        """
        return self._implementation(self.mistakes, name, message, value, needs_held_out)

    def variant(self, function: Callable | None = None, *, name: str = "", value: Any = None) -> Callable | None:
        """Register another right implementation, which must pass: `@exercise.variant`, or with `name=` and `value=`."""
        if function is not None:
            self.variants.append(Implementation(function.__name__, function))
            return function
        return self._implementation(self.variants, name, "", value, False)

    def equivalent(self, mutant: str, reason: str) -> None:
        """Say that a mutant of the reference (by its id in the kill table) does the same, and why."""
        self.equivalent_mutants[mutant] = reason

    @property
    def visible_cases(self) -> list[Case]:
        """The cases that travel with the lesson."""
        return [case for case in self.cases if not case.held_out]

    def _register(self, function: Callable | None, held_out: bool, options: dict[str, Any]) -> Callable:
        def register(function: Callable) -> Callable:
            part = options.get("part", next(iter(self.parts)))
            if part not in self.parts:
                raise AuthoringError(f"{self.name}: case {function.__name__} names an unknown part {part!r}.")
            known = {case.name for case in self.cases}
            if function.__name__ in known:
                raise AuthoringError(f"{self.name}: two cases are called {function.__name__}.")
            after = options.get("after", ())
            if isinstance(after, str):
                raise AuthoringError(f"{self.name}: {function.__name__}: `after` must be a list of names.")
            if missing := [name for name in after if name not in known]:
                raise AuthoringError(f"{self.name}: {function.__name__} comes after the unknown case {missing[0]!r}.")
            compare = options.get("judge", close())
            reveals = options.get("reveals", True)
            self.cases.append(
                Case(function.__name__, function, held_out, part, compare, tuple(after), reveals, self.forbids)
            )
            return function

        if unknown := set(options) - {"part", "judge", "after", "reveals"}:
            raise AuthoringError(f"{self.name}: a case has no option {sorted(unknown)[0]!r}.")
        return register if function is None else register(function)

    def _implementation(
        self, kept: list[Implementation], name: str, message: str, value: Any, needs_held_out: bool
    ) -> Callable | None:
        if any(other.name == name for other in kept):
            raise AuthoringError(f"{self.name}: {name!r} is there twice.")

        def register(function: Callable) -> Callable:
            kept.append(Implementation(name, function, message, needs_held_out))
            return function

        if value is None:
            return register
        register(value)
        return None


_exercises: ContextVar[dict[str, Exercise] | None] = ContextVar("exercises", default=None)


@contextmanager
def collecting(exercises: dict[str, Exercise]):
    """While active, `exercise(…)` adds to `exercises`."""
    token = _exercises.set(exercises)
    try:
        yield exercises
    finally:
        _exercises.reset(token)


def exercise(
    name: str,
    *,
    points: float | None = None,
    hints: list[str] | tuple[str, ...] = (),
    parts: dict[str, float] | None = None,
    needs: list[str] | tuple[str, ...] = (),
    returns: str = "",
    stretch: bool = False,
    independent: bool = False,
    labels: list[str] | tuple[str, ...] = (),
    forbids: list[str] | tuple[str, ...] = (),
    instead: str = "",
    seconds: float | None = None,
    passed: str = "",
) -> Exercise:
    """Declare an exercise (in `checks.py`), or get it back by its name alone to extend it (in `hidden/`).

    points: full marks; with `parts` they are the sum of the parts' points. independent: each part counts by itself.
    stretch: optional, 0 points, still checked. labels: names of the parts of a result that is a tuple.
    forbids: library functions that the answer must not call, such as "torch.nn.LSTM"; instead: a sentence that says
    what is asked for in their place. seconds: how long a check in the notebook may take (default: 5); give more where
    its cases train something. passed: a sentence said when it is right, such as what the figure does from now on.
    """
    exercises = _exercises.get()
    if exercises is None:
        exercises = {}
    if name in exercises:
        return exercises[name]
    if points is not None and parts and points != sum(parts.values()):
        raise AuthoringError(f"{name}: {points} points, but the parts add up to {sum(parts.values())}.")
    total = 0 if stretch else (sum(parts.values()) if parts else 1 if points is None else points)
    shares: dict[str, float] = dict(parts) if parts else {"the answer": total}
    if stretch:
        shares = dict.fromkeys(shares, 0.0)
    if isinstance(forbids, str):
        raise AuthoringError(f"{name}: `forbids` must be a list of names.")
    made = Exercise(
        name,
        total,
        tuple(hints),
        shares,
        tuple(needs),
        returns,
        stretch,
        independent,
        tuple(labels),
        tuple(forbids),
        instead,
        seconds,
        passed,
    )
    exercises[name] = made
    return made
