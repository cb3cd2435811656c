"""
Read CT X-Ray Radiation Dose SR objects.

Source: PS3.16, TID 10011 (CT Radiation Dose) to TID 10015 (CT Dose Check Details).
Only what the object states is returned. Estimates belong to ``dose_core.dosimetry``.
"""

from dose_core.model import BodyThickness, CtReport, CtTotals, DlpSubTotal, Kind
from dose_core.readers.ct import codes as ct
from dose_core.readers.ct.checks import check_report
from dose_core.readers.ct.estimates import read_estimates
from dose_core.readers.ct.event import phantom_diameter_mm, read_event
from dose_core.readers.dicom_object import DicomObject, has_title
from dose_core.readers.limits import bounded_events
from dose_core.readers.sr import codes
from dose_core.readers.sr import document as sr_document
from dose_core.readers.sr.codes import is_same
from dose_core.readers.sr.tree import SrNode
from dose_core.units import COUNT, MGY_CM, MM


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
        nodes = bounded_events(root.all(ct.CT_ACQUISITION))
        doses = tuple(node.first(ct.CT_DOSE) for node in nodes)
        events = tuple(
            read_event(node, dose, f"events[{index}]")
            for index, (node, dose) in enumerate(zip(nodes, doses, strict=True))
        )
        accumulated = root.first(ct.CT_ACCUMULATED_DOSE)
        totals = _read_totals(accumulated) if accumulated else CtTotals()
        uids = (event.event_uid for event in events)
        estimates = read_estimates(accumulated, [(dose, uid) for dose, uid in zip(doses, uids, strict=True) if dose])
        started_at = root.moment(codes.START_OF_IRRADIATION, field="started_at")
        ended_at = root.moment(codes.END_OF_IRRADIATION, field="ended_at")
        body_thickness = _body_thickness(root)
        check_report(root, totals, tuple(zip(nodes, doses, events, strict=True)), log)
        return CtReport(
            kind=Kind.CT_RDSR,
            **stated,
            started_at=started_at,
            ended_at=ended_at,
            totals=totals,
            events=events,
            body_thickness=body_thickness,
            estimates=estimates,
            warnings=log.warnings,
            stated=log.stated,
        )


def is_ct(root: SrNode) -> bool:
    """Test if an X-Ray Radiation Dose Report is about CT."""
    procedure = root.first(codes.PROCEDURE_REPORTED)
    if procedure is not None and is_same(procedure.coded_value, codes.CT_XRAY):
        return True
    return root.first(ct.CT_ACCUMULATED_DOSE) is not None or root.first(ct.CT_ACQUISITION) is not None


def _read_totals(accumulated: SrNode) -> CtTotals:
    totals = tuple(accumulated.all(codes.DLP_TOTAL))
    # Devices from before the sub-total had a code repeat the total, each for the phantom that it names.
    per_phantom = [node for node in totals if node.first(codes.PHANTOM_TYPE)] if len(totals) > 1 else []
    sub_totals = [(node, ct.DLP_SUB_TOTAL) for node in accumulated.all(ct.DLP_SUB_TOTAL)]
    sub_totals.extend((node, codes.DLP_TOTAL) for node in per_phantom)
    return CtTotals(
        dlp_mgy_cm=_dlp_total(accumulated, totals, is_per_phantom=bool(per_phantom)),
        dlp_sub_totals=tuple(
            DlpSubTotal(
                phantom_diameter_mm=phantom_diameter_mm(node, f"totals.dlp_sub_totals[{index}]"),
                dlp_mgy_cm=node.as_number(concept, unit=MGY_CM, field=f"totals.dlp_sub_totals[{index}].dlp_mgy_cm"),
            )
            for index, (node, concept) in enumerate(sub_totals)
        ),
        event_count=accumulated.count(codes.EVENT_COUNT, unit=COUNT, field="totals.event_count"),
    )


def _dlp_total(accumulated: SrNode, totals: tuple[SrNode, ...], *, is_per_phantom: bool) -> float | None:
    """Return the total over all events; where it stands for each phantom alone there is none."""
    field = "totals.dlp_mgy_cm"
    if not is_per_phantom:
        return accumulated.number(codes.DLP_TOTAL, unit=MGY_CM, field=field)
    overall = [node for node in totals if node.first(codes.PHANTOM_TYPE) is None]
    if overall:
        return overall[0].as_number(codes.DLP_TOTAL, unit=MGY_CM, field=field)
    accumulated.warn(codes.DLP_TOTAL, "is stated for each phantom alone; there is no total over all events")
    return None


def _body_thickness(root: SrNode) -> BodyThickness | None:
    """Return the private Patient Body Parameters of Toshiba, which stand beside the template."""
    body = root.first(ct.PATIENT_BODY_PARAMETERS)
    if body is None:
        return None
    stated = BodyThickness(
        mean_mm=body.number(ct.BODY_THICKNESS_MEAN, unit=MM, field="body_thickness.mean_mm"),
        min_mm=body.number(ct.BODY_THICKNESS_MIN, unit=MM, field="body_thickness.min_mm"),
        max_mm=body.number(ct.BODY_THICKNESS_MAX, unit=MM, field="body_thickness.max_mm"),
    )
    return None if stated == BodyThickness() else stated
