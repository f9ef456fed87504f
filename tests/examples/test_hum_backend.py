"""The example of a backend installs as any other, keeps the contract, and is heard through a server."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from tests.cli.processes import program, wait_until
from tests.client.speech import collect
from tests.patience import PATIENCE_S

from tts_server.backends.registry import GROUP
from tts_server.client import TTSClient
from tts_server.endpoint import Endpoint

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "hum-backend"
RATE_HZ = 16000
TEXT = "One two three."
LETTERS = len(TEXT.replace(" ", ""))
LENGTH_S = LETTERS * 0.07 + 3 * 0.06
"""Of the text, by the rules of the example."""


def run(*arguments: str | Path, folder: Path, **environ: str) -> str:
    ended = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the example's wheel and unpack it, which is all that an installation does with one like it."""
    folder = tmp_path_factory.mktemp("hum")
    source = shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    run("-m", "hatchling", "build", "-t", "wheel", "-d", folder / "wheels", folder=source)
    (wheel,) = (folder / "wheels").iterdir()
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_its_distribution_holds_one_module_and_registers_it(site: Path) -> None:
    assert [path.name for path in site.iterdir() if path.suffix != ".dist-info"] == ["hum_backend.py"]
    (info,) = site.glob("*.dist-info")
    points = Distribution.at(info).entry_points
    assert [(point.group, point.name, point.value) for point in points] == [
        (GROUP, "hum", "hum_backend:HumModel")
    ]


def test_its_own_tests_hold_it_to_the_contract(site: Path, tmp_path: Path) -> None:
    tests = shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")
    told = run("-m", "pytest", "-q", "-p", "no:cacheprovider", tests, folder=tmp_path, PYTHONPATH=str(site))
    assert "2 passed" in told


def test_it_is_named_beside_the_built_in_backends(site: Path, tmp_path: Path) -> None:
    told = run("-m", "tts_server", "voices", "--backend", "hum", folder=tmp_path, PYTHONPATH=str(site))
    assert [line.split()[0] for line in told.splitlines()[1:]] == ["low", "middle", "high"]


async def test_listeners_of_a_server_hear_it_hum_side_by_side(
    site: Path, short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(site))
    path = short_dir / "hum.sock"
    with program("serve", "--backend", "hum", "--socket-path", str(path), folder=short_dir) as server:
        await asyncio.to_thread(wait_until, path.exists, server)

        async def hear(voice: str, speed: float) -> bytes:
            async with TTSClient(Endpoint.unix(path)) as client:
                assert client.hello.audio.rate_hz == RATE_HZ
                return await collect(client.synthesize(TEXT, voice=voice, extras={"speed": speed}))

        asked = [("low", 1.0), ("middle", 1.0), ("high", 2.0), ("high", 1.0)]
        together = await asyncio.gather(*(hear(voice, speed) for voice, speed in asked))
        lengths_s = [len(pcm) / 2 / RATE_HZ for pcm in together]
        assert lengths_s == pytest.approx([LENGTH_S, LENGTH_S, LENGTH_S / 2, LENGTH_S], abs=0.01)
        assert len(set(together)) == len(asked)
        assert [await hear(voice, speed) for voice, speed in asked] == together
