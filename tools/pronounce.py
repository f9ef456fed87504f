"""Show what a text becomes on its way to the model: ``just pronounce [--dialect DIALECT] TEXT|FILE``.

Prints the text after each rule that changed it, then the symbols of each of the client's words, and what is
left out. A file is read line by line; ``-`` is the standard input. Exits with 2 where nothing can be shown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.errors import TTSServerError
from tts_server.text.normalize.languages import DIALECTS
from tts_server.text.normalize.reader import reader_of
from tts_server.wording import printable


def explain(text: str, dialect: str, g2p: G2P) -> Iterator[str]:
    """Yield the lines that say what becomes of one text.

    Args:
        text: Any text.
        dialect: One of ``DIALECTS``.
        g2p: What pronounces.

    Raises:
        TTSServerError: Nothing pronounces the dialect here.
    """
    yield f"{'written':16} {printable(text)}"
    for rule, said in reader_of(dialect).steps(text):
        yield f"{rule:16} {printable(said)}"
    pronounced = g2p.pronounced(text, dialect)
    width = max((len(printable(word.text)) for word in pronounced.words), default=0)
    for word in pronounced.words:
        place = f"{word.char_start}-{word.char_end}"
        yield f"  {place:>9}  {printable(word.text):{width}}  {word.lead}{word.phonemes}{word.trail}"
    for missing in pronounced.left_out:
        yield f"  {missing.char_start}-{missing.char_end}  left out"


def texts_of(source: str) -> list[str]:
    """Return the texts that an argument means: a file's lines, the standard input's, or itself."""
    if source == "-":
        return [line for line in sys.stdin.read().splitlines() if line.strip()]
    try:
        is_file = Path(source).is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file:
        return [source]
    return [line for line in Path(source).read_text(encoding="utf-8").splitlines() if line.strip()]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dialect", choices=DIALECTS, default="en-us", help="what reads it (en-us)")
    parser.add_argument("text", help="a text, the name of a file of texts, or - for the standard input")
    options = parser.parse_args(arguments)
    g2p = G2P()
    try:
        for text in texts_of(options.text):
            print("\n".join(explain(text, options.dialect, g2p)))
    except (TTSServerError, UnicodeDecodeError) as error:
        print(f"pronounce: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
