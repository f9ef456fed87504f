"""What a Japanese speaker says for a word in Latin letters, in katakana.

Pure. A word is looked up among loan words; spelled, if it is an abbreviation; read by its letters, if it is
Japanese in Latin letters (``Kokoro``); else its English sound is fitted to the sounds of Japanese: a vowel
follows each consonant, a short vowel before a final stop doubles it (``book`` is ブック).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from tts_server.backends.kokoro.pronounce.loanwords import JAPANESE_WORDS, LETTER_NAMES, LOANWORDS

_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タティトゥテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "j": "ヤイユイェヨ",
    "ɹ": "ラリルレロ",
    "w": "ワウィウウェウォ",
    "ɡ": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダディドゥデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
    "f": "ファフィフフェフォ",
    "v": "バビブベボ",
    "ʃ": "シャシシュシェショ",
    "ʧ": "チャチチュチェチョ",
    "ʤ": "ジャジジュジェジョ",
    "ʦ": "ツァツィツツェツォ",
}
_SMALL = "ァィゥェォャュョ"
_ALIKE = {"θ": "s", "ð": "z", "l": "ɹ", "ʒ": "ʤ", "T": "t", "r": "ɹ", "g": "ɡ", "x": "k"}
# A consonant with no vowel behind it.
_ALONE = dict(
    entry.split("=")
    for entry in """
    k=ク s=ス t=ト n=ン h=フ m=ム j=イ ɹ=ル w=ウ ɡ=グ z=ズ d=ド b=ブ p=プ f=フ v=ブ ʃ=シュ ʧ=チ ʤ=ジ ʦ=ツ
    ŋ=ング
    """.split()
)
# A vowel, the vowel of the row, and what follows it; longest first.
_VOWELS = [
    (vowel, kana[0], kana[1:])
    for vowel, kana in (
        entry.split("=")
        for entry in """
        Iəɹ=アイアー Wəɹ=アワー ɛɹ=エア ɪɹ=イア iɹ=イア ʊɹ=ウア ɔɹ=オー ɑɹ=アー Oɹ=オー ɜɹ=アー əɹ=アー
        Iə=アイア A=エー I=アイ W=アウ O=オー Q=オー Y=オイ æ=ア ɑ=? ɔ=オー ɛ=エ ɪ=イ ᵻ=イ i=イー ʊ=ウ
        u=ウー ʌ=ア ɐ=ア ɒ=オ ə=? ɜ=アー a=ア e=エ o=オ
        """.split()
    )
]
_VOWEL_SIGNS = "".join(vowel for vowel, _, _ in _VOWELS if len(vowel) == 1)
# An r before a vowel begins the next syllable.
_SOUND = re.compile(
    "|".join(vowel + f"(?![{_VOWEL_SIGNS}])" * (len(vowel) > 1) for vowel, _, _ in _VOWELS) + r"|ᵊ|[^\W\d_]"
)
_VOWEL = {vowel: (kana, tail) for vowel, kana, tail in _VOWELS}
_OF_LETTER = {"a": "ア", "e": "エ", "i": "イ", "o": "オ", "u": "ア", "y": "イ"}
_GLIDES = {"ア": "ャ", "ウ": "ュ", "オ": "ョ"}
_DOUBLED_FINALS = frozenset("ptkdɡʧʤ")
_SHORT_VOWELS = frozenset("æɛɪɑʌʊ")

_MORA = re.compile(
    r"(?P<double>(?P<c>[kstpgdbhmrwzjf])(?=(?P=c))|t(?=ch))"
    r"|(?P<onset>sh|ch|ts|ky|gy|ny|hy|by|py|my|ry|[kgsztdnhfbpmyrwj])?(?P<vowel>[aiueo])"
    r"|(?P<n>n'|n(?![aiueoy])|m(?=[bpm]))"
)
# Kana of a consonant with a, i, u, e, o in Hepburn spelling.
_ONSETS = dict(
    entry.split("=")
    for entry in """
    =アイウエオ k=カキクケコ g=ガギグゲゴ s=サ-スセソ z=ザ-ズゼゾ t=タ--テト d=ダ--デド n=ナニヌネノ
    h=ハヒ-ヘホ b=バビブベボ p=パピプペポ m=マミムメモ r=ラリルレロ w=ワ---ヲ y=ヤ-ユ-ヨ f=--フ-- ts=--ツ--
    """.split()
)
_PALATAL = dict(
    entry.split("=")
    for entry in """
    sh=シ ch=チ j=ジ ky=キ gy=ギ ny=ニ hy=ヒ by=ビ py=ピ my=ミ ry=リ
    """.split()
)
_PALATAL_VOWELS = {"a": "ャ", "i": "", "u": "ュ", "e": "ェ", "o": "ョ"}
_JAPANESE_ONSET = re.compile(r"tsu|[kgnhbpmr]y[auo]|sh[aiuo]|ch[aiuo]|j[auo]")
_ENGLISH_VOWELS = re.compile(r"ee|ea|oa|eo|eu|ua|iou|ay|[^aiueo]e$")
_SYLLABLES = re.compile(r"(?:[kgsztdnhbpmrwyj]?[aiueo]n?)+")
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_LENGTHS = {"ー": "ː", "っ": "ʔ"}
_NASALS = (("m", "mpb"), ("ŋ", "kɡ"), ("ɲ", "ɲʨʥ"), ("n", "ntdɾz"))
_MAX_SPELLED_AS_ONE = 8
_WORD = re.compile(r"[^\W\d_]+")
_CASES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def to_katakana(word: str, english: Callable[[str], str]) -> str:
    """Return what a Japanese speaker says for ``word``.

    Args:
        word: Latin letters; several words joined by hyphens, apostrophes or spaces are taken one by one.
        english: Returns the English sound of a word, in the model's symbols.

    Returns:
        Katakana; never empty for a word with an ASCII letter.
    """
    if len(word) == 1 and word.isupper():
        return spell(word)
    lower = word.lower().replace("’", "'")
    known = LOANWORDS.get(lower) or ("n'" in lower and from_romaji(lower))
    if known:
        return known
    parts = _WORD.findall(re.sub(r"['’]", "", word))
    if len(parts) != 1:
        return " ".join(to_katakana(part, english) for part in parts)
    (part,) = parts
    return (
        LOANWORDS.get(part.lower()) or _spelled(part) or _by_case(part, english) or _by_sound(part, english)
    )


def kana_symbols(word: str, table: Mapping[str, str]) -> str:
    """Return the symbols of a word in katakana, sound by sound.

    Args:
        word: Katakana alone.
        table: Hiragana, one or two of them, to their symbols.
    """
    hiragana = word.translate(_HIRAGANA)
    symbols = ""
    position = 0
    while position < len(hiragana):
        pair, kana = hiragana[position : position + 2], hiragana[position]
        if len(pair) == 2 and pair in table:
            symbols += table[pair]
            position += 2
            continue
        following = table.get(pair[1:], "")
        symbols += _nasal(following) if kana == "ん" else _LENGTHS.get(kana) or table.get(kana, "")
        position += 1
    return symbols


def _nasal(following: str) -> str:
    """Return the symbol of ん before another sound of the same word."""
    return next((nasal for nasal, sounds in _NASALS if following[:1] in sounds and following), "ɴ")


def spell(word: str) -> str:
    """Return the names of a word's letters; of more than anybody says in one breath, each apart."""
    return ("" if len(word) <= _MAX_SPELLED_AS_ONE else " ").join(
        LETTER_NAMES.get(char, "") for char in word.upper()
    )


