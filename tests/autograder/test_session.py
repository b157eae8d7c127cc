"""check, hint, solution and reset as a learner meets them: in a real IPython shell, in a lesson's folder."""

import os
import shutil
import sys
import threading
import warnings
from pathlib import Path

import pytest

from autograder.cases.run import OutOfTime
from autograder.learner import progress, session
from autograder.learner.time_limit import time_limit

SOLVED = {
    "double": "def double(x):\n    return 2 * x",
    "norm": "def norm(x):\n    return np.sqrt(np.sum(x * x)), np.sqrt(np.sum(double(x) * double(x)))",
    "limit": "limit = 3.5",
}


def test_a_right_answer_is_correct(notebook):
    notebook.run(SOLVED["double"])
    assert notebook.run('check("double")').startswith("✓ double: Correct · 3 of 3 points")
    assert "Correct" in notebook.result._repr_html_()


def test_a_known_mistake_is_named_and_a_hint_is_offered(notebook):
    notebook.run("def double(x):\n    return x + 2")
    seen = notebook.run('check("double")')
    assert "You added 2 instead of multiplying by it." in seen
    assert 'Stuck? `hint("double")` gives a hint.' in seen


def test_all_exercises_at_once_are_a_table(notebook):
    for cell in SOLVED.values():
        notebook.run(cell)
    notebook.run("limit = ...")
    seen = notebook.run("check()")
    assert seen.rstrip().endswith("2 of 3 exercises correct, 5 of 5 points.")
    assert [line.split()[1] for line in seen.splitlines()[:3]] == ["double", "norm", "limit"]


def test_an_exercise_not_defined_yet_says_which_cell_to_run(notebook):
    assert "`double` isn't defined yet: run the cell above" in notebook.run('check("double")')


def test_a_stub_is_not_attempted(notebook):
    notebook.run("def double(x):\n    raise NotImplementedError()")
    assert "Not attempted yet · 0 of 3 points" in notebook.run('check("double")')


def test_a_wrong_number_of_arguments_is_said(notebook):
    notebook.run("def double():\n    return 2")
    assert "double() takes 0 positional arguments but 1 was given" in notebook.run('check("double")')


def test_something_that_is_no_function_is_said(notebook):
    notebook.run("double = 3")
    assert "should be a function" in notebook.run('check("double")')


def test_a_crash_shows_the_learners_line_only(notebook):
    notebook.run("def helper(x):\n    return x.shap\n\ndef double(x):\n    return helper(x)")
    seen = notebook.run('check("double")')
    assert "line 5, in double:  return helper(x)" in seen
    assert "line 2, in helper:  return x.shap" in seen
    assert "AttributeError" in seen and "Traceback" not in seen


def test_a_wrong_exercise_that_is_called_is_to_be_finished_first(notebook):
    notebook.run("def double(x):\n    return 3 * x")
    notebook.run(SOLVED["norm"])
    assert "`norm` calls `double`, which isn't right yet: finish that one first." in notebook.run('check("norm")')


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            'check("duoble")',
            "No exercise is called 'duoble'. Did you mean 'double'? In this lesson: double, norm, limit.",
        ),
        ('check("pqz")', "No exercise is called 'pqz'. In this lesson: double, norm, limit."),
        ('hint("nrom")', "Did you mean 'norm'?"),
        ('reset("lim")', "Did you mean 'limit'?"),
        ('solution("doubles", sure=True)', "Did you mean 'double'?"),
    ],
)
def test_a_misspelt_name_suggests_the_nearest(notebook, call, said):
    assert said in notebook.run(call)


@pytest.mark.parametrize("call", ["check(double)", "hint(double)", "solution(double)", "reset(double)"])
@pytest.mark.parametrize("value", ["lambda x: 2 * x", "{}", "[1]", "3.5"])
def test_a_name_without_quotes_is_told_what_to_write(notebook, call, value):
    notebook.run(f"double = {value}")
    assert notebook.run(call).strip() == 'Write the exercise\'s name in quotation marks, such as "double".'


