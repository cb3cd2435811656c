"""A supervisor to be killed: starts the embedded PostgreSQL in argv[1] on port argv[2], prints its URL, waits."""

import signal
import sys
from pathlib import Path

from db.embedded import EmbeddedPostgres

if __name__ == "__main__":
    with EmbeddedPostgres(Path(sys.argv[1]), port=int(sys.argv[2])) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        signal.pause()
