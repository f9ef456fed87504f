"""A message that is refused is let go of at once: it may be a megabyte, and the collector comes late."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from tests.doors.stream.test_driver import client_in_memory
from tests.server.harness import running_server

from tts_server.errors import RemoteProtocolError


@pytest.mark.parametrize("message", ["[", '{"a":1,"a":1}', '{"type":"session.update","voice":"nobody"}'])
async def test_a_refused_message_is_let_go_of_at_once(message: str, short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_in_memory(server) as client:
        await client.until("server.hello")
        gc.collect()
        gc.disable()
        try:
            for _ in range(5):
                client.end.write([message])
                await client.until("error")
            kept = [thing for thing in gc.get_objects() if isinstance(thing, RemoteProtocolError)]
        finally:
            gc.enable()
        assert kept == []
