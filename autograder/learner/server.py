"""For Jupyter's server: `GET ground-up/course` gives the map of the course that the JupyterLab extension shows.

Switched on in Jupyter's settings (course/jupyter/common). Only who may use the server gets an answer, and only where
its folder is a learner's workspace; anywhere else the answer is 404.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from autograder.core.paths import UserError
from autograder.learner import course_map, ledger, progress


class CourseHandler(APIHandler):
    """Answers with `course_map.of` as JSON; 409 and a sentence where the bookkeeping is damaged."""

    @web.authenticated
    def get(self) -> None:
        work = Path(self.settings["server_root_dir"]).expanduser()
        if not ledger.is_workspace(work):
            raise web.HTTPError(404, "There is no course in this folder.")
        try:
            self.finish(course_map.of(ledger.read(work), progress.load(work), work))
        except UserError as error:
            raise web.HTTPError(409, str(error)) from error


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "autograder.learner.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    handlers = server.web_app
    address = url_path_join(handlers.settings["base_url"], "ground-up", "course")
    handlers.add_handlers(".*$", [(address, CourseHandler)])
