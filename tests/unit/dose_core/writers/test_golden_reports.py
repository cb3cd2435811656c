"""
A report of each kind that states all it can, before everybody that judges it.

``pytest -s`` prints the findings as a table.
"""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import PatientRadiationDoseSRStorage, XRayRadiationDoseSRStorage

from dose_core.writers import rejection_note
from dose_core.writers.document import Evidence
from dose_core.writers.part10 import to_part10
from dose_core.writers.templates.check import broken_rows
from tests.builders.written import header, issue
from tests.builders.written_all import written_of_all_kinds
from tests.support.dciodvfy import dciodvfy_errors, dsr2xml_complaints, dsrdump_complaints
from tests.support.pixelmed import FALSE_ALARMS, pixelmed_errors

pytestmark = pytest.mark.slow

_COLUMNS = ("kind", "dciodvfy", "dsrdump", "dsr2xml", "rows broken", "PixelMed", "listed")


def _all_kinds() -> dict[str, Dataset]:
    reports = written_of_all_kinds()
    rejected = tuple(
        Evidence(
            study_instance_uid=one.StudyInstanceUID,
            series_instance_uid=one.SeriesInstanceUID,
            sop_class_uid=one.SOPClassUID,
            sop_instance_uid=one.SOPInstanceUID,
        )
        for one in reports.values()
    )
    note = rejection_note.write_rejection_note(rejected, header(), issue(rejection_note.KIND))
    return reports | {rejection_note.KIND: note}


def _known_to_dciodvfy(report: Dataset) -> bytes:
    """Return a patient dose report as an X-Ray dose report, whose modules are the same: dciodvfy knows only those."""
    shown = Dataset(report)
    if shown.SOPClassUID == PatientRadiationDoseSRStorage:
        shown.SOPClassUID = XRayRadiationDoseSRStorage
    return to_part10(shown)


def test_nobody_finds_anything_but_the_listed_false_alarms(tmp_path: Path) -> None:
    table = []
    for kind, report in _all_kinds().items():
        dicom = to_part10(report)
        mine: list[list[str]] = [
            dciodvfy_errors(_known_to_dciodvfy(report), tmp_path),
            dsrdump_complaints(dicom, tmp_path),
            dsr2xml_complaints(dicom, tmp_path),
            [str(row) for row in broken_rows(report)],
        ]
        alarms = FALSE_ALARMS.get(kind)
        found = [] if alarms is None else pixelmed_errors(dicom, tmp_path)
        new = [error for error in found if not error.endswith(alarms or ())]
        table.append(
            (kind, *(len(one) for one in mine), *(("-", "-") if alarms is None else (len(new), len(found) - len(new))))
        )
        assert [*mine, new] == [[], [], [], [], []], kind

    print(f"\n{_COLUMNS[0]:34}", *(f"{name:>11}" for name in _COLUMNS[1:]))  # noqa: T201  for those who ask to see it
    for kind, *counts in table:
        print(f"{kind:34}", *(f"{count:>11}" for count in counts))  # noqa: T201  likewise
