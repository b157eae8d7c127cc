"""Row 14: memory, up to a limit of its own."""

MEMORY = 200 * 2**20
VERDICTS = {"norm": "MEMORY"}


def variants(canary):
    """None of them takes more than 600 MB, even where nothing stops it."""
    growing = "kept = []\n    for _ in range(60):\n        kept.append(bytearray(10_000_000))\n    return 1.0, 1.0"
    bodies = {
        "a growing list": growing,
        "an array": "return np.ones(600 * 2**20 // 8), 1.0",
        "more than there is": "return np.empty(10**15), 1.0",
    }
    made = {name: {"norm": f"def norm(x):\n    {body}"} for name, body in bodies.items()}
    return made | {"in its cell": {"norm": "kept = bytearray(600 * 2**20)\ndef norm(x):\n    return 1.0, 1.0"}}
