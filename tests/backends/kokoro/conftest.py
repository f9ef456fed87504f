"""The real model, loaded once for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
import pytest

from tts_server.backends.kokoro.onnx.synthesizer import WholeModel
from tts_server.backends.kokoro.prepare import graph
from tts_server.backends.kokoro.prepare.weights import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def kokoro_cache(cache_dir: Path) -> Path:
    """The folder of prepared models."""
    return cache_dir / "kokoro"


@pytest.fixture(scope="session")
def whole_model(kokoro_cache: Path) -> Iterator[WholeModel]:
    """The installed model on two threads."""
    model = WholeModel.load(resolve(), kokoro_cache, threads=2)
    yield model
    model.close()


@pytest.fixture(scope="module")
def published_model() -> onnx.ModelProto:
    """The int8 export as it is published."""
    return onnx.load_model_from_string(resolve().read())


@pytest.fixture(scope="module")
def prepared_graph(published_model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph that is made of it."""
    return graph.prepare(published_model)
