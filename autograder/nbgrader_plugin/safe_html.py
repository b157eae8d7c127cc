"""Markdown as HTML without what could act: no scripts, forms, event handlers, styles, ids or foreign classes.

nbgrader's pages show students' Markdown in the instructor's session (formgrader) and in feedback. It is cleaned after
rendering, so that mathematics and code keep their signs.
"""

from __future__ import annotations

import html
import re
from typing import Any

import bleach
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_TEXT = ["a", "abbr", "b", "br", "code", "del", "em", "i", "img", "kbd", "s", "small", "span", "strong", "sub", "sup"]
_BLOCKS = ["blockquote", "dd", "details", "div", "dl", "dt", "hr", "li", "ol", "p", "pre", "summary", "ul"]
_TABLES = ["table", "tbody", "td", "th", "thead", "tr"]
_TAGS = frozenset([*_TEXT, *_BLOCKS, *_TABLES, "h1", "h2", "h3", "h4", "h5", "h6"])
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"}, "ol": {"start"}}
_HIGHLIGHTING = re.compile(r"(highlight|hll|[a-z][a-z0-9]{0,2})( (highlight|hll|[a-z][a-z0-9]{0,2}))*")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\s]+")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,")


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """A Jinja filter in place of nbconvert's of the same name."""
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer=renderer).render(source))


def clean(rendered: str) -> str:
    """HTML with everything left out (tags) or shown as text (scripts) that isn't plain content."""
    return bleach.clean(
        rendered, tags=_TAGS, attributes=_allowed, protocols={"http", "https", "mailto", "data"}, strip=False
    )


def _allowed(tag: str, name: str, value: Any) -> bool:
    if name == "class":
        return tag in ("span", "div") and _HIGHLIGHTING.fullmatch(value) is not None
    target = _UNSEEN.sub("", html.unescape(value)).lower()  # as a browser reads it
    if target.startswith("data:") and not (tag == "img" and _PICTURE.match(target)):
        return False
    return name in _ATTRIBUTES.get(tag, ())
