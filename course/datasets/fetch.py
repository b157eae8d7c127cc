"""Files of data sets: from the user's cache, from `$GROUNDUP_DATA`, or downloaded once; always checked by sha256."""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

REACHED_WITHIN = 3.0  # seconds for a first connection, name look-up included, to any of the addresses
SILENCE = 4.0  # seconds without a byte after which a download is given up
BAR_AFTER = 2.0  # seconds after which a download shows how far it is


@dataclass(frozen=True)
class File:
    """A file of a data set.

    name: in the cache; sha256: of its content; urls: where it can be had; folder: of `$GROUNDUP_DATA` it lies in.
    """

    name: str
    sha256: str
    urls: tuple[str, ...]
    folder: str


class Unavailable(Exception):
    """A file can't be had here; the message says why, as part of a sentence."""


_given_up: dict[str, str] = {}  # why an address or a server isn't tried again by this process


def content(file: File) -> bytes:
    """The file's bytes, of the right checksum. Raises Unavailable."""
    try:
        return found(file)
    except Unavailable:
        return _downloaded(file)


def found(file: File) -> bytes:
    """The same without a look at the network. Raises Unavailable."""
    for path in (cached_at(file), provided_at(file)):
        if path is not None and (right := _right(path, file)) is not None:
            return right
    raise Unavailable("no copy of it has the right checksum")


def is_here(file: File) -> bool:
    """Whether `found` would succeed."""
    try:
        found(file)
    except Unavailable:
        return False
    return True


def cached_at(file: File) -> Path:
    """Where the file lies, or would lie, in the user's cache."""
    return cache_folder() / file.folder / file.name


def provided_at(file: File) -> Path | None:
    """Where the file would lie in `$GROUNDUP_DATA`; None when that isn't set."""
    root = os.environ.get("GROUNDUP_DATA")
    return Path(root) / file.folder / file.name if root else None


def cache_folder() -> Path:
    """The user's cache for our data sets."""
    from platformdirs import user_cache_path

    return user_cache_path("ground-up")


def _right(path: Path, file: File) -> bytes | None:
    try:
        read = path.read_bytes()
    except OSError:
        return None
    return read if hashlib.sha256(read).hexdigest() == file.sha256 else None


def _downloaded(file: File) -> bytes:
    """Fetch it into the cache, where a damaged copy is replaced. What failed once isn't tried again."""
    reason = "there is no address to fetch it from"
    answering = _reachable([url for url in file.urls if _given_up.keys().isdisjoint((url, _host(url)))])
    for url in file.urls:
        if url in answering:
            try:
                return _retrieved(url, file)
            except (OSError, ValueError) as error:  # requests' errors are OSErrors; ValueError is a wrong checksum
                _given_up[url] = _reason(error, _host(url))
        elif url not in _given_up:
            _given_up.setdefault(_host(url), f"no connection to {_host(url)}")
        reason = _given_up.get(url) or _given_up[_host(url)]
    raise Unavailable(reason)


def _retrieved(url: str, file: File) -> bytes:
    import pooch

    path = cached_at(file)
    with _quiet(pooch.get_logger()):
        pooch.retrieve(url, f"sha256:{file.sha256}", path.name, path.parent, downloader=_stream)
    return path.read_bytes()


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _reason(error: Exception, host: str) -> str:
    """Why a download failed, in a few words."""
    import requests

    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return f"the file from {host} has the wrong checksum"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"{host} answered {error.response.status_code}"
    if isinstance(error, requests.RequestException):
        return f"the connection to {host} broke off"
    return f"it can't be kept in {cache_folder()}"


def _stream(url: str, output: str | Path, _pooch: object) -> None:
    """pooch's downloader: with a bar when it takes long, and no long wait for a server that says nothing."""
    import requests
    from tqdm.auto import tqdm

    as_it_is = {"Accept-Encoding": "identity"}
    with requests.get(url, stream=True, headers=as_it_is, timeout=(REACHED_WITHIN, SILENCE)) as answer:
        answer.raise_for_status()
        total = int(answer.headers.get("content-length", 0)) or None
        bar = tqdm(total=total, unit="B", unit_scale=True, desc=url.rsplit("/", 1)[-1], delay=BAR_AFTER, leave=False)
        with bar, open(output, "wb") as file:
            for piece in answer.iter_content(2**16):
                file.write(piece)
                bar.update(len(piece))


def _reachable(urls: list[str]) -> list[str]:
    """Those of the addresses whose server (or proxy) takes a connection, all tried at the same time.

    By threads, since the look-up of a name has no time-out of its own and may take half a minute without a network.
    """
    answering: set[str] = set()
    tries = [threading.Thread(target=_try_door, args=(url, answering), daemon=True) for url in urls]
    for attempt in tries:
        attempt.start()
    end = time.monotonic() + REACHED_WITHIN
    for attempt in tries:
        attempt.join(max(0.0, end - time.monotonic()))
    return [url for url in urls if url in tuple(answering)]


def _try_door(url: str, answering: set[str]) -> None:
    try:
        socket.create_connection(_door(url), timeout=REACHED_WITHIN).close()
    except OSError:
        return
    answering.add(url)


def _door(url: str) -> tuple[str, int]:
    """Host and port that a request for `url` connects to: the proxy's where there is one."""
    from requests.utils import get_environ_proxies, select_proxy

    parts = urlsplit(select_proxy(url, get_environ_proxies(url)) or url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


@contextmanager
def _quiet(logger: logging.Logger):
    """pooch announces each download; we say only what went wrong, and in our own words."""
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
