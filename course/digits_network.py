"""A small network that reads the bundled digits, trained once by scikit-learn and then kept.

python -m course.digits_network course/jupyter/labextensions/ground-up/static/digits_network.json
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import warnings
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pooch

from course.data import digits

SIZES = (64, 16, 10)
TRAINED_ON = 1437  # the first so many digits; the other 360 are held out
FILE = "digits-network-64-16-10.npz"

Params = list[tuple[np.ndarray, np.ndarray]]
log = logging.getLogger(__name__)


def digits_network() -> Params:
    """The trained network [(W1, b1), (W2, b2)]: W1 (64, 16), b1 (16,), W2 (16, 10), b2 (10,).

    Inputs are the pixels of `course.data.digits()` divided by 16; a ReLU follows the first layer and a
    softmax the second. Every call returns new arrays. The first call takes one or two seconds.
    """
    return [(W.copy(), b.copy()) for W, b in _network()]


@cache
def _network() -> Params:
    path = _cache_folder() / FILE
    params = _load(path)
    if params is None:
        params = _train()
        _save(path, params)
    return params


def _train() -> Params:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    data = digits()
    model = MLPClassifier((SIZES[1],), learning_rate_init=0.01, batch_size=64, max_iter=60, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 60 passes are enough here, though not the very best
        model.fit(data.X[:TRAINED_ON] / 16, data.y[:TRAINED_ON])
    return list(zip(model.coefs_, model.intercepts_, strict=True))


def _cache_folder() -> Path:
    return Path(pooch.os_cache("ground-up"))


def _load(path: Path) -> Params | None:
    """The network kept in this file; None if there is none or it can't be read."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            params = [(kept["W1"], kept["b1"]), (kept["W2"], kept["b2"])]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("%s can't be read (%s); the network is trained anew.", path, error)
        return None
    shapes = [part.shape for pair in params for part in pair]
    fits = shapes == [SIZES[:2], SIZES[1:2], SIZES[1:], SIZES[2:]] and all(
        np.isfinite(p).all() for q in params for p in q
    )
    return params if fits else None


def _save(path: Path, params: Params) -> None:
    """Keep the network; where nothing can be written it is trained again next time."""
    (W1, b1), (W2, b2) = params
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, W1=W1, b1=b1, W2=W2, b2=b2)
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        log.info("The trained network can't be kept in %s: %s", path.parent, error)


def main(path: str) -> None:
    """Write the network as JSON, for JupyterLab's home page: [[W1, b1], [W2, b2]], three decimals."""
    layers = [[part.round(3).tolist() for part in layer] for layer in digits_network()]
    Path(path).write_text(json.dumps(layers, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
