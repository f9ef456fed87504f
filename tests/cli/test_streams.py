"""Every command with standard streams that are closed, full, slow, gone, or of another language."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.processes import PROGRAM, program, wait_until
from tests.patience import PATIENCE_S
from tests.tone_server import serving_aside

from tts_server.audio.wav import wav_header
from tts_server.cli.registry import COMMANDS
from tts_server.client import SyncTTSClient

PRINTING = {
    "help": ["--help"],
    "help of a command": ["status", "--help"],
    "status": ["status", "--socket-path", "SOCKET"],
    "status json": ["status", "--json", "--socket-path", "SOCKET"],
    "voices": ["voices", "--backend", "tone"],
    "models": ["models", "list"],
    "config": ["config", "show"],
    "conformance": ["conformance", "--socket-path", "SOCKET", "--only", "text.clear"],
    "simulate": ["bench", "simulate", "--seconds", "20"],
}
HELP = {
    **{f"{command.name} help": [command.name, "--help"] for command in COMMANDS},
    "version": ["--version"],
    "conformance list": ["conformance", "--list"],
}
FAILING = {
    "nothing": [],
    "misuse": ["status", "--frobnicate"],
    "no server": ["status", "--socket-path", "/nonexistent/s"],
}
SPEAKING = {"say": ["say", "Hi.", "--socket-path", "SOCKET", "-o", "FILE"]}
CLOSED = ["<&- >&-", "2>&-", "<&- >&- 2>&-"]


needs_full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@pytest.fixture(scope="module")
def socket_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("s") / "s"
    with serving_aside(path) as endpoint:
        yield str(endpoint)


def run(
    arguments: list[str], redirections: str, socket_path: str, folder: Path, **environ: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the program from a shell that redirects its streams."""
    names = {"SOCKET": socket_path, "FILE": str(folder / "out.wav")}
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirections}', "sh", *PROGRAM, *(names.get(a, a) for a in arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
        env=os.environ
        | {"XDG_RUNTIME_DIR": str(folder), "TMPDIR": str(folder), "COLUMNS": "80", "PYTHONWARNINGS": "error"}
        | environ,
    )


def expected_status(name: str) -> int:
    return 1 if name == "no server" else 2 if name in FAILING else 0


def assert_in_order(done: subprocess.CompletedProcess[bytes]) -> None:
    for said in (done.stdout, done.stderr):
        assert b"Traceback" not in said, said
        assert b"unexpected" not in said, said
        assert b"Exception ignored" not in said, said


@pytest.mark.parametrize("redirections", CLOSED)
@pytest.mark.parametrize("name", [*PRINTING, *FAILING, *SPEAKING])
def test_closed_streams_change_nothing_but_what_is_seen(
    name: str, redirections: str, socket_path: str, short_dir: Path
) -> None:
    arguments = (PRINTING | FAILING | SPEAKING)[name]
    done = run(arguments, redirections, socket_path, short_dir)
    assert done.returncode == expected_status(name)
    assert_in_order(done)
    if "2>" in redirections:
        assert done.stderr == b""
    if ">&-" in redirections.split():
        assert done.stdout == b""
    elif name in FAILING or name in SPEAKING:
        assert done.stdout == b"", "a message stands among the results"
    else:
        assert done.stdout != b""
    assert name not in SPEAKING or (short_dir / "out.wav").stat().st_size > 1000


@needs_full_device
@pytest.mark.parametrize("name", PRINTING)
def test_full_device_is_one_line_and_a_failure(name: str, socket_path: str, short_dir: Path) -> None:
    done = run(PRINTING[name], ">/dev/full", socket_path, short_dir)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == b"tts-server: standard output: No space left on device"
    assert_in_order(done)


@pytest.mark.parametrize("name", PRINTING)
def test_reader_that_has_gone_is_a_status_alone(name: str, socket_path: str, short_dir: Path) -> None:
    # The fifo has a reader until the program runs, and none afterwards.
    fifo = short_dir / "fifo"
    os.mkfifo(fifo)
    done = run(PRINTING[name], f"3<>{fifo} >{fifo} 3>&-", socket_path, short_dir)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    "redirections", [pytest.param("2>/dev/full", marks=needs_full_device), "3<>FIFO 2>FIFO 3>&-"]
)
@pytest.mark.parametrize("name", ["status", *FAILING, *SPEAKING])
def test_messages_that_cannot_be_written_are_no_failure(
    name: str, redirections: str, socket_path: str, short_dir: Path
) -> None:
    os.mkfifo(short_dir / "fifo")
    arguments = (PRINTING | FAILING | SPEAKING)[name]
    done = run(arguments, redirections.replace("FIFO", str(short_dir / "fifo")), socket_path, short_dir)
    assert done.returncode == expected_status(name)
    assert_in_order(done)


