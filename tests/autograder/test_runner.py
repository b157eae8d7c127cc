"""Running submissions in real processes: whatever one does, its verdict is right and nothing else suffers."""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.core.paths import PACKAGE_ROOT
from autograder.runner import sandbox
from autograder.runner.client import Runner, modules_for
from autograder.runner.job import CodeCell, Limits
from autograder.runner.submission import may_not_come_back
from autograder.submission import grade
from autograder.submission.reading import Submission

LIMITS = Limits(cell=20.0, exercise=20.0, submission=60.0, memory=300 * 2**20)
SHORT = replace(LIMITS, cell=0.8, exercise=0.8)  # for what never ends
SOLVED = {
    "": "import numpy as np\nimport os, sys, time, socket",
    "double": "def double(x):\n    return 2 * x",
    "norm": "def norm(x):\n    return np.sqrt(np.sum(x * x)), np.sqrt(np.sum(double(x) * double(x)))",
    "limit": "limit = 3.5",
}
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the runner is for Linux")


@pytest.fixture(scope="module")
def runner():
    """A runner in the best sandbox there is here."""
    with Runner(("numpy",)) as made:
        yield made


@pytest.fixture(scope="module")
def bare_runner():
    """A runner without a sandbox, as on a machine that has none."""
    with Runner(("numpy",), sandbox.NONE) as made:
        yield made


def submission(*extra: str, **answers: str) -> Submission:
    """A solved notebook with some answers replaced, and more cells behind the first."""
    solved = SOLVED | answers
    cells = [CodeCell("", solved.pop("")), *(CodeCell("", text) for text in extra)]
    return Submission(Path("tiny.ipynb"), "01_tiny", (*cells, *(CodeCell(n, s) for n, s in solved.items())), {})


def verdicts(graded) -> dict[str, str]:
    assert graded.verdict == grade.GRADED, graded
    return {result.name: result.verdict for result in graded.results}


def norm(body: str) -> str:
    return "def norm(x):\n" + "".join(f"    {line}\n" for line in body.splitlines())


PASSED = dict.fromkeys(("double", "norm", "limit"), "PASSED")
ENDLESS = "while True:\n    pass"
STUBBORN = "while True:\n    try:\n        time.sleep(0.01)\n    except BaseException:\n        pass"
DEAF = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\nwhile True:\n    pass"
GROWING = "kept = []\nwhile True:\n    kept.append(bytearray(10_000_000))"

