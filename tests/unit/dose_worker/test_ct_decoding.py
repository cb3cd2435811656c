"""Tests of dose_worker.ct_decoding."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
)

from dose_core.dosimetry.ct_size.water_equivalent import slice_size
from dose_worker.ct_decoding import decoded, decoded_frame
from dose_worker.ct_images import Frame, UndecodableImageError
from tests.builders.ct_image_files import image_of, jpeg_2000_of
from tests.builders.ct_phantoms import ellipse, painted, scanned
from tests.builders.dicom_files import file_of

PIXELS = scanned(painted((ellipse(60, 60), 0), size=128))
SIGNED = scanned(painted((ellipse(60, 60), 0), size=128), dtype="<i2", intercept=0)


def unasked() -> NDArray[Any]:
    raise AssertionError("the archive is not needed")


def without(keyword: str) -> Dataset:
    image = image_of(PIXELS)
    delattr(image, keyword)
    return image


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian], ids=str
)
def test_uncompressed_pixels_are_read_as_they_stand(syntax: str) -> None:
    read = decoded(file_of(image_of(PIXELS), transfer_syntax=syntax), unasked)

    assert np.array_equal(read.pixels.stored, PIXELS.stored)
    assert (read.pixels.slope, read.pixels.intercept) == (1, -1024)
    assert (read.pixels.row_spacing_mm, read.pixels.column_spacing_mm) == (0.8, 0.8)
    assert (read.event_uids, read.ctdi_vol_mgy) == (("2.25.1",), 8.25)


def test_signed_values_stay_signed() -> None:
    read = decoded(file_of(image_of(SIGNED)), unasked)

    assert np.array_equal(read.pixels.stored, SIGNED.stored)


def test_bits_above_those_stored_do_not_count() -> None:
    garbled = (SIGNED.stored.astype("<u2") & 0x0FFF) | 0xA000
    image = image_of(SIGNED, PixelData=garbled.astype("<u2").tobytes(), BitsStored=12, HighBit=11)

    assert np.array_equal(decoded(file_of(image), unasked).pixels.stored, SIGNED.stored)


def test_jpeg_2000_is_decoded_here() -> None:
    read = decoded(jpeg_2000_of(image_of(PIXELS)), unasked)

    assert np.array_equal(read.pixels.stored, PIXELS.stored)


def test_what_is_not_decoded_here_is_asked_of_the_archive() -> None:
    image = image_of(PIXELS)
    image.PixelData = b"\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    image["PixelData"].is_undefined_length = True
    file = file_of(image, transfer_syntax=JPEGLSLossless)

    read = decoded(file, lambda: PIXELS.stored[:, :, None])

    assert np.array_equal(read.pixels.stored, PIXELS.stored)


def test_a_monochrome1_image_is_measured_as_any_other() -> None:
    read = decoded(file_of(image_of(PIXELS, PhotometricInterpretation="MONOCHROME1")), unasked)

    size = slice_size(read.pixels)
    assert size is not None
    assert size.dw_mm == pytest.approx(60, rel=0.01)


def test_padding_is_told_with_its_range() -> None:
    read = decoded(file_of(image_of(SIGNED, PixelPaddingValue=-2000, PixelPaddingRangeLimit=-3024)), unasked)

    assert read.pixels.padding == (-2000, -3024)


def test_a_zero_in_the_header_is_no_dose() -> None:
    assert decoded(file_of(image_of(PIXELS, CTDIvol=0.0)), unasked).ctdi_vol_mgy is None


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (without("RescaleSlope"), "Hounsfield"),
        (without("RescaleIntercept"), "Hounsfield"),
        (without("PixelSpacing"), "cannot be read"),
        (without("PixelData"), "cannot be read"),
        (image_of(PIXELS, NumberOfFrames=2), "several frames"),
        (image_of(PIXELS, RescaleType="Z_EFF"), "other than Hounsfield"),
        (image_of(PIXELS, Rows=60_000, Columns=60_000), "more pixels"),
        (image_of(PIXELS, SamplesPerPixel=3), "grey"),
        (image_of(PIXELS, BitsAllocated=8), "grey"),
        (image_of(PIXELS, PixelData=b"\0\0"), "cannot be read"),
    ],
)
def test_what_is_no_slice_is_refused_by_name(image: Dataset, says: str) -> None:
    with pytest.raises(UndecodableImageError, match=says):
        decoded(file_of(image), unasked)


@pytest.mark.parametrize("file", [b"", b"no DICOM", file_of(image_of(PIXELS))[:300]])
def test_what_is_cut_short_or_no_dicom_is_refused(file: bytes) -> None:
    with pytest.raises(UndecodableImageError):
        decoded(file, unasked)


def a_frame(syntax: str = ExplicitVRLittleEndian, **values: str) -> Frame:
    told = {
        "SamplesPerPixel": "1",
        "Rows": "128",
        "Columns": "128",
        "BitsAllocated": "16",
        "BitsStored": "16",
        "PixelRepresentation": "0",
        "PhotometricInterpretation": "MONOCHROME2",
        "PixelSpacing": "0.8\\0.9",
        "RescaleSlope": "1",
        "RescaleIntercept": "-1024",
        "CTDIvol": "8.25",
        "IrradiationEventUID": "2.25.1",
    }
    return Frame(number=3, transfer_syntax_uid=syntax, values=told | values)


def test_a_frame_is_read_as_an_image_of_it_alone_would_be() -> None:
    read = decoded_frame(a_frame(PixelPaddingValue="-2000"), PIXELS.stored.tobytes(), unasked)

    assert np.array_equal(read.pixels.stored, PIXELS.stored)
    assert (read.pixels.row_spacing_mm, read.pixels.column_spacing_mm) == (0.8, 0.9)
    assert (read.pixels.slope, read.pixels.intercept, read.pixels.padding) == (1, -1024, (-2000, -2000))
    assert (read.event_uids, read.ctdi_vol_mgy) == (("2.25.1",), 8.25)


def test_a_frame_in_jpeg_2000_is_decoded_here() -> None:
    (packed,) = generate_frames(dcmread(BytesIO(jpeg_2000_of(image_of(PIXELS)))).PixelData, number_of_frames=1)

    read = decoded_frame(a_frame(JPEG2000Lossless), packed, unasked)

    assert np.array_equal(read.pixels.stored, PIXELS.stored)


def test_a_frame_that_is_not_decoded_here_is_asked_of_the_archive() -> None:
    read = decoded_frame(a_frame(JPEGLSLossless), b"\0\0", lambda: PIXELS.stored)

    assert np.array_equal(read.pixels.stored, PIXELS.stored)


@pytest.mark.parametrize("values", [{"Rows": "many"}, {"PixelSpacing": "0.8"}, {"Rows": "9999"}, {"RescaleType": "ED"}])
def test_a_frame_that_is_no_slice_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(UndecodableImageError):
        decoded_frame(a_frame(**values), PIXELS.stored.tobytes(), unasked)


def test_a_frame_of_fewer_pixels_than_it_says_is_refused() -> None:
    with pytest.raises(UndecodableImageError):
        decoded_frame(a_frame(), PIXELS.stored.tobytes()[:-2], unasked)
