"""The dose reports that stand behind the estimates of an exam: of its devices, or those of ours in an archive."""

from collections.abc import Iterator
from io import BytesIO

from pydicom import dcmread

from db.repositories import provenance, publications
from db.repositories.exams import KnownExam
from db.repositories.provenance import KnownStatement
from db.sealed import ErasedError
from db.session import Session
from dose_core.ledger.exam import Exam
from dose_core.model import Kind
from dose_core.writers import ct_rdsr, mammography_rdsr, projection_rdsr, radiopharmaceutical_rdsr
from dose_core.writers.document import Evidence
from dose_core.writers.kinds import administration_of, kind_named
from dose_core.writers.patient_dose_sr import UsedReport
from dose_core.writers.source_study import SourceStudy, source_study_from_header
from dose_services.event_origins import speaking_of
from dose_services.publication_source import source_of

# Dose reports of devices: SR objects, as TID 10033, row 2, asks for.
_REPORTS = frozenset(
    {
        Kind.CT_RDSR,
        Kind.PROJECTION_RDSR,
        Kind.MAMMOGRAPHY_RDSR,
        Kind.RADIOPHARMACEUTICAL_RDSR,
        Kind.ENHANCED_RDSR,
    }
)


def reports_of(session: Session, known: KnownExam, exam: Exam) -> Iterator[tuple[UsedReport, SourceStudy]]:
    """
    Yield the dose reports that stand behind an exam, each with patient and study as it states them, in one order.

    Those of devices; of an exam without any, those that we wrote of what its images and others tell, once an archive
    has them on the revision that counts.

    Raises:
        UnusableHeaderError: the header of the dose report, or of the study, cannot be repeated.
        MissingHeaderError: no object of the study that names its patient is kept.
    """
    of_devices = list(_of_devices(session, exam))
    yield from of_devices or _of_ours(session, known, exam)


def _of_ours(session: Session, known: KnownExam, exam: Exam) -> Iterator[tuple[UsedReport, SourceStudy]]:
    uids = {
        ct_rdsr.KIND: tuple(one.event_uid for one in exam.ct.events) if exam.ct else (),
        projection_rdsr.KIND: tuple(one.event_uid for one in exam.projection),
        mammography_rdsr.KIND: tuple(one.event_uid for one in exam.mammography),
        radiopharmaceutical_rdsr.KIND: tuple(one.event_uid for one in exam.nuclear),
    }
    rows = publications.of_exam(session, known.exam.id)
    of_now = [row for row in rows if row.revision == known.exam.revision]
    still_true = {(row.kind, row.destination) for row in of_now if row.state == "unchanged"}
    sent = {
        row.sop_instance_uid: row
        for row in rows
        if row.state == "sent" and (row in of_now or (row.kind, row.destination) in still_true)
    }
    for uid in sorted(sent):
        row = sent[uid]
        kind = kind_named(row.kind)
        if kind is not None:
            evidence = Evidence(
                study_instance_uid=exam.study_instance_uid,
                series_instance_uid=row.series_instance_uid,
                sop_class_uid=kind.sop_class_uid,
                sop_instance_uid=uid,
            )
            source = source_of(session, known.exam.site, exam.study_instance_uid, kind)
            yield UsedReport(evidence=evidence, event_uids=uids.get(row.kind) or _administration(row.kind)), source


def _administration(kind: str) -> tuple[str, ...]:
    event_uid = administration_of(kind)
    return (event_uid,) if event_uid is not None else ()


def _of_devices(session: Session, exam: Exam) -> Iterator[tuple[UsedReport, SourceStudy]]:
    """Yield the dose reports of devices from which values of the exam's events come, in an order of their own."""
    speaking = [one for one in speaking_of(session, exam) if one.report.kind in _REPORTS and not one.report.our_own]
    for known in sorted(speaking, key=lambda one: (one.report.sop_instance_uid, one.id)):
        try:
            dicom = provenance.content(session, known.evidence.id)
        except ErasedError:
            continue
        if dicom is not None:
            source = source_study_from_header(dicom)
            yield UsedReport(evidence=_evidence(dicom), event_uids=_event_uids(known, exam)), source


def _event_uids(known: KnownStatement, exam: Exam) -> tuple[str, ...]:
    """Return the events of a report under the UIDs that the exam has for them, then those that it does not count."""
    key = str(known.id)
    counted = [one.event_uid for one in exam.events if any(place.statement == key for place in one.places)]
    stated = [one.event_uid for one in getattr(known.report, "events", ()) if one.event_uid]
    return tuple(dict.fromkeys([*counted, *stated]))


def _evidence(dicom: bytes) -> Evidence:
    names = ("StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "SOPInstanceUID")
    header = dcmread(BytesIO(dicom), stop_before_pixels=True, specific_tags=list(names))
    study, series, sop_class, instance = (str(header.get(name) or "") for name in names)
    return Evidence(
        study_instance_uid=study, series_instance_uid=series, sop_class_uid=sop_class, sop_instance_uid=instance
    )
