"""Code on the pages that instructor and student look at."""

import pytest
from bs4 import BeautifulSoup

from autograder.nbgrader_plugin.shown_code import MOST_BLANK, highlight_code


def shown(source: str) -> str:
    return BeautifulSoup(highlight_code(source), "html.parser").text.strip("\n")


@pytest.mark.parametrize("blank", ["\n", "  \t\n", "\r\n"])
def test_screens_of_blank_lines_become_one_that_says_so(blank):
    assert shown(f"x = 1\n{blank * 20_000}y = 2") == "x = 1\n\n# … 20,000 blank lines …\n\ny = 2"


def test_code_as_people_write_it_is_shown_as_it_is():
    source = "def f(x):\n" + "\n" * MOST_BLANK + "    return '<b>' + \"é\""
    assert shown(source) == source
