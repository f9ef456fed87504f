"""What a backend offers, and how a frame's length follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.speech.capabilities import FRAME_MS, RESERVED_EXTRAS, AudioFormat, Capabilities


@pytest.mark.parametrize(("rate_hz", "n_samples"), [(8000, 160), (22050, 441), (24000, 480), (44100, 882)])
def test_a_frame_lasts_twenty_milliseconds(rate_hz: int, n_samples: int) -> None:
    assert AudioFormat(rate_hz).frame_samples == n_samples


@given(st.integers(1, 400_000))
def test_a_frame_is_never_longer_than_it_may_last_and_less_than_a_sample_shorter(rate_hz: int) -> None:
    most = rate_hz * FRAME_MS / 1000
    assert most - 1 < AudioFormat(rate_hz).frame_samples <= most


def test_sound_is_mono_pcm16_where_nothing_else_is_said() -> None:
    sound = AudioFormat(24000)
    assert (sound.format, sound.channels) == ("pcm16", 1)


def test_what_a_backend_leaves_unsaid_it_does_not_offer() -> None:
    offer = Capabilities(streaming=True, languages=(), voice_count=0)
    assert (offer.voices, offer.default_voice, offer.default_language) == ((), None, None)
    assert (dict(offer.extras), dict(offer.refused_languages)) == ({}, {})
    assert (offer.text_formats, offer.binary_audio, offer.ideal_words) == (("plain",), False, 40)


def test_no_extra_may_be_named_like_a_parameter() -> None:
    assert {"voice", "language", "text", "lang_code"} == RESERVED_EXTRAS
