"""reset: the exercise as handed out, and the attempt that is kept, in a shell and through the buttons."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.learner import frontend, kernel

ATTEMPT = "def double(x):\n    return 3 * x  # ü"


@pytest.fixture
def watched(notebook):
    kernel.turn_on(notebook.shell)
    yield notebook
    kernel.turn_off(notebook.shell)


@pytest.fixture
def buttons(monkeypatch):
    """The buttons, as far as the kernel sees them: what they are told, and a way to tell something."""

    class Comm:
        def __init__(self):
            self.told = []

        def send(self, data):
            self.told.append(data)

        def on_msg(self, callback):
            self.message = lambda data: callback({"content": {"data": data}})

        def on_close(self, callback):
            self.close = lambda: callback({})

        def answer(self, data):
            self.message(data)
            return self.told.pop()

    targets = {}
    shell = SimpleNamespace(kernel=SimpleNamespace(comm_manager=SimpleNamespace(register_target=targets.__setitem__)))
    monkeypatch.setattr(frontend, "_comm", None)
    frontend.listen(shell)
    comm = Comm()
    targets["ground-up"](comm, {})
    return comm


def kept(work):
    return {path.relative_to(work).parts[2:]: path.read_text() for path in work.glob(".checkpoints/*/*/*.py")}


def test_reset_puts_the_stub_into_the_next_cell(notebook):
    seen = notebook.run('reset("double")')
    assert "as it was handed out. Your earlier attempt stays in its own cell" in seen
    assert notebook.shell.rl_next_input.startswith("def double(x):")
    assert "raise NotImplementedError()" in notebook.shell.rl_next_input


def test_the_attempt_is_kept_and_comes_back(workplace, watched):
    watched.run(ATTEMPT, "a")
    seen = watched.run('reset("double")')
    assert kept(workplace) == {("01_tiny", "double.py"): ATTEMPT}
    assert "Your earlier attempt is kept in .checkpoints/" in seen and "/01_tiny/double.py, and stays" in seen
    watched.run(watched.shell.rl_next_input, "a")
    watched.run('reset("double", undo=True)')
    assert watched.shell.rl_next_input == ATTEMPT
    assert len(kept(workplace)) == 1  # what was handed out need not be kept


def test_each_undo_keeps_what_it_replaces(workplace, watched):
    watched.run(ATTEMPT, "a")
    watched.run('reset("double")')
    watched.run("def double(x):\n    return 4 * x", "a")
    watched.run('reset("double", undo=True)')
    assert watched.shell.rl_next_input == ATTEMPT
    watched.run(ATTEMPT, "a")
    watched.run('reset("double", undo=True)')
    assert "4 * x" in watched.shell.rl_next_input


def test_without_a_kept_attempt_it_says_so(workplace, watched):
    assert "No earlier attempt of double is kept" in watched.run('reset("double", undo=True)')


def test_a_place_that_cannot_be_written_to_stops_it(workplace, watched):
    (workplace / ".checkpoints").write_text("in the way")
    watched.run(ATTEMPT, "a")
    watched.shell.rl_next_input = None
    assert "could not be kept" in watched.run('reset("double")')
    assert watched.shell.rl_next_input is None


def test_a_copy_with_the_hidden_folder_alone_has_what_was_handed_out(notebook):
    shutil.rmtree("../../solutions")
    Path("tiny.ipynb").unlink()
    notebook.run('reset("limit")')
    assert notebook.shell.rl_next_input.startswith("limit = ...")


def test_a_copy_from_before_finds_it_in_the_lessons_notebook(notebook):
    Path(".lesson/handed_out.json").unlink()
    notebook.run('reset("double")')
    assert "raise NotImplementedError()" in notebook.shell.rl_next_input


def test_the_buttons_are_asked_to_put_it_back(workplace, watched, buttons):
    watched.run(ATTEMPT, "a")
    watched.shell.rl_next_input = None
    assert watched.run('reset("double")') == "" and watched.shell.rl_next_input is None
    watched.run('reset("double", undo=True)')
    asked = [{"asked": "reset", "exercise": "double"}, {"asked": "undo", "exercise": "double"}]
    assert buttons.told == asked and kept(workplace) == {}


def test_what_the_buttons_send_is_answered(workplace, watched, buttons):
    reply = buttons.answer({"reset": "double", "attempt": ATTEMPT})
    assert reply["put"] == "double" and "raise NotImplementedError()" in reply["source"]
    assert (workplace / reply["kept"]).read_text() == ATTEMPT
    undone = buttons.answer({"undo": "double", "current": reply["source"]})
    assert undone == {"put": "double", "source": ATTEMPT, "kept": reply["kept"]}
    again = buttons.answer({"reset": "double", "attempt": reply["source"]})
    assert again["kept"] == "" and again["source"] == reply["source"]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"undo": "double", "current": ""}, "No earlier attempt of double"),
        ({"reset": "duoble", "attempt": ""}, "Did you mean 'double'?"),
        ({"reset": "../double", "attempt": "x"}, "No exercise is called"),
        ({"reset": "double"}, "reload this page"),
        ({"reset": 3, "attempt": ""}, "reload this page"),
        ({"undo": "double", "current": None}, "reload this page"),
        ({}, "reload this page"),
        (None, "reload this page"),
        ("reset", "reload this page"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(workplace, watched, buttons, message, said):
    reply = buttons.answer(message)
    assert reply.keys() == {"say"} and said in reply["say"]


def test_a_recorded_check_or_hint_tells_the_buttons(workplace, watched, buttons):
    watched.run('check("double")')
    assert buttons.told == []
    watched.run(ATTEMPT)
    watched.run('check("double")')
    watched.run('hint("double")')
    assert buttons.told == [{"progress": True}] * 2
    buttons.close()
    watched.run('hint("double")')
    assert len(buttons.told) == 2 and not frontend.is_there()


def test_a_passed_check_says_how_far_the_lesson_is(workplace, watched):
    solved = {"double": "def double(x):\n    return 2 * x", "limit": "limit = 3.5"}
    solved["norm"] = "def norm(x):\n    return np.sqrt(np.sum(x * x)), np.sqrt(np.sum(double(x) * double(x)))"
    said = {}
    for name, cell in solved.items():
        watched.run(cell)
        said[name] = watched.run(f'check("{name}")').splitlines()[-1].strip()
    assert list(said.values()) == [
        "1 of 3 exercises.",
        "2 of 3 exercises.",
        "That was the last exercise of this lesson; read it to its end. "
        "You have passed every exercise there is: well done.",
    ]
    assert watched.run('check("double")').rstrip().endswith("3 of 3 exercises.")
    watched.run("def double(x):\n    return x")
    assert "of 3 exercises" not in watched.run('check("double")')


def test_a_passed_check_says_what_the_lesson_has_to_say(notebook):
    path = Path(".lesson/checks.py")
    path.write_text(path.read_text().replace('exercise("limit",', 'exercise("limit", passed="`limit` is kept.",'))
    os.utime(path, (1, 1))
    notebook.run("limit = 3.5")
    assert notebook.run('check("limit")').rstrip().endswith("`limit` is kept.")
    assert "<code>limit</code> is kept." in notebook.result._repr_html_()
    notebook.run("limit = 3")
    assert "is kept" not in notebook.run('check("limit")')
