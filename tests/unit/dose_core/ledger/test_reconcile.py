"""Tests of dose_core.ledger: one exam from many statements."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.ledger.exam import CtStatement
from dose_core.ledger.reconcile import NothingToReconcileError, reconcile_ct
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis
from tests.builders.statements import STARTED, STUDY, event, image, report, volume


class TestReports:
    def test_counts_an_event_once_that_cumulative_reports_repeat(self) -> None:
        exam = reconcile_ct(
            STUDY,
            [
                report(1, event(1), total_mgy_cm=100.0),
                report(2, event(1), event(2), total_mgy_cm=200.0),
                report(3, event(1), event(2), event(3), total_mgy_cm=300.0),
            ],
        )

        assert [e.event_uid for e in exam.events] == [f"{STUDY}.7.{n}" for n in (1, 2, 3)]
        assert (exam.dlp_mgy_cm, exam.dlp_basis) == (300.0, Basis.STATED_TOTAL)
        assert exam.events[0].statements == ("report-3", "report-2", "report-1")

    def test_adds_the_parts_of_a_continued_study(self) -> None:
        exam = reconcile_ct(
            STUDY, [report(1, event(1), total_mgy_cm=100.0), report(2, event(2, dlp_mgy_cm=50.0), total_mgy_cm=50.0)]
        )

        assert (exam.dlp_mgy_cm, exam.dlp_basis) == (150.0, Basis.SUM_OF_TOTALS)

    def test_takes_a_report_sent_again_under_another_uid_once(self) -> None:
        exam = reconcile_ct(STUDY, [report(1, event(1), total_mgy_cm=100.0), report(2, event(1), total_mgy_cm=100.0)])

        assert len(exam.events) == 1
        assert exam.dlp_mgy_cm == 100.0

    def test_lets_a_report_that_was_cut_short_give_way_to_the_whole_one(self) -> None:
        """Cut within the second event, behind or before its UID: neither way does the event count twice."""
        whole = report(1, event(1), event(2), total_mgy_cm=200.0)
        for last in (event(2, dlp_mgy_cm=None), replace(event(2, dlp_mgy_cm=None), event_uid=None)):
            sent = report(2, event(1), last, total_mgy_cm=200.0)
            cut = replace(sent, report=replace(sent.report, is_cut_short=True))

            for arrived in ([whole, cut], [cut, whole]):
                exam = reconcile_ct(STUDY, arrived)

                assert [e.event.dlp_mgy_cm for e in exam.events] == [100.0, 100.0]
                assert (exam.dlp_mgy_cm, exam.events_without_dlp) == (200.0, 0)

    def test_takes_the_newer_of_two_reports_on_the_same_events(self) -> None:
        """A corrected report repeats the event UIDs; what it states supersedes."""
        exam = reconcile_ct(
            STUDY,
            [
                report(2, event(1, dlp_mgy_cm=90.0), total_mgy_cm=90.0),
                report(1, event(1, dlp_mgy_cm=100.0), total_mgy_cm=100.0),
            ],
        )

        assert exam.dlp_mgy_cm == 90.0

    def test_knows_an_event_without_uid_again(self) -> None:
        nameless = event(1, uid=None)

        exam = reconcile_ct(STUDY, [report(1, nameless), report(2, nameless)])

        assert len(exam.events) == 1
        assert exam.events[0].uid_is_stand_in
        assert exam.events[0].event_uid.startswith("2.25.")

    def test_knows_an_event_again_that_another_report_lists_without_its_uid(self) -> None:
        """A copy in an older form lists the same, two alike among it."""
        twin = event(1, uid=f"{STUDY}.7.5")
        copy = [event(1, uid=None), event(1, uid=None), event(2, uid=None)]

        exam = reconcile_ct(STUDY, [report(1, event(1), twin, event(2)), report(2, *copy)])

        assert [e.event_uid for e in exam.events] == [f"{STUDY}.7.{n}" for n in (1, 5, 2)]

    def test_takes_the_newer_dose_of_an_event_without_uid(self) -> None:
        """A corrected report, sent under a new UID: its time, kind and protocol say which event it corrects."""
        exam = reconcile_ct(
            STUDY,
            [
                report(1, event(1, uid=None), total_mgy_cm=100.0),
                report(2, event(1, uid=None, dlp_mgy_cm=80.0), total_mgy_cm=80.0),
            ],
        )

        assert (len(exam.events), exam.dlp_mgy_cm) == (1, 80.0)
        assert exam.conflicts == (
            "reports state another dose of 1 event(s) without UID; that of the most knowing one counts",
        )

    def test_counts_events_without_uid_to_which_a_device_gives_one_time_by_their_doses(self) -> None:
        """Some write the time of the study for each event; cumulative reports repeat them."""
        first, second = (replace(event(n, uid=None), started_at=STARTED, dlp_mgy_cm=10.0 * n) for n in (1, 2))

        exam = reconcile_ct(STUDY, [report(1, first), report(2, first, second)])

        assert {e.event.dlp_mgy_cm for e in exam.events} == {10.0, 20.0}
        assert len(exam.events) == 2

    def test_does_not_know_an_event_without_time_again(self) -> None:
        """A second scan of the same protocol is like the first."""
        timeless = replace(event(1), started_at=None)

        assert len(reconcile_ct(STUDY, [report(1, timeless), report(2, replace(timeless, event_uid=None))]).events) == 2

    def test_counts_two_like_events_without_uid_in_one_report_as_two(self) -> None:
        nameless = event(1, uid=None)

        assert len(reconcile_ct(STUDY, [report(1, nameless, nameless)]).events) == 2

    def test_says_how_many_events_lack_a_dlp(self) -> None:
        exam = reconcile_ct(STUDY, [report(1, event(1), event(2, dlp_mgy_cm=None))])

        assert exam.dlp_mgy_cm == 100.0
        assert exam.events_without_dlp == 1

    def test_has_no_dlp_where_none_is_stated(self) -> None:
        """Not stated is not zero."""
        assert reconcile_ct(STUDY, [report(1, event(1, dlp_mgy_cm=None))]).dlp_mgy_cm is None

    def test_names_a_total_that_its_events_do_not_add_up_to(self) -> None:
        exam = reconcile_ct(STUDY, [report(1, event(1), total_mgy_cm=120.0)])

        assert exam.dlp_mgy_cm == 120.0
        assert exam.conflicts == ("the report states a total DLP of 120 mGy.cm, its events add up to 100 mGy.cm",)

    def test_names_a_report_with_another_total_that_lists_no_events(self) -> None:
        """A later total may include an earlier one or be of another scan; without events nobody can tell."""
        exam = reconcile_ct(STUDY, [report(1, total_mgy_cm=100.0), report(2, total_mgy_cm=250.0)])

        assert exam.dlp_mgy_cm == 250.0
        (left_out,) = exam.not_counted
        assert left_out.statements == ("report-1",)
        assert left_out.reason == "dose reports that list no event and state another total"

    def test_says_nothing_of_a_total_without_events_that_is_the_same(self) -> None:
        assert reconcile_ct(STUDY, [report(1, total_mgy_cm=100.0), report(2, total_mgy_cm=100.0)]).not_counted == ()

    def test_names_different_events_under_one_uid(self) -> None:
        exam = reconcile_ct(STUDY, [report(1, event(1), event(1, dlp_mgy_cm=40.0))])

        assert len(exam.events) == 1
        assert exam.conflicts == (f"a report lists several different events under the UID {STUDY}.7.1; one is counted",)

    def test_names_an_event_uid_under_which_two_reports_list_different_events(self) -> None:
        """What corrects an event keeps its time or its dose; another time and another dose are another irradiation."""
        later = replace(event(1, dlp_mgy_cm=40.0), started_at=STARTED + timedelta(minutes=20))

        exam = reconcile_ct(STUDY, [report(1, event(1)), report(2, later)])

        assert len(exam.events) == 1
        assert exam.conflicts == (f"reports list different events under the UID {STUDY}.7.1; one is counted",)
        assert reconcile_ct(STUDY, [report(1, event(1)), report(2, event(1, dlp_mgy_cm=40.0))]).conflicts == ()

    def test_takes_the_newer_report_where_the_clock_was_set_back_between_them(self) -> None:
        summer, winter = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
        wrong, right = report(1, event(1), total_mgy_cm=900.0), report(2, event(1), total_mgy_cm=100.0)
        before = replace(wrong, report=replace(wrong.report, content_at=datetime(2026, 10, 25, 2, 50, tzinfo=summer)))
        after = replace(right, report=replace(right.report, content_at=datetime(2026, 10, 25, 2, 10, tzinfo=winter)))

        assert reconcile_ct(STUDY, [before, after]).dlp_mgy_cm == 100.0

    def test_knows_an_event_without_uid_again_to_which_an_archive_added_the_offset(self) -> None:
        nameless = event(1, uid=None)
        assert nameless.started_at is not None
        coerced = replace(nameless, started_at=nameless.started_at.replace(tzinfo=timezone(timedelta(hours=2))))

        assert len(reconcile_ct(STUDY, [report(1, nameless), report(2, coerced)]).events) == 1

    def test_does_not_take_its_own_report_for_a_source(self) -> None:
        with pytest.raises(NothingToReconcileError):
            reconcile_ct(STUDY, [report(1, event(1), our_own=True)])


class TestOrder:
    def test_of_events_without_time_is_that_of_their_reports(self) -> None:
        """A continued study: two reports of two events each, and UIDs that sort the other way round."""
        uids = ("9", "7", "8", "6")
        timeless = [replace(event(n, uid=f"{STUDY}.{uid}"), started_at=None) for n, uid in enumerate(uids)]
        first, second = report(1, *timeless[:2]), report(2, *timeless[2:])
        later = replace(second, report=replace(second.report, started_at=STARTED + timedelta(minutes=5)))
        sooner = replace(first, report=replace(first.report, started_at=STARTED))

        exam = reconcile_ct(STUDY, [later, sooner])

        assert [e.event_uid for e in exam.events] == [f"{STUDY}.{uid}" for uid in uids]


class TestSlices:
    def test_estimates_dlp_from_mean_ctdi_vol_and_length(self) -> None:
        """Twenty slices of 5 mm at 8 mGy: 8 mGy x 10 cm = 80 mGy.cm."""
        exam = reconcile_ct(STUDY, volume(20))

        assert exam.source is Source.IMAGE_HEADER
        assert exam.dlp_mgy_cm == pytest.approx(80.0)
        assert exam.dlp_basis is Basis.ESTIMATE
        assert exam.events[0].event.dlp_mgy_cm is None  # no image states one
        assert exam.events[0].slice_count == 20

    def test_counts_one_acquisition_with_three_reconstructions_once(self) -> None:
        again = [
            *volume(20, series="2", image_type=("DERIVED", "SECONDARY", "MPR")),
            *volume(40, series="3", first_mm=1.0),
        ]

        exam = reconcile_ct(STUDY, [*volume(20), *again])

        assert len(exam.events) == 1
        assert exam.events[0].slice_count == 40  # the original reconstruction that shows most

    def test_gathers_slices_without_event_uid_by_acquisition_over_series(self) -> None:
        slices = [*volume(20, event_uids=()), *volume(20, series="2", event_uids=())]

        exam = reconcile_ct(STUDY, slices)

        assert len(exam.events) == 1
        assert exam.events[0].uid_is_stand_in
        assert exam.events[0].event.event_uid is None

    def test_leaves_derived_images_without_event_uid_out_and_says_so(self) -> None:
        derived = volume(5, series="2", event_uids=(), image_type=("DERIVED", "SECONDARY", "MPR"))

        exam = reconcile_ct(STUDY, [*volume(20), *derived])

        assert len(exam.events) == 1
        assert exam.not_counted[0].reason == "derived images that name no irradiation event"
        assert len(exam.not_counted[0].statements) == 5

    def test_asks_no_dlp_of_a_localizer(self) -> None:
        scout = image(
            1,
            z_mm=0.0,
            event_uids=(f"{STUDY}.7.9",),
            series="0",
            image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"),
            ctdi_vol_mgy=None,
        )

        exam = reconcile_ct(STUDY, [scout, *volume(20)])

        assert len(exam.events) == 2
        assert exam.events_without_dlp == 0

    def test_refuses_a_dlp_where_slices_state_no_ctdi_vol(self) -> None:
        exam = reconcile_ct(STUDY, volume(20, ctdi_vol_mgy=None))

        assert exam.dlp_mgy_cm is None
        assert exam.events_without_dlp == 1
        refusal = exam.events[0].dlp_estimate
        assert isinstance(refusal, NotComputable)
        assert refusal.missing == ("CTDIvol (0018,9345)",)

    def test_splits_an_estimate_over_head_and_body_phantoms(self) -> None:
        """A DLP against the 16 cm phantom and one against the 32 cm phantom are unlike quantities."""
        head = volume(4, series="2", event_uids=(f"{STUDY}.7.2",), phantom_diameter_mm=160)

        exam = reconcile_ct(STUDY, [*volume(20), *head])

        split = {s.phantom_diameter_mm: s.dlp_mgy_cm for s in exam.dlp_sub_totals}
        assert split == {160: pytest.approx(16.0), 320: pytest.approx(80.0)}

    def test_calls_the_phantom_unknown_where_slices_contradict_each_other(self) -> None:
        mixed = [image(1, z_mm=0.0), image(2, z_mm=5.0, phantom_diameter_mm=160)]

        assert reconcile_ct(STUDY, mixed).events[0].event.phantom_diameter_mm is None

    def test_explains_the_estimate(self) -> None:
        estimate = reconcile_ct(STUDY, volume(20)).events[0].dlp_estimate

        assert isinstance(estimate, Estimate)
        assert estimate.method_id == "ct-dlp-from-image-headers"
        assert "over-ranging is not included" in estimate.caveats


class TestBoth:
    def test_prefers_the_report_and_does_not_count_the_images_beside_it(self) -> None:
        exam = reconcile_ct(STUDY, [*volume(20), report(1, event(1), total_mgy_cm=100.0)])

        assert exam.source is Source.RDSR
        assert exam.dlp_mgy_cm == 100.0
        assert exam.not_counted == ()

    def test_names_images_whose_event_the_report_does_not_know(self) -> None:
        unknown = volume(20, event_uids=(f"{STUDY}.7.5",))

        exam = reconcile_ct(STUDY, [*unknown, report(1, event(1), total_mgy_cm=100.0)])

        assert exam.dlp_mgy_cm == 100.0
        assert exam.not_counted[0].event_uid == f"{STUDY}.7.5"


_STATEMENTS: list[CtStatement] = [
    report(1, event(1), total_mgy_cm=100.0),
    report(2, event(1), event(2, dlp_mgy_cm=33.3), total_mgy_cm=133.3),
    report(3, event(3, uid=None), event(4, dlp_mgy_cm=0.1)),
    report(4, event(1, dlp_mgy_cm=99.0)),
    report(5, event(1), our_own=True),
    *volume(4),
    *volume(3, series="2", event_uids=(), image_type=("DERIVED", "SECONDARY")),
    *volume(3, series="4", event_uids=(), acquisition=None),
]


@given(order=st.permutations(_STATEMENTS), again=st.lists(st.sampled_from(_STATEMENTS), max_size=5))
def test_any_order_and_any_repetition_give_the_same_exam(order: list[CtStatement], again: list[CtStatement]) -> None:
    assert reconcile_ct(STUDY, [*order, *again]) == reconcile_ct(STUDY, _STATEMENTS)


@given(order=st.permutations(volume(6) + volume(6, series="2")))
def test_any_order_of_slices_gives_the_same_exam(order: list[CtStatement]) -> None:
    assert reconcile_ct(STUDY, order) == reconcile_ct(STUDY, volume(6) + volume(6, series="2"))
