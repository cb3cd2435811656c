"""Tests of dose_core.ledger.exposures: each exposure counted once, however many images it gave."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import given
from hypothesis import strategies as st

from dose_core.ledger.exam import Statement
from dose_core.ledger.exposures import Exposures, one_per_exposure
from dose_core.model import (
    ImageStated,
    Kind,
    MammographyEvent,
    MammographyReport,
    Plane,
    ProjectionEvent,
    ProjectionReport,
)

Image = TypeVar("Image", MammographyReport, ProjectionReport)

STUDY = "2.25.100"
TAKEN = datetime(2026, 3, 1, 10, 17, 45)  # noqa: DTZ001  local, as devices state it
FOR_PROCESSING, FOR_PRESENTATION = "FOR PROCESSING", "FOR PRESENTATION"
CLASSES = {
    FOR_PROCESSING: "1.2.840.10008.5.1.4.1.1.1.2.1",
    FOR_PRESENTATION: "1.2.840.10008.5.1.4.1.1.1.2",
    None: "1.2.840.10008.5.1.4.1.1.7",
}


def mammogram(
    uid: str,
    intent: str | None = FOR_PRESENTATION,
    *,
    event_uids: tuple[str, ...] = (),
    image_type: tuple[str, ...] = ("ORIGINAL", "PRIMARY"),
    **event: Any,  # noqa: ANN401  any field of the event
) -> MammographyReport:
    """Return what the image with this SOP Instance UID states; without ``event`` all are of one look."""
    values: dict[str, Any] = {
        "started_at": TAKEN,
        "laterality": "L",
        "view": "CC",
        "kv": 28.0,
        "mas": 90.2,
        "agd_mgy": 1.3,
        "is_tomosynthesis": False,
        **event,
    }
    return MammographyReport(
        kind=Kind.MAMMOGRAPHY_IMAGE,
        sop_instance_uid=uid,
        study_instance_uid=STUDY,
        sop_class_uid=CLASSES[intent],
        started_at=TAKEN,
        events=(MammographyEvent(**values),),
        image=ImageStated(event_uids=event_uids, presentation_intent=intent, image_type=image_type),
    )


def radiograph(uid: str, intent: str, *, dap_gy_cm2: float = 0.2) -> ProjectionReport:
    """Return what a projection image states."""
    return ProjectionReport(
        kind=Kind.PROJECTION_IMAGE,
        sop_instance_uid=uid,
        study_instance_uid=STUDY,
        sop_class_uid=CLASSES[intent],
        events=(ProjectionEvent(started_at=TAKEN, view="PA", kv=120.0, mas=1.5, dap_gy_cm2=dap_gy_cm2),),
        image=ImageStated(presentation_intent=intent),
    )


def angiogram(uid: str, plane: Plane | None) -> ProjectionReport:
    """Return what one plane of an event states."""
    return ProjectionReport(
        kind=Kind.PROJECTION_IMAGE,
        sop_instance_uid=uid,
        study_instance_uid=STUDY,
        events=(ProjectionEvent(started_at=TAKEN, kv=75.0, dap_gy_cm2=3.5, plane=plane),),
        image=ImageStated(event_uids=("2.25.7",)),
    )


def exposures_of(images: Sequence[Image]) -> Exposures[Image]:
    """Return the exposures of images, each a statement of its own."""
    return one_per_exposure([Statement(key=f"statement-{n}", report=image) for n, image in enumerate(images)])


def leaders(exposures: Exposures[Image]) -> list[str]:
    """Return the SOP Instance UIDs of the images that speak for the exposures."""
    return [images[0].report.sop_instance_uid for images in exposures.counted]


def counted(*images: Image) -> list[str]:
    """Return the SOP Instance UIDs that are counted."""
    return leaders(exposures_of(images))


def why(exposures: Exposures[Image]) -> dict[str, tuple[str, str]]:
    """Return for each image that was left out with which it is counted, and the beginning of the reason."""
    return {
        one.image.report.sop_instance_uid: (one.counted_with.report.sop_instance_uid, one.reason.split(":")[0])
        for one in exposures.left_out
    }


class TestTwins:
    def test_of_one_event_uid_are_one_exposure(self) -> None:
        twins = (
            mammogram("1.1", event_uids=("2.25.7",)),
            mammogram("1.2", FOR_PROCESSING, event_uids=("2.25.7",), agd_mgy=1.31),
        )

        result = exposures_of(twins)

        assert leaders(result) == ["1.2"]
        assert why(result) == {"1.1": ("1.2", "an image of the same irradiation event")}

    def test_are_spoken_for_by_the_one_that_states_a_dose(self) -> None:
        without_dose = mammogram("1.2", FOR_PROCESSING, event_uids=("2.25.7",), agd_mgy=None)

        assert counted(mammogram("1.1", event_uids=("2.25.7",)), without_dose) == ["1.1"]

    def test_are_not_spoken_for_by_a_copy_that_states_a_dose_of_zero(self) -> None:
        zero = mammogram("1.2", FOR_PROCESSING, event_uids=("2.25.7",), agd_mgy=0.0)

        assert counted(mammogram("1.1", event_uids=("2.25.7",)), zero) == ["1.1"]

    def test_made_after_the_examination_are_of_the_exposure_they_were_made_from(self) -> None:
        kept = mammogram("1.1", image_type=("DERIVED", "SECONDARY"))

        assert counted(kept, mammogram("1.2")) == ["1.2"]

    def test_without_event_uid_are_told_by_all_they_have_in_common(self) -> None:
        result = exposures_of([mammogram("1.1"), mammogram("1.2", FOR_PROCESSING)])

        assert why(result) == {"1.1": ("1.2", "the same exposure in another form")}
        assert leaders(result) == ["1.2"]

    def test_are_one_though_only_one_of_them_states_the_event(self) -> None:
        assert counted(mammogram("1.1", event_uids=("2.25.7",)), mammogram("1.2", FOR_PROCESSING)) == ["1.2"]

    def test_are_one_though_the_image_that_speaks_for_the_event_states_another_dose(self) -> None:
        of_event = (
            mammogram("1.1", event_uids=("2.25.7",), agd_mgy=1.31),
            mammogram("1.3", None, event_uids=("2.25.7",)),
        )

        assert counted(*of_event, mammogram("1.2", FOR_PROCESSING)) == ["1.2"]

    def test_of_radiography_are_told_by_their_area_product(self) -> None:
        assert counted(radiograph("1.1", FOR_PRESENTATION), radiograph("1.2", FOR_PROCESSING)) == ["1.2"]
        other = radiograph("1.2", FOR_PROCESSING, dap_gy_cm2=0.3)
        assert counted(radiograph("1.1", FOR_PRESENTATION), other) == ["1.1", "1.2"]

    def test_that_differ_in_anything_else_are_two_exposures(self) -> None:
        first = mammogram("1.1", FOR_PROCESSING)
        differences: tuple[dict[str, Any], ...] = (
            {"laterality": "R"},
            {"view": "MLO"},
            {"kv": 29.0},
            {"mas": 90.3},
            {"agd_mgy": 1.31},
            {"started_at": TAKEN + timedelta(seconds=1)},
        )
        for differing in differences:
            assert counted(first, mammogram("1.2", **differing)) == ["1.1", "1.2"]

    def test_of_two_studies_are_two_exposures(self) -> None:
        assert counted(mammogram("1.1", FOR_PROCESSING), replace(mammogram("1.2"), study_instance_uid="2.25.101")) == [
            "1.1",
            "1.2",
        ]

    def test_that_state_nothing_to_tell_them_by_stay_two(self) -> None:
        nothing: dict[str, Any] = {"kv": None, "mas": None, "agd_mgy": None}
        assert len(counted(mammogram("1.1", FOR_PROCESSING, **nothing), mammogram("1.2", **nothing))) == 2
        assert len(counted(mammogram("1.1", FOR_PROCESSING, started_at=None), mammogram("1.2", started_at=None))) == 2


class TestTwoExposures:
    def test_in_one_second_stay_two(self) -> None:
        """OpenREM dropped the second one (Z9)."""
        assert counted(mammogram("1.1"), mammogram("1.2")) == ["1.1", "1.2"]

    def test_in_one_second_with_a_twin_each_are_two(self) -> None:
        twins = [mammogram(f"1.{n}", intent) for n, intent in enumerate((FOR_PROCESSING, FOR_PRESENTATION) * 2)]

        assert len(counted(*twins)) == 2

    def test_of_different_event_uids_stay_two_though_they_are_alike(self) -> None:
        assert (
            len(
                counted(
                    mammogram("1.1", FOR_PROCESSING, event_uids=("2.25.7",)),
                    mammogram("1.2", event_uids=("2.25.8",)),
                )
            )
            == 2
        )

    def test_hologic_combo_keeps_the_tomosynthesis_beside_the_2d_image_of_its_time(self) -> None:
        """OpenREM #125: both have one acquisition time."""
        flat = mammogram("1.1", FOR_PROCESSING)
        tomosynthesis = mammogram("1.2", is_tomosynthesis=True)

        assert counted(flat, tomosynthesis) == ["1.1", "1.2"]

    def test_hologic_projections_in_secondary_captures_are_each_an_exposure(self) -> None:
        projections = [mammogram(f"1.{n}", None, is_tomosynthesis=True, agd_mgy=0.26) for n in range(15)]

        assert len(counted(*projections)) == 15


