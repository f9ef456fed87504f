"""Names of units and currencies as a language's tables want them, from CLDR's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tts_server.text.normalize.cldr.names import Names
from tts_server.text.normalize.words import Currency, Noun


def units(names: Names, said: Mapping[str, Noun]) -> dict[str, Noun]:
    """Return a language's names of units.

    Args:
        names: CLDR's, with their genders.
        said: What is said instead, and what CLDR lacks.
    """
    known = {
        key: Noun(_bare(unit.one), _bare(unit.other), "f" if unit.gender == "feminine" else "m")
        for key, unit in names.units.items()
    }
    return known | dict(said)


def currencies(names: Names, said: Mapping[str, Currency], feminine: Iterable[str]) -> dict[str, Currency]:
    """Return a language's names of currencies; hundredths only of those in ``said``, as CLDR names none.

    Args:
        names: CLDR's, which carry their country.
        said: What is said instead.
        feminine: The codes of those of CLDR's that are feminine.
    """
    are_feminine = frozenset(feminine)
    known = {
        code: Currency(Noun(_bare(currency.one), _bare(currency.other), "f" if code in are_feminine else "m"))
        for code, currency in names.currencies.items()
    }
    return known | dict(said)


def _bare(pattern: str) -> str:
    return pattern.replace("{0}", "").replace("’", "'").strip()
