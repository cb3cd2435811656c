"""
Where a projection dose report contradicts itself. Nothing is corrected: both values stay, the contradiction is named.

Dose-area products are compared per plane and may be added over planes; air kerma at the reference point
is compared per plane only, since each plane has its own point.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from dose_core.model import EventType, Plane, PlaneTotals, ProjectionEvent, ProjectionReport
from dose_core.readers.projection import codes as xray
from dose_core.readers.projection.plausibility import check_area, check_event
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import Concept
from dose_core.readers.sr.tree import SrNode

# Devices round each event and the total on their own. Of the sound ones that we know, Siemens rounds the
# coarsest: 0.01 mGy and 0.001 Gy.cm2 at each of 8 events, and 1.2 % of the total (AXIOM-Artis).
_TOLERANCE = 0.02
_DAP_TOLERANCE_GY_CM2 = 0.002
_KA_R_TOLERANCE_MGY = 0.01
# Fluoroscopy is timed in whole seconds, per event or as a whole.
_TIME_TOLERANCE = 0.1
_TIME_TOLERANCE_S = 2.0
# A run ends between two pulses; what differs by more than half is in another unit.
_PULSE_TOLERANCE = 0.5
_PULSE_TOLERANCE_S = 1.0


class _Sum(NamedTuple):
    """A total and what of the events it is the sum of."""

    total: str
    concept: Concept
    of_event: str
    unit: str
    of_types: frozenset[EventType]
    relative: float
    absolute: float


_ANY = frozenset(EventType)
_FLUORO = frozenset({EventType.FLUOROSCOPY})
_ACQUIRED = _ANY - _FLUORO
_DAP = ("dap_gy_cm2", "Gy.cm2")
_KA_R = ("ka_r_mgy", "mGy")
_TIME = ("duration_s", "s")

_SUMS = (
    _Sum("dap_gy_cm2", xray.DAP_TOTAL, *_DAP, _ANY, _TOLERANCE, _DAP_TOLERANCE_GY_CM2),
    _Sum("fluoro_dap_gy_cm2", xray.FLUORO_DAP_TOTAL, *_DAP, _FLUORO, _TOLERANCE, _DAP_TOLERANCE_GY_CM2),
    _Sum("acquisition_dap_gy_cm2", xray.ACQUISITION_DAP_TOTAL, *_DAP, _ACQUIRED, _TOLERANCE, _DAP_TOLERANCE_GY_CM2),
    _Sum("ka_r_mgy", xray.KA_R_TOTAL, *_KA_R, _ANY, _TOLERANCE, _KA_R_TOLERANCE_MGY),
    _Sum("fluoro_ka_r_mgy", xray.FLUORO_KA_R_TOTAL, *_KA_R, _FLUORO, _TOLERANCE, _KA_R_TOLERANCE_MGY),
    _Sum("acquisition_ka_r_mgy", xray.ACQUISITION_KA_R_TOTAL, *_KA_R, _ACQUIRED, _TOLERANCE, _KA_R_TOLERANCE_MGY),
    _Sum("fluoro_time_s", xray.FLUORO_TIME, *_TIME, _FLUORO, _TIME_TOLERANCE, _TIME_TOLERANCE_S),
    _Sum("acquisition_time_s", xray.ACQUISITION_TIME, *_TIME, _ACQUIRED, _TIME_TOLERANCE, _TIME_TOLERANCE_S),
)


def check_report(
    root: SrNode, totals_nodes: Sequence[SrNode], event_nodes: Sequence[SrNode], report: ProjectionReport
) -> None:
    """Note in the log what does not fit together; the nodes are those of the totals and the events, in order."""
    if not totals_nodes and not event_nodes:
        root.warn(xray.ACCUMULATED_DOSE, "the report holds neither totals nor events")
    events = report.events
    check_sums(totals_nodes, report.totals.planes, events)
    for node, event in zip(event_nodes, events, strict=True):
        check_event(node, event)
    _check_event_uids(root, events)
    _check_durations(root, events)
    _check_rotations(event_nodes, events)
    _check_device_type(root, report)


def check_sums(nodes: Sequence[SrNode], planes: Sequence[PlaneTotals], events: Sequence[ProjectionEvent]) -> None:
    """Note where totals are not those of the events; the nodes are those of the totals."""
    for node, totals in zip(nodes, planes, strict=True):
        of_plane = _events_of(totals, planes, events)
        is_one_plane = len({event.plane for event in of_plane}) <= 1
        for row in _SUMS:
            if row.unit == "mGy" and not is_one_plane:  # each plane has its own reference point
                continue
            _check_sum(node, totals, of_plane, row)
        check_area(node, totals)


def _events_of(
    totals: PlaneTotals, planes: Sequence[PlaneTotals], events: Sequence[ProjectionEvent]
) -> Sequence[ProjectionEvent]:
    if totals.plane is Plane.BOTH:
        return events
    if totals.source_id is not None:  # enhanced reports name the X-ray source
        return [event for event in events if event.source_id == totals.source_id]
    if len(planes) == 1:
        return events
    return [event for event in events if event.plane is totals.plane]


def _check_sum(node: SrNode, totals: PlaneTotals, events: Sequence[ProjectionEvent], row: _Sum) -> None:
    total: float | None = getattr(totals, row.total)
    if total is None or not events:
        return
    if row.of_types is not _ANY:
        if any(event.event_type is None for event in events):
            return
        events = [event for event in events if event.event_type in row.of_types]
    stated: list[float | None] = [getattr(event, row.of_event) for event in events]
    known = [value for value in stated if value is not None]
    if len(known) < len(stated):  # the sum of a part says nothing
        return
    added = sum(known)
    if row.unit == "s" and not known:
        return
    if abs(total - added) > max(row.absolute, row.relative * max(total, added)):
        node.warn(row.concept, f"the total is {total:g} {row.unit}, the events add up to {added:g} {row.unit}")


def _check_event_uids(root: SrNode, events: Sequence[ProjectionEvent]) -> None:
    for uid, times in Counter(event.event_uid for event in events if event.event_uid).items():
        if times > 1:
            root.warn(codes.EVENT_UID, f"{uid} stands for {times} events")


def _check_durations(root: SrNode, events: Sequence[ProjectionEvent]) -> None:
    """Compare Irradiation Duration with pulses over pulse rate; one warning for all events, as it is one fault."""
    wrong = [
        (index, event.duration_s, event.pulse_count / event.pulse_rate_per_s)
        for index, event in enumerate(events)
        if event.duration_s and event.pulse_count and event.pulse_rate_per_s
    ]
    wrong = [one for one in wrong if _differ(one[1], one[2])]
    if wrong:
        index, stated, expected = wrong[0]
        problem = (
            f"differs from pulses over pulse rate in {len(wrong)} of {len(events)} events, first in number "
            f"{index + 1}: {stated:g} s against {expected:.3g} s"
        )
        root.warn(xray.IRRADIATION_DURATION, problem)


def _differ(stated_s: float, expected_s: float) -> bool:
    return abs(stated_s - expected_s) > max(_PULSE_TOLERANCE_S, _PULSE_TOLERANCE * max(stated_s, expected_s))


def _check_rotations(nodes: Sequence[SrNode], events: Sequence[ProjectionEvent]) -> None:
    for node, event in zip(nodes, events, strict=True):
        if event.event_type is not EventType.ROTATIONAL_ACQUISITION:
            continue
        if event.primary_end_angle_deg is None and event.secondary_end_angle_deg is None:
            node.warn(xray.PRIMARY_END_ANGLE, "a rotational run states no end angle")


def _check_device_type(root: SrNode, report: ProjectionReport) -> None:
    """Name a device type that the dose contradicts (Philips Azurion), so that no one classifies by it alone."""
    if report.device_type in (None, xray.FLUOROSCOPY_GUIDED.meaning):
        return
    if holds_fluoroscopy(report):
        root.warn(xray.ACQUISITION_DEVICE_TYPE, "names no fluoroscopy device, and the report holds fluoroscopy")


def holds_fluoroscopy(report: ProjectionReport) -> bool:
    """Test if a total or an event says that there was fluoroscopy."""
    in_totals = any(totals.fluoro_dap_gy_cm2 or totals.fluoro_time_s for totals in report.totals.planes)
    return in_totals or any(event.event_type is EventType.FLUOROSCOPY for event in report.events)
