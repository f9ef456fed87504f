"""Voice, language and extras: what may be asked for, and what one gets.

``Choices`` hold what was named and nothing else, so that the wishes for one text can lie over them.
``resolve`` turns them into the voice and the language of one text: a voice speaks its own language unless
another is named, and a language without a voice gets the default voice, or the first of that language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from tts_server.errors import ChoiceError
from tts_server.speech.capabilities import RESERVED_EXTRAS, Capabilities, ExtraSpec, ExtraValue
from tts_server.speech.request import SpeechRequest
from tts_server.speech.service import ServiceInfo
from tts_server.wording import show, show_choices


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody names, unchecked; None and keys that are absent leave what was chosen before."""

    voice: str | None = None
    language: str | None = None
    extras: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What was named so far and is accepted; ``language`` in the spelling of the capabilities."""

    voice: str | None = None
    language: str | None = None
    extras: Mapping[str, ExtraValue] = field(default_factory=lambda: MappingProxyType({}))


NOTHING_CHOSEN: Final = Choices()


class Overlaid(NamedTuple):
    """The choices that follow, and the keys of ``extras`` that the backend does not take."""

    choices: Choices
    dropped: tuple[str, ...]


class Chosen(NamedTuple):
    """The request that follows, and the keys of ``extras`` that the backend does not take."""

    request: SpeechRequest
    dropped: tuple[str, ...]


def check_model(name: str, service: ServiceInfo) -> None:
    """Check the name of a model.

    Raises:
        ChoiceError: It is not the one that is loaded.
    """
    if name != service.backend.model:
        raise ChoiceError(f"the model {show(name)} is not loaded; accepted is: {service.backend.model}")


def check_text_format(name: str, capabilities: Capabilities) -> None:
    """Check the format of a text.

    Raises:
        ChoiceError: The backend does not read it.
    """
    if name not in capabilities.text_formats:
        raise ChoiceError(
            f"the text format {show(name)} is not supported; "
            f"accepted are: {show_choices(capabilities.text_formats)}"
        )


def overlay(choices: Choices, wish: Wish, service: ServiceInfo) -> Overlaid:
    """Lay a wish over what was chosen before.

    Raises:
        ChoiceError: A value is not accepted; the message names it and what would be.
    """
    voice = choices.voice if wish.voice is None else _voice(wish.voice, service)
    language = choices.language if wish.language is None else _language(wish.language, service.capabilities)
    extras, dropped = _extras(wish.extras or {}, service.capabilities.extras)
    return Overlaid(Choices(voice, language, {**choices.extras, **extras}), dropped)


def choose(text: str, wish: Wish, service: ServiceInfo, over: Choices = NOTHING_CHOSEN) -> Chosen:
    """Make the request of one text: with these wishes, over what was chosen before.

    Raises:
        ChoiceError: A value is not accepted; the message names it and what would be.
    """
    choices, dropped = overlay(over, wish, service)
    voice, language = resolve(choices, service)
    return Chosen(SpeechRequest(text, voice, language, choices.extras), dropped)


def _voice(name: str, service: ServiceInfo) -> str | None:
    capabilities = service.capabilities
    if capabilities.voice_count == 0:
        return None
    if capabilities.voices is None:
        raise ChoiceError(
            f"the voice {show(name)} cannot be checked: this backend does not list its voices; name none"
        )
    voice = next((voice for voice in capabilities.voices if voice.name == name), None)
    if voice is None:
        accepted = show_choices(voice.name for voice in service.voices)
        raise ChoiceError(f"there is no voice {show(name)}; accepted are: {accepted}")
    if not service.speaks(voice):
        raise ChoiceError(f"the voice {show(name)} cannot be used: {_why_not(voice.language, capabilities)}")
    return name


def _language(name: str, capabilities: Capabilities) -> str:
    folded = name.casefold()
    for language in capabilities.languages:
        if language.casefold() == folded:
            return language
    raise ChoiceError(_why_not(folded, capabilities, shown=name))


def _why_not(language: str, capabilities: Capabilities, shown: str | None = None) -> str:
    accepted = f"accepted are: {show_choices(capabilities.languages)}"
    reason = capabilities.refused_languages.get(language)
    reason = f" ({reason})" if reason else ""
    return f"the language {show(shown or language)} is not available here{reason}; {accepted}"


def _extras(
    extras: Mapping[str, Any], specs: Mapping[str, ExtraSpec]
) -> tuple[dict[str, ExtraValue], tuple[str, ...]]:
    accepted: dict[str, ExtraValue] = {}
    dropped: list[str] = []
    for key, value in extras.items():
        if key in RESERVED_EXTRAS:
            raise ChoiceError(
                f"{show(key)} is no extra but a parameter of its own; accepted are: {show_choices(specs)}"
            )
        if key in specs:
            accepted[key] = _extra(key, value, specs[key])
        else:
            dropped.append(key)
    return accepted, tuple(dropped)


_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "number": ((int, float), "a number"),
    "integer": ((int,), "a whole number"),
    "boolean": ((bool,), "true or false"),
    "string": ((str,), "a string"),
    "any": ((bool, int, float, str), "a number, a string, true or false"),
}

MAX_NUMBER = 1e300
"""Bound on numbers of extras that state none of their own: no double holds much larger integers."""

MAX_STRING_CHARS = 1000
"""Bound on strings of extras that state no choices: a session keeps them, and every answer to a
``session.update`` repeats them."""


def _extra(key: str, value: Any, spec: ExtraSpec) -> ExtraValue:
    types, kind = _KINDS[spec.kind]
    if isinstance(value, str) and str in types and not spec.choices and len(value) > MAX_STRING_CHARS:
        raise ChoiceError(
            f"the extra {show(key)} must be a string of at most {MAX_STRING_CHARS} characters, "
            f"not {show(value)}"
        )
    # By exact type: a bool is an int to Python and no number to the protocol.
    if type(value) in types and _in_range(value, spec):
        result: ExtraValue = value
        return result
    raise ChoiceError(f"the extra {show(key)} must be {_accepted(kind, spec)}, not {show(value)}")


def _in_range(value: ExtraValue, spec: ExtraSpec) -> bool:
    if isinstance(value, str):
        return not spec.choices or value in spec.choices
    low = -MAX_NUMBER if spec.minimum is None else spec.minimum
    high = MAX_NUMBER if spec.maximum is None else spec.maximum
    return low <= value <= high


def _accepted(kind: str, spec: ExtraSpec) -> str:
    if spec.choices:
        return f"one of: {show_choices(spec.choices)}"
    if spec.minimum is not None and spec.maximum is not None:
        return f"{kind} from {spec.minimum:g} to {spec.maximum:g}"
    if spec.minimum is not None:
        return f"{kind} of at least {spec.minimum:g}"
    if spec.maximum is not None:
        return f"{kind} of at most {spec.maximum:g}"
    return kind


def resolve(choices: Choices, service: ServiceInfo) -> tuple[str | None, str | None]:
    """Tell the voice and the language that a text with these choices is spoken with.

    Returns:
        Name of the voice, None where the backend has none to choose from; code of the language, None where
        the backend knows no languages.
    """
    capabilities = service.capabilities
    voices = service.voices
    by_name = {voice.name: voice for voice in voices}
    voice = by_name.get(choices.voice or capabilities.default_voice or "")
    if (
        choices.voice is None
        and choices.language is not None
        and (voice is None or voice.language != choices.language)
    ):
        voice = next((other for other in voices if other.language == choices.language), voice)
    voice = voice or next(iter(voices), None)
    spoken = voice.language if voice is not None else ""
    language = (
        choices.language
        or spoken
        or capabilities.default_language
        or next(iter(capabilities.languages), None)
    )
    return (None if voice is None else voice.name), language
