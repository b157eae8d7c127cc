"""Data sets by name, with their units, source and licence.

`iris`, `digits` and `breast_cancer` ship with scikit-learn. The others are found in the user's cache or in the folder
that `$GROUNDUP_DATA` names, or downloaded once; without any of these they say so in one line and return a stand-in,
with `stand_in` set. Each call returns arrays of its own.
"""

from __future__ import annotations

from course.datasets.bundled import breast_cancer, digits, iris
from course.datasets.fetched import fashion_mnist, mnist, names, tiny_shakespeare
from course.datasets.kinds import DataSet, ImageSet, NameSet, TextSet

__all__ = [
    "DataSet",
    "ImageSet",
    "NameSet",
    "TextSet",
    "breast_cancer",
    "digits",
    "fashion_mnist",
    "iris",
    "mnist",
    "names",
    "tiny_shakespeare",
]
