"""From a stored instance to what is queued of it: the part that runs inside Orthanc's callback."""

from dose_core.classify import (
    DOSE_REPORT_SOP_CLASSES,
    SECONDARY_CAPTURE_SOP_CLASSES,
    ObjectKind,
    ScreenCues,
    classify,
    copy_made_by_orthanc,
    may_state_dose,
)
from dose_core.contract import Origin
from orthanc_plugin.header import (
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
    cut_header,
    read_identity,
)
from orthanc_plugin.sdk import DicomInstance
from orthanc_plugin.spool import SpoolItem

# OrthancPluginInstanceOrigin of the SDK
_ORIGINS = {2: Origin.DICOM, 3: Origin.REST, 4: Origin.PLUGIN, 5: Origin.PLUGIN, 6: Origin.WEBDAV}
# The same as Orthanc writes it into the metadata "Origin" of an instance
_ORIGINS_BY_METADATA = {
    "DicomProtocol": Origin.DICOM,
    "RestApi": Origin.REST,
    "Plugins": Origin.PLUGIN,
    "Lua": Origin.PLUGIN,
    "WebDav": Origin.WEBDAV,
}

# A larger instance is cut later, from the beginning of its file: copying it would hold up all other senders.
MAX_BYTES_IN_CALLBACK = 16 * 1024 * 1024
# A slice has 100 to 300 elements. To walk so many takes 1 to 4 ms, as long as reading a file back over loopback does;
# with more, the sender would decide how long all others wait: a million of them fit into 16 MB. An enhanced image whose
# sequences have undefined lengths has more, thousands for each hundred frames: it is cut later, without this limit.
MAX_STEPS_IN_CALLBACK = 4000


class NotNowError(HeaderError):
    """The instance is of interest, but too costly to cut inside the callback."""


def item_of_stored(instance: DicomInstance, orthanc_id: str) -> SpoolItem | None:
    """
    Return what to queue of an instance that was just stored, ``None`` for nothing.

    One that Orthanc modified in its place, so that it was made from itself, is no copy: it is what its archive
    corrected, and there is no other.

    Raises:
        HeaderError: it must be looked at outside the callback.
    """
    sop_class_uid = instance.GetInstanceMetadata("SopClassUid")
    if not may_state_dose(sop_class_uid):  # the common case for most archives: no byte of the instance is touched
        return None
    if instance.GetInstanceSize() > MAX_BYTES_IN_CALLBACK:
        raise NotNowError("too large")
    data = instance.GetInstanceData()
    is_report = sop_class_uid in DOSE_REPORT_SOP_CLASSES
    header = (
        read_identity(data, max_steps=MAX_STEPS_IN_CALLBACK)
        if is_report
        else cut_header(data, may_inflate=False, max_steps=MAX_STEPS_IN_CALLBACK)
    )
    return item_of(
        header,
        orthanc_id=orthanc_id,
        calling_aet=instance.GetInstanceRemoteAet() or None,
        origin=_ORIGINS.get(instance.GetInstanceOrigin(), Origin.UNKNOWN),
        is_anonymized=bool(instance.HasInstanceMetadata("AnonymizedFrom")),
        is_modified=bool(instance.HasInstanceMetadata("ModifiedFrom"))
        and instance.GetInstanceMetadata("ModifiedFrom") != orthanc_id,
    )


def item_of_metadata(header: CutHeader, *, orthanc_id: str, metadata: dict[str, str]) -> SpoolItem | None:
    """Return what to queue of an instance that Orthanc holds, from its header and Orthanc's metadata of it."""
    return item_of(
        header,
        orthanc_id=orthanc_id,
        calling_aet=metadata.get("RemoteAET") or None,
        origin=_ORIGINS_BY_METADATA.get(metadata.get("Origin", ""), Origin.CATCH_UP),
        is_anonymized="AnonymizedFrom" in metadata,
        is_modified=metadata.get("ModifiedFrom", orthanc_id) != orthanc_id,
    )


def item_of(
    header: CutHeader,
    *,
    orthanc_id: str,
    calling_aet: str | None,
    origin: Origin,
    is_anonymized: bool,
    is_modified: bool,
) -> SpoolItem | None:
    """
    Return what to queue of an instance, ``None`` for nothing.

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
    return SpoolItem(
        orthanc_id=orthanc_id,
        kind=kind,
        sop_instance_uid=sop_instance_uid,
        series_instance_uid=series_instance_uid,
        calling_aet=calling_aet,
        origin=origin,
        copy_of=copy_made_by_orthanc(
            is_anonymized=is_anonymized,
            is_modified=is_modified,
            patient_identity_removed=header.text(PATIENT_IDENTITY_REMOVED),
        ),
        header=header.dicom if kind is ObjectKind.HEADER else None,
    )


def _kind_of(header: CutHeader) -> ObjectKind | None:
    sop_class_uid, manufacturer = header.text(SOP_CLASS_UID), header.text(MANUFACTURER)
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