ENDINGS = {
    "an endless loop": (ENDLESS, "TIMEOUT"),
    "a loop that catches everything": (STUBBORN, "TIMEOUT"),
    "a loop deaf to signals": (DEAF, "TIMEOUT"),
    "sleep": ("time.sleep(1000)", "TIMEOUT"),
    "os._exit(0)": ("os._exit(0)", "CRASHED"),
    "kill -9 of itself": ("os.kill(os.getpid(), 9)", "CRASHED"),
    "a segmentation fault": ("import ctypes\nctypes.string_at(0)", "CRASHED"),
    "an abort": ("os.abort()", "CRASHED"),
    "growing memory": (GROWING, "MEMORY"),
    "a huge array": ("np.ones(10**12)", "MEMORY"),
    "sys.exit": ("sys.exit()", "ERROR"),
    "quit": ("raise SystemExit(0)", "ERROR"),
    "an odd exception": ("raise BaseException('odd')", "ERROR"),
    "waiting for a person": ("input('Your name? ')", "ERROR"),
    "recursion": ("def again():\n    return again()\nagain()", "ERROR"),
    "recursion without a floor": (
        "sys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self):\n        return repr([self])\nrepr(A())",
        "CRASHED",
    ),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_a_function_that_ends_badly_costs_its_exercise_only(runner, marks, how):
    body, verdict = ENDINGS[how]
    limits = SHORT if verdict == "TIMEOUT" else LIMITS
    graded = grade.grade(submission(norm=norm(body)), marks, runner, limits)
    assert verdicts(graded) == PASSED | {"norm": verdict}
    assert graded.score == 3


@pytest.mark.parametrize("how", ENDINGS)
def test_a_cell_that_ends_badly_costs_itself_only(runner, marks, how):
    body, verdict = ENDINGS[how]
    limits = SHORT if verdict == "TIMEOUT" else LIMITS
    elsewhere = grade.grade(submission(body), marks, runner, limits)
    assert verdicts(elsewhere) == PASSED
    assert [note.startswith("Cell 2 ") for note in elsewhere.notes] == [True]
    own = grade.grade(submission(limit=f"{body}\nlimit = 3.5"), marks, runner, limits)
    assert verdicts(own) == PASSED | {"limit": verdict}


@pytest.mark.parametrize("how", ["an endless loop", "kill -9 of itself", "growing memory", "sys.exit"])
def test_without_a_sandbox_the_verdicts_are_the_same(bare_runner, marks, how):
    body, verdict = ENDINGS[how]
    limits = SHORT if verdict == "TIMEOUT" else LIMITS
    assert verdicts(grade.grade(submission(norm=norm(body)), marks, bare_runner, limits)) == PASSED | {"norm": verdict}
    assert verdicts(grade.grade(submission(body), marks, bare_runner, limits)) == PASSED


def test_a_syntax_error_costs_its_cell_only(runner, marks):
    graded = grade.grade(submission("%matplotlib nowhere", "x = (", norm="def norm(x)\n    return x"), marks, runner)
    assert verdicts(graded) == PASSED | {"norm": "ERROR"}
    message = next(result.message for result in graded.results if result.name == "norm")
    assert message == "The cell of `norm` stopped with SyntaxError: expected ':', line 1: def norm(x)."


def test_what_only_works_in_the_learners_session_is_said(runner, marks):
    graded = grade.grade(submission(limit="limit = first_try / 2"), marks, runner)
    message = graded.results[2].message
    assert "NameError" in message and "It may work only in your session: restart the kernel" in message


def test_the_last_definition_counts(runner, marks):
    twice = replace(submission(), cells=(*submission().cells, CodeCell("", "limit = 4.0")))
    assert verdicts(grade.grade(twice, marks, runner)) == PASSED | {"limit": "FAILED"}


@pytest.mark.parametrize(
    "flood",
    [
        "for _ in range(2_000):\n    print('x' * 100_000)",
        "import os\nfor _ in range(2_000):\n    os.write(1, b'x' * 100_000)\n    os.write(2, b'y' * 100_000)",
        "from IPython.display import display, HTML\nfor _ in range(2_000):\n    display(HTML('z' * 10_000))",
    ],
)
def test_a_flood_of_output_changes_nothing(runner, marks, flood):
    indented = norm(f"{flood}\nreturn np.sqrt(np.sum(x * x)), 2 * np.sqrt(np.sum(x * x))")
    graded = grade.grade(submission(flood, norm=indented), marks, runner, LIMITS)
    assert verdicts(graded) == PASSED
    assert all(len(cell.outcome.printed) < 5_000 for cell in graded.cells)


@pytest.mark.parametrize(
    "spoil",
    [
        "sys.stdout = sys.stderr = None",
        "sys.stdout.close()",
        "import io\nsys.stdout = io.StringIO()",
        "del sys.modules['numpy']",
        "import builtins\nbuiltins.print = builtins.input = None",
        "sum = list = dict = np = None\nimport numpy as np",
        "os.chdir('/')",
        "sys.path.clear()",
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)",
        "import asyncio\nawait asyncio.sleep(0)",
        "import threading\nthreading.Thread(target=time.sleep, args=(1000,)).start()",
    ],
)
def test_what_a_cell_does_to_its_own_python_reaches_no_other_exercise(runner, marks, spoil):
    assert verdicts(grade.grade(submission(spoil), marks, runner)) == PASSED


def test_many_cells_are_run_without_collecting_descriptors(runner, marks):
    count = "limit = n / 40 + 2.5 if len(os.listdir('/proc/self/fd')) < 20 else 0"
    graded = grade.grade(submission("n = 0", *["n = n + abs(1)"] * 40, limit=count), marks, runner)
    assert verdicts(graded) == PASSED


def test_nothing_of_one_submission_is_seen_by_the_next(runner, marks):
    grade.grade(submission("np.secret = 7\nsys.secret = 7\nopen('left.txt', 'w').write('7')"), marks, runner)
    spy = "limit = 3.5 if not (hasattr(np, 'secret') or hasattr(sys, 'secret') or os.path.exists('left.txt')) else 0"
    assert verdicts(grade.grade(submission(limit=spy), marks, runner)) == PASSED


