"""Tests of dose_core.ledger.value_id."""

from uuid import UUID

import pytest

from dose_core.ledger.value_id import NotAValueIdError, ValueId, parse_value_id

HOLDER = UUID("00000000-0000-4000-8000-000000000007")


class TestAValueId:
    @pytest.mark.parametrize(
        ("field", "text"),
        [
            ("totals.dlp_mgy_cm", "totals.dlp_mgy_cm"),
            ("events[2].ctdi_vol_mgy", "events.2.ctdi_vol_mgy"),
            ("events[12].sources[0].kv", "events.12.sources.0.kv"),
            ("events[0].kv_per_pulse[3]", "events.0.kv_per_pulse.3"),
            ("totals[2].rivals[1].value", "totals.2.rivals.1.value"),
        ],
    )
    def test_is_the_same_after_it_stood_in_an_address(self, field: str, text: str) -> None:
        value_id = ValueId(holder=HOLDER, field=field)

        assert str(value_id) == f"{HOLDER}.{text}"
        assert parse_value_id(str(value_id)) == value_id

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "totals.0.value",
            str(HOLDER),
            f"{HOLDER}.",
            f"{HOLDER}.0",
            f"{HOLDER}..value",
            f"{HOLDER}.totals[0].value",
            f"{HOLDER}.Totals",
            f"{HOLDER}.__class__",
            f"{HOLDER}.a b",
            f"{HOLDER}.{'a' * 200}",
            "not-a-uuid.totals.0.value",
        ],
    )
    def test_that_is_none_is_refused_with_what_to_do(self, text: str) -> None:
        with pytest.raises(NotAValueIdError, match="a value id"):
            parse_value_id(text)