def from_romaji(word: str) -> str:
    """Return the kana of a Japanese word in Latin letters; "" if it is none."""
    kana = ""
    position = 0
    while position < len(word):
        match = _MORA.match(word, position)
        mora = _kana_of(match) if match else ""
        if not match or mora == "-":
            return ""
        kana += mora
        position = match.end()
    return kana


def _kana_of(match: re.Match[str]) -> str:
    if match["double"]:
        return "ッ"
    if match["n"]:
        return "ン"
    onset, vowel = match["onset"] or "", match["vowel"]
    if onset in _PALATAL:
        return _PALATAL[onset] + _PALATAL_VOWELS[vowel]
    return _ONSETS[onset]["aiueo".index(vowel)]


def _spelled(word: str) -> str:
    """Spell what is no word: capitals that are few, and letters without a vowel."""
    lower = word.lower()
    is_word = re.search("[aeiouyà-ÿ]", lower)
    is_short = len(word) < 4 or (len(word) == 4 and not _SYLLABLES.fullmatch(lower))
    return spell(word) if not is_word or (word.isupper() and is_short) else ""


def _by_case(word: str, english: Callable[[str], str]) -> str:
    """Take a name such as ``GitLab`` or ``iOS`` apart where capitals begin, unless it is one word."""
    parts = _CASES.findall(word)
    if len(parts) < 2 or "".join(parts) != word:
        return ""
    return "".join(spell(part) if len(part) == 1 else to_katakana(part, english) for part in parts)


