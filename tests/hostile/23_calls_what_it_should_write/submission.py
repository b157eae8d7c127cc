"""Row 23: calls the library function that the exercise asks for; imports the solution."""

FORBIDS = ["numpy.convolve", "numpy.multiply", "torch.nn.LSTM", "torch.conv2d", "torch.Tensor.backward"]
EDITS = [
    ("checks", 'exercise("double", ', f'exercise("double", forbids={FORBIDS}, '),
    ("hidden", "np.multiply(x, 2)", "2.0 * x"),
]
VERDICTS = {"double": "FAILED"}
MISTAKE = {"double": "forbidden"}

CELLS = {
    "renamed": "from numpy import multiply as times",
    "earlier": "def times(a, b):\n    return np.multiply(a, b)",
    "replaced": "times = np.multiply\nnp.multiply = lambda a, b: a * b",
}


def variants(canary):
    """Its results are right, so only what it calls can tell."""
    bodies = {
        "by its name": "return np.multiply(2, x)",
        "a Python function": "np.convolve([1.0], [2.0])\n    return 2 * x",
        "by getattr": "return getattr(np, 'multi' + 'ply')(2, x)",
        "a class of torch": "import torch\n    torch.nn.LSTM(1, 1)\n    return 2 * x",
        "a C function of torch": "import torch\n    torch.conv2d(*[torch.ones(1, 1, 1, 1)] * 2)\n    return 2 * x",
        "a method": "import torch\n    torch.ones(1, requires_grad=True).sum().backward()\n    return 2 * x",
        "the hook removed": "import sys\n    sys.setprofile(None)\n    return np.multiply(2, x)",
    }
    made = {name: {"double": f"def double(x):\n    {body}"} for name, body in bodies.items()}
    by_cells = {n: {"cells": [cell], "double": "def double(x):\n    return times(2, x)"} for n, cell in CELLS.items()}
    partial = "import functools\ndouble = functools.partial(np.multiply, 2)"
    return made | by_cells | {"partial": {"double": partial}}
