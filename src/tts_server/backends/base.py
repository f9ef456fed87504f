"""The contract between the server and a speech engine.

A backend is a generator of small steps: ``Backend.start`` gives an ``Utterance``, whose ``step`` does about a
tenth of a second of work and returns what it made. Cancelling, fairness and deadlines all happen between
steps. Every method that runs a model is called on one thread, the engine's, for the whole life of the
backend. ``tts_server.backends.testing`` checks every sentence of this file on a backend.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from tts_server.errors import ConfigError
from tts_server.speech.capabilities import Capabilities, Voice
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import SpeechRequest

SECONDS_PER_LETTER = 0.08
"""Speech of a letter or digit, with the pauses between words: about 15 characters a second."""

ProgressCallback = Callable[[str, float], None]
"""Called with a stage such as ``preparing the model`` and the fraction of it that is done, in [0, 1]."""


class Utterance(ABC):
    """One request being spoken. Everything runs on the engine's thread; several may be under way there."""

    @abstractmethod
    def step(self) -> AudioChunk | None:
        """Synthesize the next chunk of this utterance.

        Does about 100 ms of work; a backend that cannot be cut does one segment.

        Returns:
            The chunk, which may hold no samples while work is under way, or None when the utterance is
            complete. After None, ``step`` is not called again.

        Raises:
            SynthesisError: The model failed; the backend stays usable.
        """

    def close(self) -> None:  # noqa: B027 - a backend that holds nothing has nothing to let go
        """Let go of what the utterance holds.

        May follow any ``step``, is called exactly once, and does not raise.
        """


class Backend(ABC):
    """A speech engine and its model.

    ``name``, ``model`` are known from construction on; ``sample_rate_hz`` and ``capabilities`` after
    ``load``.
    """

    name: str
    model: str

    @property
    @abstractmethod
    def sample_rate_hz(self) -> int:
        """The loaded model's true rate."""

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What the loaded model offers: the same object at each look, on any thread, while it is loaded."""

    @abstractmethod
    def load(self, progress: ProgressCallback) -> None:
        """Load the model and warm it up, so that the first request is as fast as the tenth.

        Runs on the engine's thread. ``progress`` may raise ``LoadCancelled`` to stop the load; it is let
        through.

        Raises:
            ModelError: A file is missing or is not what it should be.
            MissingDependencyError: A package is missing.
        """

    @abstractmethod
    def start(self, request: SpeechRequest) -> Utterance:
        """Begin an utterance. Cheap: the work is done by its steps. Runs on the engine's thread.

        ``request`` has passed the checks that the capabilities describe.

        Raises:
            SynthesisError: The request cannot be spoken.
        """

    def estimate_s(self, request: SpeechRequest) -> float:
        """Estimate the length of a request's audio, for admission.

        What matters is how this request differs from others of its voice, such as by its text and the speed
        that it asks for: how far a voice is from the estimate in the mean is learnt. The default goes by the
        letters and digits of the text alone. Cheap, raises nothing, runs on any thread, also beside a step.

        Returns:
            Seconds; 0 where nothing is to be spoken.
        """
        return SECONDS_PER_LETTER * sum(map(str.isalnum, request.text))

    def sibling(self) -> Backend:
        """Make one more engine of the same model, to work side by side with this one on a thread of its own.

        Asked for before ``load``, and cheap. Siblings are loaded one after another, this backend first, so
        that the others find what it has loaded and share one copy of the weights. ``BackendOptions.threads``
        is for all of them together. They are used at the same time, each on its own thread, and closed in any
        order.

        Raises:
            ConfigError: The backend cannot work side by side with another of its kind.
        """
        raise ConfigError(f"the {self.name} backend runs one engine")

    def advise_engines(self, n_cores: int) -> tuple[int, str]:
        """Tell how many engines make the best use of a machine, and why in a few words.

        Called before ``load``. Every number above 1 must be one that ``sibling`` can serve.

        Args:
            n_cores: Processors that this process may use.
        """
        return 1, f"the {self.name} backend advises no more on {n_cores} cores"

    def list_voices(self) -> tuple[Voice, ...] | None:
        """List the voices that it will offer, in the languages that are switched on.

        Asked for before ``load``, on any thread, and cheap; None where only the loaded model can tell.
        """
        return None

    def close(self) -> None:  # noqa: B027 - a backend that holds nothing has nothing to let go
        """Release the model.

        Runs on the engine's thread, after every utterance was closed, and also where the load failed or was
        stopped; nothing is called after.
        """


class LoadCancelled(BaseException):
    """Raised by a progress callback: the person at the keyboard does not want this load any more."""


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """What the operator chose for a backend; each backend takes what concerns it.

    Args:
        model: Name of a model or path of a file; None is the backend's own.
        voice: Default voice; None is the backend's own.
        threads: Threads of the engine, or of all siblings together; None lets the backend choose.
        cache_dir: Folder for prepared models.
        extra_languages: Codes of languages to advertise besides the default ones.
        settings: Further options by name, for backends of other packages.
    """

    model: str | None = None
    voice: str | None = None
    threads: int | None = None
    cache_dir: str | None = None
    extra_languages: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
