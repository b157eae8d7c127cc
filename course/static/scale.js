// From data to pixels and back, ticks, and how numbers are written.

export function makeScale(panel, width, height) {
  const margin = panel.axes
    ? { left: Math.max(panel.left, panel.ylabel ? 52 : panel.ylog ? 46 : 38), right: 10, top: 8, bottom: panel.xlabel ? 40 : 24 }
    : { left: 4, right: 4, top: 4, bottom: 4 };
  const box = { x: margin.left, y: margin.top, w: width - margin.left - margin.right, h: height - margin.top - margin.bottom };
  const [across, up] = [axis(panel.x, panel.xlog), axis(panel.y, panel.ylog)];
  return {
    box,
    x: (x) => box.x + across.share(x) * box.w,
    y: (y) => box.y + (1 - up.share(y)) * box.h,
    dataX: (px) => across.data((px - box.x) / box.w),
    dataY: (py) => up.data(1 - (py - box.y) / box.h),
    xTicks: across.ticks(box.w / 60),
    yTicks: up.ticks(box.h / (panel.ylog ? 34 : 42)),
  };
}

// One axis: from data to its share of the way along, and back.
function axis(range, log) {
  const level = log ? (value) => Math.log10(Math.max(value, 1e-300)) : (value) => value;
  const [low, high] = range.map(level);
  return {
    share: (value) => (level(value) - low) / (high - low),
    data: (share) => (log ? 10 ** (low + share * (high - low)) : low + share * (high - low)),
    ticks: (most) => (log ? decades : ticks)(low, high, Math.max(2, Math.floor(most))),
  };
}

export function clampTo(panel, x, y) {
  const within = (value, [low, high]) => Math.min(Math.max(value, low), high);
  return { x: within(x, panel.x), y: within(y, panel.y) };
}

export function ticks(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const out = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n++) out.push(Number((n * step).toPrecision(12)));
  return out;
}

// Powers of ten; on an axis too short for three of them, twice and five times them as well.
function decades(low, high, most) {
  const every = Math.max(1, Math.ceil((high - low) / most));
  const between = high - low < 2 ? [1, 2, 5] : [1];
  const out = [];
  for (let n = Math.floor(low); n <= high + 1e-9; n += every) out.push(...between.map((factor) => factor * 10 ** n));
  return out.filter((value) => Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9);
}

// A number at an axis. A logarithmic one reaches where only powers of ten are short.
export function tick(value, log) {
  const short = !log || (value >= 0.01 && value < 1e4);
  return short ? written(value) : `1e${Math.round(Math.log10(value))}`.replace("-", "−");
}

// A number for reading: short, with a true minus sign.
export function written(value, digits = 2) {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(0) : String(Number(value.toFixed(digits)));
  return text.replace("-", "−");
}

// A number as it is typed: as many digits as the step needs.
export function typed(value, step, log) {
  if (log) return String(Number(value.toPrecision(3))).replace("-", "−");
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toFixed(Math.min(digits, 6)).replace("-", "−");
}

export function distanceToSegment(px, py, ax, ay, bx, by) {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / length));
  return Math.hypot(px - ax - t * dx, py - ay - t * dy);
}
