from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tts_server.backends.kokoro.pronounce.alignment import share_out

spoken_words = st.lists(st.text(alphabet="abkdˈː", min_size=1, max_size=6), max_size=12)


@given(spoken=spoken_words, alone=st.lists(spoken_words, max_size=8))
def test_shares_joined_are_what_was_spoken(spoken: list[str], alone: list[list[str]]) -> None:
    shares = share_out(spoken, alone)
    assert len(shares) == len(alone)
    if alone:
        assert "".join(shares) == " ".join(spoken)


def test_one_spoken_word_for_each_written_word() -> None:
    assert share_out(["ˈola", "mˈundo"], [["ˈola"], ["mˈundo"]]) == ["ˈola ", "mˈundo"]


def test_a_number_takes_all_its_spoken_words() -> None:
    alone = [["tengo"], ["βˈAnti", "θˈinko"], ["ˈaɲos"]]
    assert share_out(["tengo", "bAnti", "θinko", "ˈaɲos"], alone) == ["tengo ", "bAnti θinko ", "ˈaɲos"]


def test_words_that_run_together_are_told_apart_by_their_sound() -> None:
    assert share_out(["ʌvðə", "haʊs"], [["ʌv"], ["ðə"], ["haʊs"]]) == ["ʌv", "ðə ", "haʊs"]


def test_as_many_words_as_expected_in_the_wrong_places_are_not_dealt_out_blindly() -> None:
    # Two words ran together while a third became two: the counts agree, the sounds do not.
    shares = share_out(["estˌoes", "sˈinko", "θˈero"], [["estˈo"], ["ˈes"], ["sinkoθero"]])
    assert shares == ["estˌo", "es ", "sˈinko θˈero"]


def test_a_silent_word_gets_nothing() -> None:
    assert share_out(["a", "b"], [["a"], [], ["b"]]) == ["a ", "", "b"]
    assert share_out([], [["a"], ["b"]]) == ["", ""]


def test_a_very_long_clause_is_shared_out_in_proportion() -> None:
    spoken = ["ab"] * 400
    shares = share_out(spoken, [["xy"] * 300, ["xy"] * 300])
    assert "".join(shares) == " ".join(spoken)
    assert 500 < len(shares[0]) < 700
