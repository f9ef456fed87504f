"""Arrays that come with the package: an ``.npz``, and a ``.json`` that names the voices and the sum."""

from __future__ import annotations

import hashlib
import io
import json
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tts_server.errors import ModelCorruptError


def read_packed(name: str) -> tuple[tuple[str, ...], dict[str, NDArray[Any]]]:
    """Read ``data/<name>.npz`` after checking its sum.

    Returns:
        The voices, in the order of the arrays, and the arrays by name, which the caller owns.

    Raises:
        ModelCorruptError: The packed file is not the one that its description names.
    """
    folder = resources.files("tts_server.backends.kokoro") / "data"
    try:
        description: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        content = (folder / f"{name}.npz").read_bytes()
    except (OSError, ValueError) as error:
        raise ModelCorruptError(
            f"the package's {name} cannot be read: {error}; reinstall the package"
        ) from error
    if hashlib.sha256(content).hexdigest() != description["sha256"]:
        raise ModelCorruptError(f"wrong checksum: the package's {name} are damaged; reinstall the package")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return tuple(description["voices"]), dict(arrays)
