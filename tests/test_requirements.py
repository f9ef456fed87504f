"""The pinned requirement files are complete, agree with each other and pyproject.toml, name no address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "requirements"
HIGHEST = ["uv.txt", "build.txt", "dev.txt", "kokoro.txt", "cjk.txt", "bench.txt"]
FILES = [*HIGHEST, "lowest.txt"]
PYTHONS = ["3.11", "3.12", "3.13"]
PLATFORMS = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("darwin", "x86_64")]


def blocks(name: str) -> list[str]:
    """Part a file into requirements, each one with the lines of its hashes."""
    lines = [line for line in (PINS / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines))


def pins(name: str) -> list[Requirement]:
    return [Requirement(re.split(r"\s*\\?\n|\s+--hash", block)[0]) for block in blocks(name)]


def applies(marker: Marker | None, python: str, platform: tuple[str, str]) -> bool:
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": platform[0],
        "platform_machine": platform[1],
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    return marker is None or marker.evaluate(environment)


def versions(name: str, python: str, platform: tuple[str, str]) -> dict[str, str]:
    """Map each package that a file installs on one platform to its version; fail on one named twice."""
    found: dict[str, str] = {}
    for pin in pins(name):
        if applies(pin.marker, python, platform):
            (specifier,) = pin.specifier
            assert specifier.operator == "=="
            assert canonicalize_name(pin.name) not in found
            found[canonicalize_name(pin.name)] = specifier.version
    return found


def wanted(extras: list[str], groups: list[str]) -> list[Requirement]:
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lines = [*metadata["project"]["dependencies"]]
    lines += [line for extra in extras for line in metadata["project"]["optional-dependencies"][extra]]
    lines += [line for group in groups for line in metadata["dependency-groups"][group]]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", FILES)
def test_file_records_no_address_and_no_option(name: str) -> None:
    text = (PINS / name).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^-|\s--(?!hash=sha256:)\w", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    for block in blocks(name):
        assert re.match(r"[\w.-]+==[\w.+!-]+[ \\]", block), block
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_pins_satisfy_the_metadata(python: str, platform: tuple[str, str]) -> None:
    for name, extras, groups in [
        ("dev.txt", ["kokoro"], ["dev"]),
        ("lowest.txt", ["kokoro"], ["dev"]),
        ("kokoro.txt", ["kokoro"], []),
        ("cjk.txt", ["kokoro", "ja", "zh"], ["cjk"]),
    ]:
        pinned = versions(name, python, platform)
        for requirement in wanted(extras, groups):
            if applies(requirement.marker, python, platform):
                assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_one_version_of_a_package_in_all_files(python: str, platform: tuple[str, str]) -> None:
    reference = versions("dev.txt", python, platform)
    for name in HIGHEST:
        for package, version in versions(name, python, platform).items():
            assert reference.get(package, version) == version


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_lowest_pins_are_the_lower_bounds_of_the_metadata(python: str, platform: tuple[str, str]) -> None:
    pinned = versions("lowest.txt", python, platform)
    for requirement in wanted(["kokoro"], ["dev"]):
        if applies(requirement.marker, python, platform):
            bounds = [part.version for part in requirement.specifier if part.operator in {">=", "=="}]
            lowest = Version(min(bounds).removesuffix(".*"))
            assert Version(pinned[canonicalize_name(requirement.name)]) == lowest, requirement


@pytest.mark.parametrize("name", ["dev.txt", "lowest.txt", "kokoro.txt", "cjk.txt"])
def test_no_pin_brings_cuda_packages(name: str) -> None:
    heavy = re.compile(r"^(torch|triton|nvidia-.*|cuda-.*)$")
    assert [pin.name for pin in pins(name) if heavy.match(pin.name)] == []
