"""How money, units, titles and addresses are said in the languages that espeak-ng pronounces.

Pure data, for `other`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tts_server.text.normalize.markup import AddressWords


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's words.

    Args:
        address: Signs in addresses.
        currencies: Sign to singular, plural.
        cents: Between the unit and the hundredths.
        minus: The sign of a negative number.
        to: Between the ends of a range.
        hour: Between hours and minutes, with the space before; "" leaves the clock time to espeak-ng.
        units: Sign to what is said.
        abbreviations: Written to said.
    """

    address: AddressWords
    currencies: dict[str, tuple[str, str]]
    cents: str
    minus: str
    to: str
    hour: str
    units: dict[str, str]
    abbreviations: dict[str, str] = field(default_factory=dict)


WORDINGS = {
    "es": Wording(
        address=AddressWords("punto", "arroba", "barra", "guion", "guion bajo"),
        currencies={
            "$": ("dólar", "dólares"),
            "€": ("euro", "euros"),
            "£": ("libra", "libras"),
            "¥": ("yen", "yenes"),
        },
        cents=" con ",
        minus="menos ",
        to=" a ",
        hour=" y ",
        units={
            "kg": "kilos",
            "km": "kilómetros",
            "cm": "centímetros",
            "mm": "milímetros",
            "m": "metros",
            "g": "gramos",
            "km/h": "kilómetros por hora",
            "°C": "grados",
            "°": "grados",
            "GB": "gigas",
            "MB": "megas",
            "l": "litros",
            "h": "horas",
            "min": "minutos",
        },
        abbreviations={
            "Sr.": "señor",
            "Sra.": "señora",
            "Srta.": "señorita",
            "Dr.": "doctor",
            "Dra.": "doctora",
            "D.": "don",
            "Ud.": "usted",
            "Uds.": "ustedes",
            "EE. UU.": "Estados Unidos",
            "EE.UU.": "Estados Unidos",
            "p. ej.": "por ejemplo",
            "etc.": "etcétera",
            "pág.": "página",
            "núm.": "número",
            "n.º": "número",
            "Avda.": "avenida",
            "aprox.": "aproximadamente",
            "&": "y",
        },
    ),
    "fr-fr": Wording(
        address=AddressWords("point", "arobase", "slash", "tiret", "tiret bas"),
        currencies={
            "$": ("dollar", "dollars"),
            "€": ("euro", "euros"),
            "£": ("livre", "livres"),
            "¥": ("yen", "yens"),
        },
        cents=" ",
        minus="moins ",
        to=" à ",
        hour=" heures ",
        units={
            "kg": "kilos",
            "km": "kilomètres",
            "cm": "centimètres",
            "mm": "millimètres",
            "m": "mètres",
            "g": "grammes",
            "km/h": "kilomètres heure",
            "°C": "degrés",
            "°": "degrés",
            "Go": "gigaoctets",
            "Mo": "mégaoctets",
            "l": "litres",
            "min": "minutes",
        },
        abbreviations={
            "M.": "monsieur",
            "MM.": "messieurs",
            "Mme": "madame",
            "Mmes": "mesdames",
            "Mlle": "mademoiselle",
            "Dr": "docteur",
            "Dr.": "docteur",
            "Pr.": "professeur",
            "St.": "saint",
            "etc.": "et cetera",
            "p. ex.": "par exemple",
            "c.-à-d.": "c'est à dire",
            "env.": "environ",
            "n°": "numéro",
            "&": "et",
        },
    ),
    "it": Wording(
        address=AddressWords("punto", "chiocciola", "barra", "trattino", "trattino basso"),
        currencies={
            "$": ("dollaro", "dollari"),
            "€": ("euro", "euro"),
            "£": ("sterlina", "sterline"),
            "¥": ("yen", "yen"),
        },
        cents=" e ",
        minus="meno ",
        to=" a ",
        hour=" e ",
        units={
            "kg": "chili",
            "km": "chilometri",
            "cm": "centimetri",
            "mm": "millimetri",
            "m": "metri",
            "g": "grammi",
            "km/h": "chilometri orari",
            "°C": "gradi",
            "°": "gradi",
            "GB": "giga",
            "MB": "mega",
            "l": "litri",
            "min": "minuti",
        },
        abbreviations={
            "Sig.": "signor",
            "Sig.ra": "signora",
            "Sig.na": "signorina",
            "Dott.": "dottor",
            "Dott.ssa": "dottoressa",
            "Dr.": "dottor",
            "Prof.": "professor",
            "Prof.ssa": "professoressa",
            "Ing.": "ingegner",
            "Avv.": "avvocato",
            "ecc.": "eccetera",
            "p. es.": "per esempio",
            "ad es.": "ad esempio",
            "pag.": "pagina",
            "n.": "numero",
            "ca.": "circa",
            "&": "e",
        },
    ),
    "pt-br": Wording(
        address=AddressWords("ponto", "arroba", "barra", "traço", "sublinhado"),
        currencies={
            "R$": ("real", "reais"),
            "$": ("dólar", "dólares"),
            "€": ("euro", "euros"),
            "£": ("libra", "libras"),
            "¥": ("iene", "ienes"),
        },
        cents=" e ",
        minus="menos ",
        to=" a ",
        hour=" e ",
        units={
            "kg": "quilos",
            "km": "quilômetros",
            "cm": "centímetros",
            "mm": "milímetros",
            "m": "metros",
            "g": "gramas",
            "km/h": "quilômetros por hora",
            "°C": "graus",
            "°": "graus",
            "GB": "giga",
            "MB": "mega",
            "l": "litros",
            "min": "minutos",
        },
        abbreviations={
            "Sr.": "senhor",
            "Sra.": "senhora",
            "Srta.": "senhorita",
            "Dr.": "doutor",
            "Dra.": "doutora",
            "Prof.": "professor",
            "Profa.": "professora",
            "Av.": "avenida",
            "etc.": "etcétera",
            "p. ex.": "por exemplo",
            "pág.": "página",
            "nº": "número",
            "aprox.": "aproximadamente",
            "EUA": "Estados Unidos",
            "&": "e",
        },
    ),
    "hi": Wording(
        address=AddressWords("डॉट", "ऐट", "स्लैश", "डैश", "अंडरस्कोर"),
        currencies={
            "₹": ("रुपया", "रुपये"),
            "$": ("डॉलर", "डॉलर"),
            "€": ("यूरो", "यूरो"),
            "£": ("पाउंड", "पाउंड"),
        },
        cents=" ",
        minus="माइनस ",
        to=" से ",
        hour=" बजकर ",
        units={
            "kg": "किलो",
            "km": "किलोमीटर",
            "cm": "सेंटीमीटर",
            "m": "मीटर",
            "g": "ग्राम",
            "km/h": "किलोमीटर प्रति घंटा",
            "°C": "डिग्री",
            "°": "डिग्री",
            "GB": "जीबी",
            "MB": "एमबी",
            "किमी": "किलोमीटर",
            "किग्रा": "किलोग्राम",
        },
        abbreviations={
            "डॉ.": "डॉक्टर",
            "श्री.": "श्री",
            "प्रो.": "प्रोफ़ेसर",
            "रु.": "रुपये",
            "&": "और",
        },
    ),
}
