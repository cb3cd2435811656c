"""
``cds``: an EHR calls ``order-select`` for a CT of the chest, twenty times a second, each time for another patient.

All of it is real: HTTP, a token that the EHR signs for each call and whose keys are fetched from it, the query over a
history of 20 exams among a hundred thousand, the rows that say who looked and which cards were given. Each call ends
with its cards; CPU is that of the service and of its PostgreSQL backends.
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from bench.caller import Caller
from bench.grounds import SMALL, patients_of, synthetic
from bench.house import Database, Service, service
from bench.pace import Asking, at_pace, quantile_ms
from tests.support.mock_ehr_hooks import SERVICE, MockEhr, call, patient, service_request

_PER_S = 20.0
_WARM_UP, _CALLS = 60, 600
_OK = 200
_SYSTEM = "urn:bench:"
_IDENTIFIERS = """
    SELECT DISTINCT ON (p.id) p.id::text, i.value, i.authority, p.birth_date::text, p.sex
    FROM patient p JOIN patient_identifier i ON i.patient_id = p.id
    WHERE p.id::text = ANY(%(ids)s) AND i.ended_at IS NULL ORDER BY p.id, i.id
"""
_GENDERS = {"M": "male", "F": "female", "O": "other"}


def run() -> dict[str, Any]:
    """Return the figures."""
    with (
        tempfile.TemporaryDirectory(prefix="doseledger bench ") as folder,
        synthetic(SMALL) as ground,
        _published(MockEhr(base="", issuer="https://ehr.invalid")) as (ehr, jwks_url),
    ):
        people = _people(ground, patients_of(ground, _WARM_UP + _CALLS))
        file = _hooks_file(Path(folder), ehr.issuer, jwks_url, systems=_systems(people))
        with service(ground, CDS_HOOKS=str(file)) as running:
            ehr.base = running.address
            return _measured(running, ehr, people)


def _measured(running: Service, ehr: MockEhr, people: list[dict[str, Any]]) -> dict[str, Any]:
    cards: list[int] = []
    at_pace(running.port, "", [_asking(ehr, one, []) for one in people[:_WARM_UP]], per_s=_PER_S)
    asked = [_asking(ehr, one, cards) for one in people[_WARM_UP:]]
    before = running.cpu()
    latencies_s = at_pace(running.port, "", asked, per_s=_PER_S)
    spent = running.cpu().since(before)
    if not any(cards):
        raise RuntimeError("not one call got a card")
    return {
        "median_ms": quantile_ms(latencies_s, 0.5),
        "p99_ms": quantile_ms(latencies_s, 0.99),
        "cpu_ms": round(spent.both * 1000 / len(asked), 2),
        "cpu_ms_service": round(spent.service * 1000 / len(asked), 2),
        "cards_per_call": round(sum(cards) / len(asked), 2),
        "calls": len(asked),
        "exams": SMALL,
    }


def _people(ground: Database, ids: list[UUID]) -> list[dict[str, Any]]:
    """Return the patients as the EHR states them, their identifiers in a system for each authority."""
    known: dict[str, dict[str, Any]] = {}
    for patient_id, value, authority, born, sex in ground.ask(_IDENTIFIERS, {"ids": [str(one) for one in set(ids)]}):
        known[patient_id] = patient(value, birth_date=born, gender=_GENDERS.get(sex))
        known[patient_id]["identifier"][0]["system"] = f"{_SYSTEM}{authority}"
    return [known[str(one)] for one in ids]


def _systems(people: list[dict[str, Any]]) -> dict[str, str]:
    """Return the authority of each system."""
    systems = {one["identifier"][0]["system"] for one in people}
    return {system: system.removeprefix(_SYSTEM) for system in systems}


def _asking(ehr: MockEhr, person: dict[str, Any], cards: list[int]) -> Asking:
    """Return a call, signed now; it notes how many cards it got."""
    body = orjson.dumps(call("order-select", person, service_request(placer="PL1")))
    token = ehr.sign(ehr.claims(SERVICE))

    def ask(caller: Caller) -> tuple[int, bytes]:
        status, answer = caller.post_signed(SERVICE, body, token)
        if status == _OK:
            cards.append(len(orjson.loads(answer)["cards"]))
        return status, answer

    return ask


def _hooks_file(folder: Path, issuer: str, jwks_url: str, *, systems: dict[str, str]) -> Path:
    named = ", ".join(f'"{system}" = "{authority}"' for system, authority in sorted(systems.items()))
    file = folder / "hooks.toml"
    file.write_text(
        # The exams of the synthetic histories are of ten years, and each call is to find some.
        f'prior_days = 3650\n[ehr.bench]\nissuer = "{issuer}"\njwks_url = "{jwks_url}"\n'
        f"authorities = {{ {named} }}\n"
        '[outgoing]\nallow_http = true\nnetworks = ["127.0.0.0/8"]\n',
        encoding="utf-8",
    )
    return file


@contextmanager
def _published(ehr: MockEhr) -> Iterator[tuple[MockEhr, str]]:
    """Yield an EHR whose keys are to be had by HTTP, and their address."""
    keys = orjson.dumps(ehr.jwks)

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(_OK)
            self.send_header("Content-Length", str(len(keys)))
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield ehr, f"http://127.0.0.1:{server.server_address[1]}/jwks.json"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
