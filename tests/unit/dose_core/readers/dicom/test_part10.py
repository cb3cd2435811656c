"""Tests of dose_core.readers.dicom.part10: what is damaged or hostile is refused with its reason, in bounded memory."""

import struct
import tracemalloc
from dataclasses import fields

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import CtReport
from dose_core.readers.dicom.elements import MAX_HEADER_BYTES
from dose_core.readers.dicom.part10 import parse_part10
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.errors import UnreadableError
from dose_core.readers.registry import read_dose
from tests.builders.ct_image import ct_image, ct_image_bytes
from tests.builders.ct_rdsr import (
    accumulated,
    chest_ct,
    chest_ct_report_bytes,
    ct_rdsr,
    dlp_total,
    event_count,
    irradiated,
)
from tests.builders.dicom import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    deflate_bomb,
    encode,
    meta,
    part10,
)
from tests.builders.sr import container
from tests.support.read_as import read_as


class TestTransferSyntaxes:
    @pytest.mark.parametrize("transfer_syntax", [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED])
    @pytest.mark.parametrize("defined", [True, False], ids=["defined lengths", "undefined lengths"])
    def test_reads_the_same_from_each(self, transfer_syntax: str, *, defined: bool) -> None:
        parsed = parse_part10(part10(ct_image(), transfer_syntax=transfer_syntax, defined=defined))

        assert parsed.data_set.text(Tag.PatientID) == "P-2"
        assert parsed.data_set.numbers(Tag.CTDIvol) == (7.5,)
        assert parsed.data_set.items(Tag.CTDIPhantomTypeCodeSequence)[0].text(Tag.CodeValue) == "113691"
        assert parsed.log.warnings == ()

    def test_believes_the_bytes_where_the_meta_information_contradicts(self) -> None:
        elements = ct_image()

        parsed = parse_part10(meta(elements, IMPLICIT_LITTLE) + encode(elements, explicit=True))

        assert parsed.data_set.text(Tag.PatientID) == "P-2"
        assert [warning.problem for warning in parsed.log.warnings] == ["contradicts the bytes, which were believed"]

    @pytest.mark.parametrize(("explicit", "little"), [(True, True), (False, True), (True, False)])
    def test_reads_a_bare_data_set(self, *, explicit: bool, little: bool) -> None:
        parsed = parse_part10(encode(ct_image(), explicit=explicit, little=little))

        assert parsed.data_set.text(Tag.PatientID) == "P-2"
        assert "preamble" in parsed.log.warnings[0].problem

    def test_skips_damaged_meta_information_by_its_length(self) -> None:
        whole = part10(ct_image())
        damaged = whole.replace(b"\x02\x00\x02\x00UI", b"\x02\x00\x02\x00\0\1", 1)

        assert parse_part10(damaged).data_set.text(Tag.PatientID) == "P-2"


class TestPixelData:
    def test_is_not_needed(self) -> None:
        assert parse_part10(ct_image_bytes()).data_set.text(Tag.PatientID) == "P-2"

    def test_ends_the_reading_wherever_it_is_cut(self) -> None:
        pixels = struct.pack("<HH", 0x7FE0, 0x0010) + b"OW\0\0" + struct.pack("<I", 524288) + b"\0" * 100

        parsed = parse_part10(ct_image_bytes() + pixels)

        assert parsed.data_set.text(Tag.PatientID) == "P-2"
        assert parsed.log.warnings == ()


class TestTruncation:
    @pytest.mark.parametrize("defined", [True, False], ids=["defined lengths", "undefined lengths"])
    def test_what_was_delivered_of_a_report_is_read_and_the_cut_is_named(self, *, defined: bool) -> None:
        """A value that is cut is no value: a DLP of 150 must not be read as 15."""
        elements = ct_rdsr(*irradiated(), accumulated(event_count("1"), dlp_total("150")), chest_ct(dlp_mgy_cm="150"))
        file = part10(elements, defined=defined)
        whole = read_as(CtReport, file)
        first_total = file.index(b"113812")

        for length in range(file.index(b"150", first_total) + 20, len(file) - 8, 3):
            cut = read_as(CtReport, file[:length])

            assert "cut short" in cut.warnings[0].problem
            assert cut.totals.dlp_mgy_cm == 150.0
            for event in cut.events:
                for field in fields(event):
                    value, told = getattr(event, field.name), getattr(whole.events[0], field.name)
                    assert value in (None, (), told) or field.name == "sources"

    def test_a_cut_before_the_content_leaves_no_report(self) -> None:
        whole = chest_ct_report_bytes()

        with pytest.raises(UnreadableError, match="cut short"):
            read_dose(whole[: whole.index(struct.pack("<HH", 0x0040, 0xA730)) + 6])

    def test_a_cut_within_the_meta_information_is_seen(self) -> None:
        with pytest.raises(UnreadableError, match="meta information"):
            parse_part10(chest_ct_report_bytes()[:200])

    def test_a_cut_through_deflated_bytes_is_seen(self) -> None:
        with pytest.raises(UnreadableError, match="deflated data set is cut short"):
            parse_part10(part10(ct_rdsr(), transfer_syntax=DEFLATED)[:-40])


