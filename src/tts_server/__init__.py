"""A text-to-speech server for voice agents: text in, speech out, over a WebSocket, on this machine.

What a program takes of it stands here, flat: ``from tts_server import TTSClient``. Each name is loaded from
its home when it is first asked for, so that importing the package loads nothing else, and a client nothing of
the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "AdmissionLimits",
    "AnswerTimeoutError",
    "AudioChunk",
    "BackendOptions",
    "BusyError",
    "Capabilities",
    "ChoiceError",
    "ClientError",
    "ConfigError",
    "ConformanceError",
    "ConnectFailedError",
    "ConnectionLostError",
    "DeadlineError",
    "Door",
    "Endpoint",
    "EndpointError",
    "Engine",
    "ExtraSpec",
    "Limits",
    "Listener",
    "LoadCancelled",
    "LocalProtocolError",
    "Made",
    "MissingDependencyError",
    "Model",
    "ModelCorruptError",
    "ModelError",
    "ModelNotFoundError",
    "NotReadyError",
    "ProgressCallback",
    "ProtocolError",
    "Readiness",
    "Ready",
    "RemoteProtocolError",
    "RequestRefusedError",
    "RetryPolicy",
    "SchedulingPolicy",
    "Server",
    "ServerConfig",
    "SimpleEngine",
    "Speech",
    "SpeechFailedError",
    "SpeechRequest",
    "SpeechStats",
    "StepResult",
    "SyncTTSClient",
    "SynthesisError",
    "TTSClient",
    "TTSServerError",
    "Utterance",
    "Voice",
    "Wish",
    "WordTime",
    "__version__",
    "choose",
]

if TYPE_CHECKING:
    from tts_server.backends.base import BackendOptions as BackendOptions
    from tts_server.backends.base import Engine as Engine
    from tts_server.backends.base import LoadCancelled as LoadCancelled
    from tts_server.backends.base import Model as Model
    from tts_server.backends.base import ProgressCallback as ProgressCallback
    from tts_server.backends.base import SimpleEngine as SimpleEngine
    from tts_server.backends.base import StepResult as StepResult
    from tts_server.backends.base import Utterance as Utterance
    from tts_server.client.backoff import RetryPolicy as RetryPolicy
    from tts_server.client.client import TTSClient as TTSClient
    from tts_server.client.speech import Speech as Speech
    from tts_server.client.stream import SpeechStats as SpeechStats
    from tts_server.client.sync import SyncTTSClient as SyncTTSClient
    from tts_server.config.server import ServerConfig as ServerConfig
    from tts_server.doors.door import Door as Door
    from tts_server.doors.door import NotReadyError as NotReadyError
    from tts_server.doors.door import Readiness as Readiness
    from tts_server.doors.door import Ready as Ready
    from tts_server.endpoint import Endpoint as Endpoint
    from tts_server.errors import AnswerTimeoutError as AnswerTimeoutError
    from tts_server.errors import BusyError as BusyError
    from tts_server.errors import ChoiceError as ChoiceError
    from tts_server.errors import ClientError as ClientError
    from tts_server.errors import ConfigError as ConfigError
    from tts_server.errors import ConformanceError as ConformanceError
    from tts_server.errors import ConnectFailedError as ConnectFailedError
    from tts_server.errors import ConnectionLostError as ConnectionLostError
    from tts_server.errors import DeadlineError as DeadlineError
    from tts_server.errors import EndpointError as EndpointError
    from tts_server.errors import LocalProtocolError as LocalProtocolError
    from tts_server.errors import MissingDependencyError as MissingDependencyError
    from tts_server.errors import ModelCorruptError as ModelCorruptError
    from tts_server.errors import ModelError as ModelError
    from tts_server.errors import ModelNotFoundError as ModelNotFoundError
    from tts_server.errors import ProtocolError as ProtocolError
    from tts_server.errors import RemoteProtocolError as RemoteProtocolError
    from tts_server.errors import RequestRefusedError as RequestRefusedError
    from tts_server.errors import SpeechFailedError as SpeechFailedError
    from tts_server.errors import SynthesisError as SynthesisError
    from tts_server.errors import TTSServerError as TTSServerError
    from tts_server.limits import Limits as Limits
    from tts_server.scheduling.job import AdmissionLimits as AdmissionLimits
    from tts_server.scheduling.policy import SchedulingPolicy as SchedulingPolicy
    from tts_server.server.app import Server as Server
    from tts_server.service.listener import Listener as Listener
    from tts_server.speech.capabilities import Capabilities as Capabilities
    from tts_server.speech.capabilities import ExtraSpec as ExtraSpec
    from tts_server.speech.capabilities import Voice as Voice
    from tts_server.speech.choices import Wish as Wish
    from tts_server.speech.choices import choose as choose
    from tts_server.speech.chunk import AudioChunk as AudioChunk
    from tts_server.speech.made import Made as Made
    from tts_server.speech.request import SpeechRequest as SpeechRequest
    from tts_server.speech.words import WordTime as WordTime
else:
    # Where a type checker does not look: a name that is not there is an error to it too.
    from importlib import import_module as _import_module

    _NAMES = {
        "backends.base": (
            *("BackendOptions", "Engine", "LoadCancelled", "Model", "ProgressCallback", "SimpleEngine"),
            *("StepResult", "Utterance"),
        ),
        "client.backoff": ("RetryPolicy",),
        "client.client": ("TTSClient",),
        "client.speech": ("Speech",),
        "client.stream": ("SpeechStats",),
        "client.sync": ("SyncTTSClient",),
        "config.server": ("ServerConfig",),
        "doors.door": ("Door", "NotReadyError", "Readiness", "Ready"),
        "endpoint": ("Endpoint",),
        "errors": (
            *("AnswerTimeoutError", "BusyError", "ChoiceError", "ClientError", "ConfigError"),
            *("ConformanceError", "ConnectFailedError", "ConnectionLostError", "DeadlineError"),
            *("EndpointError", "LocalProtocolError", "MissingDependencyError", "ModelCorruptError"),
            *("ModelError", "ModelNotFoundError", "ProtocolError", "RemoteProtocolError"),
            *("RequestRefusedError", "SpeechFailedError", "SynthesisError", "TTSServerError"),
        ),
        "limits": ("Limits",),
        "scheduling.job": ("AdmissionLimits",),
        "scheduling.policy": ("SchedulingPolicy",),
        "server.app": ("Server",),
        "service.listener": ("Listener",),
        "speech.capabilities": ("Capabilities", "ExtraSpec", "Voice"),
        "speech.choices": ("Wish", "choose"),
        "speech.chunk": ("AudioChunk",),
        "speech.made": ("Made",),
        "speech.request": ("SpeechRequest",),
        "speech.words": ("WordTime",),
    }
    _HOMES = {name: f"{__name__}.{home}" for home, names in _NAMES.items() for name in names}

    def __getattr__(name: str) -> object:
        """Load a name from its home, once."""
        home = _HOMES.get(name)
        if home is None:
            module = _import_module(__name__)
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=module)
        value = globals()[name] = getattr(_import_module(home), name)
        return value

    def __dir__() -> list[str]:
        """List the names that are there to be loaded as well."""
        return sorted({*globals(), *__all__})
