"""matplotlib's pictures follow the page's theme."""

from types import SimpleNamespace

import matplotlib
import pytest
from traitlets.config import Config

from autograder.learner.pictures import DARK, follow


@pytest.fixture
def shell():
    with matplotlib.rc_context():
        yield SimpleNamespace(config=Config())


def test_light_writing_on_no_ground_in_the_dark_and_all_as_before_in_the_light(shell):
    plain = {key: matplotlib.rcParams[key] for key in DARK}
    follow(shell, "dark")
    assert shell.config.InlineBackend.rc == DARK and matplotlib.rcParams["text.color"] == DARK["text.color"]
    follow(shell, "light")
    assert shell.config.InlineBackend.rc == {} and plain == {key: matplotlib.rcParams[key] for key in DARK}


def test_what_somebody_chose_stays(shell):
    matplotlib.rcParams["axes.facecolor"] = "#ffeecc"
    follow(shell, "dark")
    follow(shell, "light")
    assert matplotlib.rcParams["axes.facecolor"] == "#ffeecc"
