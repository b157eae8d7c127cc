/* A figure whose kernel is gone: its picture, instead of a widget that can't be found. */

const VIEW = "application/vnd.jupyter.widget-view+json";
const PICTURE = "image/png";
const SAID = "A picture of the figure as it was shown first. Run this cell, and it moves again.";

/** When a notebook is opened, put pictures in place of figures that its kernel doesn't know. */
export async function showLostFigures(panel) {
  await Promise.all([panel.context.ready, panel.sessionContext.ready]);
  const shown = [...(panel.content.model?.cells ?? [])].filter((cell) => figuresOf(cell).length > 0);
  const kernel = panel.sessionContext.session?.kernel;
  if (shown.length === 0 || !kernel) return;
  const { content } = await kernel.requestCommInfo({ target_name: "jupyter.widget" });
  const isLost = (output) => isFigure(output) && !(output.data[VIEW].model_id in (content.comms ?? {}));
  for (const cell of shown.filter((each) => figuresOf(each).some(isLost))) {
    const outputs = cell.outputs.toJSON();
    cell.outputs.fromJSON(outputs.flatMap((output) => (isLost(output) ? pictured(output) : [output])));
  }
}

const isFigure = ({ data }) => data?.[VIEW] !== undefined && data[PICTURE] !== undefined;

const figuresOf = (cell) => (cell.type === "code" ? cell.outputs.toJSON().filter(isFigure) : []);

function pictured({ data, metadata }) {
  const { [VIEW]: _, ...rest } = data;
  return [rest, { "text/plain": SAID }].map((each) => ({ output_type: "display_data", data: each, metadata }));
}
