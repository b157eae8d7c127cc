"""The optimiser race and the measurement on digits in a real JupyterLab: every control by mouse and by keys."""

from __future__ import annotations

from math import log10
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import PLAIN, Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "06_optimisers"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
RACE_START = "Rosenbrock from (−1.50, 2.00), 200 steps. At the shared rate 0.01: momentum 9.68e−10, SGD 0.187, Adam 3."
DATA_START = "Our measurement of 25 November 2026, width 16, 1500 updates:"
SWEEP = {"left": 46, "right": 10, "top": 8, "bottom": 40}  # margins of a plot with a logarithmic y, x named
CURVES = {"left": 52, "right": 10, "top": 8, "bottom": 40}


class Race(Shown):
    def on_map(self, x1: float, x2: float) -> tuple[float, float]:
        return self.place(0, PLAIN, (x1 + 2.4) / 4.8, (2.5 - x2) / 3.6)

    def on_sweep(self, rate: float, loss: float) -> tuple[float, float]:
        across = (log10(rate) + 4) / (log10(3) + 4)
        return self.place(2, SWEEP, across, (4 - log10(loss)) / 16)


class Data(Shown):
    def on_curves(self, size: float, accuracy: float) -> tuple[float, float]:
        across = (log10(size) - log10(18)) / (log10(1700) - log10(18))
        return self.place(0, CURVES, across, (100 - accuracy) / 100)


@pytest.fixture(scope="module")
def notebook(lab, browser):
    """One notebook with both figures, shared by the tests of this file."""
    with fresh_page(browser) as page:
        cells = [SETUP, "widgets.optimiser_race()", "widgets.more_data()"]
        lab.open(page, lab.write_notebook("optimisers.ipynb", cells))
        yield Race(page, 0), Data(page, 1)


@pytest.fixture
def race(notebook):
    notebook[0].reset(RACE_START)
    notebook[0].until("!root.dataset.say.includes('The race is at')")
    return notebook[0]


@pytest.fixture
def measurement(notebook):
    notebook[1].reset(DATA_START)
    return notebook[1]


# --- the race: start and rates ----------------------------------------------------------------------------


def test_the_start_is_dragged_and_everything_follows(race):
    before = [race.picture(panel) for panel in range(3)]
    race.after(lambda: race.drag(race.on_map(-1.5, 2), race.on_map(-1, 1), race.on_map(0.5, -0.5)))
    race.until("root.dataset.say.startsWith('Rosenbrock from (0.50, −0.50)')")
    assert all(race.picture(panel) != then for panel, then in enumerate(before))


def test_the_start_is_picked_up_put_down_and_double_clicked_elsewhere(race):
    race.page.mouse.click(*race.on_map(-1.5, 2))
    race.until("root.dataset.held === 'start'")
    race.page.mouse.click(*race.on_map(1, 1.5))
    race.until("root.dataset.say.startsWith('Rosenbrock from (1.00, 1.50)')")
    race.page.mouse.dblclick(*race.on_map(-2, 0.5))
    race.until("root.dataset.say.startsWith('Rosenbrock from (−2.00, 0.50)')")


def test_start_and_handles_move_by_keys(race):
    race.after(lambda: race.press("Shift+ArrowRight"))
    assert race.say.startswith("Rosenbrock from (−0.50, 2.00)")
    race.walk("lr_adam")
    race.after(lambda: race.press("ArrowRight"))
    assert "At the shared rate 0.0112" in race.say
    race.after(lambda: race.press("Shift+ArrowRight"))
    assert "At the shared rate 0.0354" in race.say
    race.after(lambda: race.press("Home"))
    assert "At the shared rate 0.0001" in race.say


def test_a_handle_of_the_sweep_is_dragged(race):
    before = race.picture(0)
    race.after(lambda: race.drag(race.on_sweep(0.01, 3.23), race.on_sweep(0.03, 1), race.on_sweep(0.1, 1)))
    race.until("/At the shared rate 0.(09|1)/.test(root.dataset.say)")
    assert race.picture(0) != before


