"""The longer answers of a session: what it says of itself and of the server."""

from __future__ import annotations

from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.session.inputs import Reported
from tts_server.session.terms import Terms
from tts_server.speech.choices import Choices, resolve
from tts_server.speech.service import ServiceInfo


def hello(event_id: str, service: ServiceInfo, limits: Limits, terms: Terms) -> ev.Hello:
    """Greet a client."""
    return ev.Hello(
        event_id,
        backend=service.backend,
        audio=service.audio,
        capabilities=service.capabilities,
        max_text_chars=limits.max_text_chars,
        protocol_version=terms.protocol_version,
    )


def session_state(session_id: str, service: ServiceInfo, choices: Choices) -> ev.SessionState:
    """Tell what a session is set to."""
    voice, language = resolve(choices, service)
    return ev.SessionState(
        id=session_id,
        voice=voice,
        model=service.backend.model,
        language=language,
        extras=choices.extras,
        audio_format=service.audio.format,
    )


def status(
    event_id: str, session_id: str, service: ServiceInfo, n_buffered_chars: int, given: Reported
) -> ev.ServerStatus:
    """Tell how the server is."""
    return ev.ServerStatus(
        event_id,
        session_id=session_id,
        backend=service.backend,
        audio=service.audio,
        queue_depth=given.queue_depth,
        voice_count=service.capabilities.voice_count,
        voices=tuple(voice.name for voice in service.voices),
        buffered_chars=n_buffered_chars,
        uptime_seconds=round(given.uptime_s, 3),
        pid=given.pid,
        previous_event_id=given.previous_event_id,
    )
