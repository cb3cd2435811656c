"""
Reading whatever comes: every file of the corpus that is no HL7 message, malformed and hostile ones included.

Each is read in a process of its own. CORPUS names the folder with its INDEX.csv, if it lies elsewhere than beside
the repository.
"""

from collections import Counter
from typing import Any

from bench.skip import SkipError
from tests.support.corpus import CORPUS, no_hl7
from tests.support.read_apart import read_apart

_SHOWN = 5


def run() -> dict[str, Any]:
    files = no_hl7()
    if not files:
        msg = f"there is no INDEX.csv in {CORPUS}; name the corpus by CORPUS"
        raise SkipError(msg)
    outcomes = read_apart(files)
    slowest = sorted(outcomes, key=lambda one: -one["seconds"])[:_SHOWN]
    largest = sorted(outcomes, key=lambda one: -one["mb"])[:_SHOWN]
    reasons = Counter((one["status"], one["reason"]) for one in outcomes if one["status"] != "read")
    for (status, reason), times in reasons.most_common():
        print(f"  {times:>5}  {status:<10}  {reason}")
    print("  slowest:")
    for one in slowest:
        print(f"  {one['seconds']:>8.3f} s  {one['status']:<10}  {one['file'].removeprefix(f'{CORPUS}/')}")
    print("  most memory, interpreter and libraries included:")
    for one in largest:
        print(f"  {one['mb']:>8.1f} MB {one['status']:<10}  {one['file'].removeprefix(f'{CORPUS}/')}")
    return {
        "slowest_s": round(slowest[0]["seconds"], 3),
        "largest_mb": largest[0]["mb"],
        "bugs_and_deaths": sum(one["status"] == "died" or "a bug in" in (one["reason"] or "") for one in outcomes),
        "files": len(outcomes),
        **{f"status_{status}": times for status, times in Counter(one["status"] for one in outcomes).items()},
        **{f"kind_{kind}": times for kind, times in Counter(one["kind"] for one in outcomes).items() if kind},
    }
