"""The events of an exam as tables, one for each kind of irradiation: what was done, and its main numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from api.web import formatting
from api.web.shown import ShownNumber, shown, shown_exactly, value_page
from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import ExamEvent
from dose_core.model import AcquisitionType, Administration, MammographyEvent, ProjectionEvent
from dose_core.units import unit_of
from dose_services.value_ids import AnyEvent, Placed, number_of, value_ids
from dose_services.value_words import SOURCES, field_words

# Of each kind: its name, and what a column is called with the fields of which the first that is stated is shown.
_COLUMNS: dict[str, tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "ct": (
        "CT",
        (
            ("CTDIvol", ("ctdi_vol_mgy",)),
            ("DLP", ("dlp_mgy_cm", "dlp_estimate.value")),
            ("Phantom", ("phantom_diameter_mm",)),
            ("Tube voltage", ("sources[0].kv",)),
        ),
    ),
    "projection": (
        "Projection X-ray",
        (
            ("DAP", ("dap_gy_cm2",)),
            ("Ka,r", ("ka_r_mgy",)),
            ("Time", ("duration_s", "scene_time_s", "exposure_time_s")),
            ("Tube voltage", ("kv",)),
        ),
    ),
    "mammography": (
        "Mammography",
        (
            ("AGD", ("agd_mgy",)),
            ("Entrance dose", ("entrance_dose_mgy",)),
            ("Tube voltage", ("kv",)),
            ("Thickness", ("thickness_mm",)),
        ),
    ),
    "nuclear": ("Nuclear medicine", (("Activity", ("administered_activity_mbq",)),)),
}
_DOSES: tuple[str, ...] = (
    "ctdi_vol_mgy",
    "dlp_mgy_cm",
    "dlp_estimate",
    "dap_gy_cm2",
    "ka_r_mgy",
    "agd_mgy",
    "entrance_dose_mgy",
)
_DOSES += ("administered_activity_mbq",)
_SIDES = {"L": "left", "R": "right", "B": "both", "U": "unpaired"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event in its table; ``number`` names its page. ``notes`` are short marks with their CSS class."""

    number: int
    title: str
    about: str
    cells: tuple[ShownNumber | None, ...]
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTable:
    """The events of one kind; columns that no event fills are left out."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[EventRow, ...]


def event_tables(events: Sequence[Placed], revision_id: UUID, zone: ZoneInfo) -> list[EventTable]:
    """Return the tables of all kinds that irradiated."""
    tables = []
    for part, (name, columns) in _COLUMNS.items():
        its = [(number, one) for number, one in enumerate(events, start=1) if one.part == part]
        rows = [_row(number, one, revision_id, zone, [fields for _, fields in columns]) for number, one in its]
        filled = [n for n in range(len(columns)) if any(row.cells[n] for row in rows)]
        if rows:
            tables.append(
                EventTable(
                    name=name,
                    columns=tuple(columns[n][0] for n in filled),
                    rows=tuple(_only(row, filled) for row in rows),
                )
            )
    return tables


def title_of(event: AnyEvent) -> str:
    """Return an event in a few words."""
    stated = event.event
    match stated:
        case ProjectionEvent():
            kind = stated.event_type.replace("_", " ") if stated.event_type else "exposure"
            return _capital(" ".join(filter(None, (kind, _plane(stated)))))
        case MammographyEvent():
            view = " ".join(filter(None, (_SIDES.get(stated.laterality or ""), stated.view)))
            return _capital(view) or "View not stated"
        case Administration():
            return " ".join(filter(None, (stated.radionuclide, stated.agent))) or "Radiopharmaceutical not stated"
        case _:
            return stated.protocol or "Protocol not stated"


def about(event: AnyEvent, zone: ZoneInfo) -> str:
    """Return when an event was, and what else tells it from its neighbours."""
    at = _started_at(event)
    words = (formatting.local_time(at.isoformat(), zone) if at else None, *_more(event))
    return " · ".join((*filter(None, words), f"from {source_words(event)}"))


def source_words(event: AnyEvent) -> str:
    """Return the source of an event."""
    count = event.slice_count if isinstance(event, ExamEvent) else None
    slices = f", {count} {'slice' if count == 1 else 'slices'}" if count else ""
    return f"{SOURCES[event.source]}{slices}"


def _row(number: int, placed: Placed, revision_id: UUID, zone: ZoneInfo, columns: Iterable[Sequence[str]]) -> EventRow:
    ids = value_ids(placed, revision_id)
    return EventRow(
        number=number,
        title=title_of(placed.event),
        about=about(placed.event, zone),
        cells=tuple(_cell(placed, fields, ids) for fields in columns),
        notes=tuple(_notes(placed.event)),
    )


def _only(row: EventRow, columns: Sequence[int]) -> EventRow:
    cells = tuple(row.cells[n] for n in columns)
    return EventRow(number=row.number, title=row.title, about=row.about, cells=cells, notes=row.notes)


def _cell(placed: Placed, fields: Sequence[str], ids: dict[str, str]) -> ShownNumber | None:
    for field in fields:
        value = number_of(placed, field) if field in ids else None
        if value is not None and not isinstance(value, tuple):
            name = field.removesuffix(".value")
            if name not in _DOSES:
                return shown_exactly(value, field, value_id=ids[field])
            unit = unit_of("dlp_mgy_cm" if name == "dlp_estimate" else name)
            return shown(value, unit, target=value_page(ids[field]), what=field_words(name))
    return None


def _notes(event: AnyEvent) -> Iterable[tuple[str, str]]:
    if not isinstance(event, ExamEvent) or event.event.dlp_mgy_cm is not None:
        return
    if event.event.acquisition_type is AcquisitionType.CONSTANT_ANGLE:
        yield "localizer, states no DLP", "quiet"
    elif event.dlp_estimate is None or isinstance(event.dlp_estimate, NotComputable):
        yield "no DLP stated", "missing"
    else:
        yield f"DLP estimated, {formatting.interval(event.dlp_estimate)}", "estimate text"


def _started_at(event: AnyEvent) -> datetime | None:
    stated = event.event
    return stated.start if isinstance(stated, Administration) else stated.started_at


def _more(event: AnyEvent) -> tuple[str | None, ...]:
    stated = event.event
    match stated:
        case ProjectionEvent():
            region = stated.target_region.meaning if stated.target_region else stated.body_part
            return stated.protocol, region, stated.view
        case MammographyEvent():
            return stated.protocol, "tomosynthesis" if stated.is_tomosynthesis else None
        case Administration():
            return (stated.route,)
        case _:
            kind = stated.acquisition_type.replace("_", " ") if stated.acquisition_type else "type not stated"
            return kind, stated.target_region.meaning if stated.target_region else None


def _plane(stated: ProjectionEvent) -> str | None:
    return f"plane {stated.plane.upper()}" if stated.plane and len(stated.plane) == 1 else None


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
