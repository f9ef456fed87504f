"""Run a server as a process of its own: ``python serve.py JSON``, for what can only be tried from outside."""

from __future__ import annotations

import json
import sys

from tts_server.backends.base import BackendOptions
from tts_server.config.server import ServerConfig
from tts_server.endpoint import Endpoint
from tts_server.errors import TTSServerError
from tts_server.limits import Limits
from tts_server.server.lifecycle import run_server

if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    config = ServerConfig(
        endpoint=Endpoint.unix(asked["path"]),
        backend="tone",
        options=BackendOptions(settings=tuple(asked.get("script", {}).items())),
        limits=Limits(**asked.get("limits", {})),
    )
    try:
        sys.exit(run_server(config))
    except TTSServerError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
