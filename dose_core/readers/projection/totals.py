"""
Read the accumulated dose of a projection report, one container for each plane.

Source: PS3.16, TID 10002 (Accumulated X-Ray Dose) with TID 10004, 10006 and 10007 (its kinds of device).
"""

from collections import Counter
from typing import Any

from dose_core.model import Plane, PlaneTotals, ProjectionTotals
from dose_core.readers.projection import codes as xray
from dose_core.readers.projection import vendors
from dose_core.readers.projection.event import read_plane, read_reference_point
from dose_core.readers.sr import codes
from dose_core.readers.sr.rows import Row, read_rows
from dose_core.readers.sr.tree import SrNode
from dose_core.units import COUNT, GY_CM2, MGY, MM, S

TOTAL_ROWS = (
    Row("dap_gy_cm2", xray.DAP_TOTAL, GY_CM2, "Gy.m2"),
    Row("ka_r_mgy", xray.KA_R_TOTAL, MGY, "Gy"),
    Row("fluoro_dap_gy_cm2", xray.FLUORO_DAP_TOTAL, GY_CM2, "Gy.m2"),
    Row("fluoro_ka_r_mgy", xray.FLUORO_KA_R_TOTAL, MGY, "Gy"),
    Row("fluoro_time_s", xray.FLUORO_TIME, S, S),
    Row("acquisition_dap_gy_cm2", xray.ACQUISITION_DAP_TOTAL, GY_CM2, "Gy.m2"),
    Row("acquisition_ka_r_mgy", xray.ACQUISITION_KA_R_TOTAL, MGY, "Gy"),
    Row("acquisition_time_s", xray.ACQUISITION_TIME, S, S),
    Row("frame_count", xray.FRAME_TOTAL, COUNT, COUNT),
    Row("source_to_reference_point_mm", xray.SOURCE_TO_REFERENCE_POINT, MM, MM),
    Row("source_to_isocentre_mm", vendors.PHILIPS_SOURCE_TO_ISOCENTRE, MM, MM),
    Row("system_height_mm", vendors.PHILIPS_SYSTEM_HEIGHT, MM, MM),
)


def read_totals(nodes: tuple[SrNode, ...]) -> ProjectionTotals:
    """Return the totals of the planes in the order of the object, and the dose-area product of all of them."""
    planes = tuple(_plane_totals(node, f"totals.planes[{index}]") for index, node in enumerate(nodes))
    counts = [node.count(codes.EVENT_COUNT, unit=COUNT, field="totals.event_count") for node in nodes]
    stated = [count for count in counts if count is not None]
    _check_planes(nodes, planes)
    return ProjectionTotals(
        planes=planes,
        dap_gy_cm2=dap_of_all(planes),
        event_count=sum(stated) if stated and len(stated) == len(counts) else None,
    )


def dap_of_all(planes: tuple[PlaneTotals, ...]) -> float | None:
    """
    Return the dose-area product of the planes together in Gy·cm².

    It may be added over planes, unlike air kerma at the reference point, whose points differ (PS3.16, TID
    10041). It is unknown if one plane states none, or stands twice; an item for both planes is the sum itself.
    """
    of_both = [plane for plane in planes if plane.plane is Plane.BOTH]
    if of_both:
        return of_both[0].dap_gy_cm2 if len(of_both) == 1 else None
    stated = [plane.dap_gy_cm2 for plane in planes if plane.dap_gy_cm2 is not None]
    if not stated or len(stated) < len(planes) or _repeated(planes):
        return None
    return sum(stated)


def _plane_totals(node: SrNode, field: str) -> PlaneTotals:
    values: dict[str, Any] = read_rows(node, TOTAL_ROWS, field)
    return PlaneTotals(
        plane=read_plane(node, f"{field}.plane"),
        reference_point=read_reference_point(node, f"{field}.reference_point"),
        **values,
    )


def _repeated(planes: tuple[PlaneTotals, ...]) -> bool:
    return any(times > 1 for times in Counter(plane.plane for plane in planes).values())


def _check_planes(nodes: tuple[SrNode, ...], planes: tuple[PlaneTotals, ...]) -> None:
    if _repeated(planes):
        nodes[-1].warn(xray.ACQUISITION_PLANE, "a plane has several totals; none is made of them")
