"""Row 15: a hundred thousand small files, far fewer than a file system holds; the rest of the notebook runs."""

VERDICTS = {"limit": "MEMORY"}


def variants(canary):
    """Empty files and folders; they go with the submission."""
    files = "for number in range(100_000):\n    open(str(number), 'x').close()\nlimit = 3.5"
    folders = "import os\nfor number in range(100_000):\n    os.mkdir(str(number))\nlimit = 3.5"
    return {"files": {"limit": files}, "folders": {"limit": folders}}
