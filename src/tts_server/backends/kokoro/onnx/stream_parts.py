"""What a streamed utterance is made of: sessions with states, statistics, and the decoder's stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from tts_server.backends.kokoro.acoustic import Float32, Int64, Statistics, TextFeatures
from tts_server.backends.kokoro.layout import (
    DECODER_LOOK_AHEAD,
    DECODER_MIN_PIECE,
    DECODER_MODULE,
    DURATIONS,
    FRAMES_PER_TEXT_FRAME,
    LENGTHS,
    N_X,
    TEXT_OUTPUTS,
    Norm,
    StateSpec,
    statistics_layout,
)
from tts_server.backends.kokoro.modulation import Modulation
from tts_server.backends.kokoro.onnx.synthesizer import RUN_ERRORS
from tts_server.backends.kokoro.pace import durations
from tts_server.backends.kokoro.vocabulary import PAD_ID
from tts_server.errors import SynthesisError

DECODER_PIECE = 40
"""Text frames of a further piece: a call reads 130 MB of weights whatever its length."""
TOKENS_PER_STEP = 200
"""Of one program of the text stage: 200 tokens take it 0.1 s on one core with AVX-512, fewer take less."""


States = dict[str, ort.OrtValue]


class Program:
    """A session and the states it starts from.

    Args:
        states: int64 (n_states, 2): channels and first length of each.
        shape: The shape of a signal, from its length and channels.
    """

    def __init__(
        self, session: ort.InferenceSession, states: NDArray[np.int64], shape: Callable[[int, int], list[int]]
    ) -> None:
        self._session = session
        self._shape = shape
        self._specs = [StateSpec(f"state.{i}", int(n), int(first)) for i, (n, first) in enumerate(states)]

    def start(self) -> States:
        """Return the states before the first piece."""
        return {
            spec.name: to_ort(np.zeros(self._shape(spec.n_first, spec.n_channels), np.float32))
            for spec in self._specs
        }

    def run(self, output: str, states: States, inputs: Mapping[str, ort.OrtValue]) -> ort.OrtValue:
        """Make one piece of ``output`` and put the new states into ``states``.

        Raises:
            SynthesisError: The model failed.
        """
        names = [output, *(spec.next_name for spec in self._specs)]
        try:
            made, *following = self._session.run_with_ort_values(names, {**states, **inputs})
        except RUN_ERRORS as error:
            raise SynthesisError(f"the model failed: {error}") from error
        states.update(zip((spec.name for spec in self._specs), following, strict=True))
        return made


class TextReader:
    """The text stage on one utterance, in steps."""

    def __init__(
        self,
        sessions: Sequence[ort.InferenceSession],
        phoneme_ids: Sequence[int],
        style: Float32,
        speed: float,
    ) -> None:
        self._sessions = list(sessions)
        self._speed = speed
        tokens = np.array([[PAD_ID, *phoneme_ids, PAD_ID]], np.int64)
        self._values: dict[str, NDArray[np.generic]] = {
            "tokens": tokens,
            "style": np.asarray(style, np.float32),
        }
        self._n_per_step = max(1, TOKENS_PER_STEP // tokens.size)

    def step(self) -> TextFeatures | None:
        """Run the next programs, about 50 ms of work on two cores with AVX-512; the last returns the result.

        Raises:
            SynthesisError: The model failed.
        """
        for session in self._sessions[: self._n_per_step]:
            self._run(session)
        del self._sessions[: self._n_per_step]
        if self._sessions:
            return None
        text, pitch, energy = (np.asarray(self._values[name], np.float32) for name in TEXT_OUTPUTS)
        return TextFeatures(self._values[DURATIONS].astype(np.int64).ravel(), text, pitch, energy)

    def _run(self, session: ort.InferenceSession) -> None:
        inputs = {value.name: self._values[value.name] for value in session.get_inputs()}
        names = [value.name for value in session.get_outputs()]
        try:
            self._values.update(zip(names, session.run(names, inputs), strict=True))
        except RUN_ERRORS as error:
            n_phonemes = self._values["tokens"].size - 2
            raise SynthesisError(f"the model failed on {n_phonemes} phonemes: {error}") from error
        if LENGTHS in names:
            lengths = np.asarray(self._values[LENGTHS], np.float32)
            self._values[DURATIONS] = durations(lengths.ravel(), self._speed)[None].astype(np.float32)


def to_ort(value: NDArray[np.generic]) -> ort.OrtValue:
    """Wrap an array for a session."""
    return ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(value))


def flag(value: bool) -> Int64:
    """Return the program's input for a yes or no."""
    return np.array([int(value)], np.int64)


