"""
Fuzz the readers: ``python tests/fuzz/run.py seconds=60 [TARGET...]``, both targets at once without a name.

``sr`` begins with dose reports, ``header`` with images. What a run learns stays in ``.fuzz/TARGET`` for the next one.
``runs=8000`` in place of the seconds tries so many inputs, from a fixed seed and from what is committed alone: for the
check of a change, which should depend on chance and on the speed of a machine as little as can be.

What breaks a promise lies there as ``crash-...``, ``timeout-...`` or ``oom-...`` and the run ends with 1. Mend the
reader, and put that file into ``tests/fuzz/corpus/TARGET``, which a test reads on every machine.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KEPT = ROOT / ".fuzz"
TARGETS = ("sr", "header")
LIMITS = (
    "-timeout=10",  # seconds for one input; the instruments make reading about ten times slower
    "-rss_limit_mb=1024",
    "-max_len=65536",
    "-print_final_stats=1",
)


def main(extent: str, targets: tuple[str, ...]) -> int:
    if find_spec("atheris") is None:
        print("[fuzz] skipped: atheris is not installed; it has wheels for Linux on x86_64 alone")
        return 0
    running = [(target, *_started(target, extent)) for target in targets]
    return max([_ended(target, process, log) for target, process, log in running])


def _started(target: str, extent: str) -> tuple[subprocess.Popen[bytes], Path]:
    sys.path.insert(0, str(ROOT))  # started by its path
    from tests.fuzz.seeds import seeds

    kind, number = extent.split("=")
    is_repeatable = kind == "runs"
    learned = KEPT / (f"{target}-same" if is_repeatable else target)
    if is_repeatable:
        shutil.rmtree(learned, ignore_errors=True)
    begun, corpus = KEPT / f"{target}-seeds", HERE / "corpus" / target
    for folder in (learned, begun):
        folder.mkdir(parents=True, exist_ok=True)
    for name, seed in seeds(target).items():
        (begun / name).write_bytes(seed)
    folders = [str(folder) for folder in (learned, begun, corpus) if folder.is_dir()]
    until = [f"-runs={int(number)}", "-seed=1"] if is_repeatable else [f"-max_total_time={int(number)}"]
    arguments = [*LIMITS, *until, f"-artifact_prefix={learned}/", *folders]
    log = KEPT / f"{target}.log"
    command = [sys.executable, str(HERE / "target.py"), *arguments]
    with log.open("wb") as stream:
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=stream, stderr=subprocess.STDOUT), log


def _ended(target: str, process: subprocess.Popen[bytes], log: Path) -> int:
    code = process.wait()
    told = log.read_text(encoding="utf-8", errors="replace")
    figures = dict(re.findall(r"stat::(\w+):\s+(\d+)", told))
    tried, peak = figures.get("number_of_executed_units", "?"), figures.get("peak_rss_mb", "?")
    found = "nothing found" if code == 0 else "FOUND a broken promise"
    print(f"[fuzz] {target}: {tried} inputs tried, at most {peak} MB: {found}")
    if code:
        print(told[-6000:])
    return 1 if code else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], tuple(sys.argv[2:]) or TARGETS))
