"""All contexts of one connection, and to which of them each response belongs."""

from __future__ import annotations

from collections.abc import Callable

from tts_server.errors import LocalProtocolError, RemoteProtocolError
from tts_server.session.context import DEFAULT_CONTEXT, Context
from tts_server.session.effects import Effect, Submit
from tts_server.session.inputs import OfResponse, Produced
from tts_server.session.response import ResponseState
from tts_server.speech.request import SpeechRequest


class Contexts:
    """See the head of this file.

    Args:
        new: Makes the context of a name.
        max_contexts: How many there may be, the one that is never named included.
    """

    def __init__(self, new: Callable[[str], Context], max_contexts: int) -> None:
        self._new = new
        self._max_contexts = max_contexts
        self._by_name = {DEFAULT_CONTEXT: new(DEFAULT_CONTEXT)}
        self._of_response: dict[str, Context] = {}

    @property
    def n_buffered_chars(self) -> int:
        """Code points appended and not committed yet."""
        return sum(context.n_buffered_chars for context in self._by_name.values())

    @property
    def live(self) -> tuple[str, ...]:
        """Ids of the responses whose terminal event was not handed to ``Send``, oldest first."""
        return tuple(name for name in self._of_response if self.state(name) is ResponseState.LIVE)

    def state(self, response_id: str) -> ResponseState | None:
        """Tell where a response stands; None when it has ended, or never was."""
        context = self._of_response.get(response_id)
        return None if context is None else context.responses.state(response_id)

    def named(self, name: str | None) -> Context:
        """Find a context, or make one that begins when it is kept; None is the one that is never named.

        Raises:
            RemoteProtocolError: There are as many as may be.
        """
        name = DEFAULT_CONTEXT if name is None else name
        context = self._by_name.get(name)
        if context is None:
            if len(self._by_name) >= self._max_contexts:
                raise RemoteProtocolError(
                    f"there are {len(self._by_name)} contexts, as many as one connection may have",
                    code="invalid_config",
                )
            context = self._new(name)
        return context

    def keep(self, name: str | None, context: Context) -> None:
        """Begin the context of a name, unless it has begun: something was given to it."""
        self._by_name[DEFAULT_CONTEXT if name is None else name] = context

    def submit(self, context: Context, request: SpeechRequest, commit_event_id: str | None) -> Submit:
        """Ask for admission of a context's request."""
        submit = context.submit(request, commit_event_id)
        self._of_response[submit.response_id] = context
        return submit

    def handle(self, given: OfResponse, now: float) -> list[Effect]:
        """Have a response's context answer what concerns it.

        Raises:
            LocalProtocolError: The input does not fit the response's state, or there is no such response.
        """
        context = self._of_response.get(given.response_id)
        if context is None:
            raise LocalProtocolError(f"{type(given).__name__}: there is no response {given.response_id}")
        effects = context.handle(given, now)
        if not isinstance(given, Produced) and context.responses.state(given.response_id) is None:
            del self._of_response[given.response_id]
        return effects

    def cancel(self, event_id: str | None, context_id: str | None, response_id: str | None) -> list[Effect]:
        """Cancel the named response, or all of a context, where the end has not left."""
        if response_id is None:
            context = self._by_name.get(DEFAULT_CONTEXT if context_id is None else context_id)
        else:
            context = self._of_response.get(response_id)
        if context is None:
            return []
        effects = context.responses.cancel(event_id, response_id)
        self._forget_ended()
        return effects

    def cancel_all(self) -> list[Effect]:
        """Cancel every response whose end has not left."""
        return self._of_each(lambda context: context.responses.cancel(None))

    def abandon(self) -> list[Effect]:
        """Cancel every response, with nobody left to tell."""
        return self._of_each(lambda context: context.responses.abandon())

    def _of_each(self, act: Callable[[Context], list[Effect]]) -> list[Effect]:
        effects = [effect for context in self._by_name.values() for effect in act(context)]
        self._forget_ended()
        return effects

    def _forget_ended(self) -> None:
        for name in [name for name in self._of_response if self.state(name) is None]:
            del self._of_response[name]
