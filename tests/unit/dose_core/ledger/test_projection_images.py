"""Tests of dose_core.ledger.shown and apart: images of projection X-ray, beside reports and alone."""

from dataclasses import replace

import pytest

from dose_core.ledger.exam import Filled, Place
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity
from dose_core.model import ImageStated, Plane, ProjectionReport
from tests.builders import statements_study as of
from tests.builders.statements_projection import (
    ACQUISITION,
    exam,
    parts,
    report,
    run,
    total,
)


class TestImagesBesideReports:
    def test_speak_of_the_event_whose_uid_they_name(self) -> None:
        acquisition = run(1, event_type=ACQUISITION)

        found = exam(report(1, acquisition), of.angiogram(1, acquisition), of.angiogram(1, acquisition, is_twin=True))

        (one,) = found.projection
        assert one.source is Source.RDSR
        assert [place.statement for place in one.places] == [
            report(1).key,
            of.angiogram(1, acquisition).key,
            of.angiogram(1, acquisition, is_twin=True).key,
        ]

    def test_fill_what_the_report_leaves_open(self) -> None:
        bare = run(1, None, event_type=ACQUISITION)

        found = exam(report(1, bare, planes=()), of.angiogram(1, run(1, 3.0, event_type=ACQUISITION, kv=70.0)))

        (one,) = found.projection
        assert (one.event.dap_gy_cm2, one.event.kv, one.event.ka_r_mgy) == (3.0, 70.0, 8.0)
        assert set(one.filled) == {Filled(field="dap_gy_cm2", place=1), Filled(field="kv", place=1)}
        assert total(found, Quantity.DAP).value == 3.0

    def test_never_replace_what_the_report_states_and_the_difference_is_noted(self) -> None:
        found = exam(report(1, run(1, event_type=ACQUISITION)), of.angiogram(1, run(1, 3.0, event_type=ACQUISITION)))

        (one,) = found.projection
        assert one.event.dap_gy_cm2 == 2.0
        assert one.notes == ("the image headers state a dose-area product of 3 Gy.cm2",)
        assert (
            "the image headers state another dose-area product than the dose report for 1 event(s), "
            "first 3 against 2 Gy.cm2"
        ) in found.conflicts

    @pytest.mark.parametrize(
        ("uids", "reason"),
        [
            ((), "images that name no irradiation event, beside a dose report of their device"),
            (("2.25.8",), "images whose irradiation event the dose report does not name"),
        ],
    )
    def test_that_show_no_event_of_it_are_left_out_and_named(self, uids: tuple[str, ...], reason: str) -> None:
        stray = of.angiogram(9, run(9, event_type=ACQUISITION))
        report_of_image = stray.report
        assert isinstance(report_of_image, ProjectionReport)
        image = replace(report_of_image, image=ImageStated(event_uids=uids), events=(replace(run(9), event_uid=None),))

        found = exam(report(1, run(1)), replace(stray, report=image))

        assert len(found.projection) == 1
        assert [(one.statements, one.reason) for one in found.not_counted] == [((stray.key,), reason)]

    def test_are_of_the_plane_that_they_name(self) -> None:
        both = [run(1, plane=plane, event_type=ACQUISITION) for plane in (Plane.A, Plane.B)]

        found = exam(report(1, *both), of.angiogram(7, both[1]))

        assert [len(one.places) for one in found.projection] == [1, 2]


class TestImagesAlone:
    def test_of_several_events_beside_images_of_each_are_named(self) -> None:
        events = [run(n, event_type=ACQUISITION) for n in (1, 2)]
        stitched = of.angiogram(3, run(3, event_type=ACQUISITION))
        report_of_image = stitched.report
        assert isinstance(report_of_image, ProjectionReport)
        uids = tuple(event.event_uid or "" for event in events)
        made = replace(report_of_image, image=ImageStated(event_uids=uids))

        found = exam(*(of.angiogram(n, event) for n, event in enumerate(events)), replace(stitched, report=made))

        assert len(found.projection) == 2
        assert [one.statements for one in found.not_counted] == [(stitched.key,)]

    def test_that_were_cut_short_count_too(self) -> None:
        nameless = replace(run(1, event_type=ACQUISITION), event_uid=None)
        image = of.angiogram(1, nameless)

        found = exam(replace(image, report=replace(image.report, is_cut_short=True)))

        assert total(found, Quantity.DAP).value == 2.0

    def test_without_event_uid_get_a_stand_in_that_stays(self) -> None:
        nameless = replace(run(1, event_type=ACQUISITION), event_uid=None)

        first, again = (exam(of.angiogram(1, nameless, is_twin=twin)) for twin in (False, True))

        assert first.projection[0].uid_is_stand_in
        assert first.projection[0].event_uid == again.projection[0].event_uid


class TestTwoDevices:
    def test_images_of_another_device_count_beside_the_report(self) -> None:
        elsewhere = replace(of.C_ARM, model="Bucky", serial_number="555555", station_name="DX7")
        image = of.angiogram(9, run(9, 1.0, event_type=ACQUISITION))

        found = exam(report(1, run(1)), replace(image, report=replace(image.report, device=elsewhere)))

        assert [found.devices[one.device].model for one in found.projection] == ["Biplane", "Bucky"]
        assert found.not_counted == ()
        dap = total(found, Quantity.DAP)
        assert (dap.value, dap.basis) == (3.0, Basis.ACQUISITIONS_ONLY)

    def test_have_air_kermas_of_their_own(self) -> None:
        elsewhere = replace(of.C_ARM, model="Bucky", serial_number="555555", station_name="DX7")

        found = exam(report(1, run(1)), report(2, run(2), device=elsewhere))

        assert parts(found, Quantity.KA_R) == {"single@0", "single@1"}
        assert total(found, Quantity.DAP).value == 4.0

    def test_an_image_of_the_event_is_of_its_device_whatever_it_calls_itself(self) -> None:
        workstation = replace(of.C_ARM, model="Viewer", serial_number="999999", station_name="WS3")
        acquisition = run(1, event_type=ACQUISITION)
        image = of.angiogram(1, acquisition)

        found = exam(report(1, acquisition), replace(image, report=replace(image.report, device=workstation)))

        assert (len(found.projection), found.devices) == (1, (of.C_ARM,))


def test_a_place_is_where_the_statement_lists_the_event() -> None:
    found = exam(report(1, run(1)), report(2, run(1), run(2)))

    assert found.projection[0].places == (
        Place(statement=report(2).key, index=0),
        Place(statement=report(1).key, index=0),
    )
    assert found.projection[1].places == (Place(statement=report(2).key, index=1),)
