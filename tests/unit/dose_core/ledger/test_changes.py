"""Tests of dose_core.ledger.changes: what differs between two readings, without a word about the patient."""

from dataclasses import replace
from datetime import date

from dose_core.ledger.changes import changes_of, total_changes
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import (
    Code,
    CtReport,
    CtTotals,
    Kind,
    PatientStated,
    ProjectionReport,
    ReadWarning,
    StatedValue,
)
from tests.builders.statements import event, report

BEFORE = replace(
    report(1, event(1), event(2), total_mgy_cm=200.0).report,
    stated=(StatedValue("totals.dlp_mgy_cm", "1.12.3", "200", "mGy.cm"),),
)


def told(before: CtReport, after: CtReport) -> list[tuple[str, str, str, str | None]]:
    return [(one.field, one.before, one.after, one.path) for one in changes_of(before, after)]


class TestReadings:
    def test_that_are_the_same_differ_in_nothing(self) -> None:
        assert changes_of(BEFORE, replace(BEFORE)) == ()

    def test_tell_a_number_with_the_place_where_it_stands(self) -> None:
        after = replace(BEFORE, totals=CtTotals(dlp_mgy_cm=20.0, event_count=2))

        assert told(BEFORE, after) == [("totals.dlp_mgy_cm", "200.0", "20.0", "1.12.3")]

    def test_tell_what_was_not_stated_before(self) -> None:
        without = replace(BEFORE, totals=CtTotals(event_count=2))

        assert told(without, BEFORE)[0] == ("totals.dlp_mgy_cm", "not stated", "200.0", "1.12.3")

    def test_tell_codes_by_value_and_scheme(self) -> None:
        chest = replace(event(1), target_region=Code(value="51185008", scheme="SCT", meaning="Chest of Eva"))

        assert told(BEFORE, replace(BEFORE, events=(chest, event(2)))) == [
            ("events[0].target_region", "not stated", "51185008 SCT", None)
        ]

    def test_know_an_event_by_its_uid_wherever_it_is_listed(self) -> None:
        assert told(BEFORE, replace(BEFORE, events=(event(3), event(1), event(2)))) == [
            ("events[0]", "not stated", "listed", None)
        ]
        assert told(BEFORE, replace(BEFORE, events=(event(2),))) == [("events[0]", "listed", "not stated", None)]

    def test_know_events_without_uid_by_their_place(self) -> None:
        first, second = event(1, uid=None), event(2, uid=None, dlp_mgy_cm=7.0)

        assert told(replace(BEFORE, events=(first,)), replace(BEFORE, events=(first, second))) == [
            ("events[1]", "not stated", "listed", None)
        ]

    def test_tell_a_value_that_was_found_elsewhere(self) -> None:
        moved = replace(BEFORE, stated=(StatedValue("totals.dlp_mgy_cm", "1.12.4", "200", "mGy.cm"),))

        assert told(BEFORE, moved) == [("totals.dlp_mgy_cm", "at 1.12.3", "at 1.12.4", "1.12.4")]

    def test_tell_warnings_that_come_and_go(self) -> None:
        warned = replace(BEFORE, warnings=(ReadWarning(path="1.12.3", concept="DLP", problem="is implausible"),))

        assert told(BEFORE, warned) == [("warning", "none", "is implausible", "1.12.3")]
        assert told(warned, BEFORE) == [("warning", "is implausible", "none", "1.12.3")]

    def test_of_two_shapes_differ_in_their_kind(self) -> None:
        other = ProjectionReport(kind=Kind.PROJECTION_RDSR, sop_instance_uid=BEFORE.sop_instance_uid)

        assert [(one.before, one.after) for one in changes_of(BEFORE, other)] == [("ct_rdsr", "projection_rdsr")]

    def test_never_show_who_or_when(self) -> None:
        secret = PatientStated(
            id="ID-4711", name="Example^Eva", birth_date=date(1961, 5, 4), sex="F", size_cm=161.0, weight_kg=58.5
        )
        before = replace(BEFORE, patient=secret, accession_number="A-4711", physicians=("Example^Adam",))
        after = replace(
            before,
            patient=replace(secret, id="ID-4712", name="Example^Ida", birth_date=date(1962, 5, 4), weight_kg=59.5),
            accession_number="A-4712",
            physicians=("Example^Abel",),
            comment="for Eva",
            started_at=event(1).started_at,
        )

        text = repr(changes_of(before, after)) + repr(changes_of(after, before))

        assert "patient.weight_kg" in text
        assert [word for word in ("471", "Example", "196", "59.5", "58.5", "Eva", "2026") if word in text] == []


class TestTotals:
    def test_tell_what_differs_in_value_or_in_its_rule(self) -> None:
        dlp = Total(quantity=Quantity.DLP, value=200.0, basis=Basis.STATED_TOTAL, source=Source.RDSR)
        dap = Total(quantity=Quantity.DAP, value=1.0, basis=Basis.STATED_TOTAL, source=Source.RDSR)
        summed = replace(dlp, basis=Basis.SUM_OF_EVENTS)

        changes = total_changes([dlp, dap], [summed, dap])

        assert [(one.quantity, one.before, one.after) for one in changes] == [(Quantity.DLP, dlp, summed)]

    def test_tell_totals_that_come_and_go(self) -> None:
        dlp = Total(quantity=Quantity.DLP, of="320", value=200.0, basis=Basis.STATED_TOTAL, source=Source.RDSR)

        assert [(one.of, one.before, one.after) for one in total_changes([dlp], [])] == [("320", dlp, None)]
        assert [(one.of, one.before, one.after) for one in total_changes([], [dlp])] == [("320", None, dlp)]

    def test_of_which_only_the_statement_has_another_id_are_the_same(self) -> None:
        dlp = Total(quantity=Quantity.DLP, value=1.0, basis=Basis.STATED_TOTAL, source=Source.RDSR, statement="one")

        assert total_changes([dlp], [replace(dlp, statement="another")]) == ()