LATIN = {"PYTHONIOENCODING": "latin-1"}
LOCALES = [
    {"PYTHONIOENCODING": "ascii:strict"},
    {"PYTHONIOENCODING": "utf-16"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"TERM": "", "COLUMNS": "0"},
    {"COLUMNS": "1"},
    {"COLUMNS": "99999999"},
]


@pytest.mark.parametrize(
    ("name", "environ"),
    [
        *((name, LATIN) for name in PRINTING | HELP),
        *((name, environ) for name in ("help of a command", "status", "config") for environ in LOCALES),
    ],
    ids=str,
)
def test_everything_is_printed_in_any_locale(
    name: str, environ: dict[str, str], socket_path: str, short_dir: Path
) -> None:
    done = run((PRINTING | HELP)[name], "", socket_path, short_dir, **environ)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


def test_what_a_locale_lacks_is_written_plainly(short_dir: Path) -> None:
    done = run(["status", "--help"], "", "", short_dir, PYTHONIOENCODING="latin-1")
    assert b"ws://... or wss://..." in done.stdout
    done = run(["voices", "--backend", "Ж…"], "", "", short_dir, PYTHONIOENCODING="ascii:strict")
    assert b"unknown backend '\\u0416...'" in done.stderr


@pytest.mark.parametrize("redirections", CLOSED)
def test_server_listens_although_streams_are_closed(redirections: str, short_dir: Path) -> None:
    path = short_dir / "s"
    shell = ["sh", "-c", f'exec "$@" {redirections}', "sh", *PROGRAM]
    arguments = ["serve", "--backend", "tone", "--socket-path", str(path)]
    with subprocess.Popen([*shell, *arguments], stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(path.exists, process)
            with SyncTTSClient(str(path)) as client:
                assert b"".join(client.synthesize("Hello."))
            if Path("/proc/self/fd").exists():
                opened = [str(Path(f"/proc/{process.pid}/fd/{n}").readlink()) for n in range(3)]
                assert not [name for name in opened if "socket" in name or "anon" in name]
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()


def test_audio_is_alone_on_standard_output(socket_path: str, short_dir: Path) -> None:
    arguments = ["say", "Hi.", "--socket-path", "SOCKET", "-o", "-"]
    done = run(arguments, "2>&-", socket_path, short_dir)
    assert done.returncode == 0
    assert done.stdout[:44] == wav_header(24000)
    assert len(done.stdout) == 44 + len("Hi.") * 2880


@pytest.mark.parametrize("fault", [">&-", pytest.param(">/dev/full", marks=needs_full_device), "1</dev/null"])
def test_audio_that_cannot_be_written_is_a_failure(fault: str, socket_path: str, short_dir: Path) -> None:
    done = run(["say", "Hi.", "--socket-path", "SOCKET", "-o", "-"], fault, socket_path, short_dir)
    assert done.returncode == (2 if fault == ">&-" else 1)
    assert b"standard output" in done.stderr.splitlines()[-1]
    assert_in_order(done)


@pytest.mark.parametrize(
    "arguments",
    [
        ["say", "word " * 40, "--socket-path", "SOCKET", "-o", "-"],
        ["conformance", "--list", "--json"],
        ["bench", "--help"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_pipe_that_does_not_block_gets_everything(
    arguments: list[str], socket_path: str, short_dir: Path
) -> None:
    whole = run(arguments, "", socket_path, short_dir).stdout
    read_end, write_end = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(write_end, False)
    arguments = [socket_path if argument == "SOCKET" else argument for argument in arguments]
    with program(*arguments, folder=short_dir, stdout=write_end) as process:
        os.close(write_end)
        time.sleep(0.5)
        with os.fdopen(read_end, "rb") as stream:
            got = stream.read()
        assert process.wait(PATIENCE_S) == 0
    assert got == whole


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "arguments",
    [
        ["conformance", "--socket-path", "SOCKET"],
        ["say", "word " * 40, "--socket-path", "SOCKET", "-o", "-"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_reader_that_takes_nothing_keeps_no_command_from_ending(
    arguments: list[str], number: signal.Signals, socket_path: str, short_dir: Path
) -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    # A pipe that is full from the start.
    try:
        while True:
            os.write(write_end, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write_end, True)
    arguments = [socket_path if argument == "SOCKET" else argument for argument in arguments]
    with program(*arguments, folder=short_dir, stdout=write_end) as process:
        os.close(write_end)
        time.sleep(1.5)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 128 + number
    os.close(read_end)


def test_log_that_nobody_reads_holds_up_nobody(short_dir: Path) -> None:
    path = short_dir / "s"
    arguments = ["serve", "--backend", "tone", "--socket-path", str(path), "--log-level", "DEBUG"]
    with program(*arguments, folder=short_dir, stdout=subprocess.DEVNULL) as process:
        wait_until(path.exists, process)
        # More lines of the log than a pipe holds.
        for _ in range(400):
            with SyncTTSClient(str(path)) as client:
                client.status()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert not path.exists()
