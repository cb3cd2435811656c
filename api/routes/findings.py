"""What somebody should look at."""

from fastapi import APIRouter

from api.auth.principals import FindingReaderDep
from api.deps import SessionDep
from api.schemas.operation import FindingOut, FindingsOut
from db.repositories import findings

router = APIRouter(prefix="/api/v1/findings", tags=["operation"])


@router.get("", summary="Findings that are not settled")
def read_findings(_: FindingReaderDep, session: SessionDep) -> FindingsOut:
    """Return the newest findings that are not settled, at most 500; for physicists and administrators."""
    return FindingsOut(findings=[FindingOut.model_validate(row) for row in findings.unresolved(session)])
