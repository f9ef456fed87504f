"""The ``kokoro`` backend: model, voices and pronunciation under the backends' contract.

Its engines run the same sessions, so that there is one copy of the weights. A session's ``run`` may be
called on several threads, and each caller works itself besides the threads of the session's own pool: with n
engines and t threads in all, the pool has t - n. Pronunciation takes one caller at a time, in the whole
process.
"""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from threadpoolctl import threadpool_limits

from tts_server.backends.base import Model, SimpleEngine
from tts_server.backends.kokoro.cores import physical_cores
from tts_server.backends.kokoro.languages import (
    LANGUAGES,
    OPTIONAL_LANGUAGES,
    advertised_languages,
    disabled_languages,
    voice_dialect,
    voice_language,
)
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ
from tts_server.backends.kokoro.onnx.stream import StreamingModel
from tts_server.backends.kokoro.prepare.prepared import STREAM, prepared_model
from tts_server.backends.kokoro.prepare.weights import resolve
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.statistics import load_statistics
from tts_server.backends.kokoro.utterance import LoadedParts, StreamedUtterance
from tts_server.backends.kokoro.voices import DEFAULT_VOICE, load_voices
from tts_server.errors import ConfigError, MissingDependencyError, ModelError
from tts_server.speech.capabilities import Capabilities, ExtraSpec, Voice
from tts_server.speech.request import SpeechRequest

if TYPE_CHECKING:
    from tts_server.backends.base import BackendOptions, Engine, ProgressCallback

SPEED: Final = ExtraSpec(
    "number", minimum=0.5, maximum=2.0, help="How fast to speak: 1 is the voice's own pace, 2 twice as fast."
)
KEEP_SILENCE: Final = ExtraSpec(
    "boolean", help="Keep the model's own silence at both ends, about 0.3 s each; else 10 and 90 ms are left."
)
MAX_ADVISED_ENGINES: Final = 4
"""Two engines of one thread make 1.4 times the audio of one engine of two (2 cores, x86-64), the first of
it as soon; with many more, engines would wait for each other's pronunciation and for the interpreter."""

_WARM_UP_TEXT: Final = "Everything is ready now, and this is long enough to be spoken in several pieces."


