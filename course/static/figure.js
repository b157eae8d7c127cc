// The figure on the page: lays out what a frame says, and hands what the reader does to the link.

import { readTheme } from "./colours.js";
import { setAttribute, setChildren, setText } from "./dom.js";
import { Link } from "./link.js";
import { plotPanel } from "./plot.js";
import { netPanel } from "./net.js";
import { mapsPanel } from "./maps.js";
import { padPanel } from "./pad.js";
import { tilesPanel } from "./tiles.js";
import { stripPanel } from "./strip.js";
import { barsPanel, tablePanel } from "./tables.js";
import { gridPanel } from "./grid.js";
import { CONTROLS } from "./controls.js";
import { figureKey, helpOverlay } from "./keys.js";

// To add a primitive: a function (host) => {element, update(panel), measure()?, repaint(), ids(), key(event, thing)};
// with edit() and enter(thing) for one whose things are typed into.
const PANELS = { plot: plotPanel, net: netPanel, maps: mapsPanel, pad: padPanel, grid: gridPanel, tiles: tilesPanel, strip: stripPanel, table: tablePanel, bars: barsPanel };
const WORDS = new Set(["table", "bars"]); // panels made of text
const LONG = 3000; // milliseconds of playing after which is said what it depends on
const RUNS = "pauses while you can't see it; restarting the kernel loses it";
const SPEAK_EVERY = 1000; // milliseconds between two spoken descriptions
const WRITE_EVERY = 100; // and between two written ones while the clock runs: nobody reads faster, and text costs layout

class View {
  constructor(link, root) {
    this.link = link;
    this.root = root;
    this.frame = null;
    this.held = null;
    this.onScreen = true;
    this.frames = 0;
    this.panelsById = new Map();
    this.controlsByName = new Map();
    this.controlBoxes = new Map(); // by column, for the controls that stand under its panels
    this.shape = "";
    this.due = false;
    this.second = null; // a frame that waits for its refresh
    this.isSecond = false; // whether the frame that is due has waited
    this.wroteAt = 0;
    this.writing = null;
    this.build();
    this.listen();
    this.theme = readTheme(root);
    this.stillness = matchMedia("(prefers-reduced-motion: reduce)");
    link.views.add(this);
    if (link.frame) this.show(link.frame);
    if (link.frame?.playing) link.startClock();
  }

  get still() {
    return this.stillness.matches;
  }

  build() {
    const { root } = this;
    root.className = "gu-figure";
    root.tabIndex = 0;
    root.setAttribute("role", "group");
    root.innerHTML = `
      <div class="gu-head"><span class="gu-title"></span><span class="gu-tools">
        <button type="button" class="gu-tool" data-do="undo" title="Ctrl + Z">Undo</button>
        <button type="button" class="gu-tool" data-do="reset" title="key r">Reset</button>
        <button type="button" class="gu-tool" data-do="copy" title="One line of Python that rebuilds this view">Copy state</button>
        <button type="button" class="gu-tool" data-do="help" title="key ?" aria-label="Help: keys">?</button></span></div>
      <div class="gu-toolbar"></div>
      <div class="gu-goal" hidden><progress max="1" aria-label="Progress to the goal"></progress><span></span><b class="gu-done" hidden>✓ reached</b></div>
      <div class="gu-columns"></div>
      <div class="gu-scrubs"></div>
      <p class="gu-say" aria-hidden="true"></p>
      <div class="gu-strip" role="status" hidden></div>
      <div class="gu-badge"></div>
      <div class="gu-tries" hidden><h4>Try</h4><ol></ol></div>
      <div class="gu-live" aria-live="polite"></div>
      <div class="gu-cheer" aria-live="polite"></div>`;
    const part = (name) => root.querySelector(`.gu-${name}`);
    this.parts = Object.fromEntries(
      ["title", "toolbar", "columns", "scrubs", "goal", "say", "strip", "badge", "tries", "live", "cheer", "done"].map((name) => [name, part(name)]),
    );
  }

