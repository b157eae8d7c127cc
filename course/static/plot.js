// A plot: axes, layers, and things to select, drag (or click, click) and nudge.

import { seriesColour } from "./colours.js";
import { same, setAttribute, setText } from "./dom.js";
import { LAYERS, fieldValue, inkOn } from "./layers.js";
import { clampTo, distanceToSegment, makeScale, tick, written } from "./scale.js";

const REACH = 14; // pixels from the middle of a thing that still count as hitting it
const LINE_REACH = 9;
const FRAME_REACH = 6;
const FLASH = 900; // milliseconds
const MANY = 60; // points from which on a layer is kept as a picture

export function plotPanel(host) {
  const element = document.createElement("figure");
  element.className = "gu-panel";
  element.innerHTML = '<figcaption class="gu-caption"></figcaption><div class="gu-stage"><canvas role="img"></canvas><div class="gu-readout" aria-hidden="true"></div></div>';
  const [caption, stage] = element.children;
  const [canvas, readout] = stage.children;
  let panel = null;
  let selectedThen = null;
  let room = 0;
  let axesKept = null;
  const pointsKept = new Map();
  let scale = null;
  let shownAt = 0;
  let pointer = null;
  let drag = null;
  let stroke = null;
  let justPlaced = false;

  function update(next) {
    const unchanged = panel && host.frame.selected === selectedThen && same(panel, next);
    panel = next;
    selectedThen = host.frame.selected;
    if (!unchanged) {
      shownAt = performance.now();
      repaint();
    }
    caption.hidden = !panel.title;
    setText(caption, panel.title);
    setAttribute(canvas, "aria-label", [panel.title, host.frame.say].filter(Boolean).join(". "));
  }

  function measure() {
    room = element.clientWidth;
  }

  function repaint() {
    const width = Math.min(panel.width, room || panel.width);
    const height = Math.max(Math.min(panel.height, 150), Math.round((panel.height * width) / panel.width));
    const g = host.surface(canvas, width, height);
    scale = makeScale(panel, width, height);
    const theme = inkOn(panel, host.theme);
    const onPaper = theme !== host.theme;
    g.drawImage(axesPicture(width, height, !onPaper), 0, 0, width, height);
    const { box } = scale;
    g.save();
    g.beginPath();
    g.rect(box.x, box.y, box.w, box.h);
    g.clip();
    const age = performance.now() - shownAt;
    const pulse = host.still || age > FLASH ? 0 : Math.abs(Math.cos((age / FLASH) * 3 * Math.PI)) * (1 - age / FLASH);
    panel.layers.forEach((layer, i) => {
      if (layer.kind === "points" && layer.xy.shape[0] > MANY && !layer.marks) g.drawImage(pointsPicture(i, layer, width, height, theme), 0, 0, width, height);
      else LAYERS[layer.kind](g, layer, scale, theme, pulse);
    });
    for (const thing of panel.things) if (!thing.box) drawThing(g, thing, theme);
    for (const id of new Set([host.frame.selected, host.held])) {
      const thing = pointThing(panel, id);
      if (thing) drawThing(g, thing, theme);
    }
    g.restore();
    for (const thing of panel.things) if (thing.box) drawThing(g, thing, theme); // at an edge, whole
    const flashing = panel.layers.some((layer) => layer.marks?.data.includes(2));
    if (flashing && !host.still && age < FLASH) requestAnimationFrame(() => element.isConnected && repaint());
  }

  // Axes and grid change seldom: they are drawn once and kept.
  function axesPicture(width, height, withGrid) {
    const ratio = window.devicePixelRatio || 1;
    const key = JSON.stringify([panel.x, panel.y, panel.xlabel, panel.ylabel, panel.xlog, panel.ylog, panel.axes, width, height, ratio, withGrid, host.theme]);
    if (axesKept?.key === key) return axesKept.picture;
    const picture = new OffscreenCanvas(Math.round(width * ratio), Math.round(height * ratio));
    const g = picture.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (panel.axes && withGrid) grid(g);
    if (panel.axes) axes(g, width);
    axesKept = { key, picture: picture.transferToImageBitmap() };
    return axesKept.picture;
  }

  // Many points that stay where they are, over a field that changes at each frame: drawn once and kept.
  function pointsPicture(place, layer, width, height, theme) {
    const ratio = window.devicePixelRatio || 1;
    const key = JSON.stringify([panel.x, panel.y, panel.ylog, panel.axes, panel.xlabel, panel.ylabel, width, height, ratio, theme]);
    const kept = pointsKept.get(place);
    if (kept?.key === key && same(kept.layer, layer)) return kept.picture;
    const picture = new OffscreenCanvas(Math.round(width * ratio), Math.round(height * ratio));
    const g = picture.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    LAYERS.points(g, layer, scale, theme, 0);
    pointsKept.set(place, { key, layer, picture: picture.transferToImageBitmap() });
    return pointsKept.get(place).picture;
  }

  function grid(g) {
    const { box } = scale;
    g.lineWidth = 1;
    g.strokeStyle = host.theme.line;
    g.globalAlpha = 0.6;
    g.beginPath();
    for (const x of scale.xTicks) line(g, scale.x(x), box.y, scale.x(x), box.y + box.h);
    for (const y of scale.yTicks) line(g, box.x, scale.y(y), box.x + box.w, scale.y(y));
    g.stroke();
    g.globalAlpha = 1;
  }

  function axes(g, width) {
    const { box } = scale;
    g.strokeStyle = host.theme.line;
    g.lineWidth = 1;
    g.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
    g.fillStyle = host.theme.muted;
    g.font = `12px ${host.theme.font}`;
    g.textBaseline = "top";
    g.textAlign = "center";
    for (const x of scale.xTicks) {
      const text = tick(x, panel.xlog);
      const half = g.measureText(text).width / 2 + 1;
      g.fillText(text, Math.max(half, Math.min(scale.x(x), width - half)), box.y + box.h + 6);
    }
    if (panel.xlabel) g.fillText(panel.xlabel, box.x + box.w / 2, box.y + box.h + 23);
    g.textBaseline = "middle";
    g.textAlign = "right";
    for (const y of scale.yTicks) g.fillText(tick(y, panel.ylog), box.x - 6, scale.y(y));
    if (panel.ylabel) {
      g.save();
      g.translate(11, box.y + box.h / 2);
      g.rotate(-Math.PI / 2);
      g.textAlign = "center";
      g.fillText(panel.ylabel, 0, 0);
      g.restore();
    }
    g.textAlign = "left";
    g.textBaseline = "alphabetic";
  }

  function drawThing(g, thing, theme) {
    const x = scale.x(thing.x);
    const y = scale.y(thing.y);
    const selected = host.frame.selected === thing.id;
    const held = host.held === thing.id;
    if (thing.shape === "ring") {
      g.beginPath();
      g.arc(x, y, 6, 0, 2 * Math.PI);
      g.fillStyle = theme.surface;
      g.fill();
      g.lineWidth = 2.5;
      g.strokeStyle = thing.series === null ? theme.ink : seriesColour(thing.series, theme);
      g.stroke();
    }
    if (thing.box) drawFrame(g, thing, selected || held, theme);
    if (!selected && !held) return;
    g.setLineDash(held ? [4, 3] : []);
    g.strokeStyle = theme.ink;
    if (thing.line) {
      g.globalAlpha = 0.35;
      g.lineWidth = 8;
      g.beginPath();
      line(g, scale.x(thing.line[0]), scale.y(thing.line[1]), scale.x(thing.line[2]), scale.y(thing.line[3]));
      g.stroke();
      g.globalAlpha = 1;
    }
    for (const [radius, colour, width] of thing.box ? [] : [[11.5, theme.surface, 5], [11.5, theme.ink, 2.5]]) {
      g.beginPath();
      g.arc(x, y, radius, 0, 2 * Math.PI);
      g.lineWidth = width;
      g.strokeStyle = colour;
      g.stroke();
    }
    if (held && pointer) {
      g.beginPath();
      g.arc(pointer.x, pointer.y, 6, 0, 2 * Math.PI);
      g.lineWidth = 1.5;
      g.stroke();
    }
    g.setLineDash([]);
  }

  // A frame around what it holds, bolder while it is selected.
  function drawFrame(g, thing, chosen, theme) {
    const { x, y, w, h } = corners(thing.box);
    const colour = thing.series === null ? theme.ink : seriesColour(thing.series, theme);
    const [bold, gap] = chosen ? [3, 2.5] : [2, 1];
    for (const [stroke, width] of [[theme.surface, bold + 3], [colour, bold]]) {
      g.strokeStyle = stroke;
      g.lineWidth = width;
      g.setLineDash(host.held === thing.id && stroke === colour ? [4, 3] : []);
      g.strokeRect(x - gap, y - gap, w + 2 * gap, h + 2 * gap);
    }
  }

  function corners([ax, ay, bx, by]) {
    const [x, y] = [Math.min(scale.x(ax), scale.x(bx)), Math.min(scale.y(ay), scale.y(by))];
    return { x, y, w: Math.abs(scale.x(bx) - scale.x(ax)), h: Math.abs(scale.y(by) - scale.y(ay)) };
  }

  function inFrame(at, box) {
    const { x, y, w, h } = corners(box);
    return at.x >= x - FRAME_REACH && at.x <= x + w + FRAME_REACH && at.y >= y - FRAME_REACH && at.y <= y + h + FRAME_REACH;
  }

  function line(g, ax, ay, bx, by) {
    g.moveTo(ax, ay);
    g.lineTo(bx, by);
  }

  function hit(at) {
    let best = null;
    let reach = REACH;
    for (const thing of panel.things) {
      const distance = Math.hypot(scale.x(thing.x) - at.x, scale.y(thing.y) - at.y);
      if (distance <= reach) [best, reach] = [thing, distance];
    }
    for (const layer of panel.layers) {
      for (let i = 0; i < (layer.things?.length ?? 0); i++) {
        const distance = Math.hypot(scale.x(layer.xy.data[2 * i]) - at.x, scale.y(layer.xy.data[2 * i + 1]) - at.y);
        if (distance <= reach) [best, reach] = [layer.things[i], distance];
      }
    }
    if (best) return typeof best === "string" ? pointThing(panel, best) : best;
    return panel.things.find(
      ({ line: ends, box }) =>
        (box && inFrame(at, box)) || ends && distanceToSegment(at.x, at.y, scale.x(ends[0]), scale.y(ends[1]), scale.x(ends[2]), scale.y(ends[3])) <= LINE_REACH,
    );
  }

  function where(event) {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  function move(thing, x, y, gesture) {
    host.send({ type: "drag", thing, ...clampTo(panel, x, y), gesture });
  }

  function grip(event, how) {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drag = how;
    host.select(how.thing);
  }

  function draw(at) {
    const points = [stroke.last, at].map(({ x, y }) => Object.values(clampTo(panel, scale.dataX(x), scale.dataY(y))));
    host.send({ type: "stroke", panel: panel.id, points, gesture: stroke.gesture });
    stroke.last = at;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    host.focus();
    const at = where(event);
    const thing = hit(at);
    const wasHeld = host.held;
    justPlaced = false;
    host.hold(null);
    if (!thing) {
      if (thingOf(panel, wasHeld)) {
        move(wasHeld, scale.dataX(at.x), scale.dataY(at.y), host.newGesture());
        justPlaced = true;
      } else if (panel.draws) {
        event.preventDefault();
        canvas.setPointerCapture(event.pointerId);
        stroke = { last: at, gesture: host.newGesture() };
        draw(at);
      } else if (panel.follows) {
        grip(event, { thing: panel.follows, at, moved: true, gesture: host.newGesture(), dx: 0, dy: 0 });
        move(panel.follows, scale.dataX(at.x), scale.dataY(at.y), drag.gesture);
      }
      return;
    }
    grip(event, { thing: thing.id, at, moved: false, gesture: host.newGesture(), wasHeld, dx: scale.x(thing.x) - at.x, dy: scale.y(thing.y) - at.y });
  });

  canvas.addEventListener("pointermove", (event) => {
    pointer = where(event);
    if (stroke) return draw(pointer);
    if (!drag) {
      readoutAt(pointer);
      canvas.style.cursor = host.held || panel.draws ? "crosshair" : hit(pointer) ? "grab" : "default";
      if (host.held) repaint();
      return;
    }
    if (!drag.moved && Math.hypot(pointer.x - drag.at.x, pointer.y - drag.at.y) < 4) return;
    drag.moved = true;
    canvas.style.cursor = "grabbing";
    move(drag.thing, scale.dataX(pointer.x + drag.dx), scale.dataY(pointer.y + drag.dy), drag.gesture);
    readoutAt(pointer);
  });

  canvas.addEventListener("pointerup", () => {
    if (drag && !drag.moved) host.hold(drag.wasHeld === drag.thing ? null : drag.thing);
    drag = stroke = null;
  });

  canvas.addEventListener("pointercancel", () => {
    drag = stroke = null;
  });

  canvas.addEventListener("pointerleave", () => {
    pointer = null;
    readout.textContent = "";
  });

  canvas.addEventListener("dblclick", (event) => {
    const at = where(event);
    const thing = hit(at);
    host.hold(null);
    if (thing) host.send({ type: "flip", thing: thing.id });
    else if (panel.adds && !justPlaced) host.send({ type: "add", panel: panel.id, ...clampTo(panel, scale.dataX(at.x), scale.dataY(at.y)) });
  });

  // A finger on a thing drags it, or draws; anywhere else it scrolls the page.
  canvas.addEventListener(
    "touchstart",
    (event) => {
      const box = canvas.getBoundingClientRect();
      const touch = event.touches[0];
      if (panel.draws || host.held || hit({ x: touch.clientX - box.left, y: touch.clientY - box.top })) event.preventDefault();
    },
    { passive: false },
  );

  function readoutAt(at) {
    const { box } = scale;
    const inside = at.x >= box.x && at.x <= box.x + box.w && at.y >= box.y && at.y <= box.y + box.h;
    const [x, y] = [scale.dataX(at.x), scale.dataY(at.y)];
    const thing = inside && hit(at);
    const place = panel.layers.some(({ pixels }) => pixels) ? "" : `(${written(x)}, ${written(y)})`;
    setText(readout, !inside ? "" : [thing?.label, place, fieldValue(panel, x, y)].filter(Boolean).join("   "));
  }

  return {
    element,
    update,
    measure,
    repaint,
    ids: () => [...panel.things.map(({ id }) => id), ...panel.layers.flatMap((layer) => layer.things ?? [])],
    key: (event, thing) => plotKey(event, thingOf(panel, thing), panel, host),
  };
}

function thingOf(panel, id) {
  return panel.things.find((thing) => thing.id === id) ?? pointThing(panel, id);
}

// A point of a layer whose points are things.
function pointThing(panel, id) {
  for (const layer of panel.layers) {
    const i = id === null ? -1 : (layer.things?.indexOf(id) ?? -1);
    if (i >= 0) return { id, x: layer.xy.data[2 * i], y: layer.xy.data[2 * i + 1], label: id, step: layer.step, shape: "none", line: null, axis: "both", series: null, box: null };
  }
  return null;
}

function plotKey(event, thing, panel, host) {
  const size = event.shiftKey ? 10 : 1;
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!thing) return false;
  if (steps) {
    host.send({ type: "nudge", thing: thing.id, dx: size * steps[0], dy: size * steps[1] });
    return true;
  }
  const end = { Home: 0, End: 1 }[event.key];
  if (end === undefined) return false;
  const place = thing.axis === "y" ? { x: thing.x, y: panel.y[end] } : { x: panel.x[end], y: thing.y };
  host.send({ type: "drag", thing: thing.id, ...place });
  return true;
}
