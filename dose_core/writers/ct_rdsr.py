"""
Write a CT X-Ray Radiation Dose SR from an exam that is known from image headers only.

Source: PS3.3, A.35.8 (X-Ray Radiation Dose SR IOD), PS3.16, TID 10011.
"""

from datetime import datetime
from uuid import UUID

from pydicom.dataset import Dataset

from dose_core.ledger.exam import CtExam
from dose_core.writers.ct_requirements import require
from dose_core.writers.ct_tree import content_tree
from dose_core.writers.devices import IrradiatingDevice, Recorder
from dose_core.writers.document import DocumentUids, Issue, document, uids_of
from dose_core.writers.source_study import SourceStudy

SERIES_DESCRIPTION = "Radiation dose, computed from image headers"


def document_uids(exam_id: UUID, revision: int) -> DocumentUids:
    """Return the UIDs of the report on this revision; each report has a series of its own."""
    return uids_of("ct rdsr", exam_id, revision)


def write_ct_rdsr(
    exam: CtExam,
    source: SourceStudy,
    *,
    exam_id: UUID,
    revision: int,
    made_at: datetime,
    recorder: Recorder,
    predecessor: DocumentUids | None = None,
) -> Dataset:
    """
    Return a valid CT dose SR. The same arguments give the same dataset.

    Args:
        exam: what the image headers add up to.
        source: the study's own header values, which the report repeats.
        exam_id: our id of the exam; with ``revision`` it makes the UIDs.
        revision: which revision of the exam this is.
        made_at: when the report is made, with an offset.
        recorder: the DoseLedger that writes.
        predecessor: the report that this one replaces.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    require(exam, source)
    uids = document_uids(exam_id, revision)
    issue = Issue(uids=uids, made_at=made_at, recorder=recorder, predecessor=predecessor)
    scanner = IrradiatingDevice(stated=exam.device, device_uid=source.device_uid)
    tree = content_tree(exam, scanner, recorder)
    return document(tree, source, issue, tid="10011", series_description=SERIES_DESCRIPTION)
