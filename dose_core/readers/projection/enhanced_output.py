"""
Read the radiation output of an enhanced report, and find what of it belongs to an event.

The output is stated for periods of time, not for events (PS3.16, TID 10043). A period belongs to an event
of the same X-ray source if it lies within it.

Source: PS3.16, TID 10048 (Radiation Output): the air kerma of a period as a number, or as a table of
moments at which periods ended and their air kerma.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from operator import attrgetter

from dose_core.model import ProjectionEvent
from dose_core.readers.dicom.data_set import number_of
from dose_core.readers.dicom.values import parse_date_time
from dose_core.readers.projection import enhanced_codes as enhanced
from dose_core.readers.read_log import ReadLog
from dose_core.readers.sr import codes
from dose_core.readers.sr.table import MAX_CELLS, TableSource, cells_of, unit_of
from dose_core.readers.sr.tree import SrNode
from dose_core.units import MGY, UnknownUnitError, convert

# What a report may hold of periods, and what is compared of them with events: an hour of fluoroscopy at
# 30 pulses/s has 108,000 of them, each in one event.
MAX_PERIODS = 120_000
MAX_COMPARED = 240_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period of radiation; ``air_kerma_mgy`` is ``None`` if none is stated or usable."""

    source_id: str | None
    start: datetime
    end: datetime
    air_kerma_mgy: float | None
    path: str
    text: str | None = None
    unit: str | None = None


def read_periods(details: Iterable[SrNode], tables: TableSource, offset: tzinfo | None) -> tuple[Period, ...]:
    """Return the periods of all Radiation Output containers; one without start or end is noted and left out."""
    periods: list[Period] = []
    for node in details:
        for output in node.all(enhanced.RADIATION_OUTPUT):
            start, end = output.moment(codes.DATE_TIME_STARTED), output.moment(enhanced.DATE_TIME_ENDED)
            if start is None or end is None:
                output.warn(enhanced.RADIATION_OUTPUT, "has no start or no end")
                continue
            whole = Period(
                source_id=output.text(enhanced.SOURCE_ID), start=start, end=end, air_kerma_mgy=None, path=output.path
            )
            periods.extend(_of_output(output, whole, tables, offset))
            if len(periods) > MAX_PERIODS:
                output.warn(enhanced.RADIATION_OUTPUT, f"there are more than {MAX_PERIODS} periods; none is used")
                return ()
    return tuple(periods)


def _of_output(output: SrNode, whole: Period, tables: TableSource, offset: tzinfo | None) -> Iterator[Period]:
    stated = output.first(enhanced.OUTPUT_AIR_KERMA)
    table = tables.table(stated.path) if stated else None
    if stated is None or table is None:
        yield Period(
            source_id=whole.source_id,
            start=whole.start,
            end=whole.end,
            air_kerma_mgy=stated.as_number(enhanced.OUTPUT_AIR_KERMA, unit=MGY) if stated else None,
            path=stated.path if stated else whole.path,
            text=stated.text_value if stated else None,
            unit=stated.unit if stated else None,
        )
        return
    cells, unit = cells_of(table), unit_of(table, 2)
    if cells is None:
        stated.warn(enhanced.OUTPUT_AIR_KERMA, f"the table has more than {MAX_CELLS} cells; it is not used")
        yield whole
        return
    if unit is None:
        stated.warn(enhanced.OUTPUT_AIR_KERMA, f"no unit is stated; read as {MGY}")
    start = whole.start
    for row in sorted({row for row, _ in cells}):
        end = parse_date_time(cells.get((row, 1), "").strip(), offset)
        if end is None:
            stated.warn(enhanced.OUTPUT_AIR_KERMA, f"row {row} of the table has no moment; it is not used")
            yield whole  # what the table says of the period is not all that it should say
            return
        text = cells.get((row, 2))
        yield Period(
            source_id=whole.source_id,
            start=start,
            end=end,
            air_kerma_mgy=_mgy(stated, text, unit or MGY),
            path=stated.path,
            text=text,
            unit=unit,
        )
        start = end


def _mgy(stated: SrNode, text: str | None, unit: str) -> float | None:
    value = number_of(text.strip()) if text else None
    if value is None or value < 0:
        stated.warn(enhanced.OUTPUT_AIR_KERMA, "a row of the table holds no dose")
        return None
    try:
        return convert(value, from_=unit, to=MGY)
    except UnknownUnitError as error:
        stated.warn(enhanced.OUTPUT_AIR_KERMA, str(error))
        return None


class Output:
    """The periods of a report in order of time, by X-ray source."""

    def __init__(self, periods: Sequence[Period], log: ReadLog) -> None:
        self._log = log
        self._compared = 0
        # Moments with and without an offset have no order among each other.
        self._is_ordered = len({moment.tzinfo is None for one in periods for moment in (one.start, one.end)}) == 1
        self._of_source: dict[str | None, list[Period]] = {}
        for period in sorted(periods, key=attrgetter("start")) if self._is_ordered else ():
            self._of_source.setdefault(period.source_id, []).append(period)

    def air_kerma_mgy(self, event: ProjectionEvent, node: SrNode, field: str) -> float | None:
        """
        Return the air kerma at the output measurement point over an event: the sum over its periods in mGy.

        ``None`` if one of them states none, if one reaches beyond the event (noted), or if there is none.
        """
        start, end = event.started_at, event.ended_at
        periods = self._of_source.get(event.source_id, [])
        if start is None or end is None or not periods or (periods[0].start.tzinfo is None) != (start.tzinfo is None):
            return None
        # The last period that began before the event may reach into it.
        first = max(bisect_left(periods, start, key=attrgetter("start")) - 1, 0)
        found: list[Period] = []
        for period in islice(periods, first, None):
            if period.start >= end:
                break
            self._compared += 1
            if self._compared > MAX_COMPARED:
                node.warn(enhanced.OUTPUT_AIR_KERMA, "events and periods overlap too often to be compared")
                return None
            if period.end <= start:
                continue
            if period.start < start or period.end > end:
                node.warn(enhanced.OUTPUT_AIR_KERMA, "a period of radiation output reaches beyond the event")
                return None
            found.append(period)
        values = [period.air_kerma_mgy for period in found if period.air_kerma_mgy is not None]
        if not values or len(values) < len(found):
            return None
        for period in found:
            self._log.add_origin(field, period.path, period.text or "", period.unit)
        return sum(values)
