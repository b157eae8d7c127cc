// A network whose neurons are pictures. All of it is drawn on one canvas; what the pointer rests on is shown large.

import { PIXELS, SERIES, signColour } from "./colours.js";
import { setAttribute, setText } from "./dom.js";
import { netKey } from "./net.js";
import { distanceToSegment, written } from "./scale.js";

const HEAD = 40; // pixels above the neurons, for captions and buttons
const LARGEST = 40; // of a neuron's picture, in pixels
const LEVELS = 20; // of a line's width, a quarter of a weight each
const NEAR = 6; // pixels from a line that still count as hitting it
const SHOWN_LARGE = 132;

export function mapsPanel(host) {
  const element = document.createElement("figure");
  element.className = "gu-panel gu-maps";
  element.innerHTML = '<figcaption class="gu-caption"></figcaption><div class="gu-stage"><canvas role="img"></canvas><div class="gu-grows"></div><div class="gu-large" hidden aria-hidden="true"><canvas></canvas><span></span></div></div>';
  const [caption, stage] = element.children;
  const [canvas, grows, large] = stage.children;
  let panel = null;
  let room = 0;
  let size = { width: 0, height: 0, side: LARGEST };
  let made = "";
  let nodes = [];
  let edges = [];
  let places = new Map();
  let atlas = null;
  let wordsKept = null;
  let over = null;

  function update(next) {
    panel = next;
    setText(caption, panel.title);
    caption.hidden = !panel.title;
    setAttribute(canvas, "aria-label", [panel.title, host.frame.say].filter(Boolean).join(". "));
    const shape = JSON.stringify([panel.layers, panel.off, panel.grows]);
    if (shape !== made) build(shape);
    for (const edge of edges) edge.weight = panel.weights.data[edge.index];
    paint();
    repaint();
  }

  // Neurons and lines change seldom; only their numbers change with each frame.
  function build(shape) {
    made = shape;
    const deepest = Math.max(...panel.layers.map((layer) => layer.length));
    const pitch = 1 / Math.max(deepest, 7);
    nodes = panel.layers.flatMap((layer, l) =>
      layer.map((id, i) => ({ id, layer: l, x: panel.layers.length === 1 ? 0.5 : l / (panel.layers.length - 1), y: 0.5 + (i - (layer.length - 1) / 2) * pitch, off: panel.off.includes(id) })),
    );
    nodes.forEach((node, index) => (node.index = index));
    places = new Map(nodes.map((node) => [node.id, node]));
    edges = [];
    const on = panel.layers.map((layer) => layer.filter((id) => !panel.off.includes(id)));
    for (let l = 0; l + 1 < on.length; l++) {
      for (const source of on[l]) for (const target of on[l + 1]) edges.push({ id: `${source}→${target}`, source, target, index: edges.length, weight: 0 });
    }
    grows.replaceChildren(...(panel.grows ? panel.layers.slice(1, -1).map((_, i) => growButtons(i + 1)) : []));
    over = null;
  }

  function growButtons(layer) {
    const pair = document.createElement("div");
    pair.className = "gu-grow";
    for (const [text, what, words] of [["−", "fewer", "One neuron less"], ["+", "more", "One neuron more"]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.dataset.press = `${what} ${layer}`;
      button.dataset.lmSuppressShortcuts = "true";
      button.setAttribute("aria-label", `${words} in hidden layer ${layer}`);
      button.addEventListener("click", () => host.send({ type: "press", name: `${what} ${layer}` }));
      pair.append(button);
    }
    return pair;
  }

  // All pictures into one, one below the other.
  function paint() {
    const [count, h, w] = panel.pictures.shape;
    const image = new ImageData(w, count * h);
    const out = new Uint32Array(image.data.buffer);
    const values = panel.pictures.data;
    for (let k = 0; k < count; k++) {
      for (let row = 0; row < h; row++) {
        const from = (k * h + row) * w;
        const to = (k * h + h - 1 - row) * w;
        for (let column = 0; column < w; column++) out[to + column] = PIXELS.diverging[values[from + column]];
      }
    }
    const canvas = new OffscreenCanvas(w, count * h);
    canvas.getContext("2d").putImageData(image, 0, 0);
    atlas = canvas.transferToImageBitmap();
  }

  function measure() {
    room = element.clientWidth;
  }

  function at(node) {
    const { width, height, side } = size;
    return [side / 2 + 3 + node.x * (width - side - 6), HEAD + node.y * (height - HEAD)];
  }

  function repaint() {
    const width = Math.min(panel.width, room || panel.width);
    const deepest = Math.max(7, ...panel.layers.map((layer) => layer.length));
    const side = Math.floor(Math.min(LARGEST, (panel.height - HEAD) / deepest - 6, (0.62 * width) / panel.layers.length));
    size = { width, height: panel.height, side };
    const g = host.surface(canvas, width, panel.height);
    stage.style.width = `${width}px`;
    lines(g);
    pictures(g);
    words(g, width, panel.height);
    for (const [i, buttons] of [...grows.children].entries()) setAttribute(buttons, "style", `left:${at(places.get(panel.layers[i + 1][0]))[0]}px`);
    if (over) showLarge();
  }

  // Lines of one sign and nearly one size are one path: that costs a tenth of as many strokes.
  function lines(g) {
    const groups = new Map();
    const chosen = [];
    for (const edge of edges) {
      if (edge.id === host.frame.selected || edge.id === over) chosen.push(edge);
      const level = Math.min(LEVELS, Math.round(4 * Math.abs(edge.weight)));
      const key = edge.weight < 0 ? -level - 1 : level;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(edge);
    }
    for (const [key, some] of groups) stroke(g, some, (key < 0 ? -key - 1 : key) / 4, key < 0, 0);
    for (const edge of chosen) stroke(g, [edge], Math.abs(edge.weight), edge.weight < 0, 2.5);
    g.globalAlpha = 1;
    g.setLineDash([]);
  }

  function stroke(g, some, size, negative, more) {
    g.globalAlpha = more ? 1 : Math.min(0.9, 0.25 + 0.5 * size);
    g.strokeStyle = signColour(negative ? -1 : 1, host.theme);
    g.lineWidth = Math.min(7, 0.5 + 1.5 * size) + more;
    g.setLineDash(negative ? SERIES[1].dash : []);
    g.beginPath();
    for (const edge of some) {
      const [ax, ay] = at(places.get(edge.source));
      const [bx, by] = at(places.get(edge.target));
      g.moveTo(ax + halfSide(), ay);
      g.lineTo(bx - halfSide(), by);
    }
    g.stroke();
  }

  const halfSide = () => size.side / 2;

  function pictures(g) {
    const [, h, w] = panel.pictures.shape;
    const half = halfSide();
    for (const node of nodes) {
      const [x, y] = at(node);
      g.globalAlpha = node.off ? 0.3 : 1;
      g.drawImage(atlas, 0, node.index * h, w, h, x - half, y - half, size.side, size.side);
      const selected = host.frame.selected === node.id;
      g.lineWidth = selected ? 3 : 1;
      g.strokeStyle = selected ? host.theme.ink : host.theme.muted;
      g.strokeRect(x - half, y - half, size.side, size.side);
      const bias = panel.biases.data[node.index];
      if (Number.isFinite(bias)) {
        g.fillStyle = signColour(bias, host.theme);
        const bar = 4 + Math.min(7, 3 * Math.abs(bias));
        g.fillRect(x - half - 3, y + half - bar + 2, 5, bar);
        g.lineWidth = 1;
        g.strokeStyle = host.theme.surface;
        g.strokeRect(x - half - 3, y + half - bar + 2, 5, bar);
      }
      g.globalAlpha = 1;
    }
  }

  // Names and captions change seldom: they are drawn once and kept.
  function words(g, width, height) {
    const ratio = window.devicePixelRatio || 1;
    const key = JSON.stringify([made, panel.captions, width, height, ratio, host.theme]);
    if (wordsKept?.key !== key) {
      const picture = new OffscreenCanvas(Math.round(width * ratio), Math.round(height * ratio));
      const own = picture.getContext("2d");
      own.setTransform(ratio, 0, 0, ratio, 0, 0);
      own.font = `11px ${host.theme.font}`;
      for (const node of nodes) {
        const [x, y] = at(node);
        if (node.layer === 0 || node.layer === panel.layers.length - 1) name(own, node, x, y - halfSide());
      }
      heads(own);
      wordsKept = { key, picture: picture.transferToImageBitmap() };
    }
    g.drawImage(wordsKept.picture, 0, 0, width, height);
  }

  function name(g, node, x, y) {
    g.textAlign = "center";
    g.lineWidth = 3;
    g.strokeStyle = host.theme.surface;
    g.fillStyle = node.off ? host.theme.muted : host.theme.ink;
    const text = spoken(node.id);
    const half = g.measureText(text).width / 2 + 1;
    const middle = Math.min(size.width - half, Math.max(half, x));
    g.strokeText(text, middle, y + 1);
    g.fillText(text, middle, y + 1);
    g.textAlign = "left";
  }

  function heads(g) {
    g.fillStyle = host.theme.muted;
    g.textAlign = "center";
    panel.layers.forEach((layer, l) => {
      const [x] = at(places.get(layer[0]));
      const text = panel.captions[l];
      if (text) {
        const half = g.measureText(text).width / 2;
        g.fillText(text, Math.min(size.width - half, Math.max(half, x)), 30);
      }
    });
    g.textAlign = "left";
  }

  function hit(event) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const node = nodes.find((one) => {
      const [nx, ny] = at(one);
      return Math.abs(nx - x) <= halfSide() + 2 && Math.abs(ny - y) <= halfSide() + 2;
    });
    if (node) return node.id;
    let best = null;
    let reach = NEAR;
    for (const edge of edges) {
      const [ax, ay] = at(places.get(edge.source));
      const [bx, by] = at(places.get(edge.target));
      const distance = distanceToSegment(x, y, ax + halfSide(), ay, bx - halfSide(), by);
      if (distance < reach) [best, reach] = [edge.id, distance];
    }
    return best;
  }

  function showLarge() {
    const node = places.get(over);
    const edge = node ? null : edges.find(({ id }) => id === over);
    large.hidden = !node && !edge;
    if (large.hidden) return;
    const [picture, words] = large.children;
    picture.hidden = !node;
    if (node) {
      const [, h, w] = panel.pictures.shape;
      const g = host.surface(picture, SHOWN_LARGE, SHOWN_LARGE);
      g.drawImage(atlas, 0, node.index * h, w, h, 0, 0, SHOWN_LARGE, SHOWN_LARGE);
      const bias = panel.biases.data[node.index];
      setText(words, `${spoken(over)}${Number.isFinite(bias) ? `, bias ${written(bias)}` : node.off ? " (off)" : ""}`);
    } else {
      setText(words, `${spoken(edge.source)} → ${spoken(edge.target)}: weight ${written(edge.weight, 3)}`);
    }
    const [x, y] = node ? at(node) : middle(edge);
    const [w, h] = [large.offsetWidth, large.offsetHeight];
    const gap = node ? halfSide() + 8 : 12;
    const right = x + gap + w <= size.width || x < w + gap;
    large.style.left = `${Math.max(0, right ? Math.min(x + gap, size.width - w) : x - gap - w)}px`;
    large.style.top = `${Math.max(0, Math.min(y - h / 2, size.height - h))}px`;
  }

  function middle(edge) {
    const [[ax, ay], [bx, by]] = [at(places.get(edge.source)), at(places.get(edge.target))];
    return [(ax + bx) / 2, (ay + by) / 2];
  }

  canvas.addEventListener("pointermove", (event) => {
    const now = hit(event);
    if (now === over) return;
    over = now;
    if (!over) large.hidden = true;
    repaint();
  });
  canvas.addEventListener("pointerleave", () => {
    over = null;
    large.hidden = true;
    repaint();
  });
  canvas.addEventListener("click", (event) => {
    host.focus();
    const id = hit(event);
    if (!id) return;
    if (places.get(id)?.layer === 0) host.send({ type: "flip", thing: id });
    else host.select(id);
  });

  return {
    element,
    update,
    measure,
    repaint,
    ids: () => [...nodes, ...edges].map(({ id }) => id),
    stops: () => nodes.map(({ id }) => id),
    key: (event, thing) => mapsKey(event, thing),
  };

  // As in a network of boxes; plus and minus on a neuron change the width of its layer, digits go to a layer.
  function mapsKey(event, thing) {
    const node = places.get(thing);
    const layer = /^[1-9]$/.test(event.key) ? panel.layers[Number(event.key)] : null;
    if (layer) host.select(layer[0]);
    else if (panel.grows && node && "+=-".includes(event.key) && node.layer > 0 && node.layer < panel.layers.length - 1) {
      host.send({ type: "press", name: `${event.key === "-" ? "fewer" : "more"} ${node.layer}` });
    } else return netKey(event, thing, { nodes, edges }, places, host);
    return true;
  }
}

// "x1" as it is written in formulas.
function spoken(id) {
  return id.replace(/x1/g, "x₁").replace(/x2/g, "x₂");
}
