"""The corpus of readings: what is written, and how a person says it.

Theory of operation. ``tests/data/readings_<language>.txt`` has one form a line:

    kind¦dialect¦written¦read aloud¦spelling¦wrong

Readings are in words, spellings as the pronouncing engine reads them right, both with ``|`` between
alternatives; what is written may have the escapes ``\\n``, ``\\t``, ``\\\\`` and ``\\uXXXX``. A form is read
right if its sounds are those of one of its readings or spellings, stress, marks and spaces aside. Sounds,
and not words, are compared, since an engine says a number its own way. ``wrong`` says what is said instead
where it stays so. ``!kind¦dialect¦reason`` says why a language has no form of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.backends.kokoro.pronounce.kept_readings import sound_of

from tts_server.backends.kokoro.languages import missing_packages
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.word import symbols_of

DATA: Final = Path(__file__).parents[3] / "data"

KINDS: Final = tuple(
    """
    negative contraction dash joined-numbers decimal number-in-name grouping comparison amount-range
    time-range duration telephone date clock money-scale money currency money-rate magnitude abbreviation
    calendar-name html formula power apostrophe address fraction degree homograph agreement code other-sign
    latex other-script letter-form ordinal roman cardinal percent unit version markup picture latin-words
    counter
    """.split()
)

DIALECTS: Final = {
    "en": ("en-us", "en-gb"),
    "es": ("es",),
    "fr": ("fr-fr",),
    "it": ("it",),
    "pt": ("pt-br",),
    "hi": ("hi",),
    "ja": ("ja",),
    "zh": ("zh",),
}

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_ESCAPED = {"n": "\n", "t": "\t", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of the corpus.

    Args:
        place: File and line, for a message.
        kind: One of ``KINDS``.
        dialect: As ``languages.resolve_dialect`` returns it.
        written: What a client sends.
        read_aloud: How a person says it; each as good as another.
        spellings: Other spellings of the same, as the pronouncing engine reads them right.
        wrong: What is said instead, where it stays so; "" where it is read right.
    """

    place: str
    kind: str
    dialect: str
    written: str
    read_aloud: tuple[str, ...]
    spellings: tuple[str, ...] = ()
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The readings of one language.

    Args:
        language: A code of ``languages.LANGUAGES``.
        readings: In order of the file.
        absent: Kinds that the language does not have, and why.
    """

    language: str
    readings: tuple[Reading, ...]
    absent: dict[str, str]

    @property
    def is_installed(self) -> bool:
        """Whether what pronounces the language is installed."""
        return not missing_packages(self.language)


def corpora() -> tuple[Path, ...]:
    """Return the files of the corpus that there are."""
    files = (DATA / f"readings_{language}.txt" for language in DIALECTS)
    return tuple(path for path in files if path.exists())


def load(path: Path) -> Corpus:
    """Read one file.

    Raises:
        ValueError: A line is not as the format wants it; the message names it.
    """
    language = path.stem.removeprefix("readings_")
    readings: list[Reading] = []
    absent: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        place = f"{path.name}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("¦")
        _check(fields, language, place)
        if line.startswith("!"):
            absent[fields[0][1:]] = fields[2]
            continue
        kind, dialect, written, aloud, spellings, wrong = [*fields, "", ""][:6]
        readings.append(
            Reading(place, kind, dialect, _plain(written), _each(aloud), _each(spellings), _plain(wrong))
        )
    return Corpus(language, tuple(readings), absent)


def _check(fields: list[str], language: str, place: str) -> None:
    is_absence = fields[0].startswith("!")
    sizes = {3} if is_absence else {4, 5, 6}
    if len(fields) not in sizes or not all(field.strip() for field in fields[: min(sizes)]):
        raise ValueError(f"{place}: {len(fields)} fields, or an empty one")
    if fields[0].removeprefix("!") not in KINDS:
        raise ValueError(f"{place}: no kind {fields[0]!r}")
    if fields[1] not in DIALECTS[language]:
        raise ValueError(f"{place}: no dialect {fields[1]!r} of {language}")


def _each(field: str) -> tuple[str, ...]:
    return tuple(_plain(one.strip()) for one in field.split("|") if one.strip())


def _plain(field: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        if match[2] not in _ESCAPED:
            raise ValueError(f"no escape {match[0]!r} in {field!r}")
        return _ESCAPED[match[2]]

    return _ESCAPE.sub(character, field)


def sounds(g2p: G2P, text: str, dialect: str) -> str:
    """Return what is heard of ``text``: its symbols without stress, marks and spaces."""
    return sound_of(symbols_of(g2p.phonemize(text, dialect)))


def is_right(g2p: G2P, reading: Reading) -> bool:
    """Say whether what is written sounds like one of its readings or spellings."""
    heard = sounds(g2p, reading.written, reading.dialect)
    return any(heard == sounds(g2p, one, reading.dialect) for one in reading.read_aloud + reading.spellings)


def misjudged(g2p: G2P, readings: Iterable[Reading]) -> list[str]:
    """Return a message for each line that is read wrong, and for each that is said to be and is not."""
    messages = []
    for reading in readings:
        right = is_right(g2p, reading)
        if right == bool(reading.wrong):
            messages.append(_message(g2p, reading))
    return messages


def _message(g2p: G2P, reading: Reading) -> str:
    where = f"{reading.place} {reading.kind} {reading.dialect} {reading.written!r}"
    if reading.wrong:
        return f"{where}: is read right, and marked as wrong"
    heard = symbols_of(g2p.phonemize(reading.written, reading.dialect))
    wanted = [symbols_of(g2p.phonemize(one, reading.dialect)) for one in reading.read_aloud]
    return f"{where}\n   heard  {heard}\n   wanted {' | '.join(wanted)}  ({' | '.join(reading.read_aloud)})"
