"""What every backend promises, as checks that a test of any backend can run.

A test loads a backend and calls ``check_backend``; backends of other distributions can use it too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from tts_server.audio.pcm import to_pcm16
from tts_server.backends.base import AudioChunk, Backend, WordTime
from tts_server.session.effects import SpeechRequest

MAX_STEPS = 10_000


def make_request(backend: Backend, text: str) -> SpeechRequest:
    """Ask for a text in the backend's default voice and language."""
    capabilities = backend.capabilities
    return SpeechRequest(
        text=text, voice=capabilities.default_voice, language=capabilities.default_language, extras={}
    )


def speak(backend: Backend, request: SpeechRequest) -> Iterator[AudioChunk]:
    """Run an utterance to its end; closes it, whatever happens."""
    utterance = backend.start(request)
    try:
        for _ in range(MAX_STEPS):
            chunk = utterance.step()
            if chunk is None:
                return
            yield chunk
        raise AssertionError(f"no end after {MAX_STEPS} steps")
    finally:
        utterance.close()


def pcm_of(backend: Backend, text: str) -> bytes:
    """Speak a text and return all of its PCM."""
    return b"".join(to_pcm16(chunk.samples)[0] for chunk in speak(backend, make_request(backend, text)))


def check_capabilities(backend: Backend) -> None:
    """Name, model, rate and capabilities are of one piece."""
    capabilities = backend.capabilities
    assert backend.name
    assert backend.model
    assert 8000 <= backend.sample_rate_hz <= 48000
    assert backend.sample_rate_hz * 20 % 1000 == 0, "a frame of 20 ms is a whole number of samples"
    assert capabilities is backend.capabilities
    assert capabilities.ideal_words > 0
    assert "plain" in capabilities.text_formats
    voices = capabilities.voices
    if voices:
        names = [voice.name for voice in voices]
        assert len(set(names)) == len(names)
        assert capabilities.default_voice in names
        advertised = [
            voice for voice in voices if not voice.language or voice.language in capabilities.languages
        ]
        assert capabilities.voice_count == len(advertised)
    if capabilities.languages:
        assert capabilities.default_language in capabilities.languages
    assert not set(capabilities.refused_languages) & set(capabilities.languages)


def check_speech(backend: Backend, text: str = "One two three, and four.") -> None:
    """A text gives samples of the promised form, and in steps if the backend says that it streams."""
    chunks = list(speak(backend, make_request(backend, text)))
    n_samples = 0
    peak = 0.0
    for chunk in chunks:
        view = memoryview(chunk.samples)
        assert view.ndim == 1
        assert view.contiguous
        assert view.format in {"f", "h"}
        n_samples += len(view)
        if view.format == "f":
            assert all(math.isfinite(sample) for sample in view)
        pcm, n_bad = to_pcm16(chunk.samples)
        assert n_bad == 0
        peak = max(peak, *(abs(sample) for sample in memoryview(pcm).cast("h"))) if pcm else peak
    assert n_samples > backend.sample_rate_hz // 4, "a sentence lasts at least a quarter of a second"
    assert peak > 300, "a sentence can be heard"


def check_silence(backend: Backend) -> None:
    """A text with nothing to speak gives no samples and no error."""
    for text in ("", "   ", "\n\t", "...", "?!", "—", "\u00a0\u200b"):
        assert pcm_of(backend, text) == b"", repr(text)


def check_words(backend: Backend, text: str = "One two three, and four.") -> None:
    """Word times, if there are any, are the client's own words, in order and within the audio."""
    chunks = list(speak(backend, make_request(backend, text)))
    words: list[WordTime] = [word for chunk in chunks for word in chunk.words]
    n_samples = sum(len(memoryview(chunk.samples)) for chunk in chunks)
    previous: WordTime | None = None
    for word in words:
        assert text[word.char_start : word.char_end] == word.text
        assert 0 <= word.start_s <= word.end_s <= n_samples / backend.sample_rate_hz + 0.001
        if previous is not None:
            assert previous.char_end <= word.char_start
            assert previous.start_s <= word.start_s
        previous = word
    if words:
        assert "".join(word.text for word in words) == "".join(text.split())


def check_independence(backend: Backend) -> None:
    """Utterances do not touch each other: side by side, abandoned, and one after the other."""
    alone = pcm_of(backend, "One two three.")
    first = backend.start(make_request(backend, "One two three."))
    second = backend.start(make_request(backend, "Something else."))
    pieces = []
    for _ in range(MAX_STEPS):
        chunk = first.step()
        if chunk is None:
            break
        pieces.append(to_pcm16(chunk.samples)[0])
        second.step()
    first.close()
    second.close()
    assert b"".join(pieces) == alone
    assert pcm_of(backend, "One two three.") == alone


def check_close(backend: Backend) -> None:
    """An utterance can be closed before its first step and after any."""
    for n_steps in range(3):
        utterance = backend.start(make_request(backend, "One two three."))
        for _ in range(n_steps):
            if utterance.step() is None:
                break
        utterance.close()


def check_backend(backend: Backend) -> None:
    """Run every check on a loaded backend."""
    check_capabilities(backend)
    check_speech(backend)
    check_silence(backend)
    check_words(backend)
    check_independence(backend)
    check_close(backend)
