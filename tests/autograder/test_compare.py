"""Every way in which two results can differ, and the sentence that says so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.authoring.compare import at_least, between, close, describe, exactly, same, show
from autograder.core.wire import Opaque, Tensor


def difference(got, expected, judge=None):
    return (judge or close())(got, expected)


def said(got, expected, judge=None):
    found = difference(got, expected, judge)
    return None if found is None else (found.kind, found.text)


# --- what agrees --------------------------------------------------------------------------------------------------

AGREEING = [
    (1, 1.0),
    (np.float64(0.5), 0.5),
    (np.array(0.5), 0.5),
    (0.5, np.array(0.5)),
    (np.float32(0.1), 0.1),
    (np.array([1, 2]), np.array([1.0, 2.0])),
    ([1, 2], (1, 2)),
    ([0.5, 1.5], np.array([0.5, 1.5])),
    (np.array([0.5, 1.5]), [0.5, 1.5]),
    ([[1, 2], [3, 4]], np.array([[1.0, 2.0], [3.0, 4.0]])),
    (np.bool_(True), True),
    (np.array(True), True),
    (np.array([1.0, 0.0]), np.array([True, False])),
    (float("nan"), float("nan")),
    (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
    (2**200, 2**200),
    (10**30, 1e30),
    (0.1 + 0.2, 0.3),
    (np.array([1.0], np.float32), np.array([1.00005])),
    ((np.ones(2), -1.5), [np.ones(2), -1.5]),
    (Tensor(np.ones(2, np.float32)), Tensor(np.ones(2))),
    (3 + 4j, np.complex128(3 + 4j)),
    ([], ()),
    (np.zeros((0, 3)), np.zeros((0, 3))),
]


@pytest.mark.parametrize(("got", "expected"), AGREEING, ids=str)
def test_what_is_the_same_number_agrees(got, expected):
    assert difference(got, expected) is None


# --- types --------------------------------------------------------------------------------------------------------

WRONG_TYPES = [
    (None, 0.5, "The result is None, expected the number 0.5. Is there a `return`?"),
    (None, np.zeros(3), "The result is None, expected an array of shape (3,). Is there a `return`?"),
    ("0.5", 0.5, "The result is “0.5”, expected the number 0.5."),
    (Opaque("function"), 0.5, "The result is an object of type function, expected the number 0.5."),
    (
        Opaque("a collection of more than 100,000 items"),
        0.5,
        "The result is a collection of more than 100,000 items, expected the number 0.5.",
    ),
    ({"a": 1}, 0.5, "The result is a dict of 1 entry, expected the number 0.5."),
    ([1, "a"], np.zeros(2), "The result is a list of 2 items, expected an array of shape (2,)."),
    ([[1], [1, 2]], np.zeros(2), "The result is a list of 2 items, expected an array of shape (2,)."),
    ([2**2000, 0.5], np.zeros(2), "The result is a list of 2 items, expected an array of shape (2,)."),
    (True, 1, "The result is True, expected the number 1."),
    (np.array(True), 1.0, "The result is True, expected the number 1."),
    (1, True, "The result is the number 1, expected True."),
    (np.array(1j), True, "The result is the number 0+1j, expected True."),
    (np.array([True, False]), np.array([1.0, 0.0]), "The result holds True and False, expected numbers."),
    (np.ones(2), Tensor(np.ones(2)), "The result is an array of shape (2,), expected a tensor of shape (2,)."),
    (Tensor(np.ones(2)), np.ones(2), "The result is a tensor of shape (2,), expected an array of shape (2,)."),
    (Tensor(np.array(2.0)), 2.0, "The result is a tensor holding the number 2, expected the number 2."),
    (np.ones((2, 2)), (np.ones(2), 1.0), "The result is an array of shape (2, 2), expected a tuple of 2 items."),
    ([1.0], {"a": 1.0}, "The result is a list of 1 item, expected a dict of 1 entry."),
    (1, None, "The result is the number 1, expected None."),
    (1, "a", "The result is the number 1, expected “a”."),
]


@pytest.mark.parametrize(("got", "expected", "text"), WRONG_TYPES)
def test_a_wrong_type_is_named_beside_the_expected_one(got, expected, text):
    assert said(got, expected) == ("type", text)


# --- shapes and structure -----------------------------------------------------------------------------------------

WRONG_SHAPES = [
    (np.zeros((2, 3)), np.zeros((3, 2)), "The result has shape (2, 3), expected shape (3, 2). It looks transposed."),
    (np.zeros((4, 3)), np.zeros(4), "The result has shape (4, 3), expected shape (4,)."),
    (0.5, np.zeros(4), "The result is a single number, expected shape (4,)."),
    (
        np.zeros(1),
        0.5,
        "The result has shape (1,), expected a single number. "
        "The numbers are as many as expected, but arranged differently.",
    ),
    (
        np.zeros((1, 4)),
        np.zeros(4),
        "The result has shape (1, 4), expected shape (4,). "
        "The numbers are as many as expected, but arranged differently.",
    ),
]


@pytest.mark.parametrize(("got", "expected", "text"), WRONG_SHAPES)
def test_a_wrong_shape_is_said_with_both_shapes(got, expected, text):
    assert said(got, expected) == ("shape", text)


WRONG_STRUCTURES = [
    ((1, 2, 3), (1, 2), "The result has 3 items, expected 2."),
    ([1], [1, 2], "The result has 1 item, expected 2."),
    ({"and": 1}, {"AND": 1}, "The result has no entry 'AND' (entries: 'and')."),
    ({}, {"AND": 1}, "The result has no entry 'AND' (entries: none)."),
    ({"AND": 1, "OR": 1}, {"AND": 1}, "The result has an entry too many: 'OR'."),
    ((1, {"w": [1, 2]}), (1, {"w": [1]}), "The result at [1]“w” has 2 items, expected 1."),
]


@pytest.mark.parametrize(("got", "expected", "text"), WRONG_STRUCTURES)
def test_a_wrong_structure_is_said_where_it_is(got, expected, text):
    assert said(got, expected) == ("structure", text)


# --- values -------------------------------------------------------------------------------------------------------

WRONG_VALUES = [
    (0.25, 0.75, "The result is 0.25, expected 0.75."),
    (
        np.array([1.0, 5.0, 3.0]),
        np.array([1.0, 2.0, 3.0]),
        "The result at [1] is 5, expected 2. (1 of 3 numbers differs.)",
    ),
    (np.zeros((2, 2)), np.ones((2, 2)), "The result at [0, 0] is 0, expected 1. (4 of 4 numbers differ.)"),
    (
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        np.array([[1.0, 3.0], [2.0, 4.0]]),
        "The result at [0, 1] is 2, expected 3. (2 of 4 numbers differ.) It looks transposed.",
    ),
    (
        np.array([np.nan, 1.0]),
        np.array([0.5, 1.0]),
        "The result at [0] is nan, expected 0.5. (1 of 2 numbers differs.) "
        "A number went beyond what a float can hold, or 0/0 was computed.",
    ),
    (np.float32(0.5), float("nan"), "The result is 0.5, expected nan."),
    ({"AND": (1, 2)}, {"AND": (1, 3)}, "The result for “AND”[1] is 2, expected 3."),
    ((np.ones(2), 1.0), (np.zeros(2), 1.0), "The result at [0][0] is 1, expected 0. (2 of 2 numbers differ.)"),
    (True, False, "The result is True, expected False."),
    ("cat", "dog", "The result is “cat”, expected “dog”."),
    (0.50001, 0.5, "The result is 0.50001, expected 0.5."),
    (0.50000501, 0.5, "The result is 0.500005, expected 0.5."),
    (1.000002, 1.0, "The result is 1.000002, expected 1.0."),
    (2**70, 2**70 + 1, "The result is 1180591620717411303424, expected 1180591620717411303425."),
    (
        -(2**2000),
        0.5,
        "The result is -inf, expected 0.5. A number went beyond what a float can hold, or 0/0 was computed.",
    ),
]


@pytest.mark.parametrize(("got", "expected", "text"), WRONG_VALUES)
def test_a_wrong_value_is_said_with_its_place_and_the_right_one(got, expected, text):
    assert said(got, expected) == ("value", text)


def test_float32_is_allowed_its_own_rounding_and_no_more():
    expected = np.array([1000.0])
    assert difference(np.array([1000.05], np.float32), expected) is None
    assert difference(np.array([1000.5], np.float32), expected).kind == "value"
    assert difference(np.array([1000.05]), expected).kind == "value"


def test_float16_is_too_coarse_to_be_right():
    assert difference(np.array([0.1], np.float16), np.array([0.1])).kind == "value"


def test_exactly_allows_no_rounding():
    assert difference(0.1 + 0.2, 0.3, exactly()).text == "The result is 0.30000000000000004, expected 0.3."
    assert difference(2**53, 2**53 + 1, exactly()).kind == "value"
    assert difference(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), exactly()) is None


def test_the_answer_may_not_be_something_that_is_no_data():
    with pytest.raises(ValueError, match="no plain data"):
        difference(Opaque("function"), Opaque("function"))


# --- a number in a range ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("got", [0.9, 1, np.float64(0.95), np.array(0.9), Tensor(np.array(0.9)), {"accuracy": 0.9}])
def test_at_least_accepts_a_number_that_reaches_the_minimum(got):
    assert at_least(0.9, "accuracy")(got, None) is None


TOO_LOW = [
    (0.5, "value", "The accuracy is 0.5; it should be at least 0.9."),
    ({"accuracy": 0.5, "answers": [1]}, "value", "The accuracy is 0.5; it should be at least 0.9."),
    (float("nan"), "value", "The accuracy is nan; it should be at least 0.9."),
    (None, "type", "The accuracy should be a number, got None."),
    (True, "type", "The accuracy should be a number, got True."),
    ({}, "type", "The accuracy should be a number, got None."),
    (np.ones(2), "type", "The accuracy should be a number, got an array of shape (2,)."),
    (Opaque("generator"), "type", "The accuracy should be a number, got an object of type generator."),
]


@pytest.mark.parametrize(("got", "kind", "text"), TOO_LOW)
def test_at_least_says_what_it_got_and_what_is_needed(got, kind, text):
    assert said(got, None, at_least(0.9, "accuracy")) == (kind, text)


def test_between_includes_both_ends():
    judge = between(1, 2, "ratio")
    assert judge(1, None) is None and judge(2.0, None) is None
    assert said(2.5, None, judge) == ("value", "The ratio is 2.5; it should be between 1 and 2.")


# --- for any data -------------------------------------------------------------------------------------------------

atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=4),
    st.just(Opaque("generator")),
    st.sampled_from(
        [
            np.array(True),
            np.array(1j),
            np.float16(1),
            np.uint8(200),
            np.zeros((2, 0)),
            np.arange(4).reshape(2, 2),
            np.array([True, False]),
            Tensor(np.array(2.0)),
            Tensor(np.ones((2, 2), np.float32)),
        ]
    ),
)
data = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.text(max_size=2), st.integers(0, 3)), inner, max_size=3),
    ),
    max_leaves=6,
)


@given(data, data)
@settings(max_examples=300, deadline=None)
def test_any_two_results_can_be_compared_and_described(got, expected):
    assert describe(got)
    same(got, expected)
    at_least(0.5, "accuracy")(got, expected)
    try:
        found = close()(got, expected)
    except ValueError as refused:
        assert "no plain data" in str(refused)
    else:
        assert found is None or found.text.startswith("The result")


@given(data)
@settings(max_examples=200, deadline=None)
def test_everything_is_the_same_as_itself(value):
    assert same(value, value)


def test_two_values_that_are_no_data_are_the_same_mistake_only_by_type_and_place():
    assert same([Opaque("function")], [Opaque("function")])
    assert not same([Opaque("function")], [Opaque("generator")])
    assert not same([0.5], [Opaque("function")])


def test_what_a_terminal_would_obey_is_not_repeated():
    for evil in ("\x1b[2J", Opaque("\x1b[2J"), {"\x1b[2J": 1}):
        told = difference(evil, {"AND": 1}).text + describe(evil)
        assert "\x1b" not in told
    assert describe("\ud800") == "“?”"


def test_numbers_are_shown_as_a_person_would_write_them():
    assert [show(n) for n in (2.0, 0.1, 1e-9, 3, np.int64(4), True, np.float32(0.5), 1 + 2j)] == [
        "2",
        "0.1",
        "1e-09",
        "3",
        "4",
        "True",
        "0.5",
        "1+2j",
    ]
