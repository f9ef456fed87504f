"""What Japanese recognises besides the common forms: numbers in kanji, names with figures, its own signs.

Pure.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.language import Rule
from tts_server.text.normalize.languages.ja_counters import COUNTERS
from tts_server.text.normalize.languages.ja_moments import say_moments, say_scores
from tts_server.text.normalize.languages.ja_numbers import cardinal, counted, decimal, kanji_value, one_by_one
from tts_server.text.normalize.languages.ja_words import DAYS, GREEK, MISREAD, NAMES, PER, WEEKDAYS, WORDS
from tts_server.text.normalize.recognize.common import any_of

_KANJI = r"\u3400-\u9fff々"
_NUMERALS = "〇零一二三四五六七八九十百千万億兆京"
_COUNTER: Final = any_of(COUNTERS)
# Before a number in kanji: nothing, or a word that numbers stand behind.
_BEFORE = rf"(?<![{_KANJI}\d.,])|(?<=[約計各毎第全総前後分時月年日円秒人回本間的])(?<!何)"
_IN_KANJI = re.compile(
    rf"(?:{_BEFORE})(?P<number>[{_NUMERALS}]{{1,24}})(?:点(?P<decimals>[〇零一二三四五六七八九]{{1,12}})(?P<power>[万億兆])?)?"
    rf"(?P<counter>{_COUNTER})?"
)
_NOT_BEHIND = re.compile(rf"[{_KANJI}]")
_MAY_FOLLOW = re.compile(r"[間目半後前以未約頃毎と超強弱程台一二三四五六七八九十百千万午]|[年月日時分秒]")
# Words that only look like a number and what it counts.
_WORDS = frozenset(
    """
    一番 一度 一部 一時 一体 一行 一日 一組 一段 一面 一品 一色 一対 一着 一期 一機 一等 一句 一歩 十分 千代
    """.split()
)
# What is counted by a single number in kanji; others are parts of words: 五輪, 一色.
_BEHIND_ONE_KANJI = frozenset(
    """
    本 匹 杯 分 分間 泊 発 票 個 箇所 か所 ヶ所 か国 ヶ国 か月 ヶ月 カ月 ヵ月 箇月 回 回目 階 軒 件 曲 巻
    冊 冊目 歳 才 足 社 週間 種類 章 周年 世紀 世帯 勝 試合 頭 通 点 店 丁目 等分 枚 枚目 名 名様 台 度 倍
    秒 秒間 割 号 番 番目 人 人前 人分 人目 人組 円 年 年間 年生 年代 年前 年後 年目 時 時半 時間 時間半 月
    日 日間 日目 日後 日前 つ つ目 ドル ユーロ ポンド ページ キロ グラム メートル センチ リットル
    パーセント
    """.split()
)
_MIXED = re.compile(
    rf"(?<![\d.,])(?P<sign>-?)(?P<parts>(?:\d[\d,]*(?:\.\d+)?[万億兆千百]){{1,4}}(?:\d[\d,]*)?)(?P<counter>{_COUNTER}|ドル|ユーロ)?"
)
_PART = re.compile(r"(?P<number>[\d,]+(?:\.\d+)?)(?P<power>[万億兆千百]?)")
_POWERS = {"": 0, "百": 2, "千": 3, "万": 4, "億": 8, "兆": 12}
_BEFORE_DASH = frozenset("万億兆千百円")
_POWER_WORDS = {"万": "マン", "億": "オク", "兆": "チョー", "千": "セン", "百": "ヒャク"}
_KANJI_FRACTION = re.compile(
    rf"(?P<bottom>[{_NUMERALS}]{{1,6}}|\d{{1,6}})分の(?P<top>[{_NUMERALS}]{{1,6}}|\d{{1,6}})(?![{_KANJI}])"
)
_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]\d{4}){3}(?!\d)")
_TWENTIETH = re.compile(r"(?:^|(?<=がつ)|(?<=[\s\W月\d]))はつか(?=$|\W|[でにはもまとがか])")
_DATE = re.compile(
    r"(?<![\d/.])(?P<month>1[0-2]|0?[1-9])/"
    r"(?:(?P<day>3[01]|[12]\d|0?[1-9])(?=[(（][月火水木金土日][)）])|(?P<late>1[3-57-9]|2[1-9]|3[01]|1)(?![\d/]))"
)
_PLOT = re.compile(r"(?<![\d+-])(?<!\+\d )(?<!\+\d\d )(?<!\+\d{3} )[1-9]\d{0,3}(?:-\d{1,4}){2,3}(?![\d-])")
_YEAR_AND_MONTH = re.compile(r"(?<![\d./-])(?P<year>(?:19|20)\d\d)[-/](?P<month>0?[1-9]|1[0-2])(?![\d./-])")
_WEEKDAY = re.compile(r"(?<=[日\d])(?P<open>[(（])(?P<day>[月火水木金土日])(?P<shut>[)）])")
_NAMED = re.compile(
    r"(?:番号|コード|パスワード|ID|部屋|電話|内線|郵便|〒|便)[はがの：: 、]{0,2}"
    r"(?P<code>\d{3,}(?:-\d{2,})*)(?![\d.,年月日円人個回本枚%])"
)
_TIMES = re.compile(
    r"(?<![A-Za-z\d.=+*/-])(?P<whole>\d{1,4})(?:\.(?P<decimals>\d+))?[xX×](?![A-Za-z\d +=^*/²³⁴-])"
)
_PER = re.compile(rf"(?<=[\d円ドルロ人回件個枚])/(?P<per>{any_of(PER)})(?![A-Za-z])")
_NAME = re.compile(rf"(?<![A-Za-z\d])(?:{any_of(NAMES)})(?![A-Za-z\d.])")
_NUMBER_SIGN = re.compile(r"(?<![A-Za-z])N[oO][.°]? ?(?=\d)")
_BESIDE_LETTERS = re.compile(
    r"(?:(?<=[A-Za-z])-?(?P<whole>\d+)(?:\.(?P<decimals>\d+))?(?!\d))"
    r"|(?<![\d.])(?P<whole2>\d+)(?:\.(?P<decimals2>\d+))?(?=-?[A-Za-z])"
)
_ISSUE = re.compile(r"(?<![A-Za-z])(?P<name>[Vv]ol|[Vv]er)\. ?(?=\d)")
_DAYS = re.compile(r"(?<!\w)(?P<a>[月火水木金土日]) ?[-~〜—・] ?(?P<b>[月火水木金土日])(?!\w)")
_FROM_TO = re.compile(r"(?<![A-Za-z\d-])(?P<a>[A-Z])-(?P<b>[A-Z])(?![A-Za-z\d-])")
_WAVE = re.compile(rf"(?<=[\w)）]) ?[~〜] ?(?=[\w({_KANJI}])")
_SPACED_DASH = re.compile(r"(?<=\S)(?P<dash> - )(?=\S)")
_SIGN_BETWEEN_WORDS = re.compile(r"(?<=[\w)）%]) ?(?P<sign>[=×÷+≈≠≤≥]) ?(?=[\w(（])")
_LEFT = re.compile(r"\d+")
_MISREAD = re.compile(rf"(?<![ぁ-んァ-ヶ])(?:{any_of(MISREAD)})")


def _kanji_numbers(draft: Draft) -> None:
    """Say numbers in kanji as the same in figures, where they are no part of another word."""
    for match in _IN_KANJI.finditer(draft.text):
        figures = kanji_value(match["number"])
        counter = match["counter"] or ""
        behind = draft.text[match.end() : match.end() + 1]
        if not figures or not _is_number(draft.text, match, behind):
            continue
        if match["decimals"]:
            said = decimal(figures, kanji_value(match["decimals"]))
            said += f" {_POWER_WORDS[match['power']]}" if match["power"] else ""
            said += f" {COUNTERS[counter].sound}" if counter else ""
        elif counter:
            said = counted(figures, counter)
        else:
            said = cardinal(figures)
        draft.replace(*match.span(), f" {said} ")


def _is_number(text: str, match: re.Match[str], behind: str) -> bool:
    written, number, counter = match[0], match["number"], match["counter"] or ""
    if match["decimals"]:
        return True
    if _NOT_BEHIND.match(behind) and not _MAY_FOLLOW.match(behind):
        return False
    if counter == "日" and text[: match.start()][-1:] == "月":
        return True
    if written in _WORDS and text[: match.start()][-1:] not in {"時", "約", "第"}:
        return False
    if len(number) == 1 and counter and counter not in _BEHIND_ONE_KANJI:
        return False
    has_powers = any(char in number for char in "十百千万億兆")
    if not counter:
        return len(number) > 1 and has_powers
    return len(number) == 1 or has_powers or "〇" in number or (counter == "年" and len(number) == 4)


def _kanji_fractions(draft: Draft) -> None:
    for match in _KANJI_FRACTION.finditer(draft.text):
        bottom, top = (
            part if part.isdigit() and part.isascii() else kanji_value(part) for part in match.groups()
        )
        if bottom and top:
            draft.replace(*match.span(), f" {cardinal(bottom)} ブン の {cardinal(top)} ")


def _mixed_numbers(draft: Draft) -> None:
    """Say numbers with words of scale: ``1億2000万円``."""
    for match in _MIXED.finditer(draft.text):
        counter = match["counter"] or ""
        parts = list(_PART.finditer(match["parts"]))
        is_range = draft.text[max(0, match.start() - 1) : match.start()] in _BEFORE_DASH
        minus = "" if not match["sign"] else "から " if is_range else f"{WORDS.prefixes['-']} "
        if any("." in part["number"] for part in parts):
            whole, _, decimals = parts[0]["number"].replace(",", "").partition(".")
            power = {"万": "マン", "億": "オク", "兆": "チョー", "千": "セン", "百": "ヒャク"}[
                parts[0]["power"]
            ]
            sound = COUNTERS[counter].sound if counter in COUNTERS else counter
            said = f"{decimal(whole, decimals)} {power} {sound}"
            end = match.end()
            if len(parts) > 1:
                continue
        else:
            value = sum(int(part["number"].replace(",", "")) * 10 ** _POWERS[part["power"]] for part in parts)
            end = match.end()
            said = (
                counted(str(value), counter) if counter in COUNTERS else f"{cardinal(str(value))} {counter}"
            )
        draft.replace(match.start(), end, f" {minus}{said} ")


def _dates(draft: Draft) -> None:
    draft.apply(
        _DATE,
        lambda match: f" {counted(match['month'], '月')} {counted(match['day'] or match['late'], '日')} ",
    )
    draft.apply(
        _YEAR_AND_MONTH, lambda match: f" {counted(match['year'], '年')} {counted(match['month'], '月')} "
    )
    draft.apply(
        _PLOT,
        lambda match: f" {' の '.join(map(cardinal, match[0].split('-')))} " if _is_plot(match[0]) else None,
    )
    for match in _WEEKDAY.finditer(draft.text):
        draft.replace(match.start("open"), match.end("shut"), f"、{WEEKDAYS[match['day']]}、")


def _is_plot(written: str) -> bool:
    """Say whether numbers with dashes are a place in a town, and no date."""
    return len(written.partition("-")[0]) < 4


def _codes(draft: Draft) -> None:
    for match in _NAMED.finditer(draft.text):
        groups = "、".join(one_by_one(group) for group in match["code"].split("-"))
        draft.replace(*match.span("code"), f" {groups} ")
    draft.apply(_CARD, lambda match: "、".join(one_by_one(part) for part in re.split("[ -]", match[0])))
    draft.apply(_NAME, lambda match: NAMES[match[0]])
    draft.apply(_ISSUE, lambda match: "ボリューム " if match["name"].lower() == "vol" else "バージョン ")
    draft.apply(_DAYS, lambda match: f" {DAYS[match['a']]} から {DAYS[match['b']]} ")
    draft.apply(_NUMBER_SIGN, lambda _: f" {WORDS.number_sign} ")


def _times(draft: Draft) -> None:
    draft.apply(
        _TIMES, lambda match: f" {decimal(match['whole'], match['decimals'] or '')} {COUNTERS['倍'].sound} "
    )


def _beside_letters(draft: Draft) -> None:
    """Say the figures of names: ``A4``, ``iPhone15``; more than two behind letters one by one."""
    for match in _BESIDE_LETTERS.finditer(draft.text):
        whole = match["whole"] or match["whole2"]
        decimals = match["decimals"] or match["decimals2"] or ""
        most = 2 if match["whole"] else 3
        is_number = decimals or (len(whole) <= most and whole[0] != "0")
        said = decimal(whole, decimals) if is_number else one_by_one(whole)
        draft.replace(*match.span(), f" {said} ")


def _signs(draft: Draft) -> None:
    draft.apply(_PER, lambda match: f" {PER[match['per']]}")
    draft.apply(_FROM_TO, lambda match: f"{match['a']}から{match['b']}")
    draft.apply(_WAVE, lambda _: "から")
    for match in _SIGN_BETWEEN_WORDS.finditer(draft.text):
        draft.replace(*match.span(), f" {WORDS.signs[match['sign']]} ")
    for match in _SPACED_DASH.finditer(draft.text):
        start, end = match.span("dash")
        draft.replace(start + 1, end - 1, "—")
    draft.apply(_GREEK, lambda match: GREEK[match[0]])
    draft.apply(_TWENTIETH, lambda _: " ハツカ ")
    draft.apply(_MISREAD, lambda match: f" {MISREAD[match[0]]} ")
    draft.apply(
        _LEFT, lambda match: f" {cardinal(match[0]) if match[0][0] != '0' else one_by_one(match[0])} "
    )


_GREEK = re.compile("|".join(GREEK))
RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("codes", _codes),
    ("dates of Japanese", _dates),
    ("moments", say_moments),
    ("scores and dashes", say_scores),
    ("times", _times),
    ("numbers with scales", _mixed_numbers),
    ("fractions in kanji", _kanji_fractions),
    ("numbers in kanji", _kanji_numbers),
)
LATE_RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("numbers in names", _beside_letters),
    ("signs between words", _signs),
)
