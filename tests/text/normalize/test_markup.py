"""What is written for the eye alone, and addresses."""

from __future__ import annotations

import pytest

from tts_server.text.normalize.addresses import normalize_addresses
from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.markup import normalize_emphasis, normalize_markup, normalize_tags
from tts_server.text.normalize.words import AddressWords

WORDS = AddressWords("DOT", "AT", "SLASH", "DASH", "LOW", "COLON", "PLUS", "BACK", "TILDE", "TAG")


def spoken(text: str) -> str:
    draft = Draft(text)
    normalize_tags(draft)
    normalize_addresses(draft, WORDS)
    normalize_markup(draft)
    normalize_emphasis(draft)
    return draft.finish().text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("~~~", ""),
        ("### Three", "Three"),
        ("#hash #HalfDone #1 #ff0000", "TAG hash TAG Half Done #1 #ff0000"),
        ("- [x] done", "done"),
        ("note[^1] here", "note here"),
        ("a → b", "a → b"),
        ("→ next", "next"),
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
        ("https://a.com/~x/%20", "a DOT com SLASH TILDE x SLASH 20"),
        ("[the docs](https://example.com/(x))", "the docs"),
        ("![a picture](p.png)", "a picture"),
        ("[no link]", "[no link]"),
        ("a+b@c.com", "a PLUS b AT c DOT com"),
        ("mailto:a@b.org", "a AT b DOT org"),
        ("go to a1.me now", "go to a1 DOT me now"),
        ("at shop.store.", "at shop DOT store."),
        ("exemple.ch", "exemple DOT CH"),
        ("app.go, data.parquet", "app DOT go, data DOT parquet"),
        ("report.pdf.", "report DOT PDF."),
        ("localhost:80/v1", "localhost COLON 80 SLASH v1"),
        ("ws://a.com:8765", "a DOT com COLON 8765"),
        ("10.0.0.1:80", "10 DOT 0 DOT 0 DOT 1 COLON 80"),
        (r"C:\Users\x, C:\times", "C COLON BACK Users BACK x, C COLON BACK times"),
        ("/usr/bin ~/x ./a.sh", "SLASH usr SLASH bin TILDE SLASH x DOT SLASH a DOT SH"),
        ("src/main.rs", "src SLASH main DOT RS"),
        ("@bob", "AT bob"),
        ('<a href="https://a.com">b</a>', "b"),
        ("<p>One</p> <p>Two</p>", "One, Two"),
        ("<ul><li>a</li><li><b>b</b></li></ul>", "a, b"),
        ("(a)<br><br/>c", "(a), c"),
    ],
)
def test_an_address_is_said_sign_by_sign_and_a_link_by_its_text(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    "text",
    [
        "e.g. i.e. a.m. U.S.A.",
        "Hello.World and It ended.Then",
        "call me.it is late",
        "3.5 and/or he/she 24/7 km/h",
        "AC/DC, A/B, N/A",
        "x <y and z> w",
        "user@host",
    ],
)
def test_what_is_no_address_and_no_tag_stays(text: str) -> None:
    assert spoken(text) == text
