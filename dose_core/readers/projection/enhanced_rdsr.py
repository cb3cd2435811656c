"""
Read Enhanced X-Ray Radiation Dose SR objects: totals and events per X-ray source.

They carry the title of the plain reports and are told by their containers. What is stated per period of
time (technique, filtration, field, beam and patient geometry: TID 10044 to 10047 and 10049 to 10054) is
not read; of it only the radiation output is.

Source: PS3.16, TID 10040 (Enhanced X-Ray Radiation Dose), 10041, 10042, 10043 and 10048.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from dose_core.model import (
    Kind,
    Plane,
    PlaneTotals,
    ProjectionEvent,
    ProjectionReport,
    ProjectionTotals,
    StatedEstimate,
)
from dose_core.readers import header
from dose_core.readers.ct.codes import YES_NO
from dose_core.readers.dicom_object import DicomObject, has_title
from dose_core.readers.limits import bounded_events
from dose_core.readers.projection import codes as xray
from dose_core.readers.projection import enhanced_codes as enhanced
from dose_core.readers.projection.checks import check_sums
from dose_core.readers.projection.enhanced_output import Output, read_periods
from dose_core.readers.projection.event import containers, read_reference_point
from dose_core.readers.projection.plausibility import check_event
from dose_core.readers.projection.totals import TOTAL_ROWS, dap_of_all
from dose_core.readers.sr import codes
from dose_core.readers.sr import document as sr_document
from dose_core.readers.sr.codes import normalised, standard_meaning
from dose_core.readers.sr.rows import Row, read_rows
from dose_core.readers.sr.table import TableSource
from dose_core.readers.sr.tree import SrNode
from dose_core.units import COUNT, GY_CM2, MGY

# TID 10042; Dose Area Product where a device adds it, the template being extensible.
_EVENT_ROWS = (
    Row("dap_gy_cm2", xray.DAP, GY_CM2, "Gy.m2"),
    Row("ka_r_mgy", xray.KA_R, MGY, "Gy"),
    Row("exposure_index", xray.EXPOSURE_INDEX, COUNT, COUNT),
    Row("target_exposure_index", xray.TARGET_EXPOSURE_INDEX, COUNT, COUNT),
    Row("deviation_index", xray.DEVIATION_INDEX, COUNT, COUNT, may_be_negative=True),
)
# The source is named in free text; these are the designations of TID 10041.
_PLANES = {"a": Plane.A, "planea": Plane.A, "b": Plane.B, "planeb": Plane.B, "aandb": Plane.BOTH}


class EnhancedReportReader:
    """Reads Enhanced X-Ray Radiation Dose Reports; asked before the readers of plain ones, whose title they have."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is an X-Ray Radiation Dose Report that holds containers of TID 10040."""
        return has_title(source, codes.XRAY_DOSE_REPORT) and is_enhanced(source.root)

    def read(self, source: DicomObject) -> ProjectionReport:
        """
        Return what the report states, with one event per Irradiation Event Summary Data, in the order of the object.

        A value that is absent is ``None``; one that is present but unusable (unknown unit, not a number,
        negative) is ``None`` too and named in ``warnings``.

        Raises:
            UnreadableError: no SOP Instance UID.
        """
        root, log = source.root, source.log
        stated = sr_document.fields(source)
        details = tuple(root.all(enhanced.IRRADIATION_DETAILS))
        _, offset = header.timezone(source.data_set)
        output = Output(read_periods(details, TableSource(source.data_set), offset), log)
        nodes = bounded_events(containers(root, enhanced.EVENT_SUMMARY))
        events = tuple(_read_event(node, output, f"events[{index}]") for index, node in enumerate(nodes))
        _check_event_uids(root, events)
        totals_nodes = containers(root, enhanced.ACCUMULATED_DOSE_DATA)
        totals = _read_totals(totals_nodes)
        check_sums(totals_nodes, totals.planes, events)
        for node, event in zip(nodes, events, strict=True):
            check_event(node, event)
        return ProjectionReport(
            kind=Kind.ENHANCED_RDSR,
            **stated,
            started_at=_bound(details, codes.DATE_TIME_STARTED, "started_at"),
            ended_at=_bound(details, enhanced.DATE_TIME_ENDED, "ended_at"),
            totals=totals,
            events=events,
            estimates=_glandular_doses(nodes, events),
            warnings=log.warnings,
            stated=log.stated,
        )


