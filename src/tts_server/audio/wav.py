"""WAV files of 16-bit mono PCM, into anything that can be written to."""

from __future__ import annotations

import struct
from types import TracebackType
from typing import BinaryIO, Self

_UNKNOWN_BYTES = 0xFFFFFFFF
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


def wav_header(rate_hz: int, n_samples: int | None = None) -> bytes:
    """Make the 44 bytes before the samples of a RIFF/WAVE file, 16 bits, mono.

    Args:
        rate_hz: Samples a second.
        n_samples: How many follow; None for a stream whose length is not known yet, which players read to its
            end, as they do where more follow than 32 bits can count.
    """
    data_bytes = _UNKNOWN_BYTES if n_samples is None else min(2 * n_samples, _UNKNOWN_BYTES)
    riff_bytes = min(data_bytes + 36, _UNKNOWN_BYTES)
    return _HEADER.pack(
        b"RIFF", riff_bytes, b"WAVE", b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16, b"data", data_bytes
    )


class WavWriter:
    """Write PCM as it comes; the header is put right at the end where the file can be seeked.

    A context manager. It does not open or close the file, which belongs to the caller.

    Args:
        file: Open for writing bytes, such as a file or ``sys.stdout.buffer``.
        rate_hz: Samples a second.
    """

    def __init__(self, file: BinaryIO, rate_hz: int) -> None:
        self._file = file
        self._rate_hz = rate_hz
        self._start = file.tell() if file.seekable() else None
        self.n_samples = 0
        file.write(wav_header(rate_hz))

    def write(self, pcm: bytes) -> None:
        """Append int16 little-endian samples."""
        self._file.write(pcm)
        self.n_samples += len(pcm) // 2

    def finish(self) -> None:
        """Put the true length into the header where the file can be seeked, and go back to the end."""
        if self._start is not None:
            self._file.seek(self._start)
            self._file.write(wav_header(self._rate_hz, self.n_samples))
            self._file.seek(0, 2)
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()
