#!/bin/sh
# IPython 9.18.1 (https://pypi.org/project/ipython/9.18.1/) on Python 3.11: a cell should run whatever a file with the
# same text runs. But IPython takes each statement apart with `ast` and compiles the tree, and from a tree Python compiles
# far less deeply nested code than from text: a sum of 1,000 numbers, as made by a program or pasted from a table, is a
# RecursionError in a cell and runs as a file.
# Seen: "1000 terms, as a file: runs, in a cell: RecursionError".
# What it means for us: grading does as the learner's notebook does, and such a cell costs its author only itself
# (tests/hostile/51_deep_code).
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet "ipython==9.18.1"
cat > "$place/sums.py" <<'PYTHON'
from IPython.core.interactiveshell import InteractiveShell

source = "total = " + " + ".join(["1"] * 1000)
exec(source, {})  # as a file
shell = InteractiveShell.instance()
shell.showtraceback = lambda *arguments, **options: None
result = shell.run_cell(source)
error = result.error_before_exec or result.error_in_exec
print(f"1000 terms, as a file: runs, in a cell: {type(error).__name__ if error else 'runs'}")
PYTHON
seen=$(HOME="$place" "$place/venv/bin/python" "$place/sums.py")
echo "$seen"
[ "$seen" = "1000 terms, as a file: runs, in a cell: RecursionError" ] || { echo "It has changed."; exit 1; }
