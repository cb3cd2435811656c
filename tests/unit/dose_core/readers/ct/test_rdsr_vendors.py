"""What CT devices write beside or against the template, each by its vendor. Source: reports of real devices."""

from datetime import datetime

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import AcquisitionType, BodyThickness, Code, CtReport
from tests.builders.ct_rdsr import (
    BODY,
    HEAD,
    accumulated,
    acquisition,
    chest_ct,
    ct_dose,
    ct_rdsr,
    ct_rdsr_bytes,
    dlp_total,
    dose,
    irradiated,
    parameters,
    scan_of,
    source,
)
from tests.builders.dicom import part10
from tests.builders.sr import Concept, Item, code, coded, container, num, person, text
from tests.support.read_as import read_as

SPIRAL_SCT: Concept = ("116152004", "SCT", "Spiral Acquisition")
CONSTANT_ANGLE: Concept = ("113805", "DCM", "Constant Angle Acquisition")
ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"


def toshiba(number: str, meaning: str) -> Concept:
    """Return a private concept of Toshiba."""
    return (number, "99TOSHIBA-TMSC", meaning)


class TestAnyVendor:
    def test_a_meaning_that_varies_changes_nothing(self) -> None:
        """Toshiba and Spectrum Dynamics: 'Identification Number of ...', 'X-ray', 'CTDIVol'."""
        event = acquisition(
            parameters(num(("113823", "DCM", "Number Of X-ray Sources"), "1", "{X-ray sources}"), source()),
            ct_dose(
                num(("113830", "DCM", "mean CTDIVol"), "5", "mGy"),
                code(("113835", "DCM", "Phantom"), BODY),
                num(("113838", "DCM", "Dose"), "150", "mGycm"),
            ),
        )

        report = read_as(CtReport, ct_rdsr_bytes(event))

        assert (report.events[0].ctdi_vol_mgy, report.events[0].dlp_mgy_cm) == (5.0, 150.0)
        assert report.warnings == ()

    def test_a_wrong_code_with_the_right_meaning_is_read_and_named(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(ct_dose(num(("113888", "DCM", "DLP"), "150", "mGy.cm")))))

        assert report.events[0].dlp_mgy_cm == 150.0
        assert "code '113888' of 'DCM' is known by its meaning only" in [w.problem for w in report.warnings]

    def test_codes_longer_than_16_characters_are_kept(self) -> None:
        """SNOMED CT has some of 18 digits, which stand in Long Code Value."""
        region = code(codes.DCM.TargetRegion, None)
        region["ConceptCodeSequence"] = [
            {"LongCodeValue": "123456781000154104", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Some region"}
        ]

        (event,) = read_as(CtReport, ct_rdsr_bytes(acquisition(region))).events

        assert event.target_region == Code(value="123456781000154104", scheme="SCT", meaning="Some region")

    def test_an_item_without_its_value_is_not_stated(self) -> None:
        protocol = text(codes.DCM.AcquisitionProtocol, "")
        del protocol["TextValue"]
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(protocol, person(codes.DCM.PersonName, ""))))

        assert report.events[0].protocol is None
        assert report.warnings == ()

    def test_a_numeric_value_with_several_numbers_is_not_guessed(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(parameters(source(kv="80\\140")))))

        assert report.events[0].sources[0].kv is None
        assert [warning.problem for warning in report.warnings] == ["holds several values"]

    def test_the_retired_code_of_exposure_time_is_read(self) -> None:
        retired: Concept = ("113735", "DCM", "Exposure Time")

        (event,) = read_as(CtReport, ct_rdsr_bytes(acquisition(parameters(num(retired, "1500", "ms"))))).events

        assert event.exposure_time_s == 1.5

    def test_content_tells_the_kind_where_no_template_and_no_procedure_is_named(self) -> None:
        report = read_as(CtReport, part10(ct_rdsr(ContentSequence=[chest_ct()])))

        assert len(report.events) == 1

    @pytest.mark.parametrize("flag", ["PARTIAL", "COMPLETE", ""])
    def test_a_partial_report_is_read(self, flag: str) -> None:
        """Siemens and Canon write PARTIAL on final reports."""
        assert read_as(CtReport, ct_rdsr_bytes(chest_ct(), CompletionFlag=flag)).completion == (flag or None)

    def test_a_report_about_all_so_far_says_so(self) -> None:
        """Siemens sends one after each acquisition, with all events up to then; the ledger merges them by event."""
        so_far = code(codes.DCM.ScopeOfAccumulation, ("113970", "DCM", "to this point"))

        report = read_as(CtReport, ct_rdsr_bytes(so_far, chest_ct("2.25.1"), chest_ct("2.25.2")))

        assert report.scope == "Procedure Step To This Point"
        assert [event.event_uid for event in report.events] == ["2.25.1", "2.25.2"]

    def test_where_no_study_time_is_stated_the_content_time_tells_when(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(chest_ct(), StudyDate=None, StudyTime=None))

        assert report.study_started_at == report.content_at == datetime(2026, 3, 1, 10, 20)  # noqa: DTZ001 - no offset is stated

    def test_a_text_too_long_for_its_vr_is_kept_whole(self) -> None:
        """SH holds 16 characters and station names have more."""
        station = "CT-ROOM-ON-THE-SECOND-FLOOR"

        assert read_as(CtReport, ct_rdsr_bytes(StationName=station)).device.station_name == station

    def test_negative_table_positions_are_positions(self) -> None:
        z = parameters(
            num(codes.DCM.TopZLocationOfScanningLength, "-12.5", "mm"),
            num(codes.DCM.BottomZLocationOfScanningLength, "-312.5", "mm"),
        )

        (event,) = read_as(CtReport, ct_rdsr_bytes(acquisition(z))).events

        assert (event.z_start_mm, event.z_end_mm) == (-12.5, -312.5)


