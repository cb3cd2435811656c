"""
The images that the demo's silent scanner sends: a localizer, and thirty small slices per acquisition.

Source: PS3.3, A.3 (CT Image IOD), C.8.2.1 (CT Image Module: CTDIvol, phantom, irradiation event UID).
"""

from array import array
from collections.abc import Iterator
from math import hypot

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage

from doseledger.demo.hospital import Acquisition, Study, uid_of
from doseledger.demo.objects import code_item, date_and_time, new_object, started_at

THICKNESS_MM = 5.0
_SIDE = 64
_PIXEL_MM = 6.0
_AIR, _WATER = -1000, 0
_LOCALIZER_SERIES = 1


def images(study: Study) -> Iterator[Dataset]:
    """Yield the localizer, then the slices of each acquisition from feet to head."""
    yield _localizer(study)
    for number, one in enumerate(study.acquisitions, start=1):
        for index in range(round(one.length_mm / THICKNESS_MM)):
            yield _slice(study, number, one, index)


def _localizer(study: Study) -> Dataset:
    image = _image(study, series=_LOCALIZER_SERIES, instance=1)
    image.SeriesDescription = "Localizer"
    image.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    image.AcquisitionDate, image.AcquisitionTime = date_and_time(study.started_at)
    image.ContentDate, image.ContentTime = date_and_time(study.started_at)
    image.ProtocolName = "Localizer"
    image.BodyPartExamined = "CHEST"
    image.KVP = "120"
    image.XRayTubeCurrent = "35"
    image.ExposureTime = "4000"
    image.SliceThickness = "0.6"
    image.ImagePositionPatient = [-192.0, 0.0, 0.0]
    image.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    image.IrradiationEventUID = uid_of("event", study.key, "localizer")
    return image


def _slice(study: Study, number: int, one: Acquisition, index: int) -> Dataset:
    image = _image(study, series=_LOCALIZER_SERIES + number, instance=index + 1)
    moment = date_and_time(started_at(study, number))
    image.SeriesDescription = one.protocol
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.AcquisitionNumber = number
    image.AcquisitionDate, image.AcquisitionTime = moment
    image.ContentDate, image.ContentTime = moment
    image.ProtocolName = one.protocol
    image.BodyPartExamined = "CHEST"
    image.ScanOptions = "HELICAL MODE"
    image.KVP = f"{one.kv:g}"
    image.XRayTubeCurrent = f"{one.ma:g}"
    image.ExposureTime = f"{one.exposure_time_s * 1000:g}"
    image.RevolutionTime = 0.5
    image.SingleCollimationWidth = 1.25
    image.TotalCollimationWidth = 20.0
    image.SpiralPitchFactor = one.pitch
    image.SliceThickness = f"{THICKNESS_MM:g}"
    image.ImagePositionPatient = [-192.0, -192.0, index * THICKNESS_MM]
    image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    image.SliceLocation = f"{index * THICKNESS_MM:g}"
    image.IrradiationEventUID = study.event_uid(number)
    image.CTDIvol = one.ctdi_vol_mgy
    image.CTDIPhantomTypeCodeSequence = Sequence([code_item("113691", "DCM", "IEC Body Dosimetry Phantom")])
    return image


def _image(study: Study, *, series: int, instance: int) -> Dataset:
    image = new_object(study, sop_class_uid=CTImageStorage, key=f"image {series} {instance}", modality="CT")
    image.SeriesInstanceUID = uid_of("series", study.key, series)
    image.SeriesNumber = series
    image.SeriesDate, image.SeriesTime = date_and_time(study.started_at)
    image.FrameOfReferenceUID = uid_of("frame of reference", study.key)
    image.PositionReferenceIndicator = ""
    image.PatientPosition = "HFS"
    image.InstanceNumber = instance
    image.AcquisitionNumber = 0
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows = image.Columns = _SIDE
    image.PixelSpacing = [_PIXEL_MM, _PIXEL_MM]
    image.BitsAllocated = image.BitsStored = 16
    image.HighBit = 15
    image.PixelRepresentation = 1
    image.RescaleIntercept = "0"
    image.RescaleSlope = "1"
    image.RescaleType = "HU"
    image.PixelData = _PIXELS
    return image


def _disc() -> bytes:
    """Return a disc of water in air, as little-endian signed 16-bit values."""
    middle = (_SIDE - 1) / 2
    values = array("h", (_AIR,) * (_SIDE * _SIDE))
    for row in range(_SIDE):
        for column in range(_SIDE):
            if hypot(row - middle, (column - middle) * 0.75) < middle * 0.7:
                values[row * _SIDE + column] = _WATER
    return values.tobytes()


_PIXELS = _disc()
