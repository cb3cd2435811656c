#!/usr/bin/env bash
# Resolve pyproject.toml into requirements/: one lock for every platform, each package by its digest.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/python -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-annotate --no-header "$@"
}

compile --extra server -o requirements/server.txt
compile --extra server --group dev -o requirements/dev.txt
# What the skin dose is measured against has an environment of its own; see scripts/skin_peers.sh.
printf '%s\n' pyskindose==25.1.1 spekpy==2.5.4 | .venv/bin/python -m uv pip compile - --quiet --universal \
    --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements/peer-skin.txt
# So has OpenREM; see scripts/openrem_peer.sh.
printf '%s\n' openrem==1.0.0b3 | .venv/bin/python -m uv pip compile - --quiet --universal \
    --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements/peer-openrem.txt
# uv comes before everything else, by pip, so it has a lock of its own: its lines of the large one.
awk '/^uv==/ { inside = 1; print; next } inside && /^ / { print; next } { inside = 0 }' requirements/dev.txt |
    sed '$ s/ \\$//' >requirements/uv.txt
