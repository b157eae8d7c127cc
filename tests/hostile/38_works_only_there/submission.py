"""Rows 38 and 39: needs a session, a machine or a network that aren't there; the message names the cause."""

VERDICTS = {"norm": "ERROR"}

CELLS = {
    "a deleted variable": "data = factor * 2",
    "out of order": "data = later + 1\nlater = 3",
    "an absolute path": "data = open('/home/me/data.csv').read()",
    "a drive": "data = np.loadtxt(r'C:\\Users\\me\\data.csv')",
    "a missing file": "data = np.load('data.npy')",
    "a download": "import urllib.request\nurllib.request.urlopen('http://localhost:1/')",
    "a missing package": "import package_of_my_own_machine",
}
CALLS = {
    "a deleted variable when called": "factor * x",
    "a missing file when called": "np.load('data.npy')",
}
SESSION, FILES, NETWORK = "in your session", "only the lesson's own files", "no network"
SAYS = {
    "a deleted variable": {"norm": SESSION},
    "out of order": {"norm": SESSION},
    "an absolute path": {"norm": FILES},
    "a drive": {"norm": FILES},
    "a missing file": {"norm": FILES},
    "a download": {"norm": NETWORK},
    "a missing package": {"norm": "package_of_my_own_machine"},
    "a deleted variable when called": {"norm": SESSION},
    "a missing file when called": {"norm": FILES},
}


def variants(canary):
    """In the exercise's own cell, and in the function."""
    right = "def norm(x):\n    return np.sqrt(np.sum(x * x)), 2 * np.sqrt(np.sum(x * x))"
    cells = {name: {"norm": f"{cell}\n{right}"} for name, cell in CELLS.items()}
    return cells | {name: {"norm": f"def norm(x):\n    return {call}, 1.0"} for name, call in CALLS.items()}
