"""Who was irradiated, by which devices, when, and for which request: what the statements of a study name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TypeVar

from dose_core.ledger.exam import Statement
from dose_core.ledger.precedence import moment, precedence, source_of
from dose_core.model import DeviceStated, DoseReport, PatientStated

T = TypeVar("T")


def best_first(statements: Iterable[Statement[DoseReport]]) -> list[Statement[DoseReport]]:
    """Return the statements, the best source first, of one source what is whole and newest; else without meaning."""
    newest = sorted(
        statements, key=lambda s: (moment(s.report.content_at), s.report.sop_instance_uid, s.key), reverse=True
    )
    return sorted(newest, key=lambda s: (precedence(source_of(s)), s.report.is_cut_short))


def patients_of(
    ranked: Sequence[Statement[DoseReport]],
    default_issuer: str,
    superseded: Iterable[Statement[DoseReport]] = (),
) -> tuple[PatientStated, ...]:
    """
    Return each identity that the statements name, once, as the fullest of them names it.

    An identity is an identifier with its issuer, ``default_issuer`` where none is stated. What states no identifier
    is told by name, birth date and sex, and named only if no statement has an identifier. The other versions of an
    object (``superseded``) count for their identifiers alone: which of two is right is not for us to say, while a name
    or a birth date that differs under one of them was corrected.
    """
    stated = list(dict.fromkeys(s.report.patient for s in ranked))
    named = _by_identifier(stated, default_issuer)
    others = _by_identifier((s.report.patient for s in superseded), default_issuer)
    if named or others:
        known = set(named.values())
        return _fullest(named | {one: identity for one, identity in others.items() if identity not in known})
    told = [one for one in stated if one.name or one.birth_date]
    return _fullest({one: (one.name or "", str(one.birth_date), one.sex or "") for one in told or stated[:1]})


def devices_of(irradiating: Iterable[DeviceStated]) -> tuple[DeviceStated, ...]:
    """Return the devices that irradiated, each once, in an order of their own; one without any name if none has."""
    named = set(irradiating) - {DeviceStated()}
    return tuple(sorted(named, key=_text)) or (DeviceStated(),)


def first(values: Iterable[T | None]) -> T | None:
    """Return the first value that is stated."""
    return next((value for value in values if value), None)


def _by_identifier(stated: Iterable[PatientStated], default_issuer: str) -> dict[PatientStated, tuple[str, ...]]:
    return {one: (one.id, one.issuer or default_issuer) for one in stated if one.id}


def _fullest(identities: Mapping[PatientStated, tuple[str, ...]]) -> tuple[PatientStated, ...]:
    once: dict[tuple[str, ...], PatientStated] = {}
    for patient, identity in identities.items():
        known = once.get(identity)
        if known is None or _stated(patient) > _stated(known):
            once[identity] = patient
    return tuple(once[identity] for identity in sorted(once))


def _stated(patient: PatientStated) -> int:
    return sum(getattr(patient, field.name) is not None for field in fields(patient))


def _text(device: DeviceStated) -> str:
    return "\x1f".join(str(getattr(device, field.name) or "") for field in fields(device))
