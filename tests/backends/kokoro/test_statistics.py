from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.kokoro.measure_statistics import HELD_OUT_EVERY, PHONEMES, plan_utterances

from tts_server.backends.kokoro.layout import decoder_norms, statistics_layout, vocoder_norms
from tts_server.backends.kokoro.onnx.stream_parts import norm_path
from tts_server.backends.kokoro.statistics import Statistics, load_statistics, norms, pack_basis, unpack_basis
from tts_server.backends.kokoro.vocabulary import VOCABULARY, encode
from tts_server.backends.kokoro.voices import load_voices
from tts_server.errors import ConfigError, ModelCorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE = Path(__file__).with_name("statistics_sample.npz")
"""Three sentences that nothing was fitted to: what the text stage told, and what was measured over each."""
VOICES = ("am_michael", "if_sara", "hf_alpha")


@pytest.fixture(scope="module")
def sample() -> dict[str, NDArray[Any]]:
    with np.load(SAMPLE) as arrays:
        return dict(arrays)


def predict(sample: dict[str, NDArray[Any]], sentence: str, voice: str) -> Statistics:
    text = np.repeat(sample[f"{sentence}.text"].astype(np.float32), sample[f"{sentence}.repeats"], axis=1)
    return load_statistics().predict(
        text,
        sample[f"{sentence}.pitch"],
        sample[f"{sentence}.energy"],
        voice=voice,
        n_phonemes=int(sample[f"{sentence}.n_phonemes"]),
    )


def errors(sample: dict[str, NDArray[Any]], sentence: str, predicted: Statistics) -> tuple[float, float]:
    """Median error of a mean in standard deviations, and of a standard deviation as a logarithm."""
    means, stds = (sample[f"{sentence}.{name}"].astype(np.float32) for name in ("means", "stds"))
    mean_error = float(np.median(np.abs(predicted.means - means) / stds))
    return mean_error, float(np.median(np.abs(np.log(predicted.stds / stds))))


def silence(n_frames: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return np.zeros((512, n_frames), np.float32), np.zeros(2 * n_frames, np.float32)


@pytest.mark.parametrize("voice", VOICES)
def test_statistics_of_a_sentence_that_was_not_fitted_are_near_the_measured_ones(
    sample: dict[str, NDArray[Any]], voice: str
) -> None:
    mean_error, std_error = errors(sample, voice, predict(sample, voice, voice))

    assert mean_error < 0.02
    assert std_error < 0.035


@pytest.mark.parametrize("voice", VOICES)
def test_each_voice_has_statistics_of_its_own(sample: dict[str, NDArray[Any]], voice: str) -> None:
    own = errors(sample, voice, predict(sample, voice, voice))

    for other in set(VOICES) - {voice}:
        theirs = errors(sample, voice, predict(sample, voice, other))
        assert theirs[0] > 4 * own[0]
        assert theirs[1] > 2 * own[1]


@pytest.mark.parametrize("voice", VOICES)
def test_the_first_norm_is_computed_not_guessed(sample: dict[str, NDArray[Any]], voice: str) -> None:
    predicted = predict(sample, voice, voice)

    n = len(predicted.mean("encode/norm1"))
    measured = sample[f"{voice}.means"][:n].astype(np.float32), sample[f"{voice}.stds"][:n].astype(np.float32)
    # The sample's text and statistics are kept as float16.
    assert np.allclose(predicted.mean("encode/norm1"), measured[0], rtol=1e-3, atol=1e-3)
    assert np.allclose(predicted.std("encode/norm1"), measured[1], rtol=1e-3, atol=1e-3)


def test_the_norms_are_those_that_the_programs_ask_for() -> None:
    asked = [
        (norm_path(name), n_channels)
        for program in (decoder_norms(), vocoder_norms())
        for name, n_channels in statistics_layout(program)
    ]

    assert sorted(asked) == sorted(norms())


def test_every_voice_of_the_package_is_there() -> None:
    assert sorted(load_statistics().voices) == sorted(load_voices().names)


def test_names_cut_the_concatenation_without_gap_or_overlap(sample: dict[str, NDArray[Any]]) -> None:
    predicted = predict(sample, VOICES[0], VOICES[0])

    assert np.array_equal(np.concatenate([predicted.mean(name) for name, _ in norms()]), predicted.means)
    assert np.array_equal(np.concatenate([predicted.std(name) for name, _ in norms()]), predicted.stds)


def test_two_calls_do_not_share_their_arrays(sample: dict[str, NDArray[Any]]) -> None:
    first = predict(sample, VOICES[0], VOICES[0])
    kept = first.means.copy()
    predict(sample, VOICES[1], VOICES[1]).means[:] = 0

    assert np.array_equal(first.means, kept)


def test_shapes_as_the_text_stage_gives_them_are_taken_as_well(sample: dict[str, NDArray[Any]]) -> None:
    voice = VOICES[0]
    text = np.repeat(sample[f"{voice}.text"].astype(np.float32), sample[f"{voice}.repeats"], axis=1)
    predicted = load_statistics().predict(
        text[None],
        sample[f"{voice}.pitch"].reshape(1, 1, -1),
        sample[f"{voice}.energy"].reshape(1, 1, -1),
        voice=voice,
        n_phonemes=int(sample[f"{voice}.n_phonemes"]),
    )

    assert np.allclose(predicted.means, predict(sample, voice, voice).means, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 2000])
