"""
Read kept evidence, state what it says, and bring the exam up to date.

Whatever happens here, the evidence is safe: it was committed before. An object that cannot be read,
for a reason foreseen or not, ends ``unreadable`` with the reason and a finding. If the database is away,
the object stays ``pending`` and is read by the worker's next sweep.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from db.outage import is_outage
from db.repositories import evidence, findings
from db.retry import in_unit_of_work
from db.session import Session
from db.tables.evidence import EvidenceRow
from dose_core.errors import DoseError
from dose_core.model import DoseReport
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from dose_core.readers.typed import read_typed
from dose_core.readers.typed_record import ORIGIN
from dose_services import filing
from dose_services.finding_kinds import FindingKind
from dose_services.ingest import Kept
from dose_services.installed_readers import installed_readers
from dose_services.site import Site

UnitOfWork = Callable[[], AbstractContextManager[Session]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadState:
    """
    What reading made of one object; ``reason`` is given unless it is ``read``.

    ``contradicts`` tells that another object of its SOP Instance UID states another dose.
    """

    evidence_id: UUID
    status: str  # see db.tables.EvidenceRow
    reason: str | None = None
    contradicts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unread:
    """A kept object with what is known of it; ``content`` is asked for once, and only if it waits."""

    evidence_id: UUID
    site: str
    status: str
    reason: str | None
    copy_of: str | None
    is_typed: bool  # by a person: no object of a device
    content: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    state: ReadState
    site: str
    report: DoseReport | None = None


def read_kept(unit_of_work: UnitOfWork, kept: Sequence[Kept], *, now: datetime, site: Site) -> list[ReadState]:
    """
    Read objects that were just kept and return what became of each, in their order. Safe to repeat.

    Runs its own transactions: one for the objects of a study and the exam they make.
    """
    unread = [
        _Unread(
            evidence_id=one.evidence_id,
            site=one.site,
            status=one.read_status,
            reason=one.read_reason,
            copy_of=one.envelope.copy_of,
            is_typed=False,
            content=partial(_dicom_of, one),
        )
        for one in kept
    ]
    return _read_all(unit_of_work, lambda: unread, [one.evidence_id for one in kept], now=now, site=site)


def read_now(unit_of_work: UnitOfWork, evidence_ids: Sequence[UUID], *, now: datetime, site: Site) -> list[ReadState]:
    """Read kept objects by their ids, as ``read_kept`` does."""

    def load() -> list[_Unread]:
        with unit_of_work() as session:
            rows = evidence.load(session, evidence_ids)
        return [_unread(row, row.read_status) for row in rows]

    return _read_all(unit_of_work, load, evidence_ids, now=now, site=site)


def read_again(row: EvidenceRow) -> tuple[ReadState, DoseReport | None]:
    """Return what the readers of today make of a kept object, whatever came of it before; nothing is written."""
    read = _read(_unread(row, "pending"))
    return read.state, read.report


def _unread(row: EvidenceRow, status: str) -> _Unread:
    return _Unread(
        evidence_id=row.id,
        site=row.site,
        status=status,
        reason=row.read_reason,
        copy_of=row.copy_of,
        is_typed=row.origin == ORIGIN,
        content=partial(evidence.content_of, row),
    )


def _dicom_of(kept: Kept) -> bytes:
    return kept.envelope.dicom


def _read_all(
    unit_of_work: UnitOfWork,
    load: Callable[[], list[_Unread]],
    evidence_ids: Sequence[UUID],
    *,
    now: datetime,
    site: Site,
) -> list[ReadState]:
    states: dict[UUID, ReadState] = {
        evidence_id: ReadState(evidence_id=evidence_id, status="pending", reason="waits to be read")
        for evidence_id in evidence_ids
    }
    try:
        unread = load()
        reads = [_read(one) for one in unread]
        # What was settled before may stand otherwise by now, as after a rollback: only what waited is settled here.
        waited = [read for one, read in zip(unread, reads, strict=True) if one.status == "pending" and not read.report]
        _settle(unit_of_work, waited, now=now)
        states.update((read.state.evidence_id, read.state) for read in reads if not read.report)
        by_study: dict[tuple[str, str], list[_Read]] = defaultdict(list)
        for read in reads:
            if read.report:
                by_study[read.site, read.report.study_instance_uid or ""].append(read)
        for study, members in sorted(by_study.items()):
            for state in _file(unit_of_work, study, members, now=now, site=site):
                states[state.evidence_id] = state
    except Exception as error:  # noqa: BLE001  the evidence is kept; whatever failed here is tried again by the sweep
        _log.error(
            "reading was cut short; the evidence waits",
            extra={"error": type(error).__name__, "objects": len(evidence_ids)},
        )
    return [states[evidence_id] for evidence_id in evidence_ids]


def _read(one: _Unread) -> _Read:
    if one.status != "pending":
        return _Read(site=one.site, state=ReadState(evidence_id=one.evidence_id, status=one.status, reason=one.reason))
    if one.copy_of:
        reason = f"a copy that the PACS {one.copy_of}"
        return _Read(site=one.site, state=ReadState(evidence_id=one.evidence_id, status="copy", reason=reason))
    try:
        if one.is_typed:
            return _stated(one, read_typed(one.content()))
        return _stated(one, read_dose(one.content(), more_readers=installed_readers().readers))
    except Exception as error:  # noqa: BLE001  a bug in a reader must not cost the object nor stop the next one
        return _failed(one, error)


def _failed(one: _Unread | _Read, error: Exception) -> _Read:
    match error:
        case NotDoseError():
            return _ended(one, "not_dose", str(error))
        case _:
            return _ended(one, "unreadable", str(error) if isinstance(error, DoseError) else _bug(error))


def _stated(one: _Unread, report: DoseReport) -> _Read:
    if report.patient_identity_removed:
        return _ended(one, "copy", "its patient identity was removed (0012,0062): a copy, not an exam of its own")
    if not report.study_instance_uid:
        reason = "it states no Study Instance UID (0020,000D), so that no exam can be named"
        return _ended(one, "unreadable", reason)
    return _Read(site=one.site, state=ReadState(evidence_id=one.evidence_id, status="read"), report=report)


def _ended(one: _Unread | _Read, status: str, reason: str) -> _Read:
    evidence_id = one.evidence_id if isinstance(one, _Unread) else one.state.evidence_id
    return _Read(site=one.site, state=ReadState(evidence_id=evidence_id, status=status, reason=reason))


def _file(
    unit_of_work: UnitOfWork, study: tuple[str, str], members: Sequence[_Read], *, now: datetime, site: Site
) -> list[ReadState]:
    """
    File what the objects of one study state; if that fails, file them by halves to find those that fail.

    Each filing reads the whole study, so that one by one a large series would keep its sender waiting.
    """
    reports = [(read.state.evidence_id, read.report) for read in members if read.report]
    try:
        contradicting = in_unit_of_work(
            unit_of_work, lambda session: filing.file_reports(session, *study, reports, now=now, site=site)
        )
    except Exception as error:
        if is_outage(error):
            raise  # not this object's fault: it waits
        if len(members) > 1:
            middle = len(members) // 2
            return [
                state
                for half in (members[:middle], members[middle:])
                for state in _file(unit_of_work, study, half, now=now, site=site)
            ]
        failed = _failed(members[0], error)
        _settle(unit_of_work, [failed], now=now)
        return [failed.state]
    return [replace(read.state, contradicts=read.state.evidence_id in contradicting) for read in members]


def _settle(unit_of_work: UnitOfWork, reads: Sequence[_Read], *, now: datetime) -> None:
    by_outcome: dict[tuple[str, str | None], list[UUID]] = defaultdict(list)
    for read in reads:
        by_outcome[read.state.status, read.state.reason].append(read.state.evidence_id)
    if not by_outcome:
        return

    def settle(session: Session) -> None:
        raised: dict[str, str] = {}  # subject -> text
        for (status, reason), evidence_ids in by_outcome.items():
            evidence.mark(session, evidence_ids, status=status, reason=reason, read_at=now)
            if status == "unreadable":
                text = f"an object could not be read: {reason}"
                raised |= dict.fromkeys((str(evidence_id) for evidence_id in evidence_ids), text)
        # In one order, or two deliveries of several kinds could each wait for the other.
        for subject, text in sorted(raised.items()):
            findings.raise_once(
                session,
                kind=FindingKind.UNREADABLE,
                subject=subject,
                text=text,
                now=now,
                evidence_id=UUID(subject),
            )

    in_unit_of_work(unit_of_work, settle)


def _bug(error: BaseException) -> str:
    """Name a bug by its type and place; its text might hold what the object says of a patient."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" in {place.tb_frame.f_code.co_name}, line {place.tb_lineno}" if place else ""
    _log.error("a reader failed in a way nobody foresaw", extra={"error": type(error).__name__, "where": where})
    return f"the reader failed ({type(error).__name__}{where}); the object is kept, please report this"