class KokoroModel(Model):
    """Kokoro-82M on ONNX Runtime.

    Args:
        options: ``model`` is a known model's name or the path of a ``kokoro-v1.0`` export; ``voice`` speaks
            when a client names none.

    Raises:
        ConfigError: There is no such voice, or none of the given model.
        ModelError: The model's file is not there.
    """

    name = "kokoro"
    max_engines: int | None = None

    def __init__(self, options: BackendOptions) -> None:
        self._options = options
        self._source = resolve(options.model)
        self._voices = load_voices()
        self._languages = advertised_languages(options.extra_languages)
        self._disabled = disabled_languages(options.extra_languages)
        self._default_voice = self._check_voice(options.voice or DEFAULT_VOICE)
        self._capabilities = self._describe()
        self._g2p = G2P()
        self._parts: LoadedParts | None = None
        self._n_engines = 1
        self._n_made = 0
        self.model_name = self._source.name

    @property
    def sample_rate_hz(self) -> int:
        """24000."""
        return SAMPLE_RATE_HZ

    @property
    def capabilities(self) -> Capabilities:
        """Every voice; those of languages that are switched off are refused with the reason."""
        return self._capabilities

    def list_voices(self) -> tuple[Voice, ...]:
        """Those of the languages that are switched on."""
        return self._voices.voices(self._languages)

    def load(self, progress: ProgressCallback) -> None:
        """Check and prepare the model, or read it from the cache, and speak once to warm up."""
        if self._options.cache_dir is None:
            raise ConfigError(
                "the kokoro backend needs a folder for its prepared model; "
                "set HOME or XDG_CACHE_HOME, or give --cache-dir"
            )
        entry = prepared_model(self._source, Path(self._options.cache_dir) / self.name, progress, form=STREAM)
        # Most of the one is ONNX Runtime's work, most of the other Python's own: side by side they take
        # little longer than the longer one.
        with ThreadPoolExecutor(1, thread_name_prefix="tts-load") as pool:
            loading = pool.submit(StreamingModel.load, entry.folder, self.session_threads)
            self._load_dialects(progress)
            progress("loading the model", 0.0)
            self._parts = LoadedParts(loading.result(), load_statistics(), self._g2p, self._voices)
        progress("loading the model", 1.0)
        # NumPy's threads, which the tagger's small products wake, would spin beside the text stage: measured
        # on two cores, first audio of 129 characters after 294 ms, and after 194 without them.
        threadpool_limits(limits=1, user_api="blas")
        progress("warming up", 0.0)
        _warm_up(self._engine_of(self._parts))
        progress("warming up", 1.0)

    def engine(self) -> Engine:
        """Make an engine that runs the sessions of the others; the first is warm from the load."""
        parts = self.parts
        self._n_made += 1
        if self._n_made == 1:
            return self._engine_of(parts)
        # Sessions and weights are the same; what is learnt while running is each engine's own.
        engine = self._engine_of(replace(parts, model=copy.copy(parts.model)))
        _warm_up(engine)
        return engine

    @property
    def parts(self) -> LoadedParts:
        """What the load has made, and the first engine uses.

        Raises:
            ModelError: Nothing is loaded.
        """
        if self._parts is None:
            raise ModelError("the kokoro backend is not loaded")
        return self._parts

    def estimate_s(self, request: SpeechRequest) -> float:
        """Estimate from the text's letters; the speed divides every duration."""
        return super().estimate_s(request) / float((request.extras or {}).get("speed", 1.0))

    def reserve_engines(self, n_engines: int) -> None:
        """Leave each engine's own thread out of the sessions' pool."""
        super().reserve_engines(n_engines)
        self._n_engines = n_engines

    @property
    def session_threads(self) -> int | None:
        """Threads of one session, the caller's included; None is one for each physical core."""
        if self._n_engines == 1:
            return self._options.threads
        return max(1, (self._options.threads or physical_cores()) - self._n_engines + 1)

    def advise_engines(self, n_cores: int) -> tuple[int, str]:
        """Advise an engine for each thread, up to ``MAX_ADVISED_ENGINES``."""
        n_threads = min(self._options.threads or n_cores, n_cores)
        if n_threads < 2:
            return 1, "there is one thread"
        return (
            min(n_threads, MAX_ADVISED_ENGINES),
            f"on {n_threads} threads, engines side by side make more audio than one with all threads",
        )

    def close(self) -> None:
        """Release the model's memory, once the last engine is gone."""
        self._parts = None

    def _load_dialects(self, progress: ProgressCallback) -> None:
        dialects = sorted({voice_dialect(voice.name) for voice in self._voices.voices(self._languages)})
        for position, dialect in enumerate(dialects):
            progress("loading pronunciation", position / len(dialects))
            self._load_dialect(dialect)
        progress("loading pronunciation", 1.0)

    def _load_dialect(self, dialect: str) -> None:
        """Load what pronounces a dialect; an optional language that cannot be loaded is refused from then on.

        Raises:
            MissingDependencyError: It cannot be loaded, and is no optional one or the default voice's own.
        """
        language = dialect.partition("-")[0]
        try:
            self._g2p.load([dialect])
        except MissingDependencyError as error:
            if language not in OPTIONAL_LANGUAGES or language == voice_language(self._default_voice):
                raise
            self._languages = tuple(code for code in self._languages if code != language)
            self._disabled[language] = str(error)
            self._capabilities = self._describe()

    def _describe(self) -> Capabilities:
        refused = {code: reason for code, reason in self._disabled.items() if code in LANGUAGES}
        return Capabilities(
            streaming=True,
            languages=self._languages,
            voice_count=len(self._voices.voices(self._languages)),
            voices=self._voices.voices(),
            extras=MappingProxyType({"keep_silence": KEEP_SILENCE, "speed": SPEED}),
            default_voice=self._default_voice,
            default_language=voice_language(self._default_voice),
            refused_languages=MappingProxyType(refused),
        )

    def _engine_of(self, parts: LoadedParts) -> SimpleEngine:
        return SimpleEngine(lambda request: StreamedUtterance(request, parts, self._default_voice))

    def _check_voice(self, name: str) -> str:
        voices = {voice.name: voice for voice in self._voices.voices()}
        if name not in voices:
            raise ConfigError(f"unknown voice {name!r}; one of {', '.join(sorted(voices))}")
        language = voices[name].language
        if language not in self._languages:
            reason = self._disabled.get(language, "not available here")
            raise ConfigError(f"voice {name!r} speaks {language!r}, which is off: {reason}")
        return name


def _warm_up(engine: Engine) -> None:
    utterance = engine.start(SpeechRequest(_WARM_UP_TEXT))
    while utterance.step() is not None:
        pass
    utterance.close()
