"""Machines and services for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.session.effects import Effect, Send, SendInstead, Submit
from tts_server.session.inputs import Admitted, Opened, Produced, Received
from tts_server.session.machine import SessionMachine
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities, ExtraSpec, Voice
from tts_server.speech.made import Made
from tts_server.speech.service import ServiceInfo

T = TypeVar("T")

VOICES = (
    Voice("amy", "en", "en-us"),
    Voice("bob", "en", "en-gb"),
    Voice("fleur", "fr"),
    Voice("jun", "ja"),
    Voice("hum", ""),
)
EXTRAS = {
    "speed": ExtraSpec("number", 0.5, 2.0),
    "steps": ExtraSpec("integer", minimum=1),
    "gain": ExtraSpec("number", maximum=6),
    "pitch": ExtraSpec("number"),
    "whisper": ExtraSpec("boolean"),
    "style": ExtraSpec("string", choices=("calm", "loud")),
    "note": ExtraSpec("string"),
    "free": ExtraSpec("any"),
}
RATE_HZ = 1000
"""Twenty samples a frame."""


def make_service(**changes: Any) -> ServiceInfo:
    values: dict[str, Any] = {
        "streaming": True,
        "languages": ("en", "fr"),
        "voice_count": 4,
        "voices": VOICES,
        "extras": EXTRAS,
        "default_voice": "amy",
        "default_language": "en",
        "refused_languages": {"ja": "its G2P packages are not installed"},
    }
    capabilities = Capabilities(**{**values, **changes})
    return ServiceInfo(BackendInfo("tone", "sine"), AudioFormat(RATE_HZ), capabilities)


def make_machine(*, opened: bool = True, service: ServiceInfo | None = None, **limits: Any) -> SessionMachine:
    machine = SessionMachine("sess_abcdefgh1234", service or make_service(), Limits(**limits))
    if opened:
        machine.handle(Opened(), 0.0)
    return machine


def submit(machine: SessionMachine, text: str = "Hello.", event_id: str | None = None) -> Submit:
    machine.handle(Received(ev.AppendText(text)), 0.0)
    effect = machine.handle(Received(ev.CommitText(event_id)), 0.0)[-1]
    assert isinstance(effect, Submit)
    return effect


def speak(machine: SessionMachine, text: str = "Hello.") -> str:
    """Have a response admitted, and return its id."""
    response_id = submit(machine, text).response_id
    machine.handle(Admitted(response_id), 0.0)
    return response_id


def events(effects: Sequence[Effect]) -> list[ev.ServerEvent]:
    """What is sent, in whichever way."""
    sent: list[ev.ServerEvent] = []
    for effect in effects:
        if isinstance(effect, Send):
            sent.append(effect.event)
        elif isinstance(effect, SendInstead):
            sent += effect.events
    return sent


def only(effects: Sequence[Effect], kind: type[T]) -> T:
    """The only event of the only effect, which must be of that kind."""
    assert len(effects) == 1
    effect = effects[0]
    assert isinstance(effect, Send)
    assert isinstance(effect.event, kind)
    return effect.event


def pcm(n_samples: int, value: int = 1) -> bytes:
    return value.to_bytes(2, "little") * n_samples


def produced(response_id: str, pcm: bytes) -> Produced:
    """What the engine's sound comes in as."""
    return Produced(response_id, Made(pcm, len(pcm) // 2, len(pcm) / 2 / RATE_HZ))
