"""The models of a backend as files: which there are, where they lie, whether they are what they should be.

A backend whose models are files registers a class in the entry-point group ``tts_server.models``, under its
own name. It is asked without the backend being made, so that its runtime need not be there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tts_server.backends.base import ProgressCallback


@dataclass(frozen=True, slots=True)
class ModelListing:
    """One line of ``models list``.

    Args:
        name: What ``--model`` takes; for a model that is not installed, what its file is called.
        description: What it is.
        size_bytes: Length of the whole file.
        installed: Whether the packages bring it.
        default: Whether it is used when no model is named.
    """

    name: str
    description: str
    size_bytes: int
    installed: bool
    default: bool


@dataclass(frozen=True, slots=True)
class VerifiedModel:
    """What a model was found to be.

    Args:
        name: Its name; for a file of one's own, the file's name.
        description: What it is.
        sha256: Sum of the whole, in hexadecimal.
    """

    name: str
    description: str
    sha256: str


class ModelCatalog(ABC):
    """A backend's models; made without arguments."""

    @abstractmethod
    def list_models(self) -> Sequence[ModelListing]:
        """List the models that this version knows. Cheap: reads none of them."""

    @abstractmethod
    def paths(self, model: str | None) -> Sequence[Path]:
        """Find the files of a model; None is the default one.

        Raises:
            ModelNotFoundError: There is no such model or file.
            MissingDependencyError: The packages that hold it are not installed.
        """

    @abstractmethod
    def verify(self, model: str | None, progress: ProgressCallback) -> VerifiedModel:
        """Read a model, and compare its checksum; None is the default one.

        What ``progress`` raises is let through.

        Raises:
            ModelNotFoundError: There is no such model, or it cannot be read.
            ModelCorruptError: It is not what it should be.
            MissingDependencyError: The packages that hold it are not installed.
        """