class TestOneExposure:
    def test_gives_a_synthesised_2d_image_that_is_not_counted(self) -> None:
        volume = mammogram("1.2", is_tomosynthesis=True)
        synthesised = mammogram("1.1", is_tomosynthesis=True, image_type=("DERIVED", "PRIMARY", "TOMO", "GENERATED_2D"))

        assert counted(volume, synthesised) == ["1.2"]

    def test_is_counted_once_though_the_same_object_came_twice(self) -> None:
        result = exposures_of([mammogram("1.1"), mammogram("1.1")])

        assert len(result.counted) == 1
        assert why(result) == {"1.1": ("1.1", "the same object was sent again")}

    def test_is_not_added_by_an_image_that_is_made_of_others(self) -> None:
        stitched = mammogram("1.3", event_uids=("2.25.7", "2.25.8"))
        result = exposures_of(
            [stitched, mammogram("1.1", event_uids=("2.25.7",)), mammogram("1.2", event_uids=("2.25.8",))]
        )

        assert leaders(result) == ["1.1", "1.2"]
        assert why(result)["1.3"] == ("1.1", "made from irradiation events that other images state one by one")

    def test_is_kept_if_only_the_image_made_of_several_is_there(self) -> None:
        stitched = mammogram("1.3", event_uids=("2.25.7", "2.25.8"))

        assert counted(stitched, mammogram("1.1", event_uids=("2.25.7",))) == ["1.1", "1.3"]


