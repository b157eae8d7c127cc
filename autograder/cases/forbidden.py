"""Exercises that forbid library functions: who wrote `lstm_step` by calling `torch.nn.LSTM` hasn't written it.

While a case of such an exercise runs, two nets are out. A profile hook sees every Python function that is called, by
its code, and every C function called from Python, by identity: another name, `getattr` or a reference taken earlier
make no difference. And what torch does is seen below Python, where all ways to it meet (`operators`).

Whose call is it? Going up from a Python function, the first code that is no installed library's, or that names the
function itself, called it. So a library may use a forbidden function for its own ends, and who hands one to a library
(`threading.Thread(target=…)`, `np.vectorize(…)`) has called it. Of torch's operators all those count that run while,
libraries apart, the learner's code is the innermost; what the case itself has torch do doesn't.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import mmap
import os
import sys
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.cases import operators, whose

MISTAKE = "forbidden"  # the name of the mistake that a call of a forbidden function is

# Ways to stop us from seeing, which no answer needs: counted only where the learner's own code takes them.
_CALLS = (
    *("sys.setprofile", "sys.settrace", "threading.setprofile", "threading.settrace", "_thread.start_new_thread"),
    *("sys._setprofileallthreads", "threading.setprofile_all_threads"),
    *("torch._C._autograd._disable_profiler_legacy", "torch._C._autograd._enable_record_function"),
    *("subprocess.Popen", "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output"),
    *("subprocess.getoutput", "os.system", "os.popen", "os.posix_spawn", "os.execv", "os.execve", "ctypes.CDLL"),
)
EVASIONS = (*_CALLS, operators.PROFILER, operators.COMPILED)
# Where another thread or a copy of this process hands over what it has done.
_HANDING_OVER = frozenset({"release", "__exit__", "put", "write", "send"})
_LONGEST = 100  # characters of a name


class Unknown(ValueError):
    """A name that is no function of an installed library, or one whose calls can't be seen."""


@dataclass(frozen=True, eq=False)
class Target:
    """A function to look out for.

    codes: of the Python functions it consists of; builtins: what it is in C; family: torch's operators that tell of it.
    """

    name: str
    codes: tuple[types.CodeType, ...]
    builtins: tuple[Any, ...]
    family: operators.Family | None = None


@functools.cache
def target(name: str) -> Target:
    """What a dotted name stands for, kept from the first time it is asked for. Raises Unknown."""
    parts = name.split(".")
    value: Any = None
    for length in range(len(parts) - 1, 0, -1):
        with contextlib.suppress(ImportError):
            value = importlib.import_module(".".join(parts[:length]))
            break
    if value is None:
        raise Unknown(f"{name!r} is in no installed package")
    for part in parts[length:]:
        if not hasattr(value, part):
            raise Unknown(f"{name!r} doesn't exist")
        value = getattr(value, part)
    if not callable(value):
        raise Unknown(f"{name!r} is no function")
    family = operators.family(name) if parts[0] == "torch" else None
    own = [value] if _is_librarys(value) else _replaced(parts)
    codes = tuple(code for each in own for code in _codes(each))
    builtins = tuple(each for each in own if isinstance(each, types.BuiltinFunctionType))
    if own and not (codes or builtins or family):
        raise Unknown(f"{name!r} is written in C, and its calls can't be seen")
    return Target(name, codes, builtins, family)


def _codes(value: Any) -> tuple[types.CodeType, ...]:
    if isinstance(value, type):
        called = [member for name, member in vars(value).items() if name != "__del__"]  # which nobody calls
        members = (inspect.unwrap(getattr(member, "__func__", member)) for member in called)
        return tuple(member.__code__ for member in members if isinstance(member, types.FunctionType))
    inner = inspect.unwrap(value)
    if not isinstance(inner, types.FunctionType) or inner.__closure__:  # functions from one factory share their code
        return ()
    return (inner.__code__,)


