"""Tests of api.web.dose_words: what a person is told of the totals of an exam."""

import pytest

from api.web.dose_words import basis_mark, dose, headlines
from dose_core.ledger.totals import Basis, Quantity
from tests.builders.exam_summary import total_view

BIPLANE = (
    total_view(Quantity.DAP, 30.0),
    total_view(Quantity.DAP, 20.0, of="a"),
    total_view(Quantity.DAP, 10.0, of="b"),
    total_view(Quantity.KA_R, 300.0, of="a"),
    total_view(Quantity.KA_R, 100.0, of="b"),
    total_view(Quantity.FLUORO_DAP, 8.0),
    total_view(Quantity.FLUORO_TIME, 250.0),
)


class TestTheHeadlines:
    def test_of_a_biplane_exam_are_its_whole_dap_each_air_kerma_and_the_time_of_fluoroscopy(self) -> None:
        assert [(one.quantity, one.of) for one in headlines(BIPLANE)] == [
            (Quantity.DAP, None),
            (Quantity.KA_R, "a"),
            (Quantity.KA_R, "b"),
            (Quantity.FLUORO_TIME, None),
        ]

    def test_of_a_mammography_are_the_doses_of_both_breasts(self) -> None:
        its = (total_view(Quantity.AGD, 1.2, of="L"), total_view(Quantity.AGD, 1.3, of="R"))

        assert [(dose(one).part, dose(one).name) for one in headlines(its)] == [
            ("left breast", "AGD"),
            ("right breast", "AGD"),
        ]

    def test_of_a_pet_ct_are_dlp_and_activity(self) -> None:
        its = (total_view(Quantity.ACTIVITY, 250.0, of="18F FDG"), total_view(Quantity.DLP, 400.0))

        assert [one.quantity for one in headlines(its)] == [Quantity.DLP, Quantity.ACTIVITY]


class TestADose:
    def test_leads_to_where_it_comes_from(self) -> None:
        total = total_view(Quantity.DAP, 12.345)

        number = dose(total).number

        assert number is not None
        assert (number.text, number.unit, number.raw) == ("12.3", "Gy·cm²", "12.345")
        assert number.target == f"values/{total.value_id}"

    def test_is_not_shown_as_zero_where_nobody_knows_it(self) -> None:
        told = dose(total_view(Quantity.DAP, None, basis=None, missing=2))

        assert told.number is None
        assert [mark.mark for mark in told.marks] == ["no dose known"]

    def test_that_lacks_a_part_says_so(self) -> None:
        told = dose(total_view(Quantity.DLP, 120.0, basis=Basis.SUM_OF_EVENTS, missing=1))

        assert [mark.mark for mark in told.marks] == ["stated per event", "at least: a part is not known"]

    def test_of_a_long_time_is_told_in_minutes(self) -> None:
        number = dose(total_view(Quantity.FLUORO_TIME, 250.0)).number

        assert number is not None
        assert (number.text, number.unit) == ("4 min 10 s", "")


class TestTheBasis:
    @pytest.mark.parametrize(
        ("basis", "css", "word"),
        [
            (Basis.STATED_TOTAL, "stated", "states"),
            (Basis.SUM_OF_TOTALS, "stated", "sum of totals"),
            (Basis.SUM_OF_EVENTS, "stated", "sum"),
            (Basis.MAX_OF_EVENTS, "stated", "largest"),
            (Basis.ESTIMATE, "estimate", "Over-ranging is not included"),
            (Basis.ACQUISITIONS_ONLY, "bound", "lower bound"),
            (None, "missing", "No source"),
        ],
    )
    def test_is_told_in_words(self, basis: Basis | None, css: str, word: str) -> None:
        told = basis_mark(basis)

        assert told.css == css
        assert word in told.text
