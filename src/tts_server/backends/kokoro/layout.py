"""What the model and its streaming programs look like from outside: sizes, rates, names, look-ahead, norms.

Shared by the code that builds the programs and the code that runs them; imports nothing but the standard
library.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

TEXT_STAGES = ("text.0", "text.1", "text.2", "text.3")
"""The programs of the text stage in their order: two halves of the transformer, lengths, pitch and energy.

For the same text they take about the same time.
"""
DECODER, VOCODER = "decoder", "vocoder"
"""What works on pieces: one program, and one for each of `VOCODER_PARTS`."""
LENGTHS, DURATIONS = "lengths", "durations"
"""What the third of them tells of each token, and what the fourth is told: frames of 25 ms, whole ones."""
TEXT_OUTPUTS = ("text", "pitch", "energy")
CONSTANTS_NAME = "stream.npz"

SAMPLE_RATE_HZ = 24_000
SAMPLES_PER_FRAME = 300
"""A frame is the vocoder's: 80 a second."""
FRAMES_PER_TEXT_FRAME = 2
SAMPLES_PER_TEXT_FRAME = FRAMES_PER_TEXT_FRAME * SAMPLES_PER_FRAME
"""A text frame is the text stage's and the decoder's, and the unit of the durations: 40 a second, 25 ms."""
SOURCE_HOP = 5
"""Samples from one spectrum of the harmonic source to the next."""
SOURCE_PER_FRAME = SAMPLES_PER_FRAME // SOURCE_HOP
"""Spectra of the harmonic source for each frame."""

STYLE_SIZE = 256
"""A voice's style vector."""
DECODER_STYLE_SIZE = STYLE_SIZE // 2
"""Its first half, which decoder and vocoder take; the text stage takes the other."""

DECODER_LOOK_AHEAD = 10
"""So many text frames after the last that comes out must be there: 9.5, rounded up."""
DECODER_MIN_PIECE = 12
"""The fewest text frames of a first piece that is not the last."""
VOCODER_LOOK_AHEAD = 8
"""So many frames after the last that comes out must be there: 7.6, rounded up."""
SOURCE_LEAD = 5
"""So many frames the source is fed ahead of the others, so that its blocks are done when they arrive.

Their look-ahead is 39 samples at ten a frame.
"""

DECODER_MODULE = "decoder.decoder"
GENERATOR_MODULE = f"{DECODER_MODULE}.generator"
N_TEXT = 512
N_TEXT_RESIDUAL = 64
DECODER_WIDTH = 1024
N_X = 512
"""Channels between decoder and vocoder."""
DILATIONS = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class StateSpec:
    """One state of a program: input ``name`` is fed the output ``next_name`` of the call before.

    Args:
        n_first: Its length before the first piece; the values are zeros.
    """

    name: str
    n_channels: int
    n_first: int

    @property
    def next_name(self) -> str:
        """The output that is the state of the next call."""
        return f"{self.name}.next"


@dataclass(frozen=True, slots=True)
class Norm:
    """One adaptive instance norm.

    Args:
        name: Its module in the export; the style's layer is ``<name>.fc``.
        alpha: Where the export keeps the factor that the activation after it needs, if it needs one.
        statistic: The norm whose input it has, and hence its statistics: itself or an earlier one.
        missing_biases: Modules whose biases the program leaves out of the norm's input; they become part of
            its shift.
    """

    name: str
    n_channels: int
    alpha: str | None = None
    statistic: str = ""
    missing_biases: tuple[str, ...] = ()

    @property
    def statistic_name(self) -> str:
        """The norm whose statistics it has."""
        return self.statistic or self.name


def statistics_layout(norms: Iterable[Norm]) -> list[tuple[str, int]]:
    """Return the distinct statistics as they are concatenated: the first norm that has it, and channels."""
    layout = {norm.statistic_name: norm.n_channels for norm in norms}
    return list(layout.items())


@dataclass(frozen=True, slots=True)
class DecoderBlock:
    """One residual block; the last also doubles the rate."""

    name: str
    n_in: int
    n_out: int
    upsamples: bool = False


_N_CONCATENATED = DECODER_WIDTH + N_TEXT_RESIDUAL + 2
DECODER_BLOCKS = (
    DecoderBlock(f"{DECODER_MODULE}.encode", N_TEXT + 2, DECODER_WIDTH),
    DecoderBlock(f"{DECODER_MODULE}.decode.0", _N_CONCATENATED, DECODER_WIDTH),
    DecoderBlock(f"{DECODER_MODULE}.decode.1", _N_CONCATENATED, DECODER_WIDTH),
    DecoderBlock(f"{DECODER_MODULE}.decode.2", _N_CONCATENATED, DECODER_WIDTH),
    DecoderBlock(f"{DECODER_MODULE}.decode.3", _N_CONCATENATED, N_X, upsamples=True),
)


