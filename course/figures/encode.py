"""A scene as a message: plain JSON, and the arrays beside it as binary buffers."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_PLAIN = frozenset((str, int, bool, type(None)))
_NAMES: dict[type, tuple[str, ...]] = {}  # of a dataclass: its fields


def encode(value: Any, buffers: list[bytes]) -> Any:
    """`value` as JSON-able data. Each array is appended to `buffers` (float32 or uint8, C order) and stands
    as `{"buffer": index, "dtype": …, "shape": […]}`; a dataclass becomes a dict with its `kind`;
    numbers that JSON cannot carry (nan, inf) become None.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return value if math.isfinite(value) else None
    if kind is list or kind is tuple:
        return [encode(item, buffers) for item in value]
    if isinstance(value, np.ndarray):
        kept = value if value.dtype in (np.uint8, np.float32) else value.astype(np.float32)
        buffers.append(np.ascontiguousarray(kept).tobytes())
        return {"buffer": len(buffers) - 1, "dtype": str(kept.dtype), "shape": list(kept.shape)}
    if (names := _NAMES.get(kind)) is None and is_dataclass(kind):
        names = _NAMES[kind] = tuple(field.name for field in fields(kind))
    if names is not None:
        return {"kind": kind.__name__.lower()} | {name: encode(getattr(value, name), buffers) for name in names}
    if isinstance(value, dict):
        return {str(key): encode(item, buffers) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item, buffers) for item in value]
    if isinstance(value, np.generic):
        return encode(value.item(), buffers)
    return value