def _is_librarys(value: Any) -> bool:
    """Whether a function or class is still a library's, and not what a cell put in its place."""
    home = getattr(value, "__module__", None) or type(value).__module__
    return home != "__main__" and all(code.co_filename.startswith(whose.libraries()) for code in _codes(value))


def _replaced(parts: Sequence[str]) -> list[Any]:
    """What bears a name in other modules of its package, where it comes from, though something else took its place."""
    modules = [vars(m) for n, m in list(sys.modules.items()) if n.split(".")[0] == parts[0] and hasattr(m, "__dict__")]
    named = {id(holds[parts[-1]]): holds[parts[-1]] for holds in modules if callable(holds.get(parts[-1]))}
    return [each for each in named.values() if _is_librarys(each)]


def known(names: Sequence[str]) -> tuple[Target, ...]:
    """What names stand for here, looked up before a learner's code can put something else in their place.

    What these versions of the packages don't have can't be called either, and is left out.
    """
    found = []
    for name in [*names, *(_CALLS if names else ())]:
        if name in names or name.partition(".")[0] in sys.modules:
            with contextlib.suppress(Unknown):
                found.append(target(name))
    return tuple(found)


@functools.cache
def _looked_for(names: tuple[str, ...]) -> tuple[dict[int, str], tuple[tuple[str, operators.Family], ...]]:
    """The names of functions by the ids of their code, or of themselves where they are in C, and torch's families."""
    targets = known(names)
    by_id = {id(part): each.name for each in targets for part in (*each.codes, *each.builtins)}
    by_id[id(os._exit)] = ""  # the end of a forked copy, and nothing looked for
    return by_id, tuple((each.name, each.family) for each in targets if each.family)


class Watch:
    """Looks out for forbidden functions while a case runs (`over`); `seen` says afterwards which was called."""

    def __init__(self, names: Sequence[str], case: Callable[..., Any]) -> None:
        self.names = tuple(names)
        self.by_id, self.families = _looked_for(self.names)
        self.case = whose.code_of(case)
        self.by_turns = whose.knows(case, "torch")  # otherwise all that torch does is the learner's
        self._notes = _notes(self.names)
        self._notes[:] = bytes(len(self._notes))

    @property
    def seen(self) -> str:
        """What was called: a forbidden function, else an operator of its kind, else an evasion; empty when nothing."""
        texts = (self._notes[i : i + _LONGEST].rstrip(b"\0") for i in range(0, len(self._notes), _LONGEST))
        return next((text.decode() for text in texts if text), "")

    @contextlib.contextmanager
    def over(self) -> Iterator[None]:
        """Look out while the body runs."""
        here = _Thread(self, whose.CASES if self.by_turns else whose.LEARNERS, self.by_turns)
        hook, in_threads = here.hook, self._in_a_thread  # each of them one object from here on
        before = sys.getprofile(), threading.getprofile(), sys.gettrace()
        sys.settrace(None)
        threading.setprofile(in_threads)
        sys.setprofile(hook)
        out_of_room = False
        try:
            yield
        except RecursionError:
            out_of_room = True  # then Python itself may have taken the hook out
            raise
        finally:
            if (sys.getprofile() is not hook and not out_of_room) or threading.getprofile() is not in_threads:
                self.note("sys.setprofile")
            sys.setprofile(before[0])
            threading.setprofile(before[1])
            sys.settrace(before[2])
            here.hand_over()

    def _in_a_thread(self, *event: Any) -> None:
        """The hook of a new thread, until its first event."""
        hook = _Thread(self, whose.LIBRARYS, True).hook
        sys.setprofile(hook)
        hook(*event)

    def note(self, name: str, is_operator: bool = False) -> None:
        """Keep a name, if it is the first one of its sort."""
        start = _LONGEST * (2 if name in EVASIONS else is_operator)
        if not self._notes[start]:
            text = name.encode()[:_LONGEST]
            self._notes[start : start + len(text)] = text

    def note_call(self, name: str, frame: types.FrameType | None) -> None:
        """Keep the name of a function that was called from a frame, if it is the learner who called it."""
        while frame is not None and whose.owner(frame, self.case) is not whose.LEARNERS:
            if name in EVASIONS or name.rpartition(".")[2] in frame.f_code.co_names:
                return
            frame = frame.f_back
        self.note(name)


