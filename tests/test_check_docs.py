"""The check of the documents finds what it is for."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "tools" / "check_docs.py"


@pytest.fixture
def check_docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, looking at an empty folder."""
    spec = importlib.util.spec_from_file_location("check_docs", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("# A heading\n\n[up](#a-heading) and [out](https://example.org/x)\n", []),
        ("[lost](nowhere.md)\n", [(1, "no such file: nowhere.md")]),
        ("\n[lost](#nothing)\n", [(2, "no such heading: #nothing")]),
        ("[out](../..)\n", [(1, "leads out of the repository: ../..")]),
        ("`[code](x)`\n\n```text\n[code](x)\n```\n", []),
        ("# Twice\n\n# Twice\n\n[second](#twice-1)\n", []),
        (
            "# With `code`, and a [link](page.md)\n\n[it](#with-code-and-a-link)\n",
            [(1, "no such file: page.md")],
        ),
        ("```python\nawait f()\n```\n", []),
        ("text\n\n```python\nx = 1\ny = (\n```\n", [(5, "example does not compile: '(' was never closed")]),
        ("```python\n", [(1, "a fence that never ends")]),
        ('```json\n{"a": [\n1]}\n```\n\n```json\n{"a": 1}\n[2]\n```\n', []),
        ('```json\n{"a": 1}\n{a: 2}\n```\n', [(3, "no JSON")]),
        ("```sh\nX=1 tts-server say 'Hello.' -o - | aplay  # play it\ntts-server serve &\n```\n", []),
        (
            "```sh\npython3 dev.py hello\ntts-server say x -x\n```\n",
            [
                (
                    3,
                    "no such command: tts-server say: unrecognized arguments: -x; see tts-server say --help",
                )
            ],
        ),
    ],
)
def test_faults_of_a_document(
    check_docs: ModuleType, tmp_path: Path, text: str, faults: list[tuple[int, str]]
) -> None:
    document = tmp_path / "page-under-test.md"
    document.write_text(text)
    assert list(check_docs.faults(document)) == faults
