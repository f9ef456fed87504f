"""Chinese: what it says, and the rules that are its own.

Every number is said in characters, so that one thing decides how it sounds: what pronounces them would read
digits too, but no years, times and signs.
"""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft
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
from tts_server.text.normalize.languages.zh_beside import say_beside, say_grouped
from tts_server.text.normalize.languages.zh_numbers import cardinal, decimal, one_by_one
from tts_server.text.normalize.languages.zh_words import COUNTED_WITH_LIANG, GREEK, NOTATION, WORDS
from tts_server.text.normalize.speech import Pieces, Speech

_HAN = r"\u4e00-\u9fff"
_IS_ORDINAL = re.compile(r"(?:第|星期|礼拜|周)$")
# No year is meant that is later.
_AFTER_YEARS = "2200"
_ROOM = re.compile(r"室|房|路|号[楼院]|次(?:列车|航班)")
_ERA = re.compile(r"年(?:[前后多间来]|历史)")
_SCORE = re.compile(r"(?:比分|比数|战胜|击败|赢|输|胜|负|平)[^\d。，]{0,6}$")
_WON = re.compile(r" ?(?:战胜|击败|[获取险大完小]?胜|负于|不敌|领先|落后|[战逼打]平)")
_SOVEREIGN = re.compile(
    r"(?:路易|亨利|乔治|爱德华|查理|查尔斯|詹姆斯|伊丽莎白|威廉|保罗|菲利普|理查|尼古拉)$"
)
_ROMAN_AFTER = re.compile(r"[型期级类世章节卷部]")
# Words of scale that letters stand for (``$2.5M``); Chinese counts in other powers.
_POWERS = {"千": 3, "百万": 6, "十亿": 9}
_FIRST_OF_MORNING, _FIRST_OF_EVENING = 5, 7
_BELOW_ZERO = "零下"


