// The keyboard: the same keys in every figure.

export const HELP = [
  ["Tab", "into the figure, and through its controls"],
  ["[  ]", "previous, next thing"],
  ["arrows", "move the selected thing one step (in a network: walk)"],
  ["Shift + arrows", "ten steps"],
  ["Home, End", "to the ends"],
  ["Enter", "flip the selected thing"],
  ["Delete", "remove the selected thing"],
  ["Space", "play, pause"],
  [".", "one step"],
  ["r", "reset"],
  ["Ctrl + Z", "undo"],
  ["?", "this help"],
  ["Esc", "leave"],
];

const BY_MOUSE = [
  ["drag", "a thing, or click it and then click where it should go"],
  ["double-click", "add a thing; on a thing: flip it"],
];

const CELLS = [
  ["e", "to the cells of the grid; there arrows walk, + and − change, Enter or a digit types"],
];

// Handles a key pressed anywhere in the figure; true if the key was the figure's.
export function figureKey(event, host) {
  const inField = event.target.matches("input[type=text], textarea");
  const inControl = event.target.matches("input");
  const onButton = event.target.matches("button");
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z" && !inField) return sent(host, { type: "undo" });
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === "Escape") {
    host.leave();
    return true;
  }
  if (inField || event.target.matches("select")) return false;
  if (event.key === "?") {
    host.toggleHelp();
    return true;
  }
  if (event.key === "[" || event.key === "]") return cycle(event.key === "]" ? 1 : -1, host);
  if (event.key === "." && host.hasClock()) return sent(host, { type: "tick" });
  if (event.key === "r") return sent(host, { type: "reset" });
  if (event.key === "e" && host.panels().some((panel) => panel.edit?.())) return true;
  const pressed = host.frame.controls.find((control) => control.kind === "button" && control.key === event.key);
  if (pressed) return sent(host, { type: "press", name: pressed.name });
  if (inControl || (onButton && (event.key === " " || event.key === "Enter"))) return false;
  if (event.key === " ") return host.hasClock() && sent(host, { type: "press", name: "playing" });
  const thing = host.chosen;
  if (thing === null) return false;
  if (event.key === "Enter" && host.panels().some((panel) => panel.enter?.(thing))) return true;
  if (event.key === "Enter") return sent(host, { type: "flip", thing });
  if (event.key === "Delete" || event.key === "Backspace") return sent(host, { type: "delete", thing });
  return host.panels().some((panel) => panel.ids().includes(thing) && panel.key(event, thing));
}

function sent(host, event) {
  host.hold(null);
  host.send(event);
  return true;
}

function cycle(direction, host) {
  const ids = host.panels().flatMap((panel) => panel.stops?.() ?? panel.ids());
  if (ids.length === 0) return true;
  const at = ids.indexOf(host.chosen);
  host.select(ids[at < 0 ? (direction > 0 ? 0 : ids.length - 1) : (at + direction + ids.length) % ids.length]);
  return true;
}

export function helpOverlay(frame) {
  const element = document.createElement("div");
  element.className = "gu-help";
  element.setAttribute("role", "dialog");
  element.setAttribute("aria-label", "Keys of this figure");
  const list = document.createElement("dl");
  const own = frame.controls.filter((control) => control.kind === "button" && control.key).map(({ key, label }) => [key, label]);
  const cells = frame.panels.some(({ kind, edits }) => kind === "grid" && edits) ? CELLS : [];
  for (const [keys, meaning] of [...BY_MOUSE, ...HELP, ...cells, ...own]) {
    const term = document.createElement("dt");
    const description = document.createElement("dd");
    term.textContent = keys;
    description.textContent = meaning;
    list.append(term, description);
  }
  element.append(list);
  return element;
}
