"""Italian as it is written, and as it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.languages.it_nouns import NOUNS, article, is_sure
from tts_server.text.normalize.reader import normalize


def said(text: str) -> str:
    return normalize(text, "it").text


SAID = [
    # One, as the article of its noun.
    ("1 libro e 1 casa", "un libro e una casa"),
    ("1 studente", "uno studente"),
    ("1 amica", "un' amica"),
    ("1 iena", "una iena"),
    ("1 turista", "1 turista"),
    ("pagina 1 della lista", "pagina 1 della lista"),
    ("il 1 marzo", "il primo marzo"),
    ("1 fa", "1 fa"),
    ("21 libri", "21 libri"),
    ("1 £ e 1 h", "una sterlina e un'ora"),
    # Behind an apostrophe.
    ("l'8% e l'80%", "l'otto per cento e l'ottanta per cento"),
    ("all'11 e all'1", "all'undici e all'uno"),
    ("l'8 marzo", "l'otto marzo"),
    ("l'8/3/2024", "l'otto marzo 2024"),
    ("l'8,5%", "l'otto virgola 5 per cento"),
    ("gli anni '80", "gli anni '80"),
    # Ordinals and Roman numerals.
    ("la 3ª e il 4º", "la terza e il quarto"),
    ("la 2a fila", "la seconda fila"),
    ("via Roma 2a", "via Roma 2a"),
    ("un angolo di 20°", "un angolo di 20 gradi"),
    ("al 90° minuto, 20° sotto zero", "al novantesimo minuto, 20 gradi sotto zero"),
    ("1°, 2° e 3° posto", "primo, secondo e terzo posto"),
    ("20°, 30° e 40° fuori", "20 gradi, 30 gradi e 40 gradi fuori"),
    ("la 3^ classe, il 1^ posto", "la terza classe, il primo posto"),
    ("i 18enni, un'80enne", "i diciottenni, un'ottantenne"),
    ("20° all'ombra", "20 gradi all'ombra"),
    ("il 20° giorno", "il ventesimo giorno"),
    ("nel 52 a.C.", "nel 52 avanti Cristo."),
    ("la II guerra e la V edizione", "la seconda guerra e la quinta edizione"),
    ("Elisabetta II", "Elisabetta seconda"),
    ("I ragazzi vanno da Carlo I", "I ragazzi vanno da Carlo primo"),
    ("via XX Settembre", "via 20 Settembre"),
    ("nell'XI secolo", "nell'undicesimo secolo"),
    ("un CD, MIX e vitamina C", "un CD, MIX e vitamina C"),
    # Time.
    ("alle 1:00", "all'una"),
    ("dalle 1:30", "dall'una e 30"),
    ("ore 15.30", "ore 15 e 30"),
    ("8.30-13.00", "8 e 30 a 13"),
    ("costa 15.30", "costa 15.30"),
    ("h 9:05", "ore 9 e 5"),
    ("3 set a 1", "3 set a 1"),
    ("il 3 set 2024", "il 3 settembre 2024"),
    ("gen-mar", "gennaio a marzo"),
    ("mar-gio", "martedì a giovedì"),
    # Money, measures and parts.
    ("1 mln €", "un milione di euro"),
    ("2.000.000 €", "2.000.000 di euro"),
    ("10 €/kg", "10 euro al chilo"),
    ("3,005", "3 virgola 0 0 5"),
    ("1/2 tazza, 1/2 litro, 1/2", "mezza tazza, mezzo litro, un mezzo"),
    ("2 1/2 ore", "2 ore e mezza"),
    ("30/30 e 0/30", "30 su 30 e 0 su 30"),
    ("50/50", "50/50"),
    ("24/7", "24/7"),
    ("4,5/5 in 24/48h", "4,5 su 5 in 24 a 48 ore"),
    ("D.Lgs. 81/2008", "decreto legislativo 81 del 2008"),
    ("1/2 l, 1/2 h e 3/4 kg", "mezzo litro, mezz'ora e 3 quarti di chilo"),
    ("100 $/barile", "100 dollari per barile"),
    ("05/2024", "maggio 2024"),
    ("II sec. d.C.", "secondo secolo dopo Cristo."),
    ("l'8x1000", "l'otto per mille"),
    ("2^8 e 2^11", "2 all'ottava e 2 all'undicesima"),
    ("20 x 30 cm", "20 per 30 centimetri"),
    ("v2.0", "versione 2 punto 0"),
    # Words.
    ("l'Ing. Rossi", "l'ingegner Rossi"),
    ("S. Maria, S. Andrea, S. Stefano", "Santa Maria, Sant'Andrea, Santo Stefano"),
    ("S. Rossi", "S. Rossi"),
    ("n.12, nn. 3 e 4", "numero 12, numeri 3 e 4"),
    ("Gent.mo Sig. Rossi", "gentilissimo signor Rossi"),
    ("C.so Italia", "corso Italia"),
    ("1^ classe, 1^ piano", "prima classe, primo piano"),
    ("tra 1/2 ora", "tra mezz' ora"),
    ("ha preso 12/15, poi 0/5", "ha preso 12 su 15, poi 0 su 5"),
    ("la chiesa di S. Quirico", "la chiesa di San Quirico"),
    ("parte 5/3", "parte 5/3"),
]


@pytest.mark.parametrize(("written", "read"), SAID, ids=[written for written, _ in SAID])
def test_what_is_written_is_said_as_a_person_would(written: str, read: str) -> None:
    assert said(written) == read


@given(st.integers(min_value=1, max_value=9999), st.sampled_from([("il", "º", "o"), ("la", "ª", "a")]))
def test_every_ordinal_ends_in_its_gender(value: int, gender: tuple[str, str, str]) -> None:
    word, sign, ending = gender
    read = said(f"{word} {value}{sign} volta")
    assert read.endswith(f"{ending} volta")
    assert not any(char.isdigit() for char in read)


@given(st.integers(min_value=0, max_value=999_999))
def test_a_number_behind_an_apostrophe_is_a_word(value: int) -> None:
    read = said(f"l'{value}%")
    assert read.startswith("l'")
    assert not any(char.isdigit() for char in read)


@pytest.mark.parametrize(
    ("noun", "counted"),
    [
        ("persona", "una"),
        ("ora", "un'"),
        ("iena", "una"),
        ("mano", "una"),
        ("unità", "un'"),
        ("libro", "un"),
        ("zaino", "uno"),
        ("psicologo", "uno"),
        ("sport", "uno"),
        ("problema", "un"),
        ("anno", "un"),
    ],
)
def test_one_is_the_article_that_the_noun_has(noun: str, counted: str) -> None:
    gender = NOUNS.known_gender(noun)
    assert gender is not None
    assert article(noun, gender) == counted


@pytest.mark.parametrize("noun", "turista collega atleta xyz".split())
def test_a_noun_of_either_gender_is_not_sure(noun: str) -> None:
    assert not is_sure(noun)
