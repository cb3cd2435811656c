"""Tests of dose_core.writers.xray_report: under which part a total is told."""

from dose_core.ledger.totals import Quantity
from dose_core.writers.xray_report import told
from tests.builders.totals import total


class TestATotal:
    def test_is_told_under_its_plane_without_the_number_of_the_device(self) -> None:
        assert [*told([total(Quantity.KA_R, 1.0, of="a@1"), total(Quantity.DAP, 2.0, of="@0")]).values] == [
            (Quantity.KA_R, "a"),
            (Quantity.DAP, None),
        ]

    def test_of_a_source_is_never_taken_for_that_of_another(self) -> None:
        of_each = [total(Quantity.KA_R, 1.0, of="Tube@left"), total(Quantity.KA_R, 2.0, of="Tube@right")]

        assert [one.value for one in told(of_each).values.values()] == [1.0, 2.0]
