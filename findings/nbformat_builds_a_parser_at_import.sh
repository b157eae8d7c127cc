#!/bin/sh
# nbformat 5.11.1 with jsonschema 4.26.0, its extra format-nongpl (which jupyter-events 0.12.1, and so every Jupyter
# server, asks for), rfc3987-syntax 1.1.0 and lark 1.3.1: one would expect `import nbformat` to define functions. With
# the extra installed it builds 39 Lark parsers, one for each rule of the grammar of internationalised addresses, though
# no notebook is read or validated. Seen: "39".
# What it means for us: whatever imports nbformat or jupytext begins with most of a second of work, so a figure, which
# opens while one waits, reads a lesson's code without them (autograder/lesson/source.py, code_cells).
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet "nbformat==5.11.1" "jsonschema[format-nongpl]==4.26.0" "rfc3987-syntax==1.1.0" "lark==1.3.1"
seen=$("$place/venv/bin/python" -c '
import lark

made = []
original = lark.Lark.__init__


def noting(self, *arguments, **options):
    made.append(self)
    original(self, *arguments, **options)


lark.Lark.__init__ = noting
import nbformat

print(len(made))
')
echo "parsers built by import nbformat: $seen"
[ "$seen" = 39 ] || { echo "It has changed."; exit 1; }
