"""Whom the service tells what becomes of a response: a connection's driver, a request over HTTP."""

from __future__ import annotations

from typing import Protocol

from tts_server.errors import TTSServerError
from tts_server.scheduling.job import AdmissionLimits
from tts_server.speech.made import Made


class Listener(Protocol):
    """Who asked for speech and is told what became of it, all on the event loop's thread.

    Every response ends in one of ``finished``, ``failed`` and ``released``. What it is told it may answer by
    asking the service for more, or for less. It does not raise: the response of one that does is cancelled.
    """

    connection_id: str
    admission: AdmissionLimits
    """What it may have in progress."""

    def made(self, response_id: str, made: Made) -> None:
        """Take what a step made."""

    def finished(self, response_id: str) -> None:
        """The response is complete, and released."""

    def failed(self, response_id: str, error: TTSServerError) -> None:
        """The response failed, and is released."""

    def released(self, response_id: str) -> None:
        """The engine has let go of a response that was cancelled."""