def test_with_a_rate_for_each_one_handle_moves_one_rate(race):
    race.after(lambda: race.choose("rates", "a rate for each"))
    race.page.mouse.click(*race.on_sweep(0.01, 3.23))
    race.until("root.dataset.held === 'lr_adam'")
    race.page.mouse.click(*race.on_sweep(0.5, 100))
    race.until("/lr_adam=0.(4[89]|5)/.test(root.dataset.code)")
    assert "lr_sgd" not in race.code


def test_each_its_best_changes_the_order_and_leaves_nothing_to_drag(race):
    race.after(lambda: race.choose("surface", "ravine"))
    assert "At the shared rate 0.01: momentum" in race.say
    before = race.picture(0)
    race.after(lambda: race.choose("rates", "each its best"))
    assert "Each at its best rate: SGD" in race.say
    assert race.picture(0) != before
    assert race.control("lr").count() == 0


@pytest.mark.parametrize(("name", "key"), [("surface", "b"), ("rates", "e"), ("schedule", "c")])
def test_each_choice_is_made_by_key(race, name, key):
    race.control(name, "select").focus()
    race.after(lambda: race.press(key))


# --- the race: sliders, clock, goal -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "share", "typed", "code"),
    [
        ("lr", 0.7, "0.05", "lr=0.05"),
        ("beta", 0.5, "0.7", "beta=0.7"),
        ("beta1", 0.4, "0.5", "beta1=0.5"),
        ("beta2", 0.4, "0.9", "beta2=0.9"),
        ("steps", 0.5, "50", "steps=50"),
        ("noise", 0.5, "0.3", "noise=0.3"),
        ("x1", 0.6, "1.2", "x1=1.2"),
        ("x2", 0.3, "0.5", "x2=0.5"),
    ],
)
def test_each_slider_of_the_race_moves_by_mouse_keys_and_typing(race, name, share, typed, code):
    before = race.picture(1)
    race.after(lambda: race.slide(name, share))
    assert race.picture(1) != before
    race.after(lambda: race.press("ArrowUp"), "code")
    race.after(lambda: race.type(name, typed), "code")
    race.until("root.dataset.code.includes(argument)", code)


@pytest.mark.parametrize("name", ["lr_sgd", "lr_momentum", "lr_adam"])
def test_each_own_rate_has_a_slider(race, name):
    race.after(lambda: race.choose("rates", "a rate for each"))
    race.after(lambda: race.slide(name, 0.6))
    race.after(lambda: race.press("ArrowDown"), "code")
    race.after(lambda: race.type(name, "0.02"), "code")
    race.until("root.dataset.code.includes(argument)", f"{name}=0.02")


def test_a_cosine_schedule_is_chosen(race):
    before = race.picture(1)
    race.after(lambda: race.choose("schedule", "cosine"))
    assert "200 steps, with a cosine schedule" in race.say
    assert "cosine_schedule" in race.words
    assert race.picture(1) != before


@pytest.mark.parametrize("how", ["button", "n"])
def test_new_noise_is_another_race(race, how):
    race.after(lambda: race.type("noise", "0.5"))
    race.root.focus()
    race.after(lambda: race.button("New noise").click() if how == "button" else race.press("n"))
    assert "seed=2" in race.code


@pytest.mark.parametrize("how", ["button", "keys"])
def test_a_race_is_run_and_won(race, how):
    race.after(lambda: race.type("steps", "12"))
    race.root.focus()
    race.after(lambda: race.button("One step").click() if how == "button" else race.press("."))
    assert race.say.endswith("The race is at step 1.")
    before = race.picture()
    race.after(lambda: race.button("▶ Race").click() if how == "button" else race.press("Space"), "playing")
    race.until("root.dataset.say.endsWith('The race is at step 12.') && root.dataset.playing === 'false'")
    assert race.picture() != before
    assert race.root.locator(".gu-goal progress").evaluate("bar => bar.value") == pytest.approx(1 / 3)


