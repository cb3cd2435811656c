"""Findings about how messages reach us."""

from datetime import datetime

from db.mapping import storable
from db.repositories import findings
from db.session import Session
from dose_services.finding_kinds import FindingKind


def note_plaintext(session: Session, *, sender: str, reason: str, now: datetime) -> None:
    """Raise the finding that a sender delivers without TLS, with the reason that its configuration gives."""
    text = f"{sender} delivers over plain http; its configuration gives as reason: {storable(reason)}"
    findings.raise_once(session, kind=FindingKind.PLAINTEXT_DELIVERY, subject=sender, text=text, now=now)
