/* What the side bar and the home page both show. */

import { make } from "./dom.js";

export const MARKS = { passed: "●", tried: "◐", open: "○" };

/** A lesson's exercises as dots. */
export function dots(lesson) {
  const passed = lesson.exercises.filter((each) => each.state === "passed").length;
  const said = `${passed} of ${lesson.exercises.length} exercises passed`;
  const row = make("span", { class: "ground-up-dots", role: "img", "aria-label": said });
  for (const { name, state } of lesson.exercises) {
    row.append(make("span", { class: `ground-up-${state}`, title: `${name}: ${state}` }, MARKS[state]));
  }
  return row;
}

/** The heading above a lesson that begins a part of the course; nothing above another. */
export function partTitle({ part }) {
  return part ? make("h2", { class: "ground-up-part" }, part) : "";
}

/** How far one is, and a button that leads on. open: opens a notebook at an exercise. */
export function goButton({ next, passed, of }, open) {
  const said = make("p", {}, `${passed} of ${of} exercises`);
  if (!next)
    return make("div", { class: "ground-up-next" }, make("p", {}, "You have passed every exercise. Well done."));
  const label = `${passed ? "Go on" : "Start"}: ${next.title}`;
  const button = make(
    "button",
    { class: "ground-up-go", "data-key": "next", onclick: () => open(next.notebook, passed ? next.exercise : "") },
    label,
  );
  return make("div", { class: "ground-up-next" }, button, said);
}
