"""Tests of dose_core.readers.projection.image_vendors, each named after the device and what it writes."""

import pytest

from dose_core.model import ProjectionReport
from dose_core.readers.registry import read_dose
from tests.builders.projection_image import (
    code_item,
    dx_bytes,
)
from tests.support.projection import problems, the_event
from tests.support.read_as import read_as


class TestExposureIndex:
    @pytest.mark.parametrize(
        ("elements", "index", "scale"),
        [
            pytest.param({"ExposureIndex": "286.8", "RelativeXRayExposure": "5"}, 286.8, "iec", id="IEC first"),
            pytest.param(
                {"Manufacturer": "KODAK", "RelativeXRayExposure": "1460"}, 1460.0, "Carestream EI", id="Kodak"
            ),
            pytest.param(
                {"Manufacturer": "SIEMENS", "RelativeXRayExposure": "287"}, 287.0, "Siemens EXI", id="Siemens"
            ),
            pytest.param({"Manufacturer": "Canon Inc.", "RelativeXRayExposure": "300"}, 300.0, "Canon REX", id="Canon"),
            pytest.param({"Manufacturer": "Agfa", "RelativeXRayExposure": "2"}, 2.0, "Agfa lgM", id="Agfa"),
            pytest.param({"Manufacturer": "Philips", "RelativeXRayExposure": "400"}, 400.0, "Philips EI", id="Philips"),
            pytest.param({"Manufacturer": "Swissray", "RelativeXRayExposure": "3"}, 3.0, "Swissray DI", id="Swissray"),
            pytest.param({"Manufacturer": "FUJIFILM Corporation", "Sensitivity": "136"}, 136.0, "Fuji S", id="Fuji"),
            pytest.param({"Manufacturer": "KONICA MINOLTA", "Sensitivity": "200"}, 200.0, "Konica S", id="Konica"),
            pytest.param({"RelativeXRayExposure": "7"}, 7.0, "relative x-ray exposure", id="any other"),
            pytest.param({"Manufacturer": "SIEMENS", "Sensitivity": "400"}, None, None, id="speed class"),
        ],
    )
    def test_keeps_the_scale_of_its_maker(
        self, elements: dict[str, object], index: float | None, scale: str | None
    ) -> None:
        event = the_event(dx_bytes(**elements))

        assert (event.exposure_index, event.exposure_index_scale) == (index, scale)

    def test_states_target_and_deviation_beside_it(self) -> None:
        event = the_event(dx_bytes(ExposureIndex="51.7", TargetExposureIndex="438.5", DeviationIndex="-9.3"))

        assert (event.target_exposure_index, event.deviation_index) == (438.5, -9.3)

    def test_keeps_the_sensitivity_of_any_maker(self) -> None:
        assert the_event(dx_bytes(Sensitivity="97.2")).sensitivity == 97.2


class TestVendorQuirks:
    def test_kodak_dr7500_states_the_distance_in_dm(self) -> None:
        dicom = dx_bytes(Manufacturer="KODAK", ManufacturerModelName="DR 7500", DistanceSourceToDetector="11.5")

        assert the_event(dicom).source_to_detector_mm == 1150.0
        assert problems(dicom) == [
            ("DistanceSourceToDetector", "11.5 can be no distance in mm; this device states dm"),
        ]

    def test_kodak_dr7500_with_a_distance_in_mm_is_left_alone(self) -> None:
        event = the_event(
            dx_bytes(Manufacturer="KODAK", ManufacturerModelName="DR 7500", DistanceSourceToDetector="1150")
        )

        assert event.source_to_detector_mm == 1150.0

    @pytest.mark.parametrize(
        ("maker", "model"), [("Carestream Health", "DRX-Revolution"), ("Canon Inc.", "CXDI Control Software NE")]
    )
    def test_carestream_drx_revolution_and_canon_cxdi_request_in_the_study_description(
        self, maker: str, model: str
    ) -> None:
        named = {"Manufacturer": maker, "ManufacturerModelName": model, "StudyDescription": "XR Chest mobile"}

        assert read_dose(dx_bytes(**named)).requested_procedure == "XR Chest mobile"
        assert read_dose(dx_bytes(StudyDescription="XR Chest mobile")).requested_procedure is None

    def test_drgem_diamond_states_decimals_in_integer_strings(self) -> None:
        event = the_event(dx_bytes(Manufacturer="DRGEM", ExposureTime="161.3", Exposure="40.196", ExposureInuAs=None))

        assert (event.exposure_time_s, event.mas) == (0.1613, 40.196)

    def test_toshiba_radrex_names_the_protocol_in_the_image_comments(self) -> None:
        event = the_event(
            dx_bytes(
                Manufacturer="TOSHIBA_MEC", ManufacturerModelName="Radrex", ImageComments="KNEE LAT", ProtocolName=None
            )
        )

        assert event.protocol == "KNEE LAT"

    def test_fuji_go_codes_its_protocol_and_names_study_and_procedure_elsewhere(self) -> None:
        report = read_as(
            ProjectionReport,
            dx_bytes(
                Manufacturer="FUJIFILM Corporation",
                ProtocolName="RT",
                PerformedProtocolCodeSequence=code_item("0217", "99FUJI", "Chest mobile AP"),
                ProcedureCodeSequence=code_item("C1", "L", "Chest"),
                RequestedProcedureDescription="XR Chest",
            ),
        )

        assert report.events[0].protocol == "Chest mobile AP"
        assert (report.study_description, report.requested_procedure) == ("Chest", "XR Chest")

    def test_newtom_panoramic_states_no_birth_of_1899_and_no_patient_id(self) -> None:
        report = read_as(
            ProjectionReport,
            dx_bytes(
                Modality="PX",
                Manufacturer="NNT",
                PatientBirthDate="18991230",
                PatientID=None,
                ProtocolName="PANORAMIC",
                ExposureTime="6800",
            ),
        )

        assert (report.patient.birth_date, report.patient.id, report.modality) == (None, None, "PX")
        assert (report.events[0].protocol, report.events[0].exposure_time_s) == ("PANORAMIC", 6.8)

    def test_a_patient_size_as_text_is_named_and_not_used(self) -> None:
        dicom = dx_bytes(PatientSize="1.75m")

        assert read_dose(dicom).patient.size_cm is None
        assert problems(dicom) == [("PatientSize", "not a finite number")]

    def test_a_patient_name_of_several_values_is_kept_whole(self) -> None:
        assert read_dose(dx_bytes(PatientName=["Beispiel^Cara", "Muster^Cara"])).patient.name == (
            "Beispiel^Cara | Muster^Cara"
        )

    def test_a_station_name_too_long_for_its_vr_is_kept_whole(self) -> None:
        assert read_dose(dx_bytes(StationName="ROOM-5-WALLSTAND-LEFT")).device.station_name == "ROOM-5-WALLSTAND-LEFT"

    def test_request_attributes_may_be_empty_with_the_procedure_at_the_top_level(self) -> None:
        requests: list[list[object]] = [[], [{}]]
        for request in requests:
            report = read_dose(dx_bytes(RequestAttributesSequence=request, RequestedProcedureDescription="XR Chest"))

            assert report.requested_procedure == "XR Chest"
