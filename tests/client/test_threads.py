"""The synchronous client from many threads, closed under those who wait, and dropped anywhere."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.client.hostile import HELLO
from tests.tone_server import serving_aside
from websockets.sync.server import ServerConnection, unix_serve

from tts_server.backends.tone import ToneScript
from tts_server.client import RetryPolicy, SyncTTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectFailedError, LocalProtocolError, RequestRefusedError
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import decode_client, encode_server

BUSY = RetryPolicy(max_tries=500, first_delay_s=0.002, max_delay_s=0.01)
LONG = "hello there " * 160


@pytest.fixture
def endpoint(short_dir: Path) -> Iterator[Endpoint]:
    with serving_aside(short_dir / "tts.sock", script=ToneScript(work_ms=20)) as endpoint:
        yield endpoint


def client_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "tts-client"]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def break_out(client: SyncTTSClient) -> None:
    for _ in client.synthesize(LONG):
        break


def close_it(client: SyncTTSClient) -> None:
    speech = client.synthesize(LONG)
    next(speech)
    speech.close()
    speech.close()
    assert list(speech) == []


def leave_its_block(client: SyncTTSClient) -> None:
    with client.synthesize(LONG) as speech:
        next(speech)


def raise_in_the_body(client: SyncTTSClient) -> None:
    with contextlib.suppress(ZeroDivisionError):
        for _ in client.synthesize(LONG):
            raise ZeroDivisionError


def drop_it_on_another_thread(client: SyncTTSClient) -> None:
    held = [client.synthesize(LONG)]
    next(held[0])
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()


def drop_it_on_the_clients_own_thread(client: SyncTTSClient) -> None:
    held = [client.synthesize(LONG)]
    next(held[0])
    loop = client._thread._loop  # type: ignore[union-attr]
    loop.call_soon_threadsafe(held.clear)
    wait_for(lambda: not held)


def keep_it(client: SyncTTSClient) -> object:
    speech = client.synthesize(LONG)
    next(speech)
    return speech


@pytest.mark.parametrize(
    "leave",
    [
        break_out,
        close_it,
        leave_its_block,
        raise_in_the_body,
        drop_it_on_another_thread,
        drop_it_on_the_clients_own_thread,
        keep_it,
    ],
    ids=lambda leave: leave.__name__,
)
def test_left_stream_frees_the_client_at_once(
    leave: Callable[[SyncTTSClient], object], endpoint: Endpoint
) -> None:
    gc.disable()
    try:
        with SyncTTSClient(endpoint, busy_retry=BUSY) as client:
            for _ in range(2):
                held = leave(client)
                began = time.monotonic()
                assert b"".join(client.synthesize("hello"))
                # The long text alone takes 23 s.
                assert time.monotonic() - began < 15
                del held
            wait_for(lambda: client.status().queue_depth == 0)
    finally:
        gc.enable()


def test_many_threads_share_one_client(endpoint: Endpoint) -> None:
    texts = ["one two", "three", "four five six", "seven", "eight", "nine ten"]
    with SyncTTSClient(endpoint, busy_retry=BUSY) as client, ThreadPoolExecutor(len(texts)) as pool:
        spoken = list(pool.map(lambda text: len(b"".join(client.synthesize(text))), texts))
        depths = list(pool.map(lambda _: client.status().queue_depth, range(20)))
    assert spoken == [2 * 1440 * len(text) for text in texts]
    assert depths == [0] * 20


def test_closing_ends_what_other_threads_wait_for(endpoint: Endpoint) -> None:
    client = SyncTTSClient(endpoint)
    client.connect()

    def commit_and_listen() -> None:
        client.append(LONG)
        client.commit()
        list(client.events())

    waits: list[Callable[[], object]] = [
        lambda: list(client.synthesize(LONG)),
        lambda: list(client.synthesize(LONG)),
        commit_and_listen,
    ]
    with ThreadPoolExecutor(5) as pool:
        futures = [pool.submit(wait) for wait in waits]
        time.sleep(0.2)
        closes = [pool.submit(client.close) for _ in range(2)]
        for close in closes:
            close.result(timeout=20)
        for future in futures:
            error = future.exception(timeout=20)
            assert error is None or isinstance(error, LocalProtocolError | RequestRefusedError)
    assert client_threads() == []
    with pytest.raises(LocalProtocolError, match="closed"):
        list(client.synthesize("x"))
    with pytest.raises(LocalProtocolError, match="closed"):
        client.connect()


def test_calls_that_race_with_a_close_end(endpoint: Endpoint) -> None:
    for _ in range(10):
        client = SyncTTSClient(endpoint)
        client.connect()

        def call(client: SyncTTSClient = client) -> None:
            try:
                while True:
                    client.status()
            except LocalProtocolError:
                return

        threads = [threading.Thread(target=call) for _ in range(3)]
        for thread in threads:
            thread.start()
        client.close()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()


def test_closing_ends_a_connect_in_another_thread(short_dir: Path) -> None:
    accepted = threading.Event()

    def say_nothing(websocket: ServerConnection) -> None:
        accepted.set()
        for _ in websocket:
            pass

    path = str(short_dir / "mute.sock")
    with unix_serve(say_nothing, path) as server, ThreadPoolExecutor(2) as pool:
        pool.submit(server.serve_forever)
        client = SyncTTSClient(path, connect_timeout_s=None)
        connecting = pool.submit(client.connect)
        assert accepted.wait(20)
        client.close()
        assert isinstance(connecting.exception(timeout=20), LocalProtocolError)
        server.shutdown()
    assert client_threads() == []


def test_connect_can_be_tried_again_after_it_failed(short_dir: Path) -> None:
    client = SyncTTSClient(str(short_dir / "late.sock"))
    for _ in range(2):
        with pytest.raises(ConnectFailedError):
            client.connect()
        with pytest.raises(LocalProtocolError, match="not connected"):
            client.status()
    assert client_threads() == []
    with serving_aside(short_dir / "late.sock") as endpoint, client:
        assert b"".join(client.synthesize("There you are."))
        assert str(endpoint)


def test_client_that_never_connected_can_be_closed(short_dir: Path) -> None:
    client = SyncTTSClient(str(short_dir / "nobody.sock"))
    client.close()
    with pytest.raises(LocalProtocolError, match="closed"):
        client.connect()


def test_client_connects_anew_after_its_connection_was_lost(short_dir: Path) -> None:
    def drop(websocket: ServerConnection) -> None:
        websocket.send(encode_server(HELLO))
        websocket.recv()

    path = str(short_dir / "drop.sock")
    with unix_serve(drop, path) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever)
        with SyncTTSClient(path) as client:
            for _ in range(3):
                with pytest.raises(Exception, match="ended"):
                    client.status()
                assert not client.is_connected
                assert isinstance(client.connect(), ev.Hello)
        server.shutdown()


def test_dropped_client_leaves_no_thread_and_no_connection(endpoint: Endpoint) -> None:
    client = SyncTTSClient(endpoint)
    client.connect()
    speech = client.synthesize("hello")
    del client
    # A stream keeps its client.
    assert b"".join(speech)
    assert len(client_threads()) == 1
    del speech
    wait_for(lambda: client_threads() == [])


def test_interrupt_ends_a_stream_that_is_waited_for(short_dir: Path) -> None:
    told = threading.Event()

    def accept_and_wait(websocket: ServerConnection) -> None:
        websocket.send(encode_server(HELLO))
        for message in websocket:
            event = decode_client(message)
            if isinstance(event, ev.CommitText):
                websocket.send(encode_server(ev.TextCommitted("e", "r", previous_event_id=event.event_id)))
                os.kill(os.getpid(), signal.SIGINT)
            if isinstance(event, ev.CancelResponse):
                told.set()

    path = str(short_dir / "slow.sock")
    with unix_serve(accept_and_wait, path) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever)
        with SyncTTSClient(path) as client:
            with pytest.raises(KeyboardInterrupt):
                next(client.synthesize("Good day."))
            assert told.wait(20)
            assert client.is_connected
        server.shutdown()