@pytest.mark.skipif(not hasattr(__import__("signal"), "setitimer"), reason="no timers on this system")
@pytest.mark.parametrize(
    "body",
    [
        "while True:\n        pass",
        "while True:\n        try:\n            x = x + 1\n        except:\n            pass",
        "import time\n    time.sleep(1000)",
    ],
)
def test_an_endless_loop_is_cut(notebook, monkeypatch, body):
    monkeypatch.setattr(session, "TIME_LIMIT", 0.3)
    notebook.run(f"def double(x):\n    {body}")
    assert "Took too long · 0 of 3 points" in notebook.run('check("double")')
    notebook.run(SOLVED["double"])
    assert "Correct" in notebook.run('check("double")')


def test_an_exercise_may_have_more_time_than_the_others(notebook, monkeypatch):
    monkeypatch.setattr(session, "TIME_LIMIT", 0.05)
    slow = "import time\ndef double(x):\n    time.sleep(0.06)\n    return 2 * x"
    notebook.run(slow)
    assert "It did not finish within 0.05 s" in notebook.run('check("double")')
    path = Path(".lesson/checks.py")
    path.write_text(path.read_text().replace('exercise("double",', 'exercise("double", seconds=20,'))
    os.utime(path, (1, 1))
    assert "Correct" in notebook.run('check("double")')


@pytest.mark.parametrize("body", ["while True: pass", "while True:\n  try:\n    x = 1\n  except:\n    pass"])
def test_where_signals_cannot_be_used_a_loop_is_cut_as_well(body):
    ended = []

    def loop():
        try:
            with time_limit(0.05):
                exec(body)
        except OutOfTime:
            ended.append(True)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    thread.join(10)
    assert ended == [True]


def test_where_signals_cannot_be_used_nothing_is_left_behind():
    ended = []

    def quick():
        for _ in range(200):
            try:
                with time_limit(0.0005):
                    sum(range(3000))
            except OutOfTime:
                pass
        ended.append(sum(range(100_000)))

    thread = threading.Thread(target=quick, daemon=True)
    thread.start()
    thread.join(30)
    assert ended == [sum(range(100_000))]


def test_what_the_cases_share_survives_a_function_that_changes_it(notebook):
    notebook.run("def double(x):\n    x *= 2\n    return x")
    assert "You changed the array you were given." in notebook.run('check("double")')
    notebook.run(SOLVED["double"])
    assert "Correct" in notebook.run('check("double")')


def test_hints_come_one_at_a_time_and_then_the_solution_is_offered(notebook):
    shown = [notebook.run('hint("double")') for _ in range(4)]
    assert [text.count("Hint ") for text in shown] == [1, 2, 3, 3]
    assert shown[0].strip() == "Hint 1 of 3: What is twice three?"
    assert 'solution("double")' in shown[2] and "solution" not in shown[1]
    html = notebook.result._repr_html_()
    assert "data-exercise='double' data-verdict='HINT'" in html
    assert html.index("Hint 1 of 3") < html.index("border-left:2px") < html.index("Hint 3 of 3")
    notebook.run("def double(x):\n    return 0 * x")
    assert '`solution("double")` shows one way to do it.' in notebook.run('check("double")')


def test_an_exercise_without_hints_says_so(notebook):
    path = Path(".lesson/checks.py")
    path.write_text(path.read_text().replace("HINTS = [", "HINTS = [] and ["))
    os.utime(path, (1, 1))
    assert "`double` has no hints." in notebook.run('hint("double")')


@pytest.fixture
def nobody_is_asked(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("a question that waits for an answer"))


def test_the_solution_is_behind_a_click_until_the_exercise_passed(notebook, nobody_is_asked):
    seen = notebook.run('solution("double")')
    assert 'add sure=True: solution("double", sure=True)' in seen and "return 2 * x" not in seen
    html = notebook.result._repr_html_()
    assert "<details><summary" in html and "You learn more by one more try first." in html and "return 2 * x" in html
    notebook.run(SOLVED["double"])
    notebook.run('check("double")')
    assert "return 2 * x" in notebook.run('solution("double")')
    html = notebook.result._repr_html_()
    assert "<details" not in html and "return 2 * x" in html and "data-verdict='SOLUTION'" in html


def test_who_is_sure_sees_the_solution_as_text(notebook, nobody_is_asked):
    seen = notebook.run('solution("double", sure=True)')
    assert notebook.result is None and "return 2 * x" in seen and "BEGIN SOLUTION" not in seen


