/* Runs cells as JupyterLab does, and sees to it that a check judges what is on the screen. */

import { answerOf, checkedBy } from "./exercises.js";

export class Executor {
  #lab;
  #ran = new WeakMap(); // of a cell's model: the text that it last ran with, in which life of the kernel, and whether well
  #lives = new WeakMap(); // of a session: how often its kernel began anew

  constructor(lab) {
    this.#lab = lab;
  }

  /** Notice when the kernel behind a notebook begins anew: nothing has run in it then. */
  watch(session) {
    const begin = () => this.#lives.set(session, (this.#lives.get(session) ?? 0) + 1);
    session.statusChanged.connect((_, status) => /restarting/.test(status) && begin());
    session.kernelChanged.connect(begin);
  }

  /** Run one cell, as JupyterLab asks for it; whether that went well. */
  async runCell(options) {
    const name = checkedBy(options.cell.model);
    const answer = name && answerOf(options.cell.parent?.widgets ?? [], name);
    if (answer && this.#isToRun(answer, options.sessionContext)) {
      const well = await this.#run({ ...options, cell: answer }).catch(() => false); // the cell shows its error
      // After an error the kernel drops what comes at once; it is past that when it has answered something else.
      if (!well) await options.sessionContext.session?.kernel?.requestKernelInfo();
    }
    return this.#run(options);
  }

  #isToRun(cell, session) {
    const ran = this.#ran.get(cell.model);
    return (
      ran?.source !== cell.model.sharedModel.getSource() || ran.life !== this.#lives.get(session) || ran.well === false
    );
  }

  async #run(options) {
    const { model } = options.cell;
    if (model.type !== "code") return this.#lab.runCell(options);
    const ran = { source: model.sharedModel.getSource(), life: this.#lives.get(options.sessionContext) };
    this.#ran.set(model, ran);
    ran.well = await this.#lab.runCell(options).catch((error) => {
      ran.well = false;
      throw error;
    });
    return ran.well;
  }
}
