"""One file a language, and one for its tables; each makes its `Language`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages import en, es, fr, hi, it, ja, pt, zh

_MAKERS: Final[dict[str, Callable[[str], Language]]] = {
    "en-us": en.make,
    "en-gb": en.make,
    "es": es.make,
    "fr-fr": fr.make,
    "hi": hi.make,
    "it": it.make,
    "ja": ja.make,
    "pt-br": pt.make,
    "zh": zh.make,
}
DIALECTS = tuple(_MAKERS)
"""Every dialect that can be read."""


def make_language(dialect: str) -> Language:
    """Make a dialect's tables.

    Raises:
        KeyError: No such dialect.
    """
    return _MAKERS[dialect](dialect)
