"""The trained 64-16-10 network: what it can do, and that it is kept."""

import numpy as np
import pytest

from course import digits_network as module
from course.data import digits


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty cache folder, and nothing kept in this process."""
    monkeypatch.setattr(module, "_cache_folder", lambda: tmp_path)
    module._network.cache_clear()
    yield tmp_path
    module._network.cache_clear()


def probabilities(X, params):
    (W1, b1), (W2, b2) = params
    scores = np.maximum(X @ W1 + b1, 0) @ W2 + b2
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def never(*_):
    raise AssertionError("trained again")


def test_it_reads_most_digits_that_it_was_not_trained_on(folder):
    data, params = digits(), module.digits_network()
    right = probabilities(data.X / 16, params).argmax(axis=1) == data.y
    assert right[: module.TRAINED_ON].mean() > 0.98
    assert len(right[module.TRAINED_ON :]) == 360
    assert 0.88 < right[module.TRAINED_ON :].mean() < 1


def test_the_shapes_are_those_of_a_64_16_10_network(folder):
    shapes = [(W.shape, b.shape) for W, b in module.digits_network()]
    assert shapes == [((64, 16), (16,)), ((16, 10), (10,))]


def test_it_equals_what_scikit_learn_predicts(folder):
    from sklearn.neural_network import MLPClassifier

    data = digits()
    model = MLPClassifier((16,), learning_rate_init=0.01, batch_size=64, max_iter=60, random_state=0)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        model.fit(data.X[:1437] / 16, data.y[:1437])
    ours = probabilities(data.X[1437:] / 16, module.digits_network())
    np.testing.assert_allclose(ours, model.predict_proba(data.X[1437:] / 16), atol=1e-9)


def test_changing_the_arrays_changes_no_later_ones(folder):
    first = module.digits_network()
    before = first[0][0].copy()
    first[0][0][:] = 0
    np.testing.assert_array_equal(module.digits_network()[0][0], before)


def test_another_process_finds_it_trained(folder, monkeypatch):
    first = module.digits_network()
    module._network.cache_clear()
    monkeypatch.setattr(module, "_train", never)
    for (W, b), (V, c) in zip(first, module.digits_network(), strict=True):
        np.testing.assert_array_equal(W, V)
        np.testing.assert_array_equal(b, c)
    assert [path.name for path in folder.iterdir()] == [module.FILE]


@pytest.mark.parametrize("damage", [b"", b"not an archive", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_replaced(folder, damage):
    (folder / module.FILE).write_bytes(damage)
    params = module.digits_network()
    assert params[0][0].shape == (64, 16)
    assert module._load(folder / module.FILE) is not None


def test_a_file_of_another_network_is_replaced(folder):
    np.savez(folder / module.FILE, W1=np.zeros((2, 2)), b1=np.zeros(2), W2=np.zeros((2, 2)), b2=np.zeros(2))
    assert module.digits_network()[0][0].shape == (64, 16)


def test_without_a_place_to_keep_it_the_network_is_still_there(folder, monkeypatch):
    blocked = folder / "file"
    blocked.write_text("in the way")
    monkeypatch.setattr(module, "_cache_folder", lambda: blocked / "cache")
    assert module.digits_network()[1][0].shape == (16, 10)
