"""How much one client may ask for, and all that it may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit that a client can run into, and all that one connection may cost, in one place."""

    max_text_chars: int = 2000
    max_inflight: int = 1
    """Responses admitted and not yet ended, per connection."""
    max_admitted: int = 32
    """Responses admitted and not yet released by the engine, in all; those whose readers take less than real
    time are not counted."""
    max_unsent_bytes: int = 1 << 20
    """Bytes waiting to be sent on one connection, above which its synthesis pauses."""
    max_unsent_total_bytes: int = 12 << 20
    """The same for all connections together; where many readers are behind, each has an equal part of it."""
    send_stall_s: float = 5.0
    """A reader that accepts nothing for so long while audio waits is dropped."""
    drain_s: float = 10.0
    """Longest wait for responses in progress at ``session.close`` and at shutdown."""
    max_message_bytes: int = 256 * 1024
    max_connections: int = 64
    max_unread_bytes: int = 256 * 1024
    """Bytes of answers, pongs included, that wait for one client; above it nothing more is read from it."""
    max_inbound_bytes: int = 8 << 20
    """Bytes of messages that have begun to come and were not handled, on all connections; above it the
    connection that has sent most of them is dropped."""
    turn_bytes: int = 2048
    """Bytes taken from one connection before the others get their turn."""
    cpu_share: float = 0.5
    """Part of one core that clients who ask for more than their share get together."""
    max_handshakes: int = 256
    """Connections that have not said what they want; one more takes the place of the oldest."""
    silent_s: float = 3.0
    """Where all connections are in use, one that has said nothing for so long makes room for another."""
    idle_s: float = 600.0
    """The same for one that has said something, once nothing of it is in progress."""
