"""The tasks of a connection, and what cannot be sent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.client.hostile import FRAME, playing
from tests.client.speech import collect
from tests.client.test_texts_apart import answer_all
from tests.tone_server import serving

from tts_server.client import TTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectionLostError


@pytest.mark.parametrize("name", ["tts-client-reader", "tts-client-writer"])
async def test_cancelled_task_of_the_connection_ends_it_for_everybody(name: str, endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        await client.status()
        (task,) = (task for task in asyncio.all_tasks() if task.get_name() == name)
        task.cancel()
        async with asyncio.timeout(5):
            for _ in range(2):
                with pytest.raises(ConnectionLostError, match=f"{name} of the connection was cancelled"):
                    await client.status()
        assert not client.is_connected


async def test_value_that_is_none_of_jsons_fails_its_call_alone(endpoint: Endpoint) -> None:
    async with playing(endpoint, answer_all) as peers, TTSClient(endpoint) as client:
        odd: dict[str, Any] = {"speed": object()}
        with pytest.raises(TypeError, match="not JSON serializable"):
            await client.update(extras=odd)
        await client.append("Never mind.")
        with pytest.raises(TypeError, match="not JSON serializable"):
            await client.commit(extras=odd)
        with pytest.raises(TypeError, match="not JSON serializable"):
            await collect(client.synthesize("Never mind.", extras=odd))
        assert await collect(client.synthesize("Good day.")) == FRAME
        assert peers[0].texts() == ["Good day."]
