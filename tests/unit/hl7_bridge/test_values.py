"""Tests of hl7_bridge.values. Forms of the types from HL7 v2.5.1, appendix 2.A, and from real feeds."""

from datetime import UTC, date, datetime

import pytest

from hl7_bridge.messages import Segment, Separators
from hl7_bridge.values import EventTime, birth_date, event_time, identifiers, person_name, sex
from tests.support.hl7_bridge import SITE

RECEIVED_AT = datetime(2024, 6, 1, 8, 0, tzinfo=UTC)


def field(text: str) -> Segment:
    """Return a segment with one field."""
    return Segment("PID", (text,), Separators())


def event(text: str) -> EventTime:
    return event_time([("EVN-2", ""), ("MSH-7", text)], received_at=RECEIVED_AT, site=SITE)


class TestIdentifiers:
    @pytest.mark.parametrize(
        ("stated", "expected"),
        [
            ("P1^^^CLINIC^MR", [("P1", "CLINIC")]),
            ("P1^^^&1.2.3&ISO", [("P1", "1.2.3")]),
            ("P1", [("P1", "HOSP")]),
            ("9999999999^^^NHS~P1^^^HOSP~P2", [("P1", "HOSP"), ("P2", "HOSP"), ("9999999999", "NHS")]),
            ('""~^^^HOSP~P1', [("P1", "HOSP")]),
        ],
    )
    def test_puts_the_sites_own_first(self, stated: str, expected: list[tuple[str, str]]) -> None:
        assert [one.key for one in identifiers(field(stated).values(1), default_authority="HOSP")] == expected


class TestPersonName:
    @pytest.mark.parametrize(
        ("stated", "expected"),
        [
            ("Ek^Alma", "Ek^Alma"),
            ("van Dal&van&Dal^Bo^M^Jr^Dr^PhD", "van Dal^Bo^M^Dr^Jr"),
            ("Al^Bo^^^^^N~Ek^Bo^^^^^L", "Ek^Bo"),
            ("^Bo", "^Bo"),
            ("", None),
        ],
    )
    def test_is_a_dicom_pn(self, stated: str, expected: str | None) -> None:
        assert person_name(field(stated).values(1)) == expected


class TestSex:
    @pytest.mark.parametrize(("stated", "expected"), [("M", "M"), ("f", "F"), ("A", "O"), ("U", None), ("Male", None)])
    def test_is_told_as_dicom_tells_it(self, stated: str, expected: str | None) -> None:
        assert sex(stated) == expected


class TestBirthDate:
    @pytest.mark.parametrize(
        ("stated", "expected"),
        [
            ("19600229", date(1960, 2, 29)),
            ("199909090300", date(1999, 9, 9)),
            ("1960", None),
            ("196002", None),
            ("", None),
        ],
    )
    def test_is_a_day_or_not_stated(self, stated: str, expected: date | None) -> None:
        assert birth_date(stated) == expected

    @pytest.mark.parametrize("stated", ["19610229", "unknown", "01.02.1960"])
    def test_anything_else_is_told(self, stated: str) -> None:
        with pytest.raises(ValueError, match=r"date|day|month|isoformat"):
            birth_date(stated)


class TestEventTime:
    @pytest.mark.parametrize(
        ("stated", "expected"),
        [
            ("20240306101500", datetime(2024, 3, 6, 9, 15, tzinfo=UTC)),
            ("20240306101500.1234+0530", datetime(2024, 3, 6, 4, 45, 0, 123400, tzinfo=UTC)),
            ("20240306101500-0800", datetime(2024, 3, 6, 18, 15, tzinfo=UTC)),
            ("202403061015", datetime(2024, 3, 6, 9, 15, tzinfo=UTC)),
            ("20240306", datetime(2024, 3, 5, 23, 0, tzinfo=UTC)),
            ("20110613122406637", datetime(2011, 6, 13, 10, 24, 6, 637000, tzinfo=UTC)),
        ],
    )
    def test_is_an_instant(self, stated: str, expected: datetime) -> None:
        assert event(stated) == EventTime(stated=expected, ordered=expected, problem=None)

    @pytest.mark.parametrize("stated", ["", "yesterday", "20240306256100", "20250101", "20240306101500+9900"])
    def test_what_cannot_be_is_ordered_by_arrival(self, stated: str) -> None:
        resolved = event(stated)

        assert (resolved.stated, resolved.ordered) == (None, RECEIVED_AT)
        assert resolved.problem is not None

    @pytest.mark.parametrize("stated", ["00010101000000", "00010101000000+0100"])
    def test_the_first_day_of_the_calendar_is_ordered_by_arrival(self, stated: str) -> None:
        """Some systems write it where they know no time."""
        resolved = event(stated)

        assert (resolved.stated, resolved.ordered) == (None, RECEIVED_AT)
        assert resolved.problem is not None

    def test_a_repeated_hour_is_ordered_no_later_than_it_can_be(self) -> None:
        assert event("20231029023000").ordered == datetime(2023, 10, 29, 1, 30, tzinfo=UTC)
