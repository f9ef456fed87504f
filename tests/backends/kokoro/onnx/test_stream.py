"""Streamed Kokoro against the export's own graph, with the statistics of the whole utterance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime as ort
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tts_server.backends.kokoro import edges
from tts_server.backends.kokoro.acoustic import TextFeatures
from tts_server.backends.kokoro.layout import (
    DECODER_MIN_PIECE,
    DECODER_STYLE_SIZE,
    SAMPLE_RATE_HZ,
    SAMPLES_PER_FRAME,
    SAMPLES_PER_TEXT_FRAME,
    SOURCE_LEAD,
    VOCODER_LOOK_AHEAD,
    decoder_norms,
    statistics_layout,
    vocoder_norms,
)
from tts_server.backends.kokoro.onnx import stream
from tts_server.backends.kokoro.onnx.stream import StreamingModel
from tts_server.backends.kokoro.onnx.stream_parts import (
    DecoderStream,
    collect_statistics,
    flag,
    norm_path,
    to_ort,
)
from tts_server.backends.kokoro.prepare import graph
from tts_server.backends.kokoro.prepare.prepared import STREAM, prepared_model
from tts_server.backends.kokoro.prepare.weights import resolve
from tts_server.backends.kokoro.vocabulary import PAD_ID, encode
from tts_server.backends.kokoro.voices import load_voices
from tts_server.errors import ModelCorruptError, SynthesisError

if TYPE_CHECKING:
    import onnx

pytestmark = [pytest.mark.model]

Float32 = NDArray[np.float32]
VOICE = "af_heart"
SENTENCES = {
    "long": "həlˈoʊ, ðɪs ɪz ɐ sˈɛntəns ðæt tˈeɪks ɐ fjˈuː sˈɛkəndz tə sˈeɪ.",
    "word": "həlˈoʊ.",
    "sound": "ɑ",
}


@dataclass(frozen=True, eq=False)
class Whole:
    """What the export makes of one utterance, and the statistics its norms saw."""

    ids: list[int]
    style: Float32
    values: dict[str, Float32]

    def mean(self, name: str) -> Float32:
        return self.values[f"{name}/mean"]

    def std(self, name: str) -> Float32:
        return self.values[f"{name}/std"]

    @property
    def audio(self) -> Float32:
        # The export leaves out the division by the windows' sum.
        return self.values["audio"].ravel() / np.float32(1.5)


@pytest.fixture(scope="module")
def streaming_model(kokoro_cache: Path) -> StreamingModel:
    return StreamingModel.load(prepared_model(resolve(), kokoro_cache, form=STREAM).folder, threads=2)


@pytest.fixture(scope="module")
def whole(published_model: onnx.ModelProto) -> dict[str, Whole]:
    model = graph.float_export(published_model)
    seams = graph.find_seams(model)
    tensors = {"audio": "audio", "x": seams.features, "source": seams.source, "durations": seams.durations}
    for name, _ in statistics_layout([*decoder_norms(), *vocoder_norms()]):
        for key, output in (("mean", "ReduceMean"), ("std", "Sqrt")):
            tensors[f"{norm_path(name)}/{key}"] = _statistic(model, name, output)
    piece = graph.extract(model, {}, list(dict.fromkeys(tensors.values())))
    session = ort.InferenceSession(piece.SerializeToString())
    voices = load_voices()
    result = {}
    for title, phonemes in SENTENCES.items():
        ids = encode(phonemes)
        style = voices.style(VOICE, len(ids))
        tokens = np.array([[PAD_ID, *ids, PAD_ID]], np.int64)
        inputs = {"tokens": tokens, "style": style, "speed": np.ones(1, np.float32)}
        made = dict(zip(dict.fromkeys(tensors.values()), session.run(None, inputs), strict=True))
        result[title] = Whole(ids, style, {key: made[tensor] for key, tensor in tensors.items()})
    return result


def _statistic(model: onnx.ModelProto, module: str, output: str) -> str:
    """The export computes a statistic that several norms share under the name of any one of them."""
    made = {name for node in model.graph.node for name in node.output}
    base = f"/decoder/decoder/{norm_path(module)}"
    names = [base]
    if "resblocks" in base and base.endswith("adain1.0"):
        first = int(base.split("resblocks.")[1][0])
        names = [base.replace(f"resblocks.{first}", f"resblocks.{first + i}") for i in range(3)]
    return next(f"{name}/{output}_output_0" for name in names if f"{name}/{output}_output_0" in made)


def level_db(error: Float32, signal: Float32) -> float:
    powers = [float((values.astype(np.float64) ** 2).sum()) for values in (error, signal)]
    return 10 * math.log10(powers[0] / powers[1] + 1e-30)


def read(model: StreamingModel, of: Whole, speed: float = 1.0) -> TextFeatures:
    reader = model.read_text(of.ids, of.style, speed)
    while (features := reader.step()) is None:
        pass
    return features


def vocode(model: StreamingModel, of: Whole, sizes: list[int]) -> Float32:
    """Vocode the export's own features and source, cut into pieces of these sizes, the last repeated."""
    mean_std = collect_statistics(of, list(vocoder_norms()))
    scale, shift = model.vocoder_modulation.scale_and_shift(of.style[0, :DECODER_STYLE_SIZE], *mean_std)
    x, source = of.values["x"][0].T, of.values["source"][0].T
    n_frames, stream, made = len(x), model.vocoder.start(scale, shift), []
    start = source_start = 0
    for i in range(n_frames):
        end = start + sizes[min(i, len(sizes) - 1)]
        end = n_frames if n_frames - end <= SOURCE_LEAD else end
        is_last = end == n_frames
        source_end = n_frames if is_last else end + SOURCE_LEAD
        inputs = {
            "x": x[start:end],
            "source": source[60 * source_start : 60 * source_end + is_last],
            "first": flag(start == 0),
            "flush": flag(is_last),
        }
        made.append(model.vocoder.run(stream, {name: to_ort(value) for name, value in inputs.items()}))
        start, source_start = end, source_end
        if is_last:
            break
    return np.concatenate(made)


