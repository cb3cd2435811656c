#!/usr/bin/env bash
# Print the path of the newest Python >= 3.11 on PATH, or say that there is none.
#
# Each candidate is run, not only found: version managers leave commands on PATH that answer with an error.
set -euo pipefail

for candidate in "${PYTHON:-}" python3.14 python3.13 python3.12 python3.11 python3 /usr/bin/python3; do
    [ -n "$candidate" ] || continue
    if path="$("$candidate" -c 'import sys; assert (3, 11) <= sys.version_info < (3, 15); print(sys.executable)' 2>/dev/null)"; then
        printf '%s\n' "$path"
        exit 0
    fi
    if [ "$candidate" = "${PYTHON:-}" ]; then
        echo "PYTHON=$candidate is no Python from 3.11 to 3.14." >&2
        exit 1
    fi
done
echo 'There is no Python from 3.11 to 3.14 on PATH: install one (Debian 12: apt-get install python3), or set PYTHON=/path/to/python3.' >&2
exit 1
