"""Clients of a speech server: ``TTSClient`` for asyncio, ``SyncTTSClient`` for everything else."""

from __future__ import annotations

from tts_server.client.backoff import RetryPolicy
from tts_server.client.client import TTSClient
from tts_server.client.speech import Speech
from tts_server.client.stream import SpeechStats
from tts_server.client.sync import SyncTTSClient
from tts_server.endpoint import Endpoint

__all__ = ["Endpoint", "RetryPolicy", "Speech", "SpeechStats", "SyncTTSClient", "TTSClient"]