class Chinese(Speech):
    """What Chinese says for each form."""

    def say(self, form: Form, text: str) -> Pieces:
        """Say any form of ``text``; a sign stands between its operands without spaces."""
        match form:
            case Sign():
                return [(form.start, form.end, self.words.signs[form.sign])]
            case Power():
                return [(form.start, form.end, self.exponent(form.exponent))]
            case Ordinal() if form.is_roman:
                is_place = text[: form.start].endswith("第") or _ROMAN_AFTER.match(text, form.end)
                if not is_place and _SOVEREIGN.search(text[max(0, form.start - 4) : form.start]):
                    ending = "" if form.value > 10 or text[form.end : form.end + 1] == "世" else "世"
                    return [(form.start, form.end, cardinal(str(form.value)) + ending)]
                return [(form.start, form.end, cardinal(str(form.value)))] if is_place else []
            case _:
                return super().say(form, text)

    def measured(self, form: Measured, text: str) -> Pieces:
        """Say what may stand at an end of a range."""
        if isinstance(form, Number):
            return [(form.start, form.end, self._counting(form, text, form.end))]
        return super().measured(form, text)

    # Numbers.

    def figures(self, number: Number, noun: object = None) -> str:
        """Return a number in characters; two of something is 两."""
        is_two = noun is not None and number.whole == "2" and not number.decimals and not number.scale
        return ("两" if is_two else decimal(number.whole, number.decimals)) + self._scale(number)

    def _scale(self, number: Number) -> str:
        return number.scale

    def signed(self, number: Number, noun: object = None) -> str:
        """Return a number with its sign."""
        return (self.words.prefixes[number.sign] if number.sign else "") + self.figures(number, noun)

    def _counting(self, number: Number, text: str, end: int) -> str:
        """Return a number by what stands before it, and at ``end`` what it counts."""
        behind = text[end : end + 4]
        if not number.decimals and not number.is_grouped and not number.scale and not number.sign:
            is_year = (
                len(number.whole) == 4
                and number.whole < _AFTER_YEARS
                and behind.startswith(("年", "赛季", "学年", "财年"))
            )
            is_count_of_years = number.whole.endswith("000") and _ERA.match(behind)
            is_room = len(number.whole) >= 3 and _ROOM.match(behind)
            if (is_year and not is_count_of_years) or is_room:
                return one_by_one(number.whole)
        said = self.signed(number)
        is_two = number.whole == "2" and not number.decimals
        counts = behind.lstrip(" ")[:1] in COUNTED_WITH_LIANG or number.scale[:1] in {"千", "万", "亿"}
        if not is_two or not (counts and (behind or number.scale)):
            return said
        if _IS_ORDINAL.search(text[: number.start]) or behind.startswith(("年级", "点五")):
            return said
        return said.replace("二", "两", 1)

    # Quantities and money.

    def quantity(self, quantity: Quantity, _text: str) -> Pieces:
        """Say a number with its unit; what is divided by a hundred stands before it."""
        number = quantity.number
        whole = (quantity.start, quantity.end)
        if quantity.unit in {"percent", "permille"}:
            hundred = "百分之" if quantity.unit == "percent" else "千分之"
            sign = self.words.prefixes[number.sign] if number.sign else ""
            return [(*whole, sign + hundred + self.figures(number))]
        name = self.words.units[quantity.unit].many
        if quantity.unit in {"celsius", "fahrenheit", "degree"}:
            below = number.sign == "-" and quantity.unit == "celsius"
            said = _BELOW_ZERO + self.figures(number) if below else self.signed(number)
        else:
            said = self.signed(number, name)
        return [
            (number.start, number.end, said),
            (quantity.unit_start, quantity.unit_end, name),
        ]

    def amount(self, number: Number, currency: str) -> str:
        """Return a sum in units of a currency and their parts of ten."""
        name = self.words.currencies[currency].unit.many
        power = _POWERS.get(number.scale)
        if power:
            figures = number.whole + number.decimals.ljust(power, "0")[:power]
            rest = number.decimals[power:]
            number = Number(number.start, number.end, figures, rest, number.written, number.sign)
        if set(number.decimals) == {"0"}:
            number = Number(
                number.start, number.end, number.whole, "", number.written, number.sign, number.scale
            )
        decimals = number.decimals.rstrip("0") if len(number.decimals) == 2 else number.decimals
        if decimals:
            sign = self.words.prefixes[number.sign] if number.sign else ""
            return sign + decimal(number.whole, decimals) + number.scale + name
        return self.signed(number, name) + name

    # Time.

    def clock(self, clock: Clock) -> Pieces:
        """Say a time of day; the half of the day comes first."""
        half = _half_of_the_day(clock)
        return [(clock.start, clock.end, half + self.hour_and_minute(clock))]

    def hour_and_minute(self, clock: Clock) -> str:
        """Return the hour and the minute."""
        said = ("两" if clock.hour == 2 else cardinal(str(clock.hour))) + "点"
        if clock.minute or clock.second:
            zero = "零" if clock.minute and clock.minute < 10 else ""
            said += f"{zero}{cardinal(str(clock.minute or 0))}分"
        return said + (f"{cardinal(str(clock.second))}秒" if clock.second else "")

    def date(self, date: Date) -> Pieces:
        """Return year, month and day."""
        year = f"{one_by_one(date.year)}年" if date.year else ""
        said = f"{year}{cardinal(str(date.month))}月{cardinal(str(date.day))}日"
        return [(date.start, date.end, said)]

    # Figures that are no amounts.

    def digits(self, digits: Digits, text: str) -> Pieces:
        """Say figures one by one, a pause between groups."""
        plus = self.words.plus if digits.has_plus else ""
        said = "，".join(one_by_one(text[start:end]) for start, end in digits.groups)
        return [(digits.start, digits.end, plus + said)]

    def version(self, version: Version) -> Pieces:
        """Say numbers with points between them."""
        numbers = (one_by_one(n) if len(n) > 2 or n[0] == "0" else cardinal(n) for n in version.numbers)
        return [(version.start, version.end, ("V" if version.has_v else "") + self.words.point.join(numbers))]

    def fraction(self, fraction: Fraction) -> Pieces:
        """Say a fraction, its denominator first."""
        if (fraction.top, fraction.bottom) == (24, 7):
            return []
        whole = "" if fraction.whole is None else f"{cardinal(str(fraction.whole))}又"
        said = f"{whole}{cardinal(str(fraction.bottom))}分之{cardinal(str(fraction.top))}"
        return [(fraction.start, fraction.end, said)]

    def ratio(self, ratio: Ratio) -> Pieces:
        """Say two or three numbers that are compared."""
        between = "比" if ratio.sign == ":" else self.words.signs["×"]
        return [(ratio.start, ratio.end, between.join(_plain(number) for number in ratio.numbers))]

    def exponent(self, exponent: str) -> str:
        """Return what is said for an exponent behind its base."""
        if exponent in {"2", "3"}:
            return self.words.squared if exponent == "2" else self.words.cubed
        minus = "负" if exponent.startswith("-") else ""
        figures = exponent.lstrip("-")
        return f"的{minus}{cardinal(figures) if figures.isdigit() else figures}{self.words.to_the_power}"

    # Ranges.

    def range(self, form: Range, text: str) -> Pieces:
        """Say a range: both ends, with the unit behind the second where it is the same."""
        low, high = form.low, form.high
        to = self.words.to
        match low, high:
            case Number(), Number():
                is_score = _SCORE.search(text[: low.start]) or _WON.match(text, high.end)
                if is_score and max(len(low.whole), len(high.whole)) < 3:
                    to = "比"
                pieces = [(low.start, low.end, self._counting(low, text, high.end))]
            case Money(), Money() if low.currency == high.currency and not low.number.scale:
                pieces = [(low.start, low.end, self.signed(low.number))]
            case Quantity(), Quantity() if low.unit == high.unit and low.unit != "percent":
                pieces = [(low.start, low.end, self.signed(low.number))]
            case Number(), Quantity() if high.unit == "percent":
                pieces = [(low.start, low.end, "百分之" + self.figures(low))]
            case Number(), _:
                pieces = [(low.start, low.end, self.signed(low))]
            case _:
                pieces = self.say(low, text)
        return [*pieces, (form.dash_start, form.dash_end, to), *self.say(high, text)]


