"""A stream of PCM -> frames of one length."""

from __future__ import annotations


class Framer:
    """Cut PCM into frames, whatever the pieces in which it comes.

    Args:
        frame_samples: Samples in a whole frame; the last frame of a stream may hold fewer and is never
            padded.
    """

    __slots__ = ("_frame_bytes", "_n_bytes", "_rest")

    def __init__(self, frame_samples: int) -> None:
        self._frame_bytes = 2 * frame_samples
        self._n_bytes = 0
        self._rest = b""

    @property
    def n_samples(self) -> int:
        """Samples that were pushed so far."""
        return self._n_bytes // 2

    def push(self, pcm: bytes) -> list[bytes]:
        """Take int16 PCM of any length and return the frames that it completes."""
        self._n_bytes += len(pcm)
        data = self._rest + pcm
        size = self._frame_bytes
        whole = len(data) - len(data) % size
        self._rest = data[whole:]
        return [data[start : start + size] for start in range(0, whole, size)]

    def flush(self) -> bytes | None:
        """End the stream: return what is left of it, or None when it ended with a whole frame."""
        rest, self._rest = self._rest, b""
        return rest or None
