"""Why a number that a method computed: method, interval and what went in, each with where it comes from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from db.repositories import estimates, provenance
from db.repositories.estimates import KnownEstimates
from db.session import Session
from dose_core.dosimetry.estimate import Estimate, Input
from dose_core.estimating.case import Outcome
from dose_core.ledger.value_id import ValueId
from dose_services import effective_dose
from dose_services.exam_estimates import opened_by, stands_behind_switch, value_id_of
from dose_services.explained import Belonging, OtherValue, Provenance, Superseded
from dose_services.provenance_stated import MOST, belonging
from dose_services.value_classes import ValueClass
from dose_services.value_words import outcome_words
from dose_services.viewer_links import ViewerTemplate

_VALUE = re.compile(r"outcomes\[([0-9]+)\]\.value")
_RULE = "Computed by DoseLedger, by the method below; no object states it, and it is in no total."


def explain_estimate(session: Session, wanted: ValueId, viewer: ViewerTemplate | None) -> Provenance | None:
    """Return why an estimate has its value, ``None`` if the id names none."""
    known = estimates.get(session, wanted.holder)
    match = _VALUE.fullmatch(wanted.field)
    if known is None or match is None or int(match[1]) >= len(known.outcomes):
        return None
    outcome = known.outcomes[int(match[1])]
    now = provenance.current_of_exam(session, known.exam_id)
    if now is None or not isinstance(outcome.result, Estimate):
        return None
    revision = provenance.revision(session, known.revision_id) or now
    told = estimates.of_method(session, known.exam_id, known.method_id, limit=MOST)
    counted = _same(told[0], outcome)
    is_newest = told[0].id == known.id
    made_of = tuple(one for given in outcome.result.inputs if (one := _made_of(given)) is not None)
    opened = opened_by(now.row.study_instance_uid, outcome.result)
    return Provenance(
        value_id=str(wanted),
        value=outcome.result.value,
        unit=outcome.result.unit,
        words=outcome_words(outcome),
        rule=_RULE,
        belongs=_belongs(belonging(revision, now), outcome, is_newest=is_newest),
        estimate=outcome.result,
        value_class=ValueClass.ESTIMATE,
        statement=effective_dose.STATEMENT if stands_behind_switch(known, outcome) else None,
        made_of=made_of,
        made_of_count=len(made_of),
        superseded=tuple(_superseded(told, known, outcome)),
        superseded_by=None if is_newest or counted is None else counted,
        counted_as=counted,
        viewer_url=viewer.address(opened) if viewer else None,
    )


def _belongs(belongs: Belonging, outcome: Outcome, *, is_newest: bool) -> Belonging:
    # What was computed of an earlier revision is current as long as the newest gives the same.
    return replace(belongs, is_current=is_newest, event_uid=outcome.event_uid)


def _same(known: KnownEstimates, outcome: Outcome) -> str | None:
    """Return the id of the value of the same thing, ``None`` if the method refuses it now."""
    for number, one in enumerate(known.outcomes):
        if _key(one) == _key(outcome) and isinstance(one.result, Estimate):
            return str(value_id_of(known.id, number))
    return None


def _key(outcome: Outcome) -> tuple[str, str | None, str | None]:
    return outcome.quantity, outcome.of, outcome.event_uid


def _made_of(given: Input) -> OtherValue | None:
    """Return an input that a number of the exam went in as, ``None`` of a choice of the method."""
    if given.value_id is None or isinstance(given.value, str):
        return None
    return OtherValue(value=given.value, unit=given.unit, value_id=given.value_id, words=given.name)


def _superseded(told: Sequence[KnownEstimates], known: KnownEstimates, outcome: Outcome) -> Iterator[Superseded]:
    """Yield what the method said before, newest first, where it was another value than the one after it."""
    after = outcome.result
    for one in told[[each.id for each in told].index(known.id) + 1 :] if known.id in {each.id for each in told} else ():
        before = next((each for each in one.outcomes if _key(each) == _key(outcome)), None)
        value_id = _same(one, outcome)
        if before is None or not isinstance(before.result, Estimate) or value_id is None:
            continue
        if not isinstance(after, Estimate) or before.result.value != after.value:
            why = f"computed anew: the exam or the patient changed, or the method (then version {one.method_version})"
            yield Superseded(
                value=before.result.value,
                value_id=value_id,
                since=one.made_at,
                revision=None,
                reader_version=None,
                why=why,
            )
        after = before.result
