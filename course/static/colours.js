// Colours: Okabe-Ito for series and signs, white at zero for fields, the page's theme for everything else.

export const BLUE = "#0072b2";
export const ORANGE = "#d55e00";
export const TARGET = "#8a8a8a";
export const PAPER = { ink: "#1d2330", muted: "#5b6472", surface: "#ffffff", rim: "#ffffff" };

export const SERIES = [
  { colour: "#0072b2", dark: "#56b4e9", dash: [], marker: "circle" },
  { colour: "#d55e00", dark: "#f0903f", dash: [7, 4], marker: "triangle" },
  { colour: "#009e73", dark: "#3dcf9f", dash: [2, 3], marker: "square" },
  { colour: "#a8517f", dark: "#e39ac2", dash: [9, 3, 2, 3], marker: "diamond" },
  { colour: "#8a6d00", dark: "#e6b93a", dash: [4, 2], marker: "circle" },
  { colour: "#56728f", dark: "#a9c3dd", dash: [12, 3], marker: "triangle" },
];

const DIVERGING = ["#efb55f", "#ffffff", "#67abd6"];
const SIGNED = ["#a84300", ...DIVERGING, "#00568a"];
const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];

export const PALETTES = { diverging: table(DIVERGING), signed: table(SIGNED), magnitude: table(CIVIDIS), grey: table(["#000000", "#ffffff"]) };

// The same as whole pixels (alpha included), for pictures that are painted at each frame.
export const PIXELS = Object.fromEntries(Object.entries(PALETTES).map(([name, colours]) => [name, pixels(colours)]));

export function seriesColour(series, theme) {
  if (series < 0) return TARGET;
  const entry = SERIES[series % SERIES.length];
  return theme.dark ? entry.dark : entry.colour;
}

export function signColour(value, theme) {
  return seriesColour(value < 0 ? 1 : 0, theme);
}

// The theme as the style sheet resolves it now; read again when the page's theme changes.
export function readTheme(root) {
  const style = getComputedStyle(root);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const surface = read("--gu-surface", "#ffffff");
  return {
    ink: read("--gu-ink", "#1d2330"),
    muted: read("--gu-muted", "#5b6472"),
    line: read("--gu-line", "#d9dde3"),
    font: style.fontFamily || "sans-serif",
    surface,
    rim: surface,
    dark: brightness(surface) < 0.5,
  };
}

// 256 colours between evenly spaced stops, as [r, g, b, r, g, b, …].
function table(stops) {
  const colours = stops.map(channels);
  const out = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (colours.length - 1);
    const left = Math.min(Math.floor(place), colours.length - 2);
    for (let c = 0; c < 3; c++) {
      out[3 * i + c] = colours[left][c] + (place - left) * (colours[left + 1][c] - colours[left][c]);
    }
  }
  return out;
}

function pixels(colours) {
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) bytes.set([colours[3 * i], colours[3 * i + 1], colours[3 * i + 2], 255], 4 * i);
  return new Uint32Array(bytes.buffer);
}

// The ink to write with on a colour of a palette (its index, 0 to 255).
export function inkOf(palette, index) {
  const [r, g, b] = PALETTES[palette].subarray(3 * index, 3 * index + 3);
  return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "#ffffff" : PAPER.ink;
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function brightness(colour) {
  const dot = document.createElement("canvas").getContext("2d");
  dot.fillStyle = colour;
  const hex = dot.fillStyle;
  if (!hex.startsWith("#")) return 1;
  const [r, g, b] = channels(hex);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}
