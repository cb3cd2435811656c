"""What HL7 and people state of patients, as facts about who is who."""

from collections.abc import Mapping

from db.mapping import storable
from dose_core.identity.facts import Fact, Identifier, Kind
from dose_services.identity_values import Change, StatedIdentifier, StatedPerson


def fact_of(
    kind: Kind,
    stated: StatedPerson,
    change: Change,
    *,
    others: tuple[StatedIdentifier, ...] = (),
    others_name: str | None = None,
    redirects: bool = False,
) -> Fact:
    """Return what is said of a patient and of others, at the time of the change."""
    return Fact(
        kind=kind,
        at=change.ordered_at,
        who=tuple(map(identifier_of, stated.identifiers)),
        others=tuple(map(identifier_of, others)),
        stated=_demographics(stated),
        # A value that holds since a time after the event is a slip of the sender.
        stated_at=stated.stated_at if stated.stated_at and stated.stated_at < change.ordered_at else None,
        others_stated={"name": others_name} if others_name else {},
        redirects=redirects,
    )


def identifier_of(stated: StatedIdentifier) -> Identifier:
    """Return an identifier as facts have it."""
    value, authority = storable(stated.value), storable(stated.authority)
    return Identifier(value, authority, storable(stated.identifier_type))


def _demographics(stated: StatedPerson) -> Mapping[str, str | None]:
    values = {
        "name": stated.name,
        "birth_date": stated.birth_date.isoformat() if stated.birth_date else None,
        "sex": stated.sex,
    }
    return {name: storable(value) for name, value in values.items() if value is not None or name in stated.cleared}
