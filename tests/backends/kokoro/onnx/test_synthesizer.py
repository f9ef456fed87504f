from __future__ import annotations

import hashlib
import json
import shutil
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from tts_server.backends.base import LoadCancelled
from tts_server.backends.kokoro.layout import DECODER_STYLE_SIZE, SAMPLES_PER_TEXT_FRAME
from tts_server.backends.kokoro.onnx.synthesizer import WholeModel
from tts_server.backends.kokoro.prepare import prepared
from tts_server.backends.kokoro.prepare.cache import MANIFEST_NAME
from tts_server.backends.kokoro.prepare.prepared import WHOLE, preparation_sha256, prepared_model
from tts_server.backends.kokoro.prepare.weights import resolve
from tts_server.backends.kokoro.vocabulary import encode
from tts_server.backends.kokoro.voices import Float32, load_voices
from tts_server.errors import ModelCorruptError, SynthesisError

pytestmark = [pytest.mark.model]

PHONEMES = encode("həlˈO, wˈɜɹld.")


def style(n_phonemes: int = len(PHONEMES)) -> Float32:
    return load_voices().style("af_heart", n_phonemes)


def test_durations_add_up_to_the_samples(whole_model: WholeModel) -> None:
    samples, durations = whole_model.synthesize(PHONEMES, style())
    assert samples.dtype == np.float32
    assert durations.shape == (len(PHONEMES) + 2,)
    assert durations.min() >= 1
    assert len(samples) == durations.sum() * SAMPLES_PER_TEXT_FRAME
    assert 0.8 < len(samples) / whole_model.sample_rate_hz < 2.5


def test_the_level_is_that_of_the_published_model_without_its_excess(
    whole_model: WholeModel, tmp_path: Path
) -> None:
    (tmp_path / "int8.onnx").write_bytes(resolve().read())
    published = ort.InferenceSession(str(tmp_path / "int8.onnx"), providers=["CPUExecutionProvider"])
    inputs = {
        "tokens": np.array([[0, *PHONEMES, 0]], np.int64),
        "style": style(),
        "speed": np.ones(1, np.float32),
    }
    loud = np.asarray(published.run(None, inputs)[0])
    samples, _ = whole_model.synthesize(PHONEMES, style())
    ratio = float(np.sqrt(np.mean(loud**2) / np.mean(samples**2)))
    assert ratio == pytest.approx(1.5, rel=0.1)
    assert np.abs(samples).max() < 1


def test_the_same_input_gives_the_same_samples(whole_model: WholeModel) -> None:
    first, _ = whole_model.synthesize(PHONEMES, style())
    second, _ = whole_model.synthesize(PHONEMES, style())
    np.testing.assert_array_equal(first, second)


def test_a_higher_speed_is_a_shorter_utterance(whole_model: WholeModel) -> None:
    lengths = [len(whole_model.synthesize(PHONEMES, style(), speed)[0]) for speed in (0.5, 1.0, 2.0)]
    assert lengths[0] > 1.5 * lengths[1] > 2 * lengths[2]


def test_nothing_to_say_gives_no_samples(whole_model: WholeModel) -> None:
    samples, durations = whole_model.synthesize([], style(0))
    assert samples.size == durations.size == 0


def test_one_phoneme_and_the_most_phonemes_are_spoken(whole_model: WholeModel) -> None:
    for n_phonemes in (1, 510):
        ids = (PHONEMES * 40)[:n_phonemes]
        samples, durations = whole_model.synthesize(ids, style(n_phonemes), 2.0)
        assert len(samples) == durations.sum() * SAMPLES_PER_TEXT_FRAME
        assert np.isfinite(samples).all()


@pytest.mark.parametrize(
    ("ids", "row", "speed", "message"),
    [
        (PHONEMES * 40, style(), 1.0, "at most 510"),
        ([178], style(), 1.0, "0 to 177"),
        ([-1], style(), 1.0, "0 to 177"),
        (PHONEMES, style()[:, :DECODER_STYLE_SIZE], 1.0, r"instead of \(1, 256\)"),
        (PHONEMES, style(), 0.4, "speed 0.4 is not in"),
        (PHONEMES, style(), float("nan"), "speed nan is not in"),
    ],
)
def test_what_the_model_cannot_take_is_refused_and_it_stays_usable(
    whole_model: WholeModel, ids: list[int], row: Float32, speed: float, message: str
) -> None:
    with pytest.raises(SynthesisError, match=message):
        whole_model.synthesize(ids, row, speed)
    assert len(whole_model.synthesize(PHONEMES, style())[0]) > 0


def test_a_loaded_model_is_found_in_the_cache(whole_model: WholeModel, kokoro_cache: Path) -> None:
    del whole_model  # it is loaded, hence prepared
    stages: list[str] = []
    WholeModel.load(resolve(), kokoro_cache, 1, lambda stage, _: stages.append(stage)).close()
    assert set(stages) == {"checking the prepared model", "loading the model"}


def test_giving_up_at_any_stage_leaves_nothing_behind(tmp_path: Path) -> None:
    for given_up in ("reading the weights", "preparing the model", "writing the prepared model"):

        def give_up(stage: str, _fraction: float, given_up: str = given_up) -> None:
            if stage == given_up:
                raise LoadCancelled

        with pytest.raises(LoadCancelled):
            prepared_model(resolve(), tmp_path, give_up, form=WHOLE)
        assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_onnx_file_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"not a model")
    path.with_name("mine.onnx.sha256").write_text(hashlib.sha256(b"not a model").hexdigest())
    cache_dir = tmp_path / "cache"
    with pytest.raises(ModelCorruptError, match="no ONNX file"):
        WholeModel.load(resolve(path), cache_dir)
    assert not cache_dir.exists() or not list(cache_dir.iterdir())


def test_a_graph_that_onnx_runtime_refuses_is_one_clear_error(
    whole_model: WholeModel, kokoro_cache: Path, tmp_path: Path
) -> None:
    del whole_model
    entry = prepared_model(resolve(), kokoro_cache, form=WHOLE)
    folder = tmp_path / entry.folder.name
    folder.mkdir()
    (folder / f"{WHOLE}.onnx").write_bytes(b"")
    file = {"bytes": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    (folder / MANIFEST_NAME).write_text(json.dumps({"files": {f"{WHOLE}.onnx": file}}))
    with pytest.raises(ModelCorruptError, match="ONNX Runtime cannot load"):
        WholeModel.load(resolve(), tmp_path)


def test_a_closed_model_refuses_to_speak(whole_model: WholeModel, kokoro_cache: Path) -> None:
    del whole_model
    model = WholeModel.load(resolve(), kokoro_cache, 1)
    model.close()
    model.close()
    with pytest.raises(SynthesisError, match="closed"):
        model.synthesize(PHONEMES, style())


def test_the_cache_belongs_to_the_code_that_prepared_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = preparation_sha256()
    folder = tmp_path / "kokoro"
    shutil.copytree(Path(prepared.__file__).parents[1], folder)
    monkeypatch.setattr(resources, "files", lambda _package: folder)
    assert preparation_sha256() == before
    (folder / "prepare" / "simplify.py").write_text("# changed\n")
    assert preparation_sha256() != before
