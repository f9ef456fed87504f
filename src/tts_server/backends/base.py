"""The contract between the server and a speech engine: a model, and engines of it that step in batches.

Theory of operation. A backend is a ``Model``, which is loaded once, and one ``Engine`` or several of it,
which share its weights. ``Engine.start`` gives an ``Utterance``; ``Engine.step`` does about a tenth of a
second of work on a batch of them and returns what it made of each. Cancelling, fairness and deadlines all
happen between steps, and utterances come into a batch and leave it there.

Threads. Each engine has a thread of its own, on which the server calls ``Model.engine``, everything of that
engine and everything of its utterances. The first engine's thread also loads the model and, when every engine
is closed, closes it. Engines are made one after another and used at the same time. What may be called on any
thread says so. ``tts_server.backends.testing`` checks every sentence of this file on a backend.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tts_server.errors import ConfigError, SynthesisError
from tts_server.speech.capabilities import Capabilities, Voice
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import SpeechRequest

SECONDS_PER_LETTER = 0.08
"""Speech of a letter or digit, with the pauses between words: about 15 characters a second."""

ProgressCallback = Callable[[str, float], None]
"""Called with a stage such as ``preparing the model`` and the fraction of it that is done, in [0, 1]."""

StepResult = AudioChunk | SynthesisError | None
"""What a step came to for one utterance: a chunk, which may hold no samples while work is under way; None,
the utterance is complete; or an error of this utterance alone."""


class Utterance:
    """One request being spoken. Everything runs on its engine's thread; several may be under way there."""

    def step(self) -> AudioChunk | None:
        """Synthesize the next chunk of this utterance.

        Does about 100 ms of work; an engine that cannot be cut does one segment. Written for an engine that
        takes the utterances of a batch one by one; one whose ``Engine.step`` takes them together needs none.

        Returns:
            The chunk, which may hold no samples while work is under way, or None when the utterance is
            complete. After None, ``step`` is not called again.

        Raises:
            SynthesisError: The model failed on this text; the engine stays usable.
        """
        raise NotImplementedError(f"{type(self).__name__} has no step of its own")

    def close(self) -> None:
        """Let go of what the utterance holds.

        May follow any step, is called exactly once, and does not raise.
        """


class Engine(ABC):
    """What speaks with a loaded model, on one thread.

    ``max_batch`` is how many utterances one step can take; it does not change.
    """

    max_batch: int = 1

    @abstractmethod
    def start(self, request: SpeechRequest) -> Utterance:
        """Begin an utterance. Cheap: the work is done by its steps.

        ``request`` has passed the checks that the capabilities describe.

        Raises:
            SynthesisError: The request cannot be spoken; the engine stays usable.
        """

    def step(self, batch: Sequence[Utterance]) -> Sequence[StepResult]:
        """Synthesize the next chunk of each of these utterances.

        Does about 100 ms of work. What is made of an utterance depends neither on what else is in the batch
        nor on its place there; it may be in one step's batch and not in the next. The default steps them one
        by one.

        Args:
            batch: One to ``max_batch`` utterances of this engine, each once, none complete, failed or closed.

        Returns:
            A result for each, in their order. After None or an error, an utterance is not stepped again.

        Raises:
            SynthesisError: The model failed on all of them; the engine stays usable. So it should after any
                other exception, which is a fault of the backend and ends all of them too.
        """
        return [_step_alone(utterance) for utterance in batch]

    def close(self) -> None:  # noqa: B027 - an engine that holds nothing has nothing to let go
        """Let go of what the engine holds besides the model; every utterance was closed, nothing follows."""


class SimpleEngine(Engine):
    """An engine that takes one utterance at a time, by the utterance's own ``step``.

    Args:
        start: Begins an utterance.
    """

    def __init__(self, start: Callable[[SpeechRequest], Utterance]) -> None:
        self._start = start

    def start(self, request: SpeechRequest) -> Utterance:
        """Begin an utterance."""
        return self._start(request)


class Model(ABC):
    """A backend with the model that it speaks with.

    ``name`` is the backend's name, ``model_name`` the model's; they are known from construction on, as is
    ``max_engines``: how many engines can work side by side, None where there is no bound.
    """

    name: str
    model_name: str
    max_engines: int | None = 1

    @property
    @abstractmethod
    def sample_rate_hz(self) -> int:
        """The loaded model's true rate, on any thread."""

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What the loaded model offers: the same object at each look, on any thread, while it is loaded."""

    @abstractmethod
    def load(self, progress: ProgressCallback) -> None:
        """Load the model and warm it up, so that the first request is as fast as the tenth.

        Runs on the first engine's thread. ``progress`` may raise ``LoadCancelled`` to stop the load; it is
        let through.

        Raises:
            ModelError: A file is missing or is not what it should be.
            MissingDependencyError: A package is missing.
        """

    @abstractmethod
    def engine(self) -> Engine:
        """Make one more engine of the loaded model, as fast as the first; the weights are shared.

        Runs on the thread that the engine will live on: the first one's is that of ``load``. At most as
        many are made as ``reserve_engines`` was told.

        Raises:
            ModelError: It cannot be made.
        """

    def reserve_engines(self, n_engines: int) -> None:
        """Say how many engines there will be. Called at most once, before ``load``, and cheap.

        Without it there is one. A model that divides threads or memory between its engines plans by it;
        ``BackendOptions.threads`` is for all of them together.

        Raises:
            ConfigError: There are more than ``max_engines``.
        """
        if self.max_engines is not None and n_engines > self.max_engines:
            can = "one engine" if self.max_engines == 1 else f"at most {self.max_engines} engines"
            raise ConfigError(f"the {self.name} backend runs {can}")

    def advise_engines(self, n_cores: int) -> tuple[int, str]:
        """Tell how many engines make the best use of a machine, and why in a few words.

        Called before ``load``. Never more than ``max_engines``.

        Args:
            n_cores: Processors that this process may use.
        """
        return 1, f"the {self.name} backend advises no more on {n_cores} cores"

    def estimate_s(self, request: SpeechRequest) -> float:
        """Estimate the length of a request's audio, for admission.

        What matters is how this request differs from others of its voice, such as by its text and the speed
        that it asks for: how far a voice is from the estimate in the mean is learnt. The default goes by the
        letters and digits of the text alone. Cheap, raises nothing, runs on any thread, also beside a step.

        Returns:
            Seconds; 0 where nothing is to be spoken.
        """
        return SECONDS_PER_LETTER * sum(map(str.isalnum, request.text))

    def list_voices(self) -> tuple[Voice, ...] | None:
        """List the voices that it will offer, in the languages that are switched on.

        Asked for before ``load``, on any thread, and cheap; None where only the loaded model can tell.
        """
        return None

    def close(self) -> None:  # noqa: B027 - a model that holds nothing has nothing to let go
        """Release the model.

        Runs on the thread of ``load``, after every engine was closed, and also where the load failed or was
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
        threads: Threads of all engines together; None lets the backend choose.
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


def _step_alone(utterance: Utterance) -> StepResult:
    try:
        return utterance.step()
    except SynthesisError as error:
        return error
