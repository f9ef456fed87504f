"""One form for each character: what a text is before anything is recognised in it.

Pure. The same word comes with separate accents or without, in styled letters, with a curly apostrophe or
with one of the signs that stand in for it. Here it gets one spelling, and each character of that knows where
in the client's text it comes from.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tts_server.text.normalize.escapes import escapes

_EXCHANGED = str.maketrans(
    {
        "–": "—",
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "−": "-",
        "﹣": "-",
        "―": "—",
        "⸺": "—",
        "「": "“",
        "」": "”",
        "„": "“",
        "‟": "“",
        "‹": "“",
        "›": "”",
        "‚": ",",
        "\u2028": "\n",
        "\u2029": "\n",
        "\u0085": "\n",
        "\r": "\n",
        "\ufeff": " ",
        "ﾞ": "\u3099",
        "ﾟ": "\u309a",
        "˚": "°",
        "⁄": "/",
        "∕": "/",
        "∶": ":",
        "⋅": "·",
        "∙": "·",
        "✕": "×",
        "✖": "×",
        "⨯": "×",
        "➗": "÷",
        "➕": "+",
        "➖": "-",
        "⩽": "≤",
        "⩾": "≥",
        "≦": "≤",
        "≧": "≥",
        "″": '"',
        "〝": "“",
        "〞": "”",
    }
)
_APOSTROPHES = "’‘ʼ′´`＇ʹ‛\u02bb\u055a"
_PLAIN_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\u00ad")
_MAX_MARKS = 4


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text in one form for each character.

    Args:
        text: The characters.
        origin: For each of them, and for the end, the index in the client's text that it comes from.
    """

    text: str
    origin: tuple[int, ...]


_MINUS = re.compile(r"(?<![^\s(\[\"“:=*])–(?=(?:R\$|US\$|[$€£¥₹] ?)?\d)")
"""An en dash that stands for a minus: right before a number, behind nothing that it could be a range of."""


def plain_text(source: str) -> PlainText:
    """Return ``source`` composed (NFC), with styled letters, digits and signs as the usual ones.

    Control characters become spaces, line ends stay. Powers, fractions and other signs that mean something by
    their form (``²``, ``½``, ``№``) are kept. Linear in the length.
    """
    chars: list[str] = []
    origin: list[int] = []
    position = 0
    source = _MINUS.sub("-", source)
    for start, end, said in [*escapes(source), (len(source), len(source), "")]:
        for part, length in _composed(source[position:start]):
            chars.append(part)
            origin += [position] * len(part)
            position += length
        named = "".join(part for part, _ in _composed(said))
        chars.append(named)
        origin += [start] * len(named)
        position = end
    origin.append(len(source))
    return PlainText(_with_apostrophes("".join(chars)), tuple(origin))


# Of full width between figures of half width, it groups nothing: 9:30，14:00.
_CLAUSE_COMMA = re.compile("(?<=[0-9])，(?=[0-9])")

# Numbers in circles: without a mark between them they would be one number.
_IN_A_ROW = re.compile("[\u2460-\u2473](?=[\u2460-\u2473])")


def _composed(source: str) -> list[tuple[str, int]]:
    if source.isascii():
        return [(char if " " <= char != "\x7f" or char == "\n" else " ", 1) for char in source]
    composed: list[tuple[str, int]] = []
    position = 0
    while position < len(source):
        end = position + 1
        while end < len(source) and end - position <= _MAX_MARKS and _is_mark(source[end]):
            end += 1
        if _CLAUSE_COMMA.match(source, position):
            composed.append((source[position], 1))
        elif end - position == 1:
            comma = ", " if _IN_A_ROW.match(source, position) else ""
            composed.append((_plain_char(source[position]) + comma, 1))
        else:
            cluster = "".join(_plain_char(char) for char in source[position:end])
            cluster = unicodedata.normalize("NFC", cluster)
            if len(cluster) == end - position:
                composed += [(char, 1) for char in cluster]
            else:
                composed.append((cluster, end - position))
        position = end
    return composed


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) == "Mn" or char in "ﾞﾟ" or "\u1160" <= char <= "\u11ff"


def _plain_char(char: str) -> str:
    """Return what stands for one character: typographic variants as the usual one, controls as a space."""
    exchanged = char.translate(_EXCHANGED)
    if exchanged != char:
        return exchanged
    if char.isascii():
        return char if " " <= char != "\x7f" or char == "\n" else " "
    if char in _PLAIN_INVISIBLE:
        return char
    category = unicodedata.category(char)
    if category in {"Cc", "Cs", "Co", "Cn"} or category.startswith("Z"):
        return " "
    if category == "Nd":
        return str(unicodedata.digit(char))
    return _usual(char)


def _usual(char: str) -> str:
    code = ord(char)
    if 0x1F150 <= code <= 0x1F169 or 0x1F170 <= code <= 0x1F189:
        return chr(ord("A") + (code - 0x1F150) % 32)
    if _is_styled(code):
        return unicodedata.normalize("NFKC", char)
    # Some letters have no composed form and are decomposed by NFC itself.
    return unicodedata.normalize("NFC", char)


def _is_styled(code: int) -> bool:
    return (
        0x1D400 <= code <= 0x1D7FF  # mathematical letters and digits
        or 0x2460 <= code <= 0x24FF  # circled
        or 0x1F100 <= code <= 0x1F149  # squared, with full stops
        or (0x2100 <= code <= 0x2138 and code not in {0x2116, 0x2117, 0x2120, 0x2122})
        or 0x2160 <= code <= 0x217F  # Roman numerals
        or 0x3300 <= code <= 0x33FF  # units in one square
        or 0xFB00 <= code <= 0xFB06  # ligatures
        or 0xFF01 <= code <= 0xFF9F  # full and half width
        or code in {0xFFE0, 0xFFE1, 0xFFE2, 0xFFE4, 0xFFE5, 0xFFE6}
    )


_BETWEEN = re.compile(rf"(?<=[^\W_])[{_APOSTROPHES}](?=[^\W_])")
_APOSTROPHE = re.compile(rf"[{_APOSTROPHES.replace('`', '')}]")


def _with_apostrophes(text: str) -> str:
    """Write every apostrophe ``'``; other backticks stand around code and are spaces."""
    if text.isascii() and "`" not in text:
        return text
    text = _BETWEEN.sub("'", text)
    return _APOSTROPHE.sub("'", text)
