"""Tests of dose_core.readers.ct.rdsr and ct_event: what a report states, by the template."""

from datetime import UTC, datetime

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import (
    AcquisitionType,
    Code,
    CtReport,
    CtTotals,
    DlpSubTotal,
    OtherId,
    ReadWarning,
    StatedValue,
    XRaySource,
)
from tests.builders.ct_rdsr import (
    BODY,
    HEAD,
    accumulated,
    acquisition,
    body_phantom,
    chest_ct_report_bytes,
    ct_dose,
    ct_rdsr_bytes,
    dlp_total,
    dose,
    irradiated,
    sub_total,
)
from tests.builders.sr import Concept, code, num, person
from tests.support.read_as import read_as


class TestWholeReport:
    def test_states_patient_device_and_study_of_the_header(self) -> None:
        report = read_as(CtReport, chest_ct_report_bytes())

        assert (report.patient.id, report.patient.issuer, report.patient.name) == ("P-1", "HILLTOP", "Muster^Mara")
        assert (report.patient.size_cm, report.patient.weight_kg) == (165.0, 62.5)
        assert (report.device.manufacturer, report.device.model) == ("ACME", "CT1")
        assert report.device.software_versions == ("V1", "V2")
        assert report.accession_number == "ACC-1"
        assert report.completion == "COMPLETE"
        assert report.intent == "Diagnostic Intent"
        assert report.warnings == ()

    def test_states_every_parameter_of_an_event(self) -> None:
        (event,) = read_as(CtReport, chest_ct_report_bytes()).events

        assert event.event_uid == "2.25.2001"
        assert event.acquisition_type is AcquisitionType.SPIRAL
        assert event.protocol == "Thorax"
        assert event.target_region == Code(value="51185008", scheme="SCT", meaning="Chest")
        assert (event.ctdi_vol_mgy, event.dlp_mgy_cm, event.phantom_diameter_mm) == (5.0, 150.0, 320)
        assert (event.exposure_time_s, event.scanning_length_mm) == (5.2, 300.0)
        assert (event.total_collimation_mm, event.pitch) == (38.4, 1.2)
        assert event.sources == (XRaySource(kv=120.0, ma_mean=180.0, ma_max=300.0, rotation_time_s=0.5),)

    def test_keeps_where_each_value_stood(self) -> None:
        stated = read_as(CtReport, chest_ct_report_bytes()).stated

        assert StatedValue(field="totals.dlp_mgy_cm", path="1.4.2", text="150", unit="mGy.cm") in stated
        assert StatedValue(field="events[0].sources[0].kv", path="1.5.5.6.1", text="120", unit="kV") in stated


