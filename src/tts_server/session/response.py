"""The responses of one context, each from submission until neither the engine nor the outbox has any of it.

``RESPONSE_TABLE`` maps (response state, type of input) to a rule. A response is owed exactly one terminal
event while it is LIVE. Speech is made faster than it is played, so that event waits behind audio for long:
the response is ENDING, and can still be cancelled, until the event has left. A CANCELLED one is over for the
client and forgotten once the engine has let go of it. Several may be live at once: the scheduler has the
responses of a stream synthesized one after another, so their audio comes in order.
"""

# ruff: noqa: ARG002 - every rule takes the time, whether it needs it or not

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from tts_server.audio.framing import Framer
from tts_server.errors import LocalProtocolError
from tts_server.protocol import events as ev
from tts_server.session.effects import Cancel, CutPlayout, Effect, Send, SendInstead
from tts_server.session.faults import error_detail, error_event
from tts_server.session.ids import Ids
from tts_server.session.inputs import (
    Admitted,
    Failed,
    Finished,
    Left,
    OfResponse,
    Produced,
    Refused,
    Released,
)
from tts_server.session.rules import Rule, on
from tts_server.speech.capabilities import AudioFormat


class ResponseState(Enum):
    """Where a response stands."""

    SUBMITTED = "submitted"
    """Admission was asked for; nothing was said to the client."""
    LIVE = "live"
    """Admitted; it owes the client exactly one terminal event."""
    ENDING = "ending"
    """The engine has let go of it, and its terminal event waits to leave."""
    CANCELLED = "cancelled"
    """The client was told that it ended, and the engine has not let go of it."""


_HEARD = (ResponseState.LIVE, ResponseState.ENDING)
"""States of a response whose client waits for more of it."""


@dataclass(slots=True)
class Response:
    """What is remembered of one response.

    Args:
        response_id: Its name on the wire.
        commit_event_id: The ``event_id`` of the commit, for the answer.
        framer: Cuts its audio into frames, and counts its samples.
        state: Where it stands.
        seq: Number of the next frame.
    """

    response_id: str
    commit_event_id: str | None
    framer: Framer
    state: ResponseState = ResponseState.SUBMITTED
    seq: int = 0