def test_the_race_pauses(race):
    race.after(lambda: race.press("Space"), "playing")
    race.until("/at step [0-9]/.test(root.dataset.say)")
    race.after(lambda: race.button("❚❚ Pause").click(), "playing")
    assert race.root.get_attribute("data-playing") == "false"


def test_the_race_runs_on_the_learners_functions_at_once(race):
    before = race.picture()
    run_in_kernel(race.page, "def momentum_step(w, g, v, lr, beta):\n    return w + lr * g, v")
    try:
        race.after(lambda: race.type("beta", "0.8"))
        assert "your momentum_step" in race.words
        assert "momentum beyond all numbers" in race.say
        assert race.picture() != before
        run_in_kernel(race.page, "def momentum_step(w, g, v, lr, beta):\n    return w")
        kept = race.picture()
        race.after(lambda: race.type("beta", "0.7"), "code")
        assert "Your momentum_step must return 2 values" in race.root.get_by_role("status").inner_text()
        assert race.picture() == kept
    finally:
        run_in_kernel(race.page, "del momentum_step")


# --- the measurement --------------------------------------------------------------------------------------


def guessed(measurement) -> Data:
    measurement.after(lambda: measurement.press("ArrowUp"))
    return measurement


def test_run_asks_for_a_guess_first(measurement):
    measurement.button("▶ Run").click()
    measurement.until("root.innerText.includes('First draw your guess')")
    measurement.until("root.dataset.playing === 'false'")


def test_the_guess_is_dragged_picked_up_and_moved_by_keys(measurement):
    before = measurement.picture()
    measurement.after(lambda: measurement.drag(measurement.on_curves(20, 50), measurement.on_curves(20, 70)))
    measurement.until("/: (69|70|71), 50, 50, 50, 50 %/.test(root.dataset.say)")
    assert measurement.picture() != before
    measurement.page.mouse.click(*measurement.on_curves(1437, 50))
    measurement.until("root.dataset.held === 'guess 4'")
    measurement.page.mouse.click(*measurement.on_curves(1437, 98))
    measurement.until("/50, (97|98|99) %/.test(root.dataset.say)")
    measurement.walk("guess 2")
    measurement.after(lambda: measurement.press("Shift+ArrowUp"))
    measurement.until("/, 60, 50, 9/.test(root.dataset.say)")


@pytest.mark.parametrize("how", ["button", "keys"])
def test_run_measures_a_dot_per_training_and_pause_stops_it(measurement, how):
    guessed(measurement)
    measurement.type("updates", "100")
    measurement.choose("sizes", "three: 20, 200, 1437")
    measurement.until("root.dataset.code.includes('three') && root.dataset.code.includes('updates=100')")
    before = measurement.picture()
    measurement.root.focus()
    run = measurement.button("▶ Run")
    measurement.after(lambda: run.click() if how == "button" else measurement.press("Space"), "playing")
    measurement.until("/^[0-9]+ of 27 trainings/.test(root.dataset.say)")
    pause = measurement.button("❚❚ Pause")
    measurement.after(lambda: pause.click() if how == "button" else measurement.press("Space"), "playing")
    assert measurement.picture() != before
    assert not measurement.say.startswith("27 of 27")
    measurement.after(lambda: run.click() if how == "button" else measurement.press("Space"), "playing")
    measurement.until("root.dataset.say.startsWith('27 of 27 trainings') && root.dataset.playing === 'false'")
    assert "It was off by" in measurement.say


@pytest.mark.parametrize("how", ["button", "."])
def test_one_portion_of_updates(measurement, how):
    guessed(measurement)
    measurement.root.focus()
    measurement.button("50 updates").click() if how == "button" else measurement.press(".")
    measurement.until("root.innerText.includes('width 4, 20 digits, seed 1, update 50 of 1500')")


def measured_once(measurement) -> Data:
    """One training finished: width 16, 300 digits, 100 updates."""
    guessed(measurement)
    measurement.type("updates", "100")
    measurement.type("seeds", "1")
    measurement.choose("sizes", "one of your own")
    for width in ("w4", "w64"):
        measurement.after(lambda width=width: measurement.control(width, "input").click(), "code")
    measurement.after(lambda: measurement.button("▶ Run").click())
    measurement.until("root.dataset.say.startsWith('1 of 1 trainings')")
    return measurement


