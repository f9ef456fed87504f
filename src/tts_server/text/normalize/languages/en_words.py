"""The tables of English. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.languages.en_abbreviations import ABBREVIATIONS
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORT_MONTHS = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1) if name != "May"}
_SHORT_MONTHS["sept"] = 9
_CALENDAR_WORDS = frozenset(
    """
    on every next last this by until till open closed from each due since during in of early late mid before
    after starting ending through past previous
    """.split()
)
WEEKDAYS = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Tues": "Tuesday",
    "Wed": "Wednesday",
    "Weds": "Wednesday",
    "Thu": "Thursday",
    "Thur": "Thursday",
    "Thurs": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}
_CENT = Noun("cent", "cents")
_DOLLAR = Noun("dollar", "dollars")


def _dollars(country: str) -> Currency:
    return Currency(Noun(f"{country} dollar", f"{country} dollars"), _CENT)


CURRENCIES = {
    "USD": Currency(_DOLLAR, _CENT),
    "EUR": Currency(Noun("euro", "euros"), _CENT),
    "GBP": Currency(Noun("pound", "pounds"), Noun("penny", "pence")),
    "JPY": Currency(Noun("yen", "yen")),
    "CNY": Currency(Noun("yuan", "yuan")),
    "INR": Currency(Noun("rupee", "rupees"), Noun("paisa", "paise")),
    "KRW": Currency(Noun("won", "won")),
    "RUB": Currency(Noun("ruble", "rubles"), Noun("kopek", "kopeks")),
    "TRY": Currency(Noun("lira", "lira"), Noun("kurush", "kurush")),
    "VND": Currency(Noun("dong", "dong")),
    "BRL": Currency(Noun("real", "reais"), Noun("centavo", "centavos")),
    "MXN": Currency(Noun("Mexican peso", "Mexican pesos"), Noun("centavo", "centavos")),
    "ARS": Currency(Noun("Argentine peso", "Argentine pesos"), Noun("centavo", "centavos")),
    "CLP": Currency(Noun("Chilean peso", "Chilean pesos")),
    "COP": Currency(Noun("Colombian peso", "Colombian pesos"), Noun("centavo", "centavos")),
    "CAD": _dollars("Canadian"),
    "AUD": _dollars("Australian"),
    "NZD": _dollars("New Zealand"),
    "HKD": _dollars("Hong Kong"),
    "SGD": _dollars("Singapore"),
    "CHF": Currency(Noun("Swiss franc", "Swiss francs"), Noun("centime", "centimes")),
    "SEK": Currency(Noun("Swedish krona", "Swedish kronor")),
    "NOK": Currency(Noun("Norwegian krone", "Norwegian kroner")),
    "DKK": Currency(Noun("Danish krone", "Danish kroner")),
    "PLN": Currency(Noun("zloty", "zloty"), Noun("grosz", "groszy")),
    "CZK": Currency(Noun("Czech koruna", "Czech koruna")),
    "HUF": Currency(Noun("forint", "forints")),
    "ILS": Currency(Noun("shekel", "shekels"), Noun("agora", "agorot")),
    "THB": Currency(Noun("baht", "baht"), Noun("satang", "satang")),
    "PHP": Currency(Noun("Philippine peso", "Philippine pesos"), Noun("centavo", "centavos")),
    "UAH": Currency(Noun("hryvnia", "hryvnias")),
    "ZAR": Currency(Noun("rand", "rand"), _CENT),
    "AED": Currency(Noun("dirham", "dirhams")),
    "SAR": Currency(Noun("riyal", "riyals")),
    "NGN": Currency(Noun("naira", "naira"), Noun("kobo", "kobo")),
    "BTC": Currency(Noun("bitcoin", "bitcoins")),
}


def _regular(*names: str) -> dict[str, Noun]:
    return {name.replace(" ", "-"): Noun(name, name + "s") for name in names}


def _per(name: str, per: str, many: str = "") -> Noun:
    return Noun(f"{name} per {per}", f"{many or name + 's'} per {per}")


UNITS = _regular(
    *"kilometer meter centimeter millimeter micrometer nanometer kilogram gram milligram microgram".split(),
    *"tonne liter deciliter centiliter milliliter hectare mile yard ounce pound gallon pint quart".split(),
    *"kilobyte megabyte gigabyte terabyte petabyte kibibyte mebibyte gibibyte watt kilowatt megawatt".split(),
    *"gigawatt volt kilovolt milliampere ohm kiloohm joule kilojoule kilocalorie pascal hectopascal".split(),
    *"kilopascal decibel nanosecond microsecond millisecond second minute hour day week month year".split(),
    *"pixel degree acre teaspoon tablespoon".split(),
    "fluid ounce",
    "square meter",
    "square centimeter",
    "square millimeter",
    "cubic meter",
    "cubic centimeter",
    "cubic kilometer",
    "square mile",
    "watt hour",
    "kilowatt hour",
    "megawatt hour",
    "milliampere hour",
) | {
    "percent": Noun("percent", "percent"),
    "permille": Noun("per mille", "per mille"),
    # The engine says the sign itself as one word.
    "square-kilometer": Noun("km²", "km²"),
    "foot": Noun("foot", "feet"),
    "inch": Noun("inch", "inches"),
    "square-foot": Noun("square foot", "square feet"),
    "square-inch": Noun("square inch", "square inches"),
    "cubic-foot": Noun("cubic foot", "cubic feet"),
    "celsius": Noun("degree Celsius", "degrees Celsius"),
    "fahrenheit": Noun("degree Fahrenheit", "degrees Fahrenheit"),
    "hertz": Noun("hertz", "hertz"),
    "kilohertz": Noun("kilohertz", "kilohertz"),
    "megahertz": Noun("megahertz", "megahertz"),
    "gigahertz": Noun("gigahertz", "gigahertz"),
    "mile-per-hour": _per("mile", "hour"),
    "mile-per-gallon": _per("mile", "gallon"),
    "kilometer-per-hour": _per("kilometer", "hour"),
    "meter-per-second": _per("meter", "second"),
    "meter-per-square-second": _per("meter", "second squared"),
    "byte-per-second": _per("byte", "second"),
    "kilobit-per-second": _per("kilobit", "second"),
    "megabit-per-second": _per("megabit", "second"),
    "gigabit-per-second": _per("gigabit", "second"),
    "megabyte-per-second": _per("megabyte", "second"),
    "gigabyte-per-second": _per("gigabyte", "second"),
    "revolution-per-minute": _per("revolution", "minute"),
    "beat-per-minute": _per("beat", "minute"),
    "dot-per-inch": _per("dot", "inch"),
    "kilometer-per-liter": _per("kilometer", "liter"),
    "millimeter-of-mercury": Noun("millimeter of mercury", "millimeters of mercury"),
    "horsepower": Noun("horsepower", "horsepower"),
    "British-thermal-unit": Noun("B T U", "B T U"),
    "frame-per-second": _per("frame", "second"),
    "pound-per-square-inch": Noun("pound per square inch", "pounds per square inch"),
}

CURRENCY_SIGNS = signs.CURRENCIES | {
    "₦": "NGN",
    "NGN": "NGN",
    "Rs.": "INR",
    "Rs": "INR",
    "kr": "SEK",
    "¢": "cent",
}
UNIT_SIGNS = signs.UNITS | {
    "mi": "mile",
    "yd": "yard",
    "yds": "yard",
    "ft": "foot",
    "ft.": "foot",
    "in.": "inch",
    "lb": "pound",
    "lb.": "pound",
    "lbs": "pound",
    "lbs.": "pound",
    "oz": "ounce",
    "oz.": "ounce",
    "gal": "gallon",
    "pt": "pint",
    "qt": "quart",
    "mph": "mile-per-hour",
    "mcg": "microgram",
    "mpg": "mile-per-gallon",
    "kph": "kilometer-per-hour",
    "rpm": "revolution-per-minute",
    "fps": "frame-per-second",
    "psi": "pound-per-square-inch",
    "sq ft": "square-foot",
    "sq. ft.": "square-foot",
    "sq mi": "square-mile",
    "ft²": "square-foot",
    "ft2": "square-foot",
    "in²": "square-inch",
    "ft³": "cubic-foot",
    "mi²": "square-mile",
    "ac": "acre",
    "ns": "nanosecond",
    "µs": "microsecond",
    "μs": "microsecond",
    "sec": "second",
    "secs": "second",
    "sec.": "second",
    "min.": "minute",
    "mins": "minute",
    "mins.": "minute",
    "h": "hour",
    "hr": "hour",
    "hr.": "hour",
    "hrs": "hour",
    "hrs.": "hour",
    "wk": "week",
    "wks": "week",
    "mo": "month",
    "mos": "month",
    "yr": "year",
    "yr.": "year",
    "yrs": "year",
    "yrs.": "year",
    "tsp": "teaspoon",
    "tsp.": "teaspoon",
    "tbsp": "tablespoon",
    "tbsp.": "tablespoon",
    "fl oz": "fluid-ounce",
    "fl. oz.": "fluid-ounce",
    "bpm": "beat-per-minute",
    "gb": "gigabyte",
    "mb": "megabyte",
    "kb": "kilobyte",
    "tb": "terabyte",
    "sq. mi.": "square-mile",
    "sq km": "square-kilometer",
    "sq m": "square-meter",
    "degrees C": "celsius",
    "degrees F": "fahrenheit",
    "deg C": "celsius",
    "deg F": "fahrenheit",
    "mmHg": "millimeter-of-mercury",
    "º": "degree",
    "wks.": "week",
    "mos.": "month",
    "dpi": "dot-per-inch",
    "BTU": "British-thermal-unit",
    "hp": "horsepower",
    "km/l": "kilometer-per-liter",
}

SCALES = {"K": "thousand", "k": "thousand", "M": "million", "B": "billion", "bn": "billion"}
SHORT_SCALES = {
    "mn": "million",
    "mln": "million",
    "bn": "billion",
    "bln": "billion",
    "tn": "trillion",
    "trn": "trillion",
}
MONEY_SCALES = {"m": "million", "mn": "million", "T": "trillion", "tn": "trillion"}
DURATIONS = {
    "d": "day",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "m": "minute",
    "min": "minute",
    "mins": "minute",
    "s": "second",
    "sec": "second",
    "secs": "second",
}
PER = {
    "h": "hour",
    "hr": "hour",
    "hour": "hour",
    "min": "minute",
    "s": "second",
    "sec": "second",
    "day": "day",
    "d": "day",
    "wk": "week",
    "week": "week",
    "mo": "month",
    "month": "month",
    "yr": "year",
    "year": "year",
    "kg": "kilogram",
    "lb": "pound",
    "oz": "ounce",
    "l": "liter",
    "gal": "gallon",
    "mi": "mile",
    "km": "kilometer",
    "m²": "square-meter",
    "sq ft": "square-foot",
}
SIGNS = {
    "+": "plus",
    "-": "minus",
    "=": "equals",
    "×": "times",
    "÷": "divided by",
    "<": "less than",
    ">": "greater than",
    "≤": "less than or equal to",
    "≥": "greater than or equal to",
    "≈": "is about",
    "±": "plus or minus",
    "≠": "is not equal to",
}
PREFIXES = {
    "-": "minus",
    "+": "plus",
    "±": "plus or minus",
    "<": "less than",
    ">": "more than",
    "≤": "at most",
    "≥": "at least",
    "≈": "about",
    "√": "the square root of",
}
TELEPHONES = (
    r"(?:1[ .-])?\(\d{3}\)[ -]?\d{3}[ .-]\d{4}",
    r"(?:1[ .-])?\d{3}[ .-]\d{3}[.-]\d{4}",
    r"(?:1 )?\d{3} \d{3} \d{4}",
    # Two round numbers are the ends of a range.
    r"(?!\d[05]0-\d\d?[05]0(?:0|\b))\d{3}-\d{4}",
    r"\(0\d{2,4}\) ?\d{3,4}(?: ?\d{3,4})?",
    r"0\d{2,5}[ -]\d{3,4}[ -]\d{3,4}",
    r"0\d{4} \d{6}",
    r"0\d{3} \d{7}",
    r"0\d{3} \d{4}",
    r"00\d{1,3}(?:[ -]\d{1,8}){2,6}",
    r"1[38]00 \d{3} \d{3}",
)
ADDRESS = AddressWords(
    "dot", "at", "slash", "dash", "underscore", "colon", "plus", "backslash", "tilde", "hashtag"
)


def notation(dialect: str) -> Notation:
    """Return how English is written, in one of its dialects."""
    return Notation(
        decimal=".",
        date_order="mdy" if dialect == "en-us" else "dmy",
        currencies=CURRENCY_SIGNS,
        units=UNIT_SIGNS,
        scales=SCALES,
        money_scales=MONEY_SCALES,
        scale_words=(*"hundred thousand million billion trillion lakh crore".split(), *SHORT_SCALES),
        months={name.lower(): number for number, name in enumerate(MONTHS, start=1)} | _SHORT_MONTHS,
        short_months=frozenset(_SHORT_MONTHS),
        doubtful_names=frozenset({"sat", "sun", "mon", "wed", "may", "march", *_SHORT_MONTHS}),
        calendar_words=_CALENDAR_WORDS,
        words_behind_days=frozenset("closed open morning afternoon evening night only".split()),
        weekdays=WEEKDAYS,
        has_halves=True,
        durations=DURATIONS,
        per=PER,
        ordinals=("st", "nd", "rd", "th"),
        telephones=TELEPHONES,
        plain_currencies=frozenset({"USD", "GBP", "CAD", "AUD", "NZD"}),
        range_marks="-—~",
        clock_marks=".",
        date_words=frozenset("on by due until since from before after dated through till starting".split()),
        code_words=frozenset({"code", "pin", "dial", "zip code", "zip", "passcode"}),
    )


WORDS = Words(
    units=UNITS,
    currencies=CURRENCIES | {"cent": Currency(_CENT)},
    signs=SIGNS,
    prefixes=PREFIXES,
    months=MONTHS,
    point="point",
    to="to",
    per="per",
    of="",
    cents=" and ",
    squared="squared",
    cubed="cubed",
    to_the_power="to the power of",
    plus="plus",
    zero="zero",
    number_sign="number",
    section_sign="section",
    address=ADDRESS,
    abbreviations=ABBREVIATIONS,
    and_sign="and",
    arrow="to",
    universal_time="UTC",
    names_cents=True,
)
