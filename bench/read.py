"""
``read``: what reading costs, against pydicom on the same bytes in the same run.

Dose reports: our reader from bytes in memory to a ``DoseReport``, against ``dcmread`` and a look at each
value. CT slices: our reader against ``dcmread`` of the same tags up to the pixel data, without a look at any
value. Both sides are warm and start-up is left out; the best of several runs counts, in CPU time. The reports
are those below the folder ``DOSE_REPORTS`` or ``../shared/data`` where there is one, else invented ones.
"""

import logging
import sys
import tempfile
import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median
from subprocess import PIPE
from subprocess import run as run_program
from time import process_time
from typing import Any

from pydicom import dcmread

from bench.long_reports import event_count, lengthened
from bench.reports import Report, reports
from bench.slices import series
from dose_core.readers.dicom.elements import Place
from dose_core.readers.dicom.part10 import parse_part10
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.registry import READERS, read_dose
from dose_core.readers.sr import items as sr_items

_LONG, _LARGEST = 1_250_000, 10_000_000  # bytes
_LONG_REPORTS = 3
_ROUNDS = 5


def run() -> dict[str, Any]:
    """Return the figures: ratios of CPU time, events per second, megabytes."""
    logging.disable(logging.WARNING)  # pydicom tells of each odd value, and telling costs
    warnings.simplefilter("ignore")
    short = reports()
    longest = sorted(short, key=lambda report: len(report.dicom), reverse=True)[:_LONG_REPORTS]
    ratios = {report.name: _ratio(report) for report in short}
    long = [lengthened(report, _LONG) for report in longest]
    long_ratios = {report.name: _ratio(report) for report in long}
    for name, ratio in (ratios | long_ratios).items():
        print(f"  {ratio:>10.3f}                    {name}")
    return {
        "cpu_median": round(median(ratios.values()), 3),
        "cpu_over_1_mb": round(max(long_ratios.values()), 3),
        "cpu_ct_slice": round(_slice_ratio(), 2),
        "memory_mb_10_mb_report": _memory_mb(lengthened(longest[0], _LARGEST)),
        "reports": len(ratios),
        "largest_ratio": max(round(ratio, 3) for ratio in ratios.values()),
        "median_when_no_code_was_seen_before": round(median(_ratio(report, forget=True) for report in short), 3),
        "events_per_second": round(max(map(_events_per_second, long))),
    }


def _ratio(report: Report, *, forget: bool = False) -> float:
    def ours() -> None:
        if forget:
            sr_items.forget_codes()
        read_dose(report.dicom)

    return _quotient(ours, lambda: _look_at_all(report.dicom))


def _events_per_second(report: Report) -> float:
    return event_count(report) / _cpu_s(lambda: read_dose(report.dicom))


def _look_at_all(dicom: bytes) -> None:
    for element in dcmread(BytesIO(dicom)).iterall():
        _ = element.value


def _slice_ratio() -> float:
    (dicom,) = series(1)
    tags = _asked(dicom)
    return _quotient(
        lambda: read_dose(dicom),
        lambda: dcmread(BytesIO(dicom), stop_before_pixels=True, specific_tags=tags),
        times=100,
    )


class _Noted(dict[int, Place]):
    """Elements that note which of them were asked for."""

    def __init__(self, elements: dict[int, Place]) -> None:
        super().__init__(elements)
        self.asked: set[int] = set()

    def __contains__(self, tag: object) -> bool:
        self.asked |= {tag} if isinstance(tag, int) else set()
        return super().__contains__(tag)

    def get(self, tag: int, default: Any = None) -> Any:  # noqa: ANN401  as dict has it
        self.asked.add(int(tag))
        return super().get(tag, default)


def _asked(dicom: bytes) -> list[int]:
    """Return the tags that our reader asks for in a slice."""
    data_set = parse_part10(dicom).data_set
    data_set._elements = noted = _Noted(data_set._elements)  # noqa: SLF001  the reader offers no such list, nor should it
    source = DicomObject(data_set)
    next(reader for reader in READERS if reader.accepts(source)).read(source)
    return sorted(noted.asked)


def _quotient(ours: Callable[[], object], theirs: Callable[[], object], *, times: int = 1) -> float:
    """Return the CPU time of ours over theirs, the quickest of several turns each; turn by turn, for machines tire."""
    turns = [(_cpu_s(ours, times=times), _cpu_s(theirs, times=times, rounds=1)) for _ in range(_ROUNDS)]
    return min(one for one, _ in turns) / min(other for _, other in turns)


def _cpu_s(work: Callable[[], object], *, times: int = 1, rounds: int = _ROUNDS) -> float:
    """Return the CPU time of the quickest of several runs, the first of which only warms up."""
    work()
    spent: list[float] = []
    for _ in range(rounds):
        began = process_time()
        for _ in range(times):
            work()
        spent.append((process_time() - began) / times)
    return min(spent)


def _memory_mb(report: Report) -> int:
    """Return the largest resident memory of a process that reads the report, its start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.dcm"
        file.write_bytes(report.dicom)
        reading = [sys.executable, "-m", "bench.read_memory", str(file)]
        done = run_program(reading, stdout=PIPE, check=True, cwd=Path(__file__).parents[1])
    return int(done.stdout)
