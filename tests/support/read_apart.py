"""
Read files as ``doseledger read`` does, each in a process of its own, and tell what each cost.

``python read_apart.py FILE...`` prints one JSON line per file: ``file``, ``status``, ``reason``, ``kind``, ``seconds``,
and ``mb``, the most memory that its process held, interpreter and libraries included. A process that died has
the status ``died``.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 60


def read_apart(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Return what reading each file gave and cost, in their order."""
    command = [sys.executable, __file__, *map(str, files)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def _main(files: Sequence[str]) -> None:
    from dose_core.readers import registry  # noqa: F401  loaded once, before the processes part
    from dose_services.installed_readers import installed_readers
    from doseledger.read_command import line_of, load

    installed_readers()
    for file in files:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            signal.alarm(_PATIENCE_S)
            began = time.perf_counter()
            line = json.loads(line_of(Path(file), load(Path(file))))
            told = {key: line.get(key) for key in ("file", "status", "reason", "kind")}
            os.write(writing, json.dumps({**told, "seconds": time.perf_counter() - began}).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            told_raw = stream.read()
        _, _, usage = os.wait4(child, 0)
        told = json.loads(told_raw or json.dumps({"file": file, "status": "died", "seconds": _PATIENCE_S}))
        sys.stdout.write(json.dumps({**told, "mb": round(usage.ru_maxrss / 1024, 1)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # started by its path
    _main(sys.argv[1:])
