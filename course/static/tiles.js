// Small pictures in rows: filters' answers, images of a data set, one picture with something laid over it.

import { PIXELS } from "./colours.js";
import { same, setAttribute, setText } from "./dom.js";

const TILE_GAP = 4;
const CAPTION_HEIGHT = 15; // height of a caption
const OVER_COLOUR = [230, 159, 0]; // what is laid over, as strongly as it says, but never hiding all
const MOST_OVER = 0.8;
const GREYS = new Uint32Array(256).map((_, i) => ((255 << 24) | (i << 16) | (i << 8) | i) >>> 0);

export function tilesPanel(host) {
  const element = document.createElement("figure");
  element.innerHTML = '<figcaption class="gu-caption"></figcaption><div class="gu-stage"><canvas role="img"></canvas></div>';
  const [caption, stage] = element.children;
  const canvas = stage.firstChild;
  let panel = null;
  let room = 0;
  let side = [1, 1]; // of one tile, in CSS pixels
  let images = [];

  function update(next) {
    const changed = !panel || !same([panel.pictures, panel.over, panel.palette], [next.pictures, next.over, next.palette]);
    panel = next;
    element.className = `gu-panel gu-tiles${panel.things.length ? " gu-picks" : ""}`;
    setText(caption, panel.title);
    caption.hidden = !panel.title;
    const chosen = panel.things.includes(host.frame.selected) ? `, ${host.frame.selected} selected` : "";
    setAttribute(canvas, "aria-label", `${panel.title || "Pictures"}${chosen}`);
    if (changed) images = tileImages(panel);
    repaint();
  }

  function measure() {
    room = element.clientWidth;
  }

  function repaint() {
    const [n, h, w] = panel.pictures.shape;
    const below = panel.captions.length ? CAPTION_HEIGHT : 0;
    const width = Math.min(panel.width, room || panel.width);
    const each = (width + TILE_GAP) / panel.per_row - TILE_GAP;
    side = [each, (each * h) / w];
    const rows = Math.ceil(n / panel.per_row);
    const g = host.surface(canvas, width, rows * (side[1] + TILE_GAP + below) - TILE_GAP);
    const { theme } = host;
    g.imageSmoothingEnabled = false;
    g.font = `11.5px ${theme.font}`;
    g.textAlign = "center";
    g.textBaseline = "top";
    images.forEach((image, k) => {
      const [x, y] = corner(k);
      g.drawImage(image, x, y, ...side);
      g.lineWidth = 1;
      g.strokeStyle = theme.line;
      g.strokeRect(x + 0.5, y + 0.5, side[0] - 1, side[1] - 1);
      g.fillStyle = theme.muted;
      if (below) g.fillText(panel.captions[k], x + side[0] / 2, y + side[1] + 2);
    });
    const chosen = panel.things.indexOf(host.frame.selected);
    if (chosen < 0) return;
    const [x, y] = corner(chosen);
    g.lineWidth = 3;
    g.strokeStyle = theme.dark ? "#f0903f" : "#d55e00";
    g.strokeRect(x + 1.5, y + 1.5, side[0] - 3, side[1] - 3);
  }

  function corner(k) {
    const below = panel.captions.length ? CAPTION_HEIGHT : 0;
    return [(k % panel.per_row) * (side[0] + TILE_GAP), Math.floor(k / panel.per_row) * (side[1] + TILE_GAP + below)];
  }

  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const found = panel.things.find((_, k) => {
      const [x, y] = corner(k);
      return px >= x && px <= x + side[0] + TILE_GAP / 2 && py >= y && py <= y + side[1] + TILE_GAP / 2;
    });
    if (!found) return;
    host.focus();
    host.select(found);
  });

  function key(event, thing) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -panel.per_row, ArrowDown: panel.per_row }[event.key];
    const at = panel.things.indexOf(thing);
    if (event.key === "Home" || event.key === "End") host.select(panel.things.at(event.key === "Home" ? 0 : -1));
    else if (steps === undefined) return false;
    else if (panel.things[at + steps]) host.select(panel.things[at + steps]);
    return true;
  }

  return { element, update, measure, repaint, ids: () => panel?.things ?? [], stops: () => (panel?.things ?? []).slice(0, 1), key };
}

// Each picture on a canvas of its own size, what lies over it included.
function tileImages({ pictures, over, palette }) {
  const [n, h, w] = pictures.shape;
  const colours = PIXELS[palette] ?? GREYS;
  return Array.from({ length: n }, (_, k) => {
    const image = new ImageData(w, h);
    const out = new Uint32Array(image.data.buffer);
    for (let i = 0; i < h * w; i++) {
      out[i] = colours[pictures.data[k * h * w + i]];
      if (!over) continue;
      const share = (MOST_OVER * over.data[k * h * w + i]) / 255;
      for (let c = 0; c < 3; c++) image.data[4 * i + c] += share * (OVER_COLOUR[c] - image.data[4 * i + c]);
    }
    const small = new OffscreenCanvas(w, h);
    small.getContext("2d").putImageData(image, 0, 0);
    return small;
  });
}
