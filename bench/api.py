"""
``api``: the five main calls by REST among 100,000 exams, each time of another patient or exam.

The service checks the token and commits each look, as always. Against it stands the least that could be done in
Python: psycopg2 and orjson fetch the same and commit the same row of the access log. Both run in turns in one run; CPU
is that of the process and of its PostgreSQL backends. Requests a second are those of eight callers that do not pause.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from time import thread_time
from typing import Any
from uuid import UUID

import orjson

from bench.bare_calls import BareCalls
from bench.caller import Caller
from bench.grounds import SMALL, patients_of, synthetic
from bench.house import Database, Service, service
from bench.store import cpu_s
from dose_services.roles import Scope

_WARM_UP, _TURN, _TURNS = 100, 120, 5
_CALLERS = 8


@dataclass(slots=True)
class _Call:
    """One call: how it is made by REST and by the bare program, of each subject, and what the turns cost."""

    name: str
    by_rest: Callable[[Caller, Any], tuple[int, bytes]]
    bare: Callable[[Any], bytes]
    subjects: Sequence[Any]
    ours_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)
    per_s: float = 0.0


def run() -> dict[str, Any]:
    """Return the figures."""
    with ExitStack() as stack:
        ground = stack.enter_context(synthetic(SMALL))
        running = stack.enter_context(service(ground))
        bare = stack.enter_context(BareCalls(ground.url))
        calls = _calls(ground, bare)
        token = running.token(Scope.READ)
        caller = stack.enter_context(Caller(running.port, token))
        for call in calls:
            _turn(running, bare, caller, call, call.subjects[:_WARM_UP], counts=False)
        for number in range(_TURNS):
            for call in calls:
                start = _WARM_UP + number * _TURN
                _turn(running, bare, caller, call, call.subjects[start : start + _TURN], counts=True)
        for call in calls:
            call.per_s = _rate(running.port, token, call)
    figures: dict[str, Any] = {"exams": SMALL}
    for call in calls:
        ratios = [ours / least for ours, least in zip(call.ours_ms, call.bare_ms, strict=True)]
        figures[f"{call.name}_over_bare"] = round(median(ratios), 2)
        figures[f"{call.name}_cpu_ms"] = round(median(call.ours_ms), 2)
        figures[f"{call.name}_cpu_ms_bare"] = round(median(call.bare_ms), 2)
        figures[f"{call.name}_per_s"] = round(call.per_s)
    return figures


def _calls(ground: Database, bare: BareCalls) -> list[_Call]:
    count = _WARM_UP + _TURN * _TURNS
    patients = patients_of(ground, count)
    # Those of them that are searched for, and an exam of each.
    found = ground.ask(
        """
        SELECT DISTINCT ON (i.patient_id) i.value, i.authority, e.id::text, e.study_instance_uid
        FROM patient_identifier i JOIN exam e ON e.patient_id = i.patient_id AND e.state = 'counted'
        WHERE i.patient_id = ANY(%s::uuid[]) AND i.ended_at IS NULL
        """,
        [[str(patient) for patient in patients]],
    )
    found = (found * (count // len(found) + 1))[:count]

    def search(caller: Caller, one: tuple[str, str]) -> tuple[int, bytes]:
        body = {"identifiers": [{"value": one[0], "authority": one[1]}]}
        return caller.post("/api/v1/patients/search", orjson.dumps(body))

    def get(path: str) -> Callable[[Caller, Any], tuple[int, bytes]]:
        return lambda caller, subject: caller.get(path.format(subject))

    return [
        _Call("search", search, lambda one: bare.search(*one), [row[:2] for row in found]),
        _Call("history", get("/api/v1/patients/{}/exams"), bare.history, patients),
        _Call("exam", get("/api/v1/exams/{}"), bare.exam, [UUID(row[2]) for row in found]),
        _Call("cumulative", get("/api/v1/patients/{}/cumulative-dose"), bare.cumulative, patients),
        _Call("study", get("/api/v1/exams?study_instance_uid={}"), bare.study, [row[3] for row in found]),
    ]


def _turn(
    running: Service, bare: BareCalls, caller: Caller, call: _Call, subjects: Sequence[Any], *, counts: bool
) -> None:
    before = running.cpu()
    for subject in subjects:
        _asked(call, caller, subject)
    ours_s = running.cpu().since(before).both
    began, backend = thread_time(), cpu_s(bare.backend)
    for subject in subjects:
        call.bare(subject)
    bare_s = thread_time() - began + cpu_s(bare.backend) - backend
    if counts:
        call.ours_ms.append(ours_s * 1000 / len(subjects))
        call.bare_ms.append(bare_s * 1000 / len(subjects))


def _asked(call: _Call, caller: Caller, subject: object) -> None:
    """
    Make a call by REST.

    Raises:
        RuntimeError: it was not answered with what was asked for.
    """
    status, body = call.by_rest(caller, subject)
    if status != 200 or len(body) < len(b'{"patients":[]}') + 20:  # noqa: PLR2004 - HTTP, and more than nothing
        msg = f"{call.name} was answered {status}: {body[:300]!r}"
        raise RuntimeError(msg)


def _rate(port: int, token: str, call: _Call) -> float:
    """Return the answers a second to callers that ask again as soon as they have one."""
    subjects = call.subjects[:_TURN]

    def ask() -> None:
        with Caller(port, token) as caller:
            for subject in subjects:
                _asked(call, caller, subject)

    callers = [threading.Thread(target=ask) for _ in range(_CALLERS)]
    began = time.perf_counter()
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join()
    return _CALLERS * len(subjects) / (time.perf_counter() - began)
