"""The model of the figure until you have trained a `writer`: one layer of 128 units, kept in start.npz.

How it was trained and kept: make_start.py.
"""

from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

FILE = Path(__file__).with_name("start.npz")
LINE_UNIT = 44  # counts the letters of the line
STEPS = " steps"  # behind the name of a matrix: the size of one step of each of its rows


class Kept(nn.Module):
    """A writer as its file keeps it: an LSTM between plain arrays. `weights` are Wx, Wh and b of the LSTM."""

    def __init__(self, vocabulary, letters, Wx, Wh, b, outward, level):
        super().__init__()
        self.vocabulary = vocabulary
        self.weights = Wx, Wh, b
        for name, values in (("letters", letters), ("outward", outward), ("level", level)):
            self.register_buffer(name, torch.from_numpy(values))
        self.lstm = nn.LSTM(len(Wx), len(Wh), batch_first=True)
        given = (Wx.T, Wh.T, b, np.zeros_like(b))
        self.lstm.load_state_dict(
            {name: torch.tensor(v) for name, v in zip(self.lstm.state_dict(), given, strict=True)}
        )

    def forward(self, ids, state=None):
        H, state = self.lstm(self.letters[ids], state)
        return H @ self.outward + self.level, state


@cache
def start():
    """The trained model, in eval mode. It must not be changed: copy it first."""
    with np.load(FILE) as kept:
        arrays = {
            name: kept[name] * kept[name + STEPS] if name + STEPS in kept else kept[name]
            for name in kept
            if not name.endswith(STEPS)
        }
    vocabulary = arrays.pop("vocabulary").tobytes().decode("utf-8")
    return Kept(vocabulary, **arrays).eval()
