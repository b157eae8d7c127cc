"""Set up Ground Up and open it in JupyterLab: python3 start.py

The first start makes .venv and installs the packages in it; later starts only open JupyterLab.

    python3 start.py                  open the lessons (your copy of them is in work/)
    python3 start.py --instructor     open the whole course with nbgrader's formgrader
    python3 start.py --restore LESSON bring back a lesson that you have deleted, then open
    python3 start.py test             the same set-up, then the tests
    python3 start.py test --all       the tests with their heavy part; the lessons' again as other processors compute
    python3 start.py test [...]       what follows goes to pytest

Uses the standard library alone, and syntax that old Pythons can read, so that they can say what is missing.
"""

import argparse
import contextlib
import errno
import hashlib
import http.client
import importlib.util
import json
import os
import platform
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must get as far as this sentence
    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if shutil.which(name)]
    way_out = f"Start it with: {newer[0]} start.py" if newer else "Get one at https://www.python.org/downloads/"
    sys.exit(f"Ground Up needs Python 3.11 or newer, and this is Python {platform.python_version()}. {way_out}")

ROOT = Path(__file__).resolve().parent
WORK = ROOT / "work"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "ground-up.json"
KERNELS = VENV / "etc" / "ipython" / "ipython_kernel_config.json"  # where IPython looks for an environment's settings
STATE = ROOT / ".ground-up"
PIP_LOG = STATE / "install.log"

SPACE_NEEDED = 3_000_000_000  # bytes: the environment is 1.8 GB, downloads and unpacking need the rest
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
FIRST_PORT = 8888
MODULES = ["pip", "torch", "numpy", "matplotlib", "jupyterlab", "nbgrader", "anywidget", "autograder"]
TESTS_MODULES = ["pytest", "playwright"]
EXTENSION = "autograder.learner.kernel"
UNUSABLE_ARGUMENTS, CANNOT_GO_ON, INTERRUPTED = 2, 3, 130


class Stop(Exception):
    """Ground Up can't start; the text is one sentence for the user that says why and what to do."""

    status = CANNOT_GO_ON


class PipFailed(Stop):
    """pip did not install something, and neither the network nor the disk is to blame."""


class NoNetwork(Stop):
    """pip could not reach a package registry."""


# One process more than there are cores, since many tests wait for others (each process takes 1.5 GB, so there are four
# at most); tests that share what is slow to make stay together, in the order of tests/conftest.py.
AT_A_TIME = ["-n", str(min(os.cpu_count() or 1, 3) + 1), "--dist", "loadgroup", "--no-loadscope-reorder"]
# What decides which kernels PyTorch and NumPy compute with: no result of a lesson may depend on it.
# None: as the machine has it.
PROCESSORS = (
    {"ATEN_CPU_CAPABILITY": "default"},
    {"MKL_CBWR": "COMPATIBLE"},
    {"OPENBLAS_CORETYPE": "Nehalem"},
    {"OMP_NUM_THREADS": None},
)
DISK_FULL = Stop("The disk is full: make room (the installation needs about 3 GB) and start again.")