def collect_statistics(statistics: Statistics, norms: Sequence[Norm]) -> tuple[Float32, Float32]:
    """Concatenate means and standard deviations in the order that a program takes."""
    names = [norm_path(name) for name, _ in statistics_layout(norms)]
    mean = np.concatenate([np.ravel(statistics.mean(name)) for name in names])
    return mean, np.concatenate([np.ravel(statistics.std(name)) for name in names])


def norm_path(module: str) -> str:
    """Turn a module of the export into the path that statistics go by: ``generator/resblocks.0/adain1.0``."""
    name = module.removeprefix(f"{DECODER_MODULE}.").replace("generator.", "generator/")
    return name.replace(".adain", "/adain").replace(".norm", "/norm")


class DecoderStream:
    """The decoder's output for one utterance, made as it is asked for."""

    def __init__(
        self, program: Program, modulation: Modulation, features: TextFeatures, style: Float32
    ) -> None:
        self._program = program
        self._features = features
        self._states = program.start()
        gain, offset = modulation.gain_and_offset(style)
        self._vectors = {"gain": gain.reshape(1, -1, 1), "offset": offset.reshape(1, -1, 1)}
        self._n_read = 0
        self._made = np.zeros((1, N_X, 0), np.float32)
        self._start = 0  # the frame that _made begins with

    def use_statistics(self, mean: Float32, std: Float32) -> None:
        """Freeze the decoder's norms, concatenated as in `collect_statistics`."""
        self._vectors |= {"mean": mean.reshape(1, -1, 1), "std": std.reshape(1, -1, 1)}

    def decode_whole(self) -> None:
        """Decode everything in one go, with the decoder's true statistics."""
        gain = self._vectors["gain"]
        self._vectors |= {"mean": np.zeros_like(gain), "std": np.ones_like(gain)}
        self._read(self._features.n_frames, exact=True)

    def frames(self, start: int, end: int) -> Float32:
        """Return frames [start, end), none of which was forgotten."""
        self.read_up_to(end)
        return self._made[:, :, start - self._start : end - self._start]

    def forget(self, end: int) -> None:
        """Let go of the frames before ``end``, which must have been asked for."""
        self._made, self._start = self._made[:, :, end - self._start :], end

    def read_up_to(self, end: int) -> None:
        """Decode what is missing of the frames before ``end``."""
        n_frames = self._features.n_frames
        while self._start + self._made.shape[2] < end:
            # What the vocoder wants now, the look-ahead, and what it will want next.
            wanted = -(-end // FRAMES_PER_TEXT_FRAME) + DECODER_LOOK_AHEAD
            target = max(wanted, self._n_read + DECODER_MIN_PIECE)
            if self._n_read:
                target = max(target, self._n_read + DECODER_PIECE)
            self._read(n_frames if n_frames - target < DECODER_MIN_PIECE else target)

    def _read(self, end: int, *, exact: bool = False) -> None:
        start, features = self._n_read, self._features
        curves = slice(FRAMES_PER_TEXT_FRAME * start, FRAMES_PER_TEXT_FRAME * end)
        inputs: dict[str, NDArray[np.generic]] = {
            "text": features.text[:, :, start:end],
            "pitch": features.pitch[:, :, curves],
            "energy": features.energy[:, :, curves],
            "exact": np.array([exact], np.float32),
            "first": flag(start == 0),
            "flush": flag(end == features.n_frames),
            **self._vectors,
        }
        made = self._program.run("x", self._states, {name: to_ort(v) for name, v in inputs.items()})
        self._made = np.concatenate([self._made, made.numpy()], axis=2)
        self._n_read = end
