"""A server's own figures, and what it costs to speak when nobody else is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from tts_server.bench.engine_model import Observation
from tts_server.bench.player import PacedListener
from tts_server.bench.process import RunningServer
from tts_server.errors import ConnectionLostError

SETTLE_S: Final = 10.0
"""Longest wait for an engine to let go of what was cancelled."""

LOOK_EVERY_S: Final = 0.05


async def read_metrics(socket_path: str) -> dict[str, float]:
    """Read ``/metrics`` from the server's Unix socket: each sample by its name, with its labels.

    Raises:
        ConnectionLostError: The answer is not the page.
    """
    reader, writer = await asyncio.open_unix_connection(socket_path)
    try:
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await writer.drain()
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    finally:
        writer.close()
    if " 200 " not in head.partition("\r\n")[0]:
        raise ConnectionLostError(f"the server did not show its metrics: {head.partition(chr(13))[0]}")
    samples = (line.rpartition(" ") for line in body.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


async def settled_metrics(socket_path: str) -> dict[str, float]:
    """Read ``/metrics`` once the engine holds nothing any more.

    Raises:
        ConnectionLostError: It still holds something after ``SETTLE_S``.
    """
    for _ in range(round(SETTLE_S / LOOK_EVERY_S)):
        metrics = await read_metrics(socket_path)
        if not metrics["tts_queue_depth"]:
            return metrics
        await asyncio.sleep(LOOK_EVERY_S)
    raise ConnectionLostError(f"the engine is still busy {SETTLE_S:.0f} s after the last listener has left")


async def observe(
    server: RunningServer, sentences: Sequence[str], *, voice: str | None = None, repeats: int = 1
) -> list[Observation]:
    """Have each sentence spoken alone, and note what it cost.

    Args:
        server: A server with nothing else to do.
        sentences: What to speak.
        voice: Voice, or the server's default.
        repeats: How often.

    Raises:
        ConnectionLostError: The server did not speak.
    """
    listener = await PacedListener.open(server.socket_path)
    observations = []
    try:
        for sentence in [*sentences] * repeats:
            before = await settled_metrics(server.socket_path)
            turn = await listener.speak(sentence, voice=voice, paced=False)
            after = await settled_metrics(server.socket_path)
            if turn.first_audio_s is None:
                raise ConnectionLostError("the server spoke no audio")
            work_s = after["tts_work_seconds_total"] - before["tts_work_seconds_total"]
            observations.append(Observation(len(sentence), turn.first_audio_s, turn.audio_s, work_s))
    finally:
        await listener.aclose()
    return observations
