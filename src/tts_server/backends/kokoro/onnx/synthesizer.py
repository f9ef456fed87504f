"""Kokoro-82M as a function: phonemes, style and speed in, samples and timing out; a `Synthesizer` too."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from tts_server.backends.kokoro.acoustic import Timing
from tts_server.backends.kokoro.cores import physical_cores
from tts_server.backends.kokoro.edges import Trim, measured_span
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ, SAMPLES_PER_TEXT_FRAME, STYLE_SIZE
from tts_server.backends.kokoro.prepare.prepared import WHOLE, prepared_model
from tts_server.backends.kokoro.vocabulary import MAX_PHONEMES, N_SYMBOLS, PAD_ID
from tts_server.errors import ModelCorruptError, SynthesisError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tts_server.backends.base import ProgressCallback
    from tts_server.backends.kokoro.acoustic import PredictStatistics
    from tts_server.backends.kokoro.prepare.weights import ModelSource

Float32 = NDArray[np.float32]
Int64 = NDArray[np.int64]

MIN_SPEED, MAX_SPEED = 0.5, 2.0

# ONNX Runtime's exceptions have no base class of their own below Exception.
RUN_ERRORS = (
    ort_errors.EPFail,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    MemoryError,
)
LOAD_ERRORS = (
    *RUN_ERRORS,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
)


# Two backends may be loaded at once, and `cache` lets callers in side by side until the first is done.
_making_pool = threading.Lock()


@cache
def _make_pool() -> None:
    """Make the pool of memory that the process's sessions share; once, since a second would replace it."""
    memory = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    ort.create_and_register_allocator(memory, None)


def session_options(threads: int | None = None) -> ort.SessionOptions:
    """Return options for a session that shares the machine with others.

    A thread that waits for its part of the next operator spins for 50 microseconds, then sleeps. Measured on
    two cores with other processes at work, two runs: ONNX Runtime's own spinning takes 12 % more processor
    time and 1.1 to 1.6 times as long in the median; not spinning at all is within 10 % either way. An idle
    session takes no time. All sessions take their memory from one pool, which with the streaming programs
    comes to 93 MB less than a pool each.

    Args:
        threads: Threads for one operator; None is one for each physical core.
    """
    with _making_pool:
        _make_pool()
    options = ort.SessionOptions()
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.intra_op_num_threads = threads or physical_cores()
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.spin_duration_us", "50")
    options.log_severity_level = 3
    return options


