"""A dose SR of ours as it is sent, of an invented woman."""

from dose_core.writers.document import Evidence
from dose_core.writers.mammography_rdsr import KIND, write_mammography_rdsr
from dose_core.writers.part10 import to_part10
from tests.builders.written import full_mammography, header, issue

DOCUMENT = write_mammography_rdsr(full_mammography(), header(patient_name="Åström^Örjana"), issue(KIND))
UID = str(DOCUMENT.SOPInstanceUID)
DICOM = to_part10(DOCUMENT)
INSTANCE = Evidence(
    study_instance_uid=str(DOCUMENT.StudyInstanceUID),
    series_instance_uid=str(DOCUMENT.SeriesInstanceUID),
    sop_class_uid=str(DOCUMENT.SOPClassUID),
    sop_instance_uid=UID,
)
