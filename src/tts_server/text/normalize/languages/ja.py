"""Japanese: what it says, and the rules that are its own.

Numbers are said in katakana together with what they count, since the sounds of both change; numbers in kanji
likewise. What pronounces them would read 300円 "san biyaku".
"""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Piece
from tts_server.text.normalize.forms import (
    Clock,
    Date,
    Digits,
    Form,
    Fraction,
    Measured,
    Money,
    Number,
    Ordinal,
    Power,
    Quantity,
    Range,
    Ratio,
    Sign,
    Version,
)
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages.ja_counters import COUNTERS
from tts_server.text.normalize.languages.ja_numbers import cardinal, counted, decimal, one_by_one
from tts_server.text.normalize.languages.ja_rules import LATE_RULES, RULES
from tts_server.text.normalize.languages.ja_words import AROUND, COMPARED, NOTATION, WORDS
from tts_server.text.normalize.recognize.common import any_of
from tts_server.text.normalize.speech import Pieces, Speech

_COUNTER = re.compile(rf" ?(?P<counter>{any_of(COUNTERS)})")
_DAILY = re.compile(
    r"日(?=に|あたり|当たり|[一二三四五六七八九十\d ]{1,4}(?:[〜~-]\d{1,3})?[回度杯錠本食時個]|で)"
)
_POWERS = {"千": 3, "百万": 6, "十億": 9, "兆": 12}
_MAX_DIGITS = 12


