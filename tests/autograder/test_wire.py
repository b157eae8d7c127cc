"""Plain data: what comes through unchanged, and what can't speak for itself."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.authoring.compare import close
from autograder.core import wire
from autograder.core.wire import Encoded, Opaque, Tensor, decode, encode, from_json, plain, to_json


def through_json(value):
    """Encoded, written as JSON text, read and decoded: the whole way from the sandbox to the judge."""
    return from_json(json.loads(json.dumps(to_json(value))))


@pytest.mark.parametrize(
    "value",
    [None, True, False, 0, -7, 2**200, -(2**64), 0.1, -0.0, float("inf"), -float("inf"), "", "σ(z) ≥ 0", "\x00\ud800"],
)
def test_a_plain_value_comes_back_as_itself(value):
    back = through_json(value)
    assert type(back) is type(value)
    assert back == value
    assert str(back) == str(value)  # tells −0.0 from 0.0


def test_not_a_number_comes_back_as_not_a_number():
    assert np.isnan(through_json(float("nan")))


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "u1", "i2", "i4", "i8", "u8", "f2", "f4", "f8", "c8", "c16", ">f8", ">i2"]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3)])
def test_an_array_keeps_values_shape_and_kind(dtype, shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    back = through_json(array)
    assert isinstance(back, np.ndarray)
    assert back.shape == shape
    assert back.dtype == array.dtype.newbyteorder("<")
    assert np.array_equal(back, array)


def test_arrays_with_nan_and_infinity_keep_them():
    array = np.array([np.nan, np.inf, -np.inf, -0.0])
    assert through_json(array).tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "array", [np.arange(12.0).reshape(3, 4).T, np.arange(12.0)[::-2], np.broadcast_to(1.5, (2, 3))]
)
def test_views_are_carried_by_value(array):
    assert np.array_equal(through_json(array), array)


@pytest.mark.parametrize("value", [np.float64(0.5), np.float32(0.1), np.float16(2), np.int8(-3), np.bool_(True)])
def test_a_numpy_number_stays_a_numpy_number(value):
    back = through_json(value)
    assert type(back) is type(value)
    assert back == value


@pytest.mark.parametrize("value", [3 + 4j, np.complex128(3 + 4j), np.complex64(1j)])
def test_a_complex_number_keeps_both_parts(value):
    assert through_json(value) == value


def test_a_long_double_arrives_as_float64():
    assert through_json(np.array([1.5], dtype=np.longdouble)).dtype == np.float64


def test_a_numpy_text_arrives_as_text():
    assert through_json(np.array(["setosa"])[0]) == "setosa"


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor(2.5),
        torch.arange(6.0).reshape(2, 3),
        torch.arange(6).reshape(2, 3).T,
        torch.ones(2, requires_grad=True),
        torch.nn.Parameter(torch.ones(2, 2)),
        torch.tensor([True, False]),
        torch.tensor([1.5, 2.5], dtype=torch.float16),
        torch.tensor([1 + 2j]).conj(),
        torch.zeros(0, 3),
    ],
)
def test_a_tensor_arrives_as_its_values(tensor):
    back = through_json(tensor)
    assert isinstance(back, Tensor)
    assert np.array_equal(back.array, tensor.detach().resolve_conj().numpy())


def test_bfloat16_arrives_as_float32():
    assert through_json(torch.tensor([1.5], dtype=torch.bfloat16)).array.dtype == np.float32


@pytest.mark.parametrize("tensor", [torch.eye(2).to_sparse(), torch.empty(2, device="meta")])
def test_a_tensor_without_plain_values_is_opaque(tensor):
    assert isinstance(plain(tensor), Opaque)


def test_nested_collections_keep_their_kinds_and_order():
    value = {"w": (np.ones(2), [1, (2.5, None)]), ("a", 1): {"deep": []}, 3: True, None: "x"}
    back = through_json(value)
    assert list(back) == list(value)
    assert type(back["w"]) is tuple and type(back["w"][1]) is list
    assert close()(back, plain(value)) is None


numbers = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text(max_size=5))
trees = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=4),
    ),
    max_leaves=15,
)


@given(trees)
@settings(max_examples=150, deadline=None)
def test_whatever_is_plain_equals_itself_after_the_journey(value):
    assert close()(through_json(value), plain(value)) is None


# --- what lies about itself ---------------------------------------------------------------------------------------


class Liar:
    """Claims to be equal to everything, to be an array and to be true."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __array__(self, dtype=None, copy=None):
        return np.array(0.5)

    def __float__(self):
        return 0.5

    def __bool__(self):
        return True

    def __len__(self):
        return 1

    @property
    def __class__(self):
        return float


class LyingMeta(type):
    @property
    def __mro__(cls):
        return (np.ndarray, list, object)

    def __instancecheck__(cls, instance):
        return True

    def __getattribute__(cls, name):
        raise RuntimeError(f"asked for {name}")


