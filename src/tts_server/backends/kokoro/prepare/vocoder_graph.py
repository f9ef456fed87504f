"""Kokoro's vocoder (iSTFTNet: generator and inverse STFT) as a streaming program with frozen norms.

Differences to the export, none of which changes what is computed:

* Each adaptive instance norm, ``(1 + gamma) * (x - mean) / std + beta``, is ``scale * x + shift`` with two
  vectors that are given for the utterance: its statistics are an input, not a reduction over the signal.
* The activation after it, ``v + sin(alpha v)**2 / alpha`` (Snake: Ziyin et al. 2020, arXiv:2006.08195), is
  computed as ``z + sin(z)**2`` with ``z = alpha v``: alpha is part of scale and shift, and 1/alpha of the
  next weights.
* No bias is added where it would cost a pass over the signal: it is part of the shift of the next norm.
* The export divides its first 20 samples by the square of one window, and nothing else; here every sample is
  divided by the sum of the squared windows, which is 1.5 (the level then is the original model's).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tts_server.backends.kokoro.layout import (
    DILATIONS,
    GENERATOR_MODULE,
    N_X,
    SOURCE_HOP,
    VOCODER_PARTS,
    VOCODER_STAGES,
    VocoderBlock,
    VocoderPart,
    VocoderStage,
    biases_before,
    biases_of,
    vocoder_norms,
)
from tts_server.backends.kokoro.modulation import split_vectors
from tts_server.backends.kokoro.prepare.export_weights import ExportWeights, Float32
from tts_server.backends.kokoro.prepare.toom_cook import TimeMajorGraph

N_BINS = 11
N_SOURCE = 2 * N_BINS
WINDOW_SUM = 1.5


def build_vocoder(weights: ExportWeights) -> dict[str, TimeMajorGraph]:
    """Build the programs of `VOCODER_PARTS`, by their names.

    Besides the flags, the states and the signals that it takes, a program with a block has the inputs
    ``scale`` and ``shift`` (1, sum of the channels of the block's norms). From outside come ``x`` (n, 512) at
    80 frames a second and ``source`` (60 m, 22), at the end one more. A program's output has its part's name;
    ``audio`` is (n_samples,).

    Raises:
        ModelCorruptError: The export lacks a weight or has it in another shape.
    """
    return {part.program: _Part(weights, part).graph for part in VOCODER_PARTS}


class _Part:
    """Builds one program."""

    def __init__(self, weights: ExportWeights, part: VocoderPart) -> None:
        self.graph = TimeMajorGraph(part.program)
        self._weights = weights
        self._modulation: dict[str, tuple[str, ...]] = {}
        stage = VOCODER_STAGES[1] if part.name.split(".")[1:2] == ["1"] else VOCODER_STAGES[0]
        if part.block is not None:
            norms = [norm for norm in vocoder_norms() if norm.name.startswith(f"{part.block.name}.")]
            self._modulation = split_vectors(self.graph, norms, ("scale", "shift"))
        if part.name == "audio":
            made = self._ending(part)
        elif part.block is None:
            made = self._entry(stage, part)
        elif part.block == stage.noise:
            source = self.graph.input("source", self.graph.shape(None, N_SOURCE))
            made = self._block(part.block, self._noise_conv(stage, source))
        else:
            x = self.graph.input(part.inputs[0], self.graph.shape(None, stage.n_channels))
            made = self._block(part.block, x)
        self.graph.output(part.name, made)

    def _entry(self, stage: VocoderStage, part: VocoderPart) -> str:
        """The begin of a stage: what was before, upsampled, and what the noise block made of the source."""
        graph, (*before, noise) = self.graph, part.inputs
        if stage is VOCODER_STAGES[0]:
            x = graph.input(before[0], graph.shape(None, N_X))
        else:
            x = self._mean(VOCODER_STAGES[stage.position - 1], before)
        x = self._upsample(stage, graph.node("LeakyRelu", [x], alpha=0.1))
        noise = graph.input(noise, graph.shape(None, stage.n_channels))
        return graph.node("Add", graph.align((x, stage.n_channels), (noise, stage.n_channels)))

    def _mean(self, stage: VocoderStage, blocks: Sequence[str]) -> str:
        """The end of a stage: the mean of its blocks, of which the last lags behind the others."""
        graph = self.graph
        outputs = [graph.input(name, graph.shape(None, stage.n_channels)) for name in blocks]
        waiting = [graph.delay(output, stage.n_channels, outputs[-1]) for output in outputs[:-1]]
        total = graph.node("Sum", [*waiting, outputs[-1]])
        mean = graph.node("Mul", [total, graph.constant(np.float32(1 / len(outputs)).reshape(1))])
        return graph.node("Add", [mean, graph.constant(self._missing_bias(stage))])

    def _ending(self, part: VocoderPart) -> str:
        x = self.graph.node("LeakyRelu", [self._mean(VOCODER_STAGES[-1], part.inputs)], alpha=0.01)
        weight, bias = self._weights.conv(
            f"{GENERATOR_MODULE}.conv_post", (N_SOURCE, VOCODER_STAGES[-1].n_channels, 7)
        )
        return self._inverse_stft(self.graph.conv(x, weight, bias))

    def _missing_bias(self, stage: VocoderStage) -> Float32:
        """The biases that a stage's output lacks, (channels,)."""

        def total(modules: tuple[str, ...]) -> Float32:
            biases = [self._weights.conv(module)[1] for module in modules]
            return np.asarray(np.sum(biases, axis=0), np.float32)

        own = np.mean([total(biases_of(block)) for block in stage.blocks], axis=0, dtype=np.float32)
        return total(biases_before(stage, stage.blocks[0])) + np.asarray(own, np.float32)

    def _upsample(self, stage: VocoderStage, x: str) -> str:
        """Transposed convolution with a kernel of two strides: each input makes one with the one before."""
        graph, stride, n_out = self.graph, stage.stride, stage.n_channels
        weight, _ = self._weights.conv(
            f"{GENERATOR_MODULE}.ups.{stage.position}", (stage.n_in, n_out, 2 * stride)
        )
        extended = graph.extend(x, stage.n_in, 1, n_after=1)
        graph.keep(graph.states[-1], extended, graph.integers(-1))
        pairs = graph.node("Concat", [graph.without_last(extended), graph.from_sample(extended, 1)], axis=1)
        halves = weight.transpose(0, 2, 1).reshape(stage.n_in, 2, stride * n_out)
        matrix = np.concatenate([halves[:, 1], halves[:, 0]])
        y = graph.reshape(graph.linear(pairs, matrix), -1, n_out)
        y = graph.trim(y, n_start=stride // 2, n_end=stride // 2)
        return graph.repeat_second_sample(y) if stage is VOCODER_STAGES[-1] else y

    def _noise_conv(self, stage: VocoderStage, source: str) -> str:
        graph = self.graph
        weight, _ = self._weights.conv(f"{GENERATOR_MODULE}.noise_convs.{stage.position}")
        if stage is VOCODER_STAGES[-1]:
            return graph.linear(source, weight[:, :, 0].T)
        # A kernel of two strides: each output takes two neighbours of the signal cut into strides.
        stride = VOCODER_STAGES[-1].stride
        padding = stride // 2
        # At the end of the signal the last spectrum and its padding do not fill a stride, and are dropped.
        extended = graph.extend(source, N_SOURCE, padding, n_after=padding - 1)
        graph.keep(graph.states[-1], extended, graph.integers(-(stride + padding)))
        n_strides = graph.node("Div", [graph.n_samples(extended), graph.integers(stride)])
        n_used = graph.node("Mul", [n_strides, graph.integers(stride)])
        strides = graph.reshape(graph.slice(extended, graph.integers(0), n_used), -1, stride * N_SOURCE)
        pairs = graph.node("Concat", [graph.without_last(strides), graph.from_sample(strides, 1)], axis=1)
        return graph.linear(pairs, weight.transpose(2, 1, 0).reshape(-1, stage.n_channels))

    def _block(self, block: VocoderBlock, x: str) -> str:
        """A residual block: three times norm, activation, dilated convolution, and the same undilated."""
        for i, dilation in enumerate(DILATIONS):
            y = self._modulated_conv(block, f"{block.name}.convs1.{i}", f"1.{i}", x, dilation)
            y = self._modulated_conv(block, f"{block.name}.convs2.{i}", f"2.{i}", y, 1)
            x = self.graph.node("Add", [self.graph.delay(x, block.n_channels, y), y])
        return x

    def _modulated_conv(self, block: VocoderBlock, module: str, which: str, x: str, dilation: int) -> str:
        graph = self.graph
        scale, shift = self._modulation[f"{block.name}.adain{which}"]
        z = graph.node("Add", [graph.node("Mul", [x, scale]), shift])
        sine = graph.node("Sin", [z])
        active = graph.node("Add", [z, graph.node("Mul", [sine, sine])])
        weight, _ = self._weights.conv(module, (block.n_channels, block.n_channels, block.kernel))
        alpha = self._weights.value(f"{block.name}.alpha{which}", (1, block.n_channels, 1))
        return graph.conv(active, weight / alpha, None, dilation=dilation)

    def _inverse_stft(self, spectrum: str) -> str:
        """From log magnitude and phase of overlapping frames to samples."""
        graph, hop = self.graph, SOURCE_HOP
        log_magnitude, phase = graph.split(spectrum, [N_BINS, N_BINS], axis=1)
        magnitude, phase = graph.node("Exp", [log_magnitude]), graph.node("Sin", [phase])
        real = graph.node("Mul", [magnitude, graph.node("Cos", [phase])])
        imaginary = graph.node("Mul", [magnitude, graph.node("Sin", [phase])])
        basis = self._weights.value(f"{GENERATOR_MODULE}.stft.istft.stft.inverse_basis", (N_SOURCE, 1, 20))
        n_window = basis.shape[2]
        n_overlap = n_window // hop - 1
        # The transform itself is scaled by window length over hop.
        gain = np.float32(n_window / hop / WINDOW_SUM)
        frames = graph.linear(graph.node("Concat", [real, imaginary], axis=1), basis[:, 0] * gain)
        extended = graph.extend(frames, n_window, n_overlap, n_after=n_overlap)
        graph.keep(graph.states[-1], extended, graph.integers(-n_overlap))
        parts = graph.split(extended, [hop] * (n_overlap + 1), axis=1)
        overlapping = [
            graph.trim(part, n_start=n_overlap - i, n_end=i, at_ends_only=False)
            for i, part in enumerate(parts)
        ]
        samples = graph.reshape(graph.node("Sum", overlapping), -1)
        return graph.trim(samples, n_start=n_window // 2, n_end=n_window // 2)
