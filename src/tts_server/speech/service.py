"""What a session knows of the server that it runs in."""

from __future__ import annotations

from dataclasses import dataclass

from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities, Voice


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """The loaded backend, as every session of a server sees it."""

    backend: BackendInfo
    audio: AudioFormat
    capabilities: Capabilities

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The voices that a client may ask for; empty where the backend has none or cannot list them."""
        listed = self.capabilities.voices or ()
        return tuple(voice for voice in listed if self.speaks(voice))

    def speaks(self, voice: Voice) -> bool:
        """Tell whether this installation speaks a voice's own language; one of no language counts."""
        return not voice.language or voice.language in self.capabilities.languages
