"""Tests of dose_core.ledger.cumulative and amounts: what the exams of one patient add up to."""

from datetime import timedelta
from math import fsum
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.ledger.amounts import ADDED, Certainty
from dose_core.ledger.cumulative import CountedExam, CountedTwiceError, cumulative
from dose_core.ledger.region import Region
from dose_core.ledger.totals import Basis, Quantity, Total
from tests.builders.totals import FIRST_EXAM_AT, exam, total

Lines = dict[tuple[Quantity, str | None, Certainty], float]


def lines(*exams: CountedExam) -> Lines:
    return {(one.quantity, one.of, one.certainty): one.value for one in cumulative(exams).sums}


class TestUnlikeQuantities:
    def test_keeps_the_phantoms_of_dlp_apart(self) -> None:
        added = lines(
            exam(1, total(Quantity.DLP, 400.0, of="160")),
            exam(2, total(Quantity.DLP, 300.0, of="320")),
            exam(3, total(Quantity.DLP, 50.0, of="320")),
            exam(4, total(Quantity.DLP, 7.0)),  # a phantom that nobody states
        )

        assert added == {
            (Quantity.DLP, "160", Certainty.STATED): 400.0,
            (Quantity.DLP, "320", Certainty.STATED): 350.0,
            (Quantity.DLP, None, Certainty.STATED): 7.0,
        }

    def test_keeps_the_breasts_apart_and_a_mean_over_both(self) -> None:
        totals = (total(Quantity.AGD, 1.0, of="L"), total(Quantity.AGD, 2.0, of="R"), total(Quantity.AGD, 1.5, of="B"))

        added = lines(exam(1, *totals), exam(2, total(Quantity.AGD, 4.0, of="L"), total(Quantity.AGD, 9.0)))

        assert {of: value for (_, of, _), value in added.items()} == {"L": 5.0, "R": 2.0, "B": 1.5, None: 9.0}

    def test_keeps_radionuclides_and_agents_apart(self) -> None:
        added = lines(
            exam(1, total(Quantity.ACTIVITY, 394.0, of="18F FDG"), total(Quantity.ACTIVITY, 100.0)),
            exam(2, total(Quantity.ACTIVITY, 600.0, of="99mTc DPD")),
        )

        assert {of: value for (_, of, _), value in added.items()} == {"18F FDG": 394.0, "99mTc DPD": 600.0, None: 100.0}

    def test_never_adds_air_kerma_ctdi_vol_or_entrance_dose_and_lists_them(self) -> None:
        kerma = total(Quantity.KA_R, 900.0, of="a")
        exams = [
            exam(2, kerma, total(Quantity.KA_R, 300.0, of="b")),
            exam(1, total(Quantity.CTDI_VOL_MAX, 12.0, of="320"), total(Quantity.ENTRANCE_DOSE, 5.0)),
        ]

        result = cumulative(exams)

        assert result.sums == ()
        assert [(one.exam, one.total.quantity, one.total.value) for one in result.listed] == [
            ("exam-1", Quantity.CTDI_VOL_MAX, 12.0),
            ("exam-1", Quantity.ENTRANCE_DOSE, 5.0),
            ("exam-2", Quantity.KA_R, 900.0),
            ("exam-2", Quantity.KA_R, 300.0),
        ]
        assert result.listed[2].total is kerma

    def test_lists_nothing_that_it_adds(self) -> None:
        assert cumulative([exam(1, total(Quantity.DLP, 1.0), total(Quantity.AGD, 1.0, of="L"))]).listed == ()

    def test_adds_or_lists_each_quantity(self) -> None:
        listed = {Quantity.CTDI_VOL_MAX, Quantity.KA_R, Quantity.FLUORO_KA_R, Quantity.ACQUISITION_KA_R}

        assert set(Quantity) - ADDED == listed | {Quantity.ENTRANCE_DOSE}


