"""The text that a client has appended and not committed yet."""

from __future__ import annotations

from tts_server.errors import RemoteProtocolError


class TextBuffer:
    """Text that grows at its end, counted in Unicode code points.

    It is kept in pieces of which each is more than twice as long as the next. So they are few, whatever
    pieces the text came in, and a character is copied no more often than its piece has grown by half.

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
        self.n_chars = n_chars
        pieces = self._pieces
        while pieces and len(pieces[-1]) <= 2 * len(text):
            text = pieces.pop() + text
        if text:
            pieces.append(text)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._pieces)

    def clear(self) -> None:
        """Forget all of it."""
        self._pieces.clear()
        self.n_chars = 0
