"""Settings of Jupyter's server, for learners and instructors, in JupyterLab as in Notebook 7."""

from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (Jupyter offers it)

c.ServerApp.answer_yes = True
c.ServerApp.kernel_websocket_connection_class = "course.figures.server.PromptConnection"
c.LabServerApp.extra_labextensions_path = [str(Path(__file__).parents[1] / "labextensions")]
