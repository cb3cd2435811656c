#!/usr/bin/env bash
# Bring everything that is locked into .venv; the second run does nothing.
#
# The stamp is the digest of what decides the content of .venv, the folder's own path included: a virtual environment
# that was moved is made anew.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly STAMP=.venv/.doseledger-setup
readonly NEEDED_KB=1200000 # the environment is about 700 MB, its download cache a third of that

say() { printf '[setup] %s\n' "$*"; }
die() {
    printf '[setup] %s\n' "$*" >&2
    exit 1
}

python="$(scripts/find_python.sh)" || exit 1
fingerprint="$({
    pwd
    "$python" -c 'import sys; print(sys.version, sys.executable)'
    cat requirements/uv.txt requirements/dev.txt scripts/setup.sh
    sed '/^\[tool\.ruff\]/,$d' pyproject.toml # what comes after it changes no installation
} | sha256sum | cut -d ' ' -f 1)"
if [ -x .venv/bin/python ] && [ -r "$STAMP" ] && [ "$(cat "$STAMP")" = "$fingerprint" ]; then
    exit 0
fi

"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    die "$python cannot make virtual environments: install python3-venv (make demo and make test do), or set PYTHON=/path/to/python3."
free_kb="$(df -Pk . | awk 'NR == 2 { print $4 }')"
[ "$free_kb" -ge "$NEEDED_KB" ] || die "The disk is too full: $((free_kb / 1024)) MB are free, $((NEEDED_KB / 1024)) MB are needed."

if [ ! -x .venv/bin/python ] || ! grep -qsxF "$(pwd)" .venv/.doseledger-path ||
    [ "$(.venv/bin/python -c 'import sys; print(sys.version)' 2>/dev/null)" != "$("$python" -c 'import sys; print(sys.version)')" ]; then
    say "1/3 making .venv with $python"
    "$python" -m venv --clear .venv
    pwd >.venv/.doseledger-path
fi
rm -f "$STAMP"

say '2/3 installing uv, by its digest'
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/uv.txt ||
    die 'uv could not be installed: check the network or the proxy, then run the same command again.'

# uv does not read pip's settings, and a hospital keeps its mirror and its certificates there.
from_pip() { .venv/bin/python -m pip config get "$1" 2>/dev/null || true; }
mirror="${PIP_INDEX_URL:-$(from_pip global.index-url)}"
[ -z "$mirror" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$mirror}"
certificates="${PIP_CERT:-$(from_pip global.cert)}"
[ -z "$certificates" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$certificates}"

# Compiled once here, or each process would compile its libraries at each start where it may not write.
say '3/3 installing the locked packages, each by its digest'
.venv/bin/python -m uv pip sync --compile-bytecode --python .venv/bin/python --require-hashes requirements/dev.txt 2>&1 |
    sed -u -n '/^ [+-] /!s/^/[setup]   /p' ||
    die 'The locked packages could not be installed: check the network, the proxy and the disk, then run the same command again.'
# The backend is in the lock already; nothing more is fetched for the build.
.venv/bin/python -m uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e . ||
    die 'DoseLedger itself could not be installed into .venv; the reason stands above.'

printf '%s\n' "$fingerprint" >"$STAMP"
say 'done: .venv/bin/doseledger'
