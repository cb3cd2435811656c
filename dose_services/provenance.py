"""Why this number: from a value id back to the object, the place in it, the text there, and the rule that chose it."""

import re
from dataclasses import replace

from db.repositories import provenance
from db.repositories.provenance import KnownRevision
from db.session import Session
from dose_core.errors import DoseError
from dose_core.ledger.field_values import number_at
from dose_core.ledger.value_id import ValueId
from dose_core.model import DoseReport
from dose_core.units import unit_of
from dose_services import effective_dose
from dose_services.explained import Provenance
from dose_services.provenance_estimates import explain_estimate
from dose_services.provenance_formed import explain_formed
from dose_services.provenance_skin import explain_skin_dose
from dose_services.provenance_stated import belonging, explain_stated
from dose_services.provenance_totals import current, explain_rival, explain_total
from dose_services.provenance_words import FORMED
from dose_services.value_classes import ValueClass, class_of_basis, class_of_field
from dose_services.value_ids import is_formed, placed_events
from dose_services.value_words import field_words
from dose_services.viewer_links import ViewerTemplate

_TOTAL = re.compile(r"totals\[([0-9]+)\]\.value")
_RIVAL = re.compile(r"totals\[([0-9]+)\]\.rivals\[([0-9]+)\]\.value")
_STATED_ESTIMATE = re.compile(r"estimates\[([0-9]+)\]\.value")
_OF_EVENT = re.compile(r"((?:ct\.events|projection|mammography|nuclear)\[[0-9]+\])\.(.+)")


class UnknownValueError(DoseError):
    """No value has this id; take one from ``value_id`` or ``value_ids`` of an answer."""


def explain(session: Session, wanted: ValueId, *, viewer: ViewerTemplate | None) -> Provenance:
    """
    Return why a number is what it is.

    Args:
        session: the unit of work.
        wanted: the id of the number.
        viewer: the address of the PACS's viewer, if the site has named one.

    Raises:
        UnknownValueError: nothing has this id, or what has it holds no such number.
    """
    told = _explain(session, wanted, viewer)
    if told.value_class is ValueClass.MEASURED:
        field_class = class_of_field(wanted.field)
        told = replace(told, value_class=class_of_basis(told.basis) if told.basis else field_class)
    return replace(told, statement=effective_dose.STATEMENT) if effective_dose.is_in_sievert(told.unit) else told


def _explain(session: Session, wanted: ValueId, viewer: ViewerTemplate | None) -> Provenance:
    known = provenance.statement(session, wanted.holder)
    if known is not None:
        value = number_at(known.report, wanted.field)
        if value is None:
            raise UnknownValueError("this object states no such number; take an id from 'value_ids' of an answer")
        told = explain_stated(session, known, wanted, value, viewer)
        match = _STATED_ESTIMATE.fullmatch(wanted.field)
        if match is None:
            return replace(told, stated_method=_method_of(known.report, wanted.field))
        stated = known.report.estimates[int(match[1])]
        words = ", ".join(filter(None, (stated.quantity.replace("_", " "), stated.organ)))
        return replace(told, unit=stated.unit, words=words, stated_method=stated.method)
    computed = explain_estimate(session, wanted, viewer) or explain_skin_dose(session, wanted, viewer)
    if computed is not None:
        return computed
    revision = provenance.revision(session, wanted.holder)
    if revision is None:
        raise UnknownValueError("no value has this id; take one from 'value_id' or 'value_ids' of an answer")
    return _of_exam(session, revision, wanted, viewer)


def _method_of(report: DoseReport, field: str) -> str | None:
    """Return the method by which a source computed the number in a field of its events, if it names one."""
    if not field.endswith("effective_dose_msv"):
        return None
    value = number_at(report, field)
    named = (one.method for one in report.estimates if one.quantity == "effective_dose" and one.value == value)
    return next(named, None)


def _of_exam(session: Session, revision: KnownRevision, wanted: ValueId, viewer: ViewerTemplate | None) -> Provenance:
    if (match := _TOTAL.fullmatch(wanted.field)) and int(match[1]) < len(revision.exam.totals):
        return explain_total(session, revision, int(match[1]), viewer)
    value = number_at(revision.exam, wanted.field)
    if value is None:
        raise UnknownValueError("this exam has no such number; take an id from 'value_id' or 'value_ids' of an answer")
    if match := _RIVAL.fullmatch(wanted.field):
        return replace(explain_rival(session, revision, int(match[1]), int(match[2]), viewer), value_id=str(wanted))
    if match := _OF_EVENT.fullmatch(wanted.field):
        placed = next(one for one in placed_events(revision.exam) if one.field == match[1])
        if is_formed(placed.event):
            told = explain_formed(session, revision, placed, match[2].removeprefix("event."), value, viewer)
            return replace(told, value_id=str(wanted))
    return Provenance(
        value_id=str(wanted),
        value=value,
        unit=unit_of(wanted.field.rpartition(".")[2].partition("[")[0]),
        words=f"{field_words(wanted.field)} of the exam",
        rule=FORMED,
        belongs=belonging(revision, current(session, revision)),
        source=None,
    )
