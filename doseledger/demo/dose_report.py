"""
The dose report that a scanner of the demo sends.

Written by hand and not by ``dose_core.writers``: what a device states must not come from the code that is shown.
Source: PS3.16, TID 10011 (CT Radiation Dose) to TID 10014.
"""

from datetime import timedelta

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import XRayRadiationDoseSRStorage

from doseledger.demo.hospital import Acquisition, Study, uid_of
from doseledger.demo.objects import code_item, date_and_time, new_object, started_at

Concept = tuple[str, str, str]

_PHANTOMS: dict[int, Concept] = {  # PS3.16, CID 4052
    160: ("113690", "DCM", "IEC Head Dosimetry Phantom"),
    320: ("113691", "DCM", "IEC Body Dosimetry Phantom"),
}
_MGY: Concept = ("mGy", "UCUM", "mGy")
_MGY_CM: Concept = ("mGy.cm", "UCUM", "mGy.cm")
_MM: Concept = ("mm", "UCUM", "mm")
_S: Concept = ("s", "UCUM", "s")
_KV: Concept = ("kV", "UCUM", "kV")
_MA: Concept = ("mA", "UCUM", "mA")
_RATIO: Concept = ("{ratio}", "UCUM", "ratio")
_SINGLE_COLLIMATION_MM = 0.6
_TOTAL_COLLIMATION_MM = 38.4
_ROTATION_TIME_S = 0.5


def dose_report(study: Study) -> Dataset:
    """Return the X-Ray Radiation Dose SR of a study (PS3.3, A.35.8)."""
    report = new_object(study, sop_class_uid=XRayRadiationDoseSRStorage, key="report", modality="SR")
    report.SeriesInstanceUID = uid_of("report series", study.key)
    report.SeriesNumber = 997
    report.SeriesDescription = "Dose report"
    report.InstanceNumber = 1
    report.ReferencedPerformedProcedureStepSequence = Sequence()
    report.PerformedProcedureCodeSequence = Sequence()
    end = started_at(study, len(study.acquisitions)) + timedelta(minutes=1)
    report.SeriesDate, report.SeriesTime = report.ContentDate, report.ContentTime = date_and_time(end)
    report.CompletionFlag = "COMPLETE"
    report.VerificationFlag = "UNVERIFIED"
    report.ValueType = "CONTAINER"
    report.ContinuityOfContent = "SEPARATE"
    report.ConceptNameCodeSequence = Sequence([code_item("113701", "DCM", "X-Ray Radiation Dose Report")])
    template = Dataset()
    template.MappingResource = "DCMR"
    template.TemplateIdentifier = "10011"
    report.ContentTemplateSequence = Sequence([template])
    procedure = _code("HAS CONCEPT MOD", ("121058", "DCM", "Procedure reported"), _CT)
    procedure.ContentSequence = Sequence([_code("HAS CONCEPT MOD", ("363703001", "SCT", "Has Intent"), _DIAGNOSTIC)])
    report.ContentSequence = Sequence(
        [
            procedure,
            _code("HAS OBS CONTEXT", ("121005", "DCM", "Observer Type"), ("121007", "DCM", "Device")),
            _uid("HAS OBS CONTEXT", ("121012", "DCM", "Device Observer UID"), uid_of("device", study.scanner.ae_title)),
            _text("HAS OBS CONTEXT", ("121014", "DCM", "Device Observer Manufacturer"), study.scanner.manufacturer),
            _text("HAS OBS CONTEXT", ("121015", "DCM", "Device Observer Model Name"), study.scanner.model),
            _text("HAS OBS CONTEXT", ("121016", "DCM", "Device Observer Serial Number"), study.scanner.serial_number),
            _moment("HAS OBS CONTEXT", ("113809", "DCM", "Start of X-Ray Irradiation"), study, minutes=1),
            _moment(
                "HAS OBS CONTEXT", ("113810", "DCM", "End of X-Ray Irradiation"), study, minutes=len(study.acquisitions)
            ),
            _scope(study),
            _accumulated(study),
            *(_acquisition(study, number, one) for number, one in enumerate(study.acquisitions, start=1)),
            _code("CONTAINS", ("113854", "DCM", "Source of Dose Information"), _AUTOMATED),
        ]
    )
    return report


_CT: Concept = ("77477000", "SCT", "Computed Tomography X-Ray")
_DIAGNOSTIC: Concept = ("261004008", "SCT", "Diagnostic Intent")
_AUTOMATED: Concept = ("113856", "DCM", "Automated Data Collection")


def _scope(study: Study) -> Dataset:
    item = _code("HAS OBS CONTEXT", ("113705", "DCM", "Scope of Accumulation"), ("113014", "DCM", "Study"))
    uid = _uid("HAS PROPERTIES", ("110180", "DCM", "Study Instance UID"), study.study_instance_uid)
    item.ContentSequence = Sequence([uid])
    return item


