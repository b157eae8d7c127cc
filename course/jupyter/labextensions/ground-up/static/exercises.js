/* Which cells of a notebook belong to which exercise: by nbgrader's metadata, which the lessons carry. */

const CHECK = "-check";

const gradeId = (model) => model.getMetadata("nbgrader")?.grade_id ?? "";

/** The exercise that a cell checks, or "". */
export function checkedBy(model) {
  const id = gradeId(model);
  if (model.type === "code" && id.endsWith(CHECK)) return id.slice(0, -CHECK.length);
  const called = model.type === "code" && /^\s*check\(\s*["'](\w+)["']\s*\)/.exec(model.sharedModel.getSource());
  return called ? called[1] : "";
}

/** The question that a cell asks, to be answered in words, or "". */
export function asked(model) {
  const { solution, grade, grade_id: id } = model.getMetadata("nbgrader") ?? {};
  return model.type === "markdown" && solution && grade ? id : "";
}

/** The cell in which an exercise is written, of a notebook's cells; undefined where it was deleted. */
export function answerOf(cells, name) {
  return cells.find((cell) => cell.model.type === "code" && gradeId(cell.model) === name);
}
