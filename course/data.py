"""Data sets by name, with their units, source and licence."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class DataSet:
    """A labelled table.

    X: (n, d) float64, one row per sample; y: (n,) int64 labels; columns: name and unit of each column of X;
    classes: name of each label; source, licence: where it comes from and what may be done with it.
    """

    X: np.ndarray
    y: np.ndarray
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    source: str
    licence: str

    def __repr__(self) -> str:
        n, d = self.X.shape
        return f"{n} samples with {d} numbers each, {len(self.classes)} classes. Source: {self.source} ({self.licence})"


def iris() -> DataSet:
    """150 iris flowers of three species, four lengths each, in cm (ships with scikit-learn)."""
    with (_bundled() / "iris.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    table = np.array(rows, dtype=np.float64)
    columns = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    source = "R. A. Fisher (1936), The use of multiple measurements in taxonomic problems; UCI 53"
    return DataSet(table[:, :4], table[:, 4].astype(np.int64), columns, tuple(head[2:5]), source, "CC BY 4.0")


def digits() -> DataSet:
    """1797 handwritten digits, 8×8 pixels of brightness 0 … 16, row by row (ships with scikit-learn)."""
    with gzip.open(_bundled() / "digits.csv.gz", "rt", encoding="utf-8") as file:
        table = np.loadtxt(file, delimiter=",")
    columns = tuple(f"pixel {row},{column} (0 to 16)" for row in range(8) for column in range(8))
    source = "E. Alpaydin & C. Kaynak (1998), Optical recognition of handwritten digits; UCI 80, test part"
    return DataSet(
        table[:, :64], table[:, 64].astype(np.int64), columns, tuple(map(str, range(10))), source, "CC BY 4.0"
    )


def _bundled() -> Path:
    """scikit-learn's data folder, found without importing scikit-learn (which takes a second)."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("This data set ships with scikit-learn: install it with pip install scikit-learn.")
    return Path(spec.submodule_search_locations[0]) / "datasets" / "data"
