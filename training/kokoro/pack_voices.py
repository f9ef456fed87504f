"""Pack Kokoro's voices into the package's data files and report the error that packing makes.

    npm pack kokoro-js@1.2.1
    python -m training.kokoro.pack_voices kokoro-js-1.2.1.tgz

The argument is the tarball, or a folder that holds the ``<name>.bin`` files of its ``voices``. Nothing is
fetched. With ``--check`` nothing is written: the package's voices are compared with the originals.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path, PurePosixPath

import numpy as np

from tts_server.backends.kokoro import voices
from tts_server.backends.kokoro.layout import STYLE_SIZE

DATA = Path(voices.__file__).parent / "data"
SOURCE = "kokoro-js 1.2.1 (npm), folder voices; Apache-2.0"


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "originals", type=Path, help="tarball of kokoro-js, or the folder with its .bin files"
    )
    parser.add_argument("--check", action="store_true", help="compare the package's voices, write nothing")
    arguments = parser.parse_args()
    contents = read_originals(arguments.originals)
    if not contents:
        print(f"{arguments.originals} holds no voices/*.bin", file=sys.stderr)
        return 1
    tables = {name: as_table(name, content) for name, content in sorted(contents.items())}
    if arguments.check:
        packed_tables = {name: voices.load_voices().rows(name) for name in tables}
    else:
        packed = voices.pack(list(tables.values()))
        packed_tables = {name: packed.rows(position) for position, name in enumerate(tables)}
        write(packed, contents, errors_of(tables, packed_tables))
    errors = errors_of(tables, packed_tables)
    for name, error in errors.items():
        print(f"{name:16s} {error:.6f}")
    print(f"{len(errors)} voices, largest error {max(errors.values()):.6f}")
    return 0


def read_originals(path: Path) -> dict[str, bytes]:
    """Return the content of each voice's file by the voice's name."""
    if path.is_dir():
        return {file.stem: file.read_bytes() for file in path.glob("*.bin")}
    contents = {}
    with tarfile.open(path) as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            file = (
                archive.extractfile(member)
                if name.parent.name == "voices" and name.suffix == ".bin"
                else None
            )
            if file is not None:
                contents[name.stem] = file.read()
    return contents


def as_table(name: str, content: bytes) -> voices.Float32:
    """Return a voice's table, shape (510, 256)."""
    expected = voices.N_ROWS * STYLE_SIZE * 4
    if len(content) != expected:
        raise SystemExit(f"{name} has {len(content)} bytes instead of {expected}")
    return np.frombuffer(content, "<f4").reshape(voices.N_ROWS, STYLE_SIZE).astype(np.float32)


def errors_of(tables: dict[str, voices.Float32], packed: dict[str, voices.Float32]) -> dict[str, float]:
    """Return the largest absolute difference of each voice."""
    return {name: float(np.abs(table - packed[name]).max()) for name, table in tables.items()}


def write(packed: voices.PackedVoices, contents: dict[str, bytes], errors: dict[str, float]) -> None:
    """Write ``voices.npz`` and the description that belongs to it."""
    buffer = io.BytesIO()
    np.savez(buffer, **{field.name: getattr(packed, field.name) for field in dataclasses.fields(packed)})
    content = buffer.getvalue()
    description = {
        "source": SOURCE,
        "sha256": hashlib.sha256(content).hexdigest(),
        "voices": {
            name: {
                "language": voices.describe(name).language,
                "original_sha256": hashlib.sha256(contents[name]).hexdigest(),
                "max_error": round(error, 6),
            }
            for name, error in errors.items()
        },
    }
    (DATA / "voices.npz").write_bytes(content)
    (DATA / "voices.json").write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
