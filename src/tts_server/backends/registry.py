"""Which backends there are, which can run here, and how one is made.

A backend of any distribution registers its class in the entry-point group ``tts_server.backends``; it is
made with one ``BackendOptions``. The built-in ones register the same way, and are also known here, with the
packages that they need, so that they are found in a bare checkout and what is missing can be named without
importing anything heavy.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Final, cast

from tts_server.errors import ConfigError, MissingDependencyError

if TYPE_CHECKING:
    from tts_server.backends.base import Backend, BackendOptions
    from tts_server.backends.models import ModelCatalog

GROUP: Final = "tts_server.backends"
MODELS_GROUP: Final = "tts_server.models"

AUTO: Final = "auto"
"""Name that stands for the best backend that can run here."""

BackendFactory = Callable[["BackendOptions"], "Backend"]


@dataclass(frozen=True, slots=True)
class BackendEntry:
    """A backend that this installation knows.

    Args:
        name: What ``--backend`` takes.
        target: Where its class is, as ``module:class``.
        extra: Extra of this distribution that brings its packages; empty for another distribution's.
        requires: Modules that it imports and that may be missing.
        is_builtin: Whether it belongs to this distribution.
        models: Where the catalog of its models is, as ``module:class``; empty where they are no files.
    """

    name: str
    target: str
    extra: str = ""
    requires: tuple[str, ...] = ()
    is_builtin: bool = False
    models: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules that it needs and that are not installed; found without importing them."""
        return tuple(module for module in self.requires if not _is_installed(module))

    @property
    def is_installed(self) -> bool:
        """Whether everything that it needs is there."""
        return not self.missing


BUILT_IN: Final[tuple[BackendEntry, ...]] = (
    BackendEntry(
        "kokoro",
        "tts_server.backends.kokoro:KokoroBackend",
        extra="kokoro",
        requires=("numpy", "onnxruntime", "onnx", "espeakng_loader"),
        is_builtin=True,
        models="tts_server.backends.kokoro.catalog:KokoroModels",
    ),
    BackendEntry("tone", "tts_server.backends.tone:ToneBackend", is_builtin=True),
)
"""Best first: the order in which ``auto`` tries them. ``tone`` speaks no words and is the last resort."""


def known_backends() -> tuple[BackendEntry, ...]:
    """Every backend that can be named: the built-in ones, best first, then all others by name."""
    built_in = {entry.name: entry for entry in BUILT_IN}
    models = {point.name: point.value for point in entry_points(group=MODELS_GROUP)}
    others = {
        point.name: BackendEntry(point.name, point.value, models=models.get(point.name, ""))
        for point in entry_points(group=GROUP)
        if point.name not in built_in
    }
    return (*BUILT_IN, *(others[name] for name in sorted(others)))


def find_backend(name: str) -> BackendEntry:
    """Look a backend up; ``auto`` is the best that can run here.

    Raises:
        ConfigError: There is none of that name.
    """
    backends = known_backends()
    if name == AUTO:
        usable = (entry for entry in BUILT_IN if entry.is_installed)
        return next(usable)
    for entry in backends:
        if entry.name == name:
            return entry
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


def create_backend(name: str, options: BackendOptions) -> Backend:
    """Make a backend; its model is not loaded yet.

    Raises:
        ConfigError: There is none of that name, or an option is not accepted.
        MissingDependencyError: A package is missing.
    """
    entry = require_backend(name)
    try:
        factory = cast("BackendFactory", EntryPoint(entry.name, entry.target, GROUP).load())
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
