"""
Write the picture of a map of skin dose as an image of the study, which the patient dose report of the skin names.

Of what a report may name (PS3.16, Annex D, 128412), the example of PS3.17, GGGG.1, takes a Secondary Capture image of
the dose over the unfolded skin. Any archive and any viewer knows that, as few know parametric maps.

Source: PS3.3, A.8.1 (Secondary Capture Image IOD), C.8.6.1 (SC Equipment), C.7.6.3 (Image Pixel).
"""

from io import BytesIO

from PIL import Image, UnidentifiedImageError
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from dose_core.writers.document import Evidence, Issue, framed
from dose_core.writers.errors import NotWritableError
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.valid import shown, source_problems

KIND = "skin map image"
SERIES_DESCRIPTION = "Skin dose map, written by DoseLedger"
_LONGEST_PX = 0xFFFF  # Rows and Columns are US
_NOT_OF_IMAGES = ("ReferencedPerformedProcedureStepSequence", "ReferencedRequestSequence")  # of SR documents alone


def write_skin_map_image(picture: bytes, source: SourceStudy, issue: Issue, *, method: str) -> Dataset:
    """
    Return the picture as a valid Secondary Capture image. The same arguments give the same dataset.

    Args:
        picture: a PNG of the map that tells its method and interval itself and names no patient.
        source: the study's own header values, which the image repeats.
        issue: which image this is; ``uids_of(KIND, exam id, revision)`` gives its UIDs. Neither its evidence nor its
            predecessor is used.
        method: id and version of the method.

    Raises:
        NotWritableError: the picture is none, no method is named, or the study's header values cannot be repeated.
    """
    rgb = _rgb(picture)
    missing = [*source_problems(source.study_instance_uid, source)]
    missing += [] if rgb else ["a picture of the map"]
    missing += [] if shown(method) else ["the method of the map"]
    if rgb is None or missing:
        raise NotWritableError(source.study_instance_uid, tuple(dict.fromkeys(missing)))
    image = framed(
        _pixels(rgb),
        source,
        issue,
        sop_class=SecondaryCaptureImageStorage,
        modality="OT",
        series_description=SERIES_DESCRIPTION,
    )
    for name in _NOT_OF_IMAGES:
        if name in image:
            delattr(image, name)
    image.ConversionType = "SYN"  # a synthetic image (C.8.6.1)
    image.ImageType = ["DERIVED", "SECONDARY"]
    image.DerivationDescription = f"Estimated skin dose, method {method}; no image of the patient"
    image.PatientOrientation = image.Laterality = ""  # of the picture there is none
    image.BurnedInAnnotation = "NO"  # of what identifies the patient (C.7.6.1.1.10)
    image.RecognizableVisualFeatures = "NO"
    image.LossyImageCompression = "00"
    return image


def evidence_of(image: Dataset) -> Evidence:
    """Return the reference by which a report names the image."""
    return Evidence(
        study_instance_uid=image.StudyInstanceUID,
        series_instance_uid=image.SeriesInstanceUID,
        sop_class_uid=image.SOPClassUID,
        sop_instance_uid=image.SOPInstanceUID,
    )


def _rgb(picture: bytes) -> Image.Image | None:
    try:
        image = Image.open(BytesIO(picture), formats=["PNG"])
        return image.convert("RGB") if max(image.size) <= _LONGEST_PX else None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _pixels(rgb: Image.Image) -> Dataset:
    pixels = Dataset()
    pixels.SamplesPerPixel = 3
    pixels.PhotometricInterpretation = "RGB"
    pixels.PlanarConfiguration = 0
    pixels.Columns, pixels.Rows = rgb.size
    pixels.BitsAllocated = pixels.BitsStored = 8
    pixels.HighBit = 7
    pixels.PixelRepresentation = 0
    samples = rgb.tobytes()
    pixels.PixelData = samples + b"\0" * (len(samples) % 2)  # of even length (PS3.5, 8.1.1)
    return pixels
