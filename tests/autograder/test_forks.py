"""Forking without what libraries do after each fork: the child is a whole process all the same."""

import os
import platform
import resource
import signal
import subprocess
import sys

import pytest

from autograder.runner import forks, namespaces

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the runner forks so on Linux only")

# In a Python of its own, since pytest's may have threads.
THREADS = """
import os, sys, threading
from autograder.runner import forks
if (pid := forks.fork()) == 0:
    done = []
    worker = threading.Thread(target=lambda: done.append(threading.get_native_id()))
    worker.start()
    worker.join()
    os._exit(0 if done and done[0] != os.getpid() else 1)
sys.exit(os.waitpid(pid, 0)[1])
"""
HANDLERS = """
import os, sys
from autograder.runner import forks
os.register_at_fork(after_in_child=lambda: os._exit(3))
if (pid := forks.fork()) == 0:
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def ended(child):
    """How a fork that runs `child` ends: its exit code, or minus a signal."""
    if (pid := forks.fork()) == 0:
        try:
            child()
        finally:
            os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_the_child_has_its_own_number_and_knows_its_parent():
    here = os.getpid()
    assert ended(lambda: os._exit(os.getpid() != here and os.getppid() == here)) == 1


def test_what_the_child_changes_the_parent_does_not_see():
    held = [1, 2]
    assert ended(lambda: (held.clear(), os._exit(len(held)))) == 0
    assert held == [1, 2]


@pytest.mark.parametrize("end", [os.abort, lambda: signal.raise_signal(signal.SIGABRT)], ids=["abort", "raise"])
def test_a_signal_that_the_child_sends_itself_reaches_it(end):
    def child():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        end()

    assert ended(child) == -signal.SIGABRT


@pytest.mark.parametrize("program", [THREADS, HANDLERS], ids=["threads start and end there", "no handler is called"])
def test_in_a_python_of_its_own(program):
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


def test_what_the_kernel_refuses_is_an_error():
    number = namespaces.SYS_CLONE[platform.machine()]
    with pytest.raises(OSError, match="Invalid argument"):
        forks.clone(number, 0x00010000)  # CLONE_THREAD alone: a thread must share its memory
