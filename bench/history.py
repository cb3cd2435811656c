"""
``history``: a patient's 20 exams by REST, 50 times a second, each time another patient's.

The service checks the token and records each look, as always. Against it stands the least that could be done in
Python: psycopg2 and orjson fetch the same and commit the same row of the access log. Both run in turns in one run, at
the same pace; CPU is that of the process and of its PostgreSQL backends. The large database has a million exams, the
small one a tenth.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, sleep, thread_time
from typing import Any
from uuid import UUID

import orjson

from bench.bare import Bare
from bench.caller import Caller
from bench.grounds import EXAMS_OF_A_HISTORY, LARGE, SMALL, patients_of, synthetic
from bench.house import Database, Service, service
from bench.pace import paced, quantile_ms
from bench.plans import print_plans
from bench.store import cpu_s
from dose_services import exams
from dose_services.roles import Scope

_PER_S = 50.0
_WARM_UP, _TURN, _TURNS = 150, 200, 6


@dataclass(slots=True)
class Measured:
    """What the turns on one database cost."""

    ours_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)
    latencies_s: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    database: Database
    service: Service
    token: str
    bare: Bare
    patients: list[UUID]
    measured: Measured


def run() -> dict[str, Any]:
    """Return the figures."""
    with ExitStack() as stack:
        places = [_place(stack, size) for size in (SMALL, LARGE)]
        for place in places:
            _check_same(place)
            _turn(place, place.patients[:_WARM_UP], counts=False)
        for number in range(_TURNS):
            for place in places if number % 2 else reversed(places):
                start = _WARM_UP + number * _TURN
                _turn(place, place.patients[start : start + _TURN], counts=True)
        large, small = places[1], places[0]
        print_plans(large.database, lambda session: exams.history(session, large.patients[0]))
    return _figures(small.measured, large.measured)


def _figures(small: Measured, large: Measured) -> dict[str, Any]:
    ratios = [ours / bare for ours, bare in zip(large.ours_ms, large.bare_ms, strict=True)]
    return {
        "p99_ms": quantile_ms(large.latencies_s, 0.99),
        "cpu_over_bare": round(median(ratios), 2),
        "cpu_large_over_small": round(median(large.ours_ms) / median(small.ours_ms), 2),
        "median_ms": quantile_ms(large.latencies_s, 0.5),
        "cpu_ms": round(median(large.ours_ms), 2),
        "cpu_ms_bare": round(median(large.bare_ms), 2),
        "median_ms_small": quantile_ms(small.latencies_s, 0.5),
        "p99_ms_small": quantile_ms(small.latencies_s, 0.99),
        "exams": LARGE,
        "requests": len(large.latencies_s),
    }


def _place(stack: ExitStack, size: int) -> _Place:
    ground = stack.enter_context(synthetic(size))
    running = stack.enter_context(service(ground))
    bare = stack.enter_context(Bare(ground.url))
    patients = patients_of(ground, _WARM_UP + _TURN * _TURNS)
    return _Place(
        database=ground,
        service=running,
        token=running.token(Scope.READ),
        bare=bare,
        patients=patients,
        measured=Measured(),
    )


def _turn(place: _Place, patients: list[UUID], *, counts: bool) -> None:
    paths = [f"/api/v1/patients/{patient}/exams" for patient in patients]
    before = place.service.cpu()
    latencies_s = paced(place.service.port, place.token, paths, per_s=_PER_S)
    ours_s = place.service.cpu().since(before).both
    bare_s = _at_pace(place.bare, patients)
    if counts:
        place.measured.latencies_s += latencies_s
        place.measured.ours_ms.append(ours_s * 1000 / len(patients))
        place.measured.bare_ms.append(bare_s * 1000 / len(patients))


def _at_pace(bare: Bare, patients: list[UUID]) -> float:
    """Return the CPU time in seconds of this thread and the backend, the calls made at the same pace."""
    start, began, backend = perf_counter(), thread_time(), cpu_s(bare.backend)
    for number, patient in enumerate(patients):
        sleep(max(0.0, start + number / _PER_S - perf_counter()))
        bare.history(patient)
    return thread_time() - began + cpu_s(bare.backend) - backend


def _check_same(place: _Place) -> None:
    """
    See that both give the same.

    Raises:
        RuntimeError: they do not.
    """
    patient = place.patients[0]
    with Caller(place.service.port, place.token) as caller:
        status, body = caller.get(f"/api/v1/patients/{patient}/exams")
    ours, theirs = orjson.loads(body), orjson.loads(place.bare.history(patient))
    exams_of_both = len(ours["exams"]), len(theirs["exams"])
    if status != 200 or ours["exams"] != theirs["exams"] or exams_of_both[0] != EXAMS_OF_A_HISTORY:  # noqa: PLR2004 - HTTP
        msg = f"the service and the bare program do not answer the same {EXAMS_OF_A_HISTORY} exams, but {exams_of_both}"
        raise RuntimeError(msg)
