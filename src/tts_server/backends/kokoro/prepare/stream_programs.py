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
    DURATIONS,
    GENERATOR_MODULE,
    LENGTHS,
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
_BY_TOKEN = (
    "/encoder/predictor/text_encoder/Concat_4_output_0",
    "/encoder/text_encoder/Transpose_2_output_0",
)
"""What pitch and energy, and what the features are made of, token by token."""
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
    """Cut out what tells how long tokens last and, from that, frame by frame, features, pitch and energy.

    The transformer's twelve layers share their weights, so that two halves need no more than the whole.
    """
    index = GraphIndex(model.graph)
    halves = [_layer_output(index, layer) for layer in (5, 11)]
    by_token = {name: name for name in _BY_TOKEN}
    # Tensors of the export under the names that the programs give them.
    cuts: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {halves[0]: halves[0]}),
        ({halves[0]: halves[0]}, {halves[1]: halves[1]}),
        ({halves[1]: halves[1]}, {LENGTHS: seams.lengths, **by_token}),
        (
            {DURATIONS: seams.durations, **by_token},
            {"text": _FEATURES, "pitch": _PITCH, "energy": _ENERGY},
        ),
    ]
    return [_stage(model, inputs, outputs) for inputs, outputs in cuts]


def _stage(model: onnx.ModelProto, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> onnx.ModelProto:
    """Cut out one program; inputs and outputs are named tensors of the export."""
    shapes = {name: [1, None] if name == DURATIONS else [1, None, None] for name in inputs}
    stage = extract(model, {inputs[name]: shape for name, shape in shapes.items()}, list(outputs.values()))
    for value in stage.graph.input:
        name = next((name for name, tensor in inputs.items() if tensor == value.name), value.name)
        if name != value.name:
            stage.graph.node.insert(0, helper.make_node("Identity", [name], [value.name], name))
            value.name = name
    del stage.graph.output[:]
    for name, tensor in outputs.items():
        if name != tensor:
            stage.graph.node.append(helper.make_node("Identity", [tensor], [name], name))
        stage.graph.output.append(helper.make_empty_tensor_value_info(name))
    return stage


def _layer_output(index: GraphIndex, layer: int) -> str:
    """What a layer of the transformer makes; the name depends on whether the exporter fused its norm."""
    fused, plain = (f"{_LAYER.format(layer)}/{last}_output_0" for last in ("LayerNormalization", "Add_1"))
    return plain if index.made_by(plain, "Add") else fused