INTENTS = st.sampled_from((FOR_PROCESSING, FOR_PRESENTATION, None))
EVENT_UIDS = st.sampled_from(((), (), ("2.25.7",), ("2.25.8",), ("2.25.7", "2.25.8")))
IMAGES = st.lists(
    st.builds(
        mammogram,
        st.integers(1, 9).map("1.{}".format),
        INTENTS,
        event_uids=EVENT_UIDS,
        agd_mgy=st.sampled_from((1.3, 1.4)),
        is_tomosynthesis=st.booleans(),
    ),
    max_size=9,
)


class TestBiplane:
    def test_images_of_one_event_are_an_exposure_for_each_plane(self) -> None:
        assert counted(angiogram("1.1", Plane.A), angiogram("1.2", Plane.B)) == ["1.1", "1.2"]

    def test_an_image_without_plane_is_no_exposure_more(self) -> None:
        images = (angiogram("1.1", None), angiogram("1.2", Plane.A), angiogram("1.3", Plane.B))

        assert counted(*images) == ["1.1", "1.3"]


class TestWhateverTheImages:
    @given(IMAGES, st.randoms(use_true_random=False))
    def test_their_order_does_not_matter(self, images: Sequence[MammographyReport], random: object) -> None:
        statements = [Statement(key=f"statement-{n}", report=image) for n, image in enumerate(images)]
        shuffled = list(statements)
        random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random

        assert one_per_exposure(shuffled) == one_per_exposure(statements)

    @given(IMAGES)
    def test_each_is_counted_or_left_out_with_one_that_is_counted(self, images: Sequence[MammographyReport]) -> None:
        result = exposures_of(images)

        assert len(result.counted) + len(result.left_out) == len(images)
        assert {leader for leader, _ in why(result).values()} <= set(leaders(result))

    @given(IMAGES, st.builds(mammogram, st.just("2.1"), INTENTS, is_tomosynthesis=st.booleans()))
    def test_one_more_that_names_no_event_never_makes_fewer_exposures(
        self, images: Sequence[MammographyReport], one_more: MammographyReport
    ) -> None:
        assert len(counted(*images)) <= len(counted(*images, one_more))
