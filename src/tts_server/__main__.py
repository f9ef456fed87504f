"""``python -m tts_server``: the same as ``tts-server``."""

from __future__ import annotations

import sys

from tts_server.cli import main

if __name__ == "__main__":
    sys.exit(main())
