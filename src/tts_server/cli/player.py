"""Playing audio with whatever program is at hand."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
import weakref
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

from tts_server.audio.wav import WavWriter
from tts_server.cli.sinks import OutputError, Sink, stream_wav
from tts_server.cli.streams import DescriptorWriter
from tts_server.errors import ConfigError
from tts_server.files.owned import temporary_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TRIAL_S: Final = 2.0
"""A player that fails within so long has not been heard: it found no sound server, or no device."""

MAX_KEPT_BYTES: Final = 8 << 20
"""Audio that is kept for the next player meanwhile; who has swallowed more was not merely looking."""

CLOSED_S: Final = 5.0
"""How long a player may go on that takes no more audio."""

KILL_S: Final = 1.0
"""How long a player may take to end when it is asked to."""

MAX_WORDS_BYTES: Final = 4096
MAX_WORDS_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Program:
    """A program that plays what it reads from its standard input.

    Args:
        command: The program and its arguments; ``{rate}`` stands for the sample rate.
        takes_wav: Whether it wants a WAV stream rather than bare samples.
        takes_file: Whether it plays only files, whose path is then the last argument.
    """

    command: tuple[str, ...]
    takes_wav: bool = False
    takes_file: bool = False

    @property
    def name(self) -> str:
        """What the program is called."""
        return self.command[0]


PLAYERS: Final[tuple[Program, ...]] = (
    Program(("pw-play", "--rate", "{rate}", "--channels", "1", "--format", "s16", "-")),
    Program(("paplay", "--raw", "--format=s16le", "--rate={rate}", "--channels=1")),
    Program(("aplay", "-q", "-t", "raw", "-f", "S16_LE", "-r", "{rate}", "-c", "1", "-")),
    Program(("ffplay", "-nodisp", "-autoexit", "-loglevel", "error", "-i", "pipe:0"), takes_wav=True),
    Program(("afplay",), takes_file=True),
    Program(("play", "-q", "-t", "wav", "-"), takes_wav=True),
)


def find_player() -> Player:
    """The players that are at hand, the first of which that can plays.

    Raises:
        ConfigError: There is none.
    """
    found = [program for program in PLAYERS if shutil.which(program.name) is not None]
    if not found:
        names = ", ".join(program.name for program in PLAYERS)
        raise ConfigError(f"no player is at hand (looked for {names}); write a file with -o FILE.wav")
    return Player(found)


class Player(Sink):
    """Plays with one of several programs: the next one has its turn where one fails before it was heard.

    Args:
        programs: The programs, best first.
    """

    def __init__(self, programs: Sequence[Program]) -> None:
        super().__init__()
        self._programs = programs
        self._name = programs[0].name
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def description(self) -> str:
        """The name of the program that played."""
        return f"played with {self._name}"

    def check(self) -> None:
        """Nothing to find out: the programs were found when this was made."""

    def _abort(self) -> None:
        if self._process is not None:
            threading.Thread(target=_end, args=(self._process,), name="player-end", daemon=True).start()

    def _write_all(self, rate_hz: int, parts: Callable[[], bytes | None]) -> None:
        source = _Source(parts)
        failures: list[str] = []
        for program in self._programs:
            self._name = program.name
            source.rewind()
            failure = self._play(program, rate_hz, source)
            if failure is None or self._is_discarded:
                return
            failures.append(f"{program.name} could not play the audio ({failure})")
            if not source.is_whole:
                break
        raise OutputError("; ".join(failures))

    def _play(self, program: Program, rate_hz: int, source: _Source) -> str | None:
        """Play with one program; returns what went wrong with it, if anything did."""
        command = [argument.format(rate=rate_hz) for argument in program.command]
        if not program.takes_file:
            return self._run_program(program, command, rate_hz, source)
        with temporary_file(".wav") as file:
            with WavWriter(cast("BinaryIO", file), rate_hz) as wav:
                while (pcm := source.next()) is not None:
                    wav.write(pcm)
            if self._is_discarded:
                return None
            return self._run_program(program, [*command, file.name], rate_hz, source)

    def _run_program(self, program: Program, command: list[str], rate_hz: int, source: _Source) -> str | None:
        try:
            process = subprocess.Popen(  # noqa: S603 - one of the players above, found on the search path
                command,
                bufsize=0,
                stdin=subprocess.DEVNULL if program.takes_file else subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            return f"cannot be run: {error.strerror}"
        # For an end that does not wait for this thread.
        killing = weakref.finalize(self, process.kill)
        words = _Words(process.stderr)
        source.begin_trial(words)
        try:
            self._process = process
            if self._is_discarded:
                self._abort()
            was_taken = process.stdin is None or self._feed(program, process.stdin, rate_hz, source)
            if not was_taken:
                _wait_or_end(process, CLOSED_S)
            status = process.wait()
        except BaseException:
            _wait_or_end(process, 0.0)
            raise
        finally:
            killing.detach()
        return None if status == 0 and was_taken else _failure(status, words.last())

    def _feed(self, program: Program, stream: IO[bytes], rate_hz: int, source: _Source) -> bool:
        """Give a program everything; returns whether it took it."""
        writer = DescriptorWriter(stream.fileno(), program.name)
        try:
            if program.takes_wav:
                stream_wav(writer, rate_hz, source.next)
            else:
                while (pcm := source.next()) is not None:
                    writer.write(pcm)
        except BrokenPipeError:
            return False
        finally:
            stream.close()
        return True


class _Source:
    """Audio that can be had again from its beginning, as long as the program that takes it is on trial."""

    def __init__(self, parts: Callable[[], bytes | None]) -> None:
        self._parts = parts
        self._kept: list[bytes | None] = []
        self._n_kept = 0
        self._position = 0
        self._words: _Words | None = None
        self._first_s: float | None = None
        self._was_dropped = False

    @property
    def is_whole(self) -> bool:
        """Whether it can be had again: the program had no time to be heard, or has none."""
        if self._was_dropped or self._n_kept > MAX_KEPT_BYTES:
            return False
        if self._words is None or self._first_s is None:
            return True
        return (self._words.ended_s or time.monotonic()) - self._first_s <= TRIAL_S

    def begin_trial(self, words: _Words) -> None:
        """A program has started; its trial runs from now, or from the first audio that is given to it."""
        self._words = words
        self._first_s = time.monotonic() if self._position else None

    def rewind(self) -> None:
        """Begin again."""
        self._position = 0
        self._words = None

    def next(self) -> bytes | None:
        """The next part, None at the end."""
        if self._position < len(self._kept):
            part = self._kept[self._position]
        elif self._kept and self._kept[-1] is None:
            return None
        else:
            part = self._parts()
            if self.is_whole:
                self._kept.append(part)
                self._n_kept += len(part or b"")
            else:
                self._was_dropped = True
                self._kept.clear()
                return part
        self._position += 1
        if self._first_s is None:
            self._first_s = time.monotonic()
        return part


class _Words:
    """What a program says on its standard error, read on a thread so that it never waits for us."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self.ended_s: float | None = None
        self._tail = b""
        self._thread = threading.Thread(target=self._read, args=(stream,), name="player-words", daemon=True)
        self._thread.start()

    def last(self) -> str:
        """The last of it, on one line. For after the program's end."""
        # Not for ever: a child of the program may hold its standard error open.
        self._thread.join(KILL_S)
        text = " ".join(self._tail.decode("utf-8", "replace").split())
        return text if len(text) <= MAX_WORDS_CHARS else f"…{text[-MAX_WORDS_CHARS:]}"

    def _read(self, stream: IO[bytes] | None) -> None:
        if stream is not None:
            with stream:
                while part := stream.read(MAX_WORDS_BYTES):
                    self._tail = (self._tail + part)[-MAX_WORDS_BYTES:]
        self.ended_s = time.monotonic()


def _failure(status: int, words: str) -> str:
    if status < 0:
        what = f"ended by signal {-status}"
    else:
        what = f"status {status}" if status else "it ended before the audio did"
    return f"{what}: {words}" if words else what


def _wait_or_end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for a player that takes no more, for so long; then end it."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a player that may not want to."""
    process.terminate()
    try:
        process.wait(KILL_S)
    except subprocess.TimeoutExpired:
        process.kill()
