"""
Read one report in a process of its own and print its largest resident memory in MB, start-up included.

The kernel's mark of this address space (``VmHWM``), not ``getrusage``: that one counts in what the parent held.
"""

import sys
from pathlib import Path

from dose_core.readers.registry import read_dose


def main(file: str) -> None:
    read_dose(Path(file).read_bytes())
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)


if __name__ == "__main__":
    main(sys.argv[1])
