"""
What a look is called by DICOM: which event, of which type, and what was done (PS3.15, A.5; CID 400 and 401 of PS3.16).

``events.csv`` has a row for each action that is recorded; one that has none is told as a patient record that was used.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_ANY = "*"
# CID 400, CID 401 and the roles of CID 402, as far as we use them.
MEANINGS = {
    "110101": "Audit Log Used",
    "110106": "Export",
    "110109": "Order Record",
    "110110": "Patient Record",
    "110112": "Query",
    "110113": "Security Alert",
    "110114": "User Authentication",
    "110122": "Login",
    "110123": "Logout",
    "110127": "Emergency Override Started",
    "110128": "Network Configuration",
    "110129": "Security Configuration",
    "110132": "Use of Restricted Function",
    "110136": "Security Roles Changed",
    "110137": "User security Attributes Changed",
    "110150": "Application",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Codes of DCM: what happened, of which type if that has a code, and one of C, R, U, D and E."""

    event_id: str
    event_type: str | None
    action_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSource:
    """Who tells: the name of this installation and of its site, and of the machine."""

    source_id: str
    site: str | None
    host: str


@cache
def known_events() -> Mapping[str, Event]:
    """Return the events by action."""
    text = (files("dose_core.auditing") / "events.csv").read_text(encoding="utf-8")
    return {
        row["action"]: Event(
            event_id=row["event_id"], event_type=row["event_type"] or None, action_code=row["action_code"]
        )
        for row in csv.DictReader(text.splitlines())
    }


def event_of(action: str) -> Event:
    """Return what an action is called."""
    return known_events().get(action) or known_events()[_ANY]
