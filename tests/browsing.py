"""A real JupyterLab and a real Chromium, one of each per test session.

Without Chromium or playwright these tests are skipped and say so. `GROUNDUP_CHROMIUM` names another browser.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
STARTUP_SECONDS = 90
KERNEL_IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Lab:
    """A running JupyterLab. `root` is its folder, `settings` the folder of the user's settings."""

    address: str
    token: str
    root: Path
    settings: Path
    changed: int = 0  # how often settings were changed

    def write_notebook(self, name: str, cells: list[str]) -> str:
        """A notebook of code cells, saved under the root; returns its name."""
        notebook = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{i}",
                    "metadata": {},
                    "outputs": [],
                    "execution_count": None,
                    "source": source,
                }
                for i, source in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        if (self.root / name).exists():
            raise FileExistsError(f"{name} is there already, and so may be a kernel that remembers it: choose another.")
        (self.root / name).write_text(json.dumps(notebook), encoding="utf-8")
        return name

    def set(self, plugin: str, **values: object) -> None:
        """Settings of a JupyterLab plugin such as `apputils-extension:themes`; they hold for pages opened later."""
        package, _, file = plugin.partition(":")
        path = self.settings / "@jupyterlab" / package / f"{file}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
        self.changed += 1

    def open(self, page, name: str, run: bool = True) -> None:
        """Open a notebook in a page and run all its cells.

        A page that shows this JupyterLab already, as wide and with settings as they are, opens it as one more tab.
        """
        state = self.address, self.changed, page.viewport_size["width"]
        if _shown.get(page) == state:
            page.evaluate("async path => void (await jupyterapp.commands.execute('docmanager:open', { path }))", name)
        else:
            workspace = secrets.token_hex(4)
            page.goto(f"{self.address}/lab/workspaces/{workspace}/tree/{name}?token={self.token}")
            _shown[page] = state
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        if run:
            self.run_all(page)

    def run_all(self, page) -> None:
        """Start running all cells, once the kernel listens."""
        page.wait_for_function(KERNEL_IDLE, timeout=60_000)
        page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")


def chromium_path() -> str | None:
    """Where a Chromium is, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("GROUNDUP_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def start_lab(
    folder: Path, root: Path | None = None, roles: tuple[str, ...] = ("common",), more: tuple[str, ...] = ()
) -> tuple[Lab, subprocess.Popen]:
    """Start JupyterLab; it answers when this returns.

    folder: for its settings and state. root: what it serves. roles: which of course/jupyter's settings it has. more:
    further arguments.
    """
    root, settings = root or folder / "notebooks", folder / "settings"
    for path in (root, settings):
        path.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(str(REPOSITORY / "course" / "jupyter" / role) for role in roles),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]),
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}"),
        # A kernel whose page is closed ends: dozens of them would take all memory.
        *("--MappingKernelManager.cull_idle_timeout=20", "--MappingKernelManager.cull_interval=5"),
        *(
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ),
        *more,
    ]
    process = subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True)
    log: deque[str] = deque(maxlen=40)
    ready = threading.Event()

    def read_log() -> None:
        for line in process.stderr:
            log.append(line)
            if "is running at" in line:
                ready.set()
        ready.set()

    threading.Thread(target=read_log, daemon=True).start()
    if not ready.wait(STARTUP_SECONDS) or process.poll() is not None or not _answers(port):
        process.kill()
        raise RuntimeError("JupyterLab did not start:\n" + "".join(log))
    return Lab(f"http://127.0.0.1:{port}", token, root, settings), process


def _answers(port: int) -> bool:
    """Whether something accepts connections, now or within ten seconds: the log runs ahead of that."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Lab]]:
    """Starts a JupyterLab with `start_lab`'s root and roles; it is stopped after the last test."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
    processes: list[subprocess.Popen] = []

    def start(**options) -> Lab:
        running, process = start_lab(tmp_path_factory.mktemp("lab"), **options)
        processes.append(process)
        return running

    yield start
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def lab(serve: Callable[..., Lab]) -> Lab:
    return serve()


@pytest.fixture(scope="session")
def browser() -> Iterator:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium found (set GROUNDUP_CHROMIUM to its path)")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


_shown: dict[object, tuple[str, int, int]] = {}  # pages with JupyterLab: where it runs, its settings' state, the width
_cleared: list = []  # those with nothing open: loading JupyterLab takes longer than most tests
CLEAR = """async () => {
    for (const tab of [...window.jupyterapp.shell.widgets('main')]) {
        await tab.context?.sessionContext.shutdown();
        tab.dispose();
    }
}"""


@contextmanager
def fresh_page(browser) -> Iterator:
    """A page with nothing open; on leaving, an error raised by a figure's script (not by JupyterLab's) is a failure.

    JupyterLab may be there already, from a test that opened notebooks with `Lab.open` and nothing else.
    """
    opened = _cleared.pop() if _cleared else _new_page(browser)
    opened.set_viewport_size({"width": 1280, "height": 1200})
    errors: list[str] = []

    def note(error) -> None:
        errors.append(error.stack or str(error))

    opened.on("pageerror", note)
    try:
        yield opened
    except Exception as error:
        picture = Path(tempfile.mkdtemp()) / "page.png"
        opened.screenshot(path=picture)
        error.add_note(f"The page as it was then: {picture}")
        raise
    finally:
        opened.remove_listener("pageerror", note)
        if _is_as_it_was(opened):
            opened.evaluate(CLEAR)
            _cleared.append(opened)
        else:
            _shown.pop(opened, None)
            opened.context.close()
    ours = [stack for stack in errors if "/static/lab/" not in "".join(stack.splitlines()[1:2])]
    assert not ours, f"the figure's scripts raised: {ours}"


def _is_as_it_was(page) -> bool:
    """Whether a page still shows the JupyterLab that `Lab.open` opened in it, and no question."""
    return page in _shown and page.url.startswith(_shown[page][0]) and not page.locator(".jp-Dialog").count()


def _new_page(browser):
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    return context.new_page()


@pytest.fixture
def page(browser) -> Iterator:
    with fresh_page(browser) as opened:
        yield opened
