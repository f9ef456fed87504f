"""The text that a client has appended and not committed yet."""

from __future__ import annotations

from tts_server.errors import RemoteProtocolError


class TextBuffer:
    """Text in the pieces in which it came, counted in Unicode code points.

    Args:
        max_chars: The most that it holds.
    """

    __slots__ = ("_max_chars", "_pieces", "n_chars")

    def __init__(self, max_chars: int) -> None:
        self._max_chars = max_chars
        self._pieces: list[str] = []
        self.n_chars = 0

    def append(self, text: str) -> None:
        """Add ``text`` at the end.

        Raises:
            RemoteProtocolError: It would not fit; the buffer stays as it was.
        """
        n_chars = self.n_chars + len(text)
        if n_chars > self._max_chars:
            raise RemoteProtocolError(
                f"{len(text)} characters more would make {n_chars}; accepted in one commit are at most "
                f"{self._max_chars}, and {self.n_chars} are buffered",
                code="payload_too_large",
            )
        self._pieces.append(text)
        self.n_chars = n_chars

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._pieces)

    def clear(self) -> None:
        """Forget all of it."""
        self._pieces.clear()
        self.n_chars = 0
