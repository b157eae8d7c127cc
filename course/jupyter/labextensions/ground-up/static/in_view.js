/* A figure that was just shown stays in sight: below it the next cell is chosen, and would take its place. */

const FIGURE = ".gu-figure[data-frame]";
const PATIENCE = 10000; // milliseconds for a figure to appear

/** After a cell has run: where it shows a figure and the reader hasn't gone elsewhere, scroll to that. */
export async function keepInView(notebook, cell) {
  if (!cell.model.outputs?.toJSON().some(({ data }) => data?.["application/vnd.jupyter.widget-view+json"])) return;
  const place = notebook.outerNode ?? notebook.node;
  let moved = false;
  const note = () => (moved = true);
  const signs = ["wheel", "keydown", "pointerdown", "touchstart"];
  for (const sign of signs) notebook.node.addEventListener(sign, note, { once: true, passive: true });
  const shown = await appeared(cell.node);
  for (const sign of signs) notebook.node.removeEventListener(sign, note);
  const nearby = Math.abs(notebook.activeCellIndex - notebook.widgets.indexOf(cell)) <= 1; // not where all cells ran
  if (!shown || moved || cell.isDisposed || !nearby) return;
  const [figure, view] = [shown.getBoundingClientRect(), place.getBoundingClientRect()];
  if (figure.top < view.top || figure.bottom > view.bottom) shown.scrollIntoView({ block: "start" });
}

async function appeared(node) {
  const until = performance.now() + PATIENCE;
  while (performance.now() < until) {
    const figure = node.querySelector(FIGURE);
    if (figure) return figure;
    await new Promise((done) => setTimeout(done, 100));
  }
  return null;
}
