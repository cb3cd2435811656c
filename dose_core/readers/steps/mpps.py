"""
Read Modality Performed Procedure Steps: what a device told of an examination, at its begin and at its end.

N-CREATE and N-SET carry a part of the attributes each and need not name their instance, which stands in the command
(PS3.4, F.7.2); a file of them names it in its meta information. Both are read as they are: what only the other one
states is not known here.

Source: PS3.3, B.17 (the information object) and C.4.13 to C.4.16 (its modules).
"""

from dose_core.model import DoseReport
from dose_core.readers import header
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.errors import UnreadableError
from dose_core.readers.steps.dose import ct_report, mammography_report, projection_report
from dose_core.readers.steps.step import step_fields

_MPPS = "1.2.840.10008.3.1.2.3.3"  # PS3.4, F.7

# PS3.4, B.5. An N-SET may not state the modality; the classes of the images it lists tell what irradiated.
_IMAGE_CLASS = "1.2.840.10008.5.1.4.1.1."
_MODALITIES = {_IMAGE_CLASS + suffix: "CT" for suffix in ("2", "2.1", "2.2")}
_MODALITIES |= {_IMAGE_CLASS + suffix: "MG" for suffix in ("1.2", "1.2.1", "13.1.3", "13.1.4", "13.1.5")}


class MppsReader:
    """Reads the data sets of N-CREATE and N-SET of performed procedure steps."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is a performed procedure step, which may state its class in the meta information or nowhere."""
        if source.sop_class_uid:
            return source.sop_class_uid == _MPPS
        return source.media_storage_sop_class_uid == _MPPS or Tag.PerformedProcedureStepStatus in source.data_set

    def read(self, source: DicomObject) -> DoseReport:
        """
        Return what the data set states, in the shape of the modality; of an unknown one in that of projections.

        Raises:
            UnreadableError: nothing names the step.
        """
        data_set = source.data_set
        instance_uid = header.uid_text(data_set, Tag.SOPInstanceUID) or source.media_storage_sop_instance_uid
        if instance_uid is None:
            raise UnreadableError(
                "nothing names the performed procedure step: put the Affected or Requested SOP Instance UID of its "
                "message into SOP Instance UID (0008,0018) or Media Storage SOP Instance UID (0002,0003)"
            )
        fields = step_fields(data_set, instance_uid)
        modality = fields["modality"] or _modality_of_images(data_set)
        if modality == "CT":
            return ct_report(data_set, fields)
        if modality == "MG":
            return mammography_report(data_set, fields)
        return projection_report(data_set, fields)


def _modality_of_images(data_set: DataSet) -> str | None:
    """Return what the images of the step are, ``None`` unless all that tell it agree."""
    images = (
        image
        for series in data_set.items(Tag.PerformedSeriesSequence)
        for image in series.items(Tag.ReferencedImageSequence)
    )
    found = {_MODALITIES.get(image.text(Tag.ReferencedSOPClassUID) or "") for image in images}
    return found.pop() if len(found) == 1 else None
