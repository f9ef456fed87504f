"""One file a language, and one for its tables; each makes its `Language`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final

from tts_server.text.normalize.language import Language

_MODULES: Final = {
    "en-us": "en",
    "en-gb": "en",
    "es": "es",
    "fr-fr": "fr",
    "hi": "hi",
    "it": "it",
    "ja": "ja",
    "pt-br": "pt",
    "zh": "zh",
}
DIALECTS = tuple(_MODULES)
"""Every dialect that can be read."""


def make_language(dialect: str) -> Language:
    """Make a dialect's tables, of which no other language's are loaded.

    Raises:
        KeyError: No such dialect.
    """
    module = import_module(f"{__name__}.{_MODULES[dialect]}")
    make: Callable[[str], Language] = module.make
    return make(dialect)
