"""The committed settings reach JupyterLab: asked of a real server, started the way start.py does it."""

import http.client
import importlib.util
import json
import os
import re
import shutil
import socket
import sys
from argparse import Namespace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NBGRADER = "@jupyter/nbgrader:"


@pytest.fixture(scope="module", params=["learner", "instructor"])
def server(request, tmp_path_factory):
    """(role, a function that asks the server for a path and returns the answer's text)."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "start.py", root)
    shutil.copytree(ROOT / "course/jupyter", root / "course/jupyter")
    spec = importlib.util.spec_from_file_location("start", root / "start.py")
    start = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(start)
    start.STATE.mkdir()
    start.WORK.mkdir()
    (start.WORK / "home.md").write_text("# Home\n")
    start.PYTHON = Path(sys.executable)  # this environment in place of the copy's own
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_CONFIG_DIR", str(root / "no settings of the user's"))
        patch.delenv("JUPYTER_CONFIG_PATH", raising=False)
        patch.setattr(start.secrets, "token_hex", lambda length: "token")
        patch.setattr(start, "environment", lambda: dict(os.environ))
        options = Namespace(port=port, instructor=request.param == "instructor", no_browser=True)
        with start.jupyterlab(options):
            yield request.param, lambda path: ask(port, path)


def ask(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Authorization": "token token"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status == 200, (path, answer.status, text[:500])
    return text


def default(ask, plugin: str, key: str):
    return json.loads(ask(f"/lab/api/settings/{plugin}"))["schema"]["properties"][key]["default"]


def page_config(ask) -> dict:
    page = ask("/lab")
    return json.loads(
        re.search(r'id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.S).group(1)
    )


def test_widgets_do_not_run_beside_cells(server):
    assert default(server[1], "@jupyterlab/apputils-extension:kernels-settings", "commsOverSubshells") == "disabled"


def test_nothing_asks_for_news_or_updates(server):
    _, ask = server
    assert default(ask, "@jupyterlab/apputils-extension:notification", "fetchNews") == "false"
    assert default(ask, "@jupyterlab/apputils-extension:notification", "checkForUpdates") is False
    assert page_config(ask)["news"] == {"disabled": True}


def test_markdown_opens_as_a_page_and_work_is_saved_by_itself(server):
    _, ask = server
    assert default(ask, "@jupyterlab/docmanager-extension:plugin", "defaultViewers")["markdown"] == "Markdown Preview"
    assert default(ask, "@jupyterlab/docmanager-extension:plugin", "autosave") is True
    assert default(ask, "@jupyterlab/docmanager-extension:plugin", "autosaveInterval") == 10


def test_learners_see_none_of_nbgraders_tools_and_instructors_all(server):
    role, ask = server
    disabled = {name for name in page_config(ask)["disabledExtensions"] if name.startswith(NBGRADER)}
    tools = {"assignment-list", "course-list", "create-assignment", "formgrader", "menu", "validate-assignment"}
    assert disabled == ({NBGRADER + tool for tool in tools} if role == "learner" else set())


def test_each_role_gets_its_folder(server):
    role, ask = server
    names = {entry["name"] for entry in json.loads(ask("/api/contents"))["content"]}
    assert ("home.md" in names, "start.py" in names) == ((True, False) if role == "learner" else (False, True))
