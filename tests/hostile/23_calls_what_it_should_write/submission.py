"""Row 23: calls the library function that the exercise asks for; imports the solution."""

FORBIDS = ["numpy.convolve", "numpy.kron", "torch.nn.LSTM", "torch.conv2d", "torch.Tensor.backward"]
EDITS = [("checks", 'exercise("double", ', f'exercise("double", forbids={FORBIDS}, ')]
VERDICTS = {"double": "FAILED"}
MISTAKE = {"double": "forbidden"}

IMAGES = "*[torch.ones(1, 1, 1, 1)] * 2"
FULLY = f"{IMAGES}, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1"
COMPILED = "torch.jit.trace(torch.nn.Conv2d(1, 1, 1), torch.ones(1, 1, 1, 1))"
IN_A_THREAD = f"made = threading.Thread(target=torch.conv2d, args=[{IMAGES}])\n    made.start()\n    made.join()"
CELLS = {
    "renamed": "from numpy import kron as times",
    "earlier": "def times(a, b):\n    return np.kron(a, b)",
    "replaced": "times = np.kron\nnp.kron = lambda a, b: a * b",
}


def variants(canary):
    """Its results are right, so only what it calls can tell."""
    bodies = {
        "by its name": "return np.kron(2, x)",
        "a Python function": "np.convolve([1.0], [2.0])\n    return 2 * x",
        "by getattr": "return getattr(np, 'kr' + 'on')(2, x)",
        "a class of torch": "import torch\n    torch.nn.LSTM(1, 1)\n    return 2 * x",
        "a C function of torch": "import torch\n    torch.conv2d(*[torch.ones(1, 1, 1, 1)] * 2)\n    return 2 * x",
        "an operator of torch": f"import torch\n    torch.ops.aten.convolution({FULLY})\n    return 2 * x",
        "compiled": f"import torch\n    {COMPILED}\n    return 2 * x",
        "a C function of torch in a thread": f"import torch, threading\n    {IN_A_THREAD}\n    return 2 * x",
        "a method": "import torch\n    torch.ones(1, requires_grad=True).sum().backward()\n    return 2 * x",
        "the hook removed": "import sys\n    sys.setprofile(None)\n    return np.kron(2, x)",
    }
    made = {name: {"double": f"def double(x):\n    {body}"} for name, body in bodies.items()}
    by_cells = {n: {"cells": [cell], "double": "def double(x):\n    return times(2, x)"} for n, cell in CELLS.items()}
    partial = "import functools\ndouble = functools.partial(np.kron, 2)"
    return made | by_cells | {"partial": {"double": partial}}
