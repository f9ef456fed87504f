from __future__ import annotations

import ctypes
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.backends.kokoro.pronounce.espeak import VOICES, EspeakNG, espeak_ng, speakable_pieces
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.g2p_espeak import EspeakG2P
from tts_server.backends.kokoro.pronounce.word import Word, symbols_of
from tts_server.errors import MissingDependencyError
from tts_server.text.normalize.reader import normalize
from tts_server.text.normalize.spoken import SpokenText, Unit

DATA = Path(__file__).parents[3] / "data"
RECORDED = Path(__file__).with_name("pipeline_symbols.json")
DIALECTS = {"es": "es", "fr-fr": "fr", "hi": "hi", "it": "it", "pt-br": "pt"}


def corpus(dialect: str) -> list[str]:
    return (DATA / f"corpus_{DIALECTS[dialect]}.txt").read_text(encoding="utf-8").splitlines()


def spoken(text: str, dialect: str) -> str:
    return normalize(text, dialect).text


@pytest.fixture(scope="module")
def g2p() -> G2P:
    return G2P()


def by_text(words: tuple[Word, ...]) -> dict[str, str]:
    return {word.text: word.phonemes for word in words}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_symbols_are_those_of_the_models_own_pipeline(g2p: G2P, dialect: str) -> None:
    recorded: dict[str, str] = json.loads(RECORDED.read_text(encoding="utf-8"))[dialect]
    # The pipeline drops the danda and cuts numbers at their points: those are ours to repair.
    texts = [text.replace("।", ".") for text in corpus(dialect)]
    unchanged = [
        text for text in texts if spoken(text, dialect) == text and not re.search(r"\d[.,:]\d", text)
    ]
    assert len(unchanged) >= 10
    for text in unchanged:
        # The model knows no opening marks; they are dropped before it, and we drop them with their space.
        expected = re.sub(r" {2,}", " ", recorded[text].replace("¿", "").replace("¡", ""))
        assert symbols_of(g2p.phonemize(text, dialect)) == expected


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_word_of_the_corpus_has_a_sound_of_its_own(g2p: G2P, dialect: str) -> None:
    for text in corpus(dialect):
        words = g2p.phonemize(text, dialect)
        joined = text.replace("R$ ", "R$")
        written = [word for word in joined.split() if any(char.isalnum() for char in word)]
        assert len(words) == len(written), text
        assert "".join(word.text for word in words).replace(" ", "") == text.replace(" ", "")


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


@pytest.fixture(scope="module")
def espeak_events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], list[str]]]:
    """Return what pronounces a clause by synthesizing it, with espeak-ng's own marks of its words.

    A copy of the library, so that its state is not the one under test.
    """
    import espeakng_loader

    source = Path(espeakng_loader.get_library_path()).resolve()
    lib = ctypes.CDLL(str(shutil.copy(source, tmp_path_factory.mktemp("espeak") / "copy.so")))
    assert lib.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0x8003) > 0
    lib.espeak_Synth.argtypes = [
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int),
        *(ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p),
    ]
    heard: list[tuple[int, str]] = []

    def receive(_samples: object, _n: int, events: ctypes.Array[_Event]) -> int:
        index = 0
        while events[index].type != 0:
            event = events[index]
            if event.type == 1:
                heard.append((event.text_position - 1, ""))
            elif event.type == 7 and heard:
                position, phonemes = heard[-1]
                heard[-1] = (position, phonemes + event.id.string.decode("utf-8", "ignore"))
            index += 1
        return 0

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))
    callback = kind(receive)
    lib.espeak_SetSynthCallback(callback)

    def words(text: str, dialect: str) -> list[str]:
        heard.clear()
        lib.espeak_SetVoiceByName(VOICES[dialect].encode())
        data = text.encode()
        lib.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
        lib.espeak_Synchronize()
        starts = [match.start() for match in re.finditer(r"\S+", text)]
        shares = [""] * len(starts)
        for position, phonemes in heard:
            shares[max(i for i, start in enumerate(starts) if start <= position)] += phonemes
        return shares

    yield words
    lib.espeak_Terminate()


