/* The map of the course in the side bar: lessons, their exercises as dots, what is next. */

import { make } from "./dom.js";
import { checkedBy } from "./exercises.js";
import { MARKS, dots, goButton, partTitle } from "./parts.js";

const ID = "ground-up-course";
const ROOM = 900; // pixels of a window in which it may take a part
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.6"><path d="M6 17 12 7l6 10M6 17h12"/></g>
  <g class="jp-icon3" fill="#616161"><circle cx="12" cy="6.5" r="3"/><circle cx="6" cy="17" r="3"/><circle cx="18" cy="17" r="3"/></g>
</svg>`;

export class Panel {
  #app;
  #tracker;
  #map;
  #widget;

  constructor(lab, app, tracker, map) {
    this.#app = app;
    this.#tracker = tracker;
    this.#map = map;
    const widget = (this.#widget = new lab.Widget());
    widget.id = ID;
    widget.addClass("ground-up-panel");
    widget.title.caption = "Ground Up: the map of the course";
    widget.title.icon = new lab.LabIcon({ name: "ground-up:course", svgstr: ICON });
    widget.node.setAttribute("aria-label", "The map of the course");
    map.onChange(() => this.#draw());
    tracker.currentChanged.connect(() => this.#draw());
  }

  /** Put it at the left. It is open the first time, on a screen with room for it, and later as it was left. */
  async add(restorer, state) {
    this.#app.shell.add(this.#widget, "left", { rank: 1 });
    restorer?.add(this.#widget, ID);
    this.#draw();
    await this.#app.restored;
    const before = await state?.fetch(ID).catch(() => null);
    if (before || window.innerWidth < ROOM) return;
    this.show();
    state?.save(ID, { shown: true });
  }

  show() {
    this.#app.shell.activateById(ID);
    this.#app.shell.expandLeft?.(ID);
  }

  #draw() {
    const course = this.#map.data;
    if (!course) return;
    const here = this.#tracker.currentWidget?.context.path;
    const focused = this.#widget.node.contains(document.activeElement) && document.activeElement.dataset.key;
    this.#widget.node.replaceChildren(
      goButton(course, (...where) => this.open(...where)),
      ...course.lessons.flatMap((each) => [partTitle(each), this.#lesson(each, here)]),
    );
    if (focused) this.#widget.node.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  #lesson(lesson, here) {
    const open = lesson.notebook === here;
    const row = make(
      "button",
      {
        class: "ground-up-lesson",
        "data-key": lesson.name,
        "aria-current": open && "page",
        title: lesson.question,
        onclick: () => this.open(lesson.notebook),
      },
      make("span", { class: "ground-up-title" }, lesson.title),
      dots(lesson),
    );
    return make("div", {}, row, open ? this.#exercises(lesson) : "");
  }

  #exercises(lesson) {
    const list = make("ul", { class: "ground-up-exercises" });
    for (const { name, state } of lesson.exercises) {
      const mark = make("span", { class: `ground-up-${state}`, role: "img", "aria-label": state }, MARKS[state]);
      list.append(
        make(
          "li",
          {},
          make(
            "button",
            {
              class: "ground-up-exercise",
              "data-key": `${lesson.name}/${name}`,
              onclick: () => this.open(lesson.notebook, name),
            },
            mark,
            ` ${name}`,
          ),
        ),
      );
    }
    return list;
  }

  /** Open a notebook, and show an exercise of it. */
  async open(notebook, exercise) {
    const panel = await this.#app.commands.execute("docmanager:open", { path: notebook });
    if (!exercise || !panel?.content?.widgets) return;
    await panel.revealed;
    const cells = panel.content.widgets;
    const at = cells.findIndex((cell) => checkedBy(cell.model) === exercise);
    if (at < 0) return;
    panel.content.activeCellIndex = Math.max(at - 1, 0);
    await panel.content.scrollToItem(Math.max(at - 1, 0), "start");
  }
}