def _half_of_the_day(clock: Clock) -> str:
    """Return the part of the day in which an hour with AM or PM is; "" for an hour with neither."""
    if clock.half is None:
        return ""
    if clock.half == "am":
        return "凌晨" if clock.hour % 12 < _FIRST_OF_MORNING else "上午"
    return "中午" if clock.hour == 12 else "晚上" if clock.hour % 12 >= _FIRST_OF_EVENING else "下午"


def _plain(written: str) -> str:
    whole, _, decimals = written.replace(",", ".").partition(".")
    return decimal(whole, decimals)


_NAMED = re.compile(
    r"(?:验证码|密码|口令|邮编|邮政编码|房间号?|房号|电话|手机|号码|热线|学号|工号|卡号|账号|帐号|单号|航班号?|车次|拨打|致电|尾号|代码|编号|分机|内线|打|ID|QQ)"
    r"[号是为：: ]{0,3}(?P<code>\d{3,})(?![\d.,:/年月个元块次天人%-])"
)
_YEAR_AND_MONTH = re.compile(r"(?<![\d./-])(?P<year>(?:19|20)\d\d)[-/](?P<month>0?[1-9]|1[0-2])(?![\d./-])")
_TIMES = re.compile(
    r"(?<![A-Za-z\d.=+*/-])(?P<whole>\d{1,4})(?:\.(?P<decimals>\d+))?[xX×](?![A-Za-z\d +=^*/²³⁴-])"
)
_BETWEEN_LETTERS = re.compile(r"(?<![A-Za-z\d])[BCDEFGOP](?P<figure>2)[BCDEFGOP](?![A-Za-z\d])")
_BESIDE_LETTERS = re.compile(
    r"(?:(?<=[A-Za-z])(?P<dash>-?)(?P<whole>\d+)(?:\.(?P<decimals>\d+))?(?!\d))"
    r"|(?<![\d.])(?P<whole2>\d+)(?:\.(?P<decimals2>\d+))?(?=-?[A-Za-z])"
)
_DIVIDED = re.compile(
    r"(?<=[\d元块米克斤升吨次里瓶个人名件度])/"
    r"(?=小时|分钟?|秒|天|日|周|月|年|季度?|人|个|次|晚|份|瓶|公?斤|千?克|平米|平方米|股|张|件|套|吨|升|台|间|位|场|期|页|组|班|队|桌|户|车|箱|盒|米|公里|千米|立方米)(?![/\d])"
)
# Behind a number a row, and not a walk, as which it would be read.
_ROWS = re.compile(r"(?<=\d)行(?![走业程动为])")
_NUMBER_SIGN = re.compile(r"(?<![A-Za-z])N[oO][.°]? ?(?=\d)")
_FROM_TO = re.compile(r"(?<![A-Za-z\d-])(?P<a>[A-Z])-(?P<b>[A-Z])(?![A-Za-z\d-])")
_SIGN_BETWEEN_WORDS = re.compile(rf"(?<=[{_HAN}A-Za-z\d)）%]) ?(?P<sign>[=×÷+≈≠≤≥]) ?(?=[{_HAN}A-Za-z\d(（])")
_WAVE = re.compile(rf"(?<=[{_HAN}\d%)）]) ?[~〜] ?(?=[{_HAN}\d])")
_LANGUAGE = re.compile(r"(?<![A-Za-z])(?P<letter>[CFJ])(?P<sign>\+\+|#)(?![A-Za-z\d+#])")
_SPACED_DASH = re.compile(r"(?<=\S)(?P<dash> - )(?=\S)")
_GREEK = re.compile("|".join(GREEK))
_LEFT = re.compile(r"\d+")


