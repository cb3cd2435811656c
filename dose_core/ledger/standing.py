"""Whether an exam counts: it may wait at the desk, or be no patient's."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How an exam stands. Only ``COUNTED`` ones are anybody's history, in sums and in outputs."""

    COUNTED = "counted"
    HELD = "held"
    NOT_PATIENT = "not_patient"
    VOID = "void"  # nothing that counts says anything of it any more: an answer does not know it


class Decided(StrEnum):
    """What a person may decide about an exam; each is undone by another."""

    RELEASED = "released"  # it belongs to the patient that the decision names
    WITHDRAWN = "withdrawn"  # the release was wrong
    NOT_PATIENT = "not_patient"
    PATIENT = "patient"  # it is a patient's, whatever a rule says


# Those that say whose an exam is; the newest of them counts.
ABOUT_WHOM = frozenset({Decided.RELEASED, Decided.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How an exam stands, and why unless it counts; no patient data."""

    standing: Standing
    reason: str | None = None


IDENTITIES_DISAGREE = "its objects name different patients"
NOTHING_COUNTS = "no statement about it counts any more"
EVENT_KNOWN = "an irradiation event of it is counted in another exam already"


def standing_of(
    decisions: Sequence[Decided],
    *,
    patients: int,
    not_patient: str | None,
    shares_events: bool,
    disagreement: str | None = None,
) -> Stands:
    """
    Return how an exam stands.

    Args:
        decisions: what people decided about it, newest first.
        patients: how many different patients its objects name.
        not_patient: the rule by which it is no patient's, ``None`` if there is none.
        shares_events: another exam counts one of its irradiation events and has the better claim to it.
        disagreement: why its objects are not about the patient that they name, ``None`` if they may be.
    """
    about_person = next((one for one in decisions if one in {Decided.NOT_PATIENT, Decided.PATIENT}), None)
    if about_person is Decided.NOT_PATIENT:
        return Stands(standing=Standing.NOT_PATIENT, reason="a person marked it so")
    if not_patient is not None and about_person is None:
        return Stands(standing=Standing.NOT_PATIENT, reason=not_patient)
    release = next((one for one in decisions if one in {Decided.RELEASED, Decided.WITHDRAWN}), None)
    if patients > 1 and release is not Decided.RELEASED:
        return Stands(standing=Standing.HELD, reason=IDENTITIES_DISAGREE)
    if disagreement is not None and release is not Decided.RELEASED:
        return Stands(standing=Standing.HELD, reason=disagreement)
    if shares_events:
        return Stands(standing=Standing.HELD, reason=EVENT_KNOWN)
    return Stands(standing=Standing.COUNTED)
