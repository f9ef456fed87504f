"""Every transcript passes against our own server, over a Unix socket and over TCP."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.tone_server import serving

from tts_server.backends.tone import ToneModel
from tts_server.conformance.suite import look_at, play_one
from tts_server.conformance.transcript import Transcript, load_rules, load_transcripts
from tts_server.conformance.wire import Target
from tts_server.endpoint import Endpoint
from tts_server.limits import Limits
from tts_server.speech.capabilities import Capabilities

TRANSCRIPTS = load_transcripts()
TOKEN = "a-token-for-the-tests"


def server_for(transcript: Transcript) -> dict[str, Any]:
    """The settings that a transcript needs, with timers that do not keep a test waiting."""
    settings: dict[str, Any] = {}
    if transcript.name == "session-close-is-bounded":
        settings["limits"] = Limits(drain_s=0.2)
    if transcript.name == "stuck-reader":
        settings["limits"] = Limits(send_stall_s=0.5)
    if "connection.keepalive" in transcript.rules:
        settings |= {"ping_interval_s": 0.05, "ping_timeout_s": 0.2}
    if "token" in transcript.requires:
        settings["auth_token"] = TOKEN
    return settings


def with_voices(capabilities: Capabilities, requires: tuple[str, ...]) -> Capabilities:
    if "voices:none" in requires:
        return replace(capabilities, voice_count=0, voices=(), default_voice=None)
    if "voices:unlisted" in requires:
        return replace(capabilities, voices=None, default_voice=None)
    return capabilities


@pytest.mark.parametrize("transport", ["unix", "tcp"])
@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda transcript: transcript.name)
async def test_transcript_passes(
    transcript: Transcript, transport: str, short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capabilities = with_voices(ToneModel().capabilities, transcript.requires)
    monkeypatch.setattr(ToneModel, "capabilities", capabilities)
    address = Endpoint.unix(short_dir / "tts.sock") if transport == "unix" else Endpoint.tcp("127.0.0.1", 0)
    async with asyncio.timeout(50), serving(address, **server_for(transcript)) as server:
        target = Target(server.endpoint, TOKEN if "token" in transcript.requires else None)
        traits = await look_at(target)
        assert [why for requirement in transcript.requires if (why := traits.why_not(requirement))] == []
        result = await play_one(transcript, target, traits)
    assert result.outcome == "pass", "\n".join([result.reason, *result.details])


def test_every_rule_is_tried_by_a_transcript() -> None:
    tried = {rule for transcript in TRANSCRIPTS for rule in transcript.rules}
    assert set(load_rules()) - tried == set()


def test_every_transcript_says_in_a_sentence_what_it_shows() -> None:
    titles = [transcript.title for transcript in TRANSCRIPTS]
    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if title.endswith(".") or len(title) > 110]
