"""Tests of dose_core.ledger.administrations: one administration, however many objects speak of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.ledger.administration_groups import NuclearStatement
from dose_core.ledger.administrations import administrations_of
from dose_core.ledger.source import Source
from dose_core.model import Administration, Code, Kind
from tests.builders.nuclear import stated

START = datetime.fromisoformat("2026-03-01T10:40:30")
FDG_SRT = Code(value="C-B1031", scheme="SRT", meaning="Fluorodeoxyglucose F^18^")
FDG_SCT = Code(value="35321007", scheme="SCT", meaning="Fluorodeoxyglucose F^18^")
PET = Administration(
    agent="Fluorodeoxyglucose",
    agent_code=FDG_SRT,
    radionuclide="^18^Fluorine",
    administered_activity_mbq=394.0,
    half_life_s=6586.2,
    start=START,
)
SESTAMIBI = Administration(agent="Sestamibi", radionuclide="99m Technetium", administered_activity_mbq=320.0)


def report(key: str, *events: Administration, written: datetime = START) -> NuclearStatement:
    return stated(key, *events, kind=Kind.RADIOPHARMACEUTICAL_RDSR, content_at=written)


def activities(*statements: NuclearStatement) -> list[float | None]:
    counted, _ = administrations_of(statements)
    return [one.administration.administered_activity_mbq for one in counted]


class TestImages:
    def test_of_one_administration_are_one(self) -> None:
        counted, left_out = administrations_of([stated(f"image-{n}", PET) for n in range(3)])

        (one,) = counted
        assert (one.administration, one.source) == (PET, Source.IMAGE_HEADER)
        assert sorted(one.statements) == ["image-0", "image-1", "image-2"]
        assert (one.notes, left_out) == ((), ())

    def test_are_not_told_apart_by_their_event_uids(self) -> None:
        """Section F: the administration event UID in PET images may be wrong."""
        counted = activities(
            stated("a", replace(PET, event_uid="2.25.1")),
            stated("b", replace(PET, event_uid="2.25.2")),
            stated("c", PET),
        )

        assert counted == [394]

    def test_are_one_in_whatever_scheme_and_words_the_agent_comes(self) -> None:
        worded = replace(PET, agent="FDG -- fluorodeoxyglucose", agent_code=None, radionuclide="18F")

        assert activities(stated("a", PET), stated("b", replace(PET, agent_code=FDG_SCT)), stated("c", worded)) == [394]

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(replace(SESTAMIBI, administered_activity_mbq=960.0), id="activity"),
            pytest.param(replace(SESTAMIBI, start=START + timedelta(hours=3)), id="start"),
            pytest.param(replace(SESTAMIBI, start=START, radionuclide="201 Thallium"), id="nuclide"),
            pytest.param(replace(SESTAMIBI, start=START, agent="Tetrofosmin"), id="agent"),
        ],
    )
    def test_of_a_rest_and_stress_pair_stay_two_by_their(self, other: Administration) -> None:
        rest = SESTAMIBI if other.start is None else replace(SESTAMIBI, start=START)

        assert len(activities(stated("rest", rest), stated("stress", other), stated("rest-2", rest))) == 2

    def test_without_start_and_of_one_activity_are_one_and_say_so_if_far_apart(self) -> None:
        """Siemens Encore2 states no start: nothing tells a gated copy from a second administration."""
        early = stated("rest", SESTAMIBI, started_at=START)
        near = stated("gated", SESTAMIBI, started_at=START)
        late = stated("stress", SESTAMIBI, started_at=START + timedelta(hours=4))

        (pair,), _ = administrations_of([early, near])
        (triple,), _ = administrations_of([early, near, late])

        assert pair.notes == ()
        assert triple.notes == (
            "no start is stated and the images lie 4:00:00 apart: several administrations would look the same",
        )

    def test_of_four_injections_around_a_tumour_are_four(self) -> None:
        """Two that are alike in one object are two; the next image that states both adds none."""
        four = (replace(SESTAMIBI, agent="Nanocolloid", administered_activity_mbq=10.0, start=START),) * 4

        assert activities(stated("a", *four), stated("b", *four)) == [10, 10, 10, 10]

    def test_without_a_start_belong_to_the_only_one_that_has_it(self) -> None:
        counted, left_out = administrations_of([stated("a", PET), stated("b", replace(PET, start=None))])

        (one,) = counted
        assert (one.statements, one.administration.start, left_out) == (("a", "b"), START, ())

    def test_that_could_show_two_are_left_out_and_named(self) -> None:
        later = replace(PET, start=START + timedelta(hours=3))
        vague = replace(PET, start=None)

        counted, left_out = administrations_of([stated("a", PET), stated("b", later), stated("c", vague)])

        assert [one.administration for one in counted] == [PET, later]
        (left,) = left_out
        assert left.statements == ("c",)
        assert "several" in left.reason

    @pytest.mark.parametrize("unknown", [None, 0.0])
    def test_without_an_activity_add_none(self, unknown: float | None) -> None:
        vague = replace(PET, administered_activity_mbq=unknown)

        assert activities(stated("a", PET), stated("b", vague)) == [394]
        assert activities(stated("b", vague)) == [unknown]


class TestReports:
    def test_win_over_images_that_state_another_start(self) -> None:
        """Section F, Siemens Biograph: 10:40:30 in the report, 10:48:30 in the images."""
        image = replace(PET, start=START + timedelta(minutes=8), event_uid="2.25.99")
        said = replace(PET, agent_code=FDG_SCT, event_uid="2.25.1")

        counted, left_out = administrations_of([stated("image", image), report("report", said)])

        (one,) = counted
        assert (one.administration, one.source, one.statements) == (said, Source.RDSR, ("report", "image"))
        assert one.notes == ("images state the start as 2026-03-01T10:48:30",)
        assert left_out == ()

    def test_win_over_images_that_state_another_activity_at_the_same_start(self) -> None:
        counted, _ = administrations_of(
            [report("report", PET), stated("image", replace(PET, administered_activity_mbq=410.0))]
        )

        (one,) = counted
        assert (one.administration.administered_activity_mbq, one.notes) == (394, ("images state 410 MBq",))

    def test_leave_an_administration_that_only_images_state(self) -> None:
        assert activities(report("report", PET), stated("image", SESTAMIBI)) == [320, 394]

    def test_take_the_images_that_lie_nearest(self) -> None:
        rest, stress = (replace(PET, event_uid=f"2.25.{n}", start=START + timedelta(minutes=20 * n)) for n in (0, 1))
        image = replace(PET, start=START + timedelta(minutes=18))

        counted, _ = administrations_of([report("rest", rest), report("stress", stress), stated("image", image)])

        assert [one.statements for one in counted] == [("rest",), ("stress", "image")]

    def test_sent_again_or_corrected_count_once_and_the_newest_wins(self) -> None:
        said = replace(PET, event_uid="2.25.1")
        corrected = replace(said, administered_activity_mbq=390.0)

        statements = (
            report("old", said),
            report("new", corrected, written=START + timedelta(hours=1)),
            report("again", said),
        )

        assert activities(*statements) == [390]

    def test_of_two_systems_on_one_administration_count_once(self) -> None:
        assert activities(
            report("a", replace(PET, event_uid="2.25.1")), report("b", replace(PET, event_uid="2.25.2"))
        ) == [394]

    def test_with_one_event_uid_for_two_administrations_count_both(self) -> None:
        twice = replace(PET, event_uid="2.25.1"), replace(SESTAMIBI, event_uid="2.25.1", start=START)

        assert sorted(activities(report("a", *twice), report("b", *twice)), key=str) == [320, 394]

    def test_with_and_without_an_offset_from_utc_are_compared_by_their_clocks(self) -> None:
        aware = replace(PET, start=datetime.fromisoformat("2026-03-01T10:40:30+01:00"))

        assert activities(report("report", PET), stated("image", aware)) == [394]

    def test_in_the_times_of_two_zones_are_told_by_their_activity(self) -> None:
        """A report in UTC, and images that state no offset, of a hospital in Berlin."""
        aware = replace(PET, start=datetime.fromisoformat("2026-03-01T09:40:30+00:00"))
        other = replace(PET, administered_activity_mbq=300.0)

        assert activities(report("report", aware), stated("image", PET)) == [394]
        assert sorted(activities(report("report", aware), stated("image", other)), key=str) == [300, 394]


STARTS = st.sampled_from([None, *(START + timedelta(seconds=s) for s in (0, 50, 100, 480, 1200, 10_000))])
ADMINISTRATIONS = st.builds(
    Administration,
    event_uid=st.sampled_from([None, "2.25.1", "2.25.2"]),
    agent=st.sampled_from([None, "Sestamibi", "FDG", "Fluorodeoxyglucose FDG"]),
    agent_code=st.sampled_from([None, FDG_SRT, FDG_SCT]),
    radionuclide=st.sampled_from([None, "99m Technetium", "^99m^Technetium", "18F", "Fluorine"]),
    administered_activity_mbq=st.sampled_from([None, 0.0, 320.0, 320.1, 960.0]),
    start=STARTS,
)
STUDIES = st.lists(
    st.tuples(
        st.sampled_from([Kind.RADIOPHARMACEUTICAL_RDSR, Kind.NUCLEAR_IMAGE]),
        st.lists(ADMINISTRATIONS, min_size=1, max_size=3),
    ),
    max_size=8,
).map(lambda objects: [stated(f"{n:02}", *events, kind=kind) for n, (kind, events) in enumerate(objects)])


class TestAnyStudy:
    @given(STUDIES, st.randoms(use_true_random=False))
    def test_gives_the_same_in_any_order_and_repetition(self, study: list[NuclearStatement], random: Random) -> None:
        again = [*study, *study[:3]]
        random.shuffle(again)

        assert administrations_of(again) == administrations_of(study)

    @given(STUDIES)
    def test_loses_no_statement_and_invents_no_administration(self, study: list[NuclearStatement]) -> None:
        counted, left_out = administrations_of(study)

        said = {key for one in counted for key in one.statements} | {key for one in left_out for key in one.statements}
        assert said == {one.key for one in study}
        assert {one.administration for one in counted} <= {event for one in study for event in one.report.events}
