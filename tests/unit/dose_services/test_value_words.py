"""Tests of dose_services.value_words."""

import pytest

from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Rival, Total
from dose_core.model import DeviceStated, Kind
from dose_services.value_words import (
    BASES,
    KINDS,
    QUANTITIES,
    SOURCES,
    field_words,
    part_words,
    rule_of_rival,
    rule_of_total,
)


def total(basis: Basis | None, *, quantity: Quantity = Quantity.DLP, missing: int = 0) -> Total:
    value = None if basis is None else 100.0
    source = None if basis is None else Source.RDSR
    return Total(quantity=quantity, value=value, basis=basis, source=source, missing=missing)


class TestWords:
    def test_there_are_for_every_quantity_basis_source_and_kind(self) -> None:
        assert (set(QUANTITIES), set(BASES), set(SOURCES), set(KINDS)) == (
            set(Quantity),
            set(Basis),
            set(Source),
            set(Kind),
        )

    @pytest.mark.parametrize(
        ("quantity", "of", "words"),
        [
            (Quantity.DLP, "320", "32 cm phantom"),
            (Quantity.CTDI_VOL_MAX, "unknown", "phantom not stated"),
            (Quantity.DLP, None, None),
            (Quantity.KA_R, "a", "plane A"),
            (Quantity.DAP, "both", "both planes"),
            (Quantity.DAP, "single", None),
            (Quantity.DAP, "Tube 2", "source Tube 2"),
            (Quantity.AGD, "L", "left breast"),
            (Quantity.ACTIVITY, "F-18 FDG", "F-18 FDG"),
            (Quantity.KA_R, "a@1", "plane A, XR2"),
            (Quantity.DAP, "@0", "device 1"),
            (Quantity.DAP, "Tube@left", "source Tube@left"),
            (Quantity.DAP, "Tube@left@1", "source Tube@left, XR2"),
            (Quantity.ACTIVITY, "F-18 Lot@1", "F-18 Lot@1"),
        ],
    )
    def test_for_a_part(self, quantity: Quantity, of: str | None, words: str | None) -> None:
        assert part_words(quantity, of, (DeviceStated(), DeviceStated(model="XR2"))) == words

    @pytest.mark.parametrize(
        ("field", "words"),
        [
            ("totals.dlp_mgy_cm", "DLP"),
            ("events[0].sources[1].kv", "tube voltage (source 2)"),
            ("events[2].kv_per_pulse[3]", "tube voltage per pulse (pulse 4)"),
            ("totals.planes[0].dap_gy_cm2", "DAP (plane 1)"),
            ("events[0].administered_activity_mbq", "administered activity"),
            ("events[0].table_height_mm", "table height"),
        ],
    )
    def test_for_a_field(self, field: str, words: str) -> None:
        assert field_words(field) == words


class TestARule:
    @pytest.mark.parametrize("basis", [*Basis, None])
    def test_is_told_of_every_basis_with_the_order_in_which_sources_win(self, basis: Basis | None) -> None:
        assert "Sources win in this order: dose report" in rule_of_total(total(basis))

    def test_says_that_sums_over_image_headers_are_no_total_of_projection_x_ray(self) -> None:
        told = rule_of_total(total(Basis.ACQUISITIONS_ONLY, quantity=Quantity.DAP))

        assert "fluoroscopy is not included" in told
        assert "lower bound" in told
        assert "never stand for a total" in told

    def test_says_that_a_sum_with_a_missing_part_is_a_lower_bound(self) -> None:
        assert "One part is not known, so that the value is a lower bound." in rule_of_total(
            total(Basis.SUM_OF_EVENTS, missing=1)
        )

    def test_of_a_rival_says_what_was_chosen_instead(self) -> None:
        rival = Rival(source=Source.SCREEN, basis=Basis.STATED_TOTAL, value=90.0)

        told = rule_of_rival(rival, total(Basis.STATED_TOTAL))

        assert "dose screen" in told
        assert "the dose report was chosen" in told
