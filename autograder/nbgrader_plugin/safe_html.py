"""Markdown as HTML without what could act: no scripts, forms, event handlers, styles, ids or foreign classes.

nbgrader's pages show students' Markdown in the instructor's session (formgrader) and in feedback. It is cleaned after
rendering, so that mathematics and code keep their signs.
"""

from __future__ import annotations

import html
import re
import secrets
from typing import Any
from urllib.parse import unquote

import bleach
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.nbgrader_plugin import pictures

_TEXT = ["a", "abbr", "b", "br", "code", "del", "em", "i", "img", "kbd", "s", "small", "span", "strong", "sub", "sup"]
_BLOCKS = ["blockquote", "dd", "details", "div", "dl", "dt", "hr", "li", "ol", "p", "pre", "summary", "ul"]
_TABLES = ["table", "tbody", "td", "th", "thead", "tr"]
_TAGS = frozenset([*_TEXT, *_BLOCKS, *_TABLES, "h1", "h2", "h3", "h4", "h5", "h6"])
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"}, "ol": {"start"}}
_HIGHLIGHTING = re.compile(r"(highlight|hll|[a-z][a-z0-9]{0,2})( (highlight|hll|[a-z][a-z0-9]{0,2}))*")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\s]+")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,")
_EMPTY = re.compile(r"<img(?![^>]* src=)[^>]*>")
_MARK = re.compile(r"mark[0-9a-f]{32}")


class Renderer(IPythonRenderer):
    """Markdown as HTML whose pictures are in it, or a word in their place: nothing is asked of any server.

    marks: HTML of our own, by the mark that stands for it in the text until this is cleaned.
    """

    def __init__(self, attachments: dict[str, dict[str, str]]) -> None:
        super().__init__(escape=False, attachments=attachments, exclude_anchor_links=True)
        self.marks: dict[str, str] = {}

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that is attached, or written out in its address; of any other, which one it was."""
        said = f"{html.escape(text)} " if text else ""
        if not url.startswith("attachment:"):
            return super().image(text, url, title) if _is_picture(url) else f"{said}{_elsewhere(url)}"
        name = url.removeprefix("attachment:")
        attached = self.attachments.get(name) or self.attachments.get(name := unquote(name))
        if (shown := pictures.as_address(attached)) is None:
            return f"{said}<em>(the picture {html.escape(name)} is not in the notebook that was handed in)</em>"
        return self.mark(f'<img src="{shown}" alt="{html.escape(text)}">')

    def mark(self, ours: str) -> str:
        """A mark for HTML of our own that is to be put in after cleaning."""
        mark = f"mark{secrets.token_hex(16)}"
        self.marks[mark] = ours
        return mark


@pass_context
def markdown2html(context: Context, source: str, cell: dict[str, Any] | None = None) -> str:
    """A Jinja filter in place of nbconvert's of the same name. cell: the one shown, where it is no global name."""
    return page(Renderer(attachments(context, cell)), source)


def attachments(context: Context, cell: dict[str, Any] | None) -> dict[str, dict[str, str]]:
    """The pictures attached to the cell that is shown."""
    return (cell or context.get("cell") or {}).get("attachments", {})


def page(renderer: Renderer, source: str) -> str:
    """Markdown as HTML that can't act and asks for nothing."""
    cleaned = clean(MarkdownWithMath(renderer=renderer).render(source))
    return _MARK.sub(lambda mark: renderer.marks.get(mark[0], mark[0]), cleaned)


def _elsewhere(url: str) -> str:
    return f"<em>(a picture from elsewhere, not shown: <code>{html.escape(url[:200])}</code>)</em>"


def _is_picture(address: str) -> bool:
    return _PICTURE.match(_UNSEEN.sub("", html.unescape(address)).lower()) is not None


def clean(rendered: str) -> str:
    """HTML with everything left out (tags) or shown as text (scripts) that isn't plain content, or is elsewhere."""
    rendered = bleach.clean(
        rendered, tags=_TAGS, attributes=_allowed, protocols={"http", "https", "mailto", "data"}, strip=False
    )
    return _EMPTY.sub("<em>(a picture from elsewhere, not shown)</em>", rendered)


def _allowed(tag: str, name: str, value: Any) -> bool:
    if name == "class":
        return tag in ("span", "div") and _HIGHLIGHTING.fullmatch(value) is not None
    target = _UNSEEN.sub("", html.unescape(value)).lower()  # as a browser reads it
    if tag == "img" and name == "src":
        return _is_picture(value)  # anything else would be asked for, in the session of whoever looks at it
    if target.startswith("data:"):
        return False
    return name in _ATTRIBUTES.get(tag, ())
