// What can be drawn into a plot: one function per kind of layer.

import { ORANGE, PALETTES, PAPER, PIXELS, SERIES, seriesColour } from "./colours.js";
import { same } from "./dom.js";
import { written } from "./scale.js";

export const LAYERS = {
  field: drawField,
  hatch: drawHatch,
  points: drawPoints,
  line: drawLine,
  whiskers: drawWhiskers,
  blocks: drawBlocks,
  arrow: drawArrow,
  text: drawText,
};

// Inside a plot that shows a field the ground is light whatever the theme; elsewhere it is the theme's.
export function inkOn(panel, theme) {
  const light = panel.layers.some((layer) => layer.kind === "field" && layer.palette !== "none");
  return light ? { ...theme, ...PAPER, dark: false } : theme;
}

const LARGE = 3; // a pixel of an image this many of the screen wide is drawn as a square

function drawField(g, layer, scale) {
  const [h, w] = layer.values.shape;
  const halfX = (layer.x[1] - layer.x[0]) / Math.max(1, w - 1) / 2;
  const halfY = (layer.y[1] - layer.y[0]) / Math.max(1, h - 1) / 2;
  if (layer.palette !== "none") {
    const left = scale.x(layer.x[0] - halfX);
    const right = scale.x(layer.x[1] + halfX);
    const top = scale.y(layer.y[1] + halfY);
    const bottom = scale.y(layer.y[0] - halfY);
    g.imageSmoothingEnabled = !layer.pixels || right - left < LARGE * w;
    g.imageSmoothingQuality = "low"; // of enlarging only: a better one costs milliseconds and shows no difference
    g.drawImage(keptImage(g.canvas, layer, w, h), left, top, right - left, bottom - top);
  }
  if (layer.contour === null) return;
  const levels = [layer.contour].flat();
  g.lineWidth = levels.length === 1 ? 2 : 1;
  g.strokeStyle = levels.length === 1 ? PAPER.ink : PAPER.muted;
  for (const level of levels) drawContour(g, layer.values.data, level, layer, scale, w, h);
}

const keptImages = new WeakMap();

// A field that stays while something moves over it is painted once.
function keptImage(canvas, layer, w, h) {
  const kept = keptImages.get(canvas);
  if (kept && same(kept.layer, layer)) return kept.image;
  const image = fieldImage(layer, w, h);
  keptImages.set(canvas, { layer, image });
  return image;
}

const UNKNOWN = new Uint32Array(new Uint8ClampedArray([190, 190, 190, 255]).buffer)[0];

function fieldImage(layer, w, h) {
  const image = new ImageData(w, h);
  const out = new Uint32Array(image.data.buffer);
  const colours = PIXELS[layer.palette];
  const values = layer.values.data;
  const scale = 255 / (layer.high - layer.low);
  for (let row = 0; row < h; row++) {
    for (let column = 0; column < w; column++) {
      const value = values[row * w + column];
      const index = Math.round(Math.min(255, Math.max(0, (value - layer.low) * scale)));
      out[(layer.pixels ? row : h - 1 - row) * w + column] = Number.isNaN(index) ? UNKNOWN : colours[index];
    }
  }
  const small = new OffscreenCanvas(w, h);
  small.getContext("2d").putImageData(image, 0, 0);
  return small.transferToImageBitmap();
}

// Marching squares: in each cell the level line enters and leaves where its edges are crossed.
function drawContour(g, values, level, layer, scale, w, h) {
  const px = (column) => scale.x(layer.x[0] + (column / (w - 1)) * (layer.x[1] - layer.x[0]));
  const py = (row) => scale.y(layer.y[0] + (row / (h - 1)) * (layer.y[1] - layer.y[0]));
  g.beginPath();
  for (let row = 0; row < h - 1; row++) {
    for (let column = 0; column < w - 1; column++) {
      const a = values[row * w + column] - level;
      const b = values[row * w + column + 1] - level;
      const c = values[(row + 1) * w + column + 1] - level;
      const d = values[(row + 1) * w + column] - level;
      if (a < 0 === b < 0 && b < 0 === c < 0 && c < 0 === d < 0) continue;
      const crossings = [];
      if (a < 0 !== b < 0) crossings.push([column + a / (a - b), row]);
      if (b < 0 !== c < 0) crossings.push([column + 1, row + b / (b - c)]);
      if (d < 0 !== c < 0) crossings.push([column + d / (d - c), row + 1]);
      if (a < 0 !== d < 0) crossings.push([column, row + a / (a - d)]);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        g.moveTo(px(crossings[i][0]), py(crossings[i][1]));
        g.lineTo(px(crossings[i + 1][0]), py(crossings[i + 1][1]));
      }
    }
  }
  g.stroke();
}

