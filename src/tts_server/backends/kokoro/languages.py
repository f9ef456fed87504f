"""Which languages this installation can speak, and which of them a voice speaks.

A *language* is what a client names and the server advertises (``en``, ``pt``). A *dialect* is what a G2P
engine is chosen by (``en-us``, ``en-gb``, ``pt-br``): the first letter of a voice's name tells its own
(``bf_emma`` is British).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from tts_server.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the model.

    Args:
        code: What clients name, lower case.
        dialect: The dialect spoken when the voice is of another language.
        packages: Import names that its G2P needs besides those of the ``kokoro`` extra.
        install: The distributions that bring them, as `pyproject.toml` has them under the extra ``code``.
    """

    code: str
    dialect: str
    packages: tuple[str, ...] = ()
    install: tuple[str, ...] = ()


# The Japanese and Chinese sets are what misaki's cutlet and zh modules import, and nothing else.
LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language("en", "en-us"),
        Language("es", "es"),
        Language("fr", "fr-fr"),
        Language("hi", "hi"),
        Language("it", "it"),
        Language("pt", "pt-br"),
        Language(
            "ja",
            "ja",
            packages=("misaki", "fugashi", "jaconv", "mojimoji", "unidic_lite"),
            install=("fugashi", "jaconv", "mojimoji", "unidic-lite"),
        ),
        Language(
            "zh",
            "zh",
            packages=("misaki", "jieba", "pypinyin", "cn2an", "ordered_set"),
            install=("jieba", "pypinyin", "cn2an", "ordered-set"),
        ),
    )
}

DEFAULT_LANGUAGES = ("en", "es", "fr", "hi", "it", "pt")
OPTIONAL_LANGUAGES = ("ja", "zh")

_VOICE_DIALECTS = {
    "a": "en-us",
    "b": "en-gb",
    "e": "es",
    "f": "fr-fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-br",
    "z": "zh",
}
_DIALECTS = frozenset(_VOICE_DIALECTS.values())


def missing_packages(code: str) -> tuple[str, ...]:
    """Return the import names that the G2P of ``code`` needs and that are not installed; imports none."""
    return tuple(name for name in LANGUAGES[code].packages if find_spec(name) is None)


def advertised_languages(extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the codes that this installation can speak, sorted.

    Args:
        extra: Optional languages that the operator switched on (``ja``, ``zh``); case does not matter. One is
            advertised only where its G2P packages are installed too. Other codes are of no effect: see
            ``disabled_languages``.
    """
    wanted = {code.strip().lower() for code in extra}
    optional = {code for code in OPTIONAL_LANGUAGES if code in wanted and not missing_packages(code)}
    return tuple(sorted({*DEFAULT_LANGUAGES, *optional}))


def disabled_languages(extra: Iterable[str] = ()) -> dict[str, str]:
    """Return why each optional or wrongly named language is not advertised, for the log.

    Args:
        extra: As for ``advertised_languages``.

    Returns:
        Code to one line of reason, sorted by code.
    """
    wanted = {code.strip().lower() for code in extra} - {""}
    reasons = dict.fromkeys(wanted - set(LANGUAGES), "the model has no voice for it")
    for code in OPTIONAL_LANGUAGES:
        missing = missing_packages(code)
        if missing:
            wanting = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed"
            reasons[code] = f"{wanting}; it needs: pip install {' '.join(LANGUAGES[code].install)}"
        elif code not in wanted:
            reasons[code] = "switched off; name it in PIPECAT_TTS_KOKORO_EXTRA_LANGS"
    return dict(sorted(reasons.items()))


def voice_dialect(voice: str) -> str:
    """Return the dialect that a voice speaks, from the first letter of its name.

    Raises:
        ConfigError: The name does not begin with one of the model's letters.
    """
    dialect = _VOICE_DIALECTS.get(voice[:1])
    if dialect is None:
        letters = ", ".join(sorted(_VOICE_DIALECTS))
        raise ConfigError(f"voice {voice!r} has no known language: names begin with one of {letters}")
    return dialect


def voice_language(voice: str) -> str:
    """Return the language code of a voice: ``bf_emma`` is ``en``.

    Raises:
        ConfigError: The name does not begin with one of the model's letters.
    """
    return voice_dialect(voice).partition("-")[0]


def resolve_dialect(language: str | None, voice: str) -> str:
    """Return the dialect to speak ``language`` in, with ``voice``.

    A voice keeps its own dialect of its own language: ``en`` with ``bf_emma`` is British. A region that the
    model knows is followed (``en-us`` with ``bf_emma`` is American), any other is taken for its language
    (``es-mx`` is ``es``).

    Args:
        language: A code, with or without a region, in any case; None or "" is the voice's own.
        voice: A voice's name.

    Raises:
        ConfigError: Unknown language or voice.
    """
    own = voice_dialect(voice)
    if not language:
        return own
    wanted = language.strip().lower().replace("_", "-")
    if wanted in _DIALECTS and "-" in wanted:
        return wanted
    code = wanted.partition("-")[0]
    if code not in LANGUAGES:
        raise ConfigError(f"unknown language {language!r}: one of {', '.join(sorted(LANGUAGES))}")
    if own.partition("-")[0] == code:
        return own
    return LANGUAGES[code].dialect
