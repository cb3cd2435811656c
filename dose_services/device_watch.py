"""
Look after the devices: which of them send on several ways, which have fallen silent, which models are new.

All of it is told anew each time, so that a finding closes when its cause is gone. The limits are ours; no standard
names any.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from db.repositories import device_watch, findings
from db.repositories.device_watch import Days, Way
from db.session import Session
from dose_core.ledger.source import SOURCE_OF, Source
from dose_services.devices import Device, list_devices
from dose_services.finding_kinds import FindingKind
from dose_services.known_objects import BACKFILL_SENDER
from dose_services.site import Site

# A device that changed its way a week ago does not send on two.
_WAYS_OF = timedelta(days=7)
# Twelve weeks hold the weekends and holidays of most places, ten days tell a habit from a trial run, and what is
# silent for twice its longest break of that time is hardly on holiday.
_HABIT_OF = timedelta(weeks=12)
_DAYS_OF_A_HABIT = 10
_BREAKS = 2
_REPORTS = tuple(kind for kind, source in SOURCE_OF.items() if source is Source.RDSR)


def watch(session: Session, *, now: datetime, site: Site) -> None:
    """Bring the findings about devices up to date. Safe to repeat."""
    ways = device_watch.ways(session, reports=_REPORTS, since=now - _WAYS_OF, no_way=BACKFILL_SENDER)
    findings.settle_devices(session, kind=FindingKind.MIXED_SOURCE, told=mixed(ways), now=now)
    quiet = device_watch.silent(session, since=now - timedelta(days=_BREAKS), window=_HABIT_OF, zone=site.timezone.key)
    today = now.astimezone(site.timezone).date()
    findings.settle_devices(session, kind=FindingKind.SILENT_DEVICE, told=silent(quiet, today=today), now=now)
    told = unknown_models(list_devices(session))
    findings.settle_devices(session, kind=FindingKind.UNKNOWN_MODEL, told=told, now=now)


def mixed(ways: Iterable[Way]) -> dict[UUID, str]:
    """Return what is to be said of the machines whose objects come on several ways."""
    of_machine: dict[UUID, list[str]] = defaultdict(list)
    for way in ways:
        of_machine[way.machine_id].append(f"{way.calling_aet} by {way.sender}")
    return {
        machine_id: f"its objects come on {len(names)} ways: {', '.join(sorted(names))}"
        for machine_id, names in of_machine.items()
        if len(names) > 1
    }


def silent(quiet: Iterable[Days], *, today: date) -> dict[UUID, str]:
    """Return what is to be said of the machines that are silent for twice their longest break of before."""
    told = {}
    for one in quiet:
        if len(one.days) < _DAYS_OF_A_HABIT:
            continue
        longest = max((later - earlier).days for earlier, later in pairwise(one.days))
        if (today - one.days[-1]).days > _BREAKS * longest:
            told[one.machine_id] = (
                f"no object since {one.days[-1]}; in the twelve weeks before, the longest break was {longest} day(s)"
            )
    return told


def unknown_models(machines: Sequence[Device]) -> dict[UUID, str]:
    """Return what is to be said of the first machine of each model, and of those whose objects name no model."""
    told = {one.id: "its objects name no model (0008,1090)" for one in machines if one.model is None}
    for first in _first_of_each(machines).values():
        told[first.id] = f"the first device of the model {first.model} of {first.manufacturer or 'an unnamed maker'}"
    return told


def _first_of_each(machines: Sequence[Device]) -> Mapping[tuple[str, str], Device]:
    first: dict[tuple[str, str], Device] = {}
    for one in sorted(machines, key=lambda machine: (machine.first_seen_at, machine.id)):
        if one.model is not None:
            maker = (one.manufacturer or "").casefold().split()[:1]
            first.setdefault(("".join(maker), "".join(one.model.casefold().split())), one)
    return first
