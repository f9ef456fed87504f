"""Web and mail addresses, links, file names and paths, as they are said. Pure.

An address is said sign by sign. What nobody says is left out: a scheme, ``www.``, a query, a fragment; of a
link only its text is said.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from tts_server.text.normalize.address_names import COUNTRIES, FILES, GENERIC, SAID, WORDS_TOO
from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.recognize.common import any_of
from tts_server.text.normalize.words import AddressWords

_LINK: Final = re.compile(r"!?\[([^\[\]\n]{1,300})\]\((?:[^()\s]|\([^()\s]*\)){0,500}\)")
_URL: Final = re.compile(
    r"(?<![\w.])(?:[a-z][a-z0-9+.-]{1,15}://|www\.)[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}'’*_]", re.IGNORECASE
)
_MAIL_SCHEME: Final = re.compile(r"\b(?:mailto|tel|sms):(?=[\w+])")
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b")
_HANDLE: Final = re.compile(r"(?<![\w@.])@(?=[A-Za-z_]\w*)")
_HASHTAG: Final = re.compile(r"(?<![\w#&])#(?!(?=\w*\d)[\da-fA-F]{6}(?!\w))(?P<name>[^\W\d]\w*)(?!\w)")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PATH: Final = r"(?:/[\w.~%/-]*[\w/])?(?:[?#][^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}'’*_])?"
_TOP: Final = f"(?:{any_of(COUNTRIES | GENERIC)})"
_LABEL: Final = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}"
_DOMAIN: Final = re.compile(
    rf"(?<![\w.@/-])(?:{_LABEL}\.){{0,4}}(?:{_LABEL[:-6]}{{1,62}}\.(?P<top>{_TOP})|[A-Za-z]\.(?:com|org|net|co))"
    rf"(?![\w@-])(?!\.\w)(?::\d{{2,5}})?{_PATH}"
)
_HOST: Final = re.compile(rf"(?<![\w.@/-])(?:localhost|\d{{1,3}}(?:\.\d{{1,3}}){{3}}):\d{{2,5}}(?!\d){_PATH}")
_FILE: Final = re.compile(
    r"(?<![\w.@/~\\-])(?!(?:[A-Z]\.){2})(?:\.{0,2}/)?(?:[\w.-]{1,60}/){0,8}\.?\w[\w.-]{0,60}\."
    rf"(?:{any_of(FILES)})(?![\w@-])(?!\.\w)",
    re.IGNORECASE,
)
_SHORT_FILE: Final = re.compile(r"(?<![\w.@/-])\w[\w-]{2,60}\.(?:c|h|r|m)(?![\w@.-]|\s?$)")
_UNIX: Final = re.compile(r"(?<![^\s(\[\"“'=:,])(?:~|\.{1,2})?/(?:[A-Za-z_.][\w.-]{0,60}/?){1,10}(?<![.\-])")
_WINDOWS: Final = re.compile(
    r"(?<![\w\\])(?P<drive>[A-Za-z]):\\(?:[\w.()-]+(?: [\w.()-]+(?=\\))*\\?){0,10}(?<!\.)"
)
_BEFORE_ADDRESS: Final = re.compile(r"\b(?:at|to|on|see|visit|from|via|of|check|open) $", re.IGNORECASE)
_BEHIND_ADDRESS: Final = re.compile(r"[/:]|[.,!?;)]*(?:\s|$)(?![a-z])")
_MAX_SPELLED: Final = 4


def normalize_addresses(draft: Draft, words: AddressWords, abbreviations: Container[str] = ()) -> None:
    """Say addresses, file names and paths; a query and a fragment are left out, and a link is its text.

    Args:
        draft: The text.
        words: How the signs of an address are said.
        abbreviations: What looks like the name of a file or a site and is none (``C.so``).
    """
    for match in _LINK.finditer(draft.text):
        draft.replace(match.start(), match.start(1), "")
        draft.replace(match.end(1), match.end(), "")
    draft.apply(_MAIL_SCHEME, lambda _: "")
    draft.apply(_EMAIL, lambda match: _say_address(match[0], words))
    draft.apply(_URL, lambda match: _say_url(match[0], words))
    draft.apply(_HOST, lambda match: _say_url(match[0], words))
    draft.apply(_WINDOWS, lambda match: _say_address(match[0], words))
    draft.apply(_FILE, lambda match: None if match[0] in abbreviations else _say_address(match[0], words))
    draft.apply(_SHORT_FILE, lambda match: _say_address(match[0], words))
    draft.apply(
        _DOMAIN,
        lambda match: None if match[0] in abbreviations else _say_domain(match, draft.text, words),
    )
    draft.apply(_UNIX, lambda match: _say_address(match[0], words))
    draft.apply(_HANDLE, lambda _: f"{words.at} ")
    if words.hashtag:
        draft.apply(_HASHTAG, lambda match: f"{words.hashtag} {_CAMEL.sub(' ', match['name'])}")


def _say_domain(match: re.Match[str], text: str, words: AddressWords) -> str | None:
    """Say a domain, unless its end is a word and the sentence goes on as if it were one."""
    if match["top"] in WORDS_TOO and match["top"] != "me":
        before = text[max(0, match.start() - 8) : match.start()]
        if not (_BEFORE_ADDRESS.search(before) or _BEHIND_ADDRESS.match(text, match.end())):
            return None
    return _say_url(match[0], words)


def _say_url(url: str, words: AddressWords) -> str:
    rest = re.sub(r"^[A-Za-z][\w+.-]*://", "", url)
    rest = re.split(r"[?#]", rest, maxsplit=1)[0].removeprefix("www.").rstrip("/")
    return _say_address(rest, words)


def _say_address(address: str, words: AddressWords) -> str:
    signs = {
        ".": words.dot,
        "@": words.at,
        "/": words.slash,
        "\\": words.backslash,
        "-": words.dash,
        "_": words.underscore,
        ":": words.colon,
        "+": words.plus,
        "~": words.tilde,
    }
    said: list[str] = []
    parts = [part for part in re.split(r"([^\w]|_)", address) if part]
    for index, part in enumerate(parts):
        if part in signs:
            said.append(signs[part])
        elif part[0].isalnum():
            is_ending = index > 0 and parts[index - 1] == "."
            said.append(part.upper() if is_ending and _is_spelled(part) else part)
    return " ".join(said)


def _is_spelled(ending: str) -> bool:
    is_name = ending.lower() in COUNTRIES | GENERIC | FILES
    return is_name and len(ending) <= _MAX_SPELLED and ending.lower() not in SAID and not _is_word(ending)


def _is_word(ending: str) -> bool:
    return len(ending) == _MAX_SPELLED and ending.lower() in GENERIC
