"""How the objects of a study state their patients otherwise than the fullest of them does."""

from collections.abc import Iterable

from dose_core.model import DoseReport, PatientStated


def stated_beside(told: Iterable[DoseReport], patients: Iterable[PatientStated]) -> tuple[PatientStated, ...]:
    """Return each other way in which a patient is named, born or numbered, once, in an order of its own."""
    known = {_identity(one) for one in patients}
    others = {_identity(one): one for one in dict.fromkeys(report.patient for report in told)}
    return tuple(others[identity] for identity in sorted(others.keys() - known) if any(identity))


def _identity(one: PatientStated) -> tuple[str, ...]:
    others = (f"{other.issuer}|{other.id}" for other in one.other_ids)
    return (one.id or "", one.issuer or "", one.name or "", str(one.birth_date or ""), *others)
