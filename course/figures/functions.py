"""The learner's own functions, looked up by name each time they are called, with the reference to stand in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from types import GeneratorType
from typing import Any

import numpy as np

from course.figures.output import captured_output

Shape = tuple[int, ...]

MOST_ITEMS = 10_000  # of a generator


class LearnerError(Exception):
    """The learner's function could not be used; the text is one sentence for the learner."""


class Unwritten(LearnerError):
    """A learner's function turned out to be unwritten, and there is no reference: the figure is asked once more.

    From then on, in this frame, `have` is false of its name, so let it pass where other `LearnerError`s are caught.
    """


class Functions:
    """Calls the learner's function of a name, or the reference's while theirs isn't written.

    `uses` are the names that the figure runs on. `namespace` is where the learner's functions live (default: the
    notebook). `reference` maps names to the reference's; there is none in a copy of the course without solutions, and
    there the figure goes its own way where `have` is false, and says so with `own`.
    A name that begins with a capital is a class: theirs must be one, and calling it makes an object; for other names
    a class counts as not written.
    Not written means: missing, not callable, raising `NotImplementedError`, or returning `...`.
    """

    def __init__(
        self,
        uses: Iterable[str],
        namespace: Mapping[str, Any] | None = None,
        reference: Mapping[str, Any] | None = None,
    ) -> None:
        self.uses = tuple(uses)
        self.reference = dict(reference or {})
        self._namespace = namespace
        self._told: set[str] = set()
        self._only_ours = False
        self.detail = 1.0
        self.begin()

    def begin(self, only_ours: bool = False) -> None:
        """Start a new frame: forget what was used and said in the last one."""
        # Looked up once a frame: asking IPython each time costs more than most functions of a figure.
        self.namespace = notebook_namespace() if self._namespace is None else self._namespace
        self._only_ours = only_ours
        self._unwritten: set[str] = set()
        self._depth = 0
        self.used: dict[str, str] = {}
        self._own: dict[str, None] = {}  # in order
        self.notes: list[str] = []
        self.seconds: dict[str, float] = {}

    def grid(self, points: int) -> int:
        """How many grid points to use where `points` are wanted: fewer while a function is slow."""
        return max(8, round(points * self.detail))

    def asked(self, method: Callable, *given: Any) -> Any:
        """What a figure's method returns; asked once more whenever a function turns out to be unwritten on the way."""
        while True:
            used, own = dict(self.used), dict(self._own)
            try:
                return method(*given, self)
            except Unwritten:
                self.used, self._own = used, own

    def have(self, *names: str) -> bool:
        """Whether each of these can be called in this frame: theirs is there and not known unwritten, or a reference.

        Where it is false the figure goes its own way, and says so with `own`.
        """
        return all(name in self.reference or self.theirs(name) is not None for name in names)

    def own(self, *names: str) -> None:
        """For the badge: this frame ran on the figure's own code where it would have called these."""
        self._own |= dict.fromkeys(names)

    def get(self, name: str) -> Callable:
        """The function itself, to be handed to another one (an activation, say)."""

        def named(*args: Any, **keywords: Any) -> Any:
            return self.call(name, *args, **keywords)

        named.__name__ = name
        return named

    def theirs(self, name: str) -> Callable | None:
        """The learner's own, as `call` would use it now; None where it isn't written."""
        found = None if self._only_ours or name in self._unwritten else self.namespace.get(name)
        return found if callable(found) and isinstance(found, type) == name[:1].isupper() else None

    def call(self, name: str, *args: Any, shape: Shape | list[Shape | None] | None = None, **keywords: Any) -> Any:
        """The result of `name(*args)`: float64 array(s) if `shape` is given, else whatever comes back.

        `shape` is what must come back (see `shaped`).
        The learner's function gets copies. A generator is run to its end and comes back as a list.
        Raises LearnerError if it raises or returns something else, and where neither theirs nor a reference is there.
        """
        theirs = self.theirs(name)
        if theirs is None:
            return self._ours(name, args, keywords, shape)
        given = _copied(args)
        start = time.perf_counter()
        self._depth += 1
        try:
            with captured_output() as printed, np.errstate(all="ignore"):
                result = _run_through(theirs(*given, **_copied(keywords)))
        except NotImplementedError:
            result = ...
        except LearnerError:
            raise
        except Exception as error:
            raise LearnerError(f"Your {name} stopped: {_where(error, self.namespace)}") from error
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
        if result is ...:
            self._found_unwritten(name)
            return self._ours(name, args, keywords, shape)
        self.used[name] = "your"
        if printed.text:
            self.note(f"Your {name} printed: {_shortened(printed.text)}")
        if not _same(given, args) and name not in self._told:
            self._told.add(name)
            self.note(f"Your {name} changed the arrays it was given; work on a copy instead.")
        return result if shape is None else shaped(result, shape, name)

    @contextmanager
    def together(self) -> Iterator[Callable[[str], Callable]]:
        """For the inside of a training loop: yields `quick`, and `quick(name)` is what `call` would call.

        It is called as it is, without copies and without a look at what comes back, which saves most of the
        time that a small function costs. So hand it nothing that must not change. Output, errors and stubs
        are treated as by `call`.
        """
        with captured_output() as printed, np.errstate(all="ignore"):
            yield self._quick
        if printed.text:
            self.note(f"Your functions printed: {_shortened(printed.text)}")

    def _quick(self, name: str) -> Callable:
        theirs = self.theirs(name)
        if theirs is None:
            if name not in self.reference:
                return lambda *args: self._ours(name, args, {}, None)
            self.used.setdefault(name, "our")
            return self.reference[name]

        def run(*args: Any) -> Any:
            if name in self._unwritten:
                return self._ours(name, args, {}, None)
            start = time.perf_counter()
            try:
                result = _run_through(theirs(*args))
            except NotImplementedError:
                result = ...
            except LearnerError:
                raise
            except Exception as error:
                raise LearnerError(f"Your {name} stopped: {_where(error, self.namespace)}") from error
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
            if result is ...:
                self._found_unwritten(name)
                return self._ours(name, args, {}, None)
            self.used[name] = "your"
            return result

        return run

    def written(self, name: str, *args: Any) -> bool:
        """Whether theirs is written, which only calling it tells; what it returns or raises doesn't count.

        For functions that go together: who wrote a cache must be the one who reads it, see `stand_in`.
        """
        theirs = self.theirs(name)
        if theirs is None:
            return False
        try:
            with captured_output(), np.errstate(all="ignore"):
                result = theirs(*_copied(args))
        except NotImplementedError:
            result = ...
        except Exception:  # whatever is wrong with it is said when it is called in earnest
            return True
        if result is ...:
            self._unwritten.add(name)
        return result is not ...

    def stand_in(self, *names: str) -> None:
        """For the rest of this frame theirs count as unwritten by these names, whether they are or not."""
        self._unwritten.update(names)

    def whose(self, name: str) -> str:
        """ "Your", "Our" or "The figure's own": whose code of that name this frame ran on."""
        return "The figure's own" if name in self._own else self.used.get(name, "our").capitalize()

    def badge(self) -> str:
        """Which functions this frame ran on."""
        parts = [f"{whose} {name}" for name, whose in sorted(self.used.items(), key=lambda item: item[1] != "your")]
        if self._own:
            missing = [name for name in self._own if self.theirs(name) is None and not self._only_ours]
            verb = "are" if len(missing) > 1 else "is"
            parts.append("the figure's own code" + (f" (until your {_listed(missing)} {verb} written)" * bool(missing)))
        return f"running on: {' · '.join(parts)}" if parts else ""

    def keep_up(self, slow: float = 0.1, quick: float = 0.01) -> None:
        """Halve the detail when a frame took longer than `slow` seconds, restore it when it is quick again."""
        spent = sum(self.seconds.values())
        if spent > slow:
            self.detail = max(self.detail / 2, 0.25)
        elif spent < quick:
            self.detail = min(self.detail * 2, 1.0)
        if self.detail < 1 and self.seconds:
            slowest = max(self.seconds, key=self.seconds.__getitem__)
            self.note(
                f"Your {slowest} took {1000 * self.seconds[slowest]:.0f} ms for this picture, "
                "so the figure is drawn more coarsely to keep up."
            )

    def _found_unwritten(self, name: str) -> None:
        self._unwritten.add(name)
        if name not in self.reference:
            raise Unwritten(_wanted(name))

    def _ours(self, name: str, args: tuple, keywords: dict, shape: Shape | list[Shape | None] | None) -> Any:
        if name not in self.reference:
            raise LearnerError(_wanted(name))
        self.used.setdefault(name, "our")
        with np.errstate(all="ignore"):
            result = self.reference[name](*args, **keywords)
        return result if shape is None else shaped(result, shape, name)

    def note(self, text: str) -> None:
        """Show a sentence in the strip under the figure, together with this frame."""
        if text not in self.notes:
            self.notes.append(text)


