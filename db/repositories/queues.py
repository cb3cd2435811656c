"""Queries that the queues of what waits for destinations share: forwarded dose SRs, and messages."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from db.reaching import Reach, conditions, its_exam_within
from db.session import Session
from db.tables.forwarding import ForwardDestinationRow, ForwardRow
from db.tables.outbound import OutboundDestinationRow, OutboundMessageRow

_RowT = TypeVar("_RowT", ForwardRow, OutboundMessageRow)


@dataclass(frozen=True, slots=True)
class Queue(Generic[_RowT]):
    """What waits for destinations of one sort, and these."""

    row: type[_RowT]
    destination: type[ForwardDestinationRow] | type[OutboundDestinationRow]


FORWARDS = Queue(ForwardRow, ForwardDestinationRow)
MESSAGES = Queue(OutboundMessageRow, OutboundDestinationRow)


def page(
    session: Session,
    queue: Queue[_RowT],
    *,
    destination_id: UUID | None,
    states: tuple[str, ...],
    exam_id: UUID | None,
    after: int,
    limit: int,
    reach: Reach | None = None,
) -> list[tuple[_RowT, str]]:
    """Return what is queued about exams in reach, in its order, each with the name of its destination."""
    row, destination = queue.row, queue.destination
    wanted: list[ColumnElement[bool]] = [row.number > after]
    if states:
        wanted.append(row.state.in_(states))
    if destination_id is not None:
        wanted.append(row.destination_id == destination_id)
    wanted += conditions(its_exam_within(f"{row.__tablename__}.exam_id"), reach)
    if exam_id is not None:
        wanted.append(row.exam_id == exam_id)
    query = select(row, destination.name).join(destination, destination.id == row.destination_id).where(*wanted)
    ordered = query.order_by(row.number).limit(limit).execution_options(populate_existing=True)
    return [(found, name) for found, name in session.execute(ordered)]


def counts(session: Session, queue: Queue[_RowT]) -> dict[UUID, dict[str, int]]:
    """Return how many for each destination are in each state."""
    row = queue.row
    found: dict[UUID, dict[str, int]] = {}
    query = select(row.destination_id, row.state, func.count()).group_by(row.destination_id, row.state)
    for destination_id, state, number in session.execute(query):
        found.setdefault(destination_id, {})[state] = number
    return found