class _Thread:
    """What is seen in one thread, by its `hook`.

    owner: whose code is under way there. by_turns: whether that may become another one.
    """

    def __init__(self, watch: Watch, owner: str, by_turns: bool) -> None:
        self._watch = watch
        self._recorder = operators.Recorder(watch.families) if watch.families else None
        self._kept: list[types.CodeType] = []  # so that no other code gets the id of one that is known here
        self.hook = self._made(owner, by_turns, owner is whose.LIBRARYS and self._recorder is not None)
        self.hand_over(owner)

    def hand_over(self, owner: str = whose.CASES) -> None:
        """Note what torch did so far, and record what it does from here on if it is for the learner's code."""
        if self._recorder is not None:
            if found := self._recorder.stop():
                self._watch.note(found, is_operator=True)
            if owner is whose.LEARNERS:
                self._recorder.start()

    def _made(self, first: str, by_turns: bool, hears_names: bool) -> Any:
        owners, by_id, hand_over = [first], self._watch.by_id, self.hand_over
        plain, kept = _plain(self._watch.names, by_turns)
        kinds: dict[int, tuple[str, str]] = {}

        def hook(frame: types.FrameType, event: str, argument: Any) -> None:
            if event == "c_call":
                called = by_id.get(id(argument))
                if called:
                    self._watch.note_call(called, frame)
                elif called is not None or (hears_names and argument.__name__ in _HANDING_OVER):
                    hand_over(owners[-1])
            elif event != "c_return" and event != "c_exception" and id(frame.f_code) not in plain:
                code = id(frame.f_code)
                owner, called = kinds.get(code) or kinds.setdefault(code, self._kind(frame))
                if not called and (owner is whose.LIBRARYS or not by_turns):
                    plain.add(code)
                    kept.append(frame.f_code)
                if called and event == "call":
                    self._watch.note_call(called, frame.f_back)
                if by_turns and owner is not whose.LIBRARYS:
                    before = owners[-1]
                    if event == "call":
                        owners.append(owner)
                    elif len(owners) > 1:
                        owners.pop()
                    if owners[-1] is not before:
                        hand_over(owners[-1])

        return hook

    def _kind(self, frame: types.FrameType) -> tuple[str, str]:
        """Whose code a frame runs, and the name of the function looked for that it is, or nothing."""
        code, home = frame.f_code, f"{frame.f_globals.get('__name__')}."
        self._kept.append(code)
        owner, called = whose.owner(frame, self._watch.case), self._watch.by_id.get(id(code), "")
        if code is threading.Thread.run.__code__:
            owner = whose.LEARNERS  # whatever was handed to it
        if not called and owner is whose.LIBRARYS and code.co_flags & inspect.CO_OPTIMIZED:  # no module, no class
            modules = [module for _, family in self._watch.families for module in family.python]
            called = f"{home}{code.co_name}" if any(home.startswith(f"{module}.") for module in modules) else ""
        return owner, called


@functools.cache
def _plain(names: tuple[str, ...], by_turns: bool) -> tuple[set[int], list[types.CodeType]]:
    """The code, by its id, that needn't be looked at where these names are forbidden; and itself, to keep the ids."""
    return set(), []


@functools.cache
def _notes(names: tuple[str, ...]) -> mmap.mmap:
    """Of each sort the first name: shared with forked children, and with threads that an earlier case left behind."""
    return mmap.mmap(-1, 3 * _LONGEST)
