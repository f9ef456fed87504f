"""A backend that beeps: no model, no packages, no load, and every failure of a real engine on demand.

Each letter or digit is one short beep and everything else a pause of the same length, so that the length of
the audio follows from the text alone, a listener hears where a word ends, and word times are exact. The
beeps are made once for each voice and speed, and a step only joins them: a hundred speakers cost next to
nothing. With ``max_batch`` above 1 an engine steps so many utterances in the time of the slowest of them.
"""

from __future__ import annotations

import math
import re
import threading
import time
from array import array
from dataclasses import dataclass, fields
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from tts_server.backends.base import BackendOptions, Engine, Model, Utterance
from tts_server.errors import ConfigError, ModelNotFoundError, SynthesisError
from tts_server.speech.capabilities import Capabilities, ExtraSpec, Voice
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.words import WordTime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tts_server.backends.base import ProgressCallback, StepResult
    from tts_server.speech.request import SpeechRequest

MODEL_NAME: Final = "tone-1"

PITCH_HZ: Final = MappingProxyType(
    {"alto": 440.0, "bass": 165.0, "soprano": 660.0, "tenor": 330.0, "viola": 550.0}
)
"""Pitch of each voice."""

LANGUAGES: Final = ("en", "es", "fr")

VOICES: Final = (
    Voice("alto", "en", "en-us", "female"),
    Voice("bass", "en", "en-gb", "male"),
    Voice("soprano", "es", "es-es", "female"),
    Voice("tenor", "fr", "fr-fr", "male"),
    Voice("viola", "en", "en-us", "female"),
)

LEVEL: Final = 0.25
"""Peak of a beep, as a fraction of full scale."""

NAN: Final = math.nan

_WORD: Final = re.compile(r"\S+")

LOUD: Final = (-2.0, -1.0, -0.5, 0.0, 0.0, 0.5, 1.0, 2.0)
"""Samples that show how floats become int16: beyond, at and at half of full scale, in both signs."""


@dataclass(frozen=True, slots=True)
class ToneScript:
    """How a tone backend behaves; steps count from 0 within each utterance, None means never.

    Every field but ``gate`` can be given by name in ``BackendOptions.settings``; those named like a key of
    ``extras`` can be set for one response by a client.

    Args:
        rate_hz: Sample rate.
        char_ms: Length of a character's beep or pause at speed 1.
        step_ms: Audio that one step makes, in whole characters.
        work_ms: Time that each step takes beyond its own; of a batch, the longest counts.
        max_batch: Utterances that one step takes.
        load_ms: Time that the load takes, in a hundred equal parts.
        fail_load: The load ends in ``ModelNotFoundError``.
        fail_start: Beginning an utterance ends in ``SynthesisError``.
        fail_at_step: This step ends in ``SynthesisError``.
        raise_at_step: This step ends in an exception that no backend should let through, for its whole batch.
        hang_load: The load does not go on before ``gate`` is set.
        hang_at_step: This step does not return before ``gate`` is set.
        nan_at_step: This step returns float samples, all NaN or infinite.
        loud_at_step: This step returns float samples of full and half scale and beyond, of both signs.
        garbage_at_step: This step returns something that is not samples.
        mute: Every utterance is complete before its first sample.
        empty_steps: Steps without samples before the first one with some.
        gate: What ends a hang; without one it never ends.
    """

    rate_hz: int = 24000
    char_ms: float = 60.0
    step_ms: float = 240.0
    work_ms: float = 0.0
    max_batch: int = 1
    load_ms: float = 0.0
    fail_load: bool = False
    hang_load: bool = False
    fail_start: bool = False
    fail_at_step: int | None = None
    raise_at_step: int | None = None
    hang_at_step: int | None = None
    nan_at_step: int | None = None
    loud_at_step: int | None = None
    garbage_at_step: int | None = None
    mute: bool = False
    empty_steps: int = 0
    gate: threading.Event | None = None

    @classmethod
    def from_settings(cls, settings: tuple[tuple[str, str], ...]) -> ToneScript:
        """Read a script from an operator's settings.

        Raises:
            ConfigError: A name is unknown or a value is not of its kind.
        """
        kinds = {field.name: str(field.type) for field in fields(cls) if field.name != "gate"}
        values: dict[str, Any] = {}
        for name, text in settings:
            if name not in kinds:
                accepted = ", ".join(sorted(kinds))
                raise ConfigError(f"unknown setting {name!r} of the tone backend; it takes {accepted}")
            values[name] = _parse_setting(name, kinds[name], text)
        return cls(**values)


_AT_LEAST_ONE: Final = {"rate_hz", "char_ms", "max_batch"}


