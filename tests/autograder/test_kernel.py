"""A lesson's kernel: what is there after its start, and what the buttons are answered."""

import json
import os
import signal
import subprocess
import sys

import pytest
from jupyter_client import KernelManager

from autograder.core.paths import PACKAGE_ROOT
from autograder.learner import progress, workspace

EXTENSION = "--ext=autograder.learner.kernel"
NO_HISTORY = "--HistoryManager.enabled=False"  # which needs room on the disk
LESSON = "01_neuron"


class Kernel:
    """A running kernel, asked as a front end would."""

    def __init__(self, folder, **variables):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(
            cwd=str(folder), extra_arguments=[EXTENSION, NO_HISTORY], env={**os.environ, **variables}
        )
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code):
        """What a cell shows as text, and whether it counts as run."""
        said = []

        def hear(message):
            content = message["content"]
            kind = message["msg_type"]
            if kind == "stream":
                said.append(content["text"])
            elif kind in ("display_data", "execute_result"):
                said.append(content["data"]["text/plain"])
            elif kind == "error":
                said.append("\n".join(content["traceback"]))

        reply = self.client.execute_interactive(code, output_hook=hear, timeout=60)
        return "".join(said), reply["content"]["status"] == "ok"

    def send(self, kind, **content):
        self.client.shell_channel.send(self.client.session.msg(kind, content))

    def comm_message(self):
        """The next message of a comm."""
        while True:
            message = self.client.get_iopub_msg(timeout=30)
            if message["msg_type"] == "comm_msg":
                return message["content"]["data"]

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A kernel in the first lesson of a workspace, in which nothing has been run."""
    work = tmp_path_factory.mktemp("course") / "work"
    workspace.prepare(PACKAGE_ROOT / "lessons", work)
    kernel = Kernel(work / LESSON)
    kernel.work = work
    yield kernel
    kernel.end()


def test_a_kernel_has_check_and_its_kin_from_the_start_and_nothing_heavy(kernel):
    seen, _ = kernel.run(
        "import sys\nprint(sorted({'check', 'hint', 'reset', 'solution'} - set(globals())), 'numpy' in sys.modules)"
    )
    assert seen == "[] False\n"


def test_a_check_before_anything_ran_says_what_to_run(kernel):
    seen, ran = kernel.run('check("sigmoid")')
    assert ran and seen.startswith("○ sigmoid: Not checked") and "Run All Above Selected Cell" in seen


def test_a_name_of_the_first_cell_is_told_to_be_there_after_it(kernel):
    seen, ran = kernel.run("np.ones(3)")
    assert not ran and "NameError" in seen and "The cell that makes `np` hasn't run since the kernel started" in seen


def test_what_needs_a_cell_above_that_has_not_run_is_not_judged(kernel):
    """As on the next morning: only the exercise's own cell has run in this kernel."""
    kernel.run("def relu(z):\n    return np.maximum(z, 0)")
    seen, _ = kernel.run('check("relu")')
    assert seen.startswith("○ relu: Not checked") and "`relu` uses `np`. The cell that makes `np` hasn't run" in seen
    kernel.run("def neuron(x, w, b, activation):\n    return activation(weighted_sum(x, w, b))")
    assert "`neuron` uses `weighted_sum`." in kernel.run('check("neuron")')[0]
    kernel.run("logic_gates = {'AND': (np.ones(2), -1.5)}")
    seen, _ = kernel.run('check("logic_gates")')
    assert "NameError: name 'np' is not defined. The cell that makes `np` hasn't run" in seen
    kernel.run("def relu(z):\n    return maximum(z, 0)")
    assert "maximum" in kernel.run('check("relu")')[0]
    assert {name: entry["tries"] for name, entry in tried(kernel).items()} == {"relu": 1}


