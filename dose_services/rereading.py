"""Kept objects read again by the readers of today: which of them state something else now, and what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from db import mapping
from db.repositories import evidence, replays, statements
from db.repositories.replays import Selection, Stood, Study
from db.session import Session
from db.tables.evidence import EvidenceRow
from dose_core.ledger.changes import Change, changes_of
from dose_core.ledger.versions import Version
from dose_core.model import DoseReport, Kind
from dose_services import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAgain:
    """
    One object of which today's readers make something else.

    ``before`` and ``after`` are its states of reading, ``changes`` what differs where it was read and still is.
    With a ``problem`` it keeps what was read of it before. No text of it names a patient.
    """

    evidence_id: UUID
    sop_instance_uid: str
    kind: Kind | None
    version_before: str | None
    before: str
    after: str
    changes: tuple[Change, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What is told of an object that was read again, and its report if that is to supersede ``known_by``."""

    told: ReadAgain
    stood: Stood
    report: DoseReport | None = None
    known_by: str | None = None  # the statement that counts so far


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStudy:
    """The objects of a study that are to be read again, with what counts of them so far."""

    study: Study
    rows: tuple[EvidenceRow, ...]
    known: Mapping[UUID, Version]
    read_by: Mapping[UUID, str]  # statement -> version of the readers


def load(session: Session, study: Study, selection: Selection, *, also: Sequence[UUID] = ()) -> KeptStudy:
    """Return the selected objects of a study, and ``also`` those of it that could not be read before."""
    versions = {
        UUID(one.evidence): one
        for one in statements.of_study(session, study.site, study.study_instance_uid)
        if selection.kind in {None, one.statement.report.kind}
    }
    rows = evidence.load(session, [*versions, *also])
    # What has expired has no key, and is as it was.
    kept = [row for row in rows if row.key is not None]
    chosen = tuple(row for row in kept if selection.since is None or row.received_at >= selection.since)
    ids = [UUID(versions[row.id].statement.key) for row in chosen if row.id in versions]
    return KeptStudy(study=study, rows=chosen, known=versions, read_by=replays.versions_of(session, ids))


def read_again(kept: KeptStudy) -> list[Again]:
    """Read the objects of a study again and return those that do not state what counts of them so far."""
    return [one for row in kept.rows if (one := _again(kept, row)) is not None]


def stood(row: EvidenceRow) -> Stood:
    """Return how evidence stands."""
    return Stood(evidence_id=row.id, read_status=row.read_status, read_reason=row.read_reason)


def told_of(row: EvidenceRow, state: reading.ReadState, kind: Kind | None = None) -> ReadAgain:
    """Return what is told of an object by its states of reading."""
    return ReadAgain(
        evidence_id=row.id,
        sop_instance_uid=row.sop_instance_uid,
        kind=kind,
        version_before=None,
        before=row.read_status,
        after=state.status,
    )


def _again(kept: KeptStudy, row: EvidenceRow) -> Again | None:
    state, report = reading.read_again(row)
    version = kept.known.get(row.id)
    if version is None:
        if report is None:
            return None
        return Again(told=told_of(row, state, report.kind), stood=stood(row), report=report)
    before = version.statement.report
    told = replace(told_of(row, state, before.kind), version_before=kept.read_by[UUID(version.statement.key)])
    if report is None:
        return Again(told=replace(told, problem=f"reads no more: {state.reason}"), stood=stood(row))
    report = _as_kept(report)
    if report == before:
        return None
    told = replace(told, kind=report.kind, changes=changes_of(before, report))
    if report.study_instance_uid != kept.study.study_instance_uid:
        return Again(told=replace(told, problem="names another study now"), stood=stood(row))
    return Again(told=told, stood=stood(row), report=report, known_by=version.statement.key)


def _as_kept(report: DoseReport) -> DoseReport:
    """Return a report as it is once it was kept, so that it can be compared with one that was."""
    return mapping.report_from_packed(mapping.report_to_packed(report), mapping.identity_to_packed(report))
