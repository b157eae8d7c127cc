"""Row 41: the right numbers in types of their own choice."""

VERDICTS = {}

RESULTS = {
    "Python's": "float(length), float(2 * length)",
    "0-d arrays": "np.array(length), np.array(2 * length)",
    "an array": "np.array([length, 2 * length])",
    "a list": "[length, 2 * length]",
    "single precision": "np.float32(length), np.float32(2 * length)",
    "long double": "np.longdouble(length), np.longdouble(2 * length)",
}


def variants(canary):
    """A float, a NumPy float and a 0-d array are interchangeable, so are lists, tuples and arrays of numbers."""
    source = "def norm(x):\n    length = np.sqrt(np.sum(x * x))\n    return {}"
    return {name: {"norm": source.format(result)} for name, result in RESULTS.items()}
