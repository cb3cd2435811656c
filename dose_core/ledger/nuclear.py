"""The nuclear medicine part of an exam: what was administered, activities by radionuclide and agent."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from dose_core.ledger.administrations import CountedAdministration, administrations_of
from dose_core.ledger.claims import Claim, Reading, total_of
from dose_core.ledger.exam import Counted, Statement
from dose_core.ledger.nuclides import is_seen_by_pet, kind_of
from dose_core.ledger.part import Part, Share
from dose_core.ledger.precedence import precedence
from dose_core.ledger.radiopharmaceuticals import activity
from dose_core.ledger.stand_in import uid_of
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import Administration, DeviceStated, NuclearReport

_MODALITIES = frozenset(("NM", "PT"))  # PS3.3, C.7.3.1.1.1


def nuclear_of(statements: Sequence[Statement[NuclearReport]]) -> Part[Administration]:
    """Return the nuclear medicine part of an exam."""
    if not statements:
        return Part()
    reports = {s.key: s.report for s in statements}
    counted, left_out = administrations_of(statements)
    uids = Counter(one.administration.event_uid for one in counted)
    stand_ins = _StandIns({uid for uid, times in uids.items() if times > 1})
    events = tuple(_counted(one, reports[one.places[0].statement], stand_ins) for one in counted)
    device = next((reports[one.places[0].statement].device for one in counted), DeviceStated())
    said = {report.modality for report in reports.values() if report.modality in _MODALITIES}
    kinds = {"PT" if is_seen_by_pet(one.administration) else "NM" for one in counted}
    return Part(
        modalities=frozenset(modality for modality in said or kinds if modality),
        events=events,
        shares=(Share(device=device, totals=activities_of(events)),),
        not_counted=left_out,
        conflicts=tuple(f"{note}; it counts with {_mbq(one.administration)}" for one in counted for note in one.notes),
    )


def activities_of(events: Sequence[Counted[Administration]]) -> tuple[Total, ...]:
    """Return the administered activities in MBq, one total for each radionuclide and agent."""
    by_kind: dict[str, list[Counted[Administration]]] = defaultdict(list)
    for event in events:
        by_kind[kind_of(event.event) or ""].append(event)
    return tuple(_total(kind or None, its) for kind, its in sorted(by_kind.items()))


class _StandIns:
    """UIDs for administrations that no trusted source names: the same whenever the study is looked at again."""

    def __init__(self, shared: AbstractSet[str | None]) -> None:
        """Take the UIDs that stand for several administrations, and so for none."""
        self._shared = shared
        self._alike: dict[str, int] = defaultdict(int)

    def trusted(self, one: Administration, report: NuclearReport) -> str | None:
        """Return the UID that is stated; those of PET images may be wrong (vendor quirks, F)."""
        return one.event_uid if report.image is None and one.event_uid not in self._shared else None

    def uid_of(self, one: Administration, report: NuclearReport) -> str:
        """Return a UID made from what is stated."""
        traits = (report.study_instance_uid, kind_of(one), one.start, one.administered_activity_mbq)
        base = uid_of("administration", *traits)
        self._alike[base] += 1
        return uid_of(base, self._alike[base])


def _counted(one: CountedAdministration, report: NuclearReport, stand_ins: _StandIns) -> Counted[Administration]:
    stated = stand_ins.trusted(one.administration, report)
    return Counted(
        event_uid=stated or stand_ins.uid_of(one.administration, report),
        uid_is_stand_in=stated is None,
        source=one.source,
        device=0,
        places=one.places,
        event=one.administration,
        notes=one.notes,
    )


def _total(kind: str | None, events: Sequence[Counted[Administration]]) -> Total:
    readings = tuple(
        Reading(one.places[0].statement, f"events[{one.places[0].index}].administered_activity_mbq", mbq)
        for one in events
        if (mbq := activity(one.event)) is not None
    )
    source = max((one.source for one in events), key=precedence)
    missing = len(events) - len(readings)
    claim = Claim(source=source, basis=Basis.SUM_OF_EVENTS, readings=readings, missing=missing)
    return total_of(Quantity.ACTIVITY, kind, [claim])


def _mbq(administration: Administration) -> str:
    value = activity(administration)
    return "no activity" if value is None else f"{value:g} MBq"
