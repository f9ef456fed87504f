"""A path is claimed by exactly one server, is its owner's alone, and is removed only by who made it."""

from __future__ import annotations

import multiprocessing
import os
import socket
import stat
import threading
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from tests.patience import PATIENCE_S

from tts_server.errors import EndpointError
from tts_server.files import owned
from tts_server.server import unix_socket
from tts_server.server.unix_socket import UnixSocket, claim


@pytest.fixture
def path(short_dir: Path) -> Path:
    return short_dir / "run" / "tts.sock"


@pytest.fixture
def claimed(path: Path) -> Iterator[UnixSocket]:
    ours = claim(path)
    yield ours
    ours.close()


def leave_stale(path: Path) -> None:
    """Leave a socket on which nobody listens, as a killed server does."""
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(os.fspath(path))


def test_socket_listens(claimed: UnixSocket) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(os.fspath(claimed.path))


def test_socket_is_its_owners_alone(claimed: UnixSocket) -> None:
    assert stat.S_IMODE(claimed.path.stat().st_mode) == 0o600


def test_socket_is_its_owners_alone_from_the_first_instant(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []

    class Watched(socket.socket):
        def listen(self, backlog: int = 0, /) -> None:
            modes.append(stat.S_IMODE(path.stat().st_mode))
            super().listen(backlog)

    path.parent.mkdir()
    monkeypatch.setattr("tts_server.server.unix_socket.socket.socket", Watched)
    previous = os.umask(0)
    try:
        claim(path).close()
    finally:
        assert os.umask(previous) == 0, "the umask is put back"
    assert modes == [0o600]


def test_missing_folders_are_made_for_the_owner_alone(short_dir: Path) -> None:
    ours = claim(short_dir / "a" / "b" / "tts.sock")
    assert [stat.S_IMODE((short_dir / name).stat().st_mode) for name in ("a", "a/b")] == [0o700, 0o700]
    ours.close()


def test_stale_socket_is_replaced(path: Path) -> None:
    leave_stale(path)
    ours = claim(path)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(os.fspath(path))
    ours.close()


def test_live_socket_is_refused_and_stays(claimed: UnixSocket) -> None:
    with pytest.raises(EndpointError, match="another server is listening"):
        claim(claimed.path)
    assert claimed.path.is_socket()


def test_live_socket_with_a_full_backlog_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as sock, socket.socket(socket.AF_UNIX) as waiting:
        sock.bind(os.fspath(path))
        sock.listen(0)
        waiting.connect(os.fspath(path))
        with pytest.raises(EndpointError, match="another server is listening"):
            claim(path)


def test_datagram_socket_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(os.fspath(path))
        with pytest.raises(EndpointError, match="in use"):
            claim(path)


def test_file_is_refused_and_stays(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("precious")
    with pytest.raises(EndpointError, match="a file that is not a socket"):
        claim(path)
    assert path.read_text() == "precious"


def test_folder_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(EndpointError, match="is a folder"):
        claim(path)


def test_dangling_link_is_refused_and_stays(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("nowhere")
    with pytest.raises(EndpointError, match="leads nowhere"):
        claim(path)
    assert path.is_symlink()


def test_link_to_a_stale_socket_is_refused(path: Path, short_dir: Path) -> None:
    leave_stale(short_dir / "other.sock")
    path.parent.mkdir()
    path.symlink_to(short_dir / "other.sock")
    with pytest.raises(EndpointError, match="symbolic link"):
        claim(path)


@pytest.mark.parametrize("mode", [0o777, 0o702])
def test_folder_that_others_may_write_to_is_refused(path: Path, mode: int) -> None:
    path.parent.mkdir()
    path.parent.chmod(mode)
    with pytest.raises(EndpointError, match=f"mode {mode:04o}"):
        claim(path)
    assert not path.exists()


def test_folder_of_a_shared_group_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o770)
    monkeypatch.setattr(owned, "_is_private_group", lambda _gid: False)
    with pytest.raises(EndpointError, match="mode 0770"):
        claim(path)


def test_folder_of_ones_own_private_group_is_accepted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o770)
    monkeypatch.setattr(owned, "_is_private_group", lambda _gid: True)
    claim(path).close()


def test_folder_with_the_sticky_bit_is_accepted(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o1777)
    claim(path).close()


def test_folder_of_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    if os.geteuid() == 0:
        os.chown(path.parent, 12345, -1)
    else:
        monkeypatch.setattr("tts_server.server.unix_socket.os.geteuid", lambda: 54321)
    with pytest.raises(EndpointError, match="belongs to another user"):
        claim(path)


def test_path_over_the_systems_limit_is_refused(short_dir: Path) -> None:
    with pytest.raises(EndpointError, match=r"\d+ bytes and this system allows 10[37]"):
        claim(short_dir / ("x" * 110))


def test_parent_that_is_a_file_is_refused(path: Path) -> None:
    path.parent.write_text("")
    with pytest.raises(EndpointError, match="cannot listen"):
        claim(path)


def test_close_removes_the_socket(path: Path) -> None:
    ours = claim(path)
    ours.close()
    assert list(path.parent.iterdir()) == []
    ours.close()


def test_socket_of_another_at_the_same_path_is_not_removed(claimed: UnixSocket) -> None:
    claimed.path.unlink()
    other = claim(claimed.path)
    assert not claimed.remove()
    assert claimed.path.is_socket()
    other.close()


def test_remove_of_what_is_gone_does_nothing(claimed: UnixSocket) -> None:
    claimed.path.unlink()
    assert not claimed.remove()


def test_lock_of_another_process_is_waited_for(path: Path) -> None:
    path.parent.mkdir()
    done: list[UnixSocket] = []
    with unix_socket._locked(path.parent):
        thread = threading.Thread(target=lambda: done.append(claim(path)))
        thread.start()
        thread.join(0.05)
        assert not done
    thread.join(PATIENCE_S)
    done[0].close()


def test_lock_that_is_never_released_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    monkeypatch.setattr(unix_socket, "LOCK_TIMEOUT_S", 0.02)
    with unix_socket._locked(path.parent), pytest.raises(EndpointError, match="lock"):
        claim(path)


def _race(path: str, barrier: Barrier, results: multiprocessing.Queue[str], release: Barrier) -> None:
    barrier.wait(PATIENCE_S)
    try:
        ours = claim(path)
    except EndpointError as error:
        results.put(str(error))
        release.wait(PATIENCE_S)
    else:
        results.put("won")
        release.wait(PATIENCE_S)
        ours.close()


@pytest.mark.parametrize("is_stale", [False, True])
def test_of_servers_started_at_once_exactly_one_wins_and_the_others_say_why(
    path: Path, *, is_stale: bool
) -> None:
    n_servers = 4
    if is_stale:
        leave_stale(path)
    context = multiprocessing.get_context("fork")
    for _ in range(10):
        barrier, release = context.Barrier(n_servers), context.Barrier(n_servers)
        results: multiprocessing.Queue[str] = context.Queue()
        racers = [
            context.Process(target=_race, args=(os.fspath(path), barrier, results, release))
            for _ in range(n_servers)
        ]
        for racer in racers:
            racer.start()
        outcomes = sorted(results.get(timeout=PATIENCE_S) for _ in racers)
        for racer in racers:
            racer.join(PATIENCE_S)
        assert outcomes.count("won") == 1
        assert all("another server is listening" in outcome for outcome in outcomes if outcome != "won")
        if is_stale:
            leave_stale(path)
