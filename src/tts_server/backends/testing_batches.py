"""Checks of what an engine makes of several utterances in one step, for ``tts_server.backends.testing``.

Each runs on the engine's thread and raises ``AssertionError`` with the promise that does not hold. ``most``
is the most by which an utterance in a batch may differ from the same by itself; 0 is not by a bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tts_server.backends.base import Utterance
from tts_server.backends.testing_speech import (
    LEAST_SPREAD,
    MAX_STEPS,
    SENTENCE,
    Speaker,
    difference,
    expect,
    pcm_of,
    step_all,
)
from tts_server.errors import SynthesisError
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import SpeechRequest

WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
SMALL_BATCH = 8
"""Up to it every size of a batch is tried, and above it the largest alone."""

MAX_WORD_SHIFT_S = 0.02


class Spoken:
    """An utterance that is stepped among others, and what came of it.

    Args:
        utterance: Just started.
    """

    def __init__(self, utterance: Utterance) -> None:
        self.utterance = utterance
        self.chunks: list[AudioChunk] = []
        self.error: SynthesisError | None = None
        self.goes_on = True

    @property
    def pcm(self) -> bytes:
        """All of its samples, each chunk's form checked."""
        return b"".join(map(pcm_of, self.chunks))

    def close(self) -> None:
        """Close it, at its end or before."""
        self.goes_on = False
        self.utterance.close()


def check_batches(speaker: Speaker, most: float) -> None:
    """An utterance is the same in every batch: at any size and place, whoever comes, ends or is closed."""
    max_batch = speaker.engine.max_batch
    expect(max_batch >= 1, "an engine takes one utterance at least")
    if max_batch == 1:
        return
    texts = _texts(max_batch + 1)
    alone = [_alone(speaker, text) for text in texts]
    for size in [
        *range(2, min(max_batch, SMALL_BATCH) + 1),
        *([max_batch] if max_batch > SMALL_BATCH else []),
    ]:
        _check_size(speaker, texts[:size], alone, most)
    _check_coming_and_going(speaker, texts[:max_batch], alone, most)
    _check_leaving(speaker, texts, alone, most)
    expect(speaker.engine.max_batch == max_batch, "max_batch does not change")


def check_error_in_a_batch(speaker: Speaker, request: SpeechRequest) -> None:
    """An utterance that fails in a batch costs the others nothing.

    Args:
        speaker: Takes batches.
        request: One on which the engine fails.
    """
    alone = _alone(speaker, SENTENCE)
    try:
        failing = Spoken(speaker.engine.start(request))
    except SynthesisError:
        return
    other = Spoken(speaker.start(SENTENCE))
    _speak_all(speaker, [failing, other])
    expect(failing.error is not None, "what fails alone fails in a batch")
    expect(other.error is None, "the error of one in a batch is nobody else's")
    expect(difference(alone.pcm, other.pcm) <= LEAST_SPREAD, "an error in a batch does not touch the others")


def _texts(n_texts: int) -> list[str]:
    """Texts of many lengths, which end in different steps."""
    return [" ".join(WORDS[: 3 + index * 5 % 8]) + f" {index}." for index in range(n_texts)]


def _alone(speaker: Speaker, text: str) -> Spoken:
    spoken = Spoken(speaker.start(text))
    _speak_all(speaker, [spoken])
    expect(spoken.error is None, f"an ordinary text is spoken: {text!r}")
    return spoken


def _speak_all(
    speaker: Speaker,
    spoken: Sequence[Spoken],
    choose: Callable[[int, list[Spoken]], Iterable[Spoken]] = lambda _number, open_ones: open_ones,
) -> None:
    """Step utterances together until all have ended; ``choose`` says which of the open ones a step takes."""
    for number in range(MAX_STEPS):
        open_ones = [one for one in spoken if one.goes_on]
        if not open_ones:
            return
        _step(speaker, list(choose(number, open_ones)))
    raise AssertionError(f"no end after {MAX_STEPS} steps")


def _step(speaker: Speaker, batch: Sequence[Spoken]) -> None:
    results = step_all(speaker.engine, [one.utterance for one in batch])
    for one, result in zip(batch, results, strict=True):
        if isinstance(result, AudioChunk):
            one.chunks.append(result)
        else:
            one.error = result
            one.close()


def _check_same(alone: Spoken, spoken: Spoken, most: float, promise: str) -> None:
    expect(spoken.error is None, f"{promise}; there is no error such as {spoken.error}")
    apart = difference(alone.pcm, spoken.pcm)
    expect(apart <= most, f"{promise}, not {apart:.3g} apart")
    words = [word for chunk in alone.chunks for word in chunk.words]
    others = [word for chunk in spoken.chunks for word in chunk.words]
    is_same = len(words) == len(others) and all(
        (word.text, word.char_start, word.char_end) == (other.text, other.char_start, other.char_end)
        and abs(word.start_s - other.start_s) <= MAX_WORD_SHIFT_S
        and abs(word.end_s - other.end_s) <= MAX_WORD_SHIFT_S
        for word, other in zip(words, others, strict=True)
    )
    expect(is_same, f"{promise}, and so are its words")


def _check_size(speaker: Speaker, texts: Sequence[str], alone: Sequence[Spoken], most: float) -> None:
    """In a batch from the first step to its last, which others leave as they end."""
    spoken = [Spoken(speaker.start(text)) for text in texts]
    _speak_all(speaker, spoken)
    for one, other in zip(alone, spoken, strict=False):
        _check_same(one, other, most, f"in a batch of {len(texts)} an utterance is as it is alone")


def _check_coming_and_going(
    speaker: Speaker, texts: Sequence[str], alone: Sequence[Spoken], most: float
) -> None:
    """Each step takes other utterances, in another order."""
    spoken = [Spoken(speaker.start(text)) for text in texts]

    def choose(number: int, open_ones: list[Spoken]) -> list[Spoken]:
        chosen = [one for place, one in enumerate(open_ones) if (place + number) % 3]
        return (chosen or open_ones)[:: -1 if number % 2 else 1]

    _speak_all(speaker, spoken, choose)
    for one, other in zip(alone, spoken, strict=False):
        _check_same(one, other, most, "at any place, and beside any others, an utterance is as it is alone")


def _check_leaving(speaker: Speaker, texts: Sequence[str], alone: Sequence[Spoken], most: float) -> None:
    """One is closed amid its batch, and another comes into it."""
    *early, late = texts
    spoken = [Spoken(speaker.start(text)) for text in early]
    for _ in range(2):
        _step(speaker, [one for one in spoken if one.goes_on])
    if spoken[0].goes_on:
        spoken[0].close()
    newcomer = Spoken(speaker.start(late))
    _speak_all(speaker, [newcomer, *spoken[1:]])
    for one, other in zip(alone[1:], [*spoken[1:], newcomer], strict=True):
        _check_same(one, other, most, "an utterance that is closed, or that begins, does not touch its batch")
