"""Numbers, sums of money, quantities, and ranges of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tts_server.text.normalize.forms import Form, Measured, Money, Number, Quantity, Range
from tts_server.text.normalize.recognize.common import (
    LETTERS,
    NUMBER,
    NUMBER_END,
    NUMBER_START,
    SIGN_END,
    any_of,
    word_after,
    word_before,
)
from tts_server.text.normalize.words import Notation

_NO_OPERAND_BEFORE = rf"(?<![{LETTERS}\d)\]²³%°^])"
_GOES_ON = re.compile(r"[-—]\d")
# Behind a word of a script without spaces, a tilde joins the ends of a range.
_ABOUT = "(?<![\u3040-\u9fff])~"
_SAME_SIGN = {"~": "≈", "<=": "≤", ">=": "≥", "−": "-"}
# A unit that is a word too is one where the clause ends behind it, or what is measured follows.
_ENDS_MEASURE = re.compile(r" ?(?:[.,;:!?)\]\"”/+=×—-]|\n|$)| (?:de|di|d'|of|del|y|e|o) ?")
_YEARS = range(1500, 2100)
_LETTERED = frozenset(
    """
    room gate seat flat apartment apt suite block sala habitación puerta asiento aula apartamento piso lote
    quadra bloco portão assento poltrona salle chambre porte siège appartement bâtiment camera stanza porta
    posto uscita appartamento कमरा कमरे गेट सीट कक्ष फ़्लैट फ्लैट
    """.split()
)
"""What is numbered with a letter behind the figures, lower case."""
_MAX_CODE_FIGURES = 4
_MAX_ROUND_FIGURES = 15
_MIN_LONG = 10


class Numbers:
    """Finds numbers with what belongs to them: sign, currency, scale, unit; and two of them with a dash.

    Args:
        notation: How the language writes.
    """

    def __init__(self, notation: Notation) -> None:
        self._notation = notation
        self._per = notation.divisors
        # Behind a sum a stroke is a rate's or another sum's, and the sum no part of a fraction.
        end = rf"(?(before)(?![{LETTERS}\d_]|[.,:']\d)|{NUMBER_END})"
        self._value = re.compile(self._one(notation) + end)
        first = "".join(re.escape(sign[0]) for sign in notation.currencies)
        self._start = re.compile(
            rf"(?<!\^\()(?:{_NO_OPERAND_BEFORE}(?=[-+<>±≤≥≈~√])|{NUMBER_START}(?=[\d{first}]))"
        )
        self._dash = re.compile(rf" ?[{notation.range_marks}] ?")
        self._scale_word = re.compile(rf"[ -](?P<word>{any_of(notation.scale_words)})(?![{LETTERS}])")

    def _one(self, notation: Notation) -> str:
        currencies = any_of(notation.currencies)
        signs = any_of(sign for sign in notation.currencies if not sign[0].isalpha())
        names = any_of(name for name in notation.currencies if name.replace(".", "").isalpha())
        money_scales = any_of({**notation.scales, **notation.money_scales})
        scale_words = any_of(notation.scale_words)
        per = any_of(self._per)
        return (
            rf"(?P<sign>(?:[<>]=?|[±≤≥≈√]|{_ABOUT}) ?|[-+])?"
            rf"(?:(?P<before>{currencies}) ?)?(?P<minus>-)?"
            rf"(?P<number>{NUMBER})"
            rf"(?P<scale>(?(before)(?:{money_scales})|(?:{any_of(notation.scales)}"
            rf"| ?(?:{money_scales})(?= ?(?:{signs})))){SIGN_END})?"
            rf"(?:(?(before)(?P<gap>[ -])(?P<word>{scale_words}){SIGN_END}"
            rf"|(?: (?P<word_behind>{scale_words})(?: d[ei]| d')? ?(?P<behind_word>{signs})"
            rf"|[ ]?(?:(?P<unit>{any_of(notation.units)})|(?P<behind>{currencies}))){SIGN_END}))?"
            rf"(?(before)(?: ?(?P<again>{names})(?! ?\d){SIGN_END})?)"
            rf"(?:/(?P<per>{per}){SIGN_END})?"
        )

    def find(self, text: str) -> Iterator[Form]:
        """Yield in order what stands alone, and two with a dash between them as a range."""
        position = 0
        while (start := self._start.search(text, position)) is not None:
            match = self._value.match(text, start.start())
            if match is None:
                position = start.start() + 1
                continue
            found = self._range_from(match, text) or self._measured(match, text)
            if found is not None and not (isinstance(found, Number) and _is_long_code(found)):
                yield found
            position = found.end if isinstance(found, Range) else match.end()

    def _range_from(self, first: re.Match[str], text: str) -> Range | None:
        """Return the range whose lower end is ``first``; None where none follows."""
        dash = self._dash.match(text, first.end())
        second = self._value.match(text, dash.end()) if dash else None
        if dash is None or second is None or _GOES_ON.match(text, second.end()):
            return None
        low = self._measured(first, text)
        high = self._measured(second, text)
        if isinstance(low, Money) and isinstance(high, Number):
            high = self._of_same_currency(high, low, second)
        if low is None or high is None or not _is_range(low, high, dash[0]):
            return None
        return Range(low, high, *dash.span())

    def _measured(self, match: re.Match[str], text: str) -> Measured | None:
        currency = match["again"] or match["before"] or match["behind"] or match["behind_word"]
        is_sum = bool(currency) and self._notation.currencies[currency] not in self._notation.plain_currencies
        number = self._number(match, text, is_sum)
        if currency:
            return self._money(match, number, currency)
        if number.letter and number.before.lower().rstrip(".") in _LETTERED:
            return None
        if match["unit"] and not self._is_unit(match, number, text):
            return number
        if match["unit"]:
            per = self._per.get(match["per"] or "", "")
            start, end = match.span("unit")
            unit = self._notation.units[match["unit"]]
            return Quantity(number, unit, start, match.end("per") if per else end, per)
        return number

    def _is_unit(self, match: re.Match[str], number: Number, text: str) -> bool:
        """Say whether a sign that may be a word is a unit: ``10 ha.``, not ``En 2020 ha llovido``."""
        if match["unit"] not in self._notation.units_that_are_words or match.start("unit") == number.end:
            return True
        is_year = not number.is_grouped and not number.decimals and int(number.whole) in _YEARS
        return not is_year and _ENDS_MEASURE.match(text, match.end("unit")) is not None

    def _number(self, match: re.Match[str], text: str, is_money: bool) -> Number:
        written = match["number"]
        whole, decimals, is_grouped = read_figures(written, self._notation.decimal, is_money=is_money)
        sign = (match["sign"] or match["minus"] or "").strip()
        start = next(
            match.start(f"{name}") for name in ("sign", "minus", "number") if match[f"{name}"] is not None
        )
        scales = {**self._notation.scales, **self._notation.money_scales}
        scale = scales.get((match["scale"] or "").strip(), "")
        end = match.end("scale") if scale else match.end("number")
        return Number(
            start,
            end,
            whole,
            decimals,
            written,
            _SAME_SIGN.get(sign, sign),
            scale,
            is_grouped,
            word_before(text, match.start()),
            word_after(text, end),
            match["scale"] if scale and len(match["scale"]) == 1 else "",
        )

    def _of_same_currency(self, number: Number, low: Money, match: re.Match[str]) -> Money:
        """Return the second sum of a range whose currency is written once, before the first: ``$10–15``."""
        word = self._scale_word.match(match.string, number.end)
        if word is not None:
            return Money(number.start, word.end(), number, low.currency, word["word"], word.start("word"))
        per = self._per.get(match["per"] or "", "")
        end = match.end("per") if per else number.end
        return Money(number.start, end, number, low.currency, per=per or low.per)

    def _money(self, match: re.Match[str], number: Number, currency: str) -> Money:
        start = min(match.start(name) for name in ("before", "number") if match[name] is not None)
        start = min(start, number.start)
        names = ("behind", "behind_word", "word", "again", "number")
        end = max(number.end, *(match.end(name) for name in names))
        word = next((name for name in ("word", "word_behind") if match[name]), "")
        per = self._per.get(match["per"] or "", "")
        if per:
            end = match.end("per")
        code = self._notation.currencies[currency]
        if not word:
            return Money(start, end, number, code, per=per)
        return Money(start, end, number, code, match[word], match.start(word), per)


_CENTS = re.compile(rf"(?<![{LETTERS}\d.,$])(?P<cents>\d{{1,2}}) ?¢(?!\w)")


class Cents:
    """Finds hundredths of a dollar with a sign of their own: ``5¢``."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield them as sums."""
        for match in _CENTS.finditer(text):
            cents = match["cents"].zfill(2)
            yield Money(*match.span(), Number(*match.span("cents"), "0", cents, f"0.{cents}"), "USD")


