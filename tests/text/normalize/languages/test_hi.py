"""What Hindi says for what is written."""

from __future__ import annotations

import unicodedata
from dataclasses import astuple, fields
from typing import Any

import pytest

from tts_server.text.normalize.languages.hi import make
from tts_server.text.normalize.languages.hi_words import NOTATION, SCALE_WORDS, UNIT_SIGNS, UNITS, WORDS
from tts_server.text.normalize.reader import normalize

SAID = {
    # The hour has a word behind it, and halves and quarters have words of their own.
    "सुबह 9:30 बजे": "सुबह साढ़े 9 बजे",
    "दोपहर 1:30 बजे": "दोपहर डेढ़ बजे",
    "दोपहर 2:30 बजे": "दोपहर ढाई बजे",
    "रात 10:15 बजे": "रात सवा 10 बजे",
    "सुबह 6:45 बजे": "सुबह पौने 7 बजे",
    "रात 12:45 बजे": "रात पौने 1 बजे",
    "सुबह 9:00 बजे": "सुबह 9 बजे",
    "7:40 बजे": "7 बजकर 40 मिनट",
    "7:42 बजे": "7 बजकर बयालीस मिनट",
    "23:30 बजे": "23 बजकर 30 मिनट",
    "शाम 5:00-7:00 बजे": "शाम 5 से 7 बजे",
    "सुबह 8:30 से 10:20 बजे": "सुबह साढ़े 8 से 10 बजकर 20 मिनट",
    "8:20 या 10 बजे": "8 बजकर 20 मिनट या 10 बजे",
    "15:20 पर": "15 बजकर 20 मिनट पर",
    "9:00-17:00": "9 बजे से 17 बजे",
    "10:30:45": "10 बजकर 30 मिनट पैंतालीस सेकंड",
    "9:30 AM": "9 30 AM",
    "9am-5pm": "9 AM से 5 PM",
    # Years of 1100 to 1999 are said by their hundreds.
    "15/08/1947": "पंद्रह अगस्त उन्नीस सौ सैंतालीस",
    "15/8/24": "15 अगस्त 2024",
    "15/8/98": "पंद्रह अगस्त उन्नीस सौ अट्ठानवे",
    "15 अगस्त 1947": "पंद्रह अगस्त उन्नीस सौ सैंतालीस",
    "5 दिस. 1992": "पाँच दिसंबर उन्नीस सौ बानवे",
    "सन् 1857 की": "सन् अठारह सौ सत्तावन की",
    "अगस्त 1947 में": "अगस्त उन्नीस सौ सैंतालीस में",
    "1857 में": "अठारह सौ सत्तावन में",
    "(1869–1948)": "(अठारह सौ उनहत्तर से उन्नीस सौ अड़तालीस)",
    "1947-1950 के बीच": "उन्नीस सौ सैंतालीस से उन्नीस सौ पचास के बीच",
    "1957 से 2010 तक": "उन्नीस सौ सत्तावन से दो हज़ार दस तक",
    "(1969-2011)": "(उन्नीस सौ उनहत्तर से दो हज़ार ग्यारह)",
    "जन. 2024": "जनवरी 2024",
    "5 जन. को": "5 जनवरी को",
    "5 जन आए": "5 जन आए",
    "नव वर्ष": "नव वर्ष",
    "15 अग॰ 2024": "15 अगस्त 2024",
    "10-12 अगस्त": "10 से 12 अगस्त",
    "मई-जून": "मई से जून",
    "1857 रुपये": "1857 रुपये",
    # Comparisons stand behind what is compared.
    "<5 मिनट": "5 मिनट से कम",
    "< 5 लोग": "5 से कम लोग",
    ">5 किमी": "5 किलोमीटर से ज़्यादा",
    ">90%": "90 प्रतिशत से ज़्यादा",
    "<₹500": "500 रुपये से कम",
    "आयु >18": "आयु 18 से ज़्यादा",
    "x<5 या y>42": "x 5 से छोटा या y बयालीस से बड़ा",
    "a < b < c": "a लेस दैन b लेस दैन c",
    "a >= b": "a b से बड़ा या बराबर",
    "≥18": "कम से कम 18",
    # Money.
    "₹5 लाख": "5 लाख रुपये",
    "₹2 Cr": "2 करोड़ रुपये",
    "₹2-3 लाख": "2 से 3 लाख रुपये",
    "₹50 हज़ार-1 लाख": "50 हज़ार रुपये से 1 लाख रुपये",
    "₹100–200": "100 से 200 रुपये",
    "Rs 500/- दें": "500 रुपये दें",
    "₹42.50": "बयालीस रुपये 50 पैसे",
    "₹0.50": "50 पैसे",
    "₹60/किग्रा": "60 रुपये प्रति किलोग्राम",
    # Places in an order.
    "5वाँ": "पाँचवाँ",
    "21वीं सदी": "इक्कीसवीं सदी",
    "5-वें": "पाँचवें",
    "5 वें": "पाँचवें",
    "5 ला दो": "5 ला दो",
    "1st": "first",
    "22nd": "twenty second",
    "30th": "thirtieth",
    "0th": "0th",
    "XXI सदी": "इक्कीसवीं सदी",
    "अध्याय IV": "अध्याय 4",
    "जॉर्ज V": "जॉर्ज V",
    "लुई XIV": "लुई 14",
    "MI फ़ोन": "MI फ़ोन",
    # Fractions.
    "1/2 कप": "आधा कप",
    "1/2 रोटी": "आधी रोटी",
    "1/2 पानी": "आधा पानी",
    "3/4": "तीन चौथाई",
    "7/10": "7 बटा 10",
    "1 1/2": "डेढ़",
    "3½": "साढ़े 3",
    "1¼": "सवा",
    "2¼": "सवा 2",
    "1 3/4": "पौने 2",
    "2 2/3": "2 सही 2 बटा 3",
    "24/7": "24/7",
    # Names of days, short words, signs.
    "सोम-शुक्र": "सोमवार से शुक्रवार",
    "सोमवार – शनिवार": "सोमवार से शनिवार",
    "सोम. और बुध. को": "सोमवार और बुधवार को",
    "गुरु. नानक": "गुरु. नानक",
    "डॉ.राव": "डॉक्टर राव",
    "मो. 98765 43210": "मोबाइल 9 8 7 6 5, 4 3 2 1 0",
    "मो.नं. 9876543210": "मोबाइल नंबर 9 8 7 6 5 4 3 2 1 0",
    "मो. रफ़ी": "मोहम्मद रफ़ी",
    "राम - श्याम": "राम — श्याम",
    "2x तेज़": "2 गुना तेज़",
    "2x + 3 = 7": "2x प्लस 3 बराबर 7",
    "4K वीडियो": "4K वीडियो",
    "10K लोग": "10 हज़ार लोग",
    "5'10\"": "5 फ़ीट 10 इंच",
    "A-Z": "A से Z",
    "16:9": "16 अनुपात 9",
    "v1.5": "वर्शन 1.5",
    "2.0.1": "2 पॉइंट 0 पॉइंट 1",
    "10⁻⁶": "10 की घात माइनस 6",
    # Numbers.
    "१,००,००० लोग": "100000 लोग",
    "45.5": "पैंतालीस दशमलव पाँच",
    "45.5 मिलियन": "पैंतालीस दशमलव पाँच मिलियन",
    "2042।": "दो हज़ार बयालीस।",
    "है -3।": "है माइनस 3।",
}


