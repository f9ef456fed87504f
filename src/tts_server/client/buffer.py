"""The server's text buffer as the client sees it, shared so that each text is its own.

Theory of operation. A context has one buffer, and a commit speaks whatever stands in it. The caller's text
may stay there between calls; a stream's piece is appended and committed in one go, with nothing between. So
the calls take turns: one that commits or clears keeps its turn until it is over. While a stream speaks, the
caller's text waits here and goes out with the caller's commit. Whatever ends a stream's commit but success is
followed by a clear, so that nothing stays behind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tts_server.client.inputs import Append, Clear, Commit, Speak, TextCall
from tts_server.client.requests import PIECE_MARK
from tts_server.errors import LocalProtocolError, RequestRefusedError
from tts_server.protocol import events as ev


class Outcome(Enum):
    """How a turn was over."""

    DONE = "done"
    REFUSED = "refused"
    """The server's buffer is as it was."""
    INCOMPLETE = "incomplete"
    """The server speaks what it has, of which a part is missing; nothing of that is to be heard."""
    FAILED = "failed"
    """Nobody knows: no answer came, or none is waited for."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one call does to the server's buffer.

    Args:
        given: The call.
        events: What to send, in order; the last is the call's own, and where there is none it is done.
        error: Why nothing is done.
    """

    given: TextCall
    events: tuple[ev.ClientEvent, ...] = ()
    error: LocalProtocolError | RequestRefusedError | None = None


class TextBuffer:
    """What of the caller's text is in the server's buffer, what waits to go there, and whose turn it is.

    Args:
        max_chars: The most that the server takes at once.
        next_id: Makes an ``event_id``.
    """

    def __init__(self, max_chars: int, next_id: Callable[[], str]) -> None:
        self._max_chars = max_chars
        self.is_held = False
        """Whether a stream has the server's buffer."""
        self._next_id = next_id
        self._sent: dict[str, str] = {}
        self._held: list[str] = []
        self._error: RequestRefusedError | None = None
        self._piece_error: RequestRefusedError | None = None
        self._waiting: deque[TextCall] = deque()
        self._current: Commit | Speak | Clear | None = None

    @property
    def n_chars(self) -> int:
        """Characters of the caller's that were not committed."""
        return sum(map(len, self._sent.values())) + sum(map(len, self._held))

    @property
    def sent(self) -> str:
        """The caller's text that is in the server's buffer."""
        return "".join(self._sent.values())

    @property
    def held(self) -> str:
        """The caller's text that waits here."""
        return "".join(self._held)

    @property
    def is_idle(self) -> bool:
        """Whether no call has a turn or waits for one."""
        return self._current is None and not self._waiting

    # --- turns ----------------------------------------------------------------------------------------------

    def at_once(self, given: Append) -> Turn | None:
        """What an append does that need not wait for its turn; None for one that has to."""
        if not given.text:
            return Turn(given)
        return self._append(given) if self.is_held or self._held else None

    def ask(self, given: TextCall) -> None:
        """Let a call wait for its turn."""
        self._waiting.append(given)

    def forget(self, call: int) -> bool:
        """Let a call wait no more; False where it did not."""
        for given in self._waiting:
            if given.call == call:
                self._waiting.remove(given)
                return True
        return False

    def next_turn(self) -> Turn | None:
        """Begin the next turn; None while one lasts, or where nobody waits."""
        if self._current is not None or not self._waiting:
            return None
        given = self._waiting.popleft()
        if isinstance(given, Append):
            return self._append(given)
        if isinstance(given, Speak) and self._sent:
            message = "commit or clear the text that was appended before synthesizing more"
            return Turn(given, error=LocalProtocolError(message))
        self._current = given
        if isinstance(given, Speak):
            self._piece_error = None
            return Turn(given, (ev.AppendText(given.text, event_id=_piece_id(given)), given.event))
        if isinstance(given, Clear):
            self._held.clear()
            self._drop()
            return Turn(given, (given.event,))
        if not self._held:
            return Turn(given, (given.event,))
        append = self._send(self.held)
        self._held.clear()
        return Turn(given, (append, given.event))

    def over(self, outcome: Outcome) -> bool:
        """End the turn that lasts; True where the server's buffer is to be cleared.

        Refused text of the caller's stays, here where a stream waits for the server's buffer. After any other
        failure nothing of it is left.
        """
        given, self._current = self._current, None
        if not isinstance(given, Commit):
            return isinstance(given, Speak) and outcome is not Outcome.DONE
        if outcome is Outcome.REFUSED and not (self.is_held and self._sent):
            return False
        if outcome in {Outcome.REFUSED, Outcome.INCOMPLETE} and self._sent:
            self._held.insert(0, self.sent)
        self._drop()
        return outcome in {Outcome.REFUSED, Outcome.FAILED}

    def end(self) -> list[int]:
        """Forget everything: the connection has ended. Return the calls that wait for a turn."""
        calls = [given.call for given in self._waiting]
        self._waiting.clear()
        self._current = self._piece_error = None
        self._held.clear()
        self._drop()
        return calls

    # --- refused text ---------------------------------------------------------------------------------------

    def refused(self, event_id: str | None, error: RequestRefusedError) -> bool:
        """Learn that the server refused an event; True where it was text of this buffer's."""
        if event_id is None:
            return False
        if isinstance(self._current, Speak) and event_id == _piece_id(self._current):
            self._piece_error = error
            return True
        if event_id in self._sent:
            del self._sent[event_id]
            self._error = error
            return True
        return False

    def take_error(self) -> RequestRefusedError | None:
        """Why nothing is to be spoken of the commit that is answered now: part of its text is missing."""
        if isinstance(self._current, Speak):
            return self._piece_error
        error, self._error = self._error, None
        return error

    def _append(self, given: Append) -> Turn:
        n_chars = self.n_chars + len(given.text)
        if n_chars > self._max_chars:
            message = (
                f"{n_chars} characters are more than the {self._max_chars} that the server takes at once"
            )
            return Turn(given, error=RequestRefusedError(message, code="payload_too_large"))
        if self.is_held or self._held:
            self._held.append(given.text)
            return Turn(given)
        return Turn(given, (self._send(given.text),))

    def _send(self, text: str) -> ev.AppendText:
        event_id = self._next_id()
        self._sent[event_id] = text
        return ev.AppendText(text, event_id=event_id)

    def _drop(self) -> None:
        self._sent.clear()
        self._error = None


def _piece_id(given: Speak) -> str:
    return f"{given.event.event_id}{PIECE_MARK}"
