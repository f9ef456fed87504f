"""Web and mail addresses, links, file names and paths, as they are said. Pure."""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.words import AddressWords

_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\((?:[^()\s]|\([^()\s]*\)){0,500}\)")
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
