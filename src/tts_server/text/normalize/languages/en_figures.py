"""How figures are said in English where misaki would lose some of them. Pure."""

from __future__ import annotations

from typing import Final

_ONES: Final = "zero one two three four five six seven eight nine".split()
_TEENS: Final = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_IRREGULAR: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_ROUND: Final = {100: "hundredth", 1000: "thousandth"}
_MAX_SAID_FIGURES: Final = 15


def say_decimals(decimals: str) -> str:
    """Return what is said for a decimal point and the figures behind it, its space before it.

    One by one and in words: as figures, a zero in front of others would be an ``oh``.
    """
    return " point " + " ".join(_ONES[int(char)] for char in decimals)


def grouped(whole: str) -> str:
    """Return figures with commas, or else four of them would be a year; too many are said one by one."""
    if len(whole) <= 3:
        return whole
    return f"{int(whole):,}" if len(whole) <= _MAX_SAID_FIGURES else " ".join(whole)


def ordinal(number: int) -> str:
    """Return ``1st``, ``12th``, ``23rd``."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def cardinal_words(number: int) -> str:
    """Return a number below a hundred in words."""
    if number < 10:
        return _ONES[number]
    if number < 20:
        return _TEENS[number - 10]
    tens = _TENS[number // 10 - 2]
    return f"{tens} {_ONES[number % 10]}" if number % 10 else tens


def fraction_name(bottom: int) -> str | None:
    """Return what a part is called of which ``bottom`` make a whole: ``half``, ``quarter``, ``sixteenth``.

    Returns:
        None where a part has no name that one would say.
    """
    if bottom in {2, 4}:
        return "half" if bottom == 2 else "quarter"
    if bottom in _ROUND:
        return _ROUND[bottom]
    return ordinal_words(bottom) if bottom < 100 else None


def ordinal_words(number: int) -> str:
    """Return the ordinal of a number below a hundred in words."""
    *before, last = cardinal_words(number).split()
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    else:
        last = last.removesuffix("y") + ("ieth" if last.endswith("y") else "th")
    return " ".join([*before, last])


def fraction_words(whole: int | None, top: int, name: str) -> str:
    """Return ``three quarters``, ``1 and a half``; ``name`` is what one part is called."""
    plural = "halves" if name == "half" else f"{name}s"
    if whole is None:
        return f"{cardinal_words(top)} {name if top == 1 else plural}"
    article = "an" if name.startswith("e") else "a"
    return f"{whole} and {article} {name}" if top == 1 else f"{whole} and {cardinal_words(top)} {plural}"