class TestDose:
    @pytest.mark.parametrize(
        ("stated", "unit", "expected_mgy_cm"),
        [
            pytest.param("708.2", "mGy.cm", 708.2, id="current spelling"),
            pytest.param("708.2", "mGycm", 708.2, id="spelling before 2013"),
            pytest.param("0.7082", "Gy.cm", 708.2, id="other scale"),
        ],
    )
    def test_returns_dlp_in_mgy_cm(self, stated: str, unit: str, expected_mgy_cm: float) -> None:
        report = read_as(
            CtReport, ct_rdsr_bytes(acquisition(ct_dose(num(codes.DCM.DLP, stated, unit), body_phantom())))
        )

        assert report.events[0].dlp_mgy_cm == pytest.approx(expected_mgy_cm)
        assert report.warnings == ()

    def test_leaves_absent_values_none(self) -> None:
        """Absent is not zero: a scout view without CTDIvol must not lower a mean."""
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(), accumulated()))

        assert report.events[0].ctdi_vol_mgy is None
        assert report.totals == CtTotals()
        assert report.warnings == ()

    def test_takes_an_empty_measurement_for_not_stated(self) -> None:
        report = read_as(
            CtReport,
            ct_rdsr_bytes(acquisition(ct_dose(num(codes.DCM.DLP, None, None), num(codes.DCM.MeanCtdivol, "", "mGy")))),
        )

        assert (report.events[0].dlp_mgy_cm, report.events[0].ctdi_vol_mgy) == (None, None)
        assert report.warnings == ()

    @pytest.mark.parametrize(
        ("stated", "unit", "problem"),
        [
            ("5", "rad.cm", "no conversion from 'rad.cm' to 'mGy.cm'"),
            ("-5", "mGy.cm", "-5.0 is not a dose"),
            ("NaN", "mGy.cm", "is not a finite number"),
            ("1e400", "mGy.cm", "is not a finite number"),
            ("five", "mGy.cm", "is not a finite number"),
            ("5\\6", "mGy.cm", "holds several values"),
        ],
    )
    def test_names_a_value_it_cannot_use(self, stated: str, unit: str, problem: str) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(ct_dose(num(codes.DCM.DLP, stated, unit)))))

        assert report.events[0].dlp_mgy_cm is None
        assert report.warnings == (ReadWarning(path="1.2.3.1", concept="DLP", problem=problem),)

    def test_takes_the_standard_unit_where_none_is_stated_and_says_so(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(ct_dose(num(codes.DCM.DLP, "5", None), body_phantom()))))

        assert report.events[0].dlp_mgy_cm == 5.0
        assert [warning.problem for warning in report.warnings] == ["no unit is stated; read as mGy.cm"]

    def test_says_so_when_one_concept_has_two_values(self) -> None:
        report = read_as(
            CtReport,
            ct_rdsr_bytes(
                acquisition(
                    ct_dose(num(codes.DCM.DLP, "5", "mGy.cm"), num(codes.DCM.DLP, "6", "mGy.cm"), body_phantom())
                )
            ),
        )

        assert report.events[0].dlp_mgy_cm == 5.0
        assert [warning.problem for warning in report.warnings] == ["stands 2 times with different values"]

    @pytest.mark.parametrize(("phantom", "diameter_mm"), [(HEAD, 160), (BODY, 320)])
    def test_returns_the_diameter_of_the_phantom(self, phantom: Concept, diameter_mm: int) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(dose(phantom=phantom))))

        assert report.events[0].phantom_diameter_mm == diameter_mm
        assert report.warnings == ()

    def test_names_a_phantom_without_a_known_diameter(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(dose(phantom=codes.DCM.ACRAccreditationPhantomCT))))

        assert report.events[0].phantom_diameter_mm is None
        assert [warning.problem for warning in report.warnings] == ["no diameter is known for phantom 113682 of DCM"]

    def test_takes_no_number_that_ends_in_infinity_in_our_unit(self) -> None:
        """No JSON can hold it, so that the whole report would be refused for it."""
        report = read_as(CtReport, ct_rdsr_bytes(accumulated(dlp_total("1e308", unit="Gy.cm"))))

        assert report.totals.dlp_mgy_cm is None
        assert [warning.problem for warning in report.warnings] == ["is not a finite number"]

    def test_keeps_the_sub_totals_per_phantom(self) -> None:
        """TID 10012, row 3a: a total over head and body phantoms is no dose that compares."""
        content = accumulated(dlp_total("150"), sub_total("100", HEAD), sub_total("50", BODY))

        totals = read_as(CtReport, ct_rdsr_bytes(content)).totals

        assert totals.dlp_sub_totals == (
            DlpSubTotal(phantom_diameter_mm=160, dlp_mgy_cm=100.0),
            DlpSubTotal(phantom_diameter_mm=320, dlp_mgy_cm=50.0),
        )


class TestCodes:
    @pytest.mark.parametrize(
        "spiral",
        [
            ("116152004", "SCT", "Spiral Acquisition"),
            ("P5-08001", "SRT", "Spiral Acquisition"),
            ("P5-08001", "SNM3", "Helical"),
            ("C0860888", "UMLS", "Spiral"),
        ],
    )
    def test_one_concept_is_known_in_all_its_codings(self, spiral: Concept) -> None:
        assert (
            read_as(CtReport, ct_rdsr_bytes(acquisition(kind=spiral))).events[0].acquisition_type
            is AcquisitionType.SPIRAL
        )

    def test_a_meaning_alone_is_the_last_resort_and_is_named(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(kind=("113805", "99LOCAL", "Constant Angle Acquisition"))))

        assert report.events[0].acquisition_type is AcquisitionType.CONSTANT_ANGLE
        assert [warning.problem for warning in report.warnings] == [
            "code '113805' of '99LOCAL' is known by its meaning only"
        ]

    def test_neither_code_nor_meaning_known_names_nothing(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(kind=("113805", "99LOCAL", "Wobbling"))))

        assert report.events[0].acquisition_type is None
        assert [warning.problem for warning in report.warnings] == ["code '113805' of '99LOCAL' is unknown"]

    def test_a_target_region_without_a_value_is_not_stated(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(code(codes.DCM.TargetRegion, None))))

        assert report.events[0].target_region is None
        assert report.warnings == ()


