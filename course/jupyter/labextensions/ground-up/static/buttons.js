/* Check · Hint · Solution · Reset at each exercise: buttons, commands and keys. */

import { makeBar } from "./bar.js";
import { answerOf, asked, checkedBy } from "./exercises.js";
import { KernelLine } from "./kernel_line.js";

const KEYS = { check: "Alt C", hint: "Alt H" };
const PATIENCE = 2000; // milliseconds after which a check that isn't done says that it runs
const STILL_RUNNING = "Running. If it should never end: ■ in the toolbar above stops it.";

export class Buttons {
  #lab;
  #map;
  #bars = new WeakMap(); // of a cell
  #lines = new WeakMap(); // of a notebook panel
  #asking = null; // the bar at which the kernel was asked last to put something back
  #asked = ""; // "reset" or "undo"

  constructor(lab, app, tracker, palette, map) {
    this.#lab = lab;
    this.#map = map;
    tracker.widgetAdded.connect((_, panel) => this.#watch(panel));
    lab.NotebookActions.executed.connect((_, { cell }) => checkedBy(cell.model) && map.refresh());
    const labels = { check: "Check", hint: "Show a Hint", solution: "Show a Solution", reset: "Reset" };
    for (const [what, label] of Object.entries(labels)) {
      const command = `ground-up:${what}`;
      app.commands.addCommand(command, {
        label: `${label} (of the exercise at the chosen cell)`,
        isEnabled: () => Boolean(tracker.currentWidget && this.#chosen(tracker.currentWidget)),
        execute: () => this.#do(what, tracker.currentWidget, this.#chosen(tracker.currentWidget)),
      });
      palette?.addItem({ command, category: "Ground Up" });
      if (KEYS[what]) app.commands.addKeyBinding({ command, keys: [KEYS[what]], selector: ".jp-Notebook" });
    }
  }

  #watch(panel) {
    const cells = panel.content;
    const addAll = () => cells.widgets.forEach((cell) => this.#add(panel, cell));
    Promise.all([panel.revealed, this.#map.ready]).then(() => {
      addAll();
      cells.model.cells.changed.connect(() => requestAnimationFrame(addAll));
    });
  }

  /** Add a bar to a cell that has to do with an exercise; only notebooks with such cells speak with their kernel. */
  async #add(panel, cell) {
    const name = checkedBy(cell.model) || asked(cell.model);
    if (!name || this.#bars.has(cell)) return;
    if (!this.#lines.has(panel))
      this.#lines.set(panel, new KernelLine(panel.sessionContext, (data) => this.#heard(panel, data)));
    const written = cell.model.type === "markdown";
    const solved = this.#map.data?.solutions !== false; // a class's copy comes without solutions
    if (written && !solved) return;
    const act = (what) => () => this.#do(what, panel, cell);
    const buttons = [
      ["Check", `Run the exercise's cell if it changed, then its check (${KEYS.check})`, act("check")],
      ["Hint", `One more hint (${KEYS.hint})`, act("hint")],
      ["Solution", "One way to do it", act("solution")],
      ["Reset", "The exercise's cell as it was handed out; what you wrote is kept", act("reset")],
    ];
    const bar = makeBar(
      this.#lab,
      name,
      written
        ? [["Model answer", "One good answer", buttons[2][2]]]
        : buttons.filter(([label]) => solved || label !== "Solution"),
      panel.content.rendermime,
    );
    this.#bars.set(cell, bar);
    await cell.ready;
    if (!cell.isDisposed) cell.layout.addWidget(bar);
  }

  #do(what, panel, cell) {
    const name = checkedBy(cell.model) || asked(cell.model);
    if (what === "check") return this.#check(panel, cell);
    if (what === "reset" || what === "undo") return this.#putBack(panel, cell, name, what);
    const code = `__import__("autograder").${what}(${JSON.stringify(name)})`;
    return this.#bars
      .get(cell)
      ?.execute(code, panel.sessionContext)
      .then(() => this.#map.refresh());
  }

  async #check(panel, cell) {
    panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
    const bar = this.#bars.get(cell);
    const waits = setTimeout(() => bar?.say(STILL_RUNNING), PATIENCE);
    await this.#lab.NotebookActions.runCells(panel.content, [cell], panel.sessionContext);
    clearTimeout(waits);
    bar?.unsay(STILL_RUNNING);
  }

  #putBack(panel, cell, name, what) {
    const answer = answerOf(panel.content.widgets, name);
    const bar = this.#bars.get(cell);
    if (!answer)
      return bar?.say(`The cell of ${name} was deleted: choose Edit → Undo Cell Operation to have it again.`);
    const source = answer.model.sharedModel.getSource();
    const message = what === "undo" ? { undo: name, current: source } : { reset: name, attempt: source };
    [this.#asking, this.#asked] = [bar, what];
    if (!this.#lines.get(panel).send(message))
      bar?.say("The kernel isn't ready: run the first cell of this lesson, then try again.");
  }

  #heard(panel, data) {
    if (data.progress) this.#map.refresh();
    if (data.say) this.#asking?.say(data.say);
    const name = data.put ?? data.exercise;
    const cell = name && panel.content.widgets.find((each) => checkedBy(each.model) === name);
    if (!cell) return;
    if (data.asked) this.#putBack(panel, cell, name, data.asked);
    if (data.put) this.#put(panel, cell, data);
  }

  #put(panel, cell, { put: name, source, kept }) {
    const answer = answerOf(panel.content.widgets, name);
    const before = answer?.model.sharedModel.getSource();
    if (!answer || before === source) return this.#bars.get(cell)?.say(`The cell of ${name} holds that already.`);
    answer.model.sharedModel.setSource(source);
    const where = kept ? ` What stood there is kept in ${kept}.` : "";
    const back = ["Bring back what I had", () => this.#do("undo", panel, cell)];
    const bar = this.#bars.get(cell);
    if (this.#asked === "undo") bar?.say(`What you had is back in the cell of ${name}.${where}`);
    else bar?.say(`The cell of ${name} is as it was handed out.${where}`, back);
  }

  /** The cell with the bar of the exercise at the chosen cell: its own, or the next check below. */
  #chosen(panel) {
    const cells = panel.content.widgets;
    return cells.slice(Math.max(panel.content.activeCellIndex, 0)).find((cell) => this.#bars.has(cell));
  }
}
