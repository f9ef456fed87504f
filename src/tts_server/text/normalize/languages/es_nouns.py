"""What tells Spanish nouns and their genders, and Roman numerals that are ordinals. Pure data."""

from __future__ import annotations

from tts_server.text.normalize.languages.iberian import Ordering
from tts_server.text.normalize.nouns import Nouns, genders
from tts_server.text.normalize.words import Gender

_MASCULINE_ENDINGS = "o or aje ón on án an ín in ún l r n t é y us ema oma ista".split()
_FEMININE_ENDINGS = (
    "a ción cion sión sion xión xion gión gion nión nion stión stion dad tad tud umbre triz".split()
)
_MASCULINE = (
    "día mediodía tranvía mapa planeta cometa sofá papá gorila pijama atleta poeta profeta pirata "
    "guardaespaldas clima drama programa diagrama telegrama crucigrama kilograma fantasma enigma estigma "
    "dogma trauma plasma prisma asma panorama pentagrama anagrama organigrama avión avion camión camion "
    "guión guion gorrión gorrion embrión embrion sarampión pez juez lápiz lapiz mes interés interes país "
    "pais bus autobús autobus vals gas arroz maíz disfraz cáliz dálmata burócrata demócrata acróbata "
    "patriota idiota colega camarada recluta belga monarca patriarca karma puma panda koala índice"
).split()
_FEMININE = (
    "mano foto moto noche medianoche tarde clase parte calle llave nube sangre leche carne torre suerte "
    "muerte fuente mente frase fase base nave clave nieve fiebre tos red pared sed ley flor luz voz cruz "
    "vez raíz raiz nariz paz sal señal catedral cárcel carcel piel miel imagen razón razon sazón sazon "
    "mujer sartén sarten serie especie superficie serpiente corriente gente patente variante crisis tesis "
    "dosis síntesis hipótesis labor sor actriz perdiz cicatriz hoz tez res col sucursal diagonal espiral "
    "vocal postal capital central llama cama rama fama dama trama gama alarma arma firma forma norma "
    "reforma plataforma crema goma broma loma toma yema quema diadema paloma corona persona víctima prima "
    "cima rima lágrima máxima encima orden app web tablet sede radio élite suite gripe tele bici liebre "
    "interfaz lombriz codorniz fe hélice catástrofe estrofe falange laringe faringe"
).split()
_UN_BEFORE_A = "agua águila arma aula hambre área alma hacha ala ancla acta ama hada ave arpa".split()
_UNACCENTED = str.maketrans("áéíóú", "aeiou")
_NOT_NOUNS = (
    "coma al ante bajo con contra de del desde durante en entre hacia hasta para por según sin sobre tras "
    "ni que pero mas más sino si no ya muy menos como cuando donde quien cual cuyo es son era eran fue "
    "fueron está están ha han hay se me te le lo la las los les nos os un una unos unas uno el él ella "
    "ellas ellos su sus mi mis tu tus este esta esto estas estos ese esa eso esas esos aquel también solo "
    "sólo casi porque pues así aquí ahí allí ayer hoy mañana siempre nunca después antes luego entonces "
    "tiene tienen puede pueden sea va van da dan vale mil millón millones igual entonces además aunque "
    "mientras dividido elevado multiplicado partido contra"
).split()
_LABELS = (
    "página páginas pág págs capítulo cap número núm nº artículo art línea fase etapa nivel grupo tipo "
    "clase canal sala puerta planta piso aula tema lección unidad tomo volumen vol parte paso punto "
    "opción versión ejemplo ejercicio figura fig tabla apartado sección anexo grado año pregunta "
    "respuesta equipo jugador zona ruta carretera autobús bus tren vuelo andén vía terminal habitación "
    "mesa caja bloque serie temporada episodio acto escena mundial fórmula división liga categoría puesto "
    "lugar prioridad código factor top plan modelo estación parada nota día la las el los del al"
).split()


def _singulars(word: str) -> tuple[str, ...]:
    """Return what the singular of a plural may be."""
    if len(word) < 4 or not word.endswith("s") or word in _EXCEPTIONS:
        return ()
    if word.endswith("ces"):
        return word[:-3] + "z", word[:-1]
    return (word[:-2].translate(_UNACCENTED), word[:-1]) if word.endswith("es") else (word[:-1],)


_EXCEPTIONS = genders(_MASCULINE, _FEMININE)
NOUNS = Nouns(
    endings=genders(_MASCULINE_ENDINGS, _FEMININE_ENDINGS),
    exceptions=_EXCEPTIONS,
    not_nouns=frozenset(_NOT_NOUNS),
    labels=frozenset(_LABELS),
    singulars=_singulars,
    invariable=frozenset(
        "crisis tesis dosis hipótesis análisis paréntesis lunes martes jueves viernes virus".split()
    ),
    masculine_before=frozenset(_UN_BEFORE_A),
)

_NAMES = (
    "Adriano Alberto Alejandro Alfonso Amadeo Amenofis Ana Balduino Beatriz Benedicto Bonifacio Calixto "
    "Carlos Carlota Casimiro Catalina Celestino Clemente Constantino Cristián Darío Eduardo Enrique "
    "Eugenio Federico Felipe Fernando Filipo Francisco Gregorio Guillermo Gustavo Haakon Harald Hugo "
    "Inocencio Isabel Iván Jacobo Jaime Jerjes Jorge José Juan Juana Julio Leonor Leopoldo León Luis "
    "Manuel Margarita Martín María Maximiliano Mehmed Miguel Moctezuma Napoleón Nicolás Olaf Ordoño Otón "
    "Pablo Paulo Pedro Pipino Ptolomeo Pío Rainiero Ramiro Ramsés Ricardo Roberto Rodolfo Sancho Sixto "
    "Sofía Solimán Teodosio Urbano Victoria Víctor"
).split()
_NUMBERED = (
    "anexo inciso apartado artículo sección siglo siglos capítulo cap. tomo volumen vol. acto escena "
    "parte título tipo fase nivel libro"
).split()
_EVENTS = (
    "guerra república olimpiada bienal edición congreso aniversario centenario jornadas jornada feria "
    "certamen festival legislatura dinastía torneo concurso premio encuentro simposio cumbre asamblea "
    "ciclo semana"
).split()
_ARTICLES: dict[str, tuple[Gender, bool]] = {
    "el": ("m", False),
    "del": ("m", False),
    "al": ("m", False),
    "la": ("f", False),
    "los": ("m", True),
    "las": ("f", True),
}
ORDERING = Ordering(
    names=frozenset(_NAMES),
    queens=frozenset({"Isabel", "Leonor", "Beatriz"}),
    numbered=frozenset(_NUMBERED),
    articles=_ARTICLES,
    events=frozenset(_EVENTS),
)
