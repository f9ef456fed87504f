"""Everything that streaming Kokoro needs from an export: programs and numbers, made once and kept on disk."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from onnx import helper

from tts_server.backends.kokoro.layout import (
    CONSTANTS_NAME,
    DECODER,
    GENERATOR_MODULE,
    TEXT_STAGES,
    VOCODER,
    decoder_norms,
    vocoder_norms,
)
from tts_server.backends.kokoro.modulation import Modulation
from tts_server.backends.kokoro.prepare import decoder_graph, vocoder_graph
from tts_server.backends.kokoro.prepare.export_weights import ExportWeights
from tts_server.backends.kokoro.prepare.graph import Seams, extract, find_seams
from tts_server.backends.kokoro.prepare.graph_index import GraphIndex

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx
    from numpy.typing import NDArray

__all__ = ["CONSTANTS_NAME", "StreamPrograms", "build_programs"]

_LAYER = "/encoder/bert/encoder/albert_layer_groups.0/albert_layers.0/full_layer_layer_norm_{}"
_BY_FRAME = "/encoder/MatMul_output_0"
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
    programs = {DECODER: decoder, **vocoder}
    for name, graph in programs.items():
        constants[f"{name}.states"] = np.array([[s.n_channels, s.n_first] for s in graph.states])
    source = f"{GENERATOR_MODULE}.m_source.l_linear"
    mixture, bias = weights.linear(source, (9, 1))
    constants["source.mixture"] = mixture[:, 0]
    constants["source.bias"] = bias
    kernels = resources.files("tts_server.backends.kokoro").joinpath("data/stft_kernels.npy")
    with resources.as_file(kernels) as path:
        constants["source.kernels"] = np.load(path, allow_pickle=False)
    graphs = {name: graph.build() for name, graph in programs.items()}
    stages = _text_stages(model, find_seams(model))
    return StreamPrograms({**dict(zip(TEXT_STAGES, stages, strict=True)), **graphs}, constants)


def _text_stages(model: onnx.ModelProto, seams: Seams) -> list[onnx.ModelProto]:
    """Cut out what makes durations and, frame by frame, features, pitch and energy.

    The transformer's twelve layers share their weights, so that two halves need no more than the whole.
    """
    index = GraphIndex(model.graph)
    halves = [_layer_output(index, layer) for layer in (5, 11)]
    cuts: list[tuple[dict[str, list[int | None]], dict[str, str]]] = [
        ({}, {halves[0]: halves[0]}),
        ({halves[0]: [1, None, None]}, {halves[1]: halves[1]}),
        (
            {halves[1]: [1, None, None]},
            {"durations": seams.durations, "text": _FEATURES, _BY_FRAME: _BY_FRAME},
        ),
        ({_BY_FRAME: [1, None, None]}, {"pitch": _PITCH, "energy": _ENERGY}),
    ]
    stages = []
    for inputs, outputs in cuts:
        stage = extract(model, inputs, list(outputs.values()))
        del stage.graph.output[:]
        for name, tensor in outputs.items():
            if name != tensor:
                stage.graph.node.append(helper.make_node("Identity", [tensor], [name], name))
            stage.graph.output.append(helper.make_empty_tensor_value_info(name))
        stages.append(stage)
    return stages


def _layer_output(index: GraphIndex, layer: int) -> str:
    """What a layer of the transformer makes; the name depends on whether the exporter fused its norm."""
    fused, plain = (f"{_LAYER.format(layer)}/{last}_output_0" for last in ("LayerNormalization", "Add_1"))
    return plain if index.made_by(plain, "Add") else fused
