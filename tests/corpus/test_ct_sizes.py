"""Real CT slices: what is told as the patient is what an eye sees as one, without tables and head holders."""

from pathlib import Path

import pytest

from dose_core.dosimetry.ct_size.water_equivalent import SliceSize, slice_size
from dose_worker.ct_decoding import decoded
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.dcmtk_compressed import decompressed

pytestmark = [needs_corpus, pytest.mark.real_dicom, pytest.mark.filterwarnings("ignore::UserWarning:pydicom")]

# File, lateral and AP extent of the patient in mm, measured on the shown images with a ruler of the screen.
WHOLE = [
    ("ct_image/orthanc-tests__TransferSyntaxes_1.2.840.10008.1.2.4.81.dcm", 160, 184),  # a head above its holder
    ("ct_image/pydicom__693_J2KI.dcm", 134, 171),  # a head in its holder
    ("ct_image/pydicom__J2K_pixelrep_mismatch.dcm", 179, 196),  # a head with its ears
    ("malformed_dicom/pydicom-data__explicit_VR-UN.dcm", 305, 226),  # an abdomen, the table on top
]
CUT_OFF = [
    "ct_image/fo-dicom__GH1308.dcm",  # a spine in a circle
    "ct_image/fo-dicom__IM-0001-0001-0001.dcm",  # a head in a square
    "ct_image/pydicom__CT_small.dcm",  # a spine between both lungs
]


def size_of(file: str, folder: Path) -> SliceSize:
    dicom = (CORPUS / file).read_bytes()
    size = slice_size(decoded(dicom, lambda: decompressed(dicom, folder)).pixels)
    assert size is not None
    return size


@pytest.mark.parametrize(("file", "lateral_mm", "ap_mm"), WHOLE)
def test_a_patient_is_as_wide_as_an_eye_sees(file: str, lateral_mm: float, ap_mm: float, tmp_path: Path) -> None:
    size = size_of(file, tmp_path)

    assert (size.lateral_mm, size.ap_mm) == pytest.approx((lateral_mm, ap_mm), rel=0.03)
    assert size.cut_share == 0


@pytest.mark.parametrize("file", CUT_OFF)
def test_a_patient_who_is_cut_off_is_told_so(file: str, tmp_path: Path) -> None:
    assert size_of(file, tmp_path).cut_share > 0.2
