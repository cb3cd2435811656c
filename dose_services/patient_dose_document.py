"""
Patient dose reports of an exam: what the methods say of it now, the dose reports they rest on, and the skin map.

A report holds the estimates of one method, so that each method has a kind of its own. Nothing here stores or sends.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from uuid import UUID

from pydicom import dcmread
from pydicom.dataset import Dataset

from db import mapping, skin_mapping
from db.repositories import estimates, exams, provenance, skin_maps
from db.repositories.provenance import KnownStatement
from db.sealed import ErasedError
from db.session import Session
from db.tables.skin import SkinMapRow
from dose_core.dosimetry.estimate import Estimate
from dose_core.estimating.skin_dose import SkinDose
from dose_core.ledger.exam import Exam
from dose_core.ledger.standing import Standing
from dose_core.model import Kind
from dose_core.writers import skin_map_image
from dose_core.writers.document import Evidence, Issue
from dose_core.writers.errors import NotWritableError
from dose_core.writers.patient_dose_sr import UsedReport, kind_of, write_patient_dose_sr
from dose_core.writers.patient_dose_values import PatientDose, has_concept
from dose_core.writers.skin_map_image import evidence_of, write_skin_map_image
from dose_core.writers.source_study import SourceStudy, source_study_from_header
from dose_services import effective_dose, skin_views
from dose_services.event_origins import speaking_of
from dose_services.exam_estimates import stands_behind_switch

PEAK_SKIN_DOSE = "peak_skin_dose_mgy"
_INDICATIVE = "indicative: maps of this device have not been validated"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinMade:
    """
    What a map of skin dose adds to its peak: the picture (PNG), its method, and the UIDs of the events not on it.

    ``picture`` is ``None`` where the map is of another release, which is computed anew.
    """

    picture: bytes | None
    method: str
    left_out: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """
    All that the patient dose reports of one exam are made of.

    ``doses`` are the estimates by the kinds of the reports that tell them; ``statement`` is what stands beside an
    effective dose, ``None`` where the site lets none out (then there is none among the doses).
    """

    exam_id: UUID
    revision: int
    exam: Exam
    source: SourceStudy
    reports: tuple[UsedReport, ...]
    doses: Mapping[str, tuple[PatientDose, ...]]
    skin: SkinMade | None
    statement: str | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of objects that can be written, each after those that it names."""
        has_picture = self.skin is not None and self.skin.picture is not None
        return (*((skin_map_image.KIND,) if has_picture else ()), *self.doses)


def gather(session: Session, exam_id: UUID) -> Gathered | None:
    """
    Return what the patient dose reports of an exam are made of, as everything stands now.

    ``None`` if there is nothing to tell (yet): the exam does not count or has expired, its methods or its skin map are
    still to be asked, none of them gives a value, or no dose report of a device stands behind it.

    Raises:
        UnusableHeaderError: the header of the dose report cannot be repeated.
    """
    known = exams.get(session, exam_id)
    if known is None or known.exam.state != Standing.COUNTED or known.exam.expired_at is not None:
        return None
    if estimates.is_pending(session, exam_id) or skin_maps.is_due(session, exam_id):
        return None
    statement = effective_dose.STATEMENT if effective_dose.is_on(session, known.exam.site) else None
    skin, peak = _skin(session, exam_id)
    doses = _by_kind([*_told(session, exam_id, is_on=statement is not None), *([peak] if peak else [])])
    if not doses:
        return None
    exam = mapping.exam_from_packed(known.content)
    found = list(_reports(session, exam))
    if not found:
        return None
    return Gathered(
        exam_id=exam_id,
        revision=known.exam.revision,
        exam=exam,
        source=found[0][1],
        reports=tuple(report for report, _ in found),
        doses=doses,
        skin=skin,
        statement=statement,
    )


