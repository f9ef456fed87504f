"""What crosses from one room, or one thread, to another cannot be changed on the way."""

from __future__ import annotations

from array import array
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from tts_server.speech.chunk import AudioChunk
from tts_server.speech.made import NOTHING, Made
from tts_server.speech.request import SpeechRequest
from tts_server.speech.words import WordTime

VALUES = [
    AudioChunk(array("h", [1])),
    Made(b"\1\0", 1, 0.5),
    SpeechRequest("text"),
    WordTime("text", 0.0, 0.5, 0, 4),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_no_field_can_be_set_again(value: Any) -> None:
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)


def test_a_request_for_a_text_alone_names_nothing_else() -> None:
    request = SpeechRequest("text")
    assert (request.voice, request.language, request.extras) == (None, None, None)


def test_a_chunk_brings_no_words_where_its_backend_knows_none() -> None:
    assert AudioChunk(array("h", [1])).words == ()


def test_a_step_that_made_nothing_says_so() -> None:
    assert (NOTHING.pcm, NOTHING.n_samples, NOTHING.audio_s, NOTHING.words, NOTHING.n_bad) == (
        b"",
        0,
        0.0,
        (),
        0,
    )
