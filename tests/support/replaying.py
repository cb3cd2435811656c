"""Replays as a test runs them, and what REST and the database say before and after."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from db.repositories import replays
from db.repositories.replays import Selection
from db.session import unit_of_work
from dose_services import replay as replaying
from dose_services.replay import Replayed
from dose_services.replay_return import roll_back
from dose_services.roles import Scope
from dose_services.site import Site
from doseledger.demo.hospital import ANNA_FOLLOW_UP
from tests.integration.api.conftest import House

SITE = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="DEMO")
ALL = Selection()


def run(house: House, selection: Selection = ALL, *, by: str | None = None) -> list[Replayed]:
    """Replay, and return what became of it; it is applied ``by`` somebody, or only told."""
    return list(start(house, selection, by=by))


def start(house: House, selection: Selection = ALL, *, by: str | None = None) -> Iterator[Replayed]:
    """Begin a replay that is as long as it is asked to go on."""
    uow = partial(unit_of_work, house.engine)
    return replaying.replay(uow, selection, clock=lambda: house.now, site=SITE, applied_by=by)


def take_back(house: House, replay_id: UUID) -> list[int]:
    """Roll a replay back, and return how many exams waited for it, again and again."""
    uow = partial(unit_of_work, house.engine)
    return list(roll_back(uow, replay_id, by="test", clock=lambda: house.now, site=SITE))


def newest(house: House) -> UUID:
    """Return the id of the newest replay."""
    with unit_of_work(house.engine) as session:
        return replays.every(session)[0].row.id


def answers(house: House, identifier: str = ANNA_FOLLOW_UP.person.identifier) -> list[bytes]:
    """Return what REST says of a patient, byte for byte."""
    patient = house.patient_id(identifier)
    exams = house.exam_ids(identifier)
    addresses = [f"patients/{patient}/exams", f"patients/{patient}/cumulative-dose", *(f"exams/{one}" for one in exams)]
    sent = house.headers(Scope.READ)
    told = [house.client.get(f"/api/v1/{address}", headers=sent) for address in addresses]
    assert {answer.status_code for answer in told} == {200}
    return [answer.content for answer in told]


def dlp(house: House) -> list[float | None]:
    """Return the DLPs in mGy.cm of the exams that count."""
    whole_of = "t ->> 'quantity' = 'dlp_mgy_cm' AND t ->> 'of' IS NULL"
    totals = "SELECT CAST(t ->> 'value' AS float) FROM exam, jsonb_array_elements(summary -> 'totals') t"
    return [value for (value,) in house.rows(f"{totals} WHERE {whole_of} AND state = 'counted'")]


def count(house: House, table: str) -> int:
    """Return how many rows a table has."""
    return int(house.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - names of ours


def open_findings(house: House) -> set[str]:
    """Return the kinds of what still wants a look."""
    return {row[0] for row in house.rows("SELECT kind FROM finding WHERE resolved_at IS NULL")}