def test_the_growing_library_can_be_imported(runner, marks):
    with_library = replace(marks, files={"nn.py": "def triple(x):\n    return 3 * x\n"})
    graded = grade.grade(
        submission(double="import nn\ndef double(x):\n    return nn.triple(x) - x"), with_library, runner
    )
    assert verdicts(graded) == PASSED


# --- what is left behind, what is in sight ------------------------------------------------------------------------


def processes_with(token: str) -> list[int]:
    """Processes whose command line holds the token."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if token.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def ends_within(pid: int, seconds: float) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(handle, closefd=True) as opened:
        return bool(select.select([opened], [], [], seconds)[0])


@pytest.mark.parametrize("level", ["runner", "bare_runner"])
def test_a_daemon_does_not_outlive_the_submission(request, marks, level):
    runner = request.getfixturevalue(level)
    token = f"canary-{os.getpid()}-{time.time_ns()}"
    daemon = f"""
import subprocess
started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)", {token!r}], start_new_session=True)
"""
    orphan = f"""
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(300)", {token!r}])
    os._exit(0)
os.wait()
"""
    alive = "os.kill(started.pid, 0)\nlimit = 3.5"
    graded = grade.grade(submission(daemon, orphan, limit=alive), marks, runner)
    assert verdicts(graded) == PASSED
    assert all(ends_within(pid, 10) for pid in processes_with(token))


def skip_unless_apart(runner):
    if runner.level != sandbox.BUBBLEWRAP:
        pytest.skip("only the bubblewrap sandbox keeps a submission apart")


def seen(runner, marks, question: str) -> bool:
    """Whether a submission answers the question with yes."""
    graded = grade.grade(submission(question, limit="limit = 3.5 if answer else 4.0"), marks, runner)
    verdict = verdicts(graded)["limit"]
    assert verdict in ("PASSED", "FAILED")
    return verdict == "PASSED"


def test_the_network_is_out_of_reach(runner, marks):
    skip_unless_apart(runner)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as unix:
        name = f"canary-{os.getpid()}-{time.time_ns()}"
        unix.bind(f"\0{name}")
        unix.listen()
        reach = f"""
answer = False
for family, address in ((socket.AF_INET, ("127.0.0.1", {server.getsockname()[1]})), (socket.AF_UNIX, "\\0{name}")):
    try:
        client = socket.socket(family)
        client.settimeout(1)
        client.connect(address)
        answer = True
    except OSError:
        pass
"""
        assert not seen(runner, marks, reach)
        assert not select.select([server, unix], [], [], 0)[0]


@pytest.mark.parametrize("path", ["solutions", "tests", "lessons", "nbgrader_config.py", ".git", "work", "grading"])
def test_the_solutions_and_the_rest_of_the_course_are_out_of_sight(runner, marks, path):
    skip_unless_apart(runner)
    assert not seen(runner, marks, f"answer = os.path.lexists({str(PACKAGE_ROOT / path)!r})")


def test_the_home_and_temporary_folders_are_its_own(runner, marks, tmp_path):
    skip_unless_apart(runner)
    canary = tmp_path / "canary"
    canary.write_text("here")
    question = f"answer = os.path.exists({str(canary)!r}) or os.environ['HOME'] == {str(Path.home())!r}"
    assert not seen(runner, marks, question)


@pytest.mark.parametrize("folder", [PACKAGE_ROOT / "autograder", Path(sys.prefix), Path("/usr"), Path("/etc")])
def test_nothing_outside_can_be_written(runner, marks, folder):
    skip_unless_apart(runner)
    name = f"canary-{time.time_ns()}"
    attempt = f"""
try:
    open({str(folder / name)!r}, "w").close()
    answer = True
except OSError:
    answer = False
