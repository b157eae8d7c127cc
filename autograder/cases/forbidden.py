"""Exercises that forbid library functions: who wrote `lstm_step` by calling `torch.nn.LSTM` hasn't written it.

While a case of such an exercise runs, a profile hook sees every Python function and every C function called from
Python, by identity: another name, `getattr` or a reference taken earlier make no difference. What raises no profile
event has a net of its own: torch's C functions a torch function mode, other C functions a stand-in (`stand_ins`).

Whose call is it? Going up from the call, the first code that is no installed library's, or that names the function
itself, made it. So a library may use a forbidden function for its own ends, and who hands one to a library
(`threading.Thread(target=…)`, `np.vectorize(…)`) has called it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import mmap
import os
import site
import sys
import sysconfig
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.cases import noted_calls

MISTAKE = "forbidden"  # the name of the mistake that a call of a forbidden function is

# Ways to stop us from seeing, which no answer needs: counted only where the learner's own code takes them.
EVASIONS = (
    *("sys.setprofile", "sys.settrace", "threading.setprofile", "threading.settrace", "_thread.start_new_thread"),
    *("sys._setprofileallthreads", "threading.setprofile_all_threads", "torch._C._pop_torch_function_stack"),
    *("subprocess.Popen", "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output"),
    *("subprocess.getoutput", "os.system", "os.popen", "os.posix_spawn", "os.execv", "os.execve", "ctypes.CDLL"),
)


class Unknown(ValueError):
    """A name that is no function of an installed library, or one whose calls can't be seen."""


@dataclass(frozen=True, eq=False)
class Target:
    """A function to look out for. codes: of the Python functions it consists of; value: the object itself."""

    name: str
    value: Any
    codes: tuple[types.CodeType, ...]
    evasion: bool = False

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def is_torchs(self) -> bool:
        return self.name.startswith("torch.")


@functools.cache
def target(name: str, evasion: bool = False) -> Target:
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
    codes = _codes(value)
    if isinstance(value, type) and not codes:
        raise Unknown(f"{name!r} is a class written in C, whose calls can't be seen")
    return Target(name, value, codes, evasion)


def _codes(value: Any) -> tuple[types.CodeType, ...]:
    if isinstance(value, type):
        called = [member for name, member in vars(value).items() if name != "__del__"]  # which nobody calls
        members = (inspect.unwrap(getattr(member, "__func__", member)) for member in called)
        return tuple(member.__code__ for member in members if isinstance(member, types.FunctionType))
    inner = inspect.unwrap(value)
    return (inner.__code__,) if isinstance(inner, types.FunctionType) else ()


def known(names: Sequence[str], evasion: bool = False) -> tuple[Target, ...]:
    """What names stand for here, looked up before a learner's code can put something else in their place.

    What these versions of the packages don't have can't be called either, and is left out.
    """
    found = []
    for name in names:
        with contextlib.suppress(Unknown):
            found.append(target(name, evasion))
    if names and not evasion:
        _evasions()
        _libraries()
    return tuple(found)


@functools.cache
def _evasions() -> tuple[Target, ...]:
    return known([name for name in EVASIONS if name.partition(".")[0] in sys.modules], True)


