"""
Read CT X-Ray Radiation Dose SR objects.

Source: PS3.16, TID 10011 (CT Radiation Dose) to TID 10014 (Scanning Length).
Only what the object states is returned. Estimates belong to ``dose_core.dosimetry``.
"""

from dose_core.model import CtTotals, DlpSubTotal, DoseReport, Kind
from dose_core.own import OUR_MANUFACTURER
from dose_core.readers import codes, header
from dose_core.readers.codes import is_same, standard_meaning
from dose_core.readers.ct_checks import check_report
from dose_core.readers.ct_event import phantom_diameter_mm, read_event
from dose_core.readers.data_set import DataSet
from dose_core.readers.sr_device import irradiating_device
from dose_core.readers.sr_items import SrItem
from dose_core.readers.sr_tree import SrNode
from dose_core.readers.tags import Tag
from dose_core.units import COUNT, MGY_CM


def is_ct(root: SrNode) -> bool:
    """Test if an X-Ray Radiation Dose Report is about CT, by its content rather than by its template."""
    procedure = root.first(codes.PROCEDURE_REPORTED)
    if procedure is not None and is_same(procedure.coded_value, codes.CT_XRAY):
        return True
    return root.first(codes.CT_ACCUMULATED_DOSE) is not None or root.first(codes.CT_ACQUISITION) is not None


def read_ct_rdsr(data_set: DataSet, document: SrItem) -> DoseReport:
    """
    Return what a CT dose report (its header and its content tree) states, with one event per CT Acquisition container.

    A value that is absent is ``None``; one that is present but unusable (unknown unit, not a number,
    negative) is ``None`` too and named in ``warnings``. Events keep the order of the object.

    Raises:
        UnreadableError: no SOP Instance UID.
    """
    log = data_set.log
    stated_offset, offset = header.timezone(data_set)
    root = SrNode(document, log, offset=offset)
    events = tuple(read_event(node, f"events[{index}]") for index, node in enumerate(root.all(codes.CT_ACQUISITION)))
    totals = _read_totals(root)
    procedure = root.first(codes.PROCEDURE_REPORTED)
    intent = procedure.code(codes.HAS_INTENT) if procedure else None
    equipment = header.device(data_set)
    scope = root.code(codes.SCOPE_OF_ACCUMULATION, field="scope")
    check_report(root, totals, events, log)
    return DoseReport(
        kind=Kind.CT_RDSR,
        sop_instance_uid=header.sop_instance_uid(data_set),
        study_instance_uid=header.uid_text(data_set, Tag.StudyInstanceUID),
        sop_class_uid=header.uid_text(data_set, Tag.SOPClassUID),
        accession_number=header.bounded_text(data_set, Tag.AccessionNumber),
        study_description=header.bounded_text(data_set, Tag.StudyDescription),
        study_started_at=header.moment(data_set, Tag.StudyDate, Tag.StudyTime, offset),
        content_at=header.moment(data_set, Tag.ContentDate, Tag.ContentTime, offset),
        started_at=root.moment(codes.START_OF_IRRADIATION, field="started_at"),
        ended_at=root.moment(codes.END_OF_IRRADIATION, field="ended_at"),
        scope=standard_meaning(scope, codes.SCOPES),
        completion=header.bounded_text(data_set, Tag.CompletionFlag),
        intent=standard_meaning(intent, codes.INTENTS),
        source_of_dose=_sources_of_dose(root),
        physicians=_physicians(root, data_set),
        comment=root.text(codes.COMMENT, field="comment"),
        timezone_offset=stated_offset,
        our_own=equipment.manufacturer == OUR_MANUFACTURER and equipment.model == OUR_MANUFACTURER,
        patient_identity_removed=header.is_identity_removed(data_set),
        patient=header.patient(data_set),
        device=irradiating_device(root, equipment, log),
        totals=totals,
        events=events,
        warnings=log.warnings,
        stated=log.stated,
    )


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


def _sources_of_dose(root: SrNode) -> tuple[str, ...]:
    meanings = (standard_meaning(node.coded_value, codes.DOSE_SOURCES) for node in root.all(codes.SOURCE_OF_DOSE))
    return tuple(meaning for meaning in meanings if meaning)


def _physicians(root: SrNode, data_set: DataSet) -> tuple[str, ...]:
    """Return the physicians of the header and those who authorised the irradiation (TID 1020), each once."""
    authorizing = (
        node.text_value
        for node in root.all(codes.PERSON_NAME)
        if is_same(node.code(codes.PERSON_ROLE_IN_PROCEDURE), codes.IRRADIATION_AUTHORIZING)
    )
    return tuple(dict.fromkeys([*header.physicians(data_set), *(name for name in authorizing if name)]))
