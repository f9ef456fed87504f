"""Kokoro, piece by piece: from phonemes to audio in steps that are short and whose seams cannot be heard.

Theory of operation. An utterance goes through three programs (`stream_programs`):

* the *text stage* reads the whole sentence and tells how long each phoneme lasts, and for each frame the
  text's features, pitch and energy;
* the *decoder* and the *vocoder* are local in time once the statistics of their norms are given. They run on
  pieces and carry their state from one to the next (`stream_graph`), so that what comes out does not depend
  on the cuts.

The first one to four steps, after the length of the text, are the text stage; the next decodes the beginning.
Each further step vocodes one piece, for which it decodes what is missing, ahead of the vocoder by the
decoder's look-ahead. The first piece lasts a little longer than the step after it takes, and the following
grow, as long as a step keeps to its time.

The model begins and ends with silence. Most of what lies before the first sound is not made at all, and the
rest is left out; see `edges`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from tts_server.backends.kokoro.acoustic import Float32, Int64, PredictStatistics, TextFeatures, Timing
from tts_server.backends.kokoro.cores import physical_cores
from tts_server.backends.kokoro.edges import STEP_BACK_FRAMES, Trim, first_frame, is_silent, sound_span
from tts_server.backends.kokoro.layout import (
    CONSTANTS_NAME,
    DECODER,
    DECODER_STYLE_SIZE,
    FRAMES_PER_TEXT_FRAME,
    SAMPLE_RATE_HZ,
    SAMPLES_PER_FRAME,
    SAMPLES_PER_TEXT_FRAME,
    SOURCE_LEAD,
    TEXT_STAGES,
    VOCODER,
    VOCODER_LOOK_AHEAD,
    VOCODER_PARTS,
    decoder_norms,
    vocoder_norms,
)
from tts_server.backends.kokoro.modulation import Modulation
from tts_server.backends.kokoro.onnx.harmonic_source import HarmonicSource, SourceWeights
from tts_server.backends.kokoro.onnx.stream_parts import (
    DecoderStream,
    Program,
    TextReader,
    collect_statistics,
    flag,
    to_ort,
)
from tts_server.backends.kokoro.onnx.synthesizer import LOAD_ERRORS, session_options
from tts_server.backends.kokoro.onnx.vocoder import MAX_AT_ONCE, Vocoder
from tts_server.errors import ModelCorruptError

WARM_UP_FRAMES = 4
"""Made and thrown away before the first frame that is kept, whose silence then has its context."""
FIRST_FRAMES = 12
"""What the first piece yields: about 110 ms after its silence is left out.

