"""Data sets that ship with scikit-learn."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from pathlib import Path

import numpy as np

from course.datasets.kinds import DataSet

NUCLEUS = (
    "radius (length)",
    "texture (standard deviation of the grey values)",
    "perimeter (length)",
    "area (length²)",
    "smoothness (no unit)",
    "compactness (no unit)",
    "concavity (no unit)",
    "concave points (share of the outline)",
    "symmetry (no unit)",
    "fractal dimension (no unit)",
)


def iris() -> DataSet:
    """150 iris flowers of three species, four lengths each, in cm (ships with scikit-learn)."""
    X, y, classes = _table("iris.csv")
    columns = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    source = "R. A. Fisher (1936), The use of multiple measurements in taxonomic problems; UCI 53"
    return DataSet(X, y, columns, classes, source, "CC BY 4.0")


def breast_cancer() -> DataSet:
    """569 breast tumours: X (569, 30), y (569,) with 1 = benign (357) and 0 = malignant (212) (scikit-learn's copy).

    Ten measures of the cell nuclei in a microscope picture, each as mean, standard error and "worst" (mean of the
    three largest) over the nuclei. Lengths are in one unit throughout, which the publishers don't give.
    """
    X, y, classes = _table("breast_cancer.csv")
    columns = tuple(f"{statistic} {measure}" for statistic in ("mean", "error of", "worst") for measure in NUCLEUS)
    source = "W. H. Wolberg, O. L. Mangasarian & W. N. Street (1995), Breast cancer Wisconsin (diagnostic); UCI 17"
    return DataSet(X, y, columns, classes, source, "CC BY 4.0")


def digits() -> DataSet:
    """1797 handwritten digits, 8×8 pixels of brightness 0 … 16, row by row (ships with scikit-learn)."""
    with gzip.open(_folder() / "digits.csv.gz", "rt", encoding="utf-8") as file:
        table = np.loadtxt(file, delimiter=",")
    columns = tuple(f"pixel {row},{column} (0 to 16)" for row in range(8) for column in range(8))
    source = "E. Alpaydin & C. Kaynak (1998), Optical recognition of handwritten digits; UCI 80, test part"
    return DataSet(
        table[:, :64].copy(), table[:, 64].astype(np.int64), columns, tuple(map(str, range(10))), source, "CC BY 4.0"
    )


def _table(name: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """X, y and the classes' names of a table whose first line is: rows, columns, name of class 0, of class 1, …"""
    with (_folder() / name).open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    table = np.array(rows, dtype=np.float64)
    return table[:, :-1].copy(), table[:, -1].astype(np.int64), tuple(head[2:])


def _folder() -> Path:
    """scikit-learn's data folder, found without importing scikit-learn (which takes a second)."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("This data set ships with scikit-learn: install it with pip install scikit-learn.")
    return Path(spec.submodule_search_locations[0]) / "datasets" / "data"
