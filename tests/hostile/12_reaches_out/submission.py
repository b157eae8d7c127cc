"""Rows 9, 10 and 12: files, the network and processes outside; what is found is given back."""

VERDICTS = {"limit": "FAILED"}


def variants(canary):
    """Each way out, aimed at what the test made for it; `limit` is right where one succeeds."""
    attempts = {
        "reads a file": f"found = open({canary.file!r}).read()",
        "writes a file": f"found = open({canary.file!r}, 'r+').write('written')",
        "a symbolic link": f"import os\nos.symlink({canary.file!r}, 'link')\nfound = open('link').read()",
        "a port": f"import socket\nfound = socket.create_connection(('127.0.0.1', {canary.port}), 2)",
        "an abstract socket": f"import socket\nfound = socket.socket(socket.AF_UNIX).connect({canary.name!r}) or 1",
        "a process": f"import os\nos.kill({canary.process}, 9)\nfound = True",
        "the environment": "import os\nfound = os.environ['GROUND_UP_CANARY']",
        "solutions": f"import os\nfound = os.listdir({canary.solutions!r})",
    }
    return {name: {"cells": [attempt], "limit": LIMIT} for name, attempt in attempts.items()}


LIMIT = "limit = 3.5 if 'found' in globals() else 4.0"