def _parse_setting(name: str, kind: str, text: str) -> object:
    if kind == "bool":
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"0", "false", "no", "off", ""}:
            return False
        raise ConfigError(f"{text!r} is not accepted for {name}; say true or false")
    try:
        number = float(text) if kind == "float" else int(text)
    except ValueError:
        raise ConfigError(f"{text!r} is not accepted for {name}; it takes a number") from None
    if not (math.isfinite(number) and 0 <= number <= 1e6) or (number == 0 and name in _AT_LEAST_ONE):
        raise ConfigError(f"{text} is out of range for {name}")
    return number


class ToneModel(Model):
    """The tone backend.

    Args:
        options: ``voice`` chooses the default voice; ``settings`` holds fields of ``ToneScript``.
        script: Behaviour in place of the one in ``options.settings``, for tests in the same process.

    Raises:
        ConfigError: An option is not accepted.
    """

    name = "tone"
    model_name = MODEL_NAME
    max_engines: int | None = None

    def __init__(self, options: BackendOptions | None = None, *, script: ToneScript | None = None) -> None:
        options = options or BackendOptions()
        if options.model not in {None, MODEL_NAME}:
            raise ConfigError(f"the tone backend has no model {options.model!r}; it has {MODEL_NAME}")
        voice = options.voice or VOICES[0].name
        if voice not in PITCH_HZ:
            raise ConfigError(f"the tone backend has no voice {voice!r}; it has {', '.join(PITCH_HZ)}")
        self._script = script or ToneScript.from_settings(options.settings)
        self._capabilities = Capabilities(
            streaming=True,
            languages=LANGUAGES,
            voice_count=len(VOICES),
            voices=VOICES,
            extras=EXTRAS,
            default_voice=voice,
            default_language="en",
        )

    @property
    def script(self) -> ToneScript:
        """How it behaves."""
        return self._script

    @property
    def sample_rate_hz(self) -> int:
        """The script's rate."""
        return self._script.rate_hz

    @property
    def capabilities(self) -> Capabilities:
        """Five voices, three languages, and the extras of ``EXTRAS``."""
        return self._capabilities

    def list_voices(self) -> tuple[Voice, ...]:
        """All of them."""
        return VOICES

    def load(self, progress: ProgressCallback) -> None:
        """Take as long as the script says.

        Raises:
            ModelNotFoundError: The script says so.
        """
        for percent in range(100):
            progress("tuning", percent / 100)
            if self._script.load_ms:
                time.sleep(self._script.load_ms / 100_000)
        if self._script.hang_load:
            _hang(self._script)
        if self._script.fail_load:
            raise ModelNotFoundError("the tone backend was told not to find its model")
        progress("tuning", 1.0)

    def engine(self) -> ToneEngine:
        """Make one more engine of the same behaviour."""
        return ToneEngine(self._script)

    def estimate_s(self, request: SpeechRequest) -> float:
        """Count the beeps and pauses of the text, at its speed."""
        if self._script.mute or not any(c.isalnum() for c in request.text):
            return 0.0
        return len(request.text) * self._script.char_ms / 1000 / _speed(request)


EXTRAS: Final = MappingProxyType(
    {
        "speed": ExtraSpec("number", 0.25, 4.0, help="How fast to speak; 1 is the normal speed."),
        "work_ms": ExtraSpec("number", 0.0, 10_000.0, help="Milliseconds that each step takes on top."),
        "fail_at_step": ExtraSpec("integer", 0, 1_000_000, help="Step, counted from 0, that fails."),
        "nan_at_step": ExtraSpec(
            "integer", 0, 1_000_000, help="Step, counted from 0, that gives no numbers."
        ),
        "loud_at_step": ExtraSpec(
            "integer", 0, 1_000_000, help="Step, counted from 0, that goes beyond full scale."
        ),
    }
)
"""What a client may set for one response; the failures are there to try a client's own handling of them."""


class ToneEngine(Engine):
    """Steps as many utterances together as its script says.

    Args:
        script: How it behaves.
    """

    def __init__(self, script: ToneScript) -> None:
        self._script = script
        self.max_batch = script.max_batch

    def start(self, request: SpeechRequest) -> ToneUtterance:
        """Begin an utterance.

        Raises:
            SynthesisError: The script says so.
        """
        if self._script.fail_start:
            raise SynthesisError("the tone backend was told not to start")
        return ToneUtterance(self._script, request)

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        """Make the next characters of each, in the time that the slowest of them takes.

        Raises:
            ZeroDivisionError: The script says so.
        """
        speaking = [utterance for utterance in batch if isinstance(utterance, ToneUtterance)]
        errors = [utterance.prepare() for utterance in speaking]
        works_s = [u.work_s for u, error in zip(speaking, errors, strict=True) if u.goes_on and not error]
        if any(works_s):
            time.sleep(max(works_s))
        return [error or u.beep() for u, error in zip(speaking, errors, strict=True)]


