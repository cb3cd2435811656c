"""
Which dose SRs are forwarded: rows are queued for whom a rule wants them, as they came, once each.

Exams wake their study's objects when they change; a sweep finds those that change no exam, such as ours when an
archive sends them back. Nothing here commits.
"""

from datetime import datetime, timedelta

from db.repositories import forwarding
from db.session import Session
from dose_services.forwarding_sending import settle

# An object is kept first and read afterwards, ours within seconds; what is read later wakes its study.
_READ_BY_THEN = timedelta(minutes=10)


def follow(session: Session, site: str, study_instance_uid: str, *, now: datetime) -> None:
    """Queue the dose SRs of a study whose exam changed; call it in a transaction that holds the study."""
    forwarding.expect_study(session, site, study_instance_uid, now=now)


def sweep(session: Session, *, now: datetime) -> None:
    """Queue what was received lately, give up what newer versions replace, let go what is withheld no more."""
    for row in forwarding.destinations(session):
        destination = forwarding.lock_destination(session, row.id)
        if destination is None:
            continue
        forwarding.expect_since(session, destination.id, destination.swept_until - _READ_BY_THEN, now=now)
        destination.swept_until = max(destination.swept_until, now)
    session.flush()
    for exam_id in forwarding.supersede(session, now=now):
        settle(session, exam_id, now=now)
    forwarding.release_withheld(session)