def speak(
    model: StreamingModel, of: Whole, *, trim: bool = False, exact_below_s: float = 0.0
) -> list[Float32]:
    stream = model.begin(of.ids, of.style, 1.0, lambda _: of, trim=trim, exact_decoder_below_s=exact_below_s)
    chunks = []
    while (samples := stream.step()) is not None:
        chunks.append(samples)
    return chunks


@pytest.mark.parametrize("title", SENTENCES)
def test_at_speed_1_each_token_lasts_as_long_as_in_the_export(
    streaming_model: StreamingModel, whole: dict[str, Whole], title: str
) -> None:
    durations = read(streaming_model, whole[title]).durations
    np.testing.assert_array_equal(durations, whole[title].values["durations"].ravel())


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_a_speed_changes_what_is_spoken_and_not_the_silence_before_it(
    streaming_model: StreamingModel, whole: dict[str, Whole], speed: float
) -> None:
    normal, changed = (read(streaming_model, whole["long"], s) for s in (1.0, speed))
    assert changed.durations[0] == normal.durations[0]
    assert changed.n_frames == changed.durations.sum()
    spoken = changed.durations[1:-1].sum() / normal.durations[1:-1].sum()
    assert spoken == pytest.approx(1 / speed, rel=0.2)
    beginnings = [np.flatnonzero(f.energy.ravel() > edges.SOUND_ENERGY)[0] for f in (normal, changed)]
    assert abs(int(beginnings[1]) - int(beginnings[0])) <= 6


@pytest.mark.parametrize("title", SENTENCES)
def test_the_vocoder_makes_what_the_export_makes(
    streaming_model: StreamingModel, whole: dict[str, Whole], title: str
) -> None:
    of = whole[title]
    made = vocode(streaming_model, of, [len(of.audio)])
    assert made.shape == of.audio.shape
    # The export divides its first samples by a window that it should have summed.
    assert level_db(made[20:] - of.audio[20:], of.audio[20:]) < -90


@given(
    first=st.integers(VOCODER_LOOK_AHEAD + 2, 40),
    further=st.lists(st.integers(1, 40), min_size=1, max_size=4),
)
@settings(max_examples=6)
def test_the_vocoder_makes_the_same_whatever_the_pieces(
    streaming_model: StreamingModel, whole: dict[str, Whole], first: int, further: list[int]
) -> None:
    expected = vocode(streaming_model, whole["word"], [10_000])
    made = vocode(streaming_model, whole["word"], [first, *further])
    assert level_db(made - expected, expected) < -90