@pytest.mark.parametrize("how", ["button", "c"])
def test_dots_are_cleared(measurement, how):
    measured_once(measurement).root.focus()
    clear = measurement.button("Clear the dots")
    measurement.after(lambda: clear.click() if how == "button" else measurement.press("c"))
    assert measurement.say.startswith(DATA_START)


def test_each_axis_shows_what_was_measured(measurement):
    measured_once(measurement)
    pictures = [measurement.picture()]
    for axis in ("updates", "parameters"):
        measurement.after(lambda axis=axis: measurement.choose("axis", axis), "code")
        pictures.append(measurement.picture())
    assert len(set(pictures)) == 3
    measurement.control("axis", "select").focus()
    measurement.after(lambda: measurement.press("d"), "code")
    assert measurement.picture() == pictures[0]


@pytest.mark.parametrize(
    ("name", "share", "typed", "code"),
    [
        ("updates", 0.3, "300", "updates=300"),
        ("seeds", 0.9, "2", "seeds=2"),
        ("size", 0.5, "150", "size=150"),
    ],
)
def test_each_slider_of_the_measurement_moves_by_mouse_keys_and_typing(measurement, name, share, typed, code):
    measurement.after(lambda: measurement.choose("sizes", "one of your own"), "code")
    measurement.after(lambda: measurement.slide(name, share), "code")
    measurement.after(lambda: measurement.press("ArrowDown"), "code")
    measurement.after(lambda: measurement.type(name, typed), "code")
    measurement.until("root.dataset.code.includes(argument)", code)


@pytest.mark.parametrize("width", [4, 16, 64])
def test_each_width_is_switched_off_and_on(measurement, width):
    caption = measurement.root.locator(".gu-caption").first
    measurement.after(lambda: measurement.control(f"w{width}", "input").click(), "code")
    assert "42 trainings" in caption.inner_text()
    measurement.after(lambda: measurement.press("Space"), "code")
    assert "63 trainings" in caption.inner_text()


def test_the_measurement_runs_on_the_learners_functions(measurement):
    guessed(measurement)
    run_in_kernel(measurement.page, "def accuracy(probs, labels):\n    return 0.25")
    try:
        measured_once(measurement)
        assert "your accuracy" in measurement.words
        assert "Width 16: 25.0 % with 300." in measurement.say
    finally:
        run_in_kernel(measurement.page, "del accuracy")


# --- both -------------------------------------------------------------------------------------------------


def test_controls_of_two_figures_have_names_of_their_own(race, measurement):
    ids = race.page.evaluate("() => [...document.querySelectorAll('[id^=gu-control]')].map(({ id }) => id)")
    assert len(set(ids)) == len(ids) > 20
    for figure, label in ((race, "Surface"), (measurement, "Accuracy against")):
        assert figure.root.get_by_label(label, exact=True).count() == 1


def test_keys_in_the_figures_do_not_touch_the_notebook(race, measurement):
    cells = race.page.locator(".jp-Notebook .jp-Cell").count()
    for figure in (race, measurement):
        figure.root.focus()
        figure.press("x", "a", "b", "d", "d", "m", "y", "z")
    assert race.page.locator(".jp-Notebook .jp-Cell").count() == cells


def test_in_a_narrow_window_nothing_is_cut_off(lab, page):
    page.set_viewport_size({"width": 730, "height": 1600})
    calls = ["widgets.optimiser_race(rates='a rate for each', noise=0.1)", "widgets.more_data(sizes='one of your own')"]
    lab.open(page, lab.write_notebook("narrow_optimisers.ipynb", [SETUP, *calls]))
    for index in range(2):
        figure = Shown(page, index)
        assert figure.root.bounding_box()["width"] < 480
        assert figure.cut_off(", .gu-scroll") == []
