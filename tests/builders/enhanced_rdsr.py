"""Enhanced X-Ray dose reports (PS3.16, TID 10040 to 10043, 10048), for tests. All people and places are invented."""

from pydicom.sr.codedict import codes

from tests.builders.ct_rdsr import HEADER, TITLE
from tests.builders.dicom import EXPLICIT_LITTLE, part10
from tests.builders.sr import Concept, Item, code, coded, container, date_time, num, text, uidref

ENHANCED_CLASS = "1.2.840.10008.5.1.4.1.1.88.76"
PROJECTION: Concept = ("113704", "DCM", "Projection X-Ray")
ROTATIONAL = codes.DCM.RotationalAcquisition
AIR_KERMA = codes.DCM.AirKermaAtOutputMeasurementPoint


def enhanced_rdsr_bytes(
    *content: Item, procedure: Concept = PROJECTION, transfer_syntax: str = EXPLICIT_LITTLE, **header: object
) -> bytes:
    """Return the file of a report with the content items given; a header value of None leaves it out."""
    elements = {
        **HEADER,
        "SOPClassUID": ENHANCED_CLASS,
        "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": [coded(TITLE)],
        "ContinuityOfContent": "SEPARATE",
        "ContentSequence": [code(codes.DCM.ProcedureReported, procedure, relationship="HAS CONCEPT MOD"), *content],
        **header,
    }
    stated = {keyword: value for keyword, value in elements.items() if value is not None}
    return part10(stated, transfer_syntax=transfer_syntax)


def _source(source_id: str | None) -> list[Item]:
    return [text(codes.DCM.IdentificationOfTheXRaySource, source_id)] if source_id else []


def _window(start: str | None, end: str | None) -> list[Item]:
    moments = ((codes.DCM.DatetimeStarted, start), (codes.DCM.DatetimeEnded, end))
    return [date_time(concept, moment, relationship="CONTAINS") for concept, moment in moments if moment]


def totals_of_source(*content: Item, source_id: str | None = "A") -> Item:
    """Return Accumulated Dose Data (TID 10041)."""
    return container(codes.DCM.AccumulatedDoseData, *_source(source_id), *content)


def dap_total(gy_m2: str) -> Item:
    """Return the dose-area product total of a source."""
    return num(codes.DCM.DoseAreaProductTotal, gy_m2, "Gy.m2")


def event_summary(
    *content: Item,
    uid: str = "2.25.4001",
    source_id: str | None = "A",
    start: str | None = "20260301101600",
    end: str | None = "20260301101610",
    kind: Concept = ROTATIONAL,
) -> Item:
    """Return Irradiation Event Summary Data (TID 10042)."""
    return container(
        codes.DCM.IrradiationEventSummaryData,
        uidref(codes.DCM.IrradiationEventUID, uid),
        *_window(start, end),
        *_source(source_id),
        code(codes.DCM.IrradiationEventType, kind),
        *content,
    )


def details(*content: Item, start: str = "20260301101600", end: str = "20260301101700") -> Item:
    """Return Irradiation Details (TID 10043)."""
    return container(
        codes.DCM.IrradiationDetails,
        *_window(start, end),
        uidref(codes.DCM.FrameOfReferenceUID, "2.25.4900"),
        code(codes.DCM.RDSRFrameOfReferenceOrigin, codes.DCM.IsocenterOrigin),
        *content,
    )


def output(
    *air_kerma: Item, start: str | None = "20260301101600", end: str | None = "20260301101605", source_id: str = "A"
) -> Item:
    """Return Radiation Output (TID 10048) of one period."""
    return container(codes.DCM.RadiationOutput, *_window(start, end), *_source(source_id), *air_kerma)


def air_kerma(value: str | None, unit: str | None = "mGy") -> Item:
    """Return the air kerma at the output measurement point as a number."""
    return num(AIR_KERMA, value, unit)


def air_kerma_table(*cells: Item, rows: int, unit: str | None = "mGy") -> Item:
    """Return the same as a table (PS3.3, C.18.10) with the cell items given."""
    kerma: Item = {"TableColumnNumber": 2, "ConceptNameCodeSequence": [coded(AIR_KERMA)]}
    if unit:
        kerma["MeasurementUnitsCodeSequence"] = [coded((unit, "UCUM", unit))]
    ended: Item = {"TableColumnNumber": 1, "ConceptNameCodeSequence": [coded(codes.DCM.DatetimeEnded)]}
    return {
        "RelationshipType": "CONTAINS",
        "ValueType": "TABLE",
        "ConceptNameCodeSequence": [coded(AIR_KERMA)],
        "TabulatedValuesSequence": [
            {
                "NumberOfTableRows": rows,
                "NumberOfTableColumns": 2,
                "TableColumnDefinitionSequence": [ended, kerma],
                "CellValuesSequence": list(cells),
            }
        ],
    }


def moments(*values: str, row: int | None = None) -> Item:
    """Return the first column in one item, or one cell of it."""
    return {**_place(row, 1), "SelectorAttributeVR": "DT", "SelectorDTValue": list(values)}


def kermas(*values: float, row: int | None = None) -> Item:
    """Return the second column in one item, or one cell of it."""
    return {**_place(row, 2), "SelectorAttributeVR": "FL", "SelectorFLValue": list(values)}


def _place(row: int | None, column: int) -> Item:
    place: Item = {"TableColumnNumber": column}
    if row is not None:
        place["TableRowNumber"] = row
    return place
