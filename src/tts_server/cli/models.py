"""List the models that this version knows, verify one against its checksum, or say where its files are.

Examples:
  tts-server models list
  tts-server models verify
  tts-server models verify ~/models/kokoro-v1.0.onnx
  tts-server models path
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tts_server.cli.progress import Progress
from tts_server.config import cache_folder
from tts_server.errors import MissingDependencyError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from types import ModuleType


def configure(parser: ArgumentParser) -> None:
    """Add the command's actions and their flags."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the models and whether they are installed", allow_abbrev=False)
    listing.add_argument("--json", action="store_true", help="print JSON")
    verify = actions.add_parser("verify", help="read a model and compare its checksum", allow_abbrev=False)
    path = actions.add_parser("path", help="print the paths of a model's files", allow_abbrev=False)
    for action in (verify, path):
        action.add_argument("model", nargs="?", metavar="MODEL", help="name of a model or path of a file")
    path.add_argument("--cache", action="store_true", help="print the folder of prepared models instead")


def run(args: Namespace) -> int:
    """Do the action.

    Raises:
        ModelError: There is no such model, or it is damaged.
        MissingDependencyError: The packages that hold the model are not installed.
    """
    if args.action == "list":
        return _list(as_json=args.json)
    if args.action == "path":
        return _path(args.model, of_cache=args.cache)
    return _verify(args.model)


def _list(*, as_json: bool) -> int:
    rows = [
        {
            "name": model.name,
            "description": model.description,
            "size_bytes": model.size_bytes,
            "installed": model.installed,
            "default": model.default,
        }
        for model in _kokoro_weights().list_models()
    ]
    if as_json:
        print(json.dumps(rows, indent=2))
        return 0
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        state = "installed" if row["installed"] else "not installed; give the path of its file"
        size_mb = row["size_bytes"] / 1e6
        print(f"{row['name']:{width}}  {size_mb:4.0f} MB  {row['description']} ({state})")
    return 0


def _path(model: str | None, *, of_cache: bool) -> int:
    if of_cache:
        print(cache_folder())
        return 0
    for path in _kokoro_weights().resolve(model).paths:
        print(path)
    return 0


def _verify(model: str | None) -> int:
    progress = Progress()
    try:
        found = _kokoro_weights().verify(model, progress)
    finally:
        progress.finish()
    print(f"{found.name} is sound: {found.description}, SHA-256 {found.sha256}")
    return 0


def _kokoro_weights() -> ModuleType:
    try:
        from tts_server.backends.kokoro import weights  # noqa: PLC0415 - imports what may be missing
    except ModuleNotFoundError as error:
        raise MissingDependencyError(f"the kokoro backend needs {error.name}", extra="kokoro") from error
    return weights
