"""Tests of dose_core.readers.content_digest."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from dose_core.readers import content_digest as module
from dose_core.readers.content_digest import content_digest
from tests.builders.ct_image import BODY_PHANTOM, ct_image
from tests.builders.ct_rdsr import (
    acquisition,
    chest_ct,
    chest_ct_report_bytes,
    ct_rdsr,
    ct_rdsr_bytes,
    dose,
    irradiated,
)
from tests.builders.dicom import EXPLICIT_LITTLE, IMPLICIT_LITTLE, encode, meta, part10
from tests.builders.sr import code, coded, person, text
from tests.support.built_reports import ENCODINGS, of_all_kinds
from tests.support.dcmtk import converted, modified
from tests.support.mutated import mutated

REPORT = chest_ct_report_bytes()
IMAGE = part10(ct_image())
REGION = ("123014", "DCM", "Target Region")
COMMENT = ("121106", "DCM", "Comment")
# What DCMTK can do to the encoding: transfer syntax, lengths of sequences, group lengths, padding behind the data set.
CONVERSIONS = (
    ("+te",), ("+ti",), ("+tb",), ("+td",), ("+te", "+e"), ("+te", "-e"), ("+ti", "-e"), ("+te", "+g"),
    ("+te", "+p", "128", "8"),
)  # fmt: skip
CHARACTER_SETS = {"ISO_IR 100": "latin-1", "ISO_IR 101": "iso8859-2", "ISO_IR 192": "utf-8", "GB18030": "gb18030"}

# What an archive may correct or coerce, in the words of PS3.6.
CORRECTIONS: dict[str, Any] = {
    "PatientName": "Richtig^Rita", "PatientID": "P-99", "IssuerOfPatientID": "VALLEY", "PatientBirthDate": "19710101",
    "PatientSex": "O", "PatientSize": "1.80", "PatientWeight": "80", "PatientAge": "055Y", "OtherPatientIDs": "X-1",
    "PatientComments": "corrected", "EthnicGroup": "none", "StudyInstanceUID": "2.25.77",
    "SeriesInstanceUID": "2.25.78", "StudyDate": "20260302", "StudyTime": "080000", "StudyID": "77",
    "StudyDescription": "CT chest", "AccessionNumber": "ACC-77", "ReferringPhysicianName": "Doktor^Dora",
    "PhysiciansOfRecord": "Doktor^Dirk",
    "ProcedureCodeSequence": [{"CodeValue": "1", "CodingSchemeDesignator": "99X", "CodeMeaning": "chest"}],
    "RequestingPhysician": "Doktor^Dora", "RequestedProcedureDescription": "chest", "AdmissionID": "A-1",
    "RequestedProcedureID": "R-1", "ScheduledProcedureStepID": "S-1",
    "RequestAttributesSequence": [{"RequestedProcedureID": "R-1"}],
    "ReferencedRequestSequence": [{"AccessionNumber": "ACC-77"}],
    "ReferencedStudySequence": [{"ReferencedSOPInstanceUID": "2.25.79"}],
    "ClinicalTrialSubjectID": "T-1", "PatientIdentityRemoved": "YES", "DeidentificationMethod": "by hand",
    "InstanceCoercionDateTime": "20260302080000",
    "OriginalAttributesSequence": [{"ModifyingSystem": "PACS", "ReasonForTheAttributeModification": "COERCE"}],
    "ContributingEquipmentSequence": [{"Manufacturer": "PACS maker"}],
    "SOPInstanceStatus": "OR",
}  # fmt: skip
# What stays content, though it stands beside those.
CONTENT: dict[str, Any] = {
    "SOPInstanceUID": "2.25.1", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.22", "ContentDate": "20260302",
    "Manufacturer": "OTHER", "StationName": "CTROOM9", "DeviceSerialNumber": "SN9",
    "InstitutionName": "Valley Hospital", "CompletionFlag": "PARTIAL", "TimezoneOffsetFromUTC": "+0100",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """Each test meets its objects as the first ones."""
    module._known.clear()


def with_private(creator: str, value: object, *, vr: str = "LO", block: int = 0x10) -> bytes:
    """Return the report with one private element, of a creator in a block."""
    report = pydicom.dcmread(BytesIO(REPORT))
    report.add_new(0x00310000 | block, "LO", creator)
    report.add_new(0x00310000 | block << 8 | 0x20, vr, value)
    buffer = BytesIO()
    report.save_as(buffer)
    return buffer.getvalue()


def private_item() -> Dataset:
    item = Dataset()
    item.add_new(0x00310010, "LO", "ACME 1")
    item.add_new(0x00311001, "DS", "3.5")
    return item


PRIVATE_VALUES: dict[str, Any] = {
    "LO": "odd", "FD": 2.5, "US": [256, 0], "UN": b"\1\2\3\0", "OB": b"\0\0", "SQ": Sequence([private_item()]),
}  # fmt: skip


def region(value: str, scheme: str, meaning: str) -> bytes:
    return ct_rdsr_bytes(acquisition(code(REGION, (value, scheme, meaning)), dose()))


class TestTheSameContent:
    @pytest.mark.parametrize("elements", [ct_rdsr(*irradiated(), chest_ct()), ct_image()], ids=["report", "image"])
    @pytest.mark.parametrize("encoding", ENCODINGS)
    def test_has_one_digest_in_each_encoding(self, elements: dict[str, Any], encoding: str) -> None:
        syntax, defined = ENCODINGS[encoding]

        assert content_digest(part10(elements, transfer_syntax=syntax, defined=defined)) == content_digest(
            part10(elements)
        )

    @pytest.mark.parametrize("name", of_all_kinds())
    def test_survives_each_conversion_of_dcmtk(self, name: str, tmp_path: Path) -> None:
        report = of_all_kinds()[name]
        digest = content_digest(report)

        others = {options: converted(report, tmp_path, *options) for options in CONVERSIONS}

        assert digest is not None
        assert all(others.values())
        assert [options for options, other in others.items() if content_digest(other or b"") != digest] == []

    @pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
    def test_survives_being_read_and_written_by_pydicom(self, syntax: pydicom.uid.UID) -> None:
        report = pydicom.dcmread(BytesIO(REPORT))
        assert [element.value for element in report.iterall()]  # each is taken apart, and written from its value
        buffer = BytesIO()

        pydicom.dcmwrite(
            buffer,
            report,
            implicit_vr=syntax.is_implicit_VR,
            little_endian=syntax.is_little_endian,
            force_encoding=True,
        )

        data_set = buffer.getvalue().partition(b"DICM")[2]
        start = 12 + int.from_bytes(
            data_set[8:12], "little"
        )  # behind the file meta information, which names the old one
        assert content_digest(meta(ct_rdsr(), syntax) + data_set[start:]) == content_digest(REPORT)

    def test_is_known_without_preamble_and_meta_information(self) -> None:
        assert content_digest(encode(ct_image())) == content_digest(IMAGE)

    def test_is_known_with_and_without_pixels(self) -> None:
        assert content_digest(IMAGE + b"\xe0\x7f\x10\x00OW\0\0\x04\0\0\0\1\2\3\4") == content_digest(IMAGE)

    @pytest.mark.parametrize("term", CHARACTER_SETS)
    def test_is_known_in_each_character_set(self, term: str) -> None:
        elements = ct_rdsr(text(COMMENT, "Schädel"), person(("113870", "DCM", "Person Name"), "Müller^Jörg"))
        latin = {**elements, "SpecificCharacterSet": "ISO_IR 100"}
        other = {**elements, "SpecificCharacterSet": term}

        digest = content_digest(meta(latin, EXPLICIT_LITTLE) + encode(latin, charset="latin-1"))

        assert content_digest(meta(other, EXPLICIT_LITTLE) + encode(other, charset=CHARACTER_SETS[term])) == digest

    @pytest.mark.parametrize("padded", [b"CTROOM1 ", b"CTROOM1\0", b"CTROOM1   ", b" CTROOM1"])
    def test_is_known_whatever_pads_a_text(self, padded: bytes) -> None:
        assert content_digest(part10(ct_image(StationName=padded))) == content_digest(
            part10(ct_image(StationName="CTROOM1"))
        )

    @pytest.mark.parametrize("spelled", ["5.0", "+5", "5.00e0 ", "0005"])
    def test_is_known_however_a_number_is_spelled(self, spelled: str) -> None:
        assert content_digest(part10(ct_image(SliceThickness=spelled))) == content_digest(IMAGE)

    def test_is_known_where_an_empty_element_was_added(self) -> None:
        assert content_digest(part10(ct_image(BodyPartExamined="", CTExposureSequence=[]))) == content_digest(IMAGE)

    @pytest.mark.parametrize("scheme", ["SRT", "SNM3", "99SDM"])
    def test_is_known_after_a_snomed_code_was_converted(self, scheme: str) -> None:
        """PS3.4, B.4.1.3: an archive may bring codes of SNOMED RT to SNOMED CT."""
        assert content_digest(region("T-D3000", scheme, "Chest")) == content_digest(region("51185008", "SCT", "Thorax"))

    @pytest.mark.parametrize("ways", [("+ti",), ("+tb",), ("+ti", "+te"), ("+ti", "+tb")])
    @pytest.mark.parametrize("vr", PRIVATE_VALUES)
    def test_is_known_with_private_elements_whose_vr_was_lost(
        self, vr: str, ways: tuple[str, ...], tmp_path: Path
    ) -> None:
        """Implicit VR names none; who writes such an element in explicit VR again calls it UN."""
        other: bytes | None = with_private("ACME 1", PRIVATE_VALUES[vr], vr=vr)
        digest = content_digest(other or b"")
        for way in ways:
            other = converted(other or b"", tmp_path, way)

        assert content_digest(other or b"") == digest is not None

    def test_is_known_though_a_writer_put_elements_out_of_order(self) -> None:
        image = {keyword: value for keyword, value in ct_image().items() if keyword != "Rows"}
        disorderly = encode({"Rows": 512}) + encode(image)

        assert content_digest(meta(image, EXPLICIT_LITTLE) + disorderly) == content_digest(IMAGE)


class TestACorrection:
    @pytest.mark.parametrize("keyword", CORRECTIONS)
    def test_of_patient_study_or_request_changes_nothing(self, keyword: str) -> None:
        assert content_digest(ct_rdsr_bytes(chest_ct(), **{keyword: CORRECTIONS[keyword]})) == content_digest(
            ct_rdsr_bytes(chest_ct())
        )

    def test_of_all_of_them_at_once_changes_nothing(self) -> None:
        assert content_digest(part10(ct_image(**CORRECTIONS))) == content_digest(IMAGE)

    def test_by_dcmtk_changes_nothing(self, tmp_path: Path) -> None:
        moved = modified(
            REPORT, tmp_path,
            "-m", "PatientID=P-99", "-m", "PatientName=Richtig^Rita", "-e", "AccessionNumber",
            "-m", "StudyInstanceUID=2.25.77", "-i", "StudyDescription=corrected",
        )  # fmt: skip

        assert moved is not None
        assert content_digest(moved) == content_digest(REPORT)

    def test_in_an_archives_own_block_changes_nothing(self) -> None:
        assert content_digest(with_private("MITRA LINKED ATTRIBUTES 1.0", "P-99", block=0x2A)) == content_digest(REPORT)

    def test_inside_the_content_tree_is_none(self) -> None:
        named, other = (ct_rdsr_bytes(text(("121029", "DCM", "Subject Name"), name)) for name in ("A^B", "C^D"))

        assert content_digest(named) != content_digest(other)


class TestOtherContent:
    @pytest.mark.parametrize(
        "other",
        [
            chest_ct_report_bytes(dlp_mgy_cm="151"),
            chest_ct_report_bytes(event_uid="2.25.2009"),
            ct_rdsr_bytes(chest_ct()),
            ct_rdsr_bytes(chest_ct("2.25.2"), chest_ct("2.25.1")),
            ct_rdsr_bytes(chest_ct("2.25.1"), chest_ct("2.25.2")),
            ct_rdsr_bytes(chest_ct(ctdi_mgy="50", dlp_mgy_cm="15")),
            ct_rdsr_bytes(chest_ct(ctdi_mgy="5", dlp_mgy_cm="015")),
            ct_rdsr_bytes(chest_ct(ctdi_mgy="1_5", dlp_mgy_cm="015")),
            ct_rdsr_bytes(chest_ct(ctdi_mgy="15", dlp_mgy_cm="015")),
        ],
    )
    def test_has_another_digest(self, other: bytes) -> None:
        assert content_digest(other) not in {content_digest(REPORT), None}

    def test_of_any_of_these_is_none_of_the_others(self) -> None:
        orders = [ct_rdsr_bytes(chest_ct(a), chest_ct(b)) for a, b in (("2.25.1", "2.25.2"), ("2.25.2", "2.25.1"))]
        numbers = [ct_rdsr_bytes(chest_ct(ctdi_mgy=stated)) for stated in ("1_5", "15", "1.5", "0", "-15", "")]
        units = [ct_rdsr_bytes(acquisition(code(REGION, ("1", "99X", meaning)))) for meaning in ("a", "b")]

        digests = [content_digest(one) for one in (*orders, *numbers, *units)]

        assert len(set(digests)) == len(digests)

    @pytest.mark.parametrize("keyword", CONTENT)
    def test_is_told_from_each_element_that_is_not_administrative(self, keyword: str) -> None:
        assert content_digest(ct_rdsr_bytes(chest_ct(), **{keyword: CONTENT[keyword]})) != content_digest(
            ct_rdsr_bytes(chest_ct())
        )

    @pytest.mark.parametrize("stated", [{"CTDIvol": 7.6}, {"KVP": "100"}, {"CTDIvol": None}, {"Rows": 256}])
    def test_is_told_from_what_an_image_states(self, stated: dict[str, Any]) -> None:
        assert content_digest(part10(ct_image(**stated))) != content_digest(IMAGE)

    def test_is_told_from_a_devices_private_block(self) -> None:
        assert content_digest(with_private("ACME DOSE 1.0", "1")) != content_digest(with_private("ACME DOSE 1.0", "2"))

    def test_is_told_from_a_private_zero(self) -> None:
        zeros = [with_private("ACME DOSE 1.0", value, vr="US") for value in (None, 0, [0, 0])]

        assert len({content_digest(one) for one in zeros}) == len(zeros)

    def test_is_told_where_the_same_bytes_are_another_word(self) -> None:
        """The letters of one character set are others in the next; nothing remembered may hide that."""
        words = [
            meta(stated, EXPLICIT_LITTLE) + encode(stated, charset="latin-1")
            for stated in (
                ct_rdsr(code(REGION, ("1", "99X", "Schädel")), SpecificCharacterSet=term)
                for term in ("ISO_IR 100", "ISO_IR 144")
            )
        ]

        assert content_digest(words[0]) != content_digest(words[1])


class TestWhatIsRemembered:
    def test_does_not_change_a_digest(self) -> None:
        """Codes and elements are remembered by their bytes, from one object and one encoding to the next."""
        alone = {}
        objects = [REPORT, IMAGE, *of_all_kinds().values()]
        for number, dicom in enumerate(objects):
            module._known.clear()
            alone[number] = content_digest(dicom)

        assert [content_digest(dicom) for dicom in objects] == list(alone.values())
        assert [content_digest(dicom) for dicom in reversed(objects)] == list(reversed(alone.values()))

    @pytest.mark.parametrize("name", ["ct-explicit-defined", "ct-explicit-undefined", "ct-implicit-undefined"])
    def test_does_not_change_that_of_a_damaged_object(self, name: str) -> None:
        damaged = list(mutated(of_all_kinds()[name], 300, seed=7))
        known = [content_digest(dicom) for dicom in damaged]
        for dicom, digest in zip(damaged, known, strict=True):
            module._known.clear()

            assert content_digest(dicom) == digest


class TestAnObjectThatCannotBeCompared:
    @pytest.mark.parametrize(
        "dicom",
        [b"", b"no DICOM", REPORT[:-10], REPORT[:140], IMAGE[:-3], b"\0" * 400],
        ids=["empty", "text", "cut report", "cut meta", "cut image", "zeros"],
    )
    def test_has_no_digest(self, dicom: bytes) -> None:
        assert content_digest(dicom) is None

    def test_has_none_if_its_sequences_nest_without_end(self) -> None:
        nested: dict[str, Any] = {"CodeValue": "1"}
        for _ in range(60):
            nested = {"ContentSequence": [nested]}

        assert [content_digest(part10(nested, defined=defined)) for defined in (True, False)] == [None, None]

    def test_has_none_if_a_known_element_leads_out_of_its_sequence(self) -> None:
        image = ct_image(CTDIPhantomTypeCodeSequence=None)
        phantom = encode({"CTDIPhantomTypeCodeSequence": [coded(BODY_PHANTOM)]}, explicit=False)
        inside = phantom.index(b"\x08\x00\x02\x01")  # all before the Coding Scheme Designator
        item = b"\xfe\xff\x00\xe0" + inside.to_bytes(4, "little")
        exposure = b"\x18\x00\x21\x93" + (len(item) + inside).to_bytes(4, "little") + item  # CT Exposure Sequence
        head = meta(image, IMPLICIT_LITTLE)

        assert content_digest(head + encode(image, explicit=False) + phantom) is not None
        assert content_digest(head + encode(image, explicit=False) + exposure + phantom) is None
