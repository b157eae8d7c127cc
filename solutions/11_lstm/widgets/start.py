"""The model of the figure until you have trained a `writer`: one layer of 128 units, kept in start.npz.

Made by running this file, which trains it anew on tiny Shakespeare for about five minutes:  python cell_start.py
Each column of a matrix is kept in 8 bits, with the size of one step of that column beside it.
"""

import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .reference import CharLSTM

FILE = Path(__file__).with_name("start.npz")
LINE_UNIT = 44  # counts the letters of the line; `make` says which unit it is
SECONDS = 290
ROWS, LENGTH = 48, 96  # of a batch: so many places of the text at once, so many letters each
LR, SHARE = 4e-3, 0.9  # the highest learning rate; how much of the text it learns from


@cache
def start():
    """The trained CharLSTM, in eval mode. It must not be changed: copy it first."""
    with np.load(FILE) as kept:
        model = CharLSTM(kept["vocabulary"].tobytes().decode("utf-8"))
        state = {name: torch.from_numpy(kept[name] * kept[f"{name} step"]) for name in model.state_dict()}
    model.load_state_dict(state)
    return model.eval()


def make():
    """Train, keep, and say how well the kept model foresees text that it has not seen."""
    from course.data import tiny_shakespeare

    torch.manual_seed(0)
    text = tiny_shakespeare().text
    model = CharLSTM(sorted(set(text)))
    ids = torch.tensor([model.vocabulary.index(letter) for letter in text])
    cut = int(SHARE * len(ids))
    train(model, ids[:cut])
    keep(model)
    start.cache_clear()
    with torch.no_grad():
        scores, _ = start()(ids[None, cut:-1])
    loss = nn.functional.cross_entropy(scores[0], ids[cut + 1 :])
    print(f"{FILE.name}: {FILE.stat().st_size} bytes, held-out loss {loss:.3f} nats a letter")


def train(model, ids):
    """Rows of the text side by side; each batch goes on where the last one ended, with its state."""
    count = (len(ids) - 1) // ROWS
    inputs, targets = (ids[k : k + ROWS * count].view(ROWS, count) for k in (0, 1))
    optimiser = torch.optim.AdamW(model.parameters(), lr=LR)
    begun, at, state = time.monotonic(), 0, None
    while (done := (time.monotonic() - begun) / SECONDS) < 1:
        optimiser.param_groups[0]["lr"] = LR * min(1, 20 * done + 0.01) * (1 - 0.98 * done)
        if at + LENGTH > count:
            at, state = int(torch.randint(LENGTH, ())), None
        scores, state = model(inputs[:, at : at + LENGTH], state)
        state = tuple(part.detach() for part in state)
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), targets[:, at : at + LENGTH].flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        at += LENGTH


def keep(model):
    arrays = {"vocabulary": np.frombuffer(model.vocabulary.encode("utf-8"), dtype=np.uint8)}
    for name, values in model.state_dict().items():
        values = values.numpy()
        step = np.maximum(np.abs(values).max(axis=0, keepdims=values.ndim > 1), 1e-8) / 127
        arrays[name] = np.rint(values / step).astype(np.int8)
        arrays[f"{name} step"] = np.asarray(step, dtype=np.float32)
    np.savez_compressed(FILE, **arrays)


if __name__ == "__main__":
    torch.set_num_threads(1)
    make()
