#!/usr/bin/env bash
# Bring the software of others that the skin dose is measured against, each package by its digest, into an environment
# of its own: requirements/peer-skin.txt. The second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly HOME_OF_PEERS=.peers/skin LOCK=requirements/peer-skin.txt

if cmp -s "$LOCK" "$HOME_OF_PEERS/.locked"; then
    exit 0
fi
printf '[peers] installing PySkinDose and SpekPy, each package by its digest\n'
.venv/bin/python -m venv --clear "$HOME_OF_PEERS"
"$HOME_OF_PEERS/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$LOCK" ||
    {
        printf '[peers] they could not be installed: check the network or the proxy, then run the same command again.\n' >&2
        exit 1
    }
cp "$LOCK" "$HOME_OF_PEERS/.locked"
