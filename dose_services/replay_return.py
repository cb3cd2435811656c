"""Take a replay back: its statements count no more, and answers are what they were before it."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from db.repositories import replays
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from db.tables.statement import ReplayRow
from dose_core.errors import DoseError
from dose_services import following
from dose_services.replay import Clock, settle_finding
from dose_services.site import Site

_STUDIES = 200


class UnknownReplayError(DoseError):
    """No replay has this id; ``doseledger replay --list`` tells which there are."""


def roll_back(unit_of_work: UnitOfWork, replay_id: UUID, *, by: str, clock: Clock, site: Site) -> Iterator[int]:
    """
    Take a replay back, and yield how many exams still wait for it; the last number is 0. Safe to repeat.

    Taking back is one transaction. The exams follow one by one, by this call, or by the worker if it is cut short.

    Raises:
        UnknownReplayError: there is none.
    """
    row = in_unit_of_work(unit_of_work, partial(_take_back, replay_id, by, clock()))
    while True:
        with unit_of_work() as session:
            waiting = replays.count_returning(session, row)
        yield waiting
        if not waiting:
            return
        following.work_off(unit_of_work, now=clock(), site=site, limit=_STUDIES)


def _take_back(replay_id: UUID, by: str, now: datetime, session: Session) -> ReplayRow:
    row = replays.get(session, replay_id, for_update=True)
    if row is None:
        msg = f"there is no replay {replay_id}; 'doseledger replay --list' tells which there are"
        raise UnknownReplayError(msg)
    if row.rolled_back_at is None:
        row.rolled_back_by, row.rolled_back_at = by, now
        session.flush()
        for stood in replays.take_back(session, replay_id, at=now):
            settle_finding(session, stood.evidence_id, stood.read_status, stood.read_reason, now=now)
    return row
