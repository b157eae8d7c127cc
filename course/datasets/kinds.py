"""What a loader returns: the data, what its numbers mean, where it comes from and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DataSet:
    """A labelled table.

    X: (n, d) float64, one row per sample; y: (n,) int64 labels; columns: name and unit of each column of X;
    classes: name of each label; source, licence: where it comes from and what may be done with it;
    stand_in: whether it is there in place of another data set.
    """

    X: np.ndarray
    y: np.ndarray
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    source: str
    licence: str
    stand_in: bool = False

    def __repr__(self) -> str:
        n, d = self.X.shape
        return _described(f"{n} samples with {d} numbers each, {len(self.classes)} classes", self)


@dataclass(frozen=True)
class ImageSet:
    """Labelled grey-scale pictures.

    images: (n, 28, 28) uint8, 0 (background) … 255; labels: (n,) int64; classes: name of each label;
    is_train: (n,) bool, True where the official split counts the image among those to learn from;
    source, licence, stand_in: as in `DataSet`.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    is_train: np.ndarray
    source: str
    licence: str
    stand_in: bool = False

    def __repr__(self) -> str:
        n, height, width = self.images.shape
        train = int(self.is_train.sum())
        parts = f"{train} to learn from and {n - train} to test on" if train else "all of the official test part"
        parts = "no official split" if self.stand_in else parts
        return _described(f"{n} images of {height}×{width} pixels ({parts}), {len(self.classes)} classes", self)


@dataclass(frozen=True)
class TextSet:
    """One long text. text: a str; source, licence, stand_in: as in `DataSet`."""

    text: str
    source: str
    licence: str
    stand_in: bool = False

    def __repr__(self) -> str:
        return _described(f"{len(self.text)} characters, {len(set(self.text))} of them different", self)


@dataclass(frozen=True)
class NameSet:
    """Names in the letters a to z. names: a list of str; source, licence, stand_in: as in `DataSet`."""

    names: list[str]
    source: str
    licence: str
    stand_in: bool = False

    def __repr__(self) -> str:
        return _described(f"{len(self.names)} names", self)


def _described(text: str, data: DataSet | ImageSet | TextSet | NameSet) -> str:
    return f"{'Stand-in: ' if data.stand_in else ''}{text}. Source: {data.source} ({data.licence})"
