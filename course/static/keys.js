// The keyboard: the same keys in every figure.

const ALWAYS = [
  ["Tab", "into the figure, and through its controls"],
  ["r", "reset"],
  ["Ctrl + Z", "undo"],
  ["?", "this help"],
  ["Esc", "leave"],
];
const CLOCK = [
  ["Space", "play, pause"],
  [".", "one step"],
];

// What can be done to what this figure has to select, in its own words: point, line, neuron, weight, cell, window …
function selecting(nouns) {
  if (nouns.length === 0) return [];
  const any = [nouns.slice(0, -1).join(", "), nouns.at(-1)].filter(Boolean).join(" or ");
  return [
    ["drag", `${any}; or click it, and then where it should go`],
    ["double-click", nouns.includes("point") ? "add a point; on a point: change its class" : "flip what is there"],
    ["[  ]", `select the previous, the next ${any}`],
    ["arrows", nouns.includes("neuron") ? "walk through the network; move a selected point" : "move what is selected by one step"],
    ["Shift + arrows", "ten steps"],
    ["Home, End", "to the ends"],
    ["Enter", nouns.includes("neuron") ? "switch the selected neuron off or on" : nouns.includes("cell") ? "type into the selected cell" : "flip what is selected: a point's class, a pixel's ink"],
    ["Delete", `remove the selected ${nouns[0]}`],
  ];
}

// The first words of the labels of what can be selected: "point 3" and "point 4" are points.
function nounsOf(panels) {
  const nouns = new Set();
  for (const panel of panels) {
    for (const { label } of panel.things ?? []) nouns.add(panel.kind === "plot" ? label?.split(" ")[0] : "picture");
    for (const { things } of panel.layers ?? []) if (things?.length) nouns.add("point");
    const weighs = panel.kind === "maps" || panel.edges?.some(({ weight }) => weight !== null);
    if (panel.nodes || panel.kind === "maps") for (const noun of weighs ? ["neuron", "weight"] : ["node", "line"]) nouns.add(noun);
    if (panel.kind === "grid" && panel.edits) nouns.add("cell");
  }
  return [...nouns].filter(Boolean);
}

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
  const nouns = nounsOf(frame.panels);
  const cells = nouns.includes("cell") ? CELLS : [];
  const clock = frame.controls.some(({ kind }) => kind === "play") ? CLOCK : [];
  for (const [keys, meaning] of [...selecting(nouns), ...clock, ...cells, ...own, ...ALWAYS]) {
    const term = document.createElement("dt");
    const description = document.createElement("dd");
    term.textContent = keys;
    description.textContent = meaning;
    list.append(term, description);
  }
  element.append(list);
  return element;
}