def test_a_written_question_has_a_model_answer(notebook, nobody_is_asked):
    assert notebook.run('solution("why", sure=True)').strip() == "Because it does."
    assert notebook.run('solution("why")').strip() == "Because it does."
    assert "<details" not in notebook.result._repr_html_()


@pytest.mark.parametrize("call", ["hint", "solution", "reset"])
def test_without_a_name_the_exercises_are_listed(notebook, call):
    notebook.run(SOLVED["norm"] + "\n" + SOLVED["double"])
    notebook.run('check("norm")')
    lines = notebook.run(f"{call}()").strip().splitlines()
    assert lines == [f'Of which exercise? Write its name, such as {call}("double").', "○ double", "✓ norm", "○ limit"]
    assert "aria-label='passed'" in notebook.result._repr_html_()


def test_a_missing_package_is_named_and_an_error_without_a_name_told_as_it_is(notebook):
    path = Path(".lesson/checks.py")
    text = path.read_text()
    for line, said in (
        ("import nosuchpackage", "'nosuchpackage' is missing"),
        ("raise ModuleNotFoundError('no figures')", "no figures"),
    ):
        path.write_text(f"{line}\n{text}")
        os.utime(path, (len(said), 1))
        seen = notebook.run('check("double")')
        assert said in seen and "None" not in seen


def test_without_the_solutions_folder_it_says_who_has_them(notebook):
    shutil.rmtree("../../solutions/01_tiny")
    seen = notebook.run('solution("double", sure=True)')
    assert seen.strip() == "The solutions aren't part of this copy of the course; your instructor has them."


def test_outside_a_lesson_it_says_where_to_go(notebook, tmp_path):
    os.chdir(tmp_path)
    for call in ('check("double")', "check()", 'hint("double")', 'reset("double")', 'solution("double")'):
        assert "There is no lesson in" in notebook.run(call)


@pytest.mark.parametrize("damage", ["", "{", '{"exercises": {}, "digest": ""}', "[]", '{"exercises": {"double": 1}}'])
def test_damaged_answers_are_one_sentence(notebook, damage):
    with open(".lesson/answers.json", "w") as file:
        file.write(damage)
    seen = notebook.run('check("double")')
    assert "start Ground Up again" in seen and len(seen.strip().splitlines()) == 1


def test_changed_checks_are_loaded_anew(notebook):
    notebook.run(SOLVED["double"])
    assert "one number" not in notebook.run('check("double")')
    path = Path(".lesson/checks.py")
    path.write_text(path.read_text().replace("double(3.0)", "double(4.0)"))
    os.utime(path, (1, 1))
    assert "The result is 8, expected 6." in notebook.run('check("double")')


def test_where_only_a_program_reads_the_output_a_failed_check_fails_the_cell(notebook, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    notebook.run("def double(x):\n    return 0 * x")
    with pytest.raises(session.CheckFailed, match="Not right yet"), notebook.shell.builtin_trap:
        exec('check("double")', notebook.shell.user_ns)
    notebook.run(SOLVED["double"])
    exec('check("double")', notebook.shell.user_ns)
    with pytest.raises(session.CheckFailed, match="No exercise is called"):
        exec('check("duoble")', notebook.shell.user_ns)


def test_outside_a_workspace_nothing_is_recorded(notebook):
    notebook.run(SOLVED["double"])
    before = sorted(os.listdir("../.."))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notebook.run('check("double")')
        notebook.run("check()")
    assert sorted(os.listdir("../..")) == before


def test_a_look_at_all_exercises_records_what_passed_and_counts_no_try(notebook, monkeypatch):
    recorded = []
    monkeypatch.setattr(progress, "record", lambda folder, name, *rest: recorded.append((name, rest[0])))
    notebook.run(SOLVED["double"])
    notebook.run("check()")
    assert recorded == [("double", "PASSED")]


def test_without_ipython_the_calling_programs_names_are_checked(notebook, tmp_path):
    import subprocess

    script = tmp_path / "answers.py"
    script.write_text("from autograder import check\ndef double(x):\n    return 2 * x\nprint(check('double'))\n")
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert ran.stdout.startswith("✓ double: Correct"), ran.stderr
