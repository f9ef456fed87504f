"""Every setting of a client, and where each came from; nothing of a server's is loaded for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tts_server.config import addresses, tokens
from tts_server.config.environment import all_sources
from tts_server.config.sources import Flags, Found, Setting, Sources
from tts_server.endpoint import DEFAULT_HOST, DEFAULT_PORT, Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

NOWHERE: Final = Endpoint.tcp(DEFAULT_HOST, DEFAULT_PORT)
UNKNOWN: Final = addresses.ClientAddress(NOWHERE, "refused")
"""Both stand for an address that was refused, where problems are collected."""


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """Everything that a client needs to reach a server.

    Args:
        endpoint: Where to connect.
        auth_token: Bearer token to send; None sends none.
        is_explicit: Whether the endpoint was chosen by a flag or a variable, rather than being the default.
        settings: Each value with its source, for people to read.
        notes: What was found while the settings were read, for people to read.
    """

    endpoint: Endpoint
    auth_token: str | None = field(default=None, repr=False)
    is_explicit: bool = True
    settings: tuple[Setting, ...] = field(default=(), compare=False, repr=False)
    notes: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Lines for the person at the keyboard about settings that work and are not safe, and ``notes``."""
        if self.auth_token is None or self.endpoint.is_local or self.endpoint.is_encrypted:
            return self.notes
        clear = f"the token goes to {self.endpoint} in the clear: anybody on the way can read it; use wss://"
        return (*self.notes, clear)


def client_config(
    flags: Flags | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    dotenv_folder: str | None = None,
    problems: list[str] | None = None,
) -> ClientConfig:
    """Build a client's configuration from flags, the environment and, where asked, ``.env``.

    Flags: ``uri socket_path host port auth_token_file``. A token that this user gave, by a flag or by
    exporting it, does not go to an address that ``.env`` gave, wholly or in part: that file comes with the
    working folder, and may be anybody's.

    Args:
        flags: Values of flags; None or absent means not given.
        environ: The environment; the process's own by default.
        dotenv_folder: Folder whose ``.env`` is honoured when python-dotenv is installed; None reads none.
        problems: Takes the message of each setting that is refused, whose default then holds; None raises
            it.

    Raises:
        ConfigError: A value is not accepted.
        EndpointError: The address cannot be used.
    """
    sources = all_sources(flags, environ, dotenv_folder, problems)
    address = sources.attempt("endpoint", lambda: addresses.client_address(sources), UNKNOWN)
    notes: list[str] = []
    found = sources.attempt("auth_token", lambda: _client_token(sources, address, notes), None)
    return ClientConfig(
        endpoint=address.endpoint,
        auth_token=None if found is None else found.value,
        is_explicit=address.is_explicit,
        settings=tuple(sources.settings),
        notes=tuple(notes),
    )


def is_address_given(
    flags: Flags, *, environ: Mapping[str, str] | None = None, dotenv_folder: str | None = None
) -> bool:
    """Whether a flag or a variable says where the server is, rather than leaving it to the default."""
    sources = all_sources(flags, environ, dotenv_folder)
    return addresses.is_address_given(sources)


def _client_token(sources: Sources, address: addresses.ClientAddress, notes: list[str]) -> Found | None:
    """The token to send to an address; why one is not sent goes into the notes."""
    found = tokens.find_token(sources, "TTS_WS_TOKEN")
    if found is None and sources.exported.get("TTS_WS_TOKEN") == "":
        notes.append("TTS_WS_TOKEN is set and empty: no token is sent")
    if found is not None and found.is_own and not address.is_own:
        notes.append(
            f"the token of {found.source} is not sent: the address {str(address.endpoint)!r} comes from .env "
            f"({address.source}); give the address by a flag or export it, or put the token into .env too"
        )
        tokens.record_token(sources, found, "set, and not sent to an address from .env")
        return None
    tokens.record_token(sources, found)
    return found
