"""The guard over what pronounces: a word that came back without a sound is said after all, or named.

Theory of operation. An engine is given units and returns the symbols of each. A unit with letters or digits
and no sound has one of three reasons. It ran together with its neighbour, as ``y`` in ``il y a``: then the
neighbours hold more than they do without it. The engine lost it: then it is said by itself. Or nothing can
say it, as a word of a script that the dialect does not have: then it is left out, and named by its place.
Pure, but for the ``say`` that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from typing import Final

from tts_server.backends.kokoro.pronounce.scripts import has_word, is_spoken, plain
from tts_server.backends.kokoro.pronounce.word import PUNCTUATION, LeftOut, has_sound
from tts_server.text.normalize.spoken import SpokenText, Unit

Say = Callable[[SpokenText], Generator[None, None, list[str]]]
"""Returns the symbols of each unit, in pieces of work between which it yields."""

Unsaid = Callable[[str], Iterable[tuple[int, int]]]
"""Tells where the letters and digits of a text begin and end that the dialect leaves out."""

_NO_SOUND: Final = PUNCTUATION | frozenset("ˈˌː")
# A neighbour that is longer is not pronounced again for every word beside it.
_MAX_NEIGHBOUR_CHARS: Final = 40


def say_lost(
    spoken: SpokenText, shares: list[str], say: Say, unsaid: Unsaid
) -> Generator[None, None, tuple[int, list[int]]]:
    """Fill in ``shares`` what an engine lost.

    Each silent unit costs four calls of ``say`` with up to three words at most; one of which ``unsaid``
    names everything costs none.

    Args:
        spoken: What was pronounced.
        shares: The symbols of each of its units, all of them in the model's vocabulary; filled in place.
        say: Pronounces units, as ``shares`` were.
        unsaid: See there.

    Yields:
        Where ``say`` does.

    Returns:
        How many units were lost and are said now, and the indices of those that nothing can say.
    """
    n_said = 0
    silent: list[int] = []
    for index, unit in enumerate(spoken.units):
        if has_sound(shares[index]) or not has_word(unit.spoken):
            continue
        mine = ""
        if has_word(_without(unit.spoken, unsaid(unit.spoken))):
            mine = yield from _alone(unit, say)
        if not mine:
            silent.append(index)
        elif not (yield from _ran_together(spoken.units, shares, index, say)):
            shares[index] = mine
            n_said += 1
    return n_said, silent


def name_left_out(
    source: str, spoken: SpokenText, silent: Sequence[int], unsaid: Unsaid
) -> tuple[LeftOut, ...]:
    """Name what of ``source`` is not said.

    Args:
        source: The client's text, of which ``spoken`` was made.
        spoken: What was pronounced.
        silent: The units that nothing can say, by ``say_lost``.
        unsaid: See there.
    """
    named: list[LeftOut] = []
    is_silent = frozenset(silent)
    for index, unit in enumerate(spoken.units):
        if index in is_silent:
            named.append(_place(source, unit, *_core(unit.spoken)))
        elif not unit.spoken.isascii():
            places = [_place(source, unit, start, end) for start, end in unsaid(unit.spoken)]
            whole = [
                one for one in places if (one.char_start, one.char_end) == (unit.char_start, unit.char_end)
            ]
            named += whole[:1] or dict.fromkeys(places)
    return tuple(named)


def _alone(unit: Unit, say: Say) -> Generator[None, None, str]:
    """Return what a unit sounds like by itself, in its usual characters if not in its own; "" if nothing."""
    for text in dict.fromkeys((unit.spoken, plain(unit.spoken))):
        (mine,) = yield from say(SpokenText.of([replace(unit, spoken=text)]))
        if has_sound(mine):
            return f"{mine.rstrip()} " if unit.spaced else mine
    return ""


def _ran_together(
    units: Sequence[Unit], shares: Sequence[str], index: int, say: Say
) -> Generator[None, None, bool]:
    """Say whether what is said for the neighbours is more than their own sound, or another for its sake."""
    before, behind = range(index - 1, -1, -1), range(index + 1, len(units))
    near = [i for i in (_sounding(shares, before), _sounding(shares, behind)) if i is not None]
    if not near or any(len(units[i].spoken) > _MAX_NEIGHBOUR_CHARS for i in near):
        return False
    without = "".join((yield from say(SpokenText.of([units[i] for i in near]))))
    if _n_sounds("".join(shares[i] for i in near)) > _n_sounds(without):
        return True
    # Parts of one word sound otherwise by themselves: there it tells that the part changes the others.
    together = sorted([*near, index])
    beside = yield from say(SpokenText.of([units[i] for i in together]))
    heard = {i for i, share in zip(together, beside, strict=True) if has_sound(share)}
    return heard == set(near) and "".join(beside).split() != without.split()


def _sounding(shares: Sequence[str], indices: Iterable[int]) -> int | None:
    return next((i for i in indices if has_sound(shares[i])), None)


def _n_sounds(symbols: str) -> int:
    return sum(char not in _NO_SOUND for char in symbols)


def _without(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    kept = []
    position = 0
    for start, end in stretches:
        kept.append(text[position:start])
        position = end
    return "".join(kept) + text[position:]


def _core(text: str) -> tuple[int, int]:
    """Return where the first letter or digit of ``text`` begins and the last one ends."""
    places = [position for position, char in enumerate(text) if is_spoken(char)]
    return (places[0], places[-1] + 1) if places else (0, len(text))


def _place(source: str, unit: Unit, start: int, end: int) -> LeftOut:
    """Find a stretch of ``unit.spoken`` in the client's text: there itself, or else the whole word."""
    first, last = unit.char_start + start, unit.char_start + end
    if source[first:last] != unit.spoken[start:end]:
        start, end = _core(source[unit.char_start : unit.char_end])
        first, last = unit.char_start + start, unit.char_start + end
    return LeftOut(source[first:last], first, last)
