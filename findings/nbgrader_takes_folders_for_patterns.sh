#!/bin/sh
# nbgrader 0.9.6 (https://pypi.org/project/nbgrader/0.9.6/): a submission lies in submitted/STUDENT/ASSIGNMENT, and
# nothing in its documentation keeps an id from having brackets, which some systems put around a name. nbgrader sees the
# folder of the student `[ada]`, but looks into it with a pattern made of its name, in which [ada] means one letter: it
# finds no notebook there and leaves her out.
# Seen: "handed in: ['[ada]', 'ben'], to be graded: ['ben']".
# What it means for us: autograder/nbgrader_plugin/literal_folders.py has it look into exactly that folder.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet "nbgrader==0.9.6"
for student in "[ada]" ben; do
    mkdir -p "$place/course/submitted/$student/ps1"
    echo '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}' > "$place/course/submitted/$student/ps1/p.ipynb"
done
mkdir -p "$place/course/source/ps1"
cat > "$place/look.py" <<'PYTHON'
import pathlib
import sys

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

coursedir = CourseDirectory(root=sys.argv[1], assignment_id="ps1")
converter = Autograde(coursedir=coursedir)
converter.init_notebooks()
there = sorted(path.name for path in pathlib.Path(sys.argv[1], "submitted").iterdir())
found = sorted(pathlib.Path(folder).parent.name for folder in converter.assignments)
print(f"handed in: {there}, to be graded: {found}")
PYTHON
seen=$(HOME="$place" "$place/venv/bin/python" "$place/look.py" "$place/course" 2>"$place/log")
echo "$seen"
[ "$seen" = "handed in: ['[ada]', 'ben'], to be graded: ['ben']" ] || { echo "It has changed."; exit 1; }