def _by_sound(word: str, english: Callable[[str], str]) -> str:
    lower = word.lower()
    japanese = from_romaji(lower)
    n_vowels = len(re.findall("[aiueo]", lower))
    if japanese and (
        lower in JAPANESE_WORDS
        or _JAPANESE_ONSET.search(lower)
        or (n_vowels > 1 and not _ENGLISH_VOWELS.search(lower))
    ):
        return japanese
    return _fitted(lower, english(lower)) or spell(word)


def _fitted(word: str, symbols: str) -> str:
    """Fit an English sound to the sounds of Japanese."""
    plain = re.sub("[ˈˌː]", "", symbols).replace("ɹɹ", "ɹ")
    sounds = list(_simplified(_SOUND.findall(plain)))
    letters = _vowel_letters(word, sum(sound in _VOWEL or sound == "ᵊ" for sound in sounds))
    kana = ""
    n_vowels = 0
    onset = ""
    for index, sound in enumerate(sounds):
        if sound in _VOWEL:
            kana += _syllable(onset, sound, letters[n_vowels] if letters else "")
            kana += _doubled(sound, sounds[index + 1 :], word)
            n_vowels += 1
            onset = ""
        elif sound == "ᵊ":
            n_vowels += 1
        elif (onset == "k" and sound == "w") or (onset in _ROWS and onset and sound == "j"):
            onset += sound
        else:
            kana += _closed(onset)
            onset = sound
    return kana + _closed(onset)


def _simplified(sounds: list[str]) -> Iterator[str]:
    for index, sound in enumerate(sounds):
        following = sounds[index + 1] if index + 1 < len(sounds) else ""
        is_nasal = (sound == "ŋ" and following in {"k", "ɡ"}) or (sound == "m" and following in {"p", "b"})
        yield "n" if is_nasal else _ALIKE.get(sound, sound)


def _vowel_letters(word: str, n_vowels: int) -> list[str]:
    """Return the letters of each vowel that sounds; nothing where they cannot be told apart."""
    groups = [match[0] for match in re.finditer(r"[aiueo]+|(?<=[^aiueo])y", word)]
    if groups and groups[-1] == "e" and word.endswith("e") and len(groups) == n_vowels + 1:
        groups.pop()
    return groups if len(groups) == n_vowels else []


def _syllable(onset: str, vowel: str, letters: str) -> str:
    base, tail = _VOWEL[vowel]
    if base == "?":
        letter = letters[-1:] if letters.startswith("i") else letters[:1]
        base = "オ" if letter == "o" else "ア" if vowel == "ɑ" else _OF_LETTER.get(letter, "ア")
    if onset in {"n", "t", "d"} and base == "ウ" and letters.startswith("e"):
        onset += "j"
    if vowel == "æ" and onset in {"k", "ɡ"}:
        onset += "j"
    if onset == "ŋ":
        return "ン" + _row("ɡ")["アイウエオ".index(base)] + tail
    if onset == "kw":
        return "ク" + base + tail
    if len(onset) == 2 and base in _GLIDES:
        return _row(onset[0])[1][0] + _GLIDES[base] + tail
    return _row(onset[:1])["アイウエオ".index(base)] + tail


@cache
def _row(onset: str) -> tuple[str, ...]:
    return tuple(re.findall(rf"[^{_SMALL}][{_SMALL}]?", _ROWS.get(onset, _ROWS[""])))


def _doubled(vowel: str, rest: list[str], word: str) -> str:
    """Double a stop behind a short vowel, at the end of a word or before a syllabic l."""
    if vowel not in _SHORT_VOWELS or not rest or rest[0] not in _DOUBLED_FINALS:
        return ""
    is_last = len(rest) == 1 or (rest[0] == "p" and "pp" in word)
    return "ッ" if is_last or rest[1:] in (["ᵊ", "ɹ"], ["ə", "ɹ"]) else ""


def _closed(consonants: str) -> str:
    return "".join(_ALONE.get(consonant, "") for consonant in consonants)
