"""An engine as the simulator sees it: what each step of a text costs and makes. Pure and seeded."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from tts_server.text.segment import segments


@dataclass(frozen=True, slots=True)
class Observation:
    """One sentence that an otherwise idle server spoke.

    Args:
        n_chars: Length of the sentence.
        first_audio_s: From the commit to the first frame.
        audio_s: Length of its audio.
        work_s: Time that the engine worked on it.
    """

    n_chars: int
    first_audio_s: float
    audio_s: float
    work_s: float


@dataclass(frozen=True, slots=True)
class EngineModel:
    """What an engine's steps cost and make.

    A sentence begins with a text stage, a few steps that make no audio. Then come pieces of audio, which
    grow as long as a step keeps to its time.

    Args:
        rtf: Seconds of work for a second of audio, without the text stage.
        text_s: Work of a sentence's text stage, for a sentence without characters.
        text_s_per_char: What each character adds to it.
        text_step_s: The text stage is cut into equal steps of at most so much work.
        audio_s_per_char: Audio that a character becomes.
        first_piece_s: Audio of a sentence's first piece.
        max_piece_s: Audio of the largest piece.
        growth: How much larger a piece is than the one before.
        step_s: A piece is no larger than can be made in so much work.
        cuts_sentences: Whether there are pieces at all; else a step makes a whole sentence.
        by_sentence: Whether pieces end where sentences do.
        pause_s: Silence between sentences, which costs nothing.
        noise: Spread of a step's work, as the standard deviation of its logarithm.
        spread: The same for all of a sentence's steps together: what makes a machine slow lasts longer than a
            step.
        batch_extra: What each further text of a batch adds to its longest step, as a part of its own step's
            work: with 2/7 a batch of 8 costs as much as 3. 1 is an engine that gains nothing by batches.
    """

    rtf: float = 0.3
    text_s: float = 0.01
    text_s_per_char: float = 0.0012
    text_step_s: float = 0.05
    audio_s_per_char: float = 0.065
    first_piece_s: float = 0.1
    max_piece_s: float = 0.4
    growth: float = 1.5
    step_s: float = 0.065
    cuts_sentences: bool = True
    by_sentence: bool = True
    pause_s: float = 0.0
    noise: float = 0.0
    spread: float = 0.0
    batch_extra: float = 1.0

    def measured(self, observations: Sequence[Observation]) -> EngineModel:
        """Take the speeds from what was measured, and the shape of the steps from this model.

        The text stage is a line through the times of first audio, by least squares, and how far they lie
        from it is the spread. What the text stage costs is taken off the work; the rest is the audio's.

        Raises:
            ValueError: There are fewer than two observations, or they hold no audio.
        """
        audio_s = sum(seen.audio_s for seen in observations)
        if len(observations) < 2 or audio_s <= 0:
            raise ValueError("two sentences with audio are needed to measure an engine")
        work_s = sum(seen.work_s for seen in observations)
        n_chars = sum(seen.n_chars for seen in observations)
        intercept_s, slope_s = _line([(seen.n_chars, seen.first_audio_s) for seen in observations])
        lines_s = [intercept_s + slope_s * seen.n_chars for seen in observations]
        spread = _spread(
            [
                seen.first_audio_s / line_s
                for seen, line_s in zip(observations, lines_s, strict=True)
                if line_s > 0
            ]
        )
        if not self.cuts_sentences:
            # The first audio is the whole sentence: no text stage can be told apart.
            intercept_s = slope_s = 0.0
        slope_s = max(0.0, slope_s)
        first_piece_s = self.first_piece_s * work_s / audio_s
        text_s = max(0.0, intercept_s - first_piece_s)
        of_text_s = min(text_s * len(observations) + slope_s * n_chars, 0.9 * work_s)
        return replace(
            self,
            spread=spread,
            rtf=(work_s - of_text_s) / audio_s,
            text_s=text_s,
            text_s_per_char=slope_s,
            audio_s_per_char=audio_s / n_chars,
        )

    def text_work_s(self, n_chars: int) -> float:
        """Work of the text stage of a sentence."""
        return self.text_s + self.text_s_per_char * n_chars

    def batch_work_s(self, works_s: Sequence[float]) -> float:
        """Tell what a batch costs whose steps would cost ``works_s`` each alone."""
        longest_s = max(works_s)
        return longest_s + self.batch_extra * (sum(works_s) - longest_s)

    def steps(self, text: str, rng: random.Random) -> Iterator[tuple[float, float]]:
        """Yield the work and the audio of each step of a text, sentence by sentence.

        Args:
            text: What is said.
            rng: Where the noise comes from.
        """
        for number, n_chars in enumerate(sentence_lengths(text) if self.by_sentence else (len(text),)):
            if number and self.pause_s:
                yield 0.0, self.pause_s
            pace = _lognormal(rng, self.spread)
            for work_s, audio_s in self._sentence_steps(n_chars):
                yield work_s * pace * _lognormal(rng, self.noise), audio_s

    def _sentence_steps(self, n_chars: int) -> Iterator[tuple[float, float]]:
        left_s = n_chars * self.audio_s_per_char
        text_work_s = self.text_work_s(n_chars)
        if not self.cuts_sentences:
            yield text_work_s + left_s * self.rtf, left_s
            return
        n_text_steps = math.ceil(text_work_s / self.text_step_s)
        for _ in range(n_text_steps):
            yield text_work_s / n_text_steps, 0.0
        affordable_s = min(self.max_piece_s, self.step_s / self.rtf) if self.rtf > 0 else self.max_piece_s
        piece_s = self.first_piece_s
        while left_s > 1e-9:
            audio_s = min(piece_s, left_s)
            yield audio_s * self.rtf, audio_s
            left_s -= audio_s
            piece_s = max(min(piece_s * self.growth, affordable_s), min(self.first_piece_s, affordable_s))


SHAPES: Final = {
    # From kokoro/onnx/stream.py and utterance.py: pieces of about 8 to 32 frames, 80 frames a second.
    "kokoro": EngineModel(pause_s=0.25),
    # From backends/tone.py: four characters of 60 ms a step, and no text stage.
    "tone": EngineModel(
        text_s=0.0,
        text_s_per_char=0.0,
        audio_s_per_char=0.06,
        first_piece_s=0.24,
        max_piece_s=0.24,
        growth=1.0,
        step_s=1e6,
        by_sentence=False,
    ),
    "whole": EngineModel(cuts_sentences=False),
}
"""Engines by the shape of their steps. The speed is measured."""


@lru_cache(maxsize=4096)
def sentence_lengths(text: str) -> tuple[int, ...]:
    """Cut a text into sentences, and count the characters of each."""
    return tuple(len(sentence.strip()) for sentence in segments(text) if sentence.strip())


def _lognormal(rng: random.Random, spread: float) -> float:
    """Draw a factor whose mean is 1."""
    return math.exp(rng.gauss(-spread * spread / 2, spread)) if spread else 1.0


def _spread(ratios: Sequence[float]) -> float:
    """Return the standard deviation of their logarithms; 0 where there are too few to tell."""
    logs = [math.log(ratio) for ratio in ratios]
    # A line has two degrees of freedom.
    if len(logs) < 3:
        return 0.0
    mean = sum(logs) / len(logs)
    return math.sqrt(sum((log - mean) ** 2 for log in logs) / (len(logs) - 2))


def _line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Fit a line by least squares; returns its value at 0 and its slope."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread > 0 else 0.0
    return mean_y - slope * mean_x, slope
