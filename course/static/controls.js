// Controls: a slider with a number to type or drag, a choice, a switch, a text box, a button, the clock.

import { BLUE, ORANGE } from "./colours.js";
import { setAttribute, setText } from "./dom.js";
import { marker } from "./layers.js";
import { typed } from "./scale.js";

export const CONTROLS = { scrub, choice, toggle, textbox, button, play, more };

// Each figure has this module to itself, so a count alone would name controls of two figures alike.
const PREFIX = `gu-control-${Math.random().toString(36).slice(2)}`;
let controlCount = 0;

function named(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  element.id = `${PREFIX}-${++controlCount}`;
  return element;
}

function labelled(label, ...parts) {
  const element = document.createElement("div");
  const words = document.createElement("label");
  words.textContent = label;
  words.htmlFor = parts[0].id;
  element.append(words, ...parts);
  return element;
}

function scrub(control, host) {
  const { name, low, high, step, log } = control;
  const range = named("input", "gu-range");
  const field = named("input", "gu-field");
  range.type = "range";
  field.type = "text";
  field.inputMode = "decimal";
  field.setAttribute("aria-label", `${control.label}, typed`);
  const toTrack = (value) => (log ? Math.log10(value) : value);
  const fromTrack = (place) => (log ? 10 ** place : place);
  range.min = toTrack(low);
  range.max = toTrack(high);
  range.step = log ? "any" : step;
  const element = labelled(control.label, range, field);
  element.className = "gu-scrub";
  if (control.unit) element.append(control.unit);
  let value = control.value;
  let shown = null;
  let gesture = 0;

  function show(next) {
    if (next === shown && !field.dataset.typing) return;
    value = shown = next;
    range.value = toTrack(value);
    const share = (100 * (toTrack(value) - range.min)) / (range.max - range.min);
    range.style.setProperty("--share", `${Math.min(100, Math.max(0, share))}%`);
    range.setAttribute("aria-valuetext", typed(value, step, log));
    if (document.activeElement !== field || !field.dataset.typing) field.value = typed(value, step, log);
  }

  function set(next) {
    const rounded = log ? Number(next.toPrecision(3)) : Number((low + Math.round((next - low) / step) * step).toFixed(10));
    show(Math.min(high, Math.max(low, rounded)));
    host.send({ type: "set", name, value, gesture });
  }

  const nudged = (count) => (log ? value * 10 ** (count * 0.05) : value + count * step);

  function arrows(event) {
    const direction = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (!direction || event.ctrlKey || event.metaKey || event.altKey || (event.target === field && sideways)) return;
    event.preventDefault();
    gesture = host.newGesture();
    delete field.dataset.typing;
    set(nudged(direction * (event.shiftKey ? 10 : 1)));
  }

  range.addEventListener("pointerdown", () => (gesture = host.newGesture()));
  range.addEventListener("input", () => set(fromTrack(Number(range.value))));
  range.addEventListener("keydown", arrows);
  field.addEventListener("keydown", (event) => {
    arrows(event);
    if (event.key === "Enter") commit();
    if (event.key === "Escape") {
      delete field.dataset.typing;
      field.value = typed(value, step, log);
      host.focus();
    }
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
    }
  });
  field.addEventListener("input", () => (field.dataset.typing = "yes"));
  field.addEventListener("blur", commit);

  function commit() {
    if (!field.dataset.typing) return;
    delete field.dataset.typing;
    const number = Number(field.value.replace("−", "-").replace(",", "."));
    gesture = host.newGesture();
    if (field.value.trim() !== "" && Number.isFinite(number)) set(number);
    else field.value = typed(value, step, log);
    field.select();
  }

  // Dragging the number sideways changes it; a plain click types into it.
  let pull = null;
  field.addEventListener("pointerdown", (event) => {
    if (document.activeElement === field || event.button !== 0) return;
    event.preventDefault();
    field.setPointerCapture(event.pointerId);
    pull = { x: event.clientX, value, moved: false };
    gesture = host.newGesture();
  });
  field.addEventListener("pointermove", (event) => {
    if (!pull) return;
    const pixels = event.clientX - pull.x;
    if (Math.abs(pixels) < 3 && !pull.moved) return;
    pull.moved = true;
    const count = Math.round(pixels / 4);
    set(log ? pull.value * 10 ** (count * 0.05) : pull.value + count * step);
  });
  field.addEventListener("pointerup", () => {
    if (pull && !pull.moved) {
      field.focus();
      field.select();
    }
    pull = null;
  });
  field.addEventListener("pointercancel", () => (pull = null));

  show(value);
  return { element, update: (next) => host.link.busyWith(name) || pull || show(next.value) };
}

function choice(control, host) {
  if (control.sketches.length) return sketchedChoice(control, host);
  const select = named("select", "gu-select");
  for (const option of control.options) select.append(new Option(option, option));
  select.value = control.value;
  select.addEventListener("change", () => host.send({ type: "set", name: control.name, value: select.value }));
  const element = labelled(control.label, select);
  element.className = "gu-choice";
  return { element, update: (next) => host.link.busyWith(control.name) || (select.value = next.value) };
}