def _is_range(low: Measured, high: Measured, dash: str) -> bool:
    if isinstance(low, Quantity | Money) or isinstance(high, Quantity | Money):
        return not dash.strip() or len(dash) != 2
    if not (isinstance(low, Number) and isinstance(high, Number)) or len(dash) == 2:
        return False
    if high.sign and "—" not in dash:
        return False
    if len(dash) == 3 and low.value >= high.value and not _is_later_year(low, high):
        return False
    return not any(_is_code(number) for number in (low, high))


def _is_later_year(low: Number, high: Number) -> bool:
    """Say whether a year is followed by the end of a later one: ``2024 - 25``."""
    is_year = len(low.whole) == 4 and len(high.whole) == 2 and not (low.decimals or high.decimals)
    return is_year and low.whole[:2] in {"18", "19", "20"} and low.whole[2:] < high.whole


def _is_code(number: Number) -> bool:
    return not number.is_grouped and (
        len(number.whole) > _MAX_CODE_FIGURES or (number.whole[:1] == "0" and len(number.whole) > 1)
    )


def _is_long_code(number: Number) -> bool:
    is_round = number.whole.endswith("000000") and len(number.whole) <= _MAX_ROUND_FIGURES
    is_long = (len(number.whole) >= _MIN_LONG and not is_round) or number.whole[0] == "0"
    return is_long and _is_code(number) and not number.decimals


def read_figures(written: str, decimal: str, *, is_money: bool) -> tuple[str, str, bool]:
    """Read a number in figures, in anybody's notation.

    Args:
        written: What `NUMBER` matches.
        decimal: The language's decimal mark, which decides where the shape of the number does not.
        is_money: Whether it is a sum, whose third decimal is more likely a group's.

    Returns:
        The figures before the decimal mark, those behind it, and whether the number is grouped.
    """
    marks = [char for char in written if not char.isdigit()]
    if not marks:
        return written, "", False
    last = marks[-1]
    head, tail = written.rsplit(last, 1)
    if len(set(marks)) > 1:
        return "".join(filter(str.isdigit, head)), tail, True
    if len(marks) > 1 or last in " _'":
        return "".join(filter(str.isdigit, written)), "", True
    looks_grouped = len(tail) == 3 and 1 <= len(head) <= 3 and head[0] != "0"
    if looks_grouped and (last != decimal or is_money or (last == "," and tail == "000")):
        return head + tail, "", True
    return head, tail, False
