"""English as it is written, and as it is said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.forms import Ordinal
from tts_server.text.normalize.languages import make_language
from tts_server.text.normalize.reader import normalize


def spoken(text: str, dialect: str = "en-us") -> str:
    return normalize(text, dialect).text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("€1,200.99", "1,200 euros and 99 cents"),
        ("£1", "1 pound"),
        ("$0.99", "99 cents"),
        ("$1.01", "1 dollar and 1 cent"),
        ("$1500", "1,500 dollars"),
        ("$2.5 million", "2.5 million dollars"),
        ("$100K", "100 thousand dollars"),
        ("-$5", "minus 5 dollars"),
        ("5€", "5 euros"),
        ("¥500", "500 yen"),
        ("50¢", "50 cents"),
        ("10:00 AM", "10 AM"),
        ("12:00", "12 o'clock"),
        ("5:05", "5 oh 5"),
        ("7pm", "7 PM"),
        ("2024-05-06", "May 6th 2024"),
        ("Jan. 5", "January 5th"),
        ("March 3, 2024", "March 3rd, 2024"),
        ("5 Dec 2020", "5 December 2020"),
        ("−3°C", "minus 3 degrees Celsius"),
        ("20 °F", "20 degrees Fahrenheit"),
        ("1 km", "1 kilometer"),
        ("60 mph", "60 miles per hour"),
        ("3.5GB", "3.5 gigabytes"),
        ("5'10\"", "5 foot 10"),
        ("555-123-4567", "5 5 5, 1 2 3, 4 5 6 7"),
        ("+1 (555) 123-4567", "plus 1, 5 5 5, 1 2 3, 4 5 6 7"),
        ("1234567890", "1 2 3 4 5 6 7 8 9 0"),
        ("007", "0 0 7"),
        ("192.168.1.1", "192 point 168 point 1 point 1"),
        ("1/2 cup", "one half cup"),
        ("1 1/2 cups", "1 and a half cups"),
        ("2½", "2 and a half"),
        ("10-15 people", "10 to 15 people"),
        ("1990–2000", "1990 to 2000"),
        ("#1", "number 1"),
        ("x = 5 - 2", "x equals 5 minus 2"),
        ("https://www.example.com/a-b?q=1#x", "example dot com slash a dash b"),
        ("john.doe@example.co.uk", "john dot doe at example dot co dot UK"),
        ("main.py", "main dot PY"),
        ("[the docs](https://example.com/x)", "the docs"),
        ("**Bold** and _it_ and `code`", "Bold and it and code"),
        ("# Heading", "Heading"),
        ("- item", "item"),
        ("snake_case", "snake case"),
        ("St. John", "Saint John"),
        ("Main St. is", "Main Street is"),
        ("cats & dogs", "cats and dogs"),
        ("C# and C++", "C sharp and C++"),
        ("[Note]", "(Note)"),
        ("wait -- no", "wait — no"),
    ],
)
def test_what_is_read_wrong_otherwise_is_said_as_a_person_would(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    "text",
    [
        "Room 101",
        "in 1984",
        "24/7",
        "well-known",
        "it's 5 o'clock",
        "rock 'n' roll",
        "A.I. is here",
        "3 cats",
    ],
)
def test_what_is_read_right_is_left_alone(text: str) -> None:
    assert spoken(text) == text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("25/12/2024", "December 25th 2024"),
        ("12/13/2024", "December 13th 2024"),
        ("11/11/2024", "November 11th 2024"),
        ("13/32/2024", "13/32/2024"),
        ("0/0/2024", "0/0/2024"),
        ("March 2, 2024", "March 2nd, 2024"),
        ("-$2.5 million", "minus 2.5 million dollars"),
        ("US$1,234.5", "1,234.5 dollars"),
        ("$1234567890123456", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 dollars"),
        ("€1.00", "1 euro"),
        ("1¢", "1 cent"),
        ("£2.50", "2 pounds and 50 pence"),
        ("12:34:56", "12 34 and 56 seconds"),
        ("0:30", "zero 30"),
        ("0:00", "zero hundred"),
        ("13:00", "13 hundred"),
        ("555-1234", "5 5 5, 1 2 3 4"),
        ("+15551234567", "plus 1 5 5 5 1 2 3 4 5 6 7"),
        ("555.123.4567", "5 5 5, 1 2 3, 4 5 6 7"),
        ("2/7 of it", "two sevenths of it"),
        ("555-123-4567.com", "555 dash 123 dash 4567 dot com"),
        ("2024-05-06 m", "May 6th 2024 m"),
        ("½", "one half"),
        ("10000-20000 people", "10000-20000 people"),
        ("v1.2.3", "version 1 point 2 point 3"),
        ('5" wide', "5 inches wide"),
        ("2×3", "2 times 3"),
        ("~5", "about 5"),
        ("Main St.", "Main Street."),
        ("Smith et al. vs. Lee", "Smith et al. versus Lee"),
        ("milk, eggs, etc.", "milk, eggs, et cetera."),
        ("{a} [b]", "(a) (b)"),
        ("2023-01-05T14:30:00Z", "January 5th 2023, 14 30 UTC"),
        ("2023-01-05T09:05:30.123+05:30", "January 5th 2023, 9 oh 5 and 30 seconds UTC plus 5 30"),
        ("20240506", "May 6th 2024"),
        ("5/6/24", "May 6th 2024"),
        ("June 3-5, 3-5 June", "June 3rd to 5th, 3 to 5 June"),
        ("7.30pm", "7 30 PM"),
        ("9am-5pm", "9 A.M to 5 PM"),
        ("7 - 4, n - 1", "7 minus 4, n minus 1"),
        ("5 - -3", "5 minus minus 3"),
        ("4 - 7 days, word - word", "4 to 7 days, word — word"),
        ("1920×1080, 3 × 4 inches", "1920 by 1080, 3 by 4 inches"),
        ("10^-3 and 2**3", "10 to the power of minus 3 and 2 cubed"),
        ("it fell to –8", "it fell to minus 8"),
        ("(+1) 555 123 4567", "plus 1, 5 5 5, 1 2 3, 4 5 6 7"),
        ("90^\\circ", "90 degrees"),
        ("$\\sqrt[3]{8} = x_{1}$", "the cube root of 8 equals x 1"),
        ("\\begin{equation}x=1\\end{equation}", "x equals 1"),
        ("$5 \\text{ kg} + \\vec{v}$", "5 kilograms plus v"),
        ("x && y", "x and y"),
        ("0,5 or 3,14; pages 1,2", "0.5 or 3.14; pages 1, 2"),
        ("00:01:30", "1 minute and 30 seconds"),
        ("5:00-7:00 PM", "5 to 7 PM"),
        ("a 30-sec clip", "a 30 second clip"),
        ("2-3x faster", "2 to 3 times faster"),
        ("1/2 - 3/4 cup", "one half to three quarters cup"),
        ("555-123-4567 x12", "5 5 5, 1 2 3, 4 5 6 7 extension 12"),
        ("0x80A", "0 x 8 0 A."),
        ("Sat 10-2, Sun closed", "Saturday 10 to 2, Sunday closed"),
        ("$10/hour-15/hour or $5/h–10", "10 to 15 dollars per hour or 5 to 10 dollars per hour"),
        ("5 / 10", "5 / 10"),
        ("2024-02-31 and 20240231", "2024, 2, 31 and 20240231"),
        ("2x -4 = 10", "2x minus 4 equals 10"),
        ("Step 2/3, page 1/5", "Step 2 of 3, page 1 of 5"),
        ("$x = 1 \\text{if so} = 2$", "x equals 1 if so equals 2"),
    ],
)
def test_odd_writing_is_said_as_a_person_would(written: str, said: str) -> None:
    assert spoken(written) == said


def test_the_dialect_decides_which_number_is_the_month() -> None:
    assert spoken("Due 3/4/2024", "en-us") == "Due March 4th 2024"
    assert spoken("Due 3/4/2024", "en-gb") == "Due April 3rd 2024"
    assert spoken("Due 3/25/2024", "en-gb") == "Due March 25th 2024"


@given(
    st.text(alphabet="$€£¢0123456789.,-/:+ aStdrMUKm°%½\"'#[]()_*", max_size=40),
    st.sampled_from(["en-us", "en-gb"]),
)
def test_every_unit_stands_in_the_text_in_its_order(text: str, dialect: str) -> None:
    units = normalize(text, dialect).units
    assert [unit.char_start for unit in units] == sorted({unit.char_start for unit in units})
    assert all(0 <= unit.char_start < unit.char_end <= len(text) for unit in units)
    assert all(a.char_end <= b.char_start for a, b in pairwise(units))


@pytest.mark.parametrize("dialect", ["en-us", "zh"])
def test_a_place_in_an_order_that_no_rule_has_said_stays_as_it_is_written(dialect: str) -> None:
    speech = make_language(dialect).speech
    assert speech.say(Ordinal(0, 3, 2, "nd"), "2nd") == []