def main(arguments: list[str]) -> int:
    """Do what the command line asks for and return the exit status."""
    options = read_arguments(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background job is started with it ignored
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        require_whole_course(options)
        with contextlib.ExitStack() as turn:
            turn.enter_context(one_start_at_a_time())
            prepare_environment(for_tests=options.pytest is not None)
            prepare_kernels()
            if options.pytest is not None:
                turn.close()
                return run_tests(options.pytest)
            prepare_work(options.restore)
            fetch_data()
            with jupyterlab(options) as process:
                turn.close()
                return process.wait()
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return stop.status
    except KeyboardInterrupt:
        print("\nStopped. Your work is kept; start again with: python3 start.py")
        return INTERRUPTED


def require_whole_course(options: argparse.Namespace) -> None:
    """Stop where a copy for students is asked for what only the whole course has."""
    if (options.pytest is not None or options.instructor) and not (ROOT / "solutions").is_dir():
        raise Stop("This is a copy of the course for students: its tests, and what instructors need, aren't in it.")


def run_tests(arguments: list[str]) -> int:
    """Run pytest with these arguments; without any all tests but the heavy ones; with --all everything.

    Several processes run at a time, so each computes with one thread (unless told otherwise): threads that wait for
    a processor slow small matrix products down many times over. Returns the first exit status that isn't 0.
    """
    if not arguments:
        return pytest([*AT_A_TIME, "-m", "not heavy"])
    if arguments != ["--all"]:
        return pytest(arguments)
    statuses = [pytest(AT_A_TIME)]
    for processor in PROCESSORS:
        print("\nAgain with", ", ".join(f"{name}={value or 'unset'}" for name, value in processor.items()), flush=True)
        statuses.append(pytest([*AT_A_TIME, "-m", "not browser", "tests/lessons", "tests/course"], processor))
    return next(filter(None, statuses), 0)


def pytest(arguments: list[str], processor: "dict[str, str | None] | None" = None) -> int:
    """Run pytest; its exit status. processor: variables that differ from the usual ones, None for unset."""
    changed = {"OMP_NUM_THREADS": "1", **environment(), **(processor or {})}
    variables = {name: value for name, value in changed.items() if value is not None}
    with child([PYTHON, "-m", "pytest", *arguments], cwd=ROOT, env=variables) as process:
        return process.wait()


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """The options; `pytest` holds what follows `test`, or None where JupyterLab is to be opened."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address, open no window")
    parser.add_argument("--port", type=port_number, help=f"default: the first free one from {FIRST_PORT}")
    parser.add_argument("--instructor", action="store_true", help="serve the course folder, with formgrader")
    parser.add_argument("--restore", metavar="LESSON", action="append", default=[], help="bring it back as handed out")
    if arguments[:1] == ["test"]:
        return argparse.Namespace(pytest=arguments[1:], instructor=False)
    options = parser.parse_args(arguments)
    options.pytest = None
    return options


def port_number(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, and this is {text!r}")


@contextlib.contextmanager
def one_start_at_a_time():
    """Hold a lock that the system gives back however this process ends; wait for whoever has it."""
    try:
        STATE.mkdir(exist_ok=True)
        handle = open(STATE / "lock", "a")  # noqa: SIM115 - the `with` below closes it
    except OSError as error:
        raise Stop(
            f"Ground Up can't write to its own folder, {ROOT} ({error.strerror}): copy the folder to a "
            "place of your own, such as your home folder, and start it there."
        ) from error
    with handle:
        told = False
        while not lock(handle):
            if not told:
                print("Another start is setting up this folder; waiting until it has finished.", flush=True)
            told = True
            time.sleep(0.2)
        yield


def lock(handle) -> bool:
    """Try to lock an open file; False where another process has it."""
    try:
        if os.name == "nt":
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Some network drives know no locks at all: going on is better than waiting for ever.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


@contextlib.contextmanager
def child(command: list, **options):
    """Run a process that does not outlive this block, however the block is left."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    except KeyboardInterrupt:  # the same Ctrl-C has reached the process: let it end tidily
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        raise
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


# The environment


def prepare_environment(for_tests: bool) -> None:
    """Make `.venv` what the requirements (with those of the tests) ask for; quick where it already is."""
    stamp, found = read_stamp(), look_into_environment(for_tests)
    if found and not found["missing"] and stamp == expected_stamp(found, stamp, for_tests):
        return
    usable = is_usable(stamp, found)
    if not usable:
        rebuild()
        stamp = None
    try:
        install(for_tests)
    except NoNetwork as stop:
        if stamp is None or found["missing"]:
            raise
        print(f"\n{stop}\nUntil then it goes on with the packages that are here.")
        return
    found = look_into_environment(for_tests)
    if found is None or found["missing"]:  # pip believed a record that the files belie
        rebuild()
        install(for_tests)
        stamp, found = None, look_into_environment(for_tests)
        if found is None or found["missing"]:
            raise PipFailed(f"The packages in {VENV} don't run: the end of {PIP_LOG} may say why.")
    STAMP.write_text(json.dumps(expected_stamp(found, stamp, for_tests)), encoding="utf-8")
    print("Everything is installed.", flush=True)


def prepare_kernels() -> None:
    """Have each kernel of `.venv` load our extension of IPython, so that a lesson has `check` after a restart too.

    What else stands in those settings stays.
    """
    try:
        settings = json.loads(KERNELS.read_bytes())
        extensions = settings.setdefault("InteractiveShellApp", {}).setdefault("extensions", [])
        if EXTENSION in extensions:
            return
        extensions.append(EXTENSION)
    except (OSError, ValueError, AttributeError, TypeError):  # not there yet, or damaged
        settings = {"InteractiveShellApp": {"extensions": [EXTENSION]}}
    part = KERNELS.with_name(f".{KERNELS.name}.part")
    try:
        KERNELS.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
        part.replace(KERNELS)
    except OSError as error:
        print(
            f"{KERNELS} can't be written ({error.strerror}): after a restart of a kernel, run a notebook's first cell "
            "before the others."
        )


def expected_stamp(found: dict | None, before: dict | None, for_tests: bool) -> dict:
    """What a finished environment remembers: what it was made from, with which Python, and where.

    before: what it remembered so far; what was installed for tests stays when nobody asks for it.
    """
    needs = fingerprint("requirements.txt", "constraints.txt", "pyproject.toml")
    tests = fingerprint("requirements-tests.txt", "constraints.txt") if for_tests else before and before.get("tests")
    return {"needs": needs, "tests": tests, "python": found and found["python"], "root": str(ROOT)}


def fingerprint(*names: str) -> str:
    contents = hashlib.sha256()
    for name in names:
        contents.update((ROOT / name).read_bytes())
    return contents.hexdigest()


def read_stamp() -> dict | None:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none, or a half-written one: as if never finished
        return None


def look_into_environment(for_tests: bool) -> dict | None:
    """Which Python `.venv` runs and which of our modules it lacks; None where it does not run."""
    modules = MODULES + (TESTS_MODULES if for_tests else [])
    code = (
        "import importlib.util, json, sys; v = sys.version_info; missing = [m for m in sys.argv[1:] "
        "if not importlib.util.find_spec(m)]; print(json.dumps({'python': [v[0], v[1]], 'missing': missing}))"
    )
    try:
        done = subprocess.run([PYTHON, "-I", "-c", code, *modules], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def is_usable(stamp: dict | None, found: dict | None) -> bool:
    """Whether pip may go on in this environment, rather than begin with a new one."""
    if found is None or "pip" in found["missing"] or found["python"] < [3, 11]:
        return False
    if stamp is None:  # an installation that was interrupted, or the user's own environment
        return True
    same_place = (stamp.get("root"), stamp.get("python")) == (str(ROOT), found["python"])
    return same_place and not set(found["missing"]) & set(MODULES)


def rebuild() -> None:
    """Make a new, empty `.venv`; one that is there is moved away first, then deleted."""
    if sys.maxsize < 2**32:
        raise Stop("This is a 32-bit Python, and PyTorch needs a 64-bit one: https://www.python.org/downloads/")
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Stop(
            "This Python has no venv module: install it (on Debian and Ubuntu: sudo apt install "
            f"python{sys.version_info[0]}.{sys.version_info[1]}-venv) and start again."
        )
    if os.path.lexists(VENV):
        print("The folder .venv is damaged, half made or from another place: making it anew.", flush=True)
        set_aside(VENV)
    free = shutil.disk_usage(ROOT).free
    if free < SPACE_NEEDED:
        raise Stop(
            f"The installation needs {SPACE_NEEDED / 1e9:.0f} GB of disk space, and {ROOT} has {free / 1e9:.1f} GB "
            "left: make room, or move this folder to a larger disk, and start again."
        )
    print("[1/4] Making an environment of its own for Ground Up, in .venv", flush=True)
    base = getattr(sys, "_base_executable", None) or sys.executable  # not the .venv we may be running in
    command = [base, "-m", "venv", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment())
    if made.returncode:
        reason = (made.stdout + made.stderr).strip()
        raise DISK_FULL if out_of_space(reason) else Stop(f"Python could not make {VENV}; it says:\n{reason}")


def set_aside(folder: Path) -> None:
    """Move a folder (or what stands in its place) out of the way, then delete it; a link, not its target."""
    aside = STATE / f"old-{secrets.token_hex(4)}"
    try:
        folder.rename(aside)
    except OSError as error:
        raise Stop(
            f"The folder {folder} can't be replaced ({error.strerror}): close every program that uses it, "
            "delete it and start again."
        ) from error
    if aside.is_symlink() or aside.is_file():
        aside.unlink()
    else:
        shutil.rmtree(aside, ignore_errors=True)


def install(for_tests: bool) -> None:
    """Install what the requirements ask for: the tested versions where this Python can have them."""
    PIP_LOG.unlink(missing_ok=True)
    wanted = ["-r", "requirements.txt", *(["-r", "requirements-tests.txt"] if for_tests else [])]
    try:
        install_packages(wanted, ["-c", "constraints.txt"])
    except PipFailed:
        print("\nThe tested versions can't all be installed here; trying the newest ones allowed.", flush=True)
        install_packages(wanted, [])


def install_packages(wanted: list[str], constraints: list[str]) -> None:
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    torch = re.search(r"^torch\b(?!-).*$", requirements, re.MULTILINE).group()
    print("[2/4] Installing PyTorch (about 200 MB; some minutes)", flush=True)
    pip(torch, *constraints, *cpu_builds())
    print("[3/4] Installing JupyterLab, nbgrader, NumPy and the rest (about 400 MB)", flush=True)
    pip("setuptools>=70.1", *wanted, *constraints)
    print("[4/4] Installing Ground Up itself", flush=True)
    pip("--no-build-isolation", "--no-deps", "-e", ".")


def cpu_builds() -> list[str]:
    """pip's option for PyTorch without CUDA, which on Linux only PyTorch's own index has."""
    if not sys.platform.startswith("linux"):
        return []
    try:
        request = urllib.request.Request(CPU_INDEX + "/torch/", method="HEAD")
        urllib.request.urlopen(request, timeout=5).close()
    except (OSError, http.client.HTTPException):
        print(f"      {CPU_INDEX} can't be reached: PyTorch may bring several GB of CUDA along.", flush=True)
        return []
    return ["--extra-index-url", CPU_INDEX]


def pip(*arguments: str) -> None:
    """Run `pip install`; its progress is shown, its full log kept. Raises a Stop that names the cause."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--retries", "3", "--log", str(PIP_LOG), *arguments]
    with child(command, cwd=ROOT, env=environment()) as process:
        if process.wait() == 0:
            return
    log = PIP_LOG.read_text(encoding="utf-8", errors="replace") if PIP_LOG.exists() else ""
    if out_of_space(log):
        raise DISK_FULL
    if re.search(r"Retrying \(|ConnectionError|ConnectTimeout|ReadTimeout|Read timed out|ProxyError", log):
        raise NoNetwork(
            "pip could not reach the package registry: check the connection (or the proxy) and start again; "
            f"it goes on from here. (Log: {PIP_LOG})"
        )
    raise PipFailed(
        f"pip could not install everything; the end of {PIP_LOG} says why. When that is solved, start again."
    )


def out_of_space(text: str) -> bool:
    return "No space left on device" in text or "not enough space on the disk" in text


def environment() -> dict[str, str]:
    """The environment variables for what runs in `.venv`: without those that lead out of it."""
    leading_out = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "__PYVENV_LAUNCHER__"}
    kept = {name: value for name, value in os.environ.items() if name not in leading_out}
    path = os.pathsep.join([str(PYTHON.parent), kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "VIRTUAL_ENV": str(VENV), "PIP_USER": "0"}


# JupyterLab


def prepare_work(restore: list[str]) -> None:
    """Bring the learner's copy of the lessons up to date; it prints what it did."""
    command = [str(PYTHON), "-m", "autograder.learner.workspace", *(f"--restore={lesson}" for lesson in restore)]
    if subprocess.run(command, cwd=ROOT, env=environment()).returncode:
        raise Stop(f"Your copy of the lessons in {WORK} could not be brought up to date: see above.")


def fetch_data() -> None:
    """Fetch what the core lessons use where it isn't here yet; it says what it does, and the start goes on anyway."""
    subprocess.run([str(PYTHON), "-m", "course.datasets.ahead"], cwd=ROOT, env=environment())


@contextlib.contextmanager
def jupyterlab(options: argparse.Namespace):
    """Run JupyterLab; the block is entered when it answers and the user knows where it is."""
    role, folder, page = "learner", WORK, "/lab/tree/home.md"
    if options.instructor:
        role, folder, page = "instructor", ROOT, "/lab"
    port = choose_port(options.port)
    browser = not options.no_browser and has_browser()
    token = secrets.token_hex(24)
    settings = [str(ROOT / "course" / "jupyter" / name) for name in (role, "common")]
    users_own = filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])
    variables = {
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_PATH": os.pathsep.join([*settings, *users_own]),
        "JUPYTER_PREFER_ENV_PATH": "1",  # our kernel, not one of the same name in the user's home
        "JUPYTERLAB_WORKSPACES_DIR": str(STATE / "lab-workspaces" / role),
    }
    command = [str(PYTHON), "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1", "--ServerApp.base_url=/"]
    command += [f"--LabApp.default_url={page}", f"--ServerApp.open_browser={browser}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container there is often nobody else
        command.append("--ServerApp.allow_root=True")
    log = STATE / f"jupyterlab-{port}.log"
    log.write_bytes(b"")
    places = {"cwd": folder, "env": {**environment(), **variables}}
    with open(log, "ab") as output, child(command, stdout=output, stderr=output, **places) as process:
        wait_until_it_answers(process, port, log)
        print(
            f"\nGround Up is open{' in your browser' if browser else ''}. Its address:\n\n"
            f"    http://127.0.0.1:{port}{page}?token={token}\n\n"
            f"{'Everything' if options.instructor else 'Your work'} is in {folder}\n"
            "To stop: Ctrl-C in this window.",
            flush=True,
        )
        yield process


def choose_port(asked: int | None) -> int:
    """The port asked for, or the first free one; Stop where there is none."""
    if asked is None:
        for port in range(FIRST_PORT, FIRST_PORT + 100):
            if is_free(port):
                return port
    elif is_free(asked):
        return asked
    stop = Stop(
        f"Port {asked or FIRST_PORT} can't be used (another program has it, or it is reserved): "
        "choose another with --port, or leave --port away."
    )
    stop.status = UNUSABLE_ARGUMENTS
    raise stop


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name != "nt":  # there the option would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def has_browser() -> bool:
    """Whether a window can be opened: a text browser would take over this terminal."""
    if platform.system() in ("Windows", "Darwin") or os.environ.get("BROWSER"):
        return True
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def wait_until_it_answers(process: subprocess.Popen, port: int, log: Path) -> None:
    """Return when JupyterLab answers; Stop where it ends first."""
    while process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/api")
            connection.getresponse().read()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Stop(f"JupyterLab did not start; it says: {lines[-1] if lines else 'nothing'}\nAll of it is in {log}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
