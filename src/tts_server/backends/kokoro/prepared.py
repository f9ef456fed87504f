"""From the weights as they are published to the files that sessions load, once for each machine."""

from __future__ import annotations

import ctypes
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from tts_server.backends.kokoro.cache import CacheEntry, entry_key, get_or_prepare

if TYPE_CHECKING:
    from pathlib import Path

    from tts_server.backends.base import ProgressCallback
    from tts_server.backends.kokoro.weights import ModelSource

WHOLE = "whole"
"""Name of the graph that synthesizes a whole utterance."""

_PREPARATION = (
    "dequantize.py",
    "fold.py",
    "graph.py",
    "graph_index.py",
    "prepared.py",
    "simplify.py",
    "data/stft_kernels.npy",
)
"""Every file of this package that decides what a prepared model holds."""


def prepared_model(
    source: ModelSource, cache_dir: Path, progress: ProgressCallback | None = None
) -> CacheEntry:
    """Return the prepared form of a model, making it when the cache does not hold it.

    Making it takes about 6 s on two cores and 0.8 GB of memory, loading what was made a tenth of that. May
    run on any thread; several processes may do it at once.

    Args:
        source: The weights. A file of one's own is read to know its sum; the installed one is only read when
            needed.
        cache_dir: Folder for prepared models, and for nothing else.
        progress: Called as ``progress(stage, fraction)``. It may raise to give up: the exception is let
            through and nothing is left behind.

    Raises:
        ModelNotFoundError: The weights cannot be read.
        ModelCorruptError: The weights are not what their sum says, or are no Kokoro export.
        ConfigError: The cache folder cannot be written.
    """
    weights_sha256 = (source.expected or source.verify(progress)).sha256

    def prepare(folder: Path) -> None:
        _prepare(source, folder, progress)

    return get_or_prepare(cache_dir, entry_key(weights_sha256, preparation_sha256()), prepare, progress)


def preparation_sha256() -> str:
    """Return the sum of the code and data that prepare a model."""
    package = resources.files(__package__)
    digest = hashlib.sha256()
    for name in _PREPARATION:
        content = package.joinpath(name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _prepare(source: ModelSource, folder: Path, progress: ProgressCallback | None) -> None:
    # Only preparing needs the onnx package, and importing it costs 0.3 s and 40 MB.
    import onnx  # noqa: PLC0415
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # noqa: PLC0415

    from tts_server.backends.kokoro import graph  # noqa: PLC0415
    from tts_server.errors import ModelCorruptError  # noqa: PLC0415

    content = source.read(progress)
    try:
        model = onnx.load_model_from_string(content)
    except DecodeError as error:
        raise ModelCorruptError(f"the model {source.name!r} is no ONNX file") from error
    del content
    prepared = graph.prepare(model, progress)
    del model
    graph.save_graphs({WHOLE: prepared}, folder, progress)
    del prepared
    _return_free_memory()


def _return_free_memory() -> None:
    """Hand back what preparing used: glibc would keep 300 MB of it for later."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
