"""
Read kept evidence again with the readers of today: say what would change and why, and apply it.

What changed is kept as statements that supersede the earlier ones, under one replay; nothing is overwritten. Objects
are read outside of any transaction, and each study is filed in one of its own, so that deliveries go on meanwhile.
What is only asked for is filed as well, and rolled back: so it is what applying would make of it.

An object that reads no more, or names another study now, keeps what was read of it, and is told.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from db import mapping
from db.outage import is_outage
from db.repositories import evidence, exams, findings, replays, statements
from db.repositories.replays import Selection, Study
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from db.tables.evidence import EvidenceRow
from dose_core.ledger.changes import TotalChange, total_changes
from dose_core.ledger.standing import Standing
from dose_core.ledger.totals import Total
from dose_services import filing, reading, rereading
from dose_services.finding_kinds import FindingKind
from dose_services.installed_readers import reader_version
from dose_services.rereading import Again, KeptStudy, ReadAgain
from dose_services.site import Site

# Fetched at a time. A study is read as a whole, of a series some thousand headers.
_STUDIES, _OBJECTS = 200, 200
_FIRST_STUDY, _FIRST_OBJECT = Study("", ""), UUID(int=0)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """
    What became of the objects of one study, or of one that belongs to none.

    ``taken`` counts what was read again, changed or not; ``totals`` and ``states`` are those of the exam, where they
    differ: before, after. A ``problem`` is why nothing of the study was changed.
    """

    study: Study | None
    taken: int
    objects: tuple[ReadAgain, ...] = ()
    totals: tuple[TotalChange, ...] = ()
    states: tuple[str, str] | None = None
    problem: str | None = None


class _NotApplied(Exception):  # noqa: N818 - no error: it rolls back what was only asked for
    def __init__(self, outcome: Replayed) -> None:
        super().__init__()
        self.outcome = outcome


def extent(session: Session, selection: Selection) -> int:
    """Return how many outcomes ``replay`` yields: one for each object that was not read, and for each study."""
    unread = replays.count_unread(session, selection) if selection.device_id is None else 0
    return unread + replays.count_studies(session, selection)


def replay(
    unit_of_work: UnitOfWork, selection: Selection, *, clock: Clock, site: Site, applied_by: str | None = None
) -> Iterator[Replayed]:
    """
    Read what is selected again and yield what became of it, study by study; write nothing unless ``applied_by``.

    A study is committed when it is yielded. A replay that was cut short goes on, under its id, when the same is
    asked for again; one that changes nothing leaves no trace. Safe to repeat.
    """
    run = _Run(unit_of_work, selection, clock=clock, site=site, applied_by=applied_by)
    newly: dict[Study, list[UUID]] = defaultdict(list)
    yield from run.unread(newly)
    yield from run.newly_read(newly)
    yield from run.read_before(newly)
    run.finish()


class _Run:
    """One replay on its way."""

    def __init__(
        self, unit_of_work: UnitOfWork, selection: Selection, *, clock: Clock, site: Site, applied_by: str | None
    ) -> None:
        self._unit_of_work = unit_of_work
        self._selection = selection
        self._clock = clock
        self._site = site
        self._applied_by = applied_by
        self._version = reader_version()
        self._replay_id: UUID | None = None
        self._after = _FIRST_STUDY
        if applied_by is not None:
            with unit_of_work() as session:
                begun = replays.unfinished(session, selection, reader_version=self._version)
            if begun is not None:
                self._replay_id, self._after = begun.id, Study(begun.after_study, begun.after_site)

    def unread(self, newly: dict[Study, list[UUID]]) -> Iterator[Replayed]:
        """
        Read what could not be read before, or stated no dose; note by study what does now.

        No device is known of such an object, so that there is none if one is asked for.
        """
        after = _FIRST_OBJECT
        while self._selection.device_id is None:
            with self._unit_of_work() as session:
                ids = replays.unread(session, self._selection, after=after, limit=_OBJECTS)
            if not ids:
                return
            for evidence_id in ids:
                with self._unit_of_work() as session:  # one at a time: what cannot be read may be as large as it likes
                    (row,) = evidence.load(session, [evidence_id])
                yield self._unread(row, newly)
            after = ids[-1]

    def _unread(self, row: EvidenceRow, newly: dict[Study, list[UUID]]) -> Replayed:
        state, report = reading.read_again(row)
        if report is not None:
            if self._selection.kind in {None, report.kind}:
                newly[Study(mapping.storable(report.study_instance_uid or ""), row.site)].append(row.id)
            return Replayed(study=None, taken=1)
        if state.status == row.read_status or self._selection.kind is not None:
            return Replayed(study=None, taken=1)
        if self._applied_by is not None:
            in_unit_of_work(self._unit_of_work, partial(self._settle, row, state))
        return Replayed(study=None, taken=1, objects=(rereading.told_of(row, state),))

    def _settle(self, row: EvidenceRow, state: reading.ReadState, session: Session) -> None:
        now = self._clock()
        replays.note_stood(session, self._begun(session), [rereading.stood(row)])
        evidence.mark(session, [row.id], status=state.status, reason=state.reason, read_at=now)
        settle_finding(session, row.id, state.status, state.reason, now=now)

    def newly_read(self, newly: Mapping[Study, Sequence[UUID]]) -> Iterator[Replayed]:
        """File the studies with objects that read now and did not before."""
        for study, evidence_ids in newly.items():
            yield self._study(study, also=evidence_ids)

    def read_before(self, done: Mapping[Study, Sequence[UUID]]) -> Iterator[Replayed]:
        """Read the objects of all other studies again, in the order of studies."""
        while True:
            with self._unit_of_work() as session:
                page = replays.studies(session, self._selection, after=self._after, limit=_STUDIES)
            if not page:
                return
            for study in page:
                if study not in done:
                    yield self._study(study)
            self._after = page[-1]
            if self._replay_id is not None and self._applied_by is not None:
                through = partial(replays.advance, replay_id=self._replay_id, study=self._after)
                in_unit_of_work(self._unit_of_work, through)

    def _study(self, study: Study, *, also: Sequence[UUID] = ()) -> Replayed:
        with self._unit_of_work() as session:
            kept = rereading.load(session, study, self._selection, also=also)
        again = rereading.read_again(kept)
        outcome = Replayed(study=study, taken=len(kept.rows), objects=tuple(one.told for one in again))
        if not any(one.report for one in again):
            return outcome
        try:
            return in_unit_of_work(self._unit_of_work, partial(self._file, kept, again, outcome))
        except _NotApplied as rolled_back:
            return rolled_back.outcome
        except Exception as error:
            if is_outage(error):
                raise
            # A study that nobody foresaw must not keep the others from being read; the text may quote a patient.
            return replace(outcome, problem=f"it could not be filed ({type(error).__name__}); please report this")

    def _file(self, kept: KeptStudy, again: Sequence[Again], outcome: Replayed, session: Session) -> Replayed:
        now, study = self._clock(), kept.study
        filing.lock_study(session, study.site, study.study_instance_uid)
        before = _exam(session, study)
        newest = {
            UUID(one.evidence): one.statement.key
            for one in statements.of_study(session, study.site, study.study_instance_uid)
        }
        # What was superseded while we read is left to whoever did that.
        due = [
            (one.stood, one.report) for one in again if one.report and newest.get(one.stood.evidence_id) == one.known_by
        ]
        fresh = [stood for stood, _ in due if stood.evidence_id not in newest]
        replay_id = self._begun(session)
        if due:
            statements.add(
                session,
                [(stood.evidence_id, report) for stood, report in due],
                site=study.site,
                reader_version=self._version,
                stated_at=now,
                replay_id=replay_id,
            )
        replays.note_stood(session, replay_id, fresh)
        evidence.mark(session, [one.evidence_id for one in fresh], status="read", reason=None, read_at=now)
        for one in fresh:
            settle_finding(session, one.evidence_id, "read", None, now=now)
        filing.file_anew(session, study.site, study.study_instance_uid, now=now, site=self._site, cause="replay")
        after = _exam(session, study)
        states = (before.state, after.state) if before.state != after.state else None
        outcome = replace(outcome, totals=total_changes(before.totals, after.totals), states=states)
        if after.state == Standing.VOID:
            raise _NotApplied(replace(outcome, problem="nothing of it would count any more; it keeps what was read"))
        if self._applied_by is None:
            raise _NotApplied(outcome)
        return outcome

    def _begun(self, session: Session) -> UUID:
        """Return the replay, which is written with the first change."""
        if self._replay_id is None or replays.get(session, self._replay_id) is None:
            row = replays.begin(
                session,
                self._selection,
                reader_version=self._version,
                applied_by=self._applied_by or "",
                applied_at=self._clock(),
            )
            self._replay_id = row.id
        return self._replay_id

    def finish(self) -> None:
        """Note that there is no work left."""
        if self._replay_id is not None and self._applied_by is not None:
            done = partial(replays.finish, replay_id=self._replay_id, at=self._clock())
            in_unit_of_work(self._unit_of_work, done)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exam:
    state: str
    totals: tuple[Total, ...]


def _exam(session: Session, study: Study) -> _Exam:
    row = exams.by_study(session, study.study_instance_uid, site=study.site)
    known = exams.get(session, row.id) if row else None
    if known is None or known.exam.state == Standing.VOID:
        return _Exam(state=known.exam.state if known else "unknown", totals=())
    return _Exam(state=known.exam.state, totals=mapping.exam_from_packed(known.content).totals)


def settle_finding(session: Session, evidence_id: UUID, status: str, reason: str | None, *, now: datetime) -> None:
    """Raise the finding about an object that cannot be read, or close it."""
    subject = str(evidence_id)
    if status == "unreadable":
        text = f"an object could not be read: {reason}"
        kind = FindingKind.UNREADABLE
        findings.raise_once(session, kind=kind, subject=subject, text=text, now=now, evidence_id=evidence_id)
    else:
        findings.resolve(session, kind=FindingKind.UNREADABLE, subject=subject, now=now)
