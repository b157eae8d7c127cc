#!/bin/sh
# JupyterLab 4.6.6 (with Chromium of the system, driven by playwright 1.65.2): an extension that gives the tab of an open
# document another title would expect to change what the tab says; so it is with every other widget, and Lumino's
# documentation of Title.label calls it "the label for the title". A document's widget takes it for a new file name: the
# file on the disk is renamed, without a question, its ending lost. Seen: "before: notes.md, after: Home".
# What it means for us: the home page's tab goes on being called home.md
# (course/jupyter/labextensions/ground-up/static/home.js).
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet "jupyterlab==4.6.6" "playwright==1.65.2"
mkdir "$place/files"
echo "# Notes" > "$place/files/notes.md"
cat > "$place/try.py" <<'PYTHON'
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

place = Path(sys.argv[1])
command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
command += [f"--ServerApp.root_dir={place / 'files'}", "--IdentityProvider.token=t", "--LabApp.expose_app_in_browser=True"]
own = {name: str(place / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
server = subprocess.Popen(command, env=os.environ | own, stderr=subprocess.PIPE, text=True)
address = next(found[0] for line in server.stderr if (found := re.search(r"http://127.0.0.1:\d+", line)))
names = lambda: ", ".join(sorted(path.name for path in (place / "files").glob("[!.]*")))
before = names()
try:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        page = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]).new_page()
        page.goto(f"{address}/lab/tree/notes.md?token=t")
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady", timeout=60_000)
        page.evaluate("() => { window.jupyterapp.shell.currentWidget.title.label = 'Home'; }")
        page.wait_for_timeout(3_000)
finally:
    server.terminate()
print(f"before: {before}, after: {names()}")
PYTHON
seen=$("$place/venv/bin/python" "$place/try.py" "$place")
echo "$seen"
[ "$seen" = "before: notes.md, after: Home" ] || { echo "It has changed."; exit 1; }
