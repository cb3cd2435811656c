"""Tests of dose_core.readers.projection.rdsr and projection_device."""

from datetime import datetime

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import Code, EventType, Filter, Kind, Plane, ProjectionReport, StatedValue
from dose_core.readers.errors import UnreadableError
from dose_core.readers.registry import read_dose
from tests.builders.projection_rdsr import (
    accumulated,
    dose,
    event,
    fluoroscopy_report_bytes,
    lying,
    observer,
    projection_rdsr_bytes,
    totals,
    whole_fluoroscopy,
)
from tests.builders.sr import Concept, Item, code, container, num, text
from tests.support.read_as import read_as

MAMMOGRAPHY: Concept = ("71651007", "SCT", "Mammography")
ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"


class TestWholeReport:
    def test_states_every_parameter_of_an_event_in_our_units(self) -> None:
        report = read_as(ProjectionReport, fluoroscopy_report_bytes())
        (fluoroscopy,) = report.events

        assert report.kind is Kind.PROJECTION_RDSR
        assert report.warnings == ()
        assert (fluoroscopy.event_uid, fluoroscopy.plane) == ("2.25.3001", Plane.SINGLE)
        assert fluoroscopy.event_type is EventType.FLUOROSCOPY
        assert (fluoroscopy.dap_gy_cm2, fluoroscopy.ka_r_mgy) == (2.0, 10.0)
        assert (fluoroscopy.kv, fluoroscopy.ma, fluoroscopy.mas) == (77.0, 95.0, 28.5)
        assert (fluoroscopy.duration_s, fluoroscopy.exposure_time_s) == (10.0, 0.3)
        assert (fluoroscopy.pulse_count, fluoroscopy.pulse_rate_per_s, fluoroscopy.pulse_width_ms) == (75, 7.5, 4.0)
        assert fluoroscopy.filters == (Filter(material="copper", min_mm=0.1, max_mm=0.1),)
        assert (fluoroscopy.primary_angle_deg, fluoroscopy.secondary_angle_deg) == (-30.0, 15.0)
        assert (fluoroscopy.source_to_isocentre_mm, fluoroscopy.source_to_detector_mm) == (785.0, 1100.0)
        assert (fluoroscopy.table_longitudinal_mm, fluoroscopy.table_lateral_mm) == (-20.0, 500.0)
        assert (fluoroscopy.table_height_mm, fluoroscopy.field_area_cm2) == (150.0, 500.0)
        assert (fluoroscopy.fluoro_mode, fluoroscopy.grid, fluoroscopy.focal_spot_mm) == ("Pulsed", "Focused grid", 0.6)
        assert fluoroscopy.patient_position == "HFS"
        assert fluoroscopy.target_region == Code(value="51185008", scheme="SCT", meaning="Chest")

    def test_keeps_where_each_value_stood(self) -> None:
        stated = read_as(ProjectionReport, fluoroscopy_report_bytes()).stated

        assert StatedValue(field="totals.planes[0].dap_gy_cm2", path="1.6.2", text="0.0002", unit="Gy.m2") in stated
        assert StatedValue(field="events[0].kv", path="1.7.16", text="77", unit="kV") in stated
        assert StatedValue(field="events[0].filters[0].max_mm", path="1.7.12.4", text="0.1", unit="mm") in stated

    def test_keeps_where_it_is_stated_how_the_patient_lay(self) -> None:
        report = read_as(ProjectionReport, projection_rdsr_bytes(event(*lying())))

        origins = {one.field: (one.path, one.text) for one in report.stated}
        assert origins["events[0].patient_orientation"] == ("1.2.6", "102538003")
        assert origins["events[0].patient_orientation_modifier"] == ("1.2.6.1", "40199007")
        assert origins["events[0].patient_table_relationship"] == ("1.2.5", "102540008")

    @pytest.mark.parametrize(
        ("content", "path"),
        [
            ([totals(), container(("1", "99LOCAL", "Events"), event(*dose()))], "1.3.1"),
            ([accumulated(num(codes.DCM.DoseAreaProductTotal, "0.0002", "Gy.m2"), event(*dose()))], "1.2.3"),
        ],
    )
    def test_reads_events_that_stand_deeper_than_in_the_template(self, content: list[Item], path: str) -> None:
        report = read_as(ProjectionReport, projection_rdsr_bytes(*content))

        assert [one.dap_gy_cm2 for one in report.events] == [2.0]
        assert [(one.path, one.problem) for one in report.warnings] == [
            (path, "stands deeper in the report than the template has it")
        ]

    def test_reads_totals_that_stand_deeper_than_in_the_template(self) -> None:
        report = read_as(
            ProjectionReport, projection_rdsr_bytes(container(("1", "99LOCAL", "Totals"), totals()), event(*dose()))
        )

        assert report.totals.dap_gy_cm2 == 2.0

    def test_leaves_absent_values_none(self) -> None:
        """Absent is not zero: an event without dose must not lower a sum that is known to be a part."""
        (bare,) = read_as(ProjectionReport, projection_rdsr_bytes(event())).events

        stated = {name for name in bare.__slots__ if getattr(bare, name) not in (None, ())}
        assert stated == {"event_uid", "started_at", "plane", "event_type"}

    def test_begins_with_its_first_event_whatever_their_order(self) -> None:
        report = read_as(
            ProjectionReport,
            projection_rdsr_bytes(event(start="20260301102000"), event(uid="2.25.3002", start="20260301101900")),
        )

        assert report.started_at == datetime(2026, 3, 1, 10, 19)  # noqa: DTZ001  no offset is stated
        assert report.ended_at is None

    def test_has_no_start_where_only_some_events_state_an_offset_from_utc(self) -> None:
        report = read_as(
            ProjectionReport,
            projection_rdsr_bytes(event(), event(uid="2.25.3002", start="20260301101900+0100")),
        )

        assert report.started_at is None
        assert [one.started_at is not None for one in report.events] == [True, True]

    def test_says_so_where_it_holds_nothing(self) -> None:
        report = read_as(ProjectionReport, projection_rdsr_bytes())

        assert [warning.problem for warning in report.warnings] == ["the report holds neither totals nor events"]

    def test_without_sop_instance_uid_is_unreadable(self) -> None:
        with pytest.raises(UnreadableError):
            read_dose(fluoroscopy_report_bytes(SOPInstanceUID=None))


