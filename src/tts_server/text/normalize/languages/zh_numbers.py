"""Numbers in Chinese characters. Pure."""

from __future__ import annotations

from typing import Final

DIGITS: Final = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_MYRIADS = ("", "万", "亿")
MAX_FIGURES: Final = 16
"""More figures than these are said one by one."""


def one_by_one(figures: str) -> str:
    """Return figures one by one: ``2024`` is 二零二四."""
    return "".join(DIGITS[int(figure)] for figure in figures)


def cardinal(figures: str) -> str:
    """Return a whole number: ``1001`` is 一千零一.

    Two is 两 where it begins the number before 千, 万 and 亿, else 二.

    Args:
        figures: ASCII digits, with zeros in front or without.
    """
    figures = figures.lstrip("0")
    if not figures:
        return DIGITS[0]
    if len(figures) > MAX_FIGURES:
        return one_by_one(figures)
    said = _under(figures, len(_MYRIADS) - 1)
    if said.startswith("一十"):
        said = said[1:]
    return "两" + said[1:] if said[:1] == "二" and said[1:2] in {"千", "万", "亿"} else said


def _under(figures: str, power: int) -> str:
    """Return a number in terms of 亿, then of 万, then of 千."""
    n_figures = 4 * power
    if not power:
        return _group(figures)
    high, low = figures[:-n_figures].lstrip("0"), figures[-n_figures:]
    if not high:
        return _under(low, power // 2)
    # A gap of one or more places is one 零, however long it is.
    gap = DIGITS[0] if int(low) and low[0] == "0" else ""
    rest = low.lstrip("0")
    return _under(high, power // 2) + _MYRIADS[power] + gap + (_under(rest, power // 2) if rest else "")


def _group(figures: str) -> str:
    """Return up to four figures, without the 零 in front."""
    said = ""
    for place, figure in zip(range(len(figures) - 1, -1, -1), figures, strict=True):
        if figure != "0":
            said += DIGITS[int(figure)] + _PLACES[place]
        elif said and not said.endswith(DIGITS[0]):
            said += DIGITS[0]
    return said.removesuffix(DIGITS[0])


def decimal(whole: str, decimals: str) -> str:
    """Return a number with what stands behind its point: ``3.10`` is 三点一零."""
    return f"{cardinal(whole)}点{one_by_one(decimals)}" if decimals else cardinal(whole)
