"""
What a dose summary is of: one kind of irradiation by one machine in one study, or one administration.

A summary adds nothing up over machines (Radiation Dose Summary 1.0.0, introduction of radiation-dose-summary), and
names one kind of procedure. Each share is an exam of its own, so that its sentence says of it what stands in it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dose_core.fhir.terms import ADMINISTRATION, CT, MAMMOGRAPHY, PROJECTION, Term
from dose_core.ledger.exam import Counted, Exam
from dose_core.ledger.nuclides import kind_of
from dose_core.ledger.precedence import moment
from dose_core.ledger.totals import Basis, Quantity, Total, part_and_device
from dose_core.model import Administration, DeviceStated, MammographyEvent, ProjectionEvent

SEVERAL_DEVICES = "several machines irradiated, and no source tells their shares"
_OF_CT = frozenset((Quantity.DLP, Quantity.CTDI_VOL_MAX))
_OF_MAMMOGRAPHY = frozenset((Quantity.AGD,))
_OF_PROJECTION = frozenset(
    (
        Quantity.DAP,
        Quantity.KA_R,
        Quantity.FLUORO_DAP,
        Quantity.FLUORO_KA_R,
        Quantity.FLUORO_TIME,
        Quantity.ACQUISITION_DAP,
        Quantity.ACQUISITION_KA_R,
        Quantity.ACQUISITION_TIME,
    )
)
_DIGEST_CHARACTERS = 12  # with an id of ours less than the 64 characters that an id may have (R4, 2.24.0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """
    One share of an exam. ``key`` is what the id of its summary ends in; it names no patient.

    ``exam`` is the exam without what others irradiated; ``device`` ``None`` where no source tells one machine.
    """

    key: str
    procedure: Term
    exam: Exam
    device: DeviceStated | None
    started_at: datetime | None  # aware if a source states an offset, else local and naive
    shortcomings: tuple[str, ...] = ()
    administration: Administration | None = None


def shares_of(exam: Exam) -> tuple[Share, ...]:
    """Return the shares of an exam, those of X-rays first."""
    return (*_ct(exam), *_projection(exam), *_mammography(exam), *_administrations(exam))


def short(text: str) -> str:
    """Return what stands for a text in an id."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGEST_CHARACTERS]


def _ct(exam: Exam) -> Iterator[Share]:
    totals = _of(exam, _OF_CT)
    if exam.ct is None and not totals:
        return
    starts = [event.event.started_at for event in exam.ct.events] if exam.ct else []
    others = {
        *(one.device for one in exam.projection),
        *(one.device for one in exam.mammography),
        *(one.device for one in exam.nuclear),
    }
    left = [device for number, device in enumerate(exam.devices) if number not in others]
    is_several = len(left) > 1
    yield Share(
        key="ct",
        procedure=CT,
        exam=_only(exam, ("CT",), totals, ct=exam.ct),
        device=None if is_several else exam.ct.device if exam.ct else next(iter(left), None),
        started_at=_first(starts) or (exam.ct.started_at if exam.ct else None),
        shortcomings=(SEVERAL_DEVICES,) if is_several else (),
    )


def _projection(exam: Exam) -> Iterator[Share]:
    totals = _of(exam, _OF_PROJECTION)
    if not exam.projection and not totals:
        return
    names = tuple(name for name in exam.modalities if name not in {"CT", "MG", "NM", "PT"})
    apart = sorted({device for one in totals if (device := part_and_device(one.quantity, one.of)[1]) is not None})
    if not apart:
        yield _counted("projection", PROJECTION, exam, exam.projection, _only(exam, names, totals))
    for number in apart:
        events = tuple(one for one in exam.projection if one.device == number)
        its = tuple(
            replace(one, of=part or None)
            for one in totals
            for part, device in (part_and_device(one.quantity, one.of),)
            if device == number
        )
        key = f"projection.{short(repr(exam.devices[number]))}"
        yield _counted(key, PROJECTION, exam, events, _only(exam, names, its, projection=events), number)


def _mammography(exam: Exam) -> Iterator[Share]:
    totals = _of(exam, _OF_MAMMOGRAPHY)
    if exam.mammography or totals:
        only = _only(exam, ("MG",), totals, mammography=exam.mammography)
        yield _counted("mammography", MAMMOGRAPHY, exam, exam.mammography, only)


def _counted(
    key: str,
    procedure: Term,
    exam: Exam,
    events: Sequence[Counted[ProjectionEvent]] | Sequence[Counted[MammographyEvent]],
    only: Exam,
    number: int | None = None,
) -> Share:
    named = {one.device for one in events} if number is None else {number}
    is_several = len(named) > 1
    if not named and len(exam.devices) == 1:
        named = {0}
    device = exam.devices[next(iter(named))] if len(named) == 1 and exam.devices else None
    with_events = replace(only, projection=tuple(events)) if procedure is PROJECTION else only  # type: ignore[arg-type]  # of projection there
    return Share(
        key=key,
        procedure=procedure,
        exam=with_events,
        device=device,
        started_at=_first(one.event.started_at for one in events),
        shortcomings=(SEVERAL_DEVICES,) if is_several else (),
    )


def _administrations(exam: Exam) -> Iterator[Share]:
    by_kind = {one.of: one for one in exam.totals if one.quantity is Quantity.ACTIVITY}
    names = tuple(name for name in exam.modalities if name in {"NM", "PT"})
    alike = [kind_of(one.event) for one in exam.nuclear]
    for one in exam.nuclear:
        kind = kind_of(one.event)
        is_only = alike.count(kind) == 1 and kind in by_kind
        total = by_kind[kind] if is_only else _activity(one, kind)
        yield Share(
            key=f"administration.{short(one.event_uid)}",
            procedure=ADMINISTRATION,
            exam=_only(exam, names, (total,), nuclear=(one,)),
            device=exam.devices[one.device] if one.device < len(exam.devices) else None,
            started_at=one.event.start,
            administration=one.event,
        )


def _activity(one: Counted[Administration], kind: str | None) -> Total:
    """Return the activity of one of several administrations of a kind, of which the total is the sum."""
    mbq = one.event.administered_activity_mbq or None  # 0 is what devices write where none is known
    return Total(
        quantity=Quantity.ACTIVITY,
        of=kind,
        value=mbq,
        basis=Basis.SUM_OF_EVENTS if mbq else None,
        source=one.source,
    )


def _only(exam: Exam, modalities: tuple[str, ...], totals: tuple[Total, ...], **parts: object) -> Exam:
    nothing = {"ct": None, "projection": (), "mammography": (), "nuclear": ()}
    changes = {**nothing, **parts}
    return replace(exam, modalities=modalities, totals=totals, **changes)  # type: ignore[arg-type]  # parts of an exam by name


def _of(exam: Exam, quantities: frozenset[Quantity]) -> tuple[Total, ...]:
    return tuple(total for total in exam.totals if total.quantity in quantities)


def _first(starts: Iterable[datetime | None]) -> datetime | None:
    known = [start for start in starts if start is not None]
    return min(known, key=moment, default=None)
