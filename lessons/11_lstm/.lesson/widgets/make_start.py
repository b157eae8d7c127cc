"""How a start.npz is made: the reference's CharLSTM, trained by its train_text on tiny Shakespeare for some minutes.

    cd solutions/11_lstm && python -m widgets.make_start

Each row of a matrix is kept in 8 bits, with the size of one step of that row beside it. Which unit counts the letters
of a line (`LINE_UNIT` in start.py) has to be looked up in the figure afterwards; with this seed it is unit 10, and the
loss on unseen text 1.68 nats a letter. The file that lies here is older: it has the same units but an embedding of 32
numbers, and learned for 290 seconds under another schedule.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from course.data import tiny_shakespeare
from course.figures.reference import definitions, lesson_of

from .start import FILE, STEPS, start

UNITS, SHARE = 128, 0.9  # how much of the text it learns from
ROWS, LENGTH, PASSES, LR, SEED = 48, 96, 10, 6e-3, 2
NAMES = ("CharLSTM", "text_batches", "train_text", "from_torch")


def make():
    """Train, keep, and say how well the kept model foresees text that it has not seen."""
    torch.manual_seed(SEED)
    reference = definitions(lesson_of(Path(__file__)), NAMES)
    text = tiny_shakespeare().text
    vocabulary = sorted(set(text))
    ids = np.array([vocabulary.index(letter) for letter in text])
    cut = int(SHARE * len(ids))
    model = reference["CharLSTM"](vocabulary, UNITS)
    batches = reference["text_batches"](ids[:cut], ROWS, LENGTH)
    optimiser = torch.optim.AdamW(model.parameters(), lr=LR)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimiser, LR, PASSES * len(batches), pct_start=0.05)
    for _ in range(PASSES):
        reference["train_text"](model, batches, optimiser, scheduler, 1.0)
    keep(model, *reference["from_torch"](model.lstm))
    start.cache_clear()
    with torch.no_grad():
        scores, _ = start()(torch.tensor(ids[None, cut:-1]))
    loss = nn.functional.cross_entropy(scores[0], torch.tensor(ids[cut + 1 :]))
    print(f"{FILE.name}: {FILE.stat().st_size} bytes, held-out loss {loss:.3f} nats a letter")


def keep(model, Wx, Wh, b):
    outward = model.head.weight.detach().numpy().T
    arrays = {
        "vocabulary": np.frombuffer("".join(model.vocabulary).encode("utf-8"), dtype=np.uint8),
        "letters": model.embedding.weight.detach().numpy(),
        "b": b,
        "level": model.head.bias.detach().numpy(),
    }
    for name, values in (("Wx", Wx), ("Wh", Wh), ("outward", outward)):
        steps = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-8) / 127
        arrays |= {name: np.rint(values / steps).astype(np.int8), name + STEPS: steps.astype(np.float32)}
    np.savez_compressed(FILE, **arrays)


if __name__ == "__main__":
    torch.set_num_threads(1)
    make()
