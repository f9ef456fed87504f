"""Kokoro's decoder blocks, between text stage and vocoder, as a streaming program with frozen norms.

Five residual blocks of width 1024 at 40 frames a second; the last doubles the rate and halves the width. Each
takes the text's features, pitch and energy besides the block before it. One block is two convolutions of
three frames, so that the program looks ahead by about nine frames (0.23 s).

The division of each block's sum by the square root of two is part of its last weights.
"""

from __future__ import annotations

import math

import numpy as np
from onnx import TensorProto

from tts_server.backends.kokoro.layout import (
    DECODER,
    DECODER_BLOCKS,
    DECODER_MODULE,
    N_TEXT,
    N_TEXT_RESIDUAL,
    DecoderBlock,
    decoder_norms,
)
from tts_server.backends.kokoro.modulation import split_vectors
from tts_server.backends.kokoro.prepare.export_weights import ExportWeights
from tts_server.backends.kokoro.prepare.stream_graph import ChannelMajorGraph

EPSILON = np.array([1e-5], np.float32)


def build_decoder(weights: ExportWeights) -> ChannelMajorGraph:
    """Build the program.

    Inputs besides the flags and states: ``text`` (1, 512, n) at 40 frames a second; ``pitch`` and ``energy``
    (1, 1, 2 n); ``gain``, ``offset``, ``mean`` and ``std`` (1, sum of the channels of `decoder_norms`, 1);
    ``exact`` (1,), which is 1 to use the statistics of the piece itself instead, meant for an utterance in
    one piece, and else 0.
    Output: ``x`` (1, 512, m) at 80 a second.

    Raises:
        ModelCorruptError: The export lacks a weight or has it in another shape.
    """
    builder = _Decoder(weights)
    builder.build()
    return builder.graph


class _Decoder:
    def __init__(self, weights: ExportWeights) -> None:
        self.graph = ChannelMajorGraph(DECODER)
        self._weights = weights
        self._vectors = split_vectors(self.graph, decoder_norms(), ("gain", "offset", "mean", "std"))
        self._exact = self.graph.node("Cast", [self.graph.input("exact", [1])], to=TensorProto.BOOL)

    def build(self) -> None:
        graph = self.graph
        text = graph.input("text", [1, N_TEXT, None])
        curves = [
            graph.strided_conv(
                graph.input(name, [1, 1, None]),
                *self._weights.conv(f"{DECODER_MODULE}.{module}", (1, 1, 3)),
                stride=2,
                padding=1,
            )
            for name, module in (("pitch", "F0_conv"), ("energy", "N_conv"))
        ]
        residual = graph.conv(
            text, *self._weights.conv(f"{DECODER_MODULE}.asr_res.0", (N_TEXT_RESIDUAL, N_TEXT, 1)), padding=0
        )
        x = self._block(DECODER_BLOCKS[0], graph.node("Concat", [text, *curves], axis=1))
        side = graph.node("Concat", [residual, *curves], axis=1)
        for block in DECODER_BLOCKS[1:]:
            side = graph.delay(side, N_TEXT_RESIDUAL + 2, x)
            x = self._block(block, graph.node("Concat", [x, side], axis=1))
        graph.output("x", x)

    def _block(self, block: DecoderBlock, x: str) -> str:
        graph, half_power = self.graph, np.float32(math.sqrt(0.5))
        y = self._normalize(f"{block.name}.norm1", x)
        if block.upsamples:
            weight, bias = self._weights.conv(f"{block.name}.pool", (block.n_in, 1, 3))
            y = graph.conv_transpose(y, weight, bias, stride=2, trim=1, group=block.n_in, n_extra=1)
        weight, bias = self._weights.conv(f"{block.name}.conv1", (block.n_out, block.n_in, 3))
        y = self._normalize(f"{block.name}.norm2", graph.conv(y, weight, bias, padding=1))
        weight, bias = self._weights.conv(f"{block.name}.conv2", (block.n_out, block.n_out, 3))
        y = graph.conv(y, weight * half_power, bias * half_power, padding=1)
        made = f"/{block.name.replace('decoder.', 'decoder/')}/conv1x1/Conv_output_0"
        weight = self._weights.conv_made(made, (block.n_out, block.n_in, 1))
        shortcut = graph.conv(x, weight * half_power, None, padding=0)
        if block.upsamples:
            scales = graph.constant(np.array([1, 1, 2], np.float32))
            shortcut = graph.node(
                "Resize",
                [shortcut, "", scales],
                mode="nearest",
                coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            )
        return graph.node("Add", [graph.delay(shortcut, block.n_out, y), y])

    def _normalize(self, norm: str, x: str) -> str:
        graph = self.graph
        gain, offset, mean, std = self._vectors[norm]
        exact_mean = graph.node("ReduceMean", [x], axes=[2])
        centred = graph.node("Sub", [x, exact_mean])
        variance = graph.node("ReduceMean", [graph.node("Mul", [centred, centred])], axes=[2])
        exact_std = graph.node("Sqrt", [graph.node("Add", [variance, graph.constant(EPSILON)])])
        mean = graph.node("Where", [self._exact, exact_mean, mean])
        std = graph.node("Where", [self._exact, exact_std, std])
        scale = graph.node("Div", [gain, std])
        shift = graph.node("Sub", [offset, graph.node("Mul", [scale, mean])])
        x = graph.node("Add", [graph.node("Mul", [x, scale]), shift])
        return graph.node("LeakyRelu", [x], alpha=0.2)
