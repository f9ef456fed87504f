"""Speak a text through a speech server and write a WAV file, with the standard library and websockets alone.

This is protocol 0.1 from the first byte to the last, and the place to begin a client in another language. It
imports nothing of the server's package.

    python examples/reference_client.py "Good morning." hello.wav
    python examples/reference_client.py --uri ws://127.0.0.1:8765 --voice bf_emma "Good morning." hello.wav
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import time
import wave
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect, unix_connect

Event = dict[str, Any]

MAX_TRIES = 8
"""How often a busy server is asked again."""


class ServerRefusedError(Exception):
    """The server answered with an error."""


def main() -> int:
    """Speak the text of the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Speak a text through a speech server and write a WAV file.")
    parser.add_argument("text")
    parser.add_argument("wav", type=Path, help="the file to write")
    parser.add_argument("--uri", help="ws:// or wss:// address; the Unix socket is used without it")
    parser.add_argument("--socket", default=default_socket(), help="path of the Unix socket (%(default)s)")
    parser.add_argument("--voice", help="one of the server's voices")
    parser.add_argument("--language", help="a language code, such as en")
    args = parser.parse_args()
    try:
        with open_connection(args.uri, args.socket) as connection:
            rate_hz, pcm = speak(connection, args.text, args.voice, args.language)
        with wave.open(str(args.wav), "wb") as file:
            file.setparams((1, 2, rate_hz, 0, "NONE", ""))
            file.writeframes(pcm)
    except (ServerRefusedError, WebSocketException, OSError) as error:
        print(f"reference_client: {error}", file=sys.stderr)
        return 1
    print(f"{args.wav}: {len(pcm) / 2 / rate_hz:.2f} s at {rate_hz} Hz")
    return 0


def default_socket() -> str:
    """Where a server listens when it was not told otherwise."""
    if sys.platform == "darwin":
        return str(Path.home() / "Library" / "Caches" / "pipecat-tts" / "tts.sock")
    runtime = os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}")
    return str(Path(runtime) / "pipecat-tts" / "tts.sock")


def open_connection(uri: str | None, socket_path: str) -> ClientConnection:
    """Open the WebSocket. Compression is off: the audio does not get smaller, only later."""
    token = os.environ.get("TTS_WS_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if uri is not None:
        return connect(uri, additional_headers=headers, compression=None)
    return unix_connect(socket_path, uri="ws://localhost/", additional_headers=headers, compression=None)


def speak(
    connection: ClientConnection, text: str, voice: str | None, language: str | None
) -> tuple[int, bytes]:
    """Speak a text as one response.

    Returns:
        The sample rate, and the audio: signed 16-bit little-endian samples, one channel.
    """
    # 1. The server speaks first, once its model is loaded. Its rate is the rate of every frame that follows.
    hello = receive(connection, "server.hello")
    rate_hz = int(hello["audio"]["rate"])

    # 2. Configure the session; not needed for a server's own voice. The answer is what now holds.
    if voice or language:
        wanted = {"voice": voice, "language": language}
        send(connection, "session.update", **{name: value for name, value in wanted.items() if value})
        receive(connection, "session.created")

    # 3. Send the text, in as many pieces as one likes: an append is not answered.
    send(connection, "input_text.append", text=text)

    # 4. Ask for it to be spoken. A server that has too much to do says when to come back; it keeps the text.
    response_id = commit(connection)

    # 5. Take the audio. Frames are numbered from 0 without gaps; one of three events ends a response.
    audio = bytearray()
    n_frames = 0
    while True:
        event = receive(connection)
        if event["type"] == "error":
            raise ServerRefusedError(event["error"]["message"])
        if event.get("response_id") != response_id:
            continue
        if event["type"] == "response.audio.delta":
            if event["seq"] != n_frames:
                raise ServerRefusedError(f"frame {event['seq']} came where {n_frames} was due")
            n_frames += 1
            audio += base64.b64decode(event["audio"])
        elif event["type"] == "response.audio.done":
            break
        elif event["type"] == "response.cancelled":
            raise ServerRefusedError("the response was cancelled")
        elif event["type"] == "response.failed":
            raise ServerRefusedError(event["error"]["message"])

    # 6. Take leave.
    send(connection, "session.close")
    receive(connection, "session.closed")
    return rate_hz, bytes(audio)


def commit(connection: ClientConnection) -> str:
    """Commit what was appended, again while the server is busy, and return the response's id."""
    for attempt in range(MAX_TRIES):
        send(connection, "input_text.commit", event_id=f"commit-{attempt}")
        event = receive(connection, "input_text.committed", "error")
        if event["type"] == "input_text.committed":
            return str(event["response_id"])
        if event["error"]["code"] != "busy":
            raise ServerRefusedError(event["error"]["message"])
        time.sleep(event.get("retry_after_ms", 500) / 1000)
    raise ServerRefusedError("the server stayed busy")


def send(connection: ClientConnection, kind: str, **fields: object) -> None:
    """Send an event: one JSON object in a text frame."""
    connection.send(json.dumps({"type": kind, **fields}))


def receive(connection: ClientConnection, *kinds: str) -> Event:
    """Take the next event of one of these types, or of any; an error that was not asked for is raised.

    Events that are not known are passed over, so that a newer server does not break an older client.
    """
    while True:
        event: Event = json.loads(connection.recv())
        if not kinds or event["type"] in kinds:
            return event
        if event["type"] == "error":
            raise ServerRefusedError(event["error"]["message"])


if __name__ == "__main__":
    sys.exit(main())
