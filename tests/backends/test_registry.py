"""Backends are found by name, made from options, and what is missing is said in one line."""

from __future__ import annotations

import importlib
import sys
import types
from importlib.metadata import EntryPoint, entry_points

import pytest

from tts_server.backends import registry
from tts_server.backends.base import BackendOptions
from tts_server.backends.registry import (
    BackendEntry,
    create_backend,
    create_catalog,
    find_backend,
    known_backends,
)
from tts_server.backends.tone import ToneBackend
from tts_server.errors import ConfigError, MissingDependencyError


def make_entry(name: str, *, requires: tuple[str, ...] = ()) -> BackendEntry:
    return BackendEntry(
        name, "tts_server.backends.tone:ToneBackend", extra=name, requires=requires, is_builtin=True
    )


def register(monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """Put entry points of other distributions in the place of the installed ones."""
    found = [EntryPoint(name, target, registry.GROUP) for name, target in points.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: found if group == registry.GROUP else [])


def test_tone_is_made_by_name() -> None:
    assert isinstance(create_backend("tone", BackendOptions()), ToneBackend)


def test_built_in_backends_are_known_without_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    assert {"kokoro", "tone"} <= {entry.name for entry in known_backends()}


def test_built_in_backends_register_as_others_do() -> None:
    points = {point.name: point.value for point in entry_points(group=registry.GROUP)}
    registered = {entry.name: entry.target for entry in known_backends() if entry.is_builtin}
    assert {name: points.get(name) for name in registered} == registered


def test_targets_of_built_in_backends_exist() -> None:
    for entry in known_backends():
        if entry.is_builtin and entry.is_installed:
            module, _, name = entry.target.partition(":")
            assert hasattr(importlib.import_module(module), name), entry.name


def test_catalogs_of_built_in_backends_exist_and_list_a_default() -> None:
    catalogs = {entry.name: create_catalog(entry) for entry in known_backends() if entry.is_builtin}
    assert catalogs["tone"] is None
    assert catalogs["kokoro"] is not None
    assert [model.default for model in catalogs["kokoro"].list_models()].count(True) == 1


def test_backend_of_another_distribution_is_made_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, whistle="tts_server.backends.tone:ToneBackend")
    assert isinstance(create_backend("whistle", BackendOptions()), ToneBackend)


def test_backend_of_another_distribution_cannot_take_a_built_in_name(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, tone="nowhere:Nothing")
    assert isinstance(create_backend("tone", BackendOptions()), ToneBackend)


def test_unknown_backend_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"'festival'.*auto.*kokoro.*tone"):
        create_backend("festival", BackendOptions())


def test_missing_package_names_the_extra_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("kokoro", requires=("surely_not_installed",))
    monkeypatch.setattr(registry, "BUILT_IN", (entry,))
    with pytest.raises(MissingDependencyError, match=r"surely_not_installed.*\[kokoro\]") as caught:
        create_backend("kokoro", BackendOptions())
    assert "\n" not in str(caught.value)


def test_module_that_is_missing_when_the_backend_is_imported_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def make(_options: BackendOptions) -> ToneBackend:
        raise ModuleNotFoundError("No module named 'engine_x'", name="engine_x")

    module = types.ModuleType("a_plugin")
    module.make = make  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_plugin", module)
    monkeypatch.setattr(registry, "BUILT_IN", (BackendEntry("x", "a_plugin:make", extra="x"),))
    with pytest.raises(MissingDependencyError, match=r"engine_x.*\[x\]"):
        create_backend("x", BackendOptions())


def test_plugin_that_cannot_be_imported_is_a_config_error(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, whistle="tts_server.backends.tone:Whistle")
    with pytest.raises(ConfigError, match="whistle"):
        create_backend("whistle", BackendOptions())


def test_auto_takes_the_first_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    best, good, tone = (
        make_entry("best", requires=("surely_not_installed",)),
        make_entry("good"),
        make_entry("tone"),
    )
    monkeypatch.setattr(registry, "BUILT_IN", (best, good, tone))
    assert find_backend("auto") is good


def test_auto_ends_with_tone_when_nothing_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = tuple(
        make_entry(e.name, requires=("surely_not_installed",)) for e in registry.BUILT_IN if e.name != "tone"
    )
    monkeypatch.setattr(registry, "BUILT_IN", (*missing, make_entry("tone")))
    assert find_backend("auto").name == "tone"


def test_what_is_missing_is_found_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    assert make_entry("x", requires=("this", "surely_not_installed")).missing == ("surely_not_installed",)
    assert "this" not in sys.modules