function drawPoints(g, layer, scale, theme, pulse) {
  const count = layer.xy.shape[0];
  for (let i = 0; i < count; i++) {
    const x = scale.x(layer.xy.data[2 * i]);
    const y = scale.y(layer.xy.data[2 * i + 1]);
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    stamp(g, x, y, look(layer, i, theme), layer, theme);
    const mark = layer.marks?.data[i];
    if (mark === 3) drawRing(g, x, y, layer.size + 4, theme);
    else if (mark) drawCross(g, x, y, layer.size + (mark === 2 ? 4 + 7 * pulse : 1.5), theme);
  }
}

function drawRing(g, x, y, reach, theme) {
  g.beginPath();
  g.arc(x, y, reach, 0, 2 * Math.PI);
  g.lineWidth = 1.4;
  g.strokeStyle = theme.ink;
  g.stroke();
}

// What is wrong is crossed out; a ring is what is selected, or where something is now.
function drawCross(g, x, y, reach, theme) {
  g.beginPath();
  for (const way of [-1, 1]) {
    g.moveTo(x - reach, y - way * reach);
    g.lineTo(x + reach, y + way * reach);
  }
  g.lineWidth = 1.7;
  g.strokeStyle = theme.ink;
  g.stroke();
}

// Shape, colour and whether it is open: by class, by value (a triangle below 0) or by series.
function look(layer, i, theme) {
  if (layer.values) {
    const share = Math.round(16 * (Math.min(1, Math.max(-1, layer.values.data[i])) + 1)) / 32;
    const at = 3 * Math.round(255 * share);
    const [r, g, b] = PALETTES.diverging.subarray(at, at + 3);
    return { shape: share < 0.5 ? "triangle" : "circle", colour: `rgb(${r},${g},${b})`, open: false };
  }
  const series = layer.classes ? 1 - Math.min(1, layer.classes.data[i]) : layer.series;
  const open = layer.classes !== null && layer.classes.data[i] === 0;
  return { shape: SERIES[Math.max(0, series) % SERIES.length].marker, colour: seriesColour(series, theme), open };
}

// A marker drawn once and then copied: hundreds of them cost little.
const stamps = new Map();

function stamp(g, x, y, { shape, colour, open }, layer, theme) {
  const ratio = g.getTransform().a;
  const rim = layer.dark ? theme.ink : layer.values ? theme.muted : theme.rim; // white points stay visible on white
  const key = [shape, colour, open, layer.size, rim, theme.surface, ratio].join();
  const half = Math.ceil(1.5 * layer.size + 3);
  let picture = stamps.get(key);
  if (!picture) {
    const canvas = new OffscreenCanvas(Math.ceil(2 * half * ratio), Math.ceil(2 * half * ratio));
    const own = canvas.getContext("2d");
    own.setTransform(ratio, 0, 0, ratio, 0, 0);
    marker(own, half, half, layer.size, shape, colour, open, { ...theme, rim });
    picture = canvas.transferToImageBitmap();
    if (stamps.size > 400) stamps.clear();
    stamps.set(key, picture);
  }
  g.drawImage(picture, x - half, y - half, picture.width / ratio, picture.height / ratio);
}