class TestAcceptance:
    def test_general_title_and_content_tell_the_kind_where_there_is_neither_template_nor_procedure(self) -> None:
        """GE OEC Elite MiniView sends no Content Template Sequence (quirk A10)."""
        report = read_as(ProjectionReport, projection_rdsr_bytes(totals(), procedure=None))

        assert report.kind is Kind.PROJECTION_RDSR

    def test_general_an_enhanced_sr_with_the_title_of_a_dose_report_is_one(self) -> None:
        """The SOP Class says nothing about the content (quirk A11)."""
        assert read_as(ProjectionReport, fluoroscopy_report_bytes(SOPClassUID=ENHANCED_SR)).events

    def test_general_a_partial_report_is_read(self) -> None:
        """Siemens Zee and Canon Ultimax-i finish reports as PARTIAL (quirk A19)."""
        assert read_as(ProjectionReport, fluoroscopy_report_bytes(CompletionFlag="PARTIAL")).completion == "PARTIAL"

    def test_a_mammography_report_is_not_for_this_reader(self) -> None:
        report = read_dose(projection_rdsr_bytes(totals(), procedure=MAMMOGRAPHY))

        assert report.kind is Kind.MAMMOGRAPHY_RDSR


class TestDeviceType:
    @pytest.mark.parametrize(
        "stated",
        [
            ("113957", "DCM", "Fluoroscopy-Guided Projection Radiography System"),
            ("113958", "DCM", "Integrated Projection Radiography System"),
            ("113959", "DCM", "Cassette-based Projection Radiography System"),
        ],
    )
    def test_is_stated_in_the_words_of_the_standard(self, stated: Concept) -> None:
        """A device may serve fluoroscopy, radiography, or both; a site decides by this and the totals (quirk A15)."""
        report = read_as(ProjectionReport, projection_rdsr_bytes(code(codes.DCM.AcquisitionDeviceType, stated)))

        assert report.device_type == stated[2]

    def test_another_one_is_named(self) -> None:
        other = code(codes.DCM.AcquisitionDeviceType, ("X1", "99ACME", "Hover camera"))
        report = read_as(ProjectionReport, projection_rdsr_bytes(totals(), other))

        assert report.device_type is None
        assert [warning.problem for warning in report.warnings] == ["code 'X1' of '99ACME' is unknown"]

    def test_philips_azurion_type_without_fluoroscopy_is_contradicted_by_the_fluoroscopy_totals(self) -> None:
        stated = code(codes.DCM.AcquisitionDeviceType, codes.DCM.IntegratedProjectionRadiographySystem)
        report = read_as(ProjectionReport, projection_rdsr_bytes(stated, totals(), whole_fluoroscopy()))

        assert report.totals.planes[0].dap_gy_cm2 == 2.0
        assert [warning.problem for warning in report.warnings] == [
            "names no fluoroscopy device, and the report holds fluoroscopy"
        ]


