"""The ``kokoro-onnx`` package as a process to compare with, on the same model file and the same voices."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts_server.bench.process import killed_at_exit, temporary_folder
from tts_server.errors import ConfigError
from tts_server.files.owned import create_file

_WORKER = Path(__file__).with_name("kokoro_onnx_worker.py")


@dataclass(frozen=True, slots=True)
class PeerResult:
    """One text, spoken whole.

    Args:
        work_s: From the text to the last sample, G2P included; nothing is heard before.
        audio_s: Length of the audio.
        lead_in_s: Silence before its first audible sample.
        peak_resident_bytes: Of the process, so far.
    """

    work_s: float
    audio_s: float
    lead_in_s: float
    peak_resident_bytes: int

    @property
    def first_audible_s(self) -> float:
        """When the listener hears the first sound: the whole was needed first."""
        return self.work_s + self.lead_in_s


class Peer:
    """The running worker."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def speak(self, text: str, voice: str, language: str = "en-us") -> PeerResult:
        """Have a text spoken, and wait for it."""
        answer = await self._ask({"text": text, "voice": voice, "language": language})
        return PeerResult(
            work_s=answer["work_s"],
            audio_s=answer["n_samples"] / answer["rate_hz"],
            lead_in_s=answer["lead_in_s"],
            peak_resident_bytes=answer["peak_resident_bytes"],
        )

    async def ready(self) -> None:
        """Wait until the model is loaded."""
        await self._read()

    async def _ask(self, request: dict[str, str]) -> dict[str, Any]:
        if self._process.stdin is None:
            raise ConfigError("the kokoro-onnx process has no standard input")
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        await self._process.stdin.drain()
        return await self._read()

    async def _read(self) -> dict[str, Any]:
        line = await self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise ConfigError("the kokoro-onnx process ended; its message is above")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.asynccontextmanager
async def running_peer(python: str, voices: tuple[str, ...], threads: int) -> AsyncIterator[Peer]:
    """Run kokoro-onnx under ``python``, with the installed int8 file and ``voices``.

    Raises:
        ConfigError: That interpreter cannot run it.
    """
    async with temporary_folder("tts-peer-") as folder:
        model, styles = await asyncio.to_thread(_write_inputs, folder, voices)
        process = await asyncio.create_subprocess_exec(
            python,
            str(_WORKER),
            str(model),
            str(styles),
            str(threads),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        peer = Peer(process)
        with killed_at_exit(process):
            try:
                await peer.ready()
                yield peer
            finally:
                if process.stdin is not None:
                    process.stdin.close()
                await process.wait()


def _write_inputs(folder: Path, voices: tuple[str, ...]) -> tuple[Path, Path]:
    """Write the model file and the voices where kokoro-onnx can read them."""
    import numpy as np  # noqa: PLC0415 - needs the kokoro extra

    from tts_server.backends.kokoro.layout import STYLE_SIZE  # noqa: PLC0415
    from tts_server.backends.kokoro.prepare.weights import resolve  # noqa: PLC0415
    from tts_server.backends.kokoro.voices import load_voices  # noqa: PLC0415

    model, styles = folder / "kokoro.onnx", folder / "voices.npz"
    with create_file(model) as file:
        file.write(resolve().read())
    table = load_voices()
    with create_file(styles) as file:
        np.savez(
            file, allow_pickle=False, **{name: table.rows(name).reshape(-1, 1, STYLE_SIZE) for name in voices}
        )
    return model, styles
