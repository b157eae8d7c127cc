// A grid of cells to ink: with a mouse, a finger, or a cell cursor moved by the arrow keys.

import { setAttribute, setText } from "./dom.js";

export function padPanel(host) {
  const element = document.createElement("figure");
  element.className = "gu-panel";
  element.innerHTML = '<figcaption class="gu-caption"></figcaption><div class="gu-stage"><canvas role="img" tabindex="0"></canvas></div>';
  const [caption, stage] = element.children;
  const canvas = stage.firstChild;
  let panel = null;
  let room = 0;
  let cursor = [0, 0];
  let cell = 1;
  let stroke = null;

  function update(next) {
    panel = next;
    setText(caption, panel.title);
    caption.hidden = !panel.title;
    setAttribute(canvas, "aria-label", `${panel.title || "Pad"}: arrow keys move the cell cursor, Space inks or clears.`);
    repaint();
  }

  function measure() {
    room = element.clientWidth;
  }

  function repaint() {
    const [rows, columns] = panel.values.shape;
    const width = Math.min(panel.width, room || panel.width);
    cell = width / columns;
    const g = host.surface(canvas, width, cell * rows);
    const { theme } = host;
    g.fillStyle = theme.surface;
    g.fillRect(0, 0, width, cell * rows);
    g.fillStyle = theme.ink;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        g.globalAlpha = Math.min(1, Math.max(0, panel.values.data[row * columns + column]));
        g.fillRect(column * cell, row * cell, cell + 0.5, cell + 0.5);
      }
    }
    g.globalAlpha = 1;
    g.strokeStyle = theme.line;
    g.lineWidth = 1;
    g.beginPath();
    for (let column = 0; column <= columns; column++) {
      g.moveTo(column * cell, 0);
      g.lineTo(column * cell, rows * cell);
    }
    for (let row = 0; row <= rows; row++) {
      g.moveTo(0, row * cell);
      g.lineTo(columns * cell, row * cell);
    }
    g.stroke();
    if (document.activeElement !== canvas) return;
    g.strokeStyle = theme.dark ? "#f0903f" : "#d55e00";
    g.lineWidth = 3;
    g.strokeRect(cursor[1] * cell + 1.5, cursor[0] * cell + 1.5, cell - 3, cell - 3);
  }

  function cellAt(event) {
    const box = canvas.getBoundingClientRect();
    const [rows, columns] = panel.values.shape;
    const at = [Math.floor((event.clientY - box.top) / cell), Math.floor((event.clientX - box.left) / cell)];
    return at[0] >= 0 && at[1] >= 0 && at[0] < rows && at[1] < columns ? at : null;
  }

  function inked([row, column]) {
    return panel.values.data[row * panel.values.shape[1] + column] > 0.5;
  }

  function ink(at) {
    const from = stroke.last ?? at;
    stroke.last = at;
    if (!at || (from !== at && from[0] === at[0] && from[1] === at[1])) return;
    host.send({ type: "ink", panel: panel.id, cells: cellsBetween(from, at), value: stroke.value, gesture: stroke.gesture });
  }

  canvas.addEventListener("pointerdown", (event) => {
    const at = cellAt(event);
    if (!at || event.button !== 0) return;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    stroke = { value: inked(at) ? 0 : 1, gesture: host.newGesture(), last: null };
    cursor = at;
    ink(at);
  });
  canvas.addEventListener("pointermove", (event) => stroke && ink(cellAt(event)));
  canvas.addEventListener("pointerup", () => (stroke = null));
  canvas.addEventListener("pointercancel", () => (stroke = null));
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  canvas.addEventListener("focus", repaint);
  canvas.addEventListener("blur", repaint);
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const [rows, columns] = panel.values.shape;
    if (steps) {
      cursor = [Math.min(rows - 1, Math.max(0, cursor[0] + steps[0])), Math.min(columns - 1, Math.max(0, cursor[1] + steps[1]))];
      repaint();
    } else if (event.key === " ") {
      host.send({ type: "ink", panel: panel.id, cells: [cursor], value: inked(cursor) ? 0 : 1 });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return { element, update, measure, repaint, ids: () => [], key: () => false };
}

// The cells of a straight stroke: a quick hand skips some between two events.
function cellsBetween(from, to) {
  const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  return Array.from({ length: steps + 1 }, (_, i) => [0, 1].map((axis) => Math.round(from[axis] + ((to[axis] - from[axis]) * i) / steps)));
}
