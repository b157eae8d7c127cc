"""Property tests draw the same examples at every run, so that a failure is repeatable and a pass means the same."""

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _nobody_validates(monkeypatch):
    """nbgrader, when a test runs it in this process, leaves behind that it runs."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
