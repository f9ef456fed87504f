"""Checks of what an engine speaks, for ``tts_server.backends.testing``.

Each runs on the engine's thread and raises ``AssertionError`` with the promise that does not hold. ``most``
is the most by which two utterances of one text may differ, from ``spread``.
"""

from __future__ import annotations

import math
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tts_server.audio.pcm import to_pcm16
from tts_server.backends.base import Engine, Model, StepResult, Utterance
from tts_server.errors import SynthesisError
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import SpeechRequest
from tts_server.speech.words import WordTime

SENTENCE = "One two three, and four."
LONG_SENTENCE = "One two three four five six seven eight nine ten, and then eleven, twelve and thirteen."
NOTHING_TO_SPEAK = ("", "   ", "\n\t", "...", "?!", "—", "\u00a0\u200b")
ODD_TEXTS = ("\0", "😀 2", "1/2/3", "x" * 40, "%", "e\u0301\u0301", "<b>&amp;", "日本 हिंदी", "€9 me@x.com")

MAX_STEPS = 10_000
LEAST_SPREAD = 0.02
"""Two utterances of one text are taken for the same if they differ by no more, as `difference` counts."""


def expect(holds: bool, promise: str) -> None:
    """Raise ``AssertionError`` with the promise that does not hold."""
    if not holds:
        raise AssertionError(f"not so: {promise}")


def make_request(model: Model, text: str, language: str | None = None) -> SpeechRequest:
    """Ask a loaded model for a text in its default voice, and in its default language or another."""
    capabilities = model.capabilities
    return SpeechRequest(
        text=text,
        voice=capabilities.default_voice,
        language=language or capabilities.default_language,
        extras={},
    )


def step_all(engine: Engine, utterances: Sequence[Utterance]) -> list[StepResult]:
    """Step utterances together; the form of the results is checked."""
    results = engine.step(utterances)
    expect(len(results) == len(utterances), "a step has a result for each utterance")
    for result in results:
        is_one = result is None or isinstance(result, AudioChunk | SynthesisError)
        expect(is_one, f"a step returns chunks, errors of synthesis or None, not {type(result).__name__}")
    return list(results)


def step(engine: Engine, utterance: Utterance) -> AudioChunk | None:
    """Step an utterance by itself.

    Raises:
        SynthesisError: The engine failed on it.
    """
    (result,) = step_all(engine, [utterance])
    if isinstance(result, SynthesisError):
        raise result
    return result


def speak(engine: Engine, request: SpeechRequest) -> Iterator[AudioChunk]:
    """Run an utterance by itself to its end; closes it, whatever happens.

    Raises:
        SynthesisError: The engine failed on it.
    """
    utterance = engine.start(request)
    try:
        for _ in range(MAX_STEPS):
            chunk = step(engine, utterance)
            if chunk is None:
                return
            yield chunk
        raise AssertionError(f"no end after {MAX_STEPS} steps")
    finally:
        utterance.close()


@dataclass(frozen=True, slots=True)
class Speaker:
    """A loaded model and an engine of it, on whose thread everything runs."""

    model: Model
    engine: Engine

    def request(self, text: str, language: str | None = None) -> SpeechRequest:
        """As ``make_request``."""
        return make_request(self.model, text, language)

    def start(self, text: str) -> Utterance:
        """Begin to speak a text."""
        return self.engine.start(self.request(text))

    def pcm(self, request: SpeechRequest | str) -> bytes:
        """Return all samples of a request or a text as int16 PCM, each chunk's form checked."""
        if isinstance(request, str):
            request = self.request(request)
        return b"".join(pcm_of(chunk) for chunk in speak(self.engine, request))


def pcm_of(chunk: AudioChunk) -> bytes:
    """Check the form of a chunk's samples; return them as int16."""
    view = memoryview(chunk.samples)
    expect(view.ndim == 1 and view.contiguous, "samples are contiguous, of one dimension")
    expect(view.format in {"f", "h"}, f"samples are float32 or int16, not of format {view.format!r}")
    if view.format == "f":
        expect(all(map(math.isfinite, view)), "samples are numbers")
        loudest = max(map(abs, view), default=0.0)
        expect(loudest <= 1, f"float samples are in [-1, 1], not {loudest}")
    return to_pcm16(chunk.samples)[0]


def _samples(pcm: bytes) -> array[int]:
    samples = array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _peak(pcm: bytes) -> int:
    return max(map(abs, _samples(pcm)), default=0)


def spread(speaker: Speaker) -> float:
    """Return how much two utterances of one text may differ: as much as they do with nothing beside."""
    one, other = (speaker.pcm(SENTENCE) for _ in range(2))
    return max(LEAST_SPREAD, 2 * difference(one, other))


def difference(a: bytes, b: bytes) -> float:
    """Return how far two pieces of speech are apart: 0 if they are the same, 1 for speech against silence."""
    one, other = _samples(a), _samples(b)
    apart = sum(abs(x - y) for x, y in zip(one, other, strict=False))
    apart += sum(map(abs, one[len(other) :])) + sum(map(abs, other[len(one) :]))
    return apart / max(1, sum(map(abs, one)), sum(map(abs, other)))


