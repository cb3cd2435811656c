"""
Which patient dose reports the archives should hold, with the maps of skin dose, and which they should lose.

A report is of one content, which its row says from the start: where a method says something else, another row takes its
place; where it says again what it said before, the row of that counts again. The rows are those of all dose SRs of
ours, and are worked off with them. Nothing here commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from db.repositories import exams, patient_doses, publications
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.writers import skin_map_image
from dose_core.writers.devices import Recorder
from dose_core.writers.document import uids_of
from dose_core.writers.errors import NotWritableError
from dose_core.writers.kinds import PATIENT_DOSE, tells_estimates
from dose_services import effective_dose, pacs_destinations, publication_findings
from dose_services.filing import lock_study
from dose_services.pacs_values import Destination
from dose_services.patient_dose_document import reference_to, substance_of, tells_effective_dose
from dose_services.patient_dose_gathering import Gathered
from dose_services.patient_dose_wish import Untold, to_be_told
from dose_services.publication_rows import TAKEN_BACK, is_hidden, take_back, want_again
from dose_services.publication_source import NOT_WRITABLE
from dose_services.site import Site

_AT_ONCE = 5000  # ours: exams that are looked through in one transaction


def wake_marked(session: Session, *, now: datetime) -> None:
    """Have some more exams looked at of an archive whose rule changed, so that nobody waits long for any of these."""
    patient_doses.wake_marked(session, limit=_AT_ONCE, now=now)


def due(session: Session, *, limit: int) -> list[UUID]:
    """Return exams whose published estimates are to be looked at anew; plan each in a transaction of its own."""
    return patient_doses.due(session, limit=limit)


def plan_due(session: Session, exam_id: UUID, *, now: datetime, site: Site, recorder: Recorder) -> None:
    """Plan an exam if it still waits for that. Safe to repeat."""
    if patient_doses.take(session, exam_id):
        plan(session, exam_id, now=now, site=site, recorder=recorder)


def put_back(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Have an exam that could not be planned wait behind all others."""
    patient_doses.put_back(session, exam_id, now=now)


def plan(session: Session, exam_id: UUID, *, now: datetime, site: Site, recorder: Recorder) -> None:
    """
    Bring what archives hold of the estimates of an exam in line with these as they stand. Safe to repeat.

    Work on one study is serialised. ``recorder`` is who writes the objects.
    """
    study = publications.study_of(session, exam_id)
    if study is None:
        return
    lock_study(session, *study)
    known = exams.get(session, exam_id)
    rows = publications.lock_exam(session, exam_id)
    ours = [row for row in rows if tells_estimates(row.kind)]
    since = known.exam.created_at if known else now
    all_of_them = pacs_destinations.destinations(session)
    getting = {one.name: one for one in all_of_them if one.wants(PATIENT_DOSE, site=study[0], known_since=since)}
    if known is None or not (ours or getting):
        return
    if not effective_dose.is_on(session, study[0]):
        _take_back([row for row in ours if row.tells_effective_dose], now=now, also_sent=True)
    try:
        told = to_be_told(session, known, rows)
    except NOT_WRITABLE as error:
        _take_back(ours, now=now, also_sent=True)
        publication_findings.raise_unwritable(session, exam_id, PATIENT_DOSE, error, now=now)
        return
    publication_findings.resolve_unwritable(session, exam_id, PATIENT_DOSE, now=now)
    if isinstance(told, Untold):
        if told is not Untold.WAITS:
            _take_back(ours, now=now, also_sent=told is Untold.NOTHING)
            _settle(session, ours, now=now)
        return
    quiet_at = known.exam.last_evidence_at + timedelta(seconds=site.quiet_time_s)
    house = _House(session=session, gathered=told, recorder=recorder, not_before=max(now, quiet_at), now=now)
    for name in {*(row.destination for row in ours), *getting}:
        theirs = [row for row in ours if row.destination == name]
        if name in getting:
            _expect_all(house, getting[name], theirs)
        else:
            _take_back(theirs, now=now, also_sent=False)
    session.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    """What is the same for all archives."""

    session: Session
    gathered: Gathered
    recorder: Recorder
    not_before: datetime
    now: datetime