def write(gathered: Gathered, kind: str, issue: Issue, *, skin_map: Evidence | None = None) -> Dataset:
    """
    Return one of the objects of an exam, of one of its ``kinds``. The same arguments give the same dataset.

    Args:
        gathered: what it is made of.
        kind: which of ``gathered.kinds``.
        issue: which object this is; ``uids_of(kind, exam id, revision)`` gives its UIDs.
        skin_map: the image of the skin map, as it is or will be in the archive, for the report that names it.

    Raises:
        NotWritableError: a valid object cannot be made of it.
    """
    if kind == skin_map_image.KIND and gathered.skin is not None:
        return write_skin_map_image(gathered.skin.picture or b"", gathered.source, issue, method=gathered.skin.method)
    doses = gathered.doses.get(kind, ())
    is_of_skin = any(one.quantity == PEAK_SKIN_DOSE for one in doses)
    return write_patient_dose_sr(
        gathered.exam,
        doses,
        gathered.source,
        issue,
        reports=gathered.reports,
        left_out=gathered.skin.left_out if is_of_skin and gathered.skin else frozenset(),
        skin_map=skin_map if is_of_skin else None,
        effective_dose_statement=gathered.statement,
    )


def write_all(gathered: Gathered, issues: Mapping[str, Issue]) -> dict[str, Dataset | NotWritableError]:
    """Return every object of an exam by its kind, or why it cannot be written; ``issues`` has one for each kind."""
    found: dict[str, Dataset | NotWritableError] = {}
    skin_map: Evidence | None = None
    for kind in gathered.kinds:
        try:
            found[kind] = written = write(gathered, kind, issues[kind], skin_map=skin_map)
        except NotWritableError as refusal:
            found[kind] = refusal
            continue
        if kind == skin_map_image.KIND:
            skin_map = evidence_of(written)
    return found


def _told(session: Session, exam_id: UUID, *, is_on: bool) -> Iterator[PatientDose]:
    """Yield the values that methods give; one that stands behind the switch only where the site's is on."""
    for known in estimates.newest(session, [exam_id]):
        for outcome in known.outcomes:
            if isinstance(outcome.result, Estimate) and (is_on or not stands_behind_switch(known, outcome)):
                yield PatientDose(
                    quantity=outcome.quantity, estimate=outcome.result, of=outcome.of, event_uid=outcome.event_uid
                )


def _by_kind(doses: Iterable[PatientDose]) -> dict[str, tuple[PatientDose, ...]]:
    """Return the doses of each method that says anything a report has a concept for."""
    found: dict[str, list[PatientDose]] = defaultdict(list)
    for dose in doses:
        found[kind_of(dose.estimate.method_id)].append(dose)
    return {kind: tuple(found[kind]) for kind in sorted(found) if any(map(has_concept, found[kind]))}


def _skin(session: Session, exam_id: UUID) -> tuple[SkinMade | None, PatientDose | None]:
    """Return the map of skin dose and its peak, neither where there is none."""
    row = skin_maps.newest(session, [exam_id]).get(exam_id)
    result = skin_mapping.result_from_packed(row.result) if row else None
    if row is None or result is None or not isinstance(result.peak, Estimate):
        return None, None
    peak = PatientDose(quantity=PEAK_SKIN_DOSE, estimate=replace(result.peak, caveats=_caveats(result, result.peak)))
    made = SkinMade(
        picture=_picture(row, result),
        method=f"{result.peak.method_id} {result.peak.method_version}",
        left_out=frozenset(uid for one in result.left_out for uid in one.event_uids),
    )
    return made, peak


def _picture(row: SkinMapRow, result: SkinDose) -> bytes | None:
    try:
        return skin_views.drawn(row, result, title="Skin dose of one exam")
    except skin_views.NoSkinMapError:
        return None


def _caveats(result: SkinDose, peak: Estimate) -> tuple[str, ...]:
    left_out = [f"{len(one.event_uids)} events are left out: {one.reason}" for one in result.left_out]
    sureness = [] if result.is_validated else [_INDICATIVE]
    return tuple(dict.fromkeys([*sureness, *peak.caveats, *left_out]))


def _reports(session: Session, exam: Exam) -> Iterator[tuple[UsedReport, SourceStudy]]:
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
