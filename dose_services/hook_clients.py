"""What an EHR that calls hooks may see: what was granted to it, as to any program."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import grants as grant_rows
from db.session import Session
from dose_services import grants
from dose_services.access import Access, access_of
from dose_services.audit import Looker, Via
from dose_services.roles import Permission, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class HookPerson:
    """Who is at work in an EHR, as it states it, at which hook instance; ``None`` where it states neither."""

    client: str
    acting: str | None
    instance: UUID | None


def access_of_client(session: Session, client: str, *, now: datetime) -> Access:
    """
    Return what an EHR may do.

    One that the settings name reads everywhere with its first call, as a program does with its first token; what was
    given or ended before stays so.
    """
    subject = f"system:{client}"
    access = access_of(session, subject, now=now)
    if access.held or grant_rows.has_any(session, subject):
        return access
    grants.give(session, subject, Role.INTEGRATOR, looker=Looker.of_service("cds-hooks", "first call"), now=now)
    return access_of(session, subject, now=now)


def looker(person: HookPerson, access: Access, *, route: str) -> Looker:
    """Return who looks: the EHR, and who is at work there, as the EHR states it. Nobody breaks the glass this way."""
    rights = access.usual
    acting = f" {person.acting}" if person.acting else ""
    return Looker(
        subject=f"system:{person.client}{acting}",
        user_id=None,
        via=Via.HOOK,
        reference=person.instance,
        route=route,
        reach=rights.reach(Permission.SEARCH_PATIENTS),
        purpose=rights.purpose_of(Permission.SEARCH_PATIENTS),
    )
