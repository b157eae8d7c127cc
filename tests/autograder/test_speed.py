"""How fast an answer is: neither a cache nor a busy machine changes the verdict, and every timed call must be right."""

import time

import numpy as np
import pytest

from autograder import inputs, timed_in_turns, times_as_fast

ARRAYS = [inputs(f"speed {i}", (3, 4)) for i in range(3)]
JUDGE = times_as_fast(20, "the loops")


def right(x):
    return 2 * x + np.arange(4)


class Clock:
    """Time passes where somebody works."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def working(self, *seconds, of=lambda *given: None):
        """A function that takes these seconds, the last ones again and again."""
        left = list(seconds)

        def work(*given):
            self.now += left.pop(0) if len(left) > 1 else left[0]
            return of(*given)

        return work


def measured(answer_seconds, loop_seconds=(0.02,), of=right, times=1):
    clock = Clock()
    answer, loops = clock.working(*answer_seconds, of=of), clock.working(*loop_seconds)
    return timed_in_turns(answer, ARRAYS, loops, 20, times, clock=clock)


EXPECTED = measured([0.0001])


def text(got):
    difference = JUDGE(got, EXPECTED)
    return difference and difference.text


def test_what_is_fast_enough_passes():
    assert text(measured([0.0009])) is None
    assert text(measured([0.0039], [0.01], times=8)) is None


def test_what_is_slow_is_told_how_slow():
    assert text(measured([0.01])) == "It is 2 times as fast as the loops; it should be at least 20 times as fast."
    assert "20 times" in text(measured([0.0041], [0.01], times=8))


def test_one_undisturbed_call_is_enough():
    assert text(measured([0.05, 0.05, 0.05, 0.03, 0.04, 0.05, 0.0009, 0.05])) is None


def test_a_disturbance_of_the_loops_makes_nobody_fast():
    assert "2 times" in text(measured([0.01], [0.02, 0.5, 0.02]))


def test_it_ends_in_time():
    assert len(measured([0.2])["seconds"]) == 3
    assert len(measured([0.02])["seconds"]) < 15
    assert len(measured([0.0001])["seconds"]) == 3


@pytest.mark.parametrize("key", [id, lambda x: x.tobytes()], ids=["by identity", "by value"])
def test_a_cache_meets_only_new_numbers(key):
    clock, seen, kept = Clock(), {}, []

    def cached(x):
        if key(x) not in seen:
            clock.now += 0.02
            seen[key(x)] = right(x)
        kept.append(x)  # so that no other array gets its identity
        return seen[key(x)]

    for _ in range(3):
        got = timed_in_turns(cached, ARRAYS, clock.working(0.02), 20, clock=clock)
        assert "1 times" in text(got)


WRONG = {
    "zeros": np.zeros_like,
    "the same again": lambda x: right(ARRAYS[0]),
    "right for known numbers only": lambda x: right(x) if any(np.array_equal(x, a) for a in ARRAYS) else x * 0,
    "another shape": lambda x: right(x).T,
    "nothing": lambda x: None,
    "NaN": lambda x: right(x) * np.nan,
    "text": str,
}


@pytest.mark.parametrize("way", WRONG)
def test_a_fast_wrong_result_fails(way):
    assert "wrong" in text(measured([0.0001], of=WRONG[way]))


def test_float32_is_right_too():
    assert text(measured([0.0001], of=lambda x: right(x).astype(np.float32))) is None


@pytest.mark.parametrize("got", [None, "fast enough", {}, {**EXPECTED, "sums": [None] * 3}, {**EXPECTED, "mixes": []}])
def test_what_is_no_measurement_fails(got):
    assert "wrong" in text(got)


def test_an_array_that_lies_about_itself_is_looked_at_as_it_is():
    class Lying(np.ndarray):
        def reshape(self, *shape):
            return right(ARRAYS[0]).reshape(*shape)

        def astype(self, kind):
            return self

    assert "wrong" in text(measured([0.0001], of=lambda x: np.zeros((3, 4)).view(Lying)))


def test_a_clock_that_a_cell_replaced_is_not_asked(monkeypatch):
    monkeypatch.setattr(time, "perf_counter", lambda: 0.0)
    spent = []

    def slow(x):
        spent.append([np.sum(x) for _ in range(2000)])
        return right(x)

    got = timed_in_turns(slow, ARRAYS, lambda: [np.sum(ARRAYS[0]) for _ in range(2000)], 20)
    assert "times as fast as the loops" in text(got) and (got["seconds"] > 0).all()
