"""Kokoro-82M on ONNX Runtime: text in, 24 kHz speech out, on any CPU and with no network at run time.

The class is imported when it is first asked for, so that the models and voices can be listed without the
runtime.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tts_server.backends.kokoro.backend import KokoroModel

__all__ = ["KokoroModel"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(importlib.import_module("tts_server.backends.kokoro.backend"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
