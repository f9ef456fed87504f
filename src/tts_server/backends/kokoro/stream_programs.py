"""Everything that streaming Kokoro needs from an export: programs and numbers, made once and kept on disk."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from onnx import helper

from tts_server.backends.kokoro import decoder_graph, vocoder_graph
from tts_server.backends.kokoro.export_weights import ExportWeights
from tts_server.backends.kokoro.graph import Seams, extract, find_seams
from tts_server.backends.kokoro.modulation import Modulation
from tts_server.backends.kokoro.stream_layout import (
    CONSTANTS_NAME,
    DECODER,
    GENERATOR_MODULE,
    TEXT,
    TEXT_OUTPUTS,
    VOCODER,
    decoder_norms,
    vocoder_norms,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx
    from numpy.typing import NDArray

__all__ = ["CONSTANTS_NAME", "StreamPrograms", "build_programs"]

_FEATURES = "/encoder/MatMul_1_output_0"
_PITCH = "/encoder/F0_proj/Conv_output_0"
_ENERGY = "/encoder/N_proj/Conv_output_0"


@dataclass(frozen=True)
class StreamPrograms:
    """What `build_programs` makes.

    Args:
        graphs: By name.
        constants: By name; `stream.StreamingModel` reads them.
    """

    graphs: Mapping[str, onnx.ModelProto]
    constants: Mapping[str, NDArray[np.generic]]


def build_programs(model: onnx.ModelProto) -> StreamPrograms:
    """Build the programs from a float32 export.

    Args:
        model: As `dequantize` makes it; not changed.

    Raises:
        ModelCorruptError: The export lacks something or has it in another form.
    """
    weights = ExportWeights(model.graph)
    decoder = decoder_graph.build_decoder(weights)
    vocoder = vocoder_graph.build_vocoder(weights)
    constants: dict[str, NDArray[np.generic]] = {}
    for name, norms in ((DECODER, decoder_norms()), (VOCODER, vocoder_norms())):
        modulation = Modulation.from_export(weights, norms)
        constants[f"{name}.weight"] = modulation.weight
        constants[f"{name}.bias"] = modulation.bias
        constants[f"{name}.gather"] = modulation.gather
        constants[f"{name}.missing"] = modulation.missing
    for name, graph in ((DECODER, decoder), (VOCODER, vocoder)):
        constants[f"{name}.states"] = np.array([[s.n_channels, s.n_first] for s in graph.states])
    source = f"{GENERATOR_MODULE}.m_source.l_linear"
    mixture, bias = weights.linear(source, (9, 1))
    constants["source.mixture"] = mixture[:, 0]
    constants["source.bias"] = bias
    kernels = resources.files(__package__).joinpath("data/stft_kernels.npy")
    with resources.as_file(kernels) as path:
        constants["source.kernels"] = np.load(path, allow_pickle=False)
    text = _text_stage(model, find_seams(model))
    return StreamPrograms({TEXT: text, DECODER: decoder.build(), VOCODER: vocoder.build()}, constants)


def _text_stage(model: onnx.ModelProto, seams: Seams) -> onnx.ModelProto:
    """Cut out what makes durations and, frame by frame, features, pitch and energy."""
    tensors = (seams.durations, _FEATURES, _PITCH, _ENERGY)
    stage = extract(model, {}, tensors)
    del stage.graph.output[:]
    for name, tensor in zip(TEXT_OUTPUTS, tensors, strict=True):
        stage.graph.node.append(helper.make_node("Identity", [tensor], [name], name))
        value = helper.make_empty_tensor_value_info(name)
        stage.graph.output.append(value)
    return stage