"""
    seen(runner, marks, attempt)  # a folder that exists inside only may be writable there
    assert not (folder / name).exists()


def test_other_processes_are_out_of_sight(runner, marks):
    skip_unless_apart(runner)
    outside = f"answer = any({str(os.getpid())!r} == name for name in os.listdir('/proc')) and os.getppid() > 1000"
    assert not seen(runner, marks, outside)


def test_neither_environment_nor_arguments_tell_of_the_grader(runner, marks, monkeypatch):
    monkeypatch.setenv("CANARY_SECRET", "here")
    assert not seen(runner, marks, "answer = 'CANARY_SECRET' in os.environ")


@pytest.mark.parametrize(
    "search",
    [
        "[o for o in gc.get_objects() if type(o).__name__ in ('AnswerKey', 'Fingerprint')]",
        "[o for o in gc.get_objects() if type(o) is dict and type(o.get('expected')) is dict]",
        "[n for n in sys.modules if n.endswith(('.shared', 'autograder.lesson.build', 'autograder.proof.prove'))]",
    ],
)
def test_no_expected_answer_is_in_memory(runner, marks, search):
    body = (
        f"import gc\nfound = {search}\nreturn (0, 0) if found else (np.sqrt(np.sum(x * x)), 2 * np.sqrt(np.sum(x * x)))"
    )
    assert verdicts(grade.grade(submission(norm=norm(body)), marks, runner)) == PASSED


# --- forged answers -----------------------------------------------------------------------------------------------

GARBAGE = "for fd in range(3, 256):\n    try:\n        os.write(fd, {bytes})\n    except OSError:\n        pass"
FORGED_FRAME = """
import json, struct
def frame(node):
    text = json.dumps(dict(node, sizes=[])).encode()
    return struct.pack("<I", len(text)) + text
outcome = dict(error=None, missing="", unwritten=False, printed="", seconds=0.1)
number = dict(t="float", v=0.5)
cells = frame(dict(cells=[dict(outcome, name="norm", kind="returned", tree=None)]))
cases = b"".join(
    frame(dict(outcome, case=case, kind="returned", tree=dict(t="tuple", v=[number, number])))
    for case in ("of_three_numbers", "of_two_numbers", "of_many_numbers", "of_one_number")
)
end = frame(dict(end="norm", ending=""))
"""


@pytest.mark.parametrize("what", ["b'garbage'", "b'\\xff' * 50", "end", "cases", "cases + end", "cells + cases + end"])
@pytest.mark.parametrize("where", ["cell", "function"])
def test_whatever_is_written_to_all_descriptors_passes_nothing_wrong(runner, marks, what, where):
    attack = FORGED_FRAME + GARBAGE.format(bytes=what)
    wrong = norm("return 1.0, 1.0")
    cell = submission(attack, norm=wrong, limit="limit = 9")
    function = submission(norm=norm(attack + "\nreturn 1.0, 1.0"), limit="limit = 9")
    graded = grade.grade(cell if where == "cell" else function, marks, runner, LIMITS)
    found = verdicts(graded)
    assert found["norm"] != "PASSED" and found["limit"] != "PASSED"
    assert graded.score in (0, 3)


# --- our own faults -----------------------------------------------------------------------------------------------


def test_a_zygote_that_died_is_started_anew(runner, marks):
    process = runner._zygote.process
    process.kill()
    process.wait()
    assert verdicts(grade.grade(submission(), marks, runner)) == PASSED
    assert runner._zygote.process is not process


@pytest.mark.parametrize(("deaths", "verdict"), [(1, grade.GRADED), (2, grade.INFRA)])
def test_a_zygote_that_dies_at_work_is_our_fault(marks, tmp_path, deaths, verdict):
    """The submission says through a FIFO that it is running; then the zygote dies, not the submission."""
    fifo = tmp_path / "running"
    os.mkfifo(fifo)
    cell = f"""
with open({str(fifo)!r}, "r+b", buffering=0) as told:
    told.write(b"x")
    if len(os.listdir({str(tmp_path)!r})) == 1:
        time.sleep(1000)
