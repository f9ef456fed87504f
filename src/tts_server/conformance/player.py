"""Plays one transcript against a live server.

Theory of operation. Each step names one connection (``main`` if it names none). Every message that is taken
from a connection's inbox is judged three times: by the frozen form of its type (``shapes``), by what must
hold on any connection (``ledger``), and by what the step expects. Audio comes when it comes, so a step that
expects another message lets audio of live responses pass, which the ledger has judged. That nothing was sent
is shown by a ``barrier``: the server's answer to ``server.status`` must be the next message.
"""

from __future__ import annotations

import array
import asyncio
import base64
import json
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tts_server.conformance.ledger import Ledger
from tts_server.conformance.pattern import Variables, fill, mismatches
from tts_server.conformance.shapes import shape_problems
from tts_server.conformance.transcript import Transcript
from tts_server.conformance.wire import Closed, Target, Wire, open_wire
from tts_server.errors import ConformanceError

DELTA: Final = "response.audio.delta"
_SHOWN_MESSAGES: Final = 6

Step = Mapping[str, Any]


@dataclass(slots=True)
class _Line:
    """One connection with what was heard on it."""

    wire: Wire
    ledger: Ledger = field(default_factory=Ledger)
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=_SHOWN_MESSAGES))
    is_over: bool = False


