"""Settings of a learner's Jupyter server."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (Jupyter offers it)

c.ContentsManager.hide_globs = ["__pycache__", "*.pyc", "*.pyo", ".DS_Store", "*~", "progress.json"]
