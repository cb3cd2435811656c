"""
Names of systems, profiles and codes that our FHIR resources use.

Source: HL7 FHIR R4 (4.0.1); Radiation Dose Summary for Diagnostic Procedures on FHIR 1.0.0 (RadiationDoseSummary,
Modality, IndicationObservation, RadiationSummaryReport, IdentifiersCodes); International Patient Summary 2.0.0,
Observation-pregnancy-status-uv-ips with its value set; PS3.16, Annex D (DCM), CID 33, 4052, 10003, 6022.
"""

from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from dose_core.ledger.totals import Quantity
from dose_core.units import GY_CM2, MBQ, MGY, MGY_CM, S

Json: TypeAlias = dict[str, Any]  # a resource, or a part of one, as its JSON

MEDIA_TYPE = "application/fhir+json"  # R4, 2.21.0 (JSON)
FHIR_VERSION = "4.0.1"

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
DCM = "http://dicom.nema.org/resources/ontology/DCM"  # as the guide writes it
UCUM = "http://unitsofmeasure.org"
DICOM_UID = "urn:dicom:uid"
HL7_IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
DATA_ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
DATA_ABSENT_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
NAME_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"

GUIDE = "http://hl7.org/fhir/uv/radiation-dose-summary"
DICOM_IDENTIFIER_TYPE = f"{GUIDE}/CodeSystem/dicom-identifier-type"
DOSE_SUMMARY_PROFILE = f"{GUIDE}/StructureDefinition/radiation-dose-summary"
DEVICE_PROFILE = f"{GUIDE}/StructureDefinition/modality-device"
REPORT_PROFILE = f"{GUIDE}/StructureDefinition/radiation-summary-report"
INDICATION_PROFILE = f"{GUIDE}/StructureDefinition/indication-observation"
PREGNANCY_PROFILE = "http://hl7.org/fhir/uv/ips/StructureDefinition/Observation-pregnancy-status-uv-ips"

# Ours; a uniform resource name, since no address of the project is to be resolved.
OURS = "urn:doseledger:fhir"
CONFORMANCE_TAG = f"{OURS}:conformance"
NOT_CONFORMANT = "not-conformant"
PART_EXTENSION = f"{OURS}:part"
ESTIMATE_EXTENSION = f"{OURS}:estimate"
AUTHORITY = f"{OURS}:authority:"


class Term(NamedTuple):
    """A code of a system with its meaning."""

    system: str
    code: str
    display: str


DOSE_SUMMARY = Term(
    LOINC, "73569-6", "Radiation exposure and protection information [Description] Document Diagnostic imaging"
)
PREGNANCY_STATUS = Term(LOINC, "82810-3", "Pregnancy status")
INDICATIONS = Term(DCM, "121109", "Indications for Procedure")
PROCEDURE_REPORTED = Term(DCM, "121058", "Procedure reported")

# ProcedureReportedTypeVS of the guide
CT = Term(SNOMED, "77477000", "Computerized tomography")
PROJECTION = Term(DCM, "113704", "Projection X-Ray")
MAMMOGRAPHY = Term(SNOMED, "71651007", "Mammography")
ADMINISTRATION = Term(DCM, "113502", "Radiopharmaceutical Administration")

# ComponentRadiationDoseSummaryVS of the guide, which is extensible: what it does not have are DICOM's codes.
COMPONENTS = MappingProxyType(
    {
        Quantity.DLP: (Term(DCM, "113813", "CT Dose Length Product Total"), MGY_CM),
        Quantity.CTDI_VOL_MAX: (Term(DCM, "113830", "Mean CTDIvol"), MGY),
        Quantity.DAP: (Term(DCM, "113722", "Dose Area Product Total"), GY_CM2),
        Quantity.KA_R: (Term(DCM, "113725", "Dose (RP) Total"), MGY),
        Quantity.FLUORO_DAP: (Term(DCM, "113726", "Fluoro Dose Area Product Total"), GY_CM2),
        Quantity.FLUORO_KA_R: (Term(DCM, "113728", "Fluoro Dose (RP) Total"), MGY),
        Quantity.FLUORO_TIME: (Term(DCM, "113730", "Total Fluoro Time"), S),
        Quantity.ACQUISITION_DAP: (Term(DCM, "113727", "Acquisition Dose Area Product Total"), GY_CM2),
        Quantity.ACQUISITION_KA_R: (Term(DCM, "113729", "Acquisition Dose (RP) Total"), MGY),
        Quantity.ACQUISITION_TIME: (Term(DCM, "113855", "Total Acquisition Time"), S),
        Quantity.AGD: (Term(DCM, "111637", "Accumulated Average Glandular Dose"), MGY),
        Quantity.ACTIVITY: (Term(DCM, "113507", "Administered activity"), MBQ),
    }
)
AGENT = Term(SNOMED, "349358000", "Radiopharmaceuticals")
RADIONUCLIDE = Term(SNOMED, "89457008", "Radioisotope")
VOLUME = Term(DCM, "123005", "Radiopharmaceutical Volume")
ROUTE = Term(SNOMED, "410675002", "Route of administration")

# Parts of an exam that a total is of, by the word of the ledger
PHANTOMS = MappingProxyType(
    {
        "160": Term(DCM, "113690", "IEC Head Dosimetry Phantom"),
        "320": Term(DCM, "113691", "IEC Body Dosimetry Phantom"),
    }
)
PLANES = MappingProxyType(
    {
        "single": Term(DCM, "113622", "Single Plane"),
        "a": Term(DCM, "113620", "Plane A"),
        "b": Term(DCM, "113621", "Plane B"),
    }
)
BREASTS = MappingProxyType(
    {
        "L": Term(SNOMED, "80248007", "Left breast"),
        "R": Term(SNOMED, "73056007", "Right breast"),
        "B": Term(SNOMED, "63762007", "Both breasts"),
    }
)

# CID 33, the modalities that irradiate a patient or show what was administered
MODALITIES = MappingProxyType(
    {
        "CR": "Computed Radiography",
        "CT": "Computed Tomography",
        "DX": "Digital Radiography",
        "IO": "Intra-Oral Radiography",
        "MG": "Mammography",
        "NM": "Nuclear Medicine",
        "PT": "Positron emission tomography",
        "PX": "Panoramic X-Ray",
        "RF": "Radio Fluoroscopy",
        "RG": "Radiographic imaging",
        "XA": "X-Ray Angiography",
    }
)
