#!/usr/bin/env bash
# Bring the software of others that the tests talk to: what each folder of tests/peers locks, by its digest. The second
# run does nothing.
set -euo pipefail
cd "$(dirname "$0")/../tests/peers"

readonly BIN="$PWD/../../.venv/bin"

for lock in */package-lock.json; do
    peer=${lock%/*}
    if cmp -s "$lock" "$peer/node_modules/.locked"; then
        continue
    fi
    printf '[peers] installing the locked packages of npm for %s, each by its digest\n' "$peer"
    # npm's own node comes with the locked packages of .venv; one of the machine may be too old for the peer.
    PATH="$BIN:$PATH" "$BIN/npm" ci --prefix "$peer" --ignore-scripts --no-audit --no-fund --loglevel=error ||
        {
            printf '[peers] they could not be installed: check the network or the proxy, then run the same command again.\n' >&2
            exit 1
        }
    cp "$lock" "$peer/node_modules/.locked"
done
