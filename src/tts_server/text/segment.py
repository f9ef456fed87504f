"""Cut growing text at the ends of its sentences.

Pure: no clock, no thread. The cuts do not depend on how the text arrived. A cut is made only when no text
that may still come could undo it, so a sentence is given out once the beginning of the next is there (or the
text ends).

Theory of operation. Text is scanned once. At each mark that may end a sentence, what follows (closing quotes,
more marks, white space, the next word) is looked at; where it is not all there yet, the scan stops and goes
on from there with the next piece. White space belongs to the segment before it, so that segments joined are
the text.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from tts_server.text.abbreviations import MAYBE_LAST, NEVER_LAST, STARTERS

MAX_SEGMENT_CHARS = 2000
"""Default length at which text without an end of a sentence is cut all the same."""

_STOPS = ".!?…"
_WIDE_STOPS = "。！？｡．।॥؟۔"
_CLOSERS = "\"'”’)]}»›」』）】〉》*_`"
_OPENERS = "\"'“‘([{«‹「『（【〈《*_`¿¡#>-–—•"
_CANDIDATE = re.compile(rf"[{re.escape(_STOPS + _WIDE_STOPS)}\n]")
_CLAUSE_ENDS = ",;:—、，；：،؛"
# Abbreviations that are words of their own as well; those of days and months are written small then.
_ALSO_WORDS = frozenset("no sun sat wed mon mar jan art fig figs gen rep sec ed est ref jeu mer".split())
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_WORD_MAY_GO_ON = frozenset(["", *"'’.-"])
_MAX_LOOKAHEAD_CHARS = 200
_SLICE_CHARS = 4096


def _any_of(chars: str, times: str = "*") -> re.Pattern[str]:
    return re.compile(f"[{re.escape(chars)}]{times}")


_MARKS = _any_of(_STOPS + _WIDE_STOPS)
_CLOSING = _any_of(_CLOSERS + _STOPS + _WIDE_STOPS)
_CLOSING_QUOTES = _any_of(_CLOSERS)
_OPENING = _any_of(_OPENERS, f"{{0,{_MAX_LOOKAHEAD_CHARS}}}")
_SPACE = re.compile(r"\s*")


class _Verdict(Enum):
    CUT = "cut"
    GO_ON = "go on"
    WAIT = "wait"


class _Ends(NamedTuple):
    """How far the marks at ``position``, and what stands behind them, are known to go.

    Text that arrives character by character has a mark looked at again with each of them; what was passed
    then is not passed again.

    Args:
        position: Where the marks begin; -1 where nothing is known.
        marks: Their end.
        closers: End of the closing quotes behind them.
        space: End of the white space behind those.
        late_closers: End of closing quotes that stand behind the white space.
        late_space: End of the white space behind those.
    """

    position: int = -1
    marks: int = 0
    closers: int = 0
    space: int = 0
    late_closers: int = 0
    late_space: int = 0


class _WordCounter:
    """Counts the words of a text that comes in pieces, cut anywhere."""

    __slots__ = ("_is_word", "_n_before", "_n_wide", "n_chars")

    def __init__(self) -> None:
        self.n_chars = 0
        self._n_before = 0
        self._n_wide = 0
        self._is_word = False

    @property
    def n_words(self) -> int:
        """Words so far; in scripts without spaces every two characters count as one."""
        return self._n_before + (max(1, (self._n_wide + 1) // 2) if self._is_word else 0)

    def add(self, text: str) -> None:
        """Count what comes next."""
        self.n_chars += len(text)
        for char in text:
            if char.isspace():
                self._n_before, self._n_wide, self._is_word = self.n_words, 0, False
            else:
                self._is_word = self._is_word or char.isalnum()
                self._n_wide += "\u3040" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff"


class Segmenter:
    """Cut text that arrives in pieces into sentences.

    Joining everything that ``push`` and ``finish`` returned gives back the text, and the segments are the
    same however it was cut into pieces.

    Args:
        language: A language code, with or without a region; unknown ones are treated as English.
        min_words: Give out segments of at least so many words, rounded up to the next end of a sentence; 0
            gives out every sentence. The last segment may be shorter.
        max_chars: Cut a segment that grows to more characters: behind a clause, else behind a word, else
            anywhere. At least 1.
    """

    def __init__(
        self, language: str = "en", *, min_words: int = 0, max_chars: int = MAX_SEGMENT_CHARS
    ) -> None:
        code = language.lower().replace("_", "-").partition("-")[0]
        if code not in NEVER_LAST:
            code = "en"
        self._never_last = NEVER_LAST[code]
        self._maybe_last = MAYBE_LAST[code]
        self._starters = STARTERS[code]
        self._min_words = min_words
        self._max_chars = max(1, max_chars)
        self.clear()

    def push(self, text: str) -> list[str]:
        """Add text; return the segments that are complete now, each with the white space behind it."""
        segments: list[str] = []
        for start in range(0, len(text), _SLICE_CHARS):
            self._buffer += text[start : start + _SLICE_CHARS]
            segments += self._take(final=False)
        return segments

    def finish(self) -> list[str]:
        """End the text; return what is left, in segments. The segmenter is then as new."""
        segments = self._take(final=True)
        if self._buffer:
            segments.append(self._buffer)
        self.clear()
        return segments

    def clear(self) -> None:
        """Drop what is pending."""
        self._begin_at("")

    def _begin_at(self, rest: str) -> None:
        """Begin a segment with what is pending behind the one before it."""
        self._buffer = rest
        self._scan = 0
        self._ends = _Ends()
        self._words = _WordCounter()

    def _take(self, *, final: bool) -> list[str]:
        segments: list[str] = []
        while (end := self._next_end(final=final)) is not None:
            segments.append(self._buffer[:end])
            self._begin_at(self._buffer[end:])
        return segments

    def _next_end(self, *, final: bool) -> int | None:
        """Return where the first segment of the buffer ends, None if that is not known yet."""
        while match := _CANDIDATE.search(self._buffer, self._scan):
            if match.start() >= self._max_chars:
                break
            verdict, end = self._judge(match.start(), final=final)
            if end > self._max_chars and verdict is not _Verdict.GO_ON:
                break
            if verdict is _Verdict.WAIT:
                self._scan = match.start()
                return None
            if verdict is _Verdict.CUT and self._has_enough_words(end):
                return end
            self._scan = max(end, match.end())
        if len(self._buffer) > self._max_chars:
            return self._forced_end()
        if not match:
            self._scan = len(self._buffer)
        return None

    def _has_enough_words(self, end: int) -> bool:
        if self._min_words <= 0:
            return True
        self._words.add(self._buffer[self._words.n_chars : end])
        return self._words.n_words >= self._min_words

    def _judge(self, position: int, *, final: bool) -> tuple[_Verdict, int]:
        """Judge the mark at ``position``; the number is the segment's end, or where to scan on.

        With WAIT it is the least that the end can be.
        """
        text = self._buffer
        if text[position] == "\n":
            return self._judge_newline(position, final=final)
        ends = self._find_ends(position)
        marks = text[position : ends.marks]
        closers_end = ends.late_closers or ends.closers
        space_end = ends.late_space or ends.space
        if space_end == len(text):
            return (_Verdict.CUT if final else _Verdict.WAIT), space_end
        if any(mark in _WIDE_STOPS for mark in marks):
            return _Verdict.CUT, space_end
        if space_end == closers_end:
            return _Verdict.GO_ON, closers_end
        blank = text[closers_end:space_end]
        if blank.count("\n") > 1:
            return _Verdict.CUT, space_end
        opened = _skip(_OPENING, text, space_end)
        word_end = _skip(_WORD, text, opened)
        is_open = text[word_end:] in _WORD_MAY_GO_ON
        if is_open and not final and word_end - space_end < 2 * _MAX_LOOKAHEAD_CHARS:
            return _Verdict.WAIT, space_end
        next_word = text[opened : min(word_end, opened + _MAX_LOOKAHEAD_CHARS)]
        is_quoted = any(closer in "\"'”’»" for closer in text[ends.marks : closers_end])
        if self._ends_sentence(position, marks, next_word, is_quoted=is_quoted, new_line="\n" in blank):
            return _Verdict.CUT, space_end
        return _Verdict.GO_ON, space_end

    def _judge_newline(self, position: int, *, final: bool) -> tuple[_Verdict, int]:
        text = self._buffer
        known = self._ends.space if self._ends.position == position else position
        space_end = _skip(_SPACE, text, known)
        self._ends = _Ends(position, space=space_end)
        if space_end == len(text):
            return (_Verdict.CUT if final else _Verdict.WAIT), space_end
        if _skip(_SPACE, text, 0) >= position:
            return _Verdict.GO_ON, space_end
        is_paragraph = text.count("\n", position, space_end) > 1
        if is_paragraph or not text[space_end].islower():
            return _Verdict.CUT, space_end
        return _Verdict.GO_ON, space_end

    def _find_ends(self, position: int) -> _Ends:
        """Find how far the marks at ``position`` go, and what belongs to them behind."""
        text = self._buffer
        known = self._ends if self._ends.position == position else _Ends()
        marks = _skip(_MARKS, text, max(position, known.marks))
        closers = _skip(_CLOSING, text, max(marks, known.closers))
        space = _skip(_SPACE, text, max(closers, known.space))
        late_closers = late_space = 0
        if text[space : space + 1] == "»":
            late_closers = _skip(_CLOSING_QUOTES, text, max(space, known.late_closers))
            late_space = _skip(_SPACE, text, max(late_closers, known.late_space))
        self._ends = _Ends(position, marks, closers, space, late_closers, late_space)
        return self._ends

    def _ends_sentence(
        self, position: int, marks: str, next_word: str, *, is_quoted: bool, new_line: bool
    ) -> bool:
        goes_on_small = next_word[:1].islower()
        if marks != ".":
            is_ellipsis = "!" not in marks and "?" not in marks
            return not (goes_on_small and (is_quoted or is_ellipsis))
        before = _word_before(self._buffer, position)
        if new_line and not goes_on_small:
            return True
        lower = before.lower()
        if _is_list_number(self._buffer, position, before):
            return False
        if lower in self._maybe_last or (
            len(before) > 1 and "." in before and before.replace(".", "").isalpha()
        ):
            return not goes_on_small and next_word.lower() in self._starters and lower not in self._never_last
        if lower in self._never_last:
            is_word = lower == "no" or (lower in _ALSO_WORDS and before.islower())
            return is_word and not next_word[:1].isdigit()
        if len(before) == 1 and before.isalpha() and before.isupper():
            return next_word.lower() in self._starters and not goes_on_small
        if goes_on_small:
            return not is_quoted and len(before) > 1 and before.isalpha() and before.islower()
        return True

    def _forced_end(self) -> int:
        """Where to cut text that has no end of a sentence in its first ``max_chars`` characters."""
        window = self._buffer[: self._max_chars]
        for marks in (_CLAUSE_ENDS, ""):
            for index in range(len(window) - 1, len(window) // 2, -1):
                if window[index].isspace() and (not marks or window[index - 1] in marks):
                    return index + 1
        return len(window)


def segments(
    text: str, language: str = "en", *, min_words: int = 0, max_chars: int = MAX_SEGMENT_CHARS
) -> list[str]:
    """Return the segments of a whole text; see ``Segmenter``."""
    segmenter = Segmenter(language, min_words=min_words, max_chars=max_chars)
    return [*segmenter.push(text), *segmenter.finish()]


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Return the end of what ``pattern``, which fits nothing too, fits at ``position``."""
    match = pattern.match(text, position)
    return match.end() if match else position


def _word_before(text: str, position: int) -> str:
    start = position
    while start > 0 and not text[start - 1].isspace() and text[start - 1] not in _OPENERS + _CLOSERS + ",;:/":
        start -= 1
    return text[start:position]


def _is_list_number(text: str, position: int, before: str) -> bool:
    """Say whether ``before`` is the number or the letter of a list's item, at the beginning of a line."""
    if not (before.isdigit() and len(before) < 4):
        return False
    start = position - len(before)
    while start > 0 and text[start - 1].isspace() and text[start - 1] != "\n":
        start -= 1
    return start == 0 or text[start - 1] == "\n"
