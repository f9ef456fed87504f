"""What an operator asks of the service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceStats:
    """Steps, bad samples, words and cancels since the start; engines now.

    ``words_repaired`` counts words that a backend had lost and spoke after all, ``words_left_out`` those
    that it could not speak, as far as it tells. ``releases`` counts responses that an engine has let go of
    after a cancel, ``release_s`` is the time from the cancels to it in all, ``longest_release_s`` the longest
    of them.
    """

    steps: int = 0
    bad_samples: int = 0
    words_repaired: int = 0
    words_left_out: int = 0
    releases: int = 0
    release_s: float = 0.0
    longest_release_s: float = 0.0
    stuck_engines: int = 0
    engines: int = 0
