"""Small released lessons for the tests of the workspace."""

import json
from pathlib import Path

EXERCISES = {"weighted_sum": 1, "sigmoid": 2}


def notebook(*sources: str, **about) -> bytes:
    """A notebook of code cells, as bytes; about: its `ground_up` metadata."""
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for n, source in enumerate(sources)
    ]
    document = {"cells": cells, "metadata": {"ground_up": about}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document).encode()


def release(lessons: Path, name: str = "01_neuron", code: str = "x = ...", exercises=EXERCISES, **about) -> Path:
    """Release a lesson as the build would; its folder."""
    folder = lessons / name
    folder.mkdir(parents=True, exist_ok=True)
    about = {"lesson": name, "title": "A neuron", "question": "What can one decide?", "minutes": 60} | about
    (folder / f"{name[3:]}.ipynb").write_bytes(notebook("import numpy as np", code, **about))
    (folder / ".lesson").mkdir(exist_ok=True)
    (folder / ".lesson" / "checks.py").write_text(f"# checks for {code}\n")
    answers = {"exercises": {exercise: {"points": points} for exercise, points in exercises.items()}}
    (folder / ".lesson" / "answers.json").write_text(json.dumps(answers))
    return folder


def run_all(path: Path) -> None:
    """Do to a notebook what running and saving it does: outputs, counts, metadata; no source changes."""
    document = json.loads(path.read_bytes())
    document["metadata"]["language_info"] = {"name": "python", "version": "3.11"}
    for number, cell in enumerate(document["cells"], 1):
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["hello\n"]}]
        cell["source"] = cell["source"].splitlines(keepends=True)
    path.write_text(json.dumps(document, indent=1))


def type_into(path: Path, code: str) -> None:
    """Change the source of the last cell."""
    document = json.loads(path.read_bytes())
    document["cells"][-1]["source"] = code
    path.write_text(json.dumps(document))


def last_source(path: Path) -> str:
    return "".join(json.loads(path.read_bytes())["cells"][-1]["source"])


def everything_in(folder: Path) -> dict[str, bytes]:
    """The content of each file, by path; without lock files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }
