"""Write ``text/normalize/cldr`` from Unicode's CLDR; ``--check`` says which files it would write otherwise.

The data are the packages ``cldr-dates-full``, ``cldr-numbers-full`` and ``cldr-units-full`` that Unicode
publishes on npm, unpacked beside each other::

    for part in dates numbers units; do npm pack cldr-$part-full@48.2.0; done
    for part in dates numbers units; do mkdir $part; tar xzf cldr-$part-full-48.2.0.tgz -C $part; done
    python tools/generate_cldr.py FOLDER

The same data give the same bytes. The names are to be spoken: a space that does not break is written as a
plain one, and a unit's own form for what is counted in each is left out where it has a stroke or is what the
language's common form gives.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "src" / "tts_server" / "text" / "normalize" / "cldr"

PACKAGE = "tts_server.text.normalize.cldr"

LANGUAGES = {
    "en": "en",
    "en_gb": "en-GB",
    "es": "es",
    "fr": "fr",
    "hi": "hi",
    "it": "it",
    "ja": "ja",
    "pt": "pt",
    "zh": "zh",
}
"""Module to CLDR's name; its ``pt`` is that of Brazil."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

MONTHS = {
    "months": ("format", "wide"),
    "months_alone": ("stand-alone", "wide"),
    "months_short": ("format", "abbreviated"),
    "months_short_alone": ("stand-alone", "abbreviated"),
}
"""The fields of months, and where CLDR has them."""

WEEKDAYS = {"weekdays": "wide", "weekdays_short": "abbreviated"}

CURRENCIES = (
    *("USD EUR GBP JPY CNY INR KRW RUB TRY VND BRL MXN ARS CLP COP PEN UYU CAD AUD NZD HKD SGD TWD".split()),
    *("CHF SEK NOK DKK ISK PLN CZK HUF RON BGN ILS THB IDR PHP MYR UAH ZAR NGN EGP KES AED SAR".split()),
    *("PKR BDT LKR NPR".split()),
)
"""Those that people write; CLDR names no cryptocurrency."""

UNITS = (
    "length-kilometer length-meter length-decimeter length-centimeter length-millimeter length-micrometer",
    "length-nanometer length-mile length-yard length-foot length-inch length-nautical-mile",
    "length-light-year",
    "mass-tonne mass-kilogram mass-gram mass-milligram mass-microgram mass-ton mass-stone mass-pound",
    "mass-ounce mass-carat",
    "volume-cubic-kilometer volume-cubic-meter volume-cubic-centimeter volume-cubic-foot",
    "volume-cubic-inch volume-hectoliter volume-liter volume-deciliter volume-centiliter",
    "volume-milliliter volume-gallon volume-quart volume-pint volume-cup volume-fluid-ounce",
    "volume-tablespoon volume-teaspoon volume-barrel",
    "area-square-kilometer area-hectare area-square-meter area-square-centimeter area-square-mile",
    "area-acre area-square-yard area-square-foot area-square-inch",
    "speed-kilometer-per-hour speed-meter-per-second speed-mile-per-hour speed-knot",
    "acceleration-meter-per-square-second",
    "duration-century duration-decade duration-year duration-month duration-week duration-day",
    "duration-hour duration-minute duration-second duration-millisecond duration-microsecond",
    "duration-nanosecond",
    "digital-petabyte digital-terabyte digital-terabit digital-gigabyte digital-gigabit digital-megabyte",
    "digital-megabit digital-kilobyte digital-kilobit digital-byte digital-bit",
    "temperature-generic temperature-celsius temperature-fahrenheit temperature-kelvin",
    "frequency-gigahertz frequency-megahertz frequency-kilohertz frequency-hertz",
    "power-gigawatt power-megawatt power-kilowatt power-watt power-milliwatt power-horsepower",
    "energy-kilowatt-hour energy-kilocalorie energy-calorie energy-foodcalorie energy-kilojoule",
    "energy-joule energy-electronvolt",
    "electric-volt electric-ampere electric-milliampere electric-ohm",
    "pressure-megapascal pressure-kilopascal pressure-hectopascal pressure-pascal pressure-bar",
    "pressure-millibar pressure-atmosphere pressure-pound-force-per-square-inch pressure-millimeter-ofhg",
    "force-newton",
    "torque-newton-meter",
    "light-lumen light-lux",
    "graphics-pixel graphics-megapixel graphics-dot-per-inch graphics-pixel-per-inch",
    "angle-degree angle-arc-minute angle-arc-second angle-radian angle-revolution",
    "consumption-liter-per-100-kilometer consumption-liter-per-kilometer consumption-mile-per-gallon",
    "concentr-mole concentr-percent concentr-permille concentr-part-per-1e6",
)
"""CLDR's kinds and names, in CLDR's order."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the modules, or compare them; returns the process's exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="the folder that holds dates/, numbers/ and units/")
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs")
    options = parser.parse_args(arguments)
    pages = {"__init__": index(options.data)} | {
        module: source(options.data, name) for module, name in LANGUAGES.items()
    }
    stale = [name for name, text in pages.items() if not is_current(FOLDER / f"{name}.py", text)]
    for name in stale:
        if options.check:
            print(f"{name}.py is not what CLDR gives; run tools/generate_cldr.py", file=sys.stderr)
        else:
            (FOLDER / f"{name}.py").write_text(pages[name], encoding="utf-8")
    return 1 if options.check and stale else 0


def is_current(path: Path, text: str) -> bool:
    """Say whether a file holds this text."""
    return path.exists() and path.read_text(encoding="utf-8") == text


def index(data: Path) -> str:
    """Write the module that names the others."""
    lines = [*head(data, "Names of every language, by its module's name.")]
    modules = sorted(LANGUAGES)
    imported = {name: name.upper() for name in modules} | {"names": "Names"}
    lines += [f"from {PACKAGE}.{name} import {imported[name]}" for name in sorted(imported)]
    lines.append("")
    lines += [f"CLDR_VERSION = {version(data)!r}", ""]
    lines += ["CLDR: dict[str, Names] = {", *(f"    {name!r}: {name.upper()}," for name in modules), "}"]
    return formatted(lines)


def source(data: Path, name: str) -> str:
    """Write one language's module."""
    module = next(module for module, cldr in LANGUAGES.items() if cldr == name)
    dates = part(data, "dates", name, "ca-gregorian")["dates"]["calendars"]["gregorian"]
    lines = [*head(data, f"What is called how in CLDR's locale ``{name}``.")]
    lines += [f"from {PACKAGE}.names import Currency, Names, UnitName", ""]
    lines += [f"{module.upper()} = Names("]
    for field, (form, width) in MONTHS.items():
        names = dates["months"][form][width]
        lines.append(words(field, [names[str(month)] for month in range(1, 13)]))
    for field, width in WEEKDAYS.items():
        lines.append(words(field, [dates["days"]["format"][width][day] for day in DAYS]))
    units = part(data, "units", name, "units")["units"]["long"]
    per = plain(units["per"]["compoundUnitPattern"])
    lines.append(f"per={per!r},")
    for field, power in {"square": "power2", "cubic": "power3"}.items():
        shape = units[power].get("compoundUnitPattern1-count-other") or units[power]["compoundUnitPattern1"]
        lines.append(f"{field}={plain(shape)!r},")
    money = part(data, "numbers", name, "currencies")["numbers"]["currencies"]
    lines += ["currencies={", *(currency(code, money[code]) for code in CURRENCIES), "},"]
    lines += ["units={", *(unit(key, units[key], per) for key in " ".join(UNITS).split()), "},", ")"]
    return formatted(lines)


