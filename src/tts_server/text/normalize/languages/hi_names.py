"""Hindi's own rules for names with figures and signs in them, and for the goals of a match. Pure."""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.recognize.common import LETTERS

SOVEREIGNS = frozenset(
    (
        "जॉर्ज एडवर्ड हेनरी चार्ल्स एलिज़ाबेथ एलिजाबेथ लुई जेम्स फ़िलिप फिलिप विलियम रिचर्ड बेनेडिक्ट "
        "फ़्रेडरिक फ्रांसिस निकोलस पीटर"
    ).split()
)
PLACES_OF_SOVEREIGNS = tuple("प्रथम द्वितीय तृतीय चतुर्थ पंचम षष्ठ सप्तम अष्टम नवम दशम".split())
"""Whose places are said in Sanskrit, of the first ten."""

_BEGIN = rf"(?<![{LETTERS}\d.,:/-])"
_NOT_WORD = rf"(?![{LETTERS}\d])"
_DASH = r"(?P<dash> ?[-—] ?)"
_MATCH = r"(?:मैच|स्कोर|सीरीज़|सीरीज|शृंखला|श्रृंखला|मुक़ाबला|मुकाबला|सेट|फ़ाइनल|फाइनल)"
_ENDED = "(?:(?:की|के|पर|से) )?(?:बढ़त|अंतर|जीत|हार|हरा|ड्रॉ|बराबर|शिकस्त|मात)"
_GOAL = rf"\d{{1,2}}{_DASH}\d{{1,2}}"
_WORD = rf"[{LETTERS}]{{2,20}}"
_WEEKDAY = "(?:सोम|मंगल|बुध|गुरु|शुक्र|शनि|रवि|इत)"
_GOALS = (
    re.compile(rf"(?<![{LETTERS}]){_MATCH} (?:{_WORD} ){{0,2}}{_GOAL}(?!\d| ?=|[.,/]\d)"),
    re.compile(rf"{_BEGIN}{_GOAL}(?= {_ENDED})"),
    re.compile(
        rf"(?<![{LETTERS}])(?!{_WEEKDAY}){_WORD} ?[-—] ?{_WORD} {_GOAL}"
        rf"(?=\s*$| से(?![{LETTERS}])|[।.,;!?](?!\d))"
    ),
    # Twice the same: so many for each, or the short match of cricket.
    re.compile(rf"{_BEGIN}(?P<once>\d{{1,4}})(?P<dash>-)(?P=once)(?![{LETTERS}\d]|[-.,:/]\d| बजे)"),
)
_RATIO = (
    re.compile(r"(?<=अनुपात )\d{1,5}(?P<mark>:)\d{1,5}(?![\d:]|[.,]\d)"),
    re.compile(rf"{_BEGIN}\d{{1,5}}(?P<mark>:)\d{{1,5}}(?= (?:के |का |की )?अनुपात| से (?:जीत|हार|हरा|मात))"),
)
_BLOOD = re.compile(
    r"(?:रक्त समूह|ब्लड ग्रुप|रक्त वर्ग|[Bb]lood [Gg]roup)(?: है|:)? ?(?:AB|[ABO])(?P<sign>[+-])"
    rf"(?![{LETTERS}\d])|{_BEGIN}(?:AB|[ABO])(?P<behind>[+-])(?= (?:खून|ख़ून|रक्त|ब्लड))"
)
_ATTACK = re.compile(rf"{_BEGIN}(?P<day>26)/(?P<month>11)(?![{LETTERS}\d/]|[.,:-]\d)")
_FORMULA = re.compile(rf"{_BEGIN}CO(?:₂|2){_NOT_WORD}")
_ACCOUNT = re.compile(rf"{_BEGIN}(?:[A-Z]{{5}}\d{{4}}[A-Z]|[A-Z]{{4}}0[A-Z\d]{{6}}){_NOT_WORD}")
_LANGUAGE = re.compile(rf"{_BEGIN}(?P<letter>[CFJ])#(?![{LETTERS}\d#])")
_SECONDS = re.compile(
    rf"(?<![{LETTERS}\d.,:/-])(?P<number>\d{{1,6}}(?:\.\d{{1,6}})?) (?P<unit>s)(?![{LETTERS}\d'])"
)
_BEHIND_LATIN = re.compile(r"[A-Za-z] $")


def say_names(draft: Draft) -> None:
    """Say goals, ratios beside their word, blood groups, accounts, seconds."""
    for pattern in _GOALS:
        for match in pattern.finditer(draft.text):
            draft.put([(*match.span("dash"), " ")])
    for pattern in _RATIO:
        for match in pattern.finditer(draft.text):
            draft.put([(*match.span("mark"), " ")])
    for match in _BLOOD.finditer(draft.text):
        name = "sign" if match["sign"] else "behind"
        draft.put([(*match.span(name), " पॉज़िटिव" if match[name] == "+" else " नेगेटिव")])
    draft.apply(_ATTACK, lambda match: f"{match['day']} {match['month']}")
    draft.apply(_FORMULA, lambda _: "C O two")
    draft.apply(_ACCOUNT, lambda match: " ".join(match[0]))
    draft.apply(_LANGUAGE, lambda match: f"{match['letter']} शार्प")
    for match in _SECONDS.finditer(draft.text):
        if not _BEHIND_LATIN.search(draft.text[max(0, match.start() - 2) : match.start()]):
            draft.put([(*match.span("unit"), "सेकंड")])
