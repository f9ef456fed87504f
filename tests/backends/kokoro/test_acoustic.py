"""Both synthesizers keep what an utterance asks of them, piece by piece or whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tts_server.backends.kokoro.acoustic import Float32, Synthesis, Synthesizer, TextFeatures
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ, SAMPLES_PER_TEXT_FRAME
from tts_server.backends.kokoro.onnx.stream import StreamingModel
from tts_server.backends.kokoro.onnx.synthesizer import WholeModel
from tts_server.backends.kokoro.prepare.prepared import STREAM, prepared_model
from tts_server.backends.kokoro.prepare.weights import resolve
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.statistics import Statistics, load_statistics
from tts_server.backends.kokoro.utterance import LoadedParts, StreamedUtterance
from tts_server.backends.kokoro.vocabulary import encode
from tts_server.backends.kokoro.voices import load_voices
from tts_server.errors import SynthesisError
from tts_server.speech.request import SpeechRequest
from tts_server.speech.words import WordTime

pytestmark = [pytest.mark.model]

VOICE = "af_heart"
IDS = encode("həlˈO, wˈɜɹld.")
AUDIBLE = 0.01
EDGE_S = 0.15
"""How far from the first and the last audible sample sound may be said to begin and end."""


@pytest.fixture(scope="module", params=["piece by piece", "whole"])
def synthesizer(request: pytest.FixtureRequest, kokoro_cache: Path, whole_model: WholeModel) -> Synthesizer:
    if request.param == "whole":
        return whole_model
    return StreamingModel.load(prepared_model(resolve(), kokoro_cache, form=STREAM).folder, threads=2)


def predict(features: TextFeatures) -> Statistics:
    return load_statistics().predict(
        features.text, features.pitch, features.energy, voice=VOICE, n_phonemes=len(IDS)
    )


def begin(synthesizer: Synthesizer, ids: Sequence[int] = IDS, *, trim: bool, speed: float = 1.0) -> Synthesis:
    style = load_voices().style(VOICE, len(ids))
    return synthesizer.begin(ids, style, speed, predict, trim=trim)


def finish(synthesis: Synthesis) -> Float32:
    made = []
    while (samples := synthesis.step()) is not None:
        assert samples.dtype == np.float32
        made.append(samples)
    assert synthesis.step() is None
    return np.concatenate(made)


def test_untrimmed_audio_is_as_long_as_its_durations_say(synthesizer: Synthesizer) -> None:
    synthesis = begin(synthesizer, trim=False)
    assert synthesis.timing is None
    samples, timing = finish(synthesis), synthesis.timing
    assert timing is not None
    assert len(timing.durations) == len(IDS) + 2
    assert len(samples) == sum(timing.durations) * SAMPLES_PER_TEXT_FRAME
    assert timing.n_trimmed == 0
    assert synthesizer.sample_rate_hz == SAMPLE_RATE_HZ


def test_sound_is_where_the_timing_says(synthesizer: Synthesizer) -> None:
    synthesis = begin(synthesizer, trim=False)
    samples, timing = finish(synthesis), synthesis.timing
    assert timing is not None
    audible = np.flatnonzero(np.abs(samples) > AUDIBLE * np.abs(samples).max())
    assert abs(timing.sound_begin - audible[0]) < EDGE_S * SAMPLE_RATE_HZ
    assert abs(timing.sound_end - audible[-1]) < EDGE_S * SAMPLE_RATE_HZ


def test_timing_is_final_with_the_first_audio(synthesizer: Synthesizer) -> None:
    synthesis = begin(synthesizer, trim=True)
    first = synthesis.step()
    while first is not None and not len(first):
        first = synthesis.step()
    timing = synthesis.timing
    assert timing is not None
    while synthesis.step() is not None:
        pass
    assert synthesis.timing == timing


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_trimmed_audio_is_the_untrimmed_one_without_silence(synthesizer: Synthesizer, speed: float) -> None:
    synthesis = begin(synthesizer, trim=True, speed=speed)
    trimmed, timing = finish(synthesis), synthesis.timing
    kept = finish(begin(synthesizer, trim=False, speed=speed))
    assert timing is not None
    audible = np.flatnonzero(np.abs(kept) > AUDIBLE * np.abs(kept).max())
    assert 0 < timing.n_trimmed <= audible[0]
    assert audible[-1] < timing.n_trimmed + len(trimmed) < len(kept)
    lead = audible[0] - timing.n_trimmed
    assert np.abs(trimmed[:lead]).max(initial=0.0) <= AUDIBLE * np.abs(kept).max()


def test_a_synthesis_that_is_let_go_leaves_the_next_one_alone(synthesizer: Synthesizer) -> None:
    expected = finish(begin(synthesizer, trim=False))
    abandoned = begin(synthesizer, trim=False)
    abandoned.step()
    other = begin(synthesizer, IDS[:5], trim=True)
    other.step()
    assert len(finish(begin(synthesizer, trim=False))) == len(expected)


def test_words_of_an_utterance_are_timed_within_its_sound(synthesizer: Synthesizer) -> None:
    parts = LoadedParts(synthesizer, load_statistics(), G2P(), load_voices())
    utterance = StreamedUtterance(SpeechRequest("Please wait. I am looking."), parts, VOICE)
    samples: list[Float32] = []
    words: list[WordTime] = []
    while (chunk := utterance.step()) is not None:
        samples.append(np.asarray(chunk.samples, np.float32))
        words += chunk.words
    audio = np.concatenate(samples)
    audible = np.flatnonzero(np.abs(audio) > AUDIBLE * np.abs(audio).max()) / SAMPLE_RATE_HZ
    assert [word.text for word in words] == ["Please", "wait.", "I", "am", "looking."]
    assert all(word.start_s < word.end_s for word in words)
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)
    assert abs(words[0].start_s - audible[0]) < EDGE_S
    assert abs(words[-1].end_s - audible[-1]) < EDGE_S


def test_the_whole_model_refuses_what_it_cannot_take_before_any_work(whole_model: WholeModel) -> None:
    with pytest.raises(SynthesisError, match="speed 3"):
        begin(whole_model, trim=True, speed=3.0)
