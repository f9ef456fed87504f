"""Rewrite what is written for the eye into what is said, in every language.

Pure. Markdown, links, addresses and pictures come here; numbers and abbreviations are a matter of the
language (`english`, `other`). Only what is plainly read wrong otherwise is rewritten:
everything else goes to the pronouncing engine as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tts_server.text.normalize.spoken import Draft


@dataclass(frozen=True, slots=True)
class AddressWords:
    """How the signs in an address or a path are said."""

    dot: str
    at: str
    slash: str
    dash: str
    underscore: str


_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\((?:[^()\s]|\([^()\s]*\)){0,500}\)")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*#{1,6}(?=\s)", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*(?:[-*+•▪◦‣]|>+)(?=\s)", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?:[-*_=]\s?){3,}$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*+(?=\S)|(?<=\S)\*+|(?<![^\W_])_+(?=\w)|(?<=[^\W_])_+(?![^\W_])|~~")
_URL = re.compile(
    r"\b(?:https?|ftp)://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}'’*_]|\bwww\.[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}'’*_]"
)
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b")
_DOMAIN = re.compile(
    r"(?<![\w.@/])(?:[A-Za-z0-9-]{1,63}\.){1,4}(?:com|org|net|edu|gov|io|ai|dev|app|co|info|uk|de|fr|es|it|br|in|eu|us)"
    r"(?:/[\w./-]*\w)?(?![\w@])(?!\.\w)"
)
_FILE = re.compile(
    r"(?<![\w.@/])\w[\w-]*\.(?:py|js|ts|json|txt|md|csv|pdf|png|jpg|wav|mp3|mp4|html|css|xml|yaml|yml|toml|zip|exe|sh|doc|docx)\b"
)
_SNAKE = re.compile(r"(?<=[^\W_])_+(?=[^\W_])")
_PICTURES = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u2bff\ufe00-\ufe0f\u20e3\U0001f000-\U0001faff]"
)


def normalize_markup(draft: Draft) -> None:
    """Take out what shapes the text on a page: Markdown, code fences, bullets, headings, tables, pictures."""
    for pattern in (_FENCE, _RULE, _HEADING, _BULLET):
        draft.apply(pattern, lambda _: "")
    for index, char in enumerate(draft.text):
        if _is_picture(char):
            draft.replace(index, index + 1, "")
    draft.apply(re.compile(r"-{2,}"), lambda _: "—")
    draft.apply(re.compile(r"\s\|\s"), lambda _: ",")
    draft.apply(re.compile(r"[|\\^]"), lambda _: " ")


def normalize_emphasis(draft: Draft) -> None:
    """Take out asterisks and underscores around words, and make spaces of underscores in names."""
    draft.apply(_EMPHASIS, lambda _: "")
    draft.apply(_SNAKE, lambda _: " ")


def normalize_addresses(draft: Draft, words: AddressWords) -> None:
    """Say web and mail addresses and file names; a query and a fragment are left out, a link is its text."""
    for match in _LINK.finditer(draft.text):
        draft.replace(match.start(), match.start(1), "")
        draft.replace(match.end(1), match.end(), "")
    draft.apply(_EMAIL, lambda match: _say_address(match[0], words))
    draft.apply(_URL, lambda match: _say_url(match[0], words))
    draft.apply(_DOMAIN, lambda match: _say_address(match[0], words))
    draft.apply(_FILE, lambda match: _say_address(match[0], words))


def _say_url(url: str, words: AddressWords) -> str:
    rest = re.sub(r"^\w+://", "", url)
    rest = re.split(r"[?#]", rest, maxsplit=1)[0].removeprefix("www.").rstrip("/")
    return _say_address(rest, words)


_SHORT_TLDS = frozenset(
    {"io", "ai", "uk", "de", "fr", "es", "br", "eu", "us", "py", "js", "ts", "md", "csv", "pdf"}
)
_SHORT_TLDS |= {"png", "html", "css", "xml", "exe", "sh", "mp3", "mp4"}


def _say_address(address: str, words: AddressWords) -> str:
    signs = {".": words.dot, "@": words.at, "/": words.slash, "-": words.dash, "_": words.underscore}
    said = []
    for part in re.split(r"([^\w]|_)", address):
        if part in signs:
            said.append(signs[part])
        elif part and (part.isalnum() or part.isalpha()):
            said.append(part.upper() if part.lower() in _SHORT_TLDS and said else part)
    return " ".join(said)


def _is_picture(char: str) -> bool:
    if char in "°©®™№":
        return char in "©®™"
    if char < "\u0080":
        return False
    return bool(_PICTURES.match(char)) or unicodedata.category(char) in {"So", "Cf"}
