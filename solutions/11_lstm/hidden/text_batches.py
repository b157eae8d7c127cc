"""Held-out cases of `text_batches`, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch

from autograder import exercise, integer_inputs

text_batches = exercise("text_batches")


@text_batches.held_out
def a_longer_text(text_batches):
    return [[x.tolist(), y.tolist()] for x, y in text_batches(integer_inputs("long text", 83, 60), 4, 5)]


@text_batches.held_out
def batches_of_one_step(text_batches):
    return [[x.tolist(), y.tolist()] for x, y in text_batches(np.arange(9), 2, 1)]


@text_batches.held_out
def shapes_and_types(text_batches):
    pairs = text_batches(np.arange(41), 3, 6)
    return [(tuple(x.shape), str(x.dtype), tuple(y.shape), str(y.dtype)) for x, y in pairs]


def strips_of(ids, n):
    length = len(ids) // n
    return torch.tensor(ids[: n * length], dtype=torch.int64).reshape(n, length)


@text_batches.mistake(
    "not-shifted", "y is x itself: the model would learn to repeat. The target is the next character."
)
def parrot(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a : a + t]) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake(
    "rolled", "The last target of each row is its own first character. Take t + 1 characters of the strip."
)
def rolled(ids, n, t):
    s = strips_of(ids, n)
    return [(x := s[:, a : a + t], torch.roll(x, -1, dims=1)) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake(
    "strangers", "Row i of the next batch doesn't continue row i of this one. Cut the text into n long strips first."
)
def cut_up_first(ids, n, t):
    length = len(ids) // n
    count = (length - 1) // t
    rows = [ids[k * t : k * t + t + 1] for k in range(count * n)]
    made = [torch.tensor(np.array(rows[k * n : (k + 1) * n]), dtype=torch.int64) for k in range(count)]
    return [(rows[:, :-1], rows[:, 1:]) for rows in made]


@text_batches.mistake(
    "interleaved", "Neighbouring characters land in different rows. Reshape to (n, length), not (length, n)."
)
def dealt_out(ids, n, t):
    length = len(ids) // n
    s = torch.tensor(ids[: n * length], dtype=torch.int64).reshape(length, n).T
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, length - t, t)]


@text_batches.mistake("overlapping", "Your batches overlap, by moving one character at a time. Move on by t.")
def one_at_a_time(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t)]


@text_batches.mistake(
    "one-skipped", "Between two batches a character is left out. The next x begins where this one ended: move on by t."
)
def gaps(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t, t + 1)]


@text_batches.mistake("last-one-dropped", "A last whole batch is missing. x may begin as long as a + t + 1 ≤ length.")
def too_careful(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t - 1, t)]


@text_batches.mistake("incomplete-kept", "Your last batch isn't whole: y has fewer than t characters. Leave it out.")
def with_the_rest(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1], t)]


@text_batches.mistake(
    "n-and-t-exchanged", "n is how many strips there are, t how many steps a batch has; yours are exchanged."
)
def exchanged_sizes(ids, n, t):
    s = strips_of(ids, t)
    return [(s[:, a : a + n], s[:, a + 1 : a + n + 1]) for a in range(0, s.shape[1] - n, n)]


@text_batches.mistake("time-in-front", "Your batches are (t, n). Each row is a strip: (n, t).")
def turned(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a : a + t].T, s[:, a + 1 : a + t + 1].T) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake(
    "pair-exchanged", "Your y comes before x in the text. y is what follows: x from column a on, y from a + 1 on."
)
def y_first(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, a + 1 : a + t + 1], s[:, a : a + t]) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake("arrays-returned", "These are NumPy arrays. nn.Embedding wants int64 tensors.")
def arrays(ids, n, t):
    s = strips_of(ids, n).numpy()
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t, t)]


@text_batches.mistake(
    "another-type", "The tensors keep the type of ids. Make them int64: torch.tensor(…, dtype=torch.int64)."
)
def as_they_came(ids, n, t):
    length = len(ids) // n
    s = torch.tensor(ids[: n * length]).reshape(n, length)
    return [(s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, length - t, t)]


@text_batches.mistake(
    "generator", "A list is wanted, since a text is read several times, and a generator can be used once."
)
def used_once(ids, n, t):
    s = strips_of(ids, n)
    return ((s[:, a : a + t], s[:, a + 1 : a + t + 1]) for a in range(0, s.shape[1] - t, t))


@text_batches.mistake("first-batch-only", "Only one batch is returned: return after the loop, not inside it.")
def returned_too_early(ids, n, t):
    s = strips_of(ids, n)
    return [(s[:, :t], s[:, 1 : t + 1])]


@text_batches.mistake("return-missing", "The batches are made, but not returned.")
def silent_batches(ids, n, t):
    strips_of(ids, n)


@text_batches.variant
def by_splitting(ids, n, t):
    length = len(ids) // n
    strips = np.asarray(ids)[: n * length].reshape(n, length).astype(np.int64)
    count = (length - 1) // t
    xs = np.split(strips[:, : count * t], count, axis=1)
    ys = np.split(strips[:, 1 : count * t + 1], count, axis=1)
    return [(torch.from_numpy(x.copy()), torch.from_numpy(y.copy())) for x, y in zip(xs, ys, strict=True)]


@text_batches.variant
def strip_by_strip(ids, n, t):
    length = len(ids) // n
    strips = [[int(k) for k in ids[row * length : (row + 1) * length]] for row in range(n)]
    made, a = [], 0
    while a + t + 1 <= length:
        made.append(
            [torch.tensor([s[a : a + t] for s in strips]), torch.tensor([s[a + 1 : a + t + 1] for s in strips])]
        )
        a += t
    return made
