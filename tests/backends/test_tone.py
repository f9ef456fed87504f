"""The tone backend keeps the contract, and misbehaves exactly as it was told."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.patience import PATIENCE_S

from tts_server.audio.pcm import to_pcm16
from tts_server.backends.base import BackendOptions, LoadCancelled, StepResult
from tts_server.backends.testing import check_backend, check_refusal, speak
from tts_server.backends.tone import ToneModel, ToneScript
from tts_server.errors import ConfigError, ModelNotFoundError, SynthesisError
from tts_server.speech.capabilities import ExtraValue
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import SpeechRequest


def make_model(**script: object) -> ToneModel:
    return ToneModel(script=ToneScript(**script))  # type: ignore[arg-type]


def make_request(
    text: str = "hello world", *, voice: str = "alto", extras: Mapping[str, ExtraValue] | None = None
) -> SpeechRequest:
    return SpeechRequest(text=text, voice=voice, language="en", extras=extras)


def begin(request: SpeechRequest, **script: object) -> Callable[[], StepResult]:
    """Begin an utterance; what is returned steps it by itself."""
    engine = make_model(**script).engine()
    utterance = engine.start(request)

    def step() -> StepResult:
        (result,) = engine.step([utterance])
        return result

    return step


def pcm_of(model: ToneModel, request: SpeechRequest) -> bytes:
    return b"".join(to_pcm16(chunk.samples)[0] for chunk in speak(model.engine(), request))


@pytest.mark.parametrize("rate_hz", [8000, 24000, 44100])
def test_keeps_the_contract_of_backends(rate_hz: int) -> None:
    check_backend(lambda: make_model(rate_hz=rate_hz), batch_tolerance=0)


@pytest.mark.parametrize("max_batch", [2, 8, 20])
def test_keeps_the_contract_of_engines_that_take_batches_to_the_bit(max_batch: int) -> None:
    check_backend(lambda: make_model(max_batch=max_batch), batch_tolerance=0)


def test_stays_usable_after_an_error() -> None:
    check_refusal(make_model, make_request(extras={"fail_at_step": 1}))


def test_error_of_one_costs_its_batch_nothing() -> None:
    check_refusal(lambda: make_model(max_batch=2), make_request(extras={"fail_at_step": 1}))


def test_each_character_lasts_sixty_milliseconds() -> None:
    assert len(pcm_of(make_model(), make_request("a" * 100))) == 2 * 24000 * 6


def test_pauses_are_silent_and_letters_are_not() -> None:
    pcm = memoryview(pcm_of(make_model(), make_request("a b"))).cast("h")
    a, pause, b = pcm[:1440], pcm[1440:2880], pcm[2880:]
    assert max(a) > 5000
    assert max(b) > 5000
    assert set(pause) == {0}


def test_voices_differ_in_pitch() -> None:
    def crossings(voice: str) -> int:
        pcm = memoryview(pcm_of(make_model(), make_request("a" * 20, voice=voice))).cast("h")
        return sum(1 for before, after in pairwise(pcm) if before < 0 <= after)

    assert crossings("bass") < crossings("tenor") < crossings("alto") < crossings("soprano")


def test_speed_shortens_the_audio() -> None:
    normal = len(pcm_of(make_model(), make_request()))
    assert len(pcm_of(make_model(), make_request(extras={"speed": 2.0}))) == normal // 2


def test_a_step_makes_as_many_characters_as_it_was_told() -> None:
    chunks = list(speak(make_model(step_ms=120).engine(), make_request("abcde")))
    assert [len(chunk.samples) for chunk in chunks] == [2880, 2880, 1440]


def test_a_long_word_takes_no_longer_than_as_many_characters_in_short_ones() -> None:
    def work_s(text: str) -> float:
        step = begin(SpeechRequest(text), rate_hz=1000, char_ms=10.0)
        began = time.thread_time()
        while step() is not None:
            pass
        return time.thread_time() - began

    # The rest of the word, passed anew at each step, would be some twenty times as much work.
    n_chars = 500_000
    assert work_s("a" * n_chars) < 5 * work_s("abc " * (n_chars // 4))


def test_words_that_span_steps_are_told_once() -> None:
    chunks = list(speak(make_model(step_ms=60).engine(), make_request("ab cd")))
    assert [[word.text for word in chunk.words] for chunk in chunks] == [["ab"], [], [], ["cd"], []]


@pytest.mark.parametrize(
    ("script", "extras"), [({"fail_at_step": 1}, {}), ({}, {"fail_at_step": 1})], ids=["script", "extras"]
)
def test_fails_at_the_step_it_was_told(script: dict[str, int], extras: dict[str, ExtraValue]) -> None:
    step = begin(make_request(extras=extras), **script)
    assert isinstance(step(), AudioChunk)
    error = step()
    assert isinstance(error, SynthesisError)
    assert "step 1" in str(error)


def test_a_step_takes_as_long_as_the_slowest_of_its_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    slept_s: list[float] = []
    monkeypatch.setattr(time, "sleep", slept_s.append)
    engine = make_model(max_batch=3).engine()
    batch = [engine.start(make_request("ab", extras={"work_ms": work_ms})) for work_ms in (20.0, 50.0, 30.0)]
    assert all(isinstance(result, AudioChunk) for result in engine.step(batch))
    assert engine.step(batch) == [None, None, None]
    assert slept_s == [0.05]


def test_raises_what_no_backend_should() -> None:
    with pytest.raises(ZeroDivisionError):
        begin(make_request(), raise_at_step=0)()


def test_hangs_until_the_gate_opens() -> None:
    gate = threading.Event()
    step = begin(make_request(), hang_at_step=0, gate=gate)
    done = threading.Event()

    def work() -> None:
        step()
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert not done.wait(0.05)
    gate.set()
    assert done.wait(PATIENCE_S)
    thread.join()


def test_gives_no_numbers_at_the_step_it_was_told() -> None:
    chunks = list(speak(make_model().engine(), make_request(extras={"nan_at_step": 1})))
    bad = [any(not math.isfinite(sample) for sample in chunk.samples) for chunk in chunks]
    assert bad == [False, True, False]
    assert len(chunks[0].samples) == len(chunks[1].samples)


def test_gives_garbage_when_told() -> None:
    chunk = begin(make_request(), garbage_at_step=0)()
    assert isinstance(chunk, AudioChunk)
    with pytest.raises(TypeError):
        to_pcm16(chunk.samples)


def test_gives_nothing_when_told() -> None:
    assert begin(make_request(), mute=True)() is None


def test_gives_empty_steps_first_when_told() -> None:
    chunks = list(speak(make_model(empty_steps=2).engine(), make_request("abcd")))
    assert [len(chunk.samples) for chunk in chunks] == [0, 0, 5760]


def test_refuses_to_start_when_told() -> None:
    with pytest.raises(SynthesisError):
        make_model(fail_start=True).engine().start(make_request())


def test_load_tells_its_progress() -> None:
    seen: list[float] = []
    make_model().load(lambda _stage, fraction: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_load_can_be_cancelled() -> None:
    def cancel(_stage: str, fraction: float) -> None:
        if fraction > 0.5:
            raise LoadCancelled

    with pytest.raises(LoadCancelled):
        make_model().load(cancel)


def test_load_fails_when_told() -> None:
    with pytest.raises(ModelNotFoundError):
        make_model(fail_load=True).load(lambda _stage, _fraction: None)


def test_settings_are_read_by_name() -> None:
    script = ToneScript.from_settings((("rate_hz", "16000"), ("char_ms", "20"), ("mute", "true")))
    assert (script.rate_hz, script.char_ms, script.mute) == (16000, 20.0, True)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("volume", "1", "rate_hz"),
        ("rate_hz", "loud", "number"),
        ("rate_hz", "0", "range"),
        ("char_ms", "nan", "range"),
        ("mute", "perhaps", "true or false"),
        ("max_batch", "0", "range"),
        ("gate", "1", "unknown"),
    ],
)
def test_settings_that_are_not_accepted_are_named(name: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ToneModel(BackendOptions(settings=((name, value),)))


def test_unknown_default_voice_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"'nobody'.*alto.*viola"):
        ToneModel(BackendOptions(voice="nobody"))


def test_unknown_model_is_refused() -> None:
    with pytest.raises(ConfigError, match="tone-1"):
        ToneModel(BackendOptions(model="other"))


def test_default_voice_is_the_operators() -> None:
    assert ToneModel(BackendOptions(voice="bass")).capabilities.default_voice == "bass"


@given(
    text=st.text(st.sampled_from("ab 1.\n\U0001f600\u00e9"), max_size=60),
    speed=st.floats(0.25, 4.0),
    script=st.sampled_from([{}, {"char_ms": 20.0}, {"mute": True}]),
)
def test_length_is_known_beforehand(text: str, speed: float, script: dict[str, object]) -> None:
    model = make_model(**script)
    request = make_request(text, extras={"speed": speed})
    audio_s = len(pcm_of(model, request)) / 2 / model.sample_rate_hz
    assert model.estimate_s(request) == pytest.approx(audio_s, rel=0.01)
