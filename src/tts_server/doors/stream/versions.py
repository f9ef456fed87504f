"""Which versions of the protocol a connection may speak, and what each comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tts_server.protocol import v01
from tts_server.protocol.dialect import ServerDialect
from tts_server.session.terms import Terms


@dataclass(frozen=True, slots=True)
class Version:
    """One version.

    Args:
        dialect: How events are read and written.
        terms: What a session may do in it.
    """

    dialect: ServerDialect
    terms: Terms


V01: Final = Version(v01.SERVER, Terms(protocol_version=v01.SERVER.version))

VERSIONS: Final = (V01,)
"""The preferred one first."""

SUBPROTOCOLS: Final = tuple(
    version.dialect.subprotocol for version in VERSIONS if version.dialect.subprotocol is not None
)
"""Names by which a client may ask for a version."""


def version_of(subprotocol: str | None) -> Version:
    """Find the version that goes by a name; who named none, or none that is known, speaks 0.1."""
    return next((version for version in VERSIONS if version.dialect.subprotocol == subprotocol), V01)
