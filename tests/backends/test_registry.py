"""Backends are found by name, made from options, and what is missing is said in one line."""

from __future__ import annotations

import importlib
import sys
import tomllib
import types
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from tts_server.backends import registry
from tts_server.backends.base import BackendOptions
from tts_server.backends.registry import (
    BackendEntry,
    create_catalog,
    create_model,
    find_backend,
    known_backends,
)
from tts_server.backends.tone import ToneModel
from tts_server.errors import ConfigError, MissingDependencyError

ROOT = Path(__file__).resolve().parents[2]
TONE = "tts_server.backends.tone:ToneModel"


def register(monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """Put entry points in the place of the installed ones."""
    found = [EntryPoint(name, target, registry.GROUP) for name, target in points.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: found if group == registry.GROUP else [])


def need(monkeypatch: pytest.MonkeyPatch, **modules: tuple[str, ...]) -> None:
    """Change what the backends of this distribution need."""
    monkeypatch.setattr(registry, "NEEDS", modules)


def test_tone_is_made_by_name() -> None:
    assert isinstance(create_model("tone", BackendOptions()), ToneModel)


def test_own_backends_are_registered_as_others_are_and_come_first() -> None:
    own = [point for point in entry_points(group=registry.GROUP) if point.value.startswith(registry.OURS)]
    assert {point.name for point in own} == set(registry.PREFERENCE)
    assert [entry.name for entry in known_backends()[: len(own)]] == list(registry.PREFERENCE)


def test_own_backends_are_registered_as_the_project_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for group in (registry.GROUP, registry.MODELS_GROUP):
        installed = {
            point.name: point.value
            for point in entry_points(group=group)
            if point.value.startswith(registry.OURS)
        }
        assert installed == project["entry-points"][group]


def test_targets_of_own_backends_exist() -> None:
    for entry in known_backends():
        if entry.target.startswith(registry.OURS) and entry.is_installed:
            module, _, name = entry.target.partition(":")
            assert hasattr(importlib.import_module(module), name), entry.name


def test_what_own_backends_need_is_what_an_extra_of_their_name_brings() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert registry.NEEDS.keys() <= extras["optional-dependencies"].keys() & set(registry.PREFERENCE)


def test_catalogs_of_own_backends_exist_and_list_a_default() -> None:
    catalogs = {name: create_catalog(find_backend(name)) for name in registry.PREFERENCE}
    assert catalogs["tone"] is None
    assert catalogs["kokoro"] is not None
    assert [model.default for model in catalogs["kokoro"].list_models()].count(True) == 1


def test_backend_of_another_distribution_is_made_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, whistle=TONE)
    assert isinstance(create_model("whistle", BackendOptions()), ToneModel)


def test_backends_of_other_distributions_follow_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    register(
        monkeypatch, whistle="w:W", drum="d:D", tone=TONE, kokoro="tts_server.backends.kokoro:KokoroModel"
    )
    assert [entry.name for entry in known_backends()] == ["kokoro", "tone", "drum", "whistle"]


@pytest.mark.parametrize("is_first", [True, False])
def test_backend_of_another_distribution_cannot_take_the_name_of_an_own_one(
    monkeypatch: pytest.MonkeyPatch, *, is_first: bool
) -> None:
    points = [EntryPoint("tone", target, registry.GROUP) for target in ("nowhere:Nothing", TONE)]
    found = {registry.GROUP: points[:: 1 if is_first else -1], registry.MODELS_GROUP: []}
    monkeypatch.setattr(registry, "entry_points", lambda group: found[group])
    assert isinstance(create_model("tone", BackendOptions()), ToneModel)


def test_what_another_distribution_needs_is_not_known_by_its_backends_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need(monkeypatch, kokoro=("surely_not_installed",))
    register(monkeypatch, kokoro="another:Kokoro")
    assert find_backend("kokoro").is_installed


def test_package_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    for name in ("auto", "tone"):
        with pytest.raises(ConfigError, match="not installed"):
            create_model(name, BackendOptions())


def test_unknown_backend_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"'festival'.*auto.*kokoro.*tone"):
        create_model("festival", BackendOptions())


def test_missing_package_names_the_extra_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    need(monkeypatch, kokoro=("surely_not_installed",))
    with pytest.raises(MissingDependencyError, match=r"surely_not_installed.*\[kokoro\]") as caught:
        create_model("kokoro", BackendOptions())
    assert "\n" not in str(caught.value)


def test_module_that_is_missing_when_the_backend_is_imported_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def make(_options: BackendOptions) -> ToneModel:
        raise ModuleNotFoundError("No module named 'engine_x'", name="engine_x")

    module = types.ModuleType("tts_server.x")
    module.make = make  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tts_server.x", module)
    register(monkeypatch, x="tts_server.x:make")
    need(monkeypatch, x=("sys",))
    with pytest.raises(MissingDependencyError, match=r"engine_x.*\[x\]"):
        create_model("x", BackendOptions())


def test_plugin_that_cannot_be_imported_is_a_config_error(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, whistle="tts_server.backends.tone:Whistle")
    with pytest.raises(ConfigError, match="whistle"):
        create_model("whistle", BackendOptions())


def test_auto_takes_the_first_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, best="tts_server.b:B", good="tts_server.g:G", tone=TONE, other="o:O")
    monkeypatch.setattr(registry, "PREFERENCE", ("best", "good", "tone"))
    need(monkeypatch, best=("surely_not_installed",))
    assert find_backend("auto").name == "good"


def test_auto_ends_with_tone_when_nothing_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    need(monkeypatch, kokoro=("surely_not_installed",))
    assert find_backend("auto").name == "tone"


def test_what_is_missing_is_found_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    entry = BackendEntry("x", "x:X", requires=("this", "surely_not_installed"))
    assert entry.missing == ("surely_not_installed",)
    assert "this" not in sys.modules