def test_the_vocoder_takes_single_frames(streaming_model: StreamingModel, whole: dict[str, Whole]) -> None:
    expected = vocode(streaming_model, whole["sound"], [10_000])
    made = vocode(streaming_model, whole["sound"], [VOCODER_LOOK_AHEAD + 2, 1])
    assert level_db(made - expected, expected) < -90


@pytest.mark.parametrize("sizes", [[10_000], [13, 2], [5, 30, 7]], ids=str)
@pytest.mark.parametrize("exact", [True, False])
def test_the_decoder_makes_what_the_export_makes(
    streaming_model: StreamingModel, whole: dict[str, Whole], sizes: list[int], exact: bool
) -> None:
    of = whole["word"]
    features = read(streaming_model, of)
    decoder = DecoderStream(
        streaming_model.decoder,
        streaming_model.decoder_modulation,
        features,
        of.style[0, :DECODER_STYLE_SIZE],
    )
    if exact:
        decoder.decode_whole()
    else:
        decoder.use_statistics(*collect_statistics(of, list(decoder_norms())))
    expected, made, start = of.values["x"], [], 0
    for i in range(10_000):
        end = min(expected.shape[2], start + sizes[min(i, len(sizes) - 1)])
        made.append(decoder.frames(start, end))
        start = end
        if end == expected.shape[2]:
            break
    joined = np.concatenate(made, axis=2)
    assert joined.shape == expected.shape
    assert level_db(joined - expected, expected) < -90


@pytest.mark.parametrize("title", SENTENCES)
@pytest.mark.parametrize("exact_below_s", [0.0, 60.0])
def test_a_streamed_utterance_sounds_like_the_export(
    streaming_model: StreamingModel, whole: dict[str, Whole], title: str, exact_below_s: float
) -> None:
    of = whole[title]
    made = np.concatenate(speak(streaming_model, of, exact_below_s=exact_below_s))
    assert made.shape == of.audio.shape
    # The source's rounding makes the difference; see harmonic_source.
    assert level_db(made[20:] - of.audio[20:], of.audio[20:]) < -20
    assert level_db(_spectrum(made) - _spectrum(of.audio), _spectrum(of.audio)) < -30


def _spectrum(samples: Float32) -> Float32:
    frames = np.lib.stride_tricks.sliding_window_view(samples[20:], 1024)[::256]
    spectrum: Float32 = np.abs(np.fft.rfft(frames * np.hanning(1024), axis=1)).astype(np.float32)
    return spectrum


@pytest.mark.parametrize("title", ["long", "word"])
def test_trimming_leaves_out_silence_and_nothing_else(
    streaming_model: StreamingModel, whole: dict[str, Whole], title: str
) -> None:
    of = whole[title]
    stream = streaming_model.begin(of.ids, of.style, 1.0, lambda _: of)
    made = []
    while (samples := stream.step()) is not None:
        made.append(samples)
    trimmed = np.concatenate(made)
    kept = np.concatenate(speak(streaming_model, of))
    threshold = 0.01 * np.abs(kept).max()
    audible = np.flatnonzero(np.abs(kept) > threshold)
    start, end = stream.n_trimmed, stream.n_trimmed + len(trimmed)
    assert 0 < start < audible[0]
    assert audible[-1] < end < len(kept)
    assert audible[0] - start < 0.04 * SAMPLE_RATE_HZ
    assert end - audible[-1] < 0.2 * SAMPLE_RATE_HZ
    assert level_db(trimmed - kept[start:end], kept[start:end]) < -40
    assert np.abs(trimmed[:100]).max() < threshold


def test_an_utterance_that_was_begun_too_late_is_begun_again(
    streaming_model: StreamingModel, whole: dict[str, Whole], monkeypatch: pytest.MonkeyPatch
) -> None:
    of = whole["word"]
    kept = np.concatenate(speak(streaming_model, of))
    late = edges.first_frame(read(streaming_model, of)) + 10
    assert np.abs(kept[: SAMPLES_PER_FRAME * late]).max() > 0.1 * np.abs(kept).max()
    monkeypatch.setattr(stream, "first_frame", lambda _: late)
    speech = streaming_model.begin(of.ids, of.style, 1.0, lambda _: of)
    trimmed = []
    while (samples := speech.step()) is not None:
        trimmed.append(samples)
    made = np.concatenate(trimmed)
    expected = kept[speech.n_trimmed : speech.n_trimmed + len(made)]
    assert np.abs(kept[: speech.n_trimmed]).max() < 0.01 * np.abs(kept).max()
    assert level_db(made - expected, expected) < -40


