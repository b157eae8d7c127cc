"""Row 43: a large notebook full of outputs."""

VERDICTS = {}


def variants(canary):
    """50 MB of pictures; 500 cells that only define; 500 that might not come back."""
    return {
        "pictures": {"edit": _pictures},
        "cells": {"cells": [f"value_{n} = {n}" for n in range(500)]},
        "cells that run": {"cells": [f"value_{n} = abs({n})" for n in range(500)]},
    }


def _pictures(notebook):
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 1_000_000}, "metadata": {}}
    notebook["cells"][1]["outputs"] = [picture] * 50
