"""Data sets that are found or fetched, each with its stand-in for who has neither the files nor a network."""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np

from course.datasets import catalogue, fetch, stand_ins
from course.datasets.kinds import ImageSet, NameSet, TextSet

CLOTHES = (
    "T-shirt",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
Set = TypeVar("Set", ImageSet, TextSet, NameSet)


def mnist() -> ImageSet:
    """10 000 handwritten digits, 28×28 pixels: the official test part of MNIST (1.7 MB).

    Stand-in: the 1797 digits of scikit-learn, enlarged from 8×8.
    """
    return _real_or(_mnist, stand_ins.enlarged_digits, "MNIST", "scikit-learn's digits on 28×28 pixels")


def fashion_mnist() -> ImageSet:
    """Pictures of clothes, 28×28 pixels, ten kinds: 60 000 to learn from, then 10 000 to test on (31 MB).

    A folder `$GROUNDUP_DATA` may hold the first 1813 and 4443 of them instead, in the same order. Stand-in: outlines
    of clothes drawn by this program.
    """
    drawn = partial(stand_ins.silhouettes, CLOTHES)
    return _real_or(_fashion_mnist, drawn, "Fashion-MNIST", "outlines of clothes drawn by a program")


def tiny_shakespeare() -> TextSet:
    """40 000 lines from Shakespeare's plays, one text of 1 115 394 characters.

    Stand-in: the English of Python's own manual.
    """
    return _real_or(_tiny_shakespeare, stand_ins.python_manual, "Tiny Shakespeare", "Python's help texts")


def names() -> NameSet:
    """32 033 first names, in lower case, a to z, the most common ones first.

    Stand-in: the cities of the time-zone table.
    """
    return _real_or(_names, stand_ins.cities, "The list of names", "names of cities")


def _mnist() -> ImageSet:
    images, labels = (_idx(fetch.content(file)) for file in catalogue.MNIST)
    source = "Y. LeCun, C. Cortes & C. Burges, The MNIST database of handwritten digits, from NIST's special databases"
    classes = tuple(map(str, range(10)))
    return ImageSet(images, labels.astype(np.int64), classes, np.zeros(len(labels), bool), source, "CC BY-SA 3.0")


def _fashion_mnist() -> ImageSet:
    try:
        parts = [_idx(found) for found in map(fetch.found, catalogue.FASHION_MNIST_SUBSET)]
    except fetch.Unavailable:
        parts = [_idx(fetch.content(file)) for file in catalogue.FASHION_MNIST]
    train_images, train_labels, test_images, test_labels = parts
    labels = np.concatenate([train_labels, test_labels]).astype(np.int64)
    source = "H. Xiao, K. Rasul & R. Vollgraf (2017), Fashion-MNIST; Zalando SE"
    is_train = np.arange(len(labels)) < len(train_labels)
    return ImageSet(np.concatenate([train_images, test_images]), labels, CLOTHES, is_train, source, "MIT")


def _tiny_shakespeare() -> TextSet:
    text = fetch.content(catalogue.TINY_SHAKESPEARE).decode("utf-8")
    return TextSet(text, "plays of W. Shakespeare, collected by A. Karpathy for char-rnn", "public domain")


def _names() -> NameSet:
    found = fetch.content(catalogue.NAMES).decode("utf-8").split()
    source = "US Social Security Administration (2018), list by A. Karpathy for makemore"
    return NameSet(found, source, "public domain, list MIT")


def _real_or(real: Callable[[], Set], stand_in: Callable[[], Set], title: str, instead: str) -> Set:
    """The real set, or, after one line that says so, what stands in for it."""
    try:
        return real()
    except fetch.Unavailable as reason:
        print(
            f"{title} isn't here: {reason}. You get {instead} instead. "
            "For the real data go online and restart the kernel, or name a folder that has it in GROUNDUP_DATA."
        )
        return stand_in()


def _idx(packed: bytes) -> np.ndarray:
    """The array of bytes in a gzipped IDX file: 2 zeros, type 8, number of axes, each axis' length, the bytes."""
    unpacked = gzip.decompress(packed)
    axes = unpacked[3]
    shape = tuple(np.frombuffer(unpacked, ">u4", axes, 4).tolist())
    return np.frombuffer(unpacked, np.uint8, math.prod(shape), 4 + 4 * axes).reshape(shape).copy()
