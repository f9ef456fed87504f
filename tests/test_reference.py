"""The generated reference is current, and the examples of the documents work."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.tone_server import serving_aside

from tts_server.backends.base import BackendOptions
from tts_server.backends.testing import check_backend
from tts_server.config.environment import default_socket_path
from tts_server.conformance.pattern import MATCHERS
from tts_server.conformance.transcript import ACTIONS, REQUIREMENTS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def examples(page: str) -> list[str]:
    """The Python examples of a page."""
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def run_example(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "example", "exec"), names)
    return names


def test_the_generated_pages_are_current() -> None:
    command = [sys.executable, str(ROOT / "tools" / "generate_reference.py"), "--check"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def test_a_page_that_is_not_current_is_found(tmp_path: Path) -> None:
    code = (ROOT / "tools" / "generate_reference.py").read_text(encoding="utf-8")
    (tmp_path / "tools").mkdir()
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    texts = (ROOT / "tools" / "reference_texts.json").read_text(encoding="utf-8")
    (tmp_path / "tools" / "reference_texts.json").write_text(texts, encoding="utf-8")
    script = tmp_path / "tools" / "generate_reference.py"
    script.write_text(code, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        finished = subprocess.run(
            [sys.executable, str(script), *arguments], capture_output=True, text=True, check=False
        )
        return finished.returncode, finished.stderr

    assert run("--check")[0] == 1
    assert run()[0] == 0
    assert run("--check") == (0, "")
    (tmp_path / "docs" / "reference" / "errors.md").write_text("old")
    assert run("--check") == (1, "docs/reference/errors.md: not current; run: just docs\n")


def test_the_page_about_transcripts_names_all_that_there_is() -> None:
    page = (DOCS / "reference" / "conformance.md").read_text(encoding="utf-8")
    missing = [name for name in [*ACTIONS, *REQUIREMENTS] if f"`{name}`" not in page]
    assert missing == []
    assert [name for name in MATCHERS if f'"{name}"' not in page] == []


def test_the_backend_of_the_guide_keeps_the_contract() -> None:
    whole, batches = examples("howto/add-a-backend.md")
    hum = run_example(f"{whole}\n{batches}")
    check_backend(lambda: hum["HumModel"](BackendOptions()))

    def engine(self: Any) -> Any:
        return hum["HumTogether"](self._wave)

    in_batches = type("InBatches", (hum["HumModel"],), {"engine": engine})
    check_backend(lambda: in_batches(BackendOptions()), batch_tolerance=0)


def test_the_example_of_an_embedded_server_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_example(examples("howto/embed-a-server.md")[0])
    assert "samples at 24000 Hz" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_the_example_of_a_model_in_an_embedded_server_speaks_and_keeps_the_contract(
    capsys: pytest.CaptureFixture[str],
) -> None:
    beeper = run_example(examples("howto/embed-a-server.md")[1])
    asyncio.run(beeper["main"]())
    assert "0.6 seconds of beeps" in capsys.readouterr().out
    check_backend(beeper["Beeper"])


@pytest.mark.parametrize("page", ["tutorial/first-voice.md", "howto/write-a-client.md"])
def test_the_example_of_a_client_speaks(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving_aside(default_socket_path()):
        run_example(examples(page)[0])
    assert capsys.readouterr().out
