// A network: boxes with numbers, and lines whose colour, dash and width are their weights; or a graph, whose
// lines have heads instead.

import { SERIES, seriesColour, signColour } from "./colours.js";
import { setAttribute, setText } from "./dom.js";
import { distanceToSegment } from "./scale.js";

const EDGE_REACH = 7;
const NARROWEST = 0.75; // of the wished width; in less room the net scrolls sideways

export function netPanel(host) {
  const element = document.createElement("figure");
  element.className = "gu-panel gu-net";
  element.innerHTML = '<figcaption class="gu-caption"></figcaption><div class="gu-scroll"><div class="gu-stage"><canvas role="img"></canvas><div class="gu-nodes"></div><output class="gu-edge-label"></output></div></div>';
  const [caption, scroll] = element.children;
  const stage = scroll.firstChild;
  const [canvas, nodes, edgeLabel] = stage.children;
  const boxes = new Map();
  let panel = null;
  let room = 0;
  let size = { width: 0, height: 0 };
  let places = new Map();

  function update(next) {
    panel = next;
    setText(caption, panel.title);
    caption.hidden = !panel.title;
    setAttribute(canvas, "aria-label", [panel.title, host.frame.say].filter(Boolean).join(". "));
    places = new Map(panel.nodes.map((node) => [node.id, node]));
    for (const [id, box] of boxes) {
      if (!places.has(id)) {
        box.remove();
        boxes.delete(id);
      }
    }
    for (const node of panel.nodes) fill(boxFor(node), node);
    repaint();
  }

  function boxFor(node) {
    if (boxes.has(node.id)) return boxes.get(node.id);
    const box = document.createElement("div");
    box.innerHTML = '<span class="gu-node-label"></span><span class="gu-node-lines"></span><span class="gu-bar"><i></i></span>';
    box.addEventListener("click", () => {
      host.focus();
      host.select(node.id);
    });
    box.addEventListener("dblclick", () => host.send({ type: "flip", thing: node.id }));
    nodes.append(box);
    boxes.set(node.id, box);
    return box;
  }

  function fill(box, node) {
    const selected = host.frame.selected === node.id;
    setAttribute(box, "class", `gu-node${node.small ? " gu-small" : ""}${node.dead ? " gu-dead" : ""}${node.mark ? ` gu-mark-${node.mark}` : ""}${selected ? " gu-selected" : ""}`);
    box.dataset.node = node.id;
    const [label, lines, bar] = box.children;
    setText(label, node.label);
    setText(lines, node.lines.join("\n"));
    bar.hidden = node.bar === null;
    const share = Math.min(1, Math.abs(node.bar ?? 0));
    setAttribute(bar.firstChild, "style", `width:${50 * share}%;${node.bar < 0 ? "right:50%" : "left:50%"};background:${signColour(node.bar ?? 0, host.theme)}`);
  }

  function measure() {
    room = element.clientWidth;
  }

  function repaint() {
    const width = Math.max(Math.min(panel.width, room || panel.width), NARROWEST * panel.width);
    size = { width, height: panel.height };
    const g = host.surface(canvas, width, panel.height);
    stage.style.height = `${panel.height}px`;
    stage.style.width = `${width}px`;
    nodes.style.fontSize = `${Math.max(10, Math.min(13, (13 * width) / panel.width + 1))}px`;
    for (const node of panel.nodes) {
      setAttribute(boxes.get(node.id), "style", `left:${node.x * width}px;top:${node.y * panel.height}px`);
    }
    edgeLabel.hidden = true;
    for (const edge of panel.edges) drawEdge(g, edge);
    const spoken = panel.edges.find(({ id }) => id === host.frame.selected) ?? panel.edges.find(({ strong }) => strong);
    if (spoken) showEdgeLabel(spoken);
    g.globalAlpha = 1;
    g.setLineDash([]);
    g.fillStyle = host.theme.muted;
    g.font = `12px ${host.theme.font}`;
    g.textAlign = "center";
    for (const [x, text] of panel.captions) g.fillText(text, x * width, 12);
    g.textAlign = "left";
  }

  function drawEdge(g, edge) {
    const [ax, ay, bx, by] = ends(edge);
    const selected = host.frame.selected === edge.id;
    const { muted } = host.theme;
    g.globalAlpha = edge.faded ? 0.15 : selected || edge.strong ? 1 : 0.75;
    if (edge.weight === null) g.strokeStyle = edge.strong ? seriesColour(0, host.theme) : muted;
    else g.strokeStyle = edge.faded ? muted : signColour(edge.weight, host.theme);
    const size = edge.weight === null ? (edge.strong ? 3 : 1.4) : Math.min(8, 0.6 + 2 * Math.abs(edge.weight));
    g.lineWidth = size + (selected ? 2.5 : 0);
    g.setLineDash(edge.weight < 0 ? SERIES[1].dash : []);
    const across = edge.double ? g.lineWidth / 2 + 1.5 : 0;
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const [ox, oy] = [(-(by - ay) / length) * across, ((bx - ax) / length) * across];
    g.beginPath();
    for (const side of edge.double ? [-1, 1] : [0]) {
      g.moveTo(ax + side * ox, ay + side * oy);
      g.lineTo(bx + side * ox, by + side * oy);
    }
    g.stroke();
    if (edge.arrow === "target") drawHead(g, [ax, ay, bx, by], edge.target);
    else if (edge.arrow) drawHead(g, [bx, by, ax, ay], edge.source);
  }

  // The head of an arrow, where its line meets the box it leads to.
  function drawHead(g, [ax, ay, bx, by], node) {
    const box = boxes.get(node);
    const [dx, dy] = [bx - ax, by - ay];
    const length = Math.hypot(dx, dy);
    if (length === 0) return;
    const inside = Math.min(box.offsetWidth / 2 / Math.abs(dx), box.offsetHeight / 2 / Math.abs(dy), 1);
    const [x, y] = [bx - inside * dx, by - inside * dy];
    const [ux, uy] = [dx / length, dy / length];
    const head = 7 + g.lineWidth;
    g.fillStyle = g.strokeStyle;
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(x - head * ux - 0.5 * head * uy, y - head * uy + 0.5 * head * ux);
    g.lineTo(x - head * ux + 0.5 * head * uy, y - head * uy - 0.5 * head * ux);
    g.closePath();
    g.fill();
  }

  // The label stands at the middle of its line, or beside it where it would cover a box.
  function showEdgeLabel(edge) {
    const [ax, ay, bx, by] = ends(edge);
    edgeLabel.hidden = !edge.label;
    edgeLabel.textContent = edge.label;
    if (!edge.label) return;
    const [half, rise] = [edgeLabel.offsetWidth / 2, edgeLabel.offsetHeight / 2];
    const taken = [...boxes.values()].map((box) => [box.offsetLeft, box.offsetTop, box.offsetWidth / 2, box.offsetHeight / 2]);
    let best = null;
    for (const beside of edge.strong ? [0, -24, 24, -48, 48, -72, 72] : [0]) {
      const x = Math.max(half, Math.min((ax + bx) / 2, size.width - half));
      const y = Math.max(rise, Math.min((ay + by) / 2 + beside, size.height - rise));
      const covered = taken.reduce((sum, [cx, cy, w, h]) => {
        const [overX, overY] = [half + w - Math.abs(x - cx), rise + h - Math.abs(y - cy)];
        return sum + (overX > 0 && overY > 0 ? overX * overY : 0);
      }, Math.abs(beside));
      if (!best || covered < best.covered) best = { x, y, covered };
    }
    edgeLabel.style.left = `${best.x}px`;
    edgeLabel.style.top = `${best.y}px`;
  }

  function ends(edge) {
    const [from, to] = [places.get(edge.source), places.get(edge.target)];
    return [from.x * size.width, from.y * size.height, to.x * size.width, to.y * size.height];
  }

  canvas.addEventListener("click", (event) => {
    host.focus();
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = null;
    let reach = EDGE_REACH;
    for (const edge of panel.edges) {
      const distance = distanceToSegment(x, y, ...ends(edge));
      if (distance <= reach) [best, reach] = [edge, distance];
    }
    if (best) host.select(best.id);
  });

  return {
    element,
    update,
    measure,
    repaint,
    ids: () => [...panel.nodes, ...panel.edges].map(({ id }) => id),
    stops: () => panel.nodes.map(({ id }) => id),
    key: (event, thing) => netKey(event, thing, panel, places, host),
  };
}

