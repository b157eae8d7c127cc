"""Things run apart: each has the result that it has alone, whatever the others do to their common process."""

import os
import signal
import time

from autograder.core.outcome import RETURNED, Outcome
from autograder.proof import forked
from autograder.proof.forked import CRASHED, NEVER_ENDED, Ended, Task, each

STATE = []


def value(result):
    return {"case": Outcome(RETURNED, value=result)}


def unchanged():
    return not STATE


def looks():
    return value([os.getpid(), len(STATE)])


def changes():
    STATE.append(1)
    return value("changed")


def endless():
    while True:
        pass


def seen(came):
    return [one["case"].value if isinstance(one, dict) else one for one in came]


def test_what_goes_well_runs_in_one_process_that_is_not_ours():
    (first, _), (second, _) = seen(each([Task(looks), Task(looks)], unchanged))
    assert first == second != os.getpid()


def test_one_that_changes_something_has_no_say_in_what_comes_of_the_others():
    before, changed, after = seen(each([Task(looks), Task(changes), Task(looks)], unchanged))
    assert (before[1], changed, after[1]) == (0, "changed", 0)
    assert before[0] != after[0] and not STATE


def test_what_ran_before_a_crash_in_a_changed_process_does_not_count():
    tasks = [Task(changes), Task(looks), Task(lambda: os._exit(3)), Task(looks)]
    _, second, third, fourth = seen(each(tasks, unchanged))
    assert (second[1], third, fourth[1]) == (0, Ended(CRASHED), 0)


def test_a_check_that_does_not_come_to_an_end_counts_as_a_change():
    (pid, _), (other, _) = seen(each([Task(looks), Task(looks)], lambda: os._exit(0)))
    assert pid != other


def test_python_that_is_killed_costs_the_others_nothing():
    deadly = [Task(lambda: os._exit(0)), Task(lambda: os.kill(os.getpid(), signal.SIGKILL))]
    came = seen(each([*deadly, Task(looks), *deadly, Task(looks)], unchanged))
    assert came[:2] == came[3:5] == [Ended(CRASHED)] * 2
    assert came[2][1] == came[5][1] == 0


def test_an_exception_is_said():
    assert each([Task(lambda: 1 / 0)], unchanged) == [Ended("ZeroDivisionError: division by zero", "ZeroDivisionError")]


def test_what_never_ends_does_so_soon_and_the_others_go_on_in_the_same_process():
    started = time.process_time()
    first, second, third = seen(each([Task(looks), Task(endless, 0.2), Task(looks)], unchanged))
    assert second == Ended(NEVER_ENDED, "OutOfTime")
    assert first == third
    assert time.process_time() - started < 2


def test_what_takes_no_notice_that_its_time_is_over_ends_with_its_process(monkeypatch):
    monkeypatch.setattr(forked, "GRACE", 0.1)

    def stubborn():
        while True:
            try:
                endless()
            except BaseException:
                continue

    came = seen(each([Task(looks), Task(stubborn, 0.1), Task(looks)], unchanged))
    assert came[1] == Ended(NEVER_ENDED)
    assert came[0][1] == came[2][1] == 0


def test_time_is_that_of_the_processor():
    def sleeps():
        time.sleep(0.5)
        return value("slept")

    assert seen(each([Task(sleeps, 0.2)], unchanged)) == ["slept"]