export function marker(g, x, y, size, shape, colour, open, theme) {
  g.beginPath();
  if (shape === "triangle") {
    const r = size * 1.3;
    g.moveTo(x, y - r);
    g.lineTo(x + 0.87 * r, y + 0.5 * r);
    g.lineTo(x - 0.87 * r, y + 0.5 * r);
    g.closePath();
  } else if (shape === "square") {
    g.rect(x - 0.85 * size, y - 0.85 * size, 1.7 * size, 1.7 * size);
  } else if (shape === "diamond") {
    g.moveTo(x, y - 1.2 * size);
    g.lineTo(x + 1.2 * size, y);
    g.lineTo(x, y + 1.2 * size);
    g.lineTo(x - 1.2 * size, y);
    g.closePath();
  } else {
    g.arc(x, y, size, 0, 2 * Math.PI);
  }
  g.lineJoin = "round";
  g.setLineDash([]);
  g.fillStyle = open ? theme.surface : colour;
  g.fill();
  g.lineWidth = open ? Math.min(2.2, 0.5 * size) : Math.min(1.5, 0.3 * size);
  g.strokeStyle = open ? colour : theme.rim;
  g.stroke();
}

function drawLine(g, layer, scale, theme) {
  const { data, shape } = layer.xy;
  const colour = seriesColour(layer.series, theme);
  const dashed = layer.dash ?? layer.series > 0;
  g.beginPath();
  let drawing = false;
  let last = null;
  for (let i = 0; i < shape[0]; i++) {
    const x = scale.x(data[2 * i]);
    const y = scale.y(data[2 * i + 1]);
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      drawing = false;
      continue;
    }
    if (drawing) g.lineTo(x, y);
    else g.moveTo(x, y);
    drawing = true;
    last = [x, y];
  }
  g.lineJoin = "round";
  g.setLineDash(dashed ? SERIES[Math.max(1, layer.series) % SERIES.length].dash : []);
  g.lineWidth = layer.width;
  g.strokeStyle = colour;
  g.stroke();
  g.setLineDash([]);
  if (layer.marker) {
    const kind = SERIES[Math.max(0, layer.series) % SERIES.length].marker;
    for (let i = 0; i < shape[0]; i++) marker(g, scale.x(data[2 * i]), scale.y(data[2 * i + 1]), 3, kind, colour, false, theme);
  }
  if (layer.label && last) {
    const right = scale.box.x + scale.box.w - last[0] > labelWidth(g, layer.label, theme) + 8;
    const y = freeHeight(scale, last[1]);
    labelWithin(g, layer.label, right ? last[0] + 6 : Infinity, y + (right ? 4 : -7), scale.box, colour, theme);
  }
}

// The height nearest to the wished one at which no other label of this plot stands.
const LABEL_HEIGHT = 15;

export function freeHeight(scale, wished) {
  scale.labels ??= [];
  const [top, bottom] = [scale.box.y + 12, scale.box.y + scale.box.h - 6];
  const y = Math.min(Math.max(wished, top), bottom);
  const beside = scale.labels.flatMap((other) => [other - LABEL_HEIGHT, other + LABEL_HEIGHT]);
  const nearest = [y, ...beside].sort((one, other) => Math.abs(one - y) - Math.abs(other - y));
  const isFree = (place) => scale.labels.every((other) => Math.abs(other - place) >= LABEL_HEIGHT);
  const free = nearest.find((place) => place >= top && place <= bottom && isFree(place)) ?? y;
  scale.labels.push(free);
  return free;
}

function drawWhiskers(g, layer, scale, theme) {
  const { data, shape } = layer.spans;
  g.beginPath();
  for (let i = 0; i < shape[0]; i++) {
    const [x, low, high] = [scale.x(data[3 * i]), scale.y(data[3 * i + 1]), scale.y(data[3 * i + 2])];
    for (const y of [low, high]) {
      g.moveTo(x - 4, y);
      g.lineTo(x + 4, y);
    }
    g.moveTo(x, low);
    g.lineTo(x, high);
  }
  g.lineWidth = 1.5;
  g.strokeStyle = seriesColour(layer.series, theme);
  g.stroke();
}

function drawBlocks(g, layer, scale, theme) {
  const { data, shape } = layer.boxes;
  g.globalAlpha = 0.45; // lines and the grid show through
  g.fillStyle = seriesColour(layer.series, theme);
  for (let i = 0; i < shape[0]; i++) {
    const [x0, y0] = [scale.x(data[4 * i]), scale.y(data[4 * i + 1])];
    g.fillRect(x0, y0, scale.x(data[4 * i + 2]) - x0, scale.y(data[4 * i + 3]) - y0);
  }
  g.globalAlpha = 1;
}

