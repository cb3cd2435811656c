"""Tests of dose_core.deidentify.document: what is left says the same about dose, and is a valid object."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import PatientRadiationDoseSRStorage, XRayRadiationDoseSRStorage

from dose_core.deidentify import document
from dose_core.deidentify.document import deidentified
from dose_core.deidentify.errors import NotDeidentifiableError, WeakKeyError
from dose_core.deidentify.policy import Policy
from dose_core.model import DoseReport, ProjectionReport
from dose_core.readers.registry import read_dose
from dose_core.writers.part10 import to_part10
from dose_core.writers.projection_rdsr import KIND as PROJECTION
from dose_core.writers.templates.check import broken_rows
from tests.builders import ct_rdsr, enhanced_rdsr
from tests.builders.sr import container, num, text
from tests.builders.written_all import written_of_all_kinds
from tests.fuzz.seeds import seeds
from tests.support.content import coded, items, texts
from tests.support.dciodvfy import dciodvfy_errors, dsr2xml_complaints, dsrdump_complaints
from tests.support.read_as import read_as

KEY = b"a key of a test, thirty-two bytes and more"
STRICT = Policy(key=KEY)
GENEROUS = Policy(
    key=KEY,
    keeps_characteristics=True,
    keeps_device=True,
    released_texts=frozenset({"ACME", "CT1", "SN1", "CTROOM1", "Thorax routine"}),
)
OURS = written_of_all_kinds()
# Identities, texts, and what may be a code that no dictionary has.
_NOT_DOSE = frozenset({"event_uid", "protocol", "path", "source_id", "method", "site", "site_code", "meaning"})


def clean(dicom: bytes, policy: Policy = STRICT, subject: str = "a patient") -> Dataset:
    return dcmread(BytesIO(deidentified(dicom, policy, subject=subject).dicom))


def as_xray_report(dicom: bytes) -> bytes:
    """Return a patient dose report as one of X-rays, whose attributes are the same: dciodvfy knows no other class."""
    dataset = dcmread(BytesIO(dicom))
    if dataset.SOPClassUID == PatientRadiationDoseSRStorage:
        dataset.SOPClassUID = XRayRadiationDoseSRStorage
        return to_part10(dataset)
    return dicom


def ct(*content: dict[str, object], **values: object) -> bytes:
    return ct_rdsr.ct_rdsr_bytes(*ct_rdsr.irradiated(), *content, **values)


def with_table(*cells: dict[str, object], rows: int) -> bytes:
    """Return an enhanced report whose air kerma stands in a table."""
    table = enhanced_rdsr.air_kerma_table(*cells, rows=rows)
    return enhanced_rdsr.enhanced_rdsr_bytes(
        enhanced_rdsr.event_summary(), enhanced_rdsr.details(enhanced_rdsr.output(table))
    )


def values_of(dataset: Dataset) -> list[tuple[str, str]]:
    """Return each number of a tree with its unit, in order."""
    found = []
    for item in dataset.get("ContentSequence", []):
        for measured in item.get("MeasuredValueSequence", []):
            found += [(str(measured.NumericValue), measured.MeasurementUnitsCodeSequence[0].CodeValue)]
        found += values_of(item)
    return found


class TestTheDose:
    @pytest.mark.parametrize(
        "name",
        ["ct-explicit-defined", "projection", "mammography", "radiopharmaceutical-fdg", "patient-liver", "enhanced"],
    )
    def test_is_read_as_before(self, name: str) -> None:
        before = read_dose(seeds("sr")[name])
        after = read_dose(deidentified(seeds("sr")[name], STRICT, subject="a").dicom)

        assert after.kind == before.kind
        assert numbers_of(after) == numbers_of(before)

    @pytest.mark.parametrize("name", OURS)
    def test_of_a_report_of_ours_is_there_to_the_digit(self, name: str) -> None:
        assert values_of(clean(to_part10(OURS[name]), GENEROUS)) == values_of(OURS[name])

    def test_in_a_table_is_read_as_before(self) -> None:
        dicom = with_table(
            enhanced_rdsr.moments("20260301101601", "20260301101602"), enhanced_rdsr.kermas(1.5, 2.5), rows=2
        )

        after = read_as(ProjectionReport, deidentified(dicom, STRICT, subject="a").dicom)

        assert [event.output_air_kerma_mgy for event in after.events] == [4.0]  # 1.5 and 2.5

    def test_stands_in_the_codes_in_which_it_was_stated(self) -> None:
        old = ct(
            container(
                ("113819", "DCM", "CT Acquisition"),
                num(("113830", "DCM", "Mean CTDIvol"), "5", "mGy"),
                {
                    "RelationshipType": "CONTAINS",
                    "ValueType": "CODE",
                    "ConceptNameCodeSequence": [_code("123014", "DCM")],
                    "ConceptCodeSequence": [_code("T-D3000", "SRT")],
                },
            )
        )

        (region,) = items(clean(old), "123014")

        assert (region.ConceptCodeSequence[0].CodeValue, region.ConceptCodeSequence[0].CodingSchemeDesignator) == (
            "T-D3000",
            "SRT",
        )


class TestTheObject:
    @pytest.mark.parametrize("policy", [STRICT, GENEROUS], ids=["strict", "generous"])
    @pytest.mark.parametrize("name", OURS)
    def test_is_valid(self, name: str, policy: Policy, tmp_path: Path) -> None:
        made = deidentified(to_part10(OURS[name]), policy, subject="a").dicom

        assert dciodvfy_errors(as_xray_report(made), tmp_path) == []
        assert dsrdump_complaints(made, tmp_path) == []
        assert dsr2xml_complaints(made, tmp_path) == []
        assert broken_rows(dcmread(BytesIO(made))) == ()

    def test_is_the_same_each_time(self) -> None:
        assert deidentified(ct(), STRICT, subject="a") == deidentified(ct(), STRICT, subject="a")

    def test_begins_with_zeroes(self) -> None:
        assert deidentified(b"MZ" + ct()[2:], STRICT, subject="a").dicom[:128] == bytes(128)

    def test_says_what_was_done(self) -> None:
        made = clean(ct(), GENEROUS)

        assert (made.PatientIdentityRemoved, made.LongitudinalTemporalInformationModified) == ("YES", "MODIFIED")
        methods = [one.CodeValue for one in made.DeidentificationMethodCodeSequence]
        assert methods == ["113100", "113104", "113105", "113107", "113108", "113109"]
        assert [one.CodeValue for one in clean(ct()).DeidentificationMethodCodeSequence] == [
            "113100",
            "113104",
            "113107",
        ]


class TestThePatient:
    def test_has_a_pseudonym_that_is_the_same_in_all_objects(self) -> None:
        one, other = clean(ct(), subject="A"), clean(ct(SOPInstanceUID="2.25.9", PatientID="P-2"), subject="A")

        assert one.PatientID == one.PatientName == other.PatientID
        assert one.PatientID != clean(ct(), subject="B").PatientID
        assert one.PatientID != clean(ct(), Policy(key=KEY + b"2"), subject="A").PatientID

    def test_has_no_characteristics_unless_the_policy_keeps_them(self) -> None:
        made = clean(ct(PatientAge="056Y"))

        assert (made.PatientSex, made.PatientBirthDate) == ("", "")
        assert [key for key in ("PatientAge", "PatientSize", "PatientWeight") if key in made] == []

    def test_has_an_age_from_the_birth_date_if_none_is_stated(self) -> None:
        """Born on 2 January 1970, examined on 1 March 2026."""
        made = clean(ct(), GENEROUS)

        assert (made.PatientAge, made.PatientSex, made.PatientSize, made.PatientWeight) == ("056Y", "F", 1.65, 62.5)

    @pytest.mark.parametrize(("stated", "told"), [("089Y", "089Y"), ("090Y", "090Y"), ("104Y", "090Y"), ("", "090Y")])
    def test_is_90_if_older_than_89(self, stated: str, told: str) -> None:
        assert clean(ct(PatientAge=stated, PatientBirthDate="19200101"), GENEROUS).PatientAge == told


class TestDates:
    def test_of_one_object_move_by_the_same_whole_days(self) -> None:
        made = clean(ct(StudyDate="20260228", ContentDate="20260301", SeriesDate="20260301"))

        start = items(made, "113809")[0].DateTime
        moved = {made.ContentDate, made.SeriesDate, start[:8]}
        assert len(moved) == 1
        assert start[8:] == "101600"
        assert moved < {"20260301"} | {f"2025{rest}" for rest in _DAYS} | {f"2026{rest}" for rest in _DAYS}
        assert (made.StudyTime, made.ContentTime) == ("101500", "102000")

    def test_of_a_patient_keep_their_distances_between_objects(self) -> None:
        first, second = clean(ct(StudyDate="20260301")), clean(ct(StudyDate="20260331"))

        assert _days(second.StudyDate) - _days(first.StudyDate) == 30

    def test_that_are_none_are_left_out(self) -> None:
        made = clean(ct(StudyDate="13.3.37", StudyTime="noon", TimezoneOffsetFromUTC="Berlin"))

        assert (made.StudyDate, made.StudyTime) == ("", "")
        assert "TimezoneOffsetFromUTC" not in made


class TestUids:
    def test_still_refer_to_the_objects_that_they_referred_to(self) -> None:
        first, second = clean(ct(SOPInstanceUID="2.25.7")), clean(to_part10(OURS[PROJECTION]))

        assert items(clean(ct()), "113769") == []
        assert first.SOPInstanceUID != "2.25.7"
        study = second.CurrentRequestedProcedureEvidenceSequence[0]
        assert study.StudyInstanceUID == second.StudyInstanceUID
        assert second.PredecessorDocumentsSequence[0].StudyInstanceUID == second.StudyInstanceUID

    def test_are_those_of_a_uuid_of_version_8(self) -> None:
        number = int(clean(ct()).SOPInstanceUID.removeprefix("2.25."))

        assert (number >> 76 & 0xF, number >> 62 & 0x3) == (8, 2)


class TestTexts:
    def test_stay_only_if_somebody_released_them_to_the_letter(self) -> None:
        made = clean(ct(), GENEROUS)

        assert (made.Manufacturer, made.ManufacturerModelName, made.DeviceSerialNumber) == ("ACME", "CT1", "SN1")
        assert (made.StationName, made.SoftwareVersions) == ("CTROOM1", "REMOVED")

    def test_of_the_device_are_gone_without_the_option(self) -> None:
        released = Policy(key=KEY, released_texts=GENEROUS.released_texts)

        made = clean(ct(), released)

        assert (made.Manufacturer, made.ManufacturerModelName) == ("ACME", "CT1")
        assert "StationName" not in made
        assert made.DeviceSerialNumber.startswith("D")
        assert made.DeviceSerialNumber != clean(ct(DeviceSerialNumber="SN2"), released).DeviceSerialNumber

    def test_of_protocols_are_left_out_or_released(self) -> None:
        def acquired(protocol: str) -> bytes:
            return ct(container(("113819", "DCM", "CT Acquisition"), text(("125203", "DCM", "Protocol"), protocol)))

        assert texts(clean(acquired("Thorax routine"), GENEROUS), "125203") == ["Thorax routine"]
        assert texts(clean(acquired("Thorax routine Muster"), GENEROUS), "125203") == []

    def test_in_codes_of_a_house_become_unknown(self) -> None:
        made = clean(ct(_region("42", "99HOUSE")))

        assert coded(made, "123014") == ["261665006"]


class TestRefused:
    def test_is_an_object_of_another_class(self) -> None:
        with pytest.raises(NotDeidentifiableError, match="SOP Class"):
            clean(ct(SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1"))

    def test_is_a_report_of_another_title(self) -> None:
        with pytest.raises(NotDeidentifiableError, match="title"):
            clean(ct(ConceptNameCodeSequence=[_code("18748-4", "LN")]))

    def test_is_what_is_no_file(self) -> None:
        with pytest.raises(NotDeidentifiableError, match="InvalidDicomError"):
            clean(b"Muster^Mara")

    @pytest.mark.parametrize(
        "cell",
        [
            {"SelectorAttributeVR": "LO", "SelectorLOValue": "Muster"},
            {"SelectorAttributeVR": "DT", "SelectorDTValue": "Muster"},
            {"SelectorAttributeVR": "FL"},
            {},
        ],
        ids=["a text", "no moment", "no number", "nothing"],
    )
    def test_is_a_report_with_a_table_of_which_not_all_is_known(self, cell: dict[str, str]) -> None:
        with pytest.raises(NotDeidentifiableError, match="table"):
            clean(with_table(enhanced_rdsr.moments("20260301101601"), {"TableColumnNumber": 2, **cell}, rows=1))

    def test_is_a_short_key(self) -> None:
        with pytest.raises(WeakKeyError, match="32"):
            Policy(key=b"short")


_DAYS = {f"{month:02}{day:02}" for month in range(1, 13) for day in range(1, 32)}


def numbers_of(report: DoseReport) -> dict[str, object]:
    """Return all that a report states about dose, without times, identities and texts."""

    def walk(value: object, name: str = "") -> object:
        if name in _NOT_DOSE or isinstance(value, datetime):
            return None
        if is_dataclass(value):
            return {one.name: walk(getattr(value, one.name), one.name) for one in fields(value)}
        return [walk(one) for one in value] if isinstance(value, tuple) else value

    said = ("totals", "events", "estimates", "scope", "completion", "intent", "source_of_dose")
    return {name: walk(getattr(report, name)) for name in said if hasattr(report, name)}


def _days(stated: str) -> int:
    return date(int(stated[:4]), int(stated[4:6]), int(stated[6:])).toordinal()


def _code(value: str, scheme: str) -> dict[str, object]:
    return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": "Muster"}


def _region(value: str, scheme: str) -> dict[str, object]:
    return {
        "RelationshipType": "CONTAINS",
        "ValueType": "CODE",
        "ConceptNameCodeSequence": [_code("123014", "DCM")],
        "ConceptCodeSequence": [_code(value, scheme)],
    }


def test_what_cannot_be_written_is_told_as_what_cannot_be_deidentified(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwritable(_dataset: Dataset) -> bytes:
        raise ValueError("Muster^Mara")

    monkeypatch.setattr(document, "to_part10", unwritable)
    with pytest.raises(NotDeidentifiableError, match=r"cannot be written as a DICOM file \(ValueError\)$"):
        clean(ct())
