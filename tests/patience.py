"""How long the tests wait for what must come."""

from __future__ import annotations

PATIENCE_S = 100.0
"""Longest wait for a state. Only a failing test waits so long, whatever else the machine does; it is well
below pytest's own time-out, so that such a test says what it waited for."""
