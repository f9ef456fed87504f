"""List the models that this version knows, verify one against its checksum, or say where its files are.

Examples:
  tts-server models list
  tts-server models verify
  tts-server models verify ~/models/kokoro-v1.0.onnx
  tts-server models path
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from tts_server.backends.registry import create_catalog, find_backend, known_backends
from tts_server.cli.output import columns, show, show_json
from tts_server.cli.progress import Progress
from tts_server.config.environment import cache_folder
from tts_server.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from tts_server.backends.models import ModelCatalog


def configure(parser: ArgumentParser) -> None:
    """Add the command's actions and their flags."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the models and whether they are installed", allow_abbrev=False)
    listing.add_argument("--json", action="store_true", help="print JSON")
    verify = actions.add_parser("verify", help="read a model and compare its checksum", allow_abbrev=False)
    path = actions.add_parser("path", help="print the paths of a model's files", allow_abbrev=False)
    for action in (verify, path):
        action.add_argument("model", nargs="?", metavar="MODEL", help="name of a model or path of a file")
    for action in (listing, verify, path):
        action.add_argument("--backend", metavar="NAME", help="only models of this backend")
    path.add_argument("--cache", action="store_true", help="print the folder of prepared models instead")


def run(args: Namespace) -> int:
    """Do the action.

    Raises:
        ConfigError: There is no such backend, or its models are no files.
        ModelError: There is no such model, or it is damaged.
        MissingDependencyError: The packages that hold the model are not installed.
    """
    if args.action == "list":
        return _list(_catalogs(args.backend), as_json=args.json)
    if args.action == "path" and args.cache:
        show(cache_folder())
        return 0
    catalog = _catalog_of(args.model, _catalogs(args.backend))
    return _path(catalog, args.model) if args.action == "path" else _verify(catalog, args.model)


def _catalogs(backend: str | None) -> dict[str, ModelCatalog]:
    """The catalogs of every backend that has one, or of the one that was named."""
    entries = known_backends() if backend is None else (find_backend(backend),)
    found = {entry.name: create_catalog(entry) for entry in entries}
    catalogs = {name: catalog for name, catalog in found.items() if catalog is not None}
    if not catalogs:
        raise ConfigError(f"the {entries[0].name} backend has no models that are files")
    return catalogs


def _catalog_of(model: str | None, catalogs: dict[str, ModelCatalog]) -> ModelCatalog:
    """The one that lists a model of this name; any other model is of the best backend."""
    for catalog in catalogs.values():
        if any(listed.name == model for listed in catalog.list_models()):
            return catalog
    return next(iter(catalogs.values()))


def _list(catalogs: dict[str, ModelCatalog], *, as_json: bool) -> int:
    models = [(name, model) for name, catalog in catalogs.items() for model in catalog.list_models()]
    if as_json:
        show_json([{"backend": name, **asdict(model)} for name, model in models])
        return 0
    rows = []
    for _, model in models:
        state = "installed" if model.installed else "not installed; give the path of its file"
        rows.append((model.name, f"{model.size_bytes / 1e6:4.0f} MB", f"{model.description} ({state})"))
    show(columns(rows))
    return 0


def _path(catalog: ModelCatalog, model: str | None) -> int:
    show(str(path) for path in catalog.paths(model))
    return 0


def _verify(catalog: ModelCatalog, model: str | None) -> int:
    progress = Progress()
    try:
        found = catalog.verify(model, progress)
    finally:
        progress.finish()
    show(f"{found.name} is sound: {found.description}, SHA-256 {found.sha256}")
    return 0
