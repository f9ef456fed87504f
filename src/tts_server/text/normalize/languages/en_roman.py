"""Which Roman numerals of an English text are numbers, and which of those are ordinals.

Pure. Letters that could be a numeral are one behind what is numbered so (``Chapter IV``), behind the name of
a ruler (``Louis XIV``), before a century, and, where they are no abbreviation besides, behind any name
(``Rocky III``). ``I am``, ``DNA``, ``a CD``, ``Vitamin C`` and ``Malcolm X`` stay.
"""

from __future__ import annotations

from typing import Final

from tts_server.text.normalize.forms import Ordinal
from tts_server.text.normalize.languages.en_figures import ordinal

_NUMBERED: Final = frozenset(
    """
    act amendment annex apollo appendix army article book bowl canto category chapter class concerto
    corps dan division edition episode exhibit factor figure form gemini grade group legion lesson level
    mark mk module olympiad op opus part phase plate psalm region round rule saturn scene schedule
    season section sector sonata stage step symphony table tier title trial type unit vol volume voyager
    war wrestlemania zone fantasy
    """.split()
)
_LETTERED: Final = frozenset("appendix category class exhibit factor figure form group type unit".split())
"""Of them, those that have letters too, so that ``X`` behind them is none."""

_RULERS: Final = frozenset(
    """
    Abdullah Abdulhamid Adrian Afonso Akbar Albert Alexander Alexios Alfonso Amenhotep Anastasius Andrew
    Anne Basil Baudouin Beatrix Benedict Boniface Boris Callixtus Canute Carl Carlos Carol Casimir
    Catherine Celestine Charles Christian Christina Clement Cleopatra Conrad Constantine Constantius
    Cyrus Darius David Edmund Edward Elizabeth Emmanuel Eric Ernest Eugene Faisal Felipe Ferdinand
    Francis Franz Frederick Friedrich Fuad Gaozu George Gregory Gustaf Gustav Gustavus Haakon Harald
    Harold Hassan Henri Henry Hussein Innocent Isaac Isabella Ivan James Jean Joan John Joseph Juan
    Julius Justin Justinian Karl Kenneth Ladislaus Leo Leopold Lothair Louis Ludwig Magnus Malcolm
    Manuel Margaret Margrethe Maria Martin Mary Matthias Maurice Max Maximilian Mehmed Michael Miguel
    Mohammed Muhammad Murad Mustafa Napoleon Nicholas Olaf Otto Paul Pedro Peter Philip Philippe Pius
    Ptolemy Ramesses Rameses Ramses Ranier Rainier Richard Robert Romanos Rudolf Rudolph Sancho Selim
    Seti Sigismund Simeon Sixtus Stephen Suleiman Sylvester Theodosius Thutmose Umberto Urban
    Valentinian Victor Victoria Vladislaus Wilhelm Willem William Xerxes
    """.split()
)
_NO_NUMERALS: Final = frozenset(
    """
    CC CCC CD CDC CI CIV CL CM CV CVI DC DCC DI DIM DIV DL DM DV DVI DX LI LIV LL LV MC MCI MD MDC MI MIX MM
    MMC MMI MMX MV MX CX CLI DLI MIC XL XX XXX XC LX
    """.split()
)
"""Numerals that are abbreviations or words too, and are numbers behind what is numbered alone."""

_CENTURIES: Final = frozenset({"century", "centuries", "olympiad", "dynasty", "congress", "legion", "winter"})
_BEHIND_A_RULER: Final = frozenset(
    "of was is and had died ruled became reigned in from to who or as by with at".split()
)


def say_roman(form: Ordinal, text: str) -> str | None:
    """Return what is said for Roman letters: ``2``, ``14th``, ``the 14th``; None if they are no number."""
    numeral = text[form.start : form.end]
    if form.ending:
        numeral = numeral[: -len(form.ending)]
    how = _reading(form, numeral, text)
    if how == "cardinal":
        return str(form.value)
    said = ordinal(form.value)
    return {"ordinal": said, "the": f"the {said}"}.get(how or "")


def _reading(form: Ordinal, numeral: str, text: str) -> str | None:
    before, after = form.before.rstrip("."), form.after
    if form.ending or (after.lower() in _CENTURIES and len(numeral) > 1):
        return "ordinal"
    if before.lower() in _NUMBERED and (before[0].isupper() or len(numeral) > 1):
        return _behind_the_numbered(before.lower(), numeral)
    if before in _RULERS and _is_of_ruler(before, numeral, after, text[form.end : form.end + 1]):
        return "the"
    is_name = any(char.isupper() for char in before) and before not in {"A", "I", "The", "An"}
    if is_name and len(numeral) > 1 and numeral not in _NO_NUMERALS and not before.isupper():
        return "cardinal"
    is_plain = set(numeral) <= set("IVX") or len(numeral) > 4
    if text.strip() == numeral and len(numeral) > 1 and is_plain and numeral not in _NO_NUMERALS:
        return "cardinal"
    return None


def _behind_the_numbered(before: str, numeral: str) -> str | None:
    if len(numeral) == 1 and (numeral not in "IVX" or (numeral == "X" and before in _LETTERED)):
        return None
    return "cardinal"


def _is_of_ruler(name: str, numeral: str, after: str, ending_mark: str) -> bool:
    if len(numeral) > 1:
        return numeral not in {"CD", "MD", "DC", "CC", "CV", "MC", "DM", "MM", "DI", "MI"}
    if numeral == "I":
        return after in _BEHIND_A_RULER or (not after and ending_mark != "'")
    return numeral == "V" or (numeral == "X" and name != "Malcolm")
