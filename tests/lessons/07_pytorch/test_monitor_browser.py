"""The training monitor in a real JupyterLab: every control by mouse and by keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import BELOW, PLAIN, Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "07_pytorch"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
LOG_LEFT = 46  # margin of a plot with a logarithmic axis, in pixels
START = "Vanishing, step 270: loss 2.3"


class Monitor(Shown):
    @property
    def step(self) -> int:
        return int(re.search(r"step (\d+):", self.say).group(1))

    def until_step(self, least: int) -> None:
        self.until("Number(/step (\\d+):/.exec(root.dataset.say)?.[1]) >= argument", least)

    def run(self, preset: str, least: int) -> None:
        """Choose a run and wait until it, and not the one before, has come to this step."""
        self.choose("preset", preset)
        self.until("root.dataset.say.startsWith(argument + ', step')", preset.capitalize())
        self.until_step(least)

    def pause(self) -> None:
        if self.root.get_attribute("data-playing") == "true":
            self.root.get_by_role("button", name="Pause").click()
        self.until("root.dataset.playing === 'false'")

    def at(self, panel: int, step: float, end: int = 540) -> tuple[float, float]:
        margin = BELOW if panel % 2 else PLAIN
        left = margin["left"] if panel == 1 else LOG_LEFT  # all but the accuracy have a logarithmic axis
        return self.place(panel, margin | {"left": left}, step / end, 0.3)


@pytest.fixture(scope="module")
def notebook(lab, browser):
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("monitor.ipynb", [SETUP, "widgets.training_monitor()"]))
        yield Monitor(page)


@pytest.fixture
def monitor(notebook):
    notebook.pause()
    notebook.reset(START)
    yield notebook
    notebook.pause()


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_training_runs_and_pauses(monitor, how):
    before = [monitor.picture(panel) for panel in range(4)]
    monitor.button("▶ Train").click() if how == "mouse" else monitor.press("Space")
    monitor.until_step(300)
    monitor.root.get_by_role("button", name="Pause").click() if how == "mouse" else monitor.press("Space")
    monitor.until("root.dataset.playing === 'false'")
    assert all(monitor.picture(panel) != before[panel] for panel in range(4))


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_one_step_is_one_tick(monitor, how):
    monitor.after(lambda: monitor.button("Step").click() if how == "mouse" else monitor.press("."))
    assert monitor.step == 279


def test_each_run_can_be_chosen_by_mouse_and_keys(monitor):
    for preset in ("healthy", "exploding", "forgetful", "asleep", "drowned"):
        monitor.choose("preset", preset)
        monitor.until("root.dataset.say.startsWith(argument + ', step')", preset.capitalize())
    monitor.pause()
    monitor.control("preset", "select").focus()
    monitor.press("v")
    monitor.until("root.dataset.say.startsWith('Vanishing')")


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_starting_again_begins_at_the_first_step(monitor, how):
    monitor.button("Start again").click() if how == "mouse" else monitor.press("n")
    monitor.until("root.dataset.code.includes('seed=1') && !root.dataset.say.includes('step 270')")


@pytest.mark.parametrize("how", ["mouse", "keys"])
@pytest.mark.parametrize("name", ["batch_norm", "forget", "stay"])
def test_each_switch(monitor, name, how):
    toggle = monitor.control(name, "input")
    if how == "mouse":
        monitor.after(toggle.click, "code")
    else:
        toggle.focus()
        monitor.after(lambda: monitor.press("Space"), "code")
    assert f"{name}=True" in monitor.code


@pytest.mark.parametrize(
    ("name", "share", "typed", "code"),
    [("lr", 0.9, "0.05", "lr=0.05"), ("dropout", 0.7, "0.5", "dropout=0.5"), ("init", 0.6, "0.5", "init=0.5")],
)
def test_each_slider_moves_by_mouse_keys_and_typing(monitor, name, share, typed, code):
    monitor.after(lambda: monitor.slide(name, share), "code")
    monitor.after(lambda: monitor.press("ArrowDown"), "code")
    monitor.type(name, typed)
    monitor.until("root.dataset.code.includes(argument)", code)


def test_a_change_on_the_way_is_flagged_in_the_picture(monitor):
    monitor.type("lr", "3")
    monitor.after(lambda: monitor.button("Step").click())
    assert "earlier=[[30, {'lr': 0.3," in monitor.code
    flagged = monitor.picture()
    monitor.reset(START)
    monitor.after(lambda: monitor.button("Step").click())
    assert monitor.picture() != flagged


def test_forgetting_zero_grad_shows_within_one_tick(monitor):
    monitor.control("forget", "input").click()
    monitor.after(lambda: monitor.button("Step").click())
    assert monitor.say.endswith("each step follows the sum of them all.")


@pytest.mark.parametrize("panel", range(4))
def test_the_cursor_is_dragged_in_each_chart(monitor, panel):
    before = [monitor.picture(other) for other in range(4)]
    monitor.after(lambda: monitor.drag(monitor.at(panel, 270), monitor.at(panel, 200), monitor.at(panel, 90)))
    monitor.until("root.dataset.say.includes('step 90:')")
    assert "At step 90" in monitor.words
    assert all(monitor.picture(other) != before[other] for other in range(4))


def test_the_cursor_is_picked_up_and_put_down_and_moved_by_keys_and_its_slider(monitor):
    monitor.page.mouse.click(*monitor.at(0, 270))
    monitor.until("root.dataset.held === 'cursor loss'")
    monitor.page.mouse.click(*monitor.at(0, 135))
    monitor.until("root.dataset.say.includes('step 135:')")
    monitor.after(lambda: monitor.press("ArrowLeft"))
    assert monitor.step == 126
    monitor.after(lambda: monitor.press("Shift+ArrowLeft"))
    assert monitor.step == 36
    monitor.after(lambda: monitor.press("End"))
    assert monitor.step == 270
    monitor.after(lambda: monitor.slide("cursor", 0.2))
    monitor.after(lambda: monitor.type("cursor", "63"))
    assert monitor.step == 63
    assert "cursor=63" in monitor.code


def test_the_learning_rate_can_be_dragged_while_it_trains(monitor):
    monitor.run("healthy", 27)
    box = monitor.control("lr", "input[type=range]").bounding_box()
    y = box["y"] + box["height"] / 2
    monitor.drag(*((box["x"] + share * box["width"], y) for share in (0.62, 0.5, 0.4, 0.35)))
    monitor.until("/earlier=.*lr=|lr=.*earlier=/.test(root.dataset.code)")
    monitor.until_step(monitor.step + 18)


def test_a_sick_run_is_rescued(monitor):
    monitor.run("asleep", 18)
    monitor.control("stay", "input").click()
    # Held-out accuracy goes up and down while it trains: the mark and the words must be there in one picture.
    monitor.until("/Rescued/.test(root.querySelector('.gu-goal.gu-reached')?.textContent)")


def test_undo_takes_back_a_whole_run_of_the_clock(monitor):
    monitor.button("▶ Train").click()
    monitor.until_step(300)
    monitor.pause()
    monitor.button("Undo").click()
    monitor.until("root.dataset.say.startsWith(argument)", START)


def test_paused_the_step_counter_stands_still_while_another_cell_runs(lab, monitor):
    gate = lab.root / "gate-monitor"
    monitor.button("▶ Train").click()
    monitor.until_step(300)
    monitor.pause()
    stopped = monitor.step
    monitor.page.evaluate(
        f"code => {{ window.waiting = {KERNEL}.requestExecute({{code}}); }}",
        f"import os, time\nwhile not os.path.exists({str(gate)!r}):\n    time.sleep(0.02)",
    )
    monitor.page.wait_for_function(f"{KERNEL}.status === 'busy'")
    monitor.root.focus()
    monitor.press("]")  # something that a frame must answer
    gate.touch()
    monitor.page.evaluate("window.waiting.done")
    monitor.until("root.dataset.selected !== ''")
    assert monitor.step == stopped
    monitor.after(lambda: monitor.button("Step").click())
    assert monitor.step == stopped + 9


def test_it_runs_on_the_learners_code_at_once(monitor):
    run_in_kernel(monitor.page, "def evaluate(model, loader):\n    return 0.25")
    try:
        monitor.after(lambda: monitor.button("Step").click())
        assert "accuracy 0.25, held out 0.25" in monitor.say
        assert "your evaluate" in monitor.words
    finally:
        run_in_kernel(monitor.page, "del evaluate")


def test_in_a_narrow_window_nothing_is_cut_off(monitor):
    monitor.page.set_viewport_size({"width": 700, "height": 1200})
    try:
        monitor.until("root.clientWidth < 460")
        assert monitor.cut_off() == []
    finally:
        monitor.page.set_viewport_size({"width": 1280, "height": 1200})
        monitor.until("root.clientWidth > 700")


def test_keys_in_the_figure_do_not_touch_the_notebook(monitor):
    cells = monitor.page.locator(".jp-Notebook .jp-Cell").count()
    monitor.press("x", "a", "b", "d", "d", "m", "y", "z")
    assert monitor.page.locator(".jp-Notebook .jp-Cell").count() == cells