def decoder_norms() -> Iterator[Norm]:
    """The decoder's norms, in the order in which their vectors are concatenated."""
    for block in DECODER_BLOCKS:
        yield Norm(f"{block.name}.norm1", block.n_in)
        yield Norm(f"{block.name}.norm2", block.n_out)


@dataclass(frozen=True, slots=True)
class VocoderBlock:
    """One residual block: its name in the export, channels and kernel."""

    name: str
    n_channels: int
    kernel: int


@dataclass(frozen=True, slots=True)
class VocoderStage:
    """One upsampling stage: blocks whose mean is its output, and the block that the source passes."""

    position: int
    n_in: int
    n_channels: int
    stride: int
    noise_kernel: int

    @property
    def noise(self) -> VocoderBlock:
        """The block that the source passes."""
        return VocoderBlock(
            f"{GENERATOR_MODULE}.noise_res.{self.position}", self.n_channels, self.noise_kernel
        )

    @property
    def blocks(self) -> tuple[VocoderBlock, ...]:
        """The blocks whose mean is the stage's output."""
        return tuple(
            VocoderBlock(f"{GENERATOR_MODULE}.resblocks.{3 * self.position + i}", self.n_channels, kernel)
            for i, kernel in enumerate((3, 7, 11))
        )


VOCODER_STAGES = (VocoderStage(0, N_X, 256, 10, 7), VocoderStage(1, 256, 128, 6, 11))


def vocoder_norms() -> Iterator[Norm]:
    """The vocoder's norms, in the order in which their vectors are concatenated."""
    for stage in VOCODER_STAGES:
        for block in (stage.noise, *stage.blocks):
            missing = biases_before(stage, block)
            for i in range(len(DILATIONS)):
                first, second = (f"{block.name}.adain{half}.{i}" for half in (1, 2))
                # The blocks of a stage begin with norms of one and the same input.
                shares = block in stage.blocks and i == 0
                statistic = f"{stage.blocks[0].name}.adain1.0" if shares else ""
                alphas = [f"{block.name}.alpha{half}.{i}" for half in (1, 2)]
                yield Norm(first, block.n_channels, alphas[0], statistic, missing)
                yield Norm(second, block.n_channels, alphas[1], "", (f"{block.name}.convs1.{i}",))
                missing = (*missing, f"{block.name}.convs2.{i}")


@dataclass(frozen=True, slots=True)
class VocoderPart:
    """A program of the vocoder; those that do not wait for each other can run at once.

    Args:
        name: The signal that it makes.
        inputs: The signals that it takes, ``x`` and ``source`` from outside.
        block: The residual block that it is or ends with, whose scales and shifts it takes.
    """

    name: str
    inputs: tuple[str, ...]
    block: VocoderBlock | None = None

    @property
    def program(self) -> str:
        """The name of its program."""
        return f"{VOCODER}.{self.name}"


def _vocoder_parts() -> tuple[VocoderPart, ...]:
    parts = [VocoderPart(f"noise.{s.position}", ("source",), s.noise) for s in VOCODER_STAGES]
    before: tuple[str, ...] = ("x",)
    for stage in VOCODER_STAGES:
        start = f"stage.{stage.position}"
        parts.append(VocoderPart(start, (*before, f"noise.{stage.position}")))
        blocks = [VocoderPart(f"block.{stage.position}.{i}", (start,), b) for i, b in enumerate(stage.blocks)]
        parts += blocks[::-1]
        before = tuple(block.name for block in blocks)
    return (*parts, VocoderPart("audio", before))


VOCODER_PARTS = _vocoder_parts()
"""In the order in which they should be begun: what others wait for first, then the longest."""


def biases_before(stage: VocoderStage, block: VocoderBlock) -> tuple[str, ...]:
    """The modules whose biases a block's input lacks; those of a stage are added once, at its end."""
    noise = (f"{GENERATOR_MODULE}.noise_convs.{stage.position}",)
    if block == stage.noise:
        return noise
    return (*noise, *biases_of(stage.noise), f"{GENERATOR_MODULE}.ups.{stage.position}")


def biases_of(block: VocoderBlock) -> tuple[str, ...]:
    """The modules whose biases a block's output lacks."""
    return tuple(f"{block.name}.convs2.{i}" for i in range(len(DILATIONS)))
