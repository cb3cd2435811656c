#!/usr/bin/env bash
# Bring OpenREM, whose importer reads the dose SRs that we write, each package by its digest, into an environment of its
# own: requirements/peer-openrem.txt. The second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly HOME_OF_PEER=.peers/openrem LOCK=requirements/peer-openrem.txt

if cmp -s "$LOCK" "$HOME_OF_PEER/.locked"; then
    exit 0
fi
printf '[peers] installing OpenREM, each package by its digest\n'
.venv/bin/python -m venv --clear "$HOME_OF_PEER"
"$HOME_OF_PEER/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$LOCK" ||
    {
        printf '[peers] it could not be installed: check the network or the proxy, then run the same command again.\n' >&2
        exit 1
    }
cp "$LOCK" "$HOME_OF_PEER/.locked"
