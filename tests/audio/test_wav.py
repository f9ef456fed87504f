"""WAV files as another reader sees them."""

from __future__ import annotations

import io
import struct
import wave

import pytest

from tts_server.audio.wav import WavWriter, wav_header


class Pipe(io.BytesIO):
    """A file that cannot be seeked, such as standard output."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise OSError("not seekable")


def test_a_file_is_read_back_with_its_rate_and_length() -> None:
    file = io.BytesIO()
    with WavWriter(file, 22050) as writer:
        writer.write(b"\x01\x00\x02\x00")
        writer.write(b"\x03\x00")
    assert writer.n_samples == 3
    file.seek(0)
    with wave.open(file) as reader:
        assert reader.getparams()[:4] == (1, 2, 22050, 3)
        assert reader.readframes(9) == b"\x01\x00\x02\x00\x03\x00"


def test_a_file_that_is_appended_to_keeps_what_came_before() -> None:
    file = io.BytesIO(b"head")
    file.seek(4)
    with WavWriter(file, 8000) as writer:
        writer.write(b"\x01\x00")
    assert file.getvalue() == b"head" + wav_header(8000, 1) + b"\x01\x00"
    assert file.tell() == len(file.getvalue())


def test_a_pipe_gets_a_header_of_unknown_length_first() -> None:
    file = Pipe()
    with WavWriter(file, 24000) as writer:
        writer.write(b"\x01\x00")
    assert file.getvalue() == wav_header(24000) + b"\x01\x00"


@pytest.mark.parametrize(
    ("n_samples", "riff_bytes", "data_bytes"),
    [(0, 36, 0), (5, 46, 10), (None, 0xFFFFFFFF, 0xFFFFFFFF), (2147483646, 0xFFFFFFFF, 4294967292)],
)
def test_the_header_tells_the_lengths(n_samples: int | None, riff_bytes: int, data_bytes: int) -> None:
    header = wav_header(24000, n_samples)
    assert len(header) == 44
    assert header[:4] + header[8:16] == b"RIFFWAVEfmt "
    assert int.from_bytes(header[4:8], "little") == riff_bytes
    assert struct.unpack("<IHHIIHH", header[16:36]) == (16, 1, 1, 24000, 48000, 2, 16)
    assert int.from_bytes(header[40:44], "little") == data_bytes


def test_the_header_is_put_right_even_when_writing_failed() -> None:
    file = io.BytesIO()

    def fail() -> None:
        with WavWriter(file, 8000) as writer:
            writer.write(b"\x01\x00")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert file.getvalue() == wav_header(8000, 1) + b"\x01\x00"
