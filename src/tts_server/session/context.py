"""One stream of speech on a connection: its text, its responses in their order, and what was heard of them.

A connection of protocol 0.1 has one, which is always there and never named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tts_server.errors import RemoteProtocolError
from tts_server.limits import Limits
from tts_server.session.buffer import TextBuffer
from tts_server.session.effects import Effect, Submit
from tts_server.session.ids import Ids
from tts_server.session.inputs import Admitted, Finished, OfResponse, Produced
from tts_server.session.response import Responses, ResponseState
from tts_server.speech.choices import Choices, Wish, choose
from tts_server.speech.request import SpeechRequest
from tts_server.speech.service import ServiceInfo
from tts_server.text.heard import Heard, Split

DEFAULT_CONTEXT: Final = "default"
"""The context of whoever names none."""


@dataclass(frozen=True, slots=True)
class ContextSettings:
    """What holds for a context from its beginning to its end.

    Args:
        keeps_words: Whether it is remembered when each word sounds, for whoever asks what was heard.
        max_lead_s: Make no more than so much sound ahead of its playout; None is no bound.
    """

    keeps_words: bool = False
    max_lead_s: float | None = None


NO_SETTINGS: Final = ContextSettings()


@dataclass(slots=True)
class _Spoken:
    """Where a response stands in its context: its text's place there, and when its sound begins."""

    char_start: int
    char_end: int
    begins_s: float | None = None


class Context:
    """See the head of this file.

    Args:
        name: Its name on the connection.
        service: The loaded backend.
        limits: What one client may ask for.
        ids: Where ids of responses and events come from.
        settings: What holds for it.
    """

    def __init__(
        self,
        name: str,
        service: ServiceInfo,
        limits: Limits,
        ids: Ids,
        settings: ContextSettings = NO_SETTINGS,
    ) -> None:
        self._service = service
        self._settings = settings
        self._stream_id = None if name == DEFAULT_CONTEXT else name
        self._buffer = TextBuffer(limits.max_text_chars)
        self.responses = Responses(service.audio, ids, self._stream_id)
        self._heard = Heard() if settings.keeps_words else None
        self._spoken: dict[str, _Spoken] = {}
        self._sounds_s = 0.0

    @property
    def n_buffered_chars(self) -> int:
        """Code points appended and not committed yet."""
        return self._buffer.n_chars

    def append(self, text: str) -> None:
        """Add to the text that waits for a commit.

        Raises:
            RemoteProtocolError: It would not fit; the text stays as it was.
        """
        self._buffer.append(text)
        if self._heard is not None:
            self._heard.append(text)

    def clear(self) -> None:
        """Forget the text that waits for a commit."""
        if self._heard is not None:
            self._heard.withdraw(self._buffer.n_chars)
        self._buffer.clear()

    def request(self, wish: Wish, over: Choices) -> tuple[SpeechRequest, tuple[str, ...]]:
        """Make the request for the text that waits; the text is kept until the request is admitted.

        Returns:
            The request, and the extras that were dropped.

        Raises:
            ChoiceError: The wish is not on offer.
            RemoteProtocolError: There is nothing to speak.
        """
        text = self._buffer.text
        request, dropped = choose(text, wish, self._service, over)
        if not text.strip():
            what = "is empty" if not text else "holds white space alone"
            raise RemoteProtocolError(
                f"the buffer {what}; append text before the commit", code="buffer_empty"
            )
        return request, dropped

    def submit(self, request: SpeechRequest, commit_event_id: str | None) -> Submit:
        """Ask for admission of a request."""
        response_id = self.responses.new(commit_event_id)
        return Submit(response_id, request, self._stream_id, self._settings.max_lead_s)

    def handle(self, given: OfResponse, now: float) -> list[Effect]:
        """Answer an input that concerns one of its responses."""
        if isinstance(given, Admitted):
            self._take_text(given.response_id)
        effects = self.responses.handle(given, now)
        if self._heard is not None:
            self._note(given, self._heard)
        return effects

    def split(self, playback_s: float) -> Split | None:
        """Tell what of its text was heard when so much of its sound was played; None where nobody knows."""
        return None if self._heard is None else self._heard.split(playback_s)

    def _take_text(self, response_id: str) -> None:
        if self._heard is not None:
            end = self._heard.n_chars
            self._spoken[response_id] = _Spoken(end - self._buffer.n_chars, end)
        self._buffer.clear()

    def _note(self, given: OfResponse, heard: Heard) -> None:
        """Remember when its words sound."""
        spoken = self._spoken.get(given.response_id)
        if spoken is None:
            return
        if isinstance(given, Produced) and self.responses.state(given.response_id) is ResponseState.LIVE:
            if spoken.begins_s is None:
                spoken.begins_s = self._sounds_s
            for word in given.made.words:
                char_end = min(spoken.char_start + word.char_end, spoken.char_end)
                heard.word(char_end, spoken.begins_s + word.start_s)
            self._sounds_s += given.made.audio_s
        elif isinstance(given, Finished) and self.responses.state(given.response_id) is ResponseState.ENDING:
            heard.made(spoken.char_end, self._sounds_s)
        if self.responses.state(given.response_id) is not ResponseState.LIVE:
            del self._spoken[given.response_id]