// The options as small pictures: a group of radio buttons, so the arrow keys work as everywhere.
function sketchedChoice(control, host) {
  const element = document.createElement("fieldset");
  element.className = "gu-sketches";
  const legend = document.createElement("legend");
  legend.textContent = control.label;
  element.append(legend);
  const group = `gu-control-${++controlCount}`;
  const boxes = control.options.map((option, i) => {
    const box = named("input", "gu-radio");
    const label = document.createElement("label");
    box.type = "radio";
    box.name = group;
    box.value = option;
    box.addEventListener("change", () => host.send({ type: "set", name: control.name, value: option }));
    label.append(box, sketch(control.sketches[i] ?? ""), option);
    element.append(label);
    return box;
  });
  const update = (next) => {
    if (!host.link.busyWith(control.name)) for (const box of boxes) box.checked = box.value === next.value;
  };
  update(control);
  return { element, update };
}

function sketch(dots) {
  const canvas = document.createElement("canvas");
  const size = 44;
  canvas.width = canvas.height = 2 * size;
  const g = canvas.getContext("2d");
  g.fillStyle = "#ffffff";
  g.fillRect(0, 0, 2 * size, 2 * size);
  const at = (digit) => 5 + (parseInt(digit, 36) / 35) * (2 * size - 10);
  for (let i = 0; i + 2 < dots.length; i += 3) {
    const [x, y] = [at(dots[i + 1]), 2 * size - at(dots[i + 2])];
    marker(g, x, y, 3, dots[i] === "1" ? "circle" : "triangle", dots[i] === "1" ? BLUE : ORANGE, false, { rim: "#ffffff" });
  }
  return canvas;
}

function toggle(control, host) {
  const box = named("input", "gu-check");
  box.type = "checkbox";
  box.checked = control.value;
  box.addEventListener("change", () => host.send({ type: "set", name: control.name, value: box.checked }));
  const element = labelled(control.label, box);
  element.prepend(box);
  element.className = "gu-toggle";
  return { element, update: (next) => host.link.busyWith(control.name) || (box.checked = next.value) };
}

function textbox(control, host) {
  const tall = control.rows > 1;
  const field = named(tall ? "textarea" : "input", "gu-textbox");
  if (tall) field.rows = control.rows;
  else field.type = "text";
  field.spellcheck = false;
  field.autocomplete = "off";
  field.placeholder = control.hint;
  field.maxLength = control.longest;
  field.value = control.value;
  let kept = control.value;
  let gesture = 0;

  function commit() {
    if (field.value === kept) return;
    kept = field.value;
    host.send({ type: "set", name: control.name, value: kept, ...(tall ? { gesture } : {}) });
  }

  field.addEventListener("focus", () => (gesture = host.newGesture()));
  if (tall) field.addEventListener("input", commit);
  field.addEventListener("blur", commit);
  field.addEventListener("keydown", (event) => {
    if (tall && event.key === "Enter") event.stopPropagation();
    if ((tall || event.key !== "Enter") && event.key !== "Escape") return;
    if (event.key === "Enter") commit();
    else {
      field.value = kept;
      host.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  });
  const element = labelled(control.label, field);
  element.className = tall ? "gu-line gu-tall" : "gu-line";
  const update = (next) => {
    const typing = document.activeElement === field && field.value !== kept;
    if (host.link.busyWith(control.name) || typing || next.value === kept) return;
    kept = field.value = next.value;
  };
  return { element, update };
}

function button(control, host) {
  const element = named("button", "gu-button");
  element.type = "button";
  element.textContent = control.label;
  if (control.key) {
    element.title = `key ${control.key}`;
    element.setAttribute("aria-keyshortcuts", control.key);
  }
  element.addEventListener("click", () => host.send({ type: "press", name: control.name }));
  return { element, update() {} };
}

function more(control, host) {
  const element = named("button", "gu-button gu-more");
  element.type = "button";
  let open = false;
  element.addEventListener("click", () => host.send({ type: "set", name: control.name, value: !open }));
  const update = (next) => {
    open = next.value;
    setText(element, open ? `${control.less} ▴` : `${control.label} ▾`);
    setAttribute(element, "aria-expanded", String(open));
  };
  update(control);
  return { element, update };
}

function play(control, host) {
  const element = named("div", "gu-play");
  const run = named("button", "gu-button gu-primary");
  const step = named("button", "gu-button");
  run.type = step.type = "button";
  step.textContent = control.step;
  run.title = "Space";
  step.title = "key .";
  run.addEventListener("click", () => host.send({ type: "press", name: control.name }));
  step.addEventListener("click", () => host.send({ type: "tick" }));
  element.append(run, step);
  const update = (next) => {
    setText(run, next.value ? "❚❚ Pause" : `▶ ${control.label}`);
    setAttribute(run, "aria-pressed", String(Boolean(next.value)));
  };
  update(control);
  return { element, update };
}
