"""What the scheduler is told to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SchedulingPolicy:
    """How steps are given out, and what is admitted.

    Args:
        order: ``deadline`` gives the next step to the response whose listener runs dry first; ``fifo`` speaks
            responses to their end in the order in which they came, and is there to be compared with.
        admission: Refuse what would make those already admitted miss their deadlines, judged from the
            measured speed. The bounds on the backlog and on each connection's share hold in any case.
        first_audio_s: The first audio of a response is due so long after its admission. With steps of a tenth
            of a second and 85 % of the machine in use, simulated listeners hear gaps below 0.4 s and none
            above.
        tie_s: Deadlines that fall into the same interval of this length are equal, and the connection that
            was served longest ago goes first. One frame.
        utilisation: The part of the lanes that streams in continuous speech may take in all. The rest is for
            what the averages do not show.
        turn_s: A connection that was made audio for so recently is taken to be in the middle of its turn for
            as long as its listener hears it. A listener who reads as they play is at most 15 s behind what is
            made (the bound on unsent bytes); one who stores what they read does not hear it at all.
        turn_gap_s: A connection whose speech has ended so recently is taken to go on speaking.
        in_hand_s: A response whose reader takes less than real time has a step while every listener in real
            time has so much audio in hand: several steps, and more than a first audio may take.
        behind_share: The part of a lane's work that such responses have in any case.
    """

    order: Literal["deadline", "fifo"] = "deadline"
    admission: bool = True
    first_audio_s: float = 0.5
    tie_s: float = 0.02
    utilisation: float = 0.85
    turn_s: float = 16.0
    turn_gap_s: float = 0.5
    in_hand_s: float = 2.0
    behind_share: float = 0.05
