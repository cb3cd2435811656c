"""The dose reports that are read: those of real devices where there are some, else invented ones."""

import os
from dataclasses import dataclass
from pathlib import Path

from dose_core.errors import DoseError
from dose_core.readers.registry import read_dose
from tests.builders.ct_rdsr import accumulated, chest_ct, ct_rdsr_bytes, dlp_total, event_count, irradiated

_REAL = Path(os.environ.get("DOSE_REPORTS") or Path(__file__).parents[2] / "shared" / "data")


@dataclass(frozen=True)
class Report:
    """One dose report; ``name`` tells which."""

    name: str
    dicom: bytes


def reports() -> list[Report]:
    """Return the dose reports of real devices, in a fixed order; if there are none, invented ones."""
    found = [Report(name=path.name, dicom=path.read_bytes()) for path in sorted(_REAL.glob("*rdsr*/*.dcm"))]
    return [report for report in found if _is_read(report)] or _invented()


def _is_read(report: Report) -> bool:
    try:
        read_dose(report.dicom)
    except DoseError:
        return False
    return True


def _invented() -> list[Report]:
    return [
        Report(
            name=f"invented CT, {events} events",
            dicom=ct_rdsr_bytes(
                *irradiated(),
                accumulated(event_count(str(events)), dlp_total(str(150 * events))),
                *(chest_ct(f"2.25.{2001 + number}") for number in range(events)),
            ),
        )
        for events in (1, 2, 4, 8, 16)
    ]
