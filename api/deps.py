"""Dependencies that routes share. The only place in ``api`` that reads the clock."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import Depends, Request

from api.metrics import Metrics
from api.settings import ApiSettings
from db.session import Session, unit_of_work
from dose_services.reading import UnitOfWork
from dose_services.site import Site


def _unit_of_work(request: Request) -> UnitOfWork:
    return partial(unit_of_work, request.app.state.engine)


def _session(request: Request) -> Iterator[Session]:
    with unit_of_work(request.app.state.engine) as session:
        yield session


def clock() -> datetime:
    """Return the time; the only reading of the clock here."""
    return datetime.now(UTC)  # noqa: TID251 - the edge reads the clock


def _settings(request: Request) -> ApiSettings:
    settings: ApiSettings = request.app.state.settings
    return settings


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


def route_template(request: Request) -> str:
    """Return the template of the route that serves this request, such as ``/api/v1/exams/{exam_id}``."""
    return str(getattr(request.scope.get("route"), "path", "(no route)"))


# For routes whose work is one transaction. scope="function" commits before the answer goes out: with
# FastAPI's default the caller would get its answer first, and a failed commit would go unnoticed.
SessionDep = Annotated[Session, Depends(_session, scope="function")]
# For routes that must commit in steps, such as evidence before reading.
UnitOfWorkDep = Annotated[UnitOfWork, Depends(_unit_of_work)]
NowDep = Annotated[datetime, Depends(clock)]
SettingsDep = Annotated[ApiSettings, Depends(_settings)]
SiteDep = Annotated[Site, Depends(_site)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]
RouteDep = Annotated[str, Depends(route_template)]
