"""What the clients' tests say, and how they listen."""

from __future__ import annotations

from collections.abc import AsyncIterator

RATE_HZ = 24000
CHAR_SAMPLES = RATE_HZ * 60 // 1000
"""What the tone backend makes of a character."""

PARAGRAPH = "This is a sentence of exactly ten words, give or take. " * 30


async def collect(stream: AsyncIterator[bytes]) -> bytes:
    """Listen to the end."""
    return b"".join([pcm async for pcm in stream])
