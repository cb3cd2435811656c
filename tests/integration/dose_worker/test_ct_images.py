"""Tests of dose_worker.orthanc_ct_images on a real Orthanc."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedCTImageStorage, HTJ2KLossless, generate_uid

from dose_worker.archive import ArchiveUnavailableError
from dose_worker.ct_images import HeldSlice, Reconstruction, UndecodableImageError
from dose_worker.orthanc_ct_images import OrthancCtImages
from tests.builders.ct_image_files import image_of, jpeg_2000_of, series_of
from tests.builders.ct_phantoms import ellipse, painted, scanned
from tests.builders.dicom_files import dose_report, file_of
from tests.support.dcmtk_compressed import compressed
from tests.support.orthanc import PASSWORD, USER, RealOrthanc

pytestmark = pytest.mark.orthanc
PIXELS = scanned(painted((ellipse(60, 60), 0), size=128))


@pytest.fixture
def images(orthanc: RealOrthanc) -> Iterator[OrthancCtImages]:
    made = OrthancCtImages(orthanc.url, USER, PASSWORD, timeout_s=20)
    yield made
    made.close()


def only(images: OrthancCtImages, image: Dataset) -> HeldSlice:
    """Return the only image of a study."""
    (one,) = images.reconstructions(image.StudyInstanceUID)
    (held,) = one.slices
    return held


def test_the_reconstructions_of_a_study_are_its_axial_series(orthanc: RealOrthanc, images: OrthancCtImages) -> None:
    study: dict[str, Any] = {"StudyInstanceUID": generate_uid()}
    axial = series_of(PIXELS, 4, step_mm=-2.5, **study)
    two_scans = [*series_of(PIXELS, 2, SeriesInstanceUID="2.25.7", **study)]
    two_scans[1].AcquisitionNumber, two_scans[1].IrradiationEventUID = 2, "2.25.2"
    localiser = image_of(PIXELS, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], **study)
    coronal = image_of(PIXELS, ImageOrientationPatient=[1, 0, 0, 0, 0, -1], **study)
    derived = image_of(PIXELS, ImageType=["DERIVED", "SECONDARY", "AXIAL"], SeriesInstanceUID="2.25.8", **study)
    for one in (*axial, *two_scans, localiser, coronal, derived, dose_report(**study)):
        orthanc.upload(file_of(one))

    found = images.reconstructions(study["StudyInstanceUID"])

    def told(one: Reconstruction) -> tuple[str, tuple[str, ...], bool, list[float]]:
        return one.series_instance_uid, one.event_uids, one.is_original, [held.z_mm for held in one.slices]

    assert sorted(map(told, found)) == sorted(
        [
            (axial[0].SeriesInstanceUID, ("2.25.1",), True, [-7.5, -5.0, -2.5, 0.0]),
            ("2.25.7", ("2.25.1",), True, [0.0]),
            ("2.25.7", ("2.25.2",), True, [5.0]),
            ("2.25.8", ("2.25.1",), False, [1.0]),
        ]
    )
    assert [one.field_of_view_mm for one in found] == pytest.approx([102.4] * 4)


def test_a_study_that_the_archive_does_not_have_has_none(images: OrthancCtImages) -> None:
    assert images.reconstructions("2.25.404") == []


def test_pixels_come_as_they_were_however_they_are_kept(
    orthanc: RealOrthanc, images: OrthancCtImages, tmp_path: Path
) -> None:
    for program, options in (("dcmcjpls", ()), ("dcmcjpeg", ()), ("dcmcjpeg", ("+el",)), ("dcmcrle", ())):
        image = image_of(PIXELS)
        orthanc.upload(compressed(file_of(image), tmp_path, program, *options))

        decoded = images.decoded(only(images, image))

        assert decoded is not None
        assert np.array_equal(decoded.pixels.stored, PIXELS.stored), program


def test_jpeg_2000_needs_nothing_of_the_archive(orthanc: RealOrthanc, images: OrthancCtImages) -> None:
    image = image_of(PIXELS)
    orthanc.upload(jpeg_2000_of(image))

    decoded = images.decoded(only(images, image))

    assert decoded is not None
    assert np.array_equal(decoded.pixels.stored, PIXELS.stored)


def test_a_syntax_that_nobody_decodes_is_named(orthanc: RealOrthanc, images: OrthancCtImages) -> None:
    image = image_of(PIXELS, PixelData=b"\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0\x02\x00\x00\x00\x00\x00")
    image["PixelData"].is_undefined_length = True
    orthanc.upload(file_of(image, transfer_syntax=HTJ2KLossless))

    with pytest.raises(UndecodableImageError, match=HTJ2KLossless):
        images.decoded(only(images, image))


def test_images_of_several_frames_are_refused_by_name(orthanc: RealOrthanc, images: OrthancCtImages) -> None:
    enhanced = image_of(PIXELS, SOPClassUID=EnhancedCTImageStorage, NumberOfFrames=2, PixelData=bytes(4 * 128 * 128))
    del enhanced.ImagePositionPatient
    orthanc.upload(file_of(enhanced))

    with pytest.raises(UndecodableImageError, match="several frames"):
        images.reconstructions(enhanced.StudyInstanceUID)


def test_an_image_that_is_gone_is_nothing(orthanc: RealOrthanc, images: OrthancCtImages) -> None:
    image = image_of(PIXELS)
    told = orthanc.upload(file_of(image))
    held = only(images, image)
    orthanc.request("DELETE", f"/studies/{told['ParentStudy']}")

    assert images.decoded(held) is None
    assert images.reconstructions(image.StudyInstanceUID) == []


def test_an_archive_that_does_not_answer_is_unavailable(orthanc: RealOrthanc, images: OrthancCtImages) -> None:
    orthanc.stop()

    with pytest.raises(ArchiveUnavailableError):
        images.reconstructions("2.25.1")
