"""What a class costs without any grader: the same cells and cases in one warm process, neither fork nor sandbox.

python bare.py LESSON_FOLDER NOTEBOOK…      prints the seconds of each submission as a JSON list
python bare.py NOTEBOOK                     runs its cells once: what a new Python needs for them, imports and all
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"  # as in the sandbox, and before NumPy is imported
os.environ["MPLBACKEND"] = "Agg"


def main(folder: str, *notebooks: str) -> None:
    """Run the class twice, since the first time imports and loads; print the second."""
    from autograder.cases import load
    from autograder.submission import grade, reading

    lesson = Path(folder)
    class_ = [reading.read(Path(path), lesson.parent, lesson.name) for path in notebooks]
    marks = grade.marking(lesson, held_out=True)
    for name in grade.modules(marks, class_):
        importlib.import_module(name)
    os.chdir(tempfile.mkdtemp())
    sys.path.insert(0, os.getcwd())
    for name, text in marks.files.items():
        Path(name).write_text(text, encoding="utf-8")
    exercises: dict[str, Any] = {}
    for number, text in enumerate(marks.checks):
        load.run(text, f"<checks {number}>", exercises)
    shell = _shell()
    for _ in range(2):
        seconds = [_run(each, exercises, shell) for each in class_]
    print(json.dumps(seconds))


def once(notebook: str) -> None:
    """Run a notebook's cells in a new shell."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    shell = _shell()
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            if cell["cell_type"] == "code":
                shell.run_cell("".join(cell["source"]), store_history=False)


def _run(submission: Any, exercises: dict[str, Any], shell: Any) -> float:
    from autograder.cases.run import run_case

    shell.reset(new_session=False)
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in submission.cells:
            shell.run_cell(cell.source, store_history=False)
        for name, exercise in exercises.items():
            for case in exercise.cases:
                run_case(case, name, shell.user_ns)
    return time.perf_counter() - started


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    shell.showtraceback = shell.showsyntaxerror = lambda *_arguments, **_options: None
    return shell


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 2 else once(sys.argv[1])
