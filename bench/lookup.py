"""
``lookup``: from a Study Instance UID to the exam by REST, 50 times a second, among a million exams.

Each look is of another study, drawn over the whole of the database, with its token checked and the look recorded.
"""

from typing import Any

from bench.grounds import LARGE, synthetic
from bench.house import service
from bench.pace import paced, quantile_ms
from bench.plans import print_plans
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
        paths = [f"/api/v1/exams?study_instance_uid={study}" for study in studies]
        paced(running.port, token, paths[:_WARM_UP], per_s=_PER_S)
        before = running.cpu()
        latencies_s = paced(running.port, token, paths[_WARM_UP:], per_s=_PER_S)
        spent = running.cpu().since(before)
        print_plans(ground, lambda session: exams.exams_of_study(session, studies[0]))
    return {
        "p99_ms": quantile_ms(latencies_s, 0.99),
        "median_ms": quantile_ms(latencies_s, 0.5),
        "cpu_ms": round(spent.both * 1000 / _LOOKS, 2),
        "exams": LARGE,
        "requests": len(latencies_s),
    }
