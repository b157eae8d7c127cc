"""TeX formulas as MathML, which browsers show by themselves: no script, and nothing asked of another server."""

from __future__ import annotations

import html
import re
import secrets
from xml.etree.ElementTree import Element

from jinja2 import pass_context
from jinja2.runtime import Context
from latex2mathml.converter import convert_to_element
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.nbgrader_plugin.safe_html import clean

MOST_CHARACTERS = 2_000
_MARK = re.compile(r"formula[0-9a-f]{32}")
_ROWS = ("math", "mrow", "mstyle", "mpadded", "mphantom", "menclose", "mtable", "mtr", "mtd")
_SIGNS = ("mi", "mn", "mo", "mtext", "mspace")
_SCRIPTS = ("mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts")
_TAGS = frozenset([*_ROWS, *_SIGNS, *_SCRIPTS])
_LAYOUT = ("display", "displaystyle", "scriptlevel", "width", "height", "depth", "rowspacing", "columnspacing")
_LOOK = ("mathvariant", "stretchy", "fence", "form", "lspace", "rspace", "columnalign", "accent", "linethickness")
_ATTRIBUTES = frozenset([*_LAYOUT, *_LOOK, "movablelimits", "minsize", "maxsize"])


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """A Jinja filter: Markdown as HTML that can't act, with formulas set."""
    renderer = _Renderer(context.get("cell", {}).get("attachments", {}))
    page = clean(MarkdownWithMath(renderer=renderer).render(source))
    return _MARK.sub(lambda mark: renderer.formulas.get(mark[0], mark[0]), page)


def mathml(tex: str, block: bool = False) -> str:
    """A formula as MathML with nothing in it that could act; what can't be set is shown as it was written."""
    try:
        if len(tex) > MOST_CHARACTERS:
            raise ValueError("too long to be set")
        return _text_of(convert_to_element(tex.strip(), display="block" if block else "inline"))
    except Exception:  # the library has no common exception, and students may write anything between two dollars
        signs = "$$" if block else "$"
        return f"<code>{html.escape(signs + tex + signs)}</code>"


class _Renderer(IPythonRenderer):
    """Leaves a mark where a formula goes. formulas: by mark; put in after cleaning, which knows no MathML."""

    def __init__(self, attachments: dict) -> None:
        super().__init__(escape=False, attachments=attachments, exclude_anchor_links=True)
        self.formulas: dict[str, str] = {}

    def block_math(self, body: str) -> str:
        return self._mark(mathml(body, block=True))

    def inline_math(self, body: str) -> str:
        return self._mark(mathml(body))

    def _mark(self, formula: str) -> str:
        mark = f"formula{secrets.token_hex(16)}"
        self.formulas[mark] = formula
        return mark


def _text_of(element: Element) -> str:
    """An element with the tags and attributes that we know; of others only the text inside them."""
    inside = _escaped(element.text) + "".join(_text_of(child) + _escaped(child.tail) for child in element)
    if element.tag not in _TAGS:
        return inside
    kept = {name: value for name, value in element.attrib.items() if name in _ATTRIBUTES}
    attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in kept.items())
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _escaped(text: str | None) -> str:
    """Text for HTML. The library writes signs as numeric references, and leaves everything else as it was."""
    return html.escape(html.unescape(text or ""))
