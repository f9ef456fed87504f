"""What is written alike in several languages, and read wrong by all of them together."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.reader import normalize


def spoken(text: str, dialect: str) -> str:
    return normalize(text, dialect).text


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("fr-fr", "Apollo 11 s'est posée"),
        ("fr-fr", "En 2020 l'année fut dure"),
        ("fr-fr", "Les 2 m'ont vu."),
        ("fr-fr", "Le 12 j'y serai"),
        ("fr-fr", "J'ai 1 e-mail et 3 e-mails."),
        ("it", "Nel 2020 l'azienda"),
        ("it", "Alle 5 l'altro"),
        ("it", "Apollo 11 s'è posato"),
        ("en-us", "5 o'clock"),
        ("en-us", "5 t-shirts and 2 g-strings"),
        ("pt-br", "2 e-mails"),
    ],
)
def test_a_letter_before_an_apostrophe_or_a_hyphen_is_no_unit(dialect: str, written: str) -> None:
    assert spoken(written, dialect) == written


@given(st.sampled_from(["km", "m", "l", "h", "s"]), st.sampled_from(["es", "fr-fr", "it", "pt-br"]))
def test_a_unit_before_a_mark_is_one(unit: str, dialect: str) -> None:
    assert unit not in re.findall(r"\w+", spoken(f"(5 {unit}), 5 {unit}.", dialect))


def test_a_length_before_a_word_that_it_belongs_to_is_one() -> None:
    assert spoken("a 5 m-long rope", "en-us") == "a 5 meters-long rope"


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("es", "En 2020 ha llovido."),
        ("es", "El iPhone 15 ha salido."),
        ("es", "La ley de 1978 ha, por fin, cambiado."),
        ("it", "Nel 2020 ha piovuto."),
        ("it", "Il numero 10 ha segnato."),
    ],
)
def test_a_verb_behind_a_number_is_no_unit(dialect: str, written: str) -> None:
    assert spoken(written, dialect) == written


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "10 ha.", "10 hectáreas."),
        ("es", "una finca de 12 ha de olivos", "una finca de 12 hectáreas de olivos"),
        ("it", "10ha", "10 ettari"),
        ("it", "5 ha di vigna", "5 ettari di vigna"),
    ],
)
def test_a_unit_that_is_a_word_too_is_one_where_the_clause_ends(
    dialect: str, written: str, said: str
) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("pt-br", "sala 3B"),
        ("pt-br", "Portão 5B, assento 12A"),
        ("pt-br", "Lote 2B, quadra 5"),
        ("pt-br", "A 3M fabrica fitas."),
        ("es", "La empresa 3M factura mucho."),
        ("hi", "कमरा 2B में"),
        ("en-us", "Room 12B is"),
        ("en-gb", "gate 50B"),
    ],
)
def test_a_letter_behind_the_number_of_a_room_or_in_a_name_is_no_million(dialect: str, written: str) -> None:
    assert spoken(written, dialect).replace(" M", "M") == written


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "3M de usuarios", "3 millones de usuarios"),
        ("pt-br", "3M usuários", "3 milhões de usuários"),
        ("pt-br", "100M", "100 milhões"),
        ("fr-fr", "3M de vues", "3 millions de vues"),
        ("en-us", "3M users", "3 million users"),
    ],
)
def test_a_letter_behind_a_number_that_counts_is_a_million(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("100 € - 20 € = 80 €", "100 euros menos 20 euros es igual a 80 euros"),
        ("50 % - 10 % = 40 %", "50 % menos 10 % es igual a 40 %"),
        ("$30 - $5 = $25", "30 dólares menos 5 dólares es igual a 25 dólares"),
        ("3 x 10 € = 30 €", "3 por 10 euros es igual a 30 euros"),
        ("1 km = 1.000 m", "un kilómetro es igual a 1.000 metros"),
        ("50x2=100", "50 por 2 es igual a 100"),
        ("5 – 2 = 3", "5 menos 2 es igual a 3"),
        ("x = 5 – 2", "x es igual a 5 menos 2"),
        ("y = -2x + 1", "i griega es igual a menos 2x más 1"),
        ("-x + 5", "menos x más 5"),
        ("-1/2", "menos un medio"),
        ("-½", "menos un medio"),
        ("Resultado: **–7**", "Resultado: menos 7"),
        ("√x = 3", "raíz cuadrada de x es igual a 3"),
        ("10^(-3)", "10 elevado a menos 3"),
        ("2^{10}", "2 elevado a 10"),
        ("10⁻³", "10 elevado a menos 3"),
        ("1.5e-3", "1.5 por 10 elevado a menos 3"),
        ("+/- 5", "más menos 5"),
        ("10 / 2", "10 dividido entre 2"),
        ("10<sup>6</sup>", "10 elevado a 6"),
        ("palabra<sup>2</sup>", "palabra2"),
        ("①②③", "1, 2, 3"),
        (",5 y .5", "0,5 y 0 punto 5"),
        ("5¢", "5 centavos"),
        ("Sevilla - Betis 2 - 1", "Sevilla — Betis 2 a 1"),
    ],
)
def test_a_formula_is_said_sign_by_sign(written: str, said: str) -> None:
    assert spoken(written, "es") == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("hi", "1 किमी = 1,000 मी", "1 किलोमीटर बराबर 1000 मीटर"),
        ("hi", "भारत - पाकिस्तान 2 - 1", "भारत — पाकिस्तान 2 1"),
        ("pt-br", "Flamengo 2x1 Vasco", "Flamengo 2 a 1 Vasco"),
        ("pt-br", "R$ 30 - R$ 5 = R$ 25", "30 reais menos 5 reais é igual a 25 reais"),
        ("it", "-1/2", "meno un mezzo"),
        ("fr-fr", "y = -2x + 1", "y égale moins 2x plusse 1"),
        ("en-us", "100 € - 20 € = 80 €", "100 euros minus 20 euros equals 80 euros"),
    ],
)
def test_a_formula_is_said_in_every_language(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("100 € - 120 €", "100 a 120 euros"),
        ("5–10 km", "5 a 10 kilómetros"),
        ("ls -l", "ls -l"),
        ("3x más", "3 veces más"),
        ("páginas 10 / 20", "páginas 10 / 20"),
        ("fin.5", "fin.5"),
    ],
)
def test_a_dash_or_a_letter_outside_of_a_formula_is_no_sign(written: str, said: str) -> None:
    assert spoken(written, "es") == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("pt-br", "um 4-4-2", "um 4, 4, 2"),
        ("pt-br", "Mega-Sena: 05-12-23-34", "Mega-Sena: 5, 12, 23, 34"),
        ("es", "un 4-3-3.", "un 4, 3, 3."),
        ("it", "1-800-555-0199", "1, 8 0 0, 5 5 5, 0 1 9 9"),
        ("pt-br", "(11) 91234–5678", "1 1, 9 1 2 3 4, 5 6 7 8"),
        ("es", "555-1234", "5 5 5, 1 2 3 4"),
        ("pt-br", "2024-2025", "2024 a 2025"),
        ("pt-br", "3000-4000 calorias", "3000 a 4000 calorias"),
        ("pt-br", "R$ 2000-3000", "2000 a 3000 reais"),
        ("pt-br", "2345-6789", "2 3 4 5, 6 7 8 9"),
        ("es", "500-1250 metros", "500 a 1250 metros"),
        ("hi", "ISO 9001:2015", "ISO 9001, 2015"),
        ("es", "El Boeing 737-800", "El Boeing 737, 800"),
        ("fr-fr", "le n° 12-34", "le numéro 12, 34"),
        ("fr-fr", "le décret 2020-123", "le décret 2020, 123"),
        ("es", "la ley n.º 5-3", "la ley número 5, 3"),
        ("es", "Página 1/5", "Página 1 de 5"),
        ("fr-fr", "Page 1/5", "Page 1 sur 5"),
        ("it", "Pag. 1/5", "pagina 1 di 5"),
        ("en-us", "a 4-4-2 of 05-12-23", "a 4, 4, 2 of 5, 12, 23"),
    ],
)
def test_numbers_with_hyphens_are_a_range_only_where_they_are_two_amounts(
    dialect: str, written: str, said: str
) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "el 3 de junio. Trae los papeles.", "el 3 de junio. Trae los papeles."),
        ("es", "el 3 jun. Trae los papeles.", "el 3 de junio. Trae los papeles."),
        ("es", "el 5 abr. de 2024", "el 5 de abril de 2024"),
        ("pt-br", "Levou 45 min. Depois comeu.", "Levou 45 minutos. Depois comeu."),
        ("es", "café, etc. Después", "café, etcétera. Después"),
        ("fr-fr", "du thé, etc. Ensuite", "du thé, etcétéra. Ensuite"),
        ("it", "tè, ecc. Poi", "tè, eccetera. Poi"),
        ("es", "en EE. UU. Después", "en Estados Unidos. Después"),
        ("it", "nel 44 a.C. Poi", "nel 44 avanti Cristo. Poi"),
        ("it", "Nel 44 a.C. Cesare", "Nel 44 avanti Cristo Cesare"),
        ("es", "a las 5 p. m. Luego se fue.", "a las 5 p m. Luego se fue."),
        ("es", "a 2 km. de aquí", "a 2 kilómetros de aquí"),
        ("fr-fr", "à 5 min. à pied, à 2 km. d'ici.", "à 5 minutes à pied, à 2 kilomètres d'ici."),
        ("it", "a 5 min. a piedi", "a 5 minuti a piedi"),
        ("en-us", "at 5 p.m. Eastern", "at 5 PM Eastern"),
        ("es", "El Sr. Paz", "El señor Paz"),
        ("fr-fr", "lun.–ven. 9 h–18 h", "lundi à vendredi 9 heures à 18 heures"),
    ],
)
def test_the_full_stop_of_an_abbreviation_stays_where_it_ends_a_sentence(
    dialect: str, written: str, said: str
) -> None:
    assert spoken(written, dialect) == said


def test_items_that_end_in_a_vowel_sign_have_a_pause_between_them() -> None:
    assert spoken("- सेब: 2 किलो\n- दूध: 1 लीटर", "hi") == "सेब: 2 किलो, दूध: 1 लीटर"


def test_a_tag_with_an_underscore_is_taken_out() -> None:
    assert spoken("<tool_call>x</tool_call>", "es") == "x"


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "kg/m³", "kilos por metro cúbico"),
        ("es", "93 hab./km².", "93 habitantes por kilómetro cuadrado."),
        ("pt-br", "25 mg/dl", "25 miligramas por decilitro"),
        ("fr-fr", "en m/s", "en mètres par seconde"),
        ("it", "kg/m³", "chili al metro cubo"),
        ("hi", "20 €/m²", "20 यूरो प्रति वर्ग मीटर"),
        ("es", "20 kg/m²", "20 kilos por metro cuadrado"),
        ("es", "s/n y m/f", "sin número y m/f"),
    ],
)
def test_a_unit_that_is_divided_by_another_is_said_in_full(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize("dialect", ["es", "fr-fr", "it", "pt-br"])
@pytest.mark.parametrize(
    ("written", "said"),
    [("XL", "X L"), ("M, XXL", "M, X X L"), ("DC Comics", "D C Comics"), ("VIH", "V I H")],
)
def test_letters_of_a_size_or_an_abbreviation_are_no_number(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("pt-br", "100% do CDI", "100% do C D I"),
        ("pt-br", "MIX", "mix"),
        ("fr-fr", "Le CM1 et le CM2", "Le C M 1 et le C M 2"),
        ("es", "tallas M y XL.", "tallas M y X L."),
        ("es", "siglo XXI", "siglo 21"),
        ("pt-br", "capítulo XL", "capítulo 40"),
        ("es", "el año MC", "el año MC"),
    ],
)
def test_a_numeral_behind_what_is_numbered_stays_one(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("fr-fr", "Jean 3:16-18", "Jean 3, 16 à 18"),
        ("it", "Giovanni 3:16", "Giovanni 3, 16"),
        ("hi", "यूहन्ना 3:16", "यूहन्ना 3, 16"),
        ("es", "Juan 3:16", "Juan 3, 16"),
        ("fr-fr", "à 3:16", "à 3 heures 16"),
    ],
)
def test_chapter_and_verse_behind_a_book_are_no_time(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("en-us", "Take 2/day, 5-10/week.", "Take 2 per day, 5 to 10 per week."),
        ("en-us", "1,000/hr", "1,000 per hour"),
        ("es", "3/semana, 10/h", "3 por semana, 10 por hora"),
        ("fr-fr", "2 à 3/jour", "2 à 3 par jour"),
        ("it", "3/giorno", "3 al giorno"),
        ("pt-br", "3/dia", "3 por dia"),
        ("hi", "3/दिन", "3 प्रति दिन"),
        ("en-us", "24/7/day", "24/7/day"),
    ],
)
def test_a_count_is_said_with_the_time_that_it_is_for(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("en-us", "the dose in mg/kg", "the dose in milligrams per kilogram"),
        ("es", "rinde en kg/ha", "rinde en kilos por hectárea"),
        ("es", "sexo (h/m)", "sexo (h/m)"),
    ],
)
def test_a_unit_that_is_divided_is_said_without_a_number(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said
