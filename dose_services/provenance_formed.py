"""Why a number that DoseLedger formed from many objects: the values of an event over its slices, and an estimate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from db.repositories import provenance
from db.repositories.provenance import KnownRevision, KnownStatement
from db.session import Session
from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import ExamEvent, Statement
from dose_core.ledger.field_values import Number, Numbers
from dose_core.ledger.from_slices import group_of
from dose_core.ledger.reconstruction import Slice, reconstruction_of, slices_of
from dose_core.model import CtReport
from dose_core.units import unit_of
from dose_services.explained import OtherValue, Provenance
from dose_services.provenance_history import earlier_revisions, look_for_event
from dose_services.provenance_objects import kept_object, stated_as
from dose_services.provenance_stated import MOST, belonging, other_value
from dose_services.provenance_totals import current
from dose_services.value_ids import Placed
from dose_services.value_words import field_words
from dose_services.viewer_links import ViewerTemplate

# A whole body in slices of half a millimetre has some four thousand; an explanation that takes longer helps nobody.
_MOST_SLICES = 4000
_MEAN = "The mean over {count} slices of the event, one for each position."
_RULES = {  # of what is formed from all slices
    "ctdi_vol_mgy": _MEAN,
    "ma_mean": _MEAN,
    "ma_max": "The largest of the tube currents that {count} slices of the event state.",
    "z_start_mm": "The lowest of the centres of {count} slices of the event.",
    "z_end_mm": "The highest of the centres of {count} slices of the event.",
    "phantom_diameter_mm": "The phantom on which all of {count} slices of the event agree that state one.",
    "dlp_estimate": "Computed by DoseLedger from {count} slices of the event, since no source states it. Every source "
    "that states a DLP would come first.",
    "slice_count": "How many slices of the event were counted: one for each position, of the reconstruction that "
    "shows most of it.",
}
_OF_LEAD = "What the first of {count} slices of the event states; it speaks for the event."
_STANDS_AS = {"ma_max": "ma_mean"}  # what a slice states of its own current
_ENDS = ("z_mm", "thickness_mm")


def explain_formed(
    session: Session,
    revision: KnownRevision,
    placed: Placed,
    field: str,
    value: Number | Numbers,
    viewer: ViewerTemplate | None,
) -> Provenance:
    """Return why an event known from slices has this value; the id is the caller's, ``field`` as in the answers."""
    event = placed.event
    name = _name(field)
    keys = event.statements[:_MOST_SLICES] if isinstance(event, ExamEvent) else ()
    known = {str(one.id): one for one in provenance.statements(session, [UUID(key) for key in keys])}
    slices = _slices(event.event_uid, known) if keys else ()
    lead = known.get(slices[0].key) if slices else None
    made_of = list(_made_of(known, slices, field))
    now = current(session, revision)
    look = look_for_event(placed.key, field)
    then = look(now)
    others = provenance.other_revisions(session, revision.row.id, revision.id, limit=MOST)
    if now.id != revision.id:
        others = [one for one in others if one.number < revision.number]
    found = kept_object(session, lead, viewer) if lead else None
    estimate = _estimate(placed) if name == "dlp_estimate" else None
    is_of_lead = lead is not None and name not in _RULES
    return Provenance(
        value_id="",
        value=value,
        unit=estimate.unit if estimate else unit_of(name),
        words=f"{field_words(field.removesuffix('.value'))} of an irradiation event, from image headers",
        rule=_RULES.get(name, _OF_LEAD).format(count=len(slices)),
        belongs=replace(belonging(revision, now), event_uid=event.event_uid),
        source=event.source,
        found_in=found,
        stated_as=stated_as(lead, f"events[{slices[0].frame}].{field}", value) if lead and is_of_lead else None,
        estimate=estimate,
        made_of=tuple(made_of[:MOST]),
        made_of_count=len(made_of),
        superseded=tuple(earlier_revisions(look(revision), others, look)),
        superseded_by=None if now.id == revision.id or then is None else then[1],
        counted_as=then[1] if then else None,
        viewer_url=found.viewer_url if found else None,
    )


def _estimate(placed: Placed) -> Estimate | None:
    event = placed.event
    return event.dlp_estimate if isinstance(event, ExamEvent) and isinstance(event.dlp_estimate, Estimate) else None


def _slices(event_uid: str, known: Mapping[str, KnownStatement]) -> Sequence[Slice]:
    """Return the slices that were counted for an event, in order of place."""
    statements = [
        Statement(key=key, report=one.report) for key, one in known.items() if isinstance(one.report, CtReport)
    ]
    members = [one for one in slices_of(statements) if (group := group_of(one)) is not None and group[0] == event_uid]
    if not members:
        return ()
    group = group_of(members[0])
    return reconstruction_of(members, is_one_event=group is not None and not group[1]).slices


def _made_of(known: Mapping[str, KnownStatement], slices: Sequence[Slice], field: str) -> Iterator[OtherValue]:
    name = _name(field)
    if name not in _RULES or not slices:
        return
    if name == "dlp_estimate":
        for end in (slices[0], slices[-1]):
            yield from _values(known, [end], *(f"slices[{{}}].{stated}" for stated in _ENDS))
        yield from _values(known, slices, "events[{}].ctdi_vol_mgy")
    elif name in {"z_start_mm", "z_end_mm"}:
        yield from _values(known, slices, "slices[{}].z_mm")
    elif name != "slice_count":
        yield from _values(known, slices, "events[{}]." + field.replace(name, _STANDS_AS.get(name, name)))


def _values(known: Mapping[str, KnownStatement], slices: Sequence[Slice], *fields: str) -> Iterator[OtherValue]:
    for one in slices:
        for field in fields:
            value = other_value(known[one.key], field.format(one.frame))
            if value is not None:
                yield value


def _name(field: str) -> str:
    return "dlp_estimate" if field.startswith("dlp_estimate") else field.rpartition(".")[2].partition("[")[0]
