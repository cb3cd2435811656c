"""
What was ever stated of a patient: kept, so that a name or birth date that changed holds no exam that came with the old.

An exam whose objects state another name or birth date than the patient of their identifier ever had waits at the desk.
Which message or object came first must not decide that: when something new is stated, the exams that wait for it are
made anew by the worker, as are all of a patient whose demographics a message corrects.
"""

from collections.abc import Sequence
from uuid import UUID

from db.mapping import storable
from db.repositories import aliases, patients, placeholders
from db.session import Session
from dose_core.identity.placeholder import (
    BIRTH_DATE_IS_DEFAULT,
    NAME_IS_ALIAS,
    PlaceholderRules,
    why_placeholder,
)
from dose_services.identity_values import Change, StatedIdentifier, StatedPerson, Told


def remember_stated(
    session: Session,
    stated: StatedPerson,
    change: Change,
    rules: PlaceholderRules | None = None,
    *,
    told: Told | None = None,
) -> None:
    """
    Keep what a message states of a patient, after it was carried out; with rules also whether they are a placeholder.

    ``told`` is the patient if carrying it out has shown them; else they are asked for.
    Safe to repeat. A message that is older than what is known counts as well: a name that was theirs once holds no
    exam.
    """
    patient = told or _identified(session, stated)
    if patient is None:
        return
    names = {storable(stated.name)} if stated.name and NAME_IS_ALIAS not in stated.reliability else set()
    days = {stated.birth_date} if stated.birth_date and BIRTH_DATE_IS_DEFAULT not in stated.reliability else set()
    new_names, new_days = names - set(patient.known.names), days - set(patient.known.birth_dates)
    if new_names or new_days:
        aliases.remember(
            session, patient.patient_id, names=sorted(new_names), birth_dates=sorted(new_days), now=change.now
        )
    if rules is None:
        return
    rule = why_placeholder(patient.name, patient.birth_date, reliability=stated.reliability, rules=rules)
    if rule is not None or patient.is_placeholder or stated.identity_unknown is not None:
        judge_placeholder(session, patient.patient_id, rule, change, identity_unknown=stated.identity_unknown)


def remember_prior_name(session: Session, subsumed: StatedIdentifier, name: str, change: Change) -> None:
    """Keep a name that a patient had before, as a merge tells it (MRG-7); exams that wait for it are made anew."""
    for patient in patients.identified(session, [_key(subsumed)]):
        if storable(name) not in patient.told.names:
            aliases.remember(session, patient.id, names=[storable(name)], birth_dates=[], now=change.now)


def refile_claimed(session: Session, identifiers: Sequence[tuple[str, str]], change: Change) -> None:
    """Have the exams made anew that were found by another identifier, now that somebody has these."""
    if identifiers:
        aliases.refile_claimed(session, identifiers, now=change.now)


def judge_placeholder(
    session: Session, patient_id: UUID, rule: str | None, change: Change, *, identity_unknown: bool | None = None
) -> None:
    """Keep by which rule a patient is a placeholder, ``None`` if none fits; PID-31 outweighs it while it holds."""
    values = {
        "patient_id": patient_id,
        "rule": rule,
        "identity_unknown": identity_unknown,
        "unknown_rule": why_placeholder(None, None, identity_unknown=True),
        "stated_at": change.ordered_at,
        "now": change.now,
    }
    placeholders.judge(session, values)


def _identified(session: Session, stated: StatedPerson) -> Told | None:
    for one in patients.identified(session, [_key(stated.identifiers[0])]):
        return Told(
            patient_id=one.id,
            name=one.name,
            birth_date=one.birth_date,
            known=one.told,
            is_placeholder=one.is_placeholder,
        )
    return None


def _key(identifier: StatedIdentifier) -> tuple[str, str]:
    return storable(identifier.value), storable(identifier.authority)
