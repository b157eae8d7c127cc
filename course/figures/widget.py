"""The figure in a notebook: carries events to the session and frames back. It draws and decides nothing.

The browser sends `{"kind": "events", "client", "id", "events": […]}` and gets one message for each id, which is
also the acknowledgement, with a frame in it. A repeated id is answered again without applying its events twice.
While the clock runs it may ask for several frames `ahead`, one tick apart, which come in the same message: then
what a message costs JupyterLab is paid once for all of them.
No threads, no asyncio, no matplotlib in callbacks: JupyterLab may run them beside a running cell.
"""

from __future__ import annotations

import base64
import logging
import time
from dataclasses import replace
from typing import Any

import anywidget
import traitlets

from course.figures import bundle
from course.figures.encode import encode
from course.figures.figure import Figure
from course.figures.session import Frame, Session

MOST_AHEAD = 7  # frames beyond the first that one message may ask for
LONGEST = 0.03  # seconds after which the kernel is given free for others in any case

log = logging.getLogger(__name__)


class FigureWidget(anywidget.AnyWidget):
    """A live figure. `given` sets parts of its initial state."""

    _esm = bundle.module()
    _css = bundle.style()

    latest = traitlets.Any().tag(sync=True, to_json=lambda _, widget: widget._snapshot())

    def __init__(self, figure: Figure, **given: Any) -> None:
        self.session = Session(figure, **given)
        self._sequence = 0
        self._answered: dict[str, int] = {}
        if bundle.developing():
            self._esm, self._css = bundle.module(), bundle.style()
        super().__init__()
        self.on_msg(self._on_message)

    def _on_message(self, _: Any, content: dict, __: Any) -> None:
        if content.get("kind") != "events":
            return
        client, number = str(content.get("client")), int(content["id"])
        ahead = 0
        if number > self._answered.get(client, 0):
            self._answered[client] = number
            self._run(content["events"])
            ahead = min(int(content.get("ahead", 0)), MOST_AHEAD)
        buffers: list[bytes] = []
        frames = [self._message(buffers)]
        until = time.perf_counter() + LONGEST
        while ahead > 0 and self.session.frame.playing and time.perf_counter() < until:
            self._run([{"type": "tick", "run": True}])
            frames.append(self._message(buffers))
            ahead -= 1
        self.send({"kind": "frames", "client": client, "id": self._answered[client], "frames": frames}, buffers)

    def _run(self, events: list[dict]) -> None:
        """Apply the events; a fault of the figure's own is shown and logged, and the picture stays."""
        self._sequence += 1
        try:
            self.session.handle(events)
        except Exception as error:
            log.exception("figure %s", self.session.figure.name)
            fault = f"This figure has a fault of its own ({type(error).__name__}: {error}). Reset may help."
            self.session.frame = replace(self.session.frame, strip=[fault], playing=False)

    def _message(self, buffers: list[bytes]) -> dict:
        return frame_message(self.session.figure, self.session.frame, buffers) | {"sequence": self._sequence}

    def _snapshot(self) -> dict:
        """The newest frame as widget state, for a page that opens later (or without a kernel)."""
        buffers: list[bytes] = []
        return {"message": self._message(buffers), "buffers": buffers}

    def _repr_mimebundle_(self, **keywords: Any) -> tuple[dict, dict]:
        """The widget, and for front ends without widgets the picture and its description."""
        from course.figures.static import draw, png

        data, metadata = super()._repr_mimebundle_(**keywords) or ({}, {})
        frame = self.session.frame
        data["image/png"] = base64.b64encode(png(draw(frame.panels))).decode("ascii")
        data["text/plain"] = frame.say
        return data, metadata


def frame_message(figure: Figure, frame: Frame, buffers: list[bytes]) -> dict:
    """The frame as JSON; its arrays go to `buffers`."""
    return {
        "title": figure.title,
        "tries": list(figure.tries),
        "panels": encode(frame.panels, buffers),
        "controls": [encode(control, buffers) | {"value": encode(value, buffers)} for control, value in frame.controls],
        "say": frame.say,
        "conclusion": frame.conclusion,
        "badge": frame.badge,
        "strip": frame.strip,
        "goal": encode(frame.goal, buffers),
        "reached": frame.reached,
        "code": frame.code,
        "selected": frame.selected,
        "playing": frame.playing,
        "undo": frame.can_undo,
    }