def letters(symbols: str) -> str:
    """Write joined letters apart and leave stress out, as the events name phonemes."""
    apart = {
        "ʧ": "tʃ",
        "ʤ": "dʒ",
        "ʦ": "ts",
        "ʣ": "dz",
        "A": "eɪ",
        "I": "aɪ",
        "O": "oʊ",
        "W": "aʊ",
        "S": "ss",
        "Q": "əʊ",
    }
    for joined, two in apart.items():
        symbols = symbols.replace(joined, two)
    # An event holds eight bytes of a name, so marks at its end may be cut off.
    return re.sub("[ˈˌː\u0303\u0361 -]", "", symbols)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_words_are_told_apart_as_espeak_itself_does_when_it_speaks(
    dialect: str, espeak_events: Callable[[str, str], list[str]]
) -> None:
    engine = EspeakG2P(espeak_ng(), dialect)
    n_words = 0
    for text in corpus(dialect):
        for clause in re.split(r"\s*[;:,.!?¡¿।]+(?!\d)\s*", spoken(text, dialect)):
            words = clause.split()
            expected = espeak_events(clause, dialect)
            n_words += len(words)
            position = 0
            units = []
            for word in words:
                units.append(Unit(position, position + len(word), word, spaced=True))
                position += len(word) + 1
            mine = engine.symbols(SpokenText.of(units))
            assert [letters(share) for share in mine] == [letters(share) for share in expected]
    assert n_words > 60


def test_a_number_is_one_word_however_many_are_spoken(g2p: G2P) -> None:
    words = by_text(g2p.phonemize("Hay 1.234 gatos a las 15:30, no 3,50 €.", "es"))
    assert words["1.234"] == "mˈil dosθjˈentos tɾˌAntaikwˈatɾo"
    assert words["15:30,"] == "kˈinθe i tɾˈAnta"
    assert words["3,50 €."] == "tɾˈes ˈeʊɾos kon θinkwˈɛnta"


def test_liaison_and_elision_stay_with_their_words(g2p: G2P) -> None:
    words = by_text(g2p.phonemize("Les amis qu'il y a.", "fr-fr"))
    assert words == {"Les": "lez", "amis": "amˈi", "qu'il": "kil", "y": "i", "a.": "ˈa"}


def test_words_of_another_language_leave_no_mark_of_the_change(g2p: G2P) -> None:
    assert by_text(g2p.phonemize("J'aime le football.", "fr-fr"))["football."] == "fˈʊtbɔːl"


def test_english_words_are_said_alike_whatever_was_said_before_them(g2p: G2P) -> None:
    def said(before: str) -> str:
        espeak_ng().ipa(before, "fr-fr")
        return symbols_of(g2p.phonemize("I have not read the book yet", "fr-fr"))

    assert len({said(before) for before in ("I was", "to", "I have not", "je", "the", "He had been")}) == 1


def test_the_danda_ends_a_sentence(g2p: G2P) -> None:
    assert symbols_of(g2p.phonemize("यह किताब है।", "hi")).endswith("hɛː.")


@given(text=st.text(max_size=600))
def test_espeak_is_given_only_what_it_takes(text: str) -> None:
    pieces = speakable_pieces(text, "fr-fr")
    assert all(len(piece) <= 240 and max(map(len, piece.split())) <= 60 for piece in pieces)
    assert "\0" not in "".join(pieces)


def test_an_ordinary_clause_is_one_piece_and_unchanged() -> None:
    clause = "l'été où j'étais à Orléans, 3,50 € (environ) est-ce vrai"
    assert speakable_pieces(clause, "fr-fr") == ["l'été où j'étais à Orléans, 3,50 € environ est-ce vrai"]


@pytest.mark.parametrize(
    "text", ["A.B.C." * 300, "e\u0301\u0301" * 500, "x" * 2000, "9" * 2000, "é" * 1999, "\0" * 9]
)
@pytest.mark.parametrize("dialect", VOICES)
def test_text_that_overruns_espeaks_buffers_is_taken_all_the_same(dialect: str, text: str) -> None:
    espeak_ng().ipa(text, dialect)


def test_data_behind_a_long_path_is_found(tmp_path: Path) -> None:
    import espeakng_loader

    folder = tmp_path / ("long" * 50)
    folder.mkdir()
    data = folder / "espeak-ng-data"
    data.symlink_to(espeakng_loader.get_data_path(), target_is_directory=True)
    library = shutil.copy(Path(espeakng_loader.get_library_path()).resolve(), tmp_path / "copy.so")
    assert EspeakNG(str(library), str(data)).ipa("Hola", "es") == ["ˈola"]


def test_a_library_that_is_not_there_is_a_missing_package(tmp_path: Path) -> None:
    with pytest.raises(MissingDependencyError, match="espeak-ng cannot be loaded"):
        EspeakNG(str(tmp_path / "none.so"), str(tmp_path))
