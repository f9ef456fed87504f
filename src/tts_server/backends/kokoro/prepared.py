"""From the weights as they are published to the files that sessions load, once for each machine."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from tts_server.backends.kokoro.cache import CacheEntry, entry_key, get_or_prepare

if TYPE_CHECKING:
    from pathlib import Path

    import onnx

    from tts_server.backends.base import ProgressCallback
    from tts_server.backends.kokoro.weights import ModelSource

WHOLE = "whole"
"""The form, and the name of its one graph, that synthesizes a whole utterance."""

STREAM = "stream"
"""The form whose programs synthesize an utterance piece by piece; see `stream_programs`."""

_PREPARATION = (
    "decoder_graph.py",
    "dequantize.py",
    "export_weights.py",
    "fold.py",
    "graph.py",
    "graph_index.py",
    "modulation.py",
    "prepared.py",
    "simplify.py",
    "stream_graph.py",
    "stream_layout.py",
    "stream_programs.py",
    "toom_cook.py",
    "vocoder_graph.py",
    "data/stft_kernels.npy",
)
"""Every file of this package that decides what a prepared model holds."""


def prepared_model(
    source: ModelSource, cache_dir: Path, progress: ProgressCallback | None = None, *, form: str = STREAM
) -> CacheEntry:
    """Return a prepared form of a model, making it when the cache does not hold it.

    Making it takes about 10 s on two cores and 1 GB of memory, loading what was made a tenth of that. May
    run on any thread; several processes may do it at once.

    Args:
        source: The weights. A file of one's own is read to know its sum; the installed one is only read when
            needed.
        cache_dir: Folder for prepared models, and for nothing else.
        progress: Called as ``progress(stage, fraction)``. It may raise to give up: the exception is let
            through and nothing is left behind.
        form: `STREAM` or `WHOLE`.

    Raises:
        ModelNotFoundError: The weights cannot be read.
        ModelCorruptError: The weights are not what their sum says, or are no Kokoro export.
        ConfigError: The cache folder cannot be written.
    """
    weights_sha256 = (source.expected or source.verify(progress)).sha256

    def prepare(folder: Path) -> None:
        _prepare(source, folder, form, progress)

    return get_or_prepare(cache_dir, entry_key(weights_sha256, preparation_sha256(), form), prepare, progress)


def preparation_sha256() -> str:
    """Return the sum of the code and data that prepare a model."""
    package = resources.files(__package__)
    digest = hashlib.sha256()
    for name in _PREPARATION:
        content = package.joinpath(name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _prepare(source: ModelSource, folder: Path, form: str, progress: ProgressCallback | None) -> None:
    # Only preparing needs the onnx package, and importing it costs 0.3 s and 40 MB.
    import onnx  # noqa: PLC0415
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    from tts_server.backends.kokoro import graph  # noqa: PLC0415
    from tts_server.errors import ModelCorruptError  # noqa: PLC0415

    content = source.read(progress)
    try:
        model = onnx.load_model_from_string(content)
    except DecodeError as error:
        raise ModelCorruptError(f"the model {source.name!r} is no ONNX file") from error
    del content
    if form == WHOLE:
        graph.save_graphs({WHOLE: graph.prepare(model, progress)}, folder, progress)
    else:
        _prepare_streaming(model, folder, progress)


def _prepare_streaming(model: onnx.ModelProto, folder: Path, progress: ProgressCallback | None) -> None:
    import numpy as np  # noqa: PLC0415

    from tts_server.backends.kokoro import graph, stream_programs  # noqa: PLC0415

    programs = stream_programs.build_programs(graph.float_export(model, progress))
    graph.save_graphs(programs.graphs, folder, progress)
    with (folder / stream_programs.CONSTANTS_NAME).open("wb") as file:
        np.savez(file, allow_pickle=False, **programs.constants)
