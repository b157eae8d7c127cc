"""Lessons 10 and 11 in numbers: an LSTM by hand against torch, the memory task over five seeds, and a writer.

    python tests/benchmarks/recurrent.py [--repeats 30] [--only step|memory|names|writer]

- step: forwards and backwards over (32, 64, 64) with 128 units, by lesson 11's reference and by torch's nn.LSTM; one
  thread, CPU time, the best of all repeats, which take turns. The results are compared first.
- memory: the demo cell of lesson 11 that trains straight at distance 60, five seeds, 500 updates each.
- names and writer: the training cells of the two lessons, and their loss on what was held out.

Exit status 1 when a bar isn't reached: in float64 at most twice as long as torch; the LSTM at least 99 % for each seed
and the simple network below 40 % on average, within 45 s; at most 1.65 nats per character of the plays after 60 s.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import sys
import time
from typing import Any

import numpy as np
import torch
from in_turns import best

from autograder.authoring.inputs import normal_inputs
from autograder.core.paths import solutions
from autograder.lesson.build import open_lesson
from autograder.lesson.source import library_module

SHAPE, HIDDEN = (32, 64, 64), 128
OF_TORCH, LSTM_RIGHT, RNN_RIGHT, MEMORY_SECONDS, NATS, WRITER_SECONDS = 2.0, 0.99, 0.40, 45.0, 1.65, 60.0
TOLERANCE = {"float64": 1e-10, "float32": 1e-3}


def main() -> int:
    """Measure and print; 1 when a bar isn't reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--only", choices=("step", "memory", "names", "writer"))
    asked = parser.parse_args()
    parts = {"step": lambda: step(asked.repeats), "memory": memory, "names": names, "writer": writer}
    missed = []
    for name, part in parts.items():
        if asked.only in (None, name):
            missed += part()
    print("\n".join(["", *missed]) if missed else "\nEverything within the bars.")
    return 1 if missed else 0


# --- an LSTM by hand ----------------------------------------------------------------------------------------------


def step(repeats: int) -> list[str]:
    lesson = open_lesson(solutions() / "11_lstm")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    if os.environ.get("OMP_NUM_THREADS") != "1":
        print("For one thread in NumPy as well, set OMP_NUM_THREADS=1.")
    missed = []
    with library_module(lesson.library):
        for kind in TOLERANCE:
            ours, torchs = there_and_back(lesson.reference, kind, repeats)
            print(
                f"LSTM {SHAPE}, {HIDDEN} units, {kind}: {1e3 * ours:.1f} ms by hand, {1e3 * torchs:.1f} ms by torch,",
                end="",
            )
            print(f" {ours / torchs:.2f}×")
            if kind == "float64" and ours > OF_TORCH * torchs:
                missed.append(f"the LSTM by hand takes {ours / torchs:.2f} times as long as torch")
    torch.set_num_threads(threads)
    return missed


def there_and_back(lesson: dict[str, Any], kind: str, repeats: int) -> list[float]:
    """CPU seconds forwards and backwards, ours and torch's. Raises AssertionError when the two don't agree."""
    n, t, d = SHAPE
    layer = torch.nn.LSTM(d, HIDDEN, batch_first=True, dtype=getattr(torch, kind))
    parameters = lesson["from_torch"](layer)
    X, h0, c0, dH = (
        normal_inputs(f"recurrent {name}", shape).astype(kind)
        for name, shape in (("X", SHAPE), ("h", (n, HIDDEN)), ("c", (n, HIDDEN)), ("dH", (n, t, HIDDEN)))
    )
    leaves = [torch.tensor(array, requires_grad=True) for array in (X, h0[None], c0[None])]

    def ours() -> tuple[np.ndarray, ...]:
        return lesson["lstm_backward"](dH, lesson["lstm_forward"](X, h0, c0, *parameters)[1])

    def torchs() -> tuple[torch.Tensor, ...]:
        H, _ = layer(leaves[0], (leaves[1], leaves[2]))
        return torch.autograd.grad(H, [*leaves, *layer.parameters()], torch.tensor(dH))

    dX, dh0, dc0, dWx, dWh, db = ours()
    theirs = torchs()
    pairs = zip((dX, dh0[None], dc0[None], dWx.T, dWh.T, db), theirs, strict=False)  # torch's second bias is left over
    for got, expected in pairs:
        assert np.allclose(
            got, expected.numpy(), rtol=TOLERANCE[kind], atol=TOLERANCE[kind] * expected.abs().max().item()
        )
    return best([ours, torchs], repeats)


# --- what the cells of the lessons reach --------------------------------------------------------------------------


class Cells:
    """The demo cells of a solved lesson, to be run one by one in its names."""

    def __init__(self, name: str) -> None:
        os.environ.setdefault("MPLBACKEND", "agg")
        self.lesson = open_lesson(solutions() / name)
        self.names = dict(self.lesson.reference)

    def run(self, text: str, until: str = "") -> tuple[str, float]:
        """Run the cell that holds `text` (as far as `until`): what it printed, and its seconds."""
        demos = (cell.source for cell in self.lesson.source.cells if "demo" in cell.tags)
        code = next(source for source in demos if text in source)
        out, started = io.StringIO(), time.perf_counter()
        quiet = contextlib.redirect_stderr(io.StringIO())
        with library_module(self.lesson.library), contextlib.redirect_stdout(out), quiet:
            exec(code.split(until)[0] if until else code, self.names)
        return out.getvalue(), time.perf_counter() - started


def memory() -> list[str]:
    cells, threads = Cells("11_lstm"), torch.get_num_threads()
    cells.run("def memory_batch", until="started, threads")
    torch.set_num_threads(1)
    printed, seconds = cells.run("for seed in range(5)")
    torch.set_num_threads(threads)
    print(f"\nThe first of 61 symbols, 500 updates, five seeds, {seconds:.0f} s together:\n{printed}")
    simple, gated = ([float(share) / 100 for share in re.findall(r"([\d.]+)%", line)] for line in printed.splitlines())
    missed = [f"the LSTM reaches {min(gated):.1%} with one seed"] if min(gated) < LSTM_RIGHT else []
    missed += [f"the simple network reaches {np.mean(simple):.1%}"] if np.mean(simple) >= RNN_RIGHT else []
    return missed + ([f"the memory task took {seconds:.0f} s"] if seconds > MEMORY_SECONDS else [])


def names() -> list[str]:
    printed, seconds = Cells("10_rnn").run("def loss_and_gradients")
    print(f"Names, the cell with its data {seconds:.0f} s:\n{printed}")
    return []


def writer() -> list[str]:
    cells = Cells("11_lstm")
    cells.run("def memory_batch", until="started, threads")
    cells.run("writer = CharLSTM")
    cells.run("def mean_loss")
    loss, seconds = cells.names["on_unseen"], cells.names["seconds"]
    print(f"The writer: {loss:.3f} nats per character on the last tenth, after {seconds:.0f} s of training")
    missed = [f"the writer reaches {loss:.3f} nats"] if loss > NATS else []
    return missed + ([f"the writer trained for {seconds:.0f} s"] if seconds > WRITER_SECONDS else [])


if __name__ == "__main__":
    sys.exit(main())
