"""CT images with pixels, as files. All people are invented."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from dose_core.dosimetry.ct_size.water_equivalent import CtPixels
from tests.builders.ct_image_enhanced import enhanced_ct, exposed, frame
from tests.builders.dicom import part10
from tests.builders.dicom_files import ct_slice, file_of


def image_of(pixels: CtPixels, **values: object) -> Dataset:
    """Return a CT image that shows these pixels."""
    rows, columns = pixels.stored.shape
    told = {
        "Rows": rows,
        "Columns": columns,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": int(pixels.stored.dtype.kind == "i"),
        "PixelData": pixels.stored.astype(pixels.stored.dtype.newbyteorder("<")).tobytes(),
        "PixelSpacing": [pixels.row_spacing_mm, pixels.column_spacing_mm],
        "RescaleSlope": pixels.slope,
        "RescaleIntercept": pixels.intercept,
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "IrradiationEventUID": "2.25.1",
        "AcquisitionNumber": 1,
    }
    return ct_slice(**told | values)


def series_of(pixels: CtPixels, count: int, *, step_mm: float = 5.0, **values: object) -> list[Dataset]:
    """Return a series of such images, one above the other."""
    first = image_of(pixels, **values)
    same = {
        "StudyInstanceUID": first.StudyInstanceUID,
        "SeriesInstanceUID": first.SeriesInstanceUID,
        **values,
    }
    return [
        image_of(pixels, **same, InstanceNumber=n + 1, ImagePositionPatient=[-200, -200, n * step_mm])
        for n in range(count)
    ]


def jpeg_2000_of(image: Dataset) -> bytes:
    """Return the file of an image of unsigned values, compressed without loss."""
    stored = np.frombuffer(image.PixelData, dtype="<u2").reshape(-1, image.Rows, image.Columns)
    compressed = dcmread(BytesIO(file_of(image)))
    compressed.PixelData = encapsulate([_jpeg_2000(frame) for frame in stored])
    compressed["PixelData"].is_undefined_length = True
    compressed.file_meta.TransferSyntaxUID = JPEG2000Lossless
    file = BytesIO()
    dcmwrite(file, compressed, enforce_file_format=True)
    return file.getvalue()


def _jpeg_2000(stored: NDArray[Any]) -> bytes:
    packed = BytesIO()
    Image.fromarray(stored).save(packed, "JPEG2000", irreversible=False, no_jp2=True)
    return packed.getvalue()


def enhanced_of(
    pixels: CtPixels, count: int, *, step_mm: float = 5.0, event_uid: str = "2.25.1", **values: object
) -> Dataset:
    """Return one enhanced CT image that shows these pixels in each of its frames, one above the other."""
    rows, columns = pixels.stored.shape
    shared = exposed(
        IrradiationEventIdentificationSequence=[{"IrradiationEventUID": event_uid}],
        PixelMeasuresSequence=[{"PixelSpacing": [str(pixels.row_spacing_mm), str(pixels.column_spacing_mm)]}],
        PixelValueTransformationSequence=[
            {"RescaleSlope": str(pixels.slope), "RescaleIntercept": str(pixels.intercept), "RescaleType": "HU"}
        ],
    )
    told: dict[str, Any] = {
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": rows,
        "Columns": columns,
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": int(pixels.stored.dtype.kind == "i"),
    }
    frames = [frame(n * step_mm) for n in range(count)]
    image = Dataset()
    image.update(dcmread(BytesIO(part10(enhanced_ct(frames, shared, **told | values)))))
    shown = pixels.stored.astype(pixels.stored.dtype.newbyteorder("<")).tobytes()
    image.add_new("PixelData", "OW", shown * count)
    return image
