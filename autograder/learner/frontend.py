"""What a lesson's kernel and Ground Up's buttons in JupyterLab say to each other, over the comm target `ground-up`.

From the buttons:                                The kernel answers:
    {"reset": NAME, "attempt": SOURCE}               {"put": NAME, "source": STUB, "kept": PATH or ""}
    {"undo": NAME, "current": SOURCE}                {"put": NAME, "source": ATTEMPT, "kept": PATH}
    {"theme": "dark" or "light"}, also on opening    nothing: matplotlib's pictures follow it
    anything else, or what can't be done             {"say": SENTENCE}

From the kernel, unasked:
    {"asked": "reset" or "undo", "exercise": NAME}   somebody called `reset` in a cell; the buttons then send the above
    {"progress": true}                               a check or hint was recorded

SOURCE is what is on the screen. It is kept before anything takes its place; `kept` is where, in the workspace, and
after `undo` where the attempt that comes back was kept.
"""

from __future__ import annotations

from typing import Any

TARGET = "ground-up"
_comm: Any = None  # that of the page which announced itself last
_shell: Any = None


def listen(shell: Any) -> None:
    """Take calls from the buttons, where this shell's kernel can."""
    global _shell
    _shell = shell
    manager = getattr(getattr(shell, "kernel", None), "comm_manager", None)
    if manager is not None:
        manager.register_target(TARGET, _opened)


def is_there() -> bool:
    """Whether the buttons have announced themselves."""
    return _comm is not None


def tell(message: dict[str, Any]) -> None:
    """Send something to the buttons, if they are there."""
    if _comm is not None:
        _comm.send(message)


def answer(message: Any) -> dict[str, str]:
    """What the kernel answers."""
    from autograder.core.paths import UserError
    from autograder.learner import opened, resets

    try:
        match message:
            case {"reset": str(name), "attempt": str(attempt)}:
                lesson = opened.here()
                opened.exercise(lesson, name, {})
                return {"put": name, "source": resets.stub(lesson, name), "kept": resets.keep(lesson, name, attempt)}
            case {"undo": str(name), "current": str(current)}:
                lesson = opened.here()
                opened.exercise(lesson, name, {})
                text, path = resets.newest_kept(lesson, name, current)
                resets.keep(lesson, name, current)
                return {"put": name, "source": text, "kept": path}
    except (UserError, OSError) as error:
        return {"say": str(error)}
    return {"say": "The buttons and the kernel are of different versions: restart the kernel and reload this page."}


def _told_theme(data: Any) -> bool:
    """Whether a message says which theme there is; then the pictures follow it."""
    match data:
        case {"theme": ("dark" | "light") as theme}:
            from autograder.learner import pictures

            pictures.follow(_shell, theme)
            return True
    return False


def _opened(comm: Any, message: Any) -> None:
    global _comm
    _comm = comm

    def closed(_message: Any) -> None:
        global _comm
        if _comm is comm:
            _comm = None

    def heard(message: Any) -> None:
        data = message["content"].get("data")
        if not _told_theme(data):
            comm.send(answer(data))

    _told_theme(message.get("content", {}).get("data"))
    comm.on_msg(heard)
    comm.on_close(closed)
