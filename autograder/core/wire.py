"""Plain data: what a case may return, and the only thing that ever leaves the process that runs a learner's code.

A value becomes a JSON tree plus raw array buffers; nothing is pickled and no method of the value's own class is
called, so an object that lies about itself (`__eq__`, `__array__`, `tolist` …) can't speak for itself here.
What is no plain data arrives as `Opaque`, which equals nothing.
"""

from __future__ import annotations

import base64
import math
import sys
import types
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_ITEMS = 100_000
MAX_DEPTH = 24
MAX_BYTES = 64 * 2**20
MAX_TEXT = 1_000_000

_SCALARS = (frozenset(np.sctypeDict.values()) - {np.object_, np.void, np.str_}) | {complex}

_mro = type.__dict__["__mro__"].__get__  # a metaclass can't lie to this


@dataclass(frozen=True)
class Opaque:
    """Something that is no data, known by the name of its type only (a function, a class, an object).

    refused: it is more than a slip (nobody meant a function for a number). Whoever made it took it for data, but
    nothing of it could be carried: too large, without an end, nested in itself, raw bytes, an array of objects, an
    object that brings code to be run where it is opened.
    """

    type_name: str
    refused: bool = field(default=False, compare=False)


@dataclass(frozen=True, eq=False)
class Tensor:
    """A torch tensor's values, so that the judge needs no torch."""

    array: np.ndarray


@dataclass
class Encoded:
    """A value in transport form: `tree` is JSON, `buffers` the raw bytes of its arrays (C order)."""

    tree: Any
    buffers: list[bytes]


class NotData(ValueError):
    """The value is too large or too deeply nested to be carried."""


def encode(value: Any) -> Encoded:
    """Turn a value into plain data. What is too large or no data becomes an `Opaque`, whatever its class does."""
    packer = _Packer()
    try:
        tree = packer.pack(value, 0)
    except NotData as reason:
        return Encoded(_opaque(str(reason), True), [])
    return Encoded(tree, packer.buffers)


def decode(encoded: Encoded) -> Any:
    """The value of an `encode`d tree. Raises ValueError when the tree is malformed."""
    try:
        return _unpack(encoded.tree, encoded.buffers)
    except (LookupError, TypeError, ArithmeticError, AttributeError, RecursionError, SyntaxError) as error:
        raise ValueError(f"malformed data: {error!r}") from error


def plain(value: Any) -> Any:
    """The value as the judge sees it: encoded and decoded once."""
    return decode(encode(value))


def holds_opaque(value: Any) -> bool:
    """Whether a plain value is, or holds somewhere inside, something that is no data."""
    if isinstance(value, list | tuple):
        return any(map(holds_opaque, value))
    if isinstance(value, dict):
        return any(holds_opaque(key) or holds_opaque(item) for key, item in value.items())
    return isinstance(value, Opaque)


def refusal(value: Any) -> Opaque | None:
    """The first thing in a plain value that couldn't be carried."""
    inside = value if isinstance(value, list | tuple) else ()
    if isinstance(value, dict):
        inside = (*value.keys(), *value.values())
    if isinstance(value, Opaque):
        return value if value.refused else None
    return next((found for item in inside if (found := refusal(item)) is not None), None)


def _opaque(name: str, refused: bool = False) -> dict[str, Any]:
    return {"t": "opaque", "v": name, "r": True} if refused else {"t": "opaque", "v": name}


def to_json(value: Any) -> dict[str, Any]:
    """A value as one JSON object, array bytes in base64 (for `answers.json`)."""
    encoded = encode(value)
    if not encoded.buffers:
        return {"tree": encoded.tree}
    return {
        "tree": encoded.tree,
        "buffers": [base64.b64encode(buffer).decode("ascii") for buffer in encoded.buffers],
    }


def from_json(node: dict[str, Any]) -> Any:
    """The inverse of `to_json`."""
    return decode(Encoded(node["tree"], [base64.b64decode(text) for text in node.get("buffers", [])]))


