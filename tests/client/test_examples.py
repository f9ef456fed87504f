"""The examples in the docstrings, run as they stand."""

from __future__ import annotations

import inspect
import re
import textwrap
import wave
from pathlib import Path

import pytest
from tests.tone_server import serving_aside

from tts_server.client import SyncTTSClient, TTSClient
from tts_server.config.environment import default_socket_path

EXAMPLES = [
    pytest.param(textwrap.dedent(code), id=f"{owner.__name__}-{n}")
    for owner in (TTSClient, SyncTTSClient)
    for n, code in enumerate(re.findall(r"```python\n(.*?)```", inspect.getdoc(owner) or "", re.DOTALL))
]


@pytest.mark.parametrize("code", EXAMPLES)
def test_example_runs(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving_aside(default_socket_path()):
        exec(compile(code, "example", "exec"), {"__name__": "__main__"})
    if "wave" in code:
        with wave.open("hello.wav") as file:
            assert file.getnframes() > 0
    else:
        assert capsys.readouterr().out


def test_both_clients_have_examples() -> None:
    assert len(EXAMPLES) == 3