class TestSiemens:
    def test_states_the_modulation_in_a_comment(self) -> None:
        comment = "Internal technical scan parameters: Body Size = Adult, X-ray Modulation Type = XYZ_EC"

        (event,) = read_as(CtReport, ct_rdsr_bytes(acquisition(text(codes.DCM.Comment, comment)))).events

        assert (event.modulation, event.comment) == ("XYZ_EC", comment)

    def test_the_item_of_the_template_wins_over_the_comment(self) -> None:
        event = acquisition(
            text(codes.DCM.Comment, "X-ray Modulation Type = OFF"), text(codes.DCM.XRayModulationType, "ANGULAR")
        )

        assert read_as(CtReport, ct_rdsr_bytes(event)).events[0].modulation == "ANGULAR"

    def test_flash_states_two_sources_in_order_and_their_sum_as_ctdi(self) -> None:
        tubes = [source(kv="80", rotation_s="0.238"), source(kv="140", rotation_s="0.151")]

        (event,) = read_as(CtReport, ct_rdsr_bytes(acquisition(parameters(*tubes), dose(ctdi_mgy="9")))).events

        assert [(tube.kv, tube.rotation_time_s) for tube in event.sources] == [(80.0, 0.238), (140.0, 0.151)]
        assert event.ctdi_vol_mgy == 9.0

    def test_intevo_names_the_tube_current_wrongly(self) -> None:
        wrong = container(codes.DCM.CTXRaySourceParameters, num(("113734", "DCM", "Mean dose"), "35", "mA"))

        report = read_as(CtReport, ct_rdsr_bytes(acquisition(parameters(wrong))))

        assert report.events[0].sources[0].ma_mean == 35.0
        assert report.warnings == ()


class TestGe:
    def test_enhanced_sr_with_the_title_of_a_dose_report_is_one(self) -> None:
        assert len(read_as(CtReport, ct_rdsr_bytes(chest_ct(), SOPClassUID=ENHANCED_SR)).events) == 1

    def test_a_scout_has_no_ct_dose_and_its_length_as_collimation(self) -> None:
        scout = acquisition(
            code(codes.DCM.TargetRegion, ("00001", "99GEMS", "Unknown")),
            scan_of("560", num(codes.DCM.NominalTotalCollimationWidth, "560", "mm")),
            kind=CONSTANT_ANGLE,
        )

        report = read_as(CtReport, ct_rdsr_bytes(scout))

        (event,) = report.events
        assert event.acquisition_type is AcquisitionType.CONSTANT_ANGLE
        assert (event.ctdi_vol_mgy, event.dlp_mgy_cm, event.phantom_diameter_mm) == (None, None, None)
        assert event.total_collimation_mm == 560.0
        assert event.target_region == Code(value="00001", scheme="99GEMS", meaning="Unknown")
        assert report.warnings == ()

    def test_adds_head_and_body_phantom_into_one_total(self) -> None:
        head = acquisition(dose("50", "100", HEAD), uid="2.25.1")
        body = acquisition(dose("5", "150", BODY), uid="2.25.2")

        report = read_as(CtReport, ct_rdsr_bytes(accumulated(dlp_total("250")), head, body))

        assert report.totals.dlp_mgy_cm == 250.0
        assert [warning.problem for warning in report.warnings] == ["several phantoms in one total: 160 and 320 mm"]

    def test_procedure_reported_may_lack_its_intent(self) -> None:
        procedure = code(codes.DCM.ProcedureReported, ("P5-08000", "SRT", "CT"), relationship="HAS CONCEPT MOD")

        report = read_as(CtReport, part10(ct_rdsr(ContentSequence=[procedure, chest_ct()])))

        assert (report.intent, len(report.events)) == (None, 1)

    def test_a_misspelt_unit_scheme_changes_no_unit(self) -> None:
        dlp = num(codes.DCM.DLP, "150", "mGy.cm")
        dlp["MeasuredValueSequence"][0]["MeasurementUnitsCodeSequence"] = [coded(("mGy.cm", "UCM", "mGy.cm"))]

        (event,) = read_as(CtReport, ct_rdsr_bytes(acquisition(ct_dose(dlp)))).events

        assert event.dlp_mgy_cm == 150.0


