"""Where ``say -o`` writes: every kind of path, complete or not at all, with the header put right."""

from __future__ import annotations

import errno
import os
import shlex
import signal
import stat
import subprocess
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.processes import PROGRAM, program, wait_until
from tests.patience import PATIENCE_S
from tests.tone_server import serving_aside

from tts_server import cli
from tts_server.audio.wav import wav_header
from tts_server.config.environment import default_socket_path
from tts_server.endpoint import Endpoint

WAV_HEADER_BYTES = 44
N_SAMPLES = len("Hello.") * 1440


@pytest.fixture(autouse=True)
def endpoint() -> Iterator[Endpoint]:
    """A server on the default socket."""
    with serving_aside(default_socket_path()) as endpoint:
        yield endpoint


def n_samples(path: Path) -> int:
    with wave.open(str(path)) as file:
        return int(file.getnframes())


def shell(command: str, folder: Path) -> None:
    """Run a shell's line, in which SAY says "Hello."."""
    say = f"{shlex.join(PROGRAM)} say Hello."
    subprocess.run(
        ["/bin/sh", "-c", command.replace("SAY", say)], check=True, cwd=folder, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("name", ["音" * 82 + ".wav", "x" * 251 + ".wav", ".", "-x.wav", "a\nb.wav"])
def test_any_name_that_a_file_can_have_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / "sub" / (name if name != "." else "..wav")
    path.parent.mkdir()
    assert cli.main(["say", "Hello.", f"-o{path}"]) == 0
    assert n_samples(path) == N_SAMPLES
    assert list(path.parent.iterdir()) == [path]


def test_a_name_that_no_file_can_have_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["say", "Hello.", "-o", str(tmp_path / ("x" * 256))]) == 2
    assert "File name too long" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["-", "/dev/stdout", "/dev/fd/1"])
@pytest.mark.parametrize(
    ("redirection", "before"),
    [("> a.wav", b""), (">> a.wav", b"kept"), ("1<> a.wav", b""), (">> a.wav", b"")],
)
def test_a_file_that_a_shell_opened_has_the_true_length_in_its_header(
    tmp_path: Path, path: str, redirection: str, before: bytes
) -> None:
    (tmp_path / "a.wav").write_bytes(before)
    shell(f"SAY -o {path} {redirection}", tmp_path)
    content = (tmp_path / "a.wav").read_bytes()
    assert content[: len(before)] == before
    assert content[len(before) :][:WAV_HEADER_BYTES] == wav_header(24000, N_SAMPLES)
    assert len(content) == len(before) + WAV_HEADER_BYTES + 2 * N_SAMPLES


@pytest.mark.parametrize("redirection", ["> a.wav", ">> a.wav"])
def test_what_the_shell_writes_next_follows_the_audio(tmp_path: Path, redirection: str) -> None:
    shell(f"{{ printf before; SAY -o -; printf after; }} {redirection}", tmp_path)
    content = (tmp_path / "a.wav").read_bytes()
    assert content.startswith(b"before" + wav_header(24000, N_SAMPLES))
    assert content.endswith(b"after")
    assert len(content) == len("beforeafter") + WAV_HEADER_BYTES + 2 * N_SAMPLES


def test_a_pipe_gets_a_header_without_a_length(tmp_path: Path) -> None:
    shell("SAY -o /dev/stdout | cat > a.wav", tmp_path)
    assert (tmp_path / "a.wav").read_bytes()[:WAV_HEADER_BYTES] == wav_header(24000)


def test_audio_that_is_interrupted_has_a_true_header_too(short_dir: Path) -> None:
    path = short_dir / "a.wav"
    arguments = ("say", "word " * 300, "-o", "-", "--backend", "tone", "--set", "work_ms=20")
    with path.open("wb") as file, program(*arguments, folder=short_dir, stdout=file) as process:
        wait_until(lambda: path.stat().st_size > 100_000, process)
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_S)
    assert n_samples(path) * 2 + WAV_HEADER_BYTES == path.stat().st_size


