// A text of coloured letters: a wide band behind each line, thin bands under it, and a cursor on one letter.

import { PALETTES } from "./colours.js";
import { same, setAttribute, setText } from "./dom.js";
import { written } from "./scale.js";

const CELL = 11; // pixels of a letter's cell, and of the bands:
const TALL = 24;
const BAND = 10;
const GAP = 10; // between two lines
const LEFT = 16; // for the names of the bands
const DARK_INK_FROM = 140; // the first of the 256 colours that is light enough for dark letters

export function stripPanel(host) {
  const element = document.createElement("figure");
  element.className = "gu-panel gu-strip-panel";
  element.innerHTML = '<figcaption class="gu-caption"></figcaption><div class="gu-stage"><canvas role="img" tabindex="0"></canvas><div class="gu-readout" aria-hidden="true"></div></div>';
  const [caption, stage] = element.children;
  const [canvas, readout] = stage.children;
  let panel = null;
  let room = 0;
  let letters = [];
  let lines = [];
  let place = 0; // of the cursor; ahead of the frames while they are on their way
  let gesture = null;
  let focused = false;

  function update(next) {
    const unchanged = panel && same(panel, next);
    const there = place;
    panel = next;
    letters = [...panel.text];
    if (!host.link.busyWith(panel.control)) place = panel.cursor;
    setText(caption, panel.title);
    caption.hidden = !panel.title;
    setAttribute(canvas, "aria-label", `${panel.title || "Text"}: arrow keys move the cursor. ${host.frame.say}`);
    if (!unchanged || there !== place) repaint();
  }

  function measure() {
    room = element.clientWidth;
  }

  const bands = () => (panel.bands ? panel.names : []);
  const lineHeight = () => TALL + 4 + BAND * bands().length + GAP;

  function repaint() {
    const width = Math.min(panel.width, room || panel.width);
    lines = wrapped(letters, Math.max(8, Math.floor((width - LEFT) / CELL)));
    const g = host.surface(canvas, width, Math.max(1, lines.length) * lineHeight() - GAP);
    g.textBaseline = "middle";
    lines.forEach((line, row) => paintLine(g, line, row * lineHeight()));
  }

  function paintLine(g, [start, end], top) {
    const { theme } = host;
    const value = (row, k) => panel.values.data[row * letters.length + k];
    g.textAlign = "center";
    g.font = "14px monospace";
    for (let k = start; k < end; k++) {
      const x = LEFT + (k - start) * CELL;
      const level = value(panel.row, k);
      g.fillStyle = groundOf(level);
      g.fillRect(x, top, CELL + 0.3, TALL);
      g.fillStyle = level < DARK_INK_FROM ? "#ffffff" : "#10131a";
      g.fillText(letterShown(letters[k]), x + CELL / 2, top + TALL / 2);
      if (panel.marked.data[k]) g.fillRect(x, top + TALL - 4, CELL + 0.3, 2.5);
      for (let row = 0; row < bands().length; row++) {
        g.fillStyle = groundOf(value(row, k));
        g.fillRect(x, top + TALL + 4 + row * BAND, CELL + 0.3, BAND - 1);
      }
    }
    const bottom = top + TALL + 4 + BAND * bands().length;
    g.textAlign = "left";
    bands().forEach((name, row) => {
      g.font = `${row === panel.row ? "700 " : ""}11px ${theme.font}`;
      g.fillStyle = row === panel.row ? theme.ink : theme.muted;
      g.fillText(name, 0, top + TALL + 4 + (row + 0.5) * BAND);
    });
    if (panel.split !== null && panel.split > start && panel.split < end) rule(g, LEFT + (panel.split - start) * CELL, top, bottom);
    if (place >= start && place < end) frame(g, LEFT + (place - start) * CELL, top, bottom);
  }

  function rule(g, x, top, bottom) {
    g.fillStyle = host.theme.surface;
    g.fillRect(x - 1.5, top, 3, bottom - top);
    g.fillStyle = host.theme.ink;
    g.fillRect(x - 0.5, top, 1, bottom - top);
  }

  // Light within dark, so that it stands out from any colour.
  function frame(g, x, top, bottom) {
    for (const [colour, width] of [[host.theme.dark ? "#10131a" : "#ffffff", 5], [host.theme.dark ? "#f0903f" : "#d55e00", focused ? 3 : 2]]) {
      g.strokeStyle = colour;
      g.lineWidth = width;
      g.strokeRect(x - 0.5, top + 1, CELL + 1, bottom - top - 2);
    }
  }

  function letterAt(event) {
    const box = canvas.getBoundingClientRect();
    const line = lines[Math.min(lines.length - 1, Math.max(0, Math.floor((event.clientY - box.top) / lineHeight())))];
    if (!line) return null;
    return Math.min(line[1] - 1, Math.max(line[0], line[0] + Math.floor((event.clientX - box.left - LEFT) / CELL)));
  }

  function tell(at) {
    const [low, high] = panel.ranges[panel.row];
    const value = low + ((high - low) * panel.values.data[panel.row * letters.length + at]) / 255;
    setText(readout, `${letterShown(letters[at])}  ${panel.names[panel.row]} ${written(value)}`);
  }

  function go(at, kept) {
    if (at === null || at === place) return;
    place = at;
    repaint();
    host.send({ type: "set", name: panel.control, value: at, gesture: kept ?? host.newGesture() });
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    gesture = host.newGesture();
    go(letterAt(event), gesture);
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = letterAt(event);
    if (at === null) return;
    tell(at);
    if (gesture) go(at, gesture);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (gesture = null));
  canvas.addEventListener("pointerleave", () => setText(readout, ""));
  canvas.addEventListener("focus", () => {
    focused = true;
    repaint();
  });
  canvas.addEventListener("blur", () => {
    focused = false;
    repaint();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || lines.length === 0) return;
    const last = lines.at(-1)[1] - 1;
    const far = event.shiftKey ? 10 : 1;
    const to = { ArrowLeft: place - far, ArrowRight: place + far, ArrowUp: besides(-1), ArrowDown: besides(1), Home: 0, End: last }[event.key];
    if (to === undefined) return;
    go(Math.min(last, Math.max(0, to)));
    event.preventDefault();
    event.stopPropagation();
  });

  // The letter above or below the cursor.
  function besides(direction) {
    const row = lines.findIndex(([start, end]) => place >= start && place < end);
    const line = lines[row + direction];
    return line ? Math.min(line[1] - 1, line[0] + place - lines[row][0]) : place;
  }

  return { element, update, measure, repaint, ids: () => [], key: () => false };
}

function groundOf(level) {
  const table = PALETTES.magnitude;
  return `rgb(${table[3 * level]},${table[3 * level + 1]},${table[3 * level + 2]})`;
}

function letterShown(letter) {
  return letter === "\n" ? "⏎" : letter === " " ? "·" : letter;
}

// Where the lines begin and end: after a line break, else after the last space that still fits.
export function wrapped(letters, columns) {
  const out = [];
  let start = 0;
  while (start < letters.length) {
    const broken = letters.indexOf("\n", start);
    let end = broken < 0 ? letters.length : broken + 1;
    if (end - start > columns) {
      const space = letters.lastIndexOf(" ", start + columns - 1);
      end = space > start ? space + 1 : start + columns;
    }
    out.push([start, end]);
    start = end;
  }
  return out;
}
