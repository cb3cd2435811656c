"""Find patients, and read their exams and sums."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.answers import answer, answer_with_lines
from api.auth.principals import PatientReaderDep
from api.deps import NowDep, SessionDep, SiteDep
from api.schemas.cumulative import CumulativeOut
from api.schemas.patients import PatientExamsOut, PatientOut, PatientSearchIn, PatientSearchOut
from dose_services import viewing
from dose_services.cumulative_dose import period_of

router = APIRouter(prefix="/api/v1/patients", tags=["read"])

Moment = date | datetime


@router.post("/search", summary="Find patients by identifier")
def search_patients(
    wanted: PatientSearchIn, principal: PatientReaderDep, session: SessionDep, now: NowDep
) -> PatientSearchOut:
    """
    Return the patients that have one of these identifiers, each once, as the survivor of all merges.

    Identifiers stand in the body and never in an address. Nobody found is an empty list.
    """
    identifiers = [identifier.wanted() for identifier in wanted.identifiers]
    found = viewing.search_patients(session, identifiers, looker=principal.looker, now=now)
    return PatientSearchOut(patients=[PatientOut.of(patient) for patient in found])


@router.get("/{patient_id}/exams", summary="All exams of a patient, newest first", response_model=PatientExamsOut)
def read_exams(patient_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> Response:
    """Return a patient's exams with the totals of each; those of merged patients are among them."""
    history = viewing.look_at_history(session, patient_id, looker=principal.looker, now=now)
    return answer_with_lines(history.lines, patient=PatientOut.of(history.patient))


@router.get("/{patient_id}/cumulative-dose", summary="What a patient's exams add up to", response_model=CumulativeOut)
def read_cumulative_dose(
    patient_id: UUID,
    principal: PatientReaderDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
    from_: Annotated[Moment | None, Query(alias="from")] = None,
    until: Moment | None = None,
) -> Response:
    """
    Return the sums that may be formed over the exams that began at ``from`` or later and before ``until``.

    Both may be dates, which are their first moment at the site, or times. Unlike quantities are never added, nor
    phantoms, breasts, or agents; what is stated, what is only a lower bound, and what was estimated stand apart. Exams
    without dose, and exams of which a part is missing, are named, so that no sum looks complete that is not.
    """
    period = period_of(from_, until, site.timezone)
    dose = viewing.look_at_cumulative_dose(session, patient_id, looker=principal.looker, now=now, period=period)
    return answer(CumulativeOut.of(dose))
