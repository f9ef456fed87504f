"""Flags that several commands share, each named like the setting of ``config.py`` that it gives."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from tts_server.backends.registry import AUTO, known_backends
from tts_server.limits import Limits

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

LIMIT_HELP = {
    "max_text_chars": "characters of one commit",
    "max_inflight": "responses in progress or queued on one connection",
    "max_admitted": "responses admitted in all",
    "max_unsent_bytes": "bytes that may wait to be sent on one connection before its synthesis pauses",
    "max_unsent_total_bytes": "the same for all connections together, shared among those for which any wait",
    "send_stall_s": "seconds after which a client that takes nothing is dropped",
    "drain_s": "seconds that speech in progress may take to end when a session is closed or the server stops",
    "max_message_bytes": "bytes of one message from a client",
    "max_connections": "connections in all",
    "max_unread_bytes": "bytes of answers that may wait for one client before nothing more is read from it",
    "max_inbound_bytes": "bytes of messages not handled yet, in all, above which who sent most is dropped",
    "turn_bytes": "bytes taken from one connection before the others get their turn",
    "cpu_share": "part of one core that clients who ask for more than their share get together",
    "max_handshakes": "connections that have not said what they want; one more drops the oldest",
    "silent_s": "seconds after which a connection that said nothing makes room, where all are in use",
    "idle_s": "the same for one that said something, once nothing of it is in progress",
}


def add_client_endpoint(parser: ArgumentParser) -> None:
    """Add the flags that say where the server is."""
    group = parser.add_argument_group(
        "where the server is", "The first one given wins: --uri, --socket-path, --host with --port."
    )
    group.add_argument("--uri", metavar="URI", help="full address, ws://… or wss://… (TTS_WS_URI)")
    group.add_argument("--socket-path", metavar="PATH", help="Unix socket (TTS_WS_SOCKET)")
    group.add_argument("--host", metavar="HOST", help="host (TTS_WS_HOST; 127.0.0.1)")
    group.add_argument("--port", metavar="PORT", help="port (TTS_WS_PORT; 8765)")
    add_token_file(group)


def add_token_file(parser: Any) -> None:
    """Add the flag that names a file with a bearer token."""
    parser.add_argument(
        "--auth-token-file",
        metavar="FILE",
        help="file with the bearer token, readable by its owner alone",
    )


def add_backend(parser: ArgumentParser, title: str = "engine") -> None:
    """Add the flags that choose a backend and its model."""
    group = parser.add_argument_group(title)
    names = ", ".join([AUTO, *(entry.name for entry in known_backends())])
    group.add_argument("--backend", metavar="NAME", help=f"one of {names}; auto is the best installed (auto)")
    group.add_argument(
        "--model", metavar="MODEL", help="name of a model or path of a file (the backend's own)"
    )
    group.add_argument("--threads", metavar="N", help="threads of all engines (the backend chooses)")
    group.add_argument("--cache-dir", metavar="PATH", help="folder for prepared models")
    group.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        dest="settings",
        help="further setting of the backend; may be repeated",
    )


def add_scheduling(parser: ArgumentParser) -> None:
    """Add the flags that say how several listeners share the machine."""
    group = parser.add_argument_group("several listeners")
    group.add_argument(
        "--engines",
        metavar="N",
        help="engines of the one model that work side by side and share its threads, or auto for what the "
        "backend advises on this machine (1)",
    )
    group.add_argument(
        "--scheduling",
        metavar="ORDER",
        help="deadline: whoever runs dry first is served first; fifo: texts are spoken to their end in the "
        "order in which they came, to compare with (deadline)",
    )
    group.add_argument(
        "--no-admission",
        action="store_true",
        default=None,
        help="admit what the machine cannot keep up with, instead of answering busy",
    )


def add_limits(parser: ArgumentParser) -> None:
    """Add one flag for each limit."""
    group = parser.add_argument_group("limits")
    for limit in fields(Limits):
        default = getattr(Limits(), limit.name)
        group.add_argument(
            "--" + limit.name.removesuffix("_s").replace("_", "-"),
            dest=limit.name,
            metavar="S" if limit.name.endswith("_s") else "N",
            help=f"{LIMIT_HELP.get(limit.name, limit.name)} ({default})",
        )


def as_flags(args: Namespace) -> dict[str, Any]:
    """The values of the flags by name, None for those that were not given."""
    return vars(args)