// Arrows walk: from a node along its nearest line, from a line to its node, up and down among neighbours.
// Plus and minus change the weight of the selected line.
export function netKey(event, thing, panel, places, host) {
  const edge = panel.edges.find(({ id }) => id === thing);
  const node = places.get(thing);
  if (!edge && !node) return false;
  if (edge && edge.weight !== null && "+=-".includes(event.key)) {
    host.send({ type: "nudge", thing, dx: 0, dy: event.key === "-" ? -1 : 1 });
    return true;
  }
  const forward = { ArrowRight: true, ArrowLeft: false }[event.key];
  const down = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (forward === undefined && down === undefined) return false;
  let next = null;
  if (forward !== undefined) {
    if (edge) next = forward ? edge.target : edge.source;
    else {
      const lines = panel.edges.filter((one) => (forward ? one.source : one.target) === thing);
      const rise = (one) => Math.abs(places.get(forward ? one.target : one.source).y - node.y);
      next = lines.sort((a, b) => rise(a) - rise(b))[0]?.id;
    }
  } else {
    const peers = edge
      ? panel.edges.filter((one) => one.source === edge.source).map((one) => [one.id, places.get(one.target).y])
      : panel.nodes.filter((one) => Math.abs(one.x - node.x) < 1e-6).map((one) => [one.id, one.y]);
    peers.sort((a, b) => a[1] - b[1]);
    next = peers[peers.findIndex(([id]) => id === thing) + down]?.[0];
  }
  if (next) host.select(next);
  return true;
}
