"""Characters that are written by name."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.escapes import escapes


def plain(text: str) -> str:
    said, position = "", 0
    for start, end, char in escapes(text):
        said += text[position:start] + char.replace("\u2060", "")
        position = end
    return said + text[position:]


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("Tom&#39;s &amp; Al&#x27;s", "Tom's & Al's"),
        ("a &nbsp; b &unknown; &#0; &#xD800; &#9999999;", "a \xa0 b &unknown; &#0; &#xD800; &#9999999;"),
        (r"\frac{7}{10}", "7/10"),
        (r"\frac{a+b}{2}", "(a+b)/2"),
        (r"\sqrt{16} = 4", "√16 = 4"),
        (r"$3 \times 4$", "3 × 4"),
        ("$$x^{10}$$", "x^10"),
        (r"\(a \le b\) \[c\]", "a ≤ b c"),
        (r"\text{for} \unknown \%", r"for \unknown %"),
        ("$5 and $x", "$5 and $x"),
        ("from $5 to $10", "from $5 to $10"),
        ("$5 + tip is under $10", "$5 + tip is under $10"),
        ("$5 + tip = 7 US$", "$5 + tip = 7 US$"),
        (r"\$5 + \$6", "$5 + $6"),
        (r"\text{a &amp; b}, \text{5 +/- 3}", "a & b, 5 ± 3"),
        (r"\frac{a &lt; b}{2}", "(a < b)/2"),
        ("a && b", "a && b"),
        ("plain", "plain"),
    ],
)
def test_a_name_is_the_character_that_it_stands_for(written: str, named: str) -> None:
    assert plain(written) == named


@given(st.text(alphabet=r"&#x3;\frac{}$^ltamp 1", max_size=40))
def test_names_stand_in_order_and_apart(text: str) -> None:
    found = list(escapes(text))
    assert all(start < end and char for start, end, char in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
