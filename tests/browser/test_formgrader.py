"""nbgrader's formgrader in JupyterLab, as `start.py --instructor` starts it: our reports, our grading, no scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from classroom import LESSON, NOTEBOOK, STEAL, Classroom, cell_of, make_classroom, with_scripts
from nbgrader.api import Gradebook

from autograder.runner.sandbox import bubblewrap_works

pytestmark = pytest.mark.skipif(not bubblewrap_works(), reason="bubblewrap doesn't work here")
# nbgrader's page for grading loads MathJax from a CDN and needs these three of its functions.
MATHJAX = "MathJax = {Hub: {Config() {}, Queue() {}, Startup: {signal: {Interest(then) { then('End') }}}}}"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" onload="{STEAL}"><script>{STEAL}</script></svg>'
PICTURES = "![d](attachment:there.svg) ![d](attachment:gone.png) ![d](/logout) ![d](https://example.org/spy.png)"
WRONG = "def weighted_sum(x, w, b):\n    return x @ w"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Ada has handed in and is graded, as is somebody who writes scripts; Bo waits."""
    made = make_classroom(tmp_path_factory.mktemp("course"))
    ada = made.notebook({**made.solved, "weighted_sum": WRONG, "why-bias": "Its line goes through the origin."})
    made.submit("ada", ada)
    made.submit("mallory", with_scripts(made))
    pictures = made.solution(**{"why-bias": PICTURES})
    cell_of(pictures, "why-bias").attachments = {"there.svg": {"image/svg+xml": SVG}}
    made.submit("zoe", pictures)
    done = made.nbgrader("autograde", LESSON)
    assert done.returncode == 0, done.stderr
    made.submit("bo", made.solution())
    return made


@pytest.fixture(scope="module")
def lab(serve: Callable, course: Classroom):
    return serve(root=course.root, roles=("instructor", "common"))


def test_formgrader_opens_in_jupyterlab_and_shows_the_lesson(page, lab):
    page.goto(f"{lab.address}/lab?token={lab.token}")
    page.wait_for_function("window.jupyterapp?.commands.hasCommand('nbgrader:open-formgrader')", timeout=60_000)
    page.evaluate("window.jupyterapp.commands.execute('nbgrader:open-formgrader')")
    frame = page.frame_locator("iframe[src*=formgrader]")
    row = frame.locator("tr", has_text=LESSON)
    row.wait_for(timeout=60_000)
    assert row.locator("td.num-submissions").inner_text() == "4"


def test_a_graded_submission_shows_our_report_and_takes_points_for_free_text(page, lab, course):
    _open(page, lab, _submission(course, "ada"))
    report = page.locator("[data-exercise=weighted_sum]")
    assert report.get_attribute("data-mistake") == "bias-forgotten"
    assert page.locator("[data-exercise]").count() == len(course.solved) - 1
    points = page.locator("input#weighted_sum-check")
    page.wait_for_function("document.getElementById('weighted_sum-check').placeholder !== ''")
    assert float(points.get_attribute("placeholder")) == 0
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT") as saved:
        page.locator("input#why-bias").fill("1.5")
        page.locator("input#why-bias").blur()
    assert saved.value.ok
    assert course.grades("ada")["why-bias"]["manual_score"] == 1.5


def test_scripts_in_a_submission_do_not_run_in_the_instructor_s_session(page, lab, course):
    _open(page, lab, _submission(course, "mallory"))
    assert STEAL in page.get_by_role("main").inner_text()
    assert page.evaluate("window.stolen") is None


def test_a_picture_is_shown_and_what_is_elsewhere_is_not_asked_for(page, lab, course):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _open(page, lab, _submission(course, "zoe"))
    main = page.get_by_role("main")
    assert "the picture gone.png is not in the notebook" in main.inner_text()
    (picture,) = main.locator("img").all()
    assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [40, 20]
    assert page.evaluate("window.stolen") is None
    assert not [url for url in asked if "logout" in url or "example.org" in url]


def test_scripts_in_a_submission_do_not_run_in_feedback(page, course):
    done = course.api.generate_feedback(LESSON, "mallory")
    assert done["success"], done["log"]
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: None if request.failure == "csp" else asked.append(request.url))
    address = (course.folder("mallory", "feedback") / f"{NOTEBOOK}.html").as_uri()
    for width, scheme in ((340, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        assert STEAL in page.get_by_role("main").inner_text()
        assert page.evaluate("window.stolen") is None
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert {url for url in asked if not url.startswith("data:")} == {address}


def test_the_autograde_button_runs_our_grading(page, lab, course):
    _go(page, lab, f"manage_submissions/{LESSON}")
    row = page.locator("tr", has_text="bo")
    row.locator("td.autograde a").click()
    page.locator(".modal.in", has_text="Success").wait_for(timeout=60_000)
    assert course.grades("bo")["weighted_sum-check"]["auto_score"] == 2


def test_the_generate_button_builds_and_a_refusal_is_a_sentence_without_a_traceback(page, lab, course):
    checks = course.root / "solutions" / LESSON / "checks.py"
    text = checks.read_text(encoding="utf-8")
    notebook = course.root / "lessons" / LESSON / f"{NOTEBOOK}.ipynb"
    released = notebook.read_bytes()
    _go(page, lab, "manage_assignments")
    generate = page.locator("tr", has_text=LESSON).locator("td.assign a")
    checks.write_text(text.replace("@relu.case", "@relu.cas", 1), encoding="utf-8")
    generate.click()
    dialog = page.locator("#error-modal.in")
    dialog.wait_for(timeout=60_000)
    said = dialog.inner_text()
    line = text[: text.index("@relu.case")].count("\n") + 1
    assert f"01_neuron: line {line} of checks.py stops with AttributeError" in " ".join(said.split())
    assert "Traceback" not in said
    assert dialog.locator("pre").evaluate("text => text.scrollWidth <= text.clientWidth")
    assert notebook.read_bytes() == released
    dialog.locator(".modal-footer button").click()
    dialog.wait_for(state="detached")
    checks.write_text(text + "\n# an edit\n", encoding="utf-8")
    generate.click()
    page.locator("#success-modal.in").wait_for(timeout=60_000)
    assert "# an edit" in (notebook.parent / ".lesson" / "checks.py").read_text(encoding="utf-8")


def _submission(course: Classroom, student: str) -> str:
    with Gradebook(course.db_url) as gradebook:
        return gradebook.find_submission_notebook(NOTEBOOK, LESSON, student).id


def _open(page, lab, submission: str) -> None:
    page.route(re.compile("^https:"), lambda route: route.fulfill(body=MATHJAX, content_type="text/javascript"))
    _go(page, lab, f"submissions/{submission}/")
    page.get_by_role("main").wait_for()


def _go(page, lab, path: str) -> None:
    """Log in, as JupyterLab does for its frame, and open one of formgrader's pages."""
    page.goto(f"{lab.address}/login?token={lab.token}&next=/formgrader/{path}")
