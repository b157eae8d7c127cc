"""What the model expects after each letter, read once and kept; and how well it foresees held-out text."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from .model import held_model, run
from .questions import LENGTH, PIECES, held_out

KEPT = 6


@dataclass(frozen=True, eq=False)
class Reading:
    """X (n, t, d) into the LSTM, H (n, t, k) out of it, scores (n, t, letters) for what comes, the state at the end."""

    letters: str
    X: np.ndarray
    H: np.ndarray
    scores: np.ndarray
    state: object


class Readings:
    """The model, with a gate held or not, reading a text. A text that has only grown is read on."""

    def __init__(self):
        self._models, self._kept = OrderedDict(), OrderedDict()

    def model(self, writer, gate):
        """The writer's model, or a copy with the forget gate (unit, f) held."""
        if gate is None:
            return writer.model
        return _kept(self._models, (writer.print, gate), lambda: held_model(writer, *gate))

    def text(self, writer, gate, letters):
        key, model = (writer.print, gate), self.model(writer, gate)
        before = self._kept.get(key)
        if before is None or not letters.startswith(before.letters):
            reading = Reading(letters, *run(model, writer.ids(letters)))
        elif len(letters) == len(before.letters):
            reading = before
        else:
            *more, state = run(model, writer.ids(letters[len(before.letters) :]), before.state)
            there = (before.X, before.H, before.scores)
            joined = (np.concatenate(pair, axis=1) for pair in zip(there, more, strict=True))
            reading = Reading(letters, *joined, state)
        self._kept.pop(key, None)
        return _kept(self._kept, key, lambda: reading)

    def held_out(self, writer, gate):
        """(reading of the held-out text in pieces, log-probabilities of all letters that came)."""

        def read():
            letters = held_out(writer.vocabulary)
            ids = writer.ids(letters).reshape(PIECES, LENGTH)
            reading = Reading(letters, *run(self.model(writer, gate), ids))
            return reading, foreseen(reading.scores[:, :-1], ids.numpy()[:, 1:])

        return _kept(self._kept, (writer.print, gate, "held out"), read)


def _kept(store, key, make):
    if key not in store:
        store[key] = make()
    store.move_to_end(key)
    while len(store) > KEPT:
        store.popitem(last=False)
    return store[key]


def foreseen(scores, ids):
    """The logarithm of the probability of each letter that came; scores (n, t, letters), ids (n, t)."""
    top = scores.max(axis=-1, keepdims=True)
    logs = scores - top - np.log(np.exp(scores - top).sum(axis=-1, keepdims=True))
    return np.take_along_axis(logs, ids[..., None], axis=-1)[..., 0]


def chances(scores, temperature):
    """Probabilities (letters,) of the next letter at a temperature."""
    weights = np.exp((scores - scores.max()) / temperature)
    return weights / weights.sum()
