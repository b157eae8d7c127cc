"""Row 35: files that are no notebook of the lesson."""

import json

VERDICT = "UNGRADABLE"


def files(notebook: bytes):
    """Content of each file, by variant."""
    return {
        "empty": b"",
        "truncated": notebook[: len(notebook) // 2],
        "format 3": notebook.replace(b'"nbformat": 4', b'"nbformat": 3'),
        "format 9": notebook.replace(b'"nbformat": 4', b'"nbformat": 9'),
        "merge conflict": b"<<<<<<< HEAD\n" + notebook + b"\n=======\n" + notebook + b"\n>>>>>>> main\n",
        "not UTF-8": b"\xff\xfe" + notebook,
        "nesting": b"[" * 200_000,
        "a script": b"print('hello')",
        "no cells": json.dumps({**_loaded(notebook), "cells": []}).encode(),
    }


def _loaded(notebook: bytes) -> dict:
    return json.loads(notebook or b"{}")


def encoded(notebook: bytes):
    """The notebook as other programs save it."""
    text = notebook.decode()
    return {name: text.encode(name) for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")}
