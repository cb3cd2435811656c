"""CT dose screens: secondary captures whose header repeats what they display. All people and places are invented."""

from typing import Any

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_sequence
from pydicom.sequence import Sequence
from pydicom.uid import ImplicitVRLittleEndian, SecondaryCaptureImageStorage

from tests.builders.dicom_files import file_of, instance

PHILIPS_CREATOR = "ELSCINT1"
TOSHIBA_CREATOR = "TOSHIBA_MEC_CT3"


def dose_screen(**values: Any) -> Dataset:  # noqa: ANN401 - any DICOM value
    """Return a screen that only its description tells, without a number in its header."""
    screen = instance(SecondaryCaptureImageStorage, Modality="CT", SeriesDescription="Dose Report")
    screen.ImageType = ["DERIVED", "SECONDARY", "SCREEN SAVE"]
    for keyword, value in values.items():
        setattr(screen, keyword, value)
    return screen


def exposure(**values: Any) -> Dataset:  # noqa: ANN401 - any DICOM value
    """Return one item of an Exposure Dose Sequence: a spiral acquisition. A value given as None is left out."""
    item = Dataset()
    item.AcquisitionType = "SPIRAL"
    item.KVP = "120"
    item.ExposureTime = "4500"
    item.XRayTubeCurrentInuA = "250500.5"
    item.SingleCollimationWidth = 0.625
    item.TotalCollimationWidth = 40.0
    item.SpiralPitchFactor = 0.9
    item.CTDIvol = 12.5
    for keyword, value in values.items():
        if value is None:
            delattr(item, keyword)
        else:
            setattr(item, keyword, value)
    return item


def phantom(value: str) -> Sequence:
    """Return a CTDI Phantom Type Code Sequence."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "DCM", "a phantom"
    return Sequence([code])


def ge_screen(*exposures: Dataset, comment: str) -> Dataset:
    """Return a screen save of GE."""
    screen = dose_screen(Manufacturer="GE MEDICAL SYSTEMS", CommentsOnRadiationDose=comment)
    if exposures:
        screen.ExposureDoseSequence = Sequence(exposures)
    return screen


def philips_screen(*exposures: Dataset, dlp: str | None = "610.5", **values: Any) -> Dataset:  # noqa: ANN401 - any DICOM value
    """Return a "Dose Info" of Philips."""
    screen = dose_screen(Manufacturer="Philips", SeriesDescription="Dose Info", ProtocolName="Abdomen/One", **values)
    screen.ImageType = ["DERIVED", "SECONDARY", "DOSE_INFO"]
    screen.ExposureDoseSequence = Sequence(exposures)
    if dlp is not None:
        with_private(screen, PHILIPS_CREATOR, 0x00E1, 0x21, "DS", dlp)
    return screen


def with_private(data_set: Dataset, creator: str, group: int, element: int, vr: str, value: object) -> Dataset:
    """Return the data set with one more private element in the first block of its creator."""
    data_set.private_block(group, creator, create=True).add_new(element, vr, value)
    return data_set


def file_with_sequence_as_un(screen: Dataset) -> bytes:
    """Return the screen with its exposures as a VR of UN, which holds them in implicit VR (PS3.5, 6.2.2)."""
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, True
    write_sequence(buffer, screen["ExposureDoseSequence"], ["iso8859"])
    implicit = buffer.getvalue()
    explicit = file_of(screen)
    at = explicit.index(b"\x40\x00\x0e\x03SQ\0\0") + 4
    end = at + 8 + int.from_bytes(explicit[at + 4 : at + 8], "little")
    return explicit[:at] + b"UN\0\0" + len(implicit).to_bytes(4, "little") + implicit + explicit[end:]


def screen_file(screen: Dataset, *, implicit: bool = False) -> bytes:
    """Return the screen as a file."""
    return file_of(screen, transfer_syntax=ImplicitVRLittleEndian) if implicit else file_of(screen)


def without_creators(screen: Dataset) -> Dataset:
    """Return the screen as an archive leaves it that drops private creators and keeps their elements."""
    for element in [element for element in screen.iterall() if element.tag.is_private_creator]:
        for holder in (screen, *screen.get("ExposureDoseSequence", [])):
            if element.tag in holder:
                del holder[element.tag]
    return screen
