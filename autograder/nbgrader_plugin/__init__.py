"""What nbgrader loads from us: see `nbgrader_config.py`."""
