"""Kokoro, piece by piece: from phonemes to audio in steps that are short and whose seams cannot be heard.

Theory of operation. An utterance goes through three programs (`stream_programs`):

* the *text stage* reads the whole sentence and tells how long each phoneme lasts, and for each frame the text's
  features, pitch and energy;
* the *decoder* and the *vocoder* are local in time once the statistics of their norms are given. They run on pieces
  and carry their state from one to the next (`stream_graph`), so that what comes out does not depend on the cuts.

The first step is the text stage. Each further step vocodes one piece, for which it decodes what is missing, ahead of
the vocoder by the decoder's look-ahead. The first piece is as small as the look-ahead allows, and the following grow,
as long as a step keeps to its time.

The model begins with 0.2 to 0.4 s of silence and ends with about as much. Where the first phoneme begins is known
from the durations, so the silence before it is not made at all; at the end, pieces are made until the last phoneme is
over and silence has come.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from tts_server.backends.kokoro import decoder_graph, vocoder_graph
from tts_server.backends.kokoro.harmonic_source import HarmonicSource, SourceWeights
from tts_server.backends.kokoro.modulation import Modulation, Norm, statistics_layout
from tts_server.backends.kokoro.stream_graph import StateSpec
from tts_server.backends.kokoro.stream_programs import CONSTANTS_NAME, DECODER, TEXT, TEXT_OUTPUTS, VOCODER
from tts_server.backends.kokoro.synthesizer import LOAD_ERRORS, RUN_ERRORS, session_options
from tts_server.backends.kokoro.vocabulary import PAD_ID
from tts_server.errors import ModelCorruptError, SynthesisError

Float32 = NDArray[np.float32]
Int64 = NDArray[np.int64]

SAMPLE_RATE_HZ = 24_000
SAMPLES_PER_FRAME = vocoder_graph.SAMPLES_PER_FRAME
FRAMES_PER_TEXT_FRAME = 2
"""The vocoder's frames, 80 a second, in one of the text stage's."""

ONSET_FRAMES = 10
"""How long before the first phoneme's nominal begin (125 ms) sound may start; it was seen 90 ms before it."""
WARM_UP_FRAMES = 4
"""Made and thrown away before the first frame that is kept, whose silence then has its context."""
FIRST_FRAMES = 8
GROWTH = 1.5
MAX_PIECE_FRAMES = 32
STEP_S = 0.08
"""What a step should take; measured while running, pieces get smaller on a slower machine."""
SILENCE_LEVEL = 1e-3
"""Samples below -60 dB of full scale are silence."""
TAIL_FRAMES = 28
"""How long before the last phoneme's nominal end (350 ms) its sound may be over."""


class Statistics(Protocol):
    """Mean and standard deviation of what the norms of one utterance see."""

    def mean(self, name: str, /) -> Float32:
        """The means of a norm, named as in ``generator/resblocks.0/adain1.0``; as many as channels."""

    def std(self, name: str, /) -> Float32:
        """The root of variance + 1e-5, likewise."""


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """What the text stage knows of an utterance.

    Args:
        durations: int64 (n_tokens + 2,): frames of 25 ms for the pad, each phoneme, and the pad.
        text: float32 (1, 512, n_frames).
        pitch: float32 (1, 1, 2 n_frames), in hertz.
        energy: float32 (1, 1, 2 n_frames).
    """

    durations: Int64
    text: Float32
    pitch: Float32
    energy: Float32

    @property
    def n_frames(self) -> int:
        return self.text.shape[2]


PredictStatistics = Callable[[TextFeatures], Statistics]


class _Program:
    """A session and the states it starts from."""

    def __init__(
        self, session: ort.InferenceSession, states: NDArray[np.int64], shape: Callable[[int, int], list[int]]
    ) -> None:
        self._session = session
        self._shape = shape
        self._specs = [StateSpec(f"state.{i}", int(n), int(first)) for i, (n, first) in enumerate(states)]
        self._inputs = {value.name for value in session.get_inputs()}

    def start(self) -> dict[str, ort.OrtValue]:
        """Return the states before the first piece."""
        return {
            spec.name: _to_ort(np.zeros(self._shape(spec.n_first, spec.n_channels), np.float32))
            for spec in self._specs
        }

    def run(
        self, output: str, states: dict[str, ort.OrtValue], inputs: dict[str, NDArray[np.generic]]
    ) -> Float32:
        """Make one piece of ``output`` and put the new states into ``states``."""
        feeds = {name: _to_ort(value) for name, value in inputs.items()}
        names = [output, *(spec.next_name for spec in self._specs)]
        try:
            made, *following = self._session.run_with_ort_values(names, {**states, **feeds})
        except RUN_ERRORS as error:
            raise SynthesisError(f"the model failed: {error}") from error
        states.update(zip((spec.name for spec in self._specs), following, strict=True))
        result: Float32 = made.numpy()
        return result


