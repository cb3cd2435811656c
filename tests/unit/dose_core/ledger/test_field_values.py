"""Tests of dose_core.ledger.field_values."""

from dataclasses import replace

import pytest

from dose_core.dosimetry.estimate import Estimate, Interval
from dose_core.ledger.field_values import number_at, numbers_in
from dose_core.model import CtEvent, CtReport, CtTotals, Filter, Kind, ProjectionEvent, XRaySource
from tests.builders.exams import ct_events

REPORT = CtReport(
    kind=Kind.CT_RDSR,
    sop_instance_uid="1.2.3",
    totals=CtTotals(dlp_mgy_cm=150.0, event_count=2),
    events=(CtEvent(ctdi_vol_mgy=5.0, phantom_diameter_mm=320, sources=(XRaySource(kv=120.0), XRaySource(kv=80.0))),),
)
PULSED = ProjectionEvent(kv=74.0, kv_per_pulse=(70.0, 74.0, 78.0), filters=(Filter(material="copper", min_mm=0.1),))


class TestNumbersIn:
    def test_names_each_number_by_its_field(self) -> None:
        assert dict(numbers_in(REPORT.events[0])) == {
            "ctdi_vol_mgy": 5.0,
            "phantom_diameter_mm": 320,
            "sources[0].kv": 120.0,
            "sources[1].kv": 80.0,
        }

    def test_gives_a_list_of_numbers_whole(self) -> None:
        assert dict(numbers_in(PULSED))["kv_per_pulse"] == (70.0, 74.0, 78.0)

    def test_leaves_out_what_is_no_number(self) -> None:
        found = dict(numbers_in(replace(REPORT, our_own=True, comment="12")))

        assert sorted(found) == [
            "events[0].ctdi_vol_mgy",
            "events[0].phantom_diameter_mm",
            "events[0].sources[0].kv",
            "events[0].sources[1].kv",
            "totals.dlp_mgy_cm",
            "totals.event_count",
        ]


class TestNumberAt:
    @pytest.mark.parametrize("field", [field for field, _ in numbers_in(REPORT)])
    def test_finds_what_numbers_in_names(self, field: str) -> None:
        assert number_at(REPORT, field) == dict(numbers_in(REPORT))[field]

    def test_finds_a_list_and_one_of_it(self) -> None:
        assert number_at(PULSED, "kv_per_pulse") == (70.0, 74.0, 78.0)
        assert number_at(PULSED, "kv_per_pulse[2]") == 78.0

    def test_finds_the_value_of_an_estimate(self) -> None:
        estimate = Estimate(
            value=22.5,
            unit="mGy.cm",
            interval=Interval(low=22.5, high=30.0, coverage=None, source="a paper, invented"),
            method_id="m",
            method_version="1",
            inputs=(),
            source="a standard, invented",
        )
        (event,) = ct_events(REPORT.events[0])

        assert number_at(replace(event, dlp_estimate=estimate), "dlp_estimate") == 22.5

    @pytest.mark.parametrize(
        "field",
        [
            "totals.dlp_sub_totals[0].dlp_mgy_cm",
            "events[1].ctdi_vol_mgy",
            "events[0].dlp_mgy_cm",
            "events[0].sources[0]",
            "events[0].nothing",
            "kind",
            "sop_instance_uid",
            "our_own",
            "events[999999999].ctdi_vol_mgy",
            "events[0].ctdi_vol_mgy.real",
            "stated",
        ],
    )
    def test_finds_nothing_where_no_number_stands(self, field: str) -> None:
        assert number_at(REPORT, field) is None
