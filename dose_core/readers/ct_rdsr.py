"""
Read CT X-Ray Radiation Dose SR objects.

Source: PS3.16, TID 10011 (CT Radiation Dose) to TID 10014 (Scanning Length).
Only what the object states is returned. Estimates belong to ``dose_core.dosimetry``.
"""

from dose_core.model import CtReport, CtTotals, DlpSubTotal, Kind
from dose_core.readers import codes, sr_document
from dose_core.readers.codes import is_same
from dose_core.readers.ct_checks import check_report
from dose_core.readers.ct_event import phantom_diameter_mm, read_event
from dose_core.readers.dicom_object import DicomObject, has_title
from dose_core.readers.sr_tree import SrNode
from dose_core.units import COUNT, MGY_CM


class CtReportReader:
    """Reads X-Ray Radiation Dose Reports about CT, told by their content rather than by template or class."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is an X-Ray Radiation Dose Report that names CT as its procedure or holds CT content."""
        return has_title(source, codes.XRAY_DOSE_REPORT) and is_ct(source.root)

    def read(self, source: DicomObject) -> CtReport:
        """
        Return what the report states, with one event per CT Acquisition container, in the order of the object.

        A value that is absent is ``None``; one that is present but unusable (unknown unit, not a number,
        negative) is ``None`` too and named in ``warnings``.

        Raises:
            UnreadableError: no SOP Instance UID.
        """
        root, log = source.root, source.log
        stated = sr_document.fields(source)
        nodes = tuple(root.all(codes.CT_ACQUISITION))
        events = tuple(read_event(node, f"events[{index}]") for index, node in enumerate(nodes))
        totals = _read_totals(root)
        started_at = root.moment(codes.START_OF_IRRADIATION, field="started_at")
        ended_at = root.moment(codes.END_OF_IRRADIATION, field="ended_at")
        check_report(root, totals, events, log)
        return CtReport(
            kind=Kind.CT_RDSR,
            **stated,
            started_at=started_at,
            ended_at=ended_at,
            totals=totals,
            events=events,
            warnings=log.warnings,
            stated=log.stated,
        )


def is_ct(root: SrNode) -> bool:
    """Test if an X-Ray Radiation Dose Report is about CT."""
    procedure = root.first(codes.PROCEDURE_REPORTED)
    if procedure is not None and is_same(procedure.coded_value, codes.CT_XRAY):
        return True
    return root.first(codes.CT_ACCUMULATED_DOSE) is not None or root.first(codes.CT_ACQUISITION) is not None


def _read_totals(root: SrNode) -> CtTotals:
    accumulated = root.first(codes.CT_ACCUMULATED_DOSE)
    if accumulated is None:
        return CtTotals()
    sub_totals = tuple(
        DlpSubTotal(
            phantom_diameter_mm=phantom_diameter_mm(node, f"totals.dlp_sub_totals[{index}]"),
            dlp_mgy_cm=node.as_number(
                codes.DLP_SUB_TOTAL, unit=MGY_CM, field=f"totals.dlp_sub_totals[{index}].dlp_mgy_cm"
            ),
        )
        for index, node in enumerate(accumulated.all(codes.DLP_SUB_TOTAL))
    )
    return CtTotals(
        dlp_mgy_cm=accumulated.number(codes.DLP_TOTAL, unit=MGY_CM, field="totals.dlp_mgy_cm"),
        dlp_sub_totals=sub_totals,
        event_count=accumulated.count(codes.EVENT_COUNT, unit=COUNT, field="totals.event_count"),
    )
