"""Is the service there, can it work, and what does it count."""

from fastapi import APIRouter, Request, Response

from api.deps import MetricsDep
from api.schemas.operation import HealthOut
from db import migrate
from db.outage import DatabaseError, is_outage

router = APIRouter(tags=["operation"])


@router.get("/health/live", summary="The process answers")
def live() -> HealthOut:
    """Answer 200 as long as the process serves requests."""
    return HealthOut(status="live", reason=None)


@router.get("/health/ready", summary="The service can work", responses={503: {"model": HealthOut}})
def ready(request: Request, response: Response) -> HealthOut:
    """Answer 200 if the database answers and has the tables of this version, else 503 with the reason."""
    try:
        state = migrate.status(request.app.state.engine)
    except DatabaseError as error:
        if not is_outage(error):
            raise
        response.status_code = 503
        return HealthOut(status="not ready", reason="the database does not answer")
    if state.pending:
        response.status_code = 503
        reason = f"the database lacks {len(state.pending)} migration(s); run `doseledger db upgrade`"
        return HealthOut(status="not ready", reason=reason)
    return HealthOut(status="ready", reason=None)


@router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
def metrics(counted: MetricsDep) -> Response:
    """Return counts by route template, reading state and kind of finding; no patient data."""
    return Response(counted.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
