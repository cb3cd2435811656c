"""Tests of dose_core.writers.skin_map_image; each image made here is shown to dciodvfy."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pydicom import dcmread

from dose_core.classify import ScreenCues, classify
from dose_core.writers.errors import NotWritableError
from dose_core.writers.part10 import to_part10
from dose_core.writers.skin_map_image import KIND, evidence_of, write_skin_map_image
from tests.builders.written import header, issue
from tests.support.dciodvfy import dciodvfy_errors

METHOD = "skin-dose-map 1"


def png(width: int = 5, height: int = 3, *, mode: str = "RGB") -> bytes:
    """Return a picture in which each pixel of the first row has another red."""
    picture = Image.new("RGB", (width, height), (0, 0, 200))
    for column in range(width):
        picture.putpixel((column, 0), (column * 10, 1, 2))
    kept = BytesIO()
    picture.convert(mode).save(kept, format="PNG")
    return kept.getvalue()


class TestImage:
    def test_holds_the_picture_pixel_by_pixel(self, tmp_path: Path) -> None:
        """An odd number of bytes is padded to an even one."""
        dicom = to_part10(write_skin_map_image(png(), header(), issue(KIND), method=METHOD))
        read = dcmread(BytesIO(dicom))

        assert dciodvfy_errors(dicom, tmp_path) == []
        assert (read.Rows, read.Columns, read.PhotometricInterpretation) == (3, 5, "RGB")
        assert read.pixel_array[0, :, 0].tolist() == [0, 10, 20, 30, 40]
        assert read.pixel_array[2, 4].tolist() == [0, 0, 200]

    def test_says_that_it_is_made_up_and_by_which_method(self) -> None:
        image = write_skin_map_image(png(), header(), issue(KIND), method=METHOD)

        assert (image.ConversionType, list(image.ImageType)) == ("SYN", ["DERIVED", "SECONDARY"])
        assert METHOD in image.DerivationDescription
        assert (image.Manufacturer, image.Modality) == ("DoseLedger", "OT")
        assert "NumberOfFrames" not in image

    def test_lies_in_the_study_under_uids_of_its_own_that_never_change(self) -> None:
        first, again, later = (
            write_skin_map_image(png(), header(), issue(KIND, revision), method=METHOD) for revision in (1, 1, 2)
        )

        assert to_part10(first) == to_part10(again)
        assert first.StudyInstanceUID == later.StudyInstanceUID == header().study_instance_uid
        assert len({first.SOPInstanceUID, later.SOPInstanceUID, first.SeriesInstanceUID, later.SeriesInstanceUID}) == 4
        assert evidence_of(first).sop_instance_uid == first.SOPInstanceUID

    def test_is_no_source_of_dose_when_it_comes_back(self) -> None:
        image = write_skin_map_image(png(), header(), issue(KIND), method=METHOD)
        cues = ScreenCues(
            modality=image.Modality,
            image_type="\\".join(image.ImageType),
            manufacturer=image.Manufacturer,
            series_description=image.SeriesDescription,
        )

        assert classify(image.SOPClassUID, manufacturer=image.Manufacturer, cues=cues) is None

    def test_of_another_kind_of_png_has_the_same_colours(self) -> None:
        image = write_skin_map_image(png(mode="RGBA"), header(), issue(KIND), method=METHOD)

        assert image.PixelData == write_skin_map_image(png(), header(), issue(KIND), method=METHOD).PixelData


class TestRefusal:
    @pytest.mark.parametrize("picture", [b"", b"no picture", png()[:40], b"\x89PNG\r\n\x1a\n" + b"\0" * 30])
    def test_of_what_is_no_picture(self, picture: bytes) -> None:
        with pytest.raises(NotWritableError, match="a picture of the map"):
            write_skin_map_image(picture, header(), issue(KIND), method=METHOD)

    def test_of_a_map_without_a_method(self) -> None:
        with pytest.raises(NotWritableError, match="the method of the map"):
            write_skin_map_image(png(), header(), issue(KIND), method=" ")

    def test_of_a_study_whose_header_breaks_the_rules(self) -> None:
        with pytest.raises(NotWritableError, match="a valid AccessionNumber") as caught:
            write_skin_map_image(png(), header(accession_number="A" * 17), issue(KIND), method=METHOD)

        assert "AAAA" not in str(caught.value)