def head(data: Path, says: str) -> Iterator[str]:
    """Yield the first lines of a module."""
    yield f'"""{says}'
    yield ""
    yield f"Pure data, written by tools/generate_cldr.py from Unicode CLDR {version(data)}; do not edit."
    yield '"""'
    yield ""
    yield "from __future__ import annotations"
    yield ""


def version(data: Path) -> str:
    """Return the version of CLDR, the same in all parts.

    Raises:
        ValueError: The parts are of several versions.
    """
    found = {
        json.loads((data / kind / "package" / "package.json").read_text(encoding="utf-8"))["version"]
        for kind in ("dates", "numbers", "units")
    }
    if len(found) != 1:
        raise ValueError(f"parts of several versions: {sorted(found)}")
    return str(found.pop())


def part(data: Path, kind: str, name: str, file: str) -> dict[str, Any]:
    """Read one language's file."""
    path = data / kind / "package" / "main" / name / f"{file}.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["main"][name]
    return content


def words(field: str, names: list[str]) -> str:
    """Write a field of names as a line of words, or as a tuple where one is more than a word."""
    plain_names = [plain(name) for name in names]
    if any(" " in name for name in plain_names):
        return f"{field}={tuple(plain_names)!r},"
    line = f"    {field}=tuple({' '.join(plain_names)!r}.split()),"
    return line if len(line) <= 100 else f"{field}=({', '.join(map(repr, plain_names))}),"


def currency(code: str, names: dict[str, str]) -> str:
    """Write one currency's entry."""
    other = names.get("displayName-count-other", names["displayName"])
    one = names.get("displayName-count-one", other)
    sign = names.get("symbol", code)
    shown = ", ".join(repr(plain(name)) for name in (sign, names.get("symbol-alt-narrow", sign), one, other))
    return f"{code!r}: Currency({shown}),"


def unit(key: str, names: dict[str, str], common: str) -> str:
    """Write one unit's entry, without its kind; ``common`` joins any two units of the language."""
    other = plain(names["unitPattern-count-other"])
    one = plain(names.get("unitPattern-count-one", other))
    arguments = [repr(one), repr(other)]
    per = plain(names.get("perUnitPattern", ""))
    if per and "/" not in per and per != common.replace("{1}", one.replace("{0}", "").strip()):
        arguments.append(f"per={per!r}")
    if gender := names.get("gender"):
        arguments.append(f"gender={gender!r}")
    return f"{key.partition('-')[2]!r}: UnitName({', '.join(arguments)}),"


def plain(name: str) -> str:
    """Return a name with plain spaces."""
    return " ".join(name.split())


def formatted(lines: Sequence[str]) -> str:
    """Return the source as the project's formatter writes it."""
    command = [*(sys.executable, "-m", "ruff", "format", "-"), f"--stdin-filename={ROOT / 'src' / 'any.py'}"]
    text = "\n".join(lines) + "\n"
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