class TestTimes:
    def test_are_naive_without_an_offset(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(*irradiated()))

        assert report.started_at == datetime(2026, 3, 1, 10, 16)  # noqa: DTZ001 - naive is the point
        assert report.ended_at == datetime(2026, 3, 1, 10, 17)  # noqa: DTZ001 - naive is the point

    def test_take_the_offset_of_the_object(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(*irradiated(), TimezoneOffsetFromUTC="+0100"))

        assert report.started_at == datetime(2026, 3, 1, 9, 16, tzinfo=UTC)
        assert report.timezone_offset == "+0100"

    def test_stay_local_under_a_malformed_offset(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(*irradiated(), TimezoneOffsetFromUTC="UTC-04:00"))

        assert report.started_at == datetime(2026, 3, 1, 10, 16)  # noqa: DTZ001 - naive is the point
        assert [warning.problem for warning in report.warnings] == ["malformed; times stay local"]

    def test_an_impossible_time_is_named(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(*irradiated(start="20260301256199")))

        assert report.started_at is None
        assert [warning.problem for warning in report.warnings] == ["is not a date with a time of day (DT)"]


class TestHeader:
    def test_placeholders_are_no_birth_dates(self) -> None:
        for placeholder in ("0", "18991230", "20240231"):
            report = read_as(CtReport, ct_rdsr_bytes(PatientBirthDate=placeholder))

            assert report.patient.birth_date is None
            assert [warning.problem for warning in report.warnings] == ["is no date of birth"]

    def test_no_warning_quotes_the_patient(self) -> None:
        report = read_as(
            CtReport,
            ct_rdsr_bytes(PatientBirthDate="19700231", PatientName="Geheim^Gerda" * 400, PatientID="SECRET" * 100),
        )

        assert len(report.warnings) == 3
        assert not any(word in str(report.warnings) for word in ("Geheim", "SECRET", "1970"))

    def test_a_height_in_cm_instead_of_m_is_no_height(self) -> None:
        assert read_as(CtReport, ct_rdsr_bytes(PatientSize="165")).patient.size_cm is None

    def test_holds_the_other_identifiers_that_name_their_issuer(self) -> None:
        others = [
            {"PatientID": "OTHER-1", "IssuerOfPatientID": "VALLEY"},
            {"PatientID": "OTHER-2"},
            {"IssuerOfPatientID": "VALLEY"},
            {"PatientID": "OTHER-1", "IssuerOfPatientID": "VALLEY", "TypeOfPatientID": "TEXT"},
            {},
        ]
        report = read_as(CtReport, ct_rdsr_bytes(OtherPatientIDsSequence=others))

        assert report.patient.other_ids == (OtherId(id="OTHER-1", issuer="VALLEY"),)

    def test_is_read_with_damaged_other_identifiers_too(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(OtherPatientIDsSequence=b"\xfe\xff\x00\xe0\xff\x00\x00\x00A "))

        assert (report.patient.id, report.patient.other_ids) == ("P-1", ())

    def test_names_those_who_authorised_the_irradiation(self) -> None:
        authorizing = person(
            codes.DCM.PersonName, "Arzt^Anna", code(codes.DCM.PersonRoleInProcedure, codes.DCM.IrradiationAuthorizing)
        )
        administering = person(
            codes.DCM.PersonName, "MTR^Max", code(codes.DCM.PersonRoleInProcedure, codes.DCM.IrradiationAdministering)
        )

        report = read_as(CtReport, ct_rdsr_bytes(authorizing, administering, ReferringPhysicianName="Haus^Hanna"))

        assert report.physicians == ("Haus^Hanna", "Arzt^Anna")

    def test_a_name_of_delimiters_alone_names_no_physician(self) -> None:
        """Siemens Symbia writes "^" for one that it does not know."""
        report = read_as(CtReport, ct_rdsr_bytes(ReferringPhysicianName="Haus^Hanna", PerformingPhysicianName="^"))

        assert report.physicians == ("Haus^Hanna",)

    def test_scope_and_source_carry_the_words_of_the_standard(self) -> None:
        report = read_as(
            CtReport,
            ct_rdsr_bytes(
                code(codes.DCM.ScopeOfAccumulation, ("113014", "DCM", "STUDY")),
                code(codes.DCM.SourceOfDoseInformation, ("113856", "DCM", "automated")),
            ),
        )

        assert report.scope == "Study"
        assert report.source_of_dose == ("Automated Data Collection",)

    def test_a_copy_without_identity_says_so(self) -> None:
        assert read_as(CtReport, ct_rdsr_bytes(PatientIdentityRemoved="YES")).patient_identity_removed
        assert not read_as(CtReport, ct_rdsr_bytes()).patient_identity_removed