_DAY_OF_AN_EVENT = re.compile(
    rf"(?<![\d.])(?P<month>1?\d)[·・](?P<day>[123]?\d)(?=[{_HAN}]|$|[，。、；！？”」』)）])"
)
_MONTH_AND_DAY = re.compile(r"(?<![\d/.])(?P<month>1[0-2]|0?[1-9])/(?P<day>1[3-57-9]|2[1-9]|3[01])(?![\d/.])")
_DAYS = re.compile(
    r"(?<=\d[日号点时月天])(?P<dash> ?[-—] ?)(?=(?:[上下中]午|晚上|凌晨|次日|傍晚)?\d{1,2}[日号点时月天])"
)
_WEEKDAYS = re.compile(
    r"(?<=[周期拜][一二三四五六日天])(?P<dash> ?[-—] ?)"
    r"(?=(?:周|星期|礼拜)[一二三四五六日天]|[一二三四五六日](?!\w))"
)
_DECADE = re.compile(r"(?<![A-Za-z\d.,])(?P<decade>(?:1[6-9]|20)\d0)s(?![A-Za-z\d])")
_SHORT_TIME = re.compile(
    r"(?<![A-Za-z\d.,:/-])(?<![A-Za-z] )(?P<number>\d{1,5}(?:\.\d{1,4})?) ?(?P<unit>[hs])"
    r"(?![A-Za-z\d'/.-]| ?\d)"
)
_YEAR_OF_MONTH = re.compile(r"(?<!\d)(?P<year>\d\d)(?=年(?:1[0-2]|[1-9])月)")
_CALLED = re.compile(
    r"(?<![\d.,])(?:110|119|120|122|12\d{3}|95\d{3}|100[01]\d)(?=报警|急救|热线|电话|客服|火警)"
)
_MINUTES_OF_ARC = re.compile(
    r"(?<![\d.])(?P<degrees>\d{1,3})°(?P<minutes>[0-5]?\d)['′](?:(?P<seconds>[0-5]?\d)[\"″])?"
)
_PAGE = re.compile(r"(?<![A-Za-z.])(?P<p>[pP])\. ?(?=\d)")
_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]\d{4}){3}(?!\d)")


def _month_and_day(match: re.Match[str]) -> str:
    return f"{cardinal(match['month'])}月{cardinal(match['day'])}日"


