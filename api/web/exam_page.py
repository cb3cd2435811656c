"""The page of one exam: each event, each value, and where it comes from."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.web import formatting
from api.web.history_page import banner, line
from api.web.pages import render
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.ledger.exam import ExamEvent
from dose_core.ledger.source import Source
from dose_core.model import AcquisitionType, StatedValue, XRaySource
from dose_services.launch import View
from dose_services.provenance import EventProvenance
from dose_services.viewing import ExplainedExam

# Field of CtEvent, what people call it, its unit.
_VALUES = (
    ("ctdi_vol_mgy", "CTDIvol", "mGy"),
    ("dlp_mgy_cm", "DLP", "mGy·cm"),
    ("phantom_diameter_mm", "Phantom", "mm"),
    ("ssde_mgy", "SSDE", "mGy"),
    ("dw_mm", "Water-equivalent diameter", "mm"),
    ("scanning_length_mm", "Scanning length", "mm"),
    ("z_start_mm", "Start of scan (z)", "mm"),
    ("z_end_mm", "End of scan (z)", "mm"),
    ("total_collimation_mm", "Total collimation", "mm"),
    ("pitch", "Pitch factor", ""),
    ("exposure_time_s", "Exposure time", "s"),
    ("modulation", "Modulation", ""),
)
# What images state is where slices lie, by their centres: the length between the two is a slice shorter than the scan.
_NAMES_OF_SLICES = {"z_start_mm": "Lowest slice centre (z)", "z_end_mm": "Highest slice centre (z)"}
_SOURCE_VALUES = (
    ("kv", "Tube voltage", "kV"),
    ("ma_mean", "Mean tube current", "mA"),
    ("ma_max", "Maximum tube current", "mA"),
    ("rotation_time_s", "Rotation time", "s"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """One value with the place it was read from and the text that stands there."""

    name: str
    shown: str
    path: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCard:
    """One irradiation event in words."""

    number: int
    event: ExamEvent
    title: str
    at: str
    acquisition: str
    is_localizer: bool  # such an event states no DLP by design
    source: str
    values: tuple[ValueRow, ...]
    estimate: Estimate | None
    refusal: NotComputable | None
    provenance: EventProvenance | None


def render_exam(scope: Scope, view: View, explained: ExplainedExam, *, zone: ZoneInfo) -> HTMLResponse:
    """Return the page."""
    exam, where = explained.detail.exam, explained.provenance
    device = explained.detail.summary.device
    events = exam.ct.events if exam.ct else ()
    cards = [_card(n, event, where.events.get(event.event_uid), zone) for n, event in enumerate(events, start=1)]
    context = {
        "view": view,
        "banner": banner(explained.patient),
        "until": formatting.local_time(view.expires_at.isoformat(), zone),
        "line": line(explained.detail.summary, zone),
        "exam": exam,
        "total": where.total,
        "cards": cards,
        "findings": explained.detail.findings,
        "serial_number": device.serial_number or formatting.NOT_STATED,
        "institution": device.institution or formatting.NOT_STATED,
    }
    return render(scope, "exam.html", context)


def _card(index: int, event: ExamEvent, where: EventProvenance | None, zone: ZoneInfo) -> EventCard:
    stated = event.event
    estimate = event.dlp_estimate
    slices = f", {_slices(event.slice_count)}" if event.slice_count else ""
    source = "dose report of the device" if event.source is Source.RDSR else f"image headers{slices}"
    return EventCard(
        number=index,
        event=event,
        title=stated.protocol or "Protocol not stated",
        at=formatting.local_time(stated.started_at.isoformat() if stated.started_at else None, zone),
        acquisition=stated.acquisition_type.replace("_", " ") if stated.acquisition_type else "type not stated",
        is_localizer=stated.acquisition_type is AcquisitionType.CONSTANT_ANGLE,
        source=source,
        values=tuple(_rows(event, {one.field: one for one in where.stated} if where else {})),
        estimate=estimate if isinstance(estimate, Estimate) else None,
        refusal=estimate if isinstance(estimate, NotComputable) else None,
        provenance=where,
    )


def _slices(count: int) -> str:
    return f"{count} {'slice' if count == 1 else 'slices'}"


def _rows(event: ExamEvent, places: dict[str, StatedValue]) -> list[ValueRow]:
    stated = event.event
    names = _NAMES_OF_SLICES if event.slice_count else {}
    rows = [
        _row(names.get(field, name), getattr(stated, field), unit, places.get(field)) for field, name, unit in _VALUES
    ]
    for index, source in enumerate(stated.sources):
        tube = f" (source {index + 1})" if len(stated.sources) > 1 else ""
        rows += [_of_source(source, index, tube, places, one) for one in _SOURCE_VALUES]
    # What no single slice states, such as the end of the scan, was formed from all of them.
    formed = f"formed from {_slices(event.slice_count)}" if event.slice_count else None
    return [row if row.text or not formed else replace(row, text=formed) for row in rows if row is not None]


def _of_source(
    source: XRaySource, index: int, tube: str, places: dict[str, StatedValue], value: tuple[str, str, str]
) -> ValueRow | None:
    field, name, unit = value
    return _row(name + tube, getattr(source, field), unit, places.get(f"sources[{index}].{field}"))


def _row(name: str, value: float | str | None, unit: str, place: StatedValue | None) -> ValueRow | None:
    """Return a row, or ``None`` for what is not stated: the page lists what is known."""
    if value is None:
        return None
    shown = value if isinstance(value, str) else f"{value:.5g}"
    return ValueRow(
        name=name,
        shown=f"{shown} {unit}".strip(),
        path=place.path if place else None,
        text=f"{place.text} {place.unit or ''}".strip() if place else None,
    )