class _Packer:
    def __init__(self) -> None:
        self.buffers: list[bytes] = []
        self.items = 0
        self.bytes = 0
        self.characters = 0

    def pack(self, value: Any, depth: int) -> Any:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise NotData(f"a collection of more than {MAX_ITEMS:,} items")
        if depth > MAX_DEPTH:
            raise NotData(f"a collection nested more than {MAX_DEPTH} levels deep")
        kind = type(value)
        if value is None:
            return None
        if kind is bool:
            return value
        if kind is str or kind is np.str_:
            return {"t": "str", "v": self._text(str(value))}
        if kind is int:
            if value.bit_length() > 4096:
                raise NotData("an integer of more than 4096 bits")
            return {"t": "int", "v": self._text(str(value))}
        if kind is float:
            return {"t": "float", "v": value if math.isfinite(value) else str(value)}
        if kind in _SCALARS:
            return self._array(np.array(value), "scalar")
        if kind is Opaque and type(value.type_name) is str:  # what was plain already stays what it was
            return _opaque(self._text(value.type_name), value.refused is True)
        if kind is Tensor and type(value.array) is np.ndarray:
            return self._array(value.array, "tensor")
        bases = _mro(kind)
        if np.ndarray in bases:
            return self._array(np.ndarray.view(value, np.ndarray), "array")
        if (torch := sys.modules.get("torch")) is not None and torch.Tensor in bases:
            return self._tensor(torch, value)
        if list in bases or tuple in bases:
            each = list.__iter__(value) if list in bases else tuple.__iter__(value)
            name = "list" if list in bases else "tuple"
            return {"t": name, "v": [self.pack(item, depth + 1) for item in each]}
        if dict in bases:
            pairs = list(dict.items(value))
            return {"t": "dict", "v": [[self.pack(k, depth + 1), self.pack(v, depth + 1)] for k, v in pairs]}
        return _opaque(type.__getattribute__(kind, "__name__")[:100], _is_refused(bases))

    def _text(self, text: str) -> str:
        self.characters += len(text)
        if self.characters > MAX_TEXT:
            raise NotData(f"a text of more than {MAX_TEXT:,} characters")
        return text

    def _refuse_if_too_large(self, size: int) -> None:
        if self.bytes + size > MAX_BYTES:
            raise NotData(f"an array of more than {MAX_BYTES // 2**20} MB")

    def _array(self, array: np.ndarray, name: str) -> Any:
        if array.dtype.kind not in "biufc":
            return _opaque(f"an array of {array.dtype.name}", True)
        self._refuse_if_too_large(array.nbytes)
        self.bytes += array.nbytes
        if array.dtype.kind in "fc" and array.dtype.itemsize > 8 * (1 + (array.dtype.kind == "c")):
            array = np.ndarray.astype(array, np.float64 if array.dtype.kind == "f" else np.complex128)
        little = array.dtype.newbyteorder("<")
        self.buffers.append(np.ndarray.tobytes(np.ndarray.astype(array, little, copy=False)))
        return {"t": name, "d": little.str, "s": list(array.shape), "b": len(self.buffers) - 1}

    def _tensor(self, torch: Any, tensor: Any) -> Any:
        """Through torch's methods in C alone: nothing that a subclass, a mode or a patch overrides is asked."""
        base = torch._C.TensorBase
        with torch._C.DisableTorchFunction(), torch._C._DisableTorchDispatch():
            try:
                bare = base.as_subclass(tensor, torch.Tensor)
                size = base.numel(bare) * base.element_size(bare)
                self._refuse_if_too_large(size)  # an expanded tensor may be a huge copy
                dense = base.resolve_neg(base.resolve_conj(base.cpu(base.detach(bare))))
                is_short = base.dtype.__get__(dense) is torch.bfloat16
                array = base.numpy(base.float(dense) if is_short else dense)
            except (TypeError, RuntimeError):
                return _opaque("a tensor that is no plain array (sparse, quantized or without data)", True)
        return self._array(array, "tensor")


def _is_refused(bases: tuple[type, ...]) -> bool:
    """Whether something that is no data is raw bytes, an iterator (it may have no end) or brings code for pickle."""
    if {bytes, bytearray, memoryview} & set(bases):
        return True
    own = [type.__dict__["__dict__"].__get__(base) for base in bases]
    if any("__next__" in members for members in own):
        return True
    return any(isinstance(m.get(n), types.FunctionType) for m in own for n in ("__reduce__", "__reduce_ex__"))


def _unpack(node: Any, buffers: list[bytes]) -> Any:
    if node is None or node is True or node is False:
        return node
    kind, value = node["t"], node.get("v")
    if kind == "str":
        return str(value)
    if kind == "int":
        return int(value)
    if kind == "float":
        return float(value)
    if kind == "opaque":
        return Opaque(str(value), node.get("r") is True)
    if kind in ("list", "tuple"):
        items = [_unpack(item, buffers) for item in value]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {_key(_unpack(k, buffers)): _unpack(v, buffers) for k, v in value}
    if kind in ("array", "scalar", "tensor"):
        dtype = np.dtype(node["d"])
        if dtype.kind not in "biufc":
            raise ValueError(f"malformed data: arrays of {dtype} are not accepted")
        shape = tuple(node["s"])
        if not all(type(n) is int and n >= 0 for n in shape):
            raise ValueError(f"malformed data: an array of shape {shape}")
        array = np.frombuffer(buffers[node["b"]], dtype=dtype).reshape(shape)
        return array[()] if kind == "scalar" else Tensor(array) if kind == "tensor" else array
    raise ValueError(f"malformed data: unknown kind {kind!r}")


def _key(key: Any) -> Any:
    """Keys of dictionaries must be hashable; anything else is kept by its type's name."""
    if key is None or isinstance(key, str | int | float | bool | np.generic):
        return key.item() if isinstance(key, np.generic) else key
    if isinstance(key, tuple):
        return tuple(_key(item) for item in key)
    return Opaque(type(key).__name__)