def test_any_length_gives_finite_positive_standard_deviations(n_frames: int) -> None:
    text, curve = silence(n_frames)
    predicted = load_statistics().predict(text, curve, curve, voice="af_heart", n_phonemes=1)

    assert np.isfinite(predicted.means).all()
    assert np.isfinite(predicted.stds).all()
    assert (predicted.stds > 0).all()


def test_an_unknown_voice_is_refused_by_name() -> None:
    text, curve = silence(4)

    with pytest.raises(ConfigError, match="af_nobody"):
        load_statistics().predict(text, curve, curve, voice="af_nobody", n_phonemes=1)


def test_a_damaged_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = resources.files("tts_server.backends.kokoro") / "data"
    folder = tmp_path / "data"
    folder.mkdir()
    description = json.loads((data / "statistics.json").read_text(encoding="utf-8"))
    (folder / "statistics.json").write_text(json.dumps(description), encoding="utf-8")
    (folder / "statistics.npz").write_bytes((data / "statistics.npz").read_bytes()[:-1] + b"?")
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)

    with pytest.raises(ModelCorruptError, match="checksum"):
        load_statistics.__wrapped__()


def test_missing_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)

    with pytest.raises(ModelCorruptError, match=r"statistics\.json"):
        load_statistics.__wrapped__()


@given(st.lists(st.integers(-(2**15), 2**15 - 1), min_size=1))
def test_packed_integers_come_back(values: list[int]) -> None:
    assert unpack_basis(*pack_basis(np.array(values, np.int32))).tolist() == values


def test_the_plan_of_what_is_measured_depends_on_the_seed_alone() -> None:
    assert list(plan_utterances(3, 1, seed=5)) == list(plan_utterances(3, 1, seed=5))
    assert list(plan_utterances(3, 1, seed=5)) != list(plan_utterances(3, 1, seed=6))


def test_no_sentence_is_both_fitted_and_held_out() -> None:
    sentences: dict[str, list[str]] = json.loads(PHONEMES.read_text(encoding="utf-8"))
    kept = {s for mine in sentences.values() for s in mine[HELD_OUT_EVERY // 2 :: HELD_OUT_EVERY]}
    # Short ones may also be a part of a longer one.
    kept = {sentence for sentence in kept if len(sentence.split()) > 5}

    plan = list(plan_utterances(20, 2, seed=1))

    assert any(u.phonemes in kept for u in plan if u.held_out)
    assert not [u for u in plan if not u.held_out if any(sentence in u.phonemes for sentence in kept)]


def test_the_plan_has_every_voice_any_speed_and_only_what_the_model_can_take() -> None:
    plan = list(plan_utterances(20, 1, seed=1))

    assert {u.voice for u in plan} == set(load_voices().names)
    assert min(u.speed for u in plan) < 0.6
    assert max(u.speed for u in plan) > 1.8
    assert all(0.5 <= u.speed <= 2 for u in plan)
    assert all(1 <= len(encode(u.phonemes)) <= 480 and set(u.phonemes) <= VOCABULARY.keys() for u in plan)


@pytest.mark.parametrize(
    "page",
    [
        "src/tts_server/backends/kokoro/statistics.py",
        "training/kokoro/fit_statistics.py",
        "docs/explanation/streaming.md",
    ],
)
def test_what_is_said_of_the_fit_is_what_the_data_say(page: str) -> None:
    data = resources.files("tts_server.backends.kokoro") / "data" / "statistics.json"
    n_utterances = json.loads(data.read_text(encoding="utf-8"))["n_utterances"]
    said = (Path(__file__).parents[3] / page).read_text(encoding="utf-8")
    assert f"{n_utterances:,} utterances" in said
