"""Take out what shapes a text on a page: Markdown, HTML tags, tables, pictures; in every language.

Pure.
"""

from __future__ import annotations

import re
import unicodedata

from tts_server.text.normalize.draft import Draft

_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*#{1,6}(?=\s)", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*(?:[-*+•▪◦‣]|>+)(?=\s)", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?:[-*_=]\s?){3,}$", re.MULTILINE)
_TABLE_RULE = re.compile(r"^[ \t]*+\|?(?:[ \t]*+:?-{2,}+:?[ \t]*+\|?)++[ \t]*+$", re.MULTILINE)
_TABLE_BORDER = re.compile(r"^[ \t]*\|(?!-?\w{1,3}\| ?[=<>])|\|[ \t]*$", re.MULTILINE)
# ``|x| = 3`` is no cell.
_CELL = re.compile(r"(?<=\S)[ \t]*\|(?=[ \t](?![=<>]))")
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9_-]{0,30})(?:\s(?=[^<>]{0,60}=)[^<>]{0,300})?\s?/?>|<!--.{0,300}?-->",
    re.DOTALL,
)
_BLOCK_TAGS = frozenset(
    "br p li ul ol div h1 h2 h3 h4 h5 h6 tr td th table hr blockquote pre section".split()
)
_EMPHASIS = re.compile(r"\*+(?=\S)|(?<=\S)\*+|(?<![^\W_])_+(?=\w)|(?<=[^\W_])_+(?![^\W_])|~~")
_SNAKE = re.compile(r"(?<=[^\W_])_+(?=[^\W_])")
_PICTURES = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u2bff\ufe00-\ufe0f\u20e3\U0001f000-\U0001faff]"
)


_LINE_END = re.compile(r"(?<=[^\W_]|[\u0900-\u0963]|[)\]\"'”*_°%]|(?<!``)`|\|)[ \t]*\n\s*(?=\S)")
_ITEM = re.compile(r"(?:[-*+•▪◦‣>|]|#{1,6}|\d{1,3}[.)])(?=\s|\|)|```|~~~")
_CHECKBOX = re.compile(r"(?<=[-*+] )\[[ xX]\](?= )|(?<=\d[.)] )\[[ xX]\](?= )")
_FOOTNOTE = re.compile(r"\[\^[\w-]{1,20}\]:?")
_LOOK = 8
_DASHES = re.compile(r"-{2,}")


def normalize_tags(draft: Draft) -> None:
    """Take out the tags of HTML and what stands in them; between blocks a pause is left."""
    run: list[re.Match[str]] = []
    for tag in _TAG.finditer(draft.text):
        if run and draft.text[run[-1].end() : tag.start()].strip():
            _take_out(draft, run)
            run = []
        run.append(tag)
    if run:
        _take_out(draft, run)


def normalize_markup(draft: Draft) -> None:
    """Take out what shapes the text on a page: Markdown, code fences, bullets, headings, tables, pictures."""
    for pattern in (_FENCE, _TABLE_RULE, _RULE):
        draft.apply(pattern, lambda _: "")
    for match in _LINE_END.finditer(draft.text):
        end = match.start()
        if draft.is_free(end - 1, end) and _ends_item(match, draft.text):
            draft.replace(end, end, ",")
    for pattern in (_HEADING, _BULLET, _TABLE_BORDER):
        draft.apply(pattern, lambda _: "")
    draft.apply(_CELL, lambda _: ",")
    draft.apply(_CHECKBOX, lambda _: "")
    draft.apply(_FOOTNOTE, lambda _: "")
    for index, char in enumerate(draft.text):
        if char >= "\u0080" and _is_picture(char) and not _joins(char, draft.text, index):
            draft.replace(index, index + 1, "")
    draft.apply(_DASHES, lambda _: "—")


def _ends_item(line_end: re.Match[str], text: str) -> bool:
    """Say whether a line without a mark at its end is an item, a heading or a paragraph of its own."""
    start = text.rfind("\n", 0, line_end.start()) + 1
    line = text[start : line_end.start()].lstrip()
    return (
        "\n" in line_end[0].strip(" \t")[1:]
        or bool(_ITEM.match(line))
        or bool(_ITEM.match(text, line_end.end()))
    )


def _take_out(draft: Draft, run: list[re.Match[str]]) -> None:
    """Take out tags that follow each other: a pause where one of them ends a block inside the text."""
    is_block = any((tag["name"] or "").lower() in _BLOCK_TAGS for tag in run)
    start, end = run[0].start(), run[-1].end()
    before = draft.text[max(0, start - _LOOK) : start].rstrip()[-1:]
    behind = draft.text[end : end + _LOOK].strip()
    is_pause = behind and before and (before.isalnum() or before in ")\"'”")
    said = (", " if is_pause else " ") if is_block else ""
    for number, tag in enumerate(run):
        draft.replace(*tag.span(), "" if number else said)


def normalize_emphasis(draft: Draft) -> None:
    """Take out asterisks and underscores around words, and make spaces of underscores in names."""
    draft.apply(_EMPHASIS, lambda _: "")
    draft.apply(_SNAKE, lambda _: " ")


def _joins(char: str, text: str, index: int) -> bool:
    """Say whether an arrow leads from a word to another, so that it is a word itself."""
    if char not in "→⇒⟶":
        return False
    before = text[max(0, index - 2) : index].strip()[-1:]
    return before.isalnum() and text[index + 1 : index + 3].strip()[:1].isalnum()


def _is_picture(char: str) -> bool:
    if char in "°№":
        return False
    return bool(_PICTURES.match(char)) or unicodedata.category(char) in {"So", "Cf"}
