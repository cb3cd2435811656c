"""
Which dose SRs of ours the archives should hold, and which they should lose.

A device that sends no dose report gets one from us, once its study has been quiet for the site's time.
If a report of a device comes after all, ours is withdrawn: no archive must hold two truths. The
rows are the queue; `dose_services.publication_sending` works it off. Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db import mapping
from db.repositories import exams, publications
from db.repositories.exams import KnownExam
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.writers.kinds import KINDS, kind_named, kinds_of, tells_estimates
from dose_services import pacs_destinations, publication_findings
from dose_services.filing import lock_study
from dose_services.publication_document import uids_of_report
from dose_services.publication_rows import TAKEN_BACK, is_hidden, take_back, want_again
from dose_services.publication_rule import Wish, are_marked, wish
from dose_services.site import Site


def plan(session: Session, exam_id: UUID, *, now: datetime, site: Site) -> None:
    """
    Bring the exam's publications in line with the exam as it stands. Safe to repeat.

    Call it in the transaction that changed the exam or its evidence. Work on one study is serialised.
    """
    study = publications.study_of(session, exam_id)
    if study is None:
        return
    lock_study(session, *study)
    known = exams.get(session, exam_id)
    if known is None:
        return
    rows = [row for row in publications.lock_exam(session, exam_id) if not tells_estimates(row.kind)]
    has_mark = known.device is not None and known.device.sends_no_rdsr
    if not has_mark and not rows:
        return
    exam = mapping.exam_from_packed(known.content)
    is_marked = has_mark and are_marked(session, known, exam)
    if has_mark:
        marks = None if is_marked else publications.marks(session)
        publications.note_plan(session, exam_id, revision=known.exam.revision, now=now, marks=marks)
    else:
        publications.forget_plan(session, exam_id)
    kinds = kinds_of(exam)
    gone = sorted({row.kind for row in rows if kind_named(row.kind) is not None} - {kind.name for kind in kinds})
    for destination in pacs_destinations.destinations(session):
        name = destination.name
        for of_before in gone:
            line = Line(known=known, kind=of_before, destination=name, rows=tuple(_of(rows, of_before, name)))
            _take_back_all(session, line, now=now, also_sent=True)
        for kind in kinds:
            line = Line(known=known, kind=kind.name, destination=name, rows=tuple(_of(rows, kind.name, name)))
            wanted = wish(known, exam, kind, destination, are_devices_marked=is_marked)
            if wanted is Wish.ONE:
                _expect(session, line, now=now, quiet=timedelta(seconds=site.quiet_time_s))
            else:
                _take_back_all(session, line, now=now, also_sent=wanted is Wish.NONE)
    session.flush()


def unplanned(session: Session, *, limit: int) -> list[UUID]:
    """
    Return exams whose publications do not fit their device's mark or the destinations, as after a change of these.

    Plan each in a transaction of its own: planning waits for what is just being read of the study.
    """
    changed_at = pacs_destinations.last_change(session)
    kinds = [kind.name for kind in KINDS]
    return publications.out_of_line(session, kinds=kinds, changed_at=changed_at, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The reports of one kind on an exam for one archive, oldest revision first."""

    known: KnownExam
    kind: str
    destination: str
    rows: tuple[PublicationRow, ...]


def _of(rows: list[PublicationRow], kind: str, destination: str) -> list[PublicationRow]:
    return [row for row in rows if row.kind == kind and row.destination == destination]


def _take_back_all(session: Session, line: Line, *, now: datetime, also_sent: bool) -> None:
    for row in line.rows:
        if also_sent or row.state == "waiting":
            take_back(row, now=now)
    if also_sent and line.rows:
        publication_findings.settle(session, line.rows[-1], now=now)


def _expect(session: Session, line: Line, *, now: datetime, quiet: timedelta) -> None:
    """Have one row waiting for the revision that counts, unless that was settled before."""
    revision = line.known.exam.revision
    for row in line.rows:
        if row.state == "waiting" and row.revision != revision:
            take_back(row, now=now, superseded_by=revision)
    session.flush()  # the older row must leave `waiting` before the new one enters it
    quiet_at = line.known.exam.last_evidence_at + quiet
    current = next((row for row in reversed(line.rows) if row.revision == revision), None)
    if current is None:
        _add(session, line, edition=1, not_before=quiet_at, now=now)
    elif is_hidden(current):
        _add(session, line, edition=current.edition + 1, not_before=quiet_at, now=now)
    elif current.state in TAKEN_BACK or _is_outlived(line, current):  # wanted again, or its revision counts again
        want_again(current, not_before=quiet_at)
    elif current.state == "waiting":
        current.not_before = max(current.not_before, quiet_at)


def _is_outlived(line: Line, current: PublicationRow) -> bool:
    """Tell if the archive has another report by now than the one beside which this one was settled, or none."""
    sent = next((row for row in line.rows if row.state == "sent"), None)
    if current.state == "unchanged":
        return sent is None or sent.substance != current.substance
    return current.state == "refused" and sent is not None and sent.revision > current.revision


def _add(session: Session, line: Line, *, edition: int, not_before: datetime, now: datetime) -> None:
    exam = line.known.exam
    uids = uids_of_report(line.kind, exam.id, exam.revision, edition)
    session.add(
        PublicationRow(
            exam_id=exam.id,
            revision=exam.revision,
            kind=line.kind,
            destination=line.destination,
            edition=edition,
            state="waiting",
            sop_instance_uid=uids.sop_instance_uid,
            series_instance_uid=uids.series_instance_uid,
            not_before=not_before,
            created_at=now,
        )
    )
