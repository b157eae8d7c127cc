"""Whether there is a sandbox is found out by trying to look out of it; the attempt must be able to succeed."""

import pytest

from autograder.runner import sandbox

COMMAND = sandbox._bubblewrap


@pytest.fixture(autouse=True)
def _tried_anew():
    sandbox.bubblewrap_works.cache_clear()
    yield
    sandbox.bubblewrap_works.cache_clear()


@pytest.fixture
def works() -> None:
    if not sandbox.bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here")
    sandbox.bubblewrap_works.cache_clear()


def test_no_sandbox_at_all_is_noticed(monkeypatch, works):
    monkeypatch.setattr(sandbox, "_bubblewrap", lambda: ["env"])
    assert not sandbox.bubblewrap_works()


@pytest.mark.parametrize("hole", [["--share-net"], ["--bind", "/tmp", "/tmp"]])
def test_a_hole_in_the_sandbox_is_noticed(monkeypatch, works, hole):
    monkeypatch.setattr(sandbox, "_bubblewrap", lambda: [*COMMAND(), *hole])
    assert not sandbox.bubblewrap_works()


def test_without_bubblewrap_the_level_says_so(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda _: None)
    assert sandbox.choose("auto") == sandbox.NONE
    with pytest.raises(sandbox.UserError, match="install the package bubblewrap"):
        sandbox.choose(sandbox.BUBBLEWRAP)
