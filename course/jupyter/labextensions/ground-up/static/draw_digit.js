/* A sheet to draw a digit on, and a small network that reads it. The network is course/digits_network.py's. */

import { make } from "./dom.js";

const SIZE = 168; // of the sheet, in pixels on the page
const PEN = 15;
const FINE = 32; // the data's digits were 32 pixels high; each of 8 × 8 squares counts the inked ones of 4 × 4
const HIGH = 30;

export function drawDigit() {
  const sheet = make("canvas", {
    width: SIZE,
    height: SIZE,
    class: "ground-up-sheet",
    role: "img",
    "aria-label": "A sheet: draw a digit with the mouse, a finger or a pen.",
  });
  const bars = make("div", { class: "ground-up-bars", "aria-hidden": "true" });
  const said = make("p", { role: "status" }, "Draw a digit, large.");
  const clear = make("button", { class: "ground-up-button", onclick: () => wipe() }, "Clear");
  const figure = make(
    "figure",
    { class: "ground-up-moving" },
    make("div", { class: "ground-up-reading" }, sheet, bars),
    make("figcaption", {}, said, clear),
  );
  const g = sheet.getContext("2d", { willReadFrequently: true });
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const bar = make("span", { class: "ground-up-fill" });
    bars.append(make("span", {}, String(digit)), make("span", { class: "ground-up-track" }, bar));
    return bar;
  });
  let network = null;
  let pen = null;

  fetch(new URL("digits_network.json", import.meta.url))
    .then((response) => response.json())
    .then((layers) => (network = layers));

  function wipe() {
    g.clearRect(0, 0, SIZE, SIZE);
    rows.forEach((bar) => (bar.style.width = "0"));
    said.textContent = "Draw a digit, large.";
  }

  function at(event) {
    const box = sheet.getBoundingClientRect();
    return [((event.clientX - box.left) * SIZE) / box.width, ((event.clientY - box.top) * SIZE) / box.height];
  }

  function line(to) {
    g.strokeStyle = getComputedStyle(sheet).color;
    g.lineWidth = PEN;
    g.lineCap = g.lineJoin = "round";
    g.beginPath();
    g.moveTo(...pen);
    g.lineTo(...to);
    g.stroke();
    pen = to;
    read();
  }

  sheet.addEventListener("pointerdown", (event) => {
    sheet.setPointerCapture(event.pointerId);
    pen = at(event);
    line(pen);
  });
  sheet.addEventListener("pointermove", (event) => pen && line(at(event)));
  for (const end of ["pointerup", "pointercancel"]) sheet.addEventListener(end, () => (pen = null));

  function read() {
    const squares = network && eightByEight(g.getImageData(0, 0, SIZE, SIZE));
    if (!squares) return;
    const chances = outputs(network, squares);
    rows.forEach((bar, digit) => (bar.style.width = `${Math.round(100 * chances[digit])}%`));
    const best = chances.indexOf(Math.max(...chances));
    said.textContent = `It reads a ${best}${chances[best] < 0.6 ? ", but isn't sure" : ""}.`;
  }

  return figure;
}

/** What was drawn, as the network knows digits: 64 numbers from 0 to 1; null where nothing was. */
export function eightByEight({ data, width, height }) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  const inked = (x, y) => x >= 0 && y >= 0 && x < width && y < height && data[4 * (y * width + x) + 3] > 127;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inked(x, y)) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    }
  }
  if (right < 0) return null;
  const scale = Math.max(bottom - top + 1, 1.2 * (right - left + 1)) / HIGH; // pixels of the sheet for one fine one
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  const squares = new Array(64).fill(0);
  for (let row = 0; row < FINE; row++) {
    for (let column = 0; column < FINE; column++) {
      const x = Math.round(middleX + (column - (FINE - 1) / 2) * scale);
      const y = Math.round(middleY + (row - (FINE - 1) / 2) * scale);
      if (inked(x, y)) squares[8 * (row >> 2) + (column >> 2)] += 1 / 16;
    }
  }
  return squares;
}

/** The network's ten outputs, which add up to 1: a ReLU after the first layer, a softmax after the second. */
export function outputs([[W1, b1], [W2, b2]], inputs) {
  const hidden = dense(inputs, W1, b1).map((z) => Math.max(z, 0));
  const scores = dense(hidden, W2, b2);
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const total = powers.reduce((sum, each) => sum + each, 0);
  return powers.map((each) => each / total);
}

function dense(inputs, W, b) {
  return b.map((bias, j) => inputs.reduce((sum, x, i) => sum + x * W[i][j], bias));
}
