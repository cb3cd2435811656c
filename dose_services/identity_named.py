"""
Whether an object is about the patient that its identifier names.

One identifier and two people is what a wrong entry of a worklist, a reused number or a dummy such as "0" makes. Nothing
is guessed then: the exam waits at the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db.mapping import storable
from db.repositories import aliases, desk, patients
from db.repositories.patients import Identified
from db.session import Session
from db.tables.patient import PatientRow
from dose_core.identity.agreement import Known, disagreement
from dose_core.identity.identifiers import is_dummy
from dose_core.identity.placeholder import NO_RULES, PlaceholderRules, names_nobody, why_placeholder
from dose_core.model import PatientStated
from dose_services.identity_journal import correct_unstated, fill_unknown
from dose_services.identity_stated import judge_placeholder
from dose_services.identity_values import MAX_IDENTIFIER_CHARACTERS, Change, StatedPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """
    The patient that objects name, who survives them, and the family of all who are one with them.

    ``disagreement`` is why the objects are not theirs all the same, without patient data. ``others`` are those whom
    further identifiers name, each with their family: of two people nobody knows who is right.
    """

    patient_id: UUID
    survivor_id: UUID
    family_id: UUID
    disagreement: str | None = None
    others: tuple[tuple[UUID, UUID], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """
    The exam within which a patient is named, and how else its objects state them, or state one without identifier.

    Without an exam nothing that objects alone told is corrected. ``rules`` are the site's patterns of placeholders.
    """

    exam_id: UUID | None = None
    also_stated: tuple[PatientStated, ...] = ()
    rules: PlaceholderRules = NO_RULES


NO_EXAM = Within()


def other_keys(people: Sequence[PatientStated]) -> tuple[tuple[str, str], ...]:
    """Return the other identifiers (value, authority) that objects state with an issuer, each once, but dummies."""
    stated = {
        (storable(one.id.strip(" \0")), storable(one.issuer.strip(" \0"))) for each in people for one in each.other_ids
    }
    usable = (key for key in stated if all(0 < len(part) <= MAX_IDENTIFIER_CHARACTERS for part in key))
    return tuple(sorted(key for key in usable if not is_dummy(key[0])))


def disagreement_among(people: Sequence[PatientStated], rules: PlaceholderRules) -> str | None:
    """Return why objects of one study are not about one person, though they name one identifier."""
    return _first(people[1:], [_known(people[0])], rules)


def named_by(
    session: Session,
    found: Sequence[Identified],
    people: Sequence[PatientStated],
    person: StatedPerson,
    change: Change,
    within: Within,
) -> Named:
    """
    Return whom objects name, and whether they agree with what is known of them.

    Args:
        session: the unit of work.
        found: who has the identifiers that the objects state, the Patient ID first; at least one.
        people: the patient as the objects state them, the one that says most first.
        person: the same as the first of them.
        change: when the objects came.
        within: the exam whose objects name them.
    """
    patient, rules = found[0], within.rules
    if patient.number > 1:
        aliases.claim(session, patient.id, *person.identifiers[0].key, now=change.now)
    is_named_now = patient.is_placeholder and patient.told == Known() and not names_nobody(person.name or "", rules)
    if (is_named_now or patient.lacks_demographics) and (row := patients.get(session, patient.id)):
        (correct_unstated if is_named_now else fill_unknown)(session, row, person, change)
        _judge(session, patient, row, change, within)
    return Named(
        patient_id=patient.id,
        survivor_id=_survivor(session, patient.id) if patient.merged_into_id else patient.id,
        family_id=patient.family_id,
        disagreement=_disagreement(session, patient, people, person, change, within),
        others=tuple(dict.fromkeys((one.id, one.family_id) for one in found[1:] if one.id != patient.id)),
    )


def _disagreement(
    session: Session,
    patient: Identified,
    people: Sequence[PatientStated],
    person: StatedPerson,
    change: Change,
    within: Within,
) -> str | None:
    rules, exam_id = within.rules, within.exam_id
    why = _first(people, [patient.known], rules) or disagreement_among(people, rules)
    if why is None:
        return None
    # An archive corrects the name in the objects from which alone it is known: then it is the name.
    if exam_id and patient.told == Known() and not aliases.has_other_exam(session, patient.id, exam_id):
        row = patients.get(session, patient.id)
        if row is not None and correct_unstated(session, row, person, change):
            _judge(session, patient, row, change, within)
            desk.refile_held(session, [patient.id], now=change.now)
        return disagreement_among(people, rules)
    family = [one for one in patients.family_of(session, patient.id) if one != patient.id]
    return _first(people, [patient.known, *aliases.known_of(session, family)], rules)


def _judge(session: Session, patient: Identified, row: PatientRow, change: Change, within: Within) -> None:
    """Keep whether a patient is a placeholder by what objects told of them just now."""
    rule = why_placeholder(row.name, row.birth_date, rules=within.rules)
    if (rule is not None) != patient.is_placeholder:
        judge_placeholder(session, patient.id, rule, change)


def _first(people: Sequence[PatientStated], known: Sequence[Known], rules: PlaceholderRules) -> str | None:
    whys = (disagreement(storable(one.name), one.birth_date, known, rules=rules) for one in people)
    return next((why for why in whys if why is not None), None)


def _known(stated: PatientStated) -> Known:
    name, day = storable(stated.name), stated.birth_date
    return Known(names=(name,) if name else (), birth_dates=(day,) if day else ())


def _survivor(session: Session, patient_id: UUID) -> UUID:
    return patients.survivor_of(session, patient_id) or patient_id