def check_speech(speaker: Speaker, max_step_s: float) -> None:
    """A sentence can be heard, lasts, and comes in steps if the backend says that it streams."""
    utterance = speaker.start(LONG_SENTENCE)
    pieces: list[bytes] = []
    longest_s = 0.0
    for _ in range(MAX_STEPS):
        began = time.perf_counter()
        chunk = step(speaker.engine, utterance)
        longest_s = max(longest_s, time.perf_counter() - began)
        if chunk is None:
            break
        pieces.append(pcm_of(chunk))
    utterance.close()
    pcm = b"".join(pieces)
    expect(len(pcm) // 2 > speaker.model.sample_rate_hz // 2, "a long sentence lasts at least half a second")
    expect(_peak(pcm) > 300, "a sentence can be heard")
    if speaker.model.capabilities.streaming:
        expect(sum(map(bool, pieces)) > 1, "a backend that streams gives a long sentence in several chunks")
        expect(longest_s <= max_step_s, f"a step takes about 0.1 s, not {longest_s:.1f} s")


def check_every_language(speaker: Speaker) -> None:
    """Every advertised language is spoken, and a request may leave everything to the backend."""
    for language in speaker.model.capabilities.languages:
        pcm = speaker.pcm(speaker.request("1 2 3", language))
        expect(_peak(pcm) > 300, f"language {language!r} can be heard")
    expect(bool(speaker.pcm(SpeechRequest(SENTENCE))), "a text alone is spoken")


def check_nothing_to_speak(speaker: Speaker) -> None:
    """A text with nothing to speak ends without samples and without an error."""
    for text in NOTHING_TO_SPEAK:
        pcm = speaker.pcm(text)
        expect(pcm == b"", f"a text with nothing to speak has no samples: {text!r}")


def check_odd_texts(speaker: Speaker) -> None:
    """Whatever the text, it is spoken or refused as ``SynthesisError``."""
    for text in ODD_TEXTS:
        try:
            speaker.pcm(text)
        except SynthesisError as error:
            expect(bool(str(error)), "an error says what went wrong")


def check_words(speaker: Speaker) -> None:
    """Word times, if there are any, are the client's own words, in order and within the audio."""
    for text in (SENTENCE, f"  {SENTENCE}\n{LONG_SENTENCE} "):
        chunks = list(speak(speaker.engine, speaker.request(text)))
        words: list[WordTime] = [word for chunk in chunks for word in chunk.words]
        length_s = sum(len(memoryview(chunk.samples)) for chunk in chunks) / speaker.model.sample_rate_hz
        position, previous_s = 0, 0.0
        for word in words:
            expect(text[word.char_start : word.char_end] == word.text, f"{word} is what stands in the text")
            expect(position <= word.char_start, f"{word} comes behind the word before it")
            expect(previous_s <= word.start_s, f"{word} begins no sooner than the word before it")
            expect(word.start_s <= word.end_s, f"{word} begins before it ends")
            expect(word.end_s <= length_s + 1e-3, f"{word} ends within the audio of {length_s:.3f} s")
            position, previous_s = word.char_end, word.start_s
        if words:
            spoken = "".join(word.text for word in words)
            expect("".join(spoken.split()) == "".join(text.split()), "every word has its time")


def check_ownership(speaker: Speaker, most: float) -> None:
    """The samples that a step returned are the caller's: overwriting them changes nothing that follows."""
    untouched = speaker.pcm(SENTENCE)
    for _ in range(2):
        pieces = []
        for chunk in speak(speaker.engine, speaker.request(SENTENCE)):
            pieces.append(pcm_of(chunk))
            view = memoryview(chunk.samples)
            if not view.readonly:
                view.cast("B")[:] = bytes(view.nbytes)
        expect(difference(untouched, b"".join(pieces)) <= most, "the caller owns the samples")


def check_independence(speaker: Speaker, most: float) -> None:
    """Utterances do not touch each other: side by side, abandoned, and one after the other."""
    alone = speaker.pcm(SENTENCE)
    first = speaker.start(SENTENCE)
    second = speaker.start("Something else, and much longer than the first of the two.")
    pieces: list[bytes] = []
    second_goes_on = True
    for _ in range(MAX_STEPS):
        if (chunk := step(speaker.engine, first)) is None:
            break
        pieces.append(pcm_of(chunk))
        second_goes_on = second_goes_on and step(speaker.engine, second) is not None
    first.close()
    second.close()
    expect(difference(alone, b"".join(pieces)) <= most, "an utterance does not touch another beside it")
    again = speaker.pcm(SENTENCE)
    expect(difference(alone, again) <= most, "an abandoned utterance does not touch the next")


def check_close(speaker: Speaker, most: float) -> None:
    """An utterance can be closed before its first step, after any, and after its end."""
    alone = speaker.pcm(SENTENCE)
    n_steps = sum(1 for _ in speak(speaker.engine, speaker.request(SENTENCE)))
    for n_before in sorted({0, 1, 2, 3, n_steps // 2, n_steps}):
        utterance = speaker.start(SENTENCE)
        for _ in range(n_before):
            if step(speaker.engine, utterance) is None:
                break
        utterance.close()
    again = speaker.pcm(SENTENCE)
    expect(difference(alone, again) <= most, "closing in the middle does not touch the next")


def check_extras(speaker: Speaker) -> None:
    """An utterance begins with every value of an extra that its own limits allow, or is refused."""
    for name, spec in speaker.model.capabilities.extras.items():
        values: list[object] = [*spec.choices, *(v for v in (spec.minimum, spec.maximum) if v is not None)]
        if spec.kind == "integer":
            values = [int(value) for value in values]  # type: ignore[call-overload]
        if spec.kind == "boolean":
            values = [False, True]
        for value in values:
            request = replace(speaker.request(SENTENCE), extras={name: value})
            try:
                speaker.engine.start(request).close()
            except SynthesisError as error:
                expect(bool(str(error)), "an error says what went wrong")
