"""Tests of dose_worker.ct_choice."""

from datetime import UTC, datetime
from itertools import permutations

from dose_services.ct_sizes import Wanted
from dose_worker.ct_choice import chosen
from dose_worker.ct_images import HeldSlice, Reconstruction

ONE = Wanted(
    study_instance_uid="2.25.9",
    event_uids=frozenset(("2.25.1",)),
    only_event_uid="2.25.1",
    evidence_at=datetime(2031, 1, 2, tzinfo=UTC),
)
TWO = Wanted(
    study_instance_uid="2.25.9",
    event_uids=frozenset(("2.25.1", "2.25.2")),
    only_event_uid=None,
    evidence_at=datetime(2031, 1, 2, tzinfo=UTC),
)


def series(
    uid: str,
    count: int,
    *,
    step_mm: float = 5,
    wide_mm: float | None = 400,
    events: tuple[str, ...] = ("2.25.1",),
    is_original: bool = True,
) -> Reconstruction:
    slices = tuple(
        HeldSlice(archive_id=f"{uid}-{n}", sop_instance_uid=f"{uid}.{n}", z_mm=n * step_mm) for n in range(count)
    )
    return Reconstruction(
        series_instance_uid=uid,
        event_uids=events,
        is_original=is_original,
        field_of_view_mm=wide_mm,
        slices=slices,
    )


def names(wanted: Wanted, *found: Reconstruction) -> dict[str, str]:
    picked = {
        frozenset((uid, one.series_instance_uid) for uid, one in chosen(some, wanted).items())
        for some in permutations(found)
    }
    assert len(picked) == 1  # in any order
    return dict(picked.pop())


def test_the_widest_field_of_view_is_taken_since_it_cuts_off_least() -> None:
    assert names(ONE, series("lung", 60, wide_mm=320), series("body", 60, wide_mm=480)) == {"2.25.1": "body"}


def test_of_equal_ones_that_with_the_fewest_images_is_taken() -> None:
    assert names(ONE, series("thin", 300, step_mm=1), series("thick", 60)) == {"2.25.1": "thick"}


def test_one_that_shows_a_part_of_the_scan_is_not_taken() -> None:
    assert names(ONE, series("part", 20, wide_mm=500), series("whole", 60)) == {"2.25.1": "whole"}


def test_what_the_scanner_made_goes_before_what_was_made_of_it() -> None:
    derived = series("derived", 60, wide_mm=500, is_original=False)

    assert names(ONE, derived, series("own", 60)) == {"2.25.1": "own"}
    assert names(ONE, derived) == {"2.25.1": "derived"}


def test_each_event_gets_its_own() -> None:
    second = series("b", 10, events=("2.25.2",))

    assert names(TWO, series("a", 60), second) == {"2.25.1": "a", "2.25.2": "b"}


def test_images_that_name_no_event_belong_to_the_only_one() -> None:
    unnamed = series("a", 60, events=())

    assert names(ONE, unnamed) == {"2.25.1": "a"}
    assert names(TWO, unnamed) == {}


def test_images_of_another_event_or_of_several_say_nothing() -> None:
    assert names(ONE, series("a", 60, events=("2.25.7",)), series("b", 60, events=("2.25.1", "2.25.7"))) == {}