def _short_time(match: re.Match[str]) -> str:
    whole, _, decimals = match["number"].partition(".")
    return _count(whole, decimals) + ("小时" if match["unit"] == "h" else "秒")


def _minutes_of_arc(match: re.Match[str]) -> str:
    seconds = f"{cardinal(match['seconds'])}秒" if match["seconds"] else ""
    return f"{cardinal(match['degrees'])}度{cardinal(match['minutes'])}分{seconds}"


def _codes(draft: Draft) -> None:
    for match in _NAMED.finditer(draft.text):
        draft.replace(*match.span("code"), one_by_one(match["code"]))
    draft.apply(_DAY_OF_AN_EVENT, lambda match: one_by_one(match["month"] + match["day"]))
    draft.apply(_DECADE, lambda match: f"{one_by_one(match['decade'])}年代")
    draft.apply(_SHORT_TIME, _short_time)
    draft.apply(_YEAR_OF_MONTH, lambda match: one_by_one(match["year"]))
    draft.apply(_CALLED, lambda match: one_by_one(match[0]))
    draft.apply(_MINUTES_OF_ARC, _minutes_of_arc)
    draft.apply(_PAGE, lambda match: match["p"])
    draft.apply(_DAYS, lambda _: WORDS.to)
    draft.apply(_WEEKDAYS, lambda _: WORDS.to)
    draft.apply(_CARD, lambda match: "，".join(one_by_one(part) for part in re.split("[ -]", match[0])))
    draft.apply(_YEAR_AND_MONTH, lambda match: f"{one_by_one(match['year'])}年{cardinal(match['month'])}月")
    draft.apply(_NUMBER_SIGN, lambda _: "第")
    draft.apply(_LANGUAGE, lambda match: f"{match['letter']}{'加加' if match['sign'] == '++' else ' sharp'}")
    draft.apply(_MONTH_AND_DAY, _month_and_day)
    draft.apply(_ROWS, lambda _: "航")


def _times(draft: Draft) -> None:
    draft.apply(_TIMES, lambda match: f"{_count(match['whole'], match['decimals'])}倍")


def _count(whole: str, decimals: str | None) -> str:
    return "两" if whole == "2" and not decimals else decimal(whole, decimals or "")


def _beside_letters(draft: Draft) -> None:
    """Say the figures of names: ``GPT-4``, ``A4``, ``5G``; more than two behind letters one by one."""
    for match in _BETWEEN_LETTERS.finditer(draft.text):
        draft.replace(*match.span("figure"), " to ")
    for match in _BESIDE_LETTERS.finditer(draft.text):
        whole = match["whole"] or match["whole2"]
        decimals = match["decimals"] or match["decimals2"] or ""
        most = 2 if match["whole"] else 3
        is_number = decimals or (len(whole) <= most and whole[0] != "0")
        draft.replace(*match.span(), decimal(whole, decimals) if is_number else one_by_one(whole))


def _signs(draft: Draft) -> None:
    draft.apply(_DIVIDED, lambda _: "每")
    draft.apply(_WAVE, lambda _: WORDS.to)
    draft.apply(_GREEK, lambda match: GREEK[match[0]])
    draft.apply(_FROM_TO, lambda match: f"{match['a']}到{match['b']}")
    for match in _SIGN_BETWEEN_WORDS.finditer(draft.text):
        draft.replace(*match.span(), WORDS.signs[match["sign"]])
    for match in _SPACED_DASH.finditer(draft.text):
        start, end = match.span("dash")
        draft.replace(start + 1, end - 1, "—")
    draft.apply(_LEFT, lambda match: cardinal(match[0]) if match[0][0] != "0" else one_by_one(match[0]))


def make(dialect: str) -> Language:
    """Make Chinese."""
    return Language(
        dialect,
        NOTATION,
        Chinese(WORDS),
        rules=(("codes", _codes), ("beside numbers", say_beside), ("times", _times)),
        late_rules=(
            ("grouped figures", say_grouped),
            ("numbers in names", _beside_letters),
            ("signs between words", _signs),
        ),
        words_are_apart=False,
    )
