/* The extension's plugins. `lab` holds what JupyterLab's packages export, under their own names. */

import { Buttons } from "./buttons.js";
import { CourseMap } from "./course_map.js";
import { Executor } from "./executor.js";
import { registerHome } from "./home.js";
import { keepInView } from "./in_view.js";
import { showLostFigures } from "./lost_figures.js";
import { Panel } from "./panel.js";
import { writeWhereClicked } from "./writing.js";

export function plugins(lab) {
  const executor = new Executor(lab);
  return [
    {
      id: "ground-up:cell-executor",
      description: "Runs a cell; before a check the exercise's own cell, where that changed since it last ran.",
      autoStart: true,
      provides: lab.INotebookCellExecutor,
      activate: () => executor,
    },
    {
      id: "ground-up:course",
      description: "The map of the course, and Check, Hint, Solution, Reset at each exercise.",
      autoStart: true,
      requires: [lab.INotebookTracker, lab.IRenderMimeRegistry],
      optional: [lab.ICommandPalette, lab.ILayoutRestorer, lab.IStateDB],
      activate: async (app, tracker, rendermime, palette, restorer, state) => {
        const map = new CourseMap(lab, app.serviceManager.serverSettings);
        const panel = new Panel(lab, app, tracker, map);
        registerHome(lab, app, map, rendermime, (...where) => panel.open(...where), restorer);
        new Buttons(lab, app, tracker, palette, map);
        lab.NotebookActions.executed.connect((_, { notebook, cell }) => keepInView(notebook, cell));
        tracker.widgetAdded.connect((_, notebook) => {
          executor.watch(notebook.sessionContext);
          showLostFigures(notebook);
          writeWhereClicked(notebook);
        });
        await map.refresh();
        if (map.data) panel.add(restorer, state);
      },
    },
  ];
}
