"""Which wishes are taken, and what they make of a request."""

from __future__ import annotations

from typing import Any

import pytest
from tests.session.factories import VOICES, make_service

from tts_server.errors import ChoiceError
from tts_server.speech.capabilities import Voice
from tts_server.speech.choices import Choices, Wish, check_model, check_text_format, choose, overlay, resolve
from tts_server.speech.request import SpeechRequest

VOICES_AT_HAND = "amy, bob, fleur, hum"


def take(wish: Wish, **capabilities: Any) -> Choices:
    return overlay(Choices(), wish, make_service(**capabilities))[0]


def refusal(wish: Wish, **capabilities: Any) -> ChoiceError:
    with pytest.raises(ChoiceError) as caught:
        take(wish, **capabilities)
    return caught.value


# --- model and formats --------------------------------------------------------------------------------------


def test_the_loaded_model_and_a_format_that_is_read_are_accepted() -> None:
    check_model("sine", make_service())
    check_text_format("plain", make_service().capabilities)


def test_another_model_is_refused() -> None:
    with pytest.raises(ChoiceError) as caught:
        check_model("Sine", make_service())
    assert caught.value.code == "invalid_config"
    assert str(caught.value) == "the model 'Sine' is not loaded; accepted is: sine"


def test_a_format_that_is_not_read_is_refused() -> None:
    with pytest.raises(ChoiceError) as caught:
        check_text_format("ssml", make_service(text_formats=("plain", "markup")).capabilities)
    assert caught.value.code == "invalid_config"
    assert str(caught.value) == "the text format 'ssml' is not supported; accepted are: plain, markup"


# --- voice --------------------------------------------------------------------------------------------------


def test_a_listed_voice_is_taken() -> None:
    assert take(Wish(voice="bob")).voice == "bob"
    assert take(Wish(voice="hum")).voice == "hum"


@pytest.mark.parametrize("voice", ["Bob", "", "nobody"])
def test_an_unknown_voice_is_refused_and_those_at_hand_named(voice: str) -> None:
    error = refusal(Wish(voice=voice))
    assert (error.code, str(error)) == (
        "invalid_config",
        f"there is no voice {voice!r}; accepted are: {VOICES_AT_HAND}",
    )


def test_a_voice_of_a_language_that_is_off_is_refused_with_the_reason() -> None:
    expected = (
        "the voice 'jun' cannot be used: the language 'ja' is not available here "
        "(its G2P packages are not installed); accepted are: en, fr"
    )
    assert str(refusal(Wish(voice="jun"))) == expected
    assert str(refusal(Wish(voice="jun", language="en"))) == expected


def test_a_voice_of_a_language_that_nobody_knows_is_refused() -> None:
    error = refusal(Wish(voice="x"), voices=(Voice("x", "xx"),))
    assert str(error) == (
        "the voice 'x' cannot be used: the language 'xx' is not available here; accepted are: en, fr"
    )


def test_a_backend_without_voices_ignores_any() -> None:
    assert take(Wish(voice="anything"), voice_count=0, voices=()).voice is None


def test_a_backend_that_cannot_list_its_voices_refuses_any() -> None:
    error = refusal(Wish(voice="amy"), voices=None)
    assert str(error) == "the voice 'amy' cannot be checked: this backend does not list its voices; name none"


# --- language -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "FR", "Fr"])
def test_the_case_of_a_language_does_not_matter(language: str) -> None:
    assert take(Wish(language=language)).language == "fr"


def test_a_language_keeps_the_spelling_of_the_backend() -> None:
    assert take(Wish(language="PT-br"), languages=("en", "pt-BR")).language == "pt-BR"


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("de", "the language 'de' is not available here; accepted are: en, fr"),
        ("en-gb", "the language 'en-gb' is not available here; accepted are: en, fr"),
        ("", "the language '' is not available here; accepted are: en, fr"),
        (
            "JA",
            (
                "the language 'JA' is not available here (its G2P packages are not installed); "
                "accepted are: en, fr"
            ),
        ),
    ],
)
def test_a_language_that_is_not_advertised_is_refused(language: str, message: str) -> None:
    error = refusal(Wish(language=language))
    assert (error.code, str(error)) == ("invalid_config", message)


def test_a_backend_without_languages_accepts_none() -> None:
    assert str(refusal(Wish(language="en"), languages=())).endswith("accepted are: none")


# --- extras -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("speed", 0.5), ("speed", 2), ("speed", 1.25), ("steps", 1), ("gain", -3e8), ("gain", 6)),
        *(("pitch", 0), ("pitch", 1e300), ("pitch", -1e300), ("whisper", False), ("style", "loud")),
        *(("note", ""), ("note", "😀" * 1000), ("free", 1.5), ("free", "x"), ("free", True)),
    ],
)
def test_an_extra_of_the_right_kind_and_range_is_taken(key: str, value: object) -> None:
    taken = take(Wish(extras={key: value})).extras
    assert taken == {key: value}
    assert type(taken[key]) is type(value)


