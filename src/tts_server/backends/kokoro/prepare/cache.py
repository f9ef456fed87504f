"""Prepared models on disk: complete and checked, or not there.

Theory of operation. An entry is a folder ``<key>`` that holds the files of one prepared model, our mark (see
``files.marked``) and ``manifest.json`` with the files' sizes and SHA-256 sums; the key is a hash of the
weights and of the code that prepared them. An entry is written into a marked temporary folder beside it,
flushed to the disk, and renamed: a name without ``.tmp`` is a complete entry. `open_entry` reads every byte
against the manifest before anybody loads it, and an entry that fails is made anew.

A process that prepares holds an advisory lock on the cache folder, which the kernel lets go when the process
dies, however it dies. Hence a marked temporary folder that is found while holding the lock belongs to nobody,
and is removed. Readers need no lock: a file in use keeps its content when its name is taken away.

The folder may hold what is not ours: that is passed over, and what lies at an entry's own name is set aside.
Of an entry only the files go that its mark or its manifest lists. A folder, an entry or a file that somebody
else could have put there is not read.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tts_server.errors import ConfigError, ModelCorruptError
from tts_server.files import marked, owned

if TYPE_CHECKING:
    from tts_server.backends.base import ProgressCallback

logger = logging.getLogger(__name__)

MANIFEST_NAME = "manifest.json"
FORMAT = 2
UNUSED_DAYS = 60
"""An entry of another key that was not opened for so long is removed when a new one is made."""

_BLOCK_BYTES = 8 << 20
_POLL_S = 0.1
_TEMPORARY: Final = ".tmp"
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

CHECKING: Final = "checking the prepared model"
WAITING: Final = "waiting for another process that prepares the model"

Prepare = Callable[[Path], None]
"""Writes a model's files into the given empty folder."""


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A complete entry whose files were just read and found right."""

    folder: Path
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Expected:
    """What a manifest says of one file."""

    n_bytes: int
    sha256: str


def entry_key(*parts: str) -> str:
    """Return the name of the entry for these inputs, such as sums of the weights and of the code."""
    return hashlib.sha256("\0".join((str(FORMAT), *parts)).encode()).hexdigest()[:32]


def get_or_prepare(
    cache_dir: Path, key: str, prepare: Prepare, progress: ProgressCallback | None = None
) -> CacheEntry:
    """Return the entry ``key``, preparing it when it is missing or damaged.

    Before anything is prepared, what killed processes left is removed. When another process prepares, waits
    for it and takes its entry.

    Args:
        cache_dir: Folder of all entries, which is made when it is missing. What else is in it stays.
        key: Name of the entry.
        prepare: Called with an empty folder when there is work to do. What it raises is let through, and what
            it wrote is removed.
        progress: Called as ``progress(stage, fraction)`` with the stages `CHECKING` and `WAITING`; what
            ``prepare`` reports is its own. It may raise to give up: the exception is let through and nothing
            is left behind.

    Raises:
        ConfigError: The folder cannot be written, is full, or is not safe from other users.
    """
    try:
        _require_safe(cache_dir)
        entry = _open_if_sound(cache_dir / key, progress)
        if entry is not None:
            return entry
        owned.make_private_folders(cache_dir)
        with _locked(cache_dir, progress):
            _require_safe(cache_dir)
            entry = _open_if_sound(cache_dir / key, progress)
            if entry is None:
                _remove_leftovers(cache_dir, key)
                entry = _write_entry(cache_dir, key, prepare)
            return entry
    except OSError as error:
        raise ConfigError(
            f"the cache folder {cache_dir} cannot be used: {error.strerror or error}; "
            "choose another with --cache-dir"
        ) from error


def open_entry(folder: Path, progress: ProgressCallback | None = None) -> CacheEntry:
    """Check every byte of an entry against its manifest.

    Raises:
        ModelCorruptError: The entry is missing, incomplete, damaged, or may be somebody else's.
    """
    if not marked.is_real_folder(folder):
        raise ModelCorruptError(f"the prepared model {folder} is no folder, or not safe from other users")
    try:
        expected = _read_manifest(folder)
        total_bytes = max(1, sum(file.n_bytes for file in expected.values()))
        done_bytes = 0
        for name, file in expected.items():
            digest = hashlib.sha256()
            for block in _blocks(folder / name):
                digest.update(block)
                done_bytes += len(block)
                if progress is not None:
                    progress(CHECKING, min(1.0, done_bytes / total_bytes))
            if digest.hexdigest() != file.sha256:
                raise ModelCorruptError(f"the prepared model {folder / name} is damaged")
    except (OSError, ValueError) as error:
        raise ModelCorruptError(f"the prepared model {folder} is incomplete: {error}") from error
    marked.note_use(folder / MANIFEST_NAME)
    return CacheEntry(folder, tuple(expected))


def _require_safe(cache_dir: Path) -> None:
    """Refuse a folder in which somebody else could put an entry of their own in the place of ours."""
    above = Path(os.path.realpath(cache_dir)).parent
    for folder in dict.fromkeys((cache_dir.parent, cache_dir, above)):
        reason = owned.danger_at(folder)
        if reason is not None:
            raise ConfigError(
                f"the folder {folder} {reason}, who could replace the prepared model; "
                "make it yours alone (chown, chmod go-w) or choose another with --cache-dir"
            )


def _read_manifest(folder: Path) -> dict[str, _Expected]:
    """Read the manifest of an entry, of exactly our format.

    Raises:
        OSError: It cannot be read.
        ValueError: It is none of ours.
    """
    with owned.open_trusted(folder / MANIFEST_NAME) as file:
        manifest = json.loads(file.read())
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(files, dict) or not files:
        raise ValueError("the manifest lists no files")
    expected = {}
    for name, entry in files.items():
        n_bytes, sha256 = (entry.get("bytes"), entry.get("sha256")) if isinstance(entry, dict) else (None, "")
        if not (marked.is_plain_name(name) and isinstance(n_bytes, int) and _SHA256.fullmatch(str(sha256))):
            raise ValueError(f"the manifest's line for {name!r} cannot be read")
        expected[name] = _Expected(n_bytes, str(sha256))
    return expected


def _open_if_sound(folder: Path, progress: ProgressCallback | None) -> CacheEntry | None:
    try:
        return open_entry(folder, progress)
    except ModelCorruptError:
        return None  # the caller makes it anew


def _write_entry(cache_dir: Path, key: str, prepare: Prepare) -> CacheEntry:
    """Write an entry in a temporary folder and rename it. The lock is held."""
    temporary = marked.make_marked_folder(cache_dir, f"{key}.", _TEMPORARY)
    try:
        folder = temporary / key
        owned.make_folder(folder)
        prepare(folder)
        files = {}
        for path in sorted(folder.iterdir()):
            owned.make_private(path)
            files[path.name] = {"bytes": path.stat().st_size, "sha256": _sum_and_flush(path)}
        with owned.create_file(folder / MANIFEST_NAME) as file:
            file.write((json.dumps({"format": FORMAT, "files": files}, indent=1) + "\n").encode())
        marked.write_mark(folder, (*files, MANIFEST_NAME))
        for path in (folder / MANIFEST_NAME, folder):
            owned.flush(path)
        marked.publish(folder, cache_dir / key)
        owned.flush(cache_dir)
        return CacheEntry(cache_dir / key, tuple(files))
    finally:
        _try(marked.remove_marked_folder, temporary)


def _remove_leftovers(cache_dir: Path, key: str) -> None:
    """Remove what dead processes left and what nobody uses, and clear the name ``key``. The lock is held."""
    oldest_s = time.time() - UNUSED_DAYS * 86_400
    for path in list(cache_dir.iterdir()):
        if path.name.endswith(_TEMPORARY):
            _try(marked.remove_marked_folder, path)
        elif path.name != key and _KEY.fullmatch(path.name) and _last_used_s(path) < oldest_s:
            _try(_remove_entry, path)
    damaged = cache_dir / key
    if owned.identity_of(damaged) is not None and not _remove_entry(damaged):
        logger.warning(
            "%s is not ours and in the way; it is renamed to %s", damaged, marked.set_aside(damaged)
        )


def _try(remove: Callable[[Path], bool], path: Path) -> None:
    """Remove something that is in nobody's way; what stays is told and costs only its space."""
    try:
        remove(path)
    except OSError as error:
        logger.warning("%s could not be removed: %s", path, error.strerror or error)


def _remove_entry(folder: Path) -> bool:
    """Remove what is ours of an entry, and say whether its name is free."""
    names = marked.marked_names(folder)
    if names is None:
        try:
            names = (*_read_manifest(folder), MANIFEST_NAME) if marked.is_real_folder(folder) else ()
        except (OSError, ValueError):
            return False  # nothing in it says that it is ours
    return bool(names) and marked.remove_listed(folder, names)


def _last_used_s(entry: Path) -> float:
    try:
        return (entry / MANIFEST_NAME).lstat().st_mtime
    except OSError:
        return time.time()  # not one of ours: leave it


def _locked(folder: Path, progress: ProgressCallback | None) -> AbstractContextManager[int]:
    """Hold the folder's lock, which ``progress`` can give up waiting for."""

    def wait() -> None:
        if progress is not None:
            progress(WAITING, 0.0)

    return owned.locked_folder(folder, wait, _POLL_S)


def _blocks(path: Path) -> Iterator[bytes]:
    with owned.open_trusted(path) as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _sum_and_flush(path: Path) -> str:
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    owned.flush(path)
    return digest.hexdigest()
