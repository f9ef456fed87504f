"""Voice, language and extras: what a client may ask for, and what it gets.

A session's settings hold what the client named and nothing else, so that a commit's fields can lie over them.
``resolve`` turns them into the voice and the language of one response: a voice speaks its own language unless
the client names another, and a language without a voice gets the default voice, or the first of that
language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tts_server.errors import RemoteProtocolError
from tts_server.protocol.capabilities import RESERVED_EXTRAS, Capabilities, ExtraSpec, ExtraValue
from tts_server.protocol.events import CommitText, JSONObject, UpdateSession
from tts_server.protocol.wording import show, show_choices
from tts_server.session.service import ServiceInfo


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client has named so far; ``language`` in the spelling of the capabilities."""

    voice: str | None = None
    language: str | None = None
    extras: Mapping[str, ExtraValue] = field(default_factory=lambda: MappingProxyType({}))


def _refuse(message: str, code: str = "invalid_config") -> RemoteProtocolError:
    return RemoteProtocolError(message, code=code)


def check_update(event: UpdateSession, service: ServiceInfo) -> None:
    """Check the fields that only ``session.update`` has.

    Raises:
        RemoteProtocolError: Another model than the loaded one, or another format than the session's.
    """
    if event.audio_format is not None and event.audio_format != service.audio.format:
        raise _refuse(
            f"the audio format {show(event.audio_format)} is not supported; "
            f"accepted is: {service.audio.format}",
            code="unsupported_format",
        )
    if event.model is not None and event.model != service.backend.model:
        raise _refuse(f"the model {show(event.model)} is not loaded; accepted is: {service.backend.model}")


def check_text_format(text_format: str | None, capabilities: Capabilities) -> None:
    """Check an append's ``text_format``.

    Raises:
        RemoteProtocolError: The backend does not read that format.
    """
    if text_format is not None and text_format not in capabilities.text_formats:
        raise _refuse(
            f"the text format {show(text_format)} is not supported; "
            f"accepted are: {show_choices(capabilities.text_formats)}"
        )


def overlay(
    settings: Settings, event: UpdateSession | CommitText, service: ServiceInfo
) -> tuple[Settings, tuple[str, ...]]:
    """Lay an event's fields over ``settings``.

    Returns:
        The result, and the keys of ``extras`` that were dropped because the backend does not take them.

    Raises:
        RemoteProtocolError: A value is not accepted; the message names it and what would be.
    """
    voice = settings.voice if event.voice is None else _voice(event.voice, service)
    language = (
        settings.language if event.language is None else _language(event.language, service.capabilities)
    )
    extras, dropped = _extras(event.extras or {}, service.capabilities.extras)
    return Settings(voice, language, {**settings.extras, **extras}), dropped


def _voice(name: str, service: ServiceInfo) -> str | None:
    capabilities = service.capabilities
    if capabilities.voice_count == 0:
        return None
    if capabilities.voices is None:
        raise _refuse(
            f"the voice {show(name)} cannot be checked: this backend does not list its voices; name none"
        )
    voice = next((voice for voice in capabilities.voices if voice.name == name), None)
    if voice is None:
        accepted = show_choices(voice.name for voice in service.voices)
        raise _refuse(f"there is no voice {show(name)}; accepted are: {accepted}")
    if not service.speaks(voice):
        raise _refuse(f"the voice {show(name)} cannot be used: {_why_not(voice.language, capabilities)}")
    return name


def _language(name: str, capabilities: Capabilities) -> str:
    folded = name.casefold()
    for language in capabilities.languages:
        if language.casefold() == folded:
            return language
    raise _refuse(_why_not(folded, capabilities, shown=name))


def _why_not(language: str, capabilities: Capabilities, shown: str | None = None) -> str:
    accepted = f"accepted are: {show_choices(capabilities.languages)}"
    reason = capabilities.refused_languages.get(language)
    reason = f" ({reason})" if reason else ""
    return f"the language {show(shown or language)} is not available here{reason}; {accepted}"


def _extras(
    extras: JSONObject, specs: Mapping[str, ExtraSpec]
) -> tuple[dict[str, ExtraValue], tuple[str, ...]]:
    accepted: dict[str, ExtraValue] = {}
    dropped: list[str] = []
    for key, value in extras.items():
        if key in RESERVED_EXTRAS:
            raise _refuse(
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
        raise _refuse(
            f"the extra {show(key)} must be a string of at most {MAX_STRING_CHARS} characters, "
            f"not {show(value)}"
        )
    # By exact type: a bool is an int to Python and no number to the protocol.
    if type(value) in types and _in_range(value, spec):
        result: ExtraValue = value
        return result
    raise _refuse(f"the extra {show(key)} must be {_accepted(kind, spec)}, not {show(value)}")


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


def resolve(settings: Settings, service: ServiceInfo) -> tuple[str | None, str | None]:
    """Choose the voice and the language that a response with these settings is spoken with.

    Returns:
        Name of the voice, None where the backend has none to choose from; code of the language, None where
        the backend knows no languages.
    """
    capabilities = service.capabilities
    voices = service.voices
    by_name = {voice.name: voice for voice in voices}
    voice = by_name.get(settings.voice or capabilities.default_voice or "")
    if (
        settings.voice is None
        and settings.language is not None
        and (voice is None or voice.language != settings.language)
    ):
        voice = next((other for other in voices if other.language == settings.language), voice)
    voice = voice or next(iter(voices), None)
    spoken = voice.language if voice is not None else ""
    language = (
        settings.language
        or spoken
        or capabilities.default_language
        or next(iter(capabilities.languages), None)
    )
    return (None if voice is None else voice.name), language
