"""
``hl7``: ADT messages through MLLP into the database, by one bridge process, over 1 connection and over 20.

Each A08 states a known patient in full; every fourth changes their name, the others tell of what is not ours, such as a
bed. Beside it stands the dearest kind, of which each changes a name. A message is kept and committed, then applied and
committed with its answer, as always. Each connection waits for an answer before it sends again. An A40 merges away a
patient who has 5,000 exams, and the next one whoever stands for them by then. CPU is that of the bridge process;
PostgreSQL's stands beside it.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.house import Cpu, Database, cpu_of, database, environment, free_port
from bench.synthetic.build import build
from doseledger.demo.child import Child
from tests.support.mllp_sender import MllpSender

_EXAMS, _EXAMS_OF_ONE = 20_000, 5_000
_PATIENTS, _WARM_UP, _MESSAGES = 1_000, 500, 2_000
_CONNECTIONS = 20
_CHANGES = 4  # ours: one in four changes a name, which in a real feed is rarer
_MERGES = 9
_START_S = 60.0
_GIVE_TO_ONE = """
    WITH one AS (
        SELECT patient_id, value, authority FROM patient_identifier JOIN exam USING (patient_id)
        WHERE ended_at IS NULL AND exam.state = 'counted' ORDER BY value LIMIT 1
    ), given AS (
        UPDATE exam SET patient_id = one.patient_id FROM one
        WHERE exam.id IN (SELECT id FROM exam WHERE state = 'counted' ORDER BY id LIMIT %s)
    )
    SELECT value, authority FROM one
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bridge:
    """One ``doseledger hl7`` on a database."""

    database: Database
    port: int
    child: Child

    def cpu(self) -> Cpu:
        return cpu_of(self.database, self.child.pid)


