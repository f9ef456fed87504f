"""Write the recorded bytes anew: ``python -m tests.golden.record``.

Protocol 0.1 is frozen: what it records may grow by conversations, and no line that is there may change.
"""

from __future__ import annotations

from tests.golden.conversations import ALL, take_down
from tests.golden.lines import DATA, write


def main() -> None:
    """Hold every conversation and write what was said."""
    write(DATA / "golden_01_session.txt", [line for name in ALL for line in take_down(name)])


if __name__ == "__main__":
    main()
