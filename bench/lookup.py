"""
``lookup``: from a Study Instance UID to the exam among a million exams.

Each look is of another study, drawn over the whole of the database. First the look-up itself, as every part of the
service makes it, in a unit of work of its own; that is what the bar is on. Then the same by REST, 50 times a second,
with the token checked and the look recorded and committed before the answer: what HTTP and the commit add is the same
for every route, and much more than the look-up.
"""

import time
from typing import Any

from bench.grounds import LARGE, synthetic
from bench.house import Database, service
from bench.pace import paced, quantile_ms
from bench.plans import print_plans
from db.session import make_engine, unit_of_work
from dose_services import exams
from dose_services.roles import Scope

_PER_S = 50.0
_WARM_UP, _LOOKS = 200, 1500


def run() -> dict[str, Any]:
    """Return the figures."""
    with synthetic(LARGE) as ground, service(ground) as running:
        token = running.token(Scope.READ)
        drawn = ground.ask(
            "SELECT study_instance_uid FROM exam WHERE state = 'counted' ORDER BY random() LIMIT %s",
            [_WARM_UP + _LOOKS],
        )
        studies = [study for (study,) in drawn]
        alone_s = _looked_up(ground, studies)
        paths = [f"/api/v1/exams?study_instance_uid={study}" for study in studies]
        paced(running.port, token, paths[:_WARM_UP], per_s=_PER_S)
        before = running.cpu()
        latencies_s = paced(running.port, token, paths[_WARM_UP:], per_s=_PER_S)
        spent = running.cpu().since(before)
        print_plans(ground, lambda session: exams.exams_of_study(session, studies[0]))
    return {
        "p99_ms": quantile_ms(alone_s, 0.99),
        "median_ms": quantile_ms(alone_s, 0.5),
        "p99_ms_by_rest": quantile_ms(latencies_s, 0.99),
        "median_ms_by_rest": quantile_ms(latencies_s, 0.5),
        "cpu_ms_by_rest": round(spent.both * 1000 / _LOOKS, 2),
        "exams": LARGE,
        "looks": len(latencies_s),
    }


def _looked_up(ground: Database, studies: list[str]) -> list[float]:
    """
    Return the seconds of each look-up after the first ones.

    Raises:
        RuntimeError: a study was not found.
    """
    engine = make_engine(ground.url, pool_size=1)
    try:
        seconds = []
        for study in studies:
            began = time.perf_counter()
            with unit_of_work(engine) as session:
                found = exams.exams_of_study(session, study)
            seconds.append(time.perf_counter() - began)
            if not found:
                raise RuntimeError("a study of the database was not found")
    finally:
        engine.dispose()
    return seconds[_WARM_UP:]