class TestPhilips:
    def test_big_bore_states_an_impossible_exposure_time(self) -> None:
        """4D CT: 11912 s for a scan of about 105 s."""
        event = acquisition(
            scan_of(
                "212",
                num(codes.DCM.ExposureTime, "11912", "s"),
                num(codes.DCM.NominalTotalCollimationWidth, "24", "mm"),
                num(codes.DCM.PitchFactor, "0.042", "{ratio}"),
                source(rotation_s="0.5"),
            )
        )

        report = read_as(CtReport, ct_rdsr_bytes(event))

        assert report.events[0].exposure_time_s == 11912.0
        assert [warning.problem for warning in report.warnings] == [
            "11912 s are stated, length and pitch give about 105 s"
        ]

    def test_big_bore_has_an_empty_target_region_and_no_birth_date(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(code(codes.DCM.TargetRegion, None)), PatientBirthDate="0"))

        assert (report.events[0].target_region, report.patient.birth_date) == (None, None)
        assert [warning.problem for warning in report.warnings] == ["is no date of birth"]

    def test_ingenuity_states_the_dose_of_a_surview(self) -> None:
        """It stays a localizer, so that statistics of a protocol can leave it out."""
        surview = acquisition(text(codes.DCM.AcquisitionProtocol, "Surview"), dose("0.1", "4"), kind=CONSTANT_ANGLE)

        (event,) = read_as(CtReport, ct_rdsr_bytes(surview)).events

        assert event.acquisition_type is AcquisitionType.CONSTANT_ANGLE
        assert (event.ctdi_vol_mgy, event.dlp_mgy_cm) == (0.1, 4.0)


class TestToshiba:
    REDUCTION = toshiba("99TOST000A-0099", "Dose Reduce Parameters")  # the number is invented; the meaning is not

    def test_vhp_states_two_numbers_with_a_slash_where_one_belongs(self) -> None:
        spread = num(toshiba("99TOST000A-0098", "Standard deviation of population"), "10.0/12.5", "1")

        report = read_as(CtReport, ct_rdsr_bytes(acquisition(container(self.REDUCTION, spread), dose())))

        assert report.events[0].dlp_mgy_cm == 150.0
        assert report.warnings == ()

    @pytest.mark.parametrize(
        "item",
        [
            text(toshiba("99TOST000A-0097", "Modulation type"), "XYZ"),
            code(toshiba("99TOST000A-0097", "Modulation"), toshiba("M1", "XYZ")),
        ],
    )
    def test_states_the_modulation_in_dose_reduce_parameters(self, item: Item) -> None:
        event = acquisition(container(self.REDUCTION, item))

        assert read_as(CtReport, ct_rdsr_bytes(event)).events[0].modulation == "XYZ"

    def test_states_the_body_thickness_beside_the_template(self) -> None:
        body = container(
            toshiba("99TOST000A-0001", "Patient Body Parameters"),
            num(toshiba("99TOST000A-0002", "Body Thickness Mean"), "231.5", "mm"),
            num(toshiba("99TOST000A-0003", "Body Thickness Min"), "18", "cm"),
            num(toshiba("99TOST000A-0004", "Body Thickness Max"), None, None),
            text(toshiba("99TOST000A-0005", "Total Number of Images"), "1668"),
        )

        report = read_as(CtReport, ct_rdsr_bytes(chest_ct(), body))

        assert report.body_thickness == BodyThickness(mean_mm=231.5, min_mm=180.0)
        assert report.warnings == ()

    def test_body_parameters_without_thickness_state_none(self) -> None:
        body = container(toshiba("99TOST000A-0001", "Patient Body Parameters"))

        assert read_as(CtReport, ct_rdsr_bytes(body)).body_thickness is None


class TestSpectrumDynamics:
    def test_veriton_scans_freely(self) -> None:
        event = acquisition(dose(), kind=("113807", "DCM", "Free"))

        report = read_as(CtReport, ct_rdsr_bytes(event))

        assert report.events[0].acquisition_type is AcquisitionType.FREE
        assert report.warnings == ()

    def test_veriton_gives_several_codes_where_one_belongs(self) -> None:
        event = acquisition(dose(), kind=None)
        kinds = code(codes.DCM.CTAcquisitionType, SPIRAL_SCT)
        kinds["ConceptCodeSequence"].append(coded(("113807", "DCM", "Free Acquisition")))
        kinds["ConceptNameCodeSequence"].append(coded(("X", "99ACME", "another name")))
        event["ContentSequence"].append(kinds)

        report = read_as(CtReport, ct_rdsr_bytes(event))

        assert report.events[0].acquisition_type is AcquisitionType.SPIRAL


class TestPixelMed:
    def test_events_without_source_parameters_are_events(self) -> None:
        language = code(("121049", "DCM", "Language"), ("en", "RFC5646", "English"), relationship="HAS CONCEPT MOD")
        event = acquisition(scan_of("78.64"), dose("60.41", "475.04", HEAD))

        report = read_as(CtReport, ct_rdsr_bytes(language, *irradiated(), event, TimezoneOffsetFromUTC="+0000"))

        assert report.events[0].sources == ()
        assert report.events[0].dlp_mgy_cm == 475.04
        assert report.started_at is not None
        assert report.started_at.tzinfo is not None
        assert report.warnings == ()
