"""start.py: sets up once, opens quickly afterwards, and says in one sentence what stands in the way.

The runs below use a real virtual environment, but in it a pip, a JupyterLab and a pytest of a few lines each, so that
each bad situation can be had at will.
"""

import ast
import errno
import importlib.util
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

START = Path(__file__).resolve().parent.parent / "start.py"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are laid out as on Linux and macOS")

PIP = r"""
import json, os, pathlib, signal, sys
site, plan = pathlib.Path(__file__).parent.parent, os.environ.get("PIP_PLAN", "")
with open(site / "calls", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\n")
log = open(sys.argv[sys.argv.index("--log") + 1], "a")
print("pip is at work", flush=True)
if plan == "wait for a signal":
    signal.pause()
if plan.startswith("wait for /") and os.path.exists(gate := plan.removeprefix("wait for ")):
    open(gate).read()
    os.unlink(gate)
if plan == "no network":
    log.write("WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'\n")
    sys.exit(1)
if plan == "disk full":
    log.write("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n")
    sys.exit(1)
if plan == "failing" or plan == "no pins" and "-c" in sys.argv:
    log.write("ERROR: No matching distribution found for numpy==2.4.6\n")
    sys.exit(1)
names = "torch numpy matplotlib jupyterlab nbgrader anywidget autograder".split()
if "requirements-tests.txt" in sys.argv:
    names += ["pytest", "playwright"]
for name in names:
    (site / name).mkdir(exist_ok=True)
    (site / name / "__init__.py").touch()
(site / "autograder" / "learner").mkdir(exist_ok=True)
(site / "autograder" / "learner" / "__init__.py").touch()
(site / "autograder" / "learner" / "workspace.py").write_text('''
import os, pathlib, sys
if os.environ.get("WORK_PLAN") == "failing":
    sys.exit("work/ is not a folder")
pathlib.Path("work").mkdir(exist_ok=True)
print("work is ready", *sys.argv[1:])
''')
if "pytest" in names:
    (site / "pytest" / "__main__.py").write_text("import sys; print('tests:', sys.argv[1:]); sys.exit(5)")
(site / "jupyterlab" / "__main__.py").write_text('''
import http.server, json, os, sys
if os.environ.get("LAB_PLAN") == "failing":
    sys.exit("Traceback ...\\nImportError: no such thing")
port = next(int(word.split("=")[1]) for word in sys.argv if word.startswith("--ServerApp.port="))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
''')
"""


def site_packages(root: Path) -> Path:
    (folder,) = (root / ".venv/lib").glob("python*/site-packages")
    return folder


def make_environment(root: Path) -> None:
    """A virtual environment whose pip is the stand-in above."""
    venv.create(root / ".venv", with_pip=False, symlinks=True)
    pip = site_packages(root) / "pip"
    pip.mkdir()
    (pip / "__init__.py").touch()
    (pip / "__main__.py").write_text(PIP)


@pytest.fixture
def root(tmp_path):
    """A copy of the course, as far as start.py looks at it, in a folder with a space and an accent in its name."""
    folder = tmp_path / "mon été à l'école"
    folder.mkdir()
    shutil.copy(START, folder)
    (folder / "requirements.txt").write_text("jupyterlab\ntorch>=2.4,<3\ntorch-other\n")
    (folder / "requirements-tests.txt").write_text("pytest\nplaywright\n")
    (folder / "constraints.txt").write_text("torch==2.13.0\n")
    (folder / "pyproject.toml").write_text("")
    (folder / "solutions").mkdir()
    make_environment(folder)
    return folder


@pytest.fixture
def start(root):
    """start.py of that copy, as a module."""
    spec = importlib.util.spec_from_file_location("start", root / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.STATE.mkdir()
    return module


def variables(**more: str) -> dict[str, str]:
    """The environment for a run: no browser, no network, no settings of pip's."""
    dropped = ("PIP_", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "JUPYTER")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "https_proxy": "http://127.0.0.1:9", "PIP_CONFIG_FILE": os.devnull, **more}


def run(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(root / "start.py"), *arguments]
    return subprocess.run(command, cwd=root.parent, env=variables(**more), capture_output=True, text=True)


