"""A server for one command alone, in this process, on a private socket."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from tts_server.backends.registry import require_backend
from tts_server.cli.ending import do_not_wait_for
from tts_server.cli.output import tell
from tts_server.cli.progress import Progress
from tts_server.config.server import private_server_config
from tts_server.endpoint import MAX_SOCKET_PATH_BYTES
from tts_server.errors import ConnectFailedError
from tts_server.files.owned import TemporaryFolder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tts_server.endpoint import Endpoint

SOCKET_NAME = "tts.sock"


@contextlib.asynccontextmanager
async def own_server(flags: Mapping[str, Any]) -> AsyncIterator[Endpoint]:
    """Run a server until the block is left; nothing of it stays behind.

    Args:
        flags: Flags that choose the backend and its options.

    Yields:
        Where it listens: a socket in a folder that only this user can open.

    Raises:
        ConfigError: The backend or an option is not accepted, or a package is missing.
        ModelError: The model cannot be loaded.
    """
    from tts_server.server.app import Server  # noqa: PLC0415 - most calls find a running server

    making = asyncio.create_task(asyncio.to_thread(_make_folder))
    try:
        await asyncio.shield(making)
        progress = Progress()
        config = private_server_config(str(making.result().path / SOCKET_NAME), flags)
        name = (await asyncio.to_thread(require_backend, config.backend)).name
        server = Server(config, progress=progress)
        do_not_wait_for(lambda: server.is_engine_running)
        tell(f"starting a server for this text, with the {name} backend")
        try:
            await server.__aenter__()
        finally:
            progress.finish()
        try:
            yield server.endpoint
        finally:
            await server.aclose()
    finally:
        # Also when we were called off while the folder was being made.
        await asyncio.to_thread((await making).remove)


def is_nobody_there(error: ConnectFailedError) -> bool:
    """Whether a connection failed because no server listens, rather than because one said no."""
    return isinstance(error.__cause__, FileNotFoundError | ConnectionRefusedError | NotADirectoryError)


def _make_folder() -> TemporaryFolder:
    """A folder whose path leaves room for a socket's name."""
    return TemporaryFolder("tts-say-", max_path_bytes=MAX_SOCKET_PATH_BYTES - 1 - len(SOCKET_NAME))