def notebook_namespace() -> Mapping[str, Any]:
    """The names of the notebook that runs this; empty outside one."""
    from IPython import get_ipython

    shell = get_ipython()
    return {} if shell is None else shell.user_ns


def shaped(result: Any, shape: Shape | list[Shape | None], name: str) -> Any:
    """What `name` returned, as float64 array(s) of that shape; for what comes back from `together`'s functions.

    A list of shapes stands for a tuple of arrays; None in it for something only the learner's own functions
    read (a cache), which is passed on as it is. Raises LearnerError if something else came back.
    """
    if isinstance(shape, list):
        if not isinstance(result, tuple | list) or len(result) != len(shape):
            raise LearnerError(f"Your {name} must return {len(shape)} values; it returned {_kind(result)}.")
        pairs = zip(result, shape, strict=True)
        return tuple(part if expected is None else shaped(part, expected, name) for part, expected in pairs)
    if result is None:
        raise LearnerError(f"Your {name} returned nothing (None); is the return missing?")
    try:
        array = np.asarray(result, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError) as error:  # RuntimeError: a tensor that records gradients
        raise LearnerError(f"Your {name} must return numbers; it returned {_kind(result)}.") from error
    if array.shape != tuple(shape):
        raise LearnerError(f"Your {name} returned shape {array.shape}; this figure needs {tuple(shape)}.")
    return array