@pytest.mark.parametrize(
    ("key", "value", "accepted"),
    [
        ("speed", 0.49, "a number from 0.5 to 2, not 0.49"),
        ("speed", 2.01, "a number from 0.5 to 2, not 2.01"),
        ("speed", True, "a number from 0.5 to 2, not true"),
        ("speed", "fast", "a number from 0.5 to 2, not 'fast'"),
        ("speed", None, "a number from 0.5 to 2, not null"),
        ("steps", 0, "a whole number of at least 1, not 0"),
        ("steps", 2.0, "a whole number of at least 1, not 2.0"),
        ("steps", True, "a whole number of at least 1, not true"),
        ("gain", 6.5, "a number of at most 6, not 6.5"),
        ("pitch", 10**301, f"a number, not {'1' + '0' * 39}… (302 characters)"),
        ("pitch", -(10**301), f"a number, not {'-1' + '0' * 38}… (303 characters)"),
        ("pitch", [1], "a number, not a list"),
        ("whisper", 1, "true or false, not 1"),
        ("whisper", "true", "true or false, not 'true'"),
        ("style", "odd", "one of: calm, loud, not 'odd'"),
        ("style", 1, "one of: calm, loud, not 1"),
        ("note", 1, "a string, not 1"),
        ("note", {}, "a string, not an object"),
        ("note", "x" * 1001, f"a string of at most 1000 characters, not '{'x' * 40}'… (1001 characters)"),
        ("free", "x" * 1001, f"a string of at most 1000 characters, not '{'x' * 40}'… (1001 characters)"),
        ("free", [], "a number, a string, true or false, not a list"),
    ],
)
def test_an_extra_of_a_wrong_kind_or_range_is_refused(key: str, value: object, accepted: str) -> None:
    error = refusal(Wish(extras={key: value}))
    assert (error.code, str(error)) == ("invalid_config", f"the extra {key!r} must be {accepted}")


@pytest.mark.parametrize("key", ["voice", "language", "text", "lang_code"])
def test_an_extra_named_like_a_fixed_parameter_is_refused(key: str) -> None:
    error = refusal(Wish(extras={key: "x"}))
    assert error.code == "invalid_config"
    assert str(error).startswith(
        f"{key!r} is no extra but a parameter of its own; accepted are: speed, steps"
    )


def test_unknown_extras_are_dropped_and_told() -> None:
    wish = Wish(extras={"b": 1, "speed": 1, "a": object()})
    choices, dropped = overlay(Choices(), wish, make_service())
    assert choices.extras == {"speed": 1}
    assert dropped == ("b", "a")


def test_wishes_are_laid_over_what_was_chosen() -> None:
    before = Choices("amy", "en", {"speed": 1, "note": "x"})
    wish = Wish(voice="bob", extras={"speed": 2})
    assert overlay(before, wish, make_service()) == (Choices("bob", "en", {"speed": 2, "note": "x"}), ())
    assert overlay(before, Wish(language="fr"), make_service())[0] == Choices("amy", "fr", before.extras)
    assert before.extras == {"speed": 1, "note": "x"}


# --- what becomes of them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("voice", "language", "expected"),
    [
        (None, None, ("amy", "en")),
        ("bob", None, ("bob", "en")),
        ("fleur", None, ("fleur", "fr")),
        ("fleur", "en", ("fleur", "en")),
        (None, "fr", ("fleur", "fr")),
        (None, "en", ("amy", "en")),
        ("hum", None, ("hum", "en")),
        ("hum", "fr", ("hum", "fr")),
    ],
)
def test_a_voice_speaks_its_own_language_unless_another_is_named(
    voice: str | None, language: str | None, expected: tuple[str, str]
) -> None:
    assert resolve(Choices(voice, language), make_service()) == expected


@pytest.mark.parametrize(
    ("changes", "language", "expected"),
    [
        ({"default_voice": None}, None, ("amy", "en")),
        ({"default_voice": None}, "fr", ("fleur", "fr")),
        ({"default_voice": "bob"}, None, ("bob", "en")),
        ({"default_voice": "fleur"}, None, ("fleur", "fr")),
        ({"default_voice": "bob"}, "en", ("bob", "en")),
        ({"default_voice": "jun"}, None, ("amy", "en")),
        ({"voices": VOICES[:2]}, "fr", ("amy", "fr")),
        ({"voices": VOICES[:2], "default_voice": None}, "fr", ("amy", "fr")),
        ({"voices": VOICES[:2], "default_voice": "bob"}, "fr", ("bob", "fr")),
        ({"voices": (), "voice_count": 0}, None, (None, "en")),
        ({"voices": (), "voice_count": 0}, "fr", (None, "fr")),
        ({"voices": None}, None, (None, "en")),
        ({"voices": (), "default_language": "fr"}, None, (None, "fr")),
        ({"voices": (), "default_language": None}, None, (None, "en")),
        ({"voices": (), "default_language": None, "languages": ()}, None, (None, None)),
    ],
)
def test_what_is_not_named_comes_from_the_backend(
    changes: dict[str, Any], language: str | None, expected: tuple[str | None, str | None]
) -> None:
    assert resolve(Choices(None, language), make_service(**changes)) == expected


def test_a_request_holds_what_was_chosen_before_and_the_wish_over_it() -> None:
    before = Choices("amy", "en", {"speed": 1})
    chosen = choose("Hello.", Wish(voice="bob", extras={"steps": 2, "other": 1}), make_service(), before)
    assert chosen.request == SpeechRequest("Hello.", "bob", "en", {"speed": 1, "steps": 2})
    assert chosen.dropped == ("other",)
    with pytest.raises(ChoiceError):
        choose("Hello.", Wish(voice="nobody"), make_service())