class Chameleon(metaclass=LyingMeta):
    pass


@pytest.mark.parametrize(
    "value",
    [Liar(), Chameleon(), lambda: 1, (n for n in [1]), object(), print, np, Liar],
    ids=["liar", "chameleon", "lambda", "generator", "object", "builtin", "module", "class"],
)
def test_an_object_is_known_by_its_type_only(value):
    assert isinstance(plain(value), Opaque)


def test_an_array_subclass_is_carried_by_its_bytes():
    class Sly(np.ndarray):
        def tolist(self):
            return [1.0]

        def tobytes(self, order="C"):
            return b"\0" * 16

        def astype(self, *arguments, **options):
            return np.zeros(2)

        def __array_function__(self, function, types, arguments, options):
            return True

        def __array_ufunc__(self, *arguments, **options):
            return True

        def __array_finalize__(self, other):
            self.told = True

    assert np.array_equal(plain(np.array([3.0, 4.0]).view(Sly)), [3.0, 4.0])


def test_a_tensor_subclass_is_carried_by_its_values():
    class Sly(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, arguments=(), options=None):
            raise RuntimeError("asked")

        def detach(self):
            return torch.zeros(2)

        def cpu(self):
            raise RuntimeError("asked")

        def numpy(self):
            raise RuntimeError("asked")

        def numel(self):
            return 0

    sly = torch.tensor([3.0, 4.0]).as_subclass(Sly)
    assert np.array_equal(plain(sly).array, [3.0, 4.0])


def test_a_tensor_with_a_method_of_its_own_is_carried_by_its_values():
    tensor = torch.tensor([3.0, 4.0])
    tensor.detach = lambda: torch.zeros(2)
    assert np.array_equal(plain(tensor).array, [3.0, 4.0])


def test_subclasses_of_collections_are_carried_by_what_they_hold():
    class SlyList(list):
        def __iter__(self):
            return iter([1, 1])

        def __len__(self):
            return 2

    class SlyTuple(tuple):
        def __iter__(self):
            return iter([1, 1])

    class SlyDict(dict):
        def items(self):
            return [("sure", True)]

        def __getitem__(self, key):
            return True

    assert plain(SlyList([3, 4, 5])) == [3, 4, 5]
    assert plain(SlyTuple((3, 4))) == (3, 4)
    assert plain(SlyDict(a=1)) == {"a": 1}


def test_a_subclass_of_a_number_or_text_is_no_data():
    class Almost(float):
        def __eq__(self, other):
            return True

        __hash__ = float.__hash__

    class Text(str):
        pass

    assert plain(Almost(0.5)) == Opaque("Almost")
    assert plain(Text("a")) == Opaque("Text")


def test_an_opaque_value_equals_no_expected_value():
    for expected in (0.5, [0.5], np.array(0.5), "Opaque", None, True, {"a": 1}, ()):
        assert close()(plain(Liar()), plain(expected)) is not None


@pytest.mark.parametrize(
    "array", [np.array([1, "a", None], dtype=object), np.array(["a", "b"]), np.zeros(2, "M8[s]"), np.zeros(2, "i4,f4")]
)
def test_arrays_of_anything_but_numbers_are_opaque(array):
    assert isinstance(plain(array), Opaque)


def test_an_object_array_inside_a_list_is_opaque_there():
    assert plain([np.array([print])]) == [Opaque("an array of object")]


# --- what is too much ---------------------------------------------------------------------------------------------


def endless():
    inside = []
    inside.append(inside)
    return inside


def endless_twice():
    inside = []
    inside += [inside, inside]
    return inside


def nested(levels):
    value = 1
    for _ in range(levels):
        value = (value,)
    return value


