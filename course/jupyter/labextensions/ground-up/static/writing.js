/* A double click on a text opens it to write in at once; without this the keys go to the notebook as commands. */

/** Have each text of a notebook that is opened by a double click take what is typed. */
export function writeWhereClicked(panel) {
  panel.content.node.addEventListener("dblclick", (event) => {
    const path = event.composedPath(); // what was clicked has left the page by now
    const cell = panel.content.widgets.find((each) => path.includes(each.node));
    if (cell?.model.type !== "markdown" || cell.readOnly) return;
    requestAnimationFrame(() => {
      if (cell.rendered || panel.content.activeCell !== cell) return;
      panel.content.mode = "edit";
      cell.editor?.focus();
    });
  });
}
