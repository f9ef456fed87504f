"""The norms of the decoder and the vocoder, frozen: their statistics and the style become scales and shifts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Norm:
    """One adaptive instance norm.

    Args:
        name: Module in the export; its style layer is ``<name>.fc``.
        alpha: Name of the factor that the activation after it needs, if any.
    """

    name: str
    n_channels: int
    alpha: str | None = None
