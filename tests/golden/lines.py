"""A conversation as lines of text: what was sent, what was done, and every byte of what came."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"

_AUDIO = re.compile(r'"audio":"([A-Za-z0-9+/=]{65,})"')
"""Audio that is too long to stand in a file as it is; its hash and its length stand there."""

MAX_SHOWN_CHARS = 300
"""The same of what a client sends."""


def _shortened(found: re.Match[str]) -> str:
    return f'"audio":"{_digest(found[1])}"'


def _digest(text: str) -> str:
    """Stand for a long text; what was sent is in the conversation itself, what came can be made again."""
    return f"{hashlib.sha256(text.encode()).hexdigest()[:20]} {len(text)}"


class Lines:
    """The lines of one conversation, in their order.

    ``# title`` begins it. ``a > "…"`` is what client ``a`` sends, as a JSON string; ``a < …`` what it reads,
    as it came; ``! …`` is anything else that happens.
    """

    def __init__(self, title: str) -> None:
        self.lines = [f"# {title}"]
        self._done = ("", 0)

    def said(self, name: str, message: str | bytes) -> None:
        """A client sent a message."""
        if isinstance(message, bytes):
            self._add(f"{name} > hex {message.hex()}")
        else:
            shown = message if len(message) <= MAX_SHOWN_CHARS else _digest(message)
            self._add(f"{name} > {json.dumps(shown)}")

    def heard(self, name: str, message: str) -> None:
        """A client read a message."""
        self._add(f"{name} < {_AUDIO.sub(_shortened, message)}")

    def did(self, what: str) -> None:
        """Something happened that is no message; when it was the last thing too, it is counted."""
        before, times = self._done
        times = times + 1 if before == what else 1
        if times > 1:
            self.lines.pop()
        self._add(f"! {what}" if times == 1 else f"! {what}, {times} times")
        self._done = (what, times)

    def _add(self, line: str) -> None:
        assert line.isascii(), "the protocol's JSON is ASCII"
        assert "\n" not in line
        self.lines.append(line)
        self._done = ("", 0)


def read(path: Path) -> list[str]:
    """Read the lines of a file."""
    return path.read_text(encoding="ascii").splitlines()


def write(path: Path, lines: list[str]) -> None:
    """Write lines to a file."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
