#!/usr/bin/env bash
# Every check, one after the other. Each says its name; the first that fails stops the run and is named.
#
# All tests run on two processes, each with ports of its own; what starts servers is handed out file by file, so that a
# house that several tests share is built once. The rooms that speak SQL are tested on the distribution's PostgreSQL 15,
# the oldest that we know; all that stands on them on the embedded one, which is newer.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly PY=.venv/bin/python
readonly FAST=(tests/unit tests/architecture tests/validation tests/corpus)
readonly SQL=(tests/integration/db tests/integration/dose_services)
closing_lines=()
output="$(mktemp)"
trap 'rm -f "$output"' EXIT

step() {
    local name="$1" started=$SECONDS
    shift
    printf '\n[test] %s\n' "$name"
    if ! "$@" 2>&1 | tee "$output"; then
        printf '\n[test] FAILED: %s\n' "$name" >&2
        exit 1
    fi
    printf '[test] %s: passed in %d s\n' "$name" "$((SECONDS - started))"
    if [[ "$1 $*" == *pytest* ]]; then
        closing_lines+=("$name" "$(grep -E '^(=+ )?[0-9]+ passed' "$output" | tail -n 1)")
    fi
}

readonly WITH_SERVERS='orthanc or browser or slow'
ignored=()
existing=()
for tier in "${FAST[@]}"; do
    ignored+=("--ignore=$tier")
    [ ! -d "$tier" ] || existing+=("$tier")
done
pytest=("$PY" -m pytest -p no:cacheprovider)

step 'rules and import contracts' make lint
step 'types' make types
step 'container files' make containers
step 'pytest: fast tiers' "${pytest[@]}" -n 2 -m "not ($WITH_SERVERS)" "${existing[@]}"
step 'fuzz: dose reports and headers' make fuzz RUNS=10000
step 'pytest: on PostgreSQL 15' env DOSELEDGER_TEST_POSTGRES=system15 \
    "${pytest[@]}" -n 2 -m "not ($WITH_SERVERS)" "${SQL[@]}"
step 'pytest: on embedded PostgreSQL' env DOSELEDGER_TEST_POSTGRES=embedded \
    "${pytest[@]}" -n 2 -m "not ($WITH_SERVERS)" "${ignored[@]}" "${SQL[@]/#/--ignore=}" tests
step 'pytest: with real parts' env DOSELEDGER_TEST_POSTGRES=embedded \
    "${pytest[@]}" -n 2 --dist loadfile -m "$WITH_SERVERS" tests

printf '\n[test] all steps passed in %d s; the closing lines of the tests:\n' "$SECONDS"
printf '%s\n' "${closing_lines[@]}"
