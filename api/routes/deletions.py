"""Take in which objects an archive has deleted."""

from fastapi import APIRouter, status

from api.auth.principals import IngestPrincipalDep
from api.deps import NowDep, SessionDep
from api.schemas.deletions import DeletionsIn
from dose_services.deletions import note_deleted

router = APIRouter(prefix="/api/v1/deletions", tags=["ingest"])


@router.post("", summary="Tell which objects an archive has deleted", status_code=status.HTTP_204_NO_CONTENT)
def post_deletions(body: DeletionsIn, principal: IngestPrincipalDep, session: SessionDep, now: NowDep) -> None:
    """
    Note that an Orthanc has deleted these objects; what is not known here is passed over. Safe to repeat.

    No dose is taken away. An exam that counts one of them gets the finding ``object_deleted``, which closes when the
    object comes again.
    """
    note_deleted(session, body.orthanc_ids, site=principal.site, now=now)
