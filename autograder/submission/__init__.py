"""One submission: read it, put its cells in order, run it, judge it."""
