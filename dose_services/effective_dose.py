"""
Whether a site sees effective dose: off until its physicist switches it on, with a reason that stays on record.

While it is off, no number in sievert leaves the system: neither ours nor what a device states.
"""

from dataclasses import dataclass
from datetime import datetime

from db.mapping import storable
from db.repositories import effective_dose, patient_doses, publications
from db.session import Session
from dose_core.retention.wording import reason_of
from dose_services import reaching
from dose_services.audit import Action, Looker, record_look
from dose_services.organisations import UnknownOrganisationError

# Shown beside every effective dose.
STATEMENT = (
    "Effective dose describes a reference person, not this patient, and must not be used to estimate individual risk "
    "(ICRP 103, 147). Past dose is no reason to withhold a justified examination."
)
IS_OFF = "effective dose is switched off at this site; its physicist may switch it on"
_SIEVERT = "Sv"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveDoseSwitch:
    """How a site stands; who decided so, and why, is ``None`` as long as nobody did."""

    site: str
    is_on: bool
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    statement: str = STATEMENT


def read(session: Session, site: str) -> EffectiveDoseSwitch:
    """Return how a site stands."""
    row = effective_dose.newest(session, site)
    if row is None:
        return EffectiveDoseSwitch(site=site, is_on=False, reason=None, decided_by=None, decided_at=None)
    return EffectiveDoseSwitch(
        site=site, is_on=row.is_on, reason=row.reason, decided_by=row.decided_by, decided_at=row.decided_at
    )


def look(session: Session, site: str, *, looker: Looker) -> EffectiveDoseSwitch:
    """Return how a site stands; one out of reach stands as one of which nobody decided anything."""
    if reaching.has_site(session, site, looker.reach):
        return read(session, site)
    return EffectiveDoseSwitch(site=site, is_on=False, reason=None, decided_by=None, decided_at=None)


def is_on(session: Session, site: str) -> bool:
    """Tell if a site sees effective dose."""
    return read(session, site).is_on


def switch(
    session: Session, site: str, *, is_on: bool, reason: str, looker: Looker, now: datetime
) -> EffectiveDoseSwitch:
    """
    Let a site see effective dose, or hide it again; on record each time, also if it stood so before.

    Raises:
        NoReasonError: it is shorter than any reason, or longer than one should be.
        UnknownOrganisationError: the site is out of reach.
    """
    if not reaching.has_site(session, site, looker.reach):
        raise UnknownOrganisationError("no organisation in reach stands for this site")
    why = storable(reason_of(reason))
    effective_dose.add(session, site, is_on=is_on, reason=why, decided_by=looker.subject, now=now)
    if not is_on:
        publications.take_back_effective_doses(session, site, now=now)
    patient_doses.wake_site(session, site, now=now)  # what archives have must follow
    record_look(session, looker, Action.SWITCH_EFFECTIVE_DOSE, now=now, reason=why)
    return read(session, site)


def is_in_sievert(unit: str | None) -> bool:
    """Tell if a number of this unit stands behind the switch."""
    return unit is not None and unit.endswith(_SIEVERT)
