"""Write down again how the texts of the record are said.

``python -m tests.backends.kokoro.pronounce.record_kept_readings``. Run it only where readings that must stay
are to change after all, and say in the commit why they do. Lines of languages whose packages are not
installed are left as they are.
"""

from __future__ import annotations

from dataclasses import replace

from tests.backends.kokoro.pronounce.kept_readings import STAY, read_line

from tts_server.backends.kokoro.languages import missing_packages
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.word import symbols_of


def recorded_again(lines: list[str]) -> list[str]:
    """Return the lines of the record with what is said for their texts by the code as it is."""
    g2p = G2P()
    again = []
    for line in lines:
        reading = read_line(line)
        if reading is None or missing_packages(reading.dialect.partition("-")[0]):
            again.append(line)
        else:
            words = g2p.phonemize(reading.text, reading.dialect)
            again.append(replace(reading, symbols=symbols_of(words)).line())
    return again


if __name__ == "__main__":
    again = recorded_again(STAY.read_text(encoding="utf-8").splitlines())
    STAY.write_text("\n".join(again) + "\n", encoding="utf-8")
