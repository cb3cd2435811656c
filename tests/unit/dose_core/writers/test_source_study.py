"""Tests of dose_core.writers.source_study."""

from io import BytesIO

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from dose_core.writers.errors import UnusableHeaderError
from dose_core.writers.source_study import source_study_from_header

STUDY_UID = "1.2.826.0.1.3680043.10.543.1"


def header(**values: object) -> bytes:
    """Return the header of a CT image, cut off before its pixels."""
    dataset = Dataset()
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = f"{STUDY_UID}.9"
    dataset.StudyInstanceUID = STUDY_UID
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    buffer = BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def request(**values: str) -> Dataset:
    """Return an item of the Request Attributes Sequence."""
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


class TestSourceStudyFromHeader:
    @pytest.mark.parametrize(
        ("charset", "name"),
        [
            pytest.param("ISO_IR 100", "Åström^Örjan", id="Latin-1"),
            pytest.param("ISO_IR 192", "Жук^Анна=山田^太郎", id="UTF-8"),
            pytest.param(["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう", id="Japanese, with escapes"),
        ],
    )
    def test_decodes_the_name_with_all_its_groups(self, charset: object, name: str) -> None:
        """The third name is that of PS3.5, H.3."""
        source = source_study_from_header(header(SpecificCharacterSet=charset, PatientName=name))

        assert source.patient_name == name

    def test_what_is_not_stated_is_none(self) -> None:
        source = source_study_from_header(header(PatientName="", StudyID=" "))

        assert source.patient_name is None
        assert source.study_id is None
        assert source.accession_number is None

    def test_a_uid_loses_its_padding(self) -> None:
        assert source_study_from_header(header()).study_instance_uid == STUDY_UID

    def test_finds_the_requested_procedure_in_its_sequence(self) -> None:
        item = request(RequestedProcedureID="RP-1", RequestedProcedureDescription="CT chest")

        source = source_study_from_header(header(RequestAttributesSequence=[item]))

        assert (source.requested_procedure_id, source.requested_procedure_description) == ("RP-1", "CT chest")

    def test_two_requests_leave_the_procedure_open(self) -> None:
        """One report cannot tell which of two requests it answers."""
        items = [request(RequestedProcedureID="RP-1"), request(RequestedProcedureID="RP-2")]

        assert source_study_from_header(header(RequestAttributesSequence=items)).requested_procedure_id is None

    @pytest.mark.parametrize(
        ("charset", "name"),
        [
            pytest.param("ISO_IR 192", b"\xc5str\xf6m", id="not the stated one"),
            pytest.param("ISO_IR 999", b"\xc5str\xf6m", id="an unknown one"),
            pytest.param("", b"\xc5str\xf6m", id="none stated"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:Unknown encoding")  # pydicom names the term, which is no patient data
    def test_refuses_a_name_that_it_would_have_to_guess(self, charset: str, name: bytes) -> None:
        whole = header(SpecificCharacterSet="ISO_IR 100", PatientName="X" * len(name))
        whole = whole.replace(b"X" * len(name), name).replace(b"ISO_IR 100", charset.encode().ljust(10))

        with pytest.raises(UnusableHeaderError, match="PatientName") as raised:
            source_study_from_header(whole)
        assert "str" not in str(raised.value).replace("string", "")

    @pytest.mark.parametrize("content", [b"", b"no DICOM", b"\0" * 128 + b"DICM"])
    def test_refuses_what_names_no_study(self, content: bytes) -> None:
        with pytest.raises(UnusableHeaderError):
            source_study_from_header(content)
