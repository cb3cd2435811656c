"""Which page of a queue somebody asks for, and the number of one in it: the same for all queues."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

_LARGEST = 2**63 - 1  # of a number of PostgreSQL

Number = Annotated[int, Path(ge=1, le=_LARGEST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """What waits for one destination and about one exam (all, if none is named), behind the number ``after``."""

    destination: str | None
    exam_id: UUID | None
    after: int
    limit: int


async def _page(
    destination: Annotated[str | None, Query(description="name of a destination; none asks for all")] = None,
    exam: Annotated[UUID | None, Query(description="about this exam")] = None,
    after: Annotated[int, Query(ge=0, le=_LARGEST, description="the last one of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> QueuePage:
    return QueuePage(destination=destination, exam_id=exam, after=after, limit=limit)


QueuePageDep = Annotated[QueuePage, Depends(_page)]
