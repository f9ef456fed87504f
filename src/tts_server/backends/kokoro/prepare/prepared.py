"""From the weights as they are published to the files that sessions load, once for each machine."""

from __future__ import annotations

import ast
import hashlib
import re
from importlib import resources
from typing import TYPE_CHECKING, Final

from tts_server.backends.kokoro.prepare.cache import CacheEntry, entry_key, get_or_prepare
from tts_server.files.owned import create_file

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    import onnx

    from tts_server.backends.base import ProgressCallback
    from tts_server.backends.kokoro.prepare.weights import ModelSource

WHOLE = "whole"
"""The form, and the name of its one graph, that synthesizes a whole utterance."""

STREAM = "stream"
"""The form whose programs synthesize an utterance piece by piece; see `stream_programs`."""

_KOKORO: Final = "tts_server.backends.kokoro"
_DATA: Final = re.compile(r"\w[\w.-]*\.(?:npy|npz|json)")
_NEITHER_PREPARE: Final = frozenset({"prepare/cache.py", "prepare/weights.py"})
"""Of no effect on what is prepared: where it is kept, and weights, whose sum counts."""


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
    package = resources.files(_KOKORO)
    digest = hashlib.sha256()
    for name in preparation_files(package):
        content = package.joinpath(name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def preparation_files(package: Traversable) -> list[str]:
    """Find every file of Kokoro's package that decides what a prepared model holds.

    Those are the modules of this folder, what they import of the package besides, anywhere in their text, and
    the data files that one of them names.
    """
    modules = (module.name for module in package.joinpath("prepare").iterdir())
    waiting = {f"prepare/{name}" for name in modules if name.endswith(".py")} - _NEITHER_PREPARE
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        found.add(name)
        if not name.endswith(".py"):
            continue
        text = package.joinpath(name).read_text(encoding="utf-8")
        named = _imported(text) | {f"data/{data}" for data in _DATA.findall(text)}
        waiting |= {other for other in named - found - _NEITHER_PREPARE if package.joinpath(other).is_file()}
    return sorted(found)


def _imported(text: str) -> set[str]:
    """The modules of Kokoro's package that a module's text imports; a name that is imported may be none."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    inner = (name.removeprefix(f"{_KOKORO}.") for name in names if name.startswith(f"{_KOKORO}."))
    return {name.replace(".", "/") + ".py" for name in inner}


def _prepare(source: ModelSource, folder: Path, form: str, progress: ProgressCallback | None) -> None:
    # Only preparing needs the onnx package, and importing it costs 0.3 s and 40 MB.
    import onnx  # noqa: PLC0415
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    from tts_server.backends.kokoro.prepare import graph  # noqa: PLC0415
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

    from tts_server.backends.kokoro.prepare import graph, stream_programs  # noqa: PLC0415

    programs = stream_programs.build_programs(graph.float_export(model, progress))
    graph.save_graphs(programs.graphs, folder, progress)
    with create_file(folder / stream_programs.CONSTANTS_NAME) as file:
        np.savez(file, allow_pickle=False, **programs.constants)