class Responses:
    """All responses of one context that are not over, oldest first.

    Args:
        audio: Format of the session's audio.
        ids: Where ids of responses and events come from.
        stream_id: The context's stream of speech; None is the connection's own.
    """

    def __init__(self, audio: AudioFormat, ids: Ids, stream_id: str | None) -> None:
        self._audio = audio
        self._ids = ids
        self._stream_id = stream_id
        self._by_id: dict[str, Response] = {}

    def state(self, response_id: str) -> ResponseState | None:
        """Tell where a response stands; None when it has ended, or never was."""
        response = self._by_id.get(response_id)
        return None if response is None else response.state

    def new(self, commit_event_id: str | None) -> str:
        """Remember a response whose admission is being asked for, and return its id."""
        response_id = self._ids.response()
        self._by_id[response_id] = Response(response_id, commit_event_id, Framer(self._audio.frame_samples))
        return response_id

    def handle(self, given: OfResponse, now: float) -> list[Effect]:
        """Answer an input that concerns one of them, by ``RESPONSE_TABLE``.

        Raises:
            LocalProtocolError: The input does not fit the response's state, or there is no such response.
        """
        name = type(given).__name__
        response = self._by_id.get(given.response_id)
        if response is None:
            raise LocalProtocolError(f"{name}: there is no response {given.response_id}")
        rule = RESPONSE_TABLE.get((response.state, type(given)))
        if rule is None:
            raise LocalProtocolError(f"{name}: the response {given.response_id} is {response.state.value}")
        return rule.apply(self, given, now)

    def cancel(self, event_id: str | None, response_id: str | None = None) -> list[Effect]:
        """Cancel the response of that id, or all, where its end has not left, and tell the client at once."""
        stopped = [
            response
            for response in self._by_id.values()
            if response.state in _HEARD and response_id in {None, response.response_id}
        ]
        if not stopped:
            return []
        n_heard = sum(response.state in _HEARD for response in self._by_id.values())
        told = (ev.ResponseCancelled(self._ids.event(), one.response_id, event_id) for one in stopped)
        effects = [SendInstead(tuple(told)), *(effect for one in stopped for effect in self._stop(one))]
        if len(stopped) < n_heard:
            return effects
        # Where nothing else is to be heard it is an interruption: what has left already is not heard either.
        return [*effects, CutPlayout(self._stream_id)]

    def abandon(self) -> list[Effect]:
        """Cancel all, with nobody left to tell."""
        return [effect for response in list(self._by_id.values()) for effect in self._stop(response)]

    def _stop(self, response: Response) -> list[Effect]:
        """Have the engine let go of a response, and forget one that it has let go of."""
        if response.state is ResponseState.LIVE:
            response.state = ResponseState.CANCELLED
            return [Cancel(response.response_id)]
        if response.state is ResponseState.ENDING:
            del self._by_id[response.response_id]
        return []

    # --- rules ----------------------------------------------------------------------------------------------

    def _announce(self, given: Admitted, now: float) -> list[Effect]:
        """Tell the client what its commit has become."""
        response = self._by_id[given.response_id]
        response.state = ResponseState.LIVE
        return [
            Send(ev.TextCommitted(self._ids.event(), response.response_id, response.commit_event_id)),
            Send(ev.ResponseCreated(self._ids.event(), response.response_id)),
        ]

    def _refuse(self, given: Refused, now: float) -> list[Effect]:
        """Forget the response and tell the client why."""
        response = self._by_id.pop(given.response_id)
        return [Send(error_event(self._ids.event(), given.error, response.commit_event_id))]

    def _send_audio(self, given: Produced, now: float) -> list[Effect]:
        """Send the frames that are complete."""
        response = self._by_id[given.response_id]
        return [self._frame(response, frame) for frame in response.framer.push(given.made.pcm)]

    def _finish(self, given: Finished, now: float) -> list[Effect]:
        """Send the rest of the audio, and that it was all."""
        response = self._by_id[given.response_id]
        response.state = ResponseState.ENDING
        rest = response.framer.flush()
        last = [] if rest is None else [self._frame(response, rest)]
        duration_ms = round(response.framer.n_samples * 1000 / self._audio.rate_hz, 3)
        return [*last, Send(ev.AudioDone(self._ids.event(), response.response_id, duration_ms))]

    def _fail(self, given: Failed, now: float) -> list[Effect]:
        """Tell the client that it failed; the session stays usable."""
        response = self._by_id[given.response_id]
        response.state = ResponseState.ENDING
        detail = error_detail(given.error)
        return [Send(ev.ResponseFailed(self._ids.event(), response.response_id, detail))]

    def _drop(self, given: Produced, now: float) -> list[Effect]:
        """Drop it: the client was told that no more comes."""
        return []

    def _forget(self, given: Left | Finished | Failed | Released, now: float) -> list[Effect]:
        """Forget the response: the client was told."""
        del self._by_id[given.response_id]
        return []

    def _frame(self, response: Response, pcm: bytes) -> Send:
        seq = response.seq
        response.seq = seq + 1
        return Send(ev.AudioDelta(self._ids.event(), response.response_id, seq, pcm))


_RULES: Mapping[ResponseState, tuple[Rule[Responses], ...]] = {
    ResponseState.SUBMITTED: (
        on(Admitted, Responses._announce),
        on(Refused, Responses._refuse),
    ),
    ResponseState.LIVE: (
        on(Produced, Responses._send_audio),
        on(Finished, Responses._finish),
        on(Failed, Responses._fail),
    ),
    ResponseState.ENDING: (on(Left, Responses._forget),),
    ResponseState.CANCELLED: (
        on(Produced, Responses._drop),
        on(Finished, Responses._forget),
        on(Failed, Responses._forget),
        on(Released, Responses._forget),
    ),
}

RESPONSE_TABLE: Mapping[tuple[ResponseState, type[object]], Rule[Responses]] = {
    (state, rule.kind): rule for state, rules in _RULES.items() for rule in rules
}
"""What is done with each input in each state; a pair that is missing is a mistake of the driver's."""
