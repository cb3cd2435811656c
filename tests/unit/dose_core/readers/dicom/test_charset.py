"""
Tests of dose_core.readers.dicom.charset, also through a report: text comes in the characters that were written.

Oracle: the examples of PS3.5, Annexes H (Japanese), I (Korean), J (Unicode, GB18030) and K (Chinese), byte by byte.
"""

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import CtReport
from dose_core.readers.dicom.charset import decode
from tests.builders.ct_rdsr import acquisition, ct_rdsr_bytes
from tests.builders.sr import code, person, text
from tests.support.read_as import read_as

# terms of (0008,0005), bytes of a name, and the name
JAPANESE = (
    ("", "ISO 2022 IR 87"),
    b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
    "Yamada^Tarou=山田^太郎=やまだ^たろう",
)
HALF_WIDTH = (
    ("ISO 2022 IR 13", "ISO 2022 IR 87"),
    b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
    "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
)
KOREAN = (
    ("", "ISO 2022 IR 149"),
    b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
    "Hong^Gildong=洪^吉洞=홍^길동",
)
UNICODE = (("ISO_IR 192",), "Wang^XiaoDong=王^小東".encode(), "Wang^XiaoDong=王^小東")
GB18030 = (("GB18030",), b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", "Wang^XiaoDong=王^小东")
CHINESE = (
    ("", "ISO 2022 IR 58"),
    b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab",
    "Zhang^XiaoDong=张^小东",
)
NAMES = [
    pytest.param(*JAPANESE, id="Japanese, first value empty"),
    pytest.param(*HALF_WIDTH, id="Japanese, katakana first"),
    pytest.param(*KOREAN, id="Korean"),
    pytest.param(*UNICODE, id="UTF-8"),
    pytest.param(*GB18030, id="GB18030"),
    pytest.param(*CHINESE, id="Chinese by code extension"),
    pytest.param(("ISO_IR 144",), "Дюжик^Юлия".encode("iso8859-5"), "Дюжик^Юлия", id="Cyrillic"),
    pytest.param(("ISO_IR 101",), "Kri\u017e^Jan".encode("iso8859-2"), "Kri\u017e^Jan", id="Latin 2"),
    pytest.param(("ISO_IR 192",), "Nguyễn^Văn".encode(), "Nguyễn^Văn", id="Vietnamese"),
]


class TestDecode:
    @pytest.mark.parametrize(("terms", "raw", "name"), NAMES)
    def test_gives_the_characters_that_were_written(self, terms: tuple[str, ...], raw: bytes, name: str) -> None:
        assert decode(raw, terms) == (name, 0)

    def test_takes_no_half_of_a_character_for_a_delimiter(self) -> None:
        """The second byte of one may be that of a backslash or caret (GB18030) or of an equals sign (JIS X 0208)."""
        assert decode(b"\x81\x5c^\x81\x5e", ("GB18030",)) == ("乗^乛", 0)
        assert decode(b"\x1b$BI=\x1b(B^\x1b$BI=\x1b(B", ("", "ISO 2022 IR 87")) == ("表^表", 0)

    def test_counts_an_escape_to_a_set_that_is_not_stated(self) -> None:
        text, undecodable = decode(b"Yamada=\x1b$B;3ED\x1b(B", ("ISO_IR 100",))

        assert text.startswith("Yamada=")
        assert "\x1b" not in text
        assert undecodable > 0

    def test_counts_what_the_stated_set_does_not_have(self) -> None:
        assert decode(b"M\xfcller", ()) == ("Müller", 1)  # the usual slip: Latin 1 and nothing said
        assert decode(b"M\xfcller", ("ISO_IR 192",)) == ("M\ufffdller", 1)

    def test_takes_an_unknown_set_for_the_default_one(self) -> None:
        assert decode(b"M\xfcller", ("ISO_IR 999",)) == ("Müller", 1)
        assert decode("Müller".encode(), ("ISO_IR 999", "ISO_IR 192")) == ("Müller", 0)


class TestReport:
    @pytest.mark.parametrize(("terms", "raw", "name"), NAMES)
    def test_names_the_patient_in_all_component_groups(self, terms: tuple[str, ...], raw: bytes, name: str) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(SpecificCharacterSet=list(terms), PatientName=raw))

        assert report.patient.name == name
        assert report.warnings == ()

    @pytest.mark.parametrize(("terms", "raw", "name"), NAMES)
    def test_reads_the_content_tree_in_the_set_of_the_object(
        self, terms: tuple[str, ...], raw: bytes, name: str
    ) -> None:
        protocol = text(codes.DCM.AcquisitionProtocol, "")
        protocol["TextValue"] = raw
        authorizing = person(
            codes.DCM.PersonName, "", code(codes.DCM.PersonRoleInProcedure, codes.DCM.IrradiationAuthorizing)
        )
        authorizing["PersonName"] = raw

        report = read_as(CtReport, ct_rdsr_bytes(acquisition(protocol), authorizing, SpecificCharacterSet=list(terms)))

        assert report.events[0].protocol == name
        assert report.physicians == (name,)

    def test_reads_an_item_in_its_own_set(self) -> None:
        """PS3.3, C.12.1.1.2: a set stated in an item holds for it and what is below it."""
        protocol = text(codes.DCM.AcquisitionProtocol, "")
        protocol.update({"SpecificCharacterSet": "ISO_IR 144", "TextValue": b"\xbb\xee\xda"})
        other = text(codes.DCM.AcquisitionProtocol, "Schädel")

        report = read_as(CtReport, ct_rdsr_bytes(acquisition(protocol, uid="2.25.1"), acquisition(other, uid="2.25.2")))

        assert [event.protocol for event in report.events] == ["Люк", "Schädel"]
        assert report.warnings == ()

    def test_reads_meanings_of_codes_in_the_set_of_the_object(self) -> None:
        """One spelling of bytes is two texts under two sets."""
        region = (b"X1", b"99ACME", b"\xbb\xee\xda")
        kept = code(codes.DCM.TargetRegion, None)
        names = ("CodeValue", "CodingSchemeDesignator", "CodeMeaning")
        kept["ConceptCodeSequence"] = [dict(zip(names, region, strict=True))]

        meanings = []
        for charset in ("ISO_IR 144", "ISO_IR 100"):
            report = read_as(CtReport, ct_rdsr_bytes(acquisition(kept), SpecificCharacterSet=charset))
            stated = report.events[0].target_region
            meanings.append(stated.meaning if stated else None)

        assert meanings == ["Люк", "»îÚ"]

    def test_joins_several_names_of_a_patient(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(PatientName=["Muster^Mara", "Beispiel^Mara"]))

        assert report.patient.name == "Muster^Mara | Beispiel^Mara"

    def test_lists_several_names_of_physicians(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(PhysiciansOfRecord=["Arzt^Anna", "Ärztin^Berta"]))

        assert report.physicians == ("Arzt^Anna", "Ärztin^Berta")

    def test_says_so_where_text_is_not_in_the_stated_set(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(SpecificCharacterSet=None, PatientName=b"M\xfcller^Mara"))

        assert report.patient.name == "Müller^Mara"
        assert [warning.problem for warning in report.warnings] == ["1 characters are not in the stated character set"]

    def test_says_so_where_the_set_is_unknown(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(SpecificCharacterSet="ISO_IR 999", PatientName="Müller".encode()))

        assert "unknown character set" in [warning.problem for warning in report.warnings]
