"""Kokoro's weights as the models of a backend. Needs none of the packages that run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tts_server.backends.kokoro.prepare import weights
from tts_server.backends.models import ModelCatalog, VerifiedModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tts_server.backends.base import ProgressCallback
    from tts_server.backends.models import ModelListing


class KokoroModels(ModelCatalog):
    """The exports that this version knows."""

    def list_models(self) -> Sequence[ModelListing]:
        """List the exports."""
        return weights.list_models()

    def paths(self, model: str | None) -> Sequence[Path]:
        """Find the file of an export, or its parts.

        Raises:
            ModelNotFoundError: There is no such file.
            MissingDependencyError: The packages that hold the parts are not installed.
        """
        return weights.resolve(model).paths

    def verify(self, model: str | None, progress: ProgressCallback) -> VerifiedModel:
        """Read an export, and compare its checksum.

        Raises:
            ModelNotFoundError: There is no such file, or it cannot be read.
            ModelCorruptError: The content is none that is known.
            MissingDependencyError: The packages that hold the parts are not installed.
        """
        found = weights.verify(model, progress)
        return VerifiedModel(found.name, found.description, found.sha256)
