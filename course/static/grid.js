// Numbers in a grid, each on its colour. Where they can be edited: drag one up or down, type, or walk there by keys.

import { PALETTES, inkOf } from "./colours.js";
import { setAttribute, setText } from "./dom.js";

const PER_STEP = 6; // pixels of a drag that change a cell by one step
const LARGEST_FONT = 18; // font size, in pixels

export function gridPanel(host) {
  const element = document.createElement("figure");
  element.className = "gu-panel gu-grid";
  element.innerHTML = '<figcaption class="gu-caption"></figcaption><div class="gu-cells" role="table"></div>';
  const [caption, table] = element.children;
  let panel = null;
  let room = 0;
  let digits = 0; // behind the point
  let shape = "";
  let cells = []; // one per number: { id, row, column, element }
  let lastOne = 0; // the cell that was edited last
  let typing = null;
  let pull = null;

  function update(next) {
    panel = next;
    setText(caption, panel.title);
    caption.hidden = !panel.title;
    setAttribute(table, "aria-label", panel.title);
    const made = JSON.stringify([panel.id, panel.values.shape, panel.edits !== null]);
    if (made !== shape) build(made);
    repaint();
  }

  function build(made) {
    shape = made;
    stopTyping();
    const [rows, columns] = panel.values.shape;
    table.classList.toggle("gu-edits", panel.edits !== null);
    cells = [];
    table.replaceChildren(
      ...Array.from({ length: rows }, (_, row) => {
        const line = part("row");
        for (let column = 0; column < columns; column++) {
          const element = part("cell");
          cells.push({ id: `${panel.id} ${row} ${column}`, row, column, element });
          line.append(element);
        }
        return line;
      }),
    );
    lastOne = 0;
  }

  function measure() {
    room = element.clientWidth;
  }

  function repaint() {
    const [, columns] = panel.values.shape;
    const side = Math.floor(Math.min(panel.width, room || panel.width) / columns);
    digits = digitsOf(panel.values.data, panel.digits);
    const longest = Math.max(1, ...[...panel.values.data].map((value) => shown(value, digits).length));
    setAttribute(table, "style", `--cell:${side}px;font-size:${Math.min(LARGEST_FONT, (side - 3) / (0.6 * longest))}px`);
    const span = panel.high - panel.low;
    cells.forEach((cell, i) => {
      const value = pull?.cell === cell ? pull.value : panel.values.data[i];
      const index = Math.round(255 * Math.min(1, Math.max(0, (value - panel.low) / span))) || 0;
      const [r, g, b] = PALETTES[panel.palette].subarray(3 * index, 3 * index + 3);
      setAttribute(cell.element, "style", `background:rgb(${r},${g},${b});color:${inkOf(panel.palette, index)}`);
      setAttribute(cell.element, "class", panel.edits && host.frame.selected === cell.id ? "gu-selected" : "");
      if (typing?.cell !== cell) setText(cell.element, shown(value, digits));
    });
  }

  function send(cell, value, gesture) {
    const { id, row, column } = cell;
    host.send({ type: "cell", thing: id, panel: panel.id, row, column, value, gesture });
  }

  const within = (value) => Math.min(panel.edits[1], Math.max(panel.edits[0], value));

  function cellOf(event) {
    return cells.find(({ element }) => element === event.target.closest?.("[role=cell]"));
  }

  table.addEventListener("pointerdown", (event) => {
    const cell = cellOf(event);
    if (!panel.edits || !cell || event.button !== 0 || event.target.matches("input")) return;
    event.preventDefault();
    stopTyping();
    host.focus();
    host.hold(null);
    host.select(cell.id);
    table.setPointerCapture(event.pointerId);
    const from = panel.values.data[cells.indexOf(cell)];
    pull = { cell, from, value: from, at: event.clientY, moved: false, gesture: host.newGesture() };
  });
  table.addEventListener("pointermove", (event) => {
    if (!pull) return;
    const pixels = pull.at - event.clientY;
    if (!pull.moved && Math.abs(pixels) < 4) return;
    pull.moved = true;
    const step = panel.edits[2];
    const value = within(Number((Math.round(pull.from / step + pixels / PER_STEP) * step).toFixed(10)));
    if (value === pull.value) return;
    pull.value = value;
    send(pull.cell, value, pull.gesture);
    repaint();
  });
  table.addEventListener("pointerup", () => {
    const done = pull;
    pull = null;
    if (done && !done.moved) startTyping(done.cell);
  });
  table.addEventListener("pointercancel", () => (pull = null));
  table.addEventListener("touchstart", (event) => panel.edits && event.preventDefault(), { passive: false });

  function startTyping(cell, text = null) {
    stopTyping();
    const field = document.createElement("input");
    field.type = "text";
    field.inputMode = "decimal";
    field.dataset.lmSuppressShortcuts = "true";
    field.setAttribute("aria-label", `${panel.title}, row ${cell.row + 1}, column ${cell.column + 1}`);
    field.value = text ?? exact(cell);
    typing = { cell, field };
    cell.element.replaceChildren(field);
    field.focus({ preventScroll: true });
    if (text === null) field.select();
    field.addEventListener("blur", commit);
    field.addEventListener("keydown", (event) => {
      if (!["Enter", "Escape", "Tab"].includes(event.key)) return;
      if (event.key === "Escape") stopTyping();
      else commit();
      if (event.key === "Tab") return;
      host.focus();
      event.preventDefault();
      event.stopPropagation();
    });
  }

  const exact = (cell) => shown(Number(panel.values.data[cells.indexOf(cell)].toFixed(4)), 4).replace(/(\.\d*?)0+$/, "$1");

  function commit() {
    if (!typing) return;
    const { cell, field } = typing;
    const number = Number(field.value.replace("−", "-").replace(",", "."));
    const changed = field.value.trim() !== "" && Number.isFinite(number) && field.value !== exact(cell);
    stopTyping();
    if (changed) send(cell, within(number), host.newGesture());
  }

  function stopTyping() {
    if (!typing) return;
    const { cell } = typing;
    typing = null;
    setText(cell.element, shown(panel.values.data[cells.indexOf(cell)], digits));
  }

  // The selected cell, or the one that was selected last.
  function current() {
    const chosen = cells.findIndex(({ id }) => id === host.chosen);
    if (chosen >= 0) lastOne = chosen;
    return cells[lastOne];
  }

  function edit() {
    if (!panel.edits) return false;
    host.select(current().id);
    host.focus();
    return true;
  }

  function enter(thing) {
    const cell = panel.edits && cells.find(({ id }) => id === thing);
    if (cell) startTyping(cell);
    return Boolean(cell);
  }

  function key(event, thing) {
    const cell = cells.find(({ id }) => id === thing);
    const [rows, columns] = panel.values.shape;
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!cell || !panel.edits) return false;
    if (steps) {
      const [row, column] = [cell.row + steps[0], cell.column + steps[1]];
      if (row >= 0 && column >= 0 && row < rows && column < columns) host.select(cells[row * columns + column].id);
    } else if ("+=-_".includes(event.key)) {
      host.send({ type: "nudge", thing, dx: 0, dy: "-_".includes(event.key) ? -1 : 1 });
    } else if (/^[0-9.,−]$/.test(event.key)) startTyping(cell, event.key);
    else return false;
    return true;
  }

  return {
    element,
    update,
    measure,
    repaint,
    edit,
    enter,
    key,
    ids: () => (panel.edits ? cells.map(({ id }) => id) : []),
    stops: () => (panel.edits ? [current().id] : []),
  };
}

// No table of HTML: here each cell has its size and a layout of its own, so new numbers move nothing else.
function part(role) {
  const element = document.createElement("div");
  element.setAttribute("role", role);
  return element;
}

// All numbers of a grid have as many digits behind the point as the longest needs; whole ones have none.
function digitsOf(values, most) {
  for (let digits = 0; digits < most; digits++) {
    if (values.every((value) => Math.abs(value - Number(value.toFixed(digits))) < 1e-6)) return digits;
  }
  return most;
}

function shown(value, digits) {
  if (!Number.isFinite(value)) return "–";
  return (Number.isInteger(value) ? String(value) : value.toFixed(digits)).replace(/^-(?=0*\.?0*$)/, "").replace("-", "−");
}
