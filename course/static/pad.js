// A grid of cells to ink, or a sheet to draw lines on with a pen: by mouse, finger, or a cursor moved by arrow keys.

import { setAttribute, setText } from "./dom.js";

export function padPanel(host) {
  const element = document.createElement("figure");
  element.className = "gu-panel gu-pad";
  element.innerHTML = '<figcaption class="gu-caption"></figcaption><div class="gu-stage"><canvas role="img" tabindex="0"></canvas></div>';
  const [caption, stage] = element.children;
  const canvas = stage.firstChild;
  let panel = null;
  let room = 0;
  let cursor = [0, 0];
  let cell = 1;
  let stroke = null;
  let byKeys = true; // the cell cursor is in the way of a hand that draws
  let trail = []; // of the pen, on the page before Python has answered

  function update(next) {
    panel = next;
    setText(caption, panel.title);
    caption.hidden = !panel.title;
    const does = panel.pen === null ? "inks or clears" : panel.erases ? "erases" : "inks";
    setAttribute(canvas, "aria-label", `${panel.title || "Pad"}: arrow keys move the cell cursor, Space ${does}.`);
    if (!stroke) trail = [];
    repaint();
  }

  // Rows and columns that the keys move in.
  function grid() {
    return panel.pen === null ? panel.values.shape : [panel.cursor, panel.cursor];
  }

  function measure() {
    room = element.clientWidth;
  }

  function repaint() {
    const [rows, columns] = grid();
    const width = Math.min(panel.width, room || panel.width);
    cell = width / columns;
    const g = host.surface(canvas, width, cell * rows);
    const { theme } = host;
    g.fillStyle = theme.surface;
    g.fillRect(0, 0, width, cell * rows);
    g.imageSmoothingEnabled = panel.pen !== null;
    g.drawImage(inkImage(panel.values, theme.ink), 0, 0, width, cell * rows);
    if (panel.pen === null) drawGrid(g, rows, columns);
    else drawTrail(g, width / panel.width);
    if (document.activeElement !== canvas || !byKeys) return;
    g.strokeStyle = theme.dark ? "#f0903f" : "#d55e00";
    g.lineWidth = 3;
    g.strokeRect(cursor[1] * cell + 1.5, cursor[0] * cell + 1.5, Math.max(1, cell - 3), Math.max(1, cell - 3));
  }

  function drawGrid(g, rows, columns) {
    g.strokeStyle = host.theme.line;
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
  }

  function drawTrail(g, scale) {
    if (trail.length === 0) return;
    g.strokeStyle = panel.erases ? host.theme.surface : host.theme.ink;
    g.lineWidth = panel.pen * scale;
    g.lineCap = g.lineJoin = "round";
    g.beginPath();
    g.moveTo(trail[0][0] * scale, trail[0][1] * scale);
    for (const [x, y] of trail) g.lineTo(x * scale, y * scale);
    g.stroke();
  }

  function cellAt(event) {
    const box = canvas.getBoundingClientRect();
    const [rows, columns] = grid();
    const at = [Math.floor((event.clientY - box.top) / cell), Math.floor((event.clientX - box.left) / cell)];
    return at[0] >= 0 && at[1] >= 0 && at[0] < rows && at[1] < columns ? at : null;
  }

  function inked([row, column]) {
    if (panel.pen !== null) return false;
    return panel.values.data[row * panel.values.shape[1] + column] > 0.5;
  }

  function ink(at) {
    const from = stroke.last ?? at;
    stroke.last = at;
    if (!at || (from !== at && from[0] === at[0] && from[1] === at[1])) return;
    host.send({ type: "ink", panel: panel.id, cells: cellsBetween(from, at), value: stroke.value, gesture: stroke.gesture });
  }

  // The places of the pen since the last event, in units of the panel; a quick hand has several.
  function placesOf(event) {
    const box = canvas.getBoundingClientRect();
    const scale = panel.width / box.width;
    const all = event.type === "pointermove" ? event.getCoalescedEvents?.() ?? [] : [];
    return (all.length ? all : [event]).map(({ clientX, clientY }) => [(clientX - box.left) * scale, (clientY - box.top) * scale].map(Math.round));
  }

  function draw(points) {
    const fresh = points.filter(([x, y], i) => {
      const before = points[i - 1] ?? trail.at(-1);
      return !before || before[0] !== x || before[1] !== y;
    });
    if (fresh.length === 0) return;
    trail.push(...fresh);
    host.send({ type: "stroke", panel: panel.id, points: fresh, gesture: stroke.gesture });
    repaint();
  }

  canvas.addEventListener("pointerdown", (event) => {
    const at = cellAt(event);
    if (!at || event.button !== 0 || stroke) return;
    byKeys = panel.pen === null;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    cursor = at;
    stroke = { value: inked(at) ? 0 : 1, gesture: host.newGesture(), last: null, pointer: event.pointerId };
    trail = [];
    panel.pen === null ? ink(at) : draw(placesOf(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (stroke?.pointer !== event.pointerId) return;
    panel.pen === null ? ink(cellAt(event)) : draw(placesOf(event));
  });
  const lift = (event) => {
    if (stroke?.pointer === event.pointerId) stroke = null;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  canvas.addEventListener("focus", repaint);
  canvas.addEventListener("blur", repaint);
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const [rows, columns] = grid();
    if (steps || event.key === " ") byKeys = true;
    if (steps) {
      cursor = [Math.min(rows - 1, Math.max(0, cursor[0] + steps[0])), Math.min(columns - 1, Math.max(0, cursor[1] + steps[1]))];
      repaint();
    } else if (event.key === " " && panel.pen !== null) {
      const side = panel.width / columns;
      host.send({ type: "stroke", panel: panel.id, points: [[(cursor[1] + 0.5) * side, (cursor[0] + 0.5) * side].map(Math.round)], gesture: host.newGesture() });
    } else if (event.key === " ") {
      host.send({ type: "ink", panel: panel.id, cells: [cursor], value: inked(cursor) ? 0 : 1 });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return { element, update, measure, repaint, ids: () => [], key: () => false };
}

// Values as a picture in the colour of ink, see-through where there is none.
function inkImage({ data, shape }, colour) {
  const [h, w] = shape;
  const small = new OffscreenCanvas(w, h);
  const g = small.getContext("2d");
  g.fillStyle = colour;
  g.fillRect(0, 0, w, h);
  const image = g.getImageData(0, 0, w, h);
  const scale = data instanceof Uint8Array ? 1 : 255;
  for (let i = 0; i < data.length; i++) image.data[4 * i + 3] = Math.min(255, Math.max(0, data[i] * scale));
  g.putImageData(image, 0, 0);
  return small;
}

// The cells of a straight stroke: a quick hand skips some between two events.
function cellsBetween(from, to) {
  const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  return Array.from({ length: steps + 1 }, (_, i) => [0, 1].map((axis) => Math.round(from[axis] + ((to[axis] - from[axis]) * i) / steps)));
}
