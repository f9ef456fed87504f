"""Cores, what they are told, and what they want, for tests."""

from __future__ import annotations

from tts_server.client import effects as fx
from tts_server.client import inputs as inp
from tts_server.client.core import ClientCore
from tts_server.errors import ConnectionLostError
from tts_server.protocol import events as ev
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities

RATE_HZ = 1000
HELLO = ev.Hello(
    "evt_1",
    BackendInfo("fake", "fake"),
    AudioFormat(RATE_HZ),
    Capabilities(True, ("en",), 0),
    max_text_chars=20,
)
CUT = inp.Lost(ConnectionLostError("the cable was cut"))


def make_core(silence_s: float | None = None) -> ClientCore:
    core = ClientCore("the server", silence_s)
    core.handle(inp.Connected(HELLO), 0.0)
    return core


def sent(effects: list[fx.Effect]) -> list[ev.ClientEvent]:
    return [effect.event for effect in effects if isinstance(effect, fx.Send)]


def fails(effects: list[fx.Effect]) -> dict[int, str]:
    return {effect.call: str(effect.error) for effect in effects if isinstance(effect, fx.Fail)}


def commit(core: ClientCore, call: int = 9, listens: bool = True, timeout_s: float | None = None) -> str:
    """Ask for a commit; returns its event's id."""
    event_id = core.next_id()
    core.handle(inp.Commit(call, ev.CommitText(event_id), listens, timeout_s), 0.0)
    return event_id


def accepted(event_id: str, response_id: str = "r") -> inp.Received:
    return inp.Received(ev.TextCommitted("e", response_id, event_id))


def refused(event_id: str | None, code: str = "busy") -> inp.Received:
    return inp.Received(ev.ErrorOccurred("e", ev.ErrorDetail("server_error", code, code), event_id))


def delta(seq: int, n_samples: int = 20, response_id: str = "r") -> inp.Received:
    return inp.Received(ev.AudioDelta("e", response_id, seq, b"\0\0" * n_samples))


def status(event: ev.ClientEvent, queue_depth: int = 1) -> inp.Received:
    answer = ev.ServerStatus(
        "e", "s", HELLO.backend, HELLO.audio, queue_depth, 0, (), 0, 1.0, 1, previous_event_id=event.event_id
    )
    return inp.Received(answer)


DONE = inp.Received(ev.AudioDone("e", "r", 20.0))
CANCELLED = inp.Received(ev.ResponseCancelled("e", "r"))
FAILED = inp.Received(ev.ResponseFailed("e", "r", ev.ErrorDetail("server_error", "backend_error", "no")))
