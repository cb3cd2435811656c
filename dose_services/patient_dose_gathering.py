"""What the patient dose reports of an exam are made of: what its methods say now, of which reports, and the map."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db import mapping, skin_mapping
from db.repositories import estimates, exams, skin_maps
from db.repositories.estimates import KnownEstimates
from db.session import Session
from db.tables.skin import SkinMapRow
from dose_core.dosimetry.estimate import Estimate
from dose_core.estimating.skin_dose import METHOD_ID, SkinDose
from dose_core.ledger.exam import Exam
from dose_core.ledger.standing import Standing
from dose_core.writers import skin_map_image
from dose_core.writers.patient_dose_sr import UsedReport, kind_of
from dose_core.writers.patient_dose_values import PatientDose, has_concept
from dose_core.writers.source_study import SourceStudy
from dose_services import effective_dose, skin_views
from dose_services.exam_estimates import stands_behind_switch
from dose_services.patient_dose_reports import reports_of

PEAK_SKIN_DOSE = "peak_skin_dose_mgy"
_INDICATIVE = "indicative: maps of this device have not been validated"


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

    ``doses`` are the estimates by the kinds of the reports that tell them, ``made_at`` when each of these and the map
    was computed; ``statement`` is what stands beside an effective dose, ``None`` where the site lets none out (then
    there is none among the doses).
    """

    exam_id: UUID
    revision: int
    exam: Exam
    source: SourceStudy
    reports: tuple[UsedReport, ...]
    doses: Mapping[str, tuple[PatientDose, ...]]
    skin: SkinMade | None
    made_at: Mapping[str, datetime]
    statement: str | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of objects that can be written, each after those that it names."""
        has_picture = self.skin is not None and self.skin.picture is not None
        return (*((skin_map_image.KIND,) if has_picture else ()), *self.doses)

    def names_map(self, kind: str) -> bool:
        """Tell if an object of this kind is the report that names the map of skin dose."""
        return any(one.quantity == PEAK_SKIN_DOSE for one in self.doses.get(kind, ()))


def is_pending(session: Session, exam_id: UUID) -> bool:
    """Tell if the methods or the map of skin dose of an exam are still to be asked about its newest state."""
    return estimates.is_pending(session, exam_id) or skin_maps.is_due(session, exam_id)


def gather(session: Session, exam_id: UUID) -> Gathered | None:
    """
    Return what the patient dose reports of an exam are made of, as everything stands now.

    ``None`` if there is nothing to tell (yet): the exam does not count or has expired, its methods or its skin map are
    still to be asked, none of them gives a value, or no dose report stands behind it.

    Raises:
        UnusableHeaderError: the header of the dose report, or of the study, cannot be repeated.
        MissingHeaderError: no object of the study that names its patient is kept.
    """
    known = exams.get(session, exam_id)
    if known is None or known.exam.state != Standing.COUNTED or known.exam.expired_at is not None:
        return None
    if is_pending(session, exam_id):
        return None
    statement = effective_dose.STATEMENT if effective_dose.is_on(session, known.exam.site) else None
    row = skin_maps.newest(session, [exam_id]).get(exam_id)
    skin, peak = _skin(row) if row else (None, None)
    said = estimates.newest(session, [exam_id])
    doses = _by_kind([*_told(said, is_on=statement is not None), *([peak] if peak else [])])
    if not doses:
        return None
    exam = mapping.exam_from_packed(known.content)
    found = list(reports_of(session, known, exam))
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
        made_at={
            **{kind_of(one.method_id): one.made_at for one in said},
            **({kind_of(METHOD_ID): row.made_at, skin_map_image.KIND: row.made_at} if row else {}),
        },
        statement=statement,
    )


def _told(said: Iterable[KnownEstimates], *, is_on: bool) -> Iterator[PatientDose]:
    """Yield the values that methods give; one that stands behind the switch only where the site's is on."""
    for known in said:
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


def _skin(row: SkinMapRow) -> tuple[SkinMade | None, PatientDose | None]:
    """Return the map of skin dose and its peak, neither where there is none."""
    result = skin_mapping.result_from_packed(row.result)
    if not isinstance(result.peak, Estimate):
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
