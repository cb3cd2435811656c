"""
From an instance that Orthanc holds to what is handed in of it, and what Orthanc knows of how it came to be.

Standard library only: the plugin runs it inside Orthanc for every stored instance.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dose_core.classify import (
    KEY_OBJECT_SOP_CLASS,
    SECONDARY_CAPTURE_SOP_CLASSES,
    ObjectKind,
    ScreenCues,
    classify,
    copy_made_by_orthanc,
    may_reject,
)
from dose_core.contract import CopyOf, Envelope, Origin
from dose_core.header_cut import (
    COMMENTS_ON_RADIATION_DOSE,
    IMAGE_TYPE,
    MANUFACTURER,
    MODALITY,
    PATIENT_IDENTITY_REMOVED,
    SERIES_DESCRIPTION,
    SERIES_INSTANCE_UID,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    CutHeader,
    HeaderError,
)

# Orthanc's metadata "Origin" of an instance
_ORIGINS_BY_METADATA = {
    "DicomProtocol": Origin.DICOM,
    "RestApi": Origin.REST,
    "Plugins": Origin.PLUGIN,
    "Lua": Origin.PLUGIN,
    "WebDav": Origin.WEBDAV,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInstance:
    """An instance that may state dose: what of it is handed in, and what its archive knows of it."""

    orthanc_id: str
    kind: ObjectKind
    sop_instance_uid: str
    series_instance_uid: str
    calling_aet: str | None
    origin: Origin
    copy_of: CopyOf | None

    def envelope(self, dicom: bytes) -> Envelope:
        """Return the message that carries the instance, or its header, in these bytes."""
        return Envelope(
            sop_instance_uid=self.sop_instance_uid,
            dicom=dicom,
            is_header=self.kind is ObjectKind.HEADER,
            calling_aet=self.calling_aet,
            origin=self.origin,
            orthanc_id=self.orthanc_id,
            copy_of=self.copy_of,
        )


def instance_of_metadata(header: CutHeader, *, orthanc_id: str, metadata: Mapping[str, str]) -> StoredInstance | None:
    """
    Return an instance by its header and Orthanc's metadata of it, ``None`` if it states no dose.

    Raises:
        HeaderError: it does not name itself.
    """
    return instance_of(
        header,
        orthanc_id=orthanc_id,
        calling_aet=metadata.get("RemoteAET") or None,
        origin=_ORIGINS_BY_METADATA.get(metadata.get("Origin", ""), Origin.CATCH_UP),
        anonymized_from=metadata.get("AnonymizedFrom"),
        modified_from=metadata.get("ModifiedFrom"),
    )


def instance_of(
    header: CutHeader,
    *,
    orthanc_id: str,
    calling_aet: str | None,
    origin: Origin,
    anonymized_from: str | None,
    modified_from: str | None,
) -> StoredInstance | None:
    """
    Return an instance by its header and what Orthanc knows of it, ``None`` if it states no dose.

    ``modified_from`` is the id of the instance that Orthanc modified. One that it modified in its place, so that it
    was made from itself, is no copy: it is what its archive corrected, and there is no other.

    Raises:
        HeaderError: it does not name itself.
    """
    kind = _kind_of(header)
    if kind is None:
        return None
    sop_instance_uid = header.text(SOP_INSTANCE_UID)
    series_instance_uid = header.text(SERIES_INSTANCE_UID)
    if sop_instance_uid is None or series_instance_uid is None:
        raise HeaderError("the instance has no SOP Instance UID or no Series Instance UID")
    return StoredInstance(
        orthanc_id=orthanc_id,
        kind=kind,
        sop_instance_uid=sop_instance_uid,
        series_instance_uid=series_instance_uid,
        calling_aet=calling_aet,
        origin=origin,
        copy_of=copy_made_by_orthanc(
            is_anonymized=anonymized_from is not None,
            is_modified=modified_from not in (None, orthanc_id),
            patient_identity_removed=header.text(PATIENT_IDENTITY_REMOVED),
        ),
    )


def _kind_of(header: CutHeader) -> ObjectKind | None:
    sop_class_uid, manufacturer = header.text(SOP_CLASS_UID), header.text(MANUFACTURER)
    if sop_class_uid == KEY_OBJECT_SOP_CLASS:
        return classify(sop_class_uid, manufacturer=manufacturer, is_rejection=may_reject(header.dicom))
    if sop_class_uid not in SECONDARY_CAPTURE_SOP_CLASSES:
        return classify(sop_class_uid, manufacturer=manufacturer)
    cues = ScreenCues(
        modality=header.text(MODALITY),
        image_type=header.text(IMAGE_TYPE),
        manufacturer=manufacturer,
        series_description=header.text(SERIES_DESCRIPTION),
        dose_comment=header.text(COMMENTS_ON_RADIATION_DOSE),
    )
    return classify(sop_class_uid, cues=cues)
