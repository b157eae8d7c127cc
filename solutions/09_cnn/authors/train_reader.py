"""Trains the network that the figure runs on until there is a `digit_reader`, and writes digit_reader.npz.

    python solutions/09_cnn/authors/train_reader.py [--epochs 24] [--to FILE]

It learns from 8000 of the 10 000 images of `course.data.mnist()`, each time turned, stretched, shifted, and made
thinner or thicker, because pens differ; the other 2000 tell how well it reads. About two minutes on one core.
The weights are derived from MNIST (CC BY-SA 3.0); no image is stored.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course import data

CHECKPOINT = Path(__file__).parents[1] / "widgets" / "digit_reader.npz"
LEARN, BATCH, SEED = 8000, 100, 9


def block(channels, filters):
    return [
        ["Conv2d", {"in_channels": channels, "out_channels": filters, "kernel_size": 3, "padding": 1}],
        ["BatchNorm2d", {"num_features": filters}],
        ["ReLU", {}],
        ["MaxPool2d", {"kernel_size": 2}],
    ]


# As they are kept: names in torch.nn, and what they are made with.
LAYERS = [*block(1, 16), *block(16, 32), ["Flatten", {}], ["Linear", {"in_features": 32 * 7 * 7, "out_features": 10}]]


def changed(images, generator):
    """(n, 1, 28, 28): each image turned, stretched, slanted, shifted, and with a thicker, thinner or softer line."""

    def uniform(low, high):
        return low + (high - low) * torch.rand(len(images), generator=generator)

    angle, slant = uniform(-0.3, 0.3), uniform(-0.25, 0.25)
    width, height = uniform(0.85, 1.3), uniform(0.85, 1.3)
    cos, sin = angle.cos(), angle.sin()
    across = torch.stack([cos * width, (slant - sin) * height, uniform(-0.15, 0.15)], dim=1)
    down = torch.stack([sin * width, cos * height, uniform(-0.15, 0.15)], dim=1)
    grid = F.affine_grid(torch.stack([across, down], dim=1), list(images.shape), align_corners=False)
    moved = F.grid_sample(images, grid, align_corners=False)
    thick = F.max_pool2d(moved, 3, stride=1, padding=1)
    thin = -F.max_pool2d(-moved, (2, 2), stride=1, padding=1)[:, :, 1:, 1:]
    soft = F.avg_pool2d(moved, 3, stride=1, padding=1, count_include_pad=False)
    share = uniform(-0.7, 1.0).view(-1, 1, 1, 1)
    lined = torch.where(share > 0, moved + share * (thick - moved), moved - share * (thin - moved))
    blur = uniform(-0.5, 0.5).clamp(min=0).view(-1, 1, 1, 1)
    bright = uniform(0.8, 1.5).view(-1, 1, 1, 1)
    return ((lined + blur * (soft - lined)) * bright).clamp(0, 1)


def trained(images, labels, epochs):
    """A network that has seen the images so many times, and was tested on none of them."""
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    model = nn.Sequential(*(getattr(nn, kind)(**settings) for kind, settings in LAYERS))
    optimiser = torch.optim.AdamW(model.parameters(), weight_decay=1e-3)
    steps = math.ceil(len(images) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.008, epochs=epochs, steps_per_epoch=steps)
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for chosen in torch.randperm(len(images), generator=generator).split(BATCH):
            optimiser.zero_grad()
            scores = model(changed(images[chosen], generator))
            loss = F.cross_entropy(scores, labels[chosen], label_smoothing=0.02)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / steps:.3f}", flush=True)
    return model.eval()


def save(model, path):
    """The layers, and the weights as float16 by their names in the state dict."""
    weights = {name: values for name, values in model.state_dict().items() if values.is_floating_point()}
    kept = {name: values.numpy().astype(np.float16) for name, values in weights.items()}
    np.savez_compressed(path, layers=np.array(json.dumps(LAYERS)), **kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--to", type=Path, default=CHECKPOINT)
    given = parser.parse_args()
    digits = data.mnist()
    if digits.stand_in:
        raise SystemExit("This needs MNIST itself: go online, or name a folder that has it in GROUNDUP_DATA.")
    images = torch.from_numpy(digits.images).float().div(255)[:, None]
    labels = torch.from_numpy(digits.labels)
    model = trained(images[:LEARN], labels[:LEARN], given.epochs)
    with torch.no_grad():
        right = (model(images[LEARN:]).argmax(dim=1) == labels[LEARN:]).float().mean().item()
    save(model, given.to)
    print(f"held out: {right:.2%} right; {given.to.stat().st_size} bytes in {given.to}")


if __name__ == "__main__":
    main()