class WholeModel:
    """The loaded model, a `Synthesizer` that makes an input whole. Use `load`.

    Every method runs on one thread, the engine's.

    Args:
        session: Over the graph that synthesizes a whole utterance.
    """

    sample_rate_hz = SAMPLE_RATE_HZ

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session: ort.InferenceSession | None = session

    @classmethod
    def load(
        cls,
        source: ModelSource,
        cache_dir: Path,
        threads: int | None = None,
        progress: ProgressCallback | None = None,
    ) -> WholeModel:
        """Load a model, preparing it first if the cache does not hold it.

        Args:
            source: The weights.
            cache_dir: Folder for prepared models, and for nothing else.
            threads: Threads for one operator; None is one for each physical core.
            progress: Called as ``progress(stage, fraction)``. It may raise to give up: the exception is let
                through and nothing is left behind.

        Raises:
            ModelNotFoundError: The weights cannot be read.
            ModelCorruptError: The weights are not what their sum says, or ONNX Runtime refuses them.
            ConfigError: The cache folder cannot be written.
        """
        entry = prepared_model(source, cache_dir, progress, form=WHOLE)
        if progress is not None:
            progress("loading the model", 0.0)
        try:
            session = ort.InferenceSession(
                str(entry.folder / f"{WHOLE}.onnx"),
                session_options(threads),
                providers=["CPUExecutionProvider"],
            )
        except LOAD_ERRORS as error:
            raise ModelCorruptError(f"ONNX Runtime cannot load the model {source.name!r}: {error}") from error
        if progress is not None:
            progress("loading the model", 1.0)
        return cls(session)

    def begin(
        self,
        phoneme_ids: Sequence[int],
        style: Float32,
        speed: float,
        statistics: PredictStatistics | None = None,
        *,
        trim: bool = True,
    ) -> WholeSpeech:
        """Begin a model input, whose one step makes all of it; see `Synthesizer`.

        Args:
            phoneme_ids: As `synthesize` takes them.
            style: Likewise.
            speed: Likewise.
            statistics: Not asked for: the norms see the whole.
            trim: Leave out the silence at both ends, but for 10 ms before and 90 ms after.

        Raises:
            SynthesisError: An argument is out of range.
        """
        del statistics
        self._check(phoneme_ids, style, speed)
        return WholeSpeech(self, phoneme_ids, style, speed, trim=trim)

    def synthesize(
        self, phoneme_ids: Sequence[int], style: Float32, speed: float = 1.0
    ) -> tuple[Float32, Int64]:
        """Synthesize one utterance whole. Takes about a third of the audio's length on two cores.

        Args:
            phoneme_ids: At most 510 numbers of `vocabulary`, without pads. None gives no audio.
            style: float32, shape (1, 256).
            speed: 0.5 to 2; 2 is twice as fast.

        Returns:
            ``samples``: float32, shape (n_samples,), at 24 kHz and the reference model's level, mostly in
            [-1, 1]. ``durations``: int64, shape (n_phonemes + 2,), frames of 600 samples for the pad, each
            phoneme, and the pad. Their sum is the length of ``samples``. The caller owns both.

        Raises:
            SynthesisError: An argument is out of range, or the model failed; the model stays usable.
        """
        self._check(phoneme_ids, style, speed)
        if len(phoneme_ids) == 0:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        if self._session is None:
            raise SynthesisError("the model is closed")
        inputs = {
            "tokens": np.array([[PAD_ID, *phoneme_ids, PAD_ID]], np.int64),
            "style": np.asarray(style, np.float32),
            "speed": np.array([speed], np.float32),
        }
        try:
            samples, durations = self._session.run(["audio", "durations"], inputs)
        except RUN_ERRORS as error:
            raise SynthesisError(f"the model failed on {len(phoneme_ids)} phonemes: {error}") from error
        return samples, np.rint(durations).astype(np.int64).ravel()

    def close(self) -> None:
        """Release the model's memory. Calling it again does nothing."""
        self._session = None

    @staticmethod
    def _check(phoneme_ids: Sequence[int], style: Float32, speed: float) -> None:
        if len(phoneme_ids) > MAX_PHONEMES:
            raise SynthesisError(f"{len(phoneme_ids)} phonemes in one utterance; at most {MAX_PHONEMES}")
        if any(not 0 <= number < N_SYMBOLS for number in phoneme_ids):
            raise SynthesisError(f"a phoneme's number is not in 0 to {N_SYMBOLS - 1}")
        if style.shape != (1, STYLE_SIZE):
            raise SynthesisError(f"the style has shape {style.shape} instead of {(1, STYLE_SIZE)}")
        if not MIN_SPEED <= speed <= MAX_SPEED:
            raise SynthesisError(f"speed {speed} is not in {MIN_SPEED} to {MAX_SPEED}")


class WholeSpeech:
    """One model input that is made in one step. Use `WholeModel.begin`."""

    def __init__(
        self, model: WholeModel, phoneme_ids: Sequence[int], style: Float32, speed: float, *, trim: bool
    ) -> None:
        self._model = model
        self._input = (phoneme_ids, style, speed)
        self._trim = trim
        self._timing: Timing | None = None

    @property
    def timing(self) -> Timing | None:
        """When the input sounds, as measured in its samples; None before the step."""
        return self._timing

    def step(self) -> Float32 | None:
        """Make all of it; None the next time.

        Raises:
            SynthesisError: The model failed; it stays usable.
        """
        if self._timing is not None:
            return None
        samples, durations = self._model.synthesize(*self._input)
        span, n_trimmed = measured_span(samples), 0
        if self._trim:
            trim = Trim(0, int(durations[:-2].sum()) * SAMPLES_PER_TEXT_FRAME, span[1])
            samples = np.concatenate([*trim.trim(iter([samples]))])
            n_trimmed = trim.n_trimmed
        self._timing = Timing(tuple(durations.tolist()), *span, n_trimmed=n_trimmed)
        return samples
