"""Why this number."""

from fastapi import APIRouter, Response

from api.answers import answer
from api.auth.principals import PatientReaderDep
from api.deps import NowDep, SessionDep, SettingsDep
from api.schemas.provenance import ProvenanceOut
from dose_core.ledger.value_id import parse_value_id
from dose_services import viewing

router = APIRouter(prefix="/api/v1/values", tags=["read"])


@router.get("/{value_id}/provenance", summary="Why this number", response_model=ProvenanceOut)
def read_provenance(
    value_id: str, principal: PatientReaderDep, session: SessionDep, settings: SettingsDep, now: NowDep
) -> Response:
    """
    Return the object, the place in it and the text there, the conversion, the rule that chose it, and its rivals.

    Every number of every answer has an id, in ``value_id`` beside it or in ``value_ids`` of what it stands in. Numbers
    of exams that are held, or no patient's, are known to physicists only.
    """
    wanted = parse_value_id(value_id)
    looked = viewing.look_at_value(session, wanted, looker=principal.looker, now=now, viewer=settings.viewer)
    return answer(ProvenanceOut.of(looked.provenance))
