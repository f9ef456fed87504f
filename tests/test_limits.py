"""The limits fit each other as they are when nobody sets them."""

from __future__ import annotations

from dataclasses import astuple

from tts_server.limits import Limits

CHAR_BYTES = 12
"""The most that one character takes in a message: two escapes of six bytes each."""


def test_every_limit_is_above_nothing() -> None:
    assert [value for value in astuple(Limits()) if value <= 0] == []


def test_the_longest_text_fits_into_one_message() -> None:
    limits = Limits()
    assert limits.max_text_chars * CHAR_BYTES < limits.max_message_bytes


def test_what_all_have_together_is_more_than_what_one_has() -> None:
    limits = Limits()
    assert limits.max_unsent_total_bytes > limits.max_unsent_bytes
    assert limits.max_inbound_bytes > limits.max_message_bytes
    assert limits.max_admitted > limits.max_inflight
    assert limits.max_handshakes > 0
    assert limits.max_message_bytes > limits.turn_bytes


def test_whoever_has_spoken_keeps_a_place_longer_than_who_has_not() -> None:
    assert Limits().idle_s > Limits().silent_s


def test_clients_who_ask_for_much_get_less_than_a_core() -> None:
    assert Limits().cpu_share < 1