def is_enhanced(root: SrNode) -> bool:
    """Test if an X-Ray Radiation Dose Report is built after TID 10040."""
    containers = (enhanced.IRRADIATION_DETAILS, enhanced.EVENT_SUMMARY, enhanced.ACCUMULATED_DOSE_DATA)
    return any(root.first(container) is not None for container in containers)


def _read_totals(nodes: tuple[SrNode, ...]) -> ProjectionTotals:
    planes = tuple(_source_totals(node, f"totals.planes[{index}]") for index, node in enumerate(nodes))
    # Of several sources that we cannot tell apart one may be the sum of the others.
    is_told_apart = len(planes) == 1 or all(plane.plane is not None for plane in planes)
    return ProjectionTotals(planes=planes, dap_gy_cm2=dap_of_all(planes) if is_told_apart else None)


def _source_totals(node: SrNode, field: str) -> PlaneTotals:
    values: dict[str, Any] = read_rows(node, TOTAL_ROWS, field)
    source_id = node.text(enhanced.SOURCE_ID, field=f"{field}.source_id")
    return PlaneTotals(
        plane=_plane(source_id),
        source_id=source_id,
        reference_point=read_reference_point(node, f"{field}.reference_point"),
        **values,
    )


def _plane(source_id: str | None) -> Plane | None:
    return _PLANES.get(normalised(source_id)) if source_id else None


def _read_event(node: SrNode, output: Output, field: str) -> ProjectionEvent:
    values: dict[str, Any] = read_rows(node, _EVENT_ROWS, field)
    source_id = node.text(enhanced.SOURCE_ID, field=f"{field}.source_id")
    event = ProjectionEvent(
        event_uid=node.uid(codes.EVENT_UID, field=f"{field}.event_uid"),
        started_at=node.moment(codes.DATE_TIME_STARTED, field=f"{field}.started_at"),
        ended_at=node.moment(enhanced.DATE_TIME_ENDED, field=f"{field}.ended_at"),
        plane=_plane(source_id),
        source_id=source_id,
        event_type=node.enum(xray.EVENT_TYPE, xray.EVENT_TYPES, field=f"{field}.event_type"),
        view=standard_meaning(node.code(xray.IMAGE_VIEW, field=f"{field}.view"), ()),
        exposure_index_scale="iec" if values.get("exposure_index") is not None else None,  # IEC 62494-1
        is_repeated=node.enum(enhanced.IS_REPEATED, YES_NO, field=f"{field}.is_repeated"),
        is_rejected=node.enum(enhanced.IS_REJECTED, YES_NO, field=f"{field}.is_rejected"),
        comment=node.text(codes.COMMENT, field=f"{field}.comment"),
        **values,
    )
    return replace(event, output_air_kerma_mgy=output.air_kerma_mgy(event, node, f"{field}.output_air_kerma_mgy"))


def _glandular_doses(nodes: tuple[SrNode, ...], events: tuple[ProjectionEvent, ...]) -> tuple[StatedEstimate, ...]:
    """Return the average glandular doses of breast events, which the device computed."""
    found: list[StatedEstimate] = []
    for node, event in zip(nodes, events, strict=True):
        for stated in node.all(enhanced.AVERAGE_GLANDULAR_DOSE):
            field = f"estimates[{len(found)}].value"
            value = stated.as_number(enhanced.AVERAGE_GLANDULAR_DOSE, unit=MGY, field=field)
            if value is not None:
                quantity = enhanced.AVERAGE_GLANDULAR_DOSE.meaning
                found.append(
                    StatedEstimate(
                        quantity=quantity, value=value, unit=MGY, path=stated.path, event_uid=event.event_uid
                    )
                )
    return tuple(found)


def _bound(details: tuple[SrNode, ...], concept: codes.Concept, field: str) -> datetime | None:
    """Return when the first of the details began or the last ended; there is one for each frame of reference."""
    moments = [moment for node in details if (moment := node.moment(concept, field=field)) is not None]
    if len({moment.tzinfo is None for moment in moments}) != 1:
        return None
    return min(moments) if concept is codes.DATE_TIME_STARTED else max(moments)


def _check_event_uids(root: SrNode, events: tuple[ProjectionEvent, ...]) -> None:
    """Name a UID that stands twice for one source; an event of two planes has a summary for each (TID 10042)."""
    counted = Counter((event.event_uid, event.source_id) for event in events if event.event_uid)
    for (uid, _), times in counted.items():
        if times > 1:
            root.warn(codes.EVENT_UID, f"{uid} stands for {times} events")
