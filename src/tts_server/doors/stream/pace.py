"""What a second of speech takes on the wire: limits are in bytes, and a listener's time is in seconds."""

from __future__ import annotations

from tts_server.protocol.dialect import ServerDialect
from tts_server.protocol.events import AudioDelta
from tts_server.speech.capabilities import AudioFormat


def wire_bytes_per_s(dialect: ServerDialect, rate_hz: int) -> float:
    """Measure it: encode a frame with ids as they are after some hours."""
    n_samples = AudioFormat(rate_hz).frame_samples
    frame = AudioDelta("evt_100000", "resp_abcdefgh_1000", 1000, bytes(2 * n_samples))
    return len(dialect.encode(frame)) * rate_hz / n_samples
