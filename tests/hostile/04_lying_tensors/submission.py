"""Row 4: tensors of a subclass with everything overridden, and tensors that a hook speaks for."""

EDITS = [
    (
        "checks",
        'norm = exercise("norm"',
        """
@double.case(part="arrays")
def a_tensor(double):
    import torch
    return double(torch.tensor([1.0, -2.0]))

norm = exercise("norm\"""",
    ),
]
STOCK = """
import torch
assert torch.equal(double(torch.tensor([1.0, -2.0])), torch.tensor([2.0, -4.0]))
"""
VERDICTS = {"double": "FAILED"}

SUBCLASS = """
import torch
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None): return True
    def tolist(self): return [2.0, -4.0]
    def numpy(self, *arguments, **options): return np.array([2.0, -4.0], dtype=np.float32)
    def detach(self): return torch.tensor([2.0, -4.0])
    cpu = resolve_conj = resolve_neg = float = detach
    def __array__(self, *arguments, **options): return np.array([2.0, -4.0], dtype=np.float32)
    def __eq__(self, other): return True
    shape = property(lambda self: torch.Size([2]))
def liar(x):
    return torch.Tensor._make_subclass(Liar, torch.ones(3))
"""
DISPATCH = """
import torch
class Liar(torch.Tensor):
    @staticmethod
    def __new__(cls, *arguments):
        return torch.Tensor._make_wrapper_subclass(cls, (2,), dtype=torch.float32)
    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None): return torch.tensor([2.0, -4.0])
liar = Liar
"""
MODE = """
import torch
class Mode(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        lie = np.array([2.0, -4.0], dtype=np.float32)
        return lie if "numpy" in str(function) else function(*args, **(kwargs or {}))
mode = Mode()
mode.__enter__()
def liar(x):
    return torch.ones(2)
"""
PATCHED = """
import torch
torch.Tensor.numpy = torch.Tensor.__array__ = lambda *a, **o: np.array([2.0, -4.0], dtype=np.float32)
torch.Tensor.detach = lambda self: self
torch.Tensor.float = torch.Tensor.cpu = lambda self: torch.tensor([2.0, -4.0])
def liar(x):
    return torch.ones(2)
"""


def variants(canary):
    """Right but for tensors, where it returns one that agrees with whoever asks."""
    wrong = "def double(x):\n    return liar(x) if isinstance(x, torch.Tensor) else 2 * x"
    ways = {"a subclass": SUBCLASS, "by dispatch": DISPATCH, "by a mode": MODE, "patched methods": PATCHED}
    return {name: {"cells": [cell], "double": wrong} for name, cell in ways.items()}
