"""One number, again and again, in a real JupyterLab: its slider by mouse, by keys and by typing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import Shown

LESSON = Path(__file__).parents[3] / "solutions" / "10_rnn"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"


@pytest.fixture(scope="module")
def powers(lab, browser):
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("one_number.ipynb", [SETUP, "widgets.one_number()"]))
        yield Shown(page)


def test_the_slider_moves_by_mouse_keys_and_typing(powers):
    powers.until("root.dataset.say.includes('is 1.00: it stays')")
    seen = [powers.picture()]
    for action in (
        lambda: powers.slide("w", 0.8),
        lambda: powers.press("ArrowDown"),
        lambda: powers.press("Shift+ArrowUp"),
        lambda: powers.type("w", "0.9"),
    ):
        powers.after(action)
        seen.append(powers.picture())
    assert powers.say == "0.90 multiplied by itself fifty times is 0.005: it vanishes."
    assert "w=0.9" in powers.code
    assert all(one != other for one, other in pairwise(seen))
    assert not powers.cut_off()
