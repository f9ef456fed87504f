"""Messages made to cost much: each kind of them at any length, and random ones by a grammar.

A kind takes a source of random numbers and a length in characters, and gives a message of about that length;
what it gives need not be JSON.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import count

from tests.session.factories import EXTRAS, VOICES

Kind = Callable[[random.Random, int], str]

TYPES = {
    "session.update": ("voice", "model", "language", "audio_format", "extras"),
    "input_text.append": ("text", "text_format"),
    "input_text.commit": ("voice", "language", "extras"),
    "input_text.clear": (),
    "response.cancel": ("response_id",),
    "server.status": (),
}
"""The events that leave a session open, with their fields."""

ENDINGS = ("session.close", "session.cancel")

CHARACTERS = ("x", "7", " ", ".", '"', "'", "\n", "\\", "ß", "é", "İ", "音", "\u0301", "\u202e", "😀", "\x7f")
"""As they stand in a string; one of them fills it."""

ESCAPES = (r"\n", r"\"", r"\\", r"\u0000", r"\u00e9", r"\ud83d\ude00", r"\ud800", r"\udc00", r"\/")


def _filled(piece: str, n_chars: int) -> str:
    return piece * max(n_chars // len(piece), 1)


def _names(rng: random.Random) -> Iterator[str]:
    """Different keys, short ones first."""
    prefix = rng.choice(["", "k", "é", "😀"])
    return (f"{prefix}{number:x}" for number in count())


def _message(rng: random.Random, *fields: tuple[str, str], kind: str | None = None) -> str:
    """An object with a type, and fields whose values are JSON already; in any order."""
    named = [("type", json.dumps(kind or rng.choice([*TYPES, *ENDINGS]))), *fields]
    if rng.random() < 0.3 and "event_id" not in dict(named):
        named.append(("event_id", json.dumps(rng.choice(CHARACTERS[:9]) * rng.choice([1, 200]))))
    rng.shuffle(named)
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in named) + "}"


def _keys(rng: random.Random, n_chars: int, value: str = "1") -> list[str]:
    keys: list[str] = []
    for name in _names(rng):
        n_chars -= len(name) + len(value) + 4
        if n_chars < 0:
            return keys or [name]
        keys.append(name)
    return keys


def _object(keys: list[str], value: str = "1") -> str:
    return "{" + ",".join(f'"{key}":{value}' for key in keys) + "}"


# --- keys ---------------------------------------------------------------------------------------------------


def many_keys(rng: random.Random, n_chars: int) -> str:
    return _message(rng, *((key, "1") for key in _keys(rng, n_chars)))


def last_key_repeated(rng: random.Random, n_chars: int) -> str:
    keys = _keys(rng, n_chars)
    return _object([*keys, keys[-1]])


def first_key_repeated(rng: random.Random, n_chars: int) -> str:
    keys = _keys(rng, n_chars)
    return _object([*keys, keys[0]])


def one_key_repeated(rng: random.Random, n_chars: int) -> str:
    key = rng.choice(["type", "x", ""])
    return "{" + _filled(f'"{key}":1,', n_chars) + f'"{key}":2}}'


def each_key_repeated(rng: random.Random, n_chars: int) -> str:
    keys = _keys(rng, n_chars // 2)
    return _object([*keys, *reversed(keys)])


def keys_repeated_inside(rng: random.Random, n_chars: int) -> str:
    keys = _keys(rng, n_chars)
    return _message(rng, ("extras", _object([*keys, keys[-1]])), ("extras", _object([keys[0], keys[0]])))


def extras_unknown(rng: random.Random, n_chars: int) -> str:
    kind = rng.choice(["session.update", "input_text.commit"])
    return _message(rng, ("extras", _object([*_keys(rng, n_chars), "speed"])), kind=kind)


def extras_refused_at_the_end(rng: random.Random, n_chars: int) -> str:
    keys = [*_keys(rng, n_chars), rng.choice(["voice", "speed"])]
    return _message(rng, ("extras", _object(keys, '"x"')), kind="session.update")


# --- nesting ------------------------------------------------------------------------------------------------

_OPENINGS = {"[": "]", '{"":': "}", '[{"a":': "}]", '[0,{"a":0,"b":': "}]"}


def deep(rng: random.Random, n_chars: int) -> str:
    opening = rng.choice(list(_OPENINGS))
    depth = n_chars // (len(opening) + len(_OPENINGS[opening]))
    return _message(rng, ("extras", opening * depth + "0" + _OPENINGS[opening] * depth))


def deep_and_open(rng: random.Random, n_chars: int) -> str:
    return rng.choice(["", '{"type":']) + _filled(rng.choice(list(_OPENINGS)), n_chars)


def often_deep(rng: random.Random, n_chars: int) -> str:
    opening = rng.choice(list(_OPENINGS))
    depth = rng.choice([1, 2, 100, 300])
    value = opening * depth + "0" + _OPENINGS[opening] * depth + ","
    return _message(rng, ("x", "[" + _filled(value, n_chars) + "0]"))


def many_values(rng: random.Random, n_chars: int) -> str:
    value = rng.choice(["0", "-1", "1e9", "0.1", "[]", "{}", '""', '"é"', "null", "true", '{"":0}', " 0"])
    field = rng.choice(["x", "event_id", "type", "text", "extras", "voice"])
    return _message(rng, (field, "[" + _filled(value + ",", n_chars) + rng.choice(["0]", "NaN]", "]", ""])))


# --- numbers ------------------------------------------------------------------------------------------------


def huge_number(rng: random.Random, n_chars: int) -> str:
    digits = _filled(rng.choice("179"), n_chars)
    number = rng.choice(
        [
            *(digits, f"-{digits}", f"0.{digits}", f"{digits}.{digits[:9]}", f"1e{digits}", f"1e-{digits}"),
            *(f"0.{'0' * n_chars}1", f"1{'0' * n_chars}e-{n_chars}", f"{digits}E400", "1e400", "-1e999"),
        ]
    )
    field = rng.choice(["x", "event_id", "type", "text", "voice"])
    value = rng.choice([number, f'{{"speed":{number}}}'])
    return _message(rng, rng.choice([(field, number), ("extras", value)]))


def many_long_numbers(rng: random.Random, n_chars: int) -> str:
    number = rng.choice(["9" * 4300, "9" * 640, "1" * 300 + ".5", "1.7976931348623157e308", "5e-324"])
    return _message(rng, ("x", "[" + _filled(number + ",", n_chars) + '"\\u00e9"]'))


def extras_of_long_numbers(rng: random.Random, n_chars: int) -> str:
    number = "9" * min(4300, n_chars)
    keys = [*rng.sample(sorted(EXTRAS), 3), *_keys(rng, n_chars, number)]
    return _message(rng, ("extras", _object(keys, number)), kind="session.update")


# --- strings ------------------------------------------------------------------------------------------------

STRING_FIELDS = (
    *("type", "event_id", "voice", "model", "language", "audio_format", "text_format", "response_id", "text"),
    *("x", "extras"),
)


def _string(rng: random.Random, n_chars: int) -> str:
    """A long string, as JSON: of one character, of one escape, or narrow with one wide character."""
    choice = rng.randrange(3)
    if choice == 0:
        return json.dumps(_filled(rng.choice(CHARACTERS), n_chars), ensure_ascii=False)
    if choice == 1:
        return f'"{_filled(rng.choice(ESCAPES), n_chars)}"'
    inner = _filled(rng.choice("x1 ."), n_chars)
    wide = rng.choice(["😀", "音", r"\ud83d\ude00", r"\u0000", r"\ud800", "é"])
    return f'"{inner}{wide}"' if rng.random() < 0.5 else f'"{wide}{inner}"'


def long_string(rng: random.Random, n_chars: int) -> str:
    field = rng.choice(STRING_FIELDS)
    kind = next((kind for kind, names in TYPES.items() if field in names and rng.random() < 0.8), None)
    return _message(rng, (field, _string(rng, n_chars)), kind=kind)


def long_event_id(rng: random.Random, n_chars: int) -> str:
    """As in an ``event_id`` that is echoed at four bytes a character."""
    event_id = json.dumps("a" * n_chars + "😀", ensure_ascii=False)
    return _message(rng, ("event_id", event_id), kind=rng.choice([*TYPES, "nope"]))


def long_extra(rng: random.Random, n_chars: int) -> str:
    key = rng.choice([*EXTRAS, "unknown"])
    value = f'{{"{key}":{_string(rng, n_chars)}}}'
    return _message(rng, ("extras", value), kind=rng.choice(["session.update", "input_text.commit"]))


def long_key(rng: random.Random, n_chars: int) -> str:
    key = _string(rng, n_chars)
    return rng.choice(
        [f'{{"type":"session.update",{key}:1}}', f'{{"type":"session.update","extras":{{{key}:1}}}}']
    )


def many_strings(rng: random.Random, n_chars: int) -> str:
    value = json.dumps(_filled(rng.choice(CHARACTERS), rng.choice([1, 10, 1000])), ensure_ascii=False)
    return _message(rng, ("x", "[" + _filled(value + ",", n_chars) + "0]"))


# --- what is no message -------------------------------------------------------------------------------------


def blanks(rng: random.Random, n_chars: int) -> str:
    blank = _filled(rng.choice(" \n\t"), n_chars)
    return rng.choice([blank, blank + _message(rng), _message(rng) + blank + rng.choice(["", "x"])])


def garbage(rng: random.Random, n_chars: int) -> str:
    return "".join(rng.choices('[]{}",:0123456789.eE+-\\untrueflasdN é😀', k=n_chars))


def cut_off(rng: random.Random, n_chars: int) -> str:
    message = KINDS[rng.choice(sorted(set(KINDS) - {"cut_off"}))](rng, n_chars)
    return message[: rng.randrange(len(message) + 1)]


def by_grammar(rng: random.Random, n_chars: int) -> str:
    """A random list of any shape, mostly valid."""
    names = _names(rng)
    parts, closings, is_first = ["["], ["]"], True
    while n_chars > 0:
        if len(closings) > 1 and rng.random() < 0.3:
            parts.append(closings.pop())
            is_first = False
            continue
        key = f'"{rng.choice([next(names), next(names), "a"])}":' if closings[-1] == "}" else ""
        atom = rng.choice(["1", "-0.5e3", "null", '""', '"é\\n"', '"\\ud83d\\ude00"', "[", "{", "[", "{"])
        parts.append(("" if is_first else ",") + key + atom)
        n_chars -= len(parts[-1])
        is_first = atom in {"[", "{"}
        if is_first:
            closings.append("]" if atom == "[" else "}")
    value = "".join([*parts, *reversed(closings)])
    return _message(rng, (rng.choice(["x", "extras", "event_id"]), value))


# --- what is in order ---------------------------------------------------------------------------------------


def in_order(rng: random.Random, _n_chars: int) -> str:
    """A short message that the session takes: it builds up what the others find."""
    kind = rng.choice(list(TYPES))
    values = {
        "voice": json.dumps(rng.choice(VOICES[:3]).name),
        "model": '"sine"',
        "language": '"EN"',
        "audio_format": '"pcm16"',
        "text_format": '"plain"',
        "response_id": '"resp_fuzzed_1"',
        "text": json.dumps(rng.choice(["", "a", "😀", "Good morning. "])),
        "extras": json.dumps({"note": "😀" * 1000, "free": "x" * 1000, "speed": 1.5}),
    }
    names = [name for name in TYPES[kind] if rng.random() < 0.7 or name == "text"]
    return _message(rng, *((name, values[name]) for name in names), kind=kind)


KINDS: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        *(many_keys, last_key_repeated, first_key_repeated, one_key_repeated, each_key_repeated),
        *(keys_repeated_inside, extras_unknown, extras_refused_at_the_end, deep, deep_and_open, often_deep),
        *(many_values, huge_number, many_long_numbers, extras_of_long_numbers, long_string, long_event_id),
        *(long_extra, long_key, many_strings, blanks, garbage, cut_off, by_grammar, in_order),
    )
}
"""Every kind, by its name."""


def random_length(rng: random.Random, max_chars: int) -> int:
    """Any order of magnitude as likely as any other."""
    return int(max_chars ** rng.uniform(0.2, 1.0))


def random_message(rng: random.Random, max_chars: int) -> str:
    return KINDS[rng.choice(sorted(KINDS))](rng, random_length(rng, max_chars))
