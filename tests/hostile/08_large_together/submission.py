"""Row 8: results each just small enough, and together far too large: they cost their own exercise, and no time."""

VERDICTS = {"norm": "ERROR"}
SAYS = {"bytes": {"norm": "data beyond the 128 MB of all results together"}}


def variants(canary):
    """A quarter of a gigabyte in four cases, each of which is taken over as soon as it comes."""
    return {"bytes": {"norm": "def norm(x):\n    return np.zeros(63 * 2**20, np.uint8)"}}
