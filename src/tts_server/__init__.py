"""A text-to-speech server for voice agents: text in, speech out, over a WebSocket, on this machine."""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
