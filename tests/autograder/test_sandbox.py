"""Whether there is a sandbox is found out by trying to look out of it; the attempt must be able to succeed."""

import tempfile
from pathlib import Path

import pytest

from autograder import doctor
from autograder.runner import sandbox

COMMAND = sandbox._bubblewrap


@pytest.fixture(autouse=True)
def _tried_anew():
    sandbox.protections.cache_clear()
    yield
    sandbox.protections.cache_clear()


@pytest.fixture
def works() -> None:
    if not sandbox.bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here")
    sandbox.protections.cache_clear()


def test_everything_holds_here(works):
    assert [name for name, holds in sandbox.protections().items() if not holds] == []
    assert set(sandbox.protections()) == {*sandbox.REQUIRED, *sandbox.WELCOME}


def test_no_sandbox_at_all_is_noticed(monkeypatch, works):
    monkeypatch.setattr(sandbox, "_bubblewrap", lambda: ["env"])
    assert not sandbox.bubblewrap_works()


def test_a_hole_in_the_sandbox_is_noticed(monkeypatch, works):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as home:
        Path(home).chmod(0o755)
        monkeypatch.setenv("HOME", home)
        assert sandbox.protections()["files"]
        sandbox.protections.cache_clear()
        hole = ["--dir", "/var", "--dir", "/var/tmp", "--ro-bind", home, home]
        monkeypatch.setattr(sandbox, "_bubblewrap", lambda: [*COMMAND()[:-4], *hole])
        assert not sandbox.protections()["files"]


MISSING_STEPS = {
    "furnish": {"processes"},
    "rights": {"rights"},
    "calls": {"calls"},
    "count": {"number of processes"},
}


@pytest.mark.parametrize("step", MISSING_STEPS)
def test_a_step_that_is_left_out_is_noticed(works, step):
    held = sandbox.protections(without=(step,))
    if not held:  # root, become nobody, has no place to write to and gets no further
        assert step == "furnish"
    else:
        assert {name for name, holds in held.items() if not holds} >= MISSING_STEPS[step]


def test_an_attempt_that_takes_too_long_is_no_reason_to_go_without(monkeypatch, works):
    monkeypatch.setattr(sandbox, "PATIENCE", 0.001)
    with pytest.raises(sandbox.UserError, match=r"nothing was run: this machine is very busy\. Try again"):
        sandbox.choose("auto")
    finding = doctor._sandbox()
    assert not finding.well
    assert "Try again" in finding.advice


def test_without_bubblewrap_the_level_says_so(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda _: None)
    assert sandbox.choose("auto") == sandbox.NONE
    with pytest.raises(sandbox.UserError, match="install the package bubblewrap"):
        sandbox.choose(sandbox.BUBBLEWRAP)