class TestDevice:
    def test_philips_export_without_manufacturer_and_model_is_named_by_its_observer(self) -> None:
        report = read_as(
            ProjectionReport,
            projection_rdsr_bytes(
                *observer(manufacturer="Philips", model="Allura Xper"), Manufacturer="", ManufacturerModelName=""
            ),
        )

        assert (report.device.manufacturer, report.device.model) == ("Philips", "Allura Xper")
        assert report.device.station_name == "XAROOM1"

    def test_the_header_counts_where_it_states_a_device(self) -> None:
        report = read_as(ProjectionReport, projection_rdsr_bytes(*observer(manufacturer="ACME Export", model="Box")))

        assert (report.device.manufacturer, report.device.model) == ("ACME", "XA1")

    def test_ge_surgery_states_the_device_observer_uid_as_text(self) -> None:
        kind, _, *rest = observer()
        uid = text(codes.DCM.DeviceObserverUID, "2.25.7009", relationship="HAS OBS CONTEXT")

        report = read_as(ProjectionReport, projection_rdsr_bytes(kind, uid, *rest))

        assert report.device.observer_uid == "2.25.7009"

    def test_ge_oec_fluorostar_observer_uid_that_is_the_study_uid_names_no_device(self) -> None:
        report = read_as(ProjectionReport, fluoroscopy_report_bytes(StudyInstanceUID="2.25.7001"))

        assert report.device.observer_uid is None


class TestHeader:
    def test_varian_report_without_study_date_falls_back_to_the_content_time(self) -> None:
        report = read_as(ProjectionReport, fluoroscopy_report_bytes(StudyDate=None, StudyTime=None))

        assert report.study_started_at == datetime(2026, 3, 1, 10, 20)  # noqa: DTZ001  no offset is stated

    def test_general_a_report_sent_again_has_the_same_event_uids(self) -> None:
        """Cumulative reports and re-sent ones are matched by event UID (quirk A16, A17)."""
        first = read_as(ProjectionReport, fluoroscopy_report_bytes())
        again = read_as(ProjectionReport, fluoroscopy_report_bytes(SOPInstanceUID="2.25.9"))

        assert [one.event_uid for one in first.events] == [one.event_uid for one in again.events]

    def test_general_calibration_without_date_is_no_obstacle(self) -> None:
        """GMM Opera Swing and Philips Azurion (quirk A8)."""
        calibration: Item = {
            "RelationshipType": "CONTAINS",
            "ValueType": "DATETIME",
            "ConceptNameCodeSequence": [
                {"CodeValue": "113723", "CodingSchemeDesignator": "DCM", "CodeMeaning": "Calibration DateTime"}
            ],
        }
        report = read_as(
            ProjectionReport,
            projection_rdsr_bytes(totals(), event(calibration, num(codes.DCM.KVP, "80", "kV"), *dose())),
        )

        assert report.events[0].kv == 80.0
        assert report.warnings == ()
