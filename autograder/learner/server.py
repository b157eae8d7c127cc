"""For Jupyter's server: what the JupyterLab extension asks about a learner's workspace.

    GET  ground-up/course     the map of the course (`course_map.of`)
    GET  ground-up/progress   progress as a file to keep (`carry.document`)
    POST ground-up/progress   takes such a file in; {"said": SENTENCE}
    POST ground-up/built      writes the page to show others; {"path": its path}

Switched on in Jupyter's settings (course/jupyter/common). Only who may use the server gets an answer, and only where
its folder is a learner's workspace; anywhere else the answer is 404. What the learner can put right is 409 and a
sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from autograder.core.paths import UserError
from autograder.learner import built, carry, course_map, ledger, progress


class _Handler(APIHandler):
    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """The learner's folder; what goes wrong with it becomes an answer."""
        work = Path(self.settings["server_root_dir"]).expanduser()
        if not ledger.is_workspace(work):
            raise web.HTTPError(404, "There is no course in this folder.")
        try:
            yield work
        except UserError as error:
            raise web.HTTPError(409, str(error)) from error
        except OSError as error:
            reason = f"{error.filename or work} can't be used: {error.strerror or error}."
            raise web.HTTPError(409, reason) from error


class CourseHandler(_Handler):
    @web.authenticated
    def get(self) -> None:
        with self.workspace() as work:
            self.finish(course_map.of(ledger.read(work), progress.load(work), work))


class ProgressHandler(_Handler):
    @web.authenticated
    def get(self) -> None:
        with self.workspace() as work:
            self.finish(carry.document(work))

    @web.authenticated
    def post(self) -> None:
        with self.workspace() as work:
            self.finish({"said": str(carry.take_in(work, self.request.body, "This file"))})


class BuiltHandler(_Handler):
    @web.authenticated
    def post(self) -> None:
        with self.workspace() as work:
            self.finish({"path": built.write(work).name})


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "autograder.learner.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    handlers = server.web_app
    base = url_path_join(handlers.settings["base_url"], "ground-up")
    parts = {"course": CourseHandler, "progress": ProgressHandler, "built": BuiltHandler}
    handlers.add_handlers(".*$", [(url_path_join(base, name), handler) for name, handler in parts.items()])
