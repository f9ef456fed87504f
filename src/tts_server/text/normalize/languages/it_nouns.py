"""What tells Italian nouns and their genders, and the article that stands for *1* before one.

Pure data, and the rule that reads it.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.nouns import Nouns, genders
from tts_server.text.normalize.words import Gender

_MASCULINE_ENDINGS = "o t k d p g b x è one ore".split()
_FEMININE_ENDINGS = "a zione sione gione trice udine agine aggine igine tà tù".split()
_FEMININE = (
    "mano radio foto moto auto eco notte parte classe voce luce pace croce madre moglie gente mente "
    "arte morte sete fame febbre neve nave chiave carne legge torre frase base fase estate valle pelle "
    "serie specie superficie crisi analisi tesi ipotesi sintesi mail email e-mail password chat star "
    "app tv newsletter fine canzone opinione unione riunione ora patente corrente sorgente tangente lente "
    "capitale cattedrale finale spirale folgore origine "
    "sede rete siepe sorte nube prole stirpe vite quiete parete tosse carie"
).split()
_MASCULINE = (
    "problema tema sistema programma clima schema panorama dramma poeta pianeta cinema delta gorilla "
    "pigiama diploma telegramma dilemma teorema poema enigma trauma aroma stemma carisma prisma sisma "
    "fantasma dogma diagramma anagramma papa duca boia pilota vaglia sofà mese giornale minuto animale "
    "ospedale canale segnale fiume nome cognome pane cane pesce mare sole fiore cuore amore errore "
    "colore dottore signore attore autore motore valore rumore favore sapore dolore odore settore "
    "fattore codice giudice indice vertice pollice bicchiere cameriere quartiere mestiere ingegnere "
    "paese esame rame legame piede ponte monte dente utente cliente studente paziente parente "
    "presidente incidente ristorante minore elefante gigante istante bar film sport computer file link "
    "ordine margine termine argine confine volume limone caffè tè bidè purè karatè dessert latte riso sale "
    "fucile missile cortile gentile badile canile barile aprile nipote prete seme cuscino pettine fulmine "
    "maiale temporale locale tribunale arsenale "
    "milione miliardo chilo hotel test bit bait watt volt hertz server euro yen"
).split()
_NOT_NOUNS = (
    "alla dalla della nella sulla dopo sotto contro verso dietro quando meno solo era erano ancora "
    "senza circa prima sopra questa questo quella quello ogni stato stata fatto fatta resta costa vale "
    "torna porta sono hanno vengono possono vanno fanno danno stanno segna indica mostra contiene "
    "inizia finisce manca continua oppure perciò quindi però dentro presso attraverso secondo tutto "
    "tutta via con per tra fra nel del dal sul che chi non più poi già mai anche di da in su se ma e o "
    "il lo la le gli un una fa ha va sta dà sarà deve può viene"
).split()
LABELS = (
    "capitolo cap atto scena parte volume vol libro titolo sezione canto secolo sec tomo fase tipo "
    "vaticano articolo art numero n pagina pag p numeri nr livello episodio stagione versione gruppo "
    "camera stanza sala autobus bus tram linea binario piano figura fig tabella codice passo punto "
    "interno civico lotto attività compito domanda risposta test file foto immagine documento esercizio "
    "squadra opzione scelta zona settimana lezione blocco gate uscita corsia porta serie giorno turno "
    "partita terminal scheda"
).split()
DETERMINERS = (
    "il lo la l' al allo alla all' del dello della dell' dal dallo dalla dall' nel nello nella nell' "
    "sul sullo sulla sull' un uno una un' suo sua mio mia tuo tua nostro nostra vostro vostra ogni "
    "questo questa quel quello quella quest' quell' stesso stessa"
).split()

_SURE: Final = re.compile(r"(?<!ist)(?<!cid)(?<!arc)(?<!colleg)(?<!atlet)a$|[^a]$")
_IMPURE: Final = re.compile(r"s[^aeiouàèéìòùh\W]|z|gn|ps|pn|x|y|i[aeou]")
_VOWEL: Final = re.compile(r"(?!i[aeou])[aeiouàèéìòù]")


def _no_singulars(_word: str) -> tuple[str, ...]:
    """Return nothing: no ending tells a plural from a singular."""
    return ()


NOUNS = Nouns(
    endings=genders(_MASCULINE_ENDINGS, _FEMININE_ENDINGS),
    exceptions=genders(_MASCULINE, _FEMININE),
    not_nouns=frozenset(_NOT_NOUNS),
    labels=frozenset({*LABELS, *DETERMINERS}),
    singulars=_no_singulars,
)


def is_sure(noun: str) -> bool:
    """Say whether the gender of ``noun``, in small letters, is sure: that of ``turista`` is not."""
    return bool(_SURE.search(noun)) and NOUNS.known_gender(noun) is not None


def article(noun: str, gender: Gender) -> str:
    """Return the article that counts one of ``noun``, to stand before it: *un, uno, una, un'*."""
    if gender == "f":
        return "un'" if _VOWEL.match(noun) else "una"
    return "uno" if _IMPURE.match(noun) else "un"
