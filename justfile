# Recipes run inside .venv, which `python3 dev.py setup` makes; just itself lies there too.
set shell := ["bash", "-euo", "pipefail", "-c"]
set positional-arguments
export PATH := justfile_directory() / ".venv/bin" + ":" + env("PATH")

# List the recipes.
default:
    @just --list

# Formatting, lint, types and documents.
check:
    ruff format --check .
    ruff check .
    mypy
    python tools/generate_reference.py --check
    python -m tools.generate_readings --check
    python tools/check_docs.py

# Put the formatting and the simple lint findings right.
fix:
    ruff check --fix .
    ruff format .

# All tests, or those that pytest's own arguments choose, shuffled and side by side (`-n 0`: one by one).
test *arguments:
    python dev.py test "$@"

# What of each pure module its own tests reach: of all modules, or of those that are named.
coverage *modules:
    python -m tools.coverage_gate "$@"

# Which small changes of the pure code its own tests do not notice; `--sample 50` tries fifty of them.
mutants *arguments:
    python -m tools.mutants "$@"

# What a text, or each line of a file, becomes on its way to the model; `--dialect es` for another language.
pronounce *arguments:
    python -m tools.pronounce "$@"

# The tests on every Python at hand, with the newest and the lowest versions that are allowed.
matrix *arguments:
    python tools/matrix.py "$@"

# The property tests with more examples; then FUZZ_SECONDS (600) each led by coverage and measuring what is costly.
fuzz *arguments:
    python -m pytest -m hypothesis --hypothesis-profile=fuzz --timeout=1800 "$@"
    python -m tests.fuzz.fuzz_session -max_total_time="${FUZZ_SECONDS:-600}"
    python -m tests.fuzz.fuzz_cost --seconds="${FUZZ_SECONDS:-600}"

# Measure this server beside kokoro-onnx, which lives in an environment of its own.
bench *arguments:
    python dev.py bench "$@"

# Write the reference anew from the code, then check the documents: links, headings, examples.
docs:
    python tools/generate_reference.py
    python -m tools.generate_readings
    python tools/check_docs.py

# Resolve the pins again; `just lock --upgrade` takes the newest versions.
lock *arguments:
    python tools/lock.py "$@"
