"""Row 40: asks for more threads and worker processes than there are cores; gets its result all the same."""

VERDICTS = {}

THREADS = """
import torch
torch.set_num_threads(64)
value = (torch.ones(300, 300) @ torch.ones(300, 300)).sum()
"""
WORKERS = """
import torch
from torch.utils.data import DataLoader, TensorDataset
data = TensorDataset(torch.arange(32.0).reshape(32, 1))
seen = sum(len(batch) for batch, in DataLoader(data, batch_size=4, num_workers=8))
assert seen == 32
"""
POOL = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(64) as pool:
    assert sum(pool.map(abs, range(1000))) == 499500
"""
SETTINGS = """
import os
os.environ.update(OMP_NUM_THREADS="64", MKL_NUM_THREADS="64", OPENBLAS_NUM_THREADS="64")
"""


def variants(canary):
    """In a cell of its own; what it starts is gone when the submission is done."""
    cells = {"threads of torch": THREADS, "workers": WORKERS, "a pool": POOL, "settings": SETTINGS}
    return {name: {"cells": [cell]} for name, cell in cells.items()}