class TestWholeAndParts:
    def test_counts_a_whole_dlp_and_its_phantoms_once(self) -> None:
        mixed = exam(
            1,
            total(Quantity.DLP, 700.0, basis=Basis.STATED_TOTAL),
            total(Quantity.DLP, 400.0, of="160"),
            total(Quantity.DLP, 300.0, of="320"),
        )

        assert lines(mixed) == {
            (Quantity.DLP, "160", Certainty.STATED): 400.0,
            (Quantity.DLP, "320", Certainty.STATED): 300.0,
        }

    def test_counts_what_a_whole_has_beyond_its_phantoms_under_no_phantom(self) -> None:
        part = exam(1, total(Quantity.DLP, 700.0), total(Quantity.DLP, 400.0, of="160"))

        assert lines(part) == {
            (Quantity.DLP, "160", Certainty.STATED): 400.0,
            (Quantity.DLP, None, Certainty.STATED): 300.0,
        }

    @pytest.mark.parametrize("whole", [402.0, 398.0, 100.0])
    def test_takes_what_is_rounding_or_a_contradiction_for_no_dose_of_its_own(self, whole: float) -> None:
        """A total that contradicts its parts is a finding of the exam; the sum goes by the parts."""
        assert lines(exam(1, total(Quantity.DLP, whole), total(Quantity.DLP, 400.0, of="320"))) == {
            (Quantity.DLP, "320", Certainty.STATED): 400.0
        }

    @pytest.mark.parametrize("quantity", [Quantity.DAP, Quantity.FLUORO_DAP, Quantity.FLUORO_TIME])
    def test_adds_dose_area_products_and_times_over_planes(self, quantity: Quantity) -> None:
        biplane = exam(1, total(quantity, 20.0, of="a"), total(quantity, 5.0, of="b"))
        with_whole = exam(2, total(quantity, 30.0), total(quantity, 20.0, of="a"), total(quantity, 10.0, of="b"))

        assert lines(biplane, with_whole) == {(quantity, None, Certainty.STATED): 55.0}


class TestCertainty:
    def test_keeps_what_is_stated_estimated_and_incomplete_apart(self) -> None:
        added = lines(
            exam(1, total(Quantity.DLP, 100.0, of="320", basis=Basis.STATED_TOTAL)),
            exam(2, total(Quantity.DLP, 10.0, of="320", basis=Basis.ESTIMATE)),
            exam(3, total(Quantity.DLP, 1.0, of="320", missing=2)),
            exam(4, total(Quantity.DAP, 3.0, basis=Basis.ACQUISITIONS_ONLY)),
        )

        assert added == {
            (Quantity.DLP, "320", Certainty.STATED): 100.0,
            (Quantity.DLP, "320", Certainty.ESTIMATE): 10.0,
            (Quantity.DLP, "320", Certainty.LOWER_BOUND): 1.0,
            (Quantity.DAP, None, Certainty.LOWER_BOUND): 3.0,
        }

    def test_calls_a_sum_over_planes_incomplete_if_one_plane_is_unknown(self) -> None:
        half = exam(1, total(Quantity.DAP, 3.0, of="a"), total(Quantity.DAP, None, of="b"))

        assert lines(half) == {(Quantity.DAP, None, Certainty.LOWER_BOUND): 3.0}

    def test_names_exams_without_dose_and_with_missing_parts(self) -> None:
        result = cumulative(
            [
                exam(1, total(Quantity.DLP, 100.0, of="320")),
                exam(2, total(Quantity.DLP, None)),
                exam(3),
                exam(4, total(Quantity.FLUORO_TIME, 60.0)),  # a time is no dose
                exam(5, total(Quantity.DAP, 1.0, missing=1)),
                exam(6, total(Quantity.DAP, 0.0)),
            ]
        )

        assert result.exams == tuple(f"exam-{day}" for day in range(1, 7))
        assert result.without_dose == ("exam-2", "exam-3", "exam-4")
        assert result.with_missing_parts == ("exam-2", "exam-5")


class TestRegions:
    def test_gives_each_region_its_share_and_the_unknown_one_its_own(self) -> None:
        result = cumulative(
            [
                exam(1, total(Quantity.DLP, 10.0, of="320"), region=Region.CHEST),
                exam(2, total(Quantity.DLP, 20.0, of="320"), region=None),
                exam(3, total(Quantity.DLP, 30.0, of="320"), region=Region.CHEST),
                exam(4, total(Quantity.DLP, 40.0, of="320"), region=Region.SEVERAL),
            ]
        )

        (dlp,) = result.sums
        assert [(one.region, one.value, one.exams) for one in dlp.by_region] == [
            (Region.CHEST, 40.0, ("exam-1", "exam-3")),
            (Region.SEVERAL, 40.0, ("exam-4",)),
            (None, 20.0, ("exam-2",)),
        ]


