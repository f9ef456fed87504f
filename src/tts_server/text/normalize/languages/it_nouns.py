"""The gender of Italian nouns, as far as it is sure, and the article that stands for *1* before one.

Pure data, and the rules that read it.
"""

from __future__ import annotations

import re
from typing import Final

_FEMININE: Final = frozenset(
    """
    mano radio foto moto auto eco notte parte classe voce luce pace croce madre moglie gente mente arte morte
    sete fame febbre neve nave chiave carne legge torre frase base fase estate valle pelle serie specie
    superficie crisi analisi tesi ipotesi sintesi mail email e-mail password chat star app tv newsletter fine
    canzone opinione unione riunione
    """.split()
)
_MASCULINE: Final = frozenset(
    """
    problema tema sistema programma clima schema panorama dramma poeta pianeta cinema delta gorilla pigiama
    diploma telegramma dilemma teorema poema enigma trauma aroma stemma carisma prisma sisma fantasma dogma
    diagramma anagramma papa duca boia pilota vaglia sofà mese giornale minuto animale ospedale canale segnale
    fiume nome cognome pane cane pesce mare sole fiore cuore amore errore colore dottore signore attore autore
    motore valore rumore favore sapore dolore odore settore fattore codice giudice indice vertice pollice
    bicchiere cameriere quartiere mestiere ingegnere paese esame rame legame piede ponte monte dente utente
    cliente studente paziente parente presidente incidente ristorante minore elefante gigante istante bar film
    sport computer file link milione miliardo chilo hotel test bit bait watt volt hertz server euro yen
    """.split()
)
_OTHER_WORDS: Final = frozenset(
    """
    alla dalla della nella sulla dopo sotto contro verso dietro quando meno solo era erano ancora senza circa
    prima sopra questa questo quella quello ogni stato stata fatto fatta resta costa vale torna porta sono
    hanno vengono possono vanno fanno danno stanno segna indica mostra contiene inizia finisce manca continua
    oppure perciò quindi però dentro presso attraverso secondo tutto tutta ora via
    """.split()
)
_NOT_SURE: Final = re.compile(r"(?:ista|cida|arca)$|^(?:collega|atleta|nipote)$")
_FEMININE_ENDING: Final = re.compile(r"(?:[zsg]ione|trice|udine|aggine|igine|tà|tù|a)$")
_IMPURE: Final = re.compile(r"s[^aeiouàèéìòùh\W]|z|gn|ps|pn|x|y|i[aeou]")
_VOWEL: Final = re.compile(r"[aeiouàèéìòù]")
_MIN_CHARS: Final = 3


def one(noun: str) -> str:
    """Return the article that counts one of ``noun``, to stand before it: un, uno, una, un'; "" if unsure."""
    word = noun.lower()
    if is_feminine(word):
        return "un'" if _VOWEL.match(word) and not re.match(r"i[aeou]", word) else "una"
    if is_masculine(word):
        return "uno" if _IMPURE.match(word) else "un"
    return ""


def is_feminine(noun: str) -> bool:
    """Say whether ``noun``, singular and in small letters, is surely feminine."""
    if noun in {"ora", "via"}:
        return noun == "ora"
    if noun in _MASCULINE or noun in _OTHER_WORDS or len(noun) < _MIN_CHARS or _NOT_SURE.search(noun):
        return noun in _FEMININE
    return noun in _FEMININE or bool(_FEMININE_ENDING.search(noun))


def is_masculine(noun: str) -> bool:
    """Say whether ``noun``, singular and in small letters, is surely masculine."""
    if noun in _FEMININE or noun in _OTHER_WORDS or len(noun) < _MIN_CHARS:
        return False
    return noun in _MASCULINE or noun.endswith("o")
