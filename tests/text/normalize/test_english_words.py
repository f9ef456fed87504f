"""What only English does: words written alike, Roman numerals, streets, codes, names with figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.languages.en_figures import (
    cardinal_words,
    fraction_name,
    grouped,
    ordinal,
    ordinal_words,
    say_decimals,
)
from tts_server.text.normalize.reader import normalize


def spoken(text: str) -> str:
    return normalize(text, "en-us").text


def changed(*texts: str) -> list[str]:
    return [text for text in texts if spoken(text) != text]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Chapter IV", "Chapter 4"),
        ("Louis XIV, Henry VIII", "Louis the 14th, Henry the 8th"),
        ("Charles I was king", "Charles the 1st was king"),
        ("Rocky III", "Rocky 3"),
        ("the XXI century", "the 21st century"),
        ("the XIXth", "the 19th"),
        ("Act I, Scene V", "Act 1, Scene 5"),
        ("WWII", "World War 2"),
        ("IV", "4"),
    ],
)
def test_roman_numerals_are_numbers_behind_what_is_numbered(written: str, said: str) -> None:
    assert spoken(written) == said


def test_letters_that_are_no_numerals_stay() -> None:
    assert not changed(
        "I am", "DNA", "a CD", "MIX", "Vitamin C", "plan B", "Malcolm X", "an IV drip", "I, too"
    )
    assert not changed("Then I left", "Class C", "Group X", "Washington DC", "Henry I think", "Appendix C")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("12 Oak Dr.", "12 Oak Drive."),
        ("Dr. Oak of 5 Oak Dr. is", "Dr. Oak of 5 Oak Drive is"),
        ("St. John, Main St", "Saint John, Main Street"),
        ("Main St. It rained", "Main Street. It rained"),
        ("5 Oak St Boston", "5 Oak Street Boston"),
        ("100 W. 5th St.", "100 West 5th Street."),
        ("Ft. Worth, Mt. Everest", "Fort Worth, Mount Everest"),
        ("8 King Ct.", "8 King Court."),
        ("12 B St. is", "12 B Street is"),
        ("pp. 3-5, p. 7", "pages 3 to 5, page 7"),
    ],
)
def test_streets_are_told_from_titles_by_where_they_stand(written: str, said: str) -> None:
    assert spoken(written) == said


def test_what_looks_like_a_street_and_is_none_stays() -> None:
    assert not changed("Dr. Smith", "Call Dr. Lee now", "No. I won't.", "The Dr is in", "vitamin E Main")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Your code is 482913.", "Your code is 4 8 2 9 1 3."),
        ("The verification code is 123 456.", "The verification code is 1 2 3, 4 5 6."),
        ("PIN: 1234", "PIN: 1 2 3 4"),
        ("Dial 911 now", "Dial 9 1 1 now"),
        ("Dial 112 or 999.", "Dial 1 1 2 or 9 9 9."),
        ("card ending in 8876", "card ending in 8 8 7 6"),
        ("A1B2C3", "A. 1 B. 2 C. 3"),
        ("SW1A 1AA", "S.W. 1 A., 1 A.A."),
        ("#ff0000", "F.F. 0 0 0 0"),
    ],
)
def test_codes_are_said_one_by_one(written: str, said: str) -> None:
    assert spoken(written) == said


def test_figures_that_are_no_codes_stay() -> None:
    assert not changed(
        "B2B", "H2O", "Room 101", "in 1984", "call 200 people", "order 12 eggs", "MP3", "code 5", "ticket 123"
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("GPT-4.1", "GPT 4 point one"),
        ("Llama-3.1-8B", "Llama 3 point one 8B"),
        ("phase-2", "phase 2"),
        ("GPT-4.1.2", "GPT 4 point 1 point 2"),
        ("the AB-12C3 part", "the AB 12C3 part"),
        ("Jan-15", "January 15th"),
        ("r2.5", "r 2 point five"),
        ("UTC-5", "UTC minus 5"),
        ("AT&T", "AT and T"),
        ("A to Z", "eh to Z"),
        ("A B C, A P I", "eh B C, eh P I"),
        ("A one B two C", "eh one B two C"),
        ("A-Z", "eh to Z"),
    ],
)
def test_figures_in_names_are_said_apart(written: str, said: str) -> None:
    assert spoken(written) == said


def test_an_article_is_no_letter() -> None:
    assert not changed("A plan", "A one time deal", "A B-side", "It is A.", "A B movie", "A 5 minute walk")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("$10/user/month", "10 dollars per user per month"),
        ("$3/1M tokens", "3 dollars per 1 million tokens"),
        ("$5/$6", "5 dollars or $6"),
        ("2 million €", "2 million euros"),
        ("$1.5 mn", "1.5 million dollars"),
        ("1.5 M users", "1.5 million users"),
        ("$19.999", "19.999 dollars"),
        ("a $5 bill, a $5 million deal", "a 5 dollar bill, a 5 million dollar deal"),
        ("a $3.50 fee for $5 a day", "a 3 dollar 50 fee for 5 dollars a day"),
        ("a 5 km run, 5 km to go", "a 5 kilometer run, 5 kilometers to go"),
    ],
)
def test_sums_say_what_they_are_for(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("wait 45s", "wait 45 seconds"),
        ("1h30", "1 hour 30"),
        ("3x faster", "3 times faster"),
        ("6' tall, 5'10\"", "6 feet tall, 5 foot 10"),
        ('a 27" screen', "a 27 inch screen"),
        ("40.7°N, 74°W", "40.7 degrees north, 74 degrees west"),
        ("-1/2", "minus one half"),
        ("-.5, .50", "minus point five, point five zero"),
        ("-10–-5", "minus 10 to minus 5"),
        ("2.0x, x-5, 5-x", "2 point zero times, x minus 5, 5 minus x"),
        ("-5C", "minus 5 degrees Celsius"),
        ("2024 - 25", "2024 to 25"),
        ("1,2,3", "1, 2, 3"),
        ("9am–noon", "9 A.M to noon"),
        ("Jan-15-2020", "January 15th, 2020"),
        ("John 3:16-18", "John 3 16 to 18"),
        ("1-800-FLOWERS", "1, 800, flowers"),
        ("the 2ND", "the 2nd"),
        ("∞ ∈ A", "infinity in A"),
    ],
)
def test_what_english_measures_and_joins_in_a_way_of_its_own(written: str, said: str) -> None:
    assert spoken(written) == said


def test_decades_sums_and_formulas_stay() -> None:
    assert not changed("the 90s", "in his 30s", "10s of thousands", "1,234,567")
    assert spoken("2x + 1 = 5") == "2x plus 1 equals 5"


@given(st.integers(0, 99))
def test_an_ordinal_ends_as_its_figures_do(number: int) -> None:
    assert ordinal(number)[-2:] == ordinal_words(number)[-2:]
    assert ordinal_words(number).split()[:-1] == cardinal_words(number).split()[:-1]


def test_parts_have_names_up_to_a_hundred() -> None:
    assert [fraction_name(n) for n in (2, 3, 4, 5, 16, 21, 100)] == [
        "half",
        "third",
        "quarter",
        "fifth",
        "sixteenth",
        "twenty first",
        "hundredth",
    ]
    assert fraction_name(101) is None


@given(st.text("0123456789", min_size=1, max_size=12))
def test_each_decimal_is_a_word(decimals: str) -> None:
    assert len(say_decimals(decimals).split()) == len(decimals) + 1


@given(st.integers(0, 10**15 - 1))
def test_grouped_figures_are_the_same_number(number: int) -> None:
    assert int(grouped(str(number)).replace(",", "")) == number
