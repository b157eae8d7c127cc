// The line to Python: events out, frames in. One per figure, shared by all its views.
//
// At most two messages are in flight; what happens meanwhile is merged (the newest drag of a thing counts).
// A frame acknowledges its events. Without an answer they are sent again, which Python recognises by id.
// While the clock runs, a few frames are asked for ahead and shown one per refresh of the screen.

const IN_FLIGHT = 2;
const AHEAD = 5; // frames beyond the first that a tick asks for
const ENOUGH = 4; // frames in store at which the next are asked for
const PATIENCE = 1000; // milliseconds before the first resend
const QUIET_AFTER = 2; // resends before the reader is told

export class Link {
  constructor(model) {
    this.model = model;
    this.client = Math.random().toString(36).slice(2);
    this.count = 0;
    this.waiting = [];
    this.queue = [];
    this.views = new Set();
    this.frame = null;
    this.store = []; // frames that wait for their refresh
    this.silent = false;
    this.lastTick = 0;
    this.clockRuns = false;
    this.timer = null;
    model.on("msg:custom", (content, buffers) => this.receive(content, buffers));
    const snapshot = model.get("latest");
    if (snapshot?.message) this.accept(snapshot.message, snapshot.buffers);
  }

  send(event) {
    const last = this.queue.at(-1);
    if (!last || !merge(last, event)) this.queue.push({ ...event });
    this.since ??= performance.now();
    this.pump();
  }

  // Whether an event that sets `name` (a control or a thing) is still on its way.
  busyWith(name) {
    const about = (event) => event.name === name || event.thing === name;
    return this.unanswered().some(about);
  }

  unanswered() {
    return [...this.waiting.flatMap(({ events }) => events), ...this.queue];
  }

  pump() {
    if (this.waiting.length >= IN_FLIGHT || this.queue.length === 0) return;
    const ticks = this.queue.every(({ type, run }) => type === "tick" && run === true);
    const message = { id: ++this.count, events: this.queue, since: this.since, ticks, sent: 0, tries: 0 };
    this.queue = [];
    this.since = null;
    this.waiting.push(message);
    this.post(message);
    this.timer ??= setInterval(() => this.resend(), 250);
  }

  post(message) {
    message.sent = performance.now();
    const ahead = this.hurries() && message.ticks ? AHEAD : 0;
    try {
      this.model.send({ kind: "events", client: this.client, id: message.id, events: message.events, ahead });
    } catch {
      this.setSilent(true); // the kernel that knew this figure is gone
    }
  }

  resend() {
    const now = performance.now();
    for (const message of this.waiting) {
      if (now - message.sent < PATIENCE * 2 ** Math.min(message.tries, 3)) continue;
      message.tries += 1;
      this.post(message);
      if (message.tries >= QUIET_AFTER) this.setSilent(true);
    }
    if (this.waiting.length === 0) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  receive(content, buffers) {
    if (content.kind !== "frames") return;
    const mine = content.client === this.client;
    const answered = mine ? this.waiting.filter(({ id }) => id <= content.id) : [];
    const since = answered.find((message) => message.since)?.since ?? null;
    if (mine) this.setSilent(false);
    if (mine) this.waiting = this.waiting.filter(({ id }) => id > content.id);
    const newest = content.frames.at(-1);
    const waits = this.clockRuns && this.hurries() && newest.playing && answered.every(({ ticks }) => ticks);
    if (!waits) this.store = [];
    if (waits) for (const [i, frame] of content.frames.entries()) this.store.push([frame, buffers, i ? null : since]);
    else if (!this.frame || newest.sequence >= this.frame.sequence) this.accept(newest, buffers, since);
    this.pump();
  }

  // Whether the clock runs as fast as the screen.
  hurries() {
    return this.frame?.controls.some(({ kind, interval }) => kind === "play" && interval === 0) ?? false;
  }

  accept(message, buffers, since = null) {
    this.frame = { ...message, panels: decode(message.panels, buffers), since, received: performance.now() };
    for (const view of this.views) view.show(this.frame);
    if (this.frame.playing) this.startClock();
  }

  setSilent(silent) {
    if (silent === this.silent) return;
    this.silent = silent;
    for (const view of this.views) view.tellSilence(silent);
  }

  // Ticks are asked for by the browser: one when the last was answered, none while nobody looks.
  startClock() {
    if (this.clockRuns) return;
    this.clockRuns = true;
    const beat = (now) => {
      if (this.store.length) this.accept(...this.store.shift());
      if (!this.frame?.playing || this.views.size === 0) {
        this.clockRuns = false;
        return;
      }
      const interval = 1000 * (this.frame.controls.find((control) => control.kind === "play")?.interval ?? 0);
      const seen = !document.hidden && [...this.views].some((view) => view.onScreen);
      const room = this.hurries() ? this.waiting.length === 0 && this.store.length <= ENOUGH : this.waiting.length < IN_FLIGHT;
      if (seen && room && now - this.lastTick >= interval) {
        this.lastTick = now;
        this.send({ type: "tick", run: true });
      }
      requestAnimationFrame(beat);
    };
    requestAnimationFrame(beat);
  }
}

// Merge `event` into `last` where only the newest (or the sum) matters; false if both must be kept.
function merge(last, event) {
  if (last.type !== event.type || last.gesture !== event.gesture) return false;
  if (last.thing !== event.thing || last.name !== event.name || last.panel !== event.panel) return false;
  if (["set", "drag", "select", "cell"].includes(event.type)) Object.assign(last, event);
  else if (event.type === "nudge") Object.assign(last, { dx: last.dx + event.dx, dy: last.dy + event.dy });
  else if (event.type === "ink" && last.value === event.value) last.cells = [...last.cells, ...event.cells];
  else if (event.type === "stroke") last.points = [...last.points, ...event.points];
  else return event.type === "tick" && event.run === true;
  return true;
}

// Puts the arrays back where the message says `{buffer, dtype, shape}`.
function decode(value, buffers) {
  if (Array.isArray(value)) return value.map((item) => decode(item, buffers));
  if (value === null || typeof value !== "object") return value;
  if ("buffer" in value && "dtype" in value) {
    const view = buffers[value.buffer];
    const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    const data = value.dtype === "uint8" ? new Uint8Array(bytes) : new Float32Array(bytes);
    return { data, shape: value.shape };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item, buffers)]));
}