class TestHostileObjects:
    def test_zero_bytes_are_no_object(self) -> None:
        with pytest.raises(UnreadableError, match="no bytes"):
            parse_part10(b"")

    @pytest.mark.parametrize("noise", [b"\0" * 5000, b"not a DICOM file at all" * 20, bytes(range(256)) * 8])
    def test_noise_is_no_object(self, noise: bytes) -> None:
        with pytest.raises(UnreadableError, match="no DICOM object"):
            parse_part10(noise)

    @pytest.mark.parametrize("defined", [True, False])
    def test_two_hundred_nested_levels_are_refused(self, *, defined: bool) -> None:
        nested = container(codes.DCM.CTDose)
        for _ in range(200):
            nested = container(codes.DCM.CTDose, nested)

        with pytest.raises(UnreadableError, match="deeper than 32 levels"):
            read_dose(part10(ct_rdsr(nested), defined=defined))

    def test_two_hundred_nested_levels_without_length_are_refused_wherever_they_stand(self) -> None:
        nested: dict[str, object] = {"RequestedProcedureID": "1"}
        for _ in range(200):
            nested = {"RequestAttributesSequence": [nested]}

        with pytest.raises(UnreadableError, match="nested deeper than 40 levels"):
            parse_part10(part10({**ct_image(), **nested}, defined=False))

    def test_a_deflated_bomb_of_1_mb_is_refused_within_its_bound(self) -> None:
        bomb = deflate_bomb(encode({"SpecificCharacterSet": "ISO_IR 100"}), inflated_megabytes=1000)
        file = meta(ct_rdsr(), DEFLATED) + bomb
        assert 900_000 < len(bomb) < 1_100_000
        tracemalloc.start()

        with pytest.raises(UnreadableError, match="grows beyond"):
            parse_part10(file)

        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        # zlib doubles its buffer as it grows, so at most twice the bound is held for a moment.
        assert peak < 2.2 * MAX_HEADER_BYTES

    def test_a_length_that_leads_out_of_its_sequence_is_refused(self) -> None:
        item = b"\xfe\xff\x00\xe0" + struct.pack("<I", 12) + b"\x08\x00\x00\x01SH\xff\x7f1136"

        with pytest.raises(UnreadableError, match="damaged"):
            read_dose(part10(ct_image(CTDIPhantomTypeCodeSequence=item)))

    def test_something_else_than_items_in_a_sequence_is_refused(self) -> None:
        with pytest.raises(UnreadableError, match="broken sequence"):
            read_dose(part10(ct_image(CTDIPhantomTypeCodeSequence=b"\x08\x00\x00\x01SH\x02\x00AB")))

    def test_elements_out_of_order_are_noted(self) -> None:
        """A length that is too short makes an element of the rest of its value; by chance the next ones fit again."""
        dicom = part10({**ct_image(), "SOPInstanceUID": "1.2.3.494.1CS"})
        length = dicom.rindex(b"1.2.3.494.1CS") - 2

        report = read_dose(dicom[:length] + b"\x06\0" + b"1.2.3." + b"494.CS\0\0" + dicom[length + 16 :])

        assert report.sop_instance_uid == "1.2.3."
        assert [warning.problem for warning in report.warnings] == [
            "the elements are not in ascending order: values may be parts of others"
        ]

    def test_bytes_after_the_data_set_are_noted(self) -> None:
        parsed = parse_part10(ct_image_bytes() + b"\0" * 1000)

        assert parsed.data_set.text(Tag.PatientID) == "P-2"
        assert "1000 bytes after the data set" in parsed.log.warnings[0].problem


class TestDamagedVr:
    def test_is_told_from_the_length_and_named(self) -> None:
        whole = part10(ct_image())
        blank = whole.replace(b"\x10\x00\x20\x00LO\x04\x00", b"\x10\x00\x20\x00  \x04\x00", 1)

        parsed = parse_part10(blank)

        assert blank != whole
        assert parsed.data_set.text(Tag.PatientID) == "P-2"
        assert [(one.path, one.problem) for one in parsed.log.warnings] == [
            ("(0010,0020)", "states no VR that is known; told from its length")
        ]


class TestText:
    def test_counts_what_it_cannot_decode(self) -> None:
        parsed = parse_part10(part10(ct_image(SpecificCharacterSet="ISO_IR 192", PatientName=b"M\xfcller")))

        assert parsed.data_set.text(Tag.PatientName) == "M\ufffdller"
        assert "1 characters are not in the stated character set" in parsed.log.warnings[0].problem

    def test_keeps_latin_1_where_no_character_set_is_stated_and_counts_it(self) -> None:
        """The default repertoire is ISO-IR 6 (PS3.3, C.12.1.1.2); devices forget to name theirs."""
        parsed = parse_part10(part10(ct_image(SpecificCharacterSet=None, PatientName=b"M\xfcller")))

        assert parsed.data_set.text(Tag.PatientName) == "Müller"
        assert "1 characters are not in the stated character set" in parsed.log.warnings[0].problem

    def test_decodes_the_name_of_the_standards_example(self) -> None:
        """PS3.5, H.3.1: Japanese by code extensions, with three component groups."""
        name = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"
        elements = ct_image(SpecificCharacterSet=b"\\ISO 2022 IR 87", PatientName=name)

        assert parse_part10(part10(elements)).data_set.text(Tag.PatientName) == "Yamada^Tarou=山田^太郎=やまだ^たろう"

    def test_inherits_and_overrides_the_character_set_in_items(self) -> None:
        item = {"SpecificCharacterSet": "ISO_IR 100", "CodeMeaning": b"Sch\xe4del", "CodeValue": "1"}
        elements = ct_image(CTDIPhantomTypeCodeSequence=[item, {"CodeMeaning": "Schädel", "CodeValue": "2"}])

        items = parse_part10(part10(elements)).data_set.items(Tag.CTDIPhantomTypeCodeSequence)

        assert [one.text(Tag.CodeMeaning) for one in items] == ["Schädel", "Schädel"]

    def test_lets_no_nul_through(self) -> None:
        """PostgreSQL stores no NUL in text."""
        parsed = parse_part10(part10(ct_image(PatientID=b"AB\0CD\0")))

        assert parsed.data_set.text(Tag.PatientID) == "AB\ufffdCD"
