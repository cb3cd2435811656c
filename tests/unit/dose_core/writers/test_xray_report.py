"""Tests of dose_core.writers.xray_report: under which part a total is told."""

from dose_core.ledger.totals import Quantity
from dose_core.writers.xray_report import problems, told
from tests.builders.totals import total
from tests.builders.written import full_projection, header


class TestATotal:
    def test_is_told_under_its_plane_without_the_number_of_the_device(self) -> None:
        assert [*told([total(Quantity.KA_R, 1.0, of="a@1"), total(Quantity.DAP, 2.0, of="@0")]).values] == [
            (Quantity.KA_R, "a"),
            (Quantity.DAP, None),
        ]

    def test_of_one_plane_of_two_devices_takes_no_others_place(self) -> None:
        of_each = [total(Quantity.KA_R, 1.0, of="a@0"), total(Quantity.KA_R, 2.0, of="a@1")]

        assert told(of_each).values == {}
        assert told(of_each).left_out == ("ka_r_mgy of a@0 1", "ka_r_mgy of a@1 2")

    def test_of_a_second_device_leaves_no_report_of_one(self) -> None:
        of_each = [total(Quantity.KA_R, 1.0, of="a@0"), total(Quantity.KA_R, 2.0, of="a@1")]
        exam = full_projection()

        assert "one irradiating device (a report is about one)" in [*problems(exam, exam.projection, of_each, header())]
        assert "one irradiating device (a report is about one)" not in [
            *problems(exam, exam.projection, of_each[:1], header())
        ]

    def test_of_a_source_is_never_taken_for_that_of_another(self) -> None:
        of_each = [total(Quantity.KA_R, 1.0, of="Tube@left"), total(Quantity.KA_R, 2.0, of="Tube@right")]

        assert [one.value for one in told(of_each).values.values()] == [1.0, 2.0]
