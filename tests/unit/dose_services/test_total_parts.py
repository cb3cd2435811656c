"""Tests of dose_services.total_parts: which events a sum is made of."""

from dataclasses import replace

from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Basis, Quantity
from dose_core.model import Administration, EventType, MammographyEvent, Plane, ProjectionEvent
from dose_services.total_parts import events_of_total
from tests.builders.exams import EXAM, counted, ct
from tests.builders.statements import event

ANGIOGRAPHY = replace(
    EXAM,
    projection=counted(
        ProjectionEvent(event_type=EventType.FLUOROSCOPY, plane=Plane.A, dap_gy_cm2=12.0, duration_s=60.0),
        ProjectionEvent(event_type=EventType.FLUOROSCOPY, plane=Plane.B, dap_gy_cm2=3.0, scene_time_s=30.0),
        ProjectionEvent(event_type=EventType.STATIONARY_ACQUISITION, plane=Plane.A, dap_gy_cm2=5.0, duration_s=4.0),
    ),
)


def parts(
    exam: Exam, quantity: Quantity, of: str | None, value: float, *, basis: Basis = Basis.SUM_OF_EVENTS
) -> list[tuple[str, str, float]]:
    return [
        (placed.field, field, number) for placed, field, number in events_of_total(exam, quantity, of, basis, value)
    ]


class TestASum:
    def test_of_all_planes_is_made_of_all_events(self) -> None:
        assert [field for field, _, _ in parts(ANGIOGRAPHY, Quantity.DAP, None, 20.0)] == [
            "projection[0]",
            "projection[1]",
            "projection[2]",
        ]

    def test_of_one_plane_is_made_of_its_events(self) -> None:
        assert [field for field, _, _ in parts(ANGIOGRAPHY, Quantity.DAP, "a", 17.0)] == [
            "projection[0]",
            "projection[2]",
        ]

    def test_of_one_source_is_made_of_its_events_whatever_its_name(self) -> None:
        tubes = replace(
            EXAM,
            projection=counted(
                ProjectionEvent(source_id="Tube@1", dap_gy_cm2=12.0),
                ProjectionEvent(source_id="Tube@2", dap_gy_cm2=3.0),
            ),
        )

        of_second = parts(tubes, Quantity.DAP, "Tube\N{FULLWIDTH COMMERCIAL AT}2", 3.0)  # so the ledger writes it
        of_first_device = parts(tubes, Quantity.DAP, "Tube\N{FULLWIDTH COMMERCIAL AT}2@0", 3.0)

        assert [field for field, _, _ in of_second] == ["projection[1]"]
        assert of_first_device == of_second

    def test_of_fluoroscopy_is_made_of_no_acquisition(self) -> None:
        assert parts(ANGIOGRAPHY, Quantity.FLUORO_TIME, None, 90.0) == [
            ("projection[0]", "duration_s", 60.0),
            ("projection[1]", "scene_time_s", 30.0),
        ]

    def test_of_one_phantom_is_made_of_its_scans(self) -> None:
        scans = ct(event(1), replace(event(2), phantom_diameter_mm=160, dlp_mgy_cm=300.0), event(3))

        assert [field for field, _, _ in parts(scans, Quantity.DLP, "320", 200.0)] == ["ct.events[0]", "ct.events[2]"]

    def test_of_a_breast_or_an_agent_is_made_of_what_belongs_to_it(self) -> None:
        breasts = replace(
            EXAM,
            mammography=counted(
                MammographyEvent(laterality="L", agd_mgy=1.3), MammographyEvent(laterality="R", agd_mgy=1.5)
            ),
            nuclear=counted(Administration(radionuclide="F-18", agent="FDG", administered_activity_mbq=370.0)),
        )

        assert parts(breasts, Quantity.AGD, "R", 1.5) == [("mammography[1]", "agd_mgy", 1.5)]
        assert parts(breasts, Quantity.ACTIVITY, "F-18 FDG", 370.0) == [
            ("nuclear[0]", "administered_activity_mbq", 370.0)
        ]

    def test_that_its_events_do_not_make_names_none_of_them(self) -> None:
        """Nothing is named as a part that is none: the events listed may not be all, or the wrong ones."""
        assert parts(ANGIOGRAPHY, Quantity.DAP, None, 21.0) == []

    def test_that_is_stated_is_made_of_no_event(self) -> None:
        assert parts(ANGIOGRAPHY, Quantity.DAP, None, 20.0, basis=Basis.STATED_TOTAL) == []

    def test_largest_is_the_largest_of_the_phantom(self) -> None:
        scans = ct(event(1), replace(event(2), ctdi_vol_mgy=12.0))

        found = parts(scans, Quantity.CTDI_VOL_MAX, "320", 12.0, basis=Basis.MAX_OF_EVENTS)

        assert [number for _, _, number in found] == [10.0, 12.0]
