"""Prepared models on disk: complete and checked, or not there.

Theory of operation. An entry is a folder ``<key>`` that holds the files of one prepared model and
``manifest.json`` with their sizes and SHA-256 sums; the key is a hash of the weights and of the code that
prepared them. An entry is written under a temporary name in the same folder, flushed to the disk, and
renamed: a name without ``.tmp`` is a complete entry. `open_entry` reads every byte against the manifest
before anybody loads it, and an entry that fails is moved away and made anew.

A process that prepares holds an advisory lock on the cache folder (the folder itself is locked, so no lock
file stays behind), and the kernel lets the lock go when the process dies, however it dies. Hence a temporary
name that is found while holding the lock belongs to nobody, and is removed. Readers need no lock: a file in
use keeps its content when its name is taken away.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tts_server.errors import ConfigError, ModelCorruptError

if TYPE_CHECKING:
    from tts_server.backends.base import ProgressCallback

MANIFEST_NAME = "manifest.json"
FORMAT = 1
UNUSED_DAYS = 60
"""An entry of another key that was not opened for so long is removed when a new one is made."""

_BLOCK_BYTES = 8 << 20
_POLL_S = 0.1
_TEMPORARY = ".tmp"

Prepare = Callable[[Path], None]
"""Writes a model's files into the given empty folder."""


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A complete entry whose files were just read and found right."""

    folder: Path
    files: tuple[str, ...]


def entry_key(*parts: str) -> str:
    """Return the name of the entry for these inputs, such as sums of the weights and of the code."""
    return hashlib.sha256("\0".join((str(FORMAT), *parts)).encode()).hexdigest()[:32]


def get_or_prepare(
    cache_dir: Path, key: str, prepare: Prepare, progress: ProgressCallback | None = None
) -> CacheEntry:
    """Return the entry ``key``, preparing it when it is missing or damaged.

    Before anything is prepared, what killed processes left is removed.

    When another process prepares, waits for it and takes its entry.

    Args:
        cache_dir: Folder of all entries and of nothing else; made when missing.
        key: Name of the entry.
        prepare: Called with an empty folder when there is work to do. What it raises is let through, and what
            it wrote is removed.
        progress: Called as ``progress(stage, fraction)`` with the stages ``check`` and ``wait``. It may raise
            to give
            up: the exception is let through and nothing is left behind.

    Raises:
        ConfigError: The folder cannot be written or is full.
    """
    entry = _open_if_sound(cache_dir / key, progress)
    if entry is not None:
        return entry
    try:
        cache_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(cache_dir, progress):
            entry = _open_if_sound(cache_dir / key, progress)
            if entry is None:
                _remove_leftovers(cache_dir, key)
                entry = _write_entry(cache_dir, key, prepare)
            return entry
    except OSError as error:
        raise ConfigError(
            f"the cache folder {cache_dir} cannot be used: {error.strerror or error}"
        ) from error


def open_entry(folder: Path, progress: ProgressCallback | None = None) -> CacheEntry:
    """Check every byte of an entry against its manifest.

    Raises:
        ModelCorruptError: The entry is missing, incomplete or damaged.
    """
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
        files: dict[str, dict[str, object]] = manifest["files"]
        total_bytes = max(1, sum(int(str(file["bytes"])) for file in files.values()))
        done_bytes = 0
        for name, expected in files.items():
            digest = hashlib.sha256()
            for block in _blocks(folder / name):
                digest.update(block)
                done_bytes += len(block)
                if progress is not None:
                    progress("checking the prepared model", min(1.0, done_bytes / total_bytes))
            if digest.hexdigest() != expected["sha256"]:
                raise ModelCorruptError(f"the prepared model {folder / name} is damaged")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelCorruptError(f"the prepared model {folder} is incomplete: {error}") from error
    with contextlib.suppress(OSError):  # a read-only cache works as well
        os.utime(folder / MANIFEST_NAME)
    return CacheEntry(folder, tuple(files))


def _open_if_sound(folder: Path, progress: ProgressCallback | None) -> CacheEntry | None:
    if not folder.exists():
        return None
    try:
        return open_entry(folder, progress)
    except ModelCorruptError:
        return None  # the caller makes it anew


def _write_entry(cache_dir: Path, key: str, prepare: Prepare) -> CacheEntry:
    """Write an entry under a temporary name and rename it. The lock is held."""
    temporary = cache_dir / f"{key}.{os.getpid()}{_TEMPORARY}"
    temporary.mkdir(mode=0o700)
    try:
        prepare(temporary)
        files = {}
        for path in sorted(temporary.iterdir()):
            files[path.name] = {"bytes": path.stat().st_size, "sha256": _sum_and_flush(path)}
        manifest = temporary / MANIFEST_NAME
        manifest.write_text(json.dumps({"files": files}, indent=1) + "\n", encoding="utf-8")
        _flush(manifest)
        _flush(temporary)
        temporary.rename(cache_dir / key)
        _flush(cache_dir)
        return CacheEntry(cache_dir / key, tuple(files))
    finally:
        # After the rename there is nothing to remove; before it, an exception of any kind is on its way.
        shutil.rmtree(temporary, ignore_errors=True)


def _remove_leftovers(cache_dir: Path, key: str) -> None:
    """Remove what dead processes left, the damaged entry ``key``, and what nobody uses. The lock is held."""
    oldest_s = time.time() - UNUSED_DAYS * 86_400
    for path in list(cache_dir.iterdir()):
        if path.name.endswith(_TEMPORARY) or (path.name != key and _last_used_s(path) < oldest_s):
            shutil.rmtree(path)
    damaged = cache_dir / key
    if damaged.exists():
        shutil.rmtree(damaged.rename(cache_dir / f"{key}.damaged{_TEMPORARY}"))


def _last_used_s(entry: Path) -> float:
    try:
        return (entry / MANIFEST_NAME).stat().st_mtime
    except OSError:
        return time.time()  # not one of ours: leave it


@contextlib.contextmanager
def _locked(folder: Path, progress: ProgressCallback | None) -> Iterator[None]:
    """Hold the folder's advisory lock. Waits in short turns, so that ``progress`` can give up."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if progress is not None:
                    progress("waiting for another process that prepares the model", 0.0)
                time.sleep(_POLL_S)
        yield
    finally:
        os.close(descriptor)  # lets the lock go


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _sum_and_flush(path: Path) -> str:
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    _flush(path)
    return digest.hexdigest()


def _flush(path: Path) -> None:
    """Have the disk hold a file's content, or a folder's names, before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