The next step takes 35 ms on two cores with AVX-512.
"""
FIRST_PIECE_FRAMES = FIRST_FRAMES + VOCODER_LOOK_AHEAD
SECOND_FRAMES = 8
"""Decoded together with the first piece, for 2 ms (likewise), so that the step with the least time has
least to do."""
GROWTH = 1.5
MIN_PIECE_FRAMES, MAX_PIECE_FRAMES = 6, 32
STEP_S = 0.065
"""What a step should take; measured while running, pieces get smaller on a slower machine."""


class StreamingModel:
    """The loaded programs, a `Synthesizer` that works piece by piece. Use `load`.

    Used by one engine, on its thread. Engines side by side have shallow copies: sessions, weights and the
    vocoder's threads are shared and entered by all of them at once, which ONNX Runtime allows; what one
    learns while running (`frame_s`) is its own.
    """

    sample_rate_hz = SAMPLE_RATE_HZ

    def __init__(
        self,
        sessions: dict[str, ort.InferenceSession],
        constants: dict[str, NDArray[np.generic]],
        n_at_once: int,
    ) -> None:
        self._text = [sessions[name] for name in TEXT_STAGES]
        self._constants = constants
        self.decoder = Program(
            sessions[DECODER], self._ints("decoder.states"), lambda n, channels: [1, channels, n]
        )
        programs = {
            part.program: Program(
                sessions[part.program],
                self._ints(f"{part.program}.states"),
                lambda n, channels: [n, channels],
            )
            for part in VOCODER_PARTS
        }
        self.vocoder = Vocoder(programs, n_at_once)
        self.decoder_modulation = self._modulation(DECODER)
        self.vocoder_modulation = self._modulation(VOCODER)
        self.decoder_layout = list(decoder_norms())
        self.vocoder_layout = list(vocoder_norms())
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
            threads: How many threads work at the same time; None is one for each physical core.

        Raises:
            ModelCorruptError: A file is missing, or ONNX Runtime refuses it.
        """
        threads = threads or physical_cores()
        n_at_once = 1 if threads == 1 else MAX_AT_ONCE if threads % MAX_AT_ONCE == 0 else 2
        threads_of = dict.fromkeys((*TEXT_STAGES, DECODER), threads)
        threads_of |= {part.program: max(1, threads // n_at_once) for part in VOCODER_PARTS}
        try:
            sessions = {name: _open(folder, name, n_threads) for name, n_threads in threads_of.items()}
            with np.load(folder / CONSTANTS_NAME, allow_pickle=False) as archive:
                constants = dict(archive)
        except (*LOAD_ERRORS, OSError, ValueError) as error:
            raise ModelCorruptError(f"the prepared model cannot be loaded: {error}") from error
        return cls(sessions, constants, n_at_once)

    def begin(
        self,
        phoneme_ids: Sequence[int],
        style: Float32,
        speed: float,
        statistics: PredictStatistics,
        *,
        trim: bool = True,
        exact_decoder_below_s: float = 2.0,
    ) -> SpeechStream:
        """Begin an utterance; the work is done by its steps.

        Args:
            phoneme_ids: 1 to 510 numbers of `vocabulary`, without pads.
            style: float32 (1, 256), of the voice for this number of phonemes.
            speed: 0.5 to 2.
            statistics: Called once, after the text stage.
            trim: Leave out the silence at both ends, but for 10 ms before and 90 ms after.
            exact_decoder_below_s: Utterances shorter than this are decoded whole, with the decoder's true
                statistics.
        """
        return SpeechStream(
            self,
            phoneme_ids,
            style,
            speed,
            statistics,
            trim=trim,
            exact_decoder_below_s=exact_decoder_below_s,
        )

    def read_text(self, phoneme_ids: Sequence[int], style: Float32, speed: float) -> TextReader:
        """Begin the text stage of an utterance.

        Args:
            phoneme_ids: 1 to 510 numbers of `vocabulary`, without pads.
            style: float32 (1, 256).
            speed: 0.5 to 2.
        """
        return TextReader(self._text, phoneme_ids, style, speed)

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


def _open(folder: Path, name: str, threads: int) -> ort.InferenceSession:
    options = session_options(threads)
    # Lengths differ from run to run: a plan of the memory of one run does not fit the next.
    options.enable_mem_pattern = False
    return ort.InferenceSession(str(folder / f"{name}.onnx"), options, providers=["CPUExecutionProvider"])


class SpeechStream:
    """One model input being made. Use `StreamingModel.begin`.

    When the text stage is done `features` is known. At the first audio `n_trimmed` is final: so many samples
    of what the durations describe are left out at the begin.
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

    @property
    def timing(self) -> Timing | None:
        """When the input sounds, as the text stage tells; final from the first audio on."""
        if self.features is None:
            return None
        return Timing(
            tuple(self.features.durations.tolist()), *sound_span(self.features), n_trimmed=self.n_trimmed
        )

    def step(self) -> Float32 | None:
        """Do the next piece of work: of the text stage, of what is decoded first, or one piece of audio.

        Returns:
            float32 (n_samples,) at 24 kHz and at the reference model's level, owned by the caller; empty
            before the first audio. None at the end.

        Raises:
            SynthesisError: The model failed.
        """
        return next(self._pieces, None)

    def _run(self) -> Iterator[Float32]:
        model, (phoneme_ids, style, speed) = self._model, self._input
        reader = model.read_text(phoneme_ids, style, speed)
        while (features := reader.step()) is None:
            yield np.zeros(0, np.float32)
        self.features = features
        first = first_frame(features) if self._trim else 0
        yield np.zeros(0, np.float32)
        decoder_style = style[0, :DECODER_STYLE_SIZE]
        statistics = self._statistics(features)
        decoder = DecoderStream(model.decoder, model.decoder_modulation, features, decoder_style)
        if features.n_frames * SAMPLES_PER_TEXT_FRAME < self._exact_decoder_below_s * SAMPLE_RATE_HZ:
            decoder.decode_whole()
        else:
            decoder.use_statistics(*collect_statistics(statistics, model.decoder_layout))
            n_frames = FRAMES_PER_TEXT_FRAME * features.n_frames
            decoder.read_up_to(min(n_frames, first + FIRST_PIECE_FRAMES + SECOND_FRAMES))
        mean_std = collect_statistics(statistics, model.vocoder_layout)
        modulation = model.vocoder_modulation.scale_and_shift(decoder_style, *mean_std)
        yield np.zeros(0, np.float32)
        if self._trim:
            yield from self._vocode_trimmed(decoder, features, first, modulation)
        else:
            yield from self._vocode(decoder, features, 0, modulation)

    def _vocode_trimmed(
        self,
        decoder: DecoderStream,
        features: TextFeatures,
        first: int,
        modulation: tuple[Float32, Float32],
    ) -> Iterator[Float32]:
        """Yield the audio without the silence around it, from frame ``first`` on or from where silence is."""
        audio = self._vocode(decoder, features, first, modulation)
        begin = next(audio)
        while first > 0 and not is_silent(begin):
            yield np.zeros(0, np.float32)
            first = max(0, first - STEP_BACK_FRAMES)
            audio = self._vocode(decoder, features, first, modulation)
            begin = next(audio)
        n_speech = int(features.durations[:-2].sum()) * SAMPLES_PER_TEXT_FRAME
        trim = Trim(first * SAMPLES_PER_FRAME, n_speech, sound_span(features)[1])
        for samples in trim.trim(chain([begin], audio)):
            self.n_trimmed = trim.n_trimmed
            yield samples

    def _vocode(
        self,
        decoder: DecoderStream,
        features: TextFeatures,
        first: int,
        modulation: tuple[Float32, Float32],
    ) -> Iterator[Float32]:
        """Yield the audio from frame ``first`` to the end.

        The decoder keeps the frames of the first piece until another is asked for, since the utterance may be
        begun again.
        """
        model = self._model
        source = HarmonicSource(model.source_weights, features.pitch.ravel())
        vocoding = model.vocoder.start(*modulation)
        n_frames = FRAMES_PER_TEXT_FRAME * features.n_frames
        start = source_start = max(0, first - WARM_UP_FRAMES)
        n_skipped = SAMPLES_PER_FRAME * (first - start)
        is_first = True
        for size in self._piece_sizes(first - start):
            end = start + size
            if n_frames - end < SOURCE_LEAD + 1:
                end = n_frames
            source_end = min(n_frames, end + SOURCE_LEAD)
            began_s = time.perf_counter()
            inputs = {
                "x": decoder.frames(start, end)[0].T,
                "source": source.spectra(source_start, source_end),
                "first": flag(is_first),
                "flush": flag(end == n_frames),
            }
            samples = model.vocoder.run(vocoding, {name: to_ort(value) for name, value in inputs.items()})
            self._learn_pace((time.perf_counter() - began_s) / (end - start))
            yield samples[n_skipped:].copy() if n_skipped else samples
            decoder.forget(end)
            n_skipped, is_first = max(0, n_skipped - len(samples)), False
            start, source_start = end, source_end
            if end == n_frames:
                return

    def _piece_sizes(self, n_warm_up: int) -> Iterator[int]:
        yield n_warm_up + FIRST_PIECE_FRAMES
        size = float(SECOND_FRAMES)
        while True:
            frame_s = self._model.frame_s
            affordable = STEP_S / frame_s if frame_s else MAX_PIECE_FRAMES
            yield max(MIN_PIECE_FRAMES, int(min(size, affordable, MAX_PIECE_FRAMES)))
            size *= GROWTH

    def _learn_pace(self, frame_s: float) -> None:
        model = self._model
        model.frame_s = 0.8 * model.frame_s + 0.2 * frame_s if model.frame_s else frame_s
