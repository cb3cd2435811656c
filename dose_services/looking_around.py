"""What is looked after now and then, since no single delivery tells it: devices, and findings whose cause went away."""

from datetime import datetime, timedelta

from db.repositories import aliases, desk, findings
from db.session import Session
from dose_core.ledger.standing import EVENT_KNOWN, IDENTITIES_DISAGREE
from dose_services import device_watch, order_watch, placeholders
from dose_services.finding_kinds import FindingKind
from dose_services.site import Site

# Ours: twice as long as from one look to the next (dose_worker.jobs), so that none is missed.
_MEANWHILE = timedelta(minutes=20)


def look_around(session: Session, *, now: datetime, site: Site) -> None:
    """
    Bring the findings about devices and about what is missing up to date, and close those that were settled meanwhile.

    Exams that waited since an event of theirs was counted elsewhere are made anew where it is not any more; those that
    waited since their objects name several patients, where these were merged in the moment in which they were filed. So
    are exams that were filed while a message stated another name or birth date of their patient.
    """
    device_watch.watch(session, now=now, site=site)
    order_watch.watch(session, now=now, site=site)
    placeholders.watch(session, now=now, site=site)
    findings.resolve_readable(session, kind=FindingKind.UNREADABLE, now=now)
    desk.refile_without_rival(session, reason=EVENT_KNOWN, now=now)
    desk.refile_merged(session, reason=IDENTITIES_DISAGREE, now=now)
    aliases.refile_filed_meanwhile(session, since=now - _MEANWHILE, now=now)
