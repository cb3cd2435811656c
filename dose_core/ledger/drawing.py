"""
The events of a projection or mammography device, drawn from all that speaks of them.

The best source that lists events tells which there were; what others say of the same events is kept beside it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dose_core.ledger.exam import NotCounted, Statement
from dose_core.ledger.exposures import one_per_exposure
from dose_core.ledger.merged import Listed, aligned, listed, merged
from dose_core.ledger.precedence import ranked, source_of
from dose_core.ledger.recognised import recognised
from dose_core.ledger.shared_uids import shared_uids
from dose_core.ledger.shown import Drawn, Exposure, drawn_from_images, drawn_from_reports, exposure
from dose_core.ledger.source import Source
from dose_core.model import DeviceStated, MammographyEvent, MammographyReport, ProjectionEvent, ProjectionReport

ReportT = TypeVar("ReportT", bound=ProjectionReport | MammographyReport)
EventT = TypeVar("EventT", bound=ProjectionEvent | MammographyEvent)

_OTHERS = (Source.MPPS, Source.SCREEN, Source.MANUAL)
_EVENTLESS = "dose reports that list no event and state another total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing(Generic[ReportT, EventT]):
    """
    What speaks of the dose of one device.

    ``reports`` are ranked, ``listed`` are the events that reports list, ``exposures`` what images show, whether
    reports list it or not; ``others`` are steps, screens and typed statements; ``events`` is what counts.
    """

    statements: Mapping[str, Statement[ReportT]]
    reports: Sequence[Listed[EventT]]
    listed: Sequence[Drawn[EventT]]
    exposures: Sequence[Drawn[EventT]]
    others: Sequence[Statement[ReportT]]
    events: Sequence[Drawn[EventT]]
    not_counted: tuple[NotCounted, ...]
    conflicts: tuple[str, ...]

    def source_of(self, one: Drawn[EventT]) -> Source:
        """Return the source that won for an event."""
        return source_of(self.statements[one.places[0].statement])

    @property
    def device(self) -> DeviceStated:
        """The device, as the best source names it."""
        places = (place.statement for one in self.events for place in one.places)
        others = (s.key for s in (*(one.statement for one in self.reports), *self.others))
        devices = (self.statements[key].report.device for key in (*places, *others))
        return next((device for device in devices if device != DeviceStated()), DeviceStated())


def drawing_of(
    statements: Iterable[Statement[ReportT]], events_of: Callable[[ReportT], tuple[EventT, ...]]
) -> Drawing[ReportT, EventT]:
    """Return what the statements of one device say; ``events_of`` gives the events of one of their reports."""
    by_source: dict[Source, list[Statement[ReportT]]] = {source: [] for source in Source}
    for statement in statements:
        by_source[source_of(statement)].append(statement)
    reports = ranked(by_source[Source.RDSR])
    listing = aligned(recognised([listed(s, events_of(s.report)) for s in reports]))
    exposures, composites = _exposures(by_source[Source.IMAGE_HEADER], events_of)
    drawn, left_out = drawn_from_reports(merged(listing), exposures)
    shown = drawn_from_images(exposures)
    lesser = next(
        (its for its in (ranked(by_source[source]) for source in _OTHERS) if any(events_of(s.report) for s in its)), []
    )
    return Drawing(
        statements={s.key: s for its in by_source.values() for s in its},
        reports=listing,
        listed=drawn,
        exposures=shown,
        others=[s for source in _OTHERS for s in by_source[source]],
        events=drawn or shown or _unseen(lesser, events_of),
        not_counted=(*(left_out if drawn else composites), *_eventless(reports)),
        conflicts=shared_uids(listing),
    )


def _exposures(
    images: Sequence[Statement[ReportT]], events_of: Callable[[ReportT], tuple[EventT, ...]]
) -> tuple[list[Exposure[EventT]], tuple[NotCounted, ...]]:
    found = one_per_exposure(images)
    exposures: list[Exposure[EventT]] = []
    for its in found.counted:
        stated = [(image, events_of(image.report)) for image in its]
        for index in range(len(stated[0][1])):
            showing = [(image, events[index]) for image, events in stated if index < len(events)]
            exposures.append(exposure(showing, index, is_only=len(stated[0][1]) == 1))
    composites: dict[str, set[str]] = {}
    for one in found.left_out:
        if one.is_composite:
            composites.setdefault(one.reason, set()).add(one.image.key)
    left_out = (
        NotCounted(statements=tuple(sorted(keys)), event_uid=None, reason=f"images {reason}")
        for reason, keys in composites.items()
    )
    return exposures, tuple(left_out)


def _unseen(
    statements: Sequence[Statement[ReportT]], events_of: Callable[[ReportT], tuple[EventT, ...]]
) -> list[Drawn[EventT]]:
    """Return the events of what is neither a report nor an image."""
    found = merged([listed(s, events_of(s.report)) for s in statements])
    return [Drawn(key=one.key, places=one.places, stated=one.event, event=one.event) for one in found]


def _eventless(reports: Sequence[Statement[ReportT]]) -> tuple[NotCounted, ...]:
    """Return the reports that state a total without events, so that nobody can tell what it is a total of."""
    keys = sorted(
        s.key for s in reports[1:] if not s.report.events and _doses(s.report) not in ((), _doses(reports[0].report))
    )
    return (NotCounted(statements=tuple(keys), event_uid=None, reason=_EVENTLESS),) if keys else ()


def _doses(report: ReportT) -> tuple[object, ...]:
    """Return what of its totals is dose."""
    if isinstance(report, ProjectionReport):
        return report.totals.planes
    totals = report.totals
    stated = (totals.agd_left_mgy, totals.agd_right_mgy, totals.agd_both_mgy)
    return () if stated == (None, None, None) else stated
