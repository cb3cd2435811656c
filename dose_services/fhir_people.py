"""Patients as resources of FHIR."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote
from uuid import UUID

from db.mapping import storable
from db.repositories import fhir
from db.session import Session
from dose_core.fhir.asked import BadSearchError, Token
from dose_core.fhir.people import Identified, Person, merged_patient, patient
from dose_core.fhir.terms import AUTHORITY, Json
from dose_services import exams, restriction, viewing
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import PatientView
from dose_services.viewing import WantedIdentifier

_OID = re.compile(r"urn:oid:(?P<oid>[0-9.]+)\Z")


class TooManyFoundError(BadSearchError):
    """A search finds more than its page holds; ``looker`` is who asked, for the record of a look that told that."""

    def __init__(self, text: str, *, looker: Looker) -> None:
        super().__init__(text)
        self.looker = looker


def wanted(identifiers: Iterable[Token]) -> list[WantedIdentifier]:
    """Return identifiers as the service looks for them: their system is that of an answer, or an authority's name."""
    return [
        WantedIdentifier(value=one.value, authority=authority)
        for one in identifiers
        for authority in _authorities(one.system)
    ]


def look_at(session: Session, patient_id: UUID, *, looker: Looker, now: datetime) -> Json:
    """
    Return a patient; one who was merged tells into whom.

    Raises:
        UnknownPatientError: no patient has this id, or none whom the looker may see; the text does not say which.
    """
    found = viewing.look_at_history(session, patient_id, looker=looker, now=now, action=Action.SEARCH_PATIENT).patient
    if found.id != patient_id:
        return merged_patient(str(patient_id), str(found.id))
    return _patient(session, found)


def search(session: Session, identifiers: Iterable[Token], *, looker: Looker, now: datetime) -> list[Json]:
    """Return the patients that have one of these identifiers, each once, as the survivors of all merges."""
    found = viewing.search_patients(session, wanted(identifiers), looker=looker, now=now)
    return [_patient(session, one) for one in found]


def search_by_name(
    session: Session, *, family: str, given: str, limit: int, looker: Looker, now: datetime
) -> list[Json]:
    """
    Return the patients whose family and given name begin so, in whatever case; ``""`` is any.

    To see somebody who is restricted, or out of reach, takes their identifier: nobody comes upon them by a name.

    Raises:
        TooManyFoundError: there are more than ``limit`` such names of patients who may be seen; of others it tells
            nothing.
    """
    begins = {"family": storable(family), "given": storable(given)}
    ids = fhir.named(session, **begins, reach=looker.reach, limit=limit + 1)
    if len(ids) > limit:
        record_look(session, looker, Action.SEARCH_PATIENT, now=now)  # kept where the answer is one of a batch
        msg = f"more than {limit} patients have such a name; ask for more of it, or for an identifier"
        raise TooManyFoundError(msg, looker=looker)
    openly = replace(looker, break_glass=None)
    views = [view for id_ in ids if (view := exams.patient_view(session, id_)) is not None]
    found = [view for view in views if restriction.may_look(session, view, looker=openly, now=now)]
    for view in found:
        record_look(session, looker, Action.SEARCH_PATIENT, now=now, patient_id=view.id)
    return [_patient(session, view) for view in found]


def _patient(session: Session, view: PatientView) -> Json:
    is_alone = len(view.family) == 1
    return patient(
        Person(
            id=str(view.id),
            name=view.name,
            birth_date=view.birth_date,
            sex=view.sex,
            identifiers=tuple(
                Identified(value=one.value, authority=one.authority, is_merged=one.is_merged)
                for one in view.identifiers
            ),
            replaces=() if is_alone else tuple(map(str, fhir.merged_into(session, view.id))),
        )
    )


def _authorities(system: str | None) -> tuple[str | None, ...]:
    if not system:
        return (None,)
    if system.startswith(AUTHORITY):
        return (unquote(system.removeprefix(AUTHORITY)),)
    oid = _OID.match(system)
    return (system, oid["oid"]) if oid else (system,)
