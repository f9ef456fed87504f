"""The tool that writes the names of languages from CLDR."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tools import generate_cldr

from tts_server.text.normalize.cldr import CLDR, CLDR_VERSION

KINDS = ("dates", "numbers", "units")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write files in the shape of CLDR's, filled with our English names in every language."""
    for kind in KINDS:
        write_json(tmp_path / kind / "package" / "package.json", {"version": CLDR_VERSION})
    for name in generate_cldr.LANGUAGES.values():
        for kind, file, content in (
            ("dates", "ca-gregorian", {"dates": {"calendars": {"gregorian": calendar()}}}),
            ("numbers", "currencies", {"numbers": {"currencies": currencies()}}),
            ("units", "units", {"units": {"long": units()}}),
        ):
            path = tmp_path / kind / "package" / "main" / name / f"{file}.json"
            write_json(path, {"main": {name: content}})
    return tmp_path


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the tool write into a folder of its own."""
    folder = tmp_path / "written"
    folder.mkdir()
    monkeypatch.setattr(generate_cldr, "FOLDER", folder)
    return folder


def write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def calendar() -> dict[str, Any]:
    names = CLDR["en"]
    months: dict[str, Any] = {"format": {}, "stand-alone": {}}
    for field, (form, width) in generate_cldr.MONTHS.items():
        months[form][width] = {str(index + 1): name for index, name in enumerate(getattr(names, field))}
    days = {
        width: dict(zip(generate_cldr.DAYS, getattr(names, field), strict=True))
        for field, width in generate_cldr.WEEKDAYS.items()
    }
    return {"months": months, "days": {"format": days}}


def currencies() -> dict[str, Any]:
    return {
        code: {"displayName": one.other, "displayName-count-one": one.one, "symbol": one.sign}
        | {"symbol-alt-narrow": one.narrow}
        for code, one in CLDR["en"].currencies.items()
    }


def units() -> dict[str, Any]:
    names = CLDR["en"]
    long: dict[str, Any] = {"per": {"compoundUnitPattern": names.per}}
    long["power2"] = {"compoundUnitPattern1": names.square}
    long["power3"] = {"compoundUnitPattern1-count-other": names.cubic}
    for key in " ".join(generate_cldr.UNITS).split():
        unit = names.units[key.partition("-")[2]]
        long[key] = {
            "unitPattern-count-one": unit.one.replace(" ", "\u00a0"),
            "unitPattern-count-other": unit.other.replace(" ", "\u202f"),
            "perUnitPattern": "{0}/x",
        }
    return long


def test_the_same_data_give_the_files_that_are_there(data: Path, written: Path) -> None:
    there = generate_cldr.ROOT / "src" / "tts_server" / "text" / "normalize" / "cldr"
    assert generate_cldr.main([str(data)]) == 0
    for name in ("en", "__init__"):
        assert (written / f"{name}.py").read_bytes() == (there / f"{name}.py").read_bytes()
    assert {path.stem for path in written.iterdir()} == {*generate_cldr.LANGUAGES, "__init__"}


def test_check_names_the_files_that_differ_and_leaves_them(
    data: Path, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate_cldr.main([str(data), "--check"]) == 1
    assert list(written.iterdir()) == []
    generate_cldr.main([str(data)])
    assert generate_cldr.main([str(data), "--check"]) == 0
    (written / "fr.py").write_text("changed", encoding="utf-8")
    capsys.readouterr()
    assert generate_cldr.main([str(data), "--check"]) == 1
    assert capsys.readouterr().err.startswith("fr.py ")
    assert (written / "fr.py").read_text(encoding="utf-8") == "changed"


def test_parts_of_two_versions_of_cldr_are_refused(data: Path) -> None:
    write_json(data / "units" / "package" / "package.json", {"version": "1.0.0"})
    with pytest.raises(ValueError, match=r"1\.0\.0"):
        generate_cldr.main([str(data), "--check"])


def test_a_units_own_form_for_each_of_it_is_kept_where_it_says_more() -> None:
    names = {"unitPattern-count-one": "{0} ora", "unitPattern-count-other": "{0} ore"}
    for per, is_kept in (("{0} all’ora", True), ("{0} al ora", False), ("{0}/h", False), ("", False)):
        line = generate_cldr.unit("duration-hour", names | {"perUnitPattern": per}, "{0} al {1}")
        assert ("per=" in line) is is_kept, per


def test_names_of_several_words_stay_whole() -> None:
    assert generate_cldr.words("months", ["a b", "c"]) == "months=('a b', 'c'),"
