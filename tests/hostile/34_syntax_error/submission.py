"""Rows 34, 38 and 39: a cell that doesn't run costs its own exercise."""

VERDICTS = {"norm": "ERROR"}


def variants(canary):
    """Its message names the cause."""
    return {
        "syntax": {"norm": "def norm(x)\n    return x"},
        "a variable of the session": {"norm": "factor = factor + 1\ndef norm(x):\n    return x"},
        "an absolute path": {"norm": "data = open('/home/me/data.csv').read()\ndef norm(x):\n    return x"},
        "a download": {
            "norm": "import urllib.request\nurllib.request.urlopen('http://localhost:1/')\ndef norm(x):\n    return x"
        },
    }
