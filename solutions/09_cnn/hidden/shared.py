"""What several exercises of lesson 09 use in their held-out cases, mistakes and other right answers."""

import numpy as np
import torch
from torch import nn

from autograder import inputs


def put(picture, down, right):
    """A picture (c, h, w) moved, zeros in the gaps, for mistakes."""
    h, w = picture.shape[1:]
    framed = np.pad(picture, ((0, 0), (h, h), (w, w)))
    return framed[:, h - down : 2 * h - down, w - right : 2 * w - right]


def augmented(images, rng, m, flip, shift=None, move=put, mirror=None):
    """The right way, whose steps the mistakes change one at a time."""
    shift = shift or (lambda: rng.integers(-m, m + 1, 2))
    mirror = mirror or (lambda picture: picture[:, :, ::-1] if flip and rng.random() < 0.5 else picture)
    results = np.zeros_like(images)
    for i, image in enumerate(images):
        down, right = shift()
        results[i] = move(mirror(image), int(down), int(right))
    return results


def by_indices(images, rng, max_shift, flip):
    n, _, h, w = images.shape
    m = max_shift
    mirrored = rng.random(n) >= 0.5 if flip else np.zeros(n, dtype=bool)
    images = np.where(mirrored[:, None, None, None], np.flip(images, axis=3), images)
    framed = np.pad(images, ((0, 0), (0, 0), (m, m), (m, m)))
    top, left = rng.integers(0, 2 * m + 1, n), rng.integers(0, 2 * m + 1, n)
    y = top[:, None, None] + np.arange(h)[:, None]
    x = left[:, None, None] + np.arange(w)
    return framed[np.arange(n)[:, None, None], :, y, x].transpose(0, 3, 1, 2)


def with_numbers(model):
    """The model in float64, its weights from outside."""
    model = model.double()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            parameter.copy_(torch.tensor(inputs(f"held out {name} {shape}", shape, -1, 1)))
    return model


def frames(name, shape):
    """Pictures as float64."""
    return torch.tensor(inputs(name, shape))


class Branches(nn.Module):
    """Two ways through the picture, which meet: no chain that could be cut."""

    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Conv2d(2, 3, 3, padding=1), nn.Sequential(nn.Conv2d(2, 3, 1), nn.ReLU(inplace=True))
        self.out = nn.Linear(3, 4)

    def forward(self, X):
        return self.out((self.left(X).relu_() * self.right(X)).mean(dim=(2, 3)))


def chosen(scores, label):
    """The score of each picture's class, for mistakes."""
    return scores[torch.arange(len(scores)), torch.as_tensor(label).expand(len(scores))]
