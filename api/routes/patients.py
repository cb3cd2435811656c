"""Find patients, and read their exams and sums."""

from uuid import UUID

from fastapi import APIRouter

from api.auth.principals import PatientReaderDep
from api.deps import NowDep, SessionDep
from api.schemas.patients import CumulativeOut, PatientExamsOut, PatientOut, PatientSearchIn, PatientSearchOut
from dose_services import viewing

router = APIRouter(prefix="/api/v1/patients", tags=["read"])


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


@router.get("/{patient_id}/exams", summary="All exams of a patient, newest first")
def read_exams(patient_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> PatientExamsOut:
    """Return a patient's exams with the dose of each; those of merged patients are among them."""
    return PatientExamsOut.of(viewing.look_at_history(session, patient_id, looker=principal.looker, now=now))


@router.get("/{patient_id}/cumulative-dose", summary="Sums over a patient's exams")
def read_cumulative_dose(
    patient_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep
) -> CumulativeOut:
    """
    Return the sums of DLP that may be formed: per phantom, stated apart from estimated.

    Exams without dose, and exams of which a part is missing, are counted, so that no sum looks complete that is not.
    """
    return CumulativeOut.of(viewing.look_at_cumulative_dose(session, patient_id, looker=principal.looker, now=now))
