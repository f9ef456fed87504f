"""Numbers in Hindi words: the hundred words below a hundred, Indian scales, places in an order. Pure.

espeak-ng reads most figures right, but says 42, 45 and 94 as words that there are not, and spells ten figures
and more one by one.
"""

from __future__ import annotations

BELOW_HUNDRED = (
    *"शून्य एक दो तीन चार पाँच छह सात आठ नौ".split(),
    *"दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस".split(),
    *"बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस".split(),
    *"तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस".split(),
    *"चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास".split(),
    *"पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ".split(),
    *"साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर".split(),
    *"सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी".split(),
    *"अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी".split(),
    *"नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे".split(),
)
_SCALES = (
    (10**11, "खरब"),
    (10**9, "अरब"),
    (10**7, "करोड़"),
    (10**5, "लाख"),
    (10**3, "हज़ार"),
    (100, "सौ"),
)
_CRORE = 10**7
_FIRST_PLACES = {1: "पहल", 2: "दूसर", 3: "तीसर", 4: "चौथ", 6: "छठ"}
_MAX_FIGURES = 15
_ENGINE_FIGURES = 9
_MISREAD = frozenset({42, 45, 94})


def cardinal(value: int) -> str:
    """Return a number of up to 15 figures in words; ``1947`` is said with a thousand, not as a year."""
    if value >= 10**13:
        head, rest = divmod(value, _CRORE)
        return f"{cardinal(head)} करोड़" + (f" {cardinal(rest)}" if rest else "")
    words = []
    for size, name in _SCALES:
        count, value = divmod(value, size)
        if count:
            words.append(f"{BELOW_HUNDRED[count]} {name}")
    if value or not words:
        words.append(BELOW_HUNDRED[value])
    return " ".join(words)


def year(value: int) -> str:
    """Return a year in words: of 1100 to 1999 the hundreds are counted."""
    if not 1100 <= value <= 1999:
        return cardinal(value)
    hundreds, rest = divmod(value, 100)
    return f"{BELOW_HUNDRED[hundreds]} सौ" + (f" {BELOW_HUNDRED[rest]}" if rest else "")


def ordinal(value: int, ending: str) -> str:
    """Return a place in an order.

    Args:
        value: Which.
        ending: What is written behind the figures: its vowel tells gender and case.
    """
    vowel = "ी" if "ी" in ending else "े" if "े" in ending else "ा"
    if value in _FIRST_PLACES:
        return _FIRST_PLACES[value] + vowel
    said = "सौ" if value == 100 else cardinal(value)
    return f"{said}व{vowel}{'ँ' if vowel == 'ा' else 'ं'}"


def figures(whole: str) -> str:
    """Return a whole number as figures where espeak-ng reads them right, else in words.

    Args:
        whole: Figures without marks; more than 15 are left alone, since nobody says them as one number.
    """
    if not whole or len(whole) > _MAX_FIGURES or _is_read_right(whole):
        return whole
    return cardinal(int(whole))


def _is_read_right(whole: str) -> bool:
    if len(whole) > _ENGINE_FIGURES:
        return False
    value = int(whole)
    # As the engine parts it: crores, lakhs, thousands, and what is below a hundred.
    parts = (value // 10**7, value // 10**5 % 100, value // 1000 % 100, value % 100)
    return not _MISREAD.intersection(parts)