def _accumulated(study: Study) -> Dataset:
    return _container(
        ("113811", "DCM", "CT Accumulated Dose Data"),
        _number(
            ("113812", "DCM", "Total Number of Irradiation Events"),
            len(study.acquisitions),
            ("{events}", "UCUM", "events"),
        ),
        _number(("113813", "DCM", "CT Dose Length Product Total"), study.dlp_mgy_cm, _MGY_CM),
    )


def _acquisition(study: Study, number: int, one: Acquisition) -> Dataset:
    source = _container(
        ("113831", "DCM", "CT X-Ray Source Parameters"),
        _text("CONTAINS", ("113832", "DCM", "Identification of the X-Ray Source"), "A"),
        _number(("113733", "DCM", "KVP"), one.kv, _KV),
        _number(("113833", "DCM", "Maximum X-Ray Tube Current"), one.ma, _MA),
        _number(("113734", "DCM", "X-Ray Tube Current"), one.ma, _MA),
        _number(("113834", "DCM", "Exposure Time per Rotation"), _ROTATION_TIME_S, _S),
    )
    parameters = _container(
        ("113822", "DCM", "CT Acquisition Parameters"),
        _number(("113824", "DCM", "Exposure Time"), one.exposure_time_s, _S),
        _number(("113825", "DCM", "Scanning Length"), one.length_mm, _MM),
        _number(("113826", "DCM", "Nominal Single Collimation Width"), _SINGLE_COLLIMATION_MM, _MM),
        _number(("113827", "DCM", "Nominal Total Collimation Width"), _TOTAL_COLLIMATION_MM, _MM),
        _number(("113828", "DCM", "Pitch Factor"), one.pitch, _RATIO),
        _number(("113823", "DCM", "Number of X-Ray Sources"), 1, ("{X-Ray sources}", "UCUM", "X-Ray sources")),
        source,
    )
    dose = _container(
        ("113829", "DCM", "CT Dose"),
        _number(("113830", "DCM", "Mean CTDIvol"), one.ctdi_vol_mgy, _MGY),
        _code("CONTAINS", ("113835", "DCM", "CTDIw Phantom Type"), _PHANTOMS[one.phantom_diameter_mm]),
        _number(("113838", "DCM", "DLP"), one.dlp_mgy_cm, _MGY_CM),
    )
    return _container(
        ("113819", "DCM", "CT Acquisition"),
        _text("CONTAINS", ("125203", "DCM", "Acquisition Protocol"), one.protocol),
        _code("CONTAINS", ("123014", "DCM", "Target Region"), _region(one)),
        _code("CONTAINS", ("113820", "DCM", "CT Acquisition Type"), ("116152004", "SCT", "Spiral Acquisition")),
        _uid("CONTAINS", ("113769", "DCM", "Irradiation Event UID"), study.event_uid(number)),
        _moment("CONTAINS", ("111526", "DCM", "DateTime Started"), study, minutes=number),
        parameters,
        dose,
    )


def _region(one: Acquisition) -> Concept:
    if one.protocol.startswith("Head"):
        return ("69536005", "SCT", "Head")
    if one.protocol.startswith("Abdomen"):
        return ("818983003", "SCT", "Abdomen")
    return ("51185008", "SCT", "Chest")


def _item(relationship: str, value_type: str, concept: Concept) -> Dataset:
    item = Dataset()
    item.RelationshipType = relationship
    item.ValueType = value_type
    item.ConceptNameCodeSequence = Sequence([code_item(*concept)])
    return item


def _container(concept: Concept, *content: Dataset) -> Dataset:
    item = _item("CONTAINS", "CONTAINER", concept)
    item.ContinuityOfContent = "SEPARATE"
    item.ContentSequence = Sequence(content)
    return item


def _code(relationship: str, concept: Concept, value: Concept) -> Dataset:
    item = _item(relationship, "CODE", concept)
    item.ConceptCodeSequence = Sequence([code_item(*value)])
    return item


def _text(relationship: str, concept: Concept, value: str) -> Dataset:
    item = _item(relationship, "TEXT", concept)
    item.TextValue = value
    return item


def _uid(relationship: str, concept: Concept, value: str) -> Dataset:
    item = _item(relationship, "UIDREF", concept)
    item.UID = value
    return item


def _moment(relationship: str, concept: Concept, study: Study, *, minutes: int) -> Dataset:
    item = _item(relationship, "DATETIME", concept)
    item.DateTime = started_at(study, minutes).strftime("%Y%m%d%H%M%S")
    return item


def _number(concept: Concept, value: float, unit: Concept) -> Dataset:
    item = _item("CONTAINS", "NUM", concept)
    measured = Dataset()
    measured.NumericValue = f"{value:g}"
    measured.MeasurementUnitsCodeSequence = Sequence([code_item(*unit)])
    item.MeasuredValueSequence = Sequence([measured])
    return item
