"""Tests of dose_core.writers.templates.fill: a tree that breaks a row cannot be built."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from pydicom.dataset import Dataset

from dose_core.writers import concepts as c
from dose_core.writers.templates.conditions import MAMMOGRAPHY, PROJECTION, Facts
from dose_core.writers.templates.fill import (
    Measured,
    MissingValueError,
    UnknownConceptError,
    With,
    filled,
)
from dose_core.writers.templates.values import words
from tests.support.content import items, numbers

_STARTED = datetime(2026, 3, 4, 10, 15, 30)  # noqa: DTZ001  devices rarely state an offset
_FLUOROSCOPY = {"Irradiation Event Type": words("10002")["fluoroscopy"]}
_PULSED = {"Fluoro Mode": words("10004")["Pulsed"]}


def event(given: Mapping[str, Any] | None = None, facts: Facts | None = None) -> Dataset:
    """Return an event of a projection report, of which no more is given than what cannot be unknown."""
    always: dict[str, Any] = {"Irradiation Event UID": "2.25.1", "DateTime Started": _STARTED}
    return filled(
        "10003", {**always, **(given or {})}, facts or Facts(procedure=PROJECTION, sources=frozenset({"113856"}))
    )


class TestFilled:
    def test_items_stand_in_the_order_of_the_template(self) -> None:
        written = event({"KVP": Measured(value=80.0, unit="kV"), **_FLUOROSCOPY})

        concepts = [item.ConceptNameCodeSequence[0].CodeValue for item in written.ContentSequence]
        assert concepts.index("113769") < concepts.index("113721") < concepts.index("122130") < concepts.index("113733")

    def test_a_number_is_converted_to_the_unit_of_its_row(self) -> None:
        """1 Gy.cm2 is 0.0001 Gy.m2, 1 mAs is 1000 uA.s, 1 s is 1000 ms."""
        written = event(
            {
                "Dose Area Product": Measured(value=3.0, unit="Gy.cm2"),
                "Exposure": Measured(value=0.0746, unit="mA.s"),
                "Exposure Time": Measured(value=0.008, unit="s"),
            }
        )

        assert numbers(written, "122130") == [0.0003]
        assert numbers(written, "113736") == [74.6]
        assert numbers(written, "113824") == [8.0]

    def test_what_is_demanded_and_not_given_is_unknown(self) -> None:
        written = event()

        assert numbers(written, "122130") == [None]
        assert items(written, "123014")[0].ConceptCodeSequence[0].CodeValue == "261665006"

    def test_a_reference_point_that_is_demanded_and_not_given_is_an_unknown_code(self) -> None:
        assert [item.ValueType for item in items(event(), "113780")] == ["CODE"]

    def test_current_and_time_are_demanded_unless_their_product_is_given(self) -> None:
        assert numbers(event(), "113734") == numbers(event(), "113824") == [None]
        assert items(event({"Exposure": Measured(value=1.0, unit="mA.s")}), "113734") == []

    def test_a_pulse_rate_is_for_pulsed_fluoroscopy(self) -> None:
        rate = {"Pulse Rate": Measured(value=15.0, unit="/s")}

        assert numbers(event({**_FLUOROSCOPY, **_PULSED, **rate}), "113791") == [15.0]
        assert numbers(event({**_FLUOROSCOPY, **_PULSED}), "113791") == [None]
        assert items(event({**_FLUOROSCOPY, **rate}), "113791") == []

    def test_a_glandular_dose_is_for_mammography(self) -> None:
        dose = {"Average Glandular Dose": Measured(value=1.5, unit="mGy")}

        assert items(event(dose), "111631") == []
        assert numbers(event(dose, Facts(procedure=MAMMOGRAPHY)), "111631") == [1.5]

    def test_data_that_are_said_to_be_absent_are_absent(self) -> None:
        facts = Facts(procedure=PROJECTION, not_available=frozenset({"113943"}))

        assert items(event({"KVP": Measured(value=80.0, unit="kV")}, facts), "113733") == []

    @pytest.mark.parametrize("name", ["Irradiation Event UID", "DateTime Started"])
    def test_what_cannot_be_unknown_must_be_given(self, name: str) -> None:
        given: dict[str, Any] = {"Irradiation Event UID": "2.25.1", "DateTime Started": _STARTED}
        del given[name]

        with pytest.raises(MissingValueError, match=name):
            filled("10003", given, Facts())

    def test_a_concept_that_has_no_row_there_is_refused(self) -> None:
        with pytest.raises(UnknownConceptError, match="DLP"):
            event({"DLP": Measured(value=1.0, unit="mGy.cm")})

    def test_more_items_than_a_row_allows_are_refused(self) -> None:
        two = [Measured(value=1.0, unit="Gy.cm2"), Measured(value=2.0, unit="Gy.cm2")]

        with pytest.raises(UnknownConceptError, match="Dose Area Product"):
            event({"Dose Area Product": two})

    def test_what_stands_below_is_asked_for_as_well(self) -> None:
        """TID 10003, row 16: an orientation has a modifier."""
        lying = With(value=c.UNKNOWN)

        written = event({"Patient Orientation": lying})
        assert len(items(written, "113744")) == 1
