"""A CT image from its bytes: pixels, and what makes Hounsfield units of them."""

from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.errors import InvalidDicomError
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from dose_core.dosimetry.ct_size.water_equivalent import CtPixels
from dose_worker.ct_images import DecodedSlice, Frame, UndecodableImageError

_BITS = 16
_MOST_ROWS = 4096  # four times those of the finest scanners; a few bytes may unpack to any number of pixels
_SEVERAL_FRAMES = "an image has several frames where one is expected"
_HU = "HU"  # Rescale Type (PS3.3, C.11.1.1.2); CT images state it where it is another, or always with several energies
_TAGS = [
    "SamplesPerPixel",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "PixelRepresentation",
    "PhotometricInterpretation",
    "PixelData",
    "PixelSpacing",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "RescaleSlope",
    "RescaleIntercept",
    "RescaleType",
    "IrradiationEventUID",
    "CTDIvol",
]
# What is binary in an image, where it comes as text.
_AS: Mapping[str, Callable[[str], float]] = MappingProxyType(
    {
        "SamplesPerPixel": int,
        "Rows": int,
        "Columns": int,
        "BitsAllocated": int,
        "BitsStored": int,
        "PixelRepresentation": int,
        "PixelPaddingValue": int,
        "PixelPaddingRangeLimit": int,
        "CTDIvol": float,
    }
)
ByArchive = Callable[[], NDArray[Any] | None]


def decoded(file: bytes, by_archive: ByArchive, *, is_localiser: bool = False) -> DecodedSlice:
    """
    Return a CT image of one frame with its pixels.

    Uncompressed pixels are read as they stand, compressed ones by a decoder that is installed here (RLE, JPEG 2000),
    else as the archive decodes them; ``by_archive`` returns ``None`` if it cannot. The values of a localiser may be
    other than Hounsfield units.

    Raises:
        UndecodableImageError: it is no such image, or nothing decodes it.
    """
    return _refusing(
        lambda: _decoded(dcmread(BytesIO(file), specific_tags=_TAGS), by_archive, is_localiser=is_localiser)
    )


def decoded_frame(frame: Frame, pixel_data: bytes, by_archive: ByArchive) -> DecodedSlice:
    """
    Return one frame of a CT image of several, as ``decoded`` does; ``pixel_data`` is that of the frame as it is kept.

    Raises:
        UndecodableImageError: it is no such image, or nothing decodes it.
    """
    return _refusing(lambda: _decoded(_image_of(frame, pixel_data), by_archive))


def _refusing(decode: Callable[[], DecodedSlice]) -> DecodedSlice:
    try:
        return decode()
    except UndecodableImageError:
        raise
    except (
        InvalidDicomError,
        AttributeError,
        KeyError,
        ValueError,
        TypeError,
        EOFError,
        OSError,
        RuntimeError,
    ) as error:
        msg = f"an image cannot be read ({type(error).__name__})"  # its text may quote the header
        raise UndecodableImageError(msg) from error


def _image_of(frame: Frame, pixel_data: bytes) -> Dataset:
    """Return the image that a frame would be if it were alone."""
    syntax = UID(frame.transfer_syntax_uid)
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = syntax
    for keyword in _TAGS:
        value: Any = frame.values.get(keyword)
        if value is not None:
            setattr(image, keyword, _AS[keyword](value) if keyword in _AS else value.split("\\"))
    is_packed = syntax.is_compressed and not syntax.is_deflated
    image.PixelData = encapsulate([pixel_data]) if is_packed else pixel_data
    return image


def _decoded(image: Dataset, by_archive: ByArchive, *, is_localiser: bool = False) -> DecodedSlice:
    if image.SamplesPerPixel != 1 or image.BitsAllocated != _BITS:
        raise UndecodableImageError("an image has no grey values of 16 bits")
    if int(image.get("NumberOfFrames") or 1) != 1:
        raise UndecodableImageError(_SEVERAL_FRAMES)
    if max(image.Rows, image.Columns) > _MOST_ROWS:
        raise UndecodableImageError("an image has more pixels than a CT slice")
    if "RescaleSlope" not in image or "RescaleIntercept" not in image:
        raise UndecodableImageError("an image does not say how its values become Hounsfield units")
    if str(image.get("RescaleType") or _HU) != _HU and not is_localiser:
        raise UndecodableImageError("the values of an image are other than Hounsfield units")
    rows_mm, columns_mm = (float(one) for one in image.PixelSpacing)
    dose = image.get("CTDIvol")
    return DecodedSlice(
        pixels=CtPixels(
            stored=_stored(image, by_archive),
            slope=float(image.RescaleSlope),
            intercept=float(image.RescaleIntercept),
            row_spacing_mm=rows_mm,
            column_spacing_mm=columns_mm,
            padding=_padding(image),
        ),
        event_uids=uids_of(image.get("IrradiationEventUID")),
        ctdi_vol_mgy=float(dose) if dose else None,  # as the readers do: a zero in a header is unknown
    )


def uids_of(stated: Any) -> tuple[str, ...]:  # noqa: ANN401 - one UID, several, or none
    """Return UIDs as pydicom tells them."""
    if not stated:
        return ()
    return (str(stated),) if isinstance(stated, str) else tuple(map(str, stated))


def _stored(image: Dataset, by_archive: ByArchive) -> NDArray[Any]:
    syntax = image.file_meta.TransferSyntaxUID
    shape = (int(image.Rows), int(image.Columns))
    if not syntax.is_compressed or syntax.is_deflated:
        order = ">" if syntax.is_implicit_VR is False and not syntax.is_little_endian else "<"
        kind = "i" if image.PixelRepresentation else "u"
        pixels = np.frombuffer(image.PixelData, dtype=f"{order}{kind}2", count=shape[0] * shape[1]).reshape(shape)
    elif _is_decodable(syntax):
        pixels = image.pixel_array
    else:
        theirs = by_archive()
        if theirs is None:
            msg = f"neither we nor the archive decode images of transfer syntax {syntax} ({syntax.name})"
            raise UndecodableImageError(msg)
        pixels = np.squeeze(theirs)
    if pixels.shape != shape:
        raise UndecodableImageError("an image has not as many pixels as it says")
    return _signed(pixels, image)


def _is_decodable(syntax: UID) -> bool:
    try:
        return bool(get_decoder(syntax).is_available)
    except NotImplementedError:
        return False


def _signed(pixels: NDArray[Any], image: Dataset) -> NDArray[Any]:
    """Return the values as numbers: bits above those stored may hold anything (PS3.5, 8.1.1)."""
    unused = _BITS - int(image.BitsStored)
    if not 0 < unused < _BITS:
        return pixels
    native = pixels.astype(np.int16 if image.PixelRepresentation else np.uint16)
    return (native << unused) >> unused


def _padding(image: Dataset) -> tuple[float, float] | None:
    value = image.get("PixelPaddingValue")
    if value is None:
        return None
    limit = image.get("PixelPaddingRangeLimit")
    return float(value), float(value if limit is None else limit)