@pytest.mark.parametrize("number", [1, 7])
def test_a_descriptor_that_is_closed_is_one_line(tmp_path: Path, number: int) -> None:
    line = shlex.join([*PROGRAM, "say", "Hello.", "-o", f"/dev/fd/{number}"])
    finished = subprocess.run(
        ["/bin/sh", "-c", f"{line} {number}>&-"], check=False, cwd=tmp_path, capture_output=True, text=True
    )
    assert finished.returncode == 2
    assert finished.stdout == ""
    name = "standard output" if number == 1 else f"descriptor {number}"
    assert finished.stderr.splitlines()[-1].endswith(f"{name} is closed, so the audio cannot go there")


def test_a_named_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    assert cli.main(["say", "Hello.", "-o", str(path)]) == 0
    reader.join(PATIENCE_S)
    assert len(read[0]) == WAV_HEADER_BYTES + 2 * N_SAMPLES
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_link_is_followed_be_there_a_file_or_not(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link.wav").symlink_to("there/new.wav")
    for _ in range(2):
        assert cli.main(["say", "Hello.", "-o", str(tmp_path / "link.wav")]) == 0
        assert (tmp_path / "link.wav").is_symlink()
        assert n_samples(tmp_path / "there" / "new.wav") == N_SAMPLES


def test_a_link_to_itself_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.wav").symlink_to("a.wav")
    assert cli.main(["say", "Hello.", "-o", str(tmp_path / "a.wav")]) == 2
    assert (tmp_path / "a.wav").is_symlink()
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give links away")
@pytest.mark.parametrize(("mode", "status"), [(0o1777, 2), (0o700, 0)])
def test_a_link_that_another_user_put_into_a_shared_folder_is_not_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: int, status: int
) -> None:
    (tmp_path / "precious").write_text("precious")
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "a.wav").symlink_to(tmp_path / "precious")
    os.chown(shared / "a.wav", 12345, -1, follow_symlinks=False)
    shared.chmod(mode)
    assert cli.main(["say", "Hello.", "-o", str(shared / "a.wav")]) == status
    assert ("a link of another user" in capsys.readouterr().err) is bool(status)
    assert ((tmp_path / "precious").read_bytes() == b"precious") is bool(status)


@pytest.mark.parametrize("path", ["folder", "new/", "missing/a.wav", ""])
def test_what_can_be_no_file_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    assert cli.main(["say", "Hello.", "-o", path]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_a_file_of_several_names_stays_one(tmp_path: Path) -> None:
    first, second = tmp_path / "a.wav", tmp_path / "b.wav"
    first.write_bytes(b"old" * 100_000)
    second.hardlink_to(first)
    assert cli.main(["say", "Hello.", "-o", str(first)]) == 0
    assert first.samefile(second)
    assert n_samples(second) == N_SAMPLES
    assert second.stat().st_size == WAV_HEADER_BYTES + 2 * N_SAMPLES


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EPERM])
def test_a_file_whose_name_cannot_be_exchanged_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = tmp_path / "mounted.wav"
    path.write_bytes(b"old" * 100_000)
    inode = path.stat().st_ino

    def refuse(part: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number), str(part), None, str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    assert cli.main(["say", "Hello.", "-o", str(path)]) == 0
    assert (n_samples(path), path.stat().st_ino) == (N_SAMPLES, inode)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every folder")
def test_a_file_in_a_folder_that_may_not_be_written_to_is_written_in_place(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "a.wav"
    path.write_bytes(b"old")
    folder.chmod(0o500)
    try:
        assert cli.main(["say", "Hello.", "-o", str(path)]) == 0
        assert n_samples(path) == N_SAMPLES
        assert cli.main(["say", "Hello.", "-o", str(folder / "b.wav")]) == 2
    finally:
        folder.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_of_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"old")
    path.chmod(0o640)
    os.chown(path, 12345, 23456)
    assert cli.main(["say", "Hello.", "-o", str(path)]) == 0
    info = path.stat()
    assert (info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)) == (12345, 23456, 0o640)
    assert n_samples(path) == N_SAMPLES


def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"precious")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tts_server.audio.wav.WavWriter.write", fail)
    assert cli.main(["say", "Hello.", "-o", str(path)]) == 1
    assert "No space left" in capsys.readouterr().err
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_more_samples_than_a_header_can_count_are_a_length_that_is_not_known() -> None:
    assert wav_header(24000, 1 << 31) == wav_header(24000)
    assert wav_header(24000, (1 << 31) - 19) != wav_header(24000)
