"""The operator of a hospital day, who asks the service by REST as a page would."""

from doseledger.demo.doors import Door
from tests.builders.hospital_events import Id


def take_merge_back(door: Door, identifier: Id) -> None:
    """Take back the merge of the record that has this identifier."""
    wanted = {"identifiers": [{"value": identifier.value, "authority": identifier.authority}]}
    found = door.call("POST", "/api/v1/patients/search", wanted).json()
    survivor = found["patients"][0]["id"]
    records = door.call("GET", f"/api/v1/patients/{survivor}/identity").json()["records"]
    (merged,) = [one["id"] for one in records if any(_is(each, identifier) for each in one["identifiers"])]
    answer = door.call("POST", f"/api/v1/patients/{merged}/unmerge", {"reason": "merged by mistake at the admission"})
    assert answer.status == 200, answer.body


def _is(held: dict[str, str | None], identifier: Id) -> bool:
    is_now = held["ended_at"] is None
    return is_now and (held["value"], held["authority"]) == (identifier.value, identifier.authority)
