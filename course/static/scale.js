// From data to pixels and back, ticks, and how numbers are written.

export function makeScale(panel, width, height) {
  const margin = panel.axes
    ? { left: panel.ylabel ? 52 : 38, right: 10, top: 8, bottom: panel.xlabel ? 40 : 24 }
    : { left: 4, right: 4, top: 4, bottom: 4 };
  const box = { x: margin.left, y: margin.top, w: width - margin.left - margin.right, h: height - margin.top - margin.bottom };
  const [x0, x1] = panel.x;
  const level = panel.ylog ? (y) => Math.log10(Math.max(y, 1e-300)) : (y) => y;
  const [y0, y1] = panel.y.map(level);
  return {
    box,
    x: (x) => box.x + ((x - x0) / (x1 - x0)) * box.w,
    y: (y) => box.y + ((y1 - level(y)) / (y1 - y0)) * box.h,
    dataX: (px) => x0 + ((px - box.x) / box.w) * (x1 - x0),
    dataY: (py) => {
      const at = y1 - ((py - box.y) / box.h) * (y1 - y0);
      return panel.ylog ? 10 ** at : at;
    },
    xTicks: ticks(x0, x1, Math.max(2, Math.floor(box.w / 60))),
    yTicks: panel.ylog ? decades(y0, y1, Math.max(2, Math.floor(box.h / 34))) : ticks(y0, y1, Math.max(2, Math.floor(box.h / 42))),
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

function decades(low, high, most) {
  const every = Math.max(1, Math.ceil((high - low) / most));
  const out = [];
  for (let n = Math.ceil(low - 1e-9); n <= high + 1e-9; n += every) out.push(10 ** n);
  return out;
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
