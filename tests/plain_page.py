"""All figures on one page without JupyterLab, each on a session in this process: seconds instead of minutes.

What is written into a canvas is noted, so that a test may ask where each label stands.
"""

from __future__ import annotations

import base64
from typing import Any

from course.figures import bundle
from course.figures.figure import Figure
from course.figures.session import Session
from course.figures.widget import frame_message

# Each canvas, on the page or not, keeps the labels written since it was last cleared: text, left, top, right, bottom.
NOTE_LABELS = """
for (const kind of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
  const { fillText, clearRect } = kind.prototype;
  kind.prototype.clearRect = function (...box) { this.canvas.labels = []; return clearRect.apply(this, box); };
  kind.prototype.fillText = function (text, x, y) {
    const size = this.measureText(text);
    const corners = [[x - size.actualBoundingBoxLeft, y - size.actualBoundingBoxAscent],
                     [x + size.actualBoundingBoxRight, y + size.actualBoundingBoxDescent]]
      .map(([px, py]) => this.getTransform().transformPoint(new DOMPoint(px, py)));
    const [left, right] = corners.map(({ x }) => x).sort((a, b) => a - b);
    const [top, bottom] = corners.map(({ y }) => y).sort((a, b) => a - b);
    (this.canvas.labels ??= []).push([text, left, top, right, bottom]);
    return fillText.call(this, text, x, y);
  };
}
const { drawImage } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.drawImage = function (picture, ...where) {
  if (picture.labels && picture.width === this.canvas.width) (this.canvas.labels ??= []).push(...picture.labels);
  return drawImage.call(this, picture, ...where);
};
const { transferToImageBitmap } = OffscreenCanvas.prototype;
OffscreenCanvas.prototype.transferToImageBitmap = function () {
  const { labels } = this;
  return Object.assign(transferToImageBitmap.call(this), { labels });
};
"""

LOAD = """async (source) => {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  window.figureModule = (await import(address)).default;
}"""

SHOW = """([id, message, buffers]) => {
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const el = Object.assign(document.createElement("div"), { id });
  document.body.append(el);
  let answer;
  const model = {
    get: () => ({ message, buffers: buffers.map(bytes) }),
    on: (_, handler) => (answer = handler),
    send: async (content) => {
      const [frames, parts] = await window.toPython(id, content);
      answer(frames, parts.map(bytes));
    },
  };
  const { initialize, render } = window.figureModule();
  initialize({ model });
  render({ model, el });
}"""

# What is cut off or lies on something else: labels in a canvas, words in boxes narrower than they are.
FAULTS = """() => {
  const faults = [];
  for (const figure of document.querySelectorAll(".gu-figure")) {
    const note = (what) => faults.push(`${figure.parentElement.id}: ${what}`);
    for (const canvas of figure.querySelectorAll("canvas")) {
      const labels = (canvas.labels ?? []).filter(([text]) => text.trim());
      for (const [text, left, top, right, bottom] of labels) {
        const within = left >= -1 && top >= -1 && right <= canvas.width + 1 && bottom <= canvas.height + 1;
        if (!within) note(`“${text}” is cut off`);
      }
      labels.forEach(([text, left, top, right, bottom], i) => {
        for (const other of labels.slice(i + 1)) {
          const across = Math.min(right, other[3]) - Math.max(left, other[1]);
          const down = Math.min(bottom, other[4]) - Math.max(top, other[2]);
          if (across > 1 && down > 1) note(`“${text}” lies on “${other[0]}”`);
        }
      });
    }
    const nodes = [...figure.querySelectorAll(".gu-node:not(.gu-small)")];
    const boxes = nodes.map((node) => [node.textContent, node.getBoundingClientRect()]);
    boxes.forEach(([text, box], i) => {
      for (const [other, its] of boxes.slice(i + 1)) {
        const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
        const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
        if (across > 1 && down > 1) note(`the box ${text} lies on ${other}`);
      }
    });
    for (const element of [figure, ...figure.querySelectorAll("*")]) {
      const { overflowX, display } = getComputedStyle(element);
      const scrolls = overflowX === "auto" && element.closest(".gu-net");
      if (element.matches(".gu-live, .gu-cheer, option, input") || display === "inline" || scrolls) continue;
      if (element.clientWidth && element.scrollWidth > element.clientWidth + 1) {
        note(`${element.className || element.tagName} is cut off: ${element.textContent.slice(0, 30)}`);
      }
    }
  }
  return faults;
}"""


class PlainPage:
    """A page of Chromium and the figures on it."""

    def __init__(self, browser: Any, width: int) -> None:
        self.sessions: dict[str, Session] = {}
        self.page = browser.new_page(viewport={"width": width, "height": 800})
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.add_init_script(NOTE_LABELS)
        self.page.goto("about:blank")
        self.page.set_content(f"<style>body {{ margin: 0 }} {bundle.style()}</style>")
        self.page.expose_function("toPython", self._answer)
        self.page.evaluate(LOAD, bundle.module())

    def show(self, name: str, figure: Figure, passing: dict[str, Any], **given: Any) -> None:
        """One more figure, in an element with that id; without functions of the reader.

        passing: what else its state holds, beside what can be given.
        """
        session = self.sessions[name] = Session(figure, {}, **given)
        if passing:
            session.state = session.state | passing
            session.handle([])
        self.page.evaluate(SHOW, [name, *self._message(name, 0)])

    def settle(self) -> None:
        """Wait until all is drawn."""
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.gu-figure')].every((figure) => figure.dataset.frame > 0)"
        )
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def faults(self) -> list[str]:
        """What is cut off, and which labels lie on each other."""
        self.settle()
        return self.page.evaluate(FAULTS)

    def _message(self, name: str, number: int) -> tuple[dict, list[str]]:
        session, buffers = self.sessions[name], list[bytes]()
        message = frame_message(session.figure, session.frame, buffers) | {"sequence": number}
        return message, [base64.b64encode(part).decode() for part in buffers]

    def _answer(self, name: str, content: dict) -> tuple[dict, list[str]]:
        self.sessions[name].handle(content["events"])
        message, buffers = self._message(name, content["id"])
        return {"kind": "frames", "client": content["client"], "id": content["id"], "frames": [message]}, buffers