@pytest.mark.parametrize("written", SAID)
def test_what_is_written_is_said(written: str) -> None:
    assert normalize(written, "hi").text == SAID[written]


@pytest.mark.parametrize("written", ["1", "9", "12", "24:00", "31 बजे", "7:60 बजे", "9:30:20 बजे"])
def test_what_is_no_time_before_the_word_for_the_hour_is_left_to_others(written: str) -> None:
    assert "साढ़े" not in normalize(written, "hi").text


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in texts(one)]
    if isinstance(value, tuple | list | frozenset):
        return [text for one in value for text in texts(one)]
    return []


@pytest.mark.parametrize("table", [NOTATION, WORDS], ids=["notation", "words"])
def test_what_the_tables_hold_is_composed_as_texts_are(table: Any) -> None:
    for field, value in zip(fields(table), astuple(table), strict=True):
        for text in texts(value):
            assert unicodedata.is_normalized("NFC", text), (field.name, text)


@pytest.mark.parametrize("sign", UNIT_SIGNS)
def test_every_sign_of_a_unit_is_said(sign: str) -> None:
    assert normalize(f"5 {sign} में", "hi").text == f"5 {UNITS[UNIT_SIGNS[sign]].many} में"


@pytest.mark.parametrize("word", SCALE_WORDS)
def test_the_currency_stands_behind_every_word_of_scale(word: str) -> None:
    assert normalize(f"₹5 {word} में", "hi").text == f"5 {SCALE_WORDS[word]} रुपये में"


def test_there_is_one_dialect() -> None:
    assert make("hi").dialect == "hi"
