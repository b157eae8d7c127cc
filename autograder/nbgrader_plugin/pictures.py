"""Pictures that somebody pasted into a cell: which are kept, and as what a page shows them.

A page shows them in `<img>`, where an SVG's scripts don't run and nothing that it names is asked for.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

SVG = "image/svg+xml"
_KINDS = (SVG, "image/png", "image/jpeg", "image/gif", "image/webp")  # the first that is there is shown
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def kept(attachments: Any) -> dict[str, dict[str, str]]:
    """Of what is attached to a cell (anything), what is nothing but pictures, in base64 each."""
    found: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        for kind in _KINDS if isinstance(bundle, dict) else ():
            if (data := _in_base64(kind, bundle.get(kind))) is not None:
                found.setdefault(name, {})[kind] = data
    return found


def as_address(bundle: Any) -> str | None:
    """A picture as an address that holds all of it; None where there is none. bundle: data by kind."""
    for kind in _KINDS if isinstance(bundle, dict) else ():
        if data := _in_base64(kind, bundle.get(kind)):
            return f"data:{kind};base64,{''.join(data.split())}"
    return None


def _in_base64(kind: str, data: Any) -> str | None:
    """An attachment's data; an SVG may also stand there as it is."""
    if isinstance(data, list):
        data = "".join(part for part in data if isinstance(part, str))
    if not isinstance(data, str):
        return None
    if kind == SVG and "<" in data:
        return base64.b64encode(data.encode("utf-8", "replace")).decode("ascii")
    if not _BASE64.fullmatch(data):
        return None
    try:
        base64.b64decode(data)
    except (ValueError, binascii.Error):
        return None
    return data
