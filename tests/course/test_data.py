"""The data sets: what ships with a dependency, what is fetched over HTTP, and what stands in when nothing can be."""

import gzip
import hashlib
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from course import data
from course.datasets import ahead, catalogue, fetch, stand_ins
from course.datasets.fetch import File, Unavailable, content

TEXT = b"To be, or not to be: that is the question.\n" * 500


# --- a server and a cache of one's own -----------------------------------------------------------------------------


class Server:
    """What a path answers: (status, body, number of bytes announced). asked: the paths, in order."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes, int]] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, body, announced = outer.answers.get(self.path, (404, b"", 0))
                self.send_response(status)
                self.send_header("Content-Length", str(announced))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.http.server_port}/"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def gives(self, name: str, body: bytes, status: int = 200, announced: int | None = None) -> None:
        self.answers[f"/{name}"] = (status, body, len(body) if announced is None else announced)

    def close(self) -> None:
        if self.thread.is_alive():
            self.http.shutdown()
            self.http.server_close()
            self.thread.join()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache, no folder of data, nothing tried yet, and no proxy between us and the server."""
    monkeypatch.setattr(fetch, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(fetch, "_given_up", {})
    monkeypatch.delenv("GROUNDUP_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache"


def file_at(*urls: str, name: str = "text.txt", body: bytes = TEXT, folder: str = "set") -> File:
    return File(name, hashlib.sha256(body).hexdigest(), urls, folder)


def nobodys_address() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


# --- fetching ------------------------------------------------------------------------------------------------------


def test_a_file_is_downloaded_once_and_then_taken_from_the_cache(server, cache):
    server.gives("text.txt", TEXT)
    file = file_at(server.base + "text.txt")
    assert content(file) == TEXT
    assert (cache / "set" / "text.txt").read_bytes() == TEXT
    assert content(file) == TEXT
    assert server.asked == ["/text.txt"]


def test_nothing_is_printed_by_a_quick_download(server, capfd):
    server.gives("text.txt", TEXT)
    content(file_at(server.base + "text.txt"))
    assert capfd.readouterr() == ("", "")


def test_a_damaged_file_in_the_cache_is_replaced(server, cache):
    server.gives("text.txt", TEXT)
    (cache / "set").mkdir(parents=True)
    (cache / "set" / "text.txt").write_bytes(TEXT[:-7])
    assert content(file_at(server.base + "text.txt")) == TEXT
    assert (cache / "set" / "text.txt").read_bytes() == TEXT


def test_the_folder_of_data_is_used_and_nothing_is_downloaded(server, tmp_path, monkeypatch):
    (tmp_path / "given" / "set").mkdir(parents=True)
    (tmp_path / "given" / "set" / "text.txt").write_bytes(TEXT)
    monkeypatch.setenv("GROUNDUP_DATA", str(tmp_path / "given"))
    assert content(file_at(server.base + "text.txt")) == TEXT
    assert server.asked == []


def test_an_altered_file_in_the_folder_of_data_is_not_used(server, tmp_path, monkeypatch):
    server.gives("text.txt", TEXT)
    (tmp_path / "given" / "set").mkdir(parents=True)
    (tmp_path / "given" / "set" / "text.txt").write_bytes(TEXT.upper())
    monkeypatch.setenv("GROUNDUP_DATA", str(tmp_path / "given"))
    assert content(file_at(server.base + "text.txt")) == TEXT


def test_a_wrong_checksum_is_said_and_nothing_is_kept(server, cache):
    server.gives("text.txt", b"something else")
    with pytest.raises(Unavailable, match="has the wrong checksum"):
        content(file_at(server.base + "text.txt"))
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_half_a_file_is_said_and_nothing_is_kept(server, cache):
    server.gives("text.txt", TEXT[: len(TEXT) // 2], announced=len(TEXT))
    with pytest.raises(Unavailable, match="broke off"):
        content(file_at(server.base + "text.txt"))
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_an_error_of_the_server_is_said(server):
    server.gives("text.txt", b"", status=503)
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:\d+ answered 503"):
        content(file_at(server.base + "text.txt"))


def test_a_server_that_is_gone_is_said(server):
    server.close()
    with pytest.raises(Unavailable, match="no connection to"):
        content(file_at(server.base + "text.txt"))


def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(fetch, "SILENCE", 0.05)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(Unavailable, match="broke off"),
    ):
        content(file_at(f"http://127.0.0.1:{silent.getsockname()[1]}/text.txt"))


def test_a_name_that_is_never_looked_up_is_given_up(monkeypatch):
    monkeypatch.setattr(fetch, "REACHED_WITHIN", 0.05)
    released = threading.Event()

    def never(*_arguments, **_options):
        released.wait()
        raise OSError("no such host")

    monkeypatch.setattr(fetch.socket, "create_connection", never)
    try:
        with pytest.raises(Unavailable, match=r"no connection to somewhere\.invalid"):
            content(file_at("http://somewhere.invalid/text.txt"))
    finally:
        released.set()


@pytest.mark.parametrize("first", ["nobody", "wrong file", "error"])
def test_the_second_address_is_used_when_the_first_fails(server, first):
    server.gives("text.txt", TEXT)
    server.gives("wrong", b"no")
    urls = {"nobody": nobodys_address(), "wrong file": server.base + "wrong", "error": server.base + "missing"}
    assert content(file_at(urls[first], server.base + "text.txt")) == TEXT


def test_what_failed_is_not_tried_again_in_the_session(server):
    gone = nobodys_address()
    server.gives("text.txt", b"wrong")
    file = file_at(gone + "text.txt", server.base + "text.txt")
    for _ in range(3):
        with pytest.raises(Unavailable, match="wrong checksum"):
            content(file)
    assert server.asked == ["/text.txt"]
    assert any("no connection" in reason for reason in fetch._given_up.values())


def test_another_file_of_a_server_without_connection_is_not_tried_either(server, monkeypatch):
    server.close()
    with pytest.raises(Unavailable):
        content(file_at(server.base + "text.txt"))
    monkeypatch.setattr(fetch, "_try_door", lambda *_: pytest.fail("tried again"))
    with pytest.raises(Unavailable, match="no connection to"):
        content(file_at(server.base + "other.txt", name="other.txt"))


def test_a_cache_that_cannot_be_written_to_is_said(server, cache):
    server.gives("text.txt", TEXT)
    cache.write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="it can't be kept in"):
        content(file_at(server.base + "text.txt"))


# --- what a loader returns -----------------------------------------------------------------------------------------


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes(), mtime=0)


def test_mnist_comes_from_the_server_with_its_images_and_labels(server, monkeypatch, capsys):
    images, labels = np.arange(2 * 28 * 28).reshape(2, 28, 28) % 251, np.array([7, 2])
    bodies = {"images.gz": idx(images), "labels.gz": idx(labels)}
    for name, body in bodies.items():
        server.gives(name, body)
    files = tuple(file_at(server.base + name, name=name, body=body) for name, body in bodies.items())
    monkeypatch.setattr(catalogue, "MNIST", files)
    got = data.mnist()
    assert np.array_equal(got.images, images) and got.images.dtype == np.uint8
    assert got.labels.tolist() == [7, 2] and got.labels.dtype == np.int64
    assert not got.stand_in
    assert capsys.readouterr().out == ""


LOADERS = ["mnist", "fashion_mnist", "tiny_shakespeare", "names"]


@pytest.fixture
def offline(monkeypatch):
    """Nobody answers at the addresses of the data sets."""
    monkeypatch.setattr(fetch, "_reachable", lambda urls: [])


@pytest.mark.parametrize("name", LOADERS)
def test_without_a_network_one_line_says_what_stands_in_and_how_to_get_the_real_data(offline, name, capsys):
    got = getattr(data, name)()
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    for part in ("isn't here: no connection to", "You get", "instead.", "go online", "GROUNDUP_DATA"):
        assert part in said
    assert got.stand_in
    assert repr(got).startswith("Stand-in: ") and got.source in repr(got) and got.licence in repr(got)


def test_a_stand_in_is_announced_each_time(offline, capsys):
    data.names()
    data.names()
    assert capsys.readouterr().out.count("\n") == 2


def test_the_stand_in_for_mnist_shows_the_digits_of_scikit_learn(offline):
    got, small = data.mnist(), data.digits()
    assert got.images.shape == (1797, 28, 28) and got.images.dtype == np.uint8
    assert np.array_equal(got.labels, small.y)
    assert not got.images[:, :4].any() and not got.images[:, :, 24:].any()
    assert got.images.max() == 255
    ink = got.images.sum(axis=(1, 2)) / 255
    assert np.corrcoef(ink, small.X.sum(axis=1))[0, 1] > 0.999


def test_the_stand_in_for_fashion_can_be_learned_and_is_the_same_each_time(offline):
    got = data.fashion_mnist()
    assert got.images.shape == (6000, 28, 28) and len(got.classes) == 10
    X = got.images.reshape(6000, -1) / 255.0
    centres = np.stack([X[:4000][got.labels[:4000] == k].mean(axis=0) for k in range(10)])
    nearest = ((X[4000:, None] - centres) ** 2).sum(axis=-1).argmin(axis=1)
    assert 0.8 < (nearest == got.labels[4000:]).mean() < 1
    assert np.array_equal(got.images, data.fashion_mnist().images)


def test_the_text_and_the_names_that_stand_in_are_real_ones(offline):
    assert len(data.tiny_shakespeare().text) > 300_000
    names = data.names().names
    assert len(names) > 300 and {"paris", "tokyo", "nairobi"} <= set(names)
    assert set("".join(names)) <= set("abcdefghijklmnopqrstuvwxyz")


def test_every_kind_of_clothes_has_an_outline():
    assert set(data.fashion_mnist.__globals__["CLOTHES"]) == set(stand_ins.HALVES) | set(stand_ins.WHOLES)


def test_iris_digits_and_breast_cancer_are_those_of_scikit_learn():
    from sklearn import datasets

    for name in ("iris", "digits", "breast_cancer"):
        got, theirs = getattr(data, name)(), getattr(datasets, f"load_{name}")()
        assert np.array_equal(got.X, theirs.data) and np.array_equal(got.y, theirs.target)
        assert len(got.columns) == got.X.shape[1]
        assert not got.stand_in
        assert got.licence in repr(got) and got.source in repr(got)


def test_breast_cancer_says_that_1_is_benign():
    got = data.breast_cancer()
    assert got.classes == ("malignant", "benign")
    assert np.bincount(got.y).tolist() == [212, 357]
    area = got.columns.index("mean area (length²)")
    assert got.X[got.y == 0, area].mean() > got.X[got.y == 1, area].mean()


@pytest.mark.parametrize("name", ["iris", "digits", "breast_cancer", *LOADERS])
def test_each_call_returns_data_of_its_own(offline, name):
    def arrays(got):
        return [value for value in vars(got).values() if isinstance(value, np.ndarray | list)]

    first, second = (getattr(data, name)() for _ in range(2))
    for ours, theirs in zip(arrays(first), arrays(second), strict=True):
        kept = list(theirs) if isinstance(theirs, list) else theirs.copy()
        ours[:1] = ["changed"] if isinstance(ours, list) else 1 - ours[:1]
        assert np.array_equal(theirs, kept)


def test_what_is_at_hand_is_known_without_asking_the_network(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "_downloaded", lambda file: pytest.fail("asked"))
    assert catalogue.at_hand() == dict.fromkeys(LOADERS, False)
    (tmp_path / "given" / "set").mkdir(parents=True)
    (tmp_path / "given" / "set" / "text.txt").write_bytes(TEXT)
    monkeypatch.setenv("GROUNDUP_DATA", str(tmp_path / "given"))
    monkeypatch.setattr(catalogue, "FILES", {"one": ((file_at(name="other.txt"),), (file_at(),))})
    assert catalogue.at_hand() == {"one": True}
    (tmp_path / "given" / "set" / "text.txt").write_bytes(TEXT[1:])
    assert catalogue.at_hand() == {"one": False}


# --- ahead ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def core(server, monkeypatch):
    """The core lessons' files, as the loopback server has them."""
    bodies = {name: name.encode() * 100 for name in ahead.TITLES}
    for name, body in bodies.items():
        server.gives(name, body)
    files = {name: ((file_at(server.base + name, name=name, body=body),),) for name, body in bodies.items()}
    monkeypatch.setattr(catalogue, "FILES", files)
    return bodies


def test_what_the_core_lessons_use_is_fetched_ahead_and_then_no_more(core, server, cache, capsys):
    ahead.main()
    assert {path.name: path.read_bytes() for path in (cache / "set").iterdir()} == core
    assert capsys.readouterr().out.startswith("Fetching MNIST's test digits, the list of names, Tiny Shakespeare")
    ahead.main()
    assert capsys.readouterr().out == "" and sorted(server.asked) == sorted(f"/{name}" for name in core)


def test_without_a_network_it_goes_on_and_what_has_come_stays(core, server, cache, capsys):
    server.answers.pop("/names")
    ahead.main()
    said = capsys.readouterr().out
    assert "Not everything could be fetched (the list of names: 127.0.0.1:" in said and "smaller data instead" in said
    assert sorted(path.name for path in (cache / "set").iterdir()) == ["mnist", "tiny_shakespeare"]


# --- the real files ------------------------------------------------------------------------------------------------

REAL = os.environ.get("GROUNDUP_DATA")


@pytest.fixture
def real(monkeypatch):
    if not REAL:
        pytest.skip("GROUNDUP_DATA is not set: the real data sets aren't here")
    monkeypatch.setenv("GROUNDUP_DATA", REAL)


def test_the_real_mnist(real, offline):
    got = data.mnist()
    assert got.images.shape == (10_000, 28, 28) and not got.stand_in
    assert got.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert not got.is_train.any() and "official test part" in repr(got)


def test_the_real_fashion_mnist_knows_its_official_split(real, offline):
    got = data.fashion_mnist()
    assert got.is_train.sum() == 1813 and (~got.is_train).sum() == 4443 and not got.stand_in
    assert [got.classes[label] for label in got.labels[:2]] == ["ankle boot", "T-shirt"]
    assert got.images.shape == (6256, 28, 28)


def test_the_real_shakespeare_and_the_real_names(real, offline):
    text, names = data.tiny_shakespeare(), data.names()
    assert len(text.text) == 1_115_394 and text.text.startswith("First Citizen:\n")
    assert len(names.names) == 32_033 and names.names[0] == "emma"
    assert not text.stand_in and not names.stand_in
