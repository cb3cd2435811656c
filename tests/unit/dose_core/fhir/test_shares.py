"""What a dose summary is of, and what its components say. All people and machines are invented."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from dose_core.fhir.components import components_of
from dose_core.fhir.shares import SEVERAL_DEVICES, Share, shares_of
from dose_core.fhir.terms import ESTIMATE_EXTENSION, PART_EXTENSION
from dose_core.ledger.exam import Exam
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Estimated, Quantity, Total
from dose_core.model import Administration, Code, DeviceStated, MammographyEvent, ProjectionEvent
from tests.builders.exams import counted, ct_part
from tests.builders.statements import STUDY, event

ROOM_1 = DeviceStated(model="One", station_name="XA1", serial_number="1")
ROOM_2 = DeviceStated(model="Two", station_name="XA2", serial_number="2")
SCANNER = DeviceStated(model="Scanner", station_name="CT1", serial_number="3")


def total(quantity: Quantity, value: float | None, of: str | None = None, **more: Any) -> Total:  # noqa: ANN401 - fields
    basis = more.pop("basis", Basis.STATED_TOTAL if value is not None else None)
    return Total(quantity=quantity, of=of, value=value, basis=basis, source=Source.RDSR, **more)


def exam(*totals: Total, devices: tuple[DeviceStated, ...] = (ROOM_1,), **parts: Any) -> Exam:  # noqa: ANN401 - likewise
    modalities = parts.pop("modalities", ("XA",))
    return Exam(study_instance_uid=STUDY, patients=(), devices=devices, modalities=modalities, totals=totals, **parts)


def quantities(share: Share) -> dict[str, tuple[float | None, str | None]]:
    """Return value and comparator of each component by its words."""
    return {
        one["code"].get("text") or one["code"]["coding"][0]["display"]: (
            one.get("valueQuantity", {}).get("value"),
            one.get("valueQuantity", {}).get("comparator"),
        )
        for one in components_of(share)
        if "valueQuantity" in one or "dataAbsentReason" in one
    }


class TestTwoMachinesInOneStudy:
    """The products of both are 5 Gy·cm² together; nothing of that is told of either."""

    def test_have_a_summary_each_of_their_own_doses(self) -> None:
        first, second = ProjectionEvent(dap_gy_cm2=2.0), ProjectionEvent(dap_gy_cm2=3.0)
        events = (counted(first)[0], replace(counted(second)[0], device=1))
        both = exam(
            total(Quantity.DAP, 5.0),
            total(Quantity.DAP, 2.0, "@0"),
            total(Quantity.DAP, 3.0, "@1"),
            total(Quantity.KA_R, 40.0, "a@0"),
            devices=(ROOM_1, ROOM_2),
            projection=events,
        )

        one, other = shares_of(both)

        assert (one.device, other.device) == (ROOM_1, ROOM_2)
        assert quantities(one) == {"Dose Area Product Total": (2.0, None), "Dose (RP) Total, Plane A": (40.0, None)}
        assert quantities(other) == {"Dose Area Product Total": (3.0, None)}
        assert one.key != other.key
        assert one.exam.projection == events[:1]

    def test_of_ct_are_not_told_apart_so_that_none_is_named(self) -> None:
        both = exam(total(Quantity.DLP, 9.0), devices=(SCANNER, ROOM_1), modalities=("CT",), ct=ct_part(event(1)))

        (share,) = shares_of(both)

        assert (share.device, share.shortcomings) == (None, (SEVERAL_DEVICES,))

    def test_of_unlike_kinds_are_each_of_their_own(self) -> None:
        hybrid = exam(
            total(Quantity.DLP, 9.0),
            total(Quantity.DAP, 2.0),
            devices=(ROOM_1, SCANNER),
            modalities=("CT", "XA"),
            ct=replace(ct_part(event(1)), device=SCANNER),
            projection=counted(ProjectionEvent()),
        )

        of_ct, of_projection = shares_of(hybrid)

        assert (of_ct.device, of_projection.device) == (SCANNER, ROOM_1)
        assert (of_ct.exam.modalities, of_projection.exam.modalities) == (("CT",), ("XA",))


class TestPlanesAndBreasts:
    def test_of_a_biplane_device_air_kerma_is_told_of_each_and_never_added(self) -> None:
        totals = (total(Quantity.DAP, 16.0), total(Quantity.KA_R, 85.0, "a"), total(Quantity.KA_R, 31.0, "b"))

        (share,) = shares_of(exam(*totals, projection=counted(ProjectionEvent())))

        parts = [one["extension"][0] for one in components_of(share) if "extension" in one]
        assert quantities(share) == {
            "Dose Area Product Total": (16.0, None),
            "Dose (RP) Total, Plane A": (85.0, None),
            "Dose (RP) Total, Plane B": (31.0, None),
        }
        assert [(one["url"], one["valueCodeableConcept"]["coding"][0]["code"]) for one in parts] == [
            (PART_EXTENSION, "113620"),
            (PART_EXTENSION, "113621"),
        ]

    def test_of_a_mammography_each_breast_has_its_dose(self) -> None:
        totals = (total(Quantity.AGD, 1.3, "L"), total(Quantity.AGD, 1.5, "R"))
        (share,) = shares_of(exam(*totals, modalities=("MG",), mammography=counted(MammographyEvent())))
        assert quantities(share) == {
            "Accumulated Average Glandular Dose, Left breast": (1.3, None),
            "Accumulated Average Glandular Dose, Right breast": (1.5, None),
        }


class TestWhatIsNotWhole:
    def test_is_a_lower_bound_absent_or_an_estimate_and_says_so(self) -> None:
        its = Estimated(low=80.0, high=130.0, coverage=0.95, source="a paper, invented", methods=("m version 1",))
        totals = (
            total(Quantity.DAP, 2.0, missing=1),
            total(Quantity.FLUORO_DAP, 1.0, basis=Basis.ACQUISITIONS_ONLY),
            total(Quantity.KA_R, None),
            total(Quantity.FLUORO_TIME, 100.0, basis=Basis.ESTIMATE, estimated=its),
            total(Quantity.ACQUISITION_TIME, 7.0, basis=Basis.ESTIMATE),  # kept by an earlier release
        )

        (share,) = shares_of(exam(*totals, projection=counted(ProjectionEvent())))

        assert quantities(share) == {
            "Dose Area Product Total": (2.0, ">="),
            "Fluoro Dose Area Product Total": (1.0, ">="),
            "Dose (RP) Total": (None, None),
            "Total Fluoro Time, estimated by DoseLedger": (100.0, None),
            "Total Acquisition Time": (None, None),
        }
        (estimate,) = [each for one in components_of(share) for each in one.get("extension", ())]
        told = {part["url"]: part for part in estimate["extension"]}
        assert estimate["url"] == ESTIMATE_EXTENSION
        assert told["interval"]["valueRange"]["high"]["value"] == 130.0
        assert (told["coverage"]["valueDecimal"], told["method"]["valueString"]) == (0.95, "m version 1")


class TestAdministrations:
    """What two PET agents, one of them given twice, come to: a summary for each injection."""

    FDG = Administration(
        agent="FDG",
        radionuclide="^18^Fluorine",
        radionuclide_code=Code(value="77004003", scheme="SCT", meaning="^18^Fluorine"),
        administered_activity_mbq=200.0,
        route_code=Code(value="47625008", scheme="SCT", meaning="Intravenous route"),
        volume_ml=2.5,
        start=datetime(2026, 3, 1, 9, 0),  # noqa: DTZ001 - local, as stated
    )
    WATER = Administration(agent="Water", radionuclide="O-15", administered_activity_mbq=0)

    def test_have_a_summary_each_with_agent_nuclide_route_and_volume(self) -> None:
        events = counted(self.FDG, replace(self.FDG, administered_activity_mbq=150.0), self.WATER)
        events = tuple(replace(one, event_uid=f"1.2.{number}") for number, one in enumerate(events))
        totals = (total(Quantity.ACTIVITY, 350.0, "F-18 FDG"), total(Quantity.ACTIVITY, None, "O-15 Water"))

        shares = shares_of(exam(*totals, modalities=("PT",), nuclear=events))

        assert [quantities(one)["Administered activity"] for one in shares] == [
            (200.0, None),
            (150.0, None),
            (None, None),
        ]
        assert len({one.key for one in shares}) == 3
        told = {one["code"]["coding"][0]["code"]: one for one in components_of(shares[0])}
        assert told["349358000"]["valueCodeableConcept"] == {"text": "FDG"}
        assert told["89457008"]["valueCodeableConcept"]["coding"][0]["code"] == "77004003"
        assert told["410675002"]["valueCodeableConcept"]["text"] == "Intravenous route"
        assert told["123005"]["valueQuantity"]["value"] == 2.5
