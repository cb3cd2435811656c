"""
What the demo's registration system says by HL7: admissions, a change of name, and a merge.

Source: HL7 v2.5.1, chapter 3 (A04 3.3.4, A08 3.3.8, A40 3.3.40).
"""

from datetime import datetime, timedelta

from doseledger.demo.hospital import AUTHORITY, BRUNO, BRUNO_NEW_NAME, CARA, PEOPLE, UNKNOWN, Person

_REGISTERED_AT = datetime(2024, 9, 1, 7, 0)  # noqa: DTZ001 local time, as the sender states it
_CHANGED_AT = datetime(2026, 8, 1, 12, 0)  # noqa: DTZ001 as above


def registrations() -> list[bytes]:
    """Return an A04 for each person."""
    return [
        _message("A04", "ADT_A01", _REGISTERED_AT + timedelta(minutes=number), _pid(person), "PV1|1|O")
        for number, person in enumerate(PEOPLE)
    ]


def change_of_name() -> bytes:
    """Return the A08 that gives Bruno another name."""
    renamed = Person(identifier=BRUNO.identifier, name=BRUNO_NEW_NAME, birth_date=BRUNO.birth_date, sex=BRUNO.sex)
    return _message("A08", "ADT_A01", _CHANGED_AT, _pid(renamed), "PV1|1|O")


def merge() -> bytes:
    """Return the A40 by which the patient of the ambulance turns out to be Cara."""
    return _message("A40", "ADT_A39", _CHANGED_AT + timedelta(minutes=5), _pid(CARA), f"MRG|{_cx(UNKNOWN)}")


def _message(trigger: str, structure: str, moment: datetime, *segments: str) -> bytes:
    when = moment.strftime("%Y%m%d%H%M%S")
    header = (
        rf"MSH|^~\&|DEMO_REGISTRATION|DEMO|DOSELEDGER|DEMO|{when}||ADT^{trigger}^{structure}|DEMO-{trigger}-{when}|P|2.5.1"
        "||||||UNICODE UTF-8"
    )
    return "".join(f"{segment}\r" for segment in (header, f"EVN|{trigger}|{when}", *segments)).encode("utf-8")


def _pid(person: Person) -> str:
    return f"PID|1||{_cx(person)}||{person.name}||{person.birth_date:%Y%m%d}|{person.sex}"


def _cx(person: Person) -> str:
    return f"{person.identifier}^^^{AUTHORITY}^MR"
