#!/usr/bin/env bash
# Renews the hash-pinned requirement files, without download addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
compile=(uv pip compile --quiet --generate-hashes --no-emit-index-url --no-strip-extras --no-header --python-version 3.11)
"${compile[@]}" pyproject.toml --extra server --group build -o requirements/run.txt
"${compile[@]}" pyproject.toml --extra server --extra postgres --group build --group dev -c requirements/run.txt -o requirements/dev.txt
"${compile[@]}" pyproject.toml --extra lint -c requirements/dev.txt -o requirements/lint.txt
"${compile[@]}" --group pyproject.toml:tools -o requirements/tools.txt
"${compile[@]}" --group pyproject.toml:fuzz -o requirements/fuzz.txt