@pytest.mark.parametrize(
    "value",
    [
        endless(),
        endless_twice(),
        nested(5_000),
        range(3).__class__ and [0] * 10**7,
        dict.fromkeys(range(200_000)),
        "x" * (wire.MAX_TEXT + 1),
        ["x" * (wire.MAX_TEXT // 2)] * 3,
        [2**4000] * 2_000,
        2**5000,
        np.broadcast_to(1.0, (10**6, 10**6)),
        torch.zeros(1).expand(10**12),
        torch.zeros(1, dtype=torch.bfloat16).expand(10**12),
        [np.zeros(2**22)] * 3,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_too_large_or_too_deep_becomes_opaque(value):
    encoded = encode(value)
    assert encoded.buffers == []
    assert isinstance(decode(encoded), Opaque)
    assert len(json.dumps(encoded.tree)) < 1_000


def test_a_refusal_says_in_words_what_was_too_much():
    assert plain([0] * 200_000).type_name == "a collection of more than 100,000 items"


def test_the_largest_text_that_is_carried_fits_into_a_frame():
    from autograder.runner.frames import MAX_HEADER

    assert len(json.dumps(encode("\U0001f300" * wire.MAX_TEXT).tree)) < MAX_HEADER


# --- what no encoder made -----------------------------------------------------------------------------------------

MALFORMED = [
    1,
    "text",
    [],
    {},
    {"t": "array"},
    {"t": "nothing", "v": 1},
    {"t": []},
    {"t": "int", "v": "9" * 10_000},
    {"t": "int", "v": float("inf")},
    {"t": "int", "v": None},
    {"t": "float", "v": "abc"},
    {"t": "float", "v": 10**400},
    {"t": "list", "v": 3},
    {"t": "list"},
    {"t": "dict", "v": [[1]]},
    {"t": "dict", "v": [{"t": "int", "v": "1"}]},
    {"t": "array", "d": "O", "s": [1], "b": 0},
    {"t": "array", "d": "V8", "s": [1], "b": 0},
    {"t": "array", "d": "(1", "s": [1], "b": 0},
    {"t": "array", "d": "f8,f8", "s": [1], "b": 0},
    {"t": "array", "d": {"names": ["a"], "formats": ["O"]}, "s": [1], "b": 0},
    {"t": "array", "d": [["a", "O"]], "s": [1], "b": 0},
    {"t": "array", "d": "<f8", "s": [2], "b": 0},
    {"t": "array", "d": "<f8", "s": [-1], "b": 0},
    {"t": "array", "d": "<f8", "s": [10**30], "b": 0},
    {"t": "array", "d": "<f8", "s": 3, "b": 0},
    {"t": "array", "d": "<f8", "s": ["1"], "b": 0},
    {"t": "array", "d": "<f8", "s": [1], "b": 5},
    {"t": "array", "d": "<f8", "s": [1], "b": "0"},
    {"t": "scalar", "d": "<f2", "s": [1], "b": 0},
    {"t": "tensor", "d": None, "s": [10], "b": 0},
    {"t": "dict", "v": [[{"t": "list", "v": []}, None, None]]},
]


@pytest.mark.parametrize("tree", MALFORMED, ids=lambda tree: str(tree)[:40])
def test_a_malformed_tree_is_a_value_error(tree):
    with pytest.raises(ValueError):
        decode(Encoded(tree, [b"1234567"]))


def test_a_tree_deeper_than_python_can_follow_is_a_value_error():
    tree = None
    for _ in range(100_000):
        tree = {"t": "list", "v": [tree]}
    with pytest.raises(ValueError):
        decode(Encoded(tree, []))


json_trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.fixed_dictionaries(
            {
                "t": st.sampled_from(
                    ["str", "int", "float", "opaque", "list", "tuple", "dict", "array", "scalar", "tensor"]
                )
            },
            optional={
                "v": inner,
                "d": st.one_of(inner, st.sampled_from(["<f8", "|b1", "<c16", "S0", "U", "m8[s]", "a,b"])),
                "s": st.one_of(inner, st.lists(st.integers(-1, 9), max_size=3)),
                "b": st.one_of(inner, st.just(0)),
            },
        ),
    ),
    max_leaves=10,
)


@given(json_trees, st.binary(max_size=32))
@settings(max_examples=300, deadline=None)
def test_any_tree_decodes_or_is_a_value_error(tree, buffer):
    try:
        decode(Encoded(tree, [buffer]))
    except ValueError:
        assert True


class Bomb:
    def __reduce__(self):
        raise AssertionError("nobody asks it")


class Endless:
    def __iter__(self):
        return self

    def __next__(self):
        raise AssertionError("nobody asks it")


INSIDE_ITSELF: list = []
INSIDE_ITSELF.append(INSIDE_ITSELF)
REFUSED = {
    "bytes": b"1",
    "an iterator": iter([1]),
    "map": map(abs, [1]),
    "a class that iterates": Endless(),
    "code for pickle": Bomb(),
    "objects": np.array([None]),
    "records": np.zeros(1, "f8,f8"),
    "a sparse tensor": torch.ones(2, 2).to_sparse(),
    "too many": [0] * (wire.MAX_ITEMS + 1),
    "inside itself": INSIDE_ITSELF,
    "a long text": "x" * (wire.MAX_TEXT + 1),
    "a large array": np.broadcast_to(0.0, (10**5, 10**5)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_could_not_be_carried_is_refused_wherever_it_is_and_stays_so(what):
    for value in (REFUSED[what], [1, REFUSED[what]], {"a": (REFUSED[what],)}):
        once = plain(value)
        assert wire.refusal(once) is not None
        assert wire.refusal(plain(once)) is not None
        assert wire.refusal(from_json(json.loads(json.dumps(to_json(once))))) is not None


@pytest.mark.parametrize("value", [print, int, {1}, range(3), object(), Ellipsis, np, [1.0, None], {"a": 1}])
def test_an_ordinary_slip_is_not_refused(value):
    assert wire.refusal(plain(value)) is None
