"""Tests of revision 0017: who was who before facts were kept stays so, and messages go on from there."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text

from db.migrate import downgrade, upgrade
from db.repositories import patients
from db.session import make_engine, unit_of_work
from db.tables.patient import PatientRow
from dose_services.identity import update_patient
from dose_services.identity_values import MergedIdentifierError
from tests.builders.identity import MORNING, change, person

SURVIVOR, SUBSUMED, EARLIER, OF_OBJECTS = (UUID(int=number) for number in (4, 3, 2, 1))
_FILL = """
INSERT INTO patient (id, name, birth_date, merged_into_id, demographics_at, created_at) VALUES
    (:survivor, 'Ek^Berta', '1960-01-01', NULL, :at, :at),
    (:subsumed, 'Ek^Alma', NULL, :survivor, :at, :at),
    (:earlier, NULL, NULL, :subsumed, NULL, :at),
    (:of_objects, 'Al^Bo', NULL, NULL, NULL, :at);
INSERT INTO patient_identifier (id, patient_id, value, authority, since) VALUES
    (gen_random_uuid(), :survivor, 'NEW', 'HOSP', :at),
    (gen_random_uuid(), :survivor, 'NEW2', 'HOSP', :at + interval '1 second'),
    (gen_random_uuid(), :subsumed, 'OLD', 'HOSP', :at),
    (gen_random_uuid(), :earlier, 'OLDER', 'HOSP', :at),
    (gen_random_uuid(), :of_objects, 'SEEN', 'HOSP', :at);
"""


@pytest.fixture
def before(empty_database_url: str) -> Iterator[Engine]:
    """A database of the revision before, with a chain of two merges and a patient whom objects alone told of."""
    engine = make_engine(empty_database_url)
    upgrade(engine, "0016")
    values = {
        "survivor": SURVIVOR,
        "subsumed": SUBSUMED,
        "earlier": EARLIER,
        "of_objects": OF_OBJECTS,
        "at": MORNING,
    }
    with engine.begin() as connection:
        for statement in _FILL.split(";\n")[:2]:
            connection.execute(text(statement.replace(":at +", "CAST(:at AS timestamptz) +")), values)
    yield engine
    engine.dispose()


def test_a_chain_of_merges_is_one_family_and_goes_on(before: Engine) -> None:
    upgrade(before)

    with unit_of_work(before) as session:
        rows = {row.id: row for row in session.scalars(select(PatientRow))}
        assert {rows[one].family_id for one in (SURVIVOR, SUBSUMED, EARLIER)} == {SURVIVOR}
        assert rows[OF_OBJECTS].family_id == OF_OBJECTS
        assert [rows[one].is_stated for one in (SURVIVOR, SUBSUMED, EARLIER, OF_OBJECTS)] == [True, True, True, False]

    with unit_of_work(before) as session:
        assert update_patient(session, person("NEW2", name="Ek^Cilla"), change(5)).is_applied
        assert isinstance(update_patient(session, person("OLD"), change(5)).refused, MergedIdentifierError)
        assert not update_patient(session, person("NEW", name="Ek^Alma"), change(3)).is_applied
        survivor = patients.find_by_identifier(session, "NEW", "HOSP")
        assert survivor is not None
        assert (survivor.id, survivor.name) == (SURVIVOR, "Ek^Cilla")
        assert set(patients.family_of(session, EARLIER)) == {SURVIVOR, SUBSUMED, EARLIER}


def test_a_message_that_comes_late_starts_from_what_was_known(before: Engine) -> None:
    upgrade(before)

    with unit_of_work(before) as session:
        update_patient(session, person("SECOND"), change(9))
        update_patient(session, person("NEW", "SECOND", name=None), change(5))

        known = patients.find_by_identifier(session, "SECOND", "HOSP")
        assert known is not None
        assert known.id == SURVIVOR
        assert set(patients.family_of(session, EARLIER)) >= {SURVIVOR, SUBSUMED, EARLIER}


def test_the_way_back_is_open(before: Engine) -> None:
    upgrade(before)
    downgrade(before, "0016")

    with before.begin() as connection:
        merged = connection.execute(text("SELECT count(*) FROM patient WHERE merged_into_id IS NOT NULL")).scalar_one()
    assert merged == 2
