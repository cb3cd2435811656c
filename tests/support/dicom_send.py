"""Send by DICOM as a modality would."""

from collections.abc import Iterable
from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]  # generated names

from tests.builders.dicom_files import file_of
from tests.support.orthanc import RealOrthanc

SUCCESS = 0x0000
NOT_ASSOCIATED = -1


def c_store(
    orthanc: RealOrthanc,
    datasets: Iterable[Dataset],
    *,
    calling_aet: str,
    called_aet: str,
    source: str = "127.0.0.1",
) -> list[int]:
    """Return the status of each C-STORE, or one ``NOT_ASSOCIATED`` if Orthanc refuses to talk."""
    datasets = [dcmread(BytesIO(file_of(dataset))) for dataset in datasets]
    entity = AE(ae_title=calling_aet)
    for sop_class_uid in {dataset.SOPClassUID for dataset in datasets}:
        entity.add_requested_context(sop_class_uid, ExplicitVRLittleEndian)
    association = entity.associate("127.0.0.1", orthanc.dicom_port, ae_title=called_aet, bind_address=(source, 0))
    if not association.is_established:
        return [NOT_ASSOCIATED]
    try:
        return [int(getattr(association.send_c_store(dataset), "Status", NOT_ASSOCIATED)) for dataset in datasets]
    finally:
        association.release()


def c_echo(orthanc: RealOrthanc, *, calling_aet: str, called_aet: str, source: str = "127.0.0.1") -> int:
    """Return the status of a C-ECHO, or ``NOT_ASSOCIATED`` if Orthanc refuses to talk."""
    entity = AE(ae_title=calling_aet)
    entity.add_requested_context(Verification)
    association = entity.associate("127.0.0.1", orthanc.dicom_port, ae_title=called_aet, bind_address=(source, 0))
    if not association.is_established:
        return NOT_ASSOCIATED
    try:
        return int(getattr(association.send_c_echo(), "Status", NOT_ASSOCIATED))
    finally:
        association.release()