function drawArrow(g, layer, scale, theme) {
  const [x0, y0, x1, y1] = [scale.x(layer.x0), scale.y(layer.y0), scale.x(layer.x1), scale.y(layer.y1)];
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 0.5)) return;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = Math.min(11, length);
  g.lineWidth = 2.5;
  g.lineCap = "round";
  g.strokeStyle = g.fillStyle = theme.ink;
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1 - 0.7 * head * ux, y1 - 0.7 * head * uy);
  g.stroke();
  g.beginPath();
  g.moveTo(x1, y1);
  g.lineTo(x1 - head * ux - 0.45 * head * uy, y1 - head * uy + 0.45 * head * ux);
  g.lineTo(x1 - head * ux + 0.45 * head * uy, y1 - head * uy - 0.45 * head * ux);
  g.closePath();
  g.fill();
  g.lineCap = "butt";
  if (layer.label) label(g, layer.label, x1 + 10 * ux - 4, y1 + 12 * uy + 4, theme.ink, theme);
}

// One path for all boxes, so that their lines meet.
function drawHatch(g, layer, scale) {
  const { data, shape } = layer.boxes;
  if (shape[0] === 0) return;
  g.save();
  g.beginPath();
  for (let i = 0; i < shape[0]; i++) {
    const [x0, y0, x1, y1] = data.subarray(4 * i, 4 * i + 4);
    g.rect(scale.x(x0), scale.y(y1), scale.x(x1) - scale.x(x0), scale.y(y0) - scale.y(y1));
  }
  g.clip();
  const { box } = scale;
  g.fillStyle = "rgb(255 255 255 / 0.55)";
  g.fillRect(box.x, box.y, box.w, box.h);
  g.beginPath();
  for (let x = box.x - box.h; x < box.x + box.w; x += 7) {
    g.moveTo(x, box.y + box.h);
    g.lineTo(x + box.h, box.y);
  }
  g.lineWidth = 1.4;
  g.strokeStyle = ORANGE;
  g.stroke();
  g.restore();
}

function drawText(g, layer, scale, theme) {
  labelWithin(g, layer.text, scale.x(layer.x), scale.y(layer.y), scale.box, theme.ink, theme);
}

function labelWidth(g, text, theme) {
  g.font = labelFont(theme);
  return g.measureText(text).width;
}

// A label moved as far as it must be to lie within the box.
function labelWithin(g, text, x, y, box, colour, theme) {
  const farthest = box.x + box.w - labelWidth(g, text, theme) - 4;
  label(g, text, Math.max(box.x + 4, Math.min(x, farthest)), Math.min(Math.max(y, box.y + 14), box.y + box.h - 6), colour, theme);
}

function labelFont(theme) {
  return `600 13px ${theme.font}`;
}

// Words with a halo, readable on any ground.
export function label(g, text, x, y, colour, theme) {
  g.font = labelFont(theme);
  g.lineWidth = 4;
  g.lineJoin = "round";
  g.strokeStyle = theme.surface;
  g.strokeText(text, x, y);
  g.fillStyle = colour;
  g.fillText(text, x, y);
}

// The value of a field nearest to a place, for the readout under the pointer; of an image with its place.
export function fieldValue(panel, x, y) {
  const layer = panel.layers.find((one) => one.kind === "field" && one.palette !== "none");
  if (!layer) return "";
  const [h, w] = layer.values.shape;
  const column = Math.round(((x - layer.x[0]) / (layer.x[1] - layer.x[0])) * (w - 1));
  const row = Math.round(((y - layer.y[0]) / (layer.y[1] - layer.y[0])) * (h - 1));
  if (column < 0 || row < 0 || column >= w || row >= h) return "";
  const at = layer.pixels ? h - 1 - row : row;
  const value = `${layer.label} ${written(layer.values.data[at * w + column])}`;
  return layer.pixels ? `row ${at}, column ${column}   ${value}` : value;
}
