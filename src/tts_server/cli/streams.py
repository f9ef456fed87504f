"""Standard streams that can be used, whatever the program was started with.

A stream that was closed is opened on the null device, before anything else is opened: else the next file or
socket would get its descriptor, and what is printed would go there. Standard output and standard error are
then written by ``DescriptorWriter``, which also copes with a pipe that does not block, with a reader that has
gone, and with a locale that lacks a character.
"""

from __future__ import annotations

import codecs
import io
import os
import select
import sys
from typing import Any, BinaryIO, Final, TextIO, cast

STDIN: Final = 0
STDOUT: Final = 1
STDERR: Final = 2

_ERRORS: Final = "tts-server.plain"
_PLAIN: Final = {
    "…": "...",
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "×": "x",
}
"""What our own texts are written with, for a locale that lacks it."""

_closed: set[int] = set()


def prepare_standard_streams() -> None:
    """Make ``sys.stdin``, ``sys.stdout`` and ``sys.stderr`` usable; idempotent.

    Streams that somebody has put in place of the process's own are left alone.
    """
    _fill_closed_descriptors()
    codecs.register_error(_ERRORS, _plainly)
    if sys.stdin is None:
        sys.stdin = os.fdopen(_null(STDIN), encoding="utf-8", closefd=False)
    sys.stdout = _prepared(sys.stdout, sys.__stdout__, STDOUT)
    sys.stderr = _prepared(sys.stderr, sys.__stderr__, STDERR)


def was_closed(descriptor: int) -> bool:
    """Whether the program was started without this standard stream."""
    return descriptor in _closed


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of ``data``, and wait where the descriptor does not block.

    Raises:
        OSError: It cannot be written; a part of it may have been.
    """
    left = memoryview(data).cast("B")
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:
            poll = select.poll()
            poll.register(descriptor, select.POLLOUT)
            poll.poll()


class DescriptorWriter(io.RawIOBase):
    """Writes to a descriptor that stays open, every time everything.

    Args:
        descriptor: A descriptor of the process's own.
        name: What it is called in an error; without one, what cannot be written is lost without an error.
            That is for messages: there is nobody whom a second message would reach.
    """

    def __init__(self, descriptor: int, name: str | None = None) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._name = name
        self._has_failed = False

    def writable(self) -> bool:
        """True."""
        return True

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._descriptor)

    def write(self, data: Any, /) -> int:
        """Write all bytes of a buffer; after a first failure, which is raised, nothing more.

        Raises:
            OSError: It cannot be written.
        """
        n_bytes = memoryview(data).nbytes
        if self._has_failed:
            return n_bytes
        try:
            write_all(self._descriptor, data)
        except OSError as error:
            if self._name is None:
                return n_bytes
            self._has_failed = True
            error.filename = self._name
            raise
        return n_bytes


def _fill_closed_descriptors() -> None:
    for descriptor in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(descriptor)
        except OSError:
            _closed.add(descriptor)
            # The lowest free number is given out, and those below are taken by then.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _prepared(stream: TextIO | None, own: TextIO | None, standard: int) -> TextIO:
    if stream is None:
        descriptor, encoding = _null(standard), "utf-8"
    elif stream is own and isinstance(stream, io.TextIOWrapper):
        descriptor, encoding = stream.fileno(), stream.encoding
    else:
        return stream
    is_output = standard == STDOUT
    raw = DescriptorWriter(descriptor, "standard output" if is_output else None)
    # Messages have no buffer, whose lock a thread could hold when the interpreter ends.
    binary = io.BufferedWriter(raw) if is_output else cast("BinaryIO", raw)
    return io.TextIOWrapper(
        binary,
        encoding=encoding,
        errors=_ERRORS,
        line_buffering=not is_output or raw.isatty(),
    )


def _null(standard: int) -> int:
    """A descriptor of the null device, in place of a standard one that was closed."""
    if standard in _closed:
        return standard
    # Closed when the interpreter started, and since then taken by somebody else's file.
    _closed.add(standard)
    return os.open(os.devnull, os.O_RDWR)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding lacks in plain ASCII: the error handler of the standard streams."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    plain = (_PLAIN.get(char) or char.encode("ascii", "backslashreplace").decode() for char in lacking)
    return "".join(plain), error.end
