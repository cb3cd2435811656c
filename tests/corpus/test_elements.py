"""Our element reader and pydicom find the same in every object of the corpus that both can read."""

import warnings
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.part10 import parse_part10
from dose_core.readers.errors import UnreadableError
from tests.support.corpus import corpus_files, needs_corpus

FOLDERS = ("ct_rdsr", "legacy_dose_sr", "xa_rf_rdsr", "dx_rdsr", "mg_rdsr", "nm_rrdsr", "sr_not_dose", "ct_image")
FILES = [path for folder in FOLDERS for path in corpus_files(folder)]
TEXT_VRS = ("AE", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UI", "UT")


def assert_same(ours: DataSet, theirs: Dataset) -> int:
    """Compare text values and sequences of both, and return how many elements were compared."""
    compared = 0
    for element in theirs:
        if element.tag.is_private or element.tag >= 0x7FE00000:
            continue
        if element.VR == "SQ":
            items = ours.items(element.tag)
            if not items:
                continue  # implicit VR of defined length: only known sequences are descended into
            assert len(items) == len(element.value or [])
            compared += sum(assert_same(one, other) for one, other in zip(items, element.value or [], strict=True))
        elif element.VR in TEXT_VRS:
            values = element.value if element.VM > 1 else [element.value]
            expected = [str(value).strip("\0 \r\n") for value in values if value not in (None, "")]
            assert list(ours.texts(element.tag)) == [part for text in expected for part in text.split("\\") if part]
            compared += 1
    return compared


@needs_corpus
@pytest.mark.real_dicom
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_agrees_with_pydicom(path: Path) -> None:
    dicom = path.read_bytes()
    try:
        ours = parse_part10(dicom).data_set
    except UnreadableError:
        pytest.skip("not read by us; tests of hostile objects cover it")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns on much real data
        try:
            theirs = pydicom.dcmread(BytesIO(dicom), stop_before_pixels=True)
        except InvalidDicomError:
            pytest.skip("not read by pydicom")
        assert assert_same(ours, theirs) > 20
