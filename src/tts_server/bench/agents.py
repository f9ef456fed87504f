"""How voice agents use a server: turns, pauses and interruptions. Pure and seeded.

The simulator and the benchmark over the wire play the same turns, so that one can be judged by the other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tts_server.bench.playback import LEAD_S
from tts_server.bench.sentences import PARAGRAPH, SENTENCES

CHARS_PER_SECOND: Final = 15.0
"""Speed of speech, for the moment of an interruption: measured over these sentences with af_heart."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one kind of agent does.

    Args:
        name: What it is called on the command line.
        n_sentences: The fewest and the most sentences of a turn.
        pause_s: Mean pause between turns, exponentially distributed; 0 speaks all the time.
        barge_in: The part of turns that is interrupted.
        lead_s: How much its listener reads ahead of what is played. One in continuous speech needs more than
            the time to a first audio, since the next text is begun when the last has been read.
    """

    name: str
    n_sentences: tuple[int, int]
    pause_s: float
    barge_in: float = 0.0
    lead_s: float = LEAD_S

    @property
    def is_continuous(self) -> bool:
        """Whether one turn follows the other without a pause, so that silence between them is a gap."""
        return self.pause_s == 0


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """One turn, planned before anything runs.

    Args:
        pause_s: Silence before it.
        text: What is said.
        cancel_after_s: It is interrupted so long after its commit; None is heard out.
    """

    pause_s: float
    text: str
    cancel_after_s: float | None = None


PATTERNS: Final = {
    pattern.name: pattern
    for pattern in (
        Pattern("continuous", (3, 6), pause_s=0.0, lead_s=1.0),
        Pattern("turns", (1, 4), pause_s=4.0),
        Pattern("barge-in", (1, 4), pause_s=4.0, barge_in=0.3),
        Pattern("bursts", (1, 2), pause_s=0.5, barge_in=0.1),
    )
}

_SENTENCES: Final = (*SENTENCES[1:7], *(f"{sentence}." for sentence in PARAGRAPH.rstrip("?").split(". ")))


def max_admitted(n_streams: int) -> int:
    """The server's bound on admitted commits with so many listeners, so that it is not what refuses them."""
    return max(32, n_streams + 1)


def planned_turns(pattern: Pattern, seed: int) -> Iterator[PlannedTurn]:
    """Yield the turns of one agent, without end; the same for the same seed.

    The first pause is uniform over two mean pauses, or a second for those who speak all the time, so that
    agents do not begin at once.
    """
    rng = random.Random(seed)  # noqa: S311 - arrival times, not secrets
    pause_s = rng.uniform(0.0, 2 * pattern.pause_s if pattern.pause_s else 1.0)
    while True:
        sentences = rng.choices(_SENTENCES, k=rng.randint(*pattern.n_sentences))
        text = " ".join(sentences)
        cancel_after_s = None
        if rng.random() < pattern.barge_in:
            cancel_after_s = rng.uniform(0.2, 1.0) * len(text) / CHARS_PER_SECOND
        yield PlannedTurn(pause_s, text, cancel_after_s)
        pause_s = rng.expovariate(1 / pattern.pause_s) if pattern.pause_s else 0.0
