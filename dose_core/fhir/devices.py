"""
The irradiating devices, by the profile modality-device.

Source: Radiation Dose Summary 1.0.0, ModalityDevice; PS3.3, C.7.5.1 (in a report the Device UID is the Device Observer
UID); PS3.16, TID 1004, CID 33.
"""

from dataclasses import dataclass

from dose_core.fhir.elements import Made, absent, clipped, concept, dicom_uid, identifier, made, present
from dose_core.fhir.terms import (
    DCM,
    DEVICE_PROFILE,
    DICOM_IDENTIFIER_TYPE,
    HL7_IDENTIFIER_TYPE,
    MODALITIES,
    Json,
    Term,
)

NO_AE_TITLE = "no source states the AE title of the modality"
NO_TYPE = "no source states the type of the modality"
_SERIAL_NUMBER = Term(HL7_IDENTIFIER_TYPE, "SNO", "Serial Number")
_AE_TITLE = Term(DICOM_IDENTIFIER_TYPE, "application-entity", "Application Entity")
_DEVICE_UID = Term(DICOM_IDENTIFIER_TYPE, "device-uid", "Device UID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """
    A machine as its objects state it; ``uid`` is its Device UID or Device Observer UID.

    ``modality`` is that of most of its newest exams, ``None`` if none is.
    """

    id: str
    manufacturer: str | None
    model: str | None
    serial_number: str | None
    station_name: str | None
    uid: str | None
    ae_title: str | None
    modality: str | None
    software_versions: tuple[str, ...] = ()


def device(equipment: Equipment) -> Made:
    """Return a machine; without AE title or type it does not meet the profile, and says so."""
    display = MODALITIES.get(equipment.modality or "")
    type_ = Term(DCM, equipment.modality, display) if equipment.modality and display else None
    short = [NO_AE_TITLE] if equipment.ae_title is None else []
    short += [NO_TYPE] if type_ is None else []
    return made(
        present(
            resourceType="Device",
            id=equipment.id,
            identifier=_identifiers(equipment),
            manufacturer=_clipped(equipment.manufacturer),
            serialNumber=_clipped(equipment.serial_number),
            deviceName=[
                {"name": clipped(name), "type": kind}
                for name, kind in (
                    (equipment.manufacturer, "manufacturer-name"),
                    (equipment.model, "model-name"),
                    (equipment.station_name, "user-friendly-name"),
                )
                if name
            ],
            type=concept(type_) if type_ else absent(),
            version=[{"value": clipped(one)} for one in equipment.software_versions],
        ),
        DEVICE_PROFILE,
        tuple(short),
    )


def _identifiers(equipment: Equipment) -> list[Json]:
    title = {"value": clipped(equipment.ae_title)} if equipment.ae_title else {"_value": absent()}
    found = [{"type": concept(_AE_TITLE), **title}]
    if equipment.serial_number:
        found.append(identifier(clipped(equipment.serial_number), type_=concept(_SERIAL_NUMBER)))
    if equipment.uid:
        found.append(dicom_uid(equipment.uid, concept(_DEVICE_UID)))
    return found


def _clipped(text: str | None) -> str | None:
    return clipped(text) if text else None
