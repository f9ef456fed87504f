"""The engine of the simulator costs what was measured of a real one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.bench.engine_model import SHAPES, EngineModel, Observation, sentence_lengths
from tts_server.bench.sentences import PARAGRAPH, SENTENCES

SHAPE_NAMES = sorted(SHAPES)


def steps_of(model: EngineModel, text: str) -> list[tuple[float, float]]:
    return list(model.steps(text, random.Random(1)))


def observe(model: EngineModel, text: str) -> Observation:
    """What an idle server with this engine would show."""
    steps = steps_of(model, text)
    until_first = next(n for n, (_, audio_s) in enumerate(steps, 1) if audio_s)
    return Observation(
        n_chars=len(text),
        first_audio_s=sum(work_s for work_s, _ in steps[:until_first]),
        audio_s=sum(audio_s for _, audio_s in steps),
        work_s=sum(work_s for work_s, _ in steps),
    )


@pytest.mark.parametrize("shape", SHAPE_NAMES)
@pytest.mark.parametrize("rtf", [0.02, 0.3, 2.0])
def test_steps_make_all_the_audio_of_a_text(shape: str, rtf: float) -> None:
    model = replace(SHAPES[shape], rtf=rtf)
    n_chars = sum(sentence_lengths(PARAGRAPH)) if model.by_sentence else len(PARAGRAPH)
    n_pauses = len(sentence_lengths(PARAGRAPH)) - 1
    audio_s = sum(audio_s for _, audio_s in steps_of(model, PARAGRAPH))
    assert audio_s == pytest.approx(n_chars * model.audio_s_per_char + n_pauses * model.pause_s)


def test_pieces_grow_as_far_as_their_time_allows() -> None:
    model = EngineModel(rtf=0.2, text_s=0.05, first_piece_s=0.1, growth=2.0, max_piece_s=5.0, step_s=0.1)
    steps = steps_of(model, "x" * 40)
    assert [audio_s for _, audio_s in steps[:6]] == [0.0, 0.0, 0.1, 0.2, 0.4, 0.5]
    assert max(work_s for work_s, _ in steps[2:]) == pytest.approx(0.1)


def test_text_stage_is_cut_into_short_steps() -> None:
    model = EngineModel(text_s=0.1, text_s_per_char=0.001, text_step_s=0.04)
    works = [work_s for work_s, audio_s in steps_of(model, "x" * 30) if not audio_s]
    assert works == pytest.approx([0.0325] * 4)


def test_engine_that_cannot_be_cut_speaks_a_sentence_in_each_step() -> None:
    assert len(steps_of(SHAPES["whole"], PARAGRAPH)) == len(sentence_lengths(PARAGRAPH)) == 9


@given(rtf=st.floats(0.05, 0.5), text_s=st.floats(0.0, 0.1), per_char_s=st.floats(0.0, 0.003))
def test_model_is_found_again_from_what_it_shows(rtf: float, text_s: float, per_char_s: float) -> None:
    true = EngineModel(rtf=rtf, text_s=text_s, text_s_per_char=per_char_s)
    found = EngineModel().measured([observe(true, text) for text in SENTENCES[2:]])
    for text in SENTENCES[2:]:
        there, here = observe(true, text), observe(found, text)
        assert here.work_s == pytest.approx(there.work_s, rel=0.1, abs=0.01)
        assert here.first_audio_s == pytest.approx(there.first_audio_s, rel=0.1, abs=0.02)


def test_spread_is_found_again_from_what_it_shows() -> None:
    true = EngineModel(spread=0.2)
    rng = random.Random(3)
    seen = []
    for text in SENTENCES[2:] * 20:
        steps = list(true.steps(text, rng))
        until_first = next(n for n, (_, audio_s) in enumerate(steps, 1) if audio_s)
        first_audio_s, work_s = (sum(w for w, _ in some) for some in (steps[:until_first], steps))
        seen.append(Observation(len(text), first_audio_s, sum(a for _, a in steps), work_s))
    assert EngineModel().measured(seen).spread == pytest.approx(0.2, rel=0.2)


def test_measuring_needs_two_sentences() -> None:
    with pytest.raises(ValueError, match="two sentences"):
        EngineModel().measured([Observation(10, 0.1, 1.0, 0.3)])


def test_noise_spreads_the_work_and_keeps_the_audio() -> None:
    calm, noisy = EngineModel(), EngineModel(noise=0.2)
    assert [a for _, a in steps_of(calm, PARAGRAPH)] == [a for _, a in steps_of(noisy, PARAGRAPH)]
    assert [w for w, _ in steps_of(calm, PARAGRAPH)] != [w for w, _ in steps_of(noisy, PARAGRAPH)]
    assert steps_of(noisy, PARAGRAPH) == steps_of(noisy, PARAGRAPH)
    works = [sum(work_s for work_s, _ in steps_of(model, PARAGRAPH)) for model in (calm, noisy)]
    assert works[1] == pytest.approx(works[0], rel=0.1)


@pytest.mark.parametrize(("extra", "work_s"), [(0.0, 0.3), (0.5, 0.45), (1.0, 0.6)])
def test_a_batch_costs_its_longest_step_and_a_part_of_the_others(extra: float, work_s: float) -> None:
    engine = EngineModel(batch_extra=extra)
    assert engine.batch_work_s([0.1, 0.3, 0.2]) == pytest.approx(work_s)
    assert engine.batch_work_s([0.3]) == 0.3
    assert EngineModel(batch_extra=2 / 7).batch_work_s([0.1] * 8) == pytest.approx(0.3)
