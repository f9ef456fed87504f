"""Numbers agree with the nouns that they count, in Spanish and Portuguese."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from tts_server.text.normalize.languages import es_numbers, pt_numbers
from tts_server.text.normalize.languages.es_nouns import NOUNS as SPANISH
from tts_server.text.normalize.languages.pt_nouns import NOUNS as PORTUGUESE
from tts_server.text.normalize.nouns import Nouns
from tts_server.text.normalize.reader import normalize

GENDERS = [
    (
        SPANISH,
        "m",
        "libro día problema coche mes lápiz corazón país avión gramo mapa hotel autobús árbol idioma",
    ),
    (
        SPANISH,
        "m",
        "libros días problemas coches meses lápices corazones países aviones programas autobuses árboles",
    ),
    (
        SPANISH,
        "f",
        "mano foto hora página canción ciudad vez noche llave red flor imagen mujer clase cuestión serie",
    ),
    (
        SPANISH,
        "f",
        "manos fotos páginas canciones ciudades veces llaves redes flores imágenes mujeres razones",
    ),
    (
        PORTUGUESE,
        "m",
        "livro dia problema avião mês coração homem item irmão pão lápis mapa cinema real telefone",
    ),
    (
        PORTUGUESE,
        "m",
        "livros dias problemas aviões meses corações homens itens pães mapas reais animais hotéis",
    ),
    (
        PORTUGUESE,
        "f",
        "mão foto hora canção cidade vez noite chave flor imagem mulher maçã viagem nuvem lei luz",
    ),
    (
        PORTUGUESE,
        "f",
        "mãos fotos canções cidades vezes chaves flores imagens mulheres maçãs viagens nuvens leis",
    ),
]


@pytest.mark.parametrize(("nouns", "gender", "words"), GENDERS)
def test_the_ending_of_a_noun_or_a_list_tells_its_gender(nouns: Nouns, gender: str, words: str) -> None:
    assert {word: nouns.gender(word, is_one=False) for word in words.split()} == dict.fromkeys(
        words.split(), gender
    )


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "1 libro", "un libro"),
        ("es", "Tengo 1 problema y 1 foto.", "Tengo un problema y una foto."),
        ("es", "21 libros", "veintiún libros"),
        ("es", "31 personas", "treinta y una personas"),
        ("es", "1.200 personas", "mil doscientas personas"),
        ("es", "1.200 libros", "1.200 libros"),
        ("es", "1 arma", "un arma"),
        ("es", "1 kg y 21 h", "un kilo y veintiuna horas"),
        ("es", "21.000 euros", "veintiún mil euros"),
        ("es", "el 1 de mayo, a las 21", "el 1 de mayo, a las 21"),
        ("es", "La página 1 termina aquí.", "La página 1 termina aquí."),
        ("es", "Gana 1 a 0.", "Gana 1 a 0."),
        ("es", "En 2021 muchas casas", "En 2021 muchas casas"),
        ("es", "El 21% vota.", "El 21% vota."),
        ("pt-br", "1 pessoa e 2 mulheres", "uma pessoa e duas mulheres"),
        ("pt-br", "2 homens e 2 dias", "2 homens e 2 dias"),
        ("pt-br", "22 páginas", "vinte e duas páginas"),
        ("pt-br", "200 casas", "duzentas casas"),
        ("pt-br", "2 h", "duas horas"),
        ("pt-br", "a página 2 mostra", "a página 2 mostra"),
        ("pt-br", "Em 2002 pessoas", "Em 2002 pessoas"),
        ("pt-br", "Comprei 2, e 2 livros.", "Comprei 2, e 2 livros."),
    ],
)
def test_a_number_agrees_with_the_noun_that_it_counts(dialect: str, written: str, said: str) -> None:
    assert normalize(written, dialect).text == said


@given(st.integers(0, 10**9))
def test_spanish_figures_stay_only_where_words_would_be_the_counting_form(value: int) -> None:
    for gender in (None, "m", "f"):
        if es_numbers.is_said_right(value, gender):
            assert es_numbers.cardinal(value, gender) == es_numbers.cardinal(value)


@given(st.integers(0, 10**6 - 1))
def test_numbers_in_words_are_those_of_another_speaker(value: int) -> None:
    theirs = num2words(value, lang="es").replace(
        "uno mil", "ún mil" if value // 1000 % 100 == 21 else "un mil"
    )
    assert es_numbers.cardinal(value) == theirs
    theirs = num2words(value, lang="pt_BR").replace("catorze", "quatorze").replace(",", "")
    assert pt_numbers.cardinal(value) == theirs


@pytest.mark.parametrize(
    ("value", "said"),
    [(3, "tercio"), (11, "onceavo"), (16, "dieciseisavo"), (30, "treintavo"), (100, "centésimo")],
)
def test_equal_parts_have_a_name(value: int, said: str) -> None:
    assert es_numbers.part(value) == said


def test_figures_stay_where_they_are_too_many_for_words() -> None:
    assert es_numbers.cardinal(10**12) == pt_numbers.cardinal(10**12) == "1000000000000"
    assert pt_numbers.ordinal(2500) == "2500"
