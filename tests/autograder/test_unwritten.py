"""Telling a stub from an answer, on every Python that is here."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cases import placeholders

STUBS = {
    "refuses with a call": "def f(x):\n    '''Doc.'''\n    raise NotImplementedError()",
    "refuses without a call": "def f(x):\n    raise NotImplementedError",
    "refuses with a text": "def f(x):\n    raise NotImplementedError('later')",
    "refuses behind annotations": "def f(x: int = 3, *, y: str = 'a') -> int:\n    raise NotImplementedError()",
    "passes": "def f(x):\n    pass",
    "is an ellipsis": "def f(x): ...",
    "has a docstring only": "def f(x):\n    'Doc.'",
    "returns None": "def f(x):\n    return None",
    "returns an ellipsis": "def f(x):\n    return ...",
    "is an empty lambda": "f = lambda x: None",
    "is the value ellipsis": "f = ...",
    "is a class whose methods refuse": "class f:\n    n: int\n    def g(self):\n        raise NotImplementedError()",
    "is a class without anything of its own": "class f(dict):\n    '''Doc.'''\n    pass",
}
ANSWERS = {
    "returns its argument": "def f(x):\n    return x",
    "returns a constant": "def f(x):\n    return 0",
    "returns True": "def f(x):\n    return True",
    "returns nothing useful after work": "def f(x):\n    y = x + 1",
    "calls": "def f(x):\n    print(x)",
    "refuses some inputs": "def f(x):\n    if x > 1:\n        raise NotImplementedError()\n    return x",
    "refuses something else": "def f(x):\n    raise ValueError()",
    "loops": "def f(x):\n    while True: pass",
    "generates": "def f(x):\n    yield",
    "is a lambda": "f = lambda x: x",
    "is a method with work": "class f:\n    def g(self):\n        return 1",
    "is a class with one method written": "class f:\n    def g(self): return 1\n    def h(self): pass",
    "is a class that holds a number": "class f:\n    size = 3",
    "is asynchronous": "async def f(x):\n    return x",
    "is None": "f = None",
    "is a number": "f = 0",
    "is a built-in": "f = len",
}


def defined(source):
    namespace = {}
    exec(source, namespace)
    return namespace["f"]


@pytest.mark.parametrize("name", STUBS)
def test_a_stub_is_unwritten(name):
    assert placeholders.is_unwritten(defined(STUBS[name]))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_written(name):
    assert not placeholders.is_unwritten(defined(ANSWERS[name]))


def test_an_object_that_pretends_to_have_a_stubs_code_is_written():
    stub = defined(STUBS["passes"])

    class Pretends:
        __code__ = stub.__code__

        def __call__(self, x):
            return x

    assert not placeholders.is_unwritten(Pretends())


def refused_by(source, call):
    namespace = {}
    exec(source, namespace)
    try:
        eval(call, namespace)
    except Exception as error:
        return placeholders.refused_by(error)


REFUSALS = [
    ("def f(x):\n    raise NotImplementedError()", "f(1)", "f"),
    ("def g(x):\n    raise NotImplementedError()\ndef f(x):\n    return g(x)", "f(1)", "g"),
    ("class f:\n    def run(self):\n        raise NotImplementedError()", "f().run()", "f"),
    ("def f(x):\n    def inner():\n        raise NotImplementedError\n    return inner()", "f(1)", "f"),
    ("def f(x):\n    raise NotImplementedError() from ValueError()", "f(1)", "f"),
    ("def f(x):\n    raise ValueError()", "f(1)", None),
    ("import numpy as np\ndef f(x):\n    return np.random.Generator(x)", "f(1)", None),
    ("import torch\ndef f(x):\n    return torch.empty(2, device='meta').cpu()", "f(1)", None),
]


@pytest.mark.parametrize(("source", "call", "name"), REFUSALS)
def test_only_a_placeholder_of_ones_own_counts_as_refusal(source, call, name):
    assert refused_by(source, call) == name


def other_pythons():
    found = {f"{sys.version_info.major}.{sys.version_info.minor}"}
    for minor in range(11, 20):
        candidates = [shutil.which(f"python3.{minor}"), *Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python")]
        runs = [str(c) for c in candidates if c and works(str(c), minor)]
        if runs and f"3.{minor}" not in found:
            found.add(f"3.{minor}")
            yield pytest.param(runs[0], id=f"3.{minor}")


def works(python, minor):
    asked = subprocess.run([python, "-c", "import sys; print(sys.version_info.minor)"], capture_output=True, text=True)
    return asked.stdout.strip() == str(minor)


@pytest.mark.parametrize(
    "python", list(other_pythons()) or [pytest.param("", marks=pytest.mark.skip("no other Python"))]
)
def test_other_pythons_agree(python):
    script = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("unwritten", {placeholders.__file__!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
def defined(source):
    namespace = {{}}
    exec(source, namespace)
    return namespace["f"]
for name, source in {STUBS!r}.items():
    assert module.is_unwritten(defined(source)), name
for name, source in {ANSWERS!r}.items():
    assert not module.is_unwritten(defined(source)), name
for source, call, wanted in {[r for r in REFUSALS if "import" not in r[0]]!r}:
    namespace = {{}}
    exec(source, namespace)
    try:
        eval(call, namespace)
    except Exception as error:
        assert module.refused_by(error) == wanted, source
"""
    ran = subprocess.run([python, "-c", script], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
