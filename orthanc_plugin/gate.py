"""From a stored instance to what is queued of it: the part that runs inside Orthanc's callback."""

from dose_core.classify import DOSE_REPORT_SOP_CLASSES, ObjectKind, may_state_dose
from dose_core.contract import Origin
from dose_core.header_cut import CutHeader, HeaderError, cut_header, read_identity
from dose_core.stored_instance import StoredInstance, instance_of, instance_of_metadata
from orthanc_plugin.sdk import DicomInstance
from orthanc_plugin.spool import SpoolItem

# OrthancPluginInstanceOrigin of the SDK
_ORIGINS = {2: Origin.DICOM, 3: Origin.REST, 4: Origin.PLUGIN, 5: Origin.PLUGIN, 6: Origin.WEBDAV}

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
    stored = instance_of(
        header,
        orthanc_id=orthanc_id,
        calling_aet=instance.GetInstanceRemoteAet() or None,
        origin=_ORIGINS.get(instance.GetInstanceOrigin(), Origin.UNKNOWN),
        anonymized_from=_metadata(instance, "AnonymizedFrom"),
        modified_from=_metadata(instance, "ModifiedFrom"),
    )
    return _item_of(stored, header)


def item_of_metadata(header: CutHeader, *, orthanc_id: str, metadata: dict[str, str]) -> SpoolItem | None:
    """
    Return what to queue of an instance that Orthanc holds, from its header and Orthanc's metadata of it.

    Raises:
        HeaderError: it does not name itself.
    """
    return _item_of(instance_of_metadata(header, orthanc_id=orthanc_id, metadata=metadata), header)


def _metadata(instance: DicomInstance, name: str) -> str | None:
    return instance.GetInstanceMetadata(name) if instance.HasInstanceMetadata(name) else None


def _item_of(stored: StoredInstance | None, header: CutHeader) -> SpoolItem | None:
    if stored is None:
        return None
    return SpoolItem(
        orthanc_id=stored.orthanc_id,
        kind=stored.kind,
        sop_instance_uid=stored.sop_instance_uid,
        series_instance_uid=stored.series_instance_uid,
        calling_aet=stored.calling_aet,
        origin=stored.origin,
        copy_of=stored.copy_of,
        header=header.dicom if stored.kind is ObjectKind.HEADER else None,
    )
