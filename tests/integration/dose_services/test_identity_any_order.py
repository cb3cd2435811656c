"""Whatever the order in which a day's messages come, who is who at its end is the same, on a real PostgreSQL."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.repositories import patients
from db.tables.patient import PatientIdentifierRow, PatientRow
from tests.builders.identity_day import deliver
from tests.builders.identity_model import DAYS, Model, Said

Standing = dict[str, tuple[frozenset[str], frozenset[str], str | None, bool]]
"""By identifier: those of the same person, those of the same family, the name that is shown, and if it is theirs."""


def standing_in(session: Session) -> Standing:
    rows = session.execute(
        select(PatientIdentifierRow.value, PatientRow)
        .join(PatientRow, PatientRow.id == PatientIdentifierRow.patient_id)
        .where(PatientIdentifierRow.ended_at.is_(None), PatientRow.is_stated)
        .execution_options(populate_existing=True)
    ).all()
    owner = dict(rows)
    return {
        value: (
            frozenset(other for other, one in owner.items() if one.id == row.id),
            frozenset(other for other, one in owner.items() if one.family_id == row.family_id),
            session.get_one(PatientRow, patients.survivor_of(session, row.id)).name,
            row.merged_into_id is None,
        )
        for value, row in owner.items()
    }


def standing_of(model: Model) -> Standing:
    return {
        value: (
            frozenset(other for other, two in model.owner.items() if two == one),
            model.family(value),
            model.name[model.top(one)],
            one not in model.into,
        )
        for value, one in model.owner.items()
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=DAYS, data=st.data())
def test_any_order_of_delivery_ends_as_the_order_of_events_does(
    session: Session, day: list[Said], data: st.DataObject
) -> None:
    session.rollback()
    model = Model()
    for said in day:
        model.hear(said)
    delivered = data.draw(st.permutations(list(enumerate(day))))
    twice = data.draw(st.lists(st.sampled_from(delivered), max_size=2))

    for minute, said in [*delivered, *twice]:
        deliver(session, said, minute)

    assert standing_in(session) == standing_of(model)


def test_a_name_told_by_a_message_that_is_refused_after_all_is_forgotten(session: Session) -> None:
    day: list[Said] = [("listed", "A", "C"), ("listed", "E", "X"), ("change", "C", "E")]
    model = Model()
    for said in day:
        model.hear(said)

    for minute in (2, 0, 1):
        deliver(session, day[minute], minute)

    assert standing_in(session) == standing_of(model)
    assert model.name[model.owner["E"]] is None
