"""Conversations in protocol 0.1 which between them touch every event, every refusal and every end.

Each is a coroutine that is given a loop and the lines to write; ``ALL`` names them.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.golden.lines import Lines
from tests.golden.messages import MALFORMED, UNSUITABLE_SETTINGS, WELL_FORMED_SETTINGS
from tests.golden.stack import CountedLoop, Peer, Stack, run_counted

Conversation = Callable[[CountedLoop, Lines], Awaitable[None]]

COMMIT = '{"type":"input_text.commit"}'
CANCEL = '{"type":"response.cancel","event_id":"stop"}'
STATUS = '{"type":"server.status","event_id":"how"}'
CLEAR = '{"type":"input_text.clear","event_id":"wipe"}'
CLOSE = '{"type":"session.close","event_id":"bye"}'
END = '{"type":"session.cancel","event_id":"away"}'


def append(text: str) -> str:
    return json.dumps({"type": "input_text.append", "text": text})


def commit(event_id: str | None = None, **fields: object) -> str:
    named = {} if event_id is None else {"event_id": event_id}
    return json.dumps({"type": "input_text.commit", **named, **fields})


async def say(peer: Peer, text: str, event_id: str | None = None, **fields: object) -> None:
    await peer.sends(append(text), commit(event_id, **fields))


async def settings(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines) as stack:
        peer = await stack.connects("a")
        await peer.sends(STATUS)
        for message in (*WELL_FORMED_SETTINGS, *UNSUITABLE_SETTINGS):
            await peer.sends(message)
        await say(peer, "As it was set.", "set")
        await stack.speaks()
        await peer.sends(CLOSE)


async def messages(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines) as stack:
        peer = await stack.connects("a")
        for message in MALFORMED:
            await peer.sends(message)
        # All at once: the answers come in the order of the messages.
        await peer.sends(*MALFORMED[:5], STATUS, CLEAR)
        await say(peer, "Still here.")
        await stack.speaks()


async def buffer(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines, limits={"max_text_chars": 20}, char_ms=20) as stack:
        peer = await stack.connects("a")
        await peer.sends(COMMIT, commit("empty"), append(""), commit("still empty"))
        await peer.sends(append(" \t\n\u2003"), commit("white"), STATUS, CLEAR, STATUS, CLEAR)
        await peer.sends('{"type":"input_text.append","text":"plain","text_format":"plain"}')
        await peer.sends('{"type":"input_text.append","text":"no","text_format":"ssml","event_id":"f"}')
        await peer.sends('{"type":"input_text.append","text":"null","text_format":null,"more":[1,{}]}')
        await peer.sends(append("12345678901"), append("123456789012"), STATUS)
        await peer.sends('{"type":"input_text.append","text":"1234567890123456789012","event_id":"long"}')
        await peer.sends(commit("one", text="no such field"), commit("two", audio_format="pcm16"))
        await peer.sends(commit("three", voice="nobody"), commit("four", extras={"speed": 9}), STATUS)
        await peer.sends(commit("five", voice="tenor", language="ES", extras={"speed": 2, "unknown": 1}))
        await stack.speaks()
        await peer.sends(STATUS)
        await say(peer, "!? \U0001f600", "nothing to speak")
        await stack.speaks()
        await say(peer, "\u00e9\u4f60\U0001d11e", "beyond")
        await stack.speaks()


async def audio(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines, rate_hz=22050, char_ms=33.3, step_ms=70, empty_steps=2) as stack:
        peer = await stack.connects("a")
        for number, speed in enumerate((1, 0.7, 3.9)):
            await say(peer, "Odd lengths, odd.", f"odd {number}", extras={"speed": speed})
            await stack.speaks()
        await say(peer, "Not numbers.", extras={"nan_at_step": 1})
        await stack.speaks()
        await say(peer, "Too loud.", extras={"loud_at_step": 1}, voice="bass")
        await stack.speaks()
    async with Stack(loop, lines, rate_hz=16000, char_ms=20, step_ms=20) as stack:
        peer = await stack.connects("b")
        await say(peer, "whole frames")
        await stack.speaks()
    async with Stack(loop, lines, rate_hz=8000, char_ms=3, step_ms=3) as stack:
        peer = await stack.connects("c")
        await say(peer, "less than a frame a step")
        await stack.speaks()
    async with Stack(loop, lines, mute=True) as stack:
        peer = await stack.connects("d")
        await say(peer, "mute")
        await stack.speaks()
        await peer.sends(STATUS)


async def cancels(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines, limits={"max_inflight": 3}, char_ms=20, step_ms=80) as stack:
        peer = await stack.connects("a")
        await peer.sends(CANCEL, '{"type":"response.cancel","response_id":"resp_none","event_id":"none"}')
        await say(peer, "At its first step.")
        await peer.sends(CANCEL, CANCEL, STATUS)
        await stack.steps()
        await peer.sends(STATUS)
        await say(peer, "In the middle of it.")
        await stack.steps(2)
        await peer.sends(CANCEL, STATUS)
        await stack.speaks()
        for text in ("First of three.", "Second of three.", "Third of three."):
            await say(peer, text, text)
        await say(peer, "One too many.", "many")
        await peer.sends('{"type":"response.cancel","response_id":"resp_a0123456_4"}', STATUS)
        await stack.steps(3)
        await peer.sends(CANCEL, STATUS)
        await stack.speaks()
        await peer.sends(CANCEL, CLEAR)
        await peer.stops_reading()
        await say(peer, "All made, and not all of it read: " + "x" * 4)
        await stack.speaks()
        await peer.sends(CANCEL, STATUS)
        await peer.reads_on()
        await say(peer, "Read to its end.")
        await stack.speaks()
        await peer.sends(CANCEL, STATUS, '{"type":"response.cancel","response_id":5,"event_id":"five"}')


async def queues(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines, char_ms=20, step_ms=80) as stack:
        first, second = await stack.connects("a"), await stack.connects("b")
        await say(first, "First to speak.")
        await say(second, "Second to speak.")
        await second.sends(CANCEL, STATUS)
        await say(second, "Second, once more.")
        await stack.speaks()
        await first.vanishes()
        await second.sends(STATUS)


async def failures(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines, char_ms=20, step_ms=80) as stack:
        peer = await stack.connects("a")
        for step in (0, 2):
            await say(peer, "This one fails.", extras={"fail_at_step": step})
            await stack.speaks()
        await say(peer, "Fails, and was cancelled.", extras={"fail_at_step": 1})
        await stack.steps()
        await peer.sends(CANCEL)
        await stack.speaks()
        await say(peer, "Our own mistake.")
        await stack.makes_a_mistake()
        await peer.stops_reading()
        await say(peer, "Fails with audio unread: " + "x" * 4, extras={"fail_at_step": 6})
        await stack.speaks()
        await peer.sends('{"type":"response.cancel"}')
        await peer.reads_on()
        await say(peer, "Stuck.")
        await stack.passes(31)
        await say(peer, "Not while it is stuck.", "stuck")
        await peer.sends(STATUS)
        await stack.speaks()
        await peer.sends('{"type":"input_text.commit","event_id":"again"}')
        await stack.speaks()
    scripts: tuple[dict[str, Any], ...] = (
        *({"fail_start": True}, {"raise_at_step": 1, "step_ms": 80}, {"garbage_at_step": 0}),
        {"empty_steps": 1001},
    )
    for script in scripts:
        async with Stack(loop, lines, char_ms=20, **script) as stack:
            peer = await stack.connects("b")
            await say(peer, "Broken.")
            await stack.speaks()
            await peer.sends(STATUS)


async def busy(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines, char_ms=20, step_ms=80) as stack:
        peer = await stack.connects("a")
        await say(peer, "The first one takes its time.")
        await say(peer, "The second one is refused.", "second")
        await peer.sends(COMMIT, STATUS)
        await stack.steps(3)
        await peer.sends(commit("third"), CANCEL, commit("fourth"))
        await stack.speaks()
    async with Stack(loop, lines, limits={"max_admitted": 2}, char_ms=20, step_ms=80) as stack:
        peers = [await stack.connects(name) for name in "bcd"]
        for peer in peers:
            await say(peer, "One too many.", "please")
        await stack.speaks()
        await peers[2].sends(commit("please again"))
        await stack.speaks()
    async with Stack(loop, lines, admission=True, char_ms=60, step_ms=60) as stack:
        peers = [await stack.connects(name) for name in "efgh"]
        for peer in peers:
            await say(peer, "Slowly.", "slow")
            await stack.steps(2)
        await stack.passes(0.5)
        await peers[3].sends(commit("slow once more"))
        await stack.speaks()


async def closes(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines, char_ms=20, step_ms=80) as stack:
        await (await stack.connects("a")).sends(CLOSE, CLOSE, STATUS)
        peer = await stack.connects("b")
        await say(peer, "Speaks to its end.")
        await stack.steps()
        await peer.sends(append("left"), CLOSE, STATUS, append(" over"), commit("late"), CLEAR, CLOSE, "[]")
        await peer.sends('{"type":"session.update","voice":"bass"}', '{"type":"what"}')
        await stack.speaks()
        peer = await stack.connects("c")
        await say(peer, "Is cut after ten seconds.")
        await stack.steps()
        await peer.sends('{"type":"session.close"}')
        await stack.passes(9.9)
        await stack.passes(0.2)
        await stack.speaks()
        peer = await stack.connects("d")
        await say(peer, "Cancelled while it closes.")
        await peer.sends(CLOSE, CANCEL)
        await stack.speaks()
        for ends in (END, '{"type":"session.cancel"}'):
            peer = await stack.connects("e")
            await say(peer, "Dropped.")
            await stack.steps()
            await peer.sends(ends, STATUS, CANCEL)
            await stack.speaks()
        await (await stack.connects("f")).sends(END)
        peer = await stack.connects("g")
        await say(peer, "Cancelled in the drain.")
        await peer.sends(CLOSE, END)
        await stack.speaks()


async def ends(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines, char_ms=20, step_ms=80) as stack:
        await (await stack.connects("a")).loses_its_place()
        peer = await stack.connects("b")
        await say(peer, "Breaks off.")
        await stack.steps()
        await peer.vanishes()
        await stack.speaks()
        for last in (CANCEL, END, STATUS):
            peer = await stack.connects("c")
            await peer.stops_reading()
            await say(peer, "Not read, and closed: " + "x" * 4)
            await peer.sends(CLOSE)
            await stack.speaks()
            await peer.sends(last)
            await peer.reads_on()
        idle, speaking, unread = [await stack.connects(name) for name in "def"]
        await unread.stops_reading()
        await say(unread, "Not read, and the server stops: " + "x" * 4)
        await stack.speaks()
        await say(speaking, "Speaks while the server stops.")
        await stack.stops()
        await idle.sends(STATUS)
        await speaking.sends(commit("late"))
        await stack.speaks()
        await unread.reads_on()


async def flow(loop: CountedLoop, lines: Lines) -> None:
    async with Stack(loop, lines, limits={"max_unsent_bytes": 30_000}, char_ms=20, step_ms=80) as stack:
        slow, other = await stack.connects("a"), await stack.connects("b")
        await slow.stops_reading()
        await say(slow, "Made only as it is read: " + "x" * 30)
        await stack.speaks()
        await say(other, "Goes on.")
        await stack.speaks()
        await stack.passes(3)
        await slow.reads_on()
        await stack.speaks()
        await slow.stops_reading()
        await say(slow, "Read no more: " + "x" * 35)
        await stack.speaks()
        await stack.passes(4.9)
        await stack.passes(0.2)
        await slow.reads_on()
        await other.sends(STATUS)


ALL: dict[str, Conversation] = {
    conversation.__name__: conversation
    for conversation in (
        *(settings, messages, buffer, audio, cancels, queues),
        *(failures, busy, closes, ends, flow),
    )
}


def take_down(name: str) -> list[str]:
    """Hold one of the conversations, and return its lines."""
    lines = Lines(name)
    run_counted(lambda loop: ALL[name](loop, lines))
    return lines.lines
