"""
``ingest``: CT dose reports through HTTP into the ledger, by one service process on one database.

Each report is a study of its own with four acquisitions; a patient has five. Evidence is committed, then read, filed
and committed again before the answer, as always. The CPU is that of the service process and of the PostgreSQL backends
that serve it; the senders' is not counted. Statements are counted in the server's own log, per object, by a second
service process that does nothing else.
"""

import re
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.caller import Caller
from bench.ct_reports import CtReport, ct_report
from bench.house import Database, Service, database, service
from dose_core.contract import DICOM_MEDIA_TYPE
from dose_services.roles import Scope

_WARM_UP, _REPORTS = 100, 400
_SENDERS = 4  # for the throughput; what an object costs is measured with one, whose waiting costs nothing
_EVENTS, _MANY_EVENTS = 4, 316
_COUNTED = 20
_STATEMENT = re.compile(r"\[(\d+)\] LOG: {2}(?:statement|execute [^:]*): (.*)")
_TOGETHER = re.compile(r"; (?=BEGIN|COMMIT|EXECUTE |SELECT |INSERT |UPDATE |DELETE |$)")  # see db.driver
_BOUNDS = ("BEGIN", "COMMIT", "ROLLBACK")


def run() -> dict[str, Any]:
    """Return the figures."""
    with tempfile.TemporaryDirectory(prefix="doseledger-bench-") as folder, database(Path(folder)) as ground:
        figures = _cost(ground)
        return figures | _statements(ground)


def _cost(ground: Database) -> dict[str, Any]:
    run_number = int(time.time())
    reports = [ct_report(number, run=run_number) for number in range(_WARM_UP + 2 * _REPORTS)]
    first, second = reports[_WARM_UP : _WARM_UP + _REPORTS], reports[_WARM_UP + _REPORTS :]
    with service(ground) as running:
        token = running.token(Scope.INGEST)
        _send(running, token, reports[:_WARM_UP], senders=_SENDERS)
        before = running.cpu()
        _send(running, token, first, senders=1)
        spent = running.cpu().since(before)
        before, clock = running.cpu(), time.perf_counter()
        _send(running, token, second, senders=_SENDERS)
        seconds, spent_of_senders = time.perf_counter() - clock, running.cpu().since(before)
        long_s = []
        for number in range(3):
            report = ct_report(10_000 + number, events=_MANY_EVENTS, run=run_number)
            clock = time.perf_counter()
            _send(running, token, [report], senders=1)
            long_s.append(time.perf_counter() - clock)
    return {
        "cpu_ms": round(spent.both * 1000 / _REPORTS, 2),
        "s_316_events": round(sorted(long_s)[1], 3),
        "cpu_ms_service": round(spent.service * 1000 / _REPORTS, 2),
        "cpu_ms_backends": round((spent.both - spent.service) * 1000 / _REPORTS, 2),
        "cpu_ms_all_of_postgresql": round(spent.postgres * 1000 / _REPORTS, 2),
        "cpu_ms_with_4_senders": round(spent_of_senders.both * 1000 / _REPORTS, 2),
        "objects_per_s": round(_REPORTS / seconds, 1),
        "bytes_of_a_report": len(reports[0].dicom),
    }


def _statements(ground: Database) -> dict[str, Any]:
    """Count the statements of one object each in the server's log; the role is told to log all of its own."""
    ground.ask("ALTER ROLE doseledger SET log_statement = 'all'")
    try:
        with service(ground) as running:
            token = running.token(Scope.INGEST)
            run_number = int(time.time())
            of_four = [ct_report(n, run=run_number, exams_per_patient=1) for n in range(_COUNTED)]
            again = [ct_report(_COUNTED + n, run=run_number, exams_per_patient=100) for n in range(_COUNTED)]
            many = [ct_report(10_000, events=_MANY_EVENTS, run=run_number, exams_per_patient=1)]
            _send(running, token, of_four[:2] + again[:1], senders=1)
            logged = {
                name: max(_logged(ground, running, token, report) for report in reports)
                for name, reports in (("new", of_four[2:]), ("known", again[1:]), ("many", many))
            }
    finally:
        ground.ask("ALTER ROLE doseledger RESET log_statement")
    return {
        "statements": max(work for work, _, _ in logged.values()),
        "statements_of_a_new_patient": logged["new"][0],
        "statements_of_a_known_patient": logged["known"][0],
        "statements_of_316_events": logged["many"][0],
        "begins_and_commits": max(bounds for _, bounds, _ in logged.values()),
        "messages_to_the_database": max(messages for _, _, messages in logged.values()),
    }


def _logged(ground: Database, running: Service, token: str, report: CtReport) -> tuple[int, int, int]:
    """Return how many statements the backends ran for one object, how many BEGIN and COMMIT, in how many messages."""
    size = len(ground.log())
    _send(running, token, [report], senders=1)
    pids = {str(pid) for pid in running.cpu().backends}
    said = [text for pid, text in _STATEMENT.findall(ground.log()[size:]) if pid in pids]
    single = [one for text in said for one in _TOGETHER.split(text)]
    bounds = sum(one.strip().rstrip(";").upper() in _BOUNDS for one in single)
    return len(single) - bounds, bounds, len(said)


def _send(running: Service, token: str, reports: Sequence[CtReport], *, senders: int) -> None:
    refused: list[str] = []

    def send(share: Sequence[CtReport]) -> None:
        with Caller(running.port, token) as caller:
            for report in share:
                path = f"/api/v1/instances/{report.sop_instance_uid}"
                status, body = caller.put(path, report.dicom, DICOM_MEDIA_TYPE)
                if status != 201 or b'"read"' not in body:  # noqa: PLR2004 - HTTP
                    refused.append(f"{status} {body[:300]!r}")
                    return

    threads = [threading.Thread(target=send, args=(reports[n::senders],)) for n in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise RuntimeError(refused[0])
