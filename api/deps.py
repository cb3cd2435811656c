"""
Dependencies that routes share. The only place in ``api`` that reads the clock.

They are asynchronous, since a function that is not costs a change of thread, as much CPU as a query.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Depends, Request

from api.auth.origin import client_address
from api.metrics import Metrics
from api.settings import ApiSettings
from db.session import Session, unit_of_work
from dose_services.reading import UnitOfWork
from dose_services.site import Site


def unit_of_work_of(request: Request) -> UnitOfWork:
    """Return how work is done for a request."""
    return partial(unit_of_work, request.app.state.engine, asked_from=_address(request))


async def _session(request: Request) -> AsyncIterator[Session]:
    work = unit_of_work(request.app.state.engine, asked_from=_address(request))
    session = work.__enter__()  # takes no connection yet, so nothing waits here
    try:
        yield session
    except BaseException as error:
        if not await _end(work, error):
            raise
    else:
        await _end(work, None)


def _address(request: Request) -> str | None:
    return client_address(request, request.app.state.settings) or None


async def _end(work: AbstractContextManager[Session], error: BaseException | None) -> bool:
    """Commit or roll back in a thread of its own: those of the pool may all wait for the connection that it frees."""
    kind, place = (type(error), error.__traceback__) if error else (None, None)
    is_settled: bool | None = False
    with CancelScope(shield=True):
        is_settled = await to_thread.run_sync(work.__exit__, kind, error, place, limiter=CapacityLimiter(1))
    return bool(is_settled)


def time_now() -> datetime:
    """Return the time; the only reading of the clock here."""
    return datetime.now(UTC)  # noqa: TID251 - the edge reads the clock


async def clock() -> datetime:
    """Return the time."""
    return time_now()


async def _settings(request: Request) -> ApiSettings:
    settings: ApiSettings = request.app.state.settings
    return settings


async def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


async def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


async def _route(request: Request) -> str:
    return route_template(request)


def route_template(request: Request) -> str:
    """Return the template of the route that serves this request, such as ``/api/v1/exams/{exam_id}``."""
    return str(getattr(request.scope.get("route"), "path", "(no route)"))


async def _unit_of_work(request: Request) -> UnitOfWork:
    return unit_of_work_of(request)


# For routes whose work is one transaction. scope="function" commits before the answer goes out: with
# FastAPI's default the caller would get its answer first, and a failed commit would go unnoticed.
SessionDep = Annotated[Session, Depends(_session, scope="function")]
# For routes that must commit in steps, such as evidence before reading.
UnitOfWorkDep = Annotated[UnitOfWork, Depends(_unit_of_work)]
NowDep = Annotated[datetime, Depends(clock)]
SettingsDep = Annotated[ApiSettings, Depends(_settings)]
SiteDep = Annotated[Site, Depends(_site)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]
RouteDep = Annotated[str, Depends(_route)]