def _run_through(result: Any) -> Any:
    """A generator's items, made here, so that what it raises or prints is the learner's function's own."""
    if not isinstance(result, GeneratorType):
        return result
    items = list(islice(result, MOST_ITEMS))
    if len(items) == MOST_ITEMS:
        raise RuntimeError(f"it yielded {MOST_ITEMS} times and did not end")
    return items


def _kind(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"{len(value)} values"
    return "an array of shape " + str(value.shape) if isinstance(value, np.ndarray) else type(value).__name__


def _where(error: Exception, namespace: Mapping[str, Any]) -> str:
    """Exception type and text, and the last line that is the learner's own."""
    import linecache

    said = f"{type(error).__name__}: {_shortened(str(error))}" if str(error) else type(error).__name__
    place, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals is namespace:
            source = linecache.getline(trace.tb_frame.f_code.co_filename, trace.tb_lineno).strip()
            place = f" (line {trace.tb_lineno}: {source})" if source else f" (line {trace.tb_lineno})"
        trace = trace.tb_next
    return said + place


def _wanted(name: str) -> str:
    return f"This figure needs your {name}: write it above, run its cell, then come back."


def _listed(names: list[str]) -> str:
    """a; a and b; a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _shortened(text: str, limit: int = 200) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, float | int):
        return value
    if isinstance(value, list | tuple):
        return type(value)(_copied(item) for item in value)
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return value


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if isinstance(one, np.ndarray):
        # By their bytes: ten times as fast as np.array_equal for a few numbers, and nan equals itself.
        return isinstance(other, np.ndarray) and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(item, other[key]) for key, item in one.items())
    return True