class ToneUtterance(Utterance):
    """A text that is beeped; see ``ToneEngine``.

    Args:
        script: How the engine behaves.
        request: What to beep; its extras may change the script for this utterance.
    """

    def __init__(self, script: ToneScript, request: SpeechRequest) -> None:
        extras = request.extras or {}
        self._script = script
        self.work_s = float(extras.get("work_ms", script.work_ms)) / 1000
        self._fail_at = extras.get("fail_at_step", script.fail_at_step)
        self._nan_at = extras.get("nan_at_step", script.nan_at_step)
        self._loud_at = extras.get("loud_at_step", script.loud_at_step)
        char_ms = script.char_ms / _speed(request)
        self._text = request.text if any(c.isalnum() for c in request.text) and not script.mute else ""
        pitch_hz = PITCH_HZ[request.voice or VOICES[0].name]
        self._beep, self._pause = _make_segments(pitch_hz, script.rate_hz, char_ms)
        self._char_s = len(self._pause) / 2 / script.rate_hz
        self._chars_per_step = max(1, round(script.step_ms / char_ms))
        self._position = 0
        self._next_word = _WORD.search(self._text)
        self._step = -1
        self._n_empty = script.empty_steps

    @property
    def goes_on(self) -> bool:
        """Whether there is more to beep."""
        return self._position < len(self._text)

    def prepare(self) -> SynthesisError | None:
        """Begin a step, which hangs or fails if the script says so; returns this utterance's own error.

        Raises:
            ZeroDivisionError: The script says so.
        """
        if not self.goes_on:
            return None
        self._step += 1
        if self._step == self._script.hang_at_step:
            _hang(self._script)
        if self._step == self._script.raise_at_step:
            raise ZeroDivisionError("the tone backend was told to break")
        if self._step == self._fail_at:
            return SynthesisError(f"the tone backend was told to fail at step {self._step}")
        return None

    def beep(self) -> AudioChunk | None:
        """End a step: make its characters; None at the end of the text."""
        if not self.goes_on:
            return None
        if self._step == self._script.garbage_at_step:
            return AudioChunk(samples="these are no samples")
        if self._n_empty:
            self._n_empty -= 1
            return AudioChunk(samples=array("h"))
        begin, end = self._position, min(self._position + self._chars_per_step, len(self._text))
        self._position = end
        samples: array[int] | array[float] = array("h")
        segments = [self._beep if c.isalnum() else self._pause for c in self._text[begin:end]]
        samples.frombytes(b"".join(segments))
        if self._step == self._nan_at:
            samples = array("f", [NAN, math.inf, -math.inf, NAN] * (len(samples) // 4))
        elif self._step == self._loud_at:
            samples = array("f", LOUD * (len(samples) // len(LOUD)))
        return AudioChunk(samples=samples, words=self._words_until(end))

    def _words_until(self, end: int) -> tuple[WordTime, ...]:
        """The words that begin before ``end`` and were not given yet."""
        words = []
        # Where each search begins lies behind the last one's end: a word is passed once, however long it is.
        while self._next_word is not None and (start := self._next_word.start()) < end:
            word, stop = self._next_word[0], self._next_word.end()
            words.append(WordTime(word, start * self._char_s, stop * self._char_s, start, stop))
            self._next_word = _WORD.search(self._text, stop)
        return tuple(words)


def _speed(request: SpeechRequest) -> float:
    return float((request.extras or {}).get("speed", 1.0))


def _hang(script: ToneScript) -> None:
    (script.gate or threading.Event()).wait()


@lru_cache(maxsize=128)
def _make_segments(pitch_hz: float, rate_hz: int, char_ms: float) -> tuple[bytes, bytes]:
    """A beep with soft edges and a pause of the same length, as int16 in this machine's byte order."""
    n_samples = max(1, round(rate_hz * char_ms / 1000))
    n_edge = max(1, n_samples // 6)
    peak = LEVEL * 32767
    beep = array("h", bytes(2 * n_samples))
    for i in range(n_samples):
        edge = min(1.0, (i + 1) / n_edge, (n_samples - i) / n_edge)
        beep[i] = round(peak * edge * math.sin(2 * math.pi * pitch_hz * i / rate_hz))
    return beep.tobytes(), bytes(2 * n_samples)
