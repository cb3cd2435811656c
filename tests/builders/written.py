"""What a writer needs beside an exam: the header of its study, and which report is to be made."""

from datetime import UTC, datetime
from uuid import UUID

from dose_core.writers.devices import Recorder
from dose_core.writers.document import Evidence, Issue, uids_of
from dose_core.writers.source_study import SourceStudy
from tests.builders.ct_exam import source_study
from tests.builders.statements import STUDY

EXAM_ID = UUID("0b7c2d2e-43a2-4b0e-9a53-0f53c1a6a001")
MADE_AT = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
RECORDER = Recorder(serial_number="DL-1", software_version="0.1.0")
IMAGE = Evidence(
    study_instance_uid=STUDY,
    series_instance_uid=f"{STUDY}.5",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.12.1",
    sop_instance_uid=f"{STUDY}.5.1",
)


def header(**values: str | None) -> SourceStudy:
    """Return what the headers of the invented study state."""
    return source_study(**{"study_instance_uid": STUDY, "study_description": "Invented study", **values})


def issue(kind: str, revision: int = 1, *evidence: Evidence) -> Issue:
    """Return the report of this kind on a revision; a later one replaces that of the revision before."""
    return Issue(
        uids=uids_of(kind, EXAM_ID, revision),
        made_at=MADE_AT,
        recorder=RECORDER,
        predecessor=uids_of(kind, EXAM_ID, revision - 1) if revision > 1 else None,
        evidence=evidence,
    )
