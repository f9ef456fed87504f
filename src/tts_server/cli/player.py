"""Playing audio with whatever program is at hand."""

from __future__ import annotations

import shutil
import subprocess
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

from tts_server.audio.wav import WavWriter
from tts_server.cli.sinks import OutputError, Sink, stream_wav
from tts_server.errors import ConfigError
from tts_server.files.owned import temporary_file

if TYPE_CHECKING:
    from collections.abc import Callable


class Player(Sink):
    """A program that plays what it reads from its standard input.

    Args:
        command: The program and its arguments; ``{rate}`` stands for the sample rate.
        takes_wav: Whether it wants a WAV stream rather than bare samples.
        takes_file: Whether it plays only files, whose path is then the last argument.
    """

    def __init__(
        self, command: tuple[str, ...], *, takes_wav: bool = False, takes_file: bool = False
    ) -> None:
        self._command = command
        self._takes_wav = takes_wav
        self._takes_file = takes_file
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """What the program is called."""
        return self._command[0]

    @property
    def description(self) -> str:
        """The program's name."""
        return f"played with {self._command[0]}"

    def check(self) -> None:
        """Nothing to find out: the program was found when this was made."""

    def _abort(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def _write_all(self, rate_hz: int, parts: Callable[[], bytes | None]) -> None:
        command = [argument.format(rate=rate_hz) for argument in self._command]
        if not self._takes_file:
            self._play(command, rate_hz, parts)
            return
        with temporary_file(".wav") as file:
            with WavWriter(cast("BinaryIO", file), rate_hz) as wav:
                while (pcm := parts()) is not None:
                    wav.write(pcm)
            if not self._is_discarded:
                self._play([*command, file.name], rate_hz, lambda: None)

    def _play(self, command: list[str], rate_hz: int, parts: Callable[[], bytes | None]) -> None:
        with subprocess.Popen(  # noqa: S603 - one of the players below, found on the search path
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            self._process = process
            if self._is_discarded:
                process.terminate()
            try:
                if process.stdin is not None and not self._takes_file:
                    self._feed(process.stdin, rate_hz, parts)
            except BrokenPipeError:
                # The player has ended; its status says whether that was in order.
                process.poll()
            status = process.wait()
        if status and not self._is_discarded:
            raise OutputError(f"{command[0]} could not play the audio (status {status})")

    def _feed(self, stream: IO[bytes], rate_hz: int, parts: Callable[[], bytes | None]) -> None:
        with stream:
            if self._takes_wav:
                stream_wav(stream, rate_hz, parts)
                return
            while (pcm := parts()) is not None:
                stream.write(pcm)
                stream.flush()


PLAYERS: Final[tuple[Player, ...]] = (
    Player(("pw-play", "--rate", "{rate}", "--channels", "1", "--format", "s16", "-")),
    Player(("paplay", "--raw", "--format=s16le", "--rate={rate}", "--channels=1")),
    Player(("aplay", "-q", "-t", "raw", "-f", "S16_LE", "-r", "{rate}", "-c", "1", "-")),
    Player(("ffplay", "-nodisp", "-autoexit", "-loglevel", "error", "-i", "pipe:0"), takes_wav=True),
    Player(("afplay",), takes_file=True),
    Player(("play", "-q", "-t", "wav", "-"), takes_wav=True),
)


def find_player() -> Player:
    """The first player that is at hand.

    Raises:
        ConfigError: There is none.
    """
    for player in PLAYERS:
        if shutil.which(player.name) is not None:
            return player
    names = ", ".join(player.name for player in PLAYERS)
    raise ConfigError(f"no player is at hand (looked for {names}); write a file with -o FILE.wav")