class Player:
    """Plays one transcript once.

    Args:
        transcript: What is played.
        target: The server.
        slow_extra: The extra that makes the engine slow, where the server has one.
        timeout_s: Longest wait for any message, beyond what the transcript says that it takes.
    """

    def __init__(
        self, transcript: Transcript, target: Target, *, slow_extra: str | None, timeout_s: float
    ) -> None:
        self._transcript = transcript
        self._target = target
        self._timeout_s = timeout_s + transcript.takes_s
        self._variables: Variables = {"slow_extra": slow_extra}
        self._lines: dict[str, _Line] = {}
        self._n_barriers = 0
        self._actions: Mapping[str, Callable[[str, Any, Step], Awaitable[None]]] = {
            "connect": self._connect,
            "send": self._send,
            "send_text": self._send_text,
            "send_binary": self._send_binary,
            "expect": self._expect,
            "expect_audio": self._expect_audio,
            "check_audio": self._check_audio,
            "barrier": self._barrier,
            "until_status": self._until_status,
            "expect_close": self._expect_close,
            "expect_ping": self._expect_ping,
            "commit_until_admitted": self._commit_until_admitted,
            "commit_until_busy": self._commit_until_busy,
            "stop_reading": self._stop_reading,
            "resume_reading": self._resume_reading,
            "drop": self._drop,
        }

    async def play(self) -> None:
        """Play it to the end. Cancelling it closes its connections.

        Raises:
            ConformanceError: The server did something else; ``details`` say what, line by line.
            ConnectFailedError: Nobody answers.
            ConfigError: The transcript refers to what is not known.
        """
        try:
            for number, step in enumerate(self._transcript.steps, start=1):
                action = next(name for name in self._actions if name in step)
                on = step.get("on", "main")
                try:
                    await self._actions[action](on, step[action], step)
                except ConformanceError as error:
                    raise self._explained(error, number, step, on) from error
            await self._end()
        finally:
            await asyncio.gather(*(line.wire.aclose() for line in self._lines.values()))

    def _explained(self, error: ConformanceError, number: int, step: Step, on: str) -> ConformanceError:
        line = self._lines.get(on)
        heard = [f"  {message}" for message in line.recent] if line is not None else []
        details = (f"step {number}: {json.dumps(step)[:400]}", *error.details)
        before = ("last messages:", *heard) if heard else ()
        return ConformanceError(str(error), details=(*details, *before))

    async def _end(self) -> None:
        """Nothing may be left over: no message that no step expected, and no response without an end."""
        for name, line in self._lines.items():
            if line.is_over:
                continue
            try:
                await self._barrier(name, {}, {})
            except ConformanceError as error:
                raise self._explained(error, len(self._transcript.steps) + 1, {"end": name}, name) from error
            if line.ledger.live:
                raise ConformanceError(f"the transcript leaves {line.ledger.live[0]} without an end")

    # --- messages -------------------------------------------------------------------------------------------

    async def _take(self, line: _Line, pattern: Any = None) -> dict[str, Any] | Closed:
        """Take the next message, audio included, and judge it by its form and the ledger."""
        try:
            async with asyncio.timeout(self._timeout_s):
                message = await line.wire.inbox.get()
        except TimeoutError:
            raise ConformanceError(f"nothing came within {self._timeout_s:g} s") from None
        if isinstance(message, Closed):
            line.is_over = True
            line.recent.append(f"closed with {message.code} {message.reason!r}")
            return message
        line.recent.append(_shown(message))
        event = _read(message)
        is_expected_kind = isinstance(pattern, dict) and pattern.get("type") == event.get("type")
        problems = shape_problems(event, pattern if is_expected_kind else None)
        if not problems:
            problems = line.ledger.take(event)
        if problems:
            raise ConformanceError(problems[0], details=(f"received: {_shown(message)}", *problems[1:]))
        return event

    async def _next_event(self, line: _Line, pattern: Any = None, *, audio: str = "any") -> dict[str, Any]:
        """Take messages up to the next that is no audio."""
        while True:
            event = await self._take(line, pattern)
            if isinstance(event, Closed):
                raise ConformanceError(f"the connection was closed with {event.code} {event.reason!r}")
            if event["type"] != DELTA:
                return event
            if audio == "none":
                raise ConformanceError(f"audio of {event['response_id']} came, and none should")

    def _hold(self, pattern: Any, event: dict[str, Any]) -> None:
        problems = mismatches(pattern, event, self._variables)
        if problems:
            raise ConformanceError(
                problems[0],
                details=(
                    f"expected: {json.dumps(pattern)}",
                    f"received: {_shown(json.dumps(event))}",
                    *problems[1:],
                ),
            )

    def _line(self, name: str) -> _Line:
        line = self._lines.get(name)
        if line is None:
            raise ConformanceError(f"the transcript has no connection {name!r}")
        return line

    # --- steps ----------------------------------------------------------------------------------------------

    async def _connect(self, _on: str, options: dict[str, Any], _step: Step) -> None:
        wire = await open_wire(self._target, options)
        refused = options.get("refused")
        if isinstance(wire, int):
            if refused != wire:
                raise ConformanceError(f"the connection was refused with HTTP {wire}, expected {refused}")
            return
        line = self._lines[wire.name] = _Line(wire)
        if refused is not None:
            raise ConformanceError(f"the connection was accepted, expected HTTP {refused}")
        problems = mismatches(options.get("negotiated", {}), wire.negotiated, self._variables)
        if problems:
            raise ConformanceError(problems[0])
        hello = await self._next_event(line, audio="none")
        self._hold({"type": "server.hello", **options.get("hello", {})}, hello)
        self._variables["hello"] = hello

    async def _send(self, on: str, template: Any, _step: Step) -> None:
        await self._line(on).wire.send(json.dumps(fill(template, self._variables)))

    async def _send_text(self, on: str, template: Any, _step: Step) -> None:
        await self._line(on).wire.send(str(fill(template, self._variables)))

    async def _send_binary(self, on: str, template: str, _step: Step) -> None:
        await self._line(on).wire.send(base64.b64decode(template))

    async def _expect(self, on: str, pattern: Any, step: Step) -> None:
        self._hold(pattern, await self._next_event(self._line(on), pattern, audio=step.get("audio", "any")))

    async def _expect_audio(self, on: str, wanted: dict[str, Any], _step: Step) -> None:
        """Wait until so many frames of a response have come, with nothing else in between."""
        line = self._line(on)
        response_id = fill(wanted["response_id"], self._variables)
        heard = line.ledger.responses.get(response_id)
        while heard is None or heard.n_frames < wanted["frames"]:
            event = await self._take(line)
            if isinstance(event, Closed) or event["type"] != DELTA:
                what = f"closed {event.code}" if isinstance(event, Closed) else event["type"]
                raise ConformanceError(f"{what}, expected audio of {response_id}")
            heard = line.ledger.responses.get(response_id)

    async def _check_audio(self, on: str, wanted: dict[str, Any], _step: Step) -> None:
        """Look at the samples of what was heard of a response."""
        line = self._line(on)
        heard = line.ledger.responses[fill(wanted["response_id"], self._variables)]
        per_ms = line.ledger.rate_hz // 1000
        begin, end = wanted.get("from_ms", 0) * per_ms, wanted.get("to_ms")
        samples = array.array("h", bytes(heard.pcm))
        if sys.byteorder == "big":
            samples.byteswap()
        part = samples[begin : None if end is None else end * per_ms]
        found = {"n_samples": len(part), "values": sorted(set(part)), "frames": heard.n_frames}
        found |= {"min": min(part, default=0), "max": max(part, default=0)}
        self._hold(wanted["expect"], found)

    async def _ask_status(self, line: _Line, *, audio: str = "any") -> dict[str, Any]:
        self._n_barriers += 1
        event_id = f"barrier-{self._n_barriers}"
        await line.wire.send(json.dumps({"type": "server.status", "event_id": event_id}))
        pattern = {"type": "server.status", "previous_event_id": event_id}
        event = await self._next_event(line, pattern, audio=audio)
        self._hold(pattern, event)
        self._variables["status"] = event
        return event

    async def _barrier(self, on: str, pattern: Any, step: Step) -> None:
        """Show that nothing was sent but, where that is allowed, audio."""
        self._hold(pattern, await self._ask_status(self._line(on), audio=step.get("audio", "any")))

    async def _until_status(self, on: str, pattern: Any, _step: Step) -> None:
        """Ask for the status until it fits."""
        event: dict[str, Any] = {}
        try:
            async with asyncio.timeout(self._timeout_s):
                while True:
                    event = await self._ask_status(self._line(on))
                    if not mismatches(pattern, event, self._variables):
                        return
                    # Asking as fast as it answers would take the server's time from what is waited for.
                    await asyncio.sleep(0.005)
        except TimeoutError:
            self._hold(pattern, event)

    async def _expect_close(self, on: str, pattern: dict[str, Any], _step: Step) -> None:
        """Expect the end of the connection, after nothing but audio."""
        event = await self._take(self._line(on))
        while not isinstance(event, Closed) and event["type"] == DELTA:
            event = await self._take(self._line(on))
        if not isinstance(event, Closed):
            raise ConformanceError(f"{event['type']}, expected the end of the connection")
        self._hold(pattern, {"code": event.code, "reason": event.reason})

    async def _expect_ping(self, on: str, wanted: dict[str, Any], _step: Step) -> None:
        try:
            async with asyncio.timeout(wanted["within_s"]):
                await self._line(on).wire.pings.get()
        except TimeoutError:
            raise ConformanceError(f"no ping came within {wanted['within_s']:g} s") from None

    async def _commit_until_admitted(self, on: str, wanted: dict[str, Any], _step: Step) -> None:
        """Commit; where the answer is busy, wait as it says and try again, so many times at most."""
        commit = json.dumps(fill(wanted["commit"], self._variables))
        for _ in range(wanted["at_most"]):
            await self._line(on).wire.send(commit)
            event = await self._next_event(self._line(on))
            if event["type"] != "error":
                self._hold(wanted["expect"], event)
                return
            self._hold({"error": {"code": "busy"}}, event)
            await asyncio.sleep(event["retry_after_ms"] / 1000)
        raise ConformanceError(f"busy {wanted['at_most']} times, each after waiting for retry_after_ms")

    async def _commit_until_busy(self, _on: str, wanted: dict[str, Any], _step: Step) -> None:
        """Commit on one new connection after another until one is refused, which then is ``refused``."""
        append = json.dumps(fill(wanted["append"], self._variables))
        commit = json.dumps(fill(wanted["commit"], self._variables))
        for number in range(1, wanted["at_most"] + 1):
            name = f"flood-{number}"
            await self._connect(name, {"name": name}, {})
            line = self._lines[name]
            await line.wire.send(append)
            await line.wire.send(commit)
            event = await self._next_event(line, wanted["expect"])
            if event["type"] == "error":
                self._hold(wanted["expect"], event)
                self._lines["refused"] = self._lines.pop(name)
                return
            self._hold({"type": "input_text.committed"}, event)
            await self._next_event(line)
        raise ConformanceError(f"{wanted['at_most']} connections speak at once and none was refused")

    async def _stop_reading(self, on: str, _wanted: Any, _step: Step) -> None:
        self._line(on).wire.stop_reading()

    async def _resume_reading(self, on: str, _wanted: Any, _step: Step) -> None:
        self._line(on).wire.resume_reading()

    async def _drop(self, on: str, _wanted: Any, _step: Step) -> None:
        """Vanish: one connection, or with ``*`` all that ``commit_until_busy`` has admitted."""
        names = [name for name in self._lines if name.startswith("flood-")] if on == "*" else [on]
        for name in names:
            line = self._line(name)
            line.is_over = True
            line.wire.drop()


def _read(message: str | bytes) -> dict[str, Any]:
    if isinstance(message, bytes):
        raise ConformanceError("a binary frame, which protocol 0.1 does not have")
    try:
        event = json.loads(message)
    except ValueError:
        raise ConformanceError(f"not JSON: {message[:100]!r}") from None
    if not isinstance(event, dict):
        raise ConformanceError(f"no JSON object: {message[:100]!r}")
    return event


def _shown(message: str | bytes) -> str:
    """A message in little room: audio is left out."""
    text = message if isinstance(message, str) else repr(message)
    if f'"{DELTA}"' in text[:200]:
        event = json.loads(text)
        event["audio"] = f"({len(str(event.get('audio')))} characters)"
        text = json.dumps(event)
    return text if len(text) <= 400 else f"{text[:400]}… ({len(text)} characters)"
