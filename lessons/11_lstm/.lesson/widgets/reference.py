"""Our versions of what the inside of the cell runs on; they stand in while yours isn't written."""

import numpy as np
import torch
from torch import nn


def lstm_step(x, h, c, Wx, Wh, b):
    i, f, g, o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
    g = np.tanh(g)
    after = f * c + i * g
    return o * np.tanh(after), after, (x, h, c, i, f, g, o, after, Wx, Wh)


def lstm_forward(X, h0, c0, Wx, Wh, b):
    h, c, H, caches = h0, c0, [], []
    for t in range(X.shape[1]):
        h, c, cache = lstm_step(X[:, t], h, c, Wx, Wh, b)
        H.append(h)
        caches.append(cache)
    return np.stack(H, axis=1), caches


def from_torch(lstm):
    parts = (lstm.weight_ih_l0.T, lstm.weight_hh_l0.T, lstm.bias_ih_l0 + lstm.bias_hh_l0)
    return tuple(part.detach().numpy().copy() for part in parts)


class CharLSTM(nn.Module):
    """Characters as vectors, one LSTM over them, and a score for each possible next character."""

    def __init__(self, vocabulary, size=32, units=128):
        super().__init__()
        self.vocabulary = "".join(sorted(vocabulary))
        self.embedding = nn.Embedding(len(self.vocabulary), size)
        self.lstm = nn.LSTM(size, units, batch_first=True)
        self.head = nn.Linear(units, len(self.vocabulary))

    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids), state)
        return self.head(H), state


def sample(logits, temperature, rng):
    scores = np.asarray(logits, dtype=float) / temperature
    weights = np.exp(scores - scores.max())
    return int(rng.choice(len(weights), p=weights / weights.sum()))


def generate(model, prompt, length, temperature, rng):
    ids = [model.vocabulary.index(letter) for letter in prompt]
    state = None
    with torch.no_grad():
        for _ in range(length):
            new = ids if state is None else ids[-1:]
            scores, state = model(torch.tensor([new]), state)
            ids.append(sample(scores[0, -1].numpy(), temperature, rng))
    return "".join(model.vocabulary[k] for k in ids)


def perplexity(loss):
    return float(np.exp(loss))


OURS = {
    "lstm_step": lstm_step,
    "lstm_forward": lstm_forward,
    "from_torch": from_torch,
    "generate": generate,
    "perplexity": perplexity,
}