def run() -> dict[str, Any]:
    """Return the figures, in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="doseledger-bench-") as name:
        folder = Path(name)
        build(folder, exams=_EXAMS, sites=1)
        with database(folder) as ground:
            (value, authority), *_ = ground.ask(_GIVE_TO_ONE, [_EXAMS_OF_ONE])
            ground.ask("VACUUM (ANALYZE)")
            with _bridge(ground) as bridge:
                return _updates(bridge) | _merges(bridge, f"{value}^^^{authority}")


def _updates(bridge: _Bridge) -> dict[str, Any]:
    feed = _Feed()
    for connections in (1, _CONNECTIONS):
        _send(bridge, [feed.update(number % _PATIENTS) for number in range(_PATIENTS + _WARM_UP)], connections)
    single = _measured(bridge, feed, 1)
    many = _measured(bridge, feed, _CONNECTIONS)
    dearest = _measured(bridge, feed, 1, one_in=1)
    return {
        "ms_per_message": round(single.ms, 2),
        "ms_per_message_over_20": round(many.ms, 2),
        "cpu_ms": round(single.cpu.service * 1000 / _MESSAGES, 2),
        "cpu_ms_over_20": round(many.cpu.service * 1000 / _MESSAGES, 2),
        "messages_per_s": round(1000 / single.ms, 1),
        "messages_per_s_over_20": round(1000 / many.ms, 1),
        "cpu_ms_where_each_changes_a_name": round(dearest.cpu.service * 1000 / _MESSAGES, 2),
        "ms_where_each_changes_a_name": round(dearest.ms, 2),
        "cpu_ms_backends": round((single.cpu.both - single.cpu.service) * 1000 / _MESSAGES, 2),
        "cpu_ms_all_of_postgresql": round(single.cpu.postgres * 1000 / _MESSAGES, 2),
        "cpu_ms_backends_over_20": round((many.cpu.both - many.cpu.service) * 1000 / _MESSAGES, 2),
        "messages": _MESSAGES,
    }


def _merges(bridge: _Bridge, subsumed: str) -> dict[str, Any]:
    """Merge who has the exams into somebody new, them into the next one, and so on."""
    feed = _Feed()
    answered_s = []
    for number in range(_MERGES):
        survivor = f"HEIR-{number}^^^INVENTED"
        raw = feed.merge(survivor, subsumed)
        clock = time.perf_counter()
        _send(bridge, [raw], 1)
        answered_s.append(time.perf_counter() - clock)
        subsumed = survivor
    shown = bridge.database.ask(
        "SELECT count(*) FROM patient WHERE merged_into_id IS NOT NULL AND id IN (SELECT patient_id FROM exam)"
    )
    if shown != [(1,)]:
        raise RuntimeError("the patient with the exams was not merged")
    return {
        "merge_ms": round(max(answered_s) * 1000, 1),
        "merge_ms_median": round(sorted(answered_s)[_MERGES // 2] * 1000, 1),
        "exams_of_the_merged": _EXAMS_OF_ONE,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    ms: float  # per message, by the clock
    cpu: Cpu


def _measured(bridge: _Bridge, feed: "_Feed", connections: int, *, one_in: int = _CHANGES) -> _Measured:
    messages = [feed.update(n * 7 % _PATIENTS, is_changed=n % one_in == 0) for n in range(_MESSAGES)]
    before, clock = bridge.cpu(), time.perf_counter()
    _send(bridge, messages, connections)
    seconds = time.perf_counter() - clock
    return _Measured(ms=seconds * 1000 / _MESSAGES, cpu=bridge.cpu().since(before))


class _Feed:
    """Writes messages of people who are invented; each is of a later moment than the one before."""

    def __init__(self) -> None:
        self._number = 0
        self._names: dict[int, str] = {}
        now = datetime.now(UTC)  # noqa: TID251 - a bench is an edge
        self._start = now - timedelta(minutes=10)

    def update(self, patient: int, *, is_changed: bool = True) -> bytes:
        """Return an A08 that states all of a patient, with another name or the same as before."""
        header = self._header("A08")
        if is_changed:
            self._names[patient] = f"Invented^Number {self._number}"
        identified = f"BENCH-{patient}^^^INVENTED^MR||{self._names[patient]}||19700102|F"
        return self._message(*header, f"PID|1||{identified}", f"PV1|1|O|WARD^1^{self._number}")

    def merge(self, survivor: str, subsumed: str) -> bytes:
        """Return an A40."""
        return self._message(*self._header("A40"), f"PID|1||{survivor}||Invented^Heir||19700102|F", f"MRG|{subsumed}")

    def _header(self, trigger: str) -> tuple[str, str]:
        self._number += 1
        at = self._start + timedelta(milliseconds=10 * self._number)
        moment = f"{at:%Y%m%d%H%M%S}.{at.microsecond // 1000:03}+0000"
        control_id = f"{trigger}{id(self) % 10**6}-{self._number}"
        header = rf"MSH|^~\&|HIS|INVENTED|DOSE|INVENTED|{moment}||ADT^{trigger}|{control_id}|P|2.5.1||||||UNICODE UTF-8"
        return header, f"EVN|{trigger}|{moment}"

    @staticmethod
    def _message(*segments: str) -> bytes:
        return "".join(f"{segment}\r" for segment in segments).encode()


def _send(bridge: _Bridge, messages: Sequence[bytes], connections: int) -> None:
    """
    Send all of them, each connection its share.

    Raises:
        RuntimeError: a message was not accepted.
    """
    refused: list[bytes] = []

    def send(share: Sequence[bytes]) -> None:
        with MllpSender("127.0.0.1", bridge.port) as sender:
            for message in share:
                answer = sender.send(message)
                if b"MSA|AA|" not in answer:
                    refused.append(answer)
                    return

    threads = [threading.Thread(target=send, args=(messages[n::connections],)) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise RuntimeError(refused[0])


@contextmanager
def _bridge(ground: Database) -> Iterator[_Bridge]:
    port = free_port()
    environ = environment(
        ground,
        HL7_PORT=str(port),
        TOKEN_SECRET="no token is issued by a bridge alone",  # noqa: S106 - it opens nothing
        PUBLIC_URL="http://127.0.0.1",
    )
    command = [sys.executable, "-m", "doseledger", "hl7"]
    child = Child("the bridge", command, log=ground.folder / "bridge.log", environ=environ)
    try:
        deadline = time.monotonic() + _START_S
        while True:
            child.check()
            try:
                with MllpSender("127.0.0.1", port):
                    break
            except OSError:
                if time.monotonic() > deadline:
                    raise RuntimeError("the bridge did not listen in time") from None
                time.sleep(0.1)
        yield _Bridge(database=ground, port=port, child=child)
    finally:
        child.stop()
