"""What is no JSON for us although Python would take it."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.errors import RemoteProtocolError
from tts_server.protocol import json_text
from tts_server.protocol.json_text import parse_json, to_json

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ("", "Expecting value at character 0"),
        ("{", "at character 1"),
        ("nonsense", "Expecting value"),
        ("{} {}", "Extra data at character 3"),
        ("\ufeff{}", "character 0"),
        ('{"a": NaN}', "NaN is no JSON number"),
        ('{"a": -Infinity}', "-Infinity is no JSON number"),
        ('{"a": 1e400}', "the number 1e400 is too large"),
        ('{"a": -1e999}', "the number -1e999 is too large"),
        ('{"b": 1, "a": 2, "a": 1}', "the key 'a' stands more than once"),
        ('{"x": {"b": 2, "a": 1, "b": 3}}', "the key 'b' stands more than once"),
        ('{"a": ' + "9" * 4301 + "}", "too many digits"),
        ('{"a": -' + "9" * 4301 + "}", "too many digits"),
        ('{"c": 1, "a": 2, "b": 3, "b": 4, "a": 5}', "the key 'a' stands more than once"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        (r'{"a": "\ud800"}', "half of a surrogate pair"),
        (r'{"\udc00": 1}', "half of a surrogate pair"),
        ('{"a": "\ud800"}', "half of a surrogate pair"),
        ('{"a": "line\nbreak"}', "Invalid control character"),
    ],
)
def test_what_is_no_json_is_refused_and_said(message: str, complaint: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        parse_json(message)
    assert caught.value.code == "invalid_json"
    assert str(caught.value).startswith("not valid JSON: ")
    assert complaint in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("message", "value"),
    [
        (r'"\ud83d\ude00"', "😀"),
        ('{"a": {"a": 1}}', {"a": {"a": 1}}),
        ("[1.5, -0.0, 1e3, 12]", [1.5, -0.0, 1000.0, 12]),
        (" null ", None),
    ],
)
def test_json_is_read(message: str, value: object) -> None:
    assert parse_json(message) == value


def test_a_repeated_key_is_found_in_work_that_is_linear() -> None:
    n_compared = 0

    class Key(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal n_compared
            n_compared += 1
            return str.__eq__(self, other)

    # Equal, and not the same object: what is the same is not compared.
    pairs: list[tuple[str, object]] = [(Key(f"key {n}"), n) for n in [*range(2000), 1999]]
    with pytest.raises(RemoteProtocolError, match="the key 'key 1999' stands more than once"):
        json_text._unique_keys(pairs)
    assert n_compared < 10 * len(pairs)


def test_the_bound_on_digits_is_our_own() -> None:
    longest = "-" + "9" * 4300
    usual = sys.get_int_max_str_digits()
    try:
        sys.set_int_max_str_digits(0)
        assert parse_json(longest) == 1 - 10**4300
        with pytest.raises(RemoteProtocolError, match="too many digits"):
            parse_json(longest + "9")
        sys.set_int_max_str_digits(700)
        with pytest.raises(RemoteProtocolError, match="too many digits"):
            parse_json("9" * 701)
    finally:
        sys.set_int_max_str_digits(usual)


def test_a_deep_message_with_escapes_is_refused() -> None:
    deep = "[" * 900 + r'"\u00e9"' + "]" * 900
    try:
        parse_json(deep)
    except RemoteProtocolError as error:
        assert error.code == "invalid_json"  # noqa: PT017 - how deep is too deep is the interpreter's affair


@given(JSON_VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    text = to_json(value)
    assert text.isascii()
    assert parse_json(text) == value
    assert parse_json(json.dumps(value, ensure_ascii=False)) == value


def test_json_is_written_compactly() -> None:
    assert to_json({"a": [1, "é"]}) == r'{"a":[1,"\u00e9"]}'


@given(st.text() | st.text('[]{}",:0123456789.eE+-\\untrueflasdN \ud800', max_size=60))
def test_any_text_is_parsed_or_refused_as_invalid_json(message: str) -> None:
    try:
        parse_json(message)
    except RemoteProtocolError as error:
        assert error.code == "invalid_json"  # noqa: PT017 - both ends are right
