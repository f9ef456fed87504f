"""What is written for the eye alone, and addresses."""

from __future__ import annotations

import pytest

from tts_server.text.normalize.addresses import normalize_addresses
from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.markup import normalize_emphasis, normalize_markup
from tts_server.text.normalize.words import AddressWords

WORDS = AddressWords("DOT", "AT", "SLASH", "DASH", "LOW")


def spoken(text: str) -> str:
    draft = Draft(text)
    normalize_addresses(draft, WORDS)
    normalize_markup(draft)
    normalize_emphasis(draft)
    return draft.finish().text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("~~~", ""),
        ("### Three", "Three"),
        ("#hash", "#hash"),
        ("- a", "a"),
        ("* b", "b"),
        (">> c", "c"),
        ("• d", "d"),
        ("-5", "-5"),
        ("* * *", ""),
        ("=====", ""),
        ("a | b", "a, b"),
        ("**bold** *it* _low_ ~~gone~~", "bold it low gone"),
        ("a_b", "a b"),
        ("2 * 3", "2 * 3"),
        ("fine 😀 ✓ ☎ here", "fine here"),
        ("Acme™ ©2024 ®", "Acme 2024"),
        ("20 °C №5", "20 °C №5"),
        ("a—b -- c", "a—b — c"),
    ],
)
def test_what_shapes_a_page_is_not_said(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("https://www.example.com/a-b_c/?q=1#x", "example DOT com SLASH a DASH b LOW c"),
        ("see http://a.io.", "see a DOT IO."),
        ("ftp://files.org/x", "files DOT org SLASH x"),
        ("www.example.de", "example DOT DE"),
        ("mail a.b@c-d.uk now", "mail a DOT b AT c DASH d DOT UK now"),
        ("example.com/docs", "example DOT com SLASH docs"),
        ("my-file.md", "my DASH file DOT MD"),
        ("https://a.com/~x/%20", "a DOT com SLASH x SLASH 20"),
        ("[the docs](https://example.com/(x))", "the docs"),
        ("![a picture](p.png)", "a picture"),
        ("[no link]", "[no link]"),
    ],
)
def test_an_address_is_said_sign_by_sign_and_a_link_by_its_text(written: str, said: str) -> None:
    assert spoken(written) == said
