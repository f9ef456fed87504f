"""French as it is written, and as it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.languages.fr_nouns import NOUNS
from tts_server.text.normalize.reader import normalize


def said(text: str) -> str:
    return normalize(text, "fr-fr").text


SAID = [
    # Figures that agree with what they count.
    ("1 page", "une page"),
    ("1 an", "un an"),
    ("21 tables", "vingt et une tables"),
    ("81 cartes", "quatre-vin-une cartes"),
    ("71 cartes", "71 cartes"),
    ("101 filles", "cent une filles"),
    ("1 001 nuits", "mille une nuits"),
    ("21 jours", "21 jours"),
    ("tâche 1 terminée", "tâche 1 terminée"),
    ("la page 1 manque", "la page 1 manque"),
    ("chambre 21", "chambre 21"),
    ("1 rue de la Paix", "1 rue de la Paix"),
    ("21 £", "vingt et une livres"),
    ("1 t", "une tonne"),
    # Ordinals and Roman numerals.
    ("la 1re fois", "la première fois"),
    ("les 2es rencontres", "les deuxièmes rencontres"),
    ("le 2nd tour", "le second tour"),
    ("le 89e jour", "le quatre-vin-neuvième jour"),
    ("le 1 000e client", "le millième client"),
    ("2e-3e étage", "deuxième troisième étage"),
    ("XVIIIe-XIXe siècles", "dix-huitième dizneuvième siècles"),
    ("la 1000e", "la millième"),
    ("Ve République", "cinquième République"),
    ("Le, Ce, De et Me", "Le, Ce, De et Me"),
    ("Mer et Ver", "Mer et Ver"),
    ("Élisabeth Ire", "Élizabète première"),
    ("Élisabeth I", "Élizabète première"),
    ("LOUIS XIV", "LOUIS 14"),
    ("acte V", "acte 5"),
    ("le vaccin V", "le vaccin V"),
    ("Le CD, le MIX et la vitamine C", "Le CD, le MIX et la vitamine C"),
    # Time.
    ("à 1h01", "à une heure une"),
    ("à 21:21", "à vingt et une heures vingt et une"),
    ("15:30:20", "15 heures 30 minutes 20 secondes"),
    ("à 15h30 pile", "à 15 heures 30 pile"),
    ("le 1/5", "le 1er mai"),
    ("une note de 1/5", "une note de un cinquième"),
    ("lundi 1/4", "lundi 1er avril"),
    ("3h 1/2", "3 heures et demie"),
    ("1/2 h", "une demi heure"),
    ("3/4 h", "3 quarts d'heure"),
    ("24h/24 et 7j/7", "24 heures sur 24 et 7 jours sur 7"),
    # Money and measures.
    ("2€50", "2 euros 50"),
    ("2 000 000 $", "2000000 de dollars"),
    ("3 M€", "3 millions d'euros"),
    ("10 k€/an", "10 mille euros par an"),
    ("1m80", "un mètre 80"),
    ("37°2", "37 degrés 2"),
    ("20/20 et 0/20", "20 sur 20 et 0 sur 20"),
    ("50/50", "50/50"),
    ("les 1/4 de finale", "les quarts de finale"),
    ("la guerre de 14-18", "la guerre de 14 18"),
    ("14-18 ans", "14 à 18 ans"),
    ("FR76 3000 4000 0312", "F R 7 6, 3 0 0 0, 4 0 0 0, 0 3 1 2"),
    ("4,5/5", "4,5 sur 5"),
    ("24/48h", "24 à 48 heures"),
    ("1€ = 1,08$", "un euro égale un dollar 8"),
    ("1 c. à s. d'huile", "une cuillère à soupe d'huile"),
    ("1/2 l et 3/4 kg", "un demi litre et 3 quarts de kilo"),
    ("1/10e de seconde", "un dixième de seconde"),
    ("5/8", "5 huitièmes"),
    ("5/6 personnes", "5/6 personnes"),
    ("10K abonnés en 4K", "10 mille abonnés en 4K"),
    ("100 $/baril", "100 dollars par baril"),
    ("05/2024", "mai 2024"),
    ("le 12-05-24", "le 12 mai 2024"),
    ("12-05-24", "12, 5, 24"),
    ("5'30\"", "5 minutes 30 secondes"),
    ("2 x 10 cl", "2 fois 10 centilitres"),
    ("2 x 10 cm", "2 par 10 centimètres"),
    # Words.
    ("vers l'est", "vers l'èste"),
    ("Il l'est.", "Il l'est."),
    ("du CO2, du CO₂ et du H₂O", "du C O 2, du C O 2 et du H 2 O"),
    ("nos 3 enfants", "nos 3 enfants"),
    ("les nos 3 et 4", "les numéros 3 et 4"),
    ("le jeu. 12", "le jeudi 12"),
    ("le jeu est fini en mer", "le jeu est fini en mer"),
    ("de A-Z", "de A à Z"),
    ("2 1/2 tasses", "2 tasses et demie"),
    ("2 ½ de lait", "2 et demi de lait"),
    ("3 millions XYZ", "3 millions XYZ"),
    ("partie 5/3", "partie 5/3"),
    ("slide 1/5", "slide 1 sur 5"),
]


@pytest.mark.parametrize(("written", "read"), SAID, ids=[written for written, _ in SAID])
def test_what_is_written_is_said_as_a_person_would(written: str, read: str) -> None:
    assert said(written) == read


@given(st.integers(min_value=2, max_value=9999))
def test_every_ordinal_ends_as_one_and_has_no_letter_that_is_read_wrong(value: int) -> None:
    read = said(f"le {value}e")
    assert read.endswith("ième")
    assert "quatre-vingt-" not in read
    assert "quatre-vingts" not in read
    assert "dix-neuvième" not in read


@given(st.integers(min_value=0, max_value=999_999))
def test_a_number_is_feminine_where_it_ends_in_one_and_only_there(value: int) -> None:
    read = said(f"il a {value} pages")
    is_one = value % 10 == 1 and value % 100 not in {11, 71, 91}
    assert read.endswith("une pages") == (is_one and value > 1)
    if not is_one:
        assert read == f"il a {value} pages"


@pytest.mark.parametrize("noun", "question liberté journée voiture fourchette heure pages fois".split())
def test_feminine_nouns_are_known_by_their_ending_or_by_name(noun: str) -> None:
    assert NOUNS.known_gender(noun) == "f"


@pytest.mark.parametrize("noun", "côté musée murmure squelette silence livre problème jour bastion".split())
def test_what_only_looks_feminine_is_not(noun: str) -> None:
    assert NOUNS.known_gender(noun) != "f"
