"""Where the clients' tests have their server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tts_server.endpoint import Endpoint


@pytest.fixture
def endpoint(short_dir: Path) -> Endpoint:
    return Endpoint.unix(short_dir / "tts.sock")
