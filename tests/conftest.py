"""Property tests draw the same examples at every run, so that a failure is repeatable and a pass means the same."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
