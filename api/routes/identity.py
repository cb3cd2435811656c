"""Who is who, and what a person decides about it."""

from uuid import UUID

from fastapi import APIRouter

from api.auth.principals import DeciderDep
from api.deps import NowDep, SessionDep
from api.schemas.identity import IdentityOut, MovedIdentifierIn, OtherPatientIn, UnmergeIn
from dose_services import identity_desk
from dose_services.identity_values import StatedIdentifier
from dose_services.identity_view import look_at_identity

router = APIRouter(prefix="/api/v1/patients/{patient_id}", tags=["identity"])


@router.get("/identity", summary="Who a patient is, and how that came about")
def read_identity(patient_id: UUID, principal: DeciderDep, session: SessionDep, now: NowDep) -> IdentityOut:
    """Return the records that are one with a patient, their identifiers with their time, merges, links and journal."""
    return _identity(patient_id, principal, session, now)


@router.post("/unmerge", summary="A merge was wrong")
def unmerge_patient(
    patient_id: UUID, body: UnmergeIn, principal: DeciderDep, session: SessionDep, now: NowDep
) -> IdentityOut:
    """
    Let a patient live on who was merged into another; for physicists. The exams under their identifiers come back.

    The patient is named by the id of the merged record, as ``GET .../identity`` of the survivor tells it.
    """
    identity_desk.unmerge(session, patient_id, reason=body.reason, looker=principal.looker, now=now)
    return _identity(patient_id, principal, session, now)


@router.post("/link", summary="Two patients are one person")
def link_patients(
    patient_id: UUID, body: OtherPatientIn, principal: DeciderDep, session: SessionDep, now: NowDep
) -> IdentityOut:
    """Show the doses of two patients together, who both live on; for physicists. Repeating it changes nothing."""
    other = body.patient_id
    identity_desk.link(session, patient_id, other, reason=body.reason, looker=principal.looker, now=now)
    return _identity(patient_id, principal, session, now)


@router.post("/unlink", summary="Two patients are not one person")
def unlink_patients(
    patient_id: UUID, body: OtherPatientIn, principal: DeciderDep, session: SessionDep, now: NowDep
) -> IdentityOut:
    """Take a link back, and nothing but a link; for physicists."""
    other = body.patient_id
    identity_desk.link(session, patient_id, other, reason=body.reason, looker=principal.looker, now=now, is_link=False)
    return _identity(patient_id, principal, session, now)


@router.post("/identifiers", summary="An identifier is this patient's")
def move_identifier(
    patient_id: UUID, body: MovedIdentifierIn, principal: DeciderDep, session: SessionDep, now: NowDep
) -> IdentityOut:
    """Give an identifier to a patient; for physicists. Exams that came under it follow; who had it lives on."""
    identifier = StatedIdentifier(value=body.value, authority=body.authority)
    looker = principal.looker
    identity_desk.move_identifier(session, identifier, patient_id, reason=body.reason, looker=looker, now=now)
    return _identity(patient_id, principal, session, now)


def _identity(patient_id: UUID, principal: DeciderDep, session: SessionDep, now: NowDep) -> IdentityOut:
    return IdentityOut.model_validate(look_at_identity(session, patient_id, looker=principal.looker, now=now))