class TestPeriod:
    def test_holds_its_first_moment_and_not_its_last(self) -> None:
        exams = [exam(day, total(Quantity.DAP, 1.0)) for day in (1, 2, 3)]

        result = cumulative(exams, from_=FIRST_EXAM_AT + timedelta(days=1), until=FIRST_EXAM_AT + timedelta(days=3))

        assert result.exams == ("exam-1", "exam-2")
        assert cumulative(exams, from_=FIRST_EXAM_AT + timedelta(days=2)).exams == ("exam-2", "exam-3")
        assert cumulative(exams, until=FIRST_EXAM_AT + timedelta(days=2)).exams == ("exam-1",)

    def test_names_the_exams_that_may_lie_in_it_or_not(self) -> None:
        exams = [exam(1, total(Quantity.DAP, 1.0)), exam(None, total(Quantity.DAP, 5.0))]

        result = cumulative(exams, from_=FIRST_EXAM_AT)

        assert result.exams == ("exam-1",)
        assert result.without_start == ("exam-None",)
        assert [one.value for one in result.sums] == [1.0]

    def test_is_all_time_unless_asked_and_then_an_exam_without_start_counts(self) -> None:
        result = cumulative([exam(None, total(Quantity.DAP, 5.0)), exam(1, total(Quantity.DAP, 1.0))])

        assert result.exams == ("exam-1", "exam-None")
        assert result.without_start == ()
        assert [one.value for one in result.sums] == [6.0]


def test_refuses_to_count_an_exam_twice() -> None:
    with pytest.raises(CountedTwiceError):
        cumulative([exam(1), exam(1)])


def test_has_no_effective_dose() -> None:
    assert not [quantity for quantity in Quantity if "msv" in quantity]


_totals = st.builds(
    total,
    st.sampled_from(Quantity),
    st.none() | st.floats(min_value=0.0, max_value=1e5),
    of=st.sampled_from((None, "160", "320", "a", "b", "L", "R")),
    basis=st.sampled_from(Basis),
    missing=st.integers(0, 2),
)


@st.composite
def _exams(draw: st.DrawFn) -> list[CountedExam]:
    count = draw(st.integers(0, 8))
    return [
        exam(
            draw(st.none() | st.integers(0, 3)),
            *_once_each(draw(st.lists(_totals, max_size=5))),
            region=draw(st.sampled_from((None, *Region))),
            name=f"exam-{number}",
        )
        for number in range(count)
    ]


def _once_each(totals: list[Total]) -> list[Total]:
    """An exam has one total for a quantity and part."""
    return list({(one.quantity, one.of): one for one in totals}.values())


@given(_exams(), st.randoms(use_true_random=False))
def test_adds_the_same_in_whatever_order_the_exams_stand(exams: list[CountedExam], random: Random) -> None:
    shuffled = random.sample(exams, len(exams))

    assert cumulative(shuffled) == cumulative(exams)


@given(_exams())
def test_adds_the_same_by_region_as_by_exam(exams: list[CountedExam]) -> None:
    alone = [one for given_exam in exams for one in cumulative([given_exam]).sums]

    for line in cumulative(exams).sums:
        key = (line.quantity, line.of, line.certainty)
        of_exams = fsum(one.value for one in alone if (one.quantity, one.of, one.certainty) == key)
        assert line.value == pytest.approx(of_exams, rel=1e-12)
        assert fsum(one.value for one in line.by_region) == pytest.approx(of_exams, rel=1e-12)
        assert sorted(exam for one in line.by_region for exam in one.exams) == sorted(line.exams)


@given(_exams())
def test_never_adds_more_than_the_exams_state(exams: list[CountedExam]) -> None:
    """The whole and its parts together would be more than either."""
    result = cumulative(exams)

    for quantity in ADDED:
        most = fsum(
            max(
                fsum(one.value or 0.0 for one in given_exam.totals if one.quantity is quantity and one.of is None),
                fsum(one.value or 0.0 for one in given_exam.totals if one.quantity is quantity and one.of is not None),
            )
            for given_exam in exams
        )
        if quantity not in {Quantity.AGD, Quantity.ACTIVITY}:  # a part without a name is a part there
            assert fsum(one.value for one in result.sums if one.quantity is quantity) <= most * (1 + 1e-9)
