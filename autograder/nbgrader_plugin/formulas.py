"""TeX formulas as MathML, which browsers show by themselves: no script, and nothing asked of another server."""

from __future__ import annotations

import html
import re
from typing import Any
from xml.etree.ElementTree import Element

from jinja2 import pass_context
from jinja2.runtime import Context
from latex2mathml.converter import convert_to_element

from autograder.nbgrader_plugin.safe_html import Renderer, attachments, page

MOST_CHARACTERS = 2_000
_ROWS = ("math", "mrow", "mstyle", "mpadded", "mphantom", "menclose", "mtable", "mtr", "mtd")
_SIGNS = ("mi", "mn", "mo", "mtext", "mspace")
_SCRIPTS = ("mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts")
_TAGS = frozenset([*_ROWS, *_SIGNS, *_SCRIPTS])
_LAYOUT = ("display", "displaystyle", "scriptlevel", "width", "height", "depth", "rowspacing", "columnspacing")
_LOOK = ("mathvariant", "stretchy", "fence", "form", "lspace", "rspace", "columnalign", "accent", "linethickness")
_ATTRIBUTES = frozenset([*_LAYOUT, *_LOOK, "movablelimits", "minsize", "maxsize"])
_SIZES = ("width", "height", "depth", "rowspacing", "columnspacing", "lspace", "rspace", "linethickness")
_LENGTHS = frozenset([*_SIZES, "minsize", "maxsize"])
_LENGTH = re.compile(r"([+-]?(?:\d{1,6}(?:\.\d{0,9})?|\.\d{1,9}))(em|ex|mu|px|pt|pc|in|cm|mm|%)?")
_MOST = {"em": 10, "ex": 20, "mu": 180, "px": 160, "pt": 120, "pc": 10, "in": 2, "cm": 5, "mm": 50, "%": 200}


@pass_context
def markdown2html(context: Context, source: str, cell: dict[str, Any] | None = None) -> str:
    """A Jinja filter: Markdown as HTML that can't act, with formulas set. cell: the one that is shown."""
    return page(_Renderer(attachments(context, cell)), source)


def mathml(tex: str, block: bool = False) -> str:
    """A formula as MathML with nothing in it that could act; what can't be set is shown as it was written."""
    try:
        if len(tex) > MOST_CHARACTERS:
            raise ValueError("too long to be set")
        return _text_of(convert_to_element(tex.strip(), display="block" if block else "inline"))
    except Exception:  # the library has no common exception, and students may write anything between two dollars
        signs = "$$" if block else "$"
        return f"<code>{html.escape(signs + tex + signs)}</code>"


class _Renderer(Renderer):
    """Sets formulas, too; cleaning knows no MathML, so they are put in afterwards."""

    def block_math(self, body: str) -> str:
        return self.mark(mathml(body, block=True))

    def inline_math(self, body: str) -> str:
        return self.mark(mathml(body))


def _text_of(element: Element) -> str:
    """An element with the tags and attributes that we know; of others only the text inside them."""
    inside = _escaped(element.text) + "".join(_text_of(child) + _escaped(child.tail) for child in element)
    if element.tag not in _TAGS:
        return inside
    kept = {name: value for name, value in element.attrib.items() if name in _ATTRIBUTES and _is_modest(name, value)}
    attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in kept.items())
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _is_modest(name: str, value: str) -> bool:
    """Whether a length is one that a formula may need, and none that fills a page with white or with one sign."""
    if name == "scriptlevel":
        return value in ("0", "1", "2", "+1", "+2")
    if name not in _LENGTHS:
        return True
    lengths = [_LENGTH.fullmatch(part) for part in value.split()]
    return all(length and abs(float(length[1])) <= _MOST[length[2] or "em"] for length in lengths)


def _escaped(text: str | None) -> str:
    """Text for HTML. The library writes signs as numeric references, and leaves everything else as it was."""
    return html.escape(html.unescape(text or ""))