  listen() {
    const { root } = this;
    root.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || !this.frame) return;
      if (figureKey(event, this)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
    root.addEventListener("click", (event) => {
      const action = event.target.closest("[data-do]")?.dataset.do;
      if (!action) return;
      if (action === "copy") this.copyState();
      else if (action === "help") this.toggleHelp();
      else this.send({ type: action });
    });
    this.resize = new ResizeObserver(() => this.resized());
    this.resize.observe(root);
    this.sight = new IntersectionObserver((entries) => {
      this.onScreen = entries.at(-1).isIntersecting;
      if (this.onScreen) this.resized();
    });
    this.sight.observe(root);
    this.themeChange = new MutationObserver(() => {
      this.theme = readTheme(root);
      if (this.frame) this.draw();
    });
    this.themeChange.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
  }

  close() {
    this.link.views.delete(this);
    this.resize.disconnect();
    this.sight.disconnect();
    this.themeChange.disconnect();
    clearTimeout(this.speaking);
    clearTimeout(this.writing);
    clearTimeout(this.notice);
  }

  // --- frames ---------------------------------------------------------------------------------------

  // Answers to the hand come in twos now and then, with a gap behind them. Then the first is drawn, and the second at
  // the next refresh unless something newer is there by then: pictures come evenly, and none of them late.
  show(frame) {
    if (this.due && frame.since && !this.isSecond) {
      this.second = frame;
      return;
    }
    if (this.frame?.since) frame.since ??= this.frame.drawn ? null : this.frame.since;
    this.frame = frame;
    this.second = null; // older than this one
    this.isSecond = false;
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.draw();
      const { second } = this;
      this.second = null;
      if (second) this.show(second);
      this.isSecond = Boolean(second);
    });
  }

  draw() {
    const { frame, parts, root } = this;
    const started = performance.now();
    const places = new Set(frame.controls.map(({ column }) => column));
    const shape = JSON.stringify([frame.panels.map(({ id, kind, column }) => [id, kind, column]), [...places]]);
    if (shape !== this.shape) this.lay(shape);
    const controls = JSON.stringify(frame.controls.map(({ value, ...rest }) => rest));
    if (controls !== this.controlsShape) this.layControls(controls);
    for (const panel of frame.panels) if (!WORDS.has(panel.kind)) this.panelsById.get(panel.id).update(panel);
    for (const control of frame.controls) this.controlsByName.get(control.name).update(control);
    this.write();
    root.querySelector('[data-do="undo"]').disabled = !frame.undo;
    setAttribute(root, "data-say", frame.say);
    setAttribute(root, "data-code", frame.code);
    setAttribute(root, "data-selected", frame.selected ?? "");
    setAttribute(root, "data-playing", String(frame.playing));
    root.dataset.frame = String(++this.frames);
    this.speak();
    const now = performance.now();
    const since = frame.drawn ? null : frame.since;
    frame.drawn = true;
    root.dispatchEvent(new CustomEvent("figure-frame", { detail: { since, received: frame.received, started, drawn: now } }));
  }

  write() {
    const { frame, parts } = this;
    const wait = frame.playing ? WRITE_EVERY - (performance.now() - this.wroteAt) : 0;
    if (wait > 0) {
      this.writing ??= setTimeout(() => this.write(), wait);
      return;
    }
    clearTimeout(this.writing);
    this.writing = null;
    this.wroteAt = performance.now();
    for (const panel of frame.panels) if (WORDS.has(panel.kind)) this.panelsById.get(panel.id)?.update(panel);
    this.writeGoal();
    setText(parts.say, frame.conclusion);
    parts.say.hidden = !frame.conclusion;
    setText(parts.badge, [frame.badge, this.playsLong() ? RUNS : ""].filter(Boolean).join(" · "));
    this.tell(frame.strip);
  }

  playsLong() {
    if (!this.frame.playing) this.playsSince = null;
    else this.playsSince ??= performance.now();
    return this.playsSince !== null && performance.now() - this.playsSince > LONG;
  }

  // The score stands over the picture: what changes it must not move the picture, so it keeps its height.
  writeGoal() {
    const { frame, parts } = this;
    const { goal, reached } = frame;
    parts.goal.hidden = !goal;
    if (!goal) return;
    const [bar, words] = parts.goal.children;
    bar.value = goal.progress;
    if (words.textContent !== goal.text) {
      words.textContent = goal.text;
      if (goal.text.length > (this.longestGoal ?? 0)) this.roomForGoal(); // asking for a height costs a layout
    }
    parts.done.hidden = !reached;
    setText(parts.done, goal.progress >= 1 ? "✓ reached" : "✓ reached before");
    parts.goal.classList.toggle("gu-reached", reached);
    if (reached && this.wanted === goal.key) this.celebrate();
    this.wanted = reached ? null : goal.key;
  }

  roomForGoal() {
    const { goal } = this.parts;
    this.longestGoal = goal.children[1].textContent.length;
    if (goal.offsetHeight > (parseFloat(goal.style.minHeight) || 0)) goal.style.minHeight = `${goal.offsetHeight}px`;
  }

  celebrate() {
    const { goal, cheer } = this.parts;
    goal.classList.remove("gu-celebrate");
    void goal.offsetWidth; // so that it begins anew
    goal.classList.add("gu-celebrate");
    cheer.textContent = "";
    setTimeout(() => (cheer.textContent = `Goal reached. ${this.frame.goal?.text ?? ""}`), 50);
  }

  // Builds panels anew; only when their kinds or places changed.
  lay(shape) {
    const { frame, parts, root } = this;
    this.shape = shape;
    parts.title.textContent = frame.title;
    root.setAttribute("aria-label", `Figure: ${frame.title}. Press ? for its keys.`);
    parts.tries.hidden = frame.tries.length === 0;
    parts.tries.lastChild.replaceChildren(...frame.tries.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    const kept = this.panelsById;
    this.panelsById = new Map();
    const columns = new Map();
    const columnAt = (index) => {
      if (!columns.has(index)) columns.set(index, { column: Object.assign(document.createElement("div"), { className: "gu-column gu-controls-only" }), width: 0 });
      return columns.get(index);
    };
    for (const panel of frame.panels) {
      const old = kept.get(panel.id);
      const entry = old?.kind === panel.kind ? old : { kind: panel.kind, ...PANELS[panel.kind](this) };
      this.panelsById.set(panel.id, entry);
      const place = columnAt(panel.column);
      place.column.className = "gu-column";
      place.width = Math.max(place.width, panel.width);
      place.column.style.flexBasis = `${0.75 * place.width}px`;
      place.column.style.maxWidth = `min(100%, ${place.width}px)`;
      // A picture may shrink, numbers may not.
      if (panel.kind === "table") place.column.style.minWidth = `min(100%, ${0.9 * panel.width}px)`;
      place.column.append(entry.element);
    }
    for (const { column: index } of frame.controls) if (index !== undefined && index !== null) columnAt(index);
    for (const [index, { column }] of columns) column.append(this.controlBox(index));
    parts.columns.replaceChildren(...[...columns.entries()].sort((a, b) => a[0] - b[0]).map(([, { column }]) => column));
    keepShortcutsOut(root);
    for (const panel of this.panelsById.values()) panel.measure?.();
  }

  controlBox(column) {
    if (!this.controlBoxes.has(column)) {
      const box = document.createElement("div");
      box.className = "gu-column-controls";
      this.controlBoxes.set(column, box);
    }
    return this.controlBoxes.get(column);
  }

  // Builds the controls that changed; the others stay where they are, and keep focus and a drag on them.
  layControls(shape) {
    const { frame, parts } = this;
    this.controlsShape = shape;
    const focused = document.activeElement?.closest?.("[data-control]")?.dataset.control;
    const kept = this.controlsByName;
    this.controlsByName = new Map();
    const toolbar = [];
    const scrubs = [];
    const columns = new Map([...this.controlBoxes.keys()].map((column) => [column, []]));
    for (const control of frame.controls) {
      const { value, ...rest } = control;
      const made = JSON.stringify(rest);
      const old = kept.get(control.name);
      const entry = old?.made === made ? old : { made, ...CONTROLS[control.kind](control, this) };
      entry.element.dataset.control = control.name;
      this.controlsByName.set(control.name, entry);
      const column = columns.get(control.column ?? null);
      (column ?? (control.kind === "scrub" ? scrubs : toolbar)).push(entry.element);
    }
    for (const [column, elements] of columns) setChildren(this.controlBox(column), elements);
    setChildren(parts.toolbar, toolbar);
    setChildren(parts.scrubs, scrubs);
    keepShortcutsOut(this.root);
    if (focused && !this.root.contains(document.activeElement)) this.focus();
  }

  repaint() {
    if (!this.frame || !this.shape || this.due) return;
    for (const panel of this.panelsById.values()) panel.repaint();
  }

  // Also when it is put on the page, which is when its style is known at last.
  resized() {
    this.theme = readTheme(this.root);
    if (this.root.clientWidth !== this.width) {
      this.width = this.root.clientWidth;
      this.parts.goal.style.minHeight = "";
      this.roomForGoal();
    }
    for (const panel of this.panelsById.values()) panel.measure?.();
    this.repaint();
  }

  // A canvas of this size in CSS pixels, cleared, sharp on any screen.
  surface(canvas, width, height) {
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const g = canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    return g;
  }

  // --- words ----------------------------------------------------------------------------------------

  tell(lines) {
    const all = this.link.silent
      ? [...lines, "No answer from Python: it may be busy with another cell. If it was restarted, run this figure's cell again."]
      : lines;
    const text = all.join("\n");
    setText(this.parts.strip, text);
    this.parts.strip.hidden = all.length === 0;
  }

  tellSilence() {
    if (this.frame) this.tell(this.frame.strip);
  }

  speak() {
    if (this.speaking || this.parts.live.textContent === this.frame.say) return;
    this.speaking = setTimeout(() => {
      this.speaking = null;
      if (this.root.contains(document.activeElement)) this.parts.live.textContent = this.frame.say;
    }, SPEAK_EVERY);
  }

  async copyState() {
    const { code } = this.frame;
    try {
      await navigator.clipboard.writeText(code);
      this.tell([...this.frame.strip, `Copied: ${code}`]);
    } catch {
      this.tell([...this.frame.strip, `Copy this line: ${code}`]);
    }
    clearTimeout(this.notice);
    this.notice = setTimeout(() => this.tell(this.frame.strip), 6000);
  }

  toggleHelp() {
    const open = this.root.querySelector(".gu-help");
    if (open) open.remove();
    else this.root.append(helpOverlay(this.frame));
  }

  // --- what panels, controls and keys ask for ---------------------------------------------------------

  send(event) {
    if (event.type !== "select" && event.type !== "drag") this.hold(null);
    this.link.send(event);
  }

  // What is selected, or will be as soon as Python has answered: keys may be quicker.
  get chosen() {
    const wish = this.link.unanswered().findLast(({ type }) => type === "select" || type === "reset" || type === "undo");
    return wish?.type === "select" ? wish.thing : this.frame.selected;
  }

  select(thing) {
    if (this.chosen !== thing) this.send({ type: "select", thing });
  }

  hold(thing) {
    if (this.held === thing) return;
    this.held = thing;
    this.root.dataset.held = thing ?? "";
    this.repaint();
  }

  newGesture() {
    this.gesture = `${this.link.client}-${performance.now()}`;
    return this.gesture;
  }

  hasClock() {
    return this.frame.controls.some((control) => control.kind === "play");
  }

  panels() {
    return [...this.panelsById.values()];
  }

  focus() {
    if (document.activeElement !== this.root) this.root.focus({ preventScroll: true });
  }

  // Esc: first closes the help, then lets go of what is held, then leaves for the notebook.
  leave() {
    if (this.root.querySelector(".gu-help")) this.toggleHelp();
    else if (this.held) this.hold(null);
    else {
      document.activeElement.blur();
      this.root.closest(".jp-Notebook")?.focus({ preventScroll: true });
    }
  }
}

// JupyterLab looks for this mark on the focused element first, and only then on the ones around it: without
// it, "x" on a slider would cut the cell.
function keepShortcutsOut(root) {
  for (const element of [root, ...root.querySelectorAll("button, input, select, textarea, [tabindex]")]) {
    element.dataset.lmSuppressShortcuts = "true";
  }
}

export default () => {
  let link = null;
  return {
    initialize({ model }) {
      link = new Link(model);
    },
    render({ model, el }) {
      link ??= new Link(model);
      const root = document.createElement("div");
      el.append(root);
      const view = new View(link, root);
      return () => view.close();
    },
  };
};