def _expect_all(house: _House, destination: Destination, rows: Sequence[PublicationRow]) -> None:
    """Have one archive get each object that there is to tell, and lose those of kinds of which there is none."""
    gone = [row for row in rows if row.kind not in house.gathered.kinds]
    _take_back(gone, now=house.now, also_sent=True)
    _settle(house.session, gone, now=house.now)
    skin_map: PublicationRow | None = None
    refusal: NotWritableError | None = None
    for kind in house.gathered.kinds:
        is_map = kind == skin_map_image.KIND
        named = skin_map if not is_map and house.gathered.names_map(kind) else None
        line = [row for row in rows if row.kind == kind]
        if refusal is not None and house.gathered.names_map(kind):  # without its map the report does not go
            _refuse(house, destination, kind, line, refusal)
            continue
        try:
            reference = reference_to(named, house.gathered)
            substance = substance_of(house.gathered, kind, house.recorder, skin_map=reference)
        except NotWritableError as error:
            refusal = error if is_map else refusal
            _refuse(house, destination, kind, line, error)
            continue
        row = _expect(house, destination, kind, line, substance)
        row.names_id = named.id if named else None
        row.tells_effective_dose = tells_effective_dose(house.gathered, kind)
        skin_map = row if is_map else skin_map


def _expect(
    house: _House, destination: Destination, kind: str, line: Sequence[PublicationRow], substance: str
) -> PublicationRow:
    """Have one row stand for what an object says now, and return it."""
    current = _current(house, line, substance)
    if current is None or _is_out_of_reach(current):
        edition = current.edition + 1 if current else 1
        return _add(house, destination, kind, substance, edition=edition)
    if current.state in TAKEN_BACK:
        want_again(current, not_before=house.not_before)
    elif current.state == "waiting":
        current.not_before = max(current.not_before, house.not_before)
    house.session.flush()
    return current


def _refuse(
    house: _House, destination: Destination, kind: str, line: Sequence[PublicationRow], error: NotWritableError
) -> None:
    """Settle that nothing valid can be written; what was sent before is out of date, and nothing takes its place."""
    substance = sha256(str(error.missing).encode()).hexdigest()
    row = _current(house, line, substance) or _add(house, destination, kind, substance, edition=1)
    row.state, row.ended_at, row.last_error = "refused", row.ended_at or house.now, str(error)
    _take_back([one for one in line if one is not row], now=house.now, also_sent=True)
    house.session.flush()
    publication_findings.raise_about(house.session, row, publication_findings.NOT_WRITTEN, str(error), now=house.now)


def _current(house: _House, line: Sequence[PublicationRow], substance: str) -> PublicationRow | None:
    """Return the newest row of a content, and end those of others that are not in the archive."""
    for row in line:
        if row.substance != substance and row.state != "sent":
            take_back(row, now=house.now, superseded_by=house.gathered.revision)
    house.session.flush()  # an older row must leave `waiting` before another one enters it
    same = [row for row in line if row.substance == substance]
    return max(same, key=lambda one: one.edition, default=None)


def _is_out_of_reach(row: PublicationRow) -> bool:
    """Tell if an object cannot count again: an archive hides it, or a map waits to leave with the report it was of."""
    return is_hidden(row) or (row.state == "withdrawing" and row.kind == skin_map_image.KIND)


def _add(house: _House, destination: Destination, kind: str, substance: str, *, edition: int) -> PublicationRow:
    about = f"{kind} {substance}" if edition == 1 else f"{kind} {substance} edition {edition}"
    uids = uids_of(about, house.gathered.exam_id, 0)  # of what it says, whichever revision that is of
    row = PublicationRow(
        id=uuid4(),
        exam_id=house.gathered.exam_id,
        revision=house.gathered.revision,
        kind=kind,
        destination=destination.name,
        edition=edition,
        state="waiting",
        sop_instance_uid=uids.sop_instance_uid,
        series_instance_uid=uids.series_instance_uid,
        substance=substance,
        not_before=house.not_before,
        created_at=house.now,
    )
    house.session.add(row)
    house.session.flush()
    return row


def _take_back(rows: Sequence[PublicationRow], *, now: datetime, also_sent: bool) -> None:
    for row in rows:
        if also_sent or row.state == "waiting":
            take_back(row, now=now)


def _settle(session: Session, rows: Sequence[PublicationRow], *, now: datetime) -> None:
    """Close the findings about what nobody wants any more."""
    for row in {(one.kind, one.destination): one for one in rows}.values():
        publication_findings.settle(session, row, now=now)
