"""Which of several statements knows most: an order that does not depend on when an object arrived."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from math import inf
from typing import TypeVar

from dose_core.ledger.exam import Statement
from dose_core.ledger.source import SOURCE_OF, Source
from dose_core.model import (
    CtReport,
    DoseReport,
    MammographyReport,
    NuclearReport,
    ProjectionReport,
)

EventfulT = TypeVar("EventfulT", bound=CtReport | ProjectionReport | MammographyReport | NuclearReport)
ReportT = TypeVar("ReportT", bound=DoseReport)

_ORDER = {source: place for place, source in enumerate(Source)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ranked(statements: Iterable[Statement[EventfulT]]) -> list[Statement[EventfulT]]:
    """Return the statements, most knowing first: whole ones, most events, newest, then an order of no meaning."""
    every = list(statements)
    time = time_among(s.report.content_at for s in every)
    return sorted(
        every,
        key=lambda s: (
            not s.report.is_cut_short,
            len(s.report.events),
            time(s.report.content_at),
            s.report.sop_instance_uid,
            s.key,
        ),
        reverse=True,
    )


def source_of(statement: Statement[DoseReport]) -> Source:
    """Return the kind of source; the statement must be one."""
    return SOURCE_OF[statement.report.kind]


def precedence(source: Source) -> int:
    """Return the place of a source in the order in which they win, the best first."""
    return _ORDER[source]


def moment(at: datetime | None) -> str:
    """Return a sortable text of a time that may lack an offset; an unknown time comes first."""
    return "" if at is None else at.isoformat()


def time_among(times: Iterable[datetime | None]) -> Callable[[datetime | None], float]:
    """
    Return a sort key for these moments: instants if all state their offset from UTC, else what their clocks show.

    A clock that is set back in the night of a change shows the later moment as the earlier one. An unknown moment
    comes first.
    """
    are_instants = all(at is None or at.tzinfo is not None for at in times)

    def key(at: datetime | None) -> float:
        if at is None:
            return -inf
        return ((at if are_instants else at.replace(tzinfo=UTC)) - _EPOCH).total_seconds()

    return key
