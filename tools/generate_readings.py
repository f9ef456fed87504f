"""Write what is read how, from the corpus of readings: ``just docs``; ``--check`` says what is not current.

``docs/explanation/languages.md`` has the table of kinds by languages and some forms of each kind between its
two marks; ``docs/reference/readings-<language>.md`` has every form of a language, to look one up.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.backends.kokoro.pronounce.read_aloud import KINDS, Corpus, Reading, corpora, load

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "explanation" / "languages.md"
REFERENCE = ROOT / "docs" / "reference"
BEGIN, END = "<!-- readings: begin -->", "<!-- readings: end -->"
MADE_BY = "Made by `just docs` from `tests/data/readings_{language}.txt`, to which tests hold what is said."
EXAMPLES = 3
MAX_EXAMPLE_CHARS = 60

LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "pt": "Portuguese",
    "zh": "Chinese",
}
TITLES = {
    "negative": "negative numbers",
    "contraction": "contractions",
    "dash": "a hyphen or dash between words",
    "joined-numbers": "a sign between two numbers",
    "decimal": "decimals",
    "number-in-name": "numbers in names",
    "grouping": "thousands, as anybody groups them",
    "comparison": "less, more, about",
    "amount-range": "ranges of amounts",
    "time-range": "ranges of times and days",
    "duration": "durations",
    "telephone": "telephone numbers",
    "date": "dates in figures",
    "clock": "clock times",
    "money-scale": "millions of money",
    "money": "money",
    "currency": "currencies",
    "money-rate": "money for something",
    "magnitude": "K, M, B and x",
    "abbreviation": "abbreviations",
    "calendar-name": "days, months, number",
    "html": "HTML",
    "formula": "formulas",
    "power": "powers",
    "apostrophe": "apostrophes",
    "address": "addresses and files",
    "fraction": "fractions",
    "degree": "degrees",
    "homograph": "words written alike",
    "agreement": "one and its noun",
    "code": "codes",
    "other-sign": "other signs",
    "latex": "TeX",
    "other-script": "words of another script",
    "letter-form": "letters in another form",
    "ordinal": "ordinals",
    "roman": "Roman numerals",
    "cardinal": "numbers",
    "percent": "percent",
    "unit": "units",
    "version": "versions",
    "markup": "Markdown",
    "picture": "pictures and emoji",
    "latin-words": "words in Latin letters",
    "counter": "counters",
}


def shown(text: str) -> str:
    """Write a text as a cell of a table."""
    text = text.replace("\n", " ⏎ ").replace("\t", " ⇥ ")
    return re.sub(r"([\\|*_<>`$~\[\]&#])", r"\\\1", text)


def code(text: str) -> str:
    """Write what a client sends as a cell: code, whatever signs are in it."""
    text = text.replace("\n", " ⏎ ").replace("\t", " ⇥ ").replace("|", "\\|")
    fence = "``" if "`" in text else "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def row(cells: Sequence[str]) -> str:
    """Write a row of a table."""
    return "| " + " | ".join(cells) + " |"


def overview(languages: Sequence[Corpus]) -> Iterator[str]:
    """Yield the table of kinds by languages."""
    yield row(["", *(corpus.language for corpus in languages)])
    yield "|---" * (1 + len(languages)) + "|"
    for kind in KINDS:
        cells = []
        for corpus in languages:
            mine = [one for one in corpus.readings if one.kind == kind]
            n_wrong = sum(bool(one.wrong) for one in mine)
            right = str(len(mine) - n_wrong)
            cells.append("–" if not mine else f"{right}, {n_wrong} wrong" if n_wrong else right)
        yield row([TITLES[kind], *cells])
    yield ""


def examples(corpus: Corpus) -> Iterator[str]:
    """Yield some forms of each kind of a language."""
    yield f"### {LANGUAGES[corpus.language]}"
    yield ""
    link = f"../reference/readings-{corpus.language}.md"
    yield f"All {len(corpus.readings)} forms: [readings-{corpus.language}.md]({link})."
    yield ""
    yield row(["kind", "written", "read aloud"])
    yield "|---|---|---|"
    for kind in KINDS:
        mine = [
            one
            for one in corpus.readings
            if one.kind == kind and not one.wrong and len(one.written) <= MAX_EXAMPLE_CHARS
        ]
        for one in sorted(mine, key=lambda one: len(one.written))[:EXAMPLES]:
            yield row([TITLES[kind], code(one.written), shown(one.read_aloud[0])])
    yield ""


def whole(corpus: Corpus) -> Iterator[str]:
    """Yield the page of every form of a language."""
    name = LANGUAGES[corpus.language]
    yield f"# {name}: what is read how"
    yield ""
    yield MADE_BY.format(language=corpus.language)
    yield "[Languages](../explanation/languages.md) explains how."
    yield ""
    for kind in KINDS:
        yield f"## {TITLES[kind].capitalize()}"
        yield ""
        mine = [one for one in corpus.readings if one.kind == kind]
        if mine:
            yield row(["dialect", "written", "read aloud"])
            yield "|---|---|---|"
            yield from (row([one.dialect, code(one.written), readings_of(one)]) for one in mine)
        else:
            yield f"Does not occur: {corpus.absent.get(kind, 'no form of it')}."
        yield ""


def readings_of(one: Reading) -> str:
    """Write how a form is read, or how it is read wrongly."""
    read = " / ".join(map(shown, one.read_aloud))
    return f"should be: {read}; is: {shown(one.wrong)}" if one.wrong else read


def pages() -> dict[Path, str]:
    """Return each page that follows from the corpus, with its text."""
    languages = [load(path) for path in corpora()]
    body = [BEGIN, "", *overview(languages)]
    for corpus in languages:
        body += examples(corpus)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, behind = rest.partition(END)
    made = {PAGE: before + "\n".join([*body, END]) + behind}
    for corpus in languages:
        made[REFERENCE / f"readings-{corpus.language}.md"] = "\n".join(whole(corpus)).rstrip() + "\n"
    return made


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or with ``--check`` say which are not current."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if one is not current"
    )
    is_check = parser.parse_args(arguments).check
    status = 0
    for path, text in pages().items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if is_check:
            print(f"{path.relative_to(ROOT)}: not current; run `just docs`", file=sys.stderr)
            status = 1
        else:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    return status


if __name__ == "__main__":
    sys.exit(main())