def _to_ort(value: NDArray[np.generic]) -> ort.OrtValue:
    return ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(value))


def _flag(value: bool) -> Int64:
    return np.array([int(value)], np.int64)


class StreamingModel:
    """The loaded programs. Every method runs on one thread, the engine's. Use `load`."""

    sample_rate_hz = SAMPLE_RATE_HZ

    def __init__(self, sessions: dict[str, ort.InferenceSession], constants: dict[str, NDArray[np.generic]]):
        self._text = sessions[TEXT]
        self._constants = constants
        self.decoder = _Program(sessions[DECODER], self._ints("decoder.states"), lambda n, channels: [1, channels, n])
        self.vocoder = _Program(sessions[VOCODER], self._ints("vocoder.states"), lambda n, channels: [n, channels])
        self.decoder_modulation = self._modulation(DECODER)
        self.vocoder_modulation = self._modulation(VOCODER)
        self.decoder_layout = list(decoder_graph.norms())
        self.vocoder_layout = list(vocoder_graph.norms())
        self.source_weights = SourceWeights(
            harmonics=np.arange(1, 10, dtype=np.float32),
            mixture=self._floats("source.mixture"),
            bias=float(self._floats("source.bias")[0]),
            kernels=self._floats("source.kernels"),
        )
        self.frame_s = 0.0
        """Measured time to vocode a frame, slowly following; 0 before the first."""

    @classmethod
    def load(cls, folder: Path, threads: int | None = None) -> StreamingModel:
        """Load what `stream_programs` prepared.

        Args:
            folder: Where the files are.
            threads: Threads for one operator; None is one for each physical core.

        Raises:
            ModelCorruptError: A file is missing, or ONNX Runtime refuses it.
        """
        options = session_options(threads)
        # Lengths differ from run to run: a plan of the memory of one run does not fit the next.
        options.enable_mem_pattern = False
        try:
            sessions = {
                name: ort.InferenceSession(
                    str(folder / f"{name}.onnx"), options, providers=["CPUExecutionProvider"]
                )
                for name in (TEXT, DECODER, VOCODER)
            }
            with np.load(folder / CONSTANTS_NAME, allow_pickle=False) as archive:
                constants = dict(archive)
        except (*LOAD_ERRORS, OSError, ValueError) as error:
            raise ModelCorruptError(f"the prepared model cannot be loaded: {error}") from error
        return cls(sessions, constants)

    def begin(
        self,
        phoneme_ids: Sequence[int],
        style: Float32,
        speed: float,
        statistics: PredictStatistics,
        *,
        trim: bool = True,
        exact_decoder_below_s: float = 3.0,
    ) -> SpeechStream:
        """Begin an utterance; the work is done by its steps.

        Args:
            phoneme_ids: 1 to 510 numbers of `vocabulary`, without pads.
            style: float32 (1, 256), of the voice for this number of phonemes.
            speed: 0.5 to 2.
            statistics: Called once, after the text stage.
            trim: Leave out the silence at both ends, but for about 50 ms.
            exact_decoder_below_s: Utterances shorter than this are decoded whole, with the decoder's true
                statistics.
        """
        return SpeechStream(
            self, phoneme_ids, style, speed, statistics, trim=trim, exact_decoder_below_s=exact_decoder_below_s
        )

    def read_text(self, phoneme_ids: Sequence[int], style: Float32, speed: float) -> TextFeatures:
        """Run the text stage."""
        inputs = {
            "tokens": np.array([[PAD_ID, *phoneme_ids, PAD_ID]], np.int64),
            "style": np.asarray(style, np.float32),
            "speed": np.array([speed], np.float32),
        }
        try:
            durations, text, pitch, energy = self._text.run(list(TEXT_OUTPUTS), inputs)
        except RUN_ERRORS as error:
            raise SynthesisError(f"the model failed on {len(phoneme_ids)} phonemes: {error}") from error
        return TextFeatures(np.rint(durations).astype(np.int64).ravel(), text, pitch, energy)

    def _modulation(self, name: str) -> Modulation:
        return Modulation(
            self._floats(f"{name}.weight"),
            self._floats(f"{name}.bias"),
            self._ints(f"{name}.gather"),
            self._floats(f"{name}.missing"),
        )

    def _floats(self, name: str) -> Float32:
        return np.asarray(self._constants[name], np.float32)

    def _ints(self, name: str) -> Int64:
        return np.asarray(self._constants[name], np.int64)