def test_a_waiting_cell_counts_as_run_and_an_error_does_not(kernel):
    kernel.run("def relu(z):\n    raise NotImplementedError()  # replace this line with your code")
    seen, ran = kernel.run("relu(3)")
    assert ran and seen == "`relu` isn't written yet: this cell comes alive once it is (exercise above)."
    assert not kernel.run("1 / 0")[1]


def test_the_buttons_get_their_answers(kernel):
    kernel.send("comm_open", comm_id="buttons", target_name="ground-up", data={})
    kernel.send("comm_msg", comm_id="buttons", data={"reset": "relu", "attempt": "def relu(z): return z"})
    reply = kernel.comm_message()
    assert reply["put"] == "relu" and reply["source"].startswith("def relu(z):")
    assert (kernel.work / reply["kept"]).read_text() == "def relu(z): return z"
    kernel.send("comm_msg", comm_id="buttons", data={"undo": "relu", "current": reply["source"]})
    assert kernel.comm_message()["source"] == "def relu(z): return z"
    kernel.send("comm_msg", comm_id="buttons", data=["nonsense"])
    assert kernel.comm_message().keys() == {"say"}
    kernel.client.execute('reset("relu")')
    assert kernel.comm_message() == {"asked": "reset", "exercise": "relu"}


RELU = "import numpy as np\ndef relu(z):\n    return np.maximum(z, 0)"
SIGMOID = "def sigmoid(z):\n    return (1 + np.tanh(z / 2)) / 2"
CHECK_WITHOUT_ROOM = """
import resource
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (20, before[1]))
try:
    said = check("sigmoid")
finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
said
"""


def tried(kernel):
    return progress.load(kernel.work)["lessons"][LESSON]["exercises"]


def passed(kernel):
    return progress.passed(kernel.work / LESSON)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit and no such signal")
def test_without_room_a_check_still_reports_and_a_killed_kernel_loses_nothing_that_was_recorded(kernel):
    kernel.run(RELU)
    kernel.run(SIGMOID)
    assert kernel.run('check("relu")')[0].startswith("✓ relu: Correct")
    assert passed(kernel) == {"relu"}
    for _ in range(2):  # it is said each time, not once
        seen, _ = kernel.run(CHECK_WITHOUT_ROOM)
        assert seen.startswith("Your progress could not be saved in ") and "\n✓ sigmoid: Correct" in seen
        assert ".py" not in seen and passed(kernel) == {"relu"}
    assert kernel.run('check("sigmoid")')[0].startswith("✓ sigmoid: Correct")
    assert "2 of 105 exercises passed" in kernel.run("course.progress()")[0]
    os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)
    assert passed(kernel) == {"relu", "sigmoid"}


def loaded(folder, **variables):
    """What a shell has after the extension was loaded in it; it says so in a process of its own."""
    code = (
        "import json, sys\nfrom IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\nshell.user_ns['hint'] = 3\nbefore = set(shell.user_ns)\n"
        "shell.extension_manager.load_extension('autograder.learner.kernel')\n"
        "new = sorted(set(shell.user_ns) - before)\n"
        "print(json.dumps([new, shell.user_ns['hint'], 'autograder.learner.cells_run' in sys.modules]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT), **variables}
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_anywhere_in_a_workspace_there_is_course_and_it_loads_nothing_else(tmp_path):
    (tmp_path / ".ground-up.json").write_text("{}")
    (tmp_path / "notes").mkdir()
    assert loaded(tmp_path / "notes") == [["course"], 3, False]


def test_names_that_a_person_defined_stay(tmp_path):
    assert loaded(PACKAGE_ROOT / "lessons" / LESSON) == [["check", "reset", "solution"], 3, True]


@pytest.mark.parametrize("lesson, variables", [(None, {}), (LESSON, {"NBGRADER_EXECUTION": "autograde"})])
def test_elsewhere_and_where_nbgrader_runs_a_notebook_nothing_is_done(tmp_path, lesson, variables):
    folder = PACKAGE_ROOT / "lessons" / lesson if lesson else tmp_path
    assert loaded(folder, **variables) == [[], 3, False]
