"""A scene as a message: plain JSON, and the arrays beside it as binary buffers."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_PLAIN = (str, int, bool, type(None))


def encode(value: Any, buffers: list[bytes]) -> Any:
    """`value` as JSON-able data. Each array is appended to `buffers` (float32 or uint8, C order) and stands
    as `{"buffer": index, "dtype": …, "shape": […]}`; a dataclass becomes a dict with its `kind`;
    numbers that JSON cannot carry (nan, inf) become None.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, np.ndarray):
        kept = value if value.dtype in (np.uint8, np.float32) else value.astype(np.float32)
        buffers.append(np.ascontiguousarray(kept).tobytes())
        return {"buffer": len(buffers) - 1, "dtype": str(kept.dtype), "shape": list(kept.shape)}
    if is_dataclass(value):
        kind = {"kind": type(value).__name__.lower()}
        return kind | {field.name: encode(getattr(value, field.name), buffers) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): encode(item, buffers) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item, buffers) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
