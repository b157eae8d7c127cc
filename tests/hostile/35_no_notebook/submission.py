"""Row 35: files that are no notebook of the lesson."""

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
    }