def test_silence_at_the_end_is_cut_however_small_the_pieces(
    streaming_model: StreamingModel, whole: dict[str, Whole], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "STEP_S", 0.0)
    of = whole["word"]
    speech = streaming_model.begin(of.ids, of.style, 1.0, lambda _: of)
    made = []
    while (samples := speech.step()) is not None:
        made.append(samples)
    trimmed = np.concatenate(made)
    assert max(len(samples) for samples in made[4:]) <= stream.MIN_PIECE_FRAMES * SAMPLES_PER_FRAME
    loud = np.flatnonzero(np.abs(trimmed) > edges.SILENCE_LEVEL)
    assert len(trimmed) - 1 - loud[-1] == edges.N_SILENT_AFTER


def test_the_first_audio_comes_right_after_text_stage_and_decoder_and_is_short(
    streaming_model: StreamingModel, whole: dict[str, Whole]
) -> None:
    text_stage, decoded, first, *rest = speak(streaming_model, whole["word"], trim=True)
    assert len(text_stage) == len(decoded) == 0
    assert 0 < len(first) < 0.15 * SAMPLE_RATE_HZ
    assert all(len(samples) <= 32 * SAMPLES_PER_FRAME + 600 for samples in rest)


def test_programs_run_one_after_the_other_make_the_same(
    streaming_model: StreamingModel, kokoro_cache: Path, whole: dict[str, Whole]
) -> None:
    one_thread = StreamingModel.load(prepared_model(resolve(), kokoro_cache, form=STREAM).folder, threads=1)
    expected = vocode(streaming_model, whole["sound"], [10_000])
    made = vocode(one_thread, whole["sound"], [10_000])
    assert level_db(made - expected, expected) < -90


def test_two_utterances_at_once_do_not_disturb_each_other(
    streaming_model: StreamingModel, whole: dict[str, Whole]
) -> None:
    of = whole["word"]
    alone = np.concatenate(speak(streaming_model, of))
    streams = [streaming_model.begin(of.ids, of.style, 1.0, lambda _: of, trim=False) for _ in range(2)]
    made: list[list[Float32]] = [[], []]
    while pieces := [(i, samples) for i, s in enumerate(streams) if (samples := s.step()) is not None]:
        for i, samples in pieces:
            made[i].append(samples)
    for chunks in made:
        assert level_db(np.concatenate(chunks) - alone, alone) < -90


@pytest.mark.parametrize(("n_times", "n_steps"), [(1, 1), (2, 2), (3, 4)])
def test_the_text_stage_of_a_longer_text_takes_more_steps(
    streaming_model: StreamingModel, whole: dict[str, Whole], n_times: int, n_steps: int
) -> None:
    ids = (whole["long"].ids[:48] * 4)[: 47 * n_times]
    reader = streaming_model.read_text(ids, whole["long"].style, 1.0)
    results = [reader.step() for _ in range(n_steps)]
    assert results[-1] is not None
    assert results[:-1] == [None] * (n_steps - 1)


def test_durations_add_up_to_the_frames(streaming_model: StreamingModel, whole: dict[str, Whole]) -> None:
    of = whole["long"]
    features = read(streaming_model, of)
    assert len(features.durations) == len(of.ids) + 2
    assert features.durations.sum() == features.n_frames == len(of.audio) // SAMPLES_PER_TEXT_FRAME
    assert features.n_frames > DECODER_MIN_PIECE


def test_a_failing_model_is_a_synthesis_error_and_stays_usable(
    streaming_model: StreamingModel, whole: dict[str, Whole]
) -> None:
    of = whole["sound"]
    broken = streaming_model.begin([10_000], of.style, 1.0, lambda _: of)
    with pytest.raises(SynthesisError):
        broken.step()
    assert speak(streaming_model, of)


def test_a_folder_without_programs_is_a_corrupt_model(tmp_path: Path) -> None:
    with pytest.raises(ModelCorruptError):
        StreamingModel.load(tmp_path)
