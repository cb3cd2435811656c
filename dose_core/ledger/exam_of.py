"""One exam of a study from all that is stated about it, whatever irradiated and in whatever order it came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from dose_core.ledger.admitted import Admitted, admitted, is_source
from dose_core.ledger.beside import stated_beside
from dose_core.ledger.device_class import DeviceClass
from dose_core.ledger.estimated import with_intervals
from dose_core.ledger.exam import Counted, CtExam, Exam, Statement
from dose_core.ledger.mammography import mammography_of
from dose_core.ledger.nuclear import nuclear_of
from dose_core.ledger.over_devices import totals_over
from dose_core.ledger.part import Part, Share
from dose_core.ledger.precedence import moment
from dose_core.ledger.projection import projection_of
from dose_core.ledger.reconcile import CtPart, NothingToReconcileError, ct_of
from dose_core.ledger.region import Region
from dose_core.ledger.regions import MAMMOGRAPHY, RegionStated, region_of
from dose_core.ledger.rounding import Texts
from dose_core.ledger.step_totals import told_apart
from dose_core.ledger.who import best_first, devices_of, first, patients_of
from dose_core.model import (
    Administration,
    CtReport,
    DeviceStated,
    DoseReport,
    MammographyEvent,
    MammographyReport,
    NuclearReport,
    PatientStated,
    ProjectionEvent,
    ProjectionReport,
)

AnyEvent: TypeAlias = ProjectionEvent | MammographyEvent | Administration
AnyCounted: TypeAlias = Counted[AnyEvent]
EventT = TypeVar("EventT", bound=AnyEvent)


def exam_of(
    study_instance_uid: str,
    statements: Sequence[Statement[DoseReport]],
    *,
    superseded: Sequence[Statement[DoseReport]] = (),
    default_issuer: str = "",
    classes: Mapping[DeviceStated, DeviceClass] = MappingProxyType({}),
) -> Exam:
    """
    Return the exam that the statements of one study add up to.

    The result depends on the set of statements alone, not on their order nor on how often one is given. Of several
    versions of one object only the one that counts is to be given (``versions``), the others are ``superseded`` and
    tell no more than whom they name; of a procedure step all messages count.
    ``default_issuer`` is the issuer of patient identifiers that state none; ``classes`` are those that an operator set.

    Raises:
        NothingToReconcileError: no statement is a source of dose.
    """
    sources = admitted(statements)
    if not sources.statements:
        msg = f"study {study_instance_uid} has no statement of a device, and of no person, about dose yet"
        raise NothingToReconcileError(msg)
    texts = Texts(sources.statements)
    ct = ct_of(study_instance_uid, sources.of(CtReport), texts)
    projection = projection_of(sources.of(ProjectionReport), texts, classes)
    mammography = mammography_of(sources.of(MammographyReport), texts)
    nuclear = nuclear_of(sources.of(NuclearReport))
    parts = (projection, mammography, nuclear)
    ranked = best_first(sources.named)
    patients = patients_of(ranked, default_issuer, filter(is_source, superseded))
    return _assembled(study_instance_uid, sources, ct, parts, [s.report for s in ranked], patients)


def _assembled(
    study_instance_uid: str,
    sources: Admitted,
    ct: CtPart | None,
    parts: tuple[Part[ProjectionEvent], Part[MammographyEvent], Part[Administration]],
    told: Sequence[DoseReport],
    patients: tuple[PatientStated, ...],
) -> Exam:
    projection, mammography, nuclear = parts
    reports = {s.key: s.report for s in sources.statements}
    shares = [share for shares in (ct.shares if ct else (), *(part.shares for part in parts)) for share in shares]
    events = [event for part in parts for event in part.events]
    won = list(dict.fromkeys(key for key in (*_winners(ct, events), *_stating(shares)) if key))
    devices = devices_of((*(share.device for share in shares), *(reports[key].device for key in won)))
    exam = ct.exam if ct else None
    accession = first(report.accession_number for report in told)
    admission = first(report.admission_id for report in told)
    return Exam(
        study_instance_uid=study_instance_uid,
        patients=patients,
        also_stated=stated_beside(told, patients),
        devices=devices,
        modalities=tuple(sorted({*(("CT",) if ct else ()), *(name for part in parts for name in part.modalities)})),
        accession_number=accession,
        accession_issuer=first(
            report.accession_issuer for report in told if accession and report.accession_number == accession
        ),
        admission_id=admission,
        admission_issuer=first(
            report.admission_issuer for report in told if admission and report.admission_id == admission
        ),
        study_description=first(report.study_description for report in told),
        started_at=_started_at([reports[key] for key in won], exam.started_at if exam else None, events, told),
        ended_at=max((report.ended_at for report in told if report.ended_at), key=moment, default=None),
        physicians=first(report.physicians for report in told) or (),
        intents=tuple(sorted({report.intent for report in told if report.intent})),
        region=_region(exam, projection, mammography),
        ct=exam,
        projection=_with_devices(projection.events, reports, devices),
        mammography=_with_devices(mammography.events, reports, devices),
        nuclear=_with_devices(nuclear.events, reports, devices),
        totals=with_intervals(
            told_apart(
                [
                    total
                    for its in (ct.shares if ct else (), *(p.shares for p in parts))
                    for total in totals_over(its, devices)
                ]
            ),
            exam,
        ),
        not_counted=(*sources.not_counted, *(one for its in (exam, *parts) if its for one in its.not_counted)),
        conflicts=tuple(
            dict.fromkeys((*sources.conflicts, *(text for its in (exam, *parts) if its for text in its.conflicts)))
        ),
    )


def _winners(ct: CtPart | None, events: Iterable[AnyCounted]) -> Iterable[str]:
    """Yield the statements that won an event."""
    yield from (event.statements[0] for event in (ct.exam.events if ct else ()))
    yield from (event.places[0].statement for event in events)


def _stating(shares: Iterable[Share]) -> Iterable[str | None]:
    yield from (total.statement for share in shares for total in share.totals)


def _started_at(
    won: Iterable[DoseReport], ct: datetime | None, events: Iterable[AnyCounted], told: Iterable[DoseReport]
) -> datetime | None:
    """Return the first start that what counts states; else of its events; else of any statement, or of the study."""
    of_events = [_start(one.event) for one in events]
    for starts in (
        [ct, *(report.started_at for report in won)],
        of_events,
        [report.started_at for report in told],
        [report.study_started_at for report in told],
    ):
        known = [start for start in starts if start]
        if known:
            return min(known, key=moment)
    return None


def _start(event: AnyEvent) -> datetime | None:
    return event.start if isinstance(event, Administration) else event.started_at


def _with_devices(
    events: Sequence[Counted[EventT]], reports: Mapping[str, DoseReport], devices: Sequence[DeviceStated]
) -> tuple[Counted[EventT], ...]:
    """Return the events with the device of each: that of the statement that won, unless it names none."""
    if len(devices) == 1:
        return tuple(events)
    numbers = {device: number for number, device in enumerate(devices)}
    return tuple(replace(event, device=_device_of(event, reports, numbers)) for event in events)


def _device_of(event: AnyCounted, reports: Mapping[str, DoseReport], numbers: Mapping[DeviceStated, int]) -> int:
    named = (reports[place.statement].device for place in event.places)
    return next((numbers[device] for device in named if device in numbers), 0)


def _region(ct: CtExam | None, projection: Part[ProjectionEvent], mammography: Part[MammographyEvent]) -> Region | None:
    stated = [
        RegionStated(target_region=one.event.target_region, body_part=one.event.body_part)
        for one in (ct.events if ct else ())
    ]
    stated += [
        RegionStated(
            target_region=one.event.target_region,
            anatomy=one.event.anatomy,
            body_part=one.event.body_part,
            is_projection=True,
        )
        for one in projection.events
    ]
    return region_of((*stated, *([MAMMOGRAPHY] if mammography.modalities else [])))
