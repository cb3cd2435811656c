"""
Fuzz the readers: ``python tests/fuzz/run.py SECONDS [TARGET...]``, both targets at once without a name.

``sr`` begins with dose reports, ``header`` with images. What a run learns stays in ``.fuzz/TARGET`` for the next one;
what breaks a promise lies there as ``crash-...``, ``timeout-...`` or ``oom-...`` and the run ends with 1. Mend the
reader, and put that file into ``tests/fuzz/corpus/TARGET``, which a test reads on every machine.
"""

import re
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


def main(seconds: int, targets: tuple[str, ...]) -> int:
    if find_spec("atheris") is None:
        print("[fuzz] skipped: atheris is not installed; it has wheels for Linux on x86_64 alone")
        return 0
    running = [(target, *_started(target, seconds)) for target in targets]
    return max([_ended(target, process, log) for target, process, log in running])


def _started(target: str, seconds: int) -> tuple[subprocess.Popen[bytes], Path]:
    sys.path.insert(0, str(ROOT))  # started by its path
    from tests.fuzz.seeds import seeds

    learned, begun, corpus = KEPT / target, KEPT / f"{target}-seeds", HERE / "corpus" / target
    for folder in (learned, begun):
        folder.mkdir(parents=True, exist_ok=True)
    for name, seed in seeds(target).items():
        (begun / name).write_bytes(seed)
    folders = [str(folder) for folder in (learned, begun, corpus) if folder.is_dir()]
    arguments = [*LIMITS, f"-max_total_time={seconds}", f"-artifact_prefix={learned}/", *folders]
    log = KEPT / f"{target}.log"
    command = [sys.executable, str(HERE / "target.py"), *arguments]
    with log.open("wb") as stream:
        return subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT), log


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
    sys.exit(main(int(sys.argv[1]), tuple(sys.argv[2:]) or TARGETS))