class Japanese(Speech):
    """What Japanese says for each form."""

    def say(self, form: Form, text: str) -> Pieces:
        """Say any form of ``text``."""
        match form:
            case Power():
                return [(form.start, form.end, f"{self.exponent(form.exponent)} ")]
            case Ordinal() if form.is_roman:
                counter = _COUNTER.match(text, form.end)
                is_place = text[: form.start].endswith("第") or (
                    counter and counter["counter"] in "章部節巻期世型"
                )
                return [self._counting(form.start, form.end, str(form.value), text)] if is_place else []
            case Sign():
                return [(form.start, form.end, f" {self.words.signs[form.sign]} ")]
            case _:
                return super().say(form, text)

    def measured(self, form: Measured, text: str) -> Pieces:
        """Say what may stand at an end of a range."""
        if not isinstance(form, Number):
            return super().measured(form, text)
        if form.decimals or form.scale or len(form.whole) > _MAX_DIGITS:
            start, end, said = form.start, form.end, self.figures(form)
            counter = _COUNTER.match(text, end)
            if counter:
                end, said = counter.end(), f"{said} {COUNTERS[counter['counter']].sound} "
        else:
            start, end, said = self._counting(form.start, form.end, form.whole, text)
        return [(start, end, self._with_sign(form.sign, said))]

    def _with_sign(self, sign: str, said: str) -> str:
        if sign in COMPARED:
            return f" {said} {COMPARED[sign]}"
        return f" {self.words.prefixes[sign]} {said}" if sign else f" {said}"

    def _counting(self, start: int, end: int, figures: str, text: str) -> Piece:
        """Return a whole number with what it counts, if that is known, and where both stand."""
        counter = _COUNTER.match(text, end)
        if counter is None or (counter[0][0] == " " and len(counter["counter"]) > 1):
            return start, end, f" {cardinal(figures)} "
        name, stop = counter["counter"], counter.end()
        is_date = text[:start].endswith("月")
        if name == "日" and int(figures) == 1 and not is_date and _DAILY.match(text, stop - 1):
            return start, stop, " イチニチ "
        return start, stop, f" {counted(figures, name)} "

    # Numbers, quantities and money.

    def figures(self, number: Number, _noun: object = None) -> str:
        """Return a number in katakana."""
        whole, decimals, scale = number.whole, number.decimals, number.scale
        if scale in _POWERS:
            power = _POWERS[scale]
            whole, decimals, scale = whole + decimals.ljust(power, "0")[:power], decimals[power:], ""
        return decimal(whole, decimals) + (f" {scale}" if scale else "")

    def signed(self, number: Number, _noun: object = None) -> str:
        """Return a number with its sign, unless that is said behind it."""
        prefix = self.words.prefixes[number.sign] if number.sign else ""
        return f"{prefix} {self.figures(number)}".strip()

    def quantity(self, quantity: Quantity, _text: str) -> Pieces:
        """Say a number with its unit, and what stands around it."""
        number = quantity.number
        before, behind = AROUND.get(quantity.unit, ("", self.words.units[quantity.unit].many))
        if quantity.unit in {"hour", "minute", "second", "day"} and not number.decimals:
            name = {"hour": "時間", "minute": "分", "second": "秒", "day": "日間"}[quantity.unit]
            said = counted(number.whole, name)
        else:
            said = f"{self.signed(number)} {behind}"
        compared = COMPARED.get(number.sign, "")
        return [(quantity.start, quantity.end, f" {before} {said} {compared} ")]

    def amount(self, number: Number, currency: str) -> str:
        """Return a sum in units and hundredths of a currency."""
        names = self.words.currencies[currency]
        if names.unit.many in COUNTERS and not number.decimals and not number.scale:
            said = counted(number.whole, names.unit.many)
            prefix = self.words.prefixes[number.sign] if number.sign else ""
            return f" {prefix} {said} {COMPARED.get(number.sign, '')} "
        if names.cent and len(number.decimals) == 2 and not number.scale:
            whole = counted(number.whole, "ドル").removesuffix("ドル") + names.unit.many
            cents = f"{cardinal(number.decimals)} {names.cent.many}"
            parts = [whole] * bool(int(number.whole)) + [cents] * bool(int(number.decimals))
            prefix = self.words.prefixes[number.sign] if number.sign else ""
            return f" {prefix} {' '.join(parts) or whole} "
        return f" {self.signed(number)} {names.unit.many} "

    # Time.

    def clock(self, clock: Clock) -> Pieces:
        """Say a time of day; the half of the day comes first."""
        half = {"am": "午前", "pm": "午後"}[clock.half] if clock.half else ""
        return [(clock.start, clock.end, f" {half} {self.hour_and_minute(clock)} ")]

    def hour_and_minute(self, clock: Clock) -> str:
        """Return the hour and the minute."""
        said = counted(str(clock.hour), "時")
        if clock.minute or clock.second:
            said += f" {counted(str(clock.minute or 0), '分')}"
        return said + (f" {counted(str(clock.second), '秒')}" if clock.second else "")

    def date(self, date: Date) -> Pieces:
        """Return year, month and day."""
        year = f"{counted(date.year, '年')} " if date.year else ""
        said = f"{year}{counted(str(date.month), '月')} {counted(str(date.day), '日')}"
        return [(date.start, date.end, f" {said} ")]

    # Figures that are no amounts.

    def digits(self, digits: Digits, text: str) -> Pieces:
        """Say figures one by one, a pause between groups."""
        plus = f"{self.words.plus} " if digits.has_plus else ""
        said = "、".join(one_by_one(text[start:end]) for start, end in digits.groups)
        return [(digits.start, digits.end, f" {plus}{said} ")]

    def version(self, version: Version) -> Pieces:
        """Say numbers with points between them."""
        said = f" {self.words.point} ".join(cardinal(number) for number in version.numbers)
        if len(version.numbers) == 2:
            said = decimal(*version.numbers)
        return [(version.start, version.end, f" {'バージョン ' if version.has_v else ''}{said} ")]

    def fraction(self, fraction: Fraction) -> Pieces:
        """Say a fraction, its denominator first."""
        if (fraction.top, fraction.bottom) == (24, 7):
            return []
        whole = "" if fraction.whole is None else f"{cardinal(str(fraction.whole))} と "
        said = f"{whole}{cardinal(str(fraction.bottom))} ブン の {cardinal(str(fraction.top))}"
        return [(fraction.start, fraction.end, f" {said} ")]

    def ratio(self, ratio: Ratio) -> Pieces:
        """Say two or three numbers that are compared."""
        between = "タイ" if ratio.sign == ":" else self.words.signs["×"]
        numbers = (decimal(*number.replace(",", ".").partition(".")[::2]) for number in ratio.numbers)
        return [(ratio.start, ratio.end, f" {f' {between} '.join(numbers)} ")]

    def exponent(self, exponent: str) -> str:
        """Return what is said for an exponent behind its base."""
        figures = exponent.lstrip("-")
        minus = "マイナス " if exponent.startswith("-") else ""
        return f"の {minus}{counted(figures, '乗') if figures.isdigit() else f'{figures} ジョー'}"

    # Ranges.

    def range(self, form: Range, text: str) -> Pieces:
        """Say a range: both ends, with the unit behind the second where it is the same."""
        low, high = form.low, form.high
        match low, high:
            case Number(), _:
                said = self._with_sign(low.sign, self.figures(low))
            case Money(), Money() if low.currency == high.currency:
                said = self.signed(low.number)
            case Quantity(), Quantity() if low.unit == high.unit:
                said = self.signed(low.number)
            case _:
                return [*self.say(low, text), (form.dash_start, form.dash_end, "から"), *self.say(high, text)]
        return [
            (low.start, low.end, f" {said} "),
            (form.dash_start, form.dash_end, "から"),
            *self.say(high, text),
        ]


def make(dialect: str) -> Language:
    """Make Japanese."""
    return Language(
        dialect, NOTATION, Japanese(WORDS), rules=RULES, late_rules=LATE_RULES, words_are_apart=False
    )
