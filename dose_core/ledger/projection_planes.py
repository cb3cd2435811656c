"""
The quantities of projection X-ray, and the planes that they are told of.

Air kerma is stated for a point of each plane and is never added over planes; dose-area products and times are.

Source: PS3.16, TID 10002 to 10007, TID 10041.
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from dose_core.ledger.claims import Reading
from dose_core.ledger.coverage import Readings
from dose_core.ledger.drawing import Drawing
from dose_core.ledger.merged import plane_name
from dose_core.ledger.shown import Drawn
from dose_core.ledger.totals import Quantity
from dose_core.model import EventType, Kind, Plane, PlaneTotals, ProjectionEvent, ProjectionReport

ProjectionDrawing = Drawing[ProjectionReport, ProjectionEvent]
Numbered: TypeAlias = tuple[int, PlaneTotals]


class Row(NamedTuple):
    """One quantity, and of which events; the quantity's value is the name of its field in the totals of a plane."""

    quantity: Quantity
    of_event: tuple[str, ...]  # the first that is stated
    is_fluoroscopy: bool | None  # None: all events
    is_added: bool  # over planes


DAP, KA_R, TIME = ("dap_gy_cm2",), ("ka_r_mgy",), ("duration_s", "scene_time_s")
ROWS = (
    (Row(Quantity.DAP, DAP, None, True),),
    (Row(Quantity.KA_R, KA_R, None, False),),
    (Row(Quantity.FLUORO_DAP, DAP, True, True), Row(Quantity.ACQUISITION_DAP, DAP, False, True)),
    (Row(Quantity.FLUORO_KA_R, KA_R, True, False), Row(Quantity.ACQUISITION_KA_R, KA_R, False, False)),
    (Row(Quantity.FLUORO_TIME, TIME, True, True), Row(Quantity.ACQUISITION_TIME, TIME, False, True)),
)
_OTHER_PLANE: dict[Plane | None, Plane] = {Plane.A: Plane.B, Plane.B: Plane.A}


class Planes:
    """The planes of a device by name; what names none is of the only one, if there is but one."""

    def __init__(self, drawing: ProjectionDrawing) -> None:
        """Take the planes that events and totals name."""
        names = {one.key.plane for one in (*drawing.listed, *drawing.exposures)}
        totals = [plane for statement in drawing.statements.values() for plane in statement.report.totals.planes]
        # A source that is no known plane, and that no event names, is one of the planes under another name.
        names |= {plane_name(one.plane, one.source_id) for one in totals if one.plane or not names}
        self._names = sorted(names - {""}) or [""]
        self._has_unnamed = "" in names

    def scopes(self, row: Row) -> list[str | None]:
        """Return what a quantity is told of: ``None`` for all planes where they are added, and each of several."""
        several: list[str | None] = [*self._names] if len(self._names) > 1 else []
        if row.is_added:
            return [None, *several]
        return [*(several or self._names), *([""] if several and self._has_unnamed else [])]

    def named(self, name: str) -> str:
        """Return the plane that a name, or none, stands for."""
        return self._names[0] if not name and len(self._names) == 1 else name

    def words(self, scope: str | None) -> str:
        """Return how a conflict calls a plane."""
        return f" of plane {scope}" if scope and len(self._names) > 1 else ""

    def share_time(self, row: Row) -> bool:
        """Tell if a step times what reports time for each plane: both at once is once for it, and twice for them."""
        return row.of_event is TIME and len(self._names) > 1


def stated_by(report: ProjectionReport, key: str, planes: Planes, row: Row, scope: str | None) -> Readings:
    """Return what an object states as total; nothing if one of the planes that make it is not known."""
    field = row.quantity.value
    stated = list(enumerate(report.totals.planes))
    if scope is not None:
        named = [one for one in stated if planes.named(plane_name(one[1].plane, one[1].source_id)) == scope]
        stating = [one for one in named if getattr(one[1], field) is not None]
        whole = stating if len(stating) == 1 else []
    elif report.kind is Kind.MANUAL:
        whole = _typed_whole([one for one in stated if getattr(one[1], field) is not None])
    else:
        whole = _whole(report, stated)
    if not stated and scope is None and row.quantity is Quantity.DAP and report.totals.dap_gy_cm2 is not None:
        return (Reading(key, "totals.dap_gy_cm2", report.totals.dap_gy_cm2),)
    values = [(index, getattr(plane, field)) for index, plane in whole]
    if any(value is None for _, value in values):
        return ()
    return tuple(Reading(key, f"totals.planes[{index}].{field}", value) for index, value in values)


def _whole(report: ProjectionReport, stated: list[Numbered]) -> list[Numbered]:
    """Return the planes of a device that make the whole, as far as they can be told apart and none is left out."""
    whole = [one for one in stated if one[1].plane is Plane.BOTH] or stated
    other = _OTHER_PLANE.get(whole[0][1].plane) if len(whole) == 1 else None
    if other and any(event.plane is other for event in report.events):
        return []
    names = {plane_name(plane.plane, plane.source_id) for _, plane in whole}
    # Of several sources that are no known planes one may be the sum of the others.
    is_unclear = len(names) < len(whole) or (len(whole) > 1 and any(plane.plane is None for _, plane in whole))
    return [] if is_unclear else whole


def _typed_whole(stating: list[Numbered]) -> list[Numbered]:
    """Return what a person typed of the whole, else of its one plane or of both; of one of two it is not known."""
    unnamed = [one for one in stating if one[1].plane is None]
    planes = {plane.plane for _, plane in stating}
    return unnamed or (stating if planes in ({Plane.SINGLE}, {Plane.A, Plane.B}) else [])


def in_scope(
    events: Iterable[Drawn[ProjectionEvent]], planes: Planes, scope: str | None
) -> list[Drawn[ProjectionEvent]]:
    """Return the events of a plane, or of all."""
    return [one for one in events if scope is None or planes.named(one.key.plane) == scope]


def is_part(event: ProjectionEvent, row: Row) -> bool | None:
    """Tell if an event is of the kind that a quantity is of, ``None`` if its kind is not stated."""
    if row.is_fluoroscopy is None:
        return True
    if event.event_type is None:
        return None
    return (event.event_type is EventType.FLUOROSCOPY) is row.is_fluoroscopy
