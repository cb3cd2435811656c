"""A CT image from its bytes: pixels, and what makes Hounsfield units of them."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.errors import InvalidDicomError
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from dose_core.dosimetry.ct_size.water_equivalent import CtPixels
from dose_worker.ct_images import DecodedSlice, UndecodableImageError

_BITS = 16
_MOST_ROWS = 4096  # four times those of the finest scanners; a few bytes may unpack to any number of pixels
SEVERAL_FRAMES = "images of several frames are not measured"
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
    "IrradiationEventUID",
    "CTDIvol",
]
ByArchive = Callable[[], NDArray[Any] | None]


def decoded(file: bytes, by_archive: ByArchive) -> DecodedSlice:
    """
    Return a CT image of one frame with its pixels.

    Uncompressed pixels are read as they stand, compressed ones by a decoder that is installed here (RLE, JPEG 2000),
    else as the archive decodes them; ``by_archive`` returns ``None`` if it cannot.

    Raises:
        UndecodableImageError: it is no such image, or nothing decodes it.
    """
    try:
        image = dcmread(BytesIO(file), specific_tags=_TAGS)
        return _decoded(image, by_archive)
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


def _decoded(image: FileDataset, by_archive: ByArchive) -> DecodedSlice:
    if image.SamplesPerPixel != 1 or image.BitsAllocated != _BITS:
        raise UndecodableImageError("an image has no grey values of 16 bits")
    if int(image.get("NumberOfFrames") or 1) != 1:
        raise UndecodableImageError(SEVERAL_FRAMES)
    if max(image.Rows, image.Columns) > _MOST_ROWS:
        raise UndecodableImageError("an image has more pixels than a CT slice")
    if "RescaleSlope" not in image or "RescaleIntercept" not in image:
        raise UndecodableImageError("an image does not say how its values become Hounsfield units")
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


def _stored(image: FileDataset, by_archive: ByArchive) -> NDArray[Any]:
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
