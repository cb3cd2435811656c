"""A small CT study: slices of one spiral, and the report that its device may send later."""

from tests.builders.ct_image import ct_image_bytes
from tests.builders.ct_rdsr import chest_ct_report_bytes

STUDY_UID = "2.25.3002"  # that of tests.builders.ct_image
SLICE_MM = 5.0


def ct_slices(count: int = 4, *, first: int = 0, **elements: object) -> list[bytes]:
    """Return contiguous slices of 5 mm; 7.5 mGy on the body phantom unless said otherwise."""
    return [
        ct_image_bytes(
            SOPInstanceUID=f"2.25.3100.{number}",
            InstanceNumber=str(number + 1),
            ImagePositionPatient=["-180", "-180", f"{-400 + SLICE_MM * number}"],
            **elements,
        )
        for number in range(first, first + count)
    ]


def other_ct_slices() -> list[bytes]:
    """Return slices of another scan on the same device, in a study of its own."""
    uids = {"StudyInstanceUID": "2.25.3902", "SeriesInstanceUID": "2.25.3903", "IrradiationEventUID": "2.25.4901"}
    return ct_slices(4, first=4, AcquisitionTime="121600.5", AccessionNumber="ACC-902", **uids)


def device_report() -> bytes:
    """Return the dose report of the device on the same study."""
    return chest_ct_report_bytes(StudyInstanceUID=STUDY_UID, PatientID="P-2", event_uid="2.25.4001")