class Watch:
    """Looks out for forbidden functions while a case runs (`over`); `seen` says afterwards which was called."""

    def __init__(self, names: Sequence[str], case: Callable[..., Any]) -> None:
        self.targets = (*known(names), *_evasions())
        self._flags = _flags(tuple(each.name for each in self.targets))
        self._flags[:] = bytes(len(self._flags))
        self._authors = frozenset(_nested(case.__code__))
        self._others = set(sys._current_frames()) - {threading.get_ident()}
        self._removed = False

    @property
    def seen(self) -> str:
        """The name of the first function in the list that was called; empty when none was."""
        found = next((t.name for t, flag in zip(self.targets, self._flags[:], strict=True) if flag), "")
        return found or ("sys.setprofile" if self._removed else "")

    @contextlib.contextmanager
    def over(self, namespace: Any, answer: Any) -> Iterator[None]:
        """Look out while the body runs. namespace: the learner's names; answer: the value under test."""
        hook = self._hook()
        before = sys.getprofile(), threading.getprofile(), sys.gettrace()
        silent = [t for t in self.targets if not (t.codes or t.is_torchs or t.evasion)]
        with contextlib.ExitStack() as stack:
            for each in silent:
                stack.enter_context(noted_calls.standing_in(each.value, self._noting(each), namespace, answer))
            if any(t.is_torchs and not t.codes and not t.evasion for t in self.targets):
                stack.enter_context(self._torch_mode())
            sys.settrace(None)
            threading.setprofile(hook)
            sys.setprofile(hook)
            try:
                yield
            finally:
                self._removed = sys.getprofile() is not hook or threading.getprofile() is not hook
                sys.setprofile(before[0])
                threading.setprofile(before[1])
                sys.settrace(before[2])

    def _noting(self, called: Target) -> Callable[[], None]:
        return lambda: self.note(called)

    def note(self, called: Target) -> None:
        """Called from the frame of our own that learns of a call: note it, if it is the learner's."""
        self._note(called, sys._getframe(2))

    def _note(self, called: Target, caller: types.FrameType | None) -> None:
        number = self.targets.index(called)
        if not self._flags[number] and threading.get_ident() not in self._others and self._is_learners(called, caller):
            self._flags[number] = 1

    def _is_learners(self, called: Target, frame: types.FrameType | None) -> bool:
        while frame is not None:
            code = frame.f_code
            if code not in self._authors and not is_librarys(code):
                return True
            if called.evasion or called.last in code.co_names:
                return False
            frame = frame.f_back
        return True

    def _hook(self) -> Any:
        by_code = {id(code): t for t in self.targets for code in t.codes}
        by_id = {id(t.value): t for t in self.targets if not t.codes}
        methods = {t.last: t for t in self.targets if isinstance(t.value, types.MethodDescriptorType)}

        def hook(frame: types.FrameType, event: str, argument: Any) -> None:
            if event == "call":
                if (called := by_code.get(id(frame.f_code))) is not None and _is_of(frame, called):
                    self._note(called, frame.f_back)
            elif event == "c_call":
                called = by_id.get(id(argument)) or methods.get(argument.__name__)
                if called is not None and (called.value is argument or _is_method(argument, called)):
                    self._note(called, frame)

        return hook

    def _torch_mode(self) -> Any:
        import torch

        watch, wanted = self, {id(t.value): t for t in self.targets if t.is_torchs and not t.codes}

        class Mode(torch.overrides.TorchFunctionMode):
            def __torch_function__(self, function, types, args=(), kwargs=None):
                if (called := wanted.get(id(function))) is not None:
                    watch.note(called)
                return function(*args, **(kwargs or {}))

        return Mode()


@functools.cache
def _flags(names: tuple[str, ...]) -> mmap.mmap:
    """Which functions were called: shared with forked children, and with threads that an earlier case left behind."""
    return mmap.mmap(-1, len(names))


def _is_method(bound: Any, called: Target) -> bool:
    """Whether a bound method of C is the one looked for: such a method is a new object at each call."""
    return isinstance(getattr(bound, "__self__", None), called.value.__objclass__)


def _is_of(frame: types.FrameType, called: Target) -> bool:
    """Whether a frame is a call of this very function: functions from one factory share their code."""
    inner = called.value if isinstance(called.value, type) else inspect.unwrap(called.value)
    cells = getattr(inner, "__closure__", None)
    if not cells:
        return True
    local = frame.f_locals
    return all(local.get(n) is c.cell_contents for n, c in zip(frame.f_code.co_freevars, cells, strict=True))


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _nested(constant)


@functools.cache
def _libraries() -> tuple[str, ...]:
    """The folders of installed code: the standard library, packages, ourselves."""
    ours, paths = Path(__file__).resolve().parents[1], sysconfig.get_paths()
    installed = {*(paths[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")), *site.getsitepackages()}
    return tuple(str(folder) + os.sep for folder in (*installed, ours, ours.parent / "course"))


def is_librarys(code: types.CodeType) -> bool:
    """Whether code is what an installed library's file says there: a file name alone can be claimed."""
    return code.co_filename.startswith(_libraries()) and code in _library_file(code.co_filename)


@functools.cache
def _library_file(path: str) -> frozenset[types.CodeType]:
    try:
        return frozenset(_nested(compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)))
    except (OSError, SyntaxError, ValueError):
        return frozenset()
