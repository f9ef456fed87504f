"""Numbers in words, and what is said where what makes them is missing."""

from __future__ import annotations

import sys

import pytest

from tts_server.errors import MissingDependencyError
from tts_server.text.normalize.number_words import cardinal, ordinal


def test_a_number_and_its_place_in_an_order_are_words() -> None:
    assert (cardinal(21, "fr"), ordinal(21, "fr")) == ("vingt et un", "vingt et unième")
    assert (cardinal(21, "it"), ordinal(21, "it")) == ("ventuno", "ventunesimo")


def test_a_missing_package_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "num2words", None)
    cardinal.cache_clear()
    with pytest.raises(MissingDependencyError, match=r"num2words.*kokoro"):
        cardinal(987_653, "fr")
