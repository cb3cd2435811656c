"""
Run the benches: ``python bench/run.py [NAME...]``; without a name all of ``bars.toml``.

Each prints a readable table and then one JSON line. Exit code 1 if a bar is not met. A bench is a module beside this
file with ``run() -> dict`` of figures, or it raises ``SkipError`` where something that it needs is not there.
"""

import json
import os
import platform
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> int:
    bars = tomllib.loads((HERE / "bars.toml").read_text(encoding="utf-8"))
    unknown = [name for name in names if name not in bars]
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there are {', '.join(bars)}")
        return 2
    sys.path.insert(0, str(HERE.parent))  # started by its path, so that make needs no more than this file
    with kept_folder():
        results = [measured(name, bars[name]) for name in names or bars]
    return 0 if all(bar["met"] for result in results for bar in result["bars"]) else 1


@contextmanager
def kept_folder() -> Iterator[None]:
    """See that the benches of one run share what they build; where no folder is named for it, it goes at the end."""
    from bench.house import FOLDER

    if os.environ.get(FOLDER):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="doseledger-bench-") as folder:
        os.environ[FOLDER] = folder
        yield
        del os.environ[FOLDER]


def measured(name: str, bars: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Run one bench and print what it found."""
    print(f"== {name}", flush=True)
    from bench.skip import SkipError

    result: dict[str, Any]
    try:
        figures: dict[str, Any] = import_module(f"bench.{name}").run()
    except SkipError as reason:
        print(f"  skipped: {reason}")
        result = {"bench": name, "skipped": str(reason), "figures": {}, "bars": [], "machine": machine()}
        print(json.dumps(result), flush=True)
        return result
    judged = [
        {"name": key, "value": figures[key], "limit": bar["limit"], "met": figures[key] <= bar["limit"]}
        for key, bar in bars.items()
    ]
    for bar in judged:
        mark = "met" if bar["met"] else "NOT MET"
        print(f"  {bar['value']:>10} <= {bar['limit']:<6} {mark:<8} {bars[bar['name']]['what']}")
    for key, value in figures.items():
        if key not in bars:
            print(f"  {value!s:>10}                    {key}")
    result = {"bench": name, "figures": figures, "bars": judged, "machine": machine()}
    print(json.dumps(result), flush=True)
    return result


def machine() -> dict[str, Any]:
    """Say what the figures were measured on; ratios travel, milliseconds do not."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
