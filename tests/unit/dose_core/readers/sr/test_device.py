"""Tests of dose_core.readers.sr.device: the report's maker is not always the device that irradiated."""

from pydicom.sr.codedict import codes

from dose_core.model import DeviceStated
from dose_core.own import OUR_MANUFACTURER
from dose_core.readers.registry import read_dose
from tests.builders.ct_rdsr import acquisition, ct_rdsr_bytes
from tests.builders.sr import Concept, Item, code, text

MANUFACTURER: Concept = ("113878", "DCM", "Device Manufacturer")
MODEL: Concept = ("113879", "DCM", "Device Model Name")
SERIAL: Concept = ("113880", "DCM", "Device Serial Number")
NAME: Concept = ("113877", "DCM", "Device Name")


def participant(*properties: Item, role: Concept = codes.DCM.IrradiatingDevice) -> Item:
    return code(codes.DCM.DeviceRoleInProcedure, role, *properties)


def observer(manufacturer: str, serial: str, role: Concept) -> list[Item]:
    context = {"relationship": "HAS OBS CONTEXT"}
    return [
        code(codes.DCM.ObserverType, codes.DCM.Device, **context),
        text(codes.DCM.DeviceObserverName, f"{manufacturer}-ROOM", **context),
        text(codes.DCM.DeviceObserverManufacturer, manufacturer, **context),
        text(codes.DCM.DeviceObserverSerialNumber, serial, **context),
        code(codes.DCM.DeviceRoleInProcedure, role, **context),
    ]


class TestIrradiatingDevice:
    def test_is_the_equipment_of_the_header_where_the_tree_is_silent(self) -> None:
        assert read_dose(ct_rdsr_bytes(acquisition())).device.serial_number == "SN1"

    def test_is_that_of_the_tree_where_both_differ(self) -> None:
        device = read_dose(
            ct_rdsr_bytes(acquisition(participant(text(MANUFACTURER, "OTHER"), text(MODEL, "CT9"), text(SERIAL, "77"))))
        ).device

        assert device == DeviceStated(
            manufacturer="OTHER", model="CT9", serial_number="77", institution="Hilltop Hospital"
        )

    def test_keeps_station_and_software_of_the_same_model(self) -> None:
        device = read_dose(
            ct_rdsr_bytes(acquisition(participant(text(MANUFACTURER, "Acme"), text(SERIAL, "77"))))
        ).device

        assert (device.manufacturer, device.model, device.serial_number) == ("Acme", "CT1", "77")
        assert (device.station_name, device.software_versions) == ("CTROOM1", ("V1", "V2"))

    def test_is_no_device_in_another_role(self) -> None:
        recording = participant(text(MANUFACTURER, "RECORDER"), role=codes.DCM.Recording)

        assert read_dose(ct_rdsr_bytes(acquisition(recording))).device.manufacturer == "ACME"

    def test_may_be_an_observer_in_that_role(self) -> None:
        content = [
            *observer("RECORDER", "1", codes.DCM.Recording),
            *observer("SCANNER", "2", codes.DCM.IrradiatingDevice),
        ]

        device = read_dose(ct_rdsr_bytes(*content, acquisition())).device

        assert (device.manufacturer, device.serial_number, device.station_name) == ("SCANNER", "2", "SCANNER-ROOM")

    def test_is_named_as_doubtful_when_there_are_several(self) -> None:
        report = read_dose(
            ct_rdsr_bytes(
                acquisition(participant(text(SERIAL, "1")), uid="2.25.1"),
                acquisition(participant(text(SERIAL, "2")), uid="2.25.2"),
            )
        )

        assert report.device.serial_number == "1"
        assert [warning.problem for warning in report.warnings] == ["several devices are named; the first one is used"]


class TestOurOwnReports:
    def test_are_known_and_name_the_scanner(self) -> None:
        report = read_dose(
            ct_rdsr_bytes(
                acquisition(
                    participant(
                        text(NAME, "CTROOM2"), text(MANUFACTURER, "ACME"), text(MODEL, "CT2"), text(SERIAL, "SN2")
                    )
                ),
                Manufacturer=OUR_MANUFACTURER,
                ManufacturerModelName=OUR_MANUFACTURER,
                StationName="service",
            )
        )

        assert report.our_own
        assert (report.device.manufacturer, report.device.model) == ("ACME", "CT2")
        assert (report.device.station_name, report.device.serial_number) == ("CTROOM2", "SN2")

    def test_are_not_those_of_a_scanner(self) -> None:
        assert not read_dose(ct_rdsr_bytes(acquisition())).our_own
