"""From what a dose SR of ours is written: whose header it repeats, and which objects it names as its evidence."""

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from pydicom import dcmread

from db import mapping
from db.repositories import evidence, publication_sources, statements
from db.repositories.publication_sources import Said
from db.session import Session
from dose_core.errors import DoseError
from dose_core.ledger.exam import Exam
from dose_core.model import Kind
from dose_core.writers.document import Evidence
from dose_core.writers.errors import NotWritableError, UnusableHeaderError
from dose_core.writers.kinds import DoseSr, Published
from dose_core.writers.source_study import SourceStudy, source_study_from_header
from dose_core.writers.stated_study import source_study_from_report

# Any object of the study tells whose it is; images first, since they are what viewers show it beside.
_HEADERS = (
    *(Kind.CT_IMAGE, Kind.PROJECTION_IMAGE, Kind.MAMMOGRAPHY_IMAGE, Kind.NUCLEAR_IMAGE, Kind.DOSE_SCREEN),
    *(Kind.CT_RDSR, Kind.PROJECTION_RDSR, Kind.MAMMOGRAPHY_RDSR, Kind.RADIOPHARMACEUTICAL_RDSR, Kind.ENHANCED_RDSR),
    Kind.LEGACY_DOSE_SR,
)
# What is no composite object, so that no archive has it and no reference can name it.
_NO_OBJECTS = frozenset({Kind.MPPS, Kind.MANUAL})


class MissingHeaderError(DoseError):
    """No object of the study that names its patient is kept, so that the report cannot be put into the study."""


# Why a report cannot be written, each with what is missing or wrong.
NOT_WRITABLE = (NotWritableError, UnusableHeaderError, MissingHeaderError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The study that a report belongs to, and the objects whose values it repeats."""

    source: SourceStudy
    evidence: tuple[Evidence, ...]


def origin_of(session: Session, site: str, exam: Exam, kind: DoseSr) -> Origin:
    """
    Return from what the report of a kind on an exam is written.

    Raises:
        MissingHeaderError: nothing that names the patient is kept.
        UnusableHeaderError: the header cannot be used.
    """
    source = source_of(session, site, exam.study_instance_uid, kind)
    said = publication_sources.said(session, [UUID(key) for key in kind.part(exam).statements])
    named = [_named(session, exam.study_instance_uid, one) for one in said if one.kind not in _NO_OBJECTS]
    return Origin(source=source, evidence=tuple(dict.fromkeys(one for one in named if one is not None)))


def source_of(session: Session, site: str, study_instance_uid: str, kind: Published) -> SourceStudy:
    """
    Return what the objects of a study state of patient, study and request: an image of the kind's own, if one is kept.

    Raises:
        MissingHeaderError: nothing that names the patient is kept.
        UnusableHeaderError: the header cannot be used.
    """
    study = mapping.storable(study_instance_uid)
    header = publication_sources.header(session, site, study, tuple(dict.fromkeys((*kind.headers, *_HEADERS))))
    if header is not None:
        return source_study_from_header(header)
    versions = statements.of_study(session, site, study)
    reports = [one.statement.report for one in versions if one.statement.report.patient.id]
    for report in sorted(reports, key=lambda one: (one.kind is Kind.MANUAL, one.sop_instance_uid)):
        source = source_study_from_report(report)
        if source is not None and report.kind in _NO_OBJECTS:
            return source
    msg = f"no object of study {study_instance_uid} that names its patient is kept"
    raise MissingHeaderError(msg)


def _named(session: Session, study_instance_uid: str, said: Said) -> Evidence | None:
    """Return how a report names an object; ``None`` if that is not known (any more)."""
    series, sop_class = said.series_instance_uid, said.sop_class_uid
    if series is None or sop_class is None:
        row = evidence.get(session, said.evidence_id)
        if row is None or row.key is None:
            return None
        header = dcmread(BytesIO(evidence.content_of(row)), specific_tags=["SeriesInstanceUID", "SOPClassUID"])
        series, sop_class = header.get("SeriesInstanceUID"), header.get("SOPClassUID")
    if not series or not sop_class:
        return None
    return Evidence(
        study_instance_uid=study_instance_uid,
        series_instance_uid=str(series),
        sop_class_uid=str(sop_class),
        sop_instance_uid=said.sop_instance_uid,
    )
