"""Coverage-guided fuzzing of the codec and a session's rules: ``python -m tests.fuzz.fuzz_session``.

Takes libFuzzer's flags (``-max_total_time=600 -runs=100000 -seed=1``) and ``--folder=PATH``, by default the
ignored ``.fuzz``: what it learns is kept in ``corpus`` there, and an input that fails beside it; give such a
file's path as the only argument to run it again. Needs atheris, which exists for Linux on x86-64; elsewhere
it says so.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / ".fuzz"


def main(arguments: list[str]) -> int:
    """Fuzz until a limit in the flags is reached; libFuzzer ends the process."""
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write("atheris is not installed here; it exists for Linux on x86-64\n")
        return 0
    import atheris

    with atheris.instrument_imports(include=["tts_server"]):
        from tests.fuzz.session_target import WORDS, run_one, seeds

    named = [argument.removeprefix("--folder=") for argument in arguments if argument.startswith("--folder=")]
    arguments = [argument for argument in arguments if not argument.startswith("--folder=")]
    folder = Path(named[-1]) if named else FOLDER
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds()):
        (corpus / f"seed-{number:03}").write_bytes(data)
    dictionary = folder / "words.txt"
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in WORDS)
    dictionary.write_text("\n".join(f'"{word}"' for word in quoted), encoding="utf-8")
    flags = [f"-dict={dictionary}", f"-artifact_prefix={folder}/", "-timeout=10", "-max_len=4096"]
    where = [] if any(not argument.startswith("-") for argument in arguments) else [str(corpus)]
    atheris.Setup([sys.argv[0], *flags, *arguments, *where], run_one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
