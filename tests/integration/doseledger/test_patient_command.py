"""Tests of ``doseledger patient``. All people are invented."""

from sqlalchemy import Engine

from db.repositories import patients
from db.session import unit_of_work
from dose_services.identity import update_patient
from dose_services.identity_desk import IdentityRefusedError
from dose_services.identity_merge import merge_patients
from tests.builders.identity import change, into, person
from tests.support.commands import Run, run

__all__ = ["run"]


def test_a_merge_is_taken_back_and_the_journal_tells_so(run: Run, engine: Engine) -> None:
    with unit_of_work(engine) as session:
        merge_patients(session, [into("NEW", "OLD")], change(1))

    done = run("patient", "unmerge", "--identifier", "OLD", "--reason", "two people after all")
    again = run("patient", "unmerge", "--identifier", "OLD", "--reason", "two people after all")
    told = run("patient", "identity", "--identifier", "OLD")

    assert done.exit_code == 0
    assert isinstance(again.exception, IdentityRefusedError)
    record, number, *journal = told.output.splitlines()
    assert "merged into" not in record
    assert number == "  OLD (HOSP) since 2024-03-06 08:01"
    assert journal[-1].endswith("two people after all")


def test_an_identifier_moves_and_two_patients_are_linked_and_unlinked(run: Run, engine: Engine) -> None:
    with unit_of_work(engine) as session:
        update_patient(session, person("A", "A2"), change(1))
        update_patient(session, person("B"), change(1))
        other = patients.find_by_identifier(session, "B", "HOSP")
        assert other is not None
    why = ("--reason", "typed for the wrong one")

    moved = run("patient", "move-identifier", "--identifier", "A2", "--authority", "HOSP", "--to", str(other.id), *why)
    linked = run("patient", "link", "--identifier", "A", "--with", str(other.id), *why)
    together = run("patient", "identity", "--identifier", "A")
    unlinked = run("patient", "unlink", "--identifier", "A", "--with", str(other.id), *why)

    assert [one.exit_code for one in (moved, linked, together, unlinked)] == [0, 0, 0, 0]
    assert "linked: " in together.output
    assert f"the identifier is of patient {other.id} now" in moved.output
