"""What is looked after now and then, since no single delivery tells it: devices, and findings whose cause went away."""

from datetime import datetime

from db.repositories import desk, findings
from db.session import Session
from dose_core.ledger.standing import EVENT_KNOWN
from dose_services import device_watch, order_watch, placeholders
from dose_services.finding_kinds import FindingKind
from dose_services.site import Site


def look_around(session: Session, *, now: datetime, site: Site) -> None:
    """
    Bring the findings about devices and about what is missing up to date, and close those that were settled meanwhile.

    Exams that waited since an event of theirs was counted elsewhere are made anew where it is not any more.
    """
    device_watch.watch(session, now=now, site=site)
    order_watch.watch(session, now=now, site=site)
    placeholders.watch(session, now=now, site=site)
    findings.resolve_readable(session, kind=FindingKind.UNREADABLE, now=now)
    desk.refile_without_rival(session, reason=EVENT_KNOWN, now=now)