@contextmanager
def running(root: Path, *arguments: str, **more: str):
    """start.py in a process group of its own, as in a terminal; its output can be read while it runs."""
    process = subprocess.Popen(
        [sys.executable, str(root / "start.py"), *arguments],
        cwd=root.parent,
        env=variables(PYTHONUNBUFFERED="1", **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def read_until(process: subprocess.Popen, text: str) -> str:
    """The line of the output that holds this text."""
    read = []
    for line in process.stdout:
        read.append(line)
        if text in line:
            return line
    raise AssertionError(f"{text!r} never came: {''.join(read)}")


def calls(root: Path) -> list[list[str]]:
    """What pip was called with."""
    file = site_packages(root) / "calls"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def ask(port: int) -> tuple[list[str], str, dict[str, str]]:
    """Arguments, folder and environment of the JupyterLab at this port."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return json.loads(connection.makefile("rb").read().partition(b"\r\n\r\n")[2])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Setting up


def test_the_first_start_installs_pytorch_first_and_within_the_tested_versions(root):
    done = run(root, "test")
    assert [group for group in ("[2/4]", "[3/4]", "[4/4]") if group in done.stdout] == ["[2/4]", "[3/4]", "[4/4]"]
    assert "pip is at work" in done.stdout
    torch, rest, itself = calls(root)
    assert "torch>=2.4,<3" in torch and torch[-2:] == ["-c", "constraints.txt"]
    assert rest[-6:] == ["-r", "requirements.txt", "-r", "requirements-tests.txt", "-c", "constraints.txt"]
    assert itself[-2:] == ["-e", "."]


def test_the_second_start_installs_nothing(root):
    run(root, "test")
    before = len(calls(root))
    done = run(root, "test")
    assert len(calls(root)) == before
    assert done.stdout.startswith("tests:")


def test_kernels_load_our_extension_and_what_else_is_set_stays(root, start):
    run(root, "test")
    settings = root / ".venv" / "etc" / "ipython" / "ipython_kernel_config.json"
    ours = {"InteractiveShellApp": {"extensions": ["autograder.learner.kernel"]}}
    assert json.loads(settings.read_text()) == ours
    before = settings.stat()
    start.prepare_kernels()
    assert settings.stat().st_mtime_ns == before.st_mtime_ns
    others = {"InteractiveShellApp": {"extensions": ["autoreload"], "gui": "tk"}, "IPKernelApp": {}}
    settings.write_text(json.dumps(others))
    start.prepare_kernels()
    others["InteractiveShellApp"]["extensions"].append("autograder.learner.kernel")
    assert json.loads(settings.read_text()) == others
    for damaged in ("{", "[]", '{"InteractiveShellApp": 3}', '{"InteractiveShellApp": {"extensions": 3}}'):
        settings.write_text(damaged)
        start.prepare_kernels()
        assert json.loads(settings.read_text()) == ours


def test_new_requirements_are_installed_at_the_next_start(root):
    run(root, "test")
    before = len(calls(root))
    (root / "requirements.txt").write_text("torch\njupyterlab>=5\n")
    run(root, "test")
    assert len(calls(root)) == before + 3


def test_what_only_tests_need_is_added_for_them_and_stays(root):
    with running(root, "--port", str(free_port())) as process:
        read_until(process, "http://")
    for_lessons = calls(root)
    assert not any("requirements-tests.txt" in call for call in for_lessons)
    (root / ".venv/my own").touch()
    run(root, "test")
    for_tests = calls(root)[len(for_lessons) :]
    assert any("requirements-tests.txt" in call for call in for_tests)
    assert (root / ".venv/my own").exists()
    with running(root, "--port", str(free_port())) as process:
        read_until(process, "http://")
    assert run(root, "test").returncode == 5
    assert calls(root) == [*for_lessons, *for_tests]


def test_what_follows_test_goes_to_pytest_and_its_status_comes_back(root):
    done = run(root, "test", "-k", "a b", "--port", "1")
    assert "tests: ['-k', 'a b', '--port', '1']" in done.stdout
    assert done.returncode == 5


def test_the_tests_are_one_run_without_the_heavy_ones(root):
    done = run(root, "test")
    assert done.stdout.count("tests: ") == 1 and "'not heavy'" in done.stdout
    assert done.returncode == 5


def test_tests_that_share_what_is_slow_to_make_stay_in_one_process(request):
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("this run keeps no groups together")
    assert request.node.nodeid.endswith("@test_start.py")  # so pytest-xdist has read the groups of conftest.py


def test_all_of_them_run_natively_and_again_as_other_processors_compute(root):
    done = run(root, "test", "--all")
    assert done.stdout.count("tests: ") == 5 and "heavy" not in done.stdout
    for setting in ("ATEN_CPU_CAPABILITY=default", "MKL_CBWR=COMPATIBLE", "OPENBLAS_CORETYPE=Nehalem", "unset"):
        assert f"{setting}\ntests: " in done.stdout
    assert done.returncode == 5


def test_an_environment_that_lacks_a_package_is_completed(root):
    run(root, "test")
    (root / ".venv/ground-up.json").unlink()
    shutil.rmtree(site_packages(root) / "torch")
    (root / ".venv/my own").touch()
    assert run(root, "test").returncode == 5
    assert (site_packages(root) / "torch").exists()
    assert (root / ".venv/my own").exists()


def test_a_broken_environment_is_made_anew_and_a_missing_network_is_explained(root):
    python = root / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    done = run(root, "test", PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert "making it anew" in done.stdout
    assert "[1/4]" in done.stdout
    assert "pip could not reach the package registry" in done.stderr
    assert str(root / ".ground-up/install.log") in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 3
    assert "NewConnectionError" in (root / ".ground-up/install.log").read_text()
    assert subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0
    assert not list((root / ".ground-up").glob("old-*"))


def test_without_a_network_an_interrupted_installation_can_go_on_later(root):
    failed = run(root, "test", PIP_PLAN="no network")
    assert failed.returncode == 3 and "check the connection" in failed.stderr
    assert run(root, "test").returncode == 5


def test_without_a_network_new_requirements_wait(root):
    run(root, "test")
    (root / "requirements.txt").write_text("torch\njupyterlab>=5\n")
    done = run(root, "test", PIP_PLAN="no network")
    assert "goes on with the packages that are here" in done.stdout
    assert done.returncode == 5
    before = len(calls(root))
    run(root, "test")
    assert len(calls(root)) == before + 3


def test_pins_that_can_no_longer_be_had_give_way_to_the_ranges(root):
    done = run(root, "test", PIP_PLAN="no pins")
    assert "trying the newest ones allowed" in done.stdout
    assert done.returncode == 5
    assert "-c" not in calls(root)[-2]


def test_a_failing_pip_names_its_log(root):
    done = run(root, "test", PIP_PLAN="failing")
    assert "install.log" in done.stderr and done.returncode == 3
    assert "No matching distribution" in (root / ".ground-up/install.log").read_text()


def test_a_disk_that_fills_up_is_explained(root):
    done = run(root, "test", PIP_PLAN="disk full")
    assert "The disk is full" in done.stderr and done.returncode == 3


def test_a_disk_too_small_is_told_before_anything_is_installed(start, monkeypatch):
    monkeypatch.setattr(start.shutil, "disk_usage", lambda path: SimpleNamespace(free=1_234_000_000))
    with pytest.raises(start.Stop, match=r"needs 3 GB of disk space.*has 1\.2 GB left"):
        start.rebuild()


def test_a_missing_venv_module_is_explained_and_nothing_is_touched(start, root, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else found(name))
    with pytest.raises(start.Stop, match=r"sudo apt install python3\.\d+-venv"):
        start.rebuild()
    assert (root / ".venv/bin/python").exists()


def test_a_32_bit_python_is_explained(start, monkeypatch):
    monkeypatch.setattr(start.sys, "maxsize", 2**31 - 1)
    with pytest.raises(start.Stop, match="64-bit"):
        start.rebuild()


def test_an_environment_from_another_place_or_python_is_not_used(start, root):
    found = {"python": [3, 11], "missing": []}
    stamp = start.expected_stamp(found, None, for_tests=False)
    assert start.is_usable(stamp, found)
    assert start.is_usable(stamp, {**found, "missing": ["pytest"]})
    assert not start.is_usable({**stamp, "root": "/elsewhere"}, found)
    assert not start.is_usable({**stamp, "python": [3, 12]}, found)
    assert not start.is_usable(stamp, {**found, "missing": ["torch"]})
    assert not start.is_usable(None, None)
    assert not start.is_usable(None, {**found, "missing": ["pip"]})
    assert not start.is_usable(None, {**found, "python": [3, 10]})


def test_a_half_written_stamp_is_no_stamp(start):
    start.STAMP.write_text('{"needs": ')
    assert start.read_stamp() is None


def test_an_environment_that_is_a_link_is_unlinked_and_its_target_kept(start, root):
    mine = root.parent / "mine"
    (root / ".venv").rename(mine)
    (root / ".venv").symlink_to(mine)
    start.set_aside(root / ".venv")
    assert (mine / "bin/python").exists()
    assert not os.path.lexists(root / ".venv")
    assert not list(start.STATE.iterdir())


def test_an_environment_in_use_that_cannot_be_moved_is_explained(start, root, monkeypatch):
    def refuse(self, target):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(start.Stop, match="close every program that uses it"):
        start.set_aside(root / ".venv")
    assert (root / ".venv/bin/python").exists()


def test_a_folder_that_cannot_be_written_to_is_explained(root):
    (root / ".ground-up").write_text("in the way")
    done = run(root)
    assert "copy the folder to a place of your own" in done.stderr
    assert done.returncode == 3 and "Traceback" not in done.stderr


def test_the_builds_without_cuda_are_used_where_their_index_answers(start, monkeypatch):
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start.urllib.request, "urlopen", lambda request, timeout: io.BytesIO())
    assert start.cpu_builds() == ["--extra-index-url", start.CPU_INDEX]
    monkeypatch.setattr(start.sys, "platform", "darwin")
    assert start.cpu_builds() == []


def test_an_index_out_of_reach_is_left_away_and_told(start, monkeypatch, capsys):
    def refuse(request, timeout):
        raise TimeoutError

    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start.urllib.request, "urlopen", refuse)
    assert start.cpu_builds() == []
    assert "CUDA" in capsys.readouterr().out


def test_what_leads_out_of_the_environment_is_not_passed_on(start, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("PIP_USER", "1")
    inside = start.environment()
    assert "PYTHONPATH" not in inside and inside["PIP_USER"] == "0"
    assert inside["PATH"].startswith(str(start.VENV))


def test_two_starts_at_once_take_turns(root):
    gate = root / "gate"
    os.mkfifo(gate)
    with running(root, "test", PIP_PLAN=f"wait for {gate}") as first:
        read_until(first, "pip is at work")
        with running(root, "test") as second:
            read_until(second, "Another start is setting up")
            gate.write_text("go on")
            assert (first.wait(), second.wait()) == (5, 5)
    assert len(calls(root)) == 3


# Python itself


def test_python_3_6_can_read_it():
    ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_it_uses_the_standard_library_alone():
    tree = ast.parse(START.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_older_python_says_which_one_is_needed(root):
    pretend = "import runpy, sys; sys.version_info = (3, 8, 10); runpy.run_path('start.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=root, capture_output=True, text=True)
    assert done.stderr.startswith("Ground Up needs Python 3.11 or newer")
    assert "Traceback" not in done.stderr and done.returncode == 1


# Opening


def test_it_opens_the_home_page_of_work_and_prints_the_address(root):
    port = free_port()
    with running(root, "--port", str(port), PYTHONHOME="", PYTHONPATH="/x") as process:
        read_until(process, "work is ready")
        address = read_until(process, "http://").strip()
        assert address.startswith(f"http://127.0.0.1:{port}/lab/tree/home.md?token=")
        arguments, folder, seen = ask(port)
        assert folder == str(root / "work")
        assert f"--ServerApp.root_dir={root / 'work'}" in arguments
        assert "--ServerApp.open_browser=False" in arguments
        assert address.endswith(seen["JUPYTER_TOKEN"])
        settings = seen["JUPYTER_CONFIG_PATH"].split(os.pathsep)
        assert settings == [str(root / "course/jupyter" / name) for name in ("learner", "common")]
        assert not any(seen["JUPYTER_TOKEN"] in argument for argument in arguments)
        os.killpg(process.pid, signal.SIGINT)
        read_until(process, "Your work is kept")
        assert process.wait() == 130
    with pytest.raises(ConnectionRefusedError):
        ask(port)


def test_ctrl_c_ends_it_though_it_was_started_with_the_signal_ignored(root):
    """As a script's background job is."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with running(root, "--port", str(free_port())) as process:
            read_until(process, "http://")
            os.killpg(process.pid, signal.SIGINT)
            read_until(process, "Your work is kept")
            assert process.wait() == 130
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_instructor_gets_the_whole_course(root):
    port = free_port()
    with running(root, "--instructor", "--port", str(port)) as process:
        assert f":{port}/lab?token=" in read_until(process, "http://")
        _, folder, seen = ask(port)
        assert folder == str(root)
        assert str(root / "course/jupyter/instructor") in seen["JUPYTER_CONFIG_PATH"]


def test_nothing_is_left_running_when_it_is_terminated(root):
    port = free_port()
    with running(root, "--port", str(port)) as process:
        read_until(process, "http://")
        process.terminate()
        assert process.wait() == 143
    with pytest.raises(ConnectionRefusedError):
        ask(port)


def test_two_windows_may_be_open_at_once(root):
    with running(root) as first:
        one = read_until(first, "http://")
        with running(root) as second:
            assert read_until(second, "http://").split("/lab")[0] != one.split("/lab")[0]


def test_a_port_that_is_taken_is_told_when_it_was_asked_for(root):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(root, "--port", str(port))
    assert f"Port {port} can't be used" in done.stderr
    assert done.returncode == 2


def test_a_port_that_is_taken_is_passed_over_when_none_was_asked_for(start, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(start, "FIRST_PORT", port)
        assert start.choose_port(None) > port


@pytest.mark.parametrize("port", ["0", "70000", "-1", "http"])
def test_what_is_no_port_is_told(root, port):
    done = run(root, f"--port={port}")
    assert "a port is a number from 1 to 65535" in done.stderr and done.returncode == 2


def test_a_jupyterlab_that_does_not_start_is_explained(root):
    done = run(root, LAB_PLAN="failing")
    assert "JupyterLab did not start; it says: ImportError: no such thing" in done.stderr
    assert done.returncode == 3


def test_a_workspace_that_cannot_be_prepared_stops_the_start(root):
    done = run(root, WORK_PLAN="failing")
    assert "work/ is not a folder" in done.stderr and "could not be brought up to date" in done.stderr
    assert done.returncode == 3


def test_lessons_to_restore_are_passed_on(root):
    with running(root, "--restore", "01_neuron", "--port", str(free_port())) as process:
        assert "--restore=01_neuron" in read_until(process, "work is ready")


def test_ctrl_c_during_the_installation_ends_it_and_the_next_start_goes_on(root):
    with running(root, "test", PIP_PLAN="wait for a signal") as process:
        read_until(process, "pip is at work")
        os.killpg(process.pid, signal.SIGINT)
        read_until(process, "Stopped.")
        assert process.wait() == 130
    assert run(root, "test").returncode == 5


@pytest.mark.parametrize(
    ("system", "shown", "found", "expected"),
    [
        ("Linux", {}, True, False),
        ("Linux", {"DISPLAY": ":0"}, True, True),
        ("Linux", {"WAYLAND_DISPLAY": "w"}, False, False),
        ("Linux", {"BROWSER": "firefox"}, False, True),
        ("Darwin", {}, True, True),
        ("Windows", {}, True, True),
    ],
)
def test_a_window_is_opened_only_where_there_can_be_one(start, monkeypatch, system, shown, found, expected):
    def get():
        if not found:
            raise start.webbrowser.Error

    monkeypatch.setattr(start.platform, "system", lambda: system)
    monkeypatch.setattr(start.webbrowser, "get", get)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in shown.items():
        monkeypatch.setenv(name, value)
    assert start.has_browser() is expected
