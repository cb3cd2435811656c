"""
Read X-Ray Radiation Dose SR objects about projection X-ray: XA, RF, DX, CR, one plane or two.

Source: PS3.16, TID 10001 (Projection X-Ray Radiation Dose) with TID 10002 to 10004, 10006 and 10007.
Only what the object states is returned. Estimates belong to ``dose_core.dosimetry``.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dose_core.model import Kind, MammographyEvent, ProjectionEvent, ProjectionReport
from dose_core.readers.dicom_object import DicomObject, has_title
from dose_core.readers.limits import bounded_events
from dose_core.readers.projection import codes as xray
from dose_core.readers.projection.checks import check_report
from dose_core.readers.projection.device import observed_device
from dose_core.readers.projection.event import containers, read_event
from dose_core.readers.projection.siemens_comment import patient_position
from dose_core.readers.projection.totals import read_totals
from dose_core.readers.sr import codes
from dose_core.readers.sr import document as sr_document
from dose_core.readers.sr.codes import is_same
from dose_core.readers.sr.tree import SrNode


class ProjectionReportReader:
    """
    Reads X-Ray Radiation Dose Reports about projection X-ray, told by their content.

    Mammography fills the same containers; its reader is asked before this one.
    """

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is an X-Ray Radiation Dose Report that names projection X-ray or holds its content."""
        return has_title(source, codes.XRAY_DOSE_REPORT) and is_projection(source.root)

    def read(self, source: DicomObject) -> ProjectionReport:
        """
        Return what the report states, with one event per Irradiation Event X-Ray Data, in the order of the object.

        A value that is absent is ``None``; one that is present but unusable (unknown unit, not a number,
        negative) is ``None`` too and named in ``warnings``.

        Raises:
            UnreadableError: no SOP Instance UID.
        """
        root, log = source.root, source.log
        stated = sr_document.fields(source)
        stated["device"] = observed_device(root, stated["device"], stated["study_instance_uid"])
        totals_nodes = containers(root, xray.ACCUMULATED_DOSE)
        event_nodes = bounded_events(containers(root, xray.IRRADIATION_EVENT))
        totals = read_totals(totals_nodes)
        position = patient_position(root)
        events = tuple(
            read_event(node, f"events[{index}]", position_of_report=position) for index, node in enumerate(event_nodes)
        )
        report = ProjectionReport(
            kind=Kind.PROJECTION_RDSR,
            **stated,
            started_at=first_start(events),
            device_type=root.enum(xray.ACQUISITION_DEVICE_TYPE, xray.DEVICE_TYPES, field="device_type"),
            totals=totals,
            events=events,
        )
        check_report(root, totals_nodes, event_nodes, report)
        return replace(report, warnings=log.warnings, stated=log.stated)


def is_projection(root: SrNode) -> bool:
    """Test if an X-Ray Radiation Dose Report is about projection X-ray: by its procedure, else by its containers."""
    procedure = root.first(codes.PROCEDURE_REPORTED)
    if procedure is not None and is_same(procedure.coded_value, xray.PROJECTION_XRAY):
        return True
    return root.first(xray.ACCUMULATED_DOSE) is not None or root.first(xray.IRRADIATION_EVENT) is not None


def first_start(events: Sequence[ProjectionEvent | MammographyEvent]) -> datetime | None:
    """Return when the first event began; the report itself states no start (unlike TID 10011)."""
    starts = [event.started_at for event in events if event.started_at is not None]
    # A report that mixes times with and without offset has no order.
    if len({start.tzinfo is None for start in starts}) > 1:
        return None
    return min(starts, default=None)