"""

    def kill_when_running():
        with fifo.open("r+b", buffering=0) as running:
            for number in range(deaths):
                running.read(1)
                if number == deaths - 1 and verdict == grade.GRADED:
                    (tmp_path / "go on").touch()
                runner._zygote.process.kill()

    with Runner(("numpy",), sandbox.NONE) as runner, ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill_when_running)
        graded = grade.grade(submission(cell), marks, runner)
        killed.result()
    assert graded.verdict == verdict
    assert (graded.to_json()["score"] is None) == (verdict == grade.INFRA)


def test_a_zygote_that_cannot_start_says_why(monkeypatch, marks):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Runner((), sandbox.NONE) as runner:
        graded = grade.grade(submission(), marks, runner)
    assert graded.verdict == grade.INFRA and "did not start" in graded.notes[0]


def test_a_runner_that_was_not_started_or_is_closed_refuses(marks):
    runner = Runner((), sandbox.NONE)
    graded = grade.grade(submission(), marks, runner)
    assert graded.verdict == grade.INFRA


def test_many_submissions_leave_no_descriptor_and_no_process_behind(runner, marks):
    def descriptors(pid):
        return len(os.listdir(f"/proc/{pid}/fd"))

    def graded():
        assert verdicts(grade.grade(submission(), marks, runner)) == PASSED

    graded()
    before = descriptors("self"), descriptors(runner._zygote.process.pid)
    for _ in range(20):
        graded()
    assert (descriptors("self"), descriptors(runner._zygote.process.pid)) == before


def test_submissions_can_run_at_the_same_time(runner, marks):
    wrongs = [submission(limit=f"limit = {3.5 if n % 2 else n}") for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        graded = list(pool.map(lambda s: verdicts(grade.grade(s, marks, runner)), wrongs))
    assert [g["limit"] for g in graded] == ["FAILED", "PASSED"] * 4


# --- which cells need care ----------------------------------------------------------------------------------------

CAREFUL = [
    "while True: pass",
    "x = f()",
    "%time 1",
    "!ls",
    "def f(x)\n    return 1\n!kill -9 $PPID",
    "class A:\n    while True: pass",
    "class A(metaclass=M): pass",
    "class A(f()): pass",
    "@f\ndef g(x): pass",
    "def g(x=f()): pass",
    "def g(x=10**10**10): pass",
    "def g(x: f()): pass",
    "import a_module_of_the_learners_own",
    "from a_module_of_the_learners_own import x",
    "x = 10**10**10",
    "if True: pass",
    "x.y",
]
CAREFREE = [
    "import numpy as np",
    "from numpy import array",
    "def f(x, y=3, *, z=None):\n    while True: pass",
    "class A:\n    '''Doc.'''\n    size = 3\n    def f(self):\n        return g()",
    "x = 3\ny = [1, (2, -3), {'a': None}]\nx",
    "'''Text.'''",
    "x = ...",
    "",
]


@pytest.mark.parametrize("source", CAREFUL)
def test_a_cell_that_runs_something_may_not_come_back(source):
    assert may_not_come_back(source)


@pytest.mark.parametrize("source", CAREFREE)
def test_a_cell_that_only_defines_comes_back(source):
    assert not may_not_come_back(source)


def test_slow_modules_are_imported_before_forking():
    sources = ["import torch.nn as nn", "from matplotlib import pyplot", "x = 1  # import scipy"]
    assert modules_for(sources) == ("numpy", "torch", "matplotlib.pyplot")


def test_signals_sent_to_the_grader_by_a_submission_do_not_arrive(runner, marks):
    received = []
    before = signal.signal(signal.SIGUSR1, lambda *_: received.append(1))
    try:
        attack = f"try:\n    os.kill({os.getpid()}, {int(signal.SIGUSR1)})\nexcept OSError:\n    pass"
        assert verdicts(grade.grade(submission(attack), marks, runner)) == PASSED
    finally:
        signal.signal(signal.SIGUSR1, before)
    if runner.level == sandbox.BUBBLEWRAP:
        assert not received


NEW_MODULES = """
import sys
held = [cell.cell_contents for cell in get_ipython().run_ast_nodes.__closure__]
(aside,) = [each for each in held if type(each).__name__ == "Aside"]
assert not (new := sorted(sys.modules.keys() - aside._modules.keys())), new
"""


@pytest.mark.parametrize("which", ["runner", "bare_runner"])
def test_a_submission_begins_with_the_modules_that_are_kept_aside(which, request, marks):
    # Else each would import them anew, and all modules would be put back before the cases of each.
    ran = grade.run(submission(NEW_MODULES), marks, request.getfixturevalue(which), LIMITS)
    assert ran.cells[1].outcome.kind == "returned", ran.cells[1].outcome
