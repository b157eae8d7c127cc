"""Numbers for cases: fixed for ever, and spread as they should be."""

import inspect
import random

import numpy as np
import pytest

import autograder.authoring.inputs as module
from autograder import inputs, integer_inputs, normal_inputs

# Written down once. If these fail, every expected value in every lesson changes: the generator must be put back.
FIRST_NUMBERS = {
    "sigmoid batch": [1.6119329047609812, 0.9170599779190471, 0.06724597430444401],
    "weighted sum x": [0.29672235890618914, 0.5576398005389178, 0.27931454431180214],
}


@pytest.mark.parametrize("name", FIRST_NUMBERS)
def test_the_numbers_of_a_name_never_change(name):
    assert inputs(name, 3).tolist() == FIRST_NUMBERS[name]


def test_the_other_kinds_of_numbers_never_change():
    assert normal_inputs("noise", 2).tolist() == [1.5758821273204955, 0.3245148488003382]
    assert integer_inputs("labels", 8, 10).tolist() == [1, 6, 5, 6, 1, 4, 7, 8]


def test_the_numbers_are_splitmix64_seeded_by_the_name():
    """Vigna's published first outputs for the seed 1234567, and the same steps in plain integers for a name."""

    def splitmix64(seed, count):
        mask, state = 2**64 - 1, seed
        for _ in range(count):
            state = (state + 0x9E3779B97F4A7C15) & mask
            z = state
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
            yield z ^ (z >> 31)

    assert list(splitmix64(1234567, 3)) == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    from hashlib import sha256

    seed = int.from_bytes(sha256(b"any name").digest()[:8], "big")
    assert inputs("any name", 5, 0, 1).tolist() == [(n >> 11) * 2.0**-53 for n in splitmix64(seed, 5)]


def test_no_library_generator_takes_part():
    before = inputs("independent", 4)
    np.random.seed(1)
    random.seed(1)
    assert np.array_equal(inputs("independent", 4), before)
    assert "random." not in inspect.getsource(module)


def test_other_names_give_unrelated_numbers():
    a, b = inputs("one name", 2_000), inputs("one name ", 2_000)
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.1
    assert not np.isin(a, b).any()


def test_uniform_inputs_fill_their_range_evenly():
    x = inputs("spread", 20_000, -3.0, 5.0)
    counts, _ = np.histogram(x, bins=16, range=(-3, 5))
    assert x.min() >= -3 and x.max() < 5
    assert np.abs(counts - 1250).max() < 5 * np.sqrt(1250)
    assert len(np.unique(x)) == x.size


def test_neighbouring_numbers_are_unrelated():
    x = inputs("neighbours", 20_000)
    assert abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 0.03


def test_normal_inputs_have_mean_0_and_variance_1():
    x = normal_inputs("bell", (100, 200))
    assert x.shape == (100, 200)
    assert abs(x.mean()) < 0.03 and abs(x.var() - 1) < 0.05
    assert 0.66 < np.mean(np.abs(x) < 1) < 0.71


def test_integer_inputs_hit_every_number_and_no_other():
    x = integer_inputs("classes", (40, 50), 7)
    assert x.dtype == np.int64 and x.shape == (40, 50)
    assert set(np.unique(x)) == set(range(7))


@pytest.mark.parametrize("shape", [0, 1, (), (0, 3), (2, 3, 4), [2, 3]])
def test_any_shape_can_be_asked_for(shape):
    wanted = (shape,) if isinstance(shape, int) else tuple(shape)
    assert inputs("shape", shape).shape == wanted
    assert normal_inputs("shape", shape).shape == wanted
    assert integer_inputs("shape", shape, 3).shape == wanted


def test_the_same_name_gives_the_same_numbers_in_a_larger_shape():
    assert np.array_equal(inputs("grows", 10)[:4], inputs("grows", 4))
