#!/usr/bin/env bash
# Bring the HL7 software of others that the tests talk to: what tests/peers/node locks, by its digest. The second run
# does nothing.
set -euo pipefail
cd "$(dirname "$0")/../tests/peers/node"

readonly BIN="$PWD/../../../.venv/bin"

if cmp -s package-lock.json node_modules/.locked; then
    exit 0
fi
printf '[peers] installing the locked packages of npm, each by its digest\n'
# npm's own node comes with the locked packages of .venv; one of the machine may be too old for the peer.
PATH="$BIN:$PATH" "$BIN/npm" ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
    {
        printf '[peers] they could not be installed: check the network or the proxy, then run the same command again.\n' >&2
        exit 1
    }
cp package-lock.json node_modules/.locked
