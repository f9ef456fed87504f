"""Numbers in words, for where a number changes its form: ordinals, and what ends in *one*.

num2words makes them, and is imported when the first is asked for.
"""

from __future__ import annotations

from functools import lru_cache

from tts_server.errors import MissingDependencyError

LARGEST = 999_999
"""The largest number that is said in words; a larger one has no ordinal that people say."""


@lru_cache(maxsize=1024)
def cardinal(number: int, language: str) -> str:
    """Return a number in words.

    Args:
        number: 0 to ``LARGEST``.
        language: A code of num2words: ``fr``, ``it``, ``es``, ``pt_BR``.

    Raises:
        MissingDependencyError: num2words is not installed.
    """
    return _words(number, language, "cardinal")


@lru_cache(maxsize=1024)
def ordinal(number: int, language: str) -> str:
    """Return an ordinal in words, masculine and in the singular.

    Args:
        number: 1 to ``LARGEST``.
        language: As in ``cardinal``.

    Raises:
        MissingDependencyError: num2words is not installed.
    """
    return _words(number, language, "ordinal")


def _words(number: int, language: str, form: str) -> str:
    try:
        from num2words import num2words  # noqa: PLC0415 - 50 ms, and only some texts need it
    except ImportError as error:
        raise MissingDependencyError("numbers in words need num2words", extra="kokoro") from error
    return str(num2words(number, lang=language, to=form))