def collect_statistics(statistics: Statistics, norms: Sequence[Norm]) -> tuple[Float32, Float32]:
    """Concatenate means and standard deviations in the order that a program takes."""
    names = [norm_path(name) for name, _ in statistics_layout(norms)]
    mean = np.concatenate([np.ravel(statistics.mean(name)) for name in names])
    return mean, np.concatenate([np.ravel(statistics.std(name)) for name in names])


def norm_path(module: str) -> str:
    """Turn a module of the export into the path that statistics go by: ``generator/resblocks.0/adain1.0``."""
    name = module.removeprefix(f"{decoder_graph.DECODER}.").replace("generator.", "generator/")
    return name.replace(".adain", "/adain").replace(".norm", "/norm")


class _DecoderStream:
    """The decoder's output, made as it is asked for."""

    def __init__(self, model: StreamingModel, features: TextFeatures, style: Float32) -> None:
        self._program = model.decoder
        self._features = features
        self._states = model.decoder.start()
        gain, offset = model.decoder_modulation.gain_and_offset(style)
        self._vectors = {"gain": gain.reshape(1, -1, 1), "offset": offset.reshape(1, -1, 1)}
        self._n_read = 0
        self._made = np.zeros((1, decoder_graph.N_OUT, 0), np.float32)
        self._start = 0  # the frame that _made begins with

    def use_statistics(self, mean: Float32, std: Float32) -> None:
        self._vectors |= {"mean": mean.reshape(1, -1, 1), "std": std.reshape(1, -1, 1)}

    def decode_whole(self) -> None:
        """Decode everything in one go, with the decoder's true statistics."""
        gain = self._vectors["gain"]
        self._vectors |= {"mean": np.zeros_like(gain), "std": np.ones_like(gain)}
        self._read(self._features.n_frames, exact=True)

    def frames(self, start: int, end: int) -> Float32:
        """Return frames [start, end); earlier ones cannot be asked for again."""
        n_frames = self._features.n_frames
        while self._start + self._made.shape[2] < end:
            # What the vocoder wants now, the look-ahead, and what it will want next.
            wanted = -(-end // FRAMES_PER_TEXT_FRAME) + decoder_graph.LOOK_AHEAD_FRAMES
            target = max(wanted, self._n_read + decoder_graph.MIN_PIECE_FRAMES)
            if self._n_read:
                target = max(target, self._n_read + decoder_graph.PIECE_FRAMES)
            self._read(n_frames if n_frames - target < decoder_graph.MIN_PIECE_FRAMES else target)
        result = self._made[:, :, start - self._start : end - self._start]
        self._made, self._start = self._made[:, :, end - self._start :], end
        return result

    def _read(self, end: int, *, exact: bool = False) -> None:
        start, features = self._n_read, self._features
        curves = slice(FRAMES_PER_TEXT_FRAME * start, FRAMES_PER_TEXT_FRAME * end)
        inputs: dict[str, NDArray[np.generic]] = {
            "text": features.text[:, :, start:end],
            "pitch": features.pitch[:, :, curves],
            "energy": features.energy[:, :, curves],
            "exact": np.array([exact], np.float32),
            "first": _flag(start == 0),
            "flush": _flag(end == features.n_frames),
            **self._vectors,
        }
        made = self._program.run("x", self._states, inputs)
        self._made = np.concatenate([self._made, made], axis=2)
        self._n_read = end


class SpeechStream:
    """One utterance being made. Use `StreamingModel.begin`.

    After the first step `features` is known, and `n_trimmed` samples of what the durations describe are left out at
    the begin.
    """

    def __init__(
        self,
        model: StreamingModel,
        phoneme_ids: Sequence[int],
        style: Float32,
        speed: float,
        statistics: PredictStatistics,
        *,
        trim: bool,
        exact_decoder_below_s: float,
    ) -> None:
        self._model = model
        self._input = (phoneme_ids, style, speed)
        self._statistics = statistics
        self._trim = trim
        self._exact_decoder_below_s = exact_decoder_below_s
        self.features: TextFeatures | None = None
        self.n_trimmed = 0
        self._pieces = self._run()

    def step(self) -> Float32 | None:
        """Do the next piece of work: the text stage, or one piece of audio.

        Returns:
            float32 (n_samples,) at 24 kHz and at the reference model's level, owned by the caller; empty after
            the text stage. None at the end.

        Raises:
            SynthesisError: The model failed.
        """
        return next(self._pieces, None)

    def _run(self) -> Iterator[Float32]:
        model, (phoneme_ids, style, speed) = self._model, self._input
        features = self.features = model.read_text(phoneme_ids, style, speed)
        first = self._first_frame(features)
        self.n_trimmed = first * SAMPLES_PER_FRAME
        yield np.zeros(0, np.float32)
        decoder_style = style[0, : style.shape[1] // 2]
        statistics = self._statistics(features)
        decoder = _DecoderStream(model, features, decoder_style)
        if features.n_frames * 600 < self._exact_decoder_below_s * SAMPLE_RATE_HZ:
            decoder.decode_whole()
        else:
            decoder.use_statistics(*collect_statistics(statistics, model.decoder_layout))
        mean_std = collect_statistics(statistics, model.vocoder_layout)
        modulation = model.vocoder_modulation.scale_and_shift(decoder_style, *mean_std)
        audio = self._vocode(decoder, features, first, modulation)
        yield from self._end_in_silence(audio, features) if self._trim else audio

    def _first_frame(self, features: TextFeatures) -> int:
        """The vocoder's frame with which the utterance begins."""
        if not self._trim:
            return 0
        n_silent = FRAMES_PER_TEXT_FRAME * int(features.durations[0]) - ONSET_FRAMES
        return max(0, n_silent)

    def _vocode(
        self,
        decoder: _DecoderStream,
        features: TextFeatures,
        first: int,
        modulation: tuple[Float32, Float32],
    ) -> Iterator[Float32]:
        """Yield the audio from frame ``first`` to the end."""
        model = self._model
        source = HarmonicSource(model.source_weights, features.pitch.ravel())
        scale, shift = (vector.reshape(1, -1) for vector in modulation)
        states = model.vocoder.start()
        n_frames = FRAMES_PER_TEXT_FRAME * features.n_frames
        start = source_start = max(0, first - WARM_UP_FRAMES)
        n_skipped = SAMPLES_PER_FRAME * (first - start)
        is_first = True
        for size in self._piece_sizes(first - start):
            end = start + size
            if n_frames - end < vocoder_graph.SOURCE_LEAD_FRAMES + 1:
                end = n_frames
            source_end = min(n_frames, end + vocoder_graph.SOURCE_LEAD_FRAMES)
            began_s = time.perf_counter()
            inputs: dict[str, NDArray[np.generic]] = {
                "x": decoder.frames(start, end)[0].T,
                "source": source.spectra(source_start, source_end),
                "scale": scale,
                "shift": shift,
                "first": _flag(is_first),
                "flush": _flag(end == n_frames),
            }
            samples = model.vocoder.run("audio", states, inputs)
            self._learn_pace((time.perf_counter() - began_s) / (end - start))
            yield samples[n_skipped:].copy() if n_skipped else samples
            n_skipped, is_first = max(0, n_skipped - len(samples)), False
            start, source_start = end, source_end
            if end == n_frames:
                return

    def _piece_sizes(self, n_warm_up: int) -> Iterator[int]:
        yield n_warm_up + FIRST_FRAMES + vocoder_graph.LOOK_AHEAD_FRAMES
        size = float(FIRST_FRAMES)
        while True:
            frame_s = self._model.frame_s
            affordable = STEP_S / frame_s if frame_s else MAX_PIECE_FRAMES
            yield max(4, int(min(size, affordable, MAX_PIECE_FRAMES)))
            size *= GROWTH

    def _learn_pace(self, frame_s: float) -> None:
        model = self._model
        model.frame_s = 0.8 * model.frame_s + 0.2 * frame_s if model.frame_s else frame_s

    def _end_in_silence(self, audio: Iterator[Float32], features: TextFeatures) -> Iterator[Float32]:
        """Stop when the last phoneme is over and 50 ms of silence were made."""
        n_keep = SAMPLE_RATE_HZ // 20
        end_of_speech = int(features.durations[:-2].sum()) * 600 - TAIL_FRAMES * SAMPLES_PER_FRAME
        position = self.n_trimmed
        for samples in audio:
            position += len(samples)
            n_tail = min(len(samples), max(0, position - end_of_speech))
            loud = np.flatnonzero(np.abs(samples[len(samples) - n_tail :]) > SILENCE_LEVEL)
            n_silent = n_tail - (int(loud[-1]) + 1 if len(loud) else 0)
            if n_silent >= n_keep:
                yield samples[: len(samples) - n_silent + n_keep]
                return
            yield samples
