"""Store objects as they are by DICOM, as a modality would."""

from collections.abc import Sequence

from pydicom import Dataset
from pynetdicom import AE

_NOT_ASSOCIATED = -1


def store_all(port: int, objects: Sequence[Dataset], *, calling_aet: str, called: str) -> list[int]:
    """Return the status of each C-STORE, one after the other, in one association."""
    entity = AE(ae_title=calling_aet)
    for sop_class_uid, syntax in {(one.SOPClassUID, one.file_meta.TransferSyntaxUID) for one in objects}:
        entity.add_requested_context(sop_class_uid, syntax)
    association = entity.associate("127.0.0.1", port, ae_title=called)
    if not association.is_established:
        return [_NOT_ASSOCIATED]
    try:
        return [int(getattr(association.send_c_store(one), "Status", _NOT_ASSOCIATED)) for one in objects]
    finally:
        association.release()
