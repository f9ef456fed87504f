"""Which backends there are, which can run here, and how one is made.

A backend of any distribution, this one too, registers its ``Model`` in the entry-point group
``tts_server.backends``; it is made with one ``BackendOptions``. What the backends of this distribution need
is written here, so that what is missing can be named without importing anything heavy.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from tts_server.errors import ConfigError, MissingDependencyError

if TYPE_CHECKING:
    from tts_server.backends.base import BackendOptions, Model
    from tts_server.backends.models import ModelCatalog

GROUP: Final = "tts_server.backends"
MODELS_GROUP: Final = "tts_server.models"

AUTO: Final = "auto"
"""Name that stands for the best backend that can run here."""

ModelFactory = Callable[["BackendOptions"], "Model"]


@dataclass(frozen=True, slots=True)
class BackendEntry:
    """A backend that this installation knows.

    Args:
        name: What ``--backend`` takes.
        target: Where its model's class is, as ``module:class``.
        extra: Extra of this distribution that brings its packages; empty for another distribution's.
        requires: Modules that it imports and that may be missing.
        models: Where the catalog of its models is, as ``module:class``; empty where they are no files.
    """

    name: str
    target: str
    extra: str = ""
    requires: tuple[str, ...] = ()
    models: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules that it needs and that are not installed; found without importing them."""
        return tuple(module for module in self.requires if not _is_installed(module))

    @property
    def is_installed(self) -> bool:
        """Whether everything that it needs is there."""
        return not self.missing


OURS: Final = "tts_server."
"""How the targets of this distribution's own backends begin."""

PREFERENCE: Final = ("kokoro", "tone")
"""The order in which ``auto`` tries backends. ``tone`` speaks no words and is the last resort."""

NEEDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"kokoro": ("numpy", "onnxruntime", "onnx", "espeakng_loader")}
)
"""Modules that a backend of this distribution needs; the extra that brings them has the backend's name."""


def known_backends() -> tuple[BackendEntry, ...]:
    """Every backend that can be named: the preferred ones, best first, then all others by name."""
    models = {point.name: point.value for point in entry_points(group=MODELS_GROUP)}
    found: dict[str, BackendEntry] = {}
    # No other distribution can take the name of one of ours.
    for point in sorted(entry_points(group=GROUP), key=lambda point: not point.value.startswith(OURS)):
        requires = NEEDS.get(point.name, ()) if point.value.startswith(OURS) else ()
        entry = BackendEntry(
            point.name,
            point.value,
            extra=point.name if requires else "",
            requires=requires,
            models=models.get(point.name, ""),
        )
        found.setdefault(point.name, entry)
    preferred = [name for name in PREFERENCE if name in found]
    return tuple(found[name] for name in [*preferred, *sorted(found.keys() - preferred)])


def find_backend(name: str) -> BackendEntry:
    """Look a backend up; ``auto`` is the best that can run here.

    Raises:
        ConfigError: There is none of that name.
    """
    backends = known_backends()
    for entry in backends:
        if entry.name == name or (name == AUTO and entry.name in PREFERENCE and entry.is_installed):
            return entry
    if not backends:
        raise ConfigError("no backend is registered: this package is not installed, only its files are there")
    accepted = ", ".join([AUTO, *(entry.name for entry in backends)])
    raise ConfigError(f"unknown backend {name!r}; there are {accepted}")


def require_backend(name: str) -> BackendEntry:
    """Look a backend up that is to be used now; imports nothing of it.

    Raises:
        ConfigError: There is none of that name.
        MissingDependencyError: A package is missing.
    """
    entry = find_backend(name)
    if entry.missing:
        raise _missing(entry, entry.missing)
    return entry


def create_model(name: str, options: BackendOptions) -> Model:
    """Make the model of a backend, not loaded yet.

    Raises:
        ConfigError: There is none of that name, or an option is not accepted.
        MissingDependencyError: A package is missing.
    """
    entry = require_backend(name)
    try:
        factory = cast("ModelFactory", EntryPoint(entry.name, entry.target, GROUP).load())
        return factory(options)
    except ModuleNotFoundError as error:
        raise _missing(entry, (error.name or str(error),)) from error
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"the {entry.name} backend cannot be imported: {error}") from error


def create_catalog(entry: BackendEntry) -> ModelCatalog | None:
    """Make the catalog of a backend's models, None where they are no files.

    Raises:
        MissingDependencyError: A package is missing.
        ConfigError: It cannot be imported.
    """
    if not entry.models:
        return None
    try:
        factory = cast(
            "Callable[[], ModelCatalog]", EntryPoint(entry.name, entry.models, MODELS_GROUP).load()
        )
    except ModuleNotFoundError as error:
        raise _missing(entry, (error.name or str(error),)) from error
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"the models of the {entry.name} backend cannot be listed: {error}") from error
    return factory()


def _missing(entry: BackendEntry, modules: tuple[str, ...]) -> ConfigError:
    names = ", ".join(modules)
    what = (
        f"the {entry.name} backend needs {names}, which {'is' if len(modules) == 1 else 'are'} not installed"
    )
    return MissingDependencyError(what, extra=entry.extra) if entry.extra else ConfigError(what)


def _is_installed(module: str) -> bool:
    if module in sys.modules:
        return sys.modules[module] is not None
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False
